"""The neutral markup: what is written in it is marked up, what is put into it never is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialog.markup import Bold, Break, Code, Italic, Item, Link, Marked, escape, parse, plain

SIGNS = st.text(alphabet="\\*_`[]()- \n\tabhtps:/.é\u200f\x00")
ANYTHING = st.one_of(st.text(), SIGNS)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", ()),
        ("plain", ("plain",)),
        ("a *b* c", ("a ", Bold(("b",)), " c")),
        ("_a_", (Italic(("a",)),)),
        ("*a _b_*", (Bold(("a ", Italic(("b",)))),)),
        ("`a_b`", (Code("a_b"),)),
        ("[shop](https://a.example/x_y)", (Link("https://a.example/x_y", ("shop",)),)),
        ("[*now*](mailto:a@b.example)", (Link("mailto:a@b.example", (Bold(("now",)),)),)),
        ("a\nb", ("a", Break(), "b")),
        ("- a\n- b", (Item(("a",)), Item(("b",)))),
        ("x\n- a\ny", ("x", Break(), Item(("a",)), "y")),
        ("\\*a\\*", ("*a*",)),
        ("\\- a", ("- a",)),
        ("\\n", ("\\n",)),
    ],
)
def test_markup_is_read_as_written(text: str, tree: object) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    "text",
    ["2 * 3 * 4", "snake_case_name", "a*b*c", "*", "**", "`", "[x]", "[x](javascript:alert(1))", "[x](//a.example)",
     "[x](https://a b)", "*open", "[x](data:text/html,1)", "-no item", "\\"],
)  # fmt: skip
def test_what_only_looks_like_markup_stays_text(text: str) -> None:
    assert parse(text) == (text,)


@given(ANYTHING)
def test_an_escaped_text_comes_out_as_it_went_in(text: str) -> None:
    assert plain(escape(text)) == text


@given(ANYTHING)
def test_an_escaped_text_makes_nothing_but_text_and_line_breaks(text: str) -> None:
    assert all(isinstance(node, str | Break) for node in parse(escape(text)))


@given(ANYTHING, ANYTHING)
def test_two_escaped_texts_side_by_side_make_no_markup_either(left: str, right: str) -> None:
    tree = parse(escape(left) + escape(right))
    assert all(isinstance(node, str | Break) for node in tree)
    assert plain(escape(left) + escape(right)) == left + right


@given(st.text(alphabet="\\*_`[]()-ab:/. ").filter(lambda x: x == x.strip() and x))
def test_a_value_cannot_leave_the_bold_the_code_or_the_label_that_it_stands_in(value: str) -> None:
    inside = escape(value)
    assert parse(f"*{inside}*") == (Bold((value,)),)
    assert parse(f"`{inside}`") == (Code(value),)
    assert parse(f"[{inside}](https://a.example)") == (Link("https://a.example", (value,)),)


@given(st.text(alphabet="\\*_`[]()-ab:/.", min_size=1))
def test_a_value_in_an_address_is_kept_as_it_is(value: str) -> None:
    assert parse(f"[track](https://a.example/{escape(value)})") == (Link(f"https://a.example/{value}", ("track",)),)


@pytest.mark.parametrize("value", ["- a", "-", "x\n- a", "x\n-", "- a\n- b"])
def test_a_value_that_begins_like_an_item_is_none(value: str) -> None:
    assert not any(isinstance(node, Item) for node in parse(escape(value)))
    assert plain(escape(value)) == value


def test_a_label_cannot_redirect_its_link() -> None:
    label = escape("x](https://evil.example)")
    assert parse(f"[{label}](https://good.example)") == (Link("https://good.example", ("x](https://evil.example)",)),)


def test_a_value_cannot_turn_brackets_before_it_into_a_link() -> None:
    assert plain("[1]" + escape("(https://evil.example)")) == "[1](https://evil.example)"
    assert not any(isinstance(node, Link) for node in parse("[1]" + escape("(https://evil.example)")))


def test_marked_text_is_not_escaped_again() -> None:
    assert escape(Marked("*a*")) == "*a*"


@pytest.mark.parametrize(("value", "text"), [(7, "7"), (None, "None"), (True, "True"), (1.5, "1.5")])
def test_a_value_that_is_no_text_is_shown_as_one(value: object, text: str) -> None:
    assert escape(value) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*a* _b_ `c`", "a b c"),
        ("[shop](https://a.example)", "shop (https://a.example)"),
        ("[https://a.example](https://a.example)", "https://a.example"),
        ("- a\n- b\nc", "- a\n- b\nc"),
        ("- a\n\n- b", "- a\n\n- b"),
    ],
)
def test_plain_text_keeps_line_breaks_items_and_addresses(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(ANYTHING)
def test_reading_never_fails(text: str) -> None:
    parse(text)
    plain(text)


@pytest.mark.parametrize(
    "piece", ["*", "_", "`", "[", "*a", "*a ", " _a", "[a](https://", "\\", "- ", "(", "[a]", "\n- ", "a`", "[*_`"]
)
def test_forty_thousand_characters_are_read_at_once(piece: str) -> None:
    text = (piece * 40_000)[:40_000]
    began = time.process_time()
    parse(text)
    plain(escape(text))
    assert time.process_time() - began < 5  # a few hundredths of a second; what grows with the square takes minutes
