"""`frontdesk run` serves Slack and Discord at once while everything goes wrong; nobody who writes to it can tell.

Both emulators bring trouble of all their kinds; the bot is killed, stopped and started again. Each message carries a
word that occurs once in the world, and the bot says back what it is told: so each must be shown exactly once, to its
customer alone, in the right order. Agents work on cases meanwhile: a reply reaches its customer, a note nobody.

`FRONTDESK_SOAK_CONVERSATIONS` (or, where it is 0, as many as fit into `FRONTDESK_SOAK_SECONDS`) says how long it goes.
`FRONTDESK_SOAK_SEED` repeats the dice, though not the machine's timing. `make soak` has 2,000 conversations, and writes
seed and outcome into record.txt.
"""

import asyncio
import os
import random
import statistics
import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from tests.soak.havoc import calm, ready, trouble
from tests.soak.people import Crowd, Impatient, Talk
from tests.soak.process import ROOT, Bot
from tests.soak.staff import Desk
from tests.soak.stage import Stage, stage
from tests.soak.verdict import Verdict

CONVERSATIONS = int(os.environ.get("FRONTDESK_SOAK_CONVERSATIONS", "0"))
SECONDS = float(os.environ.get("FRONTDESK_SOAK_SECONDS", "38"))
SEED = os.environ.get("FRONTDESK_SOAK_SEED") or (uuid4().hex[:8] if CONVERSATIONS else "99df3931")
RECORD = os.environ.get("FRONTDESK_SOAK_RECORD")
AT_ONCE = int(os.environ.get("FRONTDESK_SOAK_AT_ONCE", "96" if CONVERSATIONS else "24"))
PATIENCE = 90.0  # seconds that anybody waits for anything
DRAIN = 60.0  # seconds after the end of all trouble until everything must be answered
_SETTLE = 3.0  # seconds in which something could still be said twice
_LEAST = 10  # messages of a conversation
_MOST_TOLD = 12


async def play(stage: Stage, bot: Bot, crowd: Crowd, desk: Desk) -> None:
    """Let customers come and go under trouble until enough have, and wait until all is well."""
    began = time.monotonic()
    count = 0

    def more() -> bool:
        if crowd.failed:
            return False
        return count < CONVERSATIONS if CONVERSATIONS else time.monotonic() - began < SECONDS

    async def come_and_go(at: int) -> None:
        nonlocal count
        await asyncio.sleep(at * 0.1)
        while more():
            who = stage.newcomer(count, crowd.dice)
            count += 1
            crowd.customers.append(who)
            private = who.spot.kind.endswith("dm")
            hands_over = private and crowd.dice.random() < 0.08
            by = None if private else partial(stage.stray, who)
            try:
                await Talk(crowd, who, crowd.dice.randint(_LEAST, _LEAST + 3), hands_over, by).run()
            except Impatient as error:  # the verdict tells why
                print(error, flush=True)
                crowd.failed = True

    async def visit() -> None:
        await asyncio.gather(*(come_and_go(at) for at in range(AT_ONCE)))

    staff = asyncio.create_task(desk.run())
    havoc = asyncio.create_task(trouble(stage, bot, crowd.dice))
    progress = asyncio.create_task(tell(stage, bot, crowd, began))
    visits = asyncio.ensure_future(visit())
    try:
        while more() and not visits.done():
            await asyncio.wait([visits, staff, havoc], timeout=0.5, return_when=asyncio.FIRST_COMPLETED)
            for task in (staff, havoc):
                if task.done():
                    task.result()
        await calm(stage, bot, havoc)
        await asyncio.wait([visits, staff], timeout=DRAIN, return_when=asyncio.FIRST_COMPLETED)
        if staff.done():
            staff.result()
        with suppress(TimeoutError):
            await asyncio.wait_for(visits, 1.0)
        await asyncio.sleep(_SETTLE)
    finally:
        for task in (staff, havoc, progress, visits):
            task.cancel()
        await asyncio.gather(staff, havoc, progress, visits, return_exceptions=True)


async def tell(stage: Stage, bot: Bot, crowd: Crowd, began: float) -> None:
    """Print a line now and then, and what the bot did that it must not do."""
    told: set[str] = set()
    while True:
        await asyncio.sleep(10)
        offences = stage.offences
        fresh = [each for each in offences if each not in told]
        told.update(fresh)
        print(*fresh[:_MOST_TOLD], sep="\n", end="\n" if fresh else "")
        waits = sorted(crowd.waits[-500:])
        print(
            f"{time.monotonic() - began:5.0f} s  {sum(who.done for who in crowd.customers)} of {len(crowd.customers)} "
            f"conversations done, {crowd.written} messages, {bot.kills} kills, {bot.stops} stops, "
            f"{len(offences)} offences, answers after "
            f"{statistics.median(waits or [0]):.1f} s, slowest {waits[-1] if waits else 0:.1f} s",
            flush=True,
        )


def summary(stage: Stage, bot: Bot, crowd: Crowd, desk: Desk, verdict: Verdict) -> str:
    waits = sorted(crowd.waits)
    slack, gateway = stage.slack, stage.discord.gateway
    lines = (
        f"{len(crowd.customers)} conversations, {crowd.written} messages, {len(desk.threads)} cases",
        f"{bot.kills} kills, {bot.stops} stops",
        f"{slack.sockets.opened} sockets, {gateway.identifies} identifies, {gateway.resumes} resumes",
        f"{verdict.shared} answers to several messages, {verdict.overtaken} by receipt though not by writing",
        f"{verdict.lost} first words in DMs lost",
        f"answers after {statistics.median(waits):.1f} s, 99 % within {waits[int(len(waits) * 0.99)]:.1f} s",
        f"{slack.calls.total()} calls of Slack, {stage.discord.calls} of Discord",
    )
    return "; ".join(lines)


async def test_each_message_is_answered_once_whatever_goes_wrong(tmp_path: Path) -> None:
    print(f"\nsoak with seed {SEED}; to repeat it: FRONTDESK_SOAK_SEED={SEED}")
    crowd = Crowd(random.Random(SEED), PATIENCE)
    async with stage() as platforms:
        bot = Bot(tmp_path, platforms.environment(tmp_path))
        desk = Desk(crowd, list(platforms.rooms))
        try:
            await bot.start()
            await ready(platforms, bot)
            await play(platforms, bot, crowd, desk)
            await bot.stop()
        finally:
            await bot.abandon()
        verdict = Verdict(crowd, desk, platforms.slack, platforms.discord, bot, tmp_path / "desk.sqlite")
        wrong = [*verdict.problems(), *platforms.offences]
        outcome = f"seed {SEED}: {summary(platforms, bot, crowd, desk, verdict)}; {len(wrong) or 'nothing'} wrong"
        print(outcome, flush=True)
        if RECORD:
            with (ROOT / RECORD).open("a") as record:
                record.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M} {outcome}\n")
        told = "\n\n".join(wrong[:_MOST_TOLD])
        assert not wrong, f"seed {SEED}, {len(wrong)} wrong:\n\n{told}\n\nthe bot's last words:{bot.last_words()}"
