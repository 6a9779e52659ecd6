"""Settings: the file, the environment over it, and what an operator is told when one of them is wrong."""

import os
from pathlib import Path

import pytest
import yaml

from bot.config import Settings, settings, size, variables
from bot.durations import seconds
from bot.errors import ConfigError

ROOT = Path(__file__).parents[1]


def of(tmp_path: Path, text: str | bytes, **environment: str) -> Settings:
    file = tmp_path / "config.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return settings(file, environment)


def wrong(tmp_path: Path, text: str | bytes, **environment: str) -> str:
    with pytest.raises(ConfigError) as caught:
        of(tmp_path, text, **environment)
    return str(caught.value).replace(f"{tmp_path}{os.sep}", "")


def test_every_setting_stands_in_the_example_with_its_default() -> None:
    example = yaml.safe_load((ROOT / "config.example.yaml").read_text(encoding="utf-8"))
    assert example == Settings().model_dump(mode="json")


def test_the_example_is_a_valid_file() -> None:
    assert settings(ROOT / "config.example.yaml", {}) == Settings()


def test_every_setting_is_explained_in_the_example() -> None:
    lines = (ROOT / "config.example.yaml").read_text(encoding="utf-8").splitlines()
    for key, _ in variables():
        indent = "  " * (len(key) - 1)
        at = next(number for number, line in enumerate(lines) if line.startswith(f"{indent}{key[-1]}:"))
        group = [line for line in reversed(lines[:at]) if line.startswith(indent) or not line]
        assert next(line for line in group if line.startswith(f"{indent}#") or not line)


def test_without_a_file_everything_has_its_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings(None, {}) == Settings()


def test_the_file_at_hand_is_read_without_being_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("log_level: debug\n", encoding="utf-8")
    assert settings(None, {}).log_level == "debug"


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.yaml:1: cannot be read: No such file or directory\."):
        settings(tmp_path / "gone.yaml", {})


@pytest.mark.parametrize("text", ["", "# nothing\n", "calls:\n", "calls:\n  timeout:\n", "content:\ndatabase:\n"])
def test_what_has_no_value_keeps_its_default(tmp_path: Path, text: str | bytes) -> None:
    assert of(tmp_path, text) == Settings()


def test_values_are_taken(tmp_path: Path) -> None:
    found = of(tmp_path, "content: /shop\ncalls: {timeout: 1m30s}\nplayground: {host: '::1', port: 0}\n")
    assert (found.content, found.calls.timeout, found.playground.host, found.playground.port) == (
        "/shop",
        "1m30s",
        "::1",
        0,
    )


def test_the_environment_wins(tmp_path: Path) -> None:
    found = of(tmp_path, "log_level: debug\n", FRONTDESK_LOG_LEVEL="error", FRONTDESK_PLAYGROUND_PORT="9000")
    assert (found.log_level, found.playground.port) == ("error", 9000)


def test_the_environment_fills_a_section_that_the_file_leaves_empty(tmp_path: Path) -> None:
    assert of(tmp_path, "calls:\n", FRONTDESK_CALLS_TIMEOUT="3s").calls.timeout == "3s"


def test_webhooks_come_from_the_environment_too(tmp_path: Path) -> None:
    found = of(tmp_path, "", FRONTDESK_OUTSIDE_WEBHOOKS="crm=https://a.example/?b=c", FRONTDESK_OUTSIDE_WORDS="yes")
    assert (found.outside.webhooks, found.outside.words) == ({"crm": "https://a.example/?b=c"}, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("outside: {webhooks: {crm: nowhere}}", "expected an address such as https://example.com/api."),
        ("outside: {webhooks: {'My CRM': https://a.example}}", "expected a name of small letters such as crm."),
        ("outside: {system: salesforce}", "expected none, zendesk, freshdesk or a mapping file such as desk.yaml."),
        ("outside: {token: abc}", "Put it in the environment as FRONTDESK_OUTSIDE_TOKEN"),
        ("outside: {words: some}", "config.yaml: outside.words is 'some'; expected yes or no."),
        ("outside: {give_up: soon}", "expected a duration such as 1.5s or 2m."),
        ("outside: {secret: whsec_abc}", "Put it in the environment as FRONTDESK_OUTSIDE_SECRET"),
    ],
)
def test_what_is_wrong_outside_is_told(tmp_path: Path, text: str, said: str) -> None:
    assert said in wrong(tmp_path, text)


