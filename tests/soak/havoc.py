"""What goes wrong in the soak: the emulators' own chaos, troubles of the lines, and the bot's sudden ends."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

from tests.soak.process import Bot
from tests.soak.stage import Stage

SLACK_CHAOS, DISCORD_CHAOS = 0.05, 0.7  # of all calls and events; times a second


async def trouble(stage: Stage, bot: Bot, dice: random.Random) -> None:
    """Bring what the emulators' own chaos does not, and end the bot every few seconds."""
    slack, discord = stage.slack.faults, stage.discord.faults
    troubles: list[tuple[Callable[[], None], ...]] = [
        (slack.half_open_sockets,),
        (discord.half_open_sockets,),
        (lambda: slack.refuse_sockets(dice.randint(1, 3)), slack.drop_sockets),
        (slack.expire_tickets, slack.drop_sockets),
        (lambda: discord.refuse_handshakes(dice.randint(1, 3)), discord.drop_sockets),
        (discord.refuse_sessions, discord.drop_sockets),
        (lambda: slack.lose_acks(dice.randint(1, 4)),),
        (lambda: slack.delay_acks(dice.randint(1, 4), dice.uniform(0.2, 2.0)),),
        (lambda: slack.reorder_events(dice.randint(2, 4)),),
        (lambda: slack.redeliver(dice.randint(5, 50)),),
        (lambda: slack.disconnect("warning"),),
        (lambda: discord.reorder_events(dice.randint(1, 4)),),
    ]
    while True:
        rage(stage, dice)
        if dice.random() < 0.8:  # or it is ended before it has come to anything
            with suppress(AssertionError):
                await stage.slack.until(lambda: connected(stage), 15)
        await asyncio.sleep(dice.uniform(0.0, 6.0))
        for _ in range(dice.randint(1, 4)):
            for each in dice.choice(troubles):
                each()
            await asyncio.sleep(dice.uniform(0.3, 2.5))
        await (bot.stop() if dice.random() < 0.15 else bot.kill())
        await asyncio.sleep(dice.choice((0.0, dice.uniform(0.0, 1.0), dice.uniform(1.0, 4.0))))
        await bot.start()


def rage(stage: Stage, dice: random.Random) -> None:
    """Begin the emulators' own chaos, without what nobody was there to suffer."""
    still(stage)
    stage.slack.faults.chaos(dice.randrange(1 << 30), SLACK_CHAOS)
    stage.discord.faults.chaos(dice.randrange(1 << 30), DISCORD_CHAOS)


def still(stage: Stage) -> None:
    """End all trouble."""
    stage.slack.faults.calm()
    stage.discord.faults.clear()


def connected(stage: Stage) -> bool:
    """Tell whether the bot is heard on both platforms."""
    sessions = stage.discord.gateway.sessions.values()
    return bool(stage.slack.connections) and any(each.socket and not each.socket.deaf for each in sessions)


async def ready(stage: Stage, bot: Bot) -> None:
    """Wait until the bot listens on both."""
    try:
        await stage.slack.until(lambda: connected(stage), 30)
    except AssertionError:
        raise AssertionError(f"the bot does not connect: {bot.last_words()}") from None


async def calm(stage: Stage, bot: Bot, havoc: "asyncio.Task[None]") -> None:
    """End all trouble, with a bot that lives."""
    havoc.cancel()
    await asyncio.gather(havoc, return_exceptions=True)
    still(stage)
    await bot.abandon()
    await bot.start()
