"""`frontdesk calibrate`: how sure the bot has to be, by labelled messages; and what comes of that.

Messages that say too little, or of which no confidence makes the answers right, change nothing.
"""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from bot.dialog.catalog import Catalog
from bot.errors import BadInput
from bot.knowledge import Thresholds, normalise
from bot.trying import is_meant

Labelled = tuple[str, str | None]
_Judged = tuple[float, bool, bool]  # how sure, whether the first was right, whether one of three was

# So many different messages, at least, say where the thresholds belong: those that have an answer, and those that have
# none. Without the latter nothing would speak for ever being silent.
COVERED, UNCOVERED = 40, 10
_ANSWERED = 20  # … and so many of them have to be answered for a share of them to mean anything
_ASKED = 10

# Nobody answers who is not even half sure; and options that are this unlikely are no help.
_LOWEST_ANSWER, _LOWEST, _HIGHEST = 0.5, 0.05, 0.99

# Of what is answered at once so much is right; and what is shown as options holds the right one this often.
_RIGHT = 0.95
_WORTH_ASKING = 0.35


class Came(Struct, frozen=True, kw_only=True):
    """What comes of thresholds: shares of all messages, and of these the share that is right, or has the right one."""

    answered: float
    right: float
    asked: float
    shown: float


class Calibrated(Struct, frozen=True, kw_only=True):
    """The thresholds before and now, what comes of each, and by how many different messages."""

    covered: int
    uncovered: int
    before: Thresholds
    now: Thresholds
    came_before: Came
    comes_now: Came


def calibrated(lines: Iterable[Labelled], catalog: Catalog) -> Calibrated:
    """Return the thresholds that labelled messages speak for: the lowest at which answers, and options, are worth it.

    The wish for a person keeps its threshold: labelled
    messages seldom say enough about it; so does the question back where too few messages are left to ask about. Raises
    BadInput for messages that do not say enough.
    """
    different = list({(frozenset(normalise(text).split()), expect): (text, expect) for text, expect in lines}.values())
    covered = sum(expect is not None for _, expect in different)
    uncovered = len(different) - covered
    if covered < COVERED or uncovered < UNCOVERED:
        raise BadInput(
            f"There are {covered} different messages with an answer and {uncovered} without (null); "
            f"at least {COVERED} and {UNCOVERED} say enough. Nothing was changed."
        )
    before = catalog.index.thresholds
    judged = sorted((_judged(text, expect, catalog) for text, expect in different), reverse=True)
    answer = _lowest(judged, lambda each: each[1], _RIGHT, _ANSWERED)
    if answer is None:
        best, share = _best(judged)
        raise BadInput(
            f"At no confidence are {_RIGHT:.0%} of the answers right; the best is {share:.0%}, from {best:.2f}. "
            "Look at `frontdesk eval --mistakes` for what is labelled, or answered, wrongly. Nothing was changed."
        )
    answer = max(answer, _LOWEST_ANSWER)
    now = Thresholds(
        answer=round(answer, 4),
        clarify=round(min(_clarify(judged, answer, before.clarify), answer), 4),
        people=before.people,
    )
    return Calibrated(
        covered=covered,
        uncovered=uncovered,
        before=before,
        now=now,
        came_before=_came(judged, before),
        comes_now=_came(judged, now),
    )


def _judged(text: str, expect: str | None, catalog: Catalog) -> _Judged:
    ranking = catalog.index.rank(text, limit=3)
    right = [expect is not None and is_meant(match.id, expect, catalog) for match in ranking.matches]
    return ranking.confidence, right[:1] == [True], any(right)


def _clarify(judged: Sequence[_Judged], answer: float, before: float) -> float:
    """Return from which confidence on to ask back: as before, where there is too little to ask about."""
    rest = [each for each in judged if each[0] < answer]
    if len(rest) < _ASKED:
        return before
    found = _lowest(rest, lambda each: each[2], _WORTH_ASKING, _ASKED)
    return answer if found is None else max(found, _LOWEST)


def _lowest(judged: Sequence[_Judged], good: Callable[[_Judged], bool], share: float, least: int) -> float | None:
    """Return the lowest confidence from which on so large a share is good, of so many at least; None for none."""
    found, held = None, 0
    for count, each in enumerate(judged, 1):
        held += good(each)
        last = count == len(judged) or judged[count][0] < each[0]
        if last and count >= least and held >= share * count:
            found = min(each[0], _HIGHEST)
    return found


def _best(judged: Sequence[_Judged]) -> tuple[float, float]:
    """Return the confidence from which on the largest share of the answers is right, and that share."""
    shares = [
        (sum(right for _, right, _ in judged[:count]) / count, judged[count - 1][0])
        for count in range(_ANSWERED, len(judged) + 1)
    ]
    share, sure = max(shares)
    return sure, share


def _came(judged: Sequence[_Judged], thresholds: Thresholds) -> Came:
    answered = [right for sure, right, _ in judged if sure >= thresholds.answer]
    asked = [shown for sure, _, shown in judged if thresholds.clarify <= sure < thresholds.answer]
    return Came(
        answered=len(answered) / len(judged),
        right=sum(answered) / max(len(answered), 1),
        asked=len(asked) / len(judged),
        shown=sum(asked) / max(len(asked), 1),
    )