def test_every_setting_has_its_variable() -> None:
    assert dict(variables()) == {
        ("content",): "FRONTDESK_CONTENT",
        ("database",): "FRONTDESK_DATABASE",
        ("log_level",): "FRONTDESK_LOG_LEVEL",
        ("burst",): "FRONTDESK_BURST",
        ("slack", "mode"): "FRONTDESK_SLACK_MODE",
        ("slack", "api_url"): "FRONTDESK_SLACK_API_URL",
        ("slack", "support_channels"): "FRONTDESK_SLACK_SUPPORT_CHANNELS",
        ("slack", "roles"): "FRONTDESK_SLACK_ROLES",
        ("slack", "modes"): "FRONTDESK_SLACK_MODES",
        ("slack", "welcome"): "FRONTDESK_SLACK_WELCOME",
        ("slack", "bot_token_file"): "FRONTDESK_SLACK_BOT_TOKEN_FILE",
        ("slack", "app_token_file"): "FRONTDESK_SLACK_APP_TOKEN_FILE",
        ("slack", "signing_secret_file"): "FRONTDESK_SLACK_SIGNING_SECRET_FILE",
        ("discord", "api_url"): "FRONTDESK_DISCORD_API_URL",
        ("discord", "gateway_url"): "FRONTDESK_DISCORD_GATEWAY_URL",
        ("discord", "support_channels"): "FRONTDESK_DISCORD_SUPPORT_CHANNELS",
        ("discord", "roles"): "FRONTDESK_DISCORD_ROLES",
        ("discord", "modes"): "FRONTDESK_DISCORD_MODES",
        ("discord", "welcome"): "FRONTDESK_DISCORD_WELCOME",
        ("discord", "token_file"): "FRONTDESK_DISCORD_TOKEN_FILE",
        ("staff", "channel"): "FRONTDESK_STAFF_CHANNEL",
        ("staff", "queues"): "FRONTDESK_STAFF_QUEUES",
        ("staff", "reply_prefix"): "FRONTDESK_STAFF_REPLY_PREFIX",
        ("server", "host"): "FRONTDESK_SERVER_HOST",
        ("server", "port"): "FRONTDESK_SERVER_PORT",
        ("files", "most"): "FRONTDESK_FILES_MOST",
        ("files", "kinds"): "FRONTDESK_FILES_KINDS",
        ("calls", "timeout"): "FRONTDESK_CALLS_TIMEOUT",
        ("orders", "system"): "FRONTDESK_ORDERS_SYSTEM",
        ("orders", "url"): "FRONTDESK_ORDERS_URL",
        ("orders", "token_file"): "FRONTDESK_ORDERS_TOKEN_FILE",
        ("outside", "system"): "FRONTDESK_OUTSIDE_SYSTEM",
        ("outside", "url"): "FRONTDESK_OUTSIDE_URL",
        ("outside", "token_file"): "FRONTDESK_OUTSIDE_TOKEN_FILE",
        ("outside", "webhooks"): "FRONTDESK_OUTSIDE_WEBHOOKS",
        ("outside", "secret_file"): "FRONTDESK_OUTSIDE_SECRET_FILE",
        ("outside", "words"): "FRONTDESK_OUTSIDE_WORDS",
        ("outside", "give_up"): "FRONTDESK_OUTSIDE_GIVE_UP",
        ("matching", "semantic"): "FRONTDESK_MATCHING_SEMANTIC",
        ("playground", "host"): "FRONTDESK_PLAYGROUND_HOST",
        ("playground", "port"): "FRONTDESK_PLAYGROUND_PORT",
        ("playground", "mode"): "FRONTDESK_PLAYGROUND_MODE",
    }


