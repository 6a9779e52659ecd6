"""`make bench-answers`: how good the answers are on public questions, beside what else there is, and what they cost.

Writes docs/answers.md. Test questions are asked here and nowhere else, of indexes that never saw them.
"""

import gc
import hashlib
import importlib.util
import random
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rapidfuzz import process

from bot.content.meanings import meanings
from bot.knowledge import Index, Meanings, Subject
from tests.knowledge.minilm import MISSING, minilm
from tests.knowledge.shared_data import DATA, Question, questions, subjects

PAGE = Path(__file__).parents[2] / "docs" / "answers.md"
MOST = 1_000

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


class Cost(NamedTuple):
    """What one size of content costs: seconds to build and to start from a snapshot, milliseconds a question.

    `reload` and `reload_warm` are seconds until one more phrasing is served, after a cold start and a warm one.
    """

    phrasings: int
    build: float
    warm: float
    reload: float
    reload_warm: float
    p50: float
    p99: float


def many(count: int) -> list[Question]:
    """Return so many different phrasings: those of the public sets, then the same with words exchanged."""
    chance = random.Random(3)
    real = [row for name in TEN_SHOT for row in questions(name, "train")]
    chance.shuffle(real)
    words = [word for text, _ in real for word in text.split()]
    rows = real[:count]
    for at in range(count - len(rows)):
        text, label = real[at % len(real)]
        said = text.split()
        said[chance.randrange(len(said))] = chance.choice(words)
        said.insert(chance.randrange(len(said)), chance.choice(words))
        rows.append((" ".join(said), f"{label}{at % 7}"))
    return rows


def cost(count: int) -> Cost:
    """Measure in time of the processor: the machine's neighbours do not count, nor what lies about in memory."""
    held = subjects(many(count))
    senses = meanings("en")
    gc.collect()
    gc.freeze()
    began = time.process_time()
    index = Index(held, "en", senses)
    built = time.process_time()
    kept = index.snapshot()
    thawing = time.process_time()
    thawed = Index.thaw(kept, held, "en", senses)
    warm = time.process_time() - thawing
    more = subjects([*many(count), ("one more way to say it", held[0].id)])
    reload, reload_warm = (_reload(more, senses, before) for before in (index, thawed))
    asked = [text for name in ("clinc150", "banking77") for text, _ in questions(name, "valid")[::5]]
    times = []
    for text in asked:
        start = time.thread_time()
        index.rank(text)
        times.append((time.thread_time() - start) * 1e3)
    p50, p99 = np.percentile(times, [50, 99]).tolist()
    return Cost(count, built - began, warm, reload, reload_warm, p50, p99)


def _reload(held: Sequence[Subject], senses: Meanings | None, before: Index | None) -> float:
    """Return how many seconds of the processor an index after an earlier one takes."""
    assert before
    began = time.process_time()
    Index(held, "en", senses, before)
    return time.process_time() - began


def worst() -> list[tuple[str, float, float]]:
    """Return what bad content and bad questions cost: a name, seconds to build, the slowest question in ms."""
    plain = {f"topic{at}": [f"question {at} about thing {at % 7}"] for at in range(50)}
    contents: dict[str, dict[str, list[str]]] = {
        "one entry": {"only": ["where is my order"]},
        "no phrasings": {"none": []},
        "a thousand identical phrasings": {**plain, "same": ["where is my order"] * 1_000},
        "a thousand entries with one phrasing": {f"same{at}": ["where is my order"] for at in range(1_000)},
        "an entry of 10,000 phrasings": {**plain, "large": [text for text, _ in many(10_000)]},
        "phrasings of one stop word": {word: [word] for word in ("the", "a", "is", "of", "to", "and", "in", "it")},
        "plain": plain,
    }
    found = []
    for name, content in contents.items():
        rows = [(text, label) for label, texts in content.items() for text in texts]
        began = time.process_time()
        index = Index(subjects(rows), "en", meanings("en"))
        built = time.process_time() - began
        slowest = 0.0
        for text in HOSTILE.values():
            start = time.thread_time()
            index.rank(text)
            slowest = max(slowest, (time.thread_time() - start) * 1e3)
        found.append((name, built, slowest))
    return found


