"""The laws of the house, held by walking the sources: who may import whom, and what may not stand where.

`bot/__init__.py` is the map. A law that is broken says who broke it, and where.
"""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.cli import cli
from bot.content.schema import SCHEMAS, schema

ROOT = Path(__file__).parents[1]
BOT = ROOT / "bot"

PURE = ("knowledge", "desk", "dialog", "outreach", "insight")

# What a pure room may use besides other pure rooms: nothing that waits, reads, writes, logs, or knows the time.
PURE_LIBRARIES = {
    "abc",
    "collections",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "itertools",
    "math",
    "operator",
    "re",
    "statistics",  # medians
    "string",
    "types",
    "typing",
    "unicodedata",
    "zlib",
    "zoneinfo",
    "babel",
    "dateparser",  # from the day that it is given
    "email_validator",  # looks up nothing unless it is asked to
    "jinja2",
    "msgspec",
    "numpy",
    "phonenumbers",
    "price_parser",
    "rapidfuzz",
    "snowballstemmer",
}

# Single modules that everybody may use.
SHARED = {"bot", "bot.errors", "bot.durations"}

# Which rooms each room may import from, besides itself and the shared modules: arrows point inwards.
INWARD = {
    **{name: {*PURE} for name in PURE},
    "ports": {*PURE},
    "actions": set(),
    "content": {*PURE, "actions"},
    "store": {*PURE, "ports"},
    "runtime": {*PURE, "ports"},
    "channels": {*PURE, "ports", "secrets"},
    "connectors": {*PURE, "ports", "actions", "content", "secrets"},
    "secrets": set(),
    "config": {"content", "secrets"},
    "tokens": {"config", "secrets"},
    "trying": {*PURE},
    "calibrating": {*PURE, "trying"},
    "app": {*PURE, "ports", "content", "store", "runtime", "connectors", "channels", "config", "secrets"},
    "platforms": {*PURE, "ports", "channels", "config", "secrets", "tokens"},
    "rehearsal": {*PURE, "actions", "ports", "content", "channels", "app"},
    "cli": {
        *PURE,
        "ports",
        "content",
        "store",
        "runtime",
        "channels",
        "app",
        "connectors",
        "config",
        "secrets",
        "tokens",
        "platforms",
        "trying",
        "calibrating",
        "rehearsal",
    },
    "__main__": {"cli"},
}

# Calls that a pure room may not make, whatever they are imported from.
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "breakpoint", "now", "utcnow", "today", "getLogger"}


