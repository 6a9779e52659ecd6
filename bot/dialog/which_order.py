"""Which of several orders a customer means: "12345 and 67890", "the second one", "both", "not that one, the other".

Orders that were named in a flow without an answer in it are what its question for an order can be answered with.
"""

import re

from bot.dialog.catalog import Catalog
from bot.dialog.flow import Ask, Option
from bot.dialog.scene import Scene
from bot.dialog.state import Concern
from bot.dialog.values import Reading
from bot.dialog.values.orders import listed, numbers
from bot.dialog.values.picks import Thing, picks
from bot.dialog.values.reading import clauses, phrase
from bot.knowledge import normalise

_BRIEF = 8  # words at most that point at one
_MOST = 5


def first_of(scene: Scene, flow: str, text: str) -> str:
    """Return words with the first of several orders that are counted up; the flow comes again for the others."""
    first, *others = listed(text, scene.catalog.answers) or ("",)
    for number in others:
        text = text.replace(number, " ")
    later = tuple(Concern(ref=flow, text=f"#{number}") for number in others)
    if later:
        scene.change(pending=(*scene.talk.pending, *later))
        scene.say_text("orders_in_turn", number=f"#{first}", others=[each.text for each in later])
    return text


def named(scene: Scene, step: object) -> list[Option]:
    """Return the orders to choose from at a question for one: the last few that were named in the flow together."""
    if not isinstance(step, Ask) or step.type != "order" or not scene.frame:
        return []
    every = next((each for each in map(numbers, reversed(scene.frame.heard)) if len(each) > 1), ())
    return [Option(value=number, label=f"#{number}") for number in every[:_MOST]]


def pointed(scene: Scene, step: Ask, text: str) -> str:
    """Return the numbers of the orders that words point to, by their place among those named; else the words."""
    every = [each.value for each in named(scene, step)]
    if not every or numbers(text) or "?" in text or text.count(" ") >= _BRIEF:
        return text
    held = str(scene.talk.frames[-1].slots.get(step.slot, ""))
    return " and ".join(_meant(text, every, held, scene.catalog)) or text


def _meant(text: str, every: list[str], held: str, catalog: Catalog) -> list[str]:
    """Return those that are wanted; what is turned down leaves the other of two."""
    turns = {*catalog.commands["negation"], *catalog.answers.but}
    said = [(normalise(clause), turned) for clause in clauses(text) for clause, turned in _parts(clause, turns)]
    wanted = [number for words, turned in said if not turned for number in _placed(words, every, catalog)]
    denied = {number for words, turned in said if turned for number in _placed(words, every, catalog)}
    if wanted:
        return [number for number in dict.fromkeys(wanted) if number not in denied]
    other = held in every and phrase(normalise(text), catalog.answers.other)
    rest = [number for number in every if number not in denied and not (other and number == held)]
    return rest if len(rest) == 1 and len(every) > 1 else []


def _parts(clause: str, turns: set[str]) -> list[tuple[str, bool]]:
    """Return what stands before a word that turns down, and what stands behind it."""
    words = "|".join(sorted(map(re.escape, turns), key=len, reverse=True))
    before, *behind = re.split(rf"\b(?:{words})\b", normalise(clause), maxsplit=1)
    return [(before, False), *((each, True) for each in behind)]


def _placed(words: str, every: list[str], catalog: Catalog) -> list[str]:
    things = [Thing(value=number, names=("",)) for number in every]
    found = picks(words, things, catalog.answers)
    return [each.thing.value for each in found.values[0]] if isinstance(found, Reading) else []
