"""Text as the matcher reads it: normalised, cut into words, words cut to stems and n-grams.

Every text of any length goes through here and comes out bounded. Nothing here knows of subjects or scores.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

LONGEST_TEXT = 4_000
LONGEST_WORD = 40
MOST_WORDS = 200
_REMEMBERED = 16_384

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "ne": "nepali", "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

# English without its apostrophes: a "not" is a word of its own.
_VERBS = ("do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "could", "would", "should")
_CONTRACTED = {f"{verb}nt": (verb, "not") for verb in _VERBS} | {
    "cant": ("can", "not"),
    "cannot": ("can", "not"),
    "wont": ("will", "not"),
}

_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+")
_LABELLED_LINK = re.compile(r"<[^<>|\s][^<>|]{0,500}\|([^<>]*)>")
_TAG = re.compile(r"<[@#!:/a-z][^<>]{0,500}>")
_EMOJI_NAME = re.compile(r"(?<![^\s:]):(?:[a-z][a-z0-9_+-]{1,40}|[+-]1|100|1234|8ball):")
_APOSTROPHES = re.compile("(?<=\\w)['\u2019\u02bc\uff07\u00b4`](?=\\w)")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+"
)
_STRETCHED = re.compile(r"([^\W\d_])(?!\1)([^\W\d_])\2{2,}(?![^\W\d_])")  # "heyyy", but no "zzz"
_NUMBER = re.compile(r"(?=(?:\D*\d){3})[^\W_]{5,}|\d{4,}")

# What parts clauses, in any script; a text of many is a story.
WIDE = "\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f"
MARKS = ".,;:!?\n" + WIDE
_CLAUSES = re.compile(f"[{MARKS}]+")
_MOST_CLAUSES = 8

_SHORT = 200
_LETTERS = 3  # of a word, in scripts that put no spaces between words


def normalise(text: str) -> str:
    """Return the text's words and nothing else: casefolded, unaccented, one space between words.

    Markup, addresses, punctuation, emoji, control, zero-width and direction characters are gone, and the last letter
    of a word that stretches it ("heyyy") stands once. At most the first `LONGEST_TEXT` characters count.
    """
    return _remembered(text) if len(text) <= _SHORT else _normalised(text[:LONGEST_TEXT])


def _normalised(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()[:LONGEST_TEXT]
    text = _CONTROL.sub("", text)
    if "<" in text or ":" in text or "www." in text:
        text = _LABELLED_LINK.sub(r" \1 ", text)
        text = _TAG.sub(" ", text)
        text = _ADDRESS.sub(" ", text)
        text = _EMOJI_NAME.sub(" ", text)
    text = _STRETCHED.sub(r"\1\2", _APOSTROPHES.sub("", text))
    if text.isascii():
        return _NOT_ASCII_WORD.sub(" ", text).strip()
    return " ".join(unicodedata.normalize("NFC", "".join(_letters(text))).split())


_remembered = lru_cache(maxsize=4_096)(_normalised)  # labels and commands come again in every turn


def _letters(text: str) -> Iterator[str]:
    """Yield what belongs to words; accents go from Latin, Greek and Cyrillic letters only."""
    accentless = False
    for character in unicodedata.normalize("NFD", text):
        match unicodedata.category(character)[0]:
            case "L" | "N":
                accentless = character < "\u0530"
                yield character
            case "M":
                if not accentless and not "\ufe00" <= character <= "\ufe0f":
                    yield character
            case "C" if character not in "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85":
                pass
            case _:
                accentless = False
                yield " "


def words(normalised: str) -> list[str]:
    """Cut a normalised text into words.

    Scripts that put no spaces between words are cut into overlapping pairs of characters. What is too long
    to be a word is none; at most `MOST_WORDS` are returned.
    """
    found: list[str] = []
    for chunk in normalised.split():
        if chunk.isascii() or not UNSPACED.search(chunk):
            if len(chunk) <= LONGEST_WORD:
                found.append(chunk)
        else:
            found.extend(_pairs(chunk))
        if len(found) >= MOST_WORDS:
            break
    return found[:MOST_WORDS]


def length(normalised: str) -> int:
    """Return of how many words a text is; in scripts that put no spaces between them, about."""
    unspaced = sum(len(run[0]) for run in UNSPACED.finditer(normalised))
    return len(UNSPACED.sub(" ", normalised).split()) + -(-unspaced // _LETTERS)


def says(among: Collection[str], text: str) -> bool:
    """Tell whether a text has one of these (normalised) words in it; in scripts without spaces, anywhere."""
    said = normalise(text)
    return any(word in among for word in said.split()) or any(UNSPACED.search(word) and word in said for word in among)


def leads(phrases: Collection[str], text: str) -> bool:
    """Tell whether a text begins with one of these (normalised) phrases; in scripts without spaces, or ends with it."""
    said = normalise(text)
    begins = any(said.startswith(f"{phrase} ") for phrase in phrases)
    return begins or any(UNSPACED.search(each) and said.removesuffix(each) not in ("", said) for each in phrases)


def clauses(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """Cut a text where its punctuation does, at most into nine; what is longer ends there."""
    return _CLAUSES.split(text[:longest], maxsplit=_MOST_CLAUSES)


def cutter(language: str) -> Callable[[str], list[str]]:
    """Return a function that cuts a normalised text into words; what a language writes in one counts as two."""
    if primary(language) != "en":
        return words
    return lambda normalised: [part for word in words(normalised) for part in _CONTRACTED.get(word, (word,))]


def primary(language: str) -> str:
    """Return the language of a locale: "en" for en_GB."""
    return language.casefold().replace("_", "-").partition("-")[0]


def _pairs(chunk: str) -> Iterator[str]:
    at = 0
    for run in UNSPACED.finditer(chunk):
        if at < run.start():
            yield chunk[at : run.start()]
        characters = run.group()
        if len(characters) == 1:
            yield characters
        for left, right in pairwise(characters):
            yield left + right
        at = run.end()
    if at < len(chunk):
        yield chunk[at:]


def is_number(word: str) -> bool:
    """Say whether a word is an order, product or telephone number: a name for one thing, not a topic."""
    return _NUMBER.fullmatch(word) is not None


def runs(word: str) -> list[str]:
    """Return the word's runs of two to four characters, its edges marked by a space."""
    edged = f" {word} "
    size = len(edged)
    return [edged[at : at + length] for length in (2, 3, 4) for at in range(size - length + 1)]


def stemmer(language: str) -> Callable[[str], str]:
    """Return a function from word to stem; a language that has no stemmer keeps its words.

    Each call returns a stemmer of its own, which remembers: one is not safe to share between threads.
    """
    algorithm = _STEMMERS.get(primary(language))
    if algorithm is None:
        return str
    return lru_cache(_REMEMBERED)(snowballstemmer.stemmer(algorithm).stemWord)
