"""A shop with every kind of question, and the JSON-lines face of the bot run on it within this process."""

import asyncio
import io
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.app import open_shop
from bot.channels.console import jsonlines
from bot.channels.console.channel import Console
from bot.channels.modes import Moded
from bot.dialog.catalog import Catalog
from bot.dialog.happening import Mode

AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)  # a Monday

CLAIM = """\
policies:
  claims:
    rule: Claims are decided by people.
    why: Each is its own.
    alternatives: [{value: credit, label: Store credit, say: Store credit}]
    exclusions: [{if: "true", because: that is not ours to decide.}]
flows:
  claim:
    title: Make a claim
    phrasings: [I want to make a claim]
    steps:
      details:
        form: Details
        say: Please fill this in.
        fields: [{slot: what, label: What?}, {slot: why, label: Why?, required: false, long: true}]
      which:
        offer: What shall we do?
        options:
          - {value: money, label: Money back, then: money}
          - {value: ask, label: Ask a supervisor, then: review}
      money: {end: paid, say: "Money for {{ what }}."}
      review:
        approve: supervisor
        subject: "Claim: {{ what }}"
        say: Case {{ case }} is under review.
        within: 4h
        approved: granted
        declined: judged
        countered: offered
      offered:
        confirm: "We offer {{ decision.amount|money }} {{ decision.offer }}. {{ decision.reason }}"
        yes: taken
        no: refused
      taken: {grant: given, then: settled}
      settled: {end: settled, say: Settled.}
      granted: {end: granted, say: "Granted. {{ decision.reason }}"}
      judged: {policy: claims, allowed: refused, refused: sorry}
      sorry:
        refuse:
          feeling: "Not this time. {{ decision.reason }}"
          wish: I wish it were otherwise.
          limit: However, {{ verdict.because }}
          instead: "Instead:"
          question: Would that do?
        then: refused
      refused: {end: refused, say: "Not this time. {{ decision.reason }}"}
  track:
    title: Track an order
    phrasings: [where is my order]
    steps:
      ask_order: {ask: number, type: order, say: Which order?}
      look_up:
        call: find_order
        args: {number: number}
        into: order
        results: {found: tell, not_found: lost}
        failed: lost
      tell: {end: told, say: "Order {{ order.number }} is {{ order.status }}."}
      lost: {end: lost, say: I cannot find it.}
  come_back:
    title: Come back later
    phrasings: [please come back tomorrow]
    steps:
      plan: {check_in: 26h, about: the weather}
      done: {end: planned, say: I will.}
"""

Lines = list[dict[str, Any]]


class Bot:
    """`frontdesk chat --json` on the shop of these tests, in this process."""

    def __init__(self, folder: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._catalog = catalog
        self._monkeypatch = monkeypatch

    def raw(self, data: bytes, *, database: str = ":memory:", at: datetime = AT, mode: Mode = "live") -> str:
        """Return all that is written for these bytes."""
        written = io.StringIO()
        self._monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
        self._monkeypatch.setattr(sys, "stdout", written)
        try:
            asyncio.run(self._serve(database, at, mode))
        finally:
            self._monkeypatch.undo()
        return written.getvalue()

    def talk(
        self, *requests: object, database: str = ":memory:", at: datetime = AT, mode: Mode = "live"
    ) -> list[Lines]:
        """Return, for each request (an object, or bytes as they are), the lines that it caused, without the idle."""
        data = b"".join(each if isinstance(each, bytes) else json.dumps(each).encode() + b"\n" for each in requests)
        return by_idle(self.raw(data, database=database, at=at, mode=mode).splitlines())

    async def _serve(self, database: str, at: datetime, mode: Mode) -> None:
        console = Console(jsonlines.write)
        async with open_shop(
            folder=self._folder,
            catalog=self._catalog,
            database=database,
            at=at,
            channels={"local": console, "staff": console},
            watchers=(console,),
        ) as shop:
            await jsonlines.talk(Moded(shop, lambda _: mode))


def by_idle(written: Iterable[str]) -> list[Lines]:
    """Cut lines at each {"idle": true}."""
    groups: list[Lines] = [[]]
    for line in map(json.loads, written):
        if line == {"idle": True}:
            groups.append([])
        else:
            groups[-1].append(line)
    assert groups.pop() == []
    return groups


def texts(lines: Lines, to: str = "customer") -> list[str]:
    """Return what was said to customers or to staff."""
    return [line["text"] for line in lines if line.get("to") == to]


def say(text: str, who: str = "ana", **more: object) -> dict[str, object]:
    return {"customer": who, "say": text, **more}


def press(choice: str, who: str = "ana", **more: object) -> dict[str, object]:
    return {"customer": who, "press": choice, **more}


def agent(who: str, do: str, case: int = 1, text: str | None = None) -> dict[str, object]:
    return {"agent": who, "case": case, "do": do, **({} if text is None else {"text": text})}
