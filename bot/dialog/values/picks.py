"""Which things of a list are meant: one, several, all, "the first one", "the blue one", "all but the lamp".

Of things that come in a quantity a part can be meant: "two of the three mugs", "half of them", "my mug". What could be
two different things is nothing: nobody gets the wrong one for a guess.
"""

import re
from collections.abc import Iterable, Sequence, Set

from msgspec import Struct
from rapidfuzz import fuzz

from bot.dialog.values.apart import Apart, apart, how_many, unread
from bot.dialog.values.numbers import in_words
from bot.dialog.values.reading import Hint, Lexicon, Reading, begins, phrase, tidy
from bot.knowledge import normalise

_MOST_WORDS = 60
_ALIKE = 86.0
_SHORT = 4
_VAGUE = frozenset({"all"})  # "all" stands in too many sentences that are about something else
_NEGATIVE = re.compile(r"(?<![\w-])-\s?\d")
_WORD = re.compile(r"[^\W_]+")


class Thing(Struct, frozen=True, kw_only=True):
    """Something of a list: the value kept, its names (the first is shown), and how many there are of it.

    What is not `listed` has no place that can be pointed at: "None of these" is not the last one.
    """

    value: str
    names: tuple[str, ...]
    quantity: int = 1
    listed: bool = True


class Pick(Struct, frozen=True, kw_only=True):
    """A thing that was meant, and how many of it."""

    thing: Thing
    quantity: int


Picked = Reading | Hint | None
Counts = dict[str, float]  # of each thing; half of an odd number is none that can be picked


def picks(text: str, things: Sequence[Thing], lexicon: Lexicon, *, strict: bool = False) -> Picked:
    """Read which things are meant: the reading's one value is a tuple of Picks.

    Words that came by the way are read in a `strict` manner: things must be named, not counted or pointed at; and all
    of them by more than "all".
    """
    said = normalise(tidy(text))
    if not said or not things:
        return None
    if is_negative(text):
        return Hint(key="answer_negative")
    said_of = apart(text, lexicon)
    without = _named(said_of.left_out, things, lexicon)
    beside = _named(said_of.told, things, lexicon)
    if without is None or beside is None:
        return None
    wanted, bare = said_of.wanted, not said_of.left_out and not said_of.told
    found = _wanted(wanted, things, lexicon, strict=strict)
    if strict and bare and _named(wanted, things, lexicon) == {} and phrase(said, lexicon.all - _VAGUE):
        found = {each.value: each.quantity for each in things}
    if not isinstance(found, dict):
        return found
    if beside.keys() - found.keys():  # "the lamp works, but the kettle is broken" may want either
        return _which(each for each in things if each.value in {*found, *beside})
    kept = _less(found, without, said_of, things, lexicon)
    return _reading(kept, things) if isinstance(kept, dict) else kept


def is_negative(text: str) -> bool:
    """Tell whether a number below nothing is said: "-1"."""
    return bool(_NEGATIVE.search(tidy(text)))


def named(text: str, things: Sequence[Thing], lexicon: Lexicon) -> bool:
    """Tell whether words name something of a list, whatever else they say of it."""
    return bool(_named(normalise(tidy(text)), things, lexicon))


def unclear(text: str, things: Sequence[Thing], lexicon: Lexicon) -> list[str]:
    """Return the things that words could mean which name several and say nothing else: "the kettle"."""
    words = normalise(tidy(text)).split()[:_MOST_WORDS]
    names = _parts(things, lexicon)
    meant = [set[str]() if word in lexicon.fillers else _meant_by(word, names) for word in words]
    could = set[str]().union(*meant)
    bare = _bare(range(len(words)), words, meant, lexicon)
    return [each.names[0] for each in things if each.value in could] if bare and len(could) > 1 else []


def beside(text: str, things: Sequence[Thing], lexicon: Lexicon) -> str:
    """Return a text without the words that name things of a list; nothing where it says nothing else."""
    parts = {word for thing in things for name in thing.names for word in normalise(name).split()} - lexicon.fillers
    known = (
        parts | lexicon.fillers | {word for each in lexicon.all | lexicon.both | lexicon.but for word in each.split()}
    )
    said = tidy(text)
    if all(word.isdecimal() or word in lexicon.numbers or _like(word, known) for word in normalise(said).split()):
        return ""
    return " ".join(_WORD.sub(lambda word: "" if _like(normalise(word[0]), parts) else word[0], said).split())


def _like(word: str, parts: Set[str]) -> bool:
    return word in parts or any(_plural(word, part) for part in parts)


def amount(text: str, lexicon: Lexicon, *, alone: bool = False) -> int | Hint | None:
    """Return how many "of them" are wanted: "I want 3 of them", "just one"; None where that is not said.

    A number that is all that is said counts where it may stand `alone`.
    """
    words = normalise(tidy(text)).split()
    for value, begin, end in _numbers(words, lexicon):
        before, after = " ".join(words[:begin]), " ".join(words[end:])
        only = (before.endswith(tuple(lexicon.only)) or (alone and not before)) and {*after.split()} <= lexicon.fillers
        if begins(after, lexicon.of_them) or only:
            return Hint(key="answer_negative") if is_negative(text) or value < 1 else value
    return None


