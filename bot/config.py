"""config.yaml and the environment → frozen Settings.

Every key can also be set by an environment variable: `playground.port` by FRONTDESK_PLAYGROUND_PORT, which wins.
What is wrong is told by key, value and what was expected. Tokens are no settings: `bot.tokens` finds them elsewhere,
and one that stands here is refused.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from rapidfuzz import fuzz, process

from bot.content.yamlfile import Located, read
from bot.durations import seconds
from bot.errors import ConfigError
from bot.secrets import is_token

_SIZE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(KB|MB)", re.IGNORECASE)
_UNITS = {"KB": 1_000, "MB": 1_000_000}
_SLACK_CHANNEL = r"(?:[TE][A-Z0-9]+/)?[CG][A-Z0-9]+"
_DISCORD_CHANNEL = r"\d{1,20}"
ROOM = f"slack:{_SLACK_CHANNEL}|discord:{_DISCORD_CHANNEL}"


def size(text: str) -> int:
    """Return the bytes that a setting such as 10MB says; raises ValueError for anything else."""
    if not (found := _SIZE.fullmatch(text.strip())):
        raise ValueError("expected a size such as 10MB or 500KB")
    return int(float(found[1]) * _UNITS[found[2].upper()])


def _listed(value: object) -> object:
    """Take a text as a list with commas, as the environment has it, and a number, which an id may be, as one item."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [value] if type(value) is int else value


def _one_mode(value: object) -> object:
    if value not in ("silent", "suggest", "live"):
        raise ValueError("expected silent, suggest or live")
    return value


def _paired(value: object) -> object:
    """Take a text as pairs with commas, as the environment has it: billing=slack:C1,returns=discord:5."""
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in value.split(",") if part.strip()]
    if not all(sign for _, sign, _ in pairs):
        raise ValueError("expected pairs such as billing=slack:C0123ABCD,returns=discord:1234567890")
    return {name.strip(): place.strip() for name, _, place in pairs}


def _grouped(value: object) -> object:
    """Take a text as pairs with commas, as the environment has it: agent=S0123ABCD,agent=S0456,supervisor=S0789."""
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in value.split(",") if part.strip()]
    if not all(sign for _, sign, _ in pairs):
        raise ValueError("expected pairs such as agent=1234567890,supervisor=2345678901")
    return {role.strip(): [id.strip() for each, _, id in pairs if each.strip() == role.strip()] for role, _, _ in pairs}


def _text(read: Callable[[str], object], expected: str) -> BeforeValidator:
    """Take a text that can be read, or a number, which YAML makes of an id; all else is told what was expected."""

    def validate(value: object) -> str:
        text = str(value) if type(value) is int else value
        try:
            if isinstance(text, str) and read(text) is not None:
                return text
        except (ValueError, OverflowError):
            pass
        raise ValueError(f"expected {expected}")

    return BeforeValidator(validate)


def _matches(pattern: str, expected: str) -> BeforeValidator:
    return _text(re.compile(pattern).fullmatch, expected)


Duration = Annotated[str, _text(seconds, "a duration such as 1.5s or 2m")]
Size = Annotated[str, _text(size, "a size such as 10MB or 500KB")]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
SlackChannel = Annotated[
    str, _matches(_SLACK_CHANNEL, "a channel's id such as C0123ABCD, or T0123ABCD/C0123ABCD with its workspace")
]
DiscordChannel = Annotated[str, _matches(_DISCORD_CHANNEL, "a channel's id such as 1234567890123456789 (digits only)")]
Room = Annotated[str, _matches(f"{ROOM}|", "one such as slack:C0123ABCD or discord:1234567890")]
Url = Annotated[str, _matches(r"https?://[^\s/]+\S*", "an address such as https://example.com/api")]
DeskName = Annotated[str, _matches(r"[a-z][a-z0-9_-]{0,30}", "a name of small letters such as crm")]
Socket = Annotated[str, _matches(r"wss?://[^\s/]+\S*", "an address such as wss://example.com/")]
Port = Annotated[int, Field(ge=0, le=65535)]

_EXPECTED = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "a text",
    "tuple_type": "a list",
    "dict_type": "a group of keys",
    "bool_parsing": "yes or no",
    "bool_type": "yes or no",
    "greater_than_equal": "a number from 0 to 65535",
    "less_than_equal": "a number from 0 to 65535",
}
# Keys under which people put tokens, and the variable in which each belongs.
_TOKEN_KEYS = {
    "slack.bot_token": "FRONTDESK_SLACK_BOT_TOKEN",
    "slack.app_token": "FRONTDESK_SLACK_APP_TOKEN",
    "slack.signing_secret": "FRONTDESK_SLACK_SIGNING_SECRET",
    "discord.token": "FRONTDESK_DISCORD_TOKEN",
    "orders.token": "FRONTDESK_ORDERS_TOKEN",
    "outside.token": "FRONTDESK_OUTSIDE_TOKEN",
    "outside.secret": "FRONTDESK_OUTSIDE_SECRET",
}
# Names that are none of ours to question: those of our tests, and what a cluster sets for a service called frontdesk.
_OTHERS = re.compile(r"FRONTDESK_(?:(?:SOAK|BENCH|REQUIRE|TEST)_\w+|SERVICE_(?:HOST|PORT)\w*|PORT_\d+_\w+)")

