"""Read the time that a customer asked for out of a reply that does no more than agree to it: "by 5?", "Sure, will do".

A customer asks for a time with a wish and a time behind it ("can you call me at 3?"), or by saying no more than that it
would suit them: in a question, or to a question of a person. What the customer will do themselves is not for us to
promise, and neither is what a time in their words only tells of ("the lamp that I bought on Monday"). A reply that says
anything of its own agrees to nothing. The words are content, so none stand here.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from bot.desk.case import Line
from bot.desk.hours import Hours
from bot.desk.moments import meant
from bot.desk.promises import Promised, around, hidden, times_in
from bot.desk.things import thing
from bot.desk.wordings import Patterns, plain

_WORD = re.compile(r"[\w']+")
_PAUSE = re.compile(r"[,;:()–—]|\s-\s")


def agreed(
    reply: str, before: Sequence[Line], names: Collection[str], words: Patterns, hours: Hours, now: datetime
) -> Promised | None:
    """Return the time that a reply agrees to, which the lines `before` it ask for; `names` may be said beside."""
    called = {each.casefold() for name in names for each in name.split()}
    if not _agrees(reply, called, words):
        return None
    asked, ours = _asked(before)
    for line in asked:
        for time, what in _wanted(line.text, ours, called, words):
            at = meant(time, words, hours, line.at or now)
            if at and at > now:
                return Promised(at=at, words=time[0], thing=what)
    return None


def _agrees(reply: str, called: Collection[str], words: Patterns) -> bool:
    """Tell whether a reply says no more than that something will be as it was asked for."""
    said = plain(reply)
    return "?" not in said and bool(words.agreeing.search(said)) and _is_all(said, called, words.agreeing, words)


def _is_all(said: str, called: Collection[str], known: re.Pattern[str], words: Patterns) -> bool:
    """Tell whether nothing stands in a text but known words, what may stand beside any, and names."""
    left = _WORD.findall(words.fillers.sub(" ", known.sub(" ", said)))
    return all(each.casefold() in called for each in left)


def _asked(before: Sequence[Line]) -> tuple[list[Line], str]:
    """Return what a customer said since a person wrote, the latest first, and what that person had written."""
    asked: list[Line] = []
    for line in reversed(before):
        if line.over:
            break
        if line.who == "customer":
            asked.append(line)
        elif line.who != "bot":
            return asked, line.text
    return asked, ""


def _wanted(text: str, ours: str, called: Collection[str], words: Patterns) -> Iterator[tuple[re.Match[str], str]]:
    """Yield each time that a customer asks for, with what is to be done by then; empty for words of ours."""
    read = hidden(plain(text), words)
    times = times_in(read, words)
    loose = [each for each in words.clock.finditer(read) if not any(_within(each, time) for time in times)]
    times = [each for each in times if not any(_within(each, time) for time in loose)]
    for time in sorted([*times, *loose], key=lambda each: each.start()):
        start, end, asks = around(read, time, times)
        wish = _wish(read, start, time, words) if time not in loose else None
        if wish:
            yield time, _thing(read, wish, time, end, words)
        elif (asks or "?" in ours) and _offers(read[start : time.start()], read[time.end() : end], ours, called, words):
            call = words.deeds[0].search(ours)
            yield time, thing(call[0], "", words) if call else ""


def _within(one: re.Match[str], other: re.Match[str]) -> bool:
    return other.start() <= one.start() and one.end() <= other.end()


def _wish(text: str, start: int, time: re.Match[str], words: Patterns) -> re.Match[str] | None:
    """Return the wish that a time belongs to: the last one before it, with nothing between that says something else."""
    wishes = list(words.wishes.finditer(text, start, time.start()))
    if not wishes:
        return None
    between = text[wishes[-1].end() : time.start()]
    clauses = [start, *(found.end() for found in words.clause.finditer(text, start, wishes[-1].start()))]
    ahead = words.wishes.sub(" ", text[clauses[-1] : wishes[-1].start()])
    apart = [found.end() for found in _PAUSE.finditer(between)]
    whole = not apart or not _WORD.search(between, apart[-1])  # "call me back, tomorrow at 3"
    others = words.breaks.search(between) or words.owned.search(between) or words.carriers.search(between)
    return wishes[-1] if whole and not others and not words.breaks.search(ahead) else None


def _thing(text: str, wish: re.Match[str], time: re.Match[str], end: int, words: Patterns) -> str:
    """Return what is to be done by a time: what follows the wish, and the wish where that says it ("call me")."""
    tells = words.tidings.search(wish[0]) or words.deeds[0].search(wish[0])
    after = words.clause.search(text, time.end(), end)
    behind = words.suiting.sub(" ", text[time.end() : after.start() if after else end])
    return thing(f"{text[wish.start() if tells else wish.end() : time.start()]} {behind}", time[0], words)


def _offers(ahead: str, behind: str, ours: str, called: Collection[str], words: Patterns) -> bool:
    """Tell whether no more is said than that a time would do, and not for what the customer was asked to do."""
    theirs = words.they.search(plain(ours)) and not words.deeds[0].search(ours)
    said = words.wishes.sub(" ", f"{ahead} … {behind}")
    return not theirs and _is_all(said, called, words.suiting, words)
