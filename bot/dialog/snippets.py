"""Ready-made replies for a case as it stands: the next best ones, and their texts filled in. Pure queries.

What is not known counts as false in a template, and where it is written all the same it reads as a gap to be filled.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.desk.case import Case
from bot.desk.snippets import GAP, Ranked, Situation, Snippet, rank
from bot.dialog.catalog import Catalog
from bot.dialog.markup import plain
from bot.dialog.speech import basic_values, spoken_time
from bot.dialog.state import Conversation, Dossier
from bot.dialog.template import RenderError, render
from bot.knowledge.mood import UNHAPPY

_ORDER = ("order", "number", "order_number")  # the slots in which flows keep it
_BEST = 3


class Unknown:
    """A value that nobody knows yet."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return f"{GAP} ({self._name})"


def best(catalog: Catalog, case: Case, talk: Conversation | None, now: datetime) -> tuple[str, ...]:
    """Return the codes of the next best snippets: what the card names."""
    ranked = suggested(catalog, case, talk, now)
    return tuple(each.id for each in ranked[:_BEST] if each.score > 0)


def suggested(catalog: Catalog, case: Case, talk: Conversation | None, now: datetime) -> tuple[Ranked, ...]:
    """Return all snippets, the next best first."""
    return rank(catalog.snippets.values(), situation(catalog, case, talk, now))


def situation(catalog: Catalog, case: Case, talk: Conversation | None, now: datetime) -> Situation:
    """Return what a case is about and how it stands."""
    moments = set()
    if case.status == "owned" and case.spoke != case.assignee:
        moments.add("transferred" if case.spoke or case.transfers else "claimed")
    if case.open and case.resolved_at and case.waits:
        moments.add("reopened")
    if case.missed:
        moments.add("promise_missed")
    if case.mood in UNHAPPY:
        moments.add("upset")
    if case.waits and now - case.waits >= timedelta(minutes=catalog.limits.lease):
        moments.add("waiting")
    recent = talk.recent if talk else case.recent
    topics = {talk.topic, *talk.tried, *(frame.flow for frame in talk.frames)} if talk else set()
    topics |= {catalog.topic(each) for each in topics if each}
    return Situation(
        moments=frozenset(moments),
        categories=frozenset({case.category} - {""}),
        topics=frozenset(topics - {""}),
        words=next((line.text for line in reversed(recent) if line.who == "customer"), case.subject),
    )


def filled(catalog: Catalog, snippet: Snippet, case: Case, owner: str, now: datetime) -> str:
    """Return a snippet's text as plain words, for the agent to change before it is sent."""
    order = order_of(case.facts)
    promise = plain(spoken_time(catalog, now, case.promise)) if case.promise else ""
    known = {"customer": case.name, "owner": owner, "promise": promise, "order": order}
    values = {**basic_values(catalog, now, case.name), "case": case.number}
    values |= {name: value or Unknown(name) for name, value in known.items()}
    try:
        return plain(render(snippet.text, values))
    except RenderError:
        return snippet.text


def order_slot(facts: Mapping[str, str]) -> str:
    """Return the name under which a case's facts have the order, or would have it."""
    return next((slot for slot in _ORDER if facts.get(slot)), _ORDER[0])


def order_of(facts: Mapping[str, str]) -> str:
    """Return the order that a case is about; empty when none is known."""
    return facts.get(order_slot(facts), "")


def conversation(dossier: Dossier, case: Case) -> Conversation | None:
    """Return the conversation that a case is about."""
    return next((talk for talk in dossier.conversations if talk.id == case.conversation), None)