HOSTILE = {
    "40,000 characters": "where is my order and why is it late " * 1_081,
    "40,000 strange words": "".join(f"w{at}xyz " for at in range(6_000)),
    "one endless word": "refund" * 6_667,
    "base64": "QUJDRA+/" * 5_000,
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u2764\ufe0f" * 5_000,
    "mixed scripts": "wo ist моя 注文 طلبي pаypal ключ" * 1_200,
    "no spaces": "返金はいつですか" * 5_000,
    "addresses": "https://shop.test/a?b=c&d=%20 " * 1_300,
    "code": 'if (x < y && z[0] != "\\n") { return f(x, y); } // <@U1> <!here>\n' * 600,
    "expanding": "\ufdfa" * 40_000,
    "combining": "e\u0301\u0302\u0303" * 10_000,
    "nothing": " \n\t\u200b" * 10_000,
}


# What the issue asks for: by name of the figure.
_TARGETS = {
    "banking77": 0.76, "clinc150": 0.83, "hwu64": 0.74, "stackfaq": 0.95, "banking77:all": 0.90, "hwu64:all": 0.88,
    "at_precision": 0.45, "far": 0.04, "siblings": 0.06, "reached": 0.82, "error": 0.05, "typos": 0.025,
}  # fmt: skip
_TARGETS_SEMANTIC = {
    "banking77": 0.86, "clinc150": 0.91, "hwu64": 0.85, "stackfaq": 0.99, "banking77:all": 0.92, "hwu64:all": 0.91,
    "at_precision": 0.57, "far": 0.05, "siblings": 0.08, "reached": 0.88, "error": 0.05, "typos": 0.03,
}  # fmt: skip
_AT_MOST = {"far", "siblings", "error", "typos"}
_NAMES = {
    "banking77": "top-1, banking77, 10 phrasings",
    "clinc150": "top-1, clinc150, 10 phrasings",
    "hwu64": "top-1, hwu64, 10 phrasings",
    "stackfaq": "top-1, stackfaq, 5 phrasings",
    "banking77:all": "top-1, banking77, all phrasings",
    "hwu64:all": "top-1, hwu64, all phrasings",
    "at_precision": "share answered where 95% of answers are right (a fifth of the questions is not covered)",
    "far": "answered though far out of scope (clinc150)",
    "siblings": "answered though only a neighbouring topic is covered (withheld entries)",
    "reached": "right answer, or right option shown",
    "error": "expected calibration error",
    "typos": "top-1 lost by one or two typos in every question",
}
_BASELINE_SETS = ("stackfaq", "banking77", "clinc150", "hwu64", "banking77:all", "hwu64:all")
_BASELINES = {
    "rapidfuzz token_set (measured before)": (0.773, 0.495, 0.597, 0.524, 0.646, 0.685),
    "BM25 per entry (measured before)": (0.898, 0.697, 0.767, 0.668, 0.824, 0.821),
    "TF-IDF centroid (measured before)": (0.924, 0.711, 0.756, 0.691, 0.803, 0.796),
    "best linear model (measured before)": (0.934, 0.738, 0.808, 0.715, 0.907, 0.880),
}
_SLOW = 200


def extract_one(part: str = "test") -> dict[str, float]:
    """Return the top-1 of `rapidfuzz.process.extractOne` over all phrasings, as it comes."""
    found = {}
    for name, train in SETS.items():
        phrasings = questions(name, train)
        texts = [text for text, _ in phrasings]
        rows = sample(questions(name, part), _SLOW)
        found[name] = share(phrasings[process.extractOne(text, texts)[2]][1] == label for text, label in rows)
    return found


def chatterbot(part: str = "test") -> dict[str, float]:
    """Return the top-1 of ChatterBot's own comparison (Levenshtein, nearest statement) over all phrasings."""
    from chatterbot.comparisons import LevenshteinDistance
    from chatterbot.conversation import Statement

    compare = LevenshteinDistance(language=None).compare
    found = {}
    for name, train in SETS.items():
        phrasings = [(Statement(text=text), label) for text, label in questions(name, train)]
        rows = sample(questions(name, part), _SLOW)
        found[name] = share(
            max(phrasings, key=lambda known: compare(said, known[0]))[1] == label
            for said, label in ((Statement(text=text), label) for text, label in rows)
        )
    return found


