"""What staff read of what the bot would say: a message of its own in the room of the default queue.

Who, where, what they wrote, what the bot would say and where that is written; and what has become of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.desk.team import Agent
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Call, Choice, Effect, OpenCase, OpenPrivate, Post, Say, Source, TellStaff, hidden
from bot.dialog.events import CallReturned, ChoicePressed, Event, FormSubmitted, MessageReceived
from bot.dialog.markup import Marked, escape, plain
from bot.dialog.speech import basic_values, spoken_span
from bot.dialog.state import Conversation, Dossier, Settled, Suggestion, Turn
from bot.dialog.template import render

ABOUT = "suggestion"
ACTS = ("send", "edit", "dismiss")
_WORDS, _ANSWER = 1_000, 2_500


def silent(catalog: Catalog, dossier: Dossier, event: Event, turn: Turn, talk: Conversation) -> Post:
    """Show what would have been said; there is nothing to press."""
    return Post(place=_room(catalog), text=_text(catalog, "post_silent", dossier, event, turn), of=talk.place)


def suggested(
    catalog: Catalog, dossier: Dossier, event: Event, turn: Turn, talk: Conversation, former: str = ""
) -> str:
    """Return what is suggested, below what was suggested before and goes with it."""
    text = _text(catalog, "post_suggested", dossier, event, turn)
    return f"{former}\n\n{text}" if former else text


def pressable(catalog: Catalog, id: str, text: str, place: str, edits: str) -> Post:
    """Show a suggestion with what can be done with it."""
    return Post(place=_room(catalog), text=text, about=f"{ABOUT}/{id}", acts=ACTS, of=place, edits=edits)


def ended(
    catalog: Catalog,
    suggestion: Suggestion,
    key: str,
    agent: str,
    now: datetime,
    acts: tuple[str, ...] = (),
    **more: Any,
) -> Post:
    """Show what has become of a suggestion, in its message, and what can still be done."""
    text = f"{suggestion.text}\n\n{_fill(catalog, key, now, agent=agent, **more)}"
    about = f"{ABOUT}/{suggestion.id}" if acts else ""
    return Post(
        place=_room(catalog), text=text, about=about, acts=acts, of=suggestion.talk.place, edits=suggestion.post
    )


def unsent(
    catalog: Catalog, customer: str, supervisors: Sequence[Agent], since: datetime, now: datetime, agent: Agent | None
) -> TellStaff:
    """Call supervisors: nobody has sent anything to a customer; and the agent who dismissed what was suggested."""
    people = ", ".join(each.name for each in supervisors)
    waited = spoken_span(catalog, now - since)
    who = agent.name if agent else ""
    text = _fill(catalog, "post_unsent", now, customer=customer, waited=waited, supervisors=people, agent=who)
    called = {each.id: None for each in (*supervisors, *([agent] if agent else ()))}
    return TellStaff(place=_room(catalog), case=0, kind="alert", author="", text=text, mentions=tuple(called))


def too_late(catalog: Catalog, agent: str, settled: Settled | None, now: datetime) -> Post:
    """Tell an agent that somebody else, or the customer, was quicker."""
    settled = settled or Settled(id="", how="outdated", by="", post="")
    key = f"post_late_{settled.how}"
    text = _fill(catalog, key, now, agent=agent, first=settled.by, why=settled.why)
    return Post(place=_room(catalog), text=text, under=settled.post)


def told(catalog: Catalog, key: str, agent: str, under: str, now: datetime, **more: Any) -> Post:
    """Tell an agent something below a post."""
    return Post(place=_room(catalog), text=_fill(catalog, key, now, agent=agent, **more), under=under)


def acknowledgement(catalog: Catalog, talk: Conversation) -> Say | None:
    """Return what the customer is told while a person looks, if the shop wants that said."""
    wording = catalog.texts["suggest_ack"]
    text = _fill(catalog, "suggest_ack", talk.active_at)
    if not text:
        return None
    return Say(place=talk.place, text=text, source=Source(kind="text", id="suggest_ack", at=wording.at))


def _room(catalog: Catalog) -> str:
    return f"staff:{catalog.default_queue}"


def _text(catalog: Catalog, key: str, dossier: Dossier, event: Event, turn: Turn) -> str:
    does = [part for effect in turn.effects if (part := _would(catalog, effect, event.at))]
    answer = Marked("\n".join(does)[:_ANSWER])
    name = getattr(event, "name", "") or dossier.name or event.customer
    words = Marked(escape(_words(event)[:_WORDS]))
    return _fill(catalog, key, event.at, name=name, text=words, answer=answer, why=_why(catalog, turn, event.at))


def _words(event: Event) -> str:
    match event:
        case MessageReceived():
            return "\n".join([event.text, *(file.name for file in event.files)]).strip()
        case ChoicePressed():
            return event.label or event.choice.rpartition("/")[2]
        case FormSubmitted():
            return "\n".join(event.values.values())
        case CallReturned():
            return event.result
        case _:
            return "…"


def _would(catalog: Catalog, effect: Effect, now: datetime) -> str:
    """Return what an effect would do, as far as people care."""
    match effect:
        case Say():
            return f"{hidden(effect.text, effect.secret)}\n{_choices(effect.choices)}".strip()
        case OpenPrivate():
            return _fill(catalog, "post_private", now)
        case OpenCase():
            queue = catalog.queues.get(effect.case.queue)
            return _fill(catalog, "post_case", now, team=queue.name if queue else effect.case.queue)
        case Call():
            return _fill(catalog, "post_call", now, action=effect.action)
        case _:
            return ""


def _choices(choices: tuple[Choice, ...]) -> str:
    return " ".join(f"[{escape(choice.label)}]" for choice in choices)


def _why(catalog: Catalog, turn: Turn, now: datetime) -> Marked:
    """Return by what the bot came to that: the entry or step that speaks, or else what was understood, or the text."""
    trace = turn.trace
    sources = [effect.source for effect in turn.effects if isinstance(effect, Say)]
    spoken = [source for source in sources if source.kind != "text"]
    if spoken:
        id, at = spoken[0].id, spoken[0].at
    elif trace.id:
        id, at = trace.id, trace.at
    else:
        id, at = (sources[-1].id, sources[-1].at) if sources else (trace.rule, trace.at)  # what stands before is polite
    score = f"{trace.confidence:.2f}" if trace.confidence else ""
    return Marked(_fill(catalog, "post_why", now, id=id, score=score, at=at or trace.at))


def _fill(catalog: Catalog, key: str, now: datetime, **more: Any) -> str:
    return str(render(catalog.texts[key].variants[0], {**basic_values(catalog, now, ""), **more})).strip()


def shown(suggestion: Suggestion) -> str:
    """Return what a suggestion says, as plain text: what a form for other words begins with."""
    return "\n\n".join(plain(effect.text) for effect in suggestion.effects if isinstance(effect, Say))
