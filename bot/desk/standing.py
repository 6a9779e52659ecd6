"""How a customer stands with the shop, beyond any one case: since when, their tier, grants, blocks, and an ending."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from bot.desk.grants import Grant
from bot.desk.marks import Observed


class Block(Struct, frozen=True, kw_only=True):
    """A time in which the bot says nothing to a customer, and why; for staff."""

    by: str
    at: datetime
    until: datetime
    reason: str


class Check(Struct, frozen=True, kw_only=True):
    """A step of a checklist, and who did it when."""

    id: str
    text: str
    salvage: bool = False
    by: str = ""
    at: datetime | None = None
    note: str = ""


class Ending(Struct, frozen=True, kw_only=True):
    """The ending of a relationship, decided by people step by step; `stopped` says that it does not count any more."""

    reason: str
    by: str
    at: datetime
    case: int
    checks: tuple[Check, ...] = ()
    ended_at: datetime | None = None
    ended_by: str = ""
    stopped_at: datetime | None = None
    stopped_by: str = ""

    @property
    def state(self) -> Literal["going", "ended", "stopped"]:
        """Where it is."""
        return "stopped" if self.stopped_at else "ended" if self.ended_at else "going"

    @property
    def next(self) -> Check | None:
        """The step whose turn it is; None when all are done."""
        return next((check for check in self.checks if not check.by), None)


class Verified(Struct, frozen=True, kw_only=True):
    """An order that a customer has shown to be theirs, how, from which account, and until when that counts."""

    number: str
    how: Literal["email", "code", "account"]
    at: datetime
    until: datetime
    account: str = ""


class Replaced(Struct, frozen=True, kw_only=True):
    """Something of an order that was sent anew or swapped at the customer's wish, and from which account."""

    number: str
    at: datetime
    account: str = ""


class Standing(Struct, frozen=True, kw_only=True):
    """What is kept on the customer; cases carry it as it was when they were last shown."""

    since: datetime | None = None
    grants: tuple[Grant, ...] = ()
    block: Block | None = None
    ending: Ending | None = None
    tier: str = ""
    verified: tuple[Verified, ...] = ()
    replaced: tuple[Replaced, ...] = ()
    observed: tuple[Observed, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether the shop has ended the relationship."""
        return self.ending is not None and self.ending.state == "ended"

    def blocked(self, now: datetime) -> bool:
        """Tell whether the customer is blocked."""
        return self.block is not None and now < self.block.until
