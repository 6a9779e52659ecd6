"""What counts as an answer: a yes may move money, and a "not" turns an option round."""

import pytest

from bot.content import load, shipped_folder
from bot.dialog.catalog import Catalog
from bot.dialog.flow import Option
from bot.dialog.slots import choose, find, yes_no


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(shipped_folder())


@pytest.mark.parametrize("said", ["yes", "Yes please!", "yep", "that's right", "go ahead", "yes please do"])
def test_a_plain_yes_is_one(catalog: Catalog, said: str) -> None:
    assert yes_no(said, catalog) is True


@pytest.mark.parametrize("said", ["no", "nope", "No thank you", "no it is not", "no wait"])
def test_a_short_no_is_one(catalog: Catalog, said: str) -> None:
    assert yes_no(said, catalog) is False


@pytest.mark.parametrize(
    "said",
    ["yes thats wrong", "yes but wrong item", "yes no wait", "right, but both items", "sure what happens next", ""],
)
def test_a_yes_with_a_catch_is_no_answer(catalog: Catalog, said: str) -> None:
    assert yes_no(said, catalog) is None


OPTIONS = (
    Option(value="again", label="Send it again", phrasings=("again", "replacement")),
    Option(value="money", label="Money back", phrasings=("refund",)),
    Option(value="keep", label="No, I'll keep it", phrasings=("no", "keep it")),
    Option(value="cancel", label="Yes, have it cancelled", phrasings=("yes", "cancel it")),
)


@pytest.mark.parametrize(
    ("said", "value"),
    [("money back please", "money"), ("2", "money"), ("yep", "cancel"), ("nah", "keep"), ("no, keep it", "keep")],
)
def test_an_option_is_chosen_by_its_words(catalog: Catalog, said: str, value: str) -> None:
    chosen = choose(OPTIONS, said, catalog)
    assert chosen is not None
    assert chosen.value == value


@pytest.mark.parametrize("said", ["not again", "i don't want money back", "i have no idea, what happens then"])
def test_a_negated_option_is_not_chosen(catalog: Catalog, said: str) -> None:
    assert choose(OPTIONS, said, catalog) is None


def test_an_order_number_is_found_unless_there_are_two() -> None:
    assert find("order", "it is #12345, thanks") == "12345"
    assert find("order", "12345 or 67890") is None
    assert find("order", "call 0117 496 0142") is None
