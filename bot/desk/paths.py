"""Escalation paths: who is told about a case that is about to be late, or is, and who next.

On a path stand `owner` (whoever has the case), `supervisors` and `team` (those of its queue), and people by their ids.

May not live here: who of them is there, and what they are told.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from msgspec import Struct

Group = Literal["owner", "supervisors", "team"]
OWNER: Group = "owner"
SUPERVISORS: Group = "supervisors"
TEAM: Group = "team"
GROUPS: frozenset[str] = frozenset({OWNER, SUPERVISORS, TEAM})


class Further(Struct, frozen=True, kw_only=True):
    """Who is told next, so long (in open time) after those before, while nobody has answered."""

    after: timedelta
    tell: tuple[str, ...]


class Escalation(Struct, frozen=True, kw_only=True):
    """Who is told when a time is near, and when it has passed; no `queues` means all, no `priority` any.

    With a priority, it is for cases that are at least so urgent.
    """

    id: str
    at_risk: tuple[str, ...]
    missed: tuple[str, ...]
    then: tuple[Further, ...] = ()
    queues: tuple[str, ...] = ()
    priority: int | None = None
    at: str = ""

    def serves(self, queue: str, priority: int) -> bool:
        """Tell whether it is one for such cases."""
        return (not self.queues or queue in self.queues) and (self.priority is None or priority <= self.priority)


def path_of(paths: Iterable[Escalation], queue: str, priority: int) -> Escalation | None:
    """Return the path of such cases: one that names their queue before others, then that for the most urgent."""
    fitting = [path for path in paths if path.serves(queue, priority)]
    return min(fitting, key=lambda path: (not path.queues, path.priority or 9), default=None)
