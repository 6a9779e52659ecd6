"""Conversation tests: scripts that a person can read, played against the whole bot (docs/testing.md has the words).

A script plays on the real engine, runtime and store (in memory), with the demo orders and a clock that only `wait`
moves. `frontdesk test` and pytest use the same runner. Its people act and hear through a face of the bot: the console,
unless another is given.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, Self, assert_never, cast

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from bot.actions import ACTIONS
from bot.app import open_shop
from bot.channels.console.channel import Console
from bot.channels.deskcommand import OWN_ACTS
from bot.channels.lines import Reader, obey
from bot.channels.modes import Moded
from bot.content.yamlfile import Located, Path_, read
from bot.dialog.catalog import Catalog
from bot.dialog.happening import Mode
from bot.errors import BadInput, ContentError, Doubtful, OutsideError, Problem, Unsupported
from bot.ports import CallResult, Connector, Shop

_WHEN = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)  # a Monday, inside office hours
_HAPPENING = ("customer", "attach", "press", "submit", "agent", "wait", "orders")
_EXPECTING = ("bot", "not_bot", "staff", "not_staff", "effects", "not_effects", "silent")


def _as_text(value: object) -> object:
    """Take a number for what it looks like; YAML has no other text for 12345 without quotes."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


System = Literal["up", "down", "slow", "html", "mixed up", "bare", "gone"]
_BARE = frozenset({"find_order", "request_refund", "cancel_order"})  # all that some order systems can do
Show = Callable[[str], None]
Line = dict[str, Any]
Text = Annotated[str, BeforeValidator(_as_text)]
Texts = Text | list[Text]
By = Annotated[dict[str, Text], Field(min_length=1, max_length=1)]


class _Step(BaseModel):
    """One line of a script: something that happens, and what must have happened since the last of those."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    customer: Text | By | None = None
    attach: Text | By | None = None
    press: Text | By | None = None
    submit: dict[str, Text] | None = None
    agent: Annotated[str, StringConstraints(pattern=r"^\S+ [a-z]+( post| \d{1,9})?$")] | None = None
    text: Text = ""
    wait: str | None = None
    orders: System | Annotated[str, StringConstraints(pattern=r"^(down|gone) after [1-9]$")] | None = None
    bot: Texts | None = None
    not_bot: Texts | None = None
    staff: Texts | None = None
    not_staff: Texts | None = None
    effects: list[str] | None = None
    not_effects: list[str] | None = None
    silent: Literal[True] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        happening = [key for key in _HAPPENING if getattr(self, key) is not None]
        if len(happening) > 1:
            raise ValueError(f"{' and '.join(happening)} cannot happen at once; begin each with '- '")
        if not happening and all(getattr(self, key) is None for key in _EXPECTING):
            raise ValueError(f"a step needs one of {', '.join((*_HAPPENING, *_EXPECTING))}")
        if self.text and not (self.agent or self.attach):
            raise ValueError("text belongs to agent or attach")
        return self


class _Script(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    test: Text
    at: datetime = _WHEN
    mode: Mode = "live"
    identity: Literal["none", "email", "code", "account"] | None = None
    steps: Annotated[list[_Step], Field(min_length=1)]


_KEYS = (*_Script.model_fields, *_Step.model_fields)


class Script:
    """A conversation test: its name, where it stands, and what to do."""

    def __init__(self, script: _Script, located: Located, index: int) -> None:
        self.name = script.test
        self.at = located.at(index)
        self._script = script
        self._located = located
        self._index = index

    @property
    def file(self) -> str:
        """The file that it stands in."""
        return self._located.file

    async def play(
        self, folder: Path, catalog: Catalog, show: Show = lambda _: None, face: "Face | None" = None
    ) -> str:
        """Play it; return what went wrong, with file:line and what was said, or nothing.

        `show` gets the conversation line by line while it is played.
        """
        played = face or Terminal()
        stage = _Stage(show, played)
        start = self._script.at if self._script.at.tzinfo else self._script.at.replace(tzinfo=UTC)
        if by := self._script.identity:
            catalog = replace(catalog, identity=msgspec.structs.replace(catalog.identity, by=by))
        scenery = Scenery(folder=folder, catalog=catalog, at=start, behind=stage.before, mode=self._script.mode)
        async with asynccontextmanager(played.opened)(scenery):
            for number, step in enumerate(self._script.steps):
                failure = await stage.take(step)
                if failure:
                    return f"{self._located.at(self._index, 'steps', number)}: {failure}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenery:
    """What a script is played on: a shop's content, when it begins, what stands before the orders, who speaks."""

    folder: Path
    catalog: Catalog
    at: datetime
    behind: Callable[[Connector], Connector]
    mode: Mode = "live"


