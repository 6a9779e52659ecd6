"""How the shop's own texts sound: warnings of words that blame, defend or dismiss, and hints to say first what can be.

They are remarks, not problems: content with them is served all the same.
"""

from collections.abc import Iterator
from typing import Any

from bot.dialog.catalog import Catalog
from bot.dialog.flow import Wording
from bot.errors import Problem
from bot.knowledge import normalise


def remarks(catalog: Catalog) -> list[Problem]:
    """Return what could sound better, in the order of the files."""
    found: list[Problem] = []
    entries = catalog.every_entry.values()
    promoting = {said.at for entry in entries if entry.promotes for said in (entry.answer, entry.simpler) if said}
    for what, wording in _wordings(catalog):
        file, _, line = wording.at.rpartition(":")
        found += [
            Problem(file or wording.at, int(line or 1), f"{what} {why}", fix)
            for why, fix in _heard(wording, catalog, promotes=wording.at in promoting)
        ]
    return sorted(found, key=lambda each: (each.file, each.line, each.what))


def _wordings(catalog: Catalog) -> Iterator[tuple[str, Wording]]:
    for key, text in catalog.texts.items():
        if not key.startswith(("staff_", "card_", "reason_", "mood_")):  # customers do not read these
            yield f"text '{key}'", text
    for entry in catalog.every_entry.values():
        yield f"the answer of '{entry.id}'", entry.answer
        if entry.simpler:
            yield f"the simpler answer of '{entry.id}'", entry.simpler
    for wish in catalog.wishes.values():
        for said in filter(None, (wish.say, wish.meanwhile)):
            yield f"what '{wish.id}' says", said
    for name, snippet in catalog.snippets.items():
        yield f"snippet '{name}'", Wording(variants=(snippet.text,), at=snippet.at)
    for name, outcome in catalog.outcomes.items():
        if outcome.text:
            yield f"the text of outcome '{name}'", outcome.text
    for flow in catalog.flows.values():
        for step in flow.steps.values():
            for said in _said(step):
                yield f"step '{step.id}' of '{flow.id}'", said


def _said(step: Any) -> Iterator[Wording]:
    texts = (getattr(step, name, None) for name in ("text", "again", "otherwise"))
    return (text for text in texts if isinstance(text, Wording))


def _heard(wording: Wording, catalog: Catalog, *, promotes: bool) -> Iterator[tuple[str, str]]:
    for variant in wording.variants:
        text = f" {normalise(variant)} "
        for words, why, instead in catalog.tone.avoid:
            if f" {normalise(words)} " in text and not (promotes and words in catalog.tone.selling):
                yield f"says “{words}”, which {why}.", f"Better {instead}."
        for words in catalog.tone.first:
            if text.startswith(f" {normalise(words)} "):
                yield f"begins with “{words}”.", "Say first what can be done."
