"""`make bench`: what a message costs, beside a bare floor that does only what cannot be left out, in the same run.

The machine's disk and neighbours change from minute to minute: trust the ratios, the CPU times and the counts of
commits; the rates say only what this run saw. An fsync probe stands beside them. `python -m tests.bench wire` does
only the part on the wire, `python -m tests.bench answers` only how good the answers are.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from bot.content import load, shipped_folder
from bot.dialog.catalog import Catalog
from bot.dialog.understand import understand
from bot.trying import labelled, score
from tests.bench import answers, wire
from tests.bench.floor import floor
from tests.bench.ours import Result, ours

_ROUNDS = 3
_MESSAGES = {1: 200, 64: 3_200}
_EVAL = Path(__file__).parents[1] / "eval" / "messages.jsonl"


def main() -> None:
    """Measure, and print a table."""
    if sys.argv[1:] == ["answers"]:
        answers.main()
        return
    catalog = load(shipped_folder())
    texts = [text for text, _ in labelled(_EVAL, catalog) if _answered(text, catalog)]
    if sys.argv[1:] == ["wire"]:
        wire.compare(texts)
        return
    print("Frontdesk beside a bare floor (accept, match, encode and commit the same rows), medians of 3 rounds\n")
    for name, folder in _folders():
        print(f"{name}: fsync p50 {fsync_ms(folder):.2f} ms")
        for concurrency in (1, 64):
            _compare(catalog, texts, folder, concurrency)
        print()
    wire.compare(texts)
    _start()
    _accuracy(catalog)


def _answered(text: str, catalog: Catalog) -> bool:
    """Tell whether the bot answers a message by itself, whenever it comes."""
    felt = catalog.mood.feel(text)
    return understand(text, catalog).decision == "answer" and not (felt.safety or felt.legal)


def _folders() -> list[tuple[str, Path]]:
    places = [("disk", Path(tempfile.gettempdir()))]
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK):
        places.append(("tmpfs", memory))
    return places


def fsync_ms(folder: Path) -> float:
    """Return the median time of a small write and fdatasync."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times)


def _compare(catalog: Catalog, texts: list[str], folder: Path, concurrency: int) -> None:
    count = _MESSAGES[concurrency]
    said = [texts[number % len(texts)] for number in range(count)]
    mine: list[Result] = []
    bare: list[Result] = []
    for _ in range(_ROUNDS):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            bare.append(floor(catalog, said, Path(place) / "floor.sqlite", concurrency))
            mine.append(asyncio.run(ours(catalog, said, Path(place) / "ours.sqlite", concurrency)))
    for label, results in (("floor", bare), ("frontdesk", mine)):
        rate = statistics.median(r.rate for r in results)
        cpu = statistics.median(r.cpu_us for r in results)
        commits = statistics.median(r.commits for r in results)
        print(
            f"  {concurrency:>2} at once  {label:<9} {rate:>7.0f} messages/s  {cpu:>6.0f} µs CPU  {commits:.2f} commits"
        )
    ratio = statistics.median(m.rate / b.rate for m, b in zip(mine, bare, strict=True))
    print(f"  {concurrency:>2} at once  frontdesk reaches {ratio:.0%} of the floor")


def _start() -> None:
    began = time.perf_counter()
    command = [sys.executable, "-m", "bot", "chat", "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(json.dumps({"customer": "ana", "say": "how long does delivery take?"}) + "\n")
        child.stdin.flush()
        first = next(line for line in child.stdout if json.loads(line).get("to") == "customer")
        took = time.perf_counter() - began
        resident = psutil.Process(child.pid).memory_info().rss / 1e6
        child.stdin.close()
    assert first
    print(f"start to first answer {took:.2f} s, resident {resident:.0f} MB, with the demo content\n")


def _accuracy(catalog: Catalog) -> None:
    made = score(labelled(_EVAL, catalog), catalog)
    print(f"held-apart messages ({made.known} with an answer, {made.unknown} without)")
    print(
        f"  expected one first {made.first / made.known:.1%}, answered at once {made.right / made.known:.1%}, ", end=""
    )
    print(f"or among the options shown {(made.right + made.shown) / made.known:.1%}")
    print(
        f"  answered wrongly {made.wrong / made.known:.1%}; answered though not ours {made.invented / made.unknown:.1%}"
    )


if __name__ == "__main__":
    main()
