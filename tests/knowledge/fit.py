"""Fit `bot.knowledge.confidence.WEIGHTS`: `python -m tests.knowledge.fit` prints them,
`python -m tests.knowledge.fit meaning` only those of one mode.

Indexes of many sizes are built from the train parts of the shared data, each without some of the subjects, and
asked the questions of the valid parts: those of its own subjects, those of the missing ones, and others' altogether.
Test parts are never opened. A logistic regression then learns when the best subject was the right one.
"""

import hashlib
import random
import sys
from collections.abc import Iterator, Mapping
from itertools import groupby

import numpy as np

from bot.content.meanings import meanings
from bot.knowledge import Embedder, Index, normalise
from bot.knowledge.confidence import WEIGHTS, Mode
from bot.knowledge.space import Floats, Senses
from tests.knowledge.minilm import MISSING, minilm
from tests.knowledge.shared_data import Question, questions, subjects

COLLECTIONS = {"stackfaq": "train", "banking77": "train10", "clinc150": "train10", "hwu64": "train10"}
MODES: Mapping[Mode, tuple[Senses | None, Embedder | None]] = {
    "spelling": (None, None),
    "meaning": (meanings("en"), None),
    "sentence": (meanings("en"), minilm()),
}
PHRASINGS = (1, 2, 4, 10)
KEPT = (2 / 3, 1 / 5)
ROUNDS = 3

# How often a question is covered, about a missing subject, or about something else altogether.
SHARES = {"covered": 0.75, "near": 0.15, "far": 0.10}
ASKED = {"covered": 400, "near": 200, "far": 60}


def main() -> None:
    """Print the fitted weights of each mode beside those in use."""
    for mode in [mode for mode in MODES if mode in (sys.argv[1:] or MODES)]:
        senses, embedder = MODES[mode]
        if mode == "sentence" and not embedder:
            print(f"sentence skipped: {MISSING}")
            continue
        seen, right, counts = (np.concatenate(part) for part in zip(*experiments(senses, embedder), strict=True))
        print(mode, "fitted ", [round(weight, 2) for weight in fit(seen, right, counts).tolist()])
        print(mode, "in use ", [round(weight, 2) for weight in WEIGHTS[mode].tolist()])


def experiments(senses: Senses | None, embedder: Embedder | None = None) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Yield clues (n by clues), whether the best subject was right (n), and what each counts (n)."""
    chance = random.Random(1)
    valid = {collection: questions(collection, "valid") for collection in COLLECTIONS}
    beyond = questions("clinc150", "oos_valid")
    for collection, part in COLLECTIONS.items():
        others = beyond + [row for other in valid if other != collection for row in valid[other]]
        for kept in KEPT:
            for salt in range(ROUNDS):
                for most in PHRASINGS:
                    index = Index(
                        subjects(few(keep(questions(collection, part), salt, kept), most)),
                        "en",
                        senses,
                        embedder=embedder,
                    )
                    asked = {
                        "covered": keep(valid[collection], salt, kept),
                        "near": sorted(set(valid[collection]) - set(keep(valid[collection], salt, kept))),
                        "far": beyond if collection == "clinc150" else others,
                    }
                    for kind, rows in asked.items():
                        sample = chance.sample(rows, min(ASKED[kind], len(rows)))
                        yield ask(index, sample, SHARES[kind])


def keep(rows: list[Question], salt: int, share: float) -> list[Question]:
    """Keep the rows of a share of the labels, the same ones for the same salt."""

    def draw(label: str) -> float:
        return int(hashlib.sha1(f"{salt}{label}".encode()).hexdigest(), 16) % 1000 / 1000

    return [(text, label) for text, label in rows if draw(label) < share]


def few(rows: list[Question], most: int) -> list[Question]:
    """Keep at most so many rows of each label."""
    by_label = groupby(sorted(rows, key=lambda row: row[1]), key=lambda row: row[1])
    return [row for _, held in by_label for row in list(held)[:most]]


def ask(index: Index, rows: list[Question], share: float) -> tuple[Floats, Floats, Floats]:
    """Return the clues, the outcomes and the weights of questions that together count `share`."""
    seen, right = [], []
    for text, label in rows:
        judged = index._judge(text, index._made.reader.read(normalise(text)))
        if judged is None:
            continue
        seen.append(judged.clues)
        right.append(index._made.held.subjects[judged.best].id == label)
    count = len(right)
    return np.array(seen), np.array(right, np.float32), np.full(count, share / max(count, 1), np.float32)


def fit(seen: Floats, right: Floats, counts: Floats, steps: int = 30) -> Floats:
    """Return the weights of a logistic regression, by Newton's method with a slight ridge."""
    clues = seen.astype(np.float64)
    weights = np.zeros(clues.shape[1])
    ridge = 1e-5 * np.eye(len(weights)) * counts.sum()
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-clues @ weights))
        slope = clues.T @ (counts * (right - chance)) - ridge @ weights
        curve = (clues * (counts * chance * (1 - chance))[:, None]).T @ clues + ridge
        weights += np.linalg.solve(curve, slope)
    return weights.astype(np.float32)


if __name__ == "__main__":
    main()
