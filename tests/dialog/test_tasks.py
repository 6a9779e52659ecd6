"""What is asked of other teams, and of colleagues: where they read it, and where the answer is read."""

import pytest

from bot.channels.casework import notes, staff_event
from bot.dialog.effects import Post, TellStaff
from bot.dialog.events import CaseClaimed, ColleagueAdded, TaskAdded, TaskDone
from tests.dialog.talk import DM, Talk


@pytest.fixture
def case(talk: Talk) -> Talk:
    talk.says("talk to a person", DM)
    talk.happens(CaseClaimed(agent="dana", case=1, **talk.common()))
    return talk


def asks(talk: Talk, queue: str, text: str = "is it *paid*?") -> None:
    talk.happens(TaskAdded(agent="dana", case=1, queue=queue, text=text, **talk.common()))


def test_a_task_for_another_queue_stands_in_its_room_and_its_answer_among_the_notes(case: Talk) -> None:
    asks(case, "billing")
    (post,) = case.effects(Post)
    assert (post.place, post.acts, post.beside) == (
        "staff:billing",
        ("answer",),
        f"staff:{case.dossier.cases[0].queue}",
    )
    assert post.about == f"task/1/1/{case.dossier.customer}"
    assert "\\*paid\\*" in post.text
    shown = f"{case.turn.id}.{case.turn.effects.index(post)}"
    case.happens(TaskDone(agent="lee", case=1, task=1, text="yes", **case.common()))
    (done,), (note,) = case.effects(Post), case.effects(TellStaff)
    assert (done.edits, done.acts) == (shown, ())
    assert (note.kind, note.author, note.text.endswith("yes")) == ("note", case.catalog.agents["lee"].name, True)


def test_a_task_for_the_cases_own_queue_stands_in_its_thread_only(case: Talk) -> None:
    asks(case, case.dossier.cases[0].queue)
    assert case.effects(Post) == []


def test_a_task_that_is_done_already_is_not_done_again(case: Talk) -> None:
    asks(case, "billing")
    for _ in range(2):
        case.happens(TaskDone(agent="lee", case=1, task=1, text="yes", below=True, **case.common()))
    (late,) = case.effects(Post)
    assert (late.under, case.told) == (case.dossier.cases[0].tasks[0].post, [])
    case.happens(TaskDone(agent="dana", case=1, task=1, text="yes", **case.common()))
    assert (case.effects(Post), case.told) == ([], ["Dana, case 1 has no open task 1."])


def test_an_answer_without_a_number_is_for_the_only_task_that_is_open(case: Talk) -> None:
    asks(case, "billing")
    case.happens(staff_event("done", "yes, paid", agent="lee", case=1, **case.common()))
    assert [task.answer for task in case.dossier.cases[0].tasks] == ["yes, paid"]
    case.happens(staff_event("done", "yes", agent="lee", case=1, **case.common()))
    assert case.told == ["Lee, case 1 has no open task."]
    asks(case, "billing")
    asks(case, "returns")
    case.happens(staff_event("done", "yes", agent="lee", case=1, **case.common()))
    assert "say which task" in case.told[0]
    case.happens(staff_event("done", "#2 yes", agent="lee", case=1, **case.common()))
    assert [task.answer for task in case.dossier.cases[0].tasks] == ["yes, paid", "yes", ""]


def test_the_card_names_who_was_asked_to_help(case: Talk) -> None:
    case.happens(ColleagueAdded(agent="dana", case=1, colleague="lee", text="", **case.common()))
    assert "🤝 asked to help: Lee" in notes(case.dossier.cases[0], case.catalog)


def test_a_colleague_is_mentioned_with_what_is_asked_and_nobody_else(case: Talk) -> None:
    case.happens(ColleagueAdded(agent="dana", case=1, colleague="lee", text="do you know her?", **case.common()))
    (line,) = case.effects(TellStaff)
    assert line.mentions == ("lee",)
    assert "do you know her?" in line.text


def test_the_room_that_was_asked_reads_that_a_task_is_not_needed_any_more_and_a_late_answer_is_kept(case: Talk) -> None:
    asks(case, "billing")
    (post,) = case.effects(Post)
    shown = f"{case.turn.id}.{case.turn.effects.index(post)}"
    case.says("my cases", DM)
    case.says("Close case 1", DM)
    case.says("Yes, close case 1", DM)
    (over,) = case.effects(Post)
    assert (over.place, over.edits, over.acts, "no longer needed" in over.text) == ("staff:billing", shown, (), True)
    assert [task.open for task in case.dossier.cases[0].tasks] == [False]
    case.happens(TaskDone(agent="lee", case=1, task=1, text="yes", **case.common()))
    (done,), (note,) = case.effects(Post), case.effects(TellStaff)
    assert (done.edits, note.text.endswith("yes")) == (shown, True)
