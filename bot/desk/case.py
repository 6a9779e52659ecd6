"""A case: the work item that a handoff opens; and the deadlines that are kept for a customer."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field


class Line(Struct, frozen=True, kw_only=True):
    """One line of talk: who ("customer", "bot" or an agent's name) said what."""

    who: str
    text: str


class Case(Struct, frozen=True, kw_only=True):
    """What staff see and own. `role` is set when only that role may decide (an approval); `public` tells whether
    others read along in the customer's place.
    """

    number: int
    kind: Literal["handoff", "approval"]
    queue: str
    customer: str
    name: str
    place: str
    conversation: str
    opened_at: datetime
    subject: str
    reason: str
    facts: dict[str, str] = field(default_factory=dict)
    recent: tuple[Line, ...] = ()
    priority: int = 3
    status: Literal["waiting", "owned", "resolved"] = "waiting"
    assignee: str = ""
    role: str = ""
    promise: datetime | None = None
    decision: Literal["", "approved", "declined"] = ""
    outcome: str = ""
    resolved_at: datetime | None = None
    public: bool = False

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status != "resolved"


class Deadline(Struct, frozen=True, kw_only=True):
    """Something due for a customer. The key is unique for the customer: "check_in:c7"."""

    key: str
    kind: Literal["check_in", "promise"]
    due: datetime
    place: str
    conversation: str
    case: int = 0
    data: dict[str, Any] = field(default_factory=dict)
