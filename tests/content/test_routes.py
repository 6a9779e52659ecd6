"""Who is called, when: what is wrong with wishes that are a part of others, and with escalation paths."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.content import load
from tests.content import shop

_BOSS = "  boss: {title: Boss, queue: care, reason: x"


def _problems(folder: Path, wishes: str) -> list[str]:
    return shop.problems(shop.write(folder, {**shop.files(), "handoff/more.yaml": f"# more\nwishes:\n{wishes}\n"}))


@pytest.mark.parametrize(
    ("wish", "problem"),
    [
        (
            _BOSS + ", part_of: persn, words: [boss]}",
            "handoff/more.yaml:3: 'boss' is a part of the wish 'persn', which is not there. Did you mean 'person'?",
        ),
        (_BOSS + "}", "handoff/more.yaml:3: wishes.boss: a wish has phrasings, or part_of and words (given: {"),
        (
            _BOSS + ", part_of: person, words: [boss], phrasings: [the boss]}",
            "handoff/more.yaml:3: wishes.boss: a wish has phrasings, or part_of and words (given: {",
        ),
    ],
)
def test_a_wish_that_nobody_could_utter(tmp_path: Path, wish: str, problem: str) -> None:
    (found,) = _problems(tmp_path, wish)
    assert found.startswith(problem)


def test_who_borrows_our_wishes_without_that_for_a_person_borrows_none_that_is_a_part_of_it(tmp_path: Path) -> None:
    own = "entries:\n  person:\n    title: Mine\n    phrasings: [the words of my own]\n    answer: Mine.\n"
    wishes = load(shop.write(tmp_path, {"faqs/own.yaml": own})).wishes
    assert {"person", "supervisor"}.isdisjoint(wishes)
    assert "safety" in wishes


# --- paths ------------------------------------------------------------------------------------------------------------

_PATH = "handoff/paths.yaml:2: path 'up'"


def _in_paths(folder: Path, paths: str, **files: str) -> list[str]:
    more = {"handoff/paths.yaml": f"paths:\n{paths}\n", **files}
    return shop.problems(shop.write(folder, {**shop.files(), **more}))


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("missed: [samm]", f"{_PATH} tells 'samm', who is not there. Did you mean 'sam'?"),
        (
            "missed: [supervisors], queues: [car]",
            f"{_PATH} is for queue 'car', which is not there. Did you mean 'care'?",
        ),
        (
            "missed: [owner]",
            f"{_PATH} tells nobody else when 'dana' is late with a case of queue 'care'. Name a backup under then.",
        ),
        (
            "missed: [owner, supervisors], then: [{after: 1h, tell: [sam]}]",
            f"{_PATH} tells nobody else when 'sam' is late with a case of queue 'care'. Name a backup under then.",
        ),
        (
            "missed: [sam, dana], then: [{after: 1h, tell: [owner]}]",
            f"{_PATH} tells the owner under then, who has been told before. Name somebody else there.",
        ),
        ("missed: [team], then: [{after: 0m, tell: [team]}]", "handoff/paths.yaml:2: paths.up.then.0.after: "),
        ("missed: []", "handoff/paths.yaml:2: paths.up.missed: "),
        ("missed: [the boss]", "handoff/paths.yaml:2: paths.up.missed.0 is 'the boss', which does not have the right"),
    ],
)
def test_a_path_that_leads_nowhere(tmp_path: Path, path: str, problem: str) -> None:
    (found,) = _in_paths(tmp_path, f"  up: {{{path}}}")
    assert found.startswith(problem)


def test_a_queue_without_a_path(tmp_path: Path) -> None:
    (found,) = _in_paths(tmp_path, "  up: {priority: 2, missed: [team, supervisors]}")
    assert found.startswith("handoff/team.yaml:9: queue 'care' has no path for cases of priority 5. Add a path")


def test_two_paths_for_the_same_cases(tmp_path: Path) -> None:
    up = "{queues: [care], missed: [team, supervisors]}"
    (found,) = _in_paths(tmp_path, f"  up: {up}\n  high: {up}")
    assert found.startswith("handoff/paths.yaml:3: path 'high' is for the same cases as 'up'.")


def test_supervisors_of_whom_there_is_none(tmp_path: Path) -> None:
    files = {name: str(text).replace(", role: supervisor", "") for name, text in shop.files().items()}
    files["handoff/paths.yaml"] = "paths:\n  up: {missed: [supervisors, team]}\n"
    (found,) = shop.problems(shop.write(tmp_path, files))
    assert found == f"{_PATH} tells supervisors, and nobody is one. Give somebody in handoff/ the role supervisor."


def test_a_queue_of_people_who_cannot_be_called(tmp_path: Path) -> None:
    files = {
        name: str(text)
        .replace("first_response: 2h}", "first_response: 2h, agents: [dana]}")
        .replace("role: supervisor}", "role: supervisor, accounts: ['slack:U0123ABCD']}")
        for name, text in shop.files().items()
    }
    files["handoff/paths.yaml"] = "paths:\n  up: {missed: [owner, supervisors]}\n"
    (found,) = shop.problems(shop.write(tmp_path, files))
    assert found.startswith("handoff/team.yaml:9: queue 'care' is worked by nobody who has an account on a platform")


def test_a_sound_path_is_taken_as_it_stands(tmp_path: Path) -> None:
    text = "paths:\n  up: {at_risk: [owner, sam], missed: [supervisors], then: [{after: 30m, tell: [dana]}]}\n"
    (path,) = load(shop.write(tmp_path, {**shop.files(), "handoff/paths.yaml": text})).paths
    assert path.at_risk == ("owner", "sam")
    assert [(step.after, step.tell) for step in path.then] == [(timedelta(minutes=30), ("dana",))]


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("category: x", "a rule has a condition (when), or words, or both"),
        ('when: mood == "calm", unless: [power], category: x', "unless goes with words"),
        ("words: [down], many: 1, category: x", "many"),
    ],
)
def test_a_rule_of_triage_that_could_not_hold(tmp_path: Path, rule: str, problem: str) -> None:
    more = f"# more\ntriage:\n  - {{{rule}, priority: 1, why: x}}\n"
    (found,) = shop.problems(shop.write(tmp_path, {**shop.files(), "handoff/more.yaml": more}))
    assert problem in found