def test_modes_are_pairs_of_a_channel_and_a_mode(tmp_path: Path) -> None:
    assert of(tmp_path, "discord: {modes: {123: suggest, direct: silent}}\n").discord.modes == {
        "123": "suggest",
        "direct": "silent",
    }
    found = of(tmp_path, "", FRONTDESK_SLACK_MODES="C0123=suggest,default=silent").slack.modes
    assert found == {"C0123": "suggest", "default": "silent"}
    with pytest.raises(ConfigError, match="a channel's id, 'direct'"):
        of(tmp_path, "slack: {modes: {help: suggest}}\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("databse: x\n", "config.yaml: 'databse' is not a setting. Did you mean 'database'?"),
        ("playground: {prot: 1}\n", "config.yaml: 'playground.prot' is not a setting. Did you mean 'playground.port'?"),
        ("zzz: 1\n", "config.yaml: 'zzz' is not a setting."),
        ("stafff: {channel: 'slack:C1'}\n", "config.yaml: 'stafff' is not a setting. Did you mean 'staff'?"),
        ("channel: C1\n", "config.yaml: 'channel' is not a setting. Did you mean 'staff.channel'?"),
        (
            "calls: {timeout: 15 mins}\n",
            "config.yaml: calls.timeout is '15 mins'; expected a duration such as 1.5s or 2m.",
        ),
        ("log_level: loud\n", "config.yaml: log_level is 'loud'; expected 'debug', 'info', 'warning' or 'error'."),
        (
            "slack: {modes: {C1: loud}}\n",
            "config.yaml: slack.modes.C1 is 'loud'; expected silent, suggest or live.",
        ),
        ("playground: {mode: quiet}\n", "config.yaml: playground.mode is 'quiet'; expected silent, suggest or live."),
        ("playground: {port: many}\n", "config.yaml: playground.port is 'many'; expected a whole number."),
        ("playground: {port: 70000}\n", "config.yaml: playground.port is 70000; expected a number from 0 to 65535."),
        ("playground: {port: -1}\n", "config.yaml: playground.port is -1; expected a number from 0 to 65535."),
        ("slack: {mode: web}\n", "config.yaml: slack.mode is 'web'; expected 'socket' or 'http'."),
        (
            "slack: {api_url: slack.com}\n",
            "config.yaml: slack.api_url is 'slack.com'; expected an address such as https://example.com/api.",
        ),
        (
            "slack: {support_channels: [C1, '#help']}\n",
            "config.yaml: slack.support_channels.1 is '#help'; expected a channel's id such as C0123ABCD, or "
            "T0123ABCD/C0123ABCD with its workspace.",
        ),
        (
            "discord: {support_channels: help}\n",
            "config.yaml: discord.support_channels.0 is 'help'; expected a channel's id such as 1234567890123456789 "
            "(digits only).",
        ),
        (
            "staff: {channel: C1}\n",
            "config.yaml: staff.channel is 'C1'; expected one such as slack:C0123ABCD or discord:1234567890.",
        ),
        (
            "staff: {channel: 5}\n",
            "config.yaml: staff.channel is 5; expected one such as slack:C0123ABCD or discord:1234567890.",
        ),
        (
            "staff: {channel: [a]}\n",
            "config.yaml: staff.channel is ['a']; expected one such as slack:C0123ABCD or discord:1234567890.",
        ),
        (
            "discord: {support_channels: true}\n",
            "config.yaml: discord.support_channels is True; expected a list.",
        ),
        (
            "staff: {queues: {care: C1}}\n",
            "config.yaml: staff.queues.care is 'C1'; expected one such as slack:C0123ABCD or discord:1234567890.",
        ),
        ("staff: {queues: [a]}\n", "config.yaml: staff.queues is ['a']; expected a group of keys."),
        *(
            (
                f"staff: {{reply_prefix: '{sign}'}}\n",
                f"config.yaml: staff.reply_prefix is '{sign}'; "
                "expected one word such as '!r ' without signs of markup.",
            )
            for sign in (" ", ">", "> ", "*r", "/r")
        ),
        ("files: {most: 10}\n", "config.yaml: files.most is 10; expected a size such as 10MB or 500KB."),
        ("files: {most: 10 GB}\n", "config.yaml: files.most is '10 GB'; expected a size such as 10MB or 500KB."),
        ("burst: 1.5\n", "config.yaml: burst is 1.5; expected a duration such as 1.5s or 2m."),
        ("burst: fast\n", "config.yaml: burst is 'fast'; expected a duration such as 1.5s or 2m."),
        (
            f"burst: {'999999w' * 200}\n",
            f"config.yaml: burst is '{'999999w' * 200}'; expected a duration such as 1.5s or 2m.",
        ),
        ("database: [a]\n", "config.yaml: database is ['a']; expected a text."),
        ("calls: 5\n", "config.yaml: calls is 5; expected a group of keys."),
        ("- a\n", "config.yaml: expected keys such as 'database: frontdesk.sqlite'."),
        ("false\n", "config.yaml: expected keys such as 'database: frontdesk.sqlite'."),
        (
            "database: a\ndatabase: b\n",
            "config.yaml:2: 'database' is here a second time; the first is on line 1. Rename or remove one of them.",
        ),
        ("database: &a x\n", "config.yaml:1: uses the YAML anchor or alias 'a'. Write the value out instead."),
        (b"database: \xff\n", "config.yaml:1: is not UTF-8 text. Save the file as UTF-8."),
        ("[" * 10_000, "config.yaml:1: is nested more than 40 levels deep. Flatten it."),
    ],
)
def test_a_wrong_setting_is_told_by_key_value_and_what_was_expected(
    tmp_path: Path, text: str | bytes, told: str
) -> None:
    assert wrong(tmp_path, text) == told


