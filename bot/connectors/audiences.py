"""Whom a notice to many is for, as the engine asks for it: a connector that looks in our own store, page by page."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import convert

from bot.desk.broadcast import Audience, Person
from bot.dialog.audience import FIND, SILENT, meant, told_nothing, unclear
from bot.dialog.state import Dossier
from bot.ports import Audiences, CallResult, Connector

_PAGE = 100  # dossiers at once: nobody who writes has to wait for long
_LATELY = timedelta(days=2)
_EXAMPLES, _NAMED = 3, 20


class Reach:
    """`ports.Connector` around another. An audience that was kept for a notice is not looked for again."""

    def __init__(self, store: Audiences, others: Connector) -> None:
        self._store = store
        self._others = others

    async def call(self, action: str, args: dict[str, Any], key: str) -> CallResult:
        """Find whom a notice is for, or who has not answered it; anything else is for the outside systems."""
        if action == FIND:
            audience, at = convert(args["audience"], Audience), datetime.fromisoformat(args["at"])
            return CallResult(result="found", value=await self._find(args["notice"], audience, args["kind"], at))
        if action == SILENT:
            return CallResult(result="found", value=await self._silent(args["notice"]))
        return await self._others.call(action, args, key)

    async def _find(self, notice: int, audience: Audience, kind: str, at: datetime) -> dict[str, Any]:
        people: list[Person] = []
        told: list[datetime] = []
        examples: list[tuple[int, tuple[str, ...], str]] = []  # orders, what is in them, when they wrote
        left_out = unknown = 0
        async for dossier in self._dossiers():
            found = meant(dossier, audience, at)
            unknown += found is None and unclear(dossier, audience)
            if found is None or not dossier.conversations:
                continue
            if told_nothing(dossier, at):
                left_out += 1
                continue
            people.append(found)
            if len(examples) < _EXAMPLES:
                wrote = max(talk.active_at for talk in dossier.conversations)
                examples.append((len(found.orders), found.items, wrote.isoformat()))
            lately = [each.at for each in dossier.told if each.kind == kind and at - each.at <= _LATELY]
            told += [max(lately)] if lately else []
        await self._store.keep_audience(notice, people)
        return {
            "people": len(people),
            "left_out": left_out,
            "unknown": unknown,
            "told": len(told),
            "told_at": max(told).isoformat() if told else None,
            "examples": examples,
        }

    async def _silent(self, notice: int) -> dict[str, Any]:
        told, unreached = await self._store.audience_of(notice)
        silent: list[tuple[str, list[str]]] = []
        for at in range(0, len(told), _PAGE):
            page = [each.customer for each in told[at : at + _PAGE]]
            for customer, (_, dossier) in (await self._store.dossiers(page)).items():
                answers = [each.answer for each in dossier.told if each.number == notice]
                if not any(answers):
                    orders = [order for each in dossier.told if each.number == notice for order in each.orders]
                    silent.append((dossier.name or customer, orders))
        return {
            "people": len(told) + unreached,
            "unanswered": len(silent),
            "unreached": unreached,
            "silent": silent[:_NAMED],
        }

    async def _dossiers(self) -> AsyncIterator[Dossier]:
        after = ""
        while page := await self._store.customers(after, _PAGE):
            for dossier in page:
                yield dossier
            after = page[-1].customer
