import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.interleavings.acts import Step, steps, take, unnamed
from tests.interleavings.world import World

SEEDS = range(int(os.environ.get("FRONTDESK_SOAK_INTERLEAVINGS", "40")))
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


def test_agents_do_everything_there_is_to_do() -> None:
    assert unnamed() == set()
