"""Every script of tests/conversations on every face, each beside the console: the same is heard, step by step."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import load, shipped_folder
from bot.dialog.catalog import Catalog
from bot.rehearsal import Script, scripts
from tests.contract.alike import different, inexact
from tests.contract.beside import Beside
from tests.contract.discord import Discord
from tests.contract.native import Native
from tests.contract.sides import Side, opened
from tests.contract.slack import Slack
from tests.contract.web import Web

SCRIPTS = scripts(Path(__file__).parents[1] / "conversations")

# All play on each face in `make soak`. Else the web, which speaks the console's own protocol, takes every eighth, and
# Slack and Discord every fourth each.
ALL = bool(os.environ.get("FRONTDESK_SOAK_CONTRACT"))
ON_THE_WEB = SCRIPTS if ALL else SCRIPTS[::8]

# What the console lets people do and no platform does, by script.
IMPOSSIBLE = {
    "nobody can decide what asks for no decision": "the card has no button for it",
    "a form's words with a command among them are not sent": "it is typed here, where a line is a command",
    "a decision that is waited for cannot be resolved away": "the card has no button for it",
}


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load(shipped_folder())


def _id(script: Script) -> str:
    file, _, line = script.at.rpartition(":")
    return f"{Path(file).name}:{line} {script.name}"


async def _play(script: Script, catalog: Catalog, beside: Beside) -> None:
    failure = await script.play(shipped_folder(), catalog, face=beside)
    if told := beside.difference or failure:
        pytest.fail(f"{script.at}: {told}", pytrace=False)


@pytest.mark.parametrize("script", ON_THE_WEB, ids=_id)
async def test_on_the_web_it_is_word_for_word_as_on_the_console(script: Script, shipped: Catalog) -> None:
    await _play(script, shipped, Beside(Web(), inexact))


@pytest.mark.parametrize(
    ("script", "make"),
    [
        pytest.param(script, make, id=f"{_id(script)}-{make.__name__.lower()}")
        for at, script in enumerate(SCRIPTS)
        for turn, make in enumerate((Slack, Discord))
        if script.name not in IMPOSSIBLE and (ALL or at % 4 == 2 * turn)
    ],
)
async def test_on_a_platform_it_is_the_same_as_on_the_console(
    script: Script, make: Callable[[], Side], shipped: Catalog
) -> None:
    side = make()
    await _play(script, shipped, Beside(Native(side), different))
    assert side.wrongs == []


async def test_a_platforms_library_does_not_silence_the_houses_log(side: Side, shipped: Catalog) -> None:
    house = logging.getLogger("frontdesk")
    house.setLevel(logging.NOTSET)
    async with opened(side, side, folder=shipped_folder(), catalog=shipped) as open:
        await open.settled(await side.write("ana", "hello"))
    assert house.isEnabledFor(logging.WARNING)


def test_what_is_impossible_is_a_script() -> None:
    assert IMPOSSIBLE.keys() <= {script.name for script in SCRIPTS}
