"""Conversation tests: scripts that a person can read, played against the whole bot (docs/testing.md has the words).

A script plays on the real engine, runtime and store (in memory), with the demo orders and a clock that only `wait`
moves. `frontdesk test` and pytest use the same runner.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from bot.app import open_shop
from bot.channels.console.channel import Console
from bot.channels.lines import Reader, obey
from bot.content.yamlfile import Located, Path_, read
from bot.dialog.catalog import Catalog
from bot.errors import BadInput, ContentError, Problem
from bot.ports import Shop

_WHEN = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)  # a Monday, inside office hours
_HAPPENING = ("customer", "press", "submit", "agent", "wait")
_EXPECTING = ("bot", "not_bot", "staff", "not_staff", "effects", "silent")


def _as_text(value: object) -> object:
    """Take a number for what it looks like; YAML has no other text for 12345 without quotes."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_as_text)]
Texts = Text | list[Text]
By = Annotated[dict[str, Text], Field(min_length=1, max_length=1)]


class _Step(BaseModel):
    """One line of a script: something that happens, and what must have happened since the last of those."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    customer: Text | By | None = None
    press: Text | By | None = None
    submit: dict[str, Text] | None = None
    agent: Annotated[str, StringConstraints(pattern=r"^\S+ [a-z]+( \d{1,9})?$")] | None = None
    text: Text = ""
    wait: str | None = None
    bot: Texts | None = None
    not_bot: Texts | None = None
    staff: Texts | None = None
    not_staff: Texts | None = None
    effects: list[str] | None = None
    silent: Literal[True] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        happening = [key for key in _HAPPENING if getattr(self, key) is not None]
        if len(happening) > 1:
            raise ValueError(f"{' and '.join(happening)} cannot happen at once; begin each with '- '")
        if not happening and all(getattr(self, key) is None for key in _EXPECTING):
            raise ValueError(f"a step needs one of {', '.join((*_HAPPENING, *_EXPECTING))}")
        if self.text and not self.agent:
            raise ValueError("text belongs to agent")
        return self


class _Script(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    test: Text
    at: datetime = _WHEN
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

    async def play(self, folder: Path, catalog: Catalog) -> str:
        """Play it; return what went wrong, with file:line and what was said, or nothing."""
        stage = _Stage()
        start = self._script.at if self._script.at.tzinfo else self._script.at.replace(tzinfo=UTC)
        console = Console(stage.hear)
        async with open_shop(
            folder=folder,
            catalog=catalog,
            at=start,
            channels={"local": console, "staff": console},
            watchers=(console,),
        ) as shop:
            for number, step in enumerate(self._script.steps):
                failure = await stage.take(shop, step)
                if failure:
                    return f"{self._located.at(self._index, 'steps', number)}: {failure}"
        return ""


class _Stage:
    """Who said what since the last thing that happened."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self._customer = "ana"

    def hear(self, line: dict[str, Any]) -> None:
        self.lines.append(line)

    async def take(self, shop: Shop, step: _Step) -> str:
        request = self._request(step)
        if request:
            self.lines.clear()
            try:
                await obey(shop, await Reader(shop).read(request))
            except BadInput as error:
                return str(error)
            await shop.idle()
        return self._judge(step)

    def _request(self, step: _Step) -> dict[str, Any] | None:
        if step.wait:
            return {"advance": step.wait}
        if step.agent:
            who, do, *case = step.agent.split()
            return {"agent": who, "do": do, "case": int(case[0]) if case else 1, "text": step.text}
        if step.submit is not None:
            return {"customer": self._customer, "submit": step.submit}
        for key, given in (("say", step.customer), ("press", step.press)):
            if isinstance(given, dict):
                ((self._customer, given),) = given.items()
            if given is not None:
                return {"customer": self._customer, key: given}
        return None

    def _judge(self, step: _Step) -> str:
        to_customer = [line for line in self.lines if line["to"] == "customer" and line["who"] == self._customer]
        to_staff = [line for line in self.lines if line["to"] == "staff"]
        if step.silent and to_customer:
            return f"expected silence.\n{_shown(to_customer)}"
        for wanted, lines in ((step.bot, to_customer), (step.staff, to_staff)):
            failure = _missing(wanted, lines)
            if failure:
                return failure
        for unwanted, lines in ((step.not_bot, to_customer), (step.not_staff, to_staff)):
            for text in _list(unwanted):
                if _fold(text) in _fold(_shown(lines)):
                    return f"expected nothing like {text!r}.\n{_shown(lines)}"
        return self._effects(step.effects or [])

    def _effects(self, wanted: list[str]) -> str:
        had = [_effect_name(line) for line in self.lines]
        for name in wanted:
            if not any(each == name or each.startswith(name + " ") for each in had):
                return f"expected the effect {name}; there were: {', '.join(filter(None, had)) or 'none'}."
        return ""


def _missing(wanted: Texts | None, lines: list[dict[str, Any]]) -> str:
    """Look for each wanted text, in order; return what is not there."""
    said = _fold(_shown(lines))
    for text in _list(wanted):
        at = said.find(_fold(text))
        if at < 0:
            return f"expected {text!r}.\n{_shown(lines) or '  (nothing was said)'}"
        said = said[at + len(_fold(text)) :]
    return ""


def _list(texts: Texts | None) -> list[str]:
    return [] if texts is None else [texts] if isinstance(texts, str) else list(texts)


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _shown(lines: list[dict[str, Any]]) -> str:
    shown = []
    for line in lines:
        labels = " ".join(f"[{choice['label']}]" for choice in line.get("choices") or ())
        form = " ".join(f"<{field['label']}>" for field in (line.get("form") or {}).get("fields", ()))
        shown.append("  " + " ".join(part for part in (line.get("author", ""), line["text"], labels, form) if part))
    return "\n".join(shown)


def _effect_name(line: dict[str, Any]) -> str:
    if line["to"] == "system":
        detail = line.get("action") or (line["deadline"]["kind"] if isinstance(line.get("deadline"), dict) else "")
        return f"{line['effect']} {detail}".strip()
    if line["to"] == "customer":
        return "Say"
    if line["kind"] == "card":
        return "OpenCase" if line["new"] else "UpdateCase"
    return f"TellStaff {line['kind']}"


# --- reading ----------------------------------------------------------------------------------------------------------


def scripts(path: Path) -> list[Script]:
    """Return the scripts of a file or of all YAML files in a folder. Raises ContentError with every problem."""
    files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    found: list[Script] = []
    problems: list[Problem] = []
    for file in files:
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
