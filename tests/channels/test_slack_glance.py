"""The desk on Slack: /desk, the agents' Home tab, and transcripts; only staff get them."""

import asyncio
import dataclasses
from pathlib import Path

import pytest

from bot.channels.slack.glancing import held
from bot.channels.slack.manifest import COMMANDS
from bot.content import load
from bot.dialog.catalog import Rule
from tests.channels.slackdesk import Desk as SlackDesk
from tests.channels.slackdesk import Scene, serving
from tests.content import shop


@pytest.fixture
def spoken(there: Scene, tmp_path: Path) -> Scene:
    """The scene, with the desk in the demo shop's own words."""
    words = (Path(__file__).parents[2] / "handoff" / "texts.yaml").read_bytes()
    folder = shop.write(tmp_path / "spoken", {**shop.files(), "handoff/texts.yaml": words})
    there.catalog = dataclasses.replace(there.catalog, texts=load(folder).texts)
    return there


async def case_of(there: Scene) -> None:
    await there.slack.say(there.ana, there.slack.dm(there.ana), "talk to a person")
    await there.slack.wait_for(there.staff, "talk to a person")


async def recorded(desk: SlackDesk, lines: int) -> None:
    """Wait until so many lines stand in the transcript of case 1."""
    for _ in range(200):
        if len(await desk.shop.store.talk(1)) >= lines:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"fewer than {lines} lines")


async def test_staff_see_the_desk_and_nobody_else_does(spoken: Scene) -> None:
    async with serving(spoken):
        await case_of(spoken)
        told = await spoken.slack.command(spoken.dana, spoken.general, "/desk")
        assert told is not None
        assert "Nobody's yet (1)" in told
        assert "Ana" in told
        told = await spoken.slack.command(spoken.ben, spoken.staff, "/desk")
        assert told is not None
        assert told.startswith("That is for the support team.")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("mine", "Dana's desk"),
        ("handover", "Hand-over"),
        ("handover 12h", "Hand-over"),
        ("search person", "2 found for “person”"),
        ("nonsense", "No open case is about “nonsense”."),
    ],
)
async def test_words_after_the_command_choose_the_view(spoken: Scene, words: str, shown: str) -> None:
    async with serving(spoken):
        await case_of(spoken)
        told = await spoken.slack.command(spoken.dana, spoken.staff, "/desk", words)
    assert told is not None
    assert shown in told


async def test_a_desk_that_is_full_still_fits_a_message(spoken: Scene) -> None:
    async with serving(spoken, access={"burst": 100}):
        spoken.slack.pacing = None
        for number in range(30):
            user = spoken.slack.add_user(f"somebody{number}" * 3)
            await spoken.slack.say(user, spoken.slack.dm(user), f"{number} talk to a person " + "& <very> *long* " * 20)
        await spoken.slack.wait_for(spoken.staff, "Case 30", timeout=20)
        for words in ("", "handover", "search long"):
            assert await spoken.slack.command(spoken.dana, spoken.staff, "/desk", words)


def test_a_desk_that_is_too_long_ends_behind_a_case_and_says_how_many_are_left(spoken: Scene) -> None:
    rows = [f"- Case {number}: {'the kettle leaks ' * 20}" for number in range(40)]
    *shown, more, how = held(spoken.catalog, ["*The desk*", "\n".join(["*Yours*", *rows])])
    lines = "\n".join(shown).split("\n")
    cases = [line for line in lines if "Case" in line]
    assert rows[: len(cases)] == cases
    assert 20 < len(cases) < 40
    assert f"{40 - len(cases)} more" in more
    assert "/desk" in how
    assert len("\n".join((*shown, more, how))) <= 10_000


async def test_an_agents_home_is_the_desk_and_a_customers_stays_theirs(spoken: Scene) -> None:
    async with serving(spoken):
        await spoken.slack.open_home(spoken.ana)
        await spoken.slack.open_home(spoken.dana)
        await spoken.slack.until(lambda: spoken.slack.home(spoken.ana) and spoken.slack.home(spoken.dana))
        mine, hers = spoken.slack.home(spoken.dana), spoken.slack.home(spoken.ana)
        assert mine is not None
        assert hers is not None
        assert "Nothing here. All is well." in mine.shown
        assert "The desk" not in hers.shown
        await case_of(spoken)
        await spoken.slack.press(spoken.dana, mine, "Look again")
        await spoken.slack.until(lambda: "Nobody's yet (1)" in mine.shown)


