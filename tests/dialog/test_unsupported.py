"""What the order system has no such thing as: nobody is told of a fault, and staff know that it isn't one."""

from bot.dialog.catalog import Catalog
from bot.dialog.effects import Call
from bot.dialog.events import CallReturned
from tests.dialog.talk import DM, Talk


def called(talk: Talk, result: str) -> None:
    """The order system's answer to the only call of the last turn."""
    (call,) = [at for at, effect in enumerate(talk.turn.effects) if isinstance(effect, Call)]
    talk.happens(CallReturned(**talk.common(), call=f"{talk.turn.id}.{call}", result=result))


def test_what_the_order_system_has_not_is_done_by_people_and_nobodys_fault(shipped: Catalog) -> None:
    talk = Talk(shipped)
    talk.says("explain my bill for order 12345", DM)
    called(talk, "unsupported")

    assert "fault" not in " ".join(text for _, text in talk.said)
    assert "people" in talk.said[0][1]
    assert "case" in talk.said[-1][1]
    assert any("find_charges" in text and "isn't broken" in text for text in talk.told)


def test_what_failed_is_told_as_before(shipped: Catalog) -> None:
    talk = Talk(shipped)
    talk.says("explain my bill for order 12345", DM)
    called(talk, "failed")

    assert "fault" in talk.said[0][1]
    assert not any("isn't broken" in text for text in talk.told)
