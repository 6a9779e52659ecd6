"""Promises: a time that a customer was given, by the bot or by an agent, is kept or apologised for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk import things
from bot.desk.agreed import agreed
from bot.desk.case import Case, Deadline, Line, Vow
from bot.desk.hours import after, by, worked
from bot.desk.impossible import impossible
from bot.desk.promises import Promised, every_promise, keeps
from bot.desk.targets import level_of
from bot.desk.team import Agent, Queue
from bot.dialog import casebook, escalating, levels, progress
from bot.dialog.scene import Scene
from bot.dialog.state import Reply

_DOUBLINGS = 6  # after these, times are not given any later
_DAY = timedelta(hours=8)  # of open time: no sooner is the next one once apologies are over, but where there's danger
_FARTHEST = timedelta(hours=16)  # of open time that a new time is away, unless any answer takes longer
_LEAST = timedelta(minutes=10)  # of open time in which a queue can keep what was promised elsewhere
_WARNING = 4  # a reminder comes when so small a part of the time is left
_BEHIND = "behind"  # the later time that is still good when the nearer one is missed


def heard(scene: Scene, case: Case, text: str, at: datetime | None = None) -> Promised | None:
    """Return the soonest time that the customer is given in an agent's words, in the hours of the case's queue."""
    return next(iter(all_heard(scene, case, text, at)), None)


def all_heard(scene: Scene, case: Case, text: str, at: datetime | None = None) -> list[Promised]:
    """Return all times that the customer is given in an agent's words, the soonest first.

    Words that only agree give the time that the customer asked for before they were said (`at` that time, or now).
    """
    words, hours = scene.catalog.promises, casebook.queue_of(scene, case.queue).hours
    if given := every_promise(text, words, hours, scene.now):
        return given
    names = (scene.name, casebook.owner(scene, case))
    asked = agreed(text, _before(scene, at or scene.now), names, words, hours, scene.now)
    return [asked] if asked else []


def _before(scene: Scene, at: datetime) -> Sequence[Line]:
    """Return the lines before what was said by us at that time."""
    lines = [line for line in scene.talk.recent if line.at is None or line.at <= at]
    while lines and lines[-1].who != "customer" and lines[-1].at == at:
        lines.pop()
    return lines


def give(scene: Scene, case: Case, agent: Agent, given: Promised, *, before: Sequence[datetime] = ()) -> None:
    """Keep a time that an agent gave the customer: remind them before it, apologise after it.

    Times of a handoff that are sooner come first; those `before`
    count no longer for it.
    """
    if case.kind == "handoff":
        case = settle(scene, case, (*case.promises, _vow(given)), agent.id)
    else:
        case = _keep(scene, case, given.at, {"by": agent.id, "words": given.words})
    if not given.comes and case.leaving:  # whoever was told what is still to be kept was not told of this
        case = scene.change_case(case.number, leaving=None)
    told = {"agent": agent.name, "words": given.words}
    if case.promise and case.promise < given.at:
        scene.alert(case, "staff_promise_sooner", promise=scene.time(case.promise), **told)
    else:
        gone = ", ".join(scene.time(at) for at in before)
        scene.alert(case, "staff_promise_noted", promise=scene.time(given.at), before=gone, **told)


def doubt(scene: Scene, case: Case, agent: Agent, text: str) -> None:
    """Tell an agent that a time in their words to a customer is none, so that nobody keeps it."""
    if said := impossible(text, scene.catalog.promises):
        scene.alert(case, "staff_no_such_time", agent=agent.name, said=said)


def unkept(scene: Scene, case: Case, text: str, given: Sequence[Promised]) -> tuple[Vow, ...]:
    """Return the times that an agent's words do not keep: the bot's are kept by any, a person's as `keeps` has it."""
    words, vows = scene.catalog.promises, [each for each in case.promises if each.given]
    done = things.done(text, [each.thing for each in vows if each.thing], words)
    return tuple(each for each in vows if not (each.thing in done or keeps(text, each.thing, given, words)))


def settle(scene: Scene, case: Case, vows: Sequence[Vow], by: str) -> Case:
    """Let these times be what is promised in a case: the soonest comes first, and the others follow it."""
    if not vows:
        forget(scene, case)
        return scene.change_case(case.number, promise=None, vow="", thing="", moved=False, comes=False, vows=())
    first, *later = _in_order(vows)
    same = (first.at, first.words) == (case.promise, case.vow)
    kept = case if same else _keep(scene, case, first.at, {"by": by, "words": first.words})
    return scene.change_case(kept.number, vows=tuple(later), thing=first.thing, moved=first.moved, comes=first.comes)


