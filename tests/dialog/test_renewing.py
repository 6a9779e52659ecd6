"""Content that changes under a dossier: whatever it refers to that is no more, everything has an answer."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.content import load
from bot.desk.money import Amount
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Call, OpenCase, Say, StartTimer
from bot.dialog.events import (
    AgentReplied,
    CallReturned,
    CaseClaimed,
    CaseResolved,
    CaseTransferred,
    ChoicePressed,
    ContentChanged,
    ContentRefused,
    DeadlineReached,
    DeskChanged,
    Event,
    FileChanged,
    GoodwillGiven,
    SnippetWanted,
    TaskAdded,
    TierGiven,
)
from bot.dialog.renewing import stranded
from tests.content.shop import files, write
from tests.dialog.talk import DM, Talk

TALKS = (
    ("where is my order",),
    ("I want my money back", "12345"),
    ("I want a refund for order 12345", "the kettle"),
    ("I want a refund for order 10031",),
    ("can you make an exception for order 10031",),
    ("talk to a person", "it is about my kettle"),
    ("I was charged twice",),
    ("how long does delivery take",),
    ("topics",),
    ("delivery or refund",),
    ("my kettle exploded and burnt me",),
)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A shop that has nothing of the demo shop but its texts and commands."""
    own = {name: text for name, text in files().items() if name != "handoff/texts.yaml"}
    return load(write(tmp_path_factory.mktemp("bare"), own))


def edited(talk: Talk, catalog: Catalog) -> None:
    """Put other content in the place of the talk's, as a reload does."""
    talk.catalog = replace(catalog, versions={**talk.catalog.versions, **catalog.versions})


def played(shipped: Catalog, said: tuple[str, ...]) -> tuple[Talk, list[str], list[Any]]:
    """Talk, have a case worked, and return it with the choices and the deadlines of it all."""
    talk, choices, timers = Talk(shipped), [], []
    for text in said:
        talk.says(text, DM)
        choices += [choice.id for effect in talk.effects(Say) for choice in effect.choices]
        timers += talk.effects(StartTimer)
    if talk.dossier.cases and talk.dossier.cases[0].kind == "handoff":
        number = talk.dossier.cases[0].number
        queue = next(name for name in shipped.queues if name not in ("care", talk.dossier.cases[0].queue))
        acts: list[Event] = [
            CaseClaimed(agent="dana", case=number, **talk.common()),
            TaskAdded(agent="dana", case=number, queue=queue, text="Look, please", **talk.common()),
            AgentReplied(agent="dana", case=number, text="I'll write by tomorrow", **talk.common()),
        ]
        for act in acts:
            talk.happens(act)
            timers += talk.effects(StartTimer)
    return talk, choices, [timer.deadline for timer in timers]


def afterwards(talk: Talk, shipped: Catalog, choices: list[str], deadlines: list[Any]) -> Iterator[Event]:
    """Yield what can still happen: words, old buttons, every deadline, and what agents do with what is no more."""
    for choice in choices:
        yield ChoicePressed(place=DM, name="Ana", choice=choice, **talk.common())
    for deadline in deadlines:
        yield DeadlineReached(deadline=deadline, **{**talk.common(), "at": deadline.due})
    for case in talk.dossier.cases:
        common = {"agent": "sam", "case": case.number, **talk.common()}
        yield CaseTransferred(queue="returns", text="theirs", **common)
        yield SnippetWanted(query=next(iter(shipped.snippets)), send=True, **common)
        yield GoodwillGiven(amount=Amount(number="5"), text="sorry", **common)
        yield TierGiven(tier=next(iter(shipped.tiers), "vip"), **common)
        yield CaseResolved(outcome=next(iter(shipped.outcomes)), text="Done", **common)
    yield DeskChanged(**talk.common())


