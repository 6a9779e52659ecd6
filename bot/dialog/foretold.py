"""What a text of one's own was told with, before it is asked: "I want to complain about the courier, he was rude".

It stands behind a word such as "about", or in the clauses beside the one that wishes for the flow by its name. What
only says when, how to reach somebody, or something else that the flow is going to ask, is none of it.
"""

import re
from collections.abc import Iterator

from bot.dialog import timing
from bot.dialog.catalog import Catalog
from bot.dialog.flow import Ask, Flow
from bot.dialog.slots import called, find
from bot.dialog.values import Reading
from bot.dialog.values.contacts import phone
from bot.knowledge import found, normalise

_READ = 600  # letters that are looked at
_CUT = re.compile(r"(?<=[,.;:!?])\s+|\s[-–—]\s")
_TELLING = 3  # words at least that stand beside a wish: fewer tell nobody what it is about
_NAMING = 2  # of them that name something; behind "about", one will do


def matter_of(flow: Flow) -> Ask | None:
    """Return the question of a flow that asks what it is about."""
    return next((step for step in flow.steps.values() if isinstance(step, Ask) and step.matter), None)


def wishes(text: str, flow: str, catalog: Catalog) -> Iterator[str]:
    """Yield the parts of a text that may wish for a flow and tell its matter beside it; without telephone numbers."""
    parts = (wish for wish, told in _apart(text[:_READ], catalog) if told and _names(wish, flow, catalog))
    return (_without_number(wish, catalog) for wish in parts)


def matter(text: str, flow: Flow, catalog: Catalog) -> str:
    """Return what a text that wishes for a flow says it is about; empty where it says too little."""
    for wish, told in _apart(text[:_READ], catalog):
        if _names(wish, flow.id, catalog):
            return _stated(told, flow, catalog)
    return ""


def _without_number(wish: str, catalog: Catalog) -> str:
    number = phone(wish, catalog.voice.locale.partition("_")[2], catalog.answers)
    return number.rest if isinstance(number, Reading) else wish


def _names(wish: str, flow: str, catalog: Catalog) -> bool:
    refusal = catalog.refused.get(flow)
    return refusal is not None and bool(found(refusal.words, wish))


def _apart(text: str, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Cut a text into a wish and what is told beside it: from an "about" on, then clause by clause."""
    if cue := _about(text, catalog):
        yield text[: cue.start()].rstrip(), text[cue.start() :]
    parts = _clauses(text)
    for at, part in enumerate(parts):
        yield part, " ".join(parts[:at] + parts[at + 1 :])


def _about(text: str, catalog: Catalog) -> re.Match[str] | None:
    cues = "|".join(map(re.escape, sorted(catalog.commands["about"], key=len, reverse=True)))
    return re.search(rf"\b(?:{cues})\b\s*", text, re.IGNORECASE) if cues else None


def _clauses(text: str) -> list[str]:
    return [part for part in _CUT.split(text) if normalise(part)]


def _stated(told: str, flow: Flow, catalog: Catalog) -> str:
    """Return the clauses that state something, without what answers other questions; empty where little is left."""
    told = " ".join(part for part in _clauses(told) if not _else_asked(part, flow, catalog))
    cue = _about(told, catalog)
    behind = cue is not None and not _naming(told[: cue.start()], catalog)
    told = (told[cue.end() :] if cue and behind else told).strip(" ,;:-")
    words = _naming(told, catalog)
    enough = bool(words) if behind else len(told.split()) >= _TELLING and len(words) >= _NAMING
    return told if enough and "?" not in told else ""


def _naming(text: str, catalog: Catalog) -> list[str]:
    empty = catalog.answers.fillers | catalog.commands["yes"] | catalog.commands["no"] | catalog.commands["handling"]
    return [word for word in normalise(text).split() if word not in empty]


def _else_asked(part: str, flow: Flow, catalog: Catalog) -> bool:
    """Tell whether a clause only answers another question of the flow: when, where to, or one of its options."""
    number = phone(part, catalog.voice.locale.partition("_")[2], catalog.answers)
    reached = isinstance(number, Reading) and not _naming(number.rest, catalog)
    others = (step for step in flow.steps.values() if isinstance(step, Ask) and not step.matter)
    named = any(called(step.options, part) for step in others)
    return named or reached or find("email", part) is not None or timing.only_says_when(part, catalog)
