"""What the documents show is what there is."""

import importlib.util
import re
import shlex
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.content import load

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")])


def draw() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw", ROOT / "docs" / "draw.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_drawing_of_the_rooms_is_the_present_one() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert draw().drawn(readme) == readme, "run: python docs/draw.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_into_the_repository_lead_somewhere(page: Path) -> None:
    targets = re.findall(
        r"\]\((?!https?:|mailto:|#)([^)#\s]+)", re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S)
    )
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_are_shown_exist(page: Path) -> None:
    shown = set(re.findall(r"`frontdesk ([a-z]+)", page.read_text("utf-8")))
    known = {command.name for command in cli.registered_commands} | {
        command.callback.__name__ for command in cli.registered_commands if command.callback
    }
    known |= {group.name for group in cli.registered_groups}
    assert shown - known == set()


def test_the_try_that_the_readme_shows_is_what_try_says() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command, first, second = re.search(r"\$ frontdesk (try .*)\n(.*)\n(.*)\n", readme).groups()  # type: ignore[union-attr]
    said = CliRunner().invoke(cli, [*shlex.split(command), "--content", str(ROOT)]).output.splitlines()
    assert [re.sub(r":\d+$", "", line) for line in said[:2]] == [first, re.sub(r":\d+$", "", second)]


def test_every_file_of_flows_stands_in_the_readme_beside_them() -> None:
    readme = (ROOT / "flows" / "README.md").read_text(encoding="utf-8")
    files = sorted(path.name for path in (ROOT / "flows").glob("*.*") if path.suffix in (".yaml", ".csv"))
    assert [name for name in files if f"`{name}`" not in readme.partition("## A flow")[0]] == []


@pytest.mark.parametrize("what", ["show", "paths"])
def test_every_flow_can_be_drawn_and_its_paths_listed(what: str) -> None:
    flows = load(ROOT).flows
    shown = {flow: CliRunner().invoke(cli, ["flow", what, flow, "--content", str(ROOT)]) for flow in flows}
    assert [flow for flow, result in shown.items() if result.exit_code or not result.output.strip()] == []