@pytest.mark.parametrize("said", TALKS, ids=lambda said: said[0])
def test_whatever_was_going_on_everything_that_comes_has_an_answer(
    shipped: Catalog, bare: Catalog, said: tuple[str, ...]
) -> None:
    talk, choices, deadlines = played(shipped, said)
    edited(talk, bare)
    begun = talk.dossier
    for event in afterwards(talk, shipped, choices, deadlines):
        talk.dossier = begun
        turn = talk.happens(event)
        assert turn.trace.rule != "broken", (type(event).__name__, turn.trace.notes)
    for text in ("yes", "no", "the first one", "12345", "talk to a person", "what about it?", "cancel", "start over"):
        talk.dossier = begun
        talk.says(text, DM)
        assert talk.turn.trace.rule != "broken", (text, talk.turn.trace.notes)


def test_a_flow_whose_policy_was_removed_ends_with_a_person_and_without_an_error(
    shipped: Catalog, bare: Catalog
) -> None:
    talk = Talk(shipped)
    talk.says("I want a refund for order 12345", DM)
    asked = talk.effects(Call)[0]
    assert asked.action == "find_order"
    edited(talk, bare)
    call = f"{talk.turn.id}.{talk.turn.effects.index(asked)}"
    talk.happens(CallReturned(call=call, result="found", value={"number": "12345"}, **talk.common()))
    assert talk.effects(OpenCase)[0].case.queue == "care"
    assert "kettle" not in str(talk.said)


def with_case(shipped: Catalog, bare: Catalog) -> Talk:
    talk = Talk(shipped)
    talk.says("talk to a person", DM)
    case = talk.dossier.cases[0]
    queue = next(name for name in shipped.queues if name not in bare.queues)
    talk.happens(CaseTransferred(agent="sam", case=case.number, queue=queue, text="theirs", **talk.common()))
    talk.happens(CaseClaimed(agent="lee", case=case.number, **talk.common()))
    assert talk.dossier.cases[0].queue not in bare.queues
    assert talk.dossier.cases[0].assignee == "lee"
    edited(talk, bare)
    return talk


def test_an_owner_who_stays_keeps_a_case_whose_queue_was_removed_and_its_customer_hears_nothing(
    shipped: Catalog, bare: Catalog
) -> None:
    talk = with_case(shipped, replace(bare, agents=shipped.agents))
    talk.happens(DeskChanged(**talk.common()))
    case = talk.dossier.cases[0]
    assert (case.queue, case.status, case.assignee) == ("care", "owned", "lee")
    assert talk.said == []
    assert [effect.place for effect in talk.effects(OpenCase)] == ["staff:care"]
    assert "is with our care team now" in talk.told[0]


def test_a_case_that_has_lost_both_waits_in_the_default_queue_and_a_second_look_changes_nothing(
    shipped: Catalog, bare: Catalog
) -> None:
    talk = with_case(shipped, bare)
    talk.happens(DeskChanged(**talk.common()))
    case = talk.dossier.cases[0]
    assert (case.queue, case.status, case.assignee) == ("care", "waiting", "")
    assert len(talk.said) == 1
    assert not stranded(case, bare.queues, bare.agents)
    assert talk.happens(DeskChanged(**talk.common())).effects == ()


def test_staff_read_a_few_files_and_names_and_what_they_read_is_words_and_no_markup(talk: Talk) -> None:
    files = tuple(FileChanged(file=f"faqs/{n}.yaml", added=("<!channel>", "*b*")) for n in range(12))
    talk.happens(ContentChanged(files=files, mended=True, **talk.common()))
    assert talk.told[0].endswith("in order again, and counts.")
    lines = talk.told[1].splitlines()[1:]
    assert lines[0] == "- faqs/0.yaml · new: <!channel>, *b*"
    assert (len(lines), lines[-1]) == (11, "- and 2 more")
    assert {effect.place for effect in talk.turn.effects} == {"staff:care"}  # type: ignore[union-attr]


def test_staff_read_how_many_mistakes_there_are_and_the_first_of_them(talk: Talk) -> None:
    problems = tuple(f"faqs/a.yaml:{n}: is *odd*." for n in range(1, 13))
    talk.happens(ContentRefused(problems=problems, **talk.common()))
    assert "12 mistakes" in talk.told[0]
    assert "faqs/a.yaml:1: is *odd*." in talk.told[0]
    assert "and 2 more" in talk.told[0]
