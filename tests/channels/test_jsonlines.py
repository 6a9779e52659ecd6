"""`frontdesk chat --json`: what each line does, and that a line which cannot be taken changes nothing."""

import json
from pathlib import Path

import pytest

from tests.channels.shop import AT, Bot, agent, press, say, texts

CLAIM = say("I want to make a claim")


def submit(who: str = "ana", **values: object) -> dict[str, object]:
    return {"customer": who, "submit": values}


# --- what each line does ----------------------------------------------------------------------------------------------


def test_a_first_message_is_greeted_and_answered(bot: Bot) -> None:
    ((greeting, answer),) = bot.talk(say("when are you open"))
    assert (greeting["text"], greeting["id"]) == ("first_contact", "c1.1.0")
    assert (answer["text"], answer["id"], answer["who"], answer["to"]) == (
        "We are open from 9 to 5.",
        "c1.1.1",
        "ana",
        "customer",
    )
    assert answer["choices"] == [
        {"id": "c1.1/helped", "label": "choice_helped"},
        {"id": "c1.1/unhelpful", "label": "choice_unhelpful"},
        {"id": "c1.1/person", "label": "choice_person"},
    ]
    assert answer["source"] == {"kind": "entry", "id": "opening_hours", "at": "faqs/shop.yaml:2"}
    assert (answer["trace"]["rule"], answer["trace"]["topic"]) == ("answer", "hours")
    assert answer["at"] == "2026-01-05T10:00:00+00:00"
    assert answer["case"] is None


def test_a_choice_is_pressed_by_its_id_or_its_label(bot: Bot) -> None:
    for choice in ("c1.1/helped", "choice_helped", "CHOICE_HELPED", " choice_helped "):
        assert texts(bot.talk(say("when are you open"), press(choice))[1]) == ["helped"]


def test_a_choice_that_no_longer_counts_is_answered_and_is_no_error(bot: Bot) -> None:
    groups = bot.talk(say("when are you open"), say("is there a car park"), press("c1.1/helped"))
    assert texts(groups[2]) == ["stale_choice", "go_ahead"]


def test_a_form_is_sent(bot: Bot) -> None:
    groups = bot.talk(CLAIM, submit(what="a lamp", why="broken"), press("Money back"))
    assert groups[0][1]["form"] == {
        "id": "c1.1/form",
        "title": "Details",
        "fields": [
            {"id": "what", "label": "What?", "required": True, "long": False},
            {"id": "why", "label": "Why?", "required": False, "long": True},
        ],
    }
    assert [texts(group) for group in groups[1:]] == [["What shall we do?"], ["Money for a lamp. anything_else"]]


def test_a_form_is_sent_by_name_as_the_page_does(bot: Bot) -> None:
    named = {"customer": "ana", "submit": {"form": "c1.1/form", "values": {"what": "a lamp"}}}
    assert texts(bot.talk(CLAIM, named)[1]) == ["What shall we do?"]
    stale = {"customer": "ana", "submit": {"form": "c1.0/form", "values": {"what": "a lamp"}}}
    assert texts(bot.talk(CLAIM, stale)[1])[0] == "stale_choice"


def test_a_form_without_a_required_field_is_shown_again(bot: Bot) -> None:
    for values in ({}, {"why": "broken"}, {"what": "  "}):
        (said,) = texts(bot.talk(CLAIM, submit(**values))[1])
        assert said.startswith("again_form")


def test_an_outside_call_is_shown_and_its_result_told_before_idle(bot: Bot) -> None:
    (lines,) = bot.talk(say("where is my order 12345"))
    (call,) = (line for line in lines if line["to"] == "system")
    assert (call["effect"], call["action"], call["args"]) == ("Call", "find_order", {"number": "12345"})
    assert texts(lines)[-1].startswith("Order 12345 is ")


