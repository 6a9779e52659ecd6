"""`make bench-answers`: how good the answers are on public questions, beside what else there is, and what they cost.

Writes docs/answers.md. Test questions are asked here and nowhere else, of indexes that never saw them.
"""

import hashlib
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.knowledge import Index
from tests.knowledge.shared_data import Question, questions

PAGE = Path(__file__).parents[2] / "docs" / "answers.md"
MOST = 1_000

Answer = tuple[str, float, list[str]]
"""The best subject, how surely, and what would be shown as options."""


Bin = tuple[float, float, float]
"""The share of questions, their mean confidence, and the share of them that was right."""


class Outcome(NamedTuple):
    """What became of a question: rightly first, how surely, answered, right or shown, covered at all."""

    right: bool
    sure: float
    answered: bool
    reached: bool
    covered: bool


def sample(rows: list[Question], most: int = MOST) -> list[Question]:
    """Return at most so many rows, the same ones each time."""
    return rows if len(rows) <= most else random.Random(1).sample(rows, most)


def withheld(label: str) -> bool:
    """Tell whether a label is among the third that stands for siblings the content lacks."""
    return int(hashlib.sha1(label.encode()).hexdigest(), 16) % 3 == 0


def ask(index: Index, rows: list[Question], *, covered: bool = True) -> list[Outcome]:
    """Put questions to an index."""
    outcomes = []
    for text, label in rows:
        ranking = index.rank(text, limit=3)
        shown = [match.id for match in ranking.matches]
        answered = bool(shown) and ranking.confidence >= index.thresholds.answer
        offered = shown[:1] if answered else shown if ranking.confidence >= index.thresholds.clarify else []
        right = covered and shown[:1] == [label]
        outcomes.append(Outcome(right, ranking.confidence, answered, covered and label in offered, covered))
    return outcomes


def share_at_precision(known: list[Outcome], foreign: list[Outcome], precision: float = 0.95) -> float:
    """Return the largest share answered with so many of the answers right, a fifth of the questions being foreign."""
    rows = [(o.sure, o.right, 0.8 / len(known)) for o in known] + [(o.sure, False, 0.2 / len(foreign)) for o in foreign]
    rows.sort(key=lambda row: -row[0])
    answered = right = best = 0.0
    for at, (sure, is_right, weight) in enumerate(rows):
        answered += weight
        right += weight * is_right
        last = at + 1 == len(rows) or rows[at + 1][0] < sure
        if last and right >= precision * answered:
            best = answered
    return best


def reliability(
    outcomes: list[Outcome], weights: Sequence[float], bins: int = 10
) -> tuple[float, list[tuple[float, float, float]]]:
    """Return the expected calibration error, and (share of questions, mean confidence, share right) of each tenth."""
    sure = np.array([o.sure for o in outcomes])
    right = np.array([o.right for o in outcomes], float)
    weight = np.array(weights) / sum(weights)
    place = np.minimum((sure * bins).astype(int), bins - 1)
    rows = []
    for at in range(bins):
        held = weight * (place == at)
        total = held.sum()
        rows.append((total, (held @ sure) / total, (held @ right) / total) if total else (0.0, 0.0, 0.0))
    return sum(total * abs(said - was) for total, said, was in rows), rows


def mistyped(text: str, chance: random.Random) -> str:
    """Return the text with one or two typos: letters swapped, dropped, doubled or replaced."""
    for _ in range(chance.randint(1, 2)):
        places = [at for at in range(len(text) - 1) if text[at].isalpha() and text[at + 1].isalpha()]
        if not places:
            return text
        at = chance.choice(places)
        other = chance.choice("abcdefghijklmnopqrstuvwxyz")
        change = chance.choice(["swap", "drop", "double", "replace"])
        middle = {
            "swap": text[at + 1] + text[at],
            "drop": text[at + 1],
            "double": text[at] * 2 + text[at + 1],
            "replace": other + text[at + 1],
        }[change]
        text = text[:at] + middle + text[at + 2 :]
    return text


TEN_SHOT = ("banking77", "clinc150", "hwu64")
SETS = {"stackfaq": "train", **dict.fromkeys(TEN_SHOT, "train10")}

Build = Callable[[list[Question]], Index]


class Quality(NamedTuple):
    """The figures of the issue's table, as shares; `by_set` holds the top-1 of each set."""

    by_set: dict[str, float]
    typos: float
    at_precision: float
    far: float
    siblings: float
    reached: float
    error: float
    diagram: list[Bin]


def quality(build: Build, part: str = "test", most: int = MOST) -> Quality:
    """Measure all figures of one way to build an index."""
    top: dict[str, float] = {}
    lost, shares, siblings, reached = [], [], [], []
    outcomes: list[Outcome] = []
    weights: list[float] = []
    far = 0.0
    for name, train in SETS.items():
        taught, rows = questions(name, train), sample(questions(name, part), most)
        index = build(taught)
        whole = ask(index, rows)
        top[name] = share(o.right for o in whole)
        chance = random.Random(2)
        typed = ask(index, [(mistyped(text, chance), label) for text, label in rows])
        lost.append(top[name] - share(o.right for o in typed))
        if name == "clinc150":
            beyond = ask(index, sample(questions(name, f"oos_{part}"), most), covered=False)
            far = share(o.answered for o in beyond)
            _count(outcomes, weights, whole, beyond)
        if name == "stackfaq":
            index = build(questions("stackfaq_oos", "train"))
            known = ask(index, questions("stackfaq_oos", part))
            foreign = ask(index, questions("stackfaq_oos", f"oos_{part}"), covered=False)
        else:
            index = build([row for row in taught if not withheld(row[1])])
            known = ask(index, [row for row in rows if not withheld(row[1])])
            foreign = ask(index, [row for row in rows if withheld(row[1])], covered=False)
        shares.append(share_at_precision(known, foreign))
        siblings.append(share(o.answered for o in foreign))
        reached.append(share(o.reached for o in known))
        _count(outcomes, weights, known, foreign)
    error, diagram = reliability(outcomes, weights)
    for name in ("banking77", "hwu64"):
        more = questions(name, "valid") if part == "test" else []
        index = build(questions(name, "train") + more)
        top[f"{name}:all"] = share(o.right for o in ask(index, sample(questions(name, part), most)))
    return Quality(top, mean(lost), mean(shares), far, mean(siblings), mean(reached), error, diagram)


def _count(outcomes: list[Outcome], weights: list[float], known: list[Outcome], foreign: list[Outcome]) -> None:
    """Add questions of which a fifth is foreign."""
    outcomes.extend(known + foreign)
    weights.extend([0.8 / len(known)] * len(known) + [0.2 / len(foreign)] * len(foreign))


def share(held: Iterable[bool]) -> float:
    """Return the share of what holds."""
    return mean([float(each) for each in held])


def mean(numbers: Sequence[float]) -> float:
    """Return the mean."""
    return sum(numbers) / len(numbers)
