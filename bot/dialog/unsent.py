"""Suggestions that nobody sends, and words that were taken back with nothing in their place: the customer still waits.

After a while supervisors are called, and after as long again the customer has a case. There is one deadline for a
place, from the first suggestion on: a customer who writes more does not wait longer for it, nor does one whose
suggestion was dismissed. Who waits for nothing, or for people who have a case, needs none.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk.case import Deadline
from bot.desk.hours import after
from bot.dialog import posts, thanks
from bot.dialog.catalog import Catalog
from bot.dialog.effects import CancelTimer, StartTimer
from bot.dialog.events import CustomerJoined, DeadlineReached, Event, MessageReceived, ReplyUndone
from bot.dialog.state import Conversation, Dossier, Reply, Suggestion, Trace, Turn

_SATISFIED = ("helped", "closing", "solved")  # what is said by those who have what they came for


def watched(before: Dossier, turn: Turn, event: Event, catalog: Catalog) -> Turn:
    """Keep a deadline for each place in which somebody waits for a suggestion to be sent, and no other."""
    had = {each.talk.place: each for each in before.suggestions if owed(before, each)}
    has = {each.talk.place: each for each in turn.dossier.suggestions if owed(turn.dossier, each)}
    starts = [_start(found.talk, event.at, catalog) for place, found in has.items() if place not in had]
    if isinstance(event, ReplyUndone) and (talk := _left(turn.dossier, event.reply)) and talk.place not in has:
        starts.append(_start(talk, event.at, catalog, reply=event.reply))
    stops = [CancelTimer(deadline=_key(place)) for place in had if place not in has]
    kept = starts if catalog.limits.unsent else []
    return replace(turn, effects=(*turn.effects, *stops, *kept)) if stops or kept else turn


def called(dossier: Dossier, event: DeadlineReached, catalog: Catalog) -> Turn | None:
    """Call supervisors, or nobody if nobody waits any more; None when they have been called and it is a case now."""
    deadline, id = event.deadline, f"{event.customer}/{event.key}"
    reply = str(deadline.data.get("reply", ""))
    talk = _left(dossier, reply) if reply else None
    found = pending(dossier, deadline.place)
    found = found if found and owed(dossier, found) else None
    if found is None and (talk is None or talk.case):
        return Turn(id=id, dossier=dossier, effects=(), trace=Trace(rule="seen_to"))
    if deadline.data.get("called"):
        return None
    people = floors.supervisors(catalog.agents.values(), event.fresh.floor, event.at)
    since = found.since if found else talk.active_at if talk else None
    dismissed = catalog.agents.get(found.dismissed) if found else None
    call = posts.unsent(catalog, dossier.name or event.customer, people, since or event.at, event.at, dismissed)
    again = StartTimer(deadline=replace(deadline, due=_due(event.at, catalog), data={**deadline.data, "called": True}))
    return Turn(id=id, dossier=dossier, effects=(call, again), trace=Trace(rule="unsent"))


def pending(dossier: Dossier, place: str) -> Suggestion | None:
    """Return the suggestion that waits in a place."""
    return next((each for each in dossier.suggestions if each.talk.place == place), None)


def owed(dossier: Dossier, suggestion: Suggestion) -> bool:
    """Tell whether a customer waits for words, and for nobody who has a case of theirs here."""
    return not suggestion.idle and not any(case.open and case.number == suggestion.talk.case for case in dossier.cases)


def idle(event: Event, turn: Turn, catalog: Catalog) -> bool:
    """Tell whether the customer waits for nothing: they were only kind, or did not speak at all."""
    match event:
        case CustomerJoined() | DeadlineReached():
            return True
        case MessageReceived() if event.files:
            return False
        case MessageReceived() if turn.trace.decision == "smalltalk":
            return "?" not in event.text
        case MessageReceived() if thanks.heard(event.text, catalog) == "thanks":
            return True
        case _:
            return turn.trace.rule in _SATISFIED


# --- small parts ------------------------------------------------------------------------------------------------------


def _start(talk: Conversation, now: datetime, catalog: Catalog, reply: str = "") -> StartTimer:
    data = {"reply": reply} if reply else {}
    deadline = Deadline(
        key=_key(talk.place),
        kind="unsent",
        due=_due(now, catalog),
        place=talk.place,
        conversation=talk.id,
        data=data,
    )
    return StartTimer(deadline=deadline)


def _due(now: datetime, catalog: Catalog) -> datetime:
    return after(catalog.queues[catalog.default_queue].hours, now, timedelta(minutes=catalog.limits.unsent))


def _left(dossier: Dossier, reply: str) -> Conversation | None:
    """Return the conversation whose last words from an agent were taken back, if it is this reply."""
    return next((talk for talk in dossier.conversations if _is_last(talk.replies, reply)), None)


def _is_last(replies: tuple[Reply, ...], id: str) -> bool:
    return bool(replies) and replies[-1].id == id and replies[-1].status == "taken_back"


def _key(place: str) -> str:
    return f"unsent:{place}"
