"""What a case is about: the order that is spoken of, and the matter in a line of the customer's own words."""

import re
from collections.abc import Iterable, Iterator

from bot.desk.case import Case, Line
from bot.dialog import snippets, thanks
from bot.dialog.scene import Scene
from bot.dialog.slots import find
from bot.dialog.understand import command, understand

_MATTERS = 4  # lines whose matter may give a case its category
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
    """Return the customer's words that state the matter, for them to correct; where none do, what it was taken for.

    Empty when all they asked for was a person.
    """
    lines: tuple[Line, ...] = tuple(dict.fromkeys((*case.recent, *scene.talk.recent)))
    said = [" ".join(line.text.split()) for line in lines if line.who == "customer"][-_LATEST:]
    telling = stated(scene, said, case.about) or next(map(scene.catalog.title, case.about), "")
    return telling if len(telling) <= _LONGEST else telling[:_LONGEST].rsplit(" ", 1)[0] + "…"


def meant(scene: Scene) -> Iterator[str]:
    """Yield what the customer's words were about, but for the wish for a person: the latest first, flow or answer."""
    for line in [each for each in reversed(scene.talk.recent) if each.who == "customer"][:_MATTERS]:
        found = understand(told, scene.catalog) if (told := _telling(scene, line.text)) else None
        if found and found.decision in ("flow", "answer", "clarify"):
            yield found.id


def stated(scene: Scene, said: Iterable[str], about: tuple[str, ...] = ()) -> str:
    """Return the words that state a matter best; empty where none do. `about` is what it was taken for so far.

    What is understood counts for more than what only is long: that may be talk about the weather.
    """
    told = [each for text in said if (each := _telling(scene, text))]
    return max(told, key=lambda each: (_understood(scene, each, about), len(each)), default="")


def _understood(scene: Scene, text: str, about: tuple[str, ...]) -> int:
    meant = understand(text, scene.catalog)
    if meant.id in about or meant.decision in ("flow", "handoff"):
        return 3
    if meant.decision in ("answer", "clarify"):
        return 2
    return 1 if "?" in text or scene.catalog.mood.feel(text).upset else 0


def retitled(scene: Scene, case: Case, words: str) -> str:
    """Return the title of a case that these words are about now: they come first, what it was before follows."""
    said = " ".join(words.split())
    if not said or said in case.subject or not civil(scene, said):
        return case.subject
    known = case.subject if _telling(scene, case.subject) else ""
    return (f"{said} · {known}" if known else said)[:_LONGEST]


def civil(scene: Scene, text: str) -> bool:
    """Tell whether words neither insult nor threaten anybody: others are said back to nobody."""
    return scene.catalog.mood.feel(text).mood != "abusive"


def _telling(scene: Scene, text: str) -> str:
    """Return a text without the clauses that only greet, thank, insult or ask for a person; empty if little is left."""
    clauses = _CLAUSES.split(" ".join(text[:_READ].split()))[:_CLAUSES_READ]
    told = " ".join(each for each in clauses if _tells(scene, each)).strip(" ,;")
    return told if len(told.split()) >= _TELLING else ""


def _tells(scene: Scene, text: str) -> bool:
    if command(text, scene.catalog) or thanks.heard(text, scene.catalog) == "thanks" or not civil(scene, text):
        return False
    meant = understand(text, scene.catalog)
    wish = scene.catalog.wishes.get(meant.id) if meant.decision == "handoff" else None
    return meant.decision != "smalltalk" and (wish is None or wish.telling)
