"""What is wrong, in words that an admin can act on: pydantic's errors as problems, and what was probably meant."""

from collections.abc import Iterable
from typing import Any

from rapidfuzz import fuzz, process

from bot.content.fields import FORMS
from bot.content.models import Model
from bot.content.schema import keys_of
from bot.content.yamlfile import Located, Path_


def explain(located: Located, model: type[Model], error: dict[str, Any]) -> None:
    """Turn one of pydantic's errors into a problem that an admin can act on."""
    path = path_in_file(located, error["loc"])
    name = str(error["loc"][-1]) if error["loc"] else ""
    shown = ".".join(str(part) for part in path) or "the file"
    given = error.get("input")
    match error["type"]:
        case "extra_forbidden":
            located.problem(path, f"'{name}' is not a key here.", mean_key(name, keys_of(model) - {name}))
        case "missing":
            located.problem(path, f"'{name}' is missing in {shown}.", f"Add '{name}: …'.")
        case "step_kind":
            fix = "A step begins with say, ask, call, decide, end …"
            located.problem(path, f"{shown} is no step that we know.", fix)
        case "string_pattern_mismatch" if name == "[key]":
            located.problem(path, f"'{given}' cannot be a name.", FORMS[error["ctx"]["pattern"]])
        case "string_pattern_mismatch":
            fix = FORMS[error["ctx"]["pattern"]]
            located.problem(path, f"{shown} is '{_short(given)}', which does not have the right form.", fix)
        case "string_type":
            fix = "Write a text." if given is None or isinstance(given, dict | list) else "Put it in quotes."
            located.problem(path, f"{shown} should be text, and is {_kind(given)}.", fix)
        case "dict_type" | "model_type" | "model_attributes_type":
            fix = "Write its keys below it, indented by two more spaces."
            located.problem(path, f"{shown} should be a group of keys, and is {_kind(given)}.", fix)
        case "list_type":
            fix = "Write each on a line of its own, beginning with '- '."
            located.problem(path, f"{shown} should be a list, and is {_kind(given)}.", fix)
        case _:
            what = error["msg"].removeprefix("Value error, ")
            what = what[:1].lower() + what[1:] if what[:1].isupper() else what
            located.problem(path, f"{shown}: {what} (given: {_short(given)}).")


def path_in_file(located: Located, loc: tuple[int | str, ...]) -> Path_:
    """Keep of pydantic's path what stands in the file: not its tags for kinds, not a key that is missing."""
    path: Path_ = ()
    for at, part in enumerate(loc):
        is_kind = at == 4 and loc[0] == "flows" and loc[2] == "steps"
        if not is_kind and part != "[key]" and (*path, part) in located.lines:
            path = (*path, part)
    return path


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case dict():
            return "a group of keys"
        case list():
            return "a list"
        case bool():
            return f"true or false ({str(value).lower()})"
        case int() | float():
            return f"a number ({value})"
        case _:
            return f"the text '{_short(value)}'"


def _short(value: object) -> str:
    shown = " ".join(str(value).split())
    return shown if len(shown) <= 60 else shown[:59] + "…"


def mean_key(word: str, known: Iterable[str]) -> str:
    """Return a did-you-mean for a key, or what else may be wrong with it."""
    found = process.extractOne(word, sorted(known), scorer=fuzz.ratio, score_cutoff=60)
    return f"Did you mean '{found[0]}'?" if found else "Remove it, or check its indentation."


def mean(word: str, names_: Iterable[str]) -> str:
    """Return a did-you-mean, or the names there are."""
    there = sorted(names_)
    found = process.extractOne(word, there, scorer=fuzz.ratio, score_cutoff=60)
    return f"Did you mean '{found[0]}'?" if found else f"There are: {', '.join(there[:12]) or 'none'}."
