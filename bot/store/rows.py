"""Translates a Batch into parameter lists, one per statement, and rows back into records; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from bot.desk.case import Case, Deadline
from bot.desk.contacts import Heard
from bot.desk.floor import Floor, Wait, Waiter, held
from bot.desk.marks import Observed
from bot.dialog.accounts import accounts_of
from bot.dialog.effects import (
    Call,
    CancelTimer,
    ClosePlace,
    Effect,
    MarkReply,
    NoteFact,
    OpenCase,
    OpenPrivate,
    Post,
    Say,
    StartTimer,
    TakeBack,
    TellStaff,
    UpdateCase,
)  # fmt: skip
from bot.dialog.events import DeadlineReached, Event
from bot.dialog.state import Dossier, Trace
from bot.ports import Act, Batch, Delivery, Outgoing, Said, TurnTaken, Waiting
from bot.store import audiences, errands
from bot.store.audit import act_of
from bot.store.statements import CANCEL_TIMER, FORGET_FACT, PUT_FACT, START_TIMER
from bot.store.transcript import entries

Row = tuple[Any, ...]

_encode = msgspec.json.Encoder().encode
_event = msgspec.json.Decoder(Event).decode
_effect = msgspec.json.Decoder(Effect).decode
_dossier = msgspec.json.Decoder(Dossier).decode
_trace = msgspec.json.Decoder(Trace).decode
_deadline = msgspec.json.Decoder(Deadline).decode
_case = msgspec.json.Decoder(Case).decode
_observed = msgspec.json.Decoder(Observed).decode


@dataclass(frozen=True, slots=True)
class Accepted:
    """An event to insert; a fired one only if its deadline can be deleted."""

    event: Event
    row: Row
    deadline: Row | None


@dataclass(frozen=True, slots=True)
class Rows:
    """What a batch writes, statement by statement; an empty list costs nothing.

    `timers` and `facts` keep statements and parameters together, since these must stay in order.
    """

    accepted: list[Accepted] = field(default_factory=list)
    dossiers: list[Row] = field(default_factory=list)
    consumed: list[Row] = field(default_factory=list)
    turns: list[Row] = field(default_factory=list)
    said: list[Row] = field(default_factory=list)
    acts: list[Row] = field(default_factory=list)
    flows: list[Row] = field(default_factory=list)
    cases: list[Row] = field(default_factory=list)
    timers: list[tuple[str, Row]] = field(default_factory=list)
    facts: list[tuple[str, Row]] = field(default_factory=list)
    outbox: list[tuple[TurnTaken, int, Effect, Row]] = field(default_factory=list)
    deliveries: list[Row] = field(default_factory=list)
    errands: list[Row] = field(default_factory=list)
    given: list[Row] = field(default_factory=list)


def stamp(when: datetime) -> str:
    """Return a time as it is stored: UTC, fixed width, so that it sorts as text."""
    if when.tzinfo is None:
        raise ValueError(f"{when} has no time zone")
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def body(value: object) -> str:
    """Return a record as stored JSON."""
    return _encode(value).decode()


def effect_id(turn: str, index: int) -> str:
    """Name an effect by its turn and its place in it: "c7.3.0"."""
    return f"{turn}.{index}"


# --- out --------------------------------------------------------------------------------------------------------------


def rows(batch: Batch) -> Rows:
    """Translate everything that a batch writes."""
    out = Rows(flows=list(batch.flows.items()), deliveries=[_delivery(delivery) for delivery in batch.deliveries])
    fired = set(batch.fired)
    for event in batch.accepted:
        out.accepted.append(_accepted(event, fired))
    for taken in batch.turns:
        _add_turn(out, taken)
    return out


def _accepted(event: Event, fired: set[tuple[str, str]]) -> Accepted:
    row = (event.key, body(event), stamp(event.at))
    if isinstance(event, DeadlineReached) and (event.customer, event.deadline.key) in fired:
        return Accepted(event, row, (event.customer, event.deadline.key, stamp(event.deadline.due)))
    return Accepted(event, row, None)


def _add_turn(out: Rows, taken: TurnTaken) -> None:
    event, turn = taken.event, taken.turn
    at = stamp(event.at)
    out.dossiers.append((event.customer, taken.version, body(turn.dossier)))
    out.consumed.extend((turn.id, inbox, event.customer) for inbox in taken.inbox)
    out.turns.append((turn.id, event.customer, at, type(event).__name__, body(turn.trace)))
    out.said.extend(
        (entry.customer, entry.conversation, entry.case, entry.who, entry.kind, entry.text, at)
        for entry in entries(event, turn)
    )
    if act := act_of(taken):
        out.acts.append(act_row(act))
    out.errands.extend(map(errands.row, taken.errands))
    if given := audiences.given(taken):
        out.given.append(given)
    for index, effect in enumerate(turn.effects):
        _add_effect(out, taken, index, effect, at)


def _add_effect(out: Rows, taken: TurnTaken, index: int, effect: Effect, at: str) -> None:
    dossier = taken.turn.dossier
    customer = _account(taken, effect)
    match effect:
        case StartTimer(deadline=deadline):
            out.timers.extend((CANCEL_TIMER, (account, deadline.key)) for account in dossier.accounts)
            out.timers.append((START_TIMER, (customer, deadline.key, stamp(deadline.due), body(deadline))))
            return
        case CancelTimer(deadline=key):
            out.timers.extend((CANCEL_TIMER, (account, key)) for account in accounts_of(dossier))
            return
        case NoteFact(name=name, value=value, was=was):
            out.facts.append((PUT_FACT, (name, value, was)) if value else (FORGET_FACT, (name, was)))
            return
        case OpenCase():
            out.cases.append(_case_row(effect.case, effect.case.customer, effect_id(taken.turn.id, index)))
        case UpdateCase():
            out.cases.append(_case_row(effect.case, effect.case.customer, ""))
        case Say() | TakeBack() | OpenPrivate() | ClosePlace() | TellStaff() | Post() | MarkReply() | Call():
            pass
    row = (effect_id(taken.turn.id, index), taken.turn.id, customer, place(effect, customer), body(effect), at, at)
    out.outbox.append((taken, index, effect, row))


def _account(taken: TurnTaken, effect: Effect) -> str:
    """Return the account that an effect is for: the case's, or that of the conversation in whose place it is."""
    dossier = taken.turn.dossier
    if not dossier.accounts:
        return taken.event.customer
    if isinstance(effect, StartTimer):
        owned = [case.customer for case in dossier.cases if case.number == effect.deadline.case]
        if owned:
            return owned[0]
    at = effect.deadline.place if isinstance(effect, StartTimer) else getattr(effect, "place", "")
    turn = taken.turn.id.rpartition(".")[0]
    talks = sorted(
        dossier.conversations, key=lambda talk: (bool(at) and at not in (talk.place, talk.home), talk.id != turn)
    )
    return (talks[0].account if talks else "") or taken.event.account or taken.event.customer