def modules() -> list[Path]:
    return sorted(path for path in BOT.rglob("*.py") if "__pycache__" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def room(path: Path) -> str:
    parts = path.relative_to(BOT).parts
    return parts[0] if len(parts) > 1 else path.stem


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each module that is imported anywhere in a file, with the line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((each.name, node.lineno) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if module == "bot":
                yield from ((f"bot.{each.name}" if each.name in INWARD else "bot", node.lineno) for each in node.names)
            else:
                submodules = [f"{module}.{each.name}" for each in node.names]
                known = [each for each in submodules if (ROOT / (each.replace(".", "/") + ".py")).exists()]
                yield from ((each, node.lineno) for each in known or [module])


def at(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_every_room_is_known_to_these_laws() -> None:
    rooms = {room(path) for path in modules()} - {"__init__", "errors", "durations"}
    assert rooms <= INWARD.keys()


def test_imports_point_inwards() -> None:
    broken = []
    for path in modules():
        mine = room(path)
        if mine in ("errors", "durations", "__init__"):
            continue
        for module, line in imports(path):
            parts = module.split(".")
            if parts[0] != "bot" or module in SHARED:
                continue
            if parts[1] != mine and parts[1] not in INWARD[mine]:
                broken.append(f"{at(path, line)}: {mine} imports {module}")
    assert broken == []


def test_no_rule_of_the_dialog_imports_one_above_it() -> None:
    """The order is the one in which bot/dialog/__init__.py lists them."""
    listed = re.findall(r"^    (\w+)\.py ", ast.get_docstring(tree(BOT / "dialog" / "__init__.py")) or "", re.MULTILINE)
    rules = listed[listed.index("engine") :]
    broken = []
    for at_, rule in enumerate(rules):
        for module, line in imports(BOT / "dialog" / f"{rule}.py"):
            name = module.removeprefix("bot.dialog.")
            if name in rules[: at_ + 1]:
                broken.append(f"dialog/{rule}.py:{line} imports {name}")
    assert broken == []


def test_the_shared_modules_import_nothing_of_the_house() -> None:
    for name in ("errors", "durations"):
        assert [module for module, _ in imports(BOT / f"{name}.py") if module.startswith("bot")] == []


def test_pure_rooms_use_only_libraries_that_cannot_wait_read_write_or_know_the_time() -> None:
    broken = [
        f"{at(path, line)}: {module}"
        for path in modules()
        if room(path) in PURE
        for module, line in imports(path)
        if not module.startswith("bot") and module.split(".")[0] not in PURE_LIBRARIES
    ]
    assert broken == []


def test_pure_rooms_never_open_print_or_ask_for_the_time() -> None:
    broken = []
    for path in modules():
        for node in ast.walk(tree(path)) if room(path) in PURE else ():
            if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
                broken.append(f"{at(path, node.lineno)}: async")
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in IMPURE_CALLS:
                    broken.append(f"{at(path, node.lineno)}: {name}()")
    assert broken == []


def test_only_the_composition_root_and_the_command_line_know_which_adapters_there_are() -> None:
    broken = []
    for path in modules():
        for module, line in imports(path):
            target = module.split(".")[1] if module.startswith("bot.") else ""
            adapter = target in ("store", "channels", "connectors") and target != room(path)
            if adapter and room(path) not in ("app", "cli", "platforms", "rehearsal"):
                broken.append(f"{at(path, line)}: {module}")
    assert broken == []


@pytest.mark.parametrize(
    "library", ["slack_bolt", "slack_sdk", "discord", "aiohttp", "aiosqlite", "apscheduler", "typer"]
)
def test_a_library_of_the_shell_is_known_in_one_room(library: str) -> None:
    rooms = {room(path) for path in modules() for module, _ in imports(path) if module.split(".")[0] == library}
    home = {"aiosqlite": "store", "apscheduler": "runtime", "typer": "cli"}.get(library, "channels")
    assert rooms <= {home, *(("connectors",) if library in ("aiosqlite", "aiohttp") else ())}


# --- words ------------------------------------------------------------------------------------------------------------


def inner_texts(path: Path) -> set[int]:
    """Return the ids of constants that no customer reads: docstrings, exceptions' texts, notes, patterns."""
    spared: set[int] = set()
    for node in ast.walk(tree(path)):
        match node:
            case (
                ast.Raise()
                | ast.Expr(value=ast.Constant())
                | ast.Call(func=ast.Attribute(attr="note" | "compile"))
                | ast.Call(func=ast.Name(id="Stuck"))
            ):
                spared |= {id(each) for each in ast.walk(node)}
    return spared


@pytest.mark.parametrize("pure", PURE)
def test_no_sentence_for_customers_stands_in_the_code(pure: str) -> None:
    broken = []
    for path in modules():
        if room(path) != pure:
            continue
        spared = inner_texts(path)
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spared:
                text = node.value.strip()
                if " " in text and re.search(r"[.?!…]$", text):
                    broken.append(f"{at(path, node.lineno)}: {text!r}")
    assert broken == []


@pytest.mark.parametrize(
    "word", ["user", "users", "session", "ticket", "intent", "intents", "fallback", "manager", "helper"]
)
def test_the_words_of_the_house_are_used(word: str) -> None:
    """house.md, "Words": one word for one thing. Names in the code, not prose, are looked at.

    Slack and Discord have words of their own (a user, a session, an intent), which their rooms may not do without.
    """
    broken = []
    for path in modules():
        if path.parent.name in ("slack", "discord"):
            continue
        for node in ast.walk(tree(path)):
            name = getattr(node, "name", None) or getattr(node, "attr", None) or getattr(node, "id", None)
            parts = re.split(r"_|(?<=[a-z])(?=[A-Z])", name) if isinstance(name, str) else []
            if word in [part.lower() for part in parts] and name != "ClientSession":  # aiohttp's
                broken.append(f"{at(path, getattr(node, 'lineno', 1))}: {name}")
    assert broken == []


# --- form -------------------------------------------------------------------------------------------------------------


def test_every_module_opens_with_what_lives_there() -> None:
    assert [at(path, 1) for path in modules() if not ast.get_docstring(tree(path))] == []


def test_no_module_is_called_utils_or_helpers() -> None:
    assert [path for path in modules() if re.search(r"util|helper|common|misc|manager", path.stem)] == []


def test_modules_stay_small_enough_to_read() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {path: lines for path, lines in long.items() if lines > 600} == {}


def test_the_map_names_every_room() -> None:
    text = (BOT / "__init__.py").read_text(encoding="utf-8")
    rooms = {room(path) for path in modules()} - {"__init__", "__main__", "durations"}
    missing = [name for name in sorted(rooms) if f"{name}/" not in text and f"{name}.py" not in text]
    assert missing == []


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    module = tree(BOT / "errors.py")
    drawn = ast.get_docstring(module) or ""
    classes = [node.name for node in module.body if isinstance(node, ast.ClassDef) and node.name != "Problem"]
    assert [name for name in classes if name not in drawn] == []


# --- content and documents --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", SCHEMAS)
def test_the_schemas_for_editors_are_those_of_the_models(folder: str) -> None:
    on_disk = (ROOT / folder / "schema.json").read_text(encoding="utf-8")
    assert on_disk == schema(folder), "run: frontdesk schema --write"


@pytest.mark.parametrize("folder", SCHEMAS)
def test_every_content_file_names_its_schema(folder: str) -> None:
    for path in sorted((ROOT / folder).glob("*.yaml")):
        assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=schema.json\n"), path.name


@pytest.mark.parametrize("folder", SCHEMAS)
def test_a_schema_is_json_and_refuses_unknown_keys(folder: str) -> None:
    made = json.loads(schema(folder))
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["additionalProperties"] is False
    assert all(each["additionalProperties"] is False for each in made["$defs"].values() if "properties" in each)


def commands() -> list[str]:
    single = [each.name or each.callback.__name__ for each in cli.registered_commands if each.callback]
    grouped = [
        f"{group.name} {each.name}"
        for group in cli.registered_groups
        if group.typer_instance
        for each in group.typer_instance.registered_commands
    ]
    return sorted([*single, *grouped])


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"frontdesk {command}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", SCHEMAS)
def test_each_content_folder_has_a_readme_for_those_who_edit_it(folder: str) -> None:
    assert (ROOT / folder / "README.md").stat().st_size > 500
