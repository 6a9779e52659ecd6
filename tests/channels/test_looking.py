"""What agents look at without doing anything: the desk, the hand-over, transcripts, searches; and the audit log."""

import dataclasses
import functools
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from bot.cli import cli
from bot.content import load, shipped_folder
from bot.dialog.catalog import Catalog
from tests.channels.shop import AT, Bot, Lines, agent, say

HANDOFF = say("can I talk to a real person please")
BEN = say("can I talk to a real person please", who="ben")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Bot:
    """The demo shop, in its own words."""
    return Bot(shipped_folder(), shipped(), monkeypatch)


@functools.cache
def shipped() -> Catalog:
    return load(shipped_folder())


def look(who: str, text: str = "") -> dict[str, Any]:
    return {"agent": who, "do": "desk", "text": text}


def seen(lines: Lines) -> str:
    (line,) = lines
    assert (line["to"], line["do"]) == ("agent", "desk")
    return str(line["text"])


def test_the_desk_tells_what_nobody_owns_and_what_is_mine(desk: Bot) -> None:
    told = desk.talk(HANDOFF, BEN, agent("dana", "claim", 2), look("dana"), look("lee"))
    mine, others = seen(told[3]), seen(told[4])
    assert "Nobody's yet (1)" in mine
    assert "1 Ana" in mine
    assert "Yours (1)" in mine
    assert "2 Ben" in mine
    assert "Yours" not in others


def test_an_empty_desk_says_so(desk: Bot) -> None:
    assert seen(desk.talk(look("dana"))[0]).endswith("Nothing here. All is well.")


def test_a_category_filters_and_one_that_is_not_there_names_those_that_are(desk: Bot) -> None:
    safety = say("I was injured by one of your lamps", who="ben")
    told = desk.talk(HANDOFF, safety, look("dana", "safety"), look("dana", "nonsense"))
    assert "Ben" in seen(told[2])
    assert "Ana" not in seen(told[2])
    assert seen(told[3]).startswith("No open case is about “nonsense”. There are: ")
    assert "safety" in seen(told[3])


def test_a_late_case_stands_in_one_line_that_says_its_time_once(desk: Bot) -> None:
    told = desk.talk(HANDOFF, {"advance": "3h"}, look("dana"))
    shown = seen(told[2])
    assert [shown.count("1 Ana"), shown.count("since 12:00"), shown.count("overdue")] == [1, 1, 0]
    assert "❗ late since 12:00 today · take it by 14:00 today" in shown


def test_when_many_report_the_same_the_desk_says_so_first_and_lists_them(desk: Bot) -> None:
    down = "your website is down, get me a person"
    two = [say(down, who=who) for who in ("ana", "ben")]
    told = desk.talk(*two, look("dana"), say(down, who="cid"), look("dana"), look("dana", "outage"))
    few, many = seen(told[2]), seen(told[4])
    assert ("report the same" in few, "3 customers report the same: outage" in many) == (False, True)
    assert many.index("report the same") < many.index("Nobody's yet")
    assert seen(told[5]).count("outage · priority 1") == 3


def test_what_a_colleague_has_is_shown_as_theirs_and_a_word_that_names_nothing_says_so(desk: Bot) -> None:
    told = desk.talk(
        HANDOFF, agent("lee", "claim"), look("dana", "mine Lee"), look("dana", "mine"), look("dana", "mine nonsense")
    )
    lees, mine = seen(told[2]), seen(told[3])
    assert ("Lee's desk" in lees, "Theirs (1)" in lees, "1 Ana" in lees) == (True, True, True)
    assert mine.endswith("Nothing here. All is well.")
    assert seen(told[4]).startswith("No open case is about “nonsense”.")


@pytest.mark.parametrize(("words", "heading"), [("at risk", "Running late (1)"), ("Snoozed", "Put aside (1)")])
def test_a_section_of_the_desk_is_asked_for_by_its_name(desk: Bot, words: str, heading: str) -> None:
    told = desk.talk(
        HANDOFF, agent("lee", "claim"), agent("lee", "snooze", 1, "3h"), {"advance": "119m"}, BEN, look("dana", words)
    )
    text = seen(told[5])
    assert (heading in text, "1 Ana" in text, "2 Ben" in text) == (True, True, False)


def test_my_view_has_tasks_due_times_and_follow_ups(desk: Bot) -> None:
    told = desk.talk(
        HANDOFF,
        agent("dana", "claim"),
        agent("dana", "task", 1, "billing is the invoice paid?"),
        agent("dana", "reply", 1, "I'll write to you by 3pm"),
        look("dana", "mine"),
        BEN,
        agent("dana", "claim", 2),
        agent("dana", "reply", 2, "Hello Ben"),
        look("dana", "mine"),
    )
    first, second = seen(told[4]), seen(told[8])
    assert "promised by 15:00 today" in first
    assert "task 1, our billing team: is the invoice paid?" in first
    assert "the customer is to answer; asked again at" in second


