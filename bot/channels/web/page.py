"""The playground as a channel: every effect goes to every open page, in the protocol of `bot.channels.lines`.

A page's memory is the store: one that (re)connects is sent what was said and delivered so far. All that is kept here
is what the store does not tell: which event a line of the transcript came from, so that no message is shown twice, and
what the bot made of a customer's last words. What a page sends is read in `server.py`.
"""

import asyncio
import json
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from bot.channels import noticeform
from bot.channels.casework import case_choices, notes
from bot.channels.decisions import checklist
from bot.channels.deskpage import next_text, owner
from bot.channels.lines import PREFIX, show, shown_name, tree
from bot.channels.words import wanted, word
from bot.desk.broadcast import NoticeKind
from bot.desk.case import Case
from bot.desk.glance import Row, glance
from bot.dialog.catalog import Catalog
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
from bot.dialog.events import CallReturned, ChoicePressed, Event, FormSubmitted, MessageDelivered, MessageReceived
from bot.dialog.files import File
from bot.dialog.markup import plain
from bot.dialog.state import Trace, Turn
from bot.errors import DeliveryRefused
from bot.ports import Outgoing, Said, Shop, Waiting

_T = TypeVar("_T")
_CUSTOMERS = ("ana", "ben", "chloe", "dev")
_HISTORY = 1_000
_BACKLOG = 10_000
_REMEMBERED = 2_000
_LATELY = 200
_DESK = 200
_WORDS = ("decision", "id", "topic", "confidence", "candidates", "phrasing", "at")


class Page:
    """The open pages, as one channel and as a watcher of turns."""

    def __init__(self, backlog: int = _BACKLOG) -> None:
        self.stirred = asyncio.Event()
        self.shop: Shop | None = None  # while it is served
        self._backlog = backlog
        self._serving: dict[asyncio.Queue[str], asyncio.Task[None]] = {}
        self._keys: OrderedDict[str, str] = OrderedDict()  # of the customers' last lines in the transcript
        self._reasons = Reasons()
        self._traces: OrderedDict[str, Trace] = OrderedDict()  # of the last turns, as they are shown
        self._shown: deque[Outgoing] = deque(maxlen=_LATELY)  # what the store does not know to be delivered yet, too

    async def serve(self, socket: web.WebSocketResponse, shop: Shop) -> None:
        """Send a page everything there is, then everything that comes, until its connection ends.

        Runs as a task of its own, which is cancelled when the page is hopelessly behind.
        """
        queue: asyncio.Queue[str] = asyncio.Queue(self._backlog)
        serving = asyncio.current_task()
        assert serving
        self._serving[queue] = serving
        try:
            await socket.send_str(json.dumps({"hello": await hello(shop, self._keys, self._shown)}))
            while True:
                await socket.send_str(await queue.get())
        except (ConnectionError, RuntimeError):
            return  # it is gone, and will ask for everything anew
        finally:
            self._serving.pop(queue, None)

    def tell(self, frame: dict[str, Any]) -> None:
        """Queue a frame for every page; one that is hopelessly behind is cut off and starts anew."""
        text = json.dumps(frame)
        for queue, serving in list(self._serving.items()):
            try:
                queue.put_nowait(text)
            except asyncio.QueueFull:
                del self._serving[queue]
                serving.cancel()

    def echo(self, event: Event) -> None:
        """Show what the customer did; a page that has it already ignores it."""
        line = echo(event)
        if line is not None:
            self.tell(line)

    # --- Channel ------------------------------------------------------------------------------------------------------

    def lane(self, place: str) -> str:
        """One page, one lane."""
        return "page"

    async def deliver(self, outgoing: Outgoing) -> str:
        """Show the effect; the page knows it by its id."""
        self._shown.append(outgoing)
        if self.shop:
            trace = self._traces.get(outgoing.id.rpartition(".")[0], outgoing.trace)
            self.tell(frame(outgoing, trace, self.shop.catalog))
        return outgoing.id

    async def fetch(self, file: File) -> bytes:
        """No file comes in on the page."""
        raise DeliveryRefused(f"{file.at} is not here")

    # --- Watcher ------------------------------------------------------------------------------------------------------

    def typing(self, who: str, by: str) -> None:
        """Show that the bot has heard and is at it."""
        self.tell({"typing": {"who": who, "by": by, "on": True}})

    def turned(self, customer: str, event: Event, turn: Turn) -> None:
        """Show what the customer did, and why the bot acts as it does."""
        if isinstance(event, MessageDelivered):
            return  # it says nothing about why
        account = event.account or customer  # of linked accounts, the one that this came from
        who = short(account)
        text = utterance(event)
        if text is not None:
            _keep(self._keys, _fingerprint(account, event.at, text), event.key)
        self.echo(event)
        waiting = any(
            talk.frames and talk.frames[-1].waiting.startswith(turn.id) for talk in turn.dossier.conversations
        )
        if not waiting and isinstance(event, MessageReceived | ChoicePressed | FormSubmitted | CallReturned):
            self.tell({"typing": {"who": who, "by": "", "on": False}})
        effects = [{"effect": type(effect).__name__, "summary": summary(effect)} for effect in turn.effects]
        trace = self._reasons.of(customer, turn.trace)
        _keep(self._traces, turn.id, trace)
        self.tell({"turn": {"who": who, "trace": msgspec.to_builtins(trace), "effects": effects}})
        self.stirred.set()


