"""By which name customers know whoever looks after them; staff always know."""

import dataclasses
import re
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bot.dialog.catalog import Catalog, Tier
from bot.dialog.effects import OpenPrivate, Say, StartTimer, TellStaff
from bot.dialog.events import (
    AgentReplied,
    CareSwitched,
    CaseAssigned,
    CaseClaimed,
    CaseReleased,
    CaseResolved,
    CaseTransferred,
    ChoicePressed,
    DeadlineReached,
    Event,
    MessageDelivered,
    ReplyEdited,
    ReplyReworded,
    SnippetWanted,
)  # fmt: skip
from bot.dialog.flow import Wording
from bot.dialog.markup import plain
from bot.dialog.state import Turn
from tests.dialog.talk import DM, Talk


def shop(catalog: Catalog, names: str, **queues: str) -> Catalog:
    there = {id: replace(queue, names=queues.get(id, "")) for id, queue in catalog.queues.items()}
    return dataclasses.replace(catalog, voice=replace(catalog.voice, names=names), queues=there)


class Read(Talk):
    """A talk of which all is kept that the customer could read."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        self.read: list[str] = []
        self.staff: list[str] = []
        self.timers: dict[str, StartTimer] = {}

    def happens(self, event: Event, *, waited: float = 0.0) -> Turn:
        turn = super().happens(event, waited=waited)
        for effect in turn.effects:
            if isinstance(effect, Say):
                self.read += [effect.author, plain(effect.text), *(choice.label for choice in effect.choices)]
            elif isinstance(effect, OpenPrivate):
                self.read.append(plain(effect.text))
            elif isinstance(effect, TellStaff):
                self.staff += [effect.author, plain(effect.text)]
            elif isinstance(effect, StartTimer):
                self.timers[effect.deadline.key] = effect
        return turn

    def due(self, key: str) -> None:
        deadline = self.timers[key].deadline
        self.at = max(self.at, deadline.due)
        self.happens(DeadlineReached(deadline=deadline, **self.common()))


def whole_conversation(talk: Read) -> None:
    """Let everything happen in which an agent is named."""
    talk.says("talk to a person", DM)
    who: dict[str, Any] = {"agent": "dana", "case": 1}
    talk.happens(CaseClaimed(**who, **talk.common()))
    talk.happens(AgentReplied(**who, text="I am on it.", message="m1", **talk.common()))
    talk.happens(MessageDelivered(effect=f"{talk.turn.id}.0", **talk.common()))
    talk.happens(ReplyEdited(**who, text="I am at it.", message="m1", **talk.common()))
    talk.happens(ReplyReworded(**who, text="I am still at it.", **talk.common()))
    talk.happens(SnippetWanted(**who, query="greeting", send=True, **talk.common()))
    talk.happens(AgentReplied(**who, text="I'll write to you by 11:30 today.", **talk.common()))
    talk.due("promise:1")
    talk.says("cancel", DM)
    talk.happens(ChoicePressed(place=DM, name="Ana", choice=f"{talk.turn.id}/stay", label="Stay", **talk.common()))
    talk.says("my cases", DM)
    for own in ("close", "stay", "add"):
        talk.happens(ChoicePressed(place=DM, name="Ana", choice=f"mycases/{own}:1", label=own, **talk.common()))
    talk.says("it was a blue one", DM)
    talk.happens(CaseAssigned(**who, to="lee", **talk.common()))
    talk.happens(CaseReleased(agent="lee", case=1, **talk.common()))
    talk.happens(CaseClaimed(**who, **talk.common()))
    talk.happens(CaseTransferred(**who, queue="billing", text="an invoice", **talk.common()))
    talk.happens(CaseClaimed(agent="lee", case=1, **talk.common()))
    talk.says("are you there?", DM)
    talk.due("lease:1")
    talk.due("lease:1")
    talk.happens(CaseClaimed(**who, **talk.common()))
    talk.happens(AgentReplied(**who, text="Sorry for the wait.", **talk.common()))
    talk.due("quiet:1")
    talk.happens(CaseResolved(**who, text="Goodbye!", **talk.common()))
    talk.at += timedelta(hours=26)
    talk.due(next(key for key in talk.timers if key.startswith("check_in:")))


def named(lines: list[str]) -> list[str]:
    return [line for line in lines if re.search(r"\b(dana|lee|sam)\b", line, re.IGNORECASE)]


@pytest.mark.parametrize("names", ["anonymous", "team"])
def test_no_agents_name_reaches_a_customer_who_is_not_to_know_it(shipped: Catalog, names: str) -> None:
    talk = Read(shop(shipped, names))
    whole_conversation(talk)
    assert len(talk.read) > 40
    assert named(talk.read) == []
    assert named(talk.staff) != []
    case = talk.dossier.cases[0]
    assert "Dana" in {line.who for each in talk.dossier.conversations for line in each.recent}
    assert case.assignee == "dana"


def test_the_names_are_there_where_customers_are_to_know_them(shipped: Catalog) -> None:
    talk = Read(shop(shipped, "agent"))
    whole_conversation(talk)
    assert len(named(talk.read)) > 10


def test_what_an_agent_says_stands_under_the_name_that_the_shop_chose(shipped: Catalog) -> None:
    for names, author in (("agent", "Dana"), ("team", "Our care team"), ("anonymous", "Our team")):
        talk = Read(shop(shipped, names))
        talk.says("talk to a person", DM)
        talk.happens(AgentReplied(agent="dana", case=1, text="Hello", **talk.common()))
        (say,) = talk.effects(Say)
        assert (names, say.author) == (names, author)


def test_a_queue_may_have_a_rule_of_its_own(shipped: Catalog) -> None:
    talk = Read(shop(shipped, "agent", care="anonymous"))
    talk.says("talk to a person", DM)
    talk.happens(CaseClaimed(agent="dana", case=1, **talk.common()))
    assert named(talk.read) == []


def test_a_change_of_hands_that_the_customer_cannot_notice_is_not_told(shipped: Catalog) -> None:
    talk = Read(shop(shipped, "anonymous"))
    talk.says("talk to a person", DM)
    talk.happens(CaseClaimed(agent="dana", case=1, **talk.common()))
    talk.happens(CaseAssigned(agent="dana", case=1, to="lee", **talk.common()))
    assert talk.said == []
    assert any("given case 1 to Lee" in line for line in talk.told)


def test_a_word_to_a_tier_names_nobody_either(shipped: Catalog) -> None:
    says = Wording(variants=("{{ owner|sentence }} looks after you.",))
    gold = Tier(id="gold", title="Gold", owners=("dana",), priority=2, say=says)
    talk = Read(dataclasses.replace(shop(shipped, "anonymous"), tiers={"gold": gold}))
    talk.dossier = replace(talk.dossier, standing=replace(talk.dossier.standing, tier="gold"))
    talk.says("talk to a person", DM)
    assert "Our team looks after you." in talk.read
    assert named(talk.read) == []


def test_a_name_that_begins_a_sentence_has_its_capital(shipped: Catalog) -> None:
    """In careful cases too, whose texts are texts of their own."""
    talk = Read(shop(shipped, "anonymous"))
    talk.says("talk to a person", DM)
    talk.happens(CareSwitched(agent="dana", case=1, on=True, text="", **talk.common()))
    who: dict[str, Any] = {"agent": "dana", "case": 1}
    talk.happens(CaseClaimed(**who, **talk.common()))
    talk.happens(CaseTransferred(**who, queue="billing", text="an invoice", **talk.common()))
    talk.happens(CaseClaimed(**who, **talk.common()))
    talk.happens(CaseResolved(**who, text="", **talk.common()))
    whole = Read(shop(shipped, "anonymous"))
    whole_conversation(whole)
    lines = talk.read + whole.read
    assert "Our team is now looking after case 1." in lines
    assert [line for line in lines if re.search(r"(^|[.?!] )our ", line) and line not in ("our team",)] == []


@pytest.mark.parametrize("names", ["agent", "team", "anonymous"])
def test_nobody_is_named_twice_in_one_text(shipped: Catalog, names: str) -> None:
    talk = Read(shop(shipped, names))
    whole_conversation(talk)
    known = (*(queue.name for queue in shipped.queues.values()), "our team", "Dana", "Lee")
    twice = [
        line for line in talk.read if sum(line.casefold().count(name.casefold()) for name in known) > _NAMES[names]
    ]
    assert twice == []


_NAMES = {"agent": 2, "team": 1, "anonymous": 1}  # of persons, "from Dana to Lee"


def test_whoever_looks_after_a_case_may_be_a_team_in_every_text(shipped: Catalog) -> None:
    said = [each for key, text in shipped.texts.items() if not key.startswith("staff_") for each in text.variants]

    assert [each for each in said if re.search(r"(owner|team)[^{}]*\}\}(\{%[^%]*%\})?,? who \w+s\b", each)] == []
