"""From settings and tokens to the platforms' channels, or to everything that stands in the way of serving them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process

from bot.channels.files import Files
from bot.channels.front import Front
from bot.channels.staff import StaffRooms
from bot.config import Settings, size
from bot.dialog.catalog import Catalog
from bot.dialog.engine import WELCOME
from bot.errors import ConfigError
from bot.ports import Channel
from bot.secrets import Secret
from bot.tokens import DISCORD, SLACK_APP, SLACK_BOT, SLACK_SIGNING, Tokens

if TYPE_CHECKING:
    from bot.channels.discord.access import DiscordAccess
    from bot.channels.slack.access import SlackAccess

STAFF = "staff"
VARIABLES = {"slack": SLACK_BOT, "discord": DISCORD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Platforms:
    """What a bot that runs serves: a front for each platform, the channels for all places, and their files."""

    fronts: Mapping[str, Front]
    channels: Mapping[str, Channel]
    files: Files
    routes: tuple[Any, ...] = ()


def platforms(settings: Settings, tokens: Tokens, catalog: Catalog) -> Platforms:
    """Return the platforms to serve. Raises ConfigError with everything that is missing or does not fit."""
    if problems := [*missing(settings, tokens), *misplaced(settings, tokens, catalog)]:
        raise ConfigError("\n".join(problems))
    made = fronts(settings, tokens)
    staff = StaffRooms(made, room=settings.staff.channel, queues=settings.staff.queues)
    files = Files(made, most=size(settings.files.most), kinds=settings.files.kinds)
    routes = made["slack"].routes() if "slack" in made and settings.slack.mode == "http" else ()
    return Platforms(fronts=made, channels={**made, STAFF: staff}, files=files, routes=tuple(routes))


def fronts(settings: Settings, tokens: Tokens) -> dict[str, Front]:
    """Return a front for each platform that there is a token for. Their libraries, which take long, load only here."""
    made: dict[str, Front] = {}
    if tokens.slack_bot:
        from bot.channels.slack.channel import SlackChannel

        made["slack"] = SlackChannel(slack_access(settings, tokens))
    if tokens.discord:
        from bot.channels.discord.channel import DiscordChannel

        made["discord"] = DiscordChannel(discord_access(settings, tokens))
    return made


def slack_access(settings: Settings, tokens: Tokens) -> "SlackAccess":
    """Return what Slack's channel needs."""
    from bot.channels.slack.access import SlackAccess

    return SlackAccess(
        bot_tokens=_revealed(tokens.slack_bot),
        app_tokens=_revealed(tokens.slack_app),
        signing_secret="".join(_revealed(tokens.slack_signing)),
        mode=settings.slack.mode,
        api_url=settings.slack.api_url.rstrip("/") + "/",
        support_channels=settings.slack.support_channels,
        modes=settings.slack.modes,
        welcome=settings.slack.welcome,
        rooms=_on("slack", rooms(settings)),
        staff=settings.staff.channel,
        queues=settings.staff.queues,
        reply_prefix=settings.staff.reply_prefix,
        roles=settings.slack.roles,
    )


def discord_access(settings: Settings, tokens: Tokens) -> "DiscordAccess":
    """Return what Discord's channel needs."""
    from bot.channels.discord.access import DiscordAccess

    return DiscordAccess(
        token="".join(_revealed(tokens.discord)),
        api_url=settings.discord.api_url.rstrip("/"),
        gateway_url=settings.discord.gateway_url,
        support_channels=settings.discord.support_channels,
        modes=settings.discord.modes,
        welcome=settings.discord.welcome,
        rooms=_on("discord", rooms(settings)),
        staff=settings.staff.channel,
        queues=settings.staff.queues,
        reply_prefix=settings.staff.reply_prefix,
        roles=settings.discord.roles,
    )


