"""How a message sounds, and whether it is urgent, about somebody's safety or about the law: cues, weighed.

What moods, danger and the law sound like is learned besides, from examples (`hearing`).

A text is cut into clauses, a clause into stems, and the longest cue that begins at a stem counts, more after an
intensifier and turned round after a negation. Every cue that counted is named with its weight and its file:line. What
the words are about is none of this module's business.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Literal

from msgspec import Struct
from msgspec.structs import asdict

from bot.knowledge.hearing import About, Example, Hearing
from bot.knowledge.irony import Ironic, Irony, ironic, sentences
from bot.knowledge.text import normalise, stemmer
from bot.knowledge.threats import Fits, Threatening, Threats, threatens

Temper = Literal["calm", "happy", "frustrated", "angry", "abusive"]
UNHAPPY: tuple[Temper, ...] = ("frustrated", "angry")
Means = Literal[
    "happy", "upset", "sarcasm", "swearing", "insult", "abuse", "threat", "urgent", "safety", "legal", "nothing"
]

FRUSTRATED, ANGRY, HAPPY, FLAGGED, PERHAPS = 1.0, 2.5, 1.0, 1.0, 0.5
ALARMS: tuple[About, ...] = ("safety", "legal")
_LEARNED: Mapping[About, tuple[Means, float]] = {  # what examples count for, and how much at most
    "safety": ("safety", FLAGGED),
    "legal": ("legal", FLAGGED),
    "urgent": ("urgent", FLAGGED),
    "happy": ("happy", HAPPY),
    "frustrated": ("upset", FRUSTRATED),
    "angry": ("upset", ANGRY),
}
_OTHERS = 0.3  # of each cue but the strongest: complaining at length is not rage
_MORE = 1.5  # after an intensifier, and in capitals
_SIGNS = 0.5  # what "!!" or "???" add
_HEAD, _TAIL = 3_000, 1_000  # of a long text, what is read
_SCOPE = 3  # so many words before a cue may turn it round
_GAP = 3  # so many words may stand where a cue has a *
_OPENING = 2  # words of asking stand at the beginning of a clause
_SHOUTED = 10
_CLAUSE = re.compile(r"[.,;:!?\n()\u2026\u2014\u2013]+|\s-\s")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")


class Cue(Struct, frozen=True, kw_only=True):
    """Words (or an emoji) that say how somebody feels.

    Every form of a word counts, of one after = only that very form; a * stands for up to three words, none
    of which negates: "cable is * hot" is not "the cable is not hot".
    """

    words: str
    means: Means
    weight: float
    at: str = ""


class Signs(Struct, frozen=True, kw_only=True):
    """Words that change what cues mean: those that turn them round, strengthen them, or say whom an insult is for.

    After words of `asking` nothing in a clause is a complaint: "is it bad if …".
    """

    negations: tuple[str, ...] = ()
    intensifiers: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    oneself: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    threats: Threats = Threats()
    irony: Irony = Irony()


class Felt(Struct, frozen=True, kw_only=True):
    """A cue that counted: what it was, for what, how much, and where it is written."""

    cue: str
    means: str
    weight: float
    at: str = ""


class Mood(Struct, frozen=True, kw_only=True):
    """How a message sounds, and why; `upset` and `glad` are the weights that it was decided on.

    What a message could be about, though that is not sure, is in `perhaps`: "safety", "legal". `threat` is one against
    people, which is abuse besides.
    """

    mood: Temper = "calm"
    threat: bool = False
    urgent: bool = False
    safety: bool = False
    legal: bool = False
    perhaps: tuple[About, ...] = ()
    upset: float = 0.0
    glad: float = 0.0
    cues: tuple[Felt, ...] = ()


CALM = Mood()
_Pattern = tuple[str | None, ...]  # of stems; "=quickly" is the word itself, None a gap


class Lexicon:
    """All cues of a shop, compiled; `feel` reads a text with them."""

    def __init__(self, cues: Iterable[Cue], signs: Signs, *, language: str, hearing: Hearing | None = None) -> None:
        self._stem = stemmer(language)
        self._hearing = hearing
        self._emoji: dict[str, Cue] = {}
        patterns: dict[_Pattern, list[Cue]] = {}
        for cue in cues:
            if pattern := self._pattern(cue.words):
                meant = patterns.setdefault(pattern, [])
                if all(each.means != cue.means for each in meant):
                    meant.append(cue)
            else:
                self._emoji[cue.words.strip("\ufe0f ")] = cue
        patterns |= {self._pattern(phrase): [_ASKING] for phrase in signs.asking}
        self._cues: dict[str, list[tuple[_Pattern, list[Cue]]]] = {}
        for pattern, meant in sorted(patterns.items(), key=lambda each: -len(each[0])):
            first = (pattern[0] or "").removeprefix("=")
            self._cues.setdefault(self._stem(first) if pattern[0] != first else first, []).append((pattern, meant))
        self._signs_of_emoji = re.compile("|".join(map(re.escape, self._emoji)) or r"(?!)")
        self._negations = self._stems(signs.negations)
        self._intensifiers = self._stems(signs.intensifiers)
        self._targets = self._stems(signs.targets)
        self._oneself = self._stems(signs.oneself)
        self._irony = {part: self._by_first(phrases) for part, phrases in asdict(signs.irony).items()}
        self._threats = {part: self._by_first(phrases) for part, phrases in asdict(signs.threats).items()}

    def feel(self, text: str) -> Mood:
        """Return how a text sounds; of a very long one, its beginning and its end are read."""
        if len(text) > _HEAD + _TAIL:
            text = f"{text[:_HEAD]}\n{text[-_TAIL:]}"
        felt = [each for clause in _CLAUSE.split(text) if clause for each in self._clause(clause)]
        for emoji in dict.fromkeys(self._signs_of_emoji.findall(text)):
            cue = self._emoji[emoji]
            felt.append(Felt(cue=emoji, means=cue.means, weight=cue.weight, at=cue.at))
        felt += filter(None, map(self._ironic, sentences(text)))
        threat = any(each.means == "threat" for each in felt)
        for example, sure in self._heard(text):
            if threat and example.about == "safety":
                continue  # it sounds like danger, and is none yet
            means, weight = _LEARNED[example.about]
            felt.append(Felt(cue=example.text, means=means, weight=round(sure * weight, 2), at=example.at))
        return _weigh(felt, text) if felt else CALM

    def civil(self, text: str) -> str:
        """Return a text without the words that swear or insult; the others as they are."""
        written = [(stem, word, token) for token in text.split() for word in _said(token) for stem in self._cut(word)]
        words, said = [stem for stem, _, _ in written], [word for _, word, _ in written]
        at, rude = 0, set[int]()
        while at < len(words):
            end, cues = self._longest(words, said, at) or (at + 1, [])
            if any(felt.means in _RUDE for cue in cues if (felt := self._read(words, at, end, cue))):
                rude.update(range(at, end))
            at = end
        return " ".join(token for number, (_, _, token) in enumerate(written) if number not in rude) if rude else text

    def _heard(self, text: str) -> list[tuple[Example, float]]:
        """Return what is heard; of joy and complaint, as their small words are the same, only what is surer."""
        heard = self._hearing.hear(text) if self._hearing else []
        glad = max((sure for example, sure in heard if example.about == "happy"), default=0.0)
        upset = max((sure for example, sure in heard if example.about in UNHAPPY), default=0.0)
        unmeant = UNHAPPY if glad >= upset else ("happy",)
        return [(example, sure) for example, sure in heard if example.about not in unmeant]

    def _pattern(self, phrase: str) -> _Pattern:
        pattern: list[str | None] = []
        for word in phrase.split():
            if word == "*":
                pattern.append(None)
            elif word.startswith("="):
                pattern += ["=" + part for part in normalise(word).split()]
            else:
                pattern += self._cut(word)
        return tuple(pattern)

    def _by_first(self, phrases: Iterable[str]) -> dict[str, list[_Pattern]]:
        """Return the patterns of phrases by the stem with which they begin."""
        patterns: dict[str, list[_Pattern]] = {}
        for phrase in phrases:
            pattern = self._pattern(phrase)
            patterns.setdefault(self._stem((pattern[0] or "").removeprefix("=")), []).append(pattern)
        return patterns

    def _stems(self, words: Iterable[str]) -> frozenset[str]:
        return frozenset(stem for word in words for stem in self._cut(word))

    def _cut(self, text: str) -> list[str]:
        return [self._stem(word) for word in _said(text)]

    def _clause(self, clause: str) -> Iterator[Felt]:
        said = _said(clause)
        words = [self._stem(word) for word in said]
        at, asked = 0, False
        if threat := self._threat(words, said):
            yield threat
        while at < len(words):
            found = self._longest(words, said, at)
            if found is None:
                at += 1
                continue
            end, cues = found
            asked = asked or (cues[0] is _ASKING and at < _OPENING)
            for cue in cues:
                if (cue.means in _ABUSE or not asked) and (felt := self._read(words, at, end, cue)):
                    yield felt
            at = end

    def _threat(self, words: list[str], said: list[str]) -> Felt | None:
        """Return the threat that a clause is, if it is one."""
        parts: dict[str, Fits] = {part: partial(_ends, first, words, said) for part, first in self._threats.items()}
        found = threatens(Threatening(**parts), len(words))
        return Felt(cue=" ".join(said[slice(*found)]), means="threat", weight=_THREAT) if found else None

    def _ironic(self, sentence: str) -> Felt | None:
        """Return the sarcasm that a sentence is, if it is: praise for what nobody praises."""
        said = _said(sentence)
        words = [self._stem(word) for word in said]
        parts: dict[str, Fits] = {part: partial(_ends, first, words, said) for part, first in self._irony.items()}
        averted = [at for at, word in enumerate(words) if word in self._negations]
        if not (found := ironic(Ironic(**parts, averted=averted), len(words))):
            return None
        cue = " … ".join(" ".join(said[slice(*span)]) for span in sorted(found))
        return Felt(cue=cue, means="sarcasm", weight=_IRONY)

    def _longest(self, words: list[str], said: list[str], at: int) -> tuple[int, list[Cue]] | None:
        for pattern, cues in self._cues.get(words[at], ()):
            end = _fits(pattern, words, said, at)
            if end and (None not in pattern or self._negations.isdisjoint({*words[at:end]} - {*pattern})):
                return end, cues
        return None

    def _read(self, words: list[str], at: int, end: int, cue: Cue) -> Felt | None:
        """Return what a cue comes to among the words before it; None for one that means nothing here."""
        before = words[max(0, at - _SCOPE) : at]
        means, weight = cue.means, cue.weight
        if not self._negations.isdisjoint(before):
            if means == "happy":
                means = "upset"
            elif means not in ("abuse", "threat", "swearing", "sarcasm"):
                return None
        elif means == "insult":
            means = self._insult(words, at, end)
        if means == "nothing":
            return None
        if means in ("upset", "happy") and not self._intensifiers.isdisjoint(before[-2:]):
            weight *= _MORE
        return Felt(cue=cue.words, means=means, weight=round(weight, 2), at=cue.at)

    def _insult(self, words: list[str], at: int, end: int) -> Means:
        """An insult is abuse when it is for somebody, and a sigh when it is for a thing or for oneself."""
        if not self._oneself.isdisjoint(words[max(0, at - _SCOPE - 1) : at]):
            return "nothing"
        bare = end - at >= len(words) - 1
        return "abuse" if bare or not self._targets.isdisjoint(words) else "upset"


_ABUSE = ("insult", "abuse", "threat")
_RUDE = ("abuse", "swearing")
_THREAT = 3.0
_IRONY = 1.2
_ASKING = Cue(words="", means="nothing", weight=0)


def _said(text: str) -> list[str]:
    return _DRAWN_OUT.sub(r"\1", normalise(text)).split()


def _fits(pattern: _Pattern, words: list[str], said: list[str], at: int) -> int:
    """Return the end of a cue that begins at a word, or 0."""
    for number, part in enumerate(pattern):
        if part is None:
            rest = pattern[number + 1 :]
            return next((end for gap in range(_GAP + 1) if (end := _fits(rest, words, said, at + gap))), 0)
        if at >= len(words) or (words[at] != part and "=" + said[at] != part):
            return 0
        at += 1
    return at


def _ends(phrases: Mapping[str, list[_Pattern]], words: list[str], said: list[str], at: int) -> int:
    """Return the end of the longest phrase that begins at a word, or 0."""
    return max((_fits(pattern, words, said, at) for pattern in phrases.get(words[at], ())), default=0)


def _weigh(felt: list[Felt], text: str) -> Mood:
    total = {means: _sum(felt, means) for means in ("urgent", "safety", "legal", "swearing", "happy")}
    upset = _most([each.weight for each in felt if each.means in ("upset", "sarcasm")])
    glad = 0.0 if any(each.means == "sarcasm" for each in felt) else total["happy"]
    if glad > upset:
        glad += total["swearing"]
    else:
        upset += total["swearing"]
    if upset:
        upset = _loud(upset, text)
    elif glad and "!" in text:
        glad += _SIGNS
    threat = any(each.means == "threat" for each in felt)
    abusive = threat or any(each.means == "abuse" for each in felt)
    mood: Temper = (
        "abusive" if abusive
        else "angry" if upset >= ANGRY and upset >= glad
        else "frustrated" if upset >= FRUSTRATED and upset >= glad
        else "happy" if glad >= HAPPY
        else "calm"
    )  # fmt: skip
    return Mood(
        mood=mood,
        threat=threat,
        urgent=total["urgent"] >= FLAGGED,
        safety=total["safety"] >= FLAGGED,
        legal=total["legal"] >= FLAGGED,
        perhaps=tuple(about for about in ALARMS if PERHAPS <= total[about] < FLAGGED),
        upset=round(upset, 2),
        glad=round(glad, 2),
        cues=tuple(felt),
    )


def _sum(felt: list[Felt], means: str) -> float:
    return sum(each.weight for each in felt if each.means == means)


def _most(weights: list[float]) -> float:
    strongest = max(weights, default=0.0)
    return strongest + _OTHERS * (sum(weights) - strongest)


def _loud(upset: float, text: str) -> float:
    """Return what is felt, and how loudly it is said: in capitals, with "!!" or with "???"."""
    letters = [sign for sign in text if sign.isalpha()]
    if len(letters) >= _SHOUTED and sum(map(str.isupper, letters)) >= 0.7 * len(letters):
        upset = upset * _MORE + _SIGNS
    if any(signs in text for signs in ("!!", "??", "?!", "!?")):
        upset += _SIGNS * (2 if "!!!" in text else 1)
    return upset