def test_a_promise_of_a_case_that_is_put_aside_says_so(desk: Bot) -> None:
    told = desk.talk(
        HANDOFF,
        agent("dana", "reply", 1, "I'll write to you by 3pm"),
        agent("dana", "snooze", 1, "2h"),
        look("dana"),
        {"advance": "2h"},
        look("dana"),
    )
    assert "promised by 15:00 today; put aside until 12:00 today" in seen(told[3])
    assert "put aside" not in seen(told[5])


def test_a_hand_over_tells_promises_owners_tasks_and_what_was_solved(desk: Bot) -> None:
    told = desk.talk(
        HANDOFF,
        agent("dana", "claim"),
        agent("dana", "reply", 1, "I'll write to you by 3pm"),
        BEN,
        agent("lee", "claim", 2),
        agent("lee", "resolve", 2),
        look("sam", "handover"),
        {"advance": "30h"},
        look("sam", "handover"),
    )
    text = seen(told[6])
    assert "Promised (1)" in text
    assert "Dana" in text
    assert "Solved in this shift (1)" in text
    assert "2 Ben" in text
    assert "Solved" not in seen(told[8])


def test_a_hand_over_tells_what_other_teams_are_asked_in_the_line_of_the_case(desk: Bot) -> None:
    told = desk.talk(
        HANDOFF,
        agent("dana", "claim"),
        agent("dana", "reply", 1, "I'll write to you by 3pm"),
        agent("dana", "task", 1, "billing is the invoice paid?"),
        look("sam", "handover"),
    )
    text = seen(told[4])
    assert text.count("*1*") + text.count("1 Ana") == 1
    assert "promised by 15:00 today · ☐ task 1, our billing team: is the invoice paid?" in text


def test_a_transcript_has_all_from_before_the_case_on_each_line_marked(desk: Bot) -> None:
    told = desk.talk(
        say("when are you open"),
        HANDOFF,
        agent("dana", "claim"),
        agent("dana", "note", 1, "*sounds* nice"),
        agent("dana", "reply", 1, "Hello Ana"),
        agent("sam", "transcript", 1),
    )
    (line,) = told[5]
    kinds = [(each["who"], each["kind"]) for each in line["lines"]]
    assert kinds[0] == ("Ana", "customer")
    assert line["lines"][0]["text"] == "when are you open"
    assert ("Dana", "note") in kinds
    assert ("Dana", "agent") in kinds
    assert "Dana (note, staff only), 05/01/2026, 10:00\n*sounds* nice" in line["text"]
    assert line["more"] == 0


def test_a_long_transcript_comes_in_pages_and_nothing_is_lost(desk: Bot, tmp_path: Path) -> None:
    notes = [agent("dana", "note", 1, f"line {number}") for number in range(60)]
    file = str(tmp_path / "desk.sqlite")
    ((first,),) = desk.talk(HANDOFF, *notes, agent("sam", "transcript"), database=file)[-1:]
    assert first["more"]
    ((second,),) = desk.talk({**agent("sam", "transcript"), "after": first["more"]}, database=file)
    assert second["more"] == 0
    said = [line["text"] for line in first["lines"] + second["lines"] if line["kind"] == "note"]
    assert said == [f"line {number}" for number in range(60)]


def test_other_talks_of_the_same_customer_are_not_in_it(desk: Bot) -> None:
    told = desk.talk(HANDOFF, BEN, agent("sam", "transcript", 2))
    assert {line["who"] for line in told[2][0]["lines"]} == {"Ben", "Pip"}


def test_bad_looks_are_refused(desk: Bot) -> None:
    told = desk.talk(
        {"agent": "dana", "do": "transcript", "case": 9},
        {"agent": "dana", "do": "desk", "text": 3},
        {"agent": "nobody", "do": "desk"},
        HANDOFF,
        {"agent": "dana", "do": "transcript", "case": 1, "after": "x"},
        {"agent": "dana", "do": "claim", "case": 1, "after": 3},
    )
    errors = [lines[0]["error"] for at, lines in enumerate(told) if at != 3]
    assert errors[0] == "there is no case 9"
    assert errors[1] == "'text' must be a text"
    assert errors[2].startswith("there is no agent 'nobody'")
    assert errors[3] == "'after' must be the 'more' of the page before"
    assert errors[4] == "'after' goes with 'transcript' only"


