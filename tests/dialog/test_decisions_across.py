"""What people decide holds across merged cases, linked accounts and a customer's own list of cases."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.channels.casework import staff_event
from bot.channels.decisions import told
from bot.desk.case import Case, Deadline
from bot.desk.grants import Grant
from bot.desk.standing import Block, Ending, Standing
from bot.dialog import overview
from bot.dialog.accounts import joined, parted
from bot.dialog.catalog import Catalog, Tier
from bot.dialog.effects import OpenCase, StartTimer, TellStaff
from bot.dialog.events import ChoicePressed, DeadlineReached
from bot.dialog.state import Dossier
from tests.dialog.talk import DM, Talk

OTHER = "slack:T1/D2"


@pytest.fixture
def talk(shipped: Catalog) -> Talk:
    begun = Talk(shipped)
    begun.says("talk to a person", DM)
    return begun


@pytest.fixture
def two(talk: Talk) -> Talk:
    """A customer with cases 1 and 2 in two places."""
    first = talk.dossier
    talk.dossier = replace(first, cases=(), conversations=())
    talk.says("talk to a person", OTHER, scope="private")
    second = replace(talk.dossier.cases[0], number=2)
    talks = tuple(replace(each, case=2) for each in talk.dossier.conversations)
    talk.dossier = replace(first, conversations=(*first.conversations, *talks), cases=(*first.cases, second))
    return talk


def does(talk: Talk, agent: str, do: str, text: str = "", case: int = 1) -> None:
    talk.happens(staff_event(do, text, agent=agent, case=case, **talk.common()))


def presses(talk: Talk, choice: str) -> None:
    talk.happens(ChoicePressed(**talk.common(), place=DM, name="Ana", choice=choice, label="Close case 1"))


def case(talk: Talk, number: int = 1) -> Case:
    return next(each for each in talk.dossier.cases if each.number == number)


def grant(of: int, account: str) -> Grant:
    at = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
    expires = at + timedelta(days=90)
    return Grant(number=1, what="x", by="dana", role="agent", case=of, at=at, expires=expires, account=account)


# --- a customer's own cases -------------------------------------------------------------------------------------------


def test_customers_do_not_see_what_colleagues_ask_each_other(talk: Talk) -> None:
    does(talk, "dana", "grant", "40 GBP for the lamp")
    asked = talk.dossier.cases[-1]
    assert asked.internal
    talk.says("my cases", DM)
    (said,) = [text for _, text in talk.said]
    assert "Case 1" in said
    assert "lamp" not in said
    presses(talk, f"mycases/really:{asked.number}")
    assert case(talk, asked.number).open


def test_a_careful_case_is_not_closed_by_its_customer_but_staff_hear_of_it(talk: Talk) -> None:
    does(talk, "dana", "careful", "on")
    talk.says("my cases", DM)
    shown = talk.dossier.conversations[0].choices
    assert [choice.id for choice in shown if choice.id.startswith("mycases/")] == ["mycases/add:1"]
    for do in ("close", "really"):
        presses(talk, f"mycases/{do}:1")
        assert case(talk).open
        assert talk.told[:1] == ["Close case 1"]
        assert "asks to have it closed" in talk.told[1]


def test_legal_words_added_from_elsewhere_make_the_case_a_careful_one(two: Talk) -> None:
    presses(two, "mycases/add:2")
    two.says("my lawyer will hear of this", DM)
    assert case(two, 2).careful


def test_one_to_whom_the_bot_says_nothing_reads_their_cases_and_presses_nothing(talk: Talk) -> None:
    before = overview.of(talk.dossier, talk.catalog, talk.at)
    does(talk, "dana", "block", "1h insults")
    silent = overview.of(talk.dossier, talk.catalog, talk.at)
    assert (bool(before.choices), silent.choices) == (True, ())
    assert silent.text == before.text
    assert overview.of(talk.dossier, talk.catalog, talk.at + timedelta(hours=2)).choices == before.choices


# --- merged cases -----------------------------------------------------------------------------------------------------


def test_a_case_takes_over_the_care_and_the_nearer_day_and_gives_the_day_back(two: Talk) -> None:
    does(two, "dana", "needed", "2026-03-20", 1)
    does(two, "dana", "needed", "2026-03-10", 2)
    does(two, "dana", "careful", "on", 2)
    does(two, "sam", "merge", "1", 2)
    assert (str(case(two, 1).needed), case(two, 1).careful) == ("2026-03-10", True)
    assert [str(each.deadline.due)[:10] for each in two.effects(StartTimer) if each.deadline.kind == "needed"] == [
        "2026-03-07"
    ]
    does(two, "sam", "unmerge", "", 2)
    assert (str(case(two, 1).needed), str(case(two, 2).needed)) == ("2026-03-20", "2026-03-10")
    watched = {each.deadline.key: str(each.deadline.due)[:10] for each in two.effects(StartTimer)}
    assert (watched["needed:1"], watched["needed:2"]) == ("2026-03-17", "2026-03-07")


def test_what_was_given_for_a_merged_case_counts_for_the_one_that_it_went_to(two: Talk) -> None:
    does(two, "dana", "grant", "9 GBP for the delay", 2)
    does(two, "sam", "merge", "1", 2)
    does(two, "dana", "grant", "9 GBP for the delay", 1)
    assert len(two.dossier.standing.grants) == 1
    assert two.dossier.cases[-1].internal


# --- linked accounts --------------------------------------------------------------------------------------------------


def test_a_block_or_an_ending_of_either_account_is_one_of_both() -> None:
    at = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
    block = Block(by="dana", at=at, until=at + timedelta(hours=1), reason="insults")
    ending = Ending(reason="fraud", by="sam", at=at, case=2, ended_at=at, ended_by="sam")
    one = Dossier(customer="slack:1", standing=Standing(since=at, block=block, tier="gold"))
    other = Dossier(customer="discord:1", standing=Standing(since=at - timedelta(days=1), ending=ending))
    both = joined(one, other)
    assert (both.standing.ended, both.standing.blocked(at), both.standing.tier) == (True, True, "gold")
    assert both.standing.since == at - timedelta(days=1)
    own, rest = parted(both, "discord:1")
    assert (own.standing.blocked(at), own.standing.ended, rest.standing.blocked(at)) == (True, True, True)


def test_what_was_given_is_told_apart_when_accounts_are_linked_and_goes_with_its_account(two: Talk) -> None:
    slack, discord = grant(1, "slack:1"), grant(2, "discord:1")
    one = Dossier(customer="slack:1", standing=Standing(grants=(slack,)))
    both = joined(one, Dossier(customer="discord:1", standing=Standing(grants=(discord,))))
    assert [(each.number, each.case) for each in both.standing.grants] == [(1, 1), (2, 2)]
    own, rest = parted(both, "discord:1")
    assert [[each.case for each in dossier.standing.grants] for dossier in (own, rest)] == [[2], [1]]


def test_a_grant_expires_under_another_number_too(talk: Talk) -> None:
    does(talk, "dana", "grant", "5 GBP for the delay")
    (due,) = [each.deadline for each in talk.effects(StartTimer) if each.deadline.kind == "grant"]
    earlier = Dossier(customer="discord:1", standing=Standing(grants=(grant(7, "discord:1"),)))
    talk.dossier = joined(earlier, talk.dossier)
    talk.at = due.due
    talk.happens(DeadlineReached(deadline=due, **talk.common()))
    assert [(each.number, each.lapsed) for each in talk.dossier.standing.grants] == [(1, False), (2, True)]


# --- those who are there ----------------------------------------------------------------------------------------------


def test_a_tiers_owner_who_is_away_gets_no_case(shipped: Catalog) -> None:
    owned = {"gold": replace(shipped.tiers["gold"], owners=("lee",))}
    talk = Talk(dataclasses.replace(shipped, tiers=owned))
    talk.dossier = replace(talk.dossier, standing=Standing(tier="gold"))
    does(talk, "lee", "away", "2h", case=0)
    talk.says("talk to a person", DM)
    assert (case(talk, 2).status, case(talk, 2).assignee) == ("waiting", "")


def vips(shipped: Catalog) -> Talk:
    """Return a talk with a customer whom a tier lists, without the workspace."""
    vip = Tier(
        id="vip", title="VIP", priority=2, owners=("lee", "sam"), queue="billing", customers=frozenset({"slack:U9"})
    )
    return Talk(dataclasses.replace(shipped, tiers={"vip": vip}), "slack:T1/U9")


def test_a_listed_customers_case_goes_to_the_queue_of_their_tier_and_the_first_owner_who_is_there(
    shipped: Catalog,
) -> None:
    talk = vips(shipped)
    does(talk, "lee", "away", "2h", case=0)
    talk.says("talk to a person", DM)
    mine = talk.dossier.cases[-1]
    assert (mine.queue, mine.assignee, mine.priority) == ("billing", "sam", 2)
    assert "⭐ VIP" in "\n".join(told(mine, talk.catalog))


def test_who_is_put_into_a_tier_has_the_waiting_case_moved_to_its_queue_and_hears_so(shipped: Catalog) -> None:
    gold = replace(shipped.tiers["gold"], queue="billing")
    talk = Talk(dataclasses.replace(shipped, tiers={"gold": gold}))
    talk.says("talk to a person", DM)
    does(talk, "sam", "tier", "gold")
    mine = talk.dossier.cases[-1]
    assert (mine.queue, mine.status, mine.transfers) == ("billing", "waiting", 0)
    assert "billing team" in talk.said[0][1]
    (opened,) = talk.effects(OpenCase)
    assert opened.place == "staff:billing"
    assert any("waits with our billing team now" in line for line in talk.told)
    does(talk, "sam", "tier", "gold")
    assert talk.said == []


def test_of_a_case_whose_customer_the_bot_says_nothing_to_staff_read_that_nobody_was_told(shipped: Catalog) -> None:
    gold = replace(shipped.tiers["gold"], queue="billing")
    talk = Talk(dataclasses.replace(shipped, tiers={"gold": gold}))
    talk.says("talk to a person", DM)
    does(talk, "sam", "block", "2h insults")
    does(talk, "sam", "tier", "gold")
    assert talk.said == []
    assert any("waits with our billing team now" in line and "have not been told" in line for line in talk.told)


def test_of_each_case_that_moves_its_customer_hears_where_it_is_talked_of(two: Talk) -> None:
    gold = replace(two.catalog.tiers["gold"], queue="billing")
    two.catalog = dataclasses.replace(two.catalog, tiers={"gold": gold})
    does(two, "sam", "tier", "gold")
    assert {place for place, _ in two.said} == {DM, OTHER}


@pytest.mark.parametrize("words", ["talk to a person", "my kettle exploded and my hand is burnt"])
def test_a_case_that_somebody_owns_or_of_danger_stays_where_it_is(shipped: Catalog, words: str) -> None:
    gold = replace(shipped.tiers["gold"], queue="billing")
    talk = Talk(dataclasses.replace(shipped, tiers={"gold": gold}))
    talk.says(words, DM)
    if words == "talk to a person":
        does(talk, "dana", "claim")
    does(talk, "sam", "tier", "gold")
    assert (talk.dossier.cases[-1].queue, talk.said) == ("care", [])


def test_danger_and_legal_matters_go_where_they_always_go(shipped: Catalog) -> None:
    for words in ("my kettle exploded and my hand is burnt", "my solicitor will write to you"):
        talk = vips(shipped)
        talk.says(words, DM)
        assert talk.dossier.cases[-1].queue == "care"


def test_who_is_not_listed_is_as_everybody(shipped: Catalog) -> None:
    talk = Talk(vips(shipped).catalog, "slack:T1/U8")
    talk.says("talk to a person", DM)
    assert (talk.dossier.cases[-1].queue, talk.dossier.cases[-1].assignee) == ("care", "")


def test_a_question_among_colleagues_is_told_again_until_it_is_decided(talk: Talk) -> None:
    does(talk, "dana", "grant", "40 GBP for the lamp")
    asked = talk.dossier.cases[-1].number
    does(talk, "sam", "reply", "Hello!", asked)
    talk.at += timedelta(days=4)
    talk.happens(DeadlineReached(deadline=level(talk, asked), **talk.common()))
    assert "is over" in talk.told[0]
    waits = []
    for _ in range(6):
        (again,) = [each.deadline for each in talk.effects(StartTimer) if each.deadline.kind == "path"]
        waits.append(again.due - talk.at)
        talk.at = again.due
        talk.happens(DeadlineReached(deadline=again, **talk.common()))
        assert "nobody has seen to it" in talk.told[0]
    assert waits[-1] > 4 * waits[1]


def level(talk: Talk, number: int) -> Deadline:
    return Deadline(
        key=f"level:{number}:resolve",
        kind="level",
        due=talk.at,
        place=DM,
        conversation=case(talk, number).conversation,
        case=number,
        data={"watch": "resolve"},
    )


def test_supervisors_are_called_to_a_case_of_a_tier(shipped: Catalog) -> None:
    talk = Talk(shipped)
    talk.dossier = replace(talk.dossier, standing=Standing(tier="gold"))
    talk.says("talk to a person", DM)
    assert [each.mentions for each in talk.effects(TellStaff) if "tier Gold" in each.text] == [("sam",)]
