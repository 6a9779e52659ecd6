"""The desk at a glance: which open cases nobody owns, which are mine, late, promised or put aside, and what comes next.

Pure arithmetic over the open cases; the words for it are content. Each list holds what is most pressing and counts the
rest. A case may stand in several; in a hand-over it stands in the most urgent.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bot.desk import targets
from bot.desk.case import DANGER, Case, Task
from bot.desk.hours import Hours, worked
from bot.desk.team import Queue

MOST = 5  # rows of a section, unless somebody asks for one alone
Part = Literal["unowned", "mine", "risk", "promises", "snoozed", "tasks", "solved"]
Next = Literal["claim", "decide", "answer", "keep", "task", "back", "wait", "offer"]
_SOON = timedelta(minutes=30)  # open time that is left of a promise when it shows as at risk
_NEVER = datetime.max.replace(tzinfo=UTC)


class Row(Struct, frozen=True, kw_only=True):
    """A case in one line. `since` is when its customer began to wait for us, `next` what is to be done, `due` by when.

    `standing` tells whether a service level or a promise is at risk or missed; `ends` is when the one that runs out
    first does, or did. A case that is put aside `rests` where that is until its customer writes.
    """

    number: int
    priority: int
    category: str
    name: str
    subject: str
    queue: str
    owner: str
    opened: datetime
    since: datetime | None
    next: Next
    due: datetime | None
    promise: datetime | None
    snoozed: datetime | None
    standing: Literal["", "risk", "missed"]
    ends: datetime | None
    tasks: tuple[Task, ...]
    helpers: tuple[str, ...] = ()
    outcome: str = ""
    danger: bool = False
    rests: bool = False


class Section(Struct, frozen=True, kw_only=True):
    """The most pressing rows of a part of the desk, and how many more there are."""

    part: Part
    rows: tuple[Row, ...]
    more: int = 0

    @property
    def count(self) -> int:
        """How many cases belong to it."""
        return len(self.rows) + self.more


class Glance(Struct, frozen=True, kw_only=True):
    """What there is on the desk; `categories` are those of all open cases, whatever was filtered, and `counts` how many
    there are of each.
    """

    sections: tuple[Section, ...]
    categories: tuple[str, ...]
    open: int
    counts: Mapping[str, int] = {}

    def section(self, part: Part) -> Section:
        """Return a section by its part."""
        return next(each for each in self.sections if each.part == part)


def glance(
    cases: Iterable[Case],
    queues: Mapping[str, Queue],
    now: datetime,
    *,
    agent: str | None = "",
    category: str = "",
    follow_ups: Mapping[int, datetime] | None = None,
    most: int = MOST,
    once: bool = False,
) -> Glance:
    """Return the desk as an agent sees it; for "", nothing is theirs, for None, all that anybody owns is.

    `follow_ups` says of a case when its silent customer will be asked whether anything is left. With `once`, a case
    stands in the first section only that shows it.
    """
    every = list(cases)
    counts = Counter(name for case in every for name in {case.category, *case.besides} if name)
    shown = [case for case in every if not category or case.is_of(category)]
    rows = {case.number: row(case, queues, now, follow_ups or {}) for case in shown}
    mine = {case.number for case in shown if case.assignee and agent in (None, case.assignee, *case.colleagues)}
    parts: Sequence[Callable[[Iterable[Row]], Section]] = (
        lambda rows: _section("unowned", rows, lambda row: not row.owner, _urgent, most),
        lambda rows: _section("mine", rows, lambda row: row.number in mine and not row.snoozed, _pressing, most),
        lambda rows: _section("risk", rows, lambda row: row.standing != "", _late, most),
        lambda rows: _promises(rows, most),
        lambda rows: _section("snoozed", rows, lambda row: row.snoozed is not None, _pressing, most),
    )
    return Glance(
        sections=tuple(_each(parts, rows, once=once)),
        categories=tuple(sorted(counts)),
        open=len(every),
        counts=counts,
    )


def hand_over(
    cases: Iterable[Case], solved: Sequence[Case], queues: Mapping[str, Queue], now: datetime, until: datetime
) -> tuple[Section, ...]:
    """Return what the next shift must know: what is late, promises and by whom, what comes back until then, tasks.

    A case stands once, where it is most urgent. `solved` are the cases that were closed in the shift that ends. Nothing
    of this is cut short but what was solved.
    """
    rows = {case.number: row(case, queues, now, {}) for case in cases}
    done, every = sorted(solved, key=lambda case: case.number), len(rows)
    parts: Sequence[Callable[[Iterable[Row]], Section]] = (
        lambda rows: _section("risk", rows, lambda row: row.standing != "", _late, every),
        lambda rows: _section("unowned", rows, lambda row: not row.owner, _urgent, every),
        lambda rows: _promises(rows, every),
        lambda rows: _section("tasks", rows, lambda row: bool(row.tasks), _urgent, every),
        lambda rows: _section(
            "snoozed", rows, lambda row: row.snoozed is not None and row.snoozed <= until, _pressing, every
        ),
    )
    ended = Section(
        part="solved",
        rows=tuple(row(case, queues, now, {}) for case in done[-4 * MOST :]),
        more=max(0, len(done) - 4 * MOST),
    )
    return (*_each(parts, rows, once=True), ended)


def _each(
    parts: Sequence[Callable[[Iterable[Row]], Section]], rows: Mapping[int, Row], *, once: bool
) -> Iterator[Section]:
    """Yield the sections in order; `once`, a row stands in the first only that shows it."""
    left = dict(rows)
    for part in parts:
        section = part(left.values())
        yield section
        if once:
            left = {number: each for number, each in left.items() if all(number != row.number for row in section.rows)}


def row(case: Case, queues: Mapping[str, Queue], now: datetime, follow_ups: Mapping[int, datetime]) -> Row:
    """Return a case in one line, with what is to be done next."""
    hours = queues[case.queue].hours if case.queue in queues else next(iter(queues.values())).hours
    standing, ends = _standing(case, hours, now)
    tasks = tuple(task for task in case.tasks if task.open)
    act, due = _next(case, tasks, _answer_by(case, hours), follow_ups)
    return Row(
        number=case.number,
        priority=case.priority,
        category=case.category,
        name=case.name or case.customer,
        subject=case.subject,
        queue=case.queue,
        owner=case.assignee,
        opened=case.opened_at,
        since=case.waits or (case.opened_at if case.status == "waiting" else None),
        next=act,
        due=due,
        promise=case.promise,
        snoozed=case.snoozed,
        standing=standing,
        ends=ends,
        tasks=tasks,
        helpers=case.colleagues,
        outcome=case.outcome,
        danger=DANGER in case.flags,
        rests=case.until_written,
    )


def _next(
    case: Case, tasks: Collection[Task], answer: datetime | None, follow_ups: Mapping[int, datetime]
) -> tuple[Next, datetime | None]:
    if case.snoozed:
        return ("wait", None) if case.until_written else ("back", case.snoozed)
    if case.offered:
        return "offer", case.offered
    if case.kind == "approval":
        return "decide", case.promise
    if not case.assignee:
        return "claim", answer
    if case.waits:
        return "answer", answer
    if case.promise:
        return "keep", case.promise
    if tasks:
        return "task", min((task.due for task in tasks if task.due), default=None)
    return "wait", follow_ups.get(case.number)


def _answer_by(case: Case, hours: Hours) -> datetime | None:
    """Return by when words of ours are due: as promised, or as the service level has it, whichever is sooner."""
    levels = [targets.due(watch, hours) for watch in case.watches if watch.kind != "resolve"]
    return min((each for each in (case.promise, *levels) if each), default=None)


def _standing(case: Case, hours: Hours, now: datetime) -> tuple[Literal["", "risk", "missed"], datetime | None]:
    """Return how the running service levels and the promise stand, the worst of them, and when that one ends."""
    running = [(targets.due(watch, hours) or _NEVER, watch) for watch in case.watches if watch.since]
    missed = [ends for ends, watch in running if targets.breached(watch, hours, now)]
    risky = [ends for ends, watch in running if targets.at_risk(watch, hours, now)]
    if case.promise and (case.lapsed or case.promise <= now):
        missed.append(case.lapsed or case.promise)
    elif case.promise and worked(hours, now, case.promise) <= _SOON:
        risky.append(case.promise)
    if missed:
        return "missed", min(missed)
    return ("risk", min(risky)) if risky else ("", None)


def _section(
    part: Part,
    rows: Iterable[Row],
    belongs: Callable[[Row], bool],
    order: Callable[[Row], tuple[object, ...]],
    most: int,
) -> Section:
    found = sorted((row for row in rows if belongs(row)), key=order)
    return Section(part=part, rows=tuple(found[:most]), more=max(0, len(found) - most))


def _promises(rows: Iterable[Row], most: int) -> Section:
    """Return what owners have promised; here that is what comes next, and its time the one to read."""
    promised = [replace(row, next="keep", due=row.promise) for row in rows if row.owner and row.promise]
    return _section("promises", promised, lambda row: True, _promised, most)


def _urgent(row: Row) -> tuple[object, ...]:
    return not row.danger, row.priority, row.opened, row.number


def _pressing(row: Row) -> tuple[object, ...]:
    return not row.danger, row.due or _NEVER, row.priority, row.number


def _late(row: Row) -> tuple[object, ...]:
    return not row.danger, row.ends or _NEVER, row.priority, row.number


def _promised(row: Row) -> tuple[object, ...]:
    return row.promise or _NEVER, row.priority, row.number
