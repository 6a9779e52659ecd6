"""Thanks, which wait for nothing, and words that say that something isn't solved: read here, answered in `checking`.

Read part by part: whoever thanks and goes on to ask, to refuse or to report has not only thanked. In doubt it is
neither. The words are the shop's (`thanking`, `settled`, `over` and `unsolved` of handoff/commands.yaml).
"""

import re
from collections.abc import Iterator
from typing import Literal

from bot.dialog.catalog import Catalog
from bot.dialog.understand import disapproves, names
from bot.knowledge import normalise

Said = Literal["thanks", "unsolved", ""]
# Nothing but thumbs up, hearts and smiles, as signs or as Slack writes them, in any colour of skin.
NODS = re.compile(
    r"(?:[👍👌🙏🙌❤♥💚💙💛🧡💜😊🙂😀😃😄😁🥰😍🤗🎉💯✅]|[\U0001F3FB-\U0001F3FF\uFE0F\u200D]|\s"
    r"|:(?:\+1|thumbsup|ok_hand|pray|raised_hands|(?:\w+_)?heart|blush|smile|smiley|grinning|slightly_smiling_face|tada"
    r"|100|white_check_mark):(?::skin-tone-\d:)?)+"
)
_STICKERS = re.compile(r"(?:\[sticker: [^\]\n]*\]\s*)+")
_PARTS = re.compile(r"[.,;:!\n()\u2013\u2014]+|\s-\s")
_QUESTION = re.compile(r"[^.!?\n]*\?")
_LONGEST = 600  # letters that are read; who writes more has not only thanked
_BEGINNING = 4  # words with which a question may begin


def is_sign(text: str) -> bool:
    """Tell whether a text is nothing but a kind sign or a sticker."""
    return bool(text.strip()) and bool(NODS.fullmatch(text) or _STICKERS.fullmatch(text.strip()))


def heard(text: str, catalog: Catalog, *, wholly: bool = True) -> Said:
    """Tell what a text says; unless it has to do so `wholly`, thanks may come with words that say neither."""
    if is_sign(text):
        return "thanks"
    parts = [_part(part, catalog) for part in split(_QUESTION.sub(".", text[:_LONGEST]), catalog)]
    if "unsolved" in parts or ("no" in parts and "thanks" not in parts):  # "no, that's all" says that all is well
        return "unsolved"
    warm = "thanks" in parts and "asks" not in parts and not ("" in parts and wholly)
    return "thanks" if warm and "?" not in text and len(text) <= _LONGEST else ""


def over(text: str, catalog: Catalog) -> bool:
    """Tell whether a customer says that their matter is over ("sorted it myself, thanks"), and nothing besides."""
    if "?" in text or len(text) > _LONGEST:
        return False
    parts = [part for part in split(text, catalog) if part]
    ends = [_ends(part, catalog) for part in parts]
    beside = catalog.commands["cancel"] | catalog.commands["yes"]
    kind = (part in beside or _part(part, catalog) == "thanks" for part in parts)
    return any(ends) and all(end or well for end, well in zip(ends, kind, strict=True))


def _ends(part: str, catalog: Catalog) -> bool:
    commands = catalog.commands
    bare, found = without(part, commands["over"])
    return found and {*bare.split()} <= commands["beside_over"] | commands["thanking"] | commands["joining"]


def split(text: str, catalog: Catalog) -> Iterator[str]:
    """Yield the parts of a text, normalised; after a word that joins and turns round ("but"), a new one begins."""
    turning = catalog.commands["joining"] & catalog.commands["negation"]
    for part in _PARTS.split(text):
        words: list[str] = []
        for word in normalise(part).split():
            if word in turning:
                yield " ".join(words)
                words = []
            else:
                words.append(word)
        yield " ".join(words)


def _part(part: str, catalog: Catalog) -> Literal["thanks", "unsolved", "asks", "nothing", "no", ""]:
    if not part:
        return "nothing"
    commands = catalog.commands
    if part in commands["no"]:
        return "no"
    if disapproves(part, catalog):
        return "unsolved"
    bare, settled = without(part, commands["settled"])
    if not settled and part in commands["yes"]:
        return ""
    said = {*bare.split()}
    if settled or part in commands["helped"]:
        said -= commands["yes"] | commands["no"]
        settled = True
    if said & (commands["unsolved"] | commands["negation"]) or names((*commands["unsolved"],), bare):
        return "unsolved"
    warm = settled or bool(said & commands["thanking"])
    before = commands["thanking"] | commands["joining"] | commands["yes"]
    words = [word for word in bare.split() if word not in before]
    return "asks" if _asks(words, catalog) else "thanks" if warm else ""


def wishes(text: str, catalog: Catalog) -> bool:
    """Tell whether a text begins as a question or a wish does: "I want to return a broken lamp"."""
    return _asks(normalise(text).split(), catalog)


def _asks(words: list[str], catalog: Catalog) -> bool:
    begun = (" ".join(words[:count]) for count in range(1, min(len(words), _BEGINNING) + 1))
    return any(each in catalog.commands["asking"] for each in begun)


def without(part: str, phrases: frozenset[str]) -> tuple[str, bool]:
    """Return a part without these phrases, the longest first, and whether one stood in it."""
    left = f" {part} "
    for phrase in sorted(phrases, key=lambda each: (-len(each), each)):
        while f" {phrase} " in left:  # "ok ok": two beside each other have one space between them
            left = left.replace(f" {phrase} ", "  ")
    return " ".join(left.split()), " ".join(left.split()) != part
