"""Ready-made replies: which are offered first, which are found, and what is left to fill in."""

from bot.desk.snippets import Situation, Snippet, find, gaps, rank

GREETING = Snippet(id="greeting", title="Greeting", text="Hello, {{ owner }} here.", moments=("claimed",))
BILL = Snippet(id="billing", title="Explain a charge", text="The charge of £… was …", categories=("money",))
PHOTO = Snippet(id="photo", title="Ask for a photo", text="Could you send a picture?", topics=("broken",))
LATE = Snippet(id="late_parcel", title="Late parcel", text="I'm sorry that it is late.")
ALL = (LATE, PHOTO, BILL, GREETING)


def first(**now: object) -> tuple[str, tuple[str, ...]]:
    best = rank(ALL, Situation(**now))  # type: ignore[arg-type]
    return best[0].id, best[0].why


def test_what_fits_the_moment_comes_first_and_says_why() -> None:
    assert first(moments=frozenset({"claimed"})) == ("greeting", ("moment claimed",))
    assert first(categories=frozenset({"money"})) == ("billing", ("category money",))
    assert first(topics=frozenset({"broken"})) == ("photo", ("topic broken",))


def test_the_customers_words_count_and_a_moment_counts_more() -> None:
    assert first(words="my PARCELS still is not there") == ("late_parcel", ("says parcels",))
    assert first(words="parcel", moments=frozenset({"claimed"}))[0] == "greeting"


def test_where_nothing_speaks_for_any_the_shops_order_stands() -> None:
    assert [each.id for each in rank(ALL, Situation())] == ["late_parcel", "photo", "billing", "greeting"]


def test_names_in_templates_are_no_words_of_a_snippet() -> None:
    assert first(words="owner owner")[1] == ()


def test_a_code_finds_one_and_a_beginning_all_that_begin_so() -> None:
    assert [each.id for each in find(ALL, "photo")] == ["photo"]
    assert [each.id for each in find(ALL, "Late Parcel")] == ["late_parcel"]
    assert [each.id for each in find(ALL, "par la")] == ["late_parcel"]
    assert [each.id for each in find(ALL, "pict")] == ["photo"]
    assert [each.id for each in find(ALL, "gretings")] == ["greeting"]
    assert find(ALL, "zzyzx") == ()
    assert find(ALL, " ") == ALL


def test_each_gap_is_told_with_the_words_before_it() -> None:
    assert gaps(BILL.text) == ("The charge of £ …", "was …")
    assert gaps("Refund of … (order) now") == ("Refund of … (order)",)
    assert gaps("All is said.") == ()
