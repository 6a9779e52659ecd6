"""The shop's own words for what a platform shows beside the talk: labels, forms, what only one person sees."""

from collections.abc import Sequence
from itertools import accumulate

from bot.dialog.catalog import Catalog
from bot.dialog.markup import plain
from bot.dialog.template import render


def word(catalog: Catalog, key: str, **values: object) -> str:
    """Return a house text (handoff/texts.yaml) in neutral markup; `company` and `bot` are known, `values` are added."""
    voice = catalog.voice
    known = {"company": voice.company, "bot": voice.bot, "customer": "", "locale": voice.locale, "zone": voice.zone}
    known["currency"] = voice.currency
    return str(render(catalog.texts[key].variants[0], {**known, **values})).strip()


def label(catalog: Catalog, key: str, most: int, **values: object) -> str:
    """Return a house text as a plain label of at most `most` characters."""
    return shortened(plain(word(catalog, key, **values)), most)


def wanted(catalog: Catalog, subject: str) -> str:
    """Return what a customer wants, for staff: a case's title, or that there is none yet."""
    return subject or plain(word(catalog, "card_untold"))


def shortened(text: str, most: int) -> str:
    """Return the text cut to `most` characters, at a word if one is near, with a mark that something is missing."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > most // 2 else cut).rstrip(" ,.;:") + "…"


def fitting(lines: Sequence[str], room: int) -> list[str]:
    """Return the first of these lines, as many as fit into so many characters with a sign between them."""
    ends = accumulate(len(line) + 1 for line in lines)
    return [line for line, end in zip(lines, ends, strict=True) if end <= room]


def heading(slot: str) -> str:
    """Return a slot's name as a heading: "item_name" is "Item name"."""
    return slot[:1].upper() + slot[1:].replace("_", " ")