def main() -> None:
    """Measure, print, and write docs/answers.md between its marks."""
    if not DATA.is_dir():
        print(f"skipped: the public questions are not in {DATA}")
        return
    page = "\n".join(_report())
    print(page)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    PAGE.write_text(f"{before}{_BEGIN}\n\n{page}\n{_END}{rest.partition(_END)[2]}", encoding="utf-8")


_BEGIN, _END = "<!-- written by make bench-answers -->", "<!-- until here -->"


def _report() -> Iterable[str]:
    costs = list(_costs())  # first, while no model and nobody's questions lie in memory
    senses = meanings("en")
    columns = {
        "default": (quality(lambda rows: Index(subjects(rows), "en", senses)), _TARGETS),
        "without meanings": (quality(lambda rows: Index(subjects(rows))), _TARGETS),
    }
    embedder = minilm()
    if embedder:
        columns["with all-MiniLM-L6-v2"] = (
            quality(lambda rows: Index(subjects(rows), "en", senses, embedder=embedder)),
            _TARGETS_SEMANTIC,
        )
    else:
        yield f"The semantic extra is skipped: {MISSING}."
        yield ""
    yield from _figures(columns)
    yield from _beside()
    yield from _diagram(columns["default"][0])
    yield from costs


def _figures(columns: dict[str, tuple[Quality, dict[str, float]]]) -> Iterable[str]:
    yield "| figure, % | " + " | ".join(f"{name} | target" for name in columns) + " |"
    yield "|---|" + "---|---|" * len(columns)
    for name, title in _NAMES.items():
        cells = []
        for found, targets in columns.values():
            value = found.by_set[name] if name in found.by_set else float(getattr(found, name))
            met = value <= targets[name] + 5e-4 if name in _AT_MOST else value >= targets[name] - 5e-4
            least = "at most" if name in _AT_MOST else "at least"
            cells.append(f"{value:.1%}{'' if met else ' **missed**'} | {least} {targets[name]:.1%}")
        yield f"| {title} | {' | '.join(cells)} |"
    yield ""


def _beside() -> Iterable[str]:
    held = {title: dict(zip(_BASELINE_SETS, row, strict=True)) for title, row in _BASELINES.items()}
    held[f"rapidfuzz extractOne (this run, {_SLOW} questions)"] = extract_one()
    if importlib.util.find_spec("chatterbot"):
        held[f"ChatterBot (this run, {_SLOW} questions)"] = chatterbot()
        yield "Beside others, top-1, %:"
    else:
        yield "Beside others, top-1, % (ChatterBot skipped: it is not installed):"
    yield ""
    yield "| | " + " | ".join(_BASELINE_SETS) + " |"
    yield "|---|" + "---|" * len(_BASELINE_SETS)
    for title, found in held.items():
        yield (
            f"| {title} | "
            + " | ".join(f"{found[name]:.1%}" if name in found else "–" for name in _BASELINE_SETS)
            + " |"
        )
    yield ""


def _diagram(found: Quality) -> Iterable[str]:
    yield "How sure the default says it is, and how often it is right (█ questions of that confidence, of all):"
    yield ""
    yield "```text"
    yield "confidence  said   right  questions"
    for at, (held, said, was) in enumerate(found.diagram):
        yield f"{at / 10:.1f} to {(at + 1) / 10:.1f}  {said:.2f}   {was:.2f}   {held:>4.0%} {'█' * round(held * 60)}"
    yield "```"
    yield ""


def _costs() -> Iterable[str]:
    yield "What it costs, in processor time of one thread:"
    yield ""
    reloads = "one more phrasing, s | … after a warm start, s"
    yield f"| phrasings | build, s | warm start, s | {reloads} | p50 of a question, ms | p99, ms |"
    yield "|---|---|---|---|---|---|---|"
    for count in (1_000, 10_000, 100_000):
        found = cost(count)
        seconds = (found.build, found.warm, found.reload, found.reload_warm)
        cells = [f"{figure:.2f}" for figure in (*seconds, found.p50, found.p99)]
        yield f"| {count:,} | {' | '.join(cells)} |"
    yield ""
    yield "Bad content, each asked the worst questions (40,000 characters of code, base64, emoji, mixed scripts …):"
    yield ""
    yield "| content | build, s | slowest question, ms |"
    yield "|---|---|---|"
    for name, built, slowest in worst():
        yield f"| {name} | {built:.2f} | {slowest:.0f} |"