def _in_order(vows: Sequence[Vow]) -> list[Vow]:
    """Return times with the soonest first: of two things at one time both, of the same thing or the bot's own the last.

    Beside a time that a person gave, one of the bot's at the same moment is no more.
    """
    given = {each.at for each in vows if each.given}
    single = {(each.at, each.thing): each for each in vows if each.given or each.at not in given}
    return sorted(single.values(), key=lambda each: each.at)


def also(scene: Scene, case: Case, at: datetime) -> Case:
    """Let a case of a queue have a time of the bot's beside those that people gave; one that was missed has passed."""
    given = [each for each in case.promises if each.given and each.at > scene.now]
    missed = next((each for each in case.promises if each.words and each not in given), None)
    queued = Vow(at=at, words=missed.words if missed else "", thing=missed.thing if missed else "", moved=True)
    first, *later = _in_order((queued, *given))
    scene.cancel_timer(f"remind:{case.number}")
    scene.start_timer("promise", f"promise:{case.number}", first.at, case=case.number)
    return replace(_first(case, first, later), **unsaid(scene, case))


def passed_on(scene: Scene, case: Case, queue: Queue) -> tuple[Case, str]:
    """Let a case that goes to a queue keep the time that its customer was told, if somebody can do so there.

    A word that a person promised is that time, also where an answer would be due sooner: two times for one answer would
    contradict each other; not where there's danger. Otherwise they get the one that the case's priority asks for;
    return, in words, the time that is not kept then.
    """
    at = casebook.first_response(scene, queue, _grade(case))
    word = next((each for each in case.promises if each.given and not each.thing and each.at > scene.now), None)
    if word and casebook.DANGER not in case.flags:
        return also(scene, case, word.at), ""
    told = next((each.at for each in case.promises[:1] if not each.given), None)  # later ones were not told
    if told is None or case.untold or not scene.now < told < at:
        return also(scene, case, at), ""
    begins = floors.first_back(scene.floor, queue, scene.catalog.agents, scene.now)
    if begins < told and worked(queue.hours, begins, told) >= _LEAST:
        return also(scene, case, told), ""
    case = also(scene, case, at)
    return case, scene.time(told) if case.promise and case.promise > told else ""


def beside(scene: Scene, case: Case, vows: Sequence[Vow]) -> Case:
    """Let a case keep these of people's times, too, which are still to come."""
    known = {(each.at, each.thing) for each in case.promises}
    more = [each for each in vows if each.given and each.at > scene.now and (each.at, each.thing) not in known]
    return settle(scene, case, (*case.promises, *more), case.assignee) if more else case


def left(scene: Scene, case: Case, said: str) -> tuple[Vow, ...]:
    """Return what people's words leave to be kept when a case is closed with the last that is `said`, if any is."""
    if not said:
        return tuple(each for each in case.promises if each.given)
    given = all_heard(scene, case, said)
    return tuple(_in_order([*unkept(scene, case, said, given), *(_vow(each) for each in given)]))


def resumed(scene: Scene, case: Case) -> Case:
    """Let a case that is open again have what its people had promised: what has passed meanwhile was missed."""
    vows, case = case.unkept, scene.change_case(case.number, unkept=())
    passed = [each for each in vows if each.at <= scene.now]
    case = beside(scene, case, vows)
    if passed:
        scene.rule("promise_missed")
        case = scene.change_case(case.number, missed=len(passed), lapsed=passed[0].at)
        told = {"promise": casebook.promised(scene, case), "missed": len(passed), "nudged": False}
        escalating.missed(scene, case, "staff_promise_missed", news=True, **told)
    return scene.case(case.number) or case


def apart(scene: Scene, case: Case, vows: Sequence[Vow]) -> Case:
    """Let a case no longer keep those of its later times that went with another."""
    return scene.change_case(case.number, vows=tuple(each for each in case.vows if each not in vows))


def without(case: Case, times: Sequence[datetime]) -> tuple[Vow, ...]:
    """Return the times of a case but those that a reply gave which no longer stands."""
    return tuple(each for each in case.promises if not (each.given and each.at in times))


