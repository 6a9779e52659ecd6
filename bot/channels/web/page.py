"""The playground as a channel: every effect goes to every open page, in the protocol of `bot.channels.lines`.

A page's memory is the store: one that (re)connects is sent what was said and delivered so far, so that nothing here
has to be kept. What a page sends is read in `server.py`.
"""

import asyncio
import json
from typing import Any

import msgspec
from aiohttp import web

from bot.channels.lines import PREFIX, case_choices, show, shown_name, tree
from bot.dialog.effects import Effect, OpenCase, Say, TellStaff, UpdateCase
from bot.dialog.events import CallReturned, ChoicePressed, Event, FormSubmitted, MessageReceived
from bot.dialog.markup import plain
from bot.dialog.state import Turn
from bot.ports import Outgoing, Said, Shop

_CUSTOMERS = ("ana", "ben", "chloe", "dev")
_HISTORY = 1_000
_BACKLOG = 10_000


class Page:
    """The open pages, as one channel and as a watcher of turns."""

    def __init__(self) -> None:
        self.stirred = asyncio.Event()
        self._queues: set[asyncio.Queue[str]] = set()

    async def serve(self, socket: web.WebSocketResponse, shop: Shop) -> None:
        """Send a page everything there is, then everything that comes, until its connection ends."""
        queue: asyncio.Queue[str] = asyncio.Queue(_BACKLOG)
        self._queues.add(queue)
        try:
            await socket.send_str(json.dumps({"hello": await hello(shop)}))
            while True:
                await socket.send_str(await queue.get())
        except (ConnectionError, RuntimeError):
            return  # it is gone, and will ask for everything anew
        finally:
            self._queues.discard(queue)

    def tell(self, frame: dict[str, Any]) -> None:
        """Queue a frame for every page; one that is hopelessly behind is cut off and starts anew."""
        text = json.dumps(frame)
        for queue in list(self._queues):
            try:
                queue.put_nowait(text)
            except asyncio.QueueFull:
                self._queues.discard(queue)

    # --- Channel ------------------------------------------------------------------------------------------------------

    def lane(self, place: str) -> str:
        """One page, one lane."""
        return "page"

    async def deliver(self, outgoing: Outgoing) -> str:
        """Show the effect; the page knows it by its id."""
        self.tell(frame(outgoing))
        return outgoing.id

    # --- Watcher ------------------------------------------------------------------------------------------------------

    def typing(self, who: str, by: str) -> None:
        """Show that the bot has heard and is at it."""
        self.tell({"typing": {"who": who, "by": by, "on": True}})

    def turned(self, customer: str, event: Event, turn: Turn) -> None:
        """Show what the customer did, and why the bot acts as it does."""
        who = short(customer)
        said = utterance(event)
        if said is not None:
            echo = {"to": "bot", "who": who, "id": event.key, "text": said, "at": event.at.isoformat()}
            self.tell({**echo, "ref": event.key.removeprefix("ref:")})
        waiting = any(
            talk.frames and talk.frames[-1].waiting.startswith(turn.id) for talk in turn.dossier.conversations
        )
        if not waiting and isinstance(event, MessageReceived | ChoicePressed | FormSubmitted | CallReturned):
            self.tell({"typing": {"who": who, "by": "", "on": False}})
        effects = [{"effect": type(effect).__name__, "summary": summary(effect)} for effect in turn.effects]
        self.tell({"turn": {"who": who, "trace": msgspec.to_builtins(turn.trace), "effects": effects}})
        self.stirred.set()


async def hello(shop: Shop) -> dict[str, Any]:
    """Return everything that a page shows."""
    catalog, store = shop.catalog, shop.store
    said = await store.transcript(limit=_HISTORY)
    delivered = await store.delivered(_HISTORY)
    messages = [(line.at, 0, spoken(line)) for line in said if line.kind == "customer"]
    messages += [(each.at, 1, frame(each)) for each in delivered]
    known = dict.fromkeys((*_CUSTOMERS, *(short(line.customer) for line in said)))
    return {
        "shop": {"company": catalog.voice.company, "bot": catalog.voice.bot},
        **await present(shop),
        "agents": [{"id": agent.id, "name": agent.name, "role": agent.role} for agent in catalog.agents.values()],
        "customers": [{"id": who, "name": shown_name(who)} for who in known],
        "suggestions": list(catalog.suggestions),
        "messages": [line for _, _, line in sorted(messages, key=lambda each: each[:2])],
        "cases": [{"card": msgspec.to_builtins(case), "choices": case_choices(case)} for case in await store.board()],
    }


async def present(shop: Shop) -> dict[str, Any]:
    """Return what changes by itself: the time, what is scheduled, whether the bot is paused."""
    return {
        "now": shop.clock.now().isoformat(),
        "paused": shop.paused,
        "scheduled": [
            {"key": each.key, "kind": each.kind, "who": short(who), "due": each.due.isoformat(), "case": each.case}
            for who, each in await shop.store.scheduled()
        ],
    }


def frame(outgoing: Outgoing) -> dict[str, Any]:
    """Return an effect as the page shows it."""
    effect = outgoing.effect
    line = show(effect, who=short(outgoing.customer), id=outgoing.id, at=outgoing.at, trace=outgoing.trace)
    if isinstance(effect, Say | TellStaff):
        line["html"] = tree(effect.text)
    return line


def spoken(line: Said) -> dict[str, Any]:
    """Return a customer's words from the transcript as the page shows them."""
    return {
        "to": "bot",
        "who": short(line.customer),
        "id": f"said{line.id}",
        "text": line.text,
        "at": line.at.isoformat(),
    }


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
        case Say() | TellStaff():
            return plain(effect.text)[:80]
        case OpenCase() | UpdateCase():
            return f"case {effect.case.number}: {effect.case.status}"
        case _:
            fields = msgspec.to_builtins(effect)
            return str(fields.get("action") or fields.get("deadline"))[:80]


def short(customer: str) -> str:
    """Return a local customer's short name: "local:ana" is "ana"."""
    return customer.removeprefix(f"{PREFIX}:")