class Face(Protocol):
    """What a script's people act and hear through: requests and lines are those of `bot.channels.lines`."""

    def opened(self, scenery: Scenery) -> AsyncIterator[None]:
        """Open the shop, yield once, and close it."""
        ...

    async def do(self, request: Line) -> None:
        """Do it, and wait until all that it caused has happened. Raises BadInput when it cannot be done."""
        ...

    def heard(self) -> list[Line]:
        """Return what was shown since this was last asked, in order."""
        ...


class Terminal:
    """The console: what `frontdesk chat --json` would print."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._shop: Shop | None = None

    async def opened(self, scenery: Scenery) -> AsyncIterator[None]:
        """Open the shop on a console."""
        console = Console(self._lines.append)
        async with open_shop(
            folder=scenery.folder,
            catalog=scenery.catalog,
            at=scenery.at,
            channels={"local": console, "staff": console},
            watchers=(console,),
            behind=scenery.behind,
        ) as shop:
            self._shop = Moded(shop, lambda _: scenery.mode)
            yield

    async def do(self, request: Line) -> None:
        """Do it as a line on standard input would."""
        assert self._shop
        await obey(self._shop, await Reader(self._shop).read(request))
        await self._shop.idle()

    def heard(self) -> list[Line]:
        """Return the lines that would have been printed."""
        heard, self._lines[:] = list(self._lines), []
        return heard


@dataclass(frozen=True, eq=False)
class _Switch:
    """How the order system is from now on, once it has answered so many more calls."""

    to: System
    calls: int = 0


class _Orders:
    """The demo's order system, which a script can let fail as real ones do."""

    def __init__(self, behind: Connector, switch: Callable[[], "_Switch"]) -> None:
        self._switch = switch
        self._behind = behind
        self._seen, self._calls = switch(), 0

    def _state(self) -> System:
        """Return how it is now: as it was switched, or still well for some calls after that."""
        now = self._switch()
        self._calls = self._calls + 1 if now is self._seen else 1
        self._seen = now
        return "up" if self._calls <= now.calls else now.to

    async def call(self, action: str, args: dict[str, Any], key: str) -> CallResult:
        match self._state():
            case "bare" if action not in _BARE:
                raise Unsupported(f"there is no {action}")
            case "gone" if "not_found" in ACTIONS[action].results:
                return CallResult(result="not_found")
            case "up" | "bare" | "gone":
                return await self._behind.call(action, args, key)
            case "down":
                raise ConnectionError("switched off by the script")
            case "slow" if ACTIONS[action].changes:  # whether it was done, nobody knows
                raise Doubtful(f"{action} was asked for, and then: no answer", key)
            case "slow":
                raise OutsideError("no answer within 10 s")
            case "html":
                raise OutsideError("answered with text/html that is no JSON")
            case "mixed up":
                told = await self._behind.call(action, args, key)
                return told if told.value is None else msgspec.structs.replace(told, value=_of_another(told.value))
            case never:
                assert_never(never)


def _of_another(value: Any) -> Any:
    """Return an answer that is about another order, or says nothing that makes sense."""
    plain = msgspec.to_builtins(value)
    return {**plain, "number": "99999"} if isinstance(plain, dict) and "number" in plain else {"ok": "maybe"}


