"""The floor: what everybody at the desk shares, while each customer's own matters are in their dossier.

Who is away, whose turn it was, which cases wait, how long customers waited of late, and who works here by a platform's
roles. Facts are short texts by name; a turn changes one by saying what it was, so that two cannot both be right.

May not live here: what follows from it for a case.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bot.desk.case import DANGER, Case
from bot.desk.team import Agent, Queue, may

# Facts are named "away:dana", "turn:care", "team:slack".
AWAY, TURN, TEAM = "away", "turn", "team"

REMEMBERED = 200  # waits, of all queues
_RECENT = 20  # waits, of one queue, that say how long it takes


class Away(Struct, frozen=True, kw_only=True):
    """Until when somebody is away, and why (for staff)."""

    until: datetime
    why: str = ""


class Waiter(Struct, frozen=True, kw_only=True):
    """A case that waits in a queue for somebody to take it; where danger was spoken of, before all others."""

    case: int
    queue: str
    priority: int
    since: datetime
    danger: bool = False
    late: bool = False

    @property
    def turn(self) -> tuple[bool, int, datetime, int]:
        """What the order of cases follows."""
        return not self.danger, self.priority, self.since, self.case


class Held(Struct, frozen=True, kw_only=True):
    """A case that somebody owns: which times people promised in it, the soonest first, and whether it is late."""

    case: int
    owner: str
    promised: tuple[datetime, ...] = ()
    late: bool = False


class Wait(Struct, frozen=True, kw_only=True):
    """How long a customer waited until a person answered, in minutes of open time."""

    case: int
    queue: str
    minutes: int


class Floor(Struct, frozen=True, kw_only=True):
    """The floor at a moment: facts by name, the waiting cases in the order of their turn, waits from the latest on, and
    the cases that somebody has.
    """

    facts: dict[str, str] = {}
    waiting: tuple[Waiter, ...] = ()
    waits: tuple[Wait, ...] = ()
    held: tuple[Held, ...] = ()


# --- reading ----------------------------------------------------------------------------------------------------------


def away(floor: Floor, agent: str, now: datetime) -> Away | None:
    """Return until when an agent is away; None for one who is there."""
    told = floor.facts.get(f"{AWAY}:{agent}")
    found = msgspec.json.decode(told, type=Away) if told else None
    return found if found and found.until > now else None


def supervisors(people: Iterable[Agent], floor: Floor, now: datetime) -> list[Agent]:
    """Return the supervisors who are there."""
    return [agent for agent in people if may(agent, "supervisor") and away(floor, agent.id, now) is None]


def team(listed: Mapping[str, Agent], floor: Floor) -> Mapping[str, Agent]:
    """Return everybody who works here: those in handoff/team.yaml, and those with a role on a platform.

    Somebody who is both has the id and name of the list, and the higher one of both roles.
    """
    known = tuple(value for name, value in sorted(floor.facts.items()) if name.startswith(f"{TEAM}:"))
    return _team(tuple(listed.values()), known) if known else listed


@lru_cache(maxsize=8)
def _team(listed: tuple[Agent, ...], known: tuple[str, ...]) -> Mapping[str, Agent]:
    people = {agent.id: agent for agent in listed}
    by_account = {account: agent.id for agent in listed for account in agent.accounts}
    for members in known:
        for member in msgspec.json.decode(members, type=tuple[Agent, ...]):
            same = people.get(next((by_account[each] for each in member.accounts if each in by_account), member.id))
            if same is None:
                people[member.id] = member
            elif not may(same, member.role):
                people[same.id] = replace(same, role=member.role)
    return people


def behind(queue: Queue, people: Mapping[str, Agent]) -> list[Agent]:
    """Return who works a queue, in order: those that it names, else everybody."""
    return [people[each] for each in queue.agents if each in people] if queue.agents else list(people.values())


def present(floor: Floor, queue: Queue, people: Mapping[str, Agent], now: datetime) -> list[Agent]:
    """Return who works a queue and is there."""
    return [agent for agent in behind(queue, people) if away(floor, agent.id, now) is None]


def first_back(floor: Floor, queue: Queue, people: Mapping[str, Agent], now: datetime) -> datetime:
    """Return when somebody of a queue is there: now, or when the first of those who are away comes back."""
    backs = [gone.until if (gone := away(floor, agent.id, now)) else now for agent in behind(queue, people)]
    return min(backs, default=now)


def before(floor: Floor, case: Case) -> int:
    """Return how many cases of its queue are taken before this one."""
    mine = _waiter(case).turn
    theirs = [each for each in floor.waiting if each.queue == case.queue and each.case != case.number]
    return sum(each.turn < mine for each in theirs)


def recent(floor: Floor, queue: str) -> list[timedelta]:
    """Return what the latest customers of a queue waited."""
    return [timedelta(minutes=wait.minutes) for wait in floor.waits if wait.queue == queue][:_RECENT]


# --- moving on --------------------------------------------------------------------------------------------------------


def noted(floor: Floor, name: str, value: str) -> Floor:
    """Return the floor with another fact; an empty one is none."""
    others = {each: text for each, text in floor.facts.items() if each != name}
    return replace(floor, facts={**others, name: value} if value else others)


def shown(floor: Floor, case: Case) -> Floor:
    """Return the floor with a case as it is now."""
    waiting = [each for each in floor.waiting if each.case != case.number]
    if case.kind == "handoff" and case.status == "waiting":
        waiting.append(_waiter(case))
        waiting.sort(key=lambda each: each.turn)
    waits = floor.waits
    if case.waited is not None or any(each.case == case.number for each in waits):
        kept = [each for each in waits if each.case != case.number]
        if case.waited is not None:
            kept.append(Wait(case=case.number, queue=case.queue, minutes=case.waited))
            kept.sort(key=lambda each: -each.case)
        waits = tuple(kept[:REMEMBERED])
    others = [each for each in floor.held if each.case != case.number]
    owned = sorted([*others, held(case)], key=lambda each: each.case) if case.status == "owned" else others
    return replace(floor, waiting=tuple(waiting), waits=waits, held=tuple(owned))


def held(case: Case) -> Held:
    """Return a case that somebody owns, as the floor keeps it."""
    promised = tuple(each.at for each in case.promises if each.given)
    return Held(case=case.number, owner=case.assignee, promised=promised, late=case.late is not None)


def _waiter(case: Case) -> Waiter:
    return Waiter(
        case=case.number,
        queue=case.queue,
        priority=case.priority,
        since=case.opened_at,
        danger=DANGER in case.flags,
        late=case.late is not None,
    )
