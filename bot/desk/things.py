"""What somebody promises to do, by its telling words ("send label", "call"): whether two are one, whether one is done.

Two are one where deed and object agree: "phone" and "ring" are one deed, "the new kettle" and "the old kettle" two
objects. Whoever sends, hands over or arranges something does no deed besides: what counts is that it comes. A word of
ours (an answer, an update) is no thing: any answer keeps it, and it takes no thing's place. The words are content, so
none stand here.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.desk.wordings import Patterns, plain

_WORD = re.compile(r"[\w']+")
_SENTENCE = re.compile(r"[^.!?…\n;]+(?:\.(?=\w)[^.!?…\n;]+)*")
_PAUSE = re.compile(r"[,:()–—]|\s-\s")
_STEM = 4  # so many letters tell two words apart
_VERB = 3  # the same for a verb that was done meanwhile: "book" and "booked"
_SHORTEST = 3  # letters of a word that names something
_MORE = 3  # words of one thing more that was done: "I've sent the label and the invoice"
_SOMETHING = "…"  # a thing without a telling word: "I'll do it"
_ONLY = -1  # the deed of a thing that has no other than to come


class _Read(NamedTuple):
    deed: int
    objects: frozenset[str]
    anything: bool = False


def thing(said: str, when: str, words: Patterns) -> str:
    """Return the telling words of what is promised with `said`, besides its time; empty for a word of ours."""
    brought = words.bringing.sub(" ", f"{said} {when}")
    if words.tidings.search(brought):
        return ""
    return _telling(said, words) or _SOMETHING


def _telling(said: str, words: Patterns) -> str:
    """Return the telling words of what is said to be done: without its matter, and what follows "call you"."""
    matter = words.concerning.split(said, maxsplit=1)[0]
    if reached := words.reached.search(matter):
        matter = matter[: reached.end()]
    return " ".join(_WORD.findall(words.blanks.sub(" ", matter)))


def alike(one: str, other: str, words: Patterns) -> bool:
    """Tell whether two things are one: deed and object agree as far as both are named, or one of them is just "it"."""
    if not one or not other:
        return one == other
    return _agree(_read(one, words), _read(other, words))


def _read(said: str, words: Patterns) -> _Read:
    """Return the deed of a thing, and its objects: what follows it, or else what precedes ("the kettle's refund")."""
    told = [each for each in _WORD.findall(said.casefold()) if len(each) >= _SHORTEST and not each.isdigit()]
    own = [each for each in told if not words.handing.fullmatch(each)]
    for at, word in enumerate(own):
        if (deed := _deed(word, words)) is not None:
            after = own[at + 1 :]
            return _Read(deed, _stems(after if after or deed == 0 else own[:at]))
    return _Read(_ONLY, _stems(own), anything=not told)


def _deed(word: str, words: Patterns) -> int | None:
    """Return which deed a word names, if it names one; the first is that of calling somebody."""
    return next((at for at, deed in enumerate(words.deeds) if deed.fullmatch(word)), None)


def _agree(one: _Read, other: _Read) -> bool:
    if one.anything or other.anything:
        return True
    if one.deed != other.deed:
        return False
    within = _all_in(one.objects, other.objects) or _all_in(other.objects, one.objects)
    # whom a call is for is always said: without a word, it is the customer
    return within and (one.deed != 0 or bool(one.objects) == bool(other.objects))


# --- what is done -----------------------------------------------------------------------------------------------------


def done(text: str, things: Sequence[str], words: Patterns) -> Sequence[str]:
    """Return which of the things, the soonest first, a reply says to be here or done: those it names, or the first.

    What hangs on a condition ("once I've sent it") is not done yet.
    """
    kept: list[str] = []
    here = False
    for sentence in _SENTENCE.findall(plain(text)):
        for named in (*_finished(sentence, words), *_gone(sentence, words)):
            kept += _meant(named, things, words)
        if found := _here(sentence, words):
            said = _stems(_WORD.findall(sentence))
            kept += [each for each in things if (own := _read(each, words).objects) and _all_in(own, said)]
            here = here or not _shown(sentence, found, words)
    return kept or (things[:1] if here else ())


def _meant(named: tuple[str, str], things: Sequence[str], words: Patterns) -> Sequence[str]:
    """Return the things that were done with this verb (empty: they came) and these words; of several, those named."""
    verb, said = named
    now = _read(said, words)
    found = [each for each in things if _does(verb, each, words) and _agree(now, _read(each, words))]
    return found if now.objects else found[:1]


def _does(verb: str, promise: str, words: Patterns) -> bool:
    """Tell whether it is by this verb that a thing is done, and not just looked at, or asked for."""
    if not verb or words.handing.fullmatch(verb):
        return True
    deed = _deed(verb, words)
    if deed is not None:
        return deed == _read(promise, words).deed
    return promise.casefold()[:_VERB] == verb[:_VERB]


def _finished(sentence: str, words: Patterns) -> Iterator[tuple[str, str]]:
    """Yield each verb and what was done with it: "I've sent the label", "the label has been sent"."""
    for found in words.finished.finditer(sentence):
        if _hangs(sentence, found.start(), words):
            continue
        first, *more = _clauses(sentence, found.end(), words)
        told = _telling(first, words)
        verb = next(iter(_WORD.findall(told.casefold())), "")
        if not verb:
            continue
        yield verb, told
        for piece in more:
            named = _telling(piece, words)
            if _read(named, words).objects and len(_WORD.findall(piece)) <= _MORE:
                yield verb, f"{verb} {named}"
    for found in words.undergone.finditer(sentence):
        subject = _subject(sentence, found.start(), words)
        told = _telling(_clauses(sentence, found.end(), words)[0], words)
        verb = next(iter(_WORD.findall(told.casefold())), "")
        if subject and verb and not _hangs(sentence, found.start(), words):
            yield verb, f"{verb} {subject}"


def _gone(sentence: str, words: Patterns) -> Iterator[tuple[str, str]]:
    """Yield what is said to have left: "your refund went out"."""
    for found in words.gone.finditer(sentence):
        subject = _subject(sentence, found.start(), words)
        if subject and not _hangs(sentence, found.start(), words):
            yield "", subject


def _here(sentence: str, words: Patterns) -> re.Match[str] | None:
    """Return the words of a sentence that say that something is here, or done."""
    for pattern in (words.fulfilled, words.showing):
        if (found := pattern.search(sentence)) and not _hangs(sentence, found.start(), words):
            return found
    return words.settled.fullmatch(words.fillers.sub(" ", sentence).strip(" ,"))


def _shown(sentence: str, found: re.Match[str], words: Patterns) -> str:
    """Return what is shown to be here, if it is named: "here are the terms" brings no more than these."""
    shows = words.showing.fullmatch(found[0])
    return _telling(_clauses(sentence, found.end(), words)[0], words) if shows else ""


def _clauses(sentence: str, at: int, words: Patterns) -> list[str]:
    """Return the clauses from here to the end of a sentence, or to where somebody says what else is done or will be."""
    ends = [each.start() for pattern in (words.finished, words.commitment) if (each := pattern.search(sentence, at))]
    return words.clause.split(sentence[at : min(ends, default=len(sentence))])


def _subject(sentence: str, at: int, words: Patterns) -> str:
    """Return what a clause says before its verb; nothing if that is denied, or somebody's reason."""
    before = words.clause.split(sentence[:at])[-1]
    return "" if words.breaks.search(before) else _telling(before, words)


def _hangs(sentence: str, at: int, words: Patterns) -> bool:
    """Tell whether what is said here waits for something: "as soon as I've called and I've sent it"."""
    begins = max((each.end() for each in _PAUSE.finditer(sentence, 0, at)), default=0)
    before = words.asides.sub(" ", sentence[begins:at])
    return bool(words.awaited.search(before) or words.conditions.search(before))


def _stems(told: Sequence[str]) -> frozenset[str]:
    return frozenset(word.casefold()[:_STEM] for word in told if len(word) >= _SHORTEST)


def _all_in(some: frozenset[str], stems: frozenset[str]) -> bool:
    """Tell whether all words are among others: "mug" is, beside "mugs"."""
    return all(any(stem.startswith(each) or each.startswith(stem) for each in stems) for stem in some)