class Reasons:
    """What the bot made of customers' last words: why a turn that goes on from a call goes the way it does."""

    def __init__(self) -> None:
        self._words: OrderedDict[str, Trace] = OrderedDict()

    def of(self, customer: str, trace: Trace) -> Trace:
        """Return a turn's trace, with the understanding that led to the call that it goes on from. Call in order."""
        if trace.decision or trace.candidates:
            _keep(self._words, customer, trace)
        elif trace.rule == "call_returned" and (words := self._words.get(customer)):
            return msgspec.structs.replace(trace, **{name: getattr(words, name) for name in _WORDS})
        return trace


async def hello(shop: Shop, keys: Mapping[str, str], lately: Iterable[Outgoing] = ()) -> dict[str, Any]:
    """Return everything that a page shows; `keys` are the events' behind lines of the transcript.

    `lately` is what pages were shown last: the store learns a moment later that it was delivered.
    """
    catalog, store = shop.catalog, shop.store
    said = await store.transcript(limit=_HISTORY)
    waiting = await store.waiting()  # read last: what had its turn in between is echoed after the hello
    delivered = {each.id: each for each in (*await store.delivered(_HISTORY), *lately)}.values()
    messages = [(line.at, 0, spoken(line, keys)) for line in said if line.kind == "customer"]
    messages += [(each.event.at, 0, line) for each in waiting if (line := echo(each.event)) is not None]
    reasons = Reasons()
    messages += [(each.at, 1, frame(each, reasons.of(each.customer, each.trace), catalog)) for each in delivered]
    return {
        "shop": {"company": catalog.voice.company, "bot": catalog.voice.bot, "timezone": catalog.voice.zone},
        **await present(shop),
        "agents": [{"id": agent.id, "name": agent.name, "role": agent.role} for agent in catalog.agents.values()],
        "customers": await _customers(shop, said, waiting),
        "snippets": [{"id": each.id, "title": each.title} for each in catalog.snippets.values()],
        "outcomes": [{"id": each.id, "title": each.title} for each in catalog.outcomes.values()],
        "notices": [_notice(kind, catalog) for kind in catalog.notices.kinds.values()],
        "suggestions": list(catalog.suggestions),
        "messages": [line for _, _, line in sorted(messages, key=lambda each: each[:2])],
        "cases": [_card(case, catalog) for case in await store.board()],
    }


def _notice(kind: NoticeKind, catalog: Catalog) -> dict[str, Any]:
    """Return the form of a notice to many, and who may send one."""
    fields = [{"id": each.id, "label": each.label} for each in noticeform.fields(kind, catalog)]
    may_send = [agent for agent in catalog.agents if kind in noticeform.kinds(catalog, agent)]
    return {"id": kind.id, "title": kind.title, "fields": fields, "agents": may_send}


async def _customers(shop: Shop, said: Iterable[Said], waiting: Iterable[Waiting]) -> list[dict[str, str]]:
    """Return the customers that a page knows, under the names that they gave."""
    names = {f"{PREFIX}:{who}": "" for who in _CUSTOMERS}
    names |= {line.customer: "" for line in said}
    names |= {each.event.customer: called for each in waiting if (called := _called(each.event))}
    dossiers = await shop.store.dossiers(list(names))
    names |= {who: dossier.name for who, (_, dossier) in dossiers.items() if dossier.name}
    return [{"id": short(who), "name": name or shown_name(short(who))} for who, name in names.items()]


async def present(shop: Shop) -> dict[str, Any]:
    """Return what changes by itself: the time, what is scheduled, whether the bot is paused."""
    return {
        "now": shop.clock.now().isoformat(),
        "paused": shop.paused,
        "scheduled": [
            {"key": each.key, "kind": each.kind, "who": short(who), "due": each.due.isoformat(), "case": each.case}
            for who, each in await shop.store.scheduled()
        ],
        "desk": await desk(shop),
    }


