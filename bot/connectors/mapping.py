"""A mapping file: how each action is asked of an outside system by HTTP, and what its answers mean. docs/connectors.md.

Everything wrong is told at once, by file, line, key, value and what was expected.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.actions import ACTIONS
from bot.connectors.expressions import Expressions
from bot.content.yamlfile import Located, read
from bot.durations import seconds
from bot.errors import ContentError, Problem
from bot.secrets import is_token

MOVES_MONEY = frozenset({"request_refund", "refund_part", "cancel_order", "adjust_charge"})
_REQUEST = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/\S*(?:\{\{.*?\}\}\S*)*)")
_SECRET_HEADERS = re.compile(r"authorization|cookie|.*(?:token|secret|api-?key)", re.IGNORECASE)
_TOKEN = re.compile(r"\{\{[^}]*\btoken\b")
SHIPPED = Path(__file__).parent


def _seconds(value: str) -> str:
    seconds(value)
    return value


def _request(value: str) -> str:
    if not _REQUEST.fullmatch(value):
        raise ValueError("expected a method and a path such as GET /orders/{{ number }}")
    return value


Duration = Annotated[str, AfterValidator(_seconds)]
Expression = str


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Request(_Part):
    """One request; its answer is kept under the name `into`. What only `reads` may be sent again without thought."""

    request: Annotated[str, AfterValidator(_request)]
    headers: dict[str, str] = {}
    body: Any = None
    into: str = "answer"
    reads: bool = False
    set: dict[str, Any] = {}
    stop: Expression = ""

    @property
    def method(self) -> str:
        """GET, POST …"""
        return self.request.partition(" ")[0]

    @property
    def path(self) -> str:
        """The rest of the address, with expressions in it."""
        return self.request.partition(" ")[2]

    @property
    def harmless(self) -> bool:
        """Whether it changes nothing."""
        return self.reads or self.method == "GET"


class Branch(_Part):
    """A result, and when it is that; the first one that holds counts."""

    when: Expression = Field(default="", alias="if")
    then: str = ""
    otherwise: str = Field(default="", alias="else")

    @model_validator(mode="after")
    def _either(self) -> "Branch":
        if bool(self.when and self.then) == bool(self.otherwise):
            raise ValueError("expected {if: …, then: …} or {else: …}")
        return self

    @property
    def result(self) -> str:
        """The result's name."""
        return self.then or self.otherwise


class Steps(_Part):
    """Requests, one after the other, and what they come to."""

    requests: Annotated[list[Request], Field(min_length=1)]
    results: Annotated[list[Branch], Field(min_length=1)]
    returns: dict[str, Any] = {}


class Mapped(Steps):
    """How an action is asked for. `lookup` finds out what became of a request whose answer was lost.

    `recognises_repeats`: the system does the same request with the same {{ key }} once, however often it comes.
    """

    why: Expression = ""
    timeout: Duration = ""
    recognises_repeats: bool = False
    lookup: Steps | None = None


class Breaker(_Part):
    """After so many failures in a row, the system is left alone for a while."""

    failures: Annotated[int, Field(ge=1, le=1000)] = 5
    pause: Duration = "30s"


class MappingFile(_Part):
    """The whole file.

    `again` and `trouble` are conditions on any answer: nothing was done, and it wants a later try (in `wait`
    seconds); it is an error, and who knows what was done.
    """

    headers: dict[str, str] = {}
    timeout: Duration = "4s"
    retries: Annotated[int, Field(ge=0, le=10)] = 2
    breaker: Breaker = Breaker()
    again: Expression = ""
    wait: Expression = ""
    trouble: Expression = ""
    tables: dict[str, dict[str, str]] = {}
    probe: Request | None = None
    actions: dict[str, Mapped]


def load(path: Path, zone: str) -> tuple[MappingFile, Expressions]:
    """Return an order system's mapping file; raises ContentError with everything that is wrong in it."""
    return read_mapping(path, zone, MappingFile, _misplaced, "docs/connectors.md")


File = TypeVar("File", bound=MappingFile)


def read_mapping(
    path: Path, zone: str, model: type[File], misplaced: Callable[[Located, File], Iterator[Problem]], page: str
) -> tuple[File, Expressions]:
    """Return a mapping file; raises ContentError with everything that is wrong in it. `page` explains its keys."""
    located = read(path, str(path))
    problems = list(located.problems)
    found: File | None = None
    if not problems:
        try:
            found = model.model_validate(located.value)
        except ValidationError as error:
            problems += [_told(located, dict(each), page) for each in error.errors()]
    if found:
        expressions = Expressions(found.tables, zone)
        problems += misplaced(located, found)
        problems += _faults(located, located.value, (), expressions)
        if not problems:
            return found, expressions
    raise ContentError(problems)


