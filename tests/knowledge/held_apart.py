"""The texts that measure how good the answers are, so that nothing is taught with them."""

import json
from pathlib import Path

from bot.knowledge import normalise
from tests.knowledge.shared_data import DATA

_MEASURING = ("valid", "test", "oos_valid", "oos_test")


def held_apart() -> frozenset[str]:
    """Return all of them, normalised: the public parts that are asked, and the shop's own labelled messages."""
    public = (DATA / collection.name / f"{part}.jsonl" for collection in DATA.iterdir() for part in _MEASURING)
    own = (Path(__file__).parents[1] / "eval").glob("*.jsonl")
    files = [file for file in (*public, *own) if file.exists()]
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return frozenset(normalise(json.loads(line)["text"]) for line in lines)
