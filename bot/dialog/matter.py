"""What a case is about: the order that is spoken of, and the matter in a line of the customer's own words."""

import re

from bot.desk.case import Case, Line
from bot.dialog import snippets, thanks
from bot.dialog.scene import Scene
from bot.dialog.slots import find
from bot.dialog.understand import command, understand

_LONGEST, _LATEST = 140, 12  # characters of what is said back; lines that are looked at
_CLAUSES = re.compile(r"(?<=[,.;!?])\s+")
_READ, _CLAUSES_READ = 600, 8  # letters and clauses of one text that are looked at
_TELLING = 3  # words at least: fewer tell nobody what a matter is


def with_order(facts: dict[str, str], text: str) -> dict[str, str]:
    """Return the facts of a case with the order that the text names; a second one stands beside the first."""
    found, slot = find("order", text), snippets.order_slot(facts)
    known = facts.get(slot, "")
    if not found or any(found in value for value in facts.values()):
        return facts
    return {**facts, slot: f"{known}, {found}" if known else found}


def heard(scene: Scene, case: Case, text: str) -> Case:
    """Put an order that the customer names while they wait on the card, and what they want if nothing did so yet."""
    facts, subject = with_order(case.facts, text), case.subject
    if not _telling(scene, subject):
        subject = _telling(scene, text)[:_LONGEST] or subject
    same = (facts, subject) == (case.facts, case.subject)
    return case if same else scene.change_case(case.number, facts=facts, subject=subject)


def issue(scene: Scene, case: Case) -> str:
    """Return the customer's most telling words, for them to correct; empty when all they asked for was a person."""
    lines: tuple[Line, ...] = tuple(dict.fromkeys((*case.recent, *scene.talk.recent)))
    said = [" ".join(line.text.split()) for line in lines if line.who == "customer"][-_LATEST:]
    telling = max((_telling(scene, each) for each in said), key=len, default="")
    return telling if len(telling) <= _LONGEST else telling[:_LONGEST].rsplit(" ", 1)[0] + "…"


def _telling(scene: Scene, text: str) -> str:
    """Return a text without the clauses that only greet, thank or ask for a person; empty if little is left."""
    clauses = _CLAUSES.split(" ".join(text[:_READ].split()))[:_CLAUSES_READ]
    told = " ".join(each for each in clauses if _tells(scene, each)).strip(" ,;")
    return told if len(told.split()) >= _TELLING else ""


def _tells(scene: Scene, text: str) -> bool:
    if command(text, scene.catalog) or thanks.heard(text, scene.catalog) == "thanks":
        return False
    meant = understand(text, scene.catalog)
    wish = scene.catalog.wishes.get(meant.id) if meant.decision == "handoff" else None
    return meant.decision != "smalltalk" and (wish is None or wish.telling)
