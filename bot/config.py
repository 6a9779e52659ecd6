"""config.yaml and the environment → frozen Settings.

Every key can also be set by an environment variable: `playground.port` by FRONTDESK_PLAYGROUND_PORT, which wins.
What is wrong is told by key, value and what was expected.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from rapidfuzz import fuzz, process

from bot.content.yamlfile import Located, read
from bot.durations import duration
from bot.errors import ConfigError


def _is_duration(text: str) -> str:
    duration(text)
    return text


Duration = Annotated[str, AfterValidator(_is_duration)]


_EXPECTED = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "a text",
    "greater_than_equal": "a number from 0 to 65535",
    "less_than_equal": "a number from 0 to 65535",
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Calls(_Part):
    """Outside systems."""

    timeout: Duration = "10s"


class Playground(_Part):
    """The page of `frontdesk demo`."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8500


class Settings(_Part):
    """What an operator sets. An empty `content` means: the folder at hand if it is one, else the shipped demo shop."""

    content: str = ""
    database: str = "frontdesk.sqlite"
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    calls: Calls = Calls()
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
    values = _filled(values)
    sources = {}
    for key, variable in variables():
        if variable in environment:
            inner: Any = values
            for part in key[:-1]:
                inner = inner.setdefault(part, {})
            if isinstance(inner, dict):
                inner[key[-1]] = environment[variable]
                sources[".".join(key)] = variable
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(str(file), sources, dict(each)) for each in error.errors())) from None


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
    if error["type"] == "extra_forbidden":
        known = [".".join(path) for path, _ in variables()]
        found = process.extractOne(key, known, scorer=fuzz.ratio, score_cutoff=60)
        return f"{file}: '{key}' is not a setting." + (f" Did you mean '{found[0]}'?" if found else "")
    where = sources.get(key) or f"{file}: {key}"
    if error["type"] == "model_type":
        return f"{where} is {error['input']!r}; expected a group of keys."
    said = error["msg"].removeprefix("Value error, ").rpartition("; ")[2]
    said = said.removeprefix("expected ").removeprefix("Input should be ")
    return f"{where} is {error['input']!r}; expected {_EXPECTED.get(error['type'], said)}."
