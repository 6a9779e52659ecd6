"""Answers that are said to be wrong: what staff hear of it, and how often."""

from bot.dialog.effects import TellStaff
from tests.dialog.talk import Talk


def test_what_is_wrong_takes_the_place_of_the_first_alert(talk: Talk) -> None:
    talk.says("do you ship to germany?")
    talk.says("that's not true")
    first = next(at for at, effect in enumerate(talk.turn.effects) if isinstance(effect, TellStaff))
    told = f"{talk.turn.id}.{first}"
    talk.says("it takes 9 days")
    assert [effect.edits for effect in talk.effects(TellStaff)] == [told]
    talk.says("you are wrong")
    assert "staff:care" not in [effect.place for effect in talk.effects(TellStaff) if not effect.case]
