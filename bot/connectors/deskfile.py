"""A help desk's mapping file: how customers are found there, cases kept and notes added. docs/outside.md."""

from collections.abc import Iterator
from pathlib import Path

from bot.connectors.expressions import Expressions
from bot.connectors.mapping import (
    MappingFile,
    Tell,
    bare_secrets,
    changes_once,
    looks_only,
    read_mapping,
    wrong_results,
)
from bot.content.yamlfile import Located
from bot.errors import Problem

_DONE = frozenset({"accepted", "refused", "failed"})
RESULTS = {
    "find_customer": frozenset({"found", "not_found", "failed"}),
    "create_case": _DONE,
    "update_case": _DONE,
    "add_note": _DONE,
}
_TWICE = ("create_case", "add_note")  # what may not be done again without a look


class DeskFile(MappingFile):
    """The whole file; `link` is where people find a case there, after the address."""

    link: str = ""


def load(path: Path, zone: str) -> tuple[DeskFile, Expressions]:
    """Return a help desk's mapping file; raises ContentError with everything that is wrong in it."""
    return read_mapping(path, zone, DeskFile, _misplaced, "docs/outside.md")


def _misplaced(located: Located, found: DeskFile) -> Iterator[Problem]:
    """Yield what fits the file's form but not what is asked of a help desk."""
    tell = Tell(located)
    yield from bare_secrets(tell, found, "FRONTDESK_OUTSIDE_TOKEN or the file outside.token_file")
    for name in sorted({"create_case", "update_case", "add_note"} - found.actions.keys()):
        yield tell(("actions",), f"actions.{name} is missing.", "See docs/outside.md.")
    for name, action in found.actions.items():
        if name not in RESULTS:
            yield tell(("actions", name), f"there is no action '{name}'.", f"Expected one of {', '.join(RESULTS)}.")
            continue
        yield from wrong_results(tell, ("actions", name, "results"), action.results, RESULTS[name])
        if name != "find_customer":
            yield from changes_once(tell, name, action)
        if name in _TWICE and action.lookup is None:
            what = f"actions.{name} has no 'lookup', and would be done twice when an answer is lost."
            yield tell(("actions", name), what, "Say how to find out whether it was done.")
        yield from looks_only(tell, name, action)
