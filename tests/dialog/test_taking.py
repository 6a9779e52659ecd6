"""What words say to an offer of £5 store credit, or of 20% off the next order, while something else is asked."""

from datetime import UTC, datetime

import pytest

from bot.desk.case import Case, Wanted
from bot.dialog.catalog import Catalog
from bot.dialog.flow import Option
from bot.dialog.taking import named

_YES = Option(value="take", label="Yes, please", phrasings=("yes", "ok", "I take it", "accept"), then="taken")
_NO = Option(value="leave", label="No, thank you", phrasings=("no", "no thanks", "decline", "rather not"), then="left")


def _answer(catalog: Catalog, text: str, what: str = "store credit") -> str:
    wanted = Wanted(what=what, amount="5.00", currency="GBP", by="sam", case=1)
    now = datetime(2026, 1, 5, 10, tzinfo=UTC)
    case = Case(
        number=1, kind="approval", queue="returns", customer="ana", name="Ana", place="dm:ana", conversation="c1",
        opened_at=now, subject="", reason="", wanted=wanted,
    )  # fmt: skip
    found = named((_YES, _NO), text, case, catalog)
    return found.value if found else ""


@pytest.mark.parametrize(
    "text",
    [
        "I accept your offer",
        "yes, I accept the offer",
        "ok I'll take it",
        "I accept",
        "yes, I'll take the £5",
        "I'll go with the 5 pounds",
        "the store credit works for me, thanks",
        "Fine, I'm happy with the store credit",
        "agreed, the offer is fair",
        "I'd like to take you up on your offer, so yes to the offer",
        "your offer sounds good!",
    ],
)
def test_an_offer_is_taken(shipped: Catalog, text: str) -> None:
    assert _answer(shipped, text) == "take"


@pytest.mark.parametrize("text", ["I'll take the 20%", "yes please, 20 % off is fine", "I accept the 20% off"])
def test_a_share_is_taken(shipped: Catalog, text: str) -> None:
    assert _answer(shipped, text, "20% off your next order") == "take"


@pytest.mark.parametrize(
    "text",
    ["I decline your offer", "no thanks to the offer", "rather not the store credit", "I don't accept your offer"],
)
def test_an_offer_is_left(shipped: Catalog, text: str) -> None:
    assert _answer(shipped, text) == "leave"


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "I accept that it takes a while",
        "I'll take it back to the shop",
        "I want to return 5 mugs",
        "I don't want to lose the £5",
        "no, £5 isn't enough",
        "I'm not happy with the offer",
        "is your offer still good?",
        "I'd accept a better offer",
        "yes but not the store credit",
        "I'll think about your offer",
        "I paid £50 with store credit",
        "I'll take the lamp",
        "the £500 is fine",
        "maybe I'll take the £5",
    ],
)
def test_an_offer_is_neither_taken_nor_left(shipped: Catalog, text: str) -> None:
    assert not _answer(shipped, text)
