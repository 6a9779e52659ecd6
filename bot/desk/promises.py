"""Read a promised time out of what an agent, or the bot, wrote to a customer.

A promise is a commitment ("I'll", "you'll hear", "expect") and a time to come in the same sentence, with nothing
between them that ties the time to something else ("why it did not arrive within 2 days"). A time may stand before its
commitment only at the beginning of a clause ("By Friday we'll know"), or be all that is said ("Within the hour.").
What customers are to do and what carriers do is not ours to promise; what hangs on a condition may never be due.
Questions, quotations and vague times promise nothing. The words are content, so none stand here.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from bot.desk.hours import Hours, utc
from bot.desk.moments import meant
from bot.desk.things import alike, thing
from bot.desk.wordings import Patterns, plain, squeezed

_QUOTED = re.compile(r"^[ \t]*>.*$|“[^”]*”|\"[^\"\n]*\"|«[^»]*»", re.MULTILINE)
_STOP = re.compile(r"[!?…]+|\.+(?=[\s)]|$)|\n+|;")
_WORD = re.compile(r"[\w']+")
_NAMES = re.compile(r"[^\W\d_]")  # a number alone names nothing
_FARTHEST = 20  # words from a commitment to its time
_NEAREST = 4  # words from a time to its commitment
_MOST = 40  # times that are looked at in one text
_TAG = 3  # words in "…, is that all right?"
_GREETING = 3  # words of a sentence that says nothing: "Thank you, Ana."
_NAME = 2  # words of a name beside a time that stands alone: "By Friday, Ana."


class Promised(Struct, frozen=True, kw_only=True):
    """A promised time: the instant in UTC, and the words that said so; `comes`: then the customer has it without us.

    `thing` is what was promised, as in `bot.desk.things`; empty if only words of ours were.
    """

    at: datetime
    words: str
    comes: bool = False
    thing: str = ""


def promised(text: str, words: Patterns, hours: Hours, now: datetime) -> Promised | None:
    """Return the promise in a text, the soonest of several, or None. Raises ValueError for a naive time."""
    return next(iter(every_promise(text, words, hours, now)), None)


def every_promise(text: str, words: Patterns, hours: Hours, now: datetime) -> list[Promised]:
    """Return the promises in a text, the soonest first. Raises ValueError for a naive time."""
    utc(now)
    read = hidden(plain(text), words)
    times = times_in(read, words)
    found: list[Promised] = []
    done = 0
    for time in times:
        if time.start() < done:
            continue
        sentence = _sentence(read, time, times)
        kind = _committed(read, time, *sentence, words) if sentence else ""
        if kind and sentence:
            day = _day_before(read, time, times, sentence[0], words)
            at, done = _latest(read, time, times, words, hours, now, day)
            comes, what = kind == "arrivals", _thing(read, (time.start(), done), kind, sentence, words)
            found += [Promised(at=at, words=text[time.start() : done], comes=comes, thing=what)] if at else []
    return sorted(found, key=lambda promise: promise.at)


def _thing(text: str, time: tuple[int, int], kind: str, sentence: tuple[int, int], words: Patterns) -> str:
    """Return the words that say what is to be done by a time; empty for a word of ours."""
    (begins, done), (start, end) = time, sentence
    after = words.clause.search(text, done, end)
    cuts = [start, *(found.end() for found in words.clause.finditer(text, start, begins))]
    named = [] if kind == "closers" else cuts[::-1]  # "I don't know yet, but by noon I should"
    opens = next((at for at in named if _NAMES.search(text, at, begins)), start)  # "I'll refund it, by 4pm"
    said = [text[opens:begins], text[done : after.start() if after else end]]
    return "" if kind == "alone" else thing(" ".join(said), text[begins:done], words)


# --- whether it is kept -----------------------------------------------------------------------------------------------


def keeps(text: str, promise: str, given: Sequence[Promised], words: Patterns) -> bool:
    """Tell whether a reply keeps a promise (its thing), or puts one of the times that it gives in its place.

    A word of ours is kept by all that does more than ask; a thing is not, but see `things.done`.
    """
    if promise:
        return any(alike(each.thing, promise, words) for each in given)
    return any(not each.thing for each in given) or (not given and not _only_asks(text, words))


def announces(text: str, words: Patterns) -> str:
    """Return the sentence in which somebody says that the customer will hear of us, at no time; empty if none does.

    "I'll be in touch once the courier answers" does; what first takes something of the customer's, or may never come
    to pass ("once you've sent it", "if it breaks"), does not.
    """
    read, at = hidden(plain(text), words), 0
    for stop in (*_STOP.finditer(read), None):
        start, end = at, stop.start() if stop else len(read)
        at = stop.end() if stop else end
        asks = (stop and "?" in stop[0]) or words.requests.match(read[start:end].lstrip())
        if not asks and _announced(read, start, end, words):
            return text[start:end].strip()
    return ""


def _announced(text: str, start: int, end: int, words: Patterns) -> bool:
    """Tell whether a sentence says that we shall write, or find something out."""
    for found in words.commitment.finditer(text, start, end):
        clause = text[_clause(text, start, found.start(), words) : found.start()]
        ours = found.lastgroup == "commitments" or words.announcing.match(found[0])
        about = words.tidings.search(text, found.start(), end) or words.announcing.search(text, found.start(), end)
        if ours and about and not words.others.search(clause) and not words.breaks.search(clause):
            return not _waits_for_them(text, start, end, words)
    return False


def _waits_for_them(text: str, start: int, end: int, words: Patterns) -> bool:
    """Tell whether a sentence hangs on what may not happen, or on what its customer does."""
    for condition in words.conditions.finditer(text, start, end):
        if not words.awaited.match(condition[0].strip()) or words.customers.match(text, condition.end()):
            return True
    return any(words.customers.match(text, each.end()) for each in words.awaited.finditer(text, start, end))


def _only_asks(text: str, words: Patterns) -> bool:
    """Tell whether a text does no more than to ask, and to greet or thank."""
    read, at, asks = plain(text), 0, False
    for stop in (*_STOP.finditer(read), None):
        sentence = read[at : stop.start() if stop else len(read)]
        at = stop.end() if stop else len(read)
        if (stop and "?" in stop[0]) or words.requests.match(sentence.lstrip()):
            asks = True
        elif len(_WORD.findall(sentence)) > _GREETING:
            return False
    return asks


def _latest(
    text: str,
    time: re.Match[str],
    times: list[re.Match[str]],
    words: Patterns,
    hours: Hours,
    now: datetime,
    day: str | None,
) -> tuple[datetime | None, int]:
    """Return what a time (of a `day` named before it) means, and where its words end: of "Monday or Tuesday", the
    later.
    """
    at, end = meant(time, words, hours, now, day), time.end()
    for other in times[times.index(time) + 1 :]:
        if not words.alternative.fullmatch(text, end, other.start()):
            break
        later = meant(other, words, hours, now)
        if at and later and later <= at:  # "Friday or Monday"
            later = meant(other, words, hours, at)
        at, end = later or at, other.end()
    return at, end


def _day_before(text: str, time: re.Match[str], times: list[re.Match[str]], start: int, words: Patterns) -> str | None:
    """Return the day that was named in a sentence before a part of the day: "I'm in on Monday, will check first thing".

    Not a day that was ruled out ("I'm off on Monday"), and "this morning" has its own.
    """
    read = time.groupdict()
    if not read.get("alone") or read.get("day") or squeezed(read["alone"]) not in words.floating:
        return None
    days = [each for each in times if start <= each.start() < time.start() and each.groupdict().get("day")]
    if not days or words.breaks.search(text, start, days[-1].start()):
        return None
    return days[-1]["day"]


def hidden(text: str, words: Patterns) -> str:
    """Return a text of the same length in which quotations, asides and vague times are no words any more."""
    for pattern in (_QUOTED, words.asides, words.vague):
        text = pattern.sub(lambda found: "\0" * len(found[0]), text)
    return text


def times_in(text: str, words: Patterns) -> list[re.Match[str]]:
    """Return each time that is said, the longest where several lie within each other."""
    every = [found for shape in words.shapes for found in shape.finditer(text)]
    every.sort(key=lambda found: (found.start(), -found.end()))
    kept: list[re.Match[str]] = []
    for found in every:
        if not kept or found.end() > kept[-1].end():
            kept.append(found)
    return [found for found in kept[:_MOST] if _stands_alone(text, found, words)]


def _stands_alone(text: str, found: re.Match[str], words: Patterns) -> bool:
    """Tell whether no word beside it makes something else of a time: "since Friday", "2 days ago"."""
    tied = "span" in found.groupdict() and words.not_before.match(text, found.end())
    return not tied and not words.not_after.search(text[max(0, found.start() - 40) : found.start()])


def around(text: str, time: re.Match[str], times: Iterable[re.Match[str]]) -> tuple[int, int, bool]:
    """Return where the sentence around a time begins and ends, and whether it is a question."""
    start, end, asked = 0, len(text), False
    for stop in _STOP.finditer(text):
        if any(each.start() <= stop.start() < each.end() for each in times):
            continue
        if stop.end() <= time.start():
            start = stop.end()
        else:
            end, asked = stop.start(), "?" in stop[0]
            break
    return start, end, asked


def _sentence(text: str, time: re.Match[str], times: Iterable[re.Match[str]]) -> tuple[int, int] | None:
    """Return where the sentence around a time begins and ends; None for a question."""
    start, end, asked = around(text, time, times)
    if asked:
        comma = text.rfind(",", time.end(), end)
        if comma < 0 or len(_WORD.findall(text, comma, end)) > _TAG:
            return None
    return start, end


def _committed(text: str, time: re.Match[str], start: int, end: int, words: Patterns) -> str:
    """Return the kind of the commitment that a time belongs to; empty if there is none."""
    if words.conditions.match(text, time.end()):
        return ""
    if _is_all(text, time, start, end, words):
        return "alone"
    commitments = [
        each for each in words.commitment.finditer(text, start, end) if _stands(text, each, start, end, words)
    ]
    before = [each for each in commitments if each.start() < time.start() or each.end() <= time.end()]
    if before and _leads_to(text, before[-1], time, start, words):
        news = words.commitment.search(text, before[-1].end(), time.start())  # "you'll get an answer" is for us to do
        return "commitments" if news else before[-1].lastgroup or ""
    following = next((each for each in commitments if each.start() >= time.end()), None)
    opens = following is not None and _opens_with(text, time, following, start, words)
    return (following.lastgroup if following and following.lastgroup == "closers" else "commitments") if opens else ""


def _stands(text: str, commitment: re.Match[str], start: int, end: int, words: Patterns) -> bool:
    """Tell whether a commitment is where it counts: some only begin a clause, others only end one."""
    if commitment.lastgroup == "closers":
        after = words.clause.search(text, commitment.end(), end)
        return not _WORD.search(text, commitment.end(), after.start() if after else end)
    clause = text[_clause(text, start, commitment.start(), words) : commitment.start()]
    return commitment.lastgroup != "openers" or not _WORD.search(clause)


def _is_all(text: str, time: re.Match[str], start: int, end: int, words: Patterns) -> bool:
    """Tell whether a sentence says no more than a time, and to whom."""
    ahead, behind = (words.fillers.sub("", each) for each in (text[start : time.start()], text[time.end() : end]))
    apart = ahead.rstrip()[-1:] in ("", ",") and behind.lstrip()[:1] in ("", ",")
    return apart and len(_WORD.findall(ahead + behind)) <= _NAME and not words.breaks.search(ahead + behind)


def _leads_to(text: str, commitment: re.Match[str], time: re.Match[str], start: int, words: Patterns) -> bool:
    """Tell whether a commitment is meant, and goes on to the time."""
    between = text[commitment.end() : max(time.start(), commitment.end())]
    clause = text[_clause(text, start, commitment.start(), words) : commitment.start()]
    near = len(_WORD.findall(between)) <= _FARTHEST and ":" not in between
    free = not words.breaks.search(between) and not words.breaks.search(clause)
    return near and free and _is_ours(commitment, clause, between, words) and not _hangs(text, start, commitment, words)


def _is_ours(commitment: re.Match[str], clause: str, between: str, words: Patterns) -> bool:
    """Tell whether it is we who do what a commitment says, by what stands before it in its clause, and after it."""
    match commitment.lastgroup:
        case "doings":
            return not words.others.search(clause)
        case "gains" | "arrivals":
            return not words.others.search(clause) and not words.carriers.search(between)
        case _:
            return True


def _hangs(text: str, start: int, commitment: re.Match[str], words: Patterns) -> bool:
    """Tell whether a clause before the commitment in its sentence is a condition: "If it is not there, I'll …"."""
    begins = [start, *(found.end() for found in words.clause.finditer(text, start, commitment.start()))]
    return any(words.conditions.match(text, at) for at in begins)


def _opens_with(text: str, time: re.Match[str], commitment: re.Match[str], start: int, words: Patterns) -> bool:
    """Tell whether a clause begins with the time and goes on to a commitment: "By Friday we'll know"."""
    between = text[time.end() : commitment.start()]
    ahead = text[_clause(text, start, time.start(), words) : time.start()]
    near = len(_WORD.findall(between)) <= _NEAREST and len(_WORD.findall(ahead)) <= 1
    free = not words.breaks.search(between) and not words.breaks.search(ahead)
    return near and free and _is_ours(commitment, between, "", words) and not _hangs(text, start, commitment, words)


def _clause(text: str, start: int, at: int, words: Patterns) -> int:
    """Return where the clause before `at` begins."""
    return max((found.end() for found in words.clause.finditer(text, start, at)), default=start)
