"""Draw the house: which room of bot/ imports which, as a Mermaid diagram in README.md.

Run `python docs/draw.py` after moving things; a test holds the drawing to the imports.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- rooms: drawn by docs/draw.py -->\n", "<!-- end of rooms -->\n"
PURE = ("knowledge", "desk", "dialog")
HIDDEN = ("errors", "durations", "__init__", "__main__", "__version__")


def room(module: str) -> str:
    """Return the room that a dotted module name belongs to: "bot.store.rows" is in store."""
    return module.split(".")[1] if "." in module else ""


def imports(path: Path) -> Iterator[str]:
    """Yield the modules of ours that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("bot"):
            yield from (f"{node.module}.{name.name}" if node.module == "bot" else node.module for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("bot."))


def arrows() -> dict[str, set[str]]:
    """Return, for each room, the rooms that it imports."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "bot").rglob("*.py")):
        inside = path.relative_to(ROOT / "bot")
        here = inside.parts[0].removesuffix(".py")
        if here in HIDDEN:
            continue
        there = {room(module) for module in imports(path)} - {here, "", *HIDDEN}
        found.setdefault(here, set()).update(there)
    return found


def reduced(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """Leave out arrows that a longer way implies."""

    def reach(start: str) -> set[str]:
        return set().union(*({each} | reach(each) for each in graph.get(start, ())))

    return {
        here: {each for each in there if not any(each in reach(o) for o in there - {each})}
        for here, there in graph.items()
    }


def diagram() -> str:
    """Return the Mermaid text."""
    graph = reduced(arrows())
    lines = ["```mermaid", "flowchart TD"]
    lines += [f"    {name}([{name}])" if name in PURE else f"    {name}[{name}]" for name in sorted(graph)]
    lines += [f"    {here} --> {there}" for here in sorted(graph) for there in sorted(graph[here])]
    lines += [
        "    classDef pure fill:#e7f3ec,stroke:#2f6f4f,color:#123",
        f"    class {','.join(PURE)} pure",
        "```",
        "",
    ]
    return "\n".join(lines)


def drawn(text: str) -> str:
    """Return the README with the present drawing between its marks."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + diagram() + END + rest.split(END)[1]


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(drawn(readme.read_text(encoding="utf-8")), encoding="utf-8")
