"""What somebody promises to do, by its telling words ("send label", "call"): whether two are one, whether one is done.

A word of ours (an answer, an update) is no thing: any answer keeps it, and it takes no thing's place. The words are
content, so none stand here.
"""

import re
from collections.abc import Sequence

from bot.desk.wordings import Patterns, plain

_WORD = re.compile(r"[\w']+")
_STEM = 4  # so many letters tell two words apart
_VERB = 3  # the same for a verb that was done meanwhile: "send" and "sent"
_SHORTEST = 3  # letters of a word that names something
_SOMETHING = "…"  # a thing without a telling word: "I'll do it"


def thing(said: str, when: str, words: Patterns) -> str:
    """Return the telling words of what is promised with `said`, besides its time; empty for a word of ours."""
    brought = words.bringing.sub(" ", f"{said} {when}")
    if words.tidings.search(brought):
        return ""
    matter = words.concerning.split(said, maxsplit=1)[0]
    return " ".join(_WORD.findall(words.blanks.sub(" ", matter))) or _SOMETHING


def alike(one: str, other: str) -> bool:
    """Tell whether two things are one: the last word of either is in both, or one of them is just "it"."""
    if not one or not other:
        return one == other
    named, known = _named(one), _named(other)
    return not named or not known or _is_in(named[-1], known) or _is_in(known[-1], named)


def done(text: str, things: Sequence[str], words: Patterns) -> Sequence[str]:
    """Return which of the things, the soonest first, a reply says to be here or done: those it names, or the first."""
    read = plain(text)
    finished = [each for each in things if _finished(read, _named(each), words)]
    if not words.fulfilled.search(read):
        return finished
    said = _named(read)
    named = [each for each in things if (last := _named(each)) and _is_in(last[-1], said)]
    return [*finished, *named] or things[:1]


def _finished(text: str, named: Sequence[str], words: Patterns) -> bool:
    """Tell whether a text says that just this was done: "I've sent the label", and not "I've looked at the label"."""
    for found in words.finished.finditer(text):
        verb = _WORD.search(text, found.end())
        said = _named(text[found.end() :])
        if named and verb and verb[0].casefold()[:_VERB] == named[0][:_VERB]:
            return all(_is_in(each, said) for each in named[1:])
    return False


def _named(text: str) -> list[str]:
    return [word.casefold()[:_STEM] for word in _WORD.findall(text) if len(word) >= _SHORTEST]


def _is_in(stem: str, stems: Sequence[str]) -> bool:
    """Tell whether a word is among others: "mug" is, beside "mugs"."""
    return any(stem.startswith(each) or each.startswith(stem) for each in stems)
