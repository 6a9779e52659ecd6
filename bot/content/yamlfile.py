"""Read one YAML file into plain values and remember on which line each stands.

Only what content needs: mappings, lists, text, numbers, true/false and null; no tags, anchors or aliases, no `yes`
that turns into True and no 12:30 that turns into 750. Size and depth are limited before anything is built.
"""

import re
import stat
from pathlib import Path
from typing import Any

import yaml
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, ScalarEvent

from bot.errors import Problem

MOST_BYTES = 5_000_000
MOST_DEPTH = 40
MOST_VALUES = 200_000
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Path_ = tuple[str | int, ...]


class Located:
    """The values of a file and the line of each path into them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.value: Any = None
        self.lines: dict[Path_, int] = {(): 1}
        self.problems: list[Problem] = []

    def line(self, path: Path_) -> int:
        """Return the line of `path`, or of the nearest thing around it."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def at(self, *path: str | int) -> str:
        """Return "file:line" of a path."""
        return f"{self.file}:{self.line(path)}"

    def problem(self, path: Path_, what: str, fix: str = "") -> None:
        """Note something wrong at `path`."""
        self.problems.append(Problem(self.file, self.line(path), what, fix))


class _Loader(yaml.CSafeLoader):
    """libyaml's parser with the scalars of YAML 1.2: only true and false are booleans, nothing is a time or date."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]{0,17})$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]{1,17}\.[0-9]{1,17}$"), list("-+0123456789")
)


def read(path: Path, shown: str) -> Located:
    """Read the file at `path`, called `shown` in problems; what is wrong ends up in `problems`, never an exception."""
    located = Located(shown)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            located.problem((), "is not a file.", "Rename or remove it.")
            return located
        if found.st_size > MOST_BYTES:
            what = f"the file has {found.st_size / 1e6:.1f} MB; the limit is {MOST_BYTES / 1e6:.0f} MB."
            located.problem((), what, "Split it.")
            return located
        raw = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).rstrip(".")
        located.problem((), f"cannot be read: {reason}.", "Check the file and its permissions.")
        return located
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        located.problems.append(Problem(shown, line, "is not UTF-8 text.", "Save the file as UTF-8."))
        return located
    odd = _CONTROL.search(text)
    if odd:
        what = f"holds the control character U+{ord(odd.group()):04X}, which YAML does not allow."
        line = text.count("\n", 0, odd.start()) + 1
        located.problems.append(Problem(shown, line, what, "Remove it."))
        return located
    _parse(located, text)
    return located


def _parse(located: Located, text: str) -> None:
    try:
        if not _acceptable(located, text):
            return
        node = yaml.compose(text, Loader=_Loader)
        if node is not None:
            located.value = _build(located, node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        located.problems.append(
            Problem(located.file, line, f"is not valid YAML: {error.problem or error}.", _fix(error))
        )
    except yaml.YAMLError as error:
        located.problem((), f"is not valid YAML: {' '.join(str(error).split())}.", "Remove the odd character.")


def _fix(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    if "mapping values are not allowed" in problem:
        return 'Put text that contains ": " in quotes.'
    if "cannot start any token" in problem:
        return "Indent with spaces, and put text that begins with a special sign in quotes."
    if "found another document" in problem:
        return "Keep one '---' at most, or make two files of it."
    return "Check indentation and quotes around this line."


def _acceptable(located: Located, text: str) -> bool:
    """Walk the events only, which costs nothing per depth or alias, and refuse what must not be built."""
    depth = values = 0
    for event in yaml.parse(text, Loader=_Loader):
        values += isinstance(event, ScalarEvent | CollectionStartEvent)
        if values > MOST_VALUES:
            _refuse(located, event, f"holds more than {MOST_VALUES:,} values.", "Split it.")
            return False
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MOST_DEPTH:
                _refuse(located, event, f"is nested more than {MOST_DEPTH} levels deep.", "Flatten it.")
                return False
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        anchor = getattr(event, "anchor", None)
        if isinstance(event, AliasEvent) or anchor:
            _refuse(located, event, f"uses the YAML anchor or alias '{anchor}'.", "Write the value out instead.")
            return False
        if isinstance(event, CollectionStartEvent | ScalarEvent) and event.tag and event.tag != "!":
            _refuse(located, event, f"uses the YAML tag '{event.tag}'.", "Remove the tag.")
            return False
    return True


def _refuse(located: Located, event: yaml.Event, what: str, fix: str) -> None:
    located.problems.append(Problem(located.file, _line(event.start_mark), what, fix))


def _build(located: Located, node: yaml.Node, path: Path_) -> Any:
    if path not in located.lines:
        located.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(located, node, path)
    if isinstance(node, yaml.SequenceNode):
        return [_build(located, child, (*path, at)) for at, child in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)
    return _scalar(node)


def _line(mark: Any) -> int:
    return mark.line + 1 if mark else 1


def _mapping(located: Located, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            located.problems.append(
                Problem(located.file, key_node.start_mark.line + 1, "a key must be plain text.", "Quote it.")
            )
            continue
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in made:
            first = located.lines[(*path, key)]
            what = f"'{key}' is here a second time; the first is on line {first}."
            located.problems.append(Problem(located.file, line, what, "Rename or remove one of them."))
            continue
        located.lines[(*path, key)] = line
        made[key] = _build(located, value_node, (*path, key))
    return made


def _scalar(node: yaml.ScalarNode) -> Any:
    match node.tag:
        case "tag:yaml.org,2002:bool":
            return node.value == "true"
        case "tag:yaml.org,2002:null":
            return None
        case "tag:yaml.org,2002:int":
            return int(node.value)
        case "tag:yaml.org,2002:float":
            return float(node.value)
        case _:
            return node.value
