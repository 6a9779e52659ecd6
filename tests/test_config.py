"""Settings: the file, the environment over it, and what an operator is told when one of them is wrong."""

import os
from pathlib import Path

import pytest
import yaml

from bot.config import Settings, settings, variables
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
    assert example == Settings().model_dump()


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


def test_every_setting_has_its_variable() -> None:
    assert dict(variables()) == {
        ("content",): "FRONTDESK_CONTENT",
        ("database",): "FRONTDESK_DATABASE",
        ("log_level",): "FRONTDESK_LOG_LEVEL",
        ("calls", "timeout"): "FRONTDESK_CALLS_TIMEOUT",
        ("playground", "host"): "FRONTDESK_PLAYGROUND_HOST",
        ("playground", "port"): "FRONTDESK_PLAYGROUND_PORT",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("databse: x\n", "config.yaml: 'databse' is not a setting. Did you mean 'database'?"),
        ("playground: {prot: 1}\n", "config.yaml: 'playground.prot' is not a setting. Did you mean 'playground.port'?"),
        ("zzz: 1\n", "config.yaml: 'zzz' is not a setting."),
        (
            "calls: {timeout: 15 mins}\n",
            "config.yaml: calls.timeout is '15 mins'; expected one such as 15m, 26h or 3d.",
        ),
        ("log_level: loud\n", "config.yaml: log_level is 'loud'; expected 'debug', 'info', 'warning' or 'error'."),
        ("playground: {port: many}\n", "config.yaml: playground.port is 'many'; expected a whole number."),
        ("playground: {port: 70000}\n", "config.yaml: playground.port is 70000; expected a number from 0 to 65535."),
        ("playground: {port: -1}\n", "config.yaml: playground.port is -1; expected a number from 0 to 65535."),
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