def test_agents_work_on_a_case(bot: Bot) -> None:
    groups = bot.talk(
        say("talk to a person"),
        agent("dana", "claim"),
        agent("dana", "note", text="a note"),
        agent("dana", "release"),
        agent("dana", "reply", text="Hello *you*"),
        say("thank you"),
        agent("dana", "resolve", text="Bye"),
        say("hello"),
    )
    card = next(line for line in groups[0] if line["to"] == "staff")
    assert (card["who"], card["case"], card["kind"], card["new"]) == ("care", 1, "card", True)
    assert [choice["id"] for choice in card["choices"]] == ["claim", "reply", "note", "resolve", "transcript"]
    assert card["card"]["status"] == "waiting"
    assert [texts(group) for group in groups] == [
        ["first_contact", "handoff"],
        ["claimed"],
        [],
        ["released"],
        ["Hello *you*"],
        [],
        ["Bye", "resolved"],
        ["Hello!"],
    ]
    assert [line["author"] for line in groups[4] if line["to"] == "customer"] == ["Dana"]
    (note,) = groups[2]
    assert (note["to"], note["kind"], note["author"], note["text"]) == ("staff", "note", "Dana", "a note")
    assert ("customer", "thank you") in [(line.get("kind"), line.get("text")) for line in groups[5]]


REFUSED = (
    "Not this time. Fine I wish it were otherwise. However, that is not ours to decide. Claims are decided by people. "
    "Each is its own.\n\nInstead:\n- Store credit\n\nWould that do?"
)


@pytest.mark.parametrize(("do", "outcome"), [("approve", "Granted. Fine anything_else"), ("decline", REFUSED)])
def test_a_supervisor_decides(bot: Bot, do: str, outcome: str) -> None:
    groups = bot.talk(
        CLAIM,
        submit(what="a lamp"),
        press("Ask a supervisor"),
        agent("dana", do, text="Mine"),
        agent("sam", do, text="Fine"),
    )
    assert texts(groups[2]) == ["Case 1 is under review."]
    assert (texts(groups[3]), texts(groups[3], "staff")) == ([], ["staff_role"])
    assert texts(groups[4]) == [outcome]


def test_what_an_agent_cannot_do_now_is_told_in_the_thread(bot: Bot) -> None:
    groups = bot.talk(
        say("talk to a person"),
        agent("dana", "approve"),
        agent("dana", "release"),
        agent("dana", "resolve"),
        agent("sam", "claim"),
    )
    assert [texts(group, "staff")[-1] for group in (*groups[1:3], groups[4])] == [
        "staff_nothing_to_decide",
        "staff_not_owner",
        "staff_closed",
    ]


def test_the_clock_moves_and_deadlines_are_acted_on_at_their_time(bot: Bot) -> None:
    groups = bot.talk(say("please come back tomorrow"), {"advance": "25h"}, {"advance": "90m"}, say("hello"))
    assert texts(groups[1]) == []
    (question,) = (line for line in groups[2] if line["to"] == "customer")
    assert (question["text"], question["at"]) == ("Is it resolved? the weather", "2026-01-06T12:00:00+00:00")
    assert groups[3][-1]["at"] == "2026-01-06T12:30:00+00:00"


def test_customers_do_not_hear_each_other(bot: Bot) -> None:
    groups = bot.talk(say("I want to make a claim", "ana"), say("when are you open", "ben"), submit("ana", what="x"))
    assert [{line["who"] for line in group} for group in groups] == [{"ana"}, {"ben"}, {"ana"}]


def test_a_customer_has_the_name_that_the_line_gives(bot: Bot) -> None:
    groups = bot.talk(say("talk to a person", "ana-2", name="Ana B."), say("talk to a person", "ben"))
    assert [next(line for line in group if line["to"] == "staff")["card"]["name"] for group in groups] == [
        "Ana B.",
        "Ben",
    ]


def test_empty_lines_are_passed_over_but_counted(bot: Bot) -> None:
    ((error,),) = bot.talk(b"\n  \n\r\n", b"x\n")
    assert error["line"] == 4


def test_the_last_line_needs_no_line_end(bot: Bot) -> None:
    assert texts(bot.talk(json.dumps(say("hello")).encode())[0]) == ["first_contact", "go_ahead"]


