"""The way up: who is told that a case is about to be late, or is, along the path of its queue; each once.

The owner comes first, unless they are away; then whoever stands next on the path, until somebody answers or takes the
case, or the path has come to its end. Two things that are late at the same moment are one line.
"""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk.case import Case, Deadline
from bot.desk.hours import after
from bot.desk.paths import OWNER, SUPERVISORS, TEAM, Escalation, Further, path_of
from bot.desk.targets import Watch
from bot.desk.team import Agent, by_name, may
from bot.dialog import casebook
from bot.dialog.scene import Scene

_AGAIN, _DOUBLINGS = timedelta(hours=4), 6
MOMENT = timedelta(minutes=1)  # what comes so soon after another line is told by that
_SOON = timedelta(minutes=10)  # nobody is called to a case twice within these


def at_risk(scene: Scene, case: Case, key: str, **told: Any) -> None:
    """Tell those who come first on the path that a time is near."""
    path = _path(scene, case)
    if path and not _just_told(scene, case):
        _tell(scene, case, path.at_risk, key, **told)


def missed(scene: Scene, case: Case, key: str, *, news: bool = False, **told: Any) -> None:
    """Tell those on the path that a time has passed, and go on along it later.

    Whom another line has just called is not called again; where this one has `news` for them, it stands there.
    """
    path = _path(scene, case)
    if path is None or (case.late and _just_told(scene, case)):
        if path and news:
            scene.alert(case, key, owner=casebook.owner(scene, case), people="", **told)
        return
    if case.late is None:
        case = scene.change_case(case.number, late=scene.now)
        _go_on(scene, case, path, 0)
    _tell(scene, case, path.missed, key, but=called_lately(scene, case), **told)


def call(scene: Scene, case: Case, key: str, **told: Any) -> None:
    """Call the owner (or whoever stands in for them) and the supervisors at once, whatever the path says."""
    _tell(scene, case, (OWNER, SUPERVISORS), key, **told)


def owed(scene: Scene, case: Case, key: str, **told: Any) -> None:
    """Tell the owner of something, or whoever stands in for them."""
    _tell(scene, case, (OWNER,), key, **told)


def due(scene: Scene, deadline: Deadline) -> None:
    """Tell who is next on the path of a case to which nobody has seen yet."""
    case = scene.case(deadline.case)
    path = _path(scene, case) if case and case.open else None
    at = int(deadline.data.get("step", 0))
    step = _step(case, path, at) if case and path else None
    if case is None or path is None or case.late is None or step is None:
        scene.rule("seen_to")
        return
    if deadline.data.get("owner", "") != case.assignee and _told_lately(scene, case):  # who has it now was just called
        scene.rule("called_already")
        _go_on(scene, case, path, at)
        return
    scene.rule("escalated")
    last = _step(case, path, at + 1) is None
    promise = casebook.promised(scene, case)
    holder = "" if floors.away(scene.floor, case.assignee, scene.now) else casebook.owner(scene, case)
    told: dict[str, Any] = {"since": scene.time(case.late), "promise": promise, "last": "yes" if last else ""}
    told |= {"holder": holder, "role": case.role}
    _tell(scene, case, step.tell, "staff_still_late", **told)
    _go_on(scene, case, path, at + 1)


def calls_owner(scene: Scene, case: Case) -> bool:
    """Tell whether a line about a target or a promise has called the owner lately, or is about to."""
    path = _path(scene, case)
    if path is None:
        return False
    if _just_told(scene, case) and case.assignee in case.called:
        return True
    if OWNER in path.missed and case.promise and timedelta() <= case.promise - scene.now < MOMENT:
        return True
    names = path.missed if case.late else path.at_risk
    if _told_lately(scene, case) and OWNER in names and case.late in (None, case.told):
        return True
    return OWNER in path.missed and _missed_soon(scene, case)


def seen_to(scene: Scene, case: Case) -> Case:
    """Somebody has answered, or has taken the case: nobody else is told."""
    if case.late is None:
        return case
    scene.cancel_timer(_key(case))
    return scene.change_case(case.number, late=None, told=None)


def called_lately(scene: Scene, case: Case) -> tuple[str, ...]:
    """Return whom another line has called within minutes: they need not be called again."""
    return case.called if _told_lately(scene, case) else ()


# --- small parts ------------------------------------------------------------------------------------------------------


def _path(scene: Scene, case: Case) -> Escalation | None:
    return path_of(scene.catalog.paths, casebook.queue_of(scene, case.queue).id, case.priority)


def _go_on(scene: Scene, case: Case, path: Escalation, at: int) -> None:
    step = _step(case, path, at)
    if step:
        due = after(casebook.queue_of(scene, case.queue).hours, scene.now, step.after)
        scene.start_timer("path", _key(case), due, case=case.number, data={"step": at, "owner": case.assignee})


