"""A platform as a face for conversation tests: what a script asks for is done and seen as people do it there.

A script's `press: Yes` is the press of a button or a choice from a menu, `submit` fills in a modal that a button has
opened, and an agent presses the buttons of cards, fills in their forms, and writes in their threads.
"""

import re
from collections.abc import AsyncIterator
from mimetypes import guess_type

from bot.channels.casework import POST_WORDED, WORDED
from bot.channels.console.channel import Console
from bot.channels.words import label
from bot.durations import duration
from bot.errors import BadInput
from bot.rehearsal import Line, Scenery
from tests.contract.sides import PREFIX, Open, Shown, Side, number_of, opened

_LABEL = 75
_COUNTER = re.compile(r"(?P<amount>\S+(?: [A-Z]{3})?) (?P<what>[^,]+), (?P<reason>.+)")


class Native:
    """One platform, with the customers in their DMs and the staff in rooms."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._open: Open | None = None
        self._system: list[Line] = []
        self._customers: dict[str, None] = {}
        self._seen: dict[str, int] = {}  # message → edits
        self._fields: dict[str, tuple[str, ...]] = {}  # message → labels of the form that it opens
        self._former: dict[tuple[int, str], str] = {}  # what cards have offered before
        self._offered: dict[str, tuple[Shown, str]] = {}  # what posts have offered, by label
        self._form_button = ""
        self._typed = 0
        self._marks: dict[str, int] = {}  # message → marks

    async def opened(self, scenery: Scenery) -> AsyncIterator[None]:
        console = Console(self._system.append)  # for the effects that nobody sees, such as timers
        async with opened(
            self._side,
            self._side,
            folder=scenery.folder,
            catalog=scenery.catalog,
            at=scenery.at,
            behind=scenery.behind,
            watchers=(console,),
            mode=scenery.mode,
        ) as self._open:
            self._form_button = label(scenery.catalog, "ui_open_form", _LABEL)
            yield

    # --- doing --------------------------------------------------------------------------------------------------------

    async def do(self, request: Line) -> None:
        assert self._open
        if "customer" in request:
            key = await self._customer(request["customer"], request)
        elif "about" in request:
            key = await self._on_post(request["agent"], request["do"], request.get("text", ""))
        elif "agent" in request and "case" not in request:
            key = ""
            assert await self._side.desk(request["agent"], request["do"], request["text"])
        elif "agent" in request:
            key = await self._agent(request["agent"], request["do"], request["case"], request["text"])
        else:
            key = await self._wait(request["advance"])
        await self._open.settled(key)
        for who in self._customers:
            for shown in self._side.dm(who):
                if shown.id not in self._seen and (offer := shown.offer(self._form_button)):
                    self._fields[shown.id] = await self._side.unfold(who, shown, offer)

    async def _wait(self, time: str) -> str:
        assert self._open
        await self._open.wait(duration(time))
        return ""

    async def _customer(self, who: str, request: Line) -> str:
        self._customers[who] = None
        if "say" in request:
            files = [(name, guess_type(name)[0] or "", b"bytes") for name in request.get("files", ())]
            return await self._side.write(who, request["say"], files)
        if "press" in request:
            shown, offer = self._offer(who, request["press"])
            return await self._side.press(who, shown, offer)
        if not self._side.has_form(who):
            raise BadInput(f"'{who}' has no form to fill in")
        blanks = {field: text or " " for field, text in request["submit"].items()}  # what can be sent for nothing
        if objected := await self._side.submit(who, blanks):
            raise BadInput(objected)
        return ""

    def _offer(self, who: str, pressed: str) -> tuple[Shown, str]:
        """Find what shall be pressed by its label or its id, in what was shown last."""
        there = [(shown, *offer) for shown in reversed(self._side.dm(who)) for offer in shown.offers]
        for shown, text, offer in there:
            if text.casefold() == pressed.casefold():
                return shown, offer
        for shown, _, offer in there:
            if "/" in pressed and offer.endswith(pressed[pressed.index("/") :]):
                return shown, offer
        raise BadInput(f"'{who}' is shown no '{pressed}'; there are {[text for _, text, _ in there]}")

    async def _agent(self, agent: str, do: str, number: int, text: str) -> str:
        assert self._open
        if agent not in self._open.shop.catalog.agents:
            raise BadInput(f"there is no agent '{agent}'")
        card = self._open.card(number)
        if card is None:
            raise BadInput(f"there is no case {number}")
        if do == "line":
            return await self._side.write_below(agent, card, text)
        if do == "live" and (switch := card.offer(f"Live {text}")):
            return await self._side.press(agent, card, switch)
        if do in ("reply", "note"):
            self._typed += 1
            if self._typed % 2 or text.startswith("!"):  # every other time in the thread, else by the button
                return await self._side.write_below(agent, card, f"{PREFIX} {text}" if do == "reply" else text)
        if (counter := _COUNTER.fullmatch(text)) and do == "counter" and (offer := card.offer("Counter-offer")):
            await self._side.unfold(agent, card, offer)
            if objected := await self._side.submit(agent, counter.groupdict()):
                raise BadInput(objected)
            return ""
        offer = card.offer(do.capitalize()) or self._former.get((number, do.capitalize()), "")
        if not offer or (text and do not in WORDED):  # what has no button, or says more than that, is typed
            return await self._side.write_below(agent, card, f"!{do} {text}".strip())
        if do not in WORDED:
            return await self._side.press(agent, card, offer)
        await self._side.unfold(agent, card, offer)
        if objected := await self._side.submit(agent, {self._side.words: text}):
            if do == "snooze":  # the form says itself that it is no time; as a command, the thread does
                return await self._side.write_below(agent, card, f"!{do} {text}")
            raise BadInput(objected)
        return ""

    async def _on_post(self, agent: str, do: str, text: str) -> str:
        """Press what the last post has offered, or type it below: the one every other time."""
        assert self._open
        shown, offer = self._offered[label(self._open.shop.catalog, f"act_{do}", _LABEL)]
        self._typed += 1
        if self._typed % 2:
            return await self._side.write_below(agent, shown, f"!{do} {text}".strip())
        if do not in POST_WORDED:
            return await self._side.press(agent, shown, offer)
        await self._side.unfold(agent, shown, offer)
        if objected := await self._side.submit(agent, {self._side.words: text}):
            raise BadInput(objected)
        return ""

    # --- hearing ------------------------------------------------------------------------------------------------------

    def heard(self) -> list[Line]:
        lines, self._system[:] = list(self._system), []
        for who in self._customers:
            lines += [self._said(who, shown) for shown in self._new(self._side.dm(who)) if not shown.by]
        assert self._open
        for queue in self._open.shop.catalog.queues:
            room = self._side.cards(queue)
            for card in filter(number_of, room):
                lines += self._card(queue, card)
                lines += [_below(queue, card, shown) for shown in self._new(self._side.below(card))]
                lines += self._marked(queue, number_of(card), self._side.below(card))
            lines += self._posts(queue, [each for each in room if not number_of(each)])
        return lines

    def _posts(self, queue: str, room: list[Shown]) -> list[Line]:
        """Return what stands in a room by itself and is new, and what the bot said below it."""
        lines = []
        for shown in room:
            lines += [_post(queue, each) for each in self._new([shown])]
            self._offered |= {text: (shown, id) for text, id in shown.offers}
            lines += [_post(queue, each) for each in self._new(self._side.below(shown)) if not each.by]
            lines += self._marked(queue, None, [shown, *self._side.below(shown)])
        return lines

    def _new(self, shown: list[Shown]) -> list[Shown]:
        fresh = [each for each in shown if each.edits > self._seen.get(each.id, -1)]
        self._seen |= {each.id: each.edits for each in fresh}
        return fresh

    def _marked(self, queue: str, case: int | None, below: list[Shown]) -> list[Line]:
        """Return the marks that lines of a thread have got."""
        line: Line = {"to": "staff", "who": queue, "case": case, "kind": "mark", "author": ""}
        lines: list[Line] = []
        for shown in below:
            lines += [line | {"text": sign, "sent": sign} for sign in shown.marks[self._marks.get(shown.id, 0) :]]
            self._marks[shown.id] = len(shown.marks)
        return lines

    def _said(self, who: str, shown: Shown) -> Line:
        choices = [{"id": id, "label": text} for text, id in shown.offers if text != self._form_button]
        line: Line = {
            "to": "customer",
            "who": who,
            "text": shown.text,
            "sent": shown.sent,
            "author": "",
            "choices": choices,
        }
        if shown.id in self._fields:
            line["form"] = {"fields": [{"label": text} for text in self._fields[shown.id]]}
        return line

    def _card(self, queue: str, card: Shown) -> list[Line]:
        """Return a card when it was posted, and once more for each change; what it said in between is not kept."""
        line: Line = {"to": "staff", "who": queue, "case": number_of(card), "kind": "card", "text": card.text}
        assert self._open
        ready_made = {each.title for each in self._open.shop.catalog.snippets.values()}
        buttons = [{"id": id, "label": text} for text, id in card.offers if text not in ready_made]
        line |= {"sent": card.sent, "choices": buttons}
        line |= {"card": {"facts": {}}}
        self._former |= {(number_of(card), text): id for text, id in card.offers}
        known = self._seen.get(card.id)
        self._seen[card.id] = card.edits
        first = [line | {"new": True}] if known is None else []
        return first + [line | {"new": False}] * (card.edits - (known or 0))


def _post(queue: str, shown: Shown) -> Line:
    """Return what stands in a staff room by itself."""
    line: Line = {"to": "staff", "who": queue, "case": None, "author": "", "sent": shown.sent}
    choices = [{"id": id, "label": text} for text, id in shown.offers]
    return line | {"typed": False, "kind": "", "text": shown.text.removesuffix(" (edited)"), "choices": choices}


def _below(queue: str, card: Shown, shown: Shown) -> Line:
    """Return a line of a case's thread; what an agent typed there stands there as it was typed."""
    line: Line = {"to": "staff", "who": queue, "case": number_of(card), "author": shown.by, "sent": shown.sent}
    line |= {"typed": bool(shown.by)}
    if not shown.by:
        return line | {"kind": "", "text": shown.text}
    if shown.text.startswith(f"{PREFIX} "):
        return line | {"kind": "agent", "text": shown.text.removeprefix(PREFIX).strip()}
    return line | {"kind": "note", "text": shown.text.removeprefix("!note ")}