def test_a_wrong_variable_is_told_by_its_own_name(tmp_path: Path) -> None:
    assert wrong(tmp_path, "playground: {port: 1}\n", FRONTDESK_PLAYGROUND_PORT="x") == (
        "FRONTDESK_PLAYGROUND_PORT is 'x'; expected a whole number."
    )


def test_a_variable_below_something_that_is_no_section_leaves_the_complaint_to_the_file(tmp_path: Path) -> None:
    assert wrong(tmp_path, "calls: 5\n", FRONTDESK_CALLS_TIMEOUT="3s") == (
        "config.yaml: calls is 5; expected a group of keys."
    )


def test_all_wrong_settings_are_told_at_once(tmp_path: Path) -> None:
    assert wrong(tmp_path, "log_level: loud\nplayground: {port: x}\nzzz: 1\n").splitlines() == [
        "config.yaml: log_level is 'loud'; expected 'debug', 'info', 'warning' or 'error'.",
        "config.yaml: playground.port is 'x'; expected a whole number.",
        "config.yaml: 'zzz' is not a setting.",
    ]


def test_a_list_has_commas_in_the_environment_and_ids_may_be_numbers(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        "discord: {support_channels: [1234567890123456789]}\n",
        FRONTDESK_SLACK_SUPPORT_CHANNELS="C1, T1/C2,",
        FRONTDESK_STAFF_QUEUES="care=slack:C3, returns=discord:5",
        FRONTDESK_SLACK_ROLES="agent=S1, agent=S2, supervisor=S3",
    )
    assert found.slack.roles == {"agent": ("S1", "S2"), "supervisor": ("S3",)}
    assert found.discord.support_channels == ("1234567890123456789",)
    assert found.slack.support_channels == ("C1", "T1/C2")
    assert found.staff.queues == {"care": "slack:C3", "returns": "discord:5"}


@pytest.mark.parametrize("one", ["1234567890123456789", "'1234567890123456789'", "[1234567890123456789]"])
def test_one_id_is_a_list_of_one(one: str, tmp_path: Path) -> None:
    found = of(tmp_path, f"discord: {{support_channels: {one}}}\n")
    assert found.discord.support_channels == ("1234567890123456789",)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("FRONTDESK_DISCORD_SUPPORT_CHANNEL", "FRONTDESK_DISCORD_SUPPORT_CHANNELS"),
        ("FRONTDESK_SLACK_TOKEN", "FRONTDESK_SLACK_BOT_TOKEN"),
        ("FRONTDESK_STAF_CHANNEL", "FRONTDESK_STAFF_CHANNEL"),
        ("FRONTDESK_ZZZ", ""),
    ],
)
def test_an_unknown_variable_is_told_with_the_one_that_was_meant_and_never_its_value(
    name: str, meant: str, tmp_path: Path
) -> None:
    expected = f"{name} is not a setting." + (f" Did you mean {meant}?" if meant else "")
    assert wrong(tmp_path, "", **{name: "secret"}) == expected


def test_variables_of_tests_clusters_and_others_are_none_of_ours(tmp_path: Path) -> None:
    around = {
        "FRONTDESK_SOAK_KILLS": "3",
        "FRONTDESK_BENCH_PROFILE": "1",
        "FRONTDESK_REQUIRE_BROWSER": "1",
        "FRONTDESK_SERVICE_HOST": "10.0.0.1",
        "FRONTDESK_SERVICE_PORT_HTTP": "8080",
        "FRONTDESK_PORT": "tcp://10.0.0.1:8080",
        "FRONTDESK_PORT_8080_TCP_ADDR": "10.0.0.1",
        "FRONTDESK_DISCORD_TOKEN": "a-token",
        "PATH": "/bin",
    }
    assert of(tmp_path, "", **around) == Settings()


