"""The form in which staff tell many customers something: what it asks for, and the line that it comes to.

A form says what would be typed after `!notice`, and is read as that; the preview and the yes are the same.
"""

from collections.abc import Mapping

from bot.channels.words import heading, label
from bot.desk import noticewords
from bot.desk.broadcast import NoticeKind
from bot.desk.team import may
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Field

TO = "to"  # the field that says to whom
_MOST_SLOTS = 4  # beside that one, as many as a form of any platform has room for
_LABEL = 45


def kinds(catalog: Catalog, agent: str) -> list[NoticeKind]:
    """Return the notices that this agent may send, and that fit into a form."""
    role = catalog.agents[agent]
    known = catalog.notices.kinds.values()
    return [kind for kind in known if len(kind.slots) <= _MOST_SLOTS and may(role, kind.role)]


def asked(catalog: Catalog, agent: str, words: str) -> NoticeKind | None:
    """Return the kind that these words name, and nothing else; None where there is more to read, or no form for it."""
    name = words.strip().casefold()
    return next((kind for kind in kinds(catalog, agent) if kind.id == name), None)


def fields(kind: NoticeKind, catalog: Catalog) -> tuple[Field, ...]:
    """Return what the form of a kind asks for: what its text shows, and to whom it goes."""
    slots = (Field(id=slot, label=heading(slot)) for slot in kind.slots)
    return (*slots, Field(id=TO, label=label(catalog, "ui_notice_to", _LABEL)))


def line(kind: str, values: Mapping[str, str]) -> str:
    """Return a sent form as the line that would be typed."""
    filled = (noticewords.written(name, value) for name, value in values.items() if name != TO and value.strip())
    return " ".join((kind, *filled, " ".join(values.get(TO, "").split())))


def amiss(catalog: Catalog, agent: str, typed: str, most: int) -> str:
    """Return what is wrong with a line, as staff read it; empty when it can be asked for."""
    found = noticewords.read(typed, catalog.notices.kinds)
    if not isinstance(found, noticewords.Unclear):
        return ""
    about = {"words": found.words, "known": ", ".join(found.known), "role": "", "number": 0}
    return label(catalog, "notice_refused", most, agent=catalog.agents[agent].name, why=found.why, **about)