def test_a_search_finds_all_words_in_any_case_the_newest_first(desk: Bot) -> None:
    told = desk.talk(
        HANDOFF,
        say("it is about the Blue kettle, ÄRGERLICH"),
        say("the kettle is BLUE inside"),
        look("sam", "search blue KETTLE"),
        look("sam", "search ärgerlich"),
        look("sam", "search blue teapot"),
        look("sam", "search"),
    )
    found = seen(told[3])
    assert found.startswith("2 found for “blue KETTLE”")
    assert found.index("BLUE inside") < found.index("Blue kettle")
    assert "1 found" in seen(told[4])
    assert seen(told[5]).startswith("Nothing found")
    assert seen(told[6]).startswith("Say what to look for")


def test_agents_find_what_was_said_in_their_queues_and_supervisors_all(desk: Bot) -> None:
    told = desk.talk(
        BEN,
        say("the word is xylophone", who="ben"),
        agent("lee", "claim"),
        look("dana", "search xylophone"),
        say("marimba", who="ana"),  # talk with the bot alone
        look("dana", "search marimba"),
        look("sam", "search marimba"),
    )
    assert "1 found" in seen(told[3])
    assert "Nothing found" in seen(told[5])
    assert "1 found" in seen(told[6])


def test_who_does_not_work_a_queue_reads_nothing_of_its_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    queues = {**shipped().queues, "care": replace(shipped().queues["care"], agents=("lee",))}
    told = Bot(shipped_folder(), dataclasses.replace(shipped(), queues=queues), monkeypatch).talk(
        BEN,
        say("the word is xylophone", who="ben"),
        look("dana", "search xylophone"),
        look("dana"),
        look("dana", "handover"),
        agent("dana", "transcript", 1),
        agent("dana", "reply", 1, "Hello"),
        agent("dana", "claim", 1),
        look("lee", "search xylophone"),
        look("sam"),
        agent("lee", "share", 1, "dana"),
        agent("dana", "transcript", 1),
    )
    assert "Nothing found" in seen(told[2])
    assert "Ben" not in seen(told[3])
    assert "Ben" not in seen(told[4])
    ((refused,),) = told[5:6]
    assert (refused["lines"], refused["text"].startswith("Case 1 is for our care team")) == ([], True)
    assert [line["to"] for lines in told[6:8] for line in lines] == ["staff", "staff"]
    assert "nothing was done: case 1 is for our care team" in told[6][0]["text"]
    assert "“Hello”" in told[6][0]["text"]
    assert "1 found" in seen(told[8])
    assert "Ben" in seen(told[9])
    assert told[11][0]["lines"]


def test_a_search_shows_what_customers_wrote_as_text(desk: Bot) -> None:
    told = desk.talk(HANDOFF, say("*bold* [x](https://evil.example) `kettle`"), look("sam", "search kettle"))
    assert "*bold* [x](https://evil.example) `kettle`" in seen(told[2])


def reassign(who: str, text: str) -> dict[str, Any]:
    return {"agent": who, "do": "reassign", "text": text}


def told_of(lines: Lines) -> str:
    return str(next(line for line in lines if line["to"] == "agent")["text"])


def test_several_cases_go_to_a_colleague_at_once_and_each_thread_tells_of_its_own(desk: Bot) -> None:
    eve = say("can I talk to a real person please", who="eve")
    taken = [agent("dana", "claim", 1), agent("dana", "claim", 2)]
    told = desk.talk(HANDOFF, BEN, eve, *taken, reassign("sam", "dana to lee: she is ill"), look("lee"), look("dana"))
    assert told_of(told[5]) == "From Dana to Lee: 1, 2. Each thread says what became of it."
    given = [(line["case"], line["text"]) for line in told[5] if line["to"] == "staff" and "has given" in line["text"]]
    assert given == [(1, "Sam has given case 1 to Lee: she is ill"), (2, "Sam has given case 2 to Lee: she is ill")]
    assert {line["who"] for line in told[5] if line["to"] == "customer"} == {"ana", "ben"}
    assert "Yours (2)" in seen(told[6])
    assert "Yours" not in seen(told[7])


def test_those_of_nobody_go_by_category_and_one_may_give_away_ones_own(desk: Bot) -> None:
    told = desk.talk(
        HANDOFF,
        say("I was charged twice, talk to a person", who="ben"),
        reassign("sam", "nobody lee billing"),
        reassign("sam", "unowned dana nonsense"),
        reassign("lee", "me dana"),
        reassign("lee", "me dana"),
    )
    assert told_of(told[2]) == "From the queue to Lee: 2. Each thread says what became of it."
    assert told_of(told[3]).startswith("Nothing was done, since I can't make out from “unowned dana nonsense”")
    assert told_of(told[4]) == "From Lee to Dana: 2. Each thread says what became of it."
    assert told_of(told[5]) == "Lee has no such case, so nothing was done."


