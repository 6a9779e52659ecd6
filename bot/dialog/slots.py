"""Reading an answer: from what a customer typed to a slot's value.

Readers are total: a Reading, a Hint why the words are no answer, or nothing. Those for each type are in `values`; here
are the ones that go by the shop's options and its words for yes and no.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from rapidfuzz import fuzz, process

from bot.desk.hours import Hours
from bot.dialog.catalog import Catalog
from bot.dialog.flow import Ask, Option
from bot.dialog.values import LONGEST, Hint, Reading
from bot.dialog.values.addresses import address
from bot.dialog.values.contacts import email, phone
from bot.dialog.values.days import day
from bot.dialog.values.days import named as named_days
from bot.dialog.values.money import money
from bot.dialog.values.numbers import number
from bot.dialog.values.orders import asked_order, order
from bot.dialog.values.picks import Pick, Thing, beside, is_negative, named, only_picks, picks, unclear
from bot.dialog.values.reading import Lexicon, begins, clauses, phrase, without
from bot.dialog.values.times import Span, alternatives, carried, clock_time, part_of_day, single_hour, weekend, window
from bot.knowledge import found as stands
from bot.knowledge import normalise

_SURE = 85.0
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}\b")
_MOST_WORDS = 12
_PAUSES = tuple(",.;!:-")
_BRIEF = 8
_CUES = 6  # words that may lead to a day, of which a text's last are looked behind
_SHORT_NO, _SHORT_NOT = 4, 7
_FILLERS = (
    "the", "a", "an", "my", "it is", "its", "it s", "i want", "i would like", "please", "with", "by", "for"
)  # fmt: skip
_LISTS = frozenset({"choice", "choices", "items"})
_TOLD = frozenset({"time", "address"})  # are another one wherever they are told
_IN_WORDS = frozenset({"text", "time", "address"})  # their options only save typing, except beside a fact
_NOT_BY_THE_WAY = frozenset({"text", "yes_no", "number", "photo", "file"})


def read(
    step: Ask,
    options: Sequence[Option],
    text: str,
    catalog: Catalog,
    now: datetime,
    *,
    before: str = "",
    held: object = None,
) -> Reading | Hint | None:
    """Return the value that `text` gives for the step, why it gives none, or nothing.

    `before` was said before it, and `held` is what the step knows already.
    """
    voice = catalog.voice
    if step.type == "order" and (numbered := asked_order(text)):
        return numbered
    shortcut = None if step.type in _LISTS or normalise(text).isdecimal() else choose(options, text, catalog)
    if shortcut and (step.factual or step.type not in _IN_WORDS):
        return Reading(values=(shortcut.value,), rest="" if called((shortcut,), text) else text)
    match step.type:
        case "text":
            return Reading(values=(text.strip()[:LONGEST],)) if text.strip() else None
        case "yes_no":
            said = yes_no(text, catalog)
            return None if said is None else Reading(values=(said,))
        case "choice":
            return _time_of_day(options, text, catalog, now, before) or _one(options, text, catalog)
        case "choices" | "items":
            found = None if queries(text, catalog) else _several(options, text, catalog)
            things = _things(options, catalog.answers)
            if found is None and (could := unclear(text, things, catalog.answers)):
                return Hint(key="answer_which_thing", values={"things": could})
            rest = beside(text, things, catalog.answers)
            return replace(found, rest=rest) if isinstance(found, Reading) else found
        case "number":
            return number(text, catalog.answers, voice.locale)
        case "money":
            return money(text, catalog.answers, voice.currency)
        case "date":
            return day(text, now.astimezone(ZoneInfo(voice.zone)).date(), voice.locale)
        case "time":
            typed = _carried(_when(options, shortcut, text, catalog, now), held, catalog, now)
            return window(typed, catalog.answers, _hours(catalog), now, voice.locale)
        case "address":
            return address(text, catalog.answers)
        case "email":
            return email(text, catalog.answers)
        case "phone":
            return phone(text, voice.locale.partition("_")[2], catalog.answers)
        case "order" | "photo" | "file":
            return None
        case _:
            assert_never(step.type)


def _carried(text: str, held: object, catalog: Catalog, now: datetime) -> str:
    """Return words for a time with what they leave as it is known: its day, and if somebody is in then, its hour."""
    if not isinstance(held, Mapping):
        return text
    known, locale = catalog.answers, catalog.voice.locale
    return carried(text, str(held["name"]), known, _hours(catalog), now, locale, hour=bool(held["open"]))


def _hours(catalog: Catalog) -> Hours:
    """Return when people are there whom anybody can ask for."""
    return catalog.queues[catalog.default_queue].hours


def _when(options: Sequence[Option], shortcut: Option | None, text: str, catalog: Catalog, now: datetime) -> str:
    """Return the words that say when: the chosen option's, or the customer's own where they name another time.

    "ok, Saturday at 11 then" takes nothing that was offered; "yes, but in the afternoon" changes its hour only.
    """
    known, own = catalog.answers, without_yes(text, catalog)
    if shortcut:
        beside = known.fillers | {word for each in catalog.commands["yes"] for word in each.split()}
        more = {*normalise(own).split()} - beside - {*normalise(shortcut.label).split()}
        there = window(own, known, _hours(catalog), now, catalog.voice.locale) if more else None
        return own if there else shortcut.label
    if yes_but(text, catalog) and len(options) == 1:
        today = now.astimezone(ZoneInfo(catalog.voice.zone)).date()
        said, offered = without(own, *_span(own, known.but)), options[0].label
        clock = _CLOCK.search(offered)
        other_day = named_days(said, today, catalog.voice.locale)
        return said if other_day or clock is None else f"{offered[: clock.start()].strip(' ,')}, {said}"
    return own


def without_yes(text: str, catalog: Catalog) -> str:
    """Return words without the yes, or the yes and a comma, that they begin with."""
    lead = begins(normalise(text), catalog.commands["yes"])
    there = re.match(r"\W*" + r"\W+".join(map(re.escape, lead.split())) + r"\b[\s,.!;:-]*", text, re.IGNORECASE)
    return text[there.end() :] if lead and there and text[there.end() :].strip() else text


def _span(text: str, phrases: Iterable[str]) -> tuple[int, int]:
    """Return where a text begins with one of these phrases."""
    there = re.match(r"\W*" + re.escape(begins(normalise(text), phrases)) + r"\b", text, re.IGNORECASE)
    return there.span() if there else (0, 0)


def by_the_way(
    step: Ask, options: Sequence[Option], text: str, catalog: Catalog, now: datetime, *, held: object = None
) -> Reading | None:
    """Return the value that words which answered no question, or another one, surely give for the step.

    What it `held` may say the rest: the day of "make it 2pm".
    """
    if step.type in _NOT_BY_THE_WAY:
        return None
    if step.type == "date":
        return _day_after_cue(text, catalog, now.astimezone(ZoneInfo(catalog.voice.zone)).date())
    if step.type == "choice":
        return _named(options, text, catalog)
    if step.type in ("choices", "items"):
        found = _several(options, text, catalog, strict=True)
        found = replace(found, rest=text) if isinstance(found, Reading) else None
    elif step.type == "order":
        found = order(text)
    elif step.type == "time":
        hours, locale = _hours(catalog), catalog.voice.locale
        found = window(text, catalog.answers, hours, now, locale, strict=True)
        if found and (whole := _carried(text, held, catalog, now)) != text:
            found = window(whole, catalog.answers, hours, now, locale)
    elif step.type == "address":
        found = address(text, catalog.answers, strict=True)
    elif step.type == "email":
        found = email(text, catalog.answers)
    elif step.type == "phone":
        found = phone(text, catalog.voice.locale.partition("_")[2], catalog.answers)
    else:
        found = money(text, catalog.answers, "")
    return found if isinstance(found, Reading) else None


def picked_anew(options: Sequence[Option], text: str, catalog: Catalog, *, alone: bool) -> Reading | Hint | None:
    """Return the things of a list that words name, or how many of them, if they say nothing else."""
    if not only_picks(text, _things(options, catalog.answers), catalog.answers, alone=alone):
        return None
    return _several(options, text, catalog)


def amiss(options: Sequence[Option], text: str, catalog: Catalog) -> Hint | None:
    """Return why words that named something of a list by the way don't hold: "-2 mugs", "five mugs" of two."""
    if not named(text, _things(options, catalog.answers), catalog.answers):
        return None
    found = _several(options, text, catalog, strict=True)
    return found if isinstance(found, Hint) else None


