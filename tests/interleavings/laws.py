"""What must hold whatever happens: one owner, no note to a customer, a next action for every case, every promise kept.

Each law is stated on what everybody can see (turns, screens, stored cases), not on how the engine gets there.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from bot.desk.case import Case, Deadline
from bot.dialog.catalog import Catalog
from bot.dialog.effects import OpenCase, Say, TellStaff, UpdateCase
from bot.dialog.events import AgentActed, DeadlineReached, Event
from bot.dialog.state import Dossier, Turn
from bot.ports import Outgoing

CANARY = "zqcanary"  # begins every word that only staff may read
_APOLOGIES = {"promise_missed", "promise_missed_by"}


class Laws:
    """Looks on as turns are taken."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    # --- at each turn -------------------------------------------------------------------------------------------------

    def turn(self, before: Dossier, event: Event, turn: Turn) -> None:
        """Judge one turn by what was known before it."""
        earlier = {case.number: case for case in before.cases}
        muted = before.standing.ended or before.standing.blocked(event.at)
        for case in turn.dossier.cases:
            self._owner(case)
            if was := earlier.get(case.number):
                self._hands(was, case, event, turn)
                self._promise(was, case, event, turn, muted=muted)
        self._cards(turn)
        if isinstance(event, DeadlineReached):
            self._due(earlier, event, turn, muted=muted)

    def _owner(self, case: Case) -> None:
        """A case has one owner, or waits in a queue that there is."""
        if case.status == "owned":
            assert case.assignee, f"case {case.number} is owned by nobody"
            assert case.assignee in self._catalog.agents
        elif case.status == "waiting":
            assert not case.assignee, f"case {case.number} waits and is {case.assignee}'s"
        assert case.queue in self._catalog.queues

    def _hands(self, was: Case, case: Case, event: Event, turn: Turn) -> None:
        """An owner is followed by another only by an act that says so, and all who look on are told."""
        if not (was.status == case.status == "owned" and was.assignee != case.assignee):
            return
        assert isinstance(event, AgentActed), f"{type(event).__name__} moved case {case.number}"
        assert type(event).__name__ == "CaseAssigned", f"{type(event).__name__} moved case {case.number}"
        assert any(isinstance(effect, TellStaff) and effect.case == case.number for effect in turn.effects)

    def _promise(self, was: Case, case: Case, event: Event, turn: Turn, *, muted: bool) -> None:
        """A promise ends when somebody of us writes, gives a new time, or the case ends; never by itself.

        One who is blocked, or with whom all has ended, hears nothing of it; then the card tells staff.
        """
        if was.promise is None or case.promise == was.promise or not case.open:
            return
        if isinstance(event, DeadlineReached):
            assert event.deadline.kind in ("promise", "lease"), event.deadline
        tells = Say | TellStaff | UpdateCase | OpenCase if muted else Say | TellStaff
        told = any(isinstance(effect, tells) for effect in turn.effects)
        assert told, f"the promise of case {case.number} changed in silence at {type(event).__name__}"

    def _due(self, earlier: dict[int, Case], event: DeadlineReached, turn: Turn, *, muted: bool) -> None:
        """A promise that nobody kept is apologised for, or staff are told that it was missed once more.

        In a careful case the customer hears when they are written to instead, and nothing that admits a fault; one who
        is blocked, or with whom all has ended, hears nothing.
        """
        case = earlier.get(event.deadline.case)
        if event.deadline.kind != "promise" or case is None or not case.open or case.promise != event.deadline.due:
            return
        words = {f"careful_{key}" for key in _APOLOGIES} if case.careful else _APOLOGIES
        apologised = any(isinstance(each, Say) and each.source.id in words for each in turn.effects)
        alerted = any(isinstance(each, TellStaff) and each.kind == "alert" for each in turn.effects)
        assert alerted, f"nobody was told that the promise of case {case.number} was missed"
        if muted:
            assert not [each for each in turn.effects if isinstance(each, Say)]
            return
        missed = int(event.deadline.data.get("missed", 0)) + 1
        assert apologised or missed > self._catalog.limits.apologies, f"no apology in case {case.number}"

    def _cards(self, turn: Turn) -> None:
        """Cards show the case as it is stored."""
        stored = {case.number: case for case in turn.dossier.cases}
        for effect in turn.effects:
            if isinstance(effect, OpenCase | UpdateCase):
                assert effect.case == stored[effect.case.number]

    # --- when all is calm ---------------------------------------------------------------------------------------------

    def rest(self, dossier: Dossier, deadlines: Sequence[Deadline], now: datetime) -> None:
        """Judge what is stored of a customer."""
        for case in dossier.cases:
            self._owner(case)
            mine = [due for due in deadlines if due.case == case.number]
            if not case.open:
                assert {due.kind for due in mine} <= {"check_in"}, f"closed case {case.number} has {mine}"
                continue
            assert mine, f"nothing will ever happen to case {case.number} by itself: {case}"
            if case.promise:
                assert case.promise > now, f"the promise of case {case.number} has passed"
                assert any(due.kind == "promise" and due.due == case.promise for due in mine), case

    def seen(self, customer: str, shown: Sequence[Outgoing]) -> None:
        """Judge everything that a customer could see, with its ids, sources and forms."""
        for outgoing in shown:
            payload = msgspec.json.encode(outgoing.effect).decode()
            assert CANARY not in payload, f"{customer} was shown what only staff may read: {payload}"
            assert outgoing.place.startswith(customer), f"{customer}'s words went to {outgoing.place}"
