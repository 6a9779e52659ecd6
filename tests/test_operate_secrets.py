"""Tokens: where they are found, what is said of those that cannot be right, and that nobody ever sees one."""

import logging
from pathlib import Path

import pytest

from bot.config import Settings, settings
from bot.errors import ConfigError
from bot.secrets import Secret, SiftedLines, is_token, sifted
from bot.tokens import Tokens, tokens
from tests.test_config import APP, BOT, DISCORD

SIGNING = "8f742231b10e8888abcd99eeefff85a5"


def found(settings: Settings | None = None, **environment: str) -> Tokens:
    return tokens(settings or Settings(), environment)


def wrong(settings: Settings | None = None, **environment: str) -> str:
    with pytest.raises(ConfigError) as caught:
        found(settings, **environment)
    return str(caught.value)


def values(secrets: tuple[Secret, ...]) -> list[str]:
    return [secret.reveal() for secret in secrets]


# Where they are found


def test_without_tokens_there_are_none() -> None:
    assert found() == Tokens()


def test_tokens_come_from_the_environment() -> None:
    made = found(
        FRONTDESK_SLACK_BOT_TOKEN=f"{BOT},{BOT}2 ",
        FRONTDESK_SLACK_APP_TOKEN=APP,
        FRONTDESK_SLACK_SIGNING_SECRET=SIGNING,
        FRONTDESK_DISCORD_TOKEN=f"Bot {DISCORD}",
    )
    assert values(made.slack_bot) == [BOT, f"{BOT}2"]
    assert (values(made.slack_app), values(made.slack_signing), values(made.discord)) == ([APP], [SIGNING], [DISCORD])


def test_tokens_come_from_files_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "bot").write_text(f"\ufeff{BOT}\n{BOT}2\n", encoding="utf-8")
    (tmp_path / "discord").write_text(f"{DISCORD}\n", encoding="utf-8")
    set_so = settings(
        None,
        {
            "FRONTDESK_SLACK_BOT_TOKEN_FILE": str(tmp_path / "bot"),
            "FRONTDESK_DISCORD_TOKEN_FILE": str(tmp_path / "discord"),
        },
    )
    made = found(set_so)
    assert (values(made.slack_bot), values(made.discord)) == ([BOT, f"{BOT}2"], [DISCORD])
    assert values(found(set_so, FRONTDESK_DISCORD_TOKEN="another-token").discord) == ["another-token"]


def test_a_file_that_cannot_be_read_or_is_empty_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    (tmp_path / "odd").write_bytes(b"\xff\xfe")
    set_so = settings(
        None,
        {
            "FRONTDESK_SLACK_BOT_TOKEN_FILE": str(tmp_path / "gone"),
            "FRONTDESK_SLACK_APP_TOKEN_FILE": str(tmp_path / "empty"),
            "FRONTDESK_DISCORD_TOKEN_FILE": str(tmp_path / "odd"),
        },
    )
    assert wrong(set_so).splitlines() == [
        f"slack.bot_token_file is '{tmp_path}/gone', which cannot be read: No such file or directory.",
        f"slack.app_token_file is '{tmp_path}/empty', which is empty.",
        f"discord.token_file is '{tmp_path}/odd', which cannot be read: it is not text.",
    ]


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("SLACK_BOT_TOKEN", APP, "holds an app-level token, which belongs in FRONTDESK_SLACK_APP_TOKEN."),
        ("SLACK_APP_TOKEN", BOT, "holds a bot token, which belongs in FRONTDESK_SLACK_BOT_TOKEN."),
        ("SLACK_BOT_TOKEN", "xoxp-1-2-3", "holds a user token, which this bot never needs."),
        ("SLACK_BOT_TOKEN", "nonsense", "does not begin with xoxb-; copy it again, with nothing before or after it."),
        ("SLACK_BOT_TOKEN", f'"{BOT}"', "does not begin with xoxb-; copy it again, with nothing before or after it."),
        ("SLACK_SIGNING_SECRET", BOT, "holds a bot token, which belongs in FRONTDESK_SLACK_BOT_TOKEN."),
        ("DISCORD_TOKEN", BOT, "holds a bot token, which belongs in FRONTDESK_SLACK_BOT_TOKEN."),
        ("DISCORD_TOKEN", f"{DISCORD},{DISCORD}x", "holds 2 of them; there is only one."),
        ("SLACK_BOT_TOKEN", f"{BOT},{BOT}", "holds the same token twice."),
    ],
)
def test_a_token_that_cannot_be_right_is_told_without_being_printed(variable: str, value: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        tokens(Settings(), {f"FRONTDESK_{variable}": value})
    assert str(caught.value) == f"FRONTDESK_{variable} {told}"


# That nobody sees one


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = Secret("a-signing-secret")
    made = Tokens(slack_signing=(secret,))
    for shown in (repr(secret), str(secret), f"{secret}", repr(made), str([secret])):
        assert "a-signing-secret" not in shown
    assert secret.reveal() == "a-signing-secret"


@pytest.mark.parametrize("token", [BOT, APP, DISCORD, "xoxp-1-2-abc", "xoxe.xoxb-1-abcdef"])
def test_what_looks_like_a_token_is_hidden_wherever_it_stands(token: str) -> None:
    assert is_token(f"see {token}!")
    for text in (token, f"({token})", f"token={token}&x", f"'{token}'", f"https://x/{token}/y", f"Bearer {token}"):
        assert token not in sifted(text)
        assert "[hidden]" in sifted(text)


def test_a_known_secret_is_hidden_whatever_it_looks_like() -> None:
    Secret("correct-horse-battery")
    assert sifted("it is correct-horse-battery, is it not") == "it is [hidden], is it not"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://x/api/v10/webhooks/123/abc-DEF_1/messages", "https://x/api/v10/webhooks/123/[hidden]/messages"),
        ("POST /interactions/55/aWQ6abc/callback", "POST /interactions/55/[hidden]/callback"),
        ("wss://x/link/?ticket=abc-123&app_id=A1", "wss://x/link/?ticket=[hidden]&app_id=A1"),
        ("Authorization: Bot 1234567890.emulated.token", "Authorization: Bot [hidden]"),
    ],
)
def test_what_is_good_for_a_while_is_hidden_too(text: str, shown: str) -> None:
    assert sifted(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "refund.yaml:14: step 'ask_order' goes to 'confrim'",
        "slack:T0123ABCD/C0123ABCD/1700000000.000100",
        "discord:1234567890123456789/1234567890123456790",
        "docs/slack.md says xoxb-… and xapp-…",
        "Bot is not connected: the bearer of bad news",
        "6f1d2c3b4a596877.2026-01-05T10:00:00.000001+00:00",
    ],
)
def test_ordinary_words_and_ids_stay(text: str) -> None:
    assert sifted(text) == text
    assert not is_token(text)


def test_log_lines_pass_the_sieve_and_of_exceptions_only_kind_and_place_are_written() -> None:
    try:
        raise ValueError(f"ana wrote: wrong token {BOT}")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "x.py", 1, "cannot use %s", (APP,), (type(error), error, error.__traceback__)
        )
    line = SiftedLines("%(message)s").format(record)
    assert line.startswith(f"cannot use [hidden] (ValueError at {__file__}:")
    for hidden in (BOT, APP, "ana wrote"):
        assert hidden not in line