def test_nothing_in_gives_nothing_out(bot: Bot) -> None:
    assert bot.raw(b"") == ""


def test_output_is_ascii_whatever_was_said(bot: Bot) -> None:
    written = bot.raw(json.dumps(say("talk to a person", name="Zoë 😀\u2028")).encode())
    assert written.isascii()
    assert "Zo\\u00eb" in written


# --- the same again ---------------------------------------------------------------------------------------------------

STORY = [
    say("hello"),
    say("when are you open"),
    press("choice_helped"),
    CLAIM,
    submit(what="lamp"),
    say("is there a car park"),
    press("Ask a supervisor"),
    say("hello", "ben"),
    say("talk to a person", "ben"),
    agent("dana", "claim", 2),
    agent("sam", "approve", 1, "fine"),
    agent("dana", "resolve", 2, "bye"),
    {"advance": "3d"},
    press("choice_yes", "ben"),
    say("where is my order 12345"),
    say("xyzzy plugh"),
    say("xyzzy plugh"),
    {"advance": "1h"},
    b"nonsense\n",
]


def as_bytes(story: list[object]) -> bytes:
    return b"".join(each if isinstance(each, bytes) else json.dumps(each).encode() + b"\n" for each in story)


def test_the_same_lines_give_the_same_bytes(bot: Bot) -> None:
    first = bot.raw(as_bytes(STORY))
    assert first.count('{"idle": true}') == len(STORY)
    for _ in range(5):
        assert bot.raw(as_bytes(STORY)) == first


def test_every_line_has_an_id_of_its_own_but_edits(bot: Bot) -> None:
    lines = [line for group in bot.talk(*STORY) for line in group if "id" in line]
    ids = [line["id"] for line in lines]
    assert len(ids) == len(set(ids))


def test_a_database_keeps_everything_between_runs(bot: Bot, tmp_path: Path) -> None:
    database = str(tmp_path / "kept.sqlite")
    in_one_run = bot.talk(*STORY)
    in_two = bot.talk(*STORY[:9], database=database) + bot.talk(*STORY[9:], database=database)
    in_two[-1][0]["line"] = len(STORY)
    assert in_two == in_one_run


def test_a_database_keeps_the_clock(bot: Bot, tmp_path: Path) -> None:
    database = str(tmp_path / "kept.sqlite")
    bot.talk({"advance": "26h"}, database=database)
    ((line, *_),) = bot.talk(say("hello"), database=database)
    assert line["at"] == "2026-01-06T12:00:00+00:00"


def test_a_clock_never_runs_backwards(bot: Bot, tmp_path: Path) -> None:
    database = str(tmp_path / "kept.sqlite")
    bot.talk(say("hello"), {"advance": "26h"}, database=database)
    (lines,) = bot.talk(say("when are you open"), database=database, at=AT.replace(year=2020))
    assert lines[0]["at"] == "2026-01-06T12:00:00+00:00"


def test_a_deadline_that_passed_between_runs_is_acted_on_at_the_start(bot: Bot, tmp_path: Path) -> None:
    database = str(tmp_path / "kept.sqlite")
    bot.talk(say("please come back tomorrow"), database=database)
    written = bot.raw(b"\n" + json.dumps(say("yes")).encode(), database=database, at=AT.replace(day=9))
    assert "Is it resolved? the weather" in written


def test_a_line_with_a_known_ref_does_nothing(bot: Bot, tmp_path: Path) -> None:
    database = str(tmp_path / "kept.sqlite")
    lines = [
        say("when are you open", ref="a"),
        say("talk to a person", ref="b"),
        {**agent("dana", "claim"), "ref": "c"},
        {"advance": "2h", "ref": "d"},
    ]
    first = bot.talk(*lines, *lines, database=database)
    assert all(first[:3])
    assert first[4:] == [[], [], [], []]
    assert bot.talk(*lines, database=database) == [[], [], [], []]
    (hello, *_) = bot.talk(say("hello", "ben", ref="e"), database=database)[0]
    assert hello["at"] == "2026-01-05T12:00:00+00:00"


