"""One call to an outside system: however it ends, it ends in time and as an event."""

import asyncio
import logging
from typing import Any

import msgspec

from bot.dialog.effects import Call
from bot.dialog.events import CallReturned
from bot.errors import Doubtful, OutsideError, Unsupported
from bot.ports import Clock, Connector, Outgoing

log = logging.getLogger("frontdesk.calls")

DETAIL = 200  # characters of an error that staff are shown


async def returned(connector: Connector, one: Outgoing, call: Call, clock: Clock, patience: float) -> CallReturned:
    """Do the call and return its result; an error or `patience` seconds without an answer make it "failed".

    What the system has no such thing as is "unsupported".
    """

    def event(result: str, value: Any = None, detail: str = "", doubtful: str = "") -> CallReturned:
        return CallReturned(
            key=f"call:{one.id}",
            customer=one.customer,
            at=clock.now(),
            call=one.id,
            result=result,
            value=value,
            detail=detail,
            doubtful=doubtful,
        )

    doing = asyncio.ensure_future(connector.call(call.action, call.args, one.id))
    doing.add_done_callback(_forget)
    try:
        await asyncio.wait([doing], timeout=patience)
        if not doing.done():  # and should it not care that it is cancelled, nobody waits for it
            log.warning("%s: call %s failed (no answer)", one.id, call.action)
            return event("failed", detail=f"no answer within {patience:g} s")
        answer = doing.result()
        return event(answer.result, msgspec.to_builtins(answer.value))
    except (Exception, asyncio.CancelledError) as error:
        if not doing.done():  # it is we who were cancelled
            raise
        log.warning("%s: call %s failed (%s)", one.id, call.action, type(error).__name__)
        doubtful = error.reference if isinstance(error, Doubtful) else ""
        detail = str(error) if isinstance(error, OutsideError) else f"{type(error).__name__}: {error}"
        result = "unsupported" if isinstance(error, Unsupported) else "failed"
        return event(result, detail=detail[:DETAIL], doubtful=doubtful)
    finally:
        doing.cancel()


def _forget(done: "asyncio.Future[Any]") -> None:
    """Look at how it ended, so that nobody complains that nobody did."""
    if not done.cancelled():
        done.exception()
