"""The scripts in tests/conversations, one item each, and what they leave unvisited."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content import load, shipped_folder
from bot.dialog import steps
from bot.dialog.catalog import Catalog
from bot.dialog.flow import End, Handoff, Step
from bot.dialog.scene import Scene
from bot.dialog.state import Frame
from bot.rehearsal import Script, scripts

FOLDER = Path(__file__).parent / "conversations"
SCRIPTS = scripts(FOLDER)

# Steps that no script can come to, with the reason.
OUT_OF_REACH: dict[str, str] = {}

Visited = dict[str, set[str]]


def _id(script: Script) -> str:
    file, _, line = script.at.rpartition(":")
    return f"{Path(file).name}:{line} {script.name}"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(shipped_folder())


@pytest.fixture(scope="module")
def visited() -> Iterator[Visited]:
    """Which steps of which flows were walked through, noted while scripts are played."""
    seen: Visited = defaultdict(set)
    original = steps.current_step

    def noting(scene: Scene, frame: Frame) -> Step:
        step = original(scene, frame)
        seen[frame.flow].add(step.id)
        return step

    patch = pytest.MonkeyPatch()
    patch.setattr(steps, "current_step", noting)
    yield seen
    patch.undo()


@pytest.fixture(scope="module")
def played() -> set[str]:
    """The scripts that this process has played."""
    return set()


@pytest.mark.parametrize("script", SCRIPTS, ids=_id)
async def test_conversation(script: Script, catalog: Catalog, visited: Visited, played: set[str]) -> None:
    failure = await script.play(shipped_folder(), catalog)
    played.add(script.at)
    if failure:
        pytest.fail(failure, pytrace=False)


async def test_every_step_and_every_ending_of_every_flow_is_in_a_conversation(
    catalog: Catalog, visited: Visited, played: set[str]
) -> None:
    for script in SCRIPTS:
        if script.at not in played:  # alone, or on another worker
            await script.play(shipped_folder(), catalog)
    unseen = {
        f"{flow.id}.{step.id}" + (" (an ending)" if isinstance(step, End | Handoff) else "")
        for flow in catalog.flows.values()
        for step in flow.steps.values()
        if step.id not in visited[flow.id] and f"{flow.id}.{step.id}" not in OUT_OF_REACH
    }
    assert unseen == set()


def test_what_is_out_of_reach_is_in_a_flow(catalog: Catalog) -> None:
    known = {f"{flow.id}.{step}" for flow in catalog.flows.values() for step in flow.steps}
    assert OUT_OF_REACH.keys() <= known


def test_names_of_conversations_differ() -> None:
    names = [script.name.casefold() for script in SCRIPTS]
    assert len(names) >= 60
    assert sorted(set(names)) == sorted(names)