def only_picks(text: str, things: Sequence[Thing], lexicon: Lexicon, *, alone: bool) -> bool:
    """Tell whether words do nothing but name things or say how many: "only two of the mugs", "all but one", "half".

    A number that is all that is said counts where it may stand `alone`.
    """
    said = normalise(tidy(text))
    parts = _parts(things, lexicon)
    names = {word for word in said.split() if _meant_by(word, parts)}
    cues = [*lexicon.only, *lexicon.half, *lexicon.but, *lexicon.all, *lexicon.of_them]
    known = {word for each in cues for word in each.split()} | lexicon.fillers | lexicon.numbers.keys() | names
    counts = bool(_numbers(said.split(), lexicon) or phrase(said, lexicon.half))
    cue = bool(phrase(said, cues))
    if not all(word in known or word.isdecimal() for word in said.split()):
        return False
    return (counts and (alone or cue or bool(names))) or (cue and bool(names)) or bool(phrase(said, lexicon.all))


def _which(things: Iterable[Thing]) -> Hint:
    return Hint(key="answer_which_thing", values={"things": [each.names[0] for each in things]})


def _reading(found: Counts, things: Sequence[Thing]) -> Picked:
    for thing in things:
        count = found.get(thing.value, 1)
        if count % 1:
            return Hint(key="answer_how_many", values={"name": thing.names[0], "quantity": thing.quantity})
        if count > thing.quantity:
            values = {"name": thing.names[0], "quantity": thing.quantity, "asked": count}
            return Hint(key="answer_too_many", values=values)
        if count < 1:
            return Hint(key="answer_negative")
    picked = tuple(Pick(thing=each, quantity=int(found[each.value])) for each in things if each.value in found)
    return Reading(values=(picked,)) if picked else None


def _less(
    found: Counts, without: Counts, said: Apart, things: Sequence[Thing], lexicon: Lexicon
) -> Counts | Hint | None:
    """Take off what is left out: things, so many of a thing, or a number alone where it can be of one thing only."""
    whole = {each.value for each in things if found.get(each.value) == each.quantity}
    if not said.off or without or found.keys() - whole:
        part = {value: found[value] - off for value, off in without.items() if said.off and value in whole}
        left = {value: part.get(value, 0) if value in without else count for value, count in found.items()}
        return {value: count for value, count in left.items() if count > 0 or value not in without}
    count = how_many(said.off, lexicon)
    if len(found) == 1 and phrase(said.off, lexicon.half):
        return {value: most / 2 for value, most in found.items()}
    if count is not None and len(found) == 1:
        return {value: most - count for value, most in found.items()}
    if count is not None:
        return _which(each for each in things if each.listed)
    left_out = _pointed(said.off, things, lexicon)
    if left_out is None and unread(said.off):
        return None
    return {value: most for value, most in found.items() if value not in (left_out or {})}


def _wanted(said: str, things: Sequence[Thing], lexicon: Lexicon, *, strict: bool) -> Counts | Hint | None:
    everything: Counts = {each.value: each.quantity for each in things}
    named = _named(said, things, lexicon)
    if named:
        return named
    if named is None:
        return None
    one = things[0] if len(things) == 1 and not strict else None
    if one and (count := _amount(said.split(), one, lexicon)) is not None:
        return {one.value: count}
    if phrase(said, lexicon.all) and not strict:
        return everything
    if phrase(said, lexicon.both) and not strict:
        return everything if len(things) == 2 or (len(things) == 1 and things[0].quantity == 2) else None
    if strict:
        return None
    return _pointed(said, things, lexicon)


def _pointed(said: str, things: Sequence[Thing], lexicon: Lexicon) -> Counts | None:
    """Return things by their place in the list: "1 and 3", "the first one", "the last two" is none."""
    places: list[int] = []
    things = [each for each in things if each.listed]
    words = said.replace("|", " ").split()
    digits = [word for word in words if word.isdecimal()]
    if digits:
        if len(words) > 2 * len(digits) + 2 or any(len(each) > 2 for each in digits):
            return None
        places = [int(each) for each in digits]
    else:
        rest = f" {' '.join(words)} "
        while name := phrase(rest.strip(), lexicon.ordinals):
            places.append(lexicon.ordinals[name])
            rest = rest.replace(f" {name} ", " ", 1)
        if len(rest.split()) > len(places) + 3:
            return None
    at = [place - 1 if place > 0 else len(things) + place for place in places]
    if not at or any(not 0 <= each < len(things) for each in at):
        return None
    return {things[each].value: things[each].quantity for each in at}