def _step(case: Case, path: Escalation, at: int) -> Further | None:
    """Return the step that comes next.

    After the last there is none, but for what was promised to nobody, so that nothing else would come back to it: then
    the last one again, each time after twice as long.
    """
    if at < len(path.then) or case.promise:
        return path.then[at] if at < len(path.then) else None
    last = path.then[-1] if path.then else Further(after=_AGAIN, tell=path.missed)
    return replace(last, after=last.after * 2 ** min(at - len(path.then) + 1, _DOUBLINGS))


def _missed_soon(scene: Scene, case: Case) -> bool:
    """Tell whether a target is missed at this moment or within minutes, of which no promise tells."""
    near = (each for each in case.watches if each.due and timedelta() <= each.due - scene.now < _SOON)
    return any(not _left_to_promise(case, each) for each in near)


def _left_to_promise(case: Case, watch: Watch) -> bool:
    """Tell whether it is a promise that tells of a missed target, since both are over at the same moment."""
    return watch.kind != "resolve" and bool(case.promise and watch.due and case.promise - watch.due < MOMENT)


def _told_lately(scene: Scene, case: Case) -> bool:
    return case.told is not None and scene.now - case.told < _SOON


def _just_told(scene: Scene, case: Case) -> bool:
    return case.told is not None and scene.now - case.told < MOMENT


def _tell(
    scene: Scene, case: Case, names: tuple[str, ...], key: str, *, but: tuple[str, ...] = (), **told: Any
) -> None:
    """Write a line that calls these by name: the owner (or whoever stands in for them) to see to it, others to help,
    but for those of them who were called within minutes.
    """
    owner, said = _owner(scene, case, names)
    others = called(scene, case, names) or (_anybody(scene, case) if set(names) != {OWNER} else [])
    others = [agent for agent in others if agent is not owner and agent.id not in but]
    people = [owner, *others] if owner else others
    told |= {"owner": owner.name if owner else "", "people": by_name(others)[0]}
    line = scene.fill(scene.catalog.texts[key].variants[0], case=case.number, **told)
    shown = scene.change_case(case.number, told=scene.now, called=tuple(agent.id for agent in people))
    scene.tell_staff(shown, "alert", f"{said} {line}" if said else str(line), mentions=by_name(people)[1])


def _owner(scene: Scene, case: Case, names: tuple[str, ...]) -> tuple[Agent | None, str]:
    """Return the owner, or who stands in for them and a sentence that says so; nobody if they are not to be told."""
    agent = scene.catalog.agents.get(case.assignee)
    if agent is None or OWNER not in names:
        return None, ""
    gone = floors.away(scene.floor, agent.id, scene.now)
    if gone is None:
        return agent, ""
    helping = [agent for agent in scene.catalog.agents.values() if agent.id in case.colleagues]
    near = _may_see_to(scene, case, helping)
    stands_in = next(iter([*near, *_anybody(scene, case)]), None)
    text = scene.catalog.texts["staff_stands_in"].variants[0]
    colleague = stands_in.name if stands_in else ""
    said = scene.fill(text, owner=agent.name, until=scene.time(gone.until), colleague=colleague, case=case.number)
    return stands_in, str(said)


def called(scene: Scene, case: Case, names: tuple[str, ...]) -> list[Agent]:
    """Return who is meant by names on a path, each once: those who are there, and may see to the case."""
    people = scene.catalog.agents
    behind = floors.behind(casebook.queue_of(scene, case.queue), people)
    groups: dict[str, list[Agent]] = {OWNER: [], SUPERVISORS: _supervisors(scene, behind), TEAM: behind}
    meant = [agent for name in names for agent in groups.get(name, [people[name]] if name in people else [])]
    return _may_see_to(scene, case, meant)


def _supervisors(scene: Scene, behind: list[Agent]) -> list[Agent]:
    """Return the supervisors of a queue: those who work it, else all."""
    of_queue = [agent for agent in behind if may(agent, "supervisor")]
    return of_queue or [agent for agent in scene.catalog.agents.values() if may(agent, "supervisor")]


def _anybody(scene: Scene, case: Case) -> list[Agent]:
    """Return the first who is there of a queue, or else of its supervisors: better than nobody."""
    return called(scene, case, (TEAM, SUPERVISORS))[:1]


def _may_see_to(scene: Scene, case: Case, people: list[Agent]) -> list[Agent]:
    there = [agent for agent in people if floors.away(scene.floor, agent.id, scene.now) is None]
    able = [agent for agent in there if may(agent, case.role) and agent.id != case.assignee]
    return list({agent.id: agent for agent in able}.values())


def _key(case: Case) -> str:
    return f"path:{case.number}"