async def desk(shop: Shop) -> dict[str, Any]:
    """Return the desk at a glance for all agents: whose a case is, and in which category, the page looks at itself."""
    cases, now, catalog = await shop.store.board(), shop.clock.now(), shop.catalog
    follow_ups = await shop.store.follow_ups([case for case in cases if case.assignee])
    shown = glance(cases, catalog.queues, now, agent=None, follow_ups=follow_ups, most=_DESK)
    words = ("desk_all", "desk_empty")
    return {
        "categories": shown.categories,
        "words": {key.removeprefix("desk_"): plain(word(catalog, key)) for key in words},
        "sections": [
            {
                "part": section.part,
                "heading": plain(word(catalog, f"desk_{section.part}")),
                "rows": [_row(catalog, row, now) for row in section.rows],
            }
            for section in shown.sections
        ],
    }


def _row(catalog: Catalog, row: Row, now: datetime) -> dict[str, Any]:
    return {
        "case": row.number,
        "name": row.name,
        "subject": wanted(catalog, row.subject)[:200],
        "category": row.category,
        "priority": row.priority,
        "by": [each for each in (row.owner, *row.helpers) if each],
        "owner": owner(catalog, row),
        "standing": row.standing,
        "late": row.due is not None and row.due <= now,
        "next": plain(next_text(catalog, row, now)),
        "tasks": len(row.tasks),
    }


def frame(outgoing: Outgoing, trace: Trace, catalog: Catalog) -> dict[str, Any]:
    """Return an effect as the page shows it, with the reasons for it."""
    effect = outgoing.effect
    line = show(effect, who=short(outgoing.customer), id=outgoing.id, at=outgoing.at, trace=trace)
    if isinstance(effect, Say | TellStaff | Post):
        line["html"] = tree(effect.text)
    elif isinstance(effect, OpenCase | UpdateCase):
        line |= _card(effect.case, catalog)
    return line


def _card(case: Case, catalog: Catalog) -> dict[str, Any]:
    """Return what the page draws a card of; its notes are those of every staff channel."""
    told = [*notes(case, catalog), *checklist(case, catalog)]
    choices = case_choices(case, catalog)
    shown = [tree(line.strip()) for line in told]
    title = wanted(catalog, case.subject)
    return {"card": msgspec.to_builtins(case), "title": title, "choices": choices, "notes": shown}


def spoken(line: Said, keys: Mapping[str, str]) -> dict[str, Any]:
    """Return a customer's words from the transcript as the page shows them: as the event that brought them."""
    return {
        "to": "bot",
        "who": short(line.customer),
        "id": keys.get(_fingerprint(line.customer, line.at, line.text), f"said{line.id}"),
        "text": line.text,
        "at": line.at.isoformat(),
    }


def echo(event: Event) -> dict[str, Any] | None:
    """Return what a customer did as the page shows it, if that is what happened; `ref` is the page's own line."""
    text = utterance(event)
    if text is None:
        return None
    return {
        "to": "bot",
        "who": short(event.account or event.customer),
        "name": _called(event),
        "id": event.key,
        "text": text,
        "at": event.at.isoformat(),
        "ref": event.key.removeprefix("ref:"),
    }


def _fingerprint(customer: str, at: datetime, text: str) -> str:
    """Return by what a turn's event and its line in the transcript are known to be the same."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return sha256(f"{customer}\n{moment}\n{text}".encode()).hexdigest()


def _keep(kept: OrderedDict[str, _T], name: str, value: _T) -> None:
    """Remember something as the latest, and forget what is too long ago."""
    kept[name] = value
    kept.move_to_end(name)
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)


def _called(event: Event) -> str:
    return event.name if isinstance(event, MessageReceived | ChoicePressed | FormSubmitted) else ""


def utterance(event: Event) -> str | None:
    """Return what the customer said or pressed in an event, if that is what happened."""
    match event:
        case MessageReceived():
            return event.text
        case ChoicePressed():
            return event.label or event.choice.rpartition("/")[2]
        case FormSubmitted():
            return "\n".join(event.values.values())
        case _:
            return None


def summary(effect: Effect) -> str:
    """Return an effect in a few words."""
    match effect:
        case Say() | TellStaff() | Post():
            return plain(effect.text)[:80]
        case OpenCase() | UpdateCase():
            return f"case {effect.case.number}: {effect.case.status}"
        case Call():
            return effect.action
        case StartTimer():
            return f"{effect.deadline.kind} due {effect.deadline.due.isoformat()}"
        case CancelTimer():
            return effect.deadline
        case NoteFact():
            return effect.name
        case OpenPrivate() | ClosePlace():
            return effect.place
        case TakeBack():
            return effect.effect
        case MarkReply():
            return effect.sign


def short(customer: str) -> str:
    """Return a local customer's short name: "local:ana" is "ana"."""
    return customer.removeprefix(f"{PREFIX}:")
