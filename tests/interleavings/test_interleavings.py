import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from msgspec.structs import replace

from bot.dialog.engine import advance
from bot.dialog.events import MessageReceived
from bot.dialog.happening import Fresh, Mode
from bot.dialog.state import Dossier
from tests.interleavings.acts import Step, steps, take, unnamed
from tests.interleavings.laws import Before, Laws
from tests.interleavings.world import START, World, catalog

SEEDS = range(int(os.environ.get("FRONTDESK_SOAK_INTERLEAVINGS", "30")))
_TRIES = 60  # to find a shorter story of what went wrong


async def play(happening: Sequence[Step]) -> str:
    """Let things happen in a new world; return which law was broken, or nothing."""
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        await world.open()
        try:
            for step in happening:
                await take(world, step)
                await world.hold()
        except AssertionError as broken:
            return str(broken) or repr(broken)
        finally:
            await world.close()
    return ""


def shortened(happening: Sequence[Step]) -> list[Step]:
    """Leave out what is not needed for something to go wrong."""
    story, at = list(happening), len(happening) - 1
    for _ in range(_TRIES):
        if at < 1:
            break
        without = story[:at] + story[at + 1 :]
        if asyncio.run(play(without)):
            story = without
        at -= 1
    return story


@pytest.mark.parametrize("seed", SEEDS)
def test_the_laws_of_the_desk_hold_in_any_order_of_things(seed: int) -> None:
    happening = steps(seed)
    if broken := asyncio.run(play(happening)):
        story = "\n".join(map(str, shortened(happening)))
        pytest.fail(f"{broken}\nseed {seed}, in short:\n{story}")


@pytest.mark.parametrize("mode", ["suggest", "silent"])
def test_the_law_of_modes_is_broken_by_a_bot_that_answers_by_itself(mode: Mode) -> None:
    fresh = Fresh(conversation="c1", case=1)
    who: dict[str, Any] = {"customer": "local:ana", "place": "local:ana", "name": "Ana"}
    asked = {"key": "k1", "at": START, "fresh": fresh, **who}
    for text in ("what do you do with my data", "florp grumble wozzle", "where is my order?"):
        live = MessageReceived(text=text, **asked)
        said = advance(Dossier(customer="local:ana"), live, catalog())
        law, known = Laws(catalog()), Before(cases={}, standings=[], accounts=frozenset({"local:ana"}))
        law.turn(known, live, said)
        with pytest.raises(AssertionError, match=f"said in {mode} mode"):
            law.turn(known, replace(live, mode=mode), said)


def test_agents_do_everything_there_is_to_do() -> None:
    assert unnamed() == set()