def names_day(text: str, catalog: Catalog) -> bool:
    """Tell whether a text leads to a day; which one that is depends on today."""
    return _day_after_cue(text, catalog, date(2026, 1, 1)) is not None


def _day_after_cue(text: str, catalog: Catalog, today: date) -> Reading | None:
    """Return a day that a word such as "by" leads to; the one before it after "before"."""
    words, voice = catalog.answers, catalog.voice
    cues = "|".join(re.escape(each) for each in sorted(words.by_day | words.before_day, key=len, reverse=True))
    found = [*re.finditer(rf"\b(?:{cues})\b", text, re.IGNORECASE)] if cues else []
    for cue in found[: -_CUES - 1 : -1]:  # the one right before the day tells how it is meant
        said = day(text[cue.end() :], today, voice.locale)
        if isinstance(said, Reading):
            back = timedelta(days=1 if normalise(cue.group()) in words.before_day else 0)
            days = tuple(str(date.fromisoformat(each) - back) for each in said.values)
            return Reading(values=days, rest=text[: cue.start()] + said.rest)
    return None


def find(kind: str, text: str) -> str | None:
    """Return an order number or e-mail address that stands anywhere in the text, if exactly one does."""
    found = order(text) if kind == "order" else email(text) if kind == "email" else None
    return str(found.values[0]) if isinstance(found, Reading) else None


