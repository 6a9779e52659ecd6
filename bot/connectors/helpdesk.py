"""A help desk or CRM that keeps our cases too, by HTTP, as a mapping file describes it.

What is made there is made once: an attempt that follows another one looks first, by what the case or the note is known
by there. A case that it does not have yet is made with whatever comes next.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
from msgspec import Struct

from bot.connectors.breaker import CircuitBreaker
from bot.connectors.deskfile import DeskFile
from bot.connectors.expressions import Expressions
from bot.connectors.mapping import Request
from bot.connectors.requests import Client, Later, connections, told
from bot.connectors.walking import branch, walk
from bot.desk.case import Profile
from bot.dialog.tidings import email_in
from bot.durations import seconds
from bot.errors import DeliveryDelayed, DeliveryRefused, OutsideError
from bot.ports import Errand
from bot.secrets import Secret


class Desk(Struct, frozen=True, kw_only=True):
    """Which help desk it is, how it is spoken to, where it is, and the token that opens it."""

    file: DeskFile
    expressions: Expressions
    url: str
    token: Secret


class MappedDesk:
    """`ports.HelpDesk` of a mapping. `patience` is how many seconds an errand may take in all."""

    keeps = True

    def __init__(self, desk: Desk, *, patience: float = 30.0) -> None:
        self._desk = desk
        self._file = desk.file
        self._expressions = desk.expressions
        self._patience = patience
        self._http: aiohttp.ClientSession | None = None
        self._trouble = ""
        self._breaker: CircuitBreaker | None = None

    @property
    def trouble(self) -> str:
        """Why it is being left alone, for an operator; empty while it is not."""
        return self._trouble if self._breaker and self._breaker.state != "closed" else ""

    async def find_customer(self, email: str) -> Profile | None:
        """Return what the desk knows of whoever has this address."""
        mapped = self._file.actions.get("find_customer")
        if mapped is None:
            return None
        async with self._let_through():
            values = await self._walk(mapped.requests, {"email": email})
        if branch(self._expressions, mapped, values) != "found":
            return None
        return msgspec.convert(
            msgspec.to_builtins(self._expressions.built(mapped.returns, values)), Profile, strict=False
        )

    async def put_case(self, errand: Errand, theirs: str) -> str:
        """Make or change its case; return its id."""
        async with self._let_through():
            if theirs:
                await self._do("update_case", _values(errand, theirs))
                return theirs
            found = await self._there(errand)
            if not found:
                return await self._made(errand)
            if errand.kind != "opened":
                await self._do("update_case", _values(errand, found))
            return found

    async def add_note(self, errand: Errand, theirs: str) -> str:
        """Put a note to its case; return the case's id."""
        async with self._let_through():
            theirs = theirs or await self._there(errand) or await self._made(errand)
            values = _values(errand, theirs)
            if not (errand.repeat and await self._found("add_note", values)):
                await self._do("add_note", values)
            return theirs

    def link(self, theirs: str) -> str:
        """Return where people find a case there; empty when nobody says."""
        path = self._expressions.address(self._file.link, {"theirs": theirs})
        return self._desk.url.rstrip("/") + path if path else ""

    async def probe(self) -> None:
        """Ask for something harmless; raises OutsideError if that fails."""
        if self._file.probe:
            values = await self._walk([self._file.probe], {})
            if values["status"] >= 400:
                raise OutsideError(f"answered with {values['status']}")

    async def close(self) -> None:
        """Let go of connections."""
        if self._http:
            await self._http.close()

    async def _there(self, errand: Errand) -> str:
        """Return the id of a case that an earlier attempt may have made."""
        if errand.kind == "opened" and not errand.repeat:
            return ""
        found = await self._found("create_case", _values(errand, ""))
        return self._id(found)

    async def _made(self, errand: Errand) -> str:
        return self._id(await self._do("create_case", _values(errand, "")))

    async def _do(self, action: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Do an action; return what it returns. Raises DeliveryRefused when it never will be done."""
        mapped = self._file.actions[action]
        values = await self._walk(mapped.requests[:-1], given, mapped.timeout)
        if not values.get("stopped"):  # what changes something is sent once: before it is again, somebody looks
            values = await self._walk(mapped.requests[-1:], values, mapped.timeout, retries=0)
        match branch(self._expressions, mapped, values):
            case "accepted":
                return dict(self._expressions.built(mapped.returns, values))
            case "refused":
                why = self._expressions.value(mapped.why, values) if mapped.why else ""
                raise DeliveryRefused(told(Exception(f"{action} was refused: {why or values['status']}")))
            case _:
                raise OutsideError(f"answered {action} with {values['status']}")

    async def _found(self, action: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a lookup found; empty for nothing. Raises OutsideError when nobody knows."""
        mapped = self._file.actions[action]
        assert mapped.lookup
        values = await self._walk(mapped.lookup.requests, given)
        match branch(self._expressions, mapped.lookup, values):
            case "done":
                returns = mapped.lookup.returns or mapped.returns
                return {"found": True, **self._expressions.built(returns, values)}
            case "not_done":
                return {}
            case _:
                raise OutsideError(f"cannot look for {action}: answered with {values['status']}")

    def _id(self, made: Mapping[str, Any]) -> str:
        if made and made.get("id") in (None, ""):
            raise OutsideError("answered without an id")
        return str(made.get("id", ""))

    async def _walk(
        self, requests: Sequence[Request], given: Mapping[str, Any], within: str = "", retries: int | None = None
    ) -> dict[str, Any]:
        """Make requests; raises DeliveryDelayed when the desk says when to ask again."""
        values = {"url": self._desk.url.rstrip("/"), "status": 0, "answer": None, **given}
        deadline = asyncio.get_running_loop().time() + self._patience
        client = self._client(retries=self._file.retries if retries is None else retries)
        try:
            return await walk(client, self._expressions, requests, values, deadline, within)
        except Later as later:
            raise (DeliveryDelayed(later.seconds) if later.seconds else later) from None
        except (ValueError, TypeError) as error:
            raise OutsideError(f"answered what makes no sense ({type(error).__name__})") from None

    @asynccontextmanager
    async def _let_through(self) -> AsyncIterator[None]:
        """Ask the breaker, and tell it how it went: a clear answer is none of its business."""
        if self._breaker is None:
            wanted = self._file.breaker
            clock = asyncio.get_running_loop().time
            self._breaker = CircuitBreaker(wanted.failures, seconds(wanted.pause), clock)
        self._breaker.enter()
        try:
            yield
        except OutsideError as error:
            self._trouble = told(error)
            self._breaker.leave(failed=True)
            raise
        except DeliveryRefused:
            self._breaker.leave(failed=False)
            raise
        except BaseException:
            self._breaker.abandon()
            raise
        self._breaker.leave(failed=False)

    def _client(self, *, retries: int) -> Client:
        if self._http is None:
            self._http = connections()
        file = self._file.model_copy(update={"retries": retries})
        return Client(self._http, self._desk.url, file, self._expressions, {"token": self._desk.token.reveal()})


def _values(errand: Errand, theirs: str) -> dict[str, Any]:
    """Return what expressions know of an errand."""
    case = errand.data["case"]
    return {
        "case": case,
        "note": errand.data.get("note", {}),
        "changed": errand.data.get("changed", []),
        "email": email_in(case),
        "key": errand.id,
        "reference": errand.reference,
        "theirs": theirs,
    }
