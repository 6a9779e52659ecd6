"""What is shown on Discord is within the platform's limits, and reads as it was meant, whatever people typed."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.discord import asking, render
from bot.channels.discord.markdown import LONGEST, escaped, markdown, pieces
from bot.channels.discord.posting import nonce
from bot.channels.discord.reading import plain as read
from bot.desk.case import Case, Line
from bot.desk.targets import Watch
from bot.dialog.effects import Choice, Field, Form, Say, Source, TellStaff
from bot.dialog.files import File
from bot.dialog.markup import escape
from tests.channels.discorddesk import catalog
from tests.wire.discord import limits, shown
from tests.wire.discord.commands import check_commands
from tests.wire.discord.components import check_modal
from tests.wire.discord.errors import Form as Checks

AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = Source(kind="agent", id="dana")
HOSTILE = (
    "@everyone <@&123> <@!123> <#123> <:x:123> <a:x:123> </help:123> <t:1:R> [safe](https://evil.example) ||x||",
    "# big\n> quote\n>>> all\n- item\n1. one\n-# small\n```py\ncode```",
    "`a` ``b`` **b** __u__ ~~s~~ *i* _i_ ***x*** \\*not\\* \\\\ \\",
    "https://x.example/a_b_c*d https://@evil.example/ https://x.example/<b> http://a](https://b) @HERE",
    "\x00\x1b[31m\u202e\u200b \U0001f600" * 40,
    "*" * 3_000,
    "[" * 900 + "](" * 900,
    "a" * 5_000,
)
words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=300), st.text("*_~|`<>[]()#@\\-+.:/ \nab1", max_size=200))
_PING = re.compile(r"(?<!\\)<(?:@[!&]?|#|a?:\w+:)\d+>|@(?:everyone|here)", re.IGNORECASE)


def accepted(body: render.Json) -> None:
    """Hold a message to all that the platform refuses."""
    limits.check_message(body, "message")
    limits.not_empty(body, 0)
    assert body["allowed_mentions"] == {"parse": []}
    assert not _PING.search(body["content"])


@given(words)
@example("https://x.example/a_b.")
def test_what_people_typed_reads_as_they_typed_it(text: str) -> None:
    typed = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)
    if "http" not in typed.lower() and "`" not in typed:  # the emulator's screen takes an escaped ` for code
        assert shown.plain(escaped(text), {}).replace("\u200b", "") == typed.replace("\u200b", "")
    assert not _PING.search(escaped(text))


@given(words)
@settings(deadline=None)
def test_neutral_markup_never_lets_words_out(text: str) -> None:
    content = markdown(f"*{escape(text)}* and `{escape(text)}` in [{escape(text)}](https://x.example)")
    assert not _PING.search(content)


def test_markup_is_discords_own() -> None:
    assert markdown("*b* _i_ `c` [l](https://x.example/a_b)\n- one\n- two") == (
        "**b** _i_ `c` [l](<https://x.example/a_b>)\n- one\n- two"
    )
    assert markdown("[https://x.example](https://x.example)") == "<https://x.example>"
    assert markdown("[mail](mailto:a@b.example)") == "mail (a@b.example)"
    assert markdown("[bank.example](https://evil.example)") == "bank.example (<https://evil.example>)"


@given(st.lists(words, min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_long_text_comes_in_pieces_that_fit_and_lose_nothing(parts: list[str]) -> None:
    text = "\n\n".join(escape(part) for part in parts)
    cut = pieces(text)
    assert all(0 < len(piece) <= LONGEST for piece in cut)
    whole = "".join(re.sub(r"[^\w]|\u200b", "", markdown(text)))
    assert re.sub(r"[^\w]", "", "".join(cut)) == whole


@given(words, words, st.lists(words, max_size=140), st.booleans())
@settings(max_examples=80, deadline=None)
def test_every_answer_is_accepted(text: str, author: str, labels: list[str], with_form: bool) -> None:
    effect = Say(
        place="discord:1",
        text=escape(text),
        source=SOURCE,
        author=author,
        choices=tuple(Choice(id=f"c1.2/{at}", label=label) for at, label in enumerate(labels)),
        form=Form(id="c1.2/form", title=text, fields=()) if with_form else None,
        files=(File(at="discord:1/2/3", name=text),),
    )
    bodies = render.say(effect, catalog(), left_out=[text])
    for body in bodies:
        accepted(body)
    assert all(not body["components"] for body in bodies[:-1])


@given(words, words, st.lists(words, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_every_form_is_accepted(title: str, label: str, names: list[str]) -> None:
    fields = tuple(Field(id=f"f{at}", label=name, long=bool(at % 2)) for at, name in enumerate(names))
    for modal in (
        render.form(Form(id="c1.2/" + title[:300], title=title, fields=fields)),
        render.words_for("approve", 7, catalog(), label),
    ):
        checks = Checks()
        check_modal(checks, "data", modal)
        checks.refuse()


@given(words, words, st.dictionaries(words, words, max_size=12), st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_card_is_accepted(name: str, text: str, facts: dict[str, str], solved: bool) -> None:
    case = Case(
        number=7,
        kind="handoff",
        queue="care",
        customer="discord:123",
        name=name,
        place="discord:1/2",
        conversation="c1",
        opened_at=AT,
        subject=text,
        reason=text,
        facts=facts,
        recent=tuple(Line(who=name, text=text) for _ in range(9)),
        status="resolved" if solved else "waiting",
        assignee="dana",
        promise=AT,
        waits=AT,
        watches=(Watch(kind="next_response", target=HOUR, at_risk=75, since=AT, due=AT + HOUR),),
        outcome=text,
    )
    body = render.card(case, catalog())
    accepted(body)
    times = re.findall(r"<t:(\d+):R>", body["embeds"][0]["description"])
    assert times == [str(int(AT.timestamp()) + hours * 3_600) for hours in ([0] if solved else [0, 0, 0, 1])]
    for kind in ("customer", "bot", "agent", "note", "alert"):
        line = TellStaff(place="discord:1", case=7, kind=kind, author=name, text=escape(text))
        for each in render.staff_line(line, catalog(), left_out=[name]):
            accepted(each)


def test_few_choices_are_buttons_and_very_many_are_menus() -> None:
    def kinds(count: int) -> list[list[int]]:
        choices = [Choice(id=f"c1.2/{at}", label=f"Choice {at}") for at in range(count)]
        return [[each["type"] for each in row["components"]] for row in render.controls(choices, None, catalog())]

    assert kinds(0) == []
    assert kinds(5) == [[2] * 5]
    assert kinds(12) == [[2] * 5, [2] * 5, [2] * 2]
    assert kinds(30) == [[3], [3]]
    assert kinds(400) == [[3]] * 5


def test_an_id_that_is_too_long_is_found_among_those_that_were_offered() -> None:
    ids = [f"c1.2/pick:{'x' * 200}{at}" for at in range(3)]
    custom = render.choice_id(Choice(id=ids[1], label="Two"))
    assert len(custom) <= 100
    assert render.chosen(custom, ids) == ids[1]
    assert render.chosen(custom, []).startswith("c1.2/")
    assert render.chosen("c:c1.2/yes", []) == "c1.2/yes"


def test_the_commands_are_within_the_limits_of_platform_and_library() -> None:
    commands = asking.commands(catalog())
    check_commands(commands)
    assert sum(command["type"] == 3 for command in commands) <= 5


def test_a_nonce_is_short_and_of_one_part_only() -> None:
    made = {nonce(f"c{talk}.{turn}.0", part) for talk in range(20) for turn in range(20) for part in range(3)}
    assert len(made) == 1_200
    assert max(map(len, made)) <= 25


@given(words)
@example("<@!1> **b** [l](https://x.example) `\\` <:e:1>")
def test_reading_never_fails_and_escaping_survives_it(text: str) -> None:
    read(text)
    if "http" not in text.lower() and "\0" not in text:
        expected = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text).strip()
        assert read(escaped(text)).replace("\u200b", "") == expected.replace("\u200b", "").strip()