def quantified(picked: Sequence[Pick], things: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the things that were picked, each with how many of it (`quantity`) and how many there are (`of`)."""
    wanted = {pick.thing.value: pick.quantity for pick in picked}
    return [
        {**each, "quantity": wanted[value], "of": each.get("quantity", 1)}
        for each in things
        if (value := str(each.get("code", each.get("value")))) in wanted
    ]


def yes_no(text: str, catalog: Catalog) -> bool | None:
    """Return whether the text says yes or no, by the shop's own lists of such words."""
    said = normalise(text).split()
    yes, no = catalog.commands["yes"], catalog.commands["no"]
    if not said:
        return None
    if " ".join(said) in yes | no:
        return " ".join(said) in yes
    # A yes may move money: "yes please do" is one, since all its words stand in some yes, "yes but wrong" is none.
    if said[0] in yes and {*said} <= {part for phrase in yes for part in phrase.split()}:
        return True
    # A no may be said in full: "no, it is not fixed" says it twice, "no idea when that was" says something else.
    most = _SHORT_NOT if catalog.commands["negation"] & {*said[1:]} else _SHORT_NO
    return False if said[0] in no and len(said) <= most else None


def agreed(text: str, catalog: Catalog) -> bool | None:
    """Return whether a text says yes or no to what was read back: "yes but …" and "not ok" are a no."""
    turned = text.count(" ") < _SHORT_NO and "?" not in text and stands(catalog.commands["disapproving"], text)
    return False if turned or yes_but(text, catalog) else yes_no(text, catalog)


def yes_but(text: str, catalog: Catalog) -> bool:
    """Tell a yes with a reservation: "yes but not that one"."""
    said = normalise(text).split()
    return bool(said) and said[0] in catalog.commands["yes"] and bool(phrase(" ".join(said[1:]), catalog.answers.but))


def choose(options: Sequence[Option], text: str, catalog: Catalog) -> Option | None:
    """Return the option that the text means: its value, its number in the list, its label or one of its phrasings.

    An option that a bare "yes" or "no" chooses is chosen by all of the shop's words for that.
    """
    said = normalise(text)
    if not said or not options or is_negative(text):
        return None
    if said.isdigit() and len(said) < 3 and 1 <= int(said) <= len(options):
        return options[int(said) - 1]
    names = [(normalise(name), each) for each in options for name in (each.label, each.value, *each.phrasings)]
    for name, option in names:
        if name == said:
            return option
    plain = {True: "yes", False: "no", None: ""}[yes_no(text, catalog)]
    for name, option in names:
        if plain and name == plain:
            return option
    if rather := _rather(options, text, catalog):
        return rather
    if said == "no" or (plain == "yes" and " " not in said):
        return None  # "no longer needed" and "not sure" are said by neither
    if (
        "?" in text or queries(text, catalog) or said.count(" ") > _MOST_WORDS
    ):  # more likely something else that happens to name an option
        asked = {each.value: each for name, each in names if f"{said} ".startswith(f"{name} ") and _asks(name, catalog)}
        return next(iter(asked.values())) if len(asked) == 1 else None
    negated = catalog.commands["negation"] & {*said.split()}
    # Of a text and an option, only one with a "not" means the opposite; a very short one stands in too many sentences.
    turned = catalog.commands["negation"] if not negated else frozenset[str]()
    names = [(name, option) for name, option in names if negated <= {*name.split()} and len(name) > 3]
    names = [(name, option) for name, option in names if not turned & {*name.split()}]
    bare = _without_filler(said)
    empty = {*bare.split()} <= catalog.answers.fillers | catalog.answers.numbers.keys()  # "one" stands in many names
    scored = process.extract(bare, [name for name, _ in names], scorer=fuzz.token_set_ratio, limit=len(names))
    best = [names[at][1] for _, score, at in scored if score >= _SURE and not empty]
    within = [option for name, option in names if f" {name} " in f" {said} "]
    for found in (within, best):
        distinct = {option.value: option for option in found}
        if len(distinct) == 1:
            return next(iter(distinct.values()))
    return _instead(options, text, catalog) if negated else None


def _instead(options: Sequence[Option], text: str, catalog: Catalog) -> Option | None:
    """Return the option that is named beside one that is turned down: "a new one, not the money"; no bare yes."""
    joins = "|".join(map(re.escape, catalog.commands["joining"]))
    parts = [part for each in clauses(text) for part in re.split(rf"\b(?:{joins})\b", each, flags=re.IGNORECASE)]
    parts = [part for part in parts if normalise(part)]
    negation = catalog.commands["negation"]
    denied = [part for part in parts if negation & {*normalise(part).split()}]
    wanted = [found for part in parts if part not in denied and (found := choose(options, part, catalog))]
    left = [" ".join(word for word in normalise(part).split() if word not in negation) for part in denied]
    refused = [choose(options, part, catalog) for part in left]
    if not denied or None in refused or len({each.value for each in wanted}) != 1 or wanted[0] in refused:
        return None
    return None if "yes" in map(normalise, (wanted[0].label, *wanted[0].phrasings)) else wanted[0]


def _rather(options: Sequence[Option], text: str, catalog: Catalog) -> Option | None:
    """Return the option that follows a no, or a yes with a reservation; not one that a yes chooses.

    "No, my money back", "no I want a new one", "yes but can I have a new one".
    """
    first, _, rest = text.strip().partition(" ")
    no, comma = normalise(first), first[-1:] in _PAUSES
    if no in catalog.commands["yes"] and begins(normalise(rest), catalog.answers.but):
        comma, rest = True, rest.partition(" ")[2]
    elif no not in catalog.commands["no"]:
        return None
    if not (comma or _asks(normalise(rest), catalog)):
        return None
    found = choose(options, rest, catalog)
    agrees = found and "yes" in map(normalise, (found.label, *found.phrasings))
    return None if agrees else found


def queries(text: str, catalog: Catalog) -> bool:
    """Tell whether words begin as a question does that chooses nothing: "is the towel dishwasher safe"."""
    said = normalise(text)
    return bool(begins(said, catalog.commands["querying"])) and not begins(said, catalog.commands["not_querying"])


def _asks(said: str, catalog: Catalog) -> bool:
    """Tell whether words begin as a question or a wish does."""
    return bool(begins(said, catalog.commands["asking"]))


def by_place(options: Sequence[Option], text: str, catalog: Catalog) -> Reading | Hint | None:
    """Return the option that is meant by its place in what was offered: "the first one"; "both" are one too many."""
    said = normalise(text)
    if "?" in text or said.count(" ") >= _BRIEF:
        return None
    found = picks(text, [replace(each, names=("",)) for each in _things(options, catalog.answers)], catalog.answers)
    several = list(found.values[0]) if isinstance(found, Reading) else []
    if len(several) == 1:
        return Reading(values=(several[0].thing.value,))
    many = several or {said} & (catalog.answers.both | catalog.answers.all)
    return Hint(key="answer_only_one") if many else None


def called(options: Iterable[Option], text: str) -> Option | None:
    """Return the option that a text names word for word, and says nothing else."""
    said = normalise(text)
    return next((o for o in options if said in map(normalise, (o.label, o.value, *o.phrasings))), None)


def one_of(options: Sequence[Option], text: str, catalog: Catalog) -> Option | None:
    """Return the option that a text chooses by what it is called, or by its place: "the second one"."""
    placed = None if (chosen := choose(options, text, catalog)) else by_place(options, text, catalog)
    return next((each for each in options if isinstance(placed, Reading) and each.value in placed.values), chosen)


def _beside_option(options: Sequence[Option], picked: Option, text: str, catalog: Catalog) -> str:
    """Return what was said besides the option that a text chooses: other clauses, or all but its name."""
    parts = clauses(text)
    if len(parts) > 1:
        return ". ".join(part for part in parts if choose(options, part, catalog) != picked)
    name = phrase(normalise(text), map(normalise, (picked.label, *picked.phrasings)))
    return _cut(text, name) if " " in name else ""


def _without_filler(said: str) -> str:
    filler = next((each for each in _FILLERS if said.startswith(f"{each} ")), "")
    return said[len(filler) :].strip()


def _one(options: Sequence[Option], text: str, catalog: Catalog) -> Reading | Hint | None:
    """Read one option: chosen as ever, by its place ("the first one"), or by a word that only it has ("the blue")."""
    picked = choose(options, text, catalog)
    if picked and len(_in_full(options, text)) > 1:
        return Hint(key="answer_only_one")
    if picked:
        return Reading(values=(picked.value,), rest=_beside_option(options, picked, text, catalog))
    said = normalise(text)
    brief = "?" not in text and said.count(" ") < _BRIEF
    known = _things(options, catalog.answers)
    unnamed = [replace(each, names=("",)) if len(each.names) > 1 else each for each in known]
    found = picks(text, unnamed, catalog.answers) if brief else None
    if isinstance(found, Reading):
        several = found.values[0]
        if len(several) == 1 and several[0].quantity == several[0].thing.quantity:
            return Reading(values=(several[0].thing.value,))
        return Hint(key="answer_only_one") if len(several) > 1 else None
    if catalog.answers.both & {said} or catalog.answers.all & {said}:
        return Hint(key="answer_only_one")
    return None


def again(
    step: Ask, options: Sequence[Option], text: str, catalog: Catalog, now: datetime, *, held: object = None
) -> Reading | Hint | None:
    """Read another time or address where one is read back; nothing for a question that asks for neither."""
    if step.type == "choice":
        return _time_of_day(options, text, catalog, now)
    agrees = begins(normalise(text), catalog.commands["yes"])
    return by_the_way(step, options, text, catalog, now, held=held) if step.type in _TOLD and not agrees else None


def _time_of_day(
    options: Sequence[Option], text: str, catalog: Catalog, now: datetime, before: str = ""
) -> Reading | Hint | None:
    """Read what is said where times are chosen from: the one time that it means, which ones, or that there is none.

    A day, a part of one ("in the evening") and a place ("the later one") each leave out some. What named a day
    `before` still counts where words name none; "2 January" is not the second time.
    """
    if not any(_CLOCK.search(each.label) for each in options) or _word_for_word(options, text):
        return None
    if len(parts := alternatives(text, catalog.answers)) > 1:
        return _either(options, parts, catalog, now, before)
    hour, text = clock_time(text, catalog.answers, _hours(catalog))
    said = _free_day(options, text, catalog, now)
    if isinstance(said, Hint):
        return said
    part, named = (
        part_of_day(text, catalog.answers),
        said or (_free_day(options, before, catalog, now) if before else None),
    )
    days = named.values if isinstance(named, Reading) else ()
    there = next((each for when in days if (each := [o for o in options if o.day == str(when)])), [])
    there = there if there or said else [each for each in options if each.day]
    of_day = str(days[0]) if days and (there or said) else ""
    if part and there:
        there = [each for each in there if part[0] <= _begins(each.label) < part[1]]
        of_day = of_day if there else ""
    if hour:
        there = [each for each in there or ([] if said else options) if _within(each.label, hour)]
        of_day = of_day if there else ""
    pointed = by_place(there, text, catalog) if not (part or hour) or len(there) > 1 else None
    if not said and not part and not hour and not isinstance(pointed, Reading):
        return None
    if not there:
        return Hint(key="answer_other_time", values={"day": of_day})
    picked = there[0] if len(there) == 1 else choose(there, text, catalog) if said or part else None
    if picked:
        return Reading(values=(picked.value,))
    if isinstance(pointed, Reading):
        return pointed
    return Hint(key="answer_which_time", values={"day": of_day, "times": [each.label for each in there]})


def _either(
    options: Sequence[Option], parts: Sequence[str], catalog: Catalog, now: datetime, before: str
) -> Reading | Hint | None:
    """Read times of which any is right: the first that is free, else which of those that fit, else that none is."""
    found = [_time_of_day(options, part, catalog, now, f"{before} {parts[0]}".strip()) for part in parts]
    times = [each for hint in found if isinstance(hint, Hint) for each in hint.values.get("times", ())]
    which = Hint(key="answer_which_time", values={"day": "", "times": [*dict.fromkeys(times)]}) if times else None
    free = next((each for each in found if isinstance(each, Reading)), None)
    return free or which or next((each for each in found if each), None)


def _free_day(options: Sequence[Option], text: str, catalog: Catalog, now: datetime) -> Reading | Hint | None:
    """Read a day; where no option is on it, without numbers in words: those in "the one on Thursday" are none."""
    voice, today = catalog.voice, now.astimezone(ZoneInfo(catalog.voice.zone)).date()
    plain = " ".join(word for word in text.split() if normalise(word) not in catalog.answers.numbers)
    if days := weekend(text, catalog.answers, today):
        free_then = sorted((str(each) for each in days), key=lambda each: all(one.day != each for one in options))
        return Reading(values=tuple(free_then))
    read_ = [day(each, today, voice.locale) for each in dict.fromkeys((text, plain))]
    free = {each.day for each in options}
    found = (each for each in read_ if isinstance(each, Reading) and free & {*each.values})
    return next(found, read_[0])


def _begins(label: str) -> int:
    """Return the minute of the day at which a time begins, as its label says."""
    clock = _CLOCK.search(label)
    return _minutes(clock[0]) if clock else 0


def _within(label: str, span: Span) -> bool:
    """Tell whether a time lies in a span of the day, or, where a single hour was said, has it in it."""
    clocks = [_minutes(each) for each in _CLOCK.findall(label)]
    if not clocks:
        return False
    begins_at, ends_at = clocks[0], clocks[-1]
    if single_hour(span):
        return begins_at <= span[0] < max(ends_at, begins_at + 1)
    return span[0] <= begins_at and ends_at <= span[1]


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


def _word_for_word(options: Sequence[Option], text: str) -> bool:
    """Tell whether a text is an option's number in the list or its name, and nothing else."""
    said = normalise(text)
    named = {normalise(name) for each in options for name in (each.label, each.value)}
    return said in named or (said.isdigit() and len(said) < 3)


def _in_full(options: Sequence[Option], text: str) -> set[str]:
    """Return the values of the options whose labels stand in the text; of one that holds others, only its own."""
    said = normalise(text)
    labels = {normalise(each.label): each.value for each in options}
    stand = [label for label in labels if phrase(said, (label,))]
    return {labels[each] for each in stand if not any(each != other and phrase(other, (each,)) for other in stand)}


def _several(options: Sequence[Option], text: str, catalog: Catalog, *, strict: bool = False) -> Reading | Hint | None:
    return picks(text, _things(options, catalog.answers), catalog.answers, strict=strict)


def _things(options: Sequence[Option], lexicon: Lexicon) -> list[Thing]:
    """Return what can be named; its place has all of it but "None of these"."""
    return [
        Thing(
            value=each.value,
            names=(each.label, *each.phrasings),
            quantity=each.quantity,
            listed=normalise(each.label) not in lexicon.none,
        )
        for each in options
    ]


def _named(options: Sequence[Option], text: str, catalog: Catalog) -> Reading | None:
    """Return the one option whose label or phrasing stands in full in the text, in a part that is not turned round.

    Things without phrasings, such as the items of an order, are also known by a word that only one of them has.
    """
    negation = catalog.commands["negation"]
    found: dict[str, str] = {}
    for part in clauses(text):
        said = normalise(part)
        for each in options:
            names = [name for name in map(normalise, (each.label, *each.phrasings)) if len(name) > 3]
            name = phrase(said, names)
            if name and negation & {*said.split()} <= {*name.split()}:
                found.setdefault(each.value, name)
    if len(found) == 1:
        value, name = found.popitem()
        return Reading(values=(value,), rest=_cut(text, name))
    things = [each for each in options if not each.phrasings]
    read_ = _several(things, text, catalog, strict=True) if things and not found else None
    if isinstance(read_, Reading) and len(read_.values[0]) == 1:
        return Reading(values=(read_.values[0][0].thing.value,), rest=text)
    return None


def _cut(text: str, name: str) -> str:
    """Return the text without the words of a name, the rest as it was typed: "£3.50" may answer another question."""
    there = re.search(r"\W+".join(map(re.escape, name.split())), text, re.IGNORECASE)
    return without(text, *there.span()) if there else f" {normalise(text)} ".replace(f" {name} ", " ", 1).strip()
