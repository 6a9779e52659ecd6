"""Who is called, when: what is wrong with wishes that are a part of others."""

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
