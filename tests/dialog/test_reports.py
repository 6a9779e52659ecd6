"""What is wrong for everybody: the category and priority of a case, and the call when many report the same."""

import dataclasses
from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.channels.casework import staff_event
from bot.desk.case import Case
from bot.desk.floor import Floor
from bot.dialog.catalog import Catalog
from bot.dialog.effects import OpenPrivate
from bot.dialog.events import PlaceOpened
from tests.dialog.talk import DM, THREAD, Talk

CALLED = "have reported the same"
DOWN = "your whole website is down and none of us can order"


def opened(catalog: Catalog, *words: str) -> Case:
    talk = Talk(catalog)
    for said in words:
        talk.says(said, DM)
    return talk.dossier.cases[-1]


@pytest.mark.parametrize(
    "words",
    [
        [f"{DOWN}, get me a person"],
        [DOWN, "talk to a person"],
        ["talk to a person", "nobody can log in, the app keeps crashing"],
        ["is the shop down?", "talk to a person"],
        ["we all get error 503", "I want to talk to a human"],
    ],
)
def test_such_words_put_a_case_right_after_danger(shipped: Catalog, words: list[str]) -> None:
    case = opened(shipped, *words)
    assert (case.category, case.priority) == ("outage", 1)


@pytest.mark.parametrize(
    "words",
    [
        ["there was a power outage here, so I missed the driver", "talk to a person"],
        ["the shop is down the road, isn't it?", "talk to a person"],
        ["if the website is down, can I order by phone", "talk to a person"],
        ["the site isn't down, I was wrong", "talk to a person"],
        ["the kettle stopped working", "talk to a person"],
        ["talk to a person", "is the price on your site down to 20 pounds now"],
    ],
)
def test_others_do_not(shipped: Catalog, words: list[str]) -> None:
    assert opened(shipped, *words).category != "outage"


def test_neither_danger_nor_the_law_gives_way(shipped: Catalog) -> None:
    danger = opened(shipped, "the kettle gave me an electric shock", DOWN)
    law = opened(shipped, "my solicitor will be in touch", DOWN)
    assert not {"outage"} & {danger.category, law.category}


def test_a_case_opened_again_is_about_it_too(shipped: Catalog) -> None:
    case = opened(shipped, "talk to a person", "cancel", "yes", DOWN, "talk to a person")
    assert (case.category, case.priority) == ("outage", 1)


def reports(catalog: Catalog, nth: int, floor: Floor, later: timedelta = timedelta()) -> tuple[Floor, list[str]]:
    talk = Talk(catalog, f"slack:T1/U{nth}", count=10 * nth)
    talk.floor = floor
    talk.at += later
    talk.says("talk to a person", DM)
    talk.says(DOWN, DM)
    told = [line for line in talk.told if CALLED in line]
    talk.says("the website is still down", DM)  # once for a case
    assert not any(CALLED in line for line in talk.told)
    return talk.floor, told


def test_when_many_report_it_supervisors_are_called_once(shipped: Catalog) -> None:
    floor, called = Floor(), []
    for nth in range(1, 6):
        floor, told = reports(shipped, nth, floor)
        called.append(len(told))
    assert called == [0, 0, 1, 0, 0]
    _, told = reports(shipped, 3, reports(shipped, 2, reports(shipped, 1, Floor())[0])[0])
    assert all(each in told[0] for each in ("3 customers", "outage", "Sam"))


def test_who_reports_it_again_counts_once(shipped: Catalog) -> None:
    floor, _ = reports(shipped, 2, Floor())
    talk = Talk(shipped)
    talk.floor = floor
    told: list[str] = []
    talk.says(DOWN, DM)
    talk.says(DOWN, THREAD)
    told += talk.told
    talk.says("talk to a person", DM)
    told += talk.told
    talk.happens(staff_event("resolve", "It is up again.", agent="dana", case=1, **talk.common()))
    talk.says(DOWN, DM)
    talk.says("the site is down again", DM)
    told += talk.told
    assert not any(CALLED in line for line in told)
    _, called = reports(shipped, 3, talk.floor)
    assert len(called) == 1


def test_reports_of_long_ago_do_not_count(shipped: Catalog) -> None:
    floor = Floor()
    for nth in range(1, 4):
        floor, told = reports(shipped, nth, floor, timedelta(hours=3 * nth))
        assert told == []


def test_a_complaint_in_public_is_one_though_it_is_calm(shipped: Catalog) -> None:
    talk = Talk(shipped)
    talk.says("I want to make a complaint", THREAD)
    at = next(nth for nth, effect in enumerate(talk.turn.effects) if isinstance(effect, OpenPrivate))
    talk.happens(PlaceOpened(effect=f"{talk.turn.id}.{at}", place=DM, **talk.common()))
    talk.says("talk to a person", DM)
    assert [each.category for each in talk.dossier.cases] == ["public_complaint"]


def test_a_rule_may_open_a_case_for_such_words_at_once(shipped: Catalog) -> None:
    rules = tuple(replace(each, opens=each.category == "outage") for each in shipped.triage)
    talk = Talk(dataclasses.replace(shipped, triage=rules))
    talk.says(DOWN, DM)
    case = talk.dossier.cases[-1]
    assert (case.category, case.priority) == ("outage", 1)
