"""The JSON-lines protocol of `frontdesk chat --json`, which the playground's WebSocket speaks too (docs/protocol.md).

Lives here: reading one request, and showing one effect. What a request refers to (a choice, a form, a case) is looked
up in committed state, so that a bad one is refused before anything happens.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from difflib import get_close_matches
from mimetypes import guess_type
from typing import Any
from uuid import uuid4

import msgspec
from msgspec import Struct

from bot.channels import noticeform
from bot.channels.casework import (
    ACTIONS,
    LINE,
    POST_ACTS,
    POST_WORDED,
    SIGNS,
    card_text,
    case_acts,
    post_event,
    prefilled,
    staff_event,
)
from bot.channels.deskcommand import NOTICE, OWN_ACTS, REASSIGN
from bot.channels.looking import DESK, LOOKS, TRANSCRIPT, Look
from bot.channels.typed import HELD, parts, staff_events
from bot.channels.words import label
from bot.desk.case import Case
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
from bot.dialog.events import ActMistyped, ChoicePressed, Event, FormSubmitted, MessageReceived
from bot.dialog.files import File
from bot.dialog.markup import Bold, Break, Code, Italic, Item, Link, Node, parse, plain
from bot.dialog.state import Dossier, Trace, was_offered
from bot.durations import duration
from bot.errors import BadInput
from bot.ports import Shop

PREFIX = "local"
REPLY = "!r "
_ABOUT = re.compile(r"suggestion/\S+:\S+/\d{1,18}|task/\d{1,18}/\d{1,9}/\S+:\S+|notice/\d{1,9}")
_LONGEST = 40_000
_MOST_FILES, _LONGEST_NAME = 10, 255
_FARTHEST = timedelta(days=366)
_LAST_YEAR = 2999
_LARGEST = 2**63 - 1
_WORDED = ("reply", "note", LINE)  # what is nothing without a text
_KEYS = {
    "customer": {"customer", "say", "files", "press", "submit", "name", "ref"},
    "agent": {"agent", "case", "about", "do", "text", "values", "after", "ref"},
    "advance": {"advance", "ref"},
}


class Move(Struct, frozen=True, kw_only=True):
    """A request to move the clock; one with the same `ref` moves it to the same time, however often it comes."""

    by: timedelta
    ref: str = ""


Request = Event | tuple[Event, ...] | Move | Look | None


class Reader:
    """Turns the requests of a shop's people into events."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def read(self, request: object) -> Request:
        """Return what a request means, in order if it is several things; None for one whose `ref` has been done.

        Raises BadInput for a bad part.
        """
        if not isinstance(request, dict):
            raise BadInput('a line must be a JSON object such as {"customer": "ana", "say": "hello"}')
        kind = next((kind for kind in _KEYS if kind in request), None)
        if kind is None:
            raise BadInput("a line needs one of the keys customer, agent or advance")
        for key in request:
            if key not in _KEYS[kind]:
                raise BadInput(f"'{key[:64]}' is not a key of a line with '{kind}'{_close(key, sorted(_KEYS[kind]))}")
        ref = _text(request, "ref", 200) if "ref" in request else ""
        if kind == "advance":
            return _move(request, ref, self._shop.clock.now())
        key = f"ref:{ref}" if ref else f"line:{uuid4().hex}"
        if ref and await self._shop.store.knows(key):
            return None
        return await (self._customer if kind == "customer" else self._agent)(request, key, self._shop.clock.now())

    async def snippet(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return a ready-made reply filled in, as text for the agent to change. Raises BadInput for a bad part."""
        who, code = _text(request, "agent", 64), _text(request, "snippet", 64)
        case = await self._case(request)
        known: tuple[tuple[str, Mapping[str, Any]], ...] = (
            (who, self._shop.catalog.agents),
            (code, self._shop.catalog.snippets),
        )
        for name, there in known:
            if name not in there:
                raise BadInput(f"there is no '{name}'{_close(name, there)}")
        return {"case": case.number, "id": code, "text": prefilled(self._shop, case, code, who)}

    async def _case(self, request: Mapping[str, Any]) -> Case:
        number = request.get("case")
        if not isinstance(number, int) or isinstance(number, bool):
            raise BadInput("'case' must be the number of a case")
        case = await self._shop.store.case(number) if 0 < number <= _LARGEST else None
        if case is None:
            raise BadInput(f"there is no case {number}")
        return case

    async def _customer(self, request: Mapping[str, Any], key: str, now: datetime) -> Event:
        who = _text(request, "customer", 64)
        if not who.replace("-", "").replace("_", "").replace(".", "").isalnum():
            raise BadInput(f"'{who}' cannot be a customer; use letters, digits, - and _")
        said = [name for name in ("say", "press", "submit") if name in request]
        if len(said) != 1:
            raise BadInput("a line with 'customer' needs exactly one of say, press or submit")
        customer = f"{PREFIX}:{who}"
        name = _text(request, "name", 80) if "name" in request else shown_name(who)
        common: dict[str, Any] = {"key": key, "customer": customer, "at": now, "place": customer, "name": name}
        if "say" in request:
            text = _text(request, "say", _LONGEST, empty=True)
            return MessageReceived(text=text, files=_files(request.get("files", [])), **common)
        if "files" in request:
            raise BadInput("'files' come with 'say', which may be empty")
        dossier = (await self._shop.store.dossiers([customer]))[customer][1]
        if "press" in request:
            choice, label = _choice(dossier, who, _text(request, "press", 255))
            return ChoicePressed(choice=choice, label=label, **common)
        form, values = _form(dossier, who, request["submit"])
        return FormSubmitted(form=form, values=values, **common)

    async def _agent(self, request: Mapping[str, Any], key: str, now: datetime) -> Event | tuple[Event, ...] | Look:
        who = _text(request, "agent", 64)
        agents = self._shop.catalog.agents
        if who not in agents:
            raise BadInput(f"there is no agent '{who}'{_close(who, agents)}")
        do = _text(request, "do", 20)
        if "about" in request:
            return self._on_post(request, do, agent=who, key=key, at=now)
        known = (*ACTIONS, LINE, *LOOKS, REASSIGN)
        if do not in known:
            raise BadInput(f"'{do}' is not something an agent can do{_close(do, known)}")
        if "after" in request and do != TRANSCRIPT:
            raise BadInput(f"'after' goes with '{TRANSCRIPT}' only")
        text = _text(request, "text", _LONGEST, empty=do not in _WORDED) if "text" in request else ""
        if "values" in request:
            text = self._filled(request, do, who, text)
        if do in LOOKS:
            return await self._look(request, who, do)
        if do == REASSIGN:
            return Look(agent=who, do=do, text=text, key=key)
        if do in OWN_ACTS and "case" not in request:  # it is about no case
            common: dict[str, Any] = {"key": key, "customer": f"staff:{who}", "at": now, "agent": who, "case": 0}
            return staff_event(do, text, **common)
        case = await self._case(request)
        number = case.number
        if do in _WORDED and not text.strip():
            raise BadInput(f"'{do}' needs a text")
        typed = [(do, text)]
        if do in ("note", LINE):  # as in a case's thread on a platform, where "!assign lee" is no note
            typed = [(do if each == LINE else each, words) for each, words in parts(text, REPLY)]
        events = staff_events(typed, key=key, customer=case.customer, at=now, agent=who, case=number)
        for event in events:
            if isinstance(event, ActMistyped):
                raise self._mistyped(f"staff_how_{event.do}", event)
        return events if len(events) > 1 else events[0]

    def _mistyped(self, key: str, event: ActMistyped) -> BadInput:
        return BadInput(
            label(self._shop.catalog, key, 300, case=event.case, agent=event.agent, said=event.text, task=event.about)
        )

    def _filled(self, request: Mapping[str, Any], do: str, who: str, kind: str) -> str:
        """Return a form of a notice to many as the line that it comes to."""
        values = request["values"]
        if do != NOTICE or not isinstance(values, dict) or not all(isinstance(each, str) for each in values.values()):
            raise BadInput(f"'values' go with '{NOTICE}', and are an object with a text for each field of its form")
        line = noticeform.line(kind, {_sound(name): _sound(value) for name, value in values.items()})
        if wrong := noticeform.amiss(self._shop.catalog, who, line, 300):
            raise BadInput(wrong)
        return line

    async def _look(self, request: Mapping[str, Any], who: str, do: str) -> Look:
        if do == DESK:
            return Look(agent=who, do=do, text=_text(request, "text", 200, empty=True) if "text" in request else "")
        after = request.get("after", 0)
        if not isinstance(after, int) or isinstance(after, bool) or not 0 <= after <= _LARGEST:
            raise BadInput("'after' must be the 'more' of the page before")
        return Look(agent=who, do=do, case=await self._case(request), after=after)

    def _on_post(self, request: Mapping[str, Any], do: str, **common: Any) -> Event:
        if "case" in request:
            raise BadInput("a line has 'case' or 'about', not both")
        if do not in POST_ACTS:
            raise BadInput(f"'{do}' is not something to do with a post{_close(do, POST_ACTS)}")
        about = _text(request, "about", 300)
        text = _text(request, "text", _LONGEST, empty=True) if "text" in request else ""
        if not _ABOUT.fullmatch(about):
            raise BadInput("'about' must be what a post says it is about, such as suggestion/local:ana/12")
        event = post_event(about, do, text, **common)
        if isinstance(event, ActMistyped) and event.do == HELD:
            raise self._mistyped("post_how_lines", event)
        if event is None or isinstance(event, ActMistyped):
            raise BadInput(
                f"'{do}' needs a text" if do in POST_WORDED and not text.strip() else f"'{do}' is not for this post"
            )
        return event


async def obey(shop: Shop, request: Request) -> bool:
    """Do what a request asks for; False when it was done before. A look is for `looking.answer`, and does nothing."""
    if request is None or isinstance(request, Look):
        return False
    if isinstance(request, Move):
        return await _advance(shop, request)
    every = request if isinstance(request, tuple) else (request,)
    return any([await shop.accept(each) for each in every])


async def _advance(shop: Shop, move: Move) -> bool:
    name, now = f"moved:{move.ref}", shop.clock.now()
    known = await shop.store.setting(name) if move.ref else None
    until = datetime.fromisoformat(known) if known else now + move.by
    if move.ref and not known:
        await shop.store.set(name, until.isoformat())
    if until > now:
        await shop.advance_clock(until - now)
    return known is None


def shown_name(who: str) -> str:
    """Return the name that a local customer is shown under: "ana" is Ana."""
    return who[:1].upper() + who[1:]


def _move(request: Mapping[str, Any], ref: str, now: datetime) -> Move:
    try:
        by = duration(_text(request, "advance", 40))
    except (ValueError, OverflowError) as error:
        raise BadInput(str(error)) from None
    if by > _FARTHEST or (now + by).year > _LAST_YEAR:
        raise BadInput(f"the clock moves by at most {_FARTHEST.days}d at once, and not beyond the year {_LAST_YEAR}")
    return Move(by=by, ref=ref)


def _text(request: Mapping[str, Any], key: str, most: int, *, empty: bool = False) -> str:
    value = request.get(key)
    if not isinstance(value, str):
        raise BadInput(f"'{key}' must be a text")
    if not value.strip() and not empty:
        raise BadInput(f"'{key}' must not be empty")
    if len(value) > most:
        raise BadInput(f"'{key}' has {len(value)} characters; at most {most} are taken")
    return _sound(value)


def _sound(text: str) -> str:
    """Return the text without halves of characters, which JSON can say and nothing else can hold."""
    return text.encode("utf-8", "replace").decode()


def _files(sent: object) -> tuple[File, ...]:
    """Return files by their names, of the kind that their ending tells; what is in them, a terminal doesn't have."""
    names = sent if isinstance(sent, list) and len(sent) <= _MOST_FILES else [""]
    if not all(isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME for name in names):
        raise BadInput(f"'files' must be a list of at most {_MOST_FILES} names such as \"mug.jpg\"")
    return tuple(
        File(at=f"{PREFIX}:{_sound(name)}", name=_sound(name), kind=guess_type(name)[0] or "") for name in names
    )


def _close(word: str, known: Any) -> str:
    found = get_close_matches(word[:64], list(known), 1)
    return f"; did you mean '{found[0]}'?" if found else f"; there are {', '.join(known)}"


def _choice(dossier: Dossier, who: str, pressed: str) -> tuple[str, str]:
    """Return id and label of a choice by either; one of an earlier turn is taken too, for the engine to answer."""
    shown = [choice for talk in dossier.conversations for choice in talk.choices]
    for choice in shown:
        if choice.id == pressed:
            return choice.id, choice.label
    for choice in reversed(shown):
        if choice.label.casefold() == pressed.strip().casefold():
            return choice.id, choice.label
    if was_offered(dossier, pressed):
        return pressed, ""
    labels = [choice.label for choice in shown]
    raise BadInput(f"'{who}' has no choice '{pressed}'" + (_close(pressed, labels) if labels else "; there is none"))


def _form(dossier: Dossier, who: str, sent: object) -> tuple[str, dict[str, str]]:
    if not isinstance(sent, dict):
        raise BadInput("'submit' must be an object with a text for each field")
    named = sent.keys() == {"form", "values"} and isinstance(sent["values"], dict)
    values = sent["values"] if named else sent
    form = next((talk.form for talk in reversed(dossier.conversations) if talk.form), None)
    if form is None:
        raise BadInput(f"'{who}' has no form to fill in")
    fields = [field.id for field in form.fields]
    for name, value in values.items():
        if name not in fields:
            raise BadInput(f"the form has no field '{name[:64]}'{_close(name, fields)}")
        if not isinstance(value, str) or len(value) > _LONGEST:
            raise BadInput(f"the form's field '{name}' must be a text of at most {_LONGEST} characters")
    named_form = _text(sent, "form", 255) if named else form.id
    return named_form, {name: _sound(value) for name, value in values.items()}


# --- showing ----------------------------------------------------------------------------------------------------------


def show(effect: Effect, *, who: str, id: str, at: datetime, trace: Trace) -> dict[str, Any]:
    """Return the line of an effect; `who` is the customer's short name."""
    match effect:
        case Say():
            line: dict[str, Any] = {"to": "customer", "who": who, "id": id, "case": None, "text": plain(effect.text)}
            line["author"] = effect.author
            line["choices"] = msgspec.to_builtins(effect.choices)
            if effect.form:
                line["form"] = msgspec.to_builtins(effect.form)
            if effect.edits:
                line["edits"] = effect.edits
            line["source"] = msgspec.to_builtins(effect.source)
        case OpenCase() | UpdateCase():
            line = {"to": "staff", "who": effect.case.queue, "id": id, "case": effect.case.number, "kind": "card"}
            line["new"] = isinstance(effect, OpenCase)
            line["text"] = card_text(effect.case)
            line["card"] = msgspec.to_builtins(effect.case)
            # in a terminal, what is done is typed
            line["choices"] = [{**each, "label": each["id"].capitalize()} for each in case_acts(effect.case)]
        case TellStaff():
            queue = effect.place.partition(":")[2]
            line = {"to": "staff", "who": queue, "id": id, "case": effect.case or None, "kind": effect.kind}
            line["author"] = effect.author
            line["text"] = plain(effect.text)
            if effect.files:
                line["files"] = [file.name for file in effect.files]
            if effect.mentions:
                line["mentions"] = list(effect.mentions)
            if effect.undo:
                line["undo"] = effect.undo
        case Post():
            line = {"to": "staff", "who": effect.place.partition(":")[2], "id": id, "case": None, "kind": "post"}
            line.update(author="", text=plain(effect.text), about=effect.about, of=effect.of)
            line.update(under=effect.under, edits=effect.edits)
            line["choices"] = [{"id": act, "label": act.capitalize()} for act in effect.acts]
        case MarkReply():
            queue = effect.place.partition(":")[2]
            line = {"to": "staff", "who": queue, "id": id, "case": effect.case or None, "kind": "mark"}
            line |= {"of": effect.line, "sign": effect.sign, "author": "", "text": SIGNS[effect.sign]}
        case TakeBack():
            line = {"to": "system", "who": who, "id": id, "effect": "TakeBack", "of": effect.effect}
        case OpenPrivate() | ClosePlace() | Call() | StartTimer() | CancelTimer() | NoteFact():
            line = {"to": "system", "who": who, "id": id, "effect": type(effect).__name__}
            line.update(msgspec.to_builtins(effect))
            line.pop("type", None)
    line["at"] = at.isoformat()
    line["trace"] = msgspec.to_builtins(trace)
    return line


def tree(text: str) -> list[Any]:
    """Return neutral markup as nested plain values, which a page builds elements from."""
    return [_node(node) for node in parse(text)]


def _node(node: Node) -> Any:
    match node:
        case str():
            return node
        case Bold(nodes=nodes):
            return {"b": [_node(each) for each in nodes]}
        case Italic(nodes=nodes):
            return {"i": [_node(each) for each in nodes]}
        case Code(text=text):
            return {"code": text}
        case Link(href=href, nodes=nodes):
            return {"a": {"href": href, "nodes": [_node(each) for each in nodes]}}
        case Break():
            return {"br": True}
        case Item(nodes=nodes):
            return {"li": [_node(each) for each in nodes]}
