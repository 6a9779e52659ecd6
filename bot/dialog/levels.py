"""Service levels of a case: its watches, and what staff are told when a target is at risk or missed, once each."""

from datetime import datetime

from msgspec.structs import replace

from bot.desk import targets
from bot.desk.case import Case, Deadline
from bot.desk.hours import Hours
from bot.desk.targets import Kind, Watch
from bot.dialog import casebook, escalating
from bot.dialog.scene import Scene


def opened(scene: Scene, case: Case) -> Case:
    """Begin to count."""
    level = targets.level_of(scene.catalog.levels, case.priority)
    kinds: tuple[Kind, ...] = ("first_response", "resolve")
    watches = [watch for kind in kinds if (watch := targets.start(level, kind, scene.now))]
    return _keep(scene, case, watches)


def we_wrote(scene: Scene, case: Case) -> Case:
    """A person has answered: what counts until an answer is over, and the rest stands still; not for a decision."""
    hours = casebook.queue_of(scene, case.queue).hours
    left = [watch for watch in case.watches if watch.kind == "resolve"]
    if case.kind == "handoff":
        left = [targets.pause(watch, hours, scene.now) for watch in left]
    return _keep(scene, case, left)


def customer_wrote(scene: Scene, case: Case) -> Case:
    """It is our turn: what stood still counts on, and so does the time until our next answer."""
    watches = [targets.resume(watch, scene.now) for watch in case.watches]
    if not any(watch.kind in ("first_response", "next_response") for watch in watches):
        level = targets.level_of(scene.catalog.levels, case.priority)
        watches += [watch for watch in [targets.start(level, "next_response", scene.now)] if watch]
    return _keep(scene, case, watches)


def regrade(scene: Scene, case: Case, priority: int) -> Case:
    """Hold a case to the level of another priority from now on; what was missed already stays missed, and told once."""
    level, hours = targets.level_of(scene.catalog.levels, priority), casebook.queue_of(scene, case.queue).hours
    held = [
        new
        for watch in case.watches
        if (new := watch if targets.breached(watch, hours, scene.now) else targets.regrade(watch, level))
    ]
    return replace(_keep(scene, case, held), priority=priority)


def paused(case: Case, hours: Hours, at: datetime) -> tuple[Watch, ...]:
    """Return what has counted so far, standing still."""
    return tuple(targets.pause(watch, hours, at) for watch in case.watches)


def taken_up(scene: Scene, case: Case, watches: tuple[Watch, ...]) -> Case:
    """Let a case count on from what had counted, if its customer waits."""
    counting = [targets.resume(watch, scene.now) if case.waits else watch for watch in watches]
    return _keep(scene, case, counting)


def due(scene: Scene, deadline: Deadline) -> None:
    """Tell staff that a target is at risk, or missed; each once. What a promise is about to tell is left to that."""
    case = scene.case(deadline.case)
    watch = next((each for each in case.watches if each.kind == deadline.data.get("watch")), None) if case else None
    if case is None or not case.open or watch is None or watch.since is None:
        scene.rule("level_kept")
        return
    hours = casebook.queue_of(scene, case.queue).hours
    missed = targets.breached(watch, hours, scene.now)
    scene.rule("level_missed" if missed else "level_at_risk")
    now = replace(watch, told="missed" if missed else "risk")
    case = scene.put_case(replace(case, watches=tuple(now if each is watch else each for each in case.watches)))
    target, ends = casebook.reason(scene, f"level_{watch.kind}"), targets.due(watch, hours)
    told = case.promise is not None and case.promise - scene.now < escalating.MOMENT
    if not missed:
        _remind(scene, case, watch, ends)
        if not told:
            escalating.at_risk(scene, case, "staff_level_at_risk", target=target, due=scene.time(ends) if ends else "")
    elif watch.kind == "resolve" or not told:
        escalating.missed(scene, case, "staff_level_missed", target=target)


def _keep(scene: Scene, case: Case, watches: list[Watch]) -> Case:
    """Let the case have these watches, and an alarm for each that runs."""
    hours = casebook.queue_of(scene, case.queue).hours
    watches = [replace(watch, due=targets.due(watch, hours)) for watch in watches]
    running = {watch.kind: watch for watch in watches if watch.since}
    for watch in case.watches:
        if watch.kind not in running:
            scene.cancel_timer(_key(case, watch.kind))
    for kind, watch in running.items():
        if watch not in case.watches and watch.told != "missed":
            warn = targets.warn_at(watch, hours)
            late = warn is None or warn <= scene.now or watch.told == "risk"
            _remind(scene, case, running[kind], targets.due(watch, hours) if late else warn)
    return replace(case, watches=tuple(watches))


def _remind(scene: Scene, case: Case, watch: Watch, at: datetime | None) -> None:
    if at:
        scene.start_timer("level", _key(case, watch.kind), at, case=case.number, data={"watch": watch.kind})


def forget(scene: Scene, case: Case) -> None:
    """Count no longer."""
    for watch in case.watches:
        scene.cancel_timer(_key(case, watch.kind))


def _key(case: Case, kind: Kind) -> str:
    return f"level:{case.number}:{kind}"
