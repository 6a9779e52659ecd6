"""What a message costs on the wire: CPU of `frontdesk run` beside a bare listener that does one bare send for each.

Both get the same messages from the same people of an emulated platform, which is a process of its own; they take
turns, so that the machine's moods are shared. Messages stand in DMs, where the bot too sends one message for each, and
it waits for no burst. The bare listener keeps nothing, understands nothing and adds no buttons.

The goal is not reached: on a slow machine with two cores it is about four times.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.bench.wire_platform import PEOPLE

GOAL = 2.0
_ROOT = Path(__file__).parents[2]
_ROUNDS = 3
_MESSAGES = {1: 400, 16: 1_600}  # by how many at once; the bot sends at most 8 in a row to one channel
_WARM = PEOPLE


def compare(texts: Sequence[str]) -> None:
    """Measure, and print a table."""
    print(f"CPU of one message on the wire, medians of {_ROUNDS} rounds (user and system)")
    for platform in ("slack", "discord"):
        costs: dict[tuple[str, int], list[float]] = {}
        for _ in range(_ROUNDS):
            for who in ("bare", "frontdesk"):
                for at_once, cost in _measure(platform, who, texts).items():
                    costs.setdefault((who, at_once), []).append(cost)
        for at_once in _MESSAGES:
            bare, mine = (statistics.median(costs[who, at_once]) for who in ("bare", "frontdesk"))
            ratios = (m / b for m, b in zip(costs["frontdesk", at_once], costs["bare", at_once], strict=True))
            print(
                f"  {platform:<8}{at_once:>3} at once  bare {bare:>6.0f} µs  frontdesk {mine:>6.0f} µs  "
                f"{statistics.median(ratios):.2f}x (goal {GOAL:g}x)"
            )
    print()


def _measure(platform: str, who: str, texts: Sequence[str]) -> dict[int, float]:
    """Return µs of CPU for a message, by how many people write at once."""
    found = {}
    with tempfile.TemporaryDirectory() as folder, _platform(platform) as (crowd, addresses):
        environment = {**os.environ, **addresses, "PYTHONPATH": str(_ROOT), "FRONTDESK_BURST": "0s"}
        command = ["-m", "tests.bench.wire_bare", platform] if who == "bare" else ["-m", "bot", "run", "--port", "0"]
        environment["FRONTDESK_DATABASE"] = f"{folder}/desk.sqlite"
        environment["FRONTDESK_CONTENT"] = str(_ROOT)
        profile = os.environ.get("FRONTDESK_BENCH_PROFILE", "")
        if profile and who == "frontdesk":
            command = ["-m", "cProfile", "-o", f"{profile}.{platform}", *command]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            [sys.executable, *command], env=environment, cwd=folder, stdout=quiet, stderr=quiet
        ) as one:
            try:
                _crowd(crowd, texts, _WARM, 16)
                for at_once, count in _MESSAGES.items():
                    before = _cpu(one.pid)
                    _crowd(crowd, texts, count, at_once)
                    found[at_once] = (_cpu(one.pid) - before) / count * 1e6
            finally:
                one.terminate()
    return found


@contextmanager
def _platform(name: str) -> Iterator[tuple[Any, dict[str, str]]]:
    command = [sys.executable, "-m", "tests.bench.wire_platform", name]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=_ROOT, stdin=pipe, stdout=pipe, text=True) as crowd:
        assert crowd.stdout
        try:
            yield crowd, json.loads(crowd.stdout.readline())
        finally:
            crowd.kill()


def _crowd(crowd: Any, texts: Sequence[str], count: int, at_once: int) -> None:
    said = [texts[number % len(texts)] for number in range(count)]
    crowd.stdin.write(json.dumps({"texts": said, "at_once": at_once}) + "\n")
    crowd.stdin.flush()
    told = json.loads(crowd.stdout.readline())
    assert not told["violations"], told["violations"]


def _cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)
