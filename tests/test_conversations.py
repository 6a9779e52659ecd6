"""The scripts in tests/conversations, one item each, and what they leave unvisited."""

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content import load, shipped_folder
from bot.dialog import steps
from bot.dialog.catalog import Catalog
from bot.dialog.flow import Flow, Step, ways
from bot.dialog.scene import Scene
from bot.dialog.state import Frame
from bot.rehearsal import Script, scripts

FOLDER = Path(__file__).parent / "conversations"
SCRIPTS = scripts(FOLDER)

# Ways out of steps that no script can take, with the reason.
OUT_OF_REACH = {
    "identify.check_code/same": "no script can read a code; tests/dialog/test_verifying.py does",
    "identify.check_code/failed": "codes are compared by the bot itself, which does not fail",
    "identify.check_account/same": "the demo's orders belong to no account",
    "call_off.may_it_still/allowed": "what the order system says has left isn't here",
    "address_change.may_it_still/allowed": "what the order system says has left isn't here",
    "refund.refused/else": "what else the order system turns down is looked at before",
    "refund.refused_say": "what else the order system turns down is looked at before",
    "return.refused/else": "what else the order system turns down is looked at before",
    "return.refused_say": "what else the order system turns down is looked at before",
    "refund.look_again/allowed": "what the order system calls late isn't here",
    "return.look_again/allowed": "what the order system calls late isn't here",
    "exchange.look_again/allowed": "what the order system calls late isn't here",
    "refund.look_again/refused": "that window leaves room for exceptions",
    "return.look_again/refused": "that window leaves room for exceptions",
    "exchange.look_again/refused": "that window leaves room for exceptions",
    "item_problem.send/out_of_stock": "no script can sell the last one between two questions",
    "policy_exception.may_i/allowed": "the policy of goodwill leaves it to people",
    "policy_exception.declined/allowed": "the policy of goodwill leaves it to people",
}

# Scripts of flows by other names than theirs; in each script of a flow, at most one apology is read.
MORE_FLOWS = {"missing_parcel", "order_problem", "troubleshooting", "not_right"}
_SORRY = re.compile(r"\bsorry\b", re.IGNORECASE)
# Where there is a new reason, or a new conversation: it came back, another customer asks, or it is days later.
NEW_REASON = {
    "a parcel marked as delivered is searched for, and asked about",
    "the same search twice",
    "nor by somebody else",
    "nor paid back after it was sent again",
    "what was replaced and is wrong again goes to one person, more urgently, with goodwill in mind",
    "the check-in finds that the new one is not right either",
    "order and thing that a notice was about are known in the way back",
}

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

    took = Scene.took

    def noting_ways(scene: Scene, way: str) -> None:
        flow, _, rest = way.partition(".")
        seen[flow].add(rest)
        took(scene, way)

    patch = pytest.MonkeyPatch()
    patch.setattr(steps, "current_step", noting)
    patch.setattr(Scene, "took", noting_ways)
    yield seen
    patch.undo()


@pytest.fixture(scope="module")
def played() -> set[str]:
    """The scripts that this process has played."""
    return set()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each process of a run notes what it has played and walked through, so that nobody plays it again."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "played"
    folder.mkdir(exist_ok=True)
    return folder


def _note(shared: Path, visited: Visited, played: set[str]) -> None:
    text = json.dumps({"played": sorted(played), "visited": {flow: sorted(places) for flow, places in visited.items()}})
    (shared / f"{os.getpid()}.new").write_text(text, encoding="utf-8")
    (shared / f"{os.getpid()}.new").replace(shared / f"{os.getpid()}.json")


def _take_notes(shared: Path, visited: Visited, played: set[str]) -> None:
    for file in shared.glob("*.json"):
        noted = json.loads(file.read_text(encoding="utf-8"))
        played.update(noted["played"])
        for flow, places in noted["visited"].items():
            visited[flow].update(places)


@pytest.mark.parametrize("script", SCRIPTS, ids=_id)
async def test_conversation(script: Script, catalog: Catalog, visited: Visited, played: set[str], shared: Path) -> None:
    heard: list[str] = []
    failure = await script.play(shipped_folder(), catalog, heard.append)
    played.add(script.at)
    _note(shared, visited, played)
    if failure:
        pytest.fail(failure, pytrace=False)
    if (
        Path(script.at.rpartition(":")[0]).stem in (catalog.flows.keys() | MORE_FLOWS) - {"check_in"}
        and script.name not in NEW_REASON
    ):
        sorry = [told for told in heard if told.strip().startswith("bot:") and _SORRY.search(told)]
        assert len(sorry) <= 1, sorry


