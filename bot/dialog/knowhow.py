"""What agents look up: the answers that customers get, and the entries that are for staff only. Pure queries.

Nothing that talks with customers may look in here.
"""

from datetime import datetime

from msgspec import Struct

from bot.desk.case import Case
from bot.dialog import topics
from bot.dialog.catalog import Catalog, Entry
from bot.dialog.markup import Marked, escape
from bot.dialog.state import Conversation
from bot.knowledge import normalise

_LISTED = 6
_LIKELY = 0.2
_FITTING, _SURE = 2, 0.5


class Found(Struct, frozen=True, kw_only=True):
    """An entry that was looked for, as staff read it (neutral markup), and what else it could have been."""

    code: str
    title: str
    text: Marked
    internal: bool
    others: Marked


def internal(catalog: Catalog) -> dict[str, Entry]:
    """Return the entries for staff only; a draft is for nobody yet."""
    return {id: entry for id, entry in catalog.kept.items() if entry.visibility == "staff"}


def look_up(catalog: Catalog, query: str, now: datetime, customer: str = "") -> Found | None:
    """Return what an id or a few words mean; None for nothing. `customer` is the name that answers address."""
    found = find(catalog, query)
    if not found:
        return None
    best, *others = found
    lines = [f"- {escape(each.id)}: {escape(each.title)}" for each in others]
    return Found(
        code=best.id,
        title=best.title,
        text=Marked(topics.worded(catalog, best, now, customer)),
        internal=best.id in catalog.kept,
        others=Marked("\n".join(lines)),
    )


def find(catalog: Catalog, query: str) -> tuple[Entry, ...]:
    """Return the entries that an id or a few words mean, best first."""
    answers = {id: entry for id, entry in catalog.entries.items() if entry.kind == "answer"}
    known, said = {**internal(catalog), **answers}, normalise(query)
    if exact := known.get(query.strip().casefold()):
        return (exact,)
    begun = [id for id, entry in known.items() if said and topics.begins(said, entry.title)]
    indexes = [index for index in (catalog.know_how, catalog.index.noting({})) if index.makes_sense(query)]
    likely = [match for index in indexes for match in index.rank(query).matches if match.score >= _LIKELY]
    meant = [match.id for match in sorted(likely, key=lambda match: -match.score) if match.id in known]
    return tuple(known[id] for id in dict.fromkeys((*begun, *meant)))[:_LISTED]


def fitting(catalog: Catalog, case: Case, talk: Conversation | None) -> tuple[str, ...]:
    """Return the ids of entries for staff that have to do with a case: by the customer's words, and by its topics."""
    recent = talk.recent if talk else case.recent
    said = [line.text for line in recent if line.who == "customer"]
    index, about = catalog.know_how, {catalog.topic(ref) for ref in case.about} - {""}
    ranked = [match for words in (*said[-1:], case.subject) for match in index.rank(words).matches]
    likely = [match.id for match in ranked if match.score >= _SURE]
    alike = [id for id, entry in internal(catalog).items() if not about.isdisjoint(entry.topics)]
    return tuple(dict.fromkeys((*likely, *alike)))[:_FITTING]
