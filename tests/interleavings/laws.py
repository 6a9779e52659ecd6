"""What must hold whatever happens: one owner, no note to a customer, a next action for every case, every promise kept.

Each law is stated on what everybody can see (turns, screens, stored cases), not on how the engine gets there.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from bot.desk.case import Case, Deadline
from bot.desk.standing import Standing
from bot.desk.team import may
from bot.dialog.accounts import accounts_of
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Call, OpenCase, OpenPrivate, Say, TellStaff, UpdateCase
from bot.dialog.events import (
    CallReturned,
    CaseClaimed,
    CaseDecided,
    ChoicePressed,
    DeadlineReached,
    Event,
    FormSubmitted,
    MessageReceived,
    NoticeGiven,
    PromiseWithdrawn,
    ReplyUndone,
    SuggestionSent,
)
from bot.dialog.happening import AgentActed
from bot.dialog.linking import LINK
from bot.dialog.markup import plain
from bot.dialog.speech import spoken_time
from bot.dialog.state import Dossier, Turn
from bot.ports import Outgoing
from tests.interleavings.ledger import Ledger

CANARY = "zqcanary"  # begins every word that only staff may read
WORD = "zqword"  # and the name of a customer: a word of theirs, which only their own accounts may read
_APOLOGIES = {"promise_missed", "promise_missed_by", "lease_over"}
_TIMES = {*_APOLOGIES, "promise_moved"}
_OF_PEOPLE = {
    "already_waiting",
    "promise_moved",  # in its place
    "back_with_bot",
    "call_back",
    "call_back_noted",
    "called_by_name",
    "closed_quietly",  # when the customer says that nothing is left
    "danger_closed",
    "danger_told",
    "dont_know",
    "first_contact",
    "followed",
    "handoff",
    "handoff_closed",
    "handoff_nobody",
    "how_long",
    "how_long_again",
    "kept",
    "leave_case",
    "left_to_people",
    "looks_up",
    "mycases_added",
    "mycases_closed_now",
    "not_helped",
    "passed_on",
    "reopened",
    "safety",
    "stuck",
    "supervisor",
    "supervisor_asked",
    "supervisor_has_it",
    "supervisor_told",
    "trouble",
}


@dataclass(frozen=True, kw_only=True)
class Before:
    """What was known before a turn: cases by number, how each account of the customer stood, and who they were."""

    cases: Mapping[int, Case]
    standings: Sequence[Standing]
    accounts: frozenset[str]


class Laws:
    """Looks on as turns are taken."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._codes: dict[str, str] = {}  # call → the code that it tries, as it is kept
        self._used: set[str] = set()
        self._sent: set[str] = set()
        self._told: set[tuple[int, str]] = set()
        self._ledger = Ledger(catalog)

    # --- at each turn -------------------------------------------------------------------------------------------------

    def turn(self, before: Before, event: Event, turn: Turn) -> None:
        """Judge one turn by what was known before it."""
        earlier = before.cases
        muted = any(each.ended or each.blocked(event.at) for each in before.standings)
        for case in turn.dossier.cases:
            self._owner(case)
            if was := earlier.get(case.number):
                self._hands(was, case, event, turn)
                self._promise(was, case, event, turn, muted=muted)
                self._decided(was, case, event, turn)
        self._cards(turn)
        self._mode(event, turn)
        self._links(event, turn)
        self._notice(event, turn)
        self._own(before, turn)
        if isinstance(event, DeadlineReached):
            self._due(earlier, event, turn, muted=muted)
        self._ledger.turn(earlier, event, turn, muted=muted)

    def _owner(self, case: Case) -> None:
        """A case has one owner, who may have it, or waits in a queue that there is."""
        if case.status == "owned":
            assert case.assignee, f"case {case.number} is owned by nobody"
            assert case.assignee in self._catalog.agents
            assert may(self._catalog.agents[case.assignee], case.role), f"case {case.number} is not for its owner"
        elif case.status == "waiting":
            assert not case.assignee, f"case {case.number} waits and is {case.assignee}'s"
        assert case.queue in self._catalog.queues

    def _hands(self, was: Case, case: Case, event: Event, turn: Turn) -> None:
        """An owner is followed by another only by an act that says so, and all who look on are told.

        A supervisor claims a case from its owner if its customer has asked for one, others only in so many words.
        """
        if not (was.status == case.status == "owned" and was.assignee != case.assignee):
            return
        assert isinstance(event, AgentActed), f"{type(event).__name__} moved case {case.number}"
        wanted = "supervisor" in was.flags and self._catalog.agents[case.assignee].role != "agent"
        wanted = wanted or (isinstance(event, CaseClaimed) and event.anyway)
        acts = {"CaseAssigned", "CaseClaimed"} if wanted else {"CaseAssigned"}
        assert type(event).__name__ in acts, f"{type(event).__name__} moved case {case.number}"
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
        if not muted and case.promise and was.promise > event.at:
            self._later(was.promise, case, event, turn)

    def _later(self, told: datetime, case: Case, event: Event, turn: Turn) -> None:
        """A time that was told, and has not passed, gives way to a later one only in words of a person, or by name.

        One that a person takes back is gone with their words.
        """
        if (
            isinstance(event, ReplyUndone | PromiseWithdrawn)
            or case.untold
            or case.promise is None
            or case.promise <= told
            or case.kind != "handoff"
        ):
            return
        said = [each for each in turn.effects if isinstance(each, Say)]
        before = plain(spoken_time(self._catalog, event.at, told))
        named = any(each.source.kind == "agent" or before in plain(each.text) for each in said)
        assert named, f"case {case.number} was put off from {before} without a word of it at {type(event).__name__}"

    def _decided(self, was: Case, case: Case, event: Event, turn: Turn) -> None:
        """What was decided stays decided, and only somebody whose role allows it decides."""
        if isinstance(event, CaseDecided) and event.case == case.number and was.decision:
            assert not any(isinstance(each, Say | Call) for each in turn.effects), f"case {case.number} decided twice"
        if was.decision == case.decision:
            return
        assert not was.decision, (
            f"case {case.number} was {was.decision}, then {case.decision} at {type(event).__name__}"
        )
        assert isinstance(event, CaseDecided), f"{type(event).__name__} decided case {case.number}"
        assert may(self._catalog.agents[event.agent], case.role), f"{event.agent} decided case {case.number}"

    def _mode(self, event: Event, turn: Turn) -> None:
        """In silent mode customers hear nothing; in suggest mode, what a person sent, once, and that people are called.

        Codes that link accounts are for the customer's eyes alone, and need nobody's leave.
        """
        said = [effect for effect in turn.effects if isinstance(effect, Say)]
        mode = _mode_of(event, turn)
        if mode == "silent":
            assert not said, f"said in silent mode: {said}"
        if mode == "suggest":
            unsent = [each for each in said if not _needs_nobody(each, turn)]
            assert not unsent, f"said in suggest mode by nobody: {unsent}"
        if isinstance(event, SuggestionSent) and said:
            assert event.suggestion not in self._sent, f"{event.suggestion} was sent twice"
            self._sent.add(event.suggestion)

    def _links(self, event: Event, turn: Turn) -> None:
        """A code links two accounts once."""
        for at, effect in enumerate(turn.effects):
            if isinstance(effect, Call) and effect.action == LINK:
                self._codes[f"{turn.id}.{at}"] = effect.args["hash"]
        if isinstance(event, CallReturned) and event.result == "linked":
            code = self._codes.get(event.call, event.call)
            assert code not in self._used, "a code has linked accounts twice"
            self._used.add(code)
            assert len(turn.dossier.accounts) > 1

    def _notice(self, event: Event, turn: Turn) -> None:
        """Of a notice to many, nobody is told twice, and nobody who wants none."""
        if isinstance(event, NoticeGiven) and any(isinstance(effect, Say | OpenPrivate) for effect in turn.effects):
            assert turn.dossier.no_notices is None
            for account in accounts_of(turn.dossier):
                assert (event.number, account) not in self._told, f"{account} was told of notice {event.number} twice"
            self._told |= {(event.number, account) for account in accounts_of(turn.dossier)}

    def _own(self, before: Before, turn: Turn) -> None:
        """Customers hear in their own places, and only words of accounts that are linked to theirs."""
        own = before.accounts.union(accounts_of(turn.dossier))
        for effect in turn.effects:
            if isinstance(effect, Say):
                assert effect.place.partition("#")[0] in own, f"words for {own} went to {effect.place}"
                words = msgspec.json.encode(effect).decode()
                theirs = {f"local:{name}" for name in re.findall(rf"{WORD}([a-z]+)", words)}
                assert theirs <= own, f"{effect.place} was shown words of {theirs}: {words}"

    def _due(self, earlier: Mapping[int, Case], event: DeadlineReached, turn: Turn, *, muted: bool) -> None:
        """A promise that nobody kept is followed by a new time that the customer hears; the first few with an apology.

        Staff are told of those. While a case of theirs needs care, nothing admits a fault; one who is blocked, or with
        whom all has ended, hears nothing until they can be spoken to again.
        """
        case = earlier.get(event.deadline.case)
        if event.deadline.kind != "promise" or case is None or not case.open or case.promise != event.deadline.due:
            return
        early = case.missed + case.leases < self._catalog.limits.apologies
        alerted = any(isinstance(each, TellStaff) and each.kind == "alert" for each in turn.effects)
        just = case.told is not None and event.at - case.told < timedelta(minutes=1)
        assert alerted or just or not early, f"nobody was told that the promise of case {case.number} was missed"
        if muted:
            assert not [each for each in turn.effects if isinstance(each, Say)]
            now = next(each for each in turn.dossier.cases if each.number == case.number)
            assert now.untold, f"case {case.number} has a time that its customer does not know"
            return
        keys = _APOLOGIES if early else _TIMES
        careful = [each for each in turn.dossier.cases if each.careful]
        neutral = {f"careful_{key}" for key in keys}
        words = neutral if any(each.open for each in careful) else keys | (neutral if careful else set())
        told = any(isinstance(each, Say) and each.source.id in words for each in turn.effects)
        assert told, f"no new time in case {case.number}"

    def _cards(self, turn: Turn) -> None:
        """Cards show the case as it is stored."""
        stored = {case.number: case for case in turn.dossier.cases}
        for effect in turn.effects:
            if isinstance(effect, OpenCase | UpdateCase):
                assert effect.case == stored[effect.case.number]

    def unseen(self, dossier: Dossier) -> None:
        """Take what a turn has made of a customer of which nothing could be seen."""
        self._ledger.forget(dossier.cases)

    # --- when all is calm ---------------------------------------------------------------------------------------------

    def rest(self, dossier: Dossier, deadlines: Sequence[Deadline], now: datetime) -> None:
        """Judge what is stored of a customer."""
        for each in dossier.suggestions:
            kept = {due.key for due in deadlines}
            people = any(case.open and case.number == each.talk.case for case in dossier.cases)
            watched = each.idle or people or f"unsent:{each.talk.place}" in kept
            assert watched, f"nobody is called if suggestion {each.id} is never sent"
        muted = dossier.standing.ended or dossier.standing.blocked(now)
        self._ledger.rest(dossier.cases, now, muted=muted)
        for case in dossier.cases:
            self._owner(case)
            mine = [due for due in deadlines if due.case == case.number]
            if not case.open:
                assert {due.kind for due in mine} <= {"check_in", "away"}, f"closed case {case.number} has {mine}"
                continue
            tells = [due for due in mine if _tells(due, case)]
            assert tells, f"nobody will ever hear of case {case.number} by itself: {case}"
            if case.snoozed:
                back = any(due.kind == "snooze" and due.due == case.snoozed for due in mine)
                assert back, f"case {case.number} is put aside and never comes back"
            if case.untold and case.promise:
                sooner = case.believed is not None and case.promise <= case.believed  # moved up where the bot is silent
                assert sooner or muted, f"case {case.number} is untold"
            if case.promise:
                assert case.promise > now, f"the promise of case {case.number} has passed"
                assert any(due.kind == "promise" and due.due == case.promise for due in mine), case

    def whole(self, dossiers: Mapping[str, Dossier], board: Sequence[Case]) -> None:
        """Accounts are linked or they are not, never half; every open case is in one dossier, whose account has it."""
        for account, dossier in dossiers.items():
            for each in accounts_of(dossier):
                assert dossiers.get(each, dossier) == dossier, f"{account} is linked to {each}, which is not to it"
            assert account in accounts_of(dossier), f"{account} has the dossier of {dossier.customer}"
        leads = {dossier.customer: dossier for dossier in dossiers.values()}
        held = [case for dossier in leads.values() for case in dossier.cases]
        for dossier in leads.values():
            assert {case.customer for case in dossier.cases} <= set(accounts_of(dossier)), dossier.customer
        numbers = [case.number for case in held]
        assert len(numbers) == len(set(numbers)), f"a case is in two dossiers: {sorted(numbers)}"
        stored = {case.number: case for case in board if case.open}
        dossiers_have = {case.number: case for case in held if case.open}
        different = [number for number in stored | dossiers_have if stored.get(number) != dossiers_have.get(number)]
        assert not different, [(stored.get(number), dossiers_have.get(number)) for number in different]

    def seen(self, customer: str, shown: Sequence[Outgoing]) -> None:
        """Judge everything that a customer could see, with its ids, sources and forms."""
        for outgoing in shown:
            payload = msgspec.json.encode(outgoing.effect).decode()
            assert CANARY not in payload, f"{customer} was shown what only staff may read: {payload}"
            assert outgoing.place.partition("#")[0] == customer, f"{customer}'s words went to {outgoing.place}"