def test_a_press_or_form_with_a_known_ref_does_nothing(bot: Bot) -> None:
    lines = [
        say("when are you open", ref="a"),
        press("choice_helped", ref="b"),
        {**CLAIM, "ref": "c"},
        {**submit(what="x"), "ref": "d"},
        press("Money back", ref="e"),
    ]
    assert bot.talk(*lines, *lines)[5:] == [[], [], [], [], []]


def test_a_ref_names_one_thing_for_all_customers_and_kinds(bot: Bot) -> None:
    groups = bot.talk(say("hello", "ana", ref="1"), say("hello", "ben", ref="1"), {"advance": "1h", "ref": "1"})
    assert [bool(group) for group in groups] == [True, False, False]
    assert bot.talk({"advance": "1h", "ref": "1"}, say("hello", ref="2"))[1][0]["at"] == "2026-01-05T11:00:00+00:00"


# --- lines that cannot be taken ---------------------------------------------------------------------------------------

A_LINE = 'a line must be a JSON object such as {"customer": "ana", "say": "hello"}'
WHO = "a line needs one of the keys customer, agent or advance"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"nonsense\n", "the line is not JSON: "),
        (b'{"customer": "ana", "say": "hello"\n', "the line is not JSON: "),
        (b'{"customer": "ana"} {"customer": "ben"}\n', "the line is not JSON: "),
        (b"\xff\xfe\n", "the line is not JSON: "),
        (b'{"customer": "ana", "say": "\xe9"}\n', "the line is not JSON: "),
        (b"\x00\x00\n", "the line is not JSON: "),
        (b'{"customer": "ana", "say": "\x01"}\n', "the line is not JSON: "),
        (b"[" * 100_000 + b"\n", "the line is not JSON: "),
        (b'{"customer": ' * 20_000 + b"\n", "the line is not JSON: "),
        (b'{"advance": ' + b"9" * 5_000 + b"}\n", "the line is not JSON: "),
        (b'{"customer": "ana", "say": "' + b"x" * 2_000_000 + b'"}\n', "the line is longer than 1000000 bytes"),
        (b"null\n", A_LINE),
        (b"7\n", A_LINE),
        (b"NaN\n", A_LINE),
        (b'"hello"\n', A_LINE),
        (b"[]\n", A_LINE),
        (b'[{"customer": "ana", "say": "hello"}]\n', A_LINE),
        ({}, WHO),
        ({"say": "hello"}, WHO),
        ({"Customer": "ana", "say": "hello"}, WHO),
        ({"customer": "ana"}, "a line with 'customer' needs exactly one of say, press or submit"),
        (
            {"customer": "ana", "say": "a", "press": "b"},
            "a line with 'customer' needs exactly one of say, press or submit",
        ),
        ({"customer": "ana", "sya": "a"}, "'sya' is not a key of a line with 'customer'; did you mean 'say'?"),
        (
            {"customer": "ana", "agent": "dana", "say": "a"},
            "'agent' is not a key of a line with 'customer'; there are ",
        ),
        (
            {"customer": "ana", "x" * 100_000: 1},
            "'" + "x" * 64 + "' is not a key of a line with 'customer'; there are ",
        ),
        ({"customer": "ana", "\ud800": 1}, "'\ud800' is not a key of a line with 'customer'; there are "),
        ({"customer": 7, "say": "a"}, "'customer' must be a text"),
        ({"customer": None, "say": "a"}, "'customer' must be a text"),
        ({"customer": "", "say": "a"}, "'customer' must not be empty"),
        ({"customer": "  ", "say": "a"}, "'customer' must not be empty"),
        ({"customer": "a" * 65, "say": "a"}, "'customer' has 65 characters; at most 64 are taken"),
        ({"customer": "ana b", "say": "a"}, "'ana b' cannot be a customer; use letters, digits, - and _"),
        ({"customer": "local:ana", "say": "a"}, "'local:ana' cannot be a customer; use letters, digits, - and _"),
        ({"customer": "a/b", "say": "a"}, "'a/b' cannot be a customer; use letters, digits, - and _"),
        ({"customer": "a\u0000b", "say": "a"}, "'a\u0000b' cannot be a customer; use letters, digits, - and _"),
        ({"customer": "a\nb", "say": "a"}, "'a\nb' cannot be a customer; use letters, digits, - and _"),
        ({"customer": "\ud800", "say": "a"}, "'?' cannot be a customer; use letters, digits, - and _"),
        ({"customer": "\u200b", "say": "a"}, "'\u200b' cannot be a customer; use letters, digits, - and _"),
        ({"customer": "-_.", "say": "a"}, "'-_.' cannot be a customer; use letters, digits, - and _"),
        ({"customer": "{{ 7*7 }}", "say": "a"}, "'{{ 7*7 }}' cannot be a customer; use letters, digits, - and _"),
        ({"customer": "ana", "say": None}, "'say' must be a text"),
        ({"customer": "ana", "say": ["a"]}, "'say' must be a text"),
        (b'{"customer": "ana", "say": NaN}\n', "'say' must be a text"),
        ({"customer": "ana", "say": "x" * 40_001}, "'say' has 40001 characters; at most 40000 are taken"),
        ({"customer": "ana", "say": "a", "name": 5}, "'name' must be a text"),
        ({"customer": "ana", "say": "a", "name": " "}, "'name' must not be empty"),
        ({"customer": "ana", "say": "a", "ref": 5}, "'ref' must be a text"),
        ({"customer": "ana", "say": "a", "ref": ""}, "'ref' must not be empty"),
        ({"customer": "ana", "say": "a", "ref": "x" * 201}, "'ref' has 201 characters; at most 200 are taken"),
        ({"customer": "nobody", "press": "yes"}, "'nobody' has no choice 'yes'; there is none"),
        (
            {"customer": "ana", "press": "choice_helpd"},
            "'ana' has no choice 'choice_helpd'; did you mean 'choice_helped'?",
        ),
        ({"customer": "ana", "press": "c1.9/helped"}, "'ana' has no choice 'c1.9/helped'; "),
        ({"customer": "ana", "press": "c2.1/helped"}, "'ana' has no choice 'c2.1/helped'; "),
        ({"customer": "ana", "press": "c1.x/helped"}, "'ana' has no choice 'c1.x/helped'; "),
        ({"customer": "ana", "press": "\ud800"}, "'ana' has no choice '?'; "),
        ({"customer": "ana", "press": ""}, "'press' must not be empty"),
        ({"customer": "ana", "press": "x" * 300}, "'press' has 300 characters; at most 255 are taken"),
        ({"customer": "ana", "press": 1}, "'press' must be a text"),
        ({"customer": "ana", "submit": {"what": "x"}}, "'ana' has no form to fill in"),
        ({"customer": "ana", "submit": "x"}, "'submit' must be an object with a text for each field"),
        ({"customer": "cid", "submit": {"waht": "x"}}, "the form has no field 'waht'; did you mean 'what'?"),
        ({"customer": "cid", "submit": {"\ud800": "x"}}, "the form has no field '\ud800'; there are what, why"),
        (
            {"customer": "cid", "submit": {"what": 5}},
            "the form's field 'what' must be a text of at most 40000 characters",
        ),
        ({"customer": "cid", "submit": {"what": "x" * 40_001}}, "the form's field 'what' must be a text of at most "),
        ({"customer": "cid", "submit": {"form": 5, "values": {}}}, "'form' must be a text"),
        ({"agent": "dna", "case": 1, "do": "claim"}, "there is no agent 'dna'; did you mean 'dana'?"),
        ({"agent": "Dana", "case": 1, "do": "claim"}, "there is no agent 'Dana'; did you mean 'dana'?"),
        ({"agent": ["dana"], "case": 1, "do": "claim"}, "'agent' must be a text"),
        (
            {"agent": "dana", "case": 1, "do": "clame"},
            "'clame' is not something an agent can do; did you mean 'claim'?",
        ),
        ({"agent": "dana", "case": 1}, "'do' must be a text"),
        ({"agent": "dana", "do": "claim"}, "'case' must be the number of a case"),
        ({"agent": "dana", "case": "1", "do": "claim"}, "'case' must be the number of a case"),
        ({"agent": "dana", "case": True, "do": "claim"}, "'case' must be the number of a case"),
        ({"agent": "dana", "case": 1.0, "do": "claim"}, "'case' must be the number of a case"),
        (b'{"agent": "dana", "case": NaN, "do": "claim"}\n', "'case' must be the number of a case"),
        (b'{"agent": "dana", "case": Infinity, "do": "claim"}\n', "'case' must be the number of a case"),
        ({"agent": "dana", "case": 99, "do": "claim"}, "there is no case 99"),
        ({"agent": "dana", "case": 0, "do": "claim"}, "there is no case 0"),
        ({"agent": "dana", "case": -1, "do": "claim"}, "there is no case -1"),
        ({"agent": "dana", "case": 10**30, "do": "claim"}, f"there is no case {10**30}"),
        ({"agent": "dana", "case": 1, "do": "reply"}, "'reply' needs a text"),
        ({"agent": "dana", "case": 1, "do": "note", "text": " "}, "'text' must not be empty"),
        ({"agent": "dana", "case": 1, "do": "line"}, "'line' needs a text"),
        ({"agent": "dana", "case": 1, "do": "reply", "text": 5}, "'text' must be a text"),
        ({"agent": "dana", "case": 1, "do": "claim", "say": "x"}, "'say' is not a key of a line with 'agent'; "),
        ({"agent": "dana", "case": 1, "do": "note", "text": "x", "values": {}}, "'values' go with 'notice', and "),
        ({"agent": "dana", "do": "notice", "text": "x", "values": {"to": 5}}, "'values' go with 'notice', and "),
        ({"advance": "soon"}, "'soon' is not a duration; expected one such as 15m, 26h or 3d"),
        ({"advance": "-1h"}, "'-1h' is not a duration; expected one such as 15m, 26h or 3d"),
        ({"advance": 26}, "'advance' must be a text"),
        (b'{"advance": NaN}\n', "'advance' must be a text"),
        ({"advance": ""}, "'advance' must not be empty"),
        ({"advance": "1h", "say": "x"}, "'say' is not a key of a line with 'advance'; "),
        ({"advance": "367d"}, "the clock moves by at most 366d at once, and not beyond the year 2999"),
        ({"advance": "999999w"}, "the clock moves by at most 366d at once, and not beyond the year 2999"),
        ({"advance": "1h" * 100}, "'advance' has 200 characters; at most 40 are taken"),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, bytes | dict) else "",
)
def test_a_line_that_cannot_be_taken_is_named_and_changes_nothing(bot: Bot, line: object, told: str) -> None:
    before = [say("when are you open"), say("talk to a person", "ben"), say("I want to make a claim", "cid")]
    after = [press("c1.1/helped"), agent("dana", "claim"), {"advance": "1h"}, say("hello", "dan")]
    groups = bot.talk(*before, line, *after)
    (error,) = groups.pop(3)
    assert error.keys() == {"error", "line"}
    assert error["line"] == 4
    assert error["error"].startswith(told)
    if not told.endswith((": ", "; ", " ")):
        assert error["error"] == told
    assert len(error["error"]) < 400
    assert groups == bot.talk(*before, *after)


