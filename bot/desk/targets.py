"""Service levels: how fast a case of some priority should be answered and resolved, and what has been spent of it.

A watch counts open time of a queue against one target. It runs while the case waits for us and pauses while it waits
for the customer; outside opening hours nothing is spent anyhow. Whoever keeps a watch says when it starts, pauses and
resumes; this is only the arithmetic. The kinds of target:

    first_response   from the opening of a case to the first words of a person
    next_response    from a customer's message, while somebody owns the case, to the answer
    resolve          from the opening of a case to its outcome
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bot.desk.hours import Hours, after, utc, worked

Kind = Literal["first_response", "next_response", "resolve"]


class Level(Struct, frozen=True, kw_only=True):
    """The targets for a priority (1 is the most urgent), in open time; none where there is no such target.

    At `at_risk` percent of a target, staff are warned. Customers who wait and hear nothing get an `update`.
    """

    id: str
    priority: int
    first_response: timedelta
    next_response: timedelta | None = None
    resolve: timedelta | None = None
    at_risk: int = 75
    update: timedelta | None = None

    def target(self, kind: Kind) -> timedelta | None:
        """Return the target of a kind."""
        match kind:
            case "first_response":
                return self.first_response
            case "next_response":
                return self.next_response
            case "resolve":
                return self.resolve


class Watch(Struct, frozen=True, kw_only=True):
    """What counts towards a target: `spent` up to `since`, and on from there; paused when there is no `since`.

    `told` is what staff have heard of it, `due` when the target will be breached if it runs on.
    """

    kind: Kind
    target: timedelta
    at_risk: int
    spent: timedelta = timedelta()
    since: datetime | None = None
    told: Literal["", "risk", "missed"] = ""
    due: datetime | None = None


def level_of(levels: Iterable[Level], priority: int) -> Level:
    """Return the level of a priority; where it has none, that of the next more urgent one that has, else the first."""
    ordered = sorted(levels, key=lambda level: level.priority)
    return next((level for level in reversed(ordered) if level.priority <= priority), ordered[0])


def start(level: Level, kind: Kind, at: datetime) -> Watch | None:
    """Return a running watch, or None where the level has no such target."""
    target = level.target(kind)
    return Watch(kind=kind, target=target, at_risk=level.at_risk, since=utc(at)) if target is not None else None


def pause(watch: Watch, hours: Hours, at: datetime) -> Watch:
    """Stop counting; a paused watch stays as it is. A case that changes queues pauses by the old hours and resumes."""
    return replace(watch, spent=spent(watch, hours, at), since=None)


def resume(watch: Watch, at: datetime) -> Watch:
    """Count on; a running watch stays as it is."""
    return replace(watch, since=utc(at)) if watch.since is None else watch


def waits(watch: Watch, hours: Hours, waiting_for: Literal["us", "customer"], at: datetime) -> Watch:
    """Let a watch follow whom the case waits for from now on."""
    return resume(watch, at) if waiting_for == "us" else pause(watch, hours, at)


def regrade(watch: Watch, level: Level) -> Watch | None:
    """Hold a watch to another level, of a case whose priority has changed; what is spent stays spent."""
    target = level.target(watch.kind)
    return replace(watch, target=target, at_risk=level.at_risk) if target is not None else None


def spent(watch: Watch, hours: Hours, at: datetime) -> timedelta:
    """Return the open time that has counted by then."""
    until = utc(at)
    return watch.spent + (worked(hours, watch.since, until) if watch.since else timedelta())


def due(watch: Watch, hours: Hours) -> datetime | None:
    """Return when the target will be breached, or was, if it runs on; None while paused."""
    return _reaches(watch, hours, watch.target)


def warn_at(watch: Watch, hours: Hours) -> datetime | None:
    """Return when the target comes to be at risk, or did, if it runs on; None while paused."""
    return _reaches(watch, hours, _risky(watch))


def at_risk(watch: Watch, hours: Hours, at: datetime) -> bool:
    """Tell whether so much is spent that the target is at risk, and not breached yet."""
    return _risky(watch) <= spent(watch, hours, at) < watch.target


def breached(watch: Watch, hours: Hours, at: datetime) -> bool:
    """Tell whether all of the target is spent; at the very moment of `due` it is."""
    return spent(watch, hours, at) >= watch.target


def _risky(watch: Watch) -> timedelta:
    return watch.target * watch.at_risk / 100


def _reaches(watch: Watch, hours: Hours, share: timedelta) -> datetime | None:
    return after(hours, watch.since, share - watch.spent) if watch.since else None