def _vow(given: Promised) -> Vow:
    return Vow(at=given.at, words=given.words, thing=given.thing, comes=given.comes)


def _first(case: Case, vow: Vow, later: Sequence[Vow]) -> Case:
    """Return a case with this time as the one that comes first."""
    first = {"promise": vow.at, "vow": vow.words, "thing": vow.thing, "moved": vow.moved, "comes": vow.comes}
    return replace(case, **first, vows=tuple(later))


def again(scene: Scene, case: Case, agent: str, at: datetime) -> Case:
    """Keep a time once more: what seemed to have kept it was taken back."""
    return _keep(scene, case, at, {"by": agent})


def stays(scene: Scene, case: Case) -> Case:
    """Let whoever has a case now keep what its customer was promised; a time that is over rings in a moment."""
    return case if case.promise is None or case.promise <= scene.now else goes_on(scene, case, case.promise)


def goes_on(scene: Scene, case: Case, at: datetime) -> Case:
    """Keep a time that is a case's already, told or untold, in the words in which it was given."""
    hidden = {"untold": case.untold, "believed": case.believed}
    data = {"by": case.assignee, "words": case.vow}
    return scene.put_case(replace(_keep(scene, case, at, data), moved=case.moved, **hidden))


def withdraw(scene: Scene, case: Case, agent: Agent) -> None:
    """Let a time that a person gave count no longer: it was none, or meant something else."""
    owed = case.owes
    if owed is None:
        scene.rule("nothing_promised")
        scene.alert(case, "staff_no_promise", agent=agent.name)
        return
    scene.rule("promise_withdrawn")
    before, given = scene.time(owed.at), _given(scene, case, owed.at)
    if case.kind == "handoff":
        settle(scene, case, [each for each in case.promises if each is not owed and each != owed], case.assignee)
    else:
        drop(scene, case, given)
    if given:
        replies = (replace(each, promise=None) if each.id == given.id else each for each in scene.talk.replies)
        scene.change(replies=tuple(replies))
    scene.alert(case, "staff_promise_withdrawn", agent=agent.name, promise=before)


def drop(scene: Scene, case: Case, given: Reply | None) -> Case:
    """Let the time that somebody gave (in a reply) count no longer; the one whose place it took counts again."""
    forget(scene, case)
    dropped = scene.change_case(case.number, promise=None, vow="")
    return again(scene, dropped, case.assignee, given.behind) if given and given.behind else dropped


def behind(scene: Scene, case: Case) -> datetime | None:
    """Return the time whose place another one takes now without keeping it."""
    given = _given(scene, case) if case.kind == "approval" else None
    return given.behind if given else case.promise


def answered(scene: Scene, case: Case) -> None:
    """Let the time of a decision count again, if there is some left, when one that a person gave meanwhile is kept."""
    given = _given(scene, case)
    if given and given.behind and given.behind > scene.now:
        again(scene, case, case.assignee, given.behind)


def _given(scene: Scene, case: Case, at: datetime | None = None) -> Reply | None:
    """Return the reply that gave the customer a time, or the one which is kept now."""
    own = (each for each in reversed(scene.talk.replies) if each.promise and each.case in (case.number, 0))
    return next((each for each in own if each.promise == (at or case.promise)), None)


def sooner(scene: Scene, case: Case, at: datetime) -> Case:
    """Give the customer a time, unless the one that was given is not later, or they have none and would not hear it."""
    if case.promise <= at if case.promise else scene.muted:
        return case
    hidden, vows = unsaid(scene, case), [each for each in case.promises if each.given]
    sooner = settle(scene, case, [*vows, Vow(at=at, moved=True)], case.assignee)
    return scene.put_case(replace(sooner, **hidden))


def nearer(scene: Scene, case: Case) -> Case:
    """Give a customer who writes, or asks how it stands, no later time than any answer takes, late as we are.

    The one that they were told before is still good if that is missed.
    """
    behind = case.promise
    if not case.missed or behind is None:
        return case
    case = sooner(scene, case, _next(scene, case, 0))
    if case.promise and case.promise < behind:
        data = {"by": case.assignee, "words": case.vow, _BEHIND: behind.isoformat()}
        _watch(scene, case, case.promise, data, scene.now)
    return case