def _told(located: Located, error: dict[str, Any], page: str) -> Problem:
    path = tuple(part for part in error["loc"])
    key = ".".join(map(str, path)) or "the file"
    if error["type"] == "extra_forbidden":
        return Problem(located.file, located.line(path), f"'{key}' is not a key here.", f"See {page}.")
    if error["type"] == "missing":
        return Problem(located.file, located.line(path), f"{key} is missing.", f"See {page}.")
    said = error["msg"].removeprefix("Value error, ").removeprefix("Input should be ").removeprefix("expected ")
    return Problem(located.file, located.line(path), f"{key} is {str(error['input'])[:60]!r};", f"expected {said}.")


class Tell:
    """Makes problems of a file: where (a path of keys), what and the fix."""

    def __init__(self, located: Located) -> None:
        self._located = located

    def __call__(self, path: tuple[str | int, ...], what: str, fix: str) -> Problem:
        """Return a problem."""
        return Problem(self._located.file, self._located.line(path), what, fix)


def _misplaced(located: Located, found: MappingFile) -> Iterator[Problem]:
    """Yield what fits the file's form but not what flows may ask for."""
    tell = Tell(located)
    yield from bare_secrets(tell, found, "FRONTDESK_ORDERS_TOKEN or the file orders.token_file")
    for name, action in found.actions.items():
        at: tuple[str | int, ...] = ("actions", name)
        if name not in (*ACTIONS, "send_code"):
            yield tell(at, f"there is no action '{name}'.", f"Expected one of {', '.join(ACTIONS)}, send_code.")
            continue
        known = {"sent"} if name == "send_code" else {*ACTIONS[name].results}
        yield from wrong_results(tell, (*at, "results"), action.results, {*known, "failed", "lost"})
        if name != "send_code" and ACTIONS[name].changes:
            yield from changes_once(tell, name, action)
        if name in MOVES_MONEY and action.lookup is None:
            yield tell(
                at,
                f"actions.{name} moves money and has no 'lookup'.",
                "Say how to find out what became of a request whose answer was lost.",
            )
        yield from looks_only(tell, name, action)


def bare_secrets(tell: Tell, found: MappingFile, place: str) -> Iterator[Problem]:
    """Yield the headers that hold a secret, which belongs in another place."""
    for name, value in found.headers.items():
        if is_token(value) or (_SECRET_HEADERS.fullmatch(name) and not _TOKEN.search(value)):
            yield tell(
                ("headers", name),
                f"headers.{name} holds a secret, which does not belong in this file.",
                f'Write "{{{{ token }}}}", and put the secret into {place}.',
            )


def changes_once(tell: Tell, name: str, action: Mapped) -> Iterator[Problem]:
    """Yield what is wrong unless the last request changes something, and only that one."""
    changing = [each for each in action.requests if not each.harmless]
    if len(changing) != 1 or action.requests[-1].harmless:
        yield tell(
            ("actions", name, "requests"),
            f"{name} needs exactly one request that changes something, as its last.",
            "Mark those that only look with 'reads: true'.",
        )


def looks_only(tell: Tell, name: str, action: Mapped) -> Iterator[Problem]:
    """Yield what is wrong with an action's lookup."""
    if action.lookup:
        at = ("actions", name, "lookup")
        yield from wrong_results(tell, (*at, "results"), action.lookup.results, {"done", "not_done", "unknown"})
        if not all(each.harmless for each in action.lookup.requests):
            yield tell(at, f"the lookup of {name} changes something.", "Only look: reads: true.")


def wrong_results(
    tell: Tell, at: tuple[str | int, ...], branches: list[Branch], known: Collection[str]
) -> Iterator[Problem]:
    """Yield the results that there are not."""
    for index, branch in enumerate(branches):
        if branch.result not in known:
            key = ".".join(map(str, (*at, index)))
            yield tell((*at, index), f"{key} is '{branch.result}';", f"expected one of {', '.join(sorted(known))}.")


_CONDITIONS = {"if", "stop", "again", "wait", "trouble", "why", "each"}


def _faults(located: Located, value: Any, path: tuple[str | int, ...], all_: Expressions) -> Iterator[Problem]:
    """Yield every expression that cannot be read."""
    if isinstance(value, Mapping) and path[-1:] != ("tables",):
        for name, each in value.items():
            yield from _faults(located, each, (*path, name), all_)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _faults(located, each, (*path, index), all_)
    elif isinstance(value, str):
        inside = path[-1] in _CONDITIONS or bool({"set", "returns"} & set(path))
        bare = path[-1] == "each" or (inside and "body" not in path)
        if fault := all_.fault(value, text=not bare):
            what = f"{'.'.join(map(str, path))} is {value[:60]!r}, which cannot be read: {fault}."
            yield Problem(located.file, located.line(path), what, "Mend the expression.")