@pytest.mark.parametrize("text", ["", "dana", "dana nobody", "x lee", "dana lee nonsense"])
def test_what_names_no_one_gives_nothing_away(desk: Bot, text: str) -> None:
    told = desk.talk(HANDOFF, agent("dana", "claim"), reassign("sam", text))
    assert told_of(told[2]).startswith("Nothing was done")
    assert len(told[2]) == 1


def test_what_a_colleague_has_only_a_supervisor_gives_away(desk: Bot) -> None:
    told = desk.talk(HANDOFF, agent("dana", "claim"), reassign("lee", "dana lee"), look("dana"))
    assert told_of(told[2]).startswith("Nothing was done: only a supervisor gives away what Dana has.")
    assert "Yours (1)" in seen(told[3])


def audited(file: str, *options: str) -> list[dict[str, Any]]:
    said = CliRunner().invoke(cli, ["audit", "--database", file, "--json", *options])
    assert said.exit_code == 0, said.output
    return [json.loads(line) for line in said.output.splitlines()]


def test_every_act_is_audited_refused_ones_too_and_no_words_are_kept(desk: Bot, tmp_path: Path) -> None:
    file = str(tmp_path / "desk.sqlite")
    desk.talk(
        say("CANARY I want to talk to a person"),
        agent("dana", "claim"),
        agent("lee", "assign", 1, "lee CANARY"),
        agent("dana", "reply", 1, "CANARY hello"),
        agent("dana", "note", 1, "CANARY note"),
        agent("dana", "snooze", 1, "2h"),
        agent("sam", "transcript"),
        look("sam", "search canary hello"),
        database=file,
    )
    acts = audited(file)
    assert [(act["who"], act["role"], act["act"], act["rule"]) for act in acts] == [
        ("dana", "agent", "CaseClaimed", "claimed"),
        ("lee", "agent", "CaseAssigned", "not_the_owner"),
        ("dana", "agent", "AgentReplied", "agent_replied"),
        ("dana", "agent", "NoteAdded", "note"),
        ("dana", "agent", "CaseSnoozed", "snoozed"),
        ("sam", "supervisor", "TranscriptRead", ""),
        ("sam", "supervisor", "TranscriptsSearched", ""),
    ]
    assert acts[1]["detail"] == {"to": "lee"}
    assert acts[4]["detail"] == {"until": "2026-01-05T12:00:00+00:00"}
    assert acts[6]["detail"] == {"found": 1}
    assert "canary" not in json.dumps(acts).casefold()
    assert [act["who"] for act in audited(file, "--agent", "lee")] == ["lee"]
    assert audited(file, "--case", "2") == []
    assert audited(file, "--since", "1h") == []  # all of it happened in January
    assert {act["at"][:10] for act in acts} == {AT.isoformat()[:10]}


def test_a_pause_is_audited_and_the_log_reads_in_lines(desk: Bot, tmp_path: Path) -> None:
    file = str(tmp_path / "desk.sqlite")
    desk.talk(HANDOFF, agent("dana", "claim"), database=file)
    for command in ("pause", "resume"):
        assert CliRunner().invoke(cli, [command, "--database", file]).exit_code == 0
    acts = audited(file)
    assert [act["act"] for act in acts] == ["CaseClaimed", "pause", "resume"]
    assert acts[1]["who"].startswith("operator:")
    said = CliRunner().invoke(cli, ["audit", "--database", file])
    assert "2026-01-05 10:00:00  dana (agent)  CaseClaimed case 1 claimed" in said.output


def test_a_wrong_since_or_database_is_refused(tmp_path: Path, desk: Bot) -> None:
    file = str(tmp_path / "desk.sqlite")
    desk.talk(HANDOFF, database=file)
    runner = CliRunner()
    assert "such as 12h or 7d" in str(runner.invoke(cli, ["audit", "--database", file, "--since", "x"]).exception)
    assert "does not exist" in str(runner.invoke(cli, ["audit", "--database", f"{file}x"]).exception)


def test_a_case_opened_by_a_wish_is_of_the_category_of_what_was_told_besides(desk: Bot) -> None:
    told = desk.talk(say("I was charged twice, talk to a person"), BEN, look("dana", "billing"))
    bills = seen(told[2])
    assert ("Ana" in bills, "Ben" in bills) == (True, False)