def test_a_ref_of_a_line_that_was_not_taken_may_be_used_again(bot: Bot) -> None:
    groups = bot.talk({"customer": "ana", "press": "x", "ref": "1"}, say("hello", ref="1"))
    assert [next(iter(group[0])) for group in groups] == ["error", "to"]


def test_a_line_after_one_that_was_too_long_is_taken_and_no_part_of_the_long_one_is(bot: Bot) -> None:
    inner = json.dumps(say("talk to a person")).encode()
    long = b"x" * (1_000_000 - 1) + b"\n"
    for padding in (b"x" * 1_000_000, b"x" * 2_000_000, b"x" * 999_999, long.strip() + b"x"):
        groups = bot.talk(padding + inner + b"\n", say("hello"))
        assert [group[0].get("error", "")[:23] for group in groups] == ["the line is longer than", ""]
        assert groups[0][0]["line"] == 1
        assert texts(groups[1]) == ["first_contact", "go_ahead"]


# --- hostile words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "\n",
        "😀",
        "👩‍👩‍👧‍👦👩‍👩‍👧‍👦",
        "?!",
        "…",
        "x" * 40_000,
        "😀" * 40_000,
        "a " * 20_000,
        "\n" * 40_000,
        "-" * 40_000,
        "مرحبا، أين طلبي؟",
        "שלום",
        "\u202eevil\u202c",
        "\u200b\u200c\u200d\ufeff",
        "\x00",
        "a\x00b",
        "\x1b[31mred\x1b[0m",
        "\x07\x08\x7f",
        "\ud800",
        "\udfff\ud800",
        "<!channel>",
        "<!here|here>",
        "@everyone",
        "<@U123>",
        "<#C123>",
        "<script>alert(1)</script>",
        "<https://evil.example|x>",
        "{{ 7*7 }}",
        "{% include 'x' %}",
        "{{ ''.__class__ }}",
        "*bold* _it_ `code` [x](https://evil.example)",
        "'; DROP TABLE inbox; --",
        "../../etc/passwd",
        "%s%n%x",
        "null",
        "Z̴̡̛a̷̢l̶g̸o̵" * 500,
        "\u0301" * 40_000,
        "ﷺ" * 40_000,
        "1" * 40_000,
        "12345 " * 6_000,
        "a@b." * 10_000,
        "?" * 40_000,
    ],
    ids=lambda words: repr(words[:12]),
)
def test_hostile_words_are_answered_and_the_bot_lives(bot: Bot, words: str) -> None:
    groups = bot.talk(say(words), say("when are you open", "ben"), say(words, "ben"))
    assert [bool(texts(group)) for group in groups] == [True, True, True]
    assert texts(groups[1])[-1] == "We are open from 9 to 5."
    assert not any("error" in line for group in groups for line in group)
    assert not any(line["trace"]["rule"] == "broken" for group in groups for line in group)


