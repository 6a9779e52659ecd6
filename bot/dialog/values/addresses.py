"""Postal addresses, wherever in a sentence they stand: "she's at 4 High Street, Leeds LS1 4AB, and say hello".

A postcode tells that there is one. What leads to it and what follows is left out; a name in front of it is kept. Words
that count houses ("flat") and lead to a place ("at") are content. Nothing is looked up.
"""

import re
from collections.abc import Sequence

from bot.dialog.values.contacts import postcode
from bot.dialog.values.reading import LONGEST, Lexicon, Reading, tidy
from bot.knowledge import normalise

_SENTENCES = re.compile(r"[?!]\s*|(?<=[^\W\d_]{4})\.\s+")
_PARTS = re.compile(r"\s*[,;\n]\s*")
_FEWEST, _MOST_AFTER = 2, 3  # words before a postcode; words of a part behind it
_LETTERS = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\d+[a-z]?\b", re.IGNORECASE)
_HOUSE = re.compile(r"(?<![\w#])\d{1,4}[a-z]?(?!\w)", re.IGNORECASE)  # five digits are an order
_LONGEST_CHANGE = 12  # words


def address(text: str, lexicon: Lexicon, *, strict: bool = False) -> Reading | None:
    """Read an address; by the way (`strict`) only one whose postcode has letters, since an order's number has none.

    Words without a postcode are taken as they are where they were asked for: other countries have other ways.
    """
    said = tidy(text).strip()[:LONGEST]
    code = postcode(said)
    if not code or not said or (strict and not _LETTERS.search(code)):
        return Reading(values=(said,)) if said and not strict else None
    sentence = next(each for each in reversed(_SENTENCES.split(said)) if code in each)
    parts = [part for part in _PARTS.split(sentence) if part.strip()]
    at = max(place for place, part in enumerate(parts) if code in part)
    if strict and not _tells_where(parts[: at + 1], code):
        return None
    first, begun = _front(parts[: at + 1], code, lexicon)
    ends = parts[at][parts[at].rindex(code) + len(code) :]
    last = (begun[-1][: -len(ends)] if ends else begun[-1]) + (ends if _is_place(ends, lexicon) else "")
    after = parts[at + 1 :] if last.endswith(ends) else []
    kept = next((place for place, part in enumerate(after) if not _is_place(part, lexicon)), len(after))
    found = ", ".join([*begun[:-1], last.strip(), *after[:kept]]).strip(" .")
    if strict and len(normalise(found).split()) < _FEWEST + len(normalise(code).split()):
        return None
    rest = " ".join([*said.partition(sentence)[::2], *parts[:first], *after[kept:]]) if strict else ""
    return Reading(values=(found,), rest=rest.strip())


def pieced(before: Sequence[str], text: str, lexicon: Lexicon) -> str:
    """Return an address that comes in several messages: street and town with postcode, whichever was said first.

    Empty where `text` is whole, or nothing `before` has what it lacks.
    """
    said = tidy(text).strip()[:LONGEST]
    wanted = lacking(said)
    at = next((at for at in reversed(range(len(before))) if wanted and _has(tidy(before[at])) == wanted), None)
    if at is None:
        return ""
    older = tidy(before[at])
    street, town = (said, older) if wanted == "code" else (older, said)
    names = [part for part in before[max(at - 1, 0) : at] if is_part(part) and not _has(part)]
    between = [part for part in before[at + 1 :] if is_part(part) and not _has(part)]
    parts = [*names, _street(street, lexicon), *between, _town(town, lexicon)]
    return ", ".join(part.strip(" .,") for part in parts)


def is_part(text: str) -> bool:
    """Tell whether words may be a part of an address: a street, a postcode, or a name such as a town's."""
    said = tidy(text).strip()
    brief = len(said.split()) <= _LONGEST_CHANGE and "?" not in said
    return brief and (bool(_has(said)) or (len(said.split()) <= _MOST_AFTER and _is_name(said)))


def is_town(text: str) -> bool:
    """Tell whether words are a postcode and at most a town, which is no whole address."""
    return lacking(text) == "house" and len(tidy(text).replace(postcode(text), " ").split()) <= _FEWEST


def tidied(text: str, lexicon: Lexicon) -> str:
    """Return a part of an address without the words that lead to it."""
    said, lacks = tidy(text).strip(), lacking(text)
    part = _street(said, lexicon) if lacks == "code" else _town(said, lexicon) if lacks == "house" else said
    return part.strip(" .,")


def lacking(text: str) -> str:
    """Return what words with a part of an address leave open: its "house" or its "code"; nothing of all others."""
    return {"house": "code", "code": "house"}.get(_has(tidy(text)), "")


def _has(said: str) -> str:
    """Return what of an address words have: its "house", its "code", "all" of it, or nothing."""
    code = postcode(said)
    code = code if _LETTERS.search(code) else ""
    house = _HOUSE.search(said.replace(code, " ") if code else said)
    if house and not code:
        return "house" if _LETTERS.search(said[house.end() :]) else ""
    return "all" if house else "code" if code else ""


def _street(said: str, lexicon: Lexicon) -> str:
    """Return the part of words that has a house in it, and what follows that is written as names are."""
    parts = [part for part in _PARTS.split(_SENTENCES.split(said)[0]) if part.strip()]
    at = next((place for place, part in enumerate(parts) if _HOUSE.search(part)), 0)
    after = [part for part in parts[at + 1 :] if _is_name(part)]
    return ", ".join([_house(parts[at], lexicon), *after])