async def post_panel(settings: Settings, tokens: Tokens, place: str, catalog: Catalog) -> None:
    """Post the panel in a channel ("slack:C7", "discord:123").

    Raises ConfigError for a staff channel, and without a token for its platform.
    """
    platform = place.partition(":")[0]
    if _bare(place) in map(_bare, rooms(settings)):
        raise ConfigError(f"{place} is a staff channel: name one that customers read.")
    if platform == "slack" and tokens.slack_bot:
        from bot.channels.slack import panel as slack

        await slack.post_panel(slack_access(settings, tokens), place, catalog)
    elif platform == "discord" and tokens.discord:
        from bot.channels.discord import panel as discord

        await discord.post_panel(discord_access(settings, tokens), place, catalog)
    else:
        raise ConfigError(f"there is no token for {platform.capitalize()}: set {VARIABLES[platform]}.")


def rooms(settings: Settings) -> tuple[str, ...]:
    """Return every staff channel that is set, each once."""
    return tuple(dict.fromkeys(room for room in (settings.staff.channel, *settings.staff.queues.values()) if room))


def missing(settings: Settings, tokens: Tokens) -> Iterator[str]:
    """Yield each token that is missing for what is set."""
    if not tokens.slack_bot and not tokens.discord:
        yield (
            f"there is no token: set {SLACK_BOT} (docs/slack.md), {DISCORD} (docs/discord.md) or both. "
            "To look around without any, run: frontdesk demo"
        )
    if tokens.slack_bot and settings.slack.mode == "socket" and not tokens.slack_app:
        yield f"Slack needs an app-level token (xapp-…) too: set {SLACK_APP}. See docs/slack.md."
    if tokens.slack_bot and settings.slack.mode == "http" and not tokens.slack_signing:
        yield f"Slack needs the app's signing secret too: set {SLACK_SIGNING}. See docs/slack.md."
    if (tokens.slack_app or tokens.slack_signing) and not tokens.slack_bot:
        yield f"there is a token for Slack, but no bot token (xoxb-…): set {SLACK_BOT}. See docs/slack.md."


def misplaced(settings: Settings, tokens: Tokens, catalog: Catalog) -> Iterator[str]:
    """Yield each place that is missing, that nobody serves, or that is used for two things, and a missing welcome."""
    if not settings.staff.channel:
        yield (
            "staff.channel is not set: say where cases go to, such as slack:C0123ABCD or discord:1234567890. "
            "docs/slack.md and docs/discord.md tell where to find the id."
        )
    keys = {"staff.channel": settings.staff.channel}
    keys |= {f"staff.queues.{queue}": room for queue, room in settings.staff.queues.items()}
    served = {"slack": tokens.slack_bot, "discord": tokens.discord}
    for key, room in keys.items():
        platform, _, channel = room.partition(":")
        if not room:
            continue
        if not served[platform]:
            yield f"{key} is {room}, but there is no token for {platform.capitalize()}: set {VARIABLES[platform]}."
        if channel.rpartition("/")[2] in _support(settings):
            yield f"{key} is {room}, which is a support channel too: customers would read what staff write."
    for queue in settings.staff.queues:
        if queue not in catalog.queues:
            near = process.extractOne(queue, list(catalog.queues), scorer=fuzz.ratio, score_cutoff=60)
            there = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(sorted(catalog.queues))}."
            yield f"staff.queues.{queue}: handoff/queues.yaml has no queue '{queue}'. {there}"
    for platform, welcome in {"slack": settings.slack.welcome, "discord": settings.discord.welcome}.items():
        if welcome and WELCOME not in catalog.flows:
            yield f"{platform}.welcome is true, but flows/ has no flow '{WELCOME}' to welcome people with: write one."


def _bare(place: str) -> tuple[str, str]:
    """Return a place's platform and channel; its workspace may or may not be written."""
    platform, _, channel = place.partition(":")
    return platform, channel.rpartition("/")[2]


def _support(settings: Settings) -> set[str]:
    return {each.rpartition("/")[2] for each in (*settings.slack.support_channels, *settings.discord.support_channels)}


def _on(platform: str, places: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(place.partition(":")[2] for place in places if place.startswith(f"{platform}:"))


def _revealed(secrets: tuple[Secret, ...]) -> tuple[str, ...]:
    return tuple(secret.reveal() for secret in secrets)