_SIGN = r"[^\s>*_~|`#<&/@\\]+\s*"  # a sign of markup is taken away before anybody looks for it


Role = Literal["agent", "supervisor", "admin"]
SlackGroup = Annotated[str, _matches(r"S[A-Z0-9]+", "a user group's id such as S0123ABCD")]
DiscordRole = Annotated[str, _matches(r"\d{1,20}", "a role's id such as 1234567890123456789 (digits only)")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _modes(value: object) -> object:
    """Take pairs as the environment has them; a channel's id may be a number, which YAML makes of digits."""
    found = _paired(value)
    return {str(name): mode for name, mode in found.items()} if isinstance(found, dict) else found


def _named(pattern: str) -> BeforeValidator:
    return _matches(f"{pattern}|direct|default", "a channel's id, 'direct' (direct messages) or 'default' (all others)")


Mode = Annotated[Literal["silent", "suggest", "live"], BeforeValidator(_one_mode)]
SlackModes = Annotated[dict[Annotated[str, _named(_SLACK_CHANNEL)], Mode], BeforeValidator(_modes)]
DiscordModes = Annotated[dict[Annotated[str, _named(_DISCORD_CHANNEL)], Mode], BeforeValidator(_modes)]


class Calls(_Part):
    """Outside systems."""

    timeout: Duration = "10s"


class Orders(_Part):
    """The order system: the demo's, Shopify, or one that a mapping file describes (docs/connectors.md)."""

    system: Annotated[
        str, _matches(r"demo|shopify|.+\.ya?ml", "demo, shopify or a mapping file such as orders.yaml")
    ] = "demo"
    url: Annotated[str, _matches(r"(https?://[^\s/]+\S*)?", "an address such as https://my-shop.myshopify.com")] = ""
    token_file: str = ""


class Outside(_Part):
    """Other systems that hear what becomes of cases (docs/outside.md): a help desk, and webhooks by name."""

    system: Annotated[
        str,
        _matches(r"none|zendesk|freshdesk|.+\.ya?ml", "none, zendesk, freshdesk or a mapping file such as desk.yaml"),
    ] = "none"
    url: Annotated[str, _matches(r"(https?://[^\s/]+\S*)?", "an address such as https://my-shop.zendesk.com")] = ""
    token_file: str = ""
    webhooks: Annotated[dict[DeskName, Url], BeforeValidator(_paired)] = {}
    secret_file: str = ""
    words: bool = False
    give_up: Duration = "24h"


class Matching(_Part):
    """How answers are found."""

    semantic: str = ""


class Playground(_Part):
    """The page of `frontdesk demo`."""

    host: str = "127.0.0.1"
    port: Port = 8500
    mode: Mode = "live"


class Slack(_Part):
    """How the bot meets Slack. The `…_file` settings name files that hold a token and nothing else."""

    mode: Literal["socket", "http"] = "socket"
    api_url: Url = "https://slack.com/api/"
    support_channels: Annotated[tuple[SlackChannel, ...], BeforeValidator(_listed)] = ()
    roles: Annotated[
        dict[Role, Annotated[tuple[SlackGroup, ...], BeforeValidator(_listed)]], BeforeValidator(_grouped)
    ] = {}
    modes: SlackModes = {}
    welcome: bool = False
    bot_token_file: str = ""
    app_token_file: str = ""
    signing_secret_file: str = ""


class Discord(_Part):
    """How the bot meets Discord."""

    api_url: Url = "https://discord.com/api/v10"
    gateway_url: Socket = "wss://gateway.discord.gg/"
    support_channels: Annotated[tuple[DiscordChannel, ...], BeforeValidator(_listed)] = ()
    roles: Annotated[
        dict[Role, Annotated[tuple[DiscordRole, ...], BeforeValidator(_listed)]], BeforeValidator(_grouped)
    ] = {}
    modes: DiscordModes = {}
    welcome: bool = False
    token_file: str = ""


class Staff(_Part):
    """Where agents work: one channel for all queues, others for some of them, and how a reply to a customer begins."""

    channel: Room = ""
    queues: Annotated[dict[str, Room], BeforeValidator(_paired)] = {}
    reply_prefix: Annotated[str, _matches(_SIGN, "one word such as '!r ' without signs of markup")] = "!r "


class Server(_Part):
    """Where `frontdesk run` tells how it is, and takes Slack's requests in the mode "http"."""

    host: str = "127.0.0.1"
    port: Port = 8080


class FileLimits(_Part):
    """Which files pass between customers and staff."""

    most: Size = "10MB"
    kinds: Names = ("image/*", "text/plain", "text/csv", "application/pdf", "video/mp4", "video/quicktime")


class Settings(_Part):
    """What an operator sets. An empty `content` means: the folder at hand if it is one, else the shipped demo shop.

    `burst` is how long to wait for a customer's next message before all of them are answered as one.
    """

    content: str = ""
    database: str = "frontdesk.sqlite"
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    burst: Duration = "1.5s"
    slack: Slack = Slack()
    discord: Discord = Discord()
    staff: Staff = Staff()
    server: Server = Server()
    files: FileLimits = FileLimits()
    calls: Calls = Calls()
    orders: Orders = Orders()
    outside: Outside = Outside()
    matching: Matching = Matching()
    playground: Playground = Playground()


def settings(path: Path | None, environment: Mapping[str, str]) -> Settings:
    """Return the settings of a file (none is fine unless it was named) and the environment. Raises ConfigError."""
    file = path or Path("config.yaml")
    located = Located(str(file))
    if path is not None or file.exists():
        located = read(file, str(file))
        if located.problems:
            raise ConfigError("\n".join(str(problem) for problem in located.problems))
    values = {} if located.value is None else located.value
    if not isinstance(values, dict):
        raise ConfigError(f"{file}: expected keys such as 'database: frontdesk.sqlite'.")
    misplaced: list[str] = []
    values = _filled(_without_tokens(str(file), values, (), misplaced))
    sources = {}
    for key, variable in variables():
        if variable in environment:
            inner: Any = values
            for part in key[:-1]:
                inner = inner.setdefault(part, {})
            if is_token(environment[variable]):
                misplaced.append(
                    f"{variable} holds a secret, which is not what it is for. "
                    f"Perhaps you meant {_variable_of(environment[variable])}?"
                )
            elif isinstance(inner, dict):
                inner[key[-1]] = environment[variable]
                sources[".".join(key)] = variable
    problems = [*misplaced, *_unknown(environment)]
    try:
        found = Settings.model_validate(values)
    except ValidationError as error:
        problems += [_explain(str(file), sources, dict(each)) for each in error.errors()]
    if problems:
        raise ConfigError("\n".join(problems))
    return found


def _unknown(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield each variable that looks like one of ours and is none, with the one that was likely meant."""
    known = [*(variable for _, variable in variables()), *_TOKEN_KEYS.values()]
    for name in sorted(environment):
        ours = name.startswith("FRONTDESK_") and not _OTHERS.fullmatch(name)
        if ours and name not in known and not environment[name].startswith("tcp://"):
            found = process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=75)
            yield f"{name} is not a setting." + (f" Did you mean {found[0]}?" if found else "")


def _without_tokens(file: str, value: Any, path: tuple[str, ...], misplaced: list[str]) -> Any:
    """Return the values without what is or looks like a token; what was left out is told."""
    key = ".".join(path)
    if isinstance(value, dict):
        kept = {name: _without_tokens(file, each, (*path, str(name)), misplaced) for name, each in value.items()}
        return {name: each for name, each in kept.items() if each is not None}
    variable = _TOKEN_KEYS.get(key)
    texts = [str(each) for each in value] if isinstance(value, list) else [str(value)]
    if value is None or not (variable or any(map(is_token, texts))):
        return value
    variable = variable or _variable_of(" ".join(texts))
    setting = variable.removeprefix("FRONTDESK_").replace("_", ".", 1).lower() + "_file"
    misplaced.append(
        f"{file}: {key} holds a secret, which does not belong in this file. Put it in the environment as {variable}, "
        f"or in a file of its own that '{setting}' names. Have a new one made first: whoever saw this file can use it."
    )
    return None


def _variable_of(token: str) -> str:
    if "xapp-" in token:
        return "FRONTDESK_SLACK_APP_TOKEN"
    return "FRONTDESK_SLACK_BOT_TOKEN" if "xox" in token else "FRONTDESK_DISCORD_TOKEN"


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out keys without a value: what stands under them may all be commented out."""
    return {
        key: _filled(value) if isinstance(value, dict) else value for key, value in values.items() if value is not None
    }


def variables() -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every setting's key and its environment variable."""
    for name, field in Settings.model_fields.items():
        part = field.annotation
        if isinstance(part, type) and issubclass(part, BaseModel):
            for inner in part.model_fields:
                yield (name, inner), f"FRONTDESK_{name}_{inner}".upper()
        else:
            yield (name,), f"FRONTDESK_{name}".upper()


def _explain(file: str, sources: Mapping[str, str], error: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in error["loc"])
    whole = ".".join(str(part) for part in error["loc"][:2])
    if error["type"] == "extra_forbidden":
        known = [*Settings.model_fields, *(".".join(path) for path, _ in variables())]
        found = process.extractOne(key, known, scorer=fuzz.ratio, score_cutoff=60)
        return f"{file}: '{key}' is not a setting." + (f" Did you mean '{found[0]}'?" if found else "")
    where = sources.get(key) or sources.get(whole) or f"{file}: {key}"
    if error["type"] == "model_type":
        return f"{where} is {error['input']!r}; expected a group of keys."
    said = error["msg"].removeprefix("Value error, ").rpartition("; ")[2]
    said = said.removeprefix("expected ").removeprefix("Input should be ")
    return f"{where} is {error['input']!r}; expected {_EXPECTED.get(error['type'], said)}."
