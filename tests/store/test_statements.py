import ast
from pathlib import Path

from bot.store import statements


def test_each_statement_has_a_name_of_its_own() -> None:
    tree = ast.parse(Path(statements.__file__).read_text(encoding="utf-8"))
    names = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    assert sorted(names) == sorted(set(names))
