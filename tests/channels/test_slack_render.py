"""What is sent to Slack: right as markup, inert as to what people typed, never refused, whatever is in it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.channels.slack import blocks, topics
from bot.channels.slack.render import mrkdwn, pieces
from bot.content import load, shipped_folder
from bot.desk.case import Case, Line
from bot.desk.targets import Watch
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Choice, Field, Form
from bot.dialog.markup import escape, plain
from tests.wire.slack.blocks import MOST_TEXT, check_blocks, check_view
from tests.wire.slack.content import MENTION
from tests.wire.slack.shown import plain as shown
from tests.wire.slack.world import World

AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WATCHES = (
    Watch(kind="first_response", target=HOUR, at_risk=75, since=AT, due=AT + HOUR),
    Watch(kind="resolve", target=8 * HOUR, at_risk=75, since=AT, due=AT + 8 * HOUR),
)
NASTY = st.lists(
    st.sampled_from(
        [
            *"<>&@!|*_`~[]()\\- \n\t\0",
            "<!channel>",
            "<@U1>",
            "https://x.y/",
            "mailto:",
            "😀",
            "&amp;",
            "![",
            "](",
            ". ",
            "\n\n",
        ]
    )
    | st.text(max_size=20),
    max_size=40,
).map("".join)
LONG = st.tuples(NASTY, st.integers(1, 400)).map(lambda each: (each[0] * each[1])[:20_000])


@pytest.fixture(scope="module")
def demo(slack_shop: Path) -> Catalog:
    return load(slack_shop)


@pytest.mark.parametrize(
    ("neutral", "expected"),
    [
        ("*bold* and _it_ and `a<b`", "*bold* and _it_ and `a&lt;b`"),
        ("[our page](https://a.b/?x=1&y=2)", "<https://a.b/?x=1&amp;y=2|our page>"),
        ("[*our* `page`|>](mailto:a@b.c)", "<mailto:a@b.c|our page¦&gt;>"),
        ("[x](https://a.b/|c>d)", "<https://a.b/%7Cc%3Ed|x>"),
        ("one\n- two\n- three\nfour", "one\n• two\n• three\nfour"),
        (escape("<!channel> <@U1> & co"), "&lt;!channel&gt; &lt;@U1&gt; &amp; co"),
    ],
)
def test_neutral_markup_becomes_slacks(neutral: str, expected: str) -> None:
    assert mrkdwn(neutral) == expected


def test_long_text_is_cut_between_sentences() -> None:
    text = "This is a sentence of a certain length. " * 200
    cut = pieces(text)
    assert len(cut) > 1
    assert all(len(each) <= 3_000 and each.endswith(".") for each in cut)
    assert " ".join(cut) == text.strip()


@given(LONG)
@settings(max_examples=50, deadline=None)
def test_no_words_make_a_mention_or_are_refused(text: str) -> None:
    for message in (escape(text), text):
        for piece in pieces(message):
            problems, length = check_blocks([blocks.section(piece)])
            assert problems == []
            assert length < MOST_TEXT
            assert not MENTION.search(piece)
            assert "<!" not in piece
            assert "<#" not in piece


@given(st.text(alphabet=st.characters(exclude_characters="*_~`\0", exclude_categories=["Cs"]), max_size=300))
@settings(max_examples=150, deadline=None)
def test_words_without_signs_read_as_they_were_typed(text: str) -> None:
    assert shown(mrkdwn(escape(text)), World("A", "")) == plain(escape(text)).replace("\n- ", "\n• ")


@given(
    text=NASTY,
    labels=st.lists(NASTY, max_size=30),
    values=st.lists(st.text(min_size=1, max_size=300), min_size=30, max_size=30, unique=True),
    form=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_a_message_is_never_refused(text: str, labels: list[str], values: list[str], form: bool, demo: Catalog) -> None:
    choices = [Choice(id=value, label=label) for value, label in zip(values, labels, strict=False)]
    asked = Form(id="c1.1/form", title=text, fields=()) if form else None
    for message in blocks.message(text, demo, choices, asked):
        problems, length = check_blocks(message)
        assert problems == []
        assert length < MOST_TEXT
        assert len(blocks.fallback(message)) < 4_000


@given(
    text=LONG, facts=st.dictionaries(NASTY, LONG, max_size=12), status=st.sampled_from(["waiting", "owned", "resolved"])
)
@settings(max_examples=60, deadline=None)
def test_a_card_is_never_refused(text: str, facts: dict[str, str], status: str, demo: Catalog) -> None:
    case = Case(
        number=7,
        kind="handoff",
        queue="care",
        customer="slack:T1/U1",
        name=text,
        place="slack:T1/D1",
        conversation="c1",
        opened_at=AT,
        subject=text,
        reason=text,
        facts=facts,
        recent=tuple(Line(who=text, text=text) for _ in range(12)),
        status=status,  # type: ignore[arg-type]
        assignee=text,
        promise=AT,
        waits=AT,
        watches=WATCHES,
        outcome=text,
    )
    card = blocks.card(case, demo)
    problems, length = check_blocks(card)
    assert problems == []
    assert length < MOST_TEXT
    assert len(blocks.fallback(card)) < 4_000
    assert not MENTION.search(json.dumps(card))
    assert check_view(blocks.case_view(case, "reply", text, demo), "modal") == []


def test_a_card_tells_since_when_and_until_when_so_that_each_reads_their_own_time(demo: Catalog) -> None:
    case = Case(
        number=7, kind="handoff", queue="care", customer="slack:T1/U1", name="Ana", place="slack:T1/D1",
        conversation="c1", opened_at=AT, subject="a lamp", reason="", promise=AT + timedelta(hours=2),
        waits=AT + timedelta(minutes=5), watches=WATCHES,
    )  # fmt: skip
    times = blocks.card(case, demo)[1]["text"]["text"].splitlines()[-1]
    named = [part.partition(" <!date^") for part in times.split(" · ")]
    assert [(name, int(rest.partition("^")[0]) - int(AT.timestamp())) for name, _, rest in named] == [
        ("card_opened", 0),
        ("card_waits", 300),
        ("card_promised", 7_200),
        ("card_due", 3_600),
        ("card_due", 28_800),
    ]
    over = blocks.card(replace(case, status="resolved"), demo)[1]["text"]["text"]
    assert over.count("<!date^") == 1


@given(title=NASTY, labels=st.lists(NASTY, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_a_form_is_never_refused(title: str, labels: list[str], demo: Catalog) -> None:
    fields = tuple(Field(id=f"slot{nth}", label=label, long=nth % 2 == 0) for nth, label in enumerate(labels))
    view = blocks.form_view(Form(id="c1.1/form", title=title, fields=fields), demo, "slack:T1/C1/1.2")
    assert check_view(view, "modal") == []


def test_standing_pages_are_never_refused() -> None:
    demo = load(shipped_folder())
    assert check_view(blocks.home_view(demo), "home") == []
    assert check_view(blocks.ask_view(demo, "C1"), "modal") == []
    pages = [blocks.panel_blocks(demo), topics.first_page(demo), topics.found_page(demo, "refund")]
    pages += [topics.answer_page(demo, entry, AT, "Ana") for entry in demo.entries]
    pages += [topics.topic_page(demo, entry.category) for entry in demo.entries.values()]
    for page in pages:
        problems, length = check_blocks(page)
        assert problems == []
        assert length < MOST_TEXT


@given(query=NASTY)
@settings(max_examples=60, deadline=None)
def test_a_search_for_anything_is_never_refused(query: str, demo: Catalog) -> None:
    assert check_blocks(topics.found_page(demo, query))[0] == []
