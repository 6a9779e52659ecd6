"""Finds the tokens: in the environment, or in files of their own that config.yaml names. The environment wins.

What is missing or mistaken is a line of text, never the token itself.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.config import Settings
from bot.errors import ConfigError
from bot.secrets import Secret

SLACK_BOT = "FRONTDESK_SLACK_BOT_TOKEN"
SLACK_APP = "FRONTDESK_SLACK_APP_TOKEN"
SLACK_SIGNING = "FRONTDESK_SLACK_SIGNING_SECRET"
DISCORD = "FRONTDESK_DISCORD_TOKEN"
ORDERS = "FRONTDESK_ORDERS_TOKEN"
WEBHOOKS = "FRONTDESK_OUTSIDE_SECRET"
DESK = "FRONTDESK_OUTSIDE_TOKEN"
_KINDS = {  # how a token's beginning gives it away
    "xoxb-": f"a bot token, which belongs in {SLACK_BOT}",
    "xapp-": f"an app-level token, which belongs in {SLACK_APP}",
    "xoxp-": "a user token, which this bot never needs",
    "xoxe": "a refresh or rotating token; switch token rotation off in the app's settings",
}
_LARGEST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the platforms know us by. On Slack, an app has a bot token in each workspace."""

    slack_bot: tuple[Secret, ...] = ()
    slack_app: tuple[Secret, ...] = ()
    slack_signing: tuple[Secret, ...] = ()
    discord: tuple[Secret, ...] = ()
    orders: tuple[Secret, ...] = ()
    webhooks: tuple[Secret, ...] = ()
    desk: tuple[Secret, ...] = ()


def tokens(settings: Settings, environment: Mapping[str, str]) -> Tokens:
    """Return the tokens that there are. Raises ConfigError, with all that is wrong, but not for one that is missing."""
    files = {
        SLACK_BOT: ("slack.bot_token_file", settings.slack.bot_token_file),
        SLACK_APP: ("slack.app_token_file", settings.slack.app_token_file),
        SLACK_SIGNING: ("slack.signing_secret_file", settings.slack.signing_secret_file),
        DISCORD: ("discord.token_file", settings.discord.token_file),
        ORDERS: ("orders.token_file", settings.orders.token_file),
        DESK: ("outside.token_file", settings.outside.token_file),
        WEBHOOKS: ("outside.secret_file", settings.outside.secret_file),
    }
    found: dict[str, tuple[Secret, ...]] = {}
    problems: list[str] = []
    for variable, (setting, file) in files.items():
        where, text = variable, environment.get(variable, "")
        if not text.strip() and file:
            where = f"{setting} ({file})"
            try:
                text = _read(Path(file))
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "it is not text"
                problems.append(f"{setting} is {file!r}, which cannot be read: {reason}.")
                continue
            if not text.strip():
                problems.append(f"{setting} is {file!r}, which is empty.")
        found[variable] = tuple(Secret(part) for part in re.split(r"[,\s]+", text.removeprefix("Bot ")) if part)
        problems += _mistaken(variable, where, found[variable])
    if problems:
        raise ConfigError("\n".join(problems))
    return Tokens(
        slack_bot=found[SLACK_BOT],
        slack_app=found[SLACK_APP],
        slack_signing=found[SLACK_SIGNING],
        discord=found[DISCORD],
        orders=found[ORDERS],
        webhooks=found[WEBHOOKS],
        desk=found[DESK],
    )


def _read(path: Path) -> str:
    with path.open(encoding="utf-8-sig") as file:
        return file.read(_LARGEST)


def _mistaken(variable: str, where: str, secrets: tuple[Secret, ...]) -> Iterator[str]:
    """Yield what a token's own form gives away."""
    wanted = {SLACK_BOT: "xoxb-", SLACK_APP: "xapp-"}.get(variable, "")
    for secret in secrets:
        value = secret.reveal()
        kind = next((said for beginning, said in _KINDS.items() if value.startswith(beginning)), "")
        if wanted and value.startswith(wanted):
            continue
        if kind:
            yield f"{where} holds {kind}."
        elif wanted:
            yield f"{where} does not begin with {wanted}; copy it again, with nothing before or after it."
    if variable in (DISCORD, SLACK_SIGNING, ORDERS, DESK) and len(secrets) > 1:
        yield f"{where} holds {len(secrets)} of them; there is only one."
    if len(set(secrets)) < len(secrets):
        yield f"{where} holds the same token twice."
