"""What is wrong in the sections about people's decisions is told with its place and its fix."""

from pathlib import Path

import pytest

from bot.content import load
from tests.content import shop


def found(tmp_path: Path, text: str) -> list[str]:
    """Return what is wrong in handoff/decisions.yaml with this in place of the sound one."""
    return shop.problems(shop.write(tmp_path, {**shop.files(), "handoff/decisions.yaml": text}))


@pytest.mark.parametrize(
    ("was", "is_", "line", "told"),
    [
        ("per_case: 10,", "per_case: ten,", 3, "per_case"),
        ("per_case: 10,", "per_case: -1,", 3, "per_case"),
        ("per_case: 10,", "per_case: 0.001,", 3, "per_case"),
        ("agent: {", "boss: {", 3, "boss"),
        ("urgent: 1d", "urgent: tomorrow", 4, "tomorrow"),
        ("id: notice", "id: The Notice", 7, "id"),
    ],
)
def test_a_value_that_is_none_is_told(tmp_path: Path, was: str, is_: str, line: int, told: str) -> None:
    assert was in shop.DECISIONS
    (problem,) = found(tmp_path, shop.DECISIONS.replace(was, is_))
    assert problem.startswith(f"handoff/decisions.yaml:{line}: ")
    assert told in problem


def test_a_step_of_the_checklist_stands_there_once(tmp_path: Path) -> None:
    twice = shop.DECISIONS + "    - {id: notice, text: Once more}\n"
    (problem,) = found(tmp_path, twice)
    assert "the checklist has 'notice' twice. Rename one of them." in problem


def test_a_tier_goes_to_somebody_who_is_there_and_says_what_can_be_said(tmp_path: Path) -> None:
    tiers = 'tiers:\n  gold: {title: Gold, owner: samm}\n  tin: {title: Tin, say: "Hello {{ tin }}"}\n'
    gold, tin = found(tmp_path, shop.DECISIONS + tiers)
    assert "tier 'gold' gives its cases to 'samm', who is not there. Did you mean 'sam'?" in gold
    assert "what 'tin' says" in tin


def test_a_tier_names_queues_that_there_are_and_nobody_is_in_two(tmp_path: Path) -> None:
    tiers = (
        'tiers:\n  gold: {title: Gold, queue: carre, customers: ["slack:U0123ABCD"], join: [join us]}\n'
        '  tin: {title: Tin, tell: [nowhere], customers: ["slack:U0123ABCD"], join: [Join us!]}\n'
    )
    problems = "\n".join(map(str, found(tmp_path, shop.DECISIONS + tiers)))
    assert "tier 'gold' names queue 'carre', which is not there. Did you mean 'care'?" in problems
    assert "tier 'tin' names queue 'nowhere'" in problems
    assert "'slack:U0123ABCD' stands in tier 'tin' and in 'gold'" in problems
    assert "'join us' stands in tier 'tin' and in 'gold'" in problems


def test_what_a_shop_leaves_out_is_the_shipped_one_but_for_tiers(tmp_path: Path) -> None:
    catalog = load(shop.write(tmp_path, {**shop.files(), "handoff/decisions.yaml": "snippets: {}\n"}))
    assert [str(cap.per_case) for cap in catalog.goodwill.caps.values()] == ["10", "50"]
    assert catalog.parting.checks
    assert catalog.tiers == {}


def test_a_rule_can_ask_for_the_tier(tmp_path: Path) -> None:
    rule = 'triage:\n  - {when: tier == "gold", category: vip, priority: 1, why: Gold}\n'
    assert found(tmp_path, shop.DECISIONS + rule) == []
