"""Several questions in one message: where one ends and the next begins, and what each is about.

Words are content: those that join two questions, and those with which a question or a wish begins (`joining` and
`asking` of handoff/commands.yaml). A sentence with "and" in it that asks one thing stays one.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bot.dialog.catalog import Catalog
from bot.dialog.flow import Ask, Flow
from bot.dialog.slots import choose, find
from bot.dialog.state import Concern
from bot.dialog.understand import (
    Understanding,
    bare,
    clauses,
    followed_up,
    is_order,
    names,
    points,
    understand,
    walks_into,
)
from bot.dialog.values.reading import begins
from bot.knowledge import found as tells
from bot.knowledge import normalise, says

_SENTENCES = re.compile(r"(?<=[?!;\n\u3002\uff1f\uff01])|(?<=\.)\s")
_POINT = re.compile(r"(?:^|(?<=[\s,;:]))\(?(\d{1,2}|[a-i])[.)]\s+|(?:^|(?<=\n))\s*[-*\u2022]\s+")  # "1) … 2) …"
_TOKENS = re.compile(r"\S+")
_MOST = 5
_LONGEST = 1_200  # who writes more tells a story
_KEYWORDS = 4  # so few words ask for something without a word that asks
_TELLING = 4  # what is not understood is a question of its own from so many words on
_LONGEST_ASKING = 4
_LONGEST_LIST = 400  # letters of a part in which several matters are looked for
_AKIN = 0.5  # how sure it is to be an answer or the flow to which that leads
_LETTERS = "abcdefghi"


class _Part(Struct, frozen=True, kw_only=True):
    """A part of a message: what it is surely about (""), whether it asks, and what it is most likely about.

    It is `joined` if a word such as "and" stands before it.
    """

    text: str
    ref: str
    asks: bool
    best: str
    joined: bool


def concerns(text: str, catalog: Catalog, *, rejected: Collection[str] = (), last: str = "") -> tuple[Concern, ...]:
    """Return the different things that a text is about, in its order; none where it is about one thing or less.

    One alone is given where it names its order, and beside it stands only what was done with another.
    Where only some of them are understood, the others are given without a reference. Small talk is none of them.
    """
    if after := _after_done(text, catalog, rejected) if len(text) <= _LONGEST else ():
        return after
    cut = _parts(text, catalog) if len(text) <= _LONGEST else ()
    parts = [part for part in cut if not is_order(part)]  # a bare number says of which order the rest is
    if len(parts) < 2 or catalog.index.rank(text).exact:
        return ()
    found: list[_Part] = []
    before = last
    for part in parts:
        meant, stands = read(part, catalog, rejected=rejected, last=before)
        ref = _ref(meant, catalog)
        if ref and (stands or not before):
            before = ref
        if meant.decision != "smalltalk":
            found.append(
                _Part(
                    text=part,
                    ref=ref,
                    asks=any(asks(each, catalog) for each in _pieces(part, catalog)),
                    best=_best(meant),
                    joined=says(catalog.commands["joining"], " ".join(text.partition(part)[0].split()[-1:])),
                )
            )
    timed = {ref for part in found for ref in walks_into(part.ref, catalog)}
    over = [part for part in found if not part.asks and tells(catalog.commands["done_before"], part.text)]
    open_ = [part for part in found if part.ref not in timed and part not in over]
    kept = [Concern(ref=part.ref, text=bare(part.text, catalog)) for part in open_ if _counts(part, found, catalog)]
    apart = tuple({concern.ref or concern.text: concern for concern in kept}.values())
    if over and len(apart) == 1 and apart[0].ref and find("order", apart[0].text):
        return apart
    if len(apart) < 2 or not (any(concern.ref for concern in apart) or _all_ask(text, found, catalog, rejected)):
        return ()
    return apart[:_MOST]


def _after_done(text: str, catalog: Catalog, rejected: Collection[str]) -> tuple[Concern, ...]:
    """Return what is asked beside what was done before: "I returned 12345 last week, where is my money?".

    It is read as if that had just been done here, and is about its order where it names none of its own and only looks
    something up, or wants the same of something else. Nothing where it wishes for what may be about any order.
    """
    told = _told(text, catalog)
    over = [part for part in told if not asks(part, catalog) and tells(catalog.commands["done_before"], part)]
    rest = ". ".join(part for part in told if part not in over)
    if not over or not normalise(rest) or is_order(rest):
        return ()
    likely, number = understand(". ".join(over), catalog).matches, find("order", " ".join(over)) or ""
    done = _flow_of(likely[0].id, catalog) if likely else ""
    found = concerns(rest, catalog, rejected=rejected, last=done)
    if not found:
        asked = bare(rest, catalog)
        meant = followed_up(asked, catalog, done) or understand(asked, catalog, rejected=rejected, last=done)
        found = (Concern(ref=_ref(meant, catalog), text=asked),)
    about = tuple(
        replace(each, text=f"{each.text} {number}") if number and not find("order", each.text) else each
        for each in found
    )
    fit = all(find("order", each.text) or _may_follow(each.ref, done, catalog) for each in found)
    return about if fit and all(each.ref for each in found) else ()


def _told(text: str, catalog: Catalog) -> list[str]:
    """Cut a text where something that asks or states follows a comma, a stop or a joining word."""
    parts: list[str] = []
    for sentence in _SENTENCES.split(text):
        for at, piece in enumerate(_pieces(sentence, catalog)):
            words = bare(piece, catalog).split()
            begun = not at or asks(" ".join(words), catalog) or _begins(words, catalog, "stating")
            if parts and (not begun or is_order(piece)):
                parts[-1] = f"{parts[-1]} {piece.rstrip(',')}"
            else:
                parts.append(piece.rstrip(","))
    return parts


def _flow_of(ref: str, catalog: Catalog) -> str:
    entry = catalog.entries.get(ref)
    return entry.flow if entry else ref


def _may_follow(ref: str, done: str, catalog: Catalog) -> bool:
    """Tell whether what is asked may be about what was done: it is looked up, or the same is wanted again."""
    flow = catalog.flows.get(_flow_of(ref, catalog))
    return flow is not None and (flow.while_waiting or flow.id == done)


def read(part: str, catalog: Catalog, *, rejected: Collection[str], last: str) -> tuple[Understanding, bool]:
    """Decide what a part is about, and whether it says so alone: only one that does not is read after what was last."""
    part = bare(part, catalog)
    alone = understand(part, catalog, rejected=rejected)
    stands = bool(_ref(alone, catalog)) and not points(part, catalog)
    if followed := followed_up(part, catalog, last):
        return followed, stands
    if stands or not last:
        return alone, stands
    after = understand(part, catalog, rejected=rejected, last=last)
    return (alone if alone.decision == "flow" and not _ref(after, catalog) else after), stands


def part_with(text: str, words: str, catalog: Catalog) -> str:
    """Return the part of a text in which some words of it stand."""
    return next((part for part in _parts(text, catalog) if words in part), text)


def _is_sure(meant: Understanding) -> bool:
    return meant.decision in ("answer", "flow", "handoff")


def _ref(meant: Understanding, catalog: Catalog) -> str:
    """Return what a part is surely about: also an answer or the flow to which it leads, where it is either; or ""."""
    if meant.decision != "clarify":
        return meant.id if _is_sure(meant) else ""
    best = meant.matches[:2]
    leads = {entry.flow if (entry := catalog.entries.get(each.id)) else each.id for each in best}
    return best[0].id if len(leads) == 1 and "" not in leads and sum(each.score for each in best) >= _AKIN else ""


def _all_ask(text: str, found: Sequence[_Part], catalog: Catalog, rejected: Collection[str]) -> bool:
    """Tell whether a text of which no part is surely understood asks for a different thing in each, and is not one."""
    likely = [part.best for part in found]
    apart = all(likely) and len({*likely}) == len(likely) and all(part.asks for part in found)
    return apart and not _is_sure(understand(text, catalog, rejected=rejected))


def _best(meant: Understanding) -> str:
    return meant.matches[0].id if meant.matches and meant.decision != "unknown" else ""


def _counts(part: _Part, found: Sequence[_Part], catalog: Catalog) -> bool:
    """Tell whether a part of a message is a question of its own."""
    if part.ref:
        return part.asks or _has_own_order(part, found) or not _tells_why(part, found, catalog)
    if _restates(part, found, catalog):
        return False
    words = normalise(part.text).split()
    sure = [other.ref for other in found if other.ref]
    if not part.asks or part.best in sure or (part is not found[0] and points(part.text, catalog)):
        return False  # it tells something, or asks on about what is asked anyway
    return bool(part.best and len(words) > 1) or (len(words) >= _TELLING and catalog.index.makes_sense(part.text))


def _has_own_order(part: _Part, found: Sequence[_Part]) -> bool:
    """Tell whether each part that is understood names an order, and this one another than the rest."""
    numbers = {other.text: find("order", other.text) for other in found if other.ref}
    return all(numbers.values()) and [*numbers.values()].count(numbers[part.text]) == 1


def _parts(text: str, catalog: Catalog) -> Iterator[str]:
    """Cut a text at its points ("1) … 2) …"), its sentences, and what joins two matters."""
    for point in _points(text):
        for sentence in _SENTENCES.split(point):
            for part in _clauses(sentence, catalog):
                yield from (each for each in _matters(part, catalog) if normalise(each))


def _points(text: str) -> list[str]:
    """Return the points of a list, and what stands before it; all of a text that has none."""
    marks = [*_POINT.finditer(text)]
    counted = [mark for at, mark in enumerate(marks) if mark[1] in (None, str(at + 1), _LETTERS[at % len(_LETTERS)])]
    if len(counted) < 2 or counted != marks:
        return [text]
    starts, ends = [0, *(mark.end() for mark in marks)], [*(mark.start() for mark in marks), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _matters(part: str, catalog: Catalog) -> list[str]:
    """Cut a part where its punctuation and joining words do, if that leaves different matters, each surely understood.

    After the first, they state something ("…, my mug is broken"), or are answers asked for in a list of things.
    """
    pieces = [*_pieces(part, catalog)] if len(part) <= _LONGEST_LIST else []
    if numbered := _by_order(pieces, catalog):
        return numbered
    if len(pieces) < 2 or any(_is_reason(before, piece, catalog) for before, piece in pairwise(pieces)):
        return [part]
    said = [(piece, understand(piece, catalog)) for piece in (piece.rstrip(",:") for piece in pieces)]
    told = [(piece, _ref(meant, catalog)) for piece, meant in said if meant.decision != "smalltalk"]
    refs = [ref for _, ref in told]
    if len(refs) < 2 or not all(refs) or len({*refs}) < len(refs):
        return [part]
    state = all(_begins(piece.split(), catalog, "stating") for piece, _ in told[1:])
    listed = all(ref in catalog.entries for ref in refs) and not _is_sure(understand(part, catalog))
    return [piece for piece, _ in told] if state or listed else [part]


def _by_order(pieces: Sequence[str], catalog: Catalog) -> list[str]:
    """Return different matters that each have an order's number of their own: "cancel 40001, return 12345".

    What names no order belongs to what stands before it, as the parts of an address do; else nothing.
    """
    matters: list[str] = []
    for piece in pieces:
        if matters and not (find("order", piece) and find("order", matters[-1])):
            matters[-1] = f"{matters[-1]} {piece}"
        else:
            matters.append(piece)
    matters = [each.rstrip(",:") for each in matters]
    refs = [_ref(understand(each, catalog), catalog) for each in matters] if len(matters) > 1 else [""]
    apart = len({*refs}) == len(refs) == len({find("order", each) for each in matters})
    return matters if apart and all(refs) and all(find("order", each) for each in matters) else []


def _is_reason(before: str, piece: str, catalog: Catalog) -> bool:
    """Tell whether a piece only says why, right behind the wish: "I want to return it, I've changed my mind"."""
    tells = _begins(piece.split(), catalog, "stating") and not asks(piece, catalog)
    return before.endswith(",") and asks(before, catalog) and tells


def _pieces(part: str, catalog: Catalog) -> Iterator[str]:
    """Yield what stands between the commas and joining words of a part, with a comma where no word joins the next."""
    piece: list[str] = []
    for token in part.split():
        joins = normalise(token) in catalog.commands["joining"]
        if piece and (joins or piece[-1].endswith((",", ":"))):
            yield " ".join(piece).rstrip(",:" if joins else "")
            piece = []
        piece += [] if joins else [token]
    if piece:
        yield " ".join(piece)


def _clauses(sentence: str, catalog: Catalog) -> Iterator[str]:
    """Cut a sentence where something that asks follows a joining word, or a comma after something that asks."""
    tokens = list(_TOKENS.finditer(sentence))
    words = [normalise(token[0]) for token in tokens]
    joining = catalog.commands["joining"]
    start = at = 0
    while at < len(tokens):
        after = at
        while after < len(tokens) and words[after] in joining:
            after += 1
        before = tokens[at - 1][0] if at > start else ""
        comma = before.endswith(":") or (before.endswith(",") and _begins(words[start:], catalog))
        if at > start and after < len(tokens) and (after > at or comma) and _begins(words[after:], catalog):
            yield sentence[tokens[start].start() : tokens[at - 1].end()].rstrip(",")
            start = after
        at = max(after, at + 1)
    if start < len(tokens):
        yield sentence[tokens[start].start() :].strip()


def _begins(words: Sequence[str], catalog: Catalog, how: Literal["asking", "stating"] = "asking") -> bool:
    """Tell whether these words begin with some that ask, or state something; "I also need" begins as "I need" does."""
    said = [word for word in normalise(" ".join(words)).split() if word not in catalog.commands["joining"]]
    said = said[len(begins(" ".join(said), catalog.answers.besides).split()) :]  # "and by the way when do you close"
    longest = min(len(said), _LONGEST_ASKING)
    return any(" ".join(said[:count]) in catalog.commands[how] for count in range(1, longest + 1))


def asks(part: str, catalog: Catalog) -> bool:
    """Tell whether a part of a message asks something: by how it begins, or by its question mark."""
    words = normalise(part).split()
    while words and words[0] in catalog.commands["joining"]:
        words.pop(0)
    return part.rstrip().endswith(("?", "\uff1f")) or _begins(words, catalog)


def asks_somewhere(text: str, catalog: Catalog) -> bool:
    """Tell whether any clause of a text asks something."""
    return "?" in text or any(asks(clause, catalog) for clause in clauses(text))


def _tells_why(told: _Part, found: Sequence[_Part], catalog: Catalog) -> bool:
    """Tell whether a statement only says why something else in the message is asked for."""
    asked = [part.ref for part in found if part.asks and part.ref]
    alike = {ref for ref in asked if _category(ref, catalog) == _category(told.ref, catalog)}
    flows = {ref for ref in asked if ref in catalog.flows}
    if any(_answers(told.text, catalog.flows[ref], catalog) for ref in flows):
        return True
    keywords = len(normalise(told.text).split()) <= _KEYWORDS
    return bool(alike & flows) if keywords else bool(alike or flows)


def _restates(told: _Part, found: Sequence[_Part], catalog: Catalog) -> bool:
    """Tell whether a wish only says why the question before it is asked, or the same: "…, I want some privacy"."""
    before = found[found.index(told) - 1] if told is not found[0] else None
    if before is None or not before.asks or told.text.rstrip().endswith(("?", "\uff1f")):
        return False
    words = normalise(told.text).split()
    own = catalog.commands["joining"] | {each for each in catalog.commands["asking"] if " " not in each}
    asks_itself = bool(own.intersection(words)) or names(tuple(catalog.commands["wondering"]), told.text)
    wishes = _begins(words, catalog) and _begins(words, catalog, "stating")
    return wishes and not told.joined and not asks_itself


def _answers(text: str, flow: Flow, catalog: Catalog) -> bool:
    """Tell whether words are an option of what a flow is going to ask: "…, I've changed my mind"."""
    asked = (step for step in flow.steps.values() if isinstance(step, Ask) and step.type == "choice")
    return any(choose(step.options, text, catalog) for step in asked)


def _category(ref: str, catalog: Catalog) -> str:
    served = catalog.entries.get(ref) or catalog.flows.get(ref)
    return served.category if served else ""