def place(
    effect: Say | TakeBack | OpenPrivate | ClosePlace | OpenCase | UpdateCase | TellStaff | Post | MarkReply | Call,
    customer: str,
) -> str:
    """Return where an effect goes; a call goes to no platform."""
    return f"call:{customer}" if isinstance(effect, Call) else effect.place


def act_row(act: Act) -> Row:
    """Return an entry of the audit log as it is stored."""
    return (stamp(act.at), act.who, act.role, act.act, act.case, act.rule, act.turn, body(act.detail))


def _case_row(case: Case, customer: str, card: str) -> Row:
    return (
        case.number,
        customer,
        case.queue,
        case.status,
        case.assignee,
        case.priority,
        stamp(case.opened_at),
        stamp(case.promise) if case.promise else None,
        card,
        body(case),
    )


def _delivery(delivery: Delivery) -> Row:
    status = "failed" if delivery.failed else "pending" if delivery.again else "delivered"
    again = stamp(delivery.again) if delivery.again else None
    return (status, delivery.platform_id, delivery.failed, again, delivery.seq)


# --- back -------------------------------------------------------------------------------------------------------------


def sent(outbox: Iterable[tuple[TurnTaken, int, Effect, Row]], seqs: Iterable[int]) -> tuple[Outgoing, ...]:
    """Return the outbox rows that were just written."""
    return tuple(
        Outgoing(
            seq=seq,
            id=row[0],
            customer=row[2],
            place=row[3],
            effect=effect,
            trace=taken.turn.trace,
            at=taken.event.at,
        )
        for (taken, _, effect, row), seq in zip(outbox, seqs, strict=True)
    )


