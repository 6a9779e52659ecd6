"""Going through the requests of a mapping, one after the other, and what they come to."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.connectors.expressions import Expressions
from bot.connectors.mapping import Request, Steps
from bot.connectors.requests import Client


async def walk(
    client: Client,
    expressions: Expressions,
    requests: Sequence[Request],
    values: Mapping[str, Any],
    deadline: float,
    within: str = "",
) -> dict[str, Any]:
    """Make the requests; return all that is known then, `stopped` if a request left out those after it."""
    known = dict(values)
    for request in requests:
        answer = await client.send(request, known, deadline, within)
        known = {**known, request.into: answer.body, "status": answer.status}
        for name, expression in request.set.items():
            known[name] = expressions.built(expression, known)
        if expressions.holds(request.stop, known):
            return {**known, "stopped": True}
    return known


def branch(expressions: Expressions, steps: Steps, values: Mapping[str, Any]) -> str:
    """Return the first result that holds; empty when none does."""
    held = (each for each in steps.results if each.otherwise or expressions.holds(each.when, values))
    return next((each.result for each in held), "")
