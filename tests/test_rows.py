"""Each row of the service handbook that conversations are about has something that shows it, or a reason why not."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content import load, shipped_folder
from bot.dialog.flow import Flow, Offer, PolicyStep, ways
from bot.rehearsal import scripts

ROOT = Path(__file__).parents[1]
ROWS: dict[str, Any] = yaml.safe_load((ROOT / "tests" / "rows.yaml").read_text(encoding="utf-8"))
NAMED = [*range(47, 99), *range(134, 141), *range(181, 187)]


@cache
def told() -> frozenset[str]:
    """Return the names of all scripts, without commas: those separate names in rows.yaml."""
    return frozenset(each.name.replace(",", "").casefold() for each in scripts(ROOT / "tests" / "conversations"))


def test_no_row_is_left_out() -> None:
    assert [f"S{number:03}" for number in NAMED if f"S{number:03}" not in ROWS] == []


@pytest.mark.parametrize("row", ROWS)
def test_what_shows_a_row_is_there(row: str) -> None:
    shown = ROWS[row]
    if isinstance(shown, dict):
        assert shown.keys() == {"why"}
        assert len(shown["why"].split()) > 5
        return
    assert shown
    assert [each for each in shown if not _is_there(each)] == []


def _is_there(name: str) -> bool:
    if not name.startswith("tests/"):
        return name.casefold() in told()
    file, _, test = name.partition("::")
    text = (ROOT / file).read_text(encoding="utf-8") if (ROOT / file).exists() else ""
    return bool(re.search(rf"def {test}\b" if test else "def test_", text))


def test_every_policy_says_no_with_its_why_and_an_alternative() -> None:
    catalog = load(shipped_folder())
    lacking = [
        policy.id for policy in catalog.policies.values() if not (policy.rule and policy.why and policy.alternatives)
    ]
    assert lacking == []
    assert catalog.policies


def test_every_policy_is_judged_by_a_flow_whose_no_is_told_as_it_should_be() -> None:
    catalog = load(shipped_folder())
    judging = [
        (flow, step) for flow in catalog.flows.values() for step in flow.steps.values() if isinstance(step, PolicyStep)
    ]
    texts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "flows").glob("*.yaml"))
    told = {*re.findall(r"policy\.(\w+)", texts)}  # some are only told: nobody asks for what they are about
    assert {*catalog.policies} - {policy for _, step in judging for policy in step.policies} - told == set()
    bare = [f"{flow.id}.{step.id}" for flow, step in judging if not _explains(flow, step.refused)]
    assert bare == []


def _explains(flow: Flow, step: str) -> bool:
    """Tell whether a flow comes from a step to one that tells the verdict, with what can be done instead."""
    ahead, seen = [step], set[str]()
    while ahead:
        at = flow.steps.get(ahead.pop())
        if at is None or at.id in seen:
            continue
        if (isinstance(at, Offer) and at.refuses) or "verdict" in repr(at):
            return True
        seen.add(at.id)
        ahead += ways(at).values()
    return False