def test_what_is_wrong_inside_a_list_from_the_environment_is_told_by_its_variable(tmp_path: Path) -> None:
    assert wrong(tmp_path, "", FRONTDESK_SLACK_SUPPORT_CHANNELS="C1,help").startswith(
        "FRONTDESK_SLACK_SUPPORT_CHANNELS is 'help'; expected a channel's id"
    )
    assert wrong(tmp_path, "", FRONTDESK_STAFF_QUEUES="care").startswith(
        "FRONTDESK_STAFF_QUEUES is 'care'; expected pairs such as billing=slack:C0123ABCD"
    )
    assert wrong(tmp_path, "", FRONTDESK_DISCORD_ROLES="123").startswith(
        "FRONTDESK_DISCORD_ROLES is '123'; expected pairs such as agent=1234567890"
    )
    assert "expected a user group's id such as S0123ABCD" in wrong(tmp_path, "slack: {roles: {agent: [helpers]}}\n")


@pytest.mark.parametrize(("text", "found"), [("1.5s", 1.5), ("0s", 0), ("2m", 120), ("1h30m", 5400)])
def test_seconds_may_have_a_fraction(text: str, found: float) -> None:
    assert seconds(text) == found


@pytest.mark.parametrize(("text", "found"), [("10MB", 10_000_000), ("0.5 mb", 500_000), ("500KB", 500_000)])
def test_a_size_says_its_unit(text: str, found: int) -> None:
    assert size(text) == found


# Joined, so that nobody who looks for leaked tokens finds these.
BOT = "-".join(["xoxb", "111111111111", "222222222222", "abcdefghijklmnopqrstuvwx"])
APP = "-".join(["xapp", "1", "A0123456789", "1111111111111", "a1b2c3d4e5f6"])
DISCORD = ".".join(["MTIzNDU2Nzg5MDEyMzQ1Njc4OQ", "GaBcDe", "abcdefghijklmnopqrstuvwxyz0123456789AB"])


@pytest.mark.parametrize(
    ("text", "key", "variable", "setting"),
    [
        (f"slack: {{bot_token: {BOT}}}\n", "slack.bot_token", "FRONTDESK_SLACK_BOT_TOKEN", "slack.bot_token_file"),
        (f"slack: {{app_token: {APP}}}\n", "slack.app_token", "FRONTDESK_SLACK_APP_TOKEN", "slack.app_token_file"),
        (
            "slack: {signing_secret: 8f742231b10e8888abcd99yyyzzz85a5}\n",
            "slack.signing_secret",
            "FRONTDESK_SLACK_SIGNING_SECRET",
            "slack.signing_secret_file",
        ),
        ("discord: {token: not.even.one}\n", "discord.token", "FRONTDESK_DISCORD_TOKEN", "discord.token_file"),
        (f"database: {BOT}\n", "database", "FRONTDESK_SLACK_BOT_TOKEN", "slack.bot_token_file"),
        (f"slack: {{nonsense: {APP}}}\n", "slack.nonsense", "FRONTDESK_SLACK_APP_TOKEN", "slack.app_token_file"),
        (f"token: {DISCORD}\n", "token", "FRONTDESK_DISCORD_TOKEN", "discord.token_file"),
        (
            f"slack: {{support_channels: [C1, {BOT}]}}\n",
            "slack.support_channels",
            "FRONTDESK_SLACK_BOT_TOKEN",
            "slack.bot_token_file",
        ),
    ],
)
def test_a_token_in_the_file_is_refused_without_being_printed(
    tmp_path: Path, text: str, key: str, variable: str, setting: str
) -> None:
    told = wrong(tmp_path, text)
    assert told == (
        f"config.yaml: {key} holds a secret, which does not belong in this file. Put it in the environment as "
        f"{variable}, or in a file of its own that '{setting}' names. Have a new one made first: whoever saw this "
        "file can use it."
    )


def test_a_token_in_the_wrong_variable_is_refused_without_being_printed(tmp_path: Path) -> None:
    told = wrong(tmp_path, "log_level: loud\n", FRONTDESK_SLACK_BOT_TOKEN_FILE=BOT)
    assert told.splitlines() == [
        "FRONTDESK_SLACK_BOT_TOKEN_FILE holds a secret, which is not what it is for. "
        "Perhaps you meant FRONTDESK_SLACK_BOT_TOKEN?",
        "config.yaml: log_level is 'loud'; expected 'debug', 'info', 'warning' or 'error'.",
    ]