def _tells(due: Deadline, case: Case) -> bool:
    """Tell whether somebody hears of a case at a deadline; while others owe something, a customer is not asked."""
    owed = any(task.open for task in case.tasks)
    return due.kind not in ("needed", "block", "grant", "check_in") and not (due.kind == "quiet" and owed)


def _mode_of(event: Event, turn: Turn) -> str:
    """Return the mode in which customers hear what comes of an event: of their words, or of the talk that goes on."""
    if isinstance(event, MessageReceived | ChoicePressed | FormSubmitted):
        return event.mode
    if isinstance(event, CallReturned):
        id = turn.id.rpartition(".")[0]
        return next((talk.mode for talk in turn.dossier.conversations if talk.id == id), "live")
    return "live"


def _needs_nobody(say: Say, turn: Turn) -> bool:
    """Tell what may be said though nobody sends it: that people are called, what to do until then, and codes."""
    if say.source.kind == "flow":
        return any(isinstance(each, OpenCase) and each.case.kind == "approval" for each in turn.effects)
    if say.source.kind != "text":
        return False
    if turn.trace.rule.startswith(("code_", "link_", "unlink")):
        return say.source.id.startswith(("link", "unlinked")) or say.source.id == "first_contact"
    calls = any(isinstance(effect, OpenCase | TellStaff) for effect in turn.effects)
    return calls and say.source.id.removeprefix("careful_") in _OF_PEOPLE