async def test_every_step_every_way_out_and_every_ending_of_every_flow_is_in_a_conversation(
    catalog: Catalog, visited: Visited, played: set[str], shared: Path
) -> None:
    _take_notes(shared, visited, played)
    for script in SCRIPTS:
        if script.at not in played:  # alone, or being played by another process
            await script.play(shipped_folder(), catalog)
    unseen = {
        f"{flow.id}.{place}"
        for flow in catalog.flows.values()
        for place in _places(flow)
        if place not in visited[flow.id] and f"{flow.id}.{place}" not in OUT_OF_REACH
    }
    assert sorted(unseen) == []


def _places(flow: Flow) -> Iterator[str]:
    """Yield every step of a flow, and every way out of one that has several."""
    for step in flow.steps.values():
        yield step.id
        yield from (f"{step.id}/{way}" for way in ways(step) if way)


def test_what_is_out_of_reach_is_in_a_flow(catalog: Catalog) -> None:
    known = {f"{flow.id}.{place}" for flow in catalog.flows.values() for place in _places(flow)}
    assert OUT_OF_REACH.keys() <= known


def test_names_of_conversations_differ() -> None:
    names = [script.name.casefold() for script in SCRIPTS]
    assert len(names) >= 60
    assert sorted(set(names)) == sorted(names)


# --- what a script's author is told -----------------------------------------------------------------------------------


async def _failure(tmp_path: Path, catalog: Catalog, steps: str) -> str:
    file = tmp_path / "mine.yaml"
    file.write_text("- test: mine\n  steps:\n" + "".join(f"    {line}\n" for line in steps.splitlines()))
    (script,) = scripts(file)
    return (await script.play(shipped_folder(), catalog)).replace(f"{tmp_path}/", "")


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("- customer: 67890\n- bot: not yet", "mine.yaml:4: ana should have been told 'not yet'."),
        (
            "- customer: 67890\n- bot: [today, out for]",
            "mine.yaml:4: ana should have been told 'out for' after 'today'",
        ),
        ("- customer: 67890\n  not_bot: today", "mine.yaml:3: ana should not have been told 'today'."),
        ("- customer: 67890\n  staff: today", "mine.yaml:3: staff should have read 'today'."),
        ("- customer: human please\n  not_staff: case", "mine.yaml:3: staff should not have read 'case'."),
        ("- customer: 67890\n  silent: true", "mine.yaml:3: ana should have been told nothing."),
        ("- customer: 67890\n  effects: [OpenCase]", "mine.yaml:3: the effect OpenCase should have been there; there "),
        ("- customer: 67890\n  not_effects: [Call]", "mine.yaml:3: the effect Call should not have been there."),
    ],
)
async def test_a_failure_names_the_line_and_shows_what_was_said(
    tmp_path: Path, catalog: Catalog, steps: str, told: str
) -> None:
    failure = await _failure(tmp_path, catalog, steps)
    assert failure[: len(told)] == told
    assert "\n> ana says " in failure
    assert "\n  bot: " in failure


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("press: Tuesday", "'ana' has no choice 'Tuesday'"),
        ("submit: {wish: more}", "'ana' has no form to fill in"),
        ("agent: dana claim 7", "there is no case 7"),
        ("agent: dan claim 1", "there is no agent 'dan'; did you mean 'dana'?"),
        ("wait: a while", "'a while' is not a duration"),
    ],
)
async def test_what_cannot_be_done_is_told(tmp_path: Path, catalog: Catalog, step: str, told: str) -> None:
    failure = await _failure(tmp_path, catalog, f"- {step}")
    assert failure.startswith("mine.yaml:3: > ")
    assert told in failure


async def test_the_conversation_can_be_shown_while_it_is_played(catalog: Catalog) -> None:
    shown: list[str] = []
    script = next(script for script in SCRIPTS if script.name == "claimed, answered, solved, asked about")
    assert await script.play(shipped_folder(), catalog, shown.append) == ""
    assert shown[0] == "> ana says talk to a person"
    assert "> dana claim 1" in shown
    assert any(line.startswith("  Dana: ") for line in shown)