def outgoing(row: Row) -> Outgoing:
    """Read an outbox row that an attempt may already have delivered."""
    seq, id, customer, place, effect, trace, at, attempts = row
    return Outgoing(
        seq=seq,
        id=id,
        customer=customer,
        place=place,
        effect=_effect(effect),
        trace=_trace(trace),
        at=datetime.fromisoformat(at),
        attempts=attempts,
        repeat=True,
    )


def waiting(row: Row) -> Waiting:
    """Read an inbox row."""
    id, text, customer, account = row
    return whose(id, _event(text), customer, account)


def whose(id: int, event: Event, customer: str, account: str = "") -> Waiting:
    """Return an accepted event as its customer's; the account that it came from goes with it."""
    if event.customer != customer:
        event = msgspec.structs.replace(event, customer=customer, account=account or event.customer)
    return Waiting(id=id, event=event)


def dossiers(found: Iterable[Row], customers: Sequence[str]) -> dict[str, tuple[int, Dossier]]:
    """Read dossiers; a customer without a row has an empty one."""
    known = {customer: (version, _dossier(text)) for customer, version, text in found}
    return {customer: known.get(customer) or (0, Dossier(customer=customer)) for customer in customers}


def customers(found: Iterable[Row]) -> list[Dossier]:
    """Read a page of dossiers."""
    return [_dossier(text) for _, _, text in found]


def reached(row: Row, now: datetime) -> DeadlineReached:
    """Read a deadline as the event that it has been reached; the key names customer, deadline and due time."""
    customer, deadline = row[0], _deadline(row[1])
    key = f"deadline:{customer}:{deadline.key}:{deadline.due.isoformat()}"
    return DeadlineReached(key=key, customer=customer, at=now, deadline=deadline)


def scheduled(row: Row) -> tuple[str, Deadline]:
    """Read a deadline and whose it is."""
    return row[0], _deadline(row[1])


def floor(facts: Iterable[Row], queued: Iterable[Row], waited: Iterable[Row], owned: Iterable[Row]) -> Floor:
    """Read what all customers share."""
    return Floor(
        facts=dict(facts),
        waiting=tuple(
            Waiter(
                case=number,
                queue=queue,
                priority=priority,
                since=datetime.fromisoformat(opened),
                danger=bool(danger),
                late=bool(late),
            )
            for number, queue, priority, opened, danger, late in queued
        ),
        waits=tuple(Wait(case=number, queue=queue, minutes=minutes) for number, queue, minutes in waited),
        held=tuple(held(case(row)) for row in owned),
    )


def case(row: Row) -> Case:
    """Read a case of the board."""
    return _case(row[0])


def about(row: Row) -> str:
    """Read what a post is about."""
    effect = _effect(row[0])
    return effect.about if isinstance(effect, Post) else ""


def heard(row: Row) -> Heard:
    """Read where a customer did something, and how they rated us by it."""
    turn, at, place, near, scope, rated = row
    return Heard(
        conversation=turn.rpartition(".")[0],
        at=datetime.fromisoformat(at),
        place=place,
        near=near or "",
        scope=scope or "private",
        rated=rated or 0,
    )


def observed(body: str) -> Observed:
    """Read what somebody noticed of a customer."""
    return _observed(body)


def trace(row: Row) -> Trace:
    """Read why a turn went as it did."""
    return _trace(row[0])


def said(row: Row) -> Said:
    """Read a line of the transcript."""
    id, customer, conversation, case, who, kind, text, at = row
    return Said(
        id=id,
        customer=customer,
        conversation=conversation,
        case=case,
        who=who,
        kind=kind,
        text=text,
        at=datetime.fromisoformat(at),
    )


def act(row: Row) -> tuple[int, Act]:
    """Read an entry of the audit log, and its id."""
    id, at, who, role, act, case, rule, turn, detail = row
    read = Act(
        at=datetime.fromisoformat(at),
        who=who,
        role=role,
        act=act,
        case=case,
        rule=rule,
        turn=turn,
        detail=msgspec.json.decode(detail),
    )
    return id, read