class _Stage:
    """Who said what since the last thing that happened."""

    def __init__(self, show: Show, face: Face) -> None:
        self.lines: list[Line] = []
        self._show = show
        self._face = face
        self._customer = "ana"
        self._last = ""
        self._post = ""  # what the post that staff were shown last is about
        self._switch = _Switch(to="up")

    def before(self, orders: Connector) -> Connector:
        return _Orders(orders, lambda: self._switch)

    async def take(self, step: _Step) -> str:
        request = self._request(step)
        if step.orders:
            to, _, calls = step.orders.partition(" after ")
            self._switch = _Switch(to=cast(System, to), calls=int(calls or 0))
        if request:
            self._last = _told(self._customer, step)
            self._show(self._last)
            try:
                await self._face.do(request)
            except BadInput as error:
                return f"{self._last}\n  cannot be done: {error}."
            self.lines = self._face.heard()
            self._post = next((line["about"] for line in reversed(self.lines) if line.get("about")), self._post)
            for line in self._heard():
                self._show(_shown([line]))
        failure = self._judge(step)
        return f"{failure}\n{self._last}\n{_shown(self._heard()) or '  (nobody said anything)'}" if failure else ""

    def _heard(self) -> list[Line]:
        return [line for line in self.lines if line["to"] != "system"]

    def _request(self, step: _Step) -> Line | None:
        if step.wait:
            return {"advance": step.wait}
        if step.agent:
            who, do, *case = step.agent.split()
            if case == ["post"]:
                return {"agent": who, "about": self._post, "do": do, **({"text": step.text} if step.text else {})}
            about = {} if do in OWN_ACTS and not case else {"case": int(case[0]) if case else 1}
            return {"agent": who, "do": do, **about, "text": step.text}
        if step.submit is not None:
            return {"customer": self._customer, "submit": step.submit}
        for key, given in (("say", step.customer), ("files", step.attach), ("press", step.press)):
            if isinstance(given, dict):
                ((self._customer, given),) = given.items()
            if key == "files" and given is not None:
                return {"customer": self._customer, "say": step.text, key: [given]}
            if given is not None:
                return {"customer": self._customer, key: given}
        return None

    def _judge(self, step: _Step) -> str:
        to_customer = [line for line in self.lines if line["to"] == "customer" and line["who"] == self._customer]
        to_staff = [line for line in self.lines if line["to"] == "staff"]
        if step.silent and to_customer:
            return f"{self._customer} should have been told nothing."
        told = f"{self._customer} should have been told"
        for who, wanted, lines in ((told, step.bot, to_customer), ("staff should have read", step.staff, to_staff)):
            if missing := _missing(wanted, lines):
                return f"{who} {missing}."
        told = f"{self._customer} should not have been told"
        for who, unwanted, lines in (
            (told, step.not_bot, to_customer),
            ("staff should not have read", step.not_staff, to_staff),
        ):
            for text in _list(unwanted):
                if _fold(text) in _fold(_shown(lines)):
                    return f"{who} '{text}'."
        return self._effects(step)

    def _effects(self, step: _Step) -> str:
        had = [name for line in self.lines if (name := _effect_name(line))]
        for name in step.effects or ():
            if not _among(name, had):
                return f"the effect {name} should have been there; there were {', '.join(had) or 'none'}."
        for name in step.not_effects or ():
            if _among(name, had):
                return f"the effect {name} should not have been there."
        return ""


def _among(name: str, had: list[str]) -> bool:
    return any(each == name or each.startswith(name + " ") for each in had)


def _missing(wanted: Texts | None, lines: list[Line]) -> str:
    """Look for each wanted text, in order; return the first that is not there, and why not."""
    said = everything = _fold(_shown(lines))
    before = ""
    for text in _list(wanted):
        at = said.find(_fold(text))
        if at < 0:
            return f"'{text}'" + (f" after '{before}', not before it" if _fold(text) in everything else "")
        said = said[at + len(_fold(text)) :]
        before = text
    return ""


def _told(customer: str, step: _Step) -> str:
    """Word a happening as the script has it."""
    if step.wait:
        return f"> wait {step.wait}"
    if step.agent:
        return f"> {step.agent}" + (f": {step.text}" if step.text else "")
    if step.submit is not None:
        return f"> {customer} submits " + ", ".join(f"{name}: {text}" for name, text in step.submit.items())
    did, what = next(
        (did, what)
        for did, what in (("says", step.customer), ("sends", step.attach), ("presses", step.press), ("", ""))
        if what is not None
    )
    words = f": {step.text}" if step.attach and step.text else ""
    return f"> {customer} {did} {next(iter(what.values())) if isinstance(what, dict) else what}{words}"


