"""Who is called about a late case: in which order, and never who is away or may not decide it."""

import dataclasses
from datetime import timedelta

from msgspec.structs import replace

from bot.desk.case import Deadline
from bot.desk.paths import Escalation, Further
from bot.dialog.catalog import Catalog
from bot.dialog.effects import CancelTimer, StartTimer, TellStaff
from bot.dialog.events import AgentWentAway, CaseClaimed, DeadlineReached, TierGiven
from tests.dialog.talk import DM, Talk

SECOND = Further(after=timedelta(minutes=15), tell=("lee",))


def _talk(catalog: Catalog, *paths: Escalation) -> Talk:
    talk = Talk(dataclasses.replace(catalog, paths=paths))
    talk.says("talk to a person", DM)
    return talk


def _path(**more: object) -> Escalation:
    path = Escalation(id="up", at_risk=("owner",), missed=("owner", "supervisors"), then=(SECOND,))
    return replace(path, **more)


def _next(talk: Talk, *kinds: str) -> list[tuple[str, ...]]:
    """Let the next timer of these kinds that was started in the last turn be due; return who was rung."""
    due = [each.deadline for each in talk.effects(StartTimer) if each.deadline.kind in kinds]
    talk.at = max(talk.at, due[0].due)
    talk.happens(DeadlineReached(**talk.common(), deadline=due[0]))
    return [each.mentions for each in talk.effects(TellStaff)]


def test_supervisors_are_rung_and_then_the_backup(shipped: Catalog) -> None:
    talk = _talk(shipped, _path())
    assert _next(talk, "promise") == [("sam",)]
    assert _next(talk, "path") == [("lee",)]
    assert "nobody else is called" in talk.told[0]
    assert [each for each in talk.effects(StartTimer) if each.deadline.kind == "path"] == []


def test_the_backup_who_is_away_is_passed_by_for_somebody_who_is_there(shipped: Catalog) -> None:
    talk = _talk(shipped, _path())
    _next(talk, "promise")
    started = talk.turn
    talk.happens(AgentWentAway(**talk.common(), agent="lee", case=0))
    talk.turn = started
    assert _next(talk, "path") == [("dana",)]


def test_a_case_of_high_priority_has_a_path_of_its_own(shipped: Catalog) -> None:
    urgent = _path(id="urgent", priority=2, missed=("lee",))
    talk = _talk(shipped, _path(), urgent)
    assert _next(talk, "promise") == [("lee",)]  # missed, it has moved up from 3 to 2


def test_an_owner_who_is_told_is_rung_first(shipped: Catalog) -> None:
    talk = Talk(dataclasses.replace(shipped, paths=(_path(),)))
    talk.says("talk to a person", DM)
    started = talk.turn
    talk.happens(CaseClaimed(**talk.common(), agent="dana", case=1))
    talk.turn = started
    at_risk = _next(talk, "level")
    assert at_risk == [("dana",)]
    talk.turn = started
    assert _next(talk, "promise") == [("dana", "sam")]


def test_each_is_told_once_however_often_the_alarm_rings(shipped: Catalog) -> None:
    talk = _talk(shipped, _path())
    _next(talk, "level")
    again = next(each.deadline for each in talk.effects(StartTimer) if each.deadline.kind == "level")
    talk.at = again.due + timedelta(minutes=5)
    talk.dossier = replace(talk.dossier, cases=tuple(replace(each, promise=None) for each in talk.dossier.cases))
    talk.happens(DeadlineReached(**talk.common(), deadline=again))
    assert len(talk.told) == 1
    talk.happens(DeadlineReached(**talk.common(), deadline=again))
    assert talk.told == []


def _owned(catalog: Catalog, after: timedelta) -> list[tuple[timedelta, tuple[str, ...]]]:
    """Let Dana own a case of priority 2 and do nothing for four hours; return when who was rung, from its beginning."""
    path = _path(then=(Further(after=after, tell=("team",)),))
    talk = Talk(dataclasses.replace(catalog, paths=(path,)))
    begun, due = talk.at, dict[str, Deadline]()
    talk.says("talk to a person", DM)
    _note(talk, due)
    by = {**talk.common(), "case": 1}
    talk.happens(TierGiven(**by, agent="sam", tier="gold"))
    _note(talk, due)
    talk.happens(CaseClaimed(**{**by, **talk.common()}, agent="dana"))
    _note(talk, due)
    rung = []
    while due and (soonest := min(due.values(), key=lambda each: each.due)).due - begun <= timedelta(hours=4):
        del due[soonest.key]
        talk.at = soonest.due
        talk.happens(DeadlineReached(**talk.common(), deadline=soonest))
        rung += [(talk.at - begun, each.mentions) for each in talk.effects(TellStaff) if each.mentions]
        _note(talk, due)
    return rung


def _note(talk: Talk, due: dict[str, Deadline]) -> None:
    for effect in talk.turn.effects:
        if isinstance(effect, StartTimer):
            due[effect.deadline.key] = effect.deadline
        elif isinstance(effect, CancelTimer):
            due.pop(effect.deadline, None)


def test_who_was_called_by_the_path_is_not_called_again_as_the_case_goes_back(shipped: Catalog) -> None:
    assert _when_called(shipped, timedelta(minutes=55)) == [116]  # the case goes back five minutes later


def test_who_was_called_as_the_case_went_back_has_the_same_time_until_the_path_calls(shipped: Catalog) -> None:
    assert _when_called(shipped, timedelta(minutes=65)) == [121, 126 + 65]  # not at 126 as well


def _when_called(catalog: Catalog, after: timedelta) -> list[int]:
    """Return after how many minutes Lee was called, to a case that is late after 61."""
    return [int(at.total_seconds() / 60) for at, names in _owned(catalog, after) if "lee" in names]