@pytest.mark.parametrize(
    "words", ["{{ 7*7 }}", "*bold* [x](https://evil.example)", "- item\n- item", "<!channel> @everyone", "\\_"]
)
def test_hostile_words_reach_people_and_come_back_as_they_were_typed(bot: Bot, words: str) -> None:
    groups = bot.talk(say("talk to a person"), say(words), agent("dana", "reply", text=words))
    relayed = next(line["text"] for line in groups[1] if line["to"] == "staff" and line["kind"] == "customer")
    assert relayed == words
    assert texts(groups[2])[-1] == words


@pytest.mark.parametrize(
    "words", ["{{ 7*7 }}", "*x*", "[x](https://evil.example)", "- a", "a\n- b", "\ud800x", "x" * 40_000]
)
def test_hostile_words_in_a_form_are_said_back_as_they_were_typed(bot: Bot, words: str) -> None:
    groups = bot.talk(CLAIM, submit(what=words), press("Money back"))
    shown = words.replace("\ud800", "?")[:4_000]
    (said,) = texts(groups[2])
    assert (said[: len(f"Money for {shown}.")], said.split()[-1]) == (f"Money for {shown}.", "anything_else")


@pytest.mark.parametrize("name", ["{{ 7*7 }}", "<!channel>", "*x*", "\ud800", "\u202eevil", "x" * 80])
def test_a_hostile_name_is_a_name(bot: Bot, name: str) -> None:
    groups = bot.talk(say("talk to a person", name=name))
    card = next(line for line in groups[0] if line["to"] == "staff")
    assert card["card"]["name"] == name.replace("\ud800", "?")
