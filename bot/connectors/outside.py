"""The order system of a real shop, by HTTP, as a mapping file describes it.

What changes something is asked for once: before it is sent it stands in the ledger, and when its answer is lost, it is
looked up. Sent again is only what a lookup did not find, and only to a system that recognises repetitions. What cannot
be known raises Doubtful, and so does every later call for the same until it can.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal
from weakref import WeakValueDictionary

import aiohttp
import msgspec
from msgspec import Struct

from bot.actions import ACTIONS, Receipt
from bot.connectors.breaker import CircuitBreaker
from bot.connectors.expressions import Expressions
from bot.connectors.ledger import Ledger
from bot.connectors.mapping import Mapped, MappingFile, Request, Steps
from bot.connectors.requests import Client, Lost, connections, told
from bot.connectors.walking import branch, walk
from bot.durations import seconds
from bot.errors import Doubtful, OutsideError, Unsupported
from bot.ports import CallResult
from bot.secrets import Secret

log = logging.getLogger("frontdesk.outside")

_LOOK_AGAIN = 0.5  # seconds between lookups
Verdict = Literal["done", "not_done", "unknown"]


class OrderSystem(Struct, frozen=True, kw_only=True):
    """Which order system it is, how it is spoken to, where it is, and the token that opens it."""

    file: MappingFile
    expressions: Expressions
    url: str
    token: Secret


class OutsideOrders:
    """`ports.Connector` for an order system. `patience` is how many seconds a call may take in all."""

    def __init__(self, system: OrderSystem, ledger: Ledger, *, patience: float) -> None:
        self._system = system
        self._file = file = system.file
        self._expressions = system.expressions
        self._ledger = ledger
        self._patience = patience
        self._http: aiohttp.ClientSession | None = None
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._trouble = ""
        self.breaker = CircuitBreaker(
            file.breaker.failures, seconds(file.breaker.pause), asyncio.get_running_loop().time
        )

    @property
    def trouble(self) -> str:
        """Why it is being left alone, for an operator; empty while it is not."""
        return "" if self.breaker.state == "closed" else self._trouble

    async def call(self, action: str, args: dict[str, Any], key: str) -> CallResult:
        """Do `action`. Raises OutsideError when that failed, Doubtful when nobody knows whether it was done."""
        mapped = self._file.actions.get(action)
        if mapped is None:
            raise Unsupported(f"the mapping has no action '{action}'")
        deadline = asyncio.get_running_loop().time() + self._patience
        given = {**args, "number": str(args["number"]).strip().removeprefix("#")} if "number" in args else args
        if action not in ACTIONS or not ACTIONS[action].changes:
            values = self._values(given, key)
            async with self._let_through():
                return self._result(mapped, await self._walk(mapped.requests, values, deadline, mapped.timeout))
        lock = self._locks.setdefault(f"{action} {given.get('number')}", asyncio.Lock())
        async with lock:
            return await self._change(mapped, action, given, key, deadline)

    async def probe(self) -> None:
        """Ask for something harmless; raises OutsideError if that fails."""
        if self._file.probe:
            deadline = asyncio.get_running_loop().time() + self._patience
            answer = await self._client().send(self._file.probe, self._values({}, "probe"), deadline)
            if answer.status >= 400:
                raise OutsideError(f"answered with {answer.status}")

    async def unclear(self) -> int:
        """Return how many requests there are of which nobody knows what became."""
        return await self._ledger.all_unclear()

    async def close(self) -> None:
        """Let go of connections and files."""
        if self._http:
            await self._http.close()
        await self._ledger.close()

    # --- asking for a change, once ------------------------------------------------------------------------------------

    async def _change(self, mapped: Mapped, action: str, args: dict[str, Any], key: str, deadline: float) -> CallResult:
        reference = await self._ledger.reference(action, args, key)
        known = await self._ledger.asked(reference)
        if known and known.result:
            return known.result
        for other in await self._ledger.unclear(action, str(args.get("number", ""))):
            verdict, done = await self._verdict(mapped, other.args, other.reference, deadline)
            if verdict == "unknown":
                raise Doubtful(f"nobody knows whether an earlier {action} was done", other.reference)
            if done:
                await self._ledger.settle(other.reference, done)
            if other.args == args:  # the same again: what became of the first one counts for this one too
                return done or await self._repeat(mapped, action, args, other.reference, deadline)
        if known:
            return await self._look_up(mapped, action, args, reference, deadline)
        return await self._send(mapped, action, args, reference, deadline)

    async def _send(
        self, mapped: Mapped, action: str, args: dict[str, Any], reference: str, deadline: float, *, again: bool = False
    ) -> CallResult:
        """Make the request; half of the time is kept for looking it up."""
        loop = asyncio.get_running_loop()
        values = self._values(args, reference)
        try:
            async with self._let_through():
                values = await self._walk(mapped.requests[:-1], values, deadline, mapped.timeout)
                if values.get("stopped"):
                    result = self._result(mapped, values)
                else:
                    await self._ledger.ask(reference, action, args)
                    half = loop.time() + (deadline - loop.time()) / 2
                    values = await self._walk(mapped.requests[-1:], values, half, mapped.timeout)
                    result = self._result(mapped, values)
        except Lost as lost:
            log.warning("%s %s: %s; looking it up", reference, action, told(lost))
            return await self._look_up(mapped, action, args, reference, deadline)
        except OutsideError as error:
            if again:  # the first one may still arrive
                raise Doubtful(f"{action} was asked for, and then: {told(error)}", reference) from None
            await self._ledger.settle(reference, None)
            raise
        await self._ledger.settle(reference, result)
        return result

    async def _look_up(
        self, mapped: Mapped, action: str, args: dict[str, Any], reference: str, deadline: float
    ) -> CallResult:
        """Find out what became of a request; repeat it only where that is safe."""
        verdict, done = await self._verdict(mapped, args, reference, deadline)
        if done:
            await self._ledger.settle(reference, done)
            return done
        if verdict == "unknown":
            raise Doubtful(f"nobody knows whether {action} was done", reference)
        return await self._repeat(mapped, action, args, reference, deadline)

    async def _repeat(
        self, mapped: Mapped, action: str, args: dict[str, Any], reference: str, deadline: float
    ) -> CallResult:
        """Make a request again that no lookup found: only where the system would recognise it, had it come late."""
        if not mapped.recognises_repeats or asyncio.get_running_loop().time() >= deadline:
            raise Doubtful(f"{action} was asked for and cannot be found", reference)
        return await self._send(mapped, action, args, reference, deadline, again=True)

    async def _verdict(
        self, mapped: Mapped, args: dict[str, Any], reference: str, deadline: float
    ) -> tuple[Verdict, CallResult | None]:
        """Return what a lookup says, and the request's result if it was done."""
        if mapped.lookup is None:
            return ("not_done" if mapped.recognises_repeats else "unknown"), None
        loop = asyncio.get_running_loop()
        while True:
            try:
                values = await self._walk(mapped.lookup.requests, self._values(args, reference), deadline)
                verdict = self._branch(mapped.lookup, values)
                if verdict == "done":
                    return "done", self._accepted(mapped.lookup.returns or mapped.returns, values)
                if verdict == "not_done":
                    return "not_done", None
            except (OutsideError, ValueError, TypeError) as error:
                log.warning("%s: cannot be looked up: %s", reference, told(error))
            if loop.time() + _LOOK_AGAIN >= deadline:
                return "unknown", None
            await asyncio.sleep(_LOOK_AGAIN)

    # --- requests and what they mean ----------------------------------------------------------------------------------

    async def _walk(
        self, requests: Sequence[Request], values: dict[str, Any], deadline: float, within: str = ""
    ) -> dict[str, Any]:
        """Make the requests one after the other; return all that is known then."""
        return await walk(self._client(), self._expressions, requests, values, deadline, within)

    def _result(self, mapped: Mapped, values: dict[str, Any]) -> CallResult:
        """Return what answers come to; raises Lost for a confirmation that makes no sense."""
        result = self._branch(mapped, values)
        match result:
            case "lost":
                raise Lost("says itself that it does not know yet")
            case "failed":
                raise OutsideError(f"answered with {values['status']}, which no result is for")
            case "accepted":
                try:
                    return self._accepted(mapped.returns, values)
                except (ValueError, TypeError) as error:
                    raise Lost(f"confirmed it with an answer that makes no sense ({type(error).__name__})") from None
            case "found":
                return CallResult(result=result, value=self._expressions.built(mapped.returns, values))
            case "refused":
                why = self._expressions.value(mapped.why, values) if mapped.why else None
                return CallResult(result=result, value=None if why is None else str(why)[:200])
            case _:
                return CallResult(result=result)

    def _accepted(self, returns: Mapping[str, Any], values: dict[str, Any]) -> CallResult:
        """Return an accepted request's receipt; raises ValueError for one that makes no sense."""
        receipt = msgspec.convert(msgspec.to_builtins(self._expressions.built(returns, values)), Receipt)
        if receipt.amount is not None and not (receipt.amount.is_finite() and receipt.amount >= 0):
            raise ValueError("an impossible amount")
        return CallResult(result="accepted", value=msgspec.to_builtins(receipt))

    def _branch(self, steps: Steps, values: dict[str, Any]) -> str:
        return branch(self._expressions, steps, values) or ("failed" if isinstance(steps, Mapped) else "unknown")

    def _values(self, args: dict[str, Any], key: str) -> dict[str, Any]:
        """Return what expressions know from the start; `wanted` has an item's pieces by code, None for all of them."""
        item = args.get("item", "all")
        codes = {} if item == "all" else {item: None} if isinstance(item, str) else _counted(item)
        return {**args, "wanted": codes, "key": key, "status": 0, "answer": None}

    @asynccontextmanager
    async def _let_through(self) -> AsyncIterator[None]:
        """Ask the breaker, and tell it how the calls inside went: a clear answer is none of its business."""
        self.breaker.enter()
        try:
            yield
        except OutsideError as error:
            self._trouble = told(error)
            self.breaker.leave(failed=True)
            raise
        except BaseException:
            self.breaker.abandon()
            raise
        self.breaker.leave(failed=False)

    def _client(self) -> Client:
        if self._http is None:
            self._http = connections()
        secrets = {"token": self._system.token.reveal()}
        return Client(self._http, self._system.url, self._file, self._expressions, secrets)


def _counted(pieces: list[dict[str, Any]]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for each in pieces:
        counted[each["code"]] = counted.get(each["code"], 0) + each["quantity"]
    return counted
