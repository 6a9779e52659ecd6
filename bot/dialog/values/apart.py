"""What of an answer is left out, and what is only told besides: "all but two", "not the kettle", "but it's chipped".

A word such as "but" leaves something out, or it begins to tell about something: then a verb follows. What is told so
is neither wanted nor left out.
"""

from msgspec import Struct

from bot.dialog.values.numbers import in_words
from bot.dialog.values.reading import Lexicon, begins, clauses, phrase
from bot.knowledge import normalise

_BRIEF = 4  # words after "all but" that surely name what is left out, though nobody knows what


class Apart(Struct, frozen=True, kw_only=True):
    """Normalised words for what is wanted, what is taken off that, what is denied, and what is only told."""

    wanted: str = ""
    off: str = ""
    denied: str = ""
    told: str = ""

    @property
    def left_out(self) -> str:
        """All that is not wanted."""
        return " | ".join(filter(None, (self.off, self.denied)))


def apart(text: str, lexicon: Lexicon) -> Apart:
    """Part an answer: "all but the lamp", "not the kettle, the lamp", "the lamp, but the lamp is chipped"."""
    found: dict[str, list[str]] = {"wanted": [], "off": [], "denied": [], "told": []}
    for clause in clauses(text):
        words = normalise(clause)
        turn = phrase(words, lexicon.but)
        before, _, after = f" {words} ".partition(f" {turn} ") if turn else (words, "", "")
        found["wanted"].append(before.strip())
        found[_kind(turn, before.strip(), after.strip(), lexicon)].append(after.strip())
    return Apart(**{kind: " | ".join(filter(None, said)) for kind, said in found.items()})


def _kind(turn: str, before: str, after: str, lexicon: Lexicon) -> str:
    if turn in lexicon.denies:
        return "denied"
    told = begins(after, lexicon.subjects) or (phrase(after, lexicon.tells) and not phrase(before, lexicon.all))
    return "told" if told and turn in lexicon.turns else "off"


def how_many(off: str, lexicon: Lexicon) -> int | None:
    """Return the number with which words for what is taken off begin: "two of them"; None where they don't."""
    words = off.split()
    begin = next(
        (at for at, word in enumerate(words) if word not in lexicon.fillers or _number(words[at:], lexicon)), 0
    )
    return _number(words[begin:], lexicon)


def unread(off: str) -> bool:
    """Tell whether these few words leave something out that was not understood: "the chipped one"."""
    return 0 < len(off.split()) <= _BRIEF


def _number(words: list[str], lexicon: Lexicon) -> int | None:
    if words and words[0].isdecimal():
        return int(words[0]) if len(words[0]) < _BRIEF else None
    return next((value for value, begin, _ in in_words(words, lexicon) if begin == 0), None)