def _town(said: str, lexicon: Lexicon) -> str:
    """Return a postcode with the town before it, without the words that lead to them: "the postcode is …"."""
    code = postcode(said)
    parts = [part for part in _PARTS.split(said[: said.rindex(code)]) if part.strip()]
    beside = lexicon.leads_to | lexicon.fillers | lexicon.correction | lexicon.called.get("address", frozenset())
    last = parts[-1].split() if parts else []
    leads = [place for place, word in enumerate(last) if normalise(word) in beside]
    town = " ".join([*last[leads[-1] + 1 if leads else 0 :], code.upper()])
    return ", ".join([*(part for part in parts[:-1] if _is_name(part) and normalise(part) not in beside), town])


def _tells_where(parts: list[str], code: str) -> bool:
    """Tell whether there is more than a postcode: the number of a house, or nothing but names."""
    bare = [part.replace(code, " ") for part in parts]
    return any(_HOUSE.search(part) for part in bare) or all(_is_name(part) for part in bare[-2:])


def _front(parts: list[str], code: str, lexicon: Lexicon) -> tuple[int, list[str]]:
    """Return which part an address begins in, and its parts: from the house on, with the name before it."""
    bare = [part.replace(code, " ") for part in parts]
    house = next((place for place, part in enumerate(bare) if _HOUSE.search(part)), None)
    if house is None:
        named = next((place for place, part in enumerate(parts) if _after_lead(part, lexicon) != part), 0)
        return named, [_after_lead(parts[named], lexicon), *parts[named + 1 :]]
    begun = [_house(parts[house], lexicon), *parts[house + 1 :]]
    if begun[0] != parts[house]:
        return house, begun
    for place in reversed(range(house)):
        name = _after_lead(parts[place], lexicon)
        if not _is_name(name):
            return place + 1, begun
        begun = [name, *begun]
        if name != parts[place]:
            return place, begun
    return 0, begun


def _house(part: str, lexicon: Lexicon) -> str:
    """Return a part from the number of its house on, with what that counts: "flat 2", "Unit 7"; or all of a name."""
    led = _after_lead(part, lexicon)
    words = led.split()
    at = next(place for place, word in enumerate(words) if _HOUSE.search(word))
    if _is_name(" ".join(words[:at])):
        return led
    return " ".join(words[at - (normalise(words[at - 1]) in lexicon.houses) :])


def _after_lead(part: str, lexicon: Lexicon) -> str:
    """Return a part behind the last word in it that leads to a place, before any number."""
    words = part.split()
    end = next((place for place, word in enumerate(words) if _HOUSE.search(word)), len(words) - 1)
    leads = [place for place, word in enumerate(words[:end]) if normalise(word) in lexicon.leads_to]
    return " ".join(words[leads[-1] + 1 :]) if leads else part


def _is_name(words: str) -> bool:
    """Tell whether words are written as names are: each with a capital."""
    return all(word[:1].isupper() or not word[:1].isalpha() for word in words.split())


def _is_place(words: str, lexicon: Lexicon) -> bool:
    """Tell whether words behind a postcode still belong to it: a town or a country."""
    said = words.split()
    joined = bool(said) and normalise(said[0]) in lexicon.joins
    begins_anew = len(said) > 1 and said[0].startswith(".")
    return not joined and not begins_anew and len(said) <= _MOST_AFTER and _is_name(words)


def amended(held: str, text: str, lexicon: Lexicon) -> str:
    """Return an address with the part of it set right that a text names: "flat 3, not flat 2", "no, number 21".

    Empty where it names none that is in the address.
    """
    words = tidy(text).replace(",", " ").split()
    if not words or len(words) > _LONGEST_CHANGE or "?" in text:
        return ""
    for turn in ("not", "instead of", "rather than"):
        before, found, after = f" {' '.join(words)} ".partition(f" {turn} ")
        if found and before.strip() and after.strip():
            return _swapped(held, before.split(), after.strip(" .!"))
    return _numbered(held, words, lexicon)


def _swapped(held: str, right: list[str], wrong: str) -> str:
    there = re.search(r"\b" + re.escape(wrong) + r"\b", held, re.IGNORECASE)
    if not there:
        return ""
    words = " ".join(right[-len(wrong.split()) :])
    return _put(held, *there.span(), words[:1].upper() + words[1:] if there[0][:1].isupper() else words)


def _numbered(held: str, words: list[str], lexicon: Lexicon) -> str:
    """Return an address with another number of what a text counts, or another postcode."""
    said = " ".join(words).strip(" .!")
    old, new = postcode(held), postcode(said)
    if new and _LETTERS.search(new) and old and said.endswith(new):
        return held.replace(old, new.upper())
    number = _NUMBER.fullmatch(words[-1].strip(".!"))
    before = [normalise(word) for word in words[:-1]]
    counted = next((word for word in reversed(before) if word in lexicon.houses), "")
    beside = lexicon.leads_to | lexicon.correction | (lexicon.fillers if counted else frozenset())
    if not number or not before or not {*before} <= beside | lexicon.houses:
        return ""
    own = "" if counted in lexicon.numbered else counted
    if own and (there := re.search(rf"\b{re.escape(own)}\s+({_NUMBER.pattern})", held, re.IGNORECASE)):
        return _put(held, *there.span(1), number[0])
    plain = held.replace(old, " " * len(old)) if old else held
    free = [each for each in _NUMBER.finditer(plain) if not _counts(held[: each.start()], lexicon)]
    return _put(held, *free[0].span(), number[0]) if free and not own else ""


def _counts(before: str, lexicon: Lexicon) -> bool:
    """Tell whether a number behind these words is a flat's and not the house's."""
    last = normalise(before).split()[-1:]
    return bool(last) and last[0] in lexicon.houses - lexicon.numbered


def _put(text: str, start: int, end: int, words: str) -> str:
    return f"{text[:start]}{words}{text[end:]}"