def _named(said: str, things: Sequence[Thing], lexicon: Lexicon) -> Counts | None:
    """Return the things that are named, and how many of each; None where a word could mean two of them."""
    words = said.split()[:_MOST_WORDS]
    names = _parts(things, lexicon)
    whole = {each.value: [normalise(name) for name in each.names] for each in things}
    meant = [set[str]() if word in lexicon.fillers else _meant_by(word, names) for word in words]
    found: Counts = {}
    unclear: list[int] = []
    for at, values in enumerate(meant):
        exact = [value for value in values if _stands(whole[value], words, at)]
        value = exact[0] if len(exact) == 1 else next(iter(values)) if len(values) == 1 else ""
        if value:
            thing = next(each for each in things if each.value == value)
            count = _how_many(words, at, meant, thing, lexicon)
            found[value] = found.get(value, thing.quantity) if count is None else count
        elif values:
            unclear.append(at)
    clear = {at for at, values in enumerate(meant) if values} - {*unclear}
    for at in unclear:
        part = _part(words, at, lexicon)
        if clear & {*part} and meant[at] & found.keys():
            continue  # "the kettle lid"
        others = meant[at] - found.keys()
        if len(others) != 1 or len(others) == len(meant[at]) or not _bare(part, words, meant, lexicon):
            return None
        thing = next(each for each in things if each.value in others)
        count = _how_many(words, at, meant, thing, lexicon)
        found[thing.value] = thing.quantity if count is None else count
    return found


def _parts(things: Sequence[Thing], lexicon: Lexicon) -> dict[str, set[str]]:
    parts = {each.value: {word for name in each.names for word in normalise(name).split()} for each in things}
    return {value: each - lexicon.fillers for value, each in parts.items()}


def _part(words: list[str], at: int, lexicon: Lexicon) -> range:
    """Return the places of what stands around a place between two words such as "and"."""
    joins = [place for place, word in enumerate(words) if word in lexicon.joins]
    begin = max((place + 1 for place in joins if place < at), default=0)
    return range(begin, min((place for place in joins if place > at), default=len(words)))


def _bare(part: range, words: list[str], meant: list[set[str]], lexicon: Lexicon) -> bool:
    """Tell whether a part of what was said only names something: "the kettle", "two lids"."""
    known = lexicon.fillers | lexicon.numbers.keys()
    return all(meant[at] or words[at] in known or words[at].isdecimal() for at in part)


def _meant_by(word: str, names: dict[str, set[str]]) -> set[str]:
    """Return the values of the things in whose names a word stands, in the singular or the plural, or mistyped."""
    if len(word) < 3 or word.isdecimal():
        return set()
    exact = {value for value, parts in names.items() if word in parts}
    if exact or len(word) < _SHORT:
        return exact
    plural = {value for value, parts in names.items() if any(_plural(word, part) for part in parts)}
    if plural or len(word) <= _SHORT:
        return plural
    return {value for value, parts in names.items() if any(_mistyped(word, part) for part in parts)}


def _plural(one: str, other: str) -> bool:
    return one in (f"{other}s", f"{other}es") or other in (f"{one}s", f"{one}es")


def _mistyped(word: str, part: str) -> bool:
    return len(part) > _SHORT and fuzz.ratio(word, part) >= _ALIKE


def _stands(names: list[str], words: list[str], at: int) -> bool:
    """Tell whether one of these names stands in full around a place."""
    for name in names:
        parts = name.split()
        for start in range(max(0, at - len(parts) + 1), at + 1):
            if len(parts) > 1 and words[start : start + len(parts)] == parts:
                return True
    return False


def _how_many(words: list[str], at: int, meant: list[set[str]], thing: Thing, lexicon: Lexicon) -> float | None:
    """Return the number said before a thing: of "two of the three mugs" the two; None where none is said."""
    ends = [words[each] == "|" or (bool(meant[each]) and thing.value not in meant[each]) for each in range(at)]
    start = max((each + 1 for each in range(at) if ends[each]), default=0)
    start = max(start, _part(words, at, lexicon).start)
    count = _amount(words[start:at], thing, lexicon)
    begin = next((back for back in range(at, start - 1, -1) if thing.value not in meant[back]), None)
    one = begin is not None and words[begin] in lexicon.single and _is_one(words, at, meant, thing)
    return 1 if count is None and one else count


def _is_one(words: list[str], at: int, meant: list[set[str]], thing: Thing) -> bool:
    """Tell whether the words that name a thing from a place on end in the singular: "ochre mug", not "ochre mugs"."""
    after = range(at + 1, len(words))
    end = next((each for each in after if thing.value not in meant[each]), len(words))
    return not words[end - 1].endswith("s")


def _amount(words: list[str], thing: Thing, lexicon: Lexicon) -> float | None:
    """Return how many of a thing words say: the first number, or half of it or of what there is of the thing."""
    numbers = _numbers(words, lexicon)
    said = " ".join(words)
    halved = thing.quantity > 1 and phrase(said, lexicon.half)
    before = said.partition(halved)[0].split() if halved else []
    if halved and not any(begin <= len(before) < end for _, begin, end in numbers):  # "half a dozen"
        return next((value for value, begin, _ in numbers if begin > len(before)), thing.quantity) / 2
    return numbers[0][0] if numbers else None


def _numbers(words: list[str], lexicon: Lexicon) -> list[tuple[int, int, int]]:
    """Return each number that is said, with where it begins and ends."""
    digits = [(int(word), at, at + 1) for at, word in enumerate(words) if word.isdecimal() and len(word) < _SHORT]
    return sorted((*in_words(words, lexicon), *digits), key=lambda each: each[1])
