"""What staff write for each other, on the platform on which customers are too: in no request to anywhere else.

And two who claim a case at once: one has it, the other reads who.
"""

import asyncio
import dataclasses
import re
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.desk.team import Agent
from tests.channels.discorddesk import Desk, platform
from tests.channels.slackdesk import Scene, serving

CANARY = "zqcanary"
FILE = (f"{CANARY}.txt", "text/plain", f"{CANARY} inside".encode())
# What an agent may write in a case's thread that is for staff alone; between the two switches the case is live.
LINES = (
    f"{CANARY} plain",
    f"!note {CANARY} note",
    f"!replly {CANARY} mistyped",
    f"> !r {CANARY} quoted",
    f"!assign nobody {CANARY}",
    f"!share nobody {CANARY}",
    f"!argue {CANARY} speaks for them",
    "!live on",
    f"!note {CANARY} while live",
    f"!replly {CANARY} mistyped while live",
    "!live off",
    f"{CANARY} afterwards",
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with platform() as server, Desk(server, str(tmp_path / "f.sqlite")).open() as desk:
        yield desk


def leaks(requests: Iterable[tuple[str, object]], rooms: Iterable[str]) -> list[tuple[str, str]]:
    """Return the requests with a canary in any word or key of them that are for none of these rooms."""
    told = [(where, repr(body)) for where, body in requests]
    assert any(CANARY in body for _, body in told)  # of what was written in a form, staff do read
    return [(where, body) for where, body in told if CANARY in body and where not in set(rooms)]


async def test_on_slack_no_request_but_those_to_staff_has_a_word_of_staffs(there: Scene) -> None:
    async with serving(there) as desk:
        card = await there.case(there.ana)
        await there.slack.press(there.dana, card, "Claim")
        await there.slack.until(lambda: "owned" in card.shown)
        for line in LINES:
            await there.slack.say(there.dana, there.staff, line, thread=card.ts)
        await there.slack.say(there.dana, there.staff, f"{CANARY} look", thread=card.ts, files=[FILE])
        await there.slack.press(there.dana, card, "Note")
        await there.slack.submit(there.dana, await there.slack.modal(there.dana), {"words": f"{CANARY} by form"})
        ts = await there.slack.say(there.dana, there.staff, "!r This is for you.", thread=card.ts)
        await there.slack.wait_for(there.slack.dm(there.ana), "This is for you.")
        await there.slack.edit(there.dana, there.staff, ts, f"{CANARY} no reply any more")
        await there.slack.say(there.dana, there.staff, "!resolve All done", thread=card.ts)
        await there.slack.wait_for(there.slack.dm(there.ana), "All done")
        await there.slack.settled()
        await desk.shop.idle()
    calls = [(str(each.get("channel") or each.get("channel_id") or name), each) for name, each in there.slack.call_log]
    assert leaks(calls, [there.staff.id]) == []
    dm = there.slack.messages(there.slack.dm(there.ana))
    assert [file.name for each in dm if each.bot for file in each.files or ()] == []


async def test_on_discord_no_request_but_those_to_staff_has_a_word_of_staffs(desk: Desk) -> None:
    dm = desk.server.dm(desk.ana)
    card, thread = await desk.case(desk.ana)
    await desk.server.press(desk.dana, card, "Claim")
    await desk.server.until(lambda: "Live on" in card.buttons)
    for line in LINES:
        await desk.server.say(desk.dana, thread, line)
    await desk.server.say(desk.dana, thread, f"{CANARY} look", files=[FILE])
    await desk.server.press(desk.dana, card, "Note")
    await desk.server.submit(desk.dana, await desk.server.modal(desk.dana), {"text": f"{CANARY} by form"})
    reply = await desk.server.say(desk.dana, thread, "!r This is for you.")
    await desk.said(dm, "This is for you.")
    await desk.server.edit(desk.dana, reply, f"{CANARY} no reply any more")
    await desk.server.say(desk.dana, thread, "!resolve All done")
    await desk.said(dm, "All done")
    await desk.shop.idle()
    calls = [(_room(call.path), (call.path, call.body)) for call in desk.server.call_log]
    assert leaks(calls, [str(desk.staff.id), str(thread.id)]) == []
    assert [file.name for one in desk.server.messages(dm) if one.bot for file in one.attachments] == []


def _room(path: str) -> str:
    found = re.search(r"/channels/(\d+)", path)
    return found[1] if found else path


async def test_of_two_who_claim_at_once_on_slack_one_has_it_and_the_other_reads_who(there: Scene) -> None:
    lee = Agent(id="lee", name="Lee", role="supervisor", accounts=(f"slack:{there.ben.id}",))
    words = there.catalog.texts["staff_taken"]
    taken = replace(words, variants=("{{ agent }} reads that {{ owner }} has it",))
    there.catalog = dataclasses.replace(
        there.catalog, agents={**there.catalog.agents, "lee": lee}, texts={**there.catalog.texts, "staff_taken": taken}
    )
    async with serving(there) as desk:
        card = await there.case(there.ana)
        people = (there.dana, there.ben)
        assert await asyncio.gather(*(there.slack.press(who, card, "Claim") for who in people)) == [True, True]
        told = await there.slack.wait_for(there.staff, "reads that", thread=card.ts)
        await there.slack.settled()
        owner = (await desk.shop.store.board())[0].assignee
        loser, winner = {"dana": ("Lee", "Dana"), "lee": ("Dana", "Lee")}[owner]
        assert f"{loser} reads that {winner} has it" in told.shown
        claimed = [each.shown for each in there.slack.messages(there.slack.dm(there.ana)) if each.shown == "claimed"]
        assert len(claimed) == 1


async def test_of_two_who_claim_at_once_on_discord_one_has_it_and_the_other_reads_who(desk: Desk) -> None:
    card, thread = await desk.case(desk.ana)
    await asyncio.gather(*(desk.server.press(who, card, "Claim") for who in (desk.dana, desk.sam)))
    told = await desk.said(thread, "already")
    await desk.shop.idle()
    owner = (await desk.shop.store.board())[0].assignee
    loser, winner = {"dana": ("Sam", "Dana"), "sam": ("Dana", "Sam")}[owner]
    assert f"{loser}, case 1 is with {winner} already" in told.shown
    lines = desk.bot_lines(desk.server.dm(desk.ana))
    assert len([line for line in lines if "looks after your case" in line]) == 1