def from_return(scene: Scene, case: Case) -> Case:
    """Give a customer who asks how it stands a time that can be kept, where everybody is away until after theirs."""
    queue = casebook.queue_of(scene, case.queue)
    back = floors.first_back(scene.floor, queue, scene.catalog.agents, scene.now)
    if case.promise is None or not (scene.now < case.promise < back and casebook.nobody_here(scene, queue)):
        return case
    hidden, data = unsaid(scene, case), {"by": case.assignee, "words": case.vow}
    at = by(queue.hours, back, _answer(scene, case))
    return scene.put_case(replace(_keep(scene, case, at, data, begins=back), moved=True, **hidden))


def put_off(scene: Scene, case: Case, until: datetime) -> Case:
    """A case is put aside for longer than its customer was told: say when it goes on, and by when they hear now."""
    if case.kind == "approval" or case.promise is None or not scene.now < case.promise < until:
        return case
    before = casebook.promised(scene, case)
    at = by(casebook.queue_of(scene, case.queue).hours, until, _answer(scene, case))
    hidden = unsaid(scene, case)
    data = {"by": case.assignee, "words": case.vow}
    later = tuple(each for each in case.vows if each.at > at)
    case = scene.put_case(replace(_keep(scene, case, at, data, begins=until), moved=True, vows=later, **hidden))
    owner, promise = casebook.called(scene, case), scene.time(at)
    scene.say_text(
        "promise_put_off", case=case.number, owner=owner, until=scene.time(until), promise=promise, before=before
    )
    return case


def remind(scene: Scene, deadline: Deadline) -> None:
    """Tell the owner that a promised time is near."""
    case = scene.case(deadline.case)
    if case is None or not case.open or case.promise is None:
        scene.rule("promise_kept")
        return
    scene.rule("promise_near")
    escalating.at_risk(scene, case, "staff_promise_near", promise=scene.time(case.promise))


def due(scene: Scene, deadline: Deadline) -> None:
    """A promised time has come: if nobody kept it, give a new one, which is later each time, and alert staff.

    The customer hears each of them, an apology comes with the first few, and staff hear of each that was missed.
    """
    case = scene.case(deadline.case)
    if case is None or not case.open or case.promise is None or case.promise > scene.now:
        scene.rule("promise_kept")
        return
    scene.rule("promise_missed")
    missed = case.missed + 1
    owed = owes_apology(scene, replace(case, missed=missed))
    promise, data = _next(scene, case, missed), {**deadline.data}
    behind = data.pop(_BEHIND, "")
    if behind and scene.now < datetime.fromisoformat(behind):
        promise = min(promise, datetime.fromisoformat(behind))
    up = max(1, case.priority - 1)
    lifted, lapsed = case.lifted + case.priority - up, case.lapsed or scene.now
    case = levels.regrade(scene, case, up)
    news = {"missed": missed, "lifted": lifted, "lapsed": lapsed, **unsaid(scene, case)}
    case = replace(_moved(case, promise, scene.now), **news)
    case = scene.put_case(case)
    promise = case.promise or promise
    tell(scene, case, owed=owed or bool(behind))
    told = {"promise": casebook.promised(scene, case), "missed": missed, "nudged": bool(case.grace)}
    escalating.missed(scene, case, "staff_promise_missed", news=True, **told)
    _watch(scene, case, promise, {**data, "by": case.assignee or data.get("by", "")}, scene.now)


def owes_apology(scene: Scene, case: Case) -> bool:
    """Tell whether a missed time is apologised for: the first few are, and each that is as a person gave it.

    An owner who let the customer wait counts like a time that passed: both are the same wait.
    """
    given = any(each.given and each.at <= scene.now for each in case.promises)
    return given or 0 < case.missed + case.leases <= scene.catalog.limits.apologies


def _moved(case: Case, promise: datetime, now: datetime) -> Case:
    """Give a case a new time in place of one that was missed; where a person promised a sooner one, that is it."""
    ahead = tuple(each for each in case.vows if each.at > now)  # what was due at the same moment was missed with it
    if ahead and ahead[0].at <= promise:
        first, *later = ahead
        missed = first if first.words else replace(first, words=case.vow, thing=case.thing, moved=True)
        return _first(case, missed, later)
    return replace(case, promise=promise, moved=True, comes=False, vows=ahead)