async def test_a_category_is_chosen_on_the_home_tab(spoken: Scene) -> None:
    rule = Rule(when='wish == "person"', category="people", priority=2, why="They asked.")
    spoken.catalog = dataclasses.replace(spoken.catalog, triage=(rule,))
    async with serving(spoken):
        await case_of(spoken)
        await spoken.slack.open_home(spoken.dana)
        await spoken.slack.until(lambda: spoken.slack.home(spoken.dana))
        home = spoken.slack.home(spoken.dana)
        assert home is not None
        await spoken.slack.choose(spoken.dana, home, "Choose", "people")
        await spoken.slack.until(lambda: "The desk: people" in home.shown)


async def test_a_transcript_opens_from_the_card_with_all_that_was_said(spoken: Scene) -> None:
    async with serving(spoken):
        await spoken.slack.say(spoken.ana, spoken.slack.dm(spoken.ana), "when are you open")
        await case_of(spoken)
        card = next(each for each in spoken.slack.messages(spoken.staff) if "Transcript" in each.buttons)
        await spoken.slack.say(spoken.dana, spoken.staff, "<!channel> she *sounds* nice", thread=card.ts)
        await spoken.slack.settled()
        await spoken.slack.press(spoken.dana, card, "Transcript")
        modal = await spoken.slack.modal(spoken.dana)
    assert "when are you open" in modal.shown
    assert "Dana (note, staff only)" in modal.shown
    assert "customer" in modal.shown
    assert spoken.slack.pings == []


async def test_a_long_transcript_turns_its_pages(spoken: Scene) -> None:
    async with serving(spoken) as desk:
        await case_of(spoken)
        card = next(each for each in spoken.slack.messages(spoken.staff) if "Transcript" in each.buttons)
        for number in range(45):
            await spoken.slack.say(spoken.dana, spoken.staff, f"line {number}.", thread=card.ts)
        await recorded(desk, 48)  # the greeting, the question and the handoff besides
        await spoken.slack.press(spoken.dana, card, "Transcript")
        modal = await spoken.slack.modal(spoken.dana)
        assert "line 0." in modal.shown
        assert "line 44." not in modal.shown
        await spoken.slack.press(spoken.dana, modal, "Further on")
        await spoken.slack.until(lambda: "line 44." in modal.shown)
        assert "Page 2" in modal.shown
        await spoken.slack.press(spoken.dana, modal, "From the beginning")
        await spoken.slack.until(lambda: "line 0." in modal.shown)


async def test_a_transcript_of_very_long_messages_fits_its_view(spoken: Scene) -> None:
    async with serving(spoken) as desk:
        await case_of(spoken)
        for number in range(2):
            await spoken.slack.say(spoken.ana, spoken.slack.dm(spoken.ana), f"{number} & <b> 😀" + "words. " * 800)
        card = next(each for each in spoken.slack.messages(spoken.staff) if "Transcript" in each.buttons)
        await recorded(desk, 5)
        await spoken.slack.press(spoken.dana, card, "Transcript")
        modal = await spoken.slack.modal(spoken.dana)
        assert modal.shown.count("words.") == 1_600


async def test_who_is_not_of_the_staff_reads_no_transcript(spoken: Scene) -> None:
    async with serving(spoken):
        await case_of(spoken)
        card = next(each for each in spoken.slack.messages(spoken.staff) if "Transcript" in each.buttons)
        await spoken.slack.press(spoken.ben, card, "Transcript")
        whisper = await spoken.slack.wait_for(spoken.staff, "That is for the support team.", viewer=spoken.ben)
    assert whisper.ephemeral_to == spoken.ben.id


def test_the_manifest_has_the_command() -> None:
    assert "/desk" in COMMANDS