def _list(texts: Texts | None) -> list[str]:
    return [] if texts is None else [texts] if isinstance(texts, str) else list(texts)


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _shown(lines: list[Line]) -> str:
    shown = []
    for line in lines:
        labels = " ".join(f"[{choice['label']}]" for choice in line.get("choices") or ())
        form = " ".join(f"<{field['label']}>" for field in (line.get("form") or {}).get("fields", ()))
        who = f"staff/{line['who']}, {line['kind']}" if line["to"] == "staff" else ""
        who = ": ".join(part for part in (who, line.get("author", "")) if part) or "bot"
        text = "\n".join(f"    {part}".rstrip() for part in line["text"].splitlines()).strip()
        if line.get("files"):
            text += f" ({', '.join(line['files'])})"
        if line.get("card"):
            text += "".join(f" · {name}: {value}" for name, value in line["card"]["facts"].items())
            form = f"({order})" if (order := _looked_up(line["card"])) else form
        shown.append("  " + " ".join(part for part in (f"{who}:", text, labels, form) if part))
    return "\n".join(shown)


def _looked_up(card: Line) -> str:
    """Return the order that a card tells of, as it was looked up."""
    return ", ".join(value for name, value in (card.get("bought") or {}).items() if value and name != "seen")


def _effect_name(line: Line) -> str:
    if line["to"] == "system":
        detail = line.get("action") or (line["deadline"]["kind"] if isinstance(line.get("deadline"), dict) else "")
        return f"{line['effect']} {detail}".strip()
    if line["to"] == "customer":
        return "Say"
    if line["kind"] == "card":
        return "OpenCase" if line["new"] else "UpdateCase"
    return f"TellStaff {line['kind']}"


# --- reading ----------------------------------------------------------------------------------------------------------


def scripts(*paths: Path) -> list[Script]:
    """Return the scripts of files, and of all YAML files in folders; each file once.

    Raises ContentError with every problem.
    """
    files = [file for path in paths for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])]
    found: list[Script] = []
    problems: list[Problem] = []
    for file in dict.fromkeys(files):
        located = read(file, str(file))
        found.extend(_scripts(located))
        problems.extend(located.problems)
    if problems:
        raise ContentError(problems)
    return found


def _scripts(located: Located) -> Iterator[Script]:
    if located.problems:
        return
    if not isinstance(located.value, list):
        located.problem((), "holds no list of tests.", "Begin each with '- test: what is shown'.")
        return
    for index, value in enumerate(located.value):
        try:
            yield Script(_Script.model_validate(value), located, index)
        except ValidationError as error:
            told: dict[int, tuple[Path_, dict[str, Any]]] = {}  # of the branches of a union, only the first to complain
            for each in error.errors(include_url=False):
                path: Path_ = (index, *each["loc"])
                told.setdefault(located.line(path), (path, dict(each)))
            for where, first in told.values():
                located.problem(where, *_explain(first))


def _explain(error: dict[str, Any]) -> tuple[str, str]:
    """Return what is wrong, and its fix."""
    key = next((str(part) for part in reversed(error["loc"]) if str(part) in _KEYS), "the test")
    match error["type"]:
        case "extra_forbidden":
            word = str(error["loc"][-1])
            found = get_close_matches(word, _KEYS, 1)
            return (
                f"'{word}' is not a key here.",
                f"Did you mean '{found[0]}'?" if found else f"Use {', '.join(_KEYS)}.",
            )
        case "missing":
            return f"'{error['loc'][-1]}' is missing.", f"Add '{error['loc'][-1]}: …'."
        case "string_pattern_mismatch":
            return f"'{error['input']}' is not what an agent does.", "Write it as 'dana reply 1'."
        case "model_type":
            return "should be a group of keys.", "Begin it with '- test: …' or, in its steps, '- customer: …'."
        case _:
            return f"{key}: {error['msg'].removeprefix('Value error, ')}.", ""