def tell(scene: Scene, case: Case, *, owed: bool) -> None:
    """Tell the customer the new time of a promise that was missed, with an apology where one is `owed`: they have not
    had enough, or were given a time afresh since they wrote.
    """
    here = floors.away(scene.floor, case.assignee, scene.now) is None  # nobody who is away was reminded, or answers
    sorry = "promise_missed_by" if here and casebook.called(scene, case) else "promise_missed"
    tell_moved(scene, case, sorry if owed else "promise_moved")


def tell_moved(scene: Scene, case: Case, key: str = "promise_moved") -> None:
    """Tell the customer the new time of a promise."""
    owner = casebook.called(scene, case)
    team, promise = casebook.queue_of(scene, case.queue).name, scene.time(case.promise or scene.now)
    scene.say_text(key, case=case.number, team=team, promise=promise, owner=owner, before="")


def unsaid(scene: Scene, case: Case) -> dict[str, Any]:
    """Return what a case keeps of a time that it gets now: whether the customer hears it, and which one they know."""
    known = case.believed if case.untold else case.promise
    return {"untold": scene.muted, "believed": known if scene.muted else None}


def speak_up(scene: Scene) -> None:
    """Tell a customer who can be spoken to again the times that they have not heard, sorry for those that passed."""
    for case in scene.open_cases():
        if not case.untold or case.promise is None:
            continue
        scene.move_to(case.place, case.conversation)
        passed = case.believed is not None and case.believed <= scene.now
        case = replace(case, untold=False, believed=None, missed=max(case.missed, 1) if passed else case.missed)
        tell(scene, scene.put_case(case), owed=owes_apology(scene, case))


def forget(scene: Scene, case: Case) -> None:
    """Nothing is promised any more."""
    scene.cancel_timer(f"promise:{case.number}")
    scene.cancel_timer(f"remind:{case.number}")


def _keep(scene: Scene, case: Case, at: datetime, data: dict[str, str], *, begins: datetime | None = None) -> Case:
    given = {"promise": at, "vow": data.get("words", ""), "moved": False}
    changed = scene.change_case(case.number, **given, untold=False, believed=None)
    progress.start(scene, changed)
    _watch(scene, changed, at, data, begins or scene.now)
    return changed


def _watch(scene: Scene, case: Case, at: datetime, data: dict[str, str], begins: datetime) -> None:
    """Wake when the time has come, and whoever is to keep it, if anybody is, when little is left since it `begins`."""
    hours = casebook.queue_of(scene, case.queue).hours
    scene.start_timer("promise", f"promise:{case.number}", at, case=case.number, data=data)
    remind = after(hours, begins, worked(hours, begins, at) * (_WARNING - 1) / _WARNING)
    if data.get("by") and scene.now < remind < at:
        scene.start_timer("remind", f"remind:{case.number}", remind, case=case.number)
    else:
        scene.cancel_timer(f"remind:{case.number}")


def _next(scene: Scene, case: Case, missed: int) -> datetime:
    """Return the time that a customer is given after one was missed.

    Once apologies are over, each is twice as far, and about a working day away, so that they are not written to for
    nothing all day long.
    """
    place = casebook.queue_of(scene, case.queue)
    begins = floors.first_back(scene.floor, place, scene.catalog.agents, scene.now)
    if case.assignee:
        begins = scene.now
    again = max(0, missed - max(1, scene.catalog.limits.apologies))
    answer = _answer(scene, case)
    later = answer * 2 ** min(again, _DOUBLINGS)
    later = max(later, _DAY) if again and casebook.DANGER not in case.flags else later
    return by(place.hours, begins, min(later, max(answer, _FARTHEST)))


def _answer(scene: Scene, case: Case) -> timedelta:
    """Return how long an answer takes, once somebody is there for it: as long as the case's priority lets it."""
    grade = _grade(case)
    level = level_of(scene.catalog.levels, grade)
    answer = timedelta(minutes=casebook.queue_of(scene, case.queue).first_response)
    answer = min(answer, level.first_response) if grade < casebook.USUAL else answer
    return level.next_response or answer if case.assignee else answer


def _grade(case: Case) -> int:
    """Return the priority by which a case's times are given: moved up since it was late, it is no faster answered."""
    return 1 if casebook.DANGER in case.flags else case.priority + case.lifted
