"""What customers were given once: exceptions and goodwill, and how much of it whose role may give.

Amounts are texts of exact decimals ("10.00") in the currency beside them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from bot.desk.team import ROLES

Status = Literal["unused", "used", "revoked", "expired"]


class Grant(Struct, frozen=True, kw_only=True):
    """Something given to a customer, once: what, worth how much (empty: no sum of money), by whom and for which case.

    It can be used until `expires`; `used_for` says what for. A revoked one is as if it had never been given.
    Its `number` may change when accounts are linked; its `key` stays, and no other customer's grant has it. It is
    the `account`'s in whose case it was given.
    """

    number: int
    what: str
    by: str
    role: str
    case: int
    at: datetime
    expires: datetime
    amount: str = ""
    currency: str = ""
    used_at: datetime | None = None
    used_for: str = ""
    revoked_at: datetime | None = None
    revoked_by: str = ""
    lapsed: bool = False
    key: str = ""
    account: str = ""

    def status(self, now: datetime) -> Status:
        """Return what has become of it."""
        if self.revoked_at:
            return "revoked"
        if self.used_at:
            return "used"
        return "expired" if self.lapsed or now >= self.expires else "unused"


class Cap(Struct, frozen=True, kw_only=True):
    """How much a role may give: for one case, and to one customer in the period."""

    per_case: Decimal
    per_customer: Decimal


class Goodwill(Struct, frozen=True, kw_only=True):
    """The shop's rules for what is given: caps by role, the period that they count in, and how long it can be used."""

    caps: Mapping[str, Cap]
    period: timedelta
    expires: timedelta


def may_give(goodwill: Goodwill, role: str, amount: Decimal, case: int, given: Iterable[Grant], now: datetime) -> bool:
    """Tell whether the role may give so much more. A role without a cap of its own has that of the next lower one.

    All that was given counts, whoever gave it; for the case at any time, for the customer in the period.
    """
    cap = _cap(goodwill, role)
    if cap is None:
        return False
    counted = [grant for grant in given if grant.amount and not grant.revoked_at]
    of_case = sum((Decimal(grant.amount) for grant in counted if grant.case == case), amount)
    lately = sum((Decimal(grant.amount) for grant in counted if now - grant.at <= goodwill.period), amount)
    return of_case <= cap.per_case and lately <= cap.per_customer


def role_for(goodwill: Goodwill, amount: Decimal, case: int, given: Iterable[Grant], now: datetime) -> str:
    """Return the lowest role that may give so much more; empty when nobody may."""
    before = tuple(given)
    return next((role for role in ROLES if may_give(goodwill, role, amount, case, before, now)), "")


def _cap(goodwill: Goodwill, role: str) -> Cap | None:
    known = ROLES[: ROLES.index(role) + 1] if role in ROLES else ()
    return next((goodwill.caps[each] for each in reversed(known) if each in goodwill.caps), None)
