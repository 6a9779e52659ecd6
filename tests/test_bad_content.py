"""Bad content, through the whole bot: refused with file and line, or served so that nobody notices."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.app import open_shop
from bot.channels.console.channel import Console
from bot.channels.lines import Reader, obey
from bot.content import load
from bot.errors import ContentError
from bot.knowledge import normalise
from tests.bench.answers import HOSTILE
from tests.content import shop

MONDAY = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
LONGEST = 300  # letters of a phrasing

Entries = dict[str, list[str]]

SERVED: dict[str, Entries] = {
    "one entry": {"only": ["where is my order"]},
    "an entry of 10,000 phrasings": {
        "large": [f"where is order w{at}q for me" for at in range(10_000)],
        "small": ["when are you open"],
    },
    "phrasings of one stop word": {
        f"word_{word}": [word] for word in ("the", "a", "is", "of", "to", "and", "in", "it")
    },
    "hostile phrasings": {
        f"h{at}": [text[:LONGEST]] for at, text in enumerate(HOSTILE.values()) if normalise(text[:LONGEST])
    },
}
REFUSED: dict[str, tuple[Entries, str]] = {
    "no phrasings": ({"none": []}, "faqs/shop.yaml:5: "),
    "a thousand identical phrasings": ({"same": ["where is my order"] * 1_000}, "is already at faqs/shop.yaml:6"),
    "more than 10,000 phrasings": ({"large": [f"w{at}" for at in range(10_001)]}, "10000"),
    "a phrasing of emoji": ({"none": [HOSTILE["emoji"][:LONGEST]]}, "has no words"),
    "a phrasing of an address": ({"none": [HOSTILE["addresses"][:LONGEST]]}, "has no words"),
    "a phrasing of nothing": ({"none": [HOSTILE["nothing"][:LONGEST]]}, "faqs/shop.yaml:"),
    "a phrasing of 40,000 letters": ({"long": ["refund" * 6_667]}, "300"),
}


def folder(path: Path, entries: Entries) -> Path:
    """Write a shop whose answers are these."""
    held = {id: {"title": id, "answer": f"This is {id}.", "phrasings": said} for id, said in entries.items()}
    faqs = yaml.safe_dump({"entries": held}, sort_keys=False, allow_unicode=True)
    return shop.write(path, {**shop.files(), "faqs/shop.yaml": faqs})


@pytest.mark.parametrize("name", SERVED)
async def test_bad_content_is_served_and_the_worst_is_answered_or_declined(name: str, tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = []
    console = Console(lines.append)
    content = folder(tmp_path / "shop", SERVED[name])
    first = next(iter(SERVED[name].values()))[0]
    async with open_shop(folder=content, at=MONDAY, channels={"local": console, "staff": console}) as open:
        for at, text in enumerate((first, *HOSTILE.values())):
            started = time.thread_time()
            await obey(open, await Reader(open).read({"customer": f"c{at}", "say": text[:40_000]}))
            await open.idle()
            assert time.thread_time() - started < 2
            heard = [line for line in lines if line["to"] == "customer" and line["who"] == f"c{at}"]
            assert heard
            assert "broken" not in {line["trace"]["rule"] for line in lines}


@pytest.mark.parametrize("name", REFUSED)
def test_content_that_cannot_be_meant_is_refused_in_time_with_file_and_line(name: str, tmp_path: Path) -> None:
    entries, told = REFUSED[name]
    content = folder(tmp_path / "shop", entries)
    started = time.thread_time()
    with pytest.raises(ContentError) as caught:
        load(content)
    assert time.thread_time() - started < 20
    assert told in str(caught.value.problems[0])
    assert caught.value.problems[0].file == "faqs/shop.yaml"
