"""The words by which times and promises are said in a language, and the patterns that they become.

Wordings arrive as content and are compiled once. A template is plain words with placeholders: "within {n} {unit}".

May not live here: what a time means (moments.py), and whether it is promised (promises.py).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.msgpack import decode, encode
from msgspec.structs import replace

# What may stand in the templates of each form.
PLACEHOLDERS: Final[Mapping[str, frozenset[str]]] = {
    "spans": frozenset({"n", "unit"}),
    "bare": frozenset({"n"}),
    "times": frozenset({"h", "min", "half", "past"}),
    "clock_leads": frozenset({"h", "min", "half"}),
    "day_leads": frozenset({"weekday"}),
    "weekday": frozenset({"weekday"}),
    "next_weekday": frozenset({"weekday"}),
    "weekday_week": frozenset({"weekday"}),
    "month_end": frozenset({"month"}),
    "weekday_dates": frozenset({"weekday", "date"}),
    "date": frozenset({"d", "nth", "month", "mm", "year"}),
}
# What a template of a form cannot do without; of several sets, one has to be there whole.
NEEDED: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    "spans": (frozenset({"unit"}),),
    "bare": (frozenset({"n"}),),
    "times": (frozenset({"h"}),),
    "weekday": (frozenset({"weekday"}),),
    "next_weekday": (frozenset({"weekday"}),),
    "weekday_week": (frozenset({"weekday"}),),
    "month_end": (frozenset({"month"}),),
    "weekday_dates": (frozenset({"weekday", "date"}),),
    "date": (frozenset({"d", "month"}), frozenset({"d", "mm"}), frozenset({"nth"})),
}
_Meaning = TypeVar("_Meaning")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_FLAGS = re.IGNORECASE
_FRACTIONS = (0.25, 0.5, 0.75)  # of the unit that was said before: "an hour and a half"
_SPAN = "{n} {unit}"
_START, _END = r"(?<![\w'])", r"(?![\w']|[.:/]\d)"


class Part(Struct, frozen=True, kw_only=True):
    """A part of the day: until when, the words beside a day, and those that need none."""

    until: time
    words: tuple[str, ...]
    alone: tuple[str, ...] = ()


class Wordings(Struct, frozen=True, kw_only=True):
    """All words of a language, as handoff/promises.yaml explains them.

    `numbers` and `units` lead from the meaning to its words; `weekdays` begin with Monday, `months` with January;
    `days` holds the templates for today, tomorrow, … by what they mean; `bare` those of minutes that go without
    saying. `hours` begin with one, `past` leads from the minutes past the hour (or before it) to their words.
    `doings`, `gains`, `openers` and `closers` are commitments, too: by anybody, of what the customer is to have
    (`arrivals`: without more from us), and only where a clause begins or ends with them; after words that say that
    something is `under_way`, a span needs no more. Beside `tidings`, words of ours are all that is promised,
    but for those that are `bringing` something; what is `concerning` a matter and the `blanks` tell nothing of it.
    Each of the `deeds` has several words, and so has that of `reaching` somebody, which is the customer unless another
    is named; `handing` something over is none. `fulfilled` says that something is here, `showing` that what it names
    is, `settled` that all is, where no more is said; `finished` leads to what was done, `undergone` stands between
    that and the verb, `gone` after it. What opens with `requests` asks for something. `announcing` says that the
    customer will hear of us, at no time, and what is `awaited` for that comes without them.

    A customer asks for something with one of the `wishes`, or says only that a time is `suiting` them; what is `owned`
    in between is something else. A reply that is nothing but `agreeing` promises that time, unless it was asked what
    `they` will do themselves.
    """

    commitments: tuple[str, ...]
    breaks: tuple[str, ...]
    joins: tuple[str, ...]
    vague: tuple[str, ...]
    not_after: tuple[str, ...]
    not_before: tuple[str, ...]
    spans: tuple[str, ...]
    numbers: dict[float, tuple[str, ...]]
    ranges: tuple[str, ...]
    units: dict[str, tuple[str, ...]]
    clock_leads: tuple[str, ...]
    times: tuple[str, ...]
    halves: dict[str, tuple[str, ...]]
    named_times: dict[time, tuple[str, ...]]
    parts: tuple[Part, ...]
    day_leads: tuple[str, ...]
    day_before: tuple[str, ...]
    ends: tuple[str, ...]
    days: dict[str, tuple[str, ...]]
    ordinals: tuple[str, ...]
    weekdays: tuple[tuple[str, ...], ...]
    months: tuple[tuple[str, ...], ...]
    bare: tuple[str, ...] = ()
    hours: tuple[tuple[str, ...], ...] = ()
    past: dict[int, tuple[str, ...]] = {}
    doings: tuple[str, ...] = ()
    gains: tuple[str, ...] = ()
    arrivals: tuple[str, ...] = ()
    openers: tuple[str, ...] = ()
    closers: tuple[str, ...] = ()
    under_way: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()
    tidings: tuple[str, ...] = ()
    bringing: tuple[str, ...] = ()
    concerning: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    reaching: tuple[str, ...] = ()
    deeds: tuple[tuple[str, ...], ...] = ()
    handing: tuple[str, ...] = ()
    fulfilled: tuple[str, ...] = ()
    showing: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    finished: tuple[str, ...] = ()
    undergone: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    announcing: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    weekday_dates: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    suiting: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()
    agreeing: tuple[str, ...] = ()
    they: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """The patterns of a language.

    `shapes` find times in a text, by their groups; the others read what was found. `leads` stand before times,
    `others` are customers and carriers; the first of the `deeds` is that of reaching somebody; `alternative` is what
    stands between two times of which either may be meant; `clock` is a time that needs no lead ("5pm"); parts of the
    day that are `floating` may be of a day that was named before.
    """

    commitment: re.Pattern[str]
    others: re.Pattern[str]
    carriers: re.Pattern[str]
    conditions: re.Pattern[str]
    asides: re.Pattern[str]
    fillers: re.Pattern[str]
    tidings: re.Pattern[str]
    bringing: re.Pattern[str]
    concerning: re.Pattern[str]
    blanks: re.Pattern[str]
    reached: re.Pattern[str]
    deeds: tuple[re.Pattern[str], ...]
    handing: re.Pattern[str]
    fulfilled: re.Pattern[str]
    showing: re.Pattern[str]
    settled: re.Pattern[str]
    finished: re.Pattern[str]
    undergone: re.Pattern[str]
    gone: re.Pattern[str]
    requests: re.Pattern[str]
    announcing: re.Pattern[str]
    awaited: re.Pattern[str]
    customers: re.Pattern[str]
    alternative: re.Pattern[str]
    breaks: re.Pattern[str]
    clause: re.Pattern[str]
    leads: re.Pattern[str]
    vague: re.Pattern[str]
    not_after: re.Pattern[str]
    not_before: re.Pattern[str]
    shapes: tuple[re.Pattern[str], ...]
    spans: tuple[re.Pattern[str], ...]
    bare: tuple[re.Pattern[str], ...]
    times: tuple[re.Pattern[str], ...]
    hours: Mapping[str, int]
    past: Mapping[str, int]
    days: tuple[tuple[str, re.Pattern[str]], ...]
    numbers: Mapping[str, float]
    units: Mapping[str, str]
    afternoon: re.Pattern[str]
    named_times: Mapping[str, time]
    parts: Mapping[str, time]
    floating: frozenset[str]
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    wishes: re.Pattern[str]
    suiting: re.Pattern[str]
    owned: re.Pattern[str]
    agreeing: re.Pattern[str]
    they: re.Pattern[str]
    clock: re.Pattern[str]


def compiled(words: Wordings) -> Patterns:
    """Return the patterns of a language; the same words are compiled once, which takes a fifth of a second."""
    return _compiled(encode(words))


@lru_cache(maxsize=8)
def _compiled(encoded: bytes) -> Patterns:
    words = _with_dates(decode(encoded, type=Wordings))
    return Patterns(
        commitment=_commitment(words),
        others=_whole((*words.customers, *words.carriers)),
        carriers=_whole(words.carriers),
        conditions=re.compile(rf"\s*{_START}(?:{_any(words.conditions)}){_END}", _FLAGS),
        asides=_whole(words.asides),
        fillers=_whole(words.fillers),
        tidings=_whole(words.tidings),
        bringing=_whole(words.bringing),
        concerning=_whole(words.concerning),
        blanks=_whole(words.blanks),
        reached=re.compile(rf"{_START}(?:{_any(words.reaching)})\s+(?:{_any(words.customers)}){_END}", _FLAGS),
        deeds=tuple(_whole(each) for each in (words.reaching, *words.deeds)),
        handing=_whole(words.handing),
        fulfilled=_whole(words.fulfilled),
        showing=_whole(words.showing),
        settled=_whole(words.settled),
        finished=_whole(words.finished),
        undergone=_whole(words.undergone),
        gone=_whole(words.gone),
        requests=_whole(words.requests),
        announcing=_whole(words.announcing),
        awaited=_whole(words.awaited),
        customers=re.compile(rf"\s*{_START}(?:{_any(words.customers)})(?:'\w+)?{_END}", _FLAGS),
        alternative=re.compile(rf"\s*(?:[-–/]|{_START}(?:{_any(words.ranges)}){_END})\s*", _FLAGS),
        breaks=_whole((*words.breaks, *words.conditions)),
        clause=re.compile(rf"[,;:()–—]|\s-\s|{_START}(?:{_any(words.joins)}){_END}", _FLAGS),
        leads=_whole(each for each in (*words.clock_leads, *words.day_leads) if not _PLACEHOLDER.search(each)),
        vague=_whole(words.vague),
        not_after=re.compile(rf"{_START}(?:{_any(words.not_after)})\s+$", _FLAGS),
        not_before=re.compile(rf"\s+(?:{_any(words.not_before)}){_END}", _FLAGS),
        shapes=_shapes(words),
        spans=tuple(_reader(template, words) for template in _longest((*words.spans, _SPAN))),
        bare=tuple(_reader(template, words) for template in _longest(words.bare)),
        times=tuple(_reader(template, words) for template in _longest(words.times)),
        hours=_meanings(enumerate(words.hours, start=1)),
        past=_meanings(words.past.items()),
        days=tuple(
            (kind, _reader(template, words)) for kind, said in words.days.items() for template in _longest(said)
        ),
        numbers=_meanings(words.numbers.items()),
        units=_meanings(words.units.items()),
        afternoon=_whole(words.halves["pm"]),
        named_times=_meanings(words.named_times.items()),
        parts=_meanings((part.until, (*part.words, *part.alone)) for part in words.parts),
        floating=frozenset(squeezed(plain(word)) for part in words.parts for word in part.alone if word in part.words),
        weekdays=_meanings(enumerate(words.weekdays)),
        months=_meanings(enumerate(words.months, start=1)),
        wishes=_whole(words.wishes),
        suiting=_whole(words.suiting),
        owned=_whole(words.owned),
        agreeing=_whole(words.agreeing),
        they=_whole(words.they),
        clock=_clock(words),
    )


def squeezed(text: str) -> str:
    """Return words as they are looked up: small, with single spaces."""
    return " ".join(text.casefold().split())


def plain(text: str) -> str:
    """Return a text of the same length with straight apostrophes and without markup."""
    return text.translate({ord(sign): "'" for sign in "’‘ʼ`"} | {ord(sign): " " for sign in "*_~"})


def _with_dates(words: Wordings) -> Wordings:
    """Return the words with dates that their weekday is said with: "Friday the 16th". The date counts."""
    dates = words.days["date"]
    more = [each.replace("{date}", date) for each in words.weekday_dates for date in dates]
    return replace(words, days={**words.days, "date": (*more, *dates)})


def _commitment(words: Wordings) -> re.Pattern[str]:
    """Return what finds a commitment, in the group of its kind."""
    kinds = ("commitments", "doings", "gains", "arrivals", "openers", "closers")
    every = "|".join(f"(?P<{kind}>{_any(getattr(words, kind))})" for kind in kinds)
    return re.compile(f"{_START}(?:{every}){_END}", _FLAGS)


def _shapes(words: Wordings) -> tuple[re.Pattern[str], ...]:
    """Return what finds a span; a day with or without a time of it; and a time with or without its day."""
    day = _any(template for said in words.days.values() for template in said)
    day = _filled(day, words)
    lead, clock = (_filled(_any(leads), words) for leads in (words.day_leads, words.clock_leads))
    named = _any(name for said in words.named_times.values() for name in said)
    committed = _any((*words.commitments, *words.doings, *words.gains, *words.arrivals, *words.openers, *words.closers))
    ends, part = _any(words.ends), _any(word for part in words.parts for word in part.words)
    alone = _any(word for part in words.parts for word in part.alone)
    following = f"{day}|{alone}|{_any(words.joins)}|{lead}|{clock}|{committed}|{_any((*words.wishes, *words.suiting))}"
    on_the_hour = rf"(?=\s*(?:$|[.,;!?)\n–—-](?!\d))|\s+(?:{following}){_END})"  # "by 5 tomorrow", not "by 5 people"
    times = "|".join(
        _filled(_escaped(template).replace(r"\s+", r"\s?"), words) + (on_the_hour if template == "{h}" else "")
        for template in _longest(words.times)
    )
    hour = _filled(rf"{{h}}(?:[:.]{{min}})?(?:\s?{{half}})?\s*(?:[-–/]|{_any(words.ranges)})\s*", words)
    past = _filled("{past}", words)
    earlier = rf"(?:(?!{past}\s){hour})?"  # "at 3 or 4" has passed after 4; "ten to 4" is no such thing
    times = rf"(?:{times}|{named}){_END}"
    led, gap = rf"(?:(?:{lead})\s+)?", r"(?:\s*,\s*|\s+)"
    of_a_day = (
        rf"(?:(?:(?P<before>{_any(words.day_before)})|{lead})\s+)?(?P<day>{day})"
        rf"(?:{gap}(?:(?:{clock}|{lead})\s+)?(?:{earlier}(?P<time>{times})(?:{gap}(?P<beside>{alone}))?"
        rf"|(?P<end>{ends})|(?P<part>{part})))?"
    )
    at_a_time = (
        rf"(?:(?:{clock})\s+{earlier}(?P<time>{times})(?:{gap}(?P<beside>{alone}))?|(?:(?:{lead}|{clock})\s+)?(?P<end>{ends})|{led}(?P<alone>{alone}))"
        rf"(?:{gap}{led}(?P<day>{day}))?"
    )
    part_of_a_day = rf"{led}(?P<part>{part}){gap}{led}(?P<day>{day})"
    then = rf"{gap}(?:(?:{clock}|{lead})\s+)?{earlier}(?P<time>{times})"
    besides = (  # a time that its part of the day makes plain: "tomorrow morning at 9", "at 9 tomorrow morning"
        rf"{led}(?P<day>{day}){gap}(?P<beside>{part}){then}",
        rf"{led}(?P<beside>{part}){gap}{led}(?P<day>{day}){then}",
        rf"{led}(?P<beside>{alone}){then}",
        rf"(?:{clock})\s+{earlier}(?P<time>{times}){gap}{led}(?P<day>{day})\s+(?P<beside>{part})",
    )
    spans = "|".join(_filled(_escaped(template), words) for template in _longest(words.spans))
    amount, fraction = (
        _filled("{n}[\\s-]*{unit}", words),
        _any(word for number in _FRACTIONS for word in words.numbers.get(number, ())),
    )
    joins = _any(words.joins)
    plus = rf"(?:(?:\s+(?:{joins}))?\s+(?P<plus>{amount})|\s+(?:{joins})\s+(?P<part_of_it>{fraction}))"
    at_it = rf"(?:{_any(words.under_way)})[\s.,!:;–—-]+(?P<span>{amount})(?=\s*(?:$|[.,!;:)\n]))"  # "On it. 2 minutes!"
    bare = "|".join(_filled(_escaped(template), words) for template in _longest(words.bare)) or r"(?!)"
    minutes = rf"(?P<bare>{bare}){on_the_hour}"
    found = (rf"(?P<span>{spans})(?:{plus}{_END})?", of_a_day, at_a_time, part_of_a_day, *besides, minutes, at_it)
    return tuple(re.compile(f"{_START}(?:{each}){_END}", _FLAGS) for each in found)


def _clock(words: Wordings) -> re.Pattern[str]:
    """Return what finds a time of the day without a lead, and its day: "noon tomorrow", "5pm"; "12.50" may be money."""
    plainly = [each for each in words.times if "{half}" in each or "{past}" in each or "{h}:" in each]
    times = "|".join(_filled(_escaped(each).replace(r"\s+", r"\s?"), words) for each in _longest(plainly))
    named = _any(name for said in words.named_times.values() for name in said)
    day = _filled(_any(template for said in words.days.values() for template in said), words)
    lead = _filled(_any(words.day_leads), words)
    found = rf"(?P<time>{times or '(?!)'}|{named})(?:(?:\s*,\s*|\s+)(?:(?:{lead})\s+)?(?P<day>{day}))?"
    return re.compile(f"{_START}(?:{found}){_END}", _FLAGS)


def _reader(template: str, words: Wordings) -> re.Pattern[str]:
    """Return what reads one template, with a group for each placeholder."""
    loose = _escaped(template).replace(r"\s+", r"\s*")
    return re.compile(_filled(loose, words, named=True), _FLAGS)


def _filled(template: str, words: Wordings, *, named: bool = False) -> str:
    """Put the pattern of each placeholder in its place."""
    ordinal = f"(?:{_any(words.ordinals)})"
    number = rf"(?:\d{{1,3}}(?:\.\d)?|{_any(word for said in words.numbers.values() for word in said)})"
    inner = {
        "n": rf"(?:{number}\s*(?:[-–]|{_any(words.ranges)})\s*)?{number}",
        "unit": _any(word for said in words.units.values() for word in said),
        "h": rf"(?:[01]?\d|2[0-4]|{_any(word for said in words.hours for word in said)})",
        "past": _any(word for said in words.past.values() for word in said),
        "min": r"[0-5]\d",
        "half": _any(word for said in words.halves.values() for word in said),
        "weekday": _any(word for said in words.weekdays for word in said),
        "month": _any(word for said in words.months for word in said),
        "d": rf"(?:0?[1-9]|[12]\d|3[01])(?:{ordinal})?",
        "nth": rf"(?:0?[1-9]|[12]\d|3[01]){ordinal}",
        "mm": r"(?:0?[1-9]|1[0-2])",
        "year": r"20\d\d",
    }
    made = template.replace(r"\s+{unit}", r"[\s-]*{unit}").replace(r"\s+{half}", r"\s?{half}")  # "30min", "2-hour"
    for name, pattern in inner.items():
        made = made.replace(f"{{{name}}}", f"(?P<{name}>{pattern})" if named else f"(?:{pattern})")
    return made


def _whole(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"{_START}(?:{_any(words)}){_END}", _FLAGS)


def _any(templates: Iterable[str]) -> str:
    """Return an alternative of all, the longest first; what matches nothing when there is none."""
    return "|".join(_escaped(template) for template in _longest(templates)) or r"(?!)"


def _escaped(template: str) -> str:
    """Return a template as a pattern with its placeholders still in it."""
    parts = (_PLACEHOLDER.split(piece) for piece in plain(template).split())
    return r"\s+".join(
        "".join(f"{{{part}}}" if at % 2 else re.escape(part) for at, part in enumerate(piece)) for piece in parts
    )


def _longest(templates: Iterable[str]) -> list[str]:
    return sorted(templates, key=lambda template: (-len(template.split()), -len(template), template))


def _meanings(said: Iterable[tuple[_Meaning, Iterable[str]]]) -> dict[str, _Meaning]:
    return {squeezed(plain(word)): meaning for meaning, words in said for word in words}
