"""What suggestions are made with: the parts of a turn that happen at once or wait, and the conversation meanwhile.

In a turn that calls people, the house texts go out at once: they tell the customer of people, and what to do until
they are there. What entries and flows say waits for a person, and so does what they ask of outside systems. Codes that
link accounts are for the customer's eyes, and nobody has to read them first.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from msgspec.structs import replace

from bot.desk.case import Case, Line
from bot.dialog import linking
from bot.dialog.effects import (
    Call,
    Effect,
    NoteFact,
    OpenCase,
    Say,
    TellStaff,
    UpdateCase,
)
from bot.dialog.events import Event
from bot.dialog.markup import plain
from bot.dialog.state import Conversation, Dossier, Learned, Settled, Suggestion, Trace, Turn

LINE = 2_000
_SETTLED = 20
_OF_LINKS = ("link_", "unlinked")  # rules
_BACK = "resumed"  # the text before what a flow asks once more


# --- what waits -------------------------------------------------------------------------------------------------------


def calls_people(turn: Turn) -> bool:
    """Tell whether a turn gives people something to do with this customer, or tells them what they said."""
    return any(isinstance(each, OpenCase) or (isinstance(each, TellStaff) and each.case) for each in turn.effects)


def touches_cases(turn: Turn) -> bool:
    """Tell whether a turn changes what stands on a card."""
    return calls_people(turn) or any(isinstance(effect, UpdateCase) for effect in turn.effects)


def links(turn: Turn) -> bool:
    """Tell whether a turn is about linked accounts: it asks for a link, or tells what has come of it."""
    told = turn.trace.rule.startswith(_OF_LINKS)
    return told or any(isinstance(effect, Call) and effect.action in linking.CALLS for effect in turn.effects)


def of_all(effect: Effect) -> bool:
    """Tell what is about all customers, and happens whether or not this one is answered."""
    return isinstance(effect, NoteFact) or (isinstance(effect, TellStaff) and not effect.case)


def parted(before: Dossier, turn: Turn) -> tuple[Turn, Turn | None]:
    """Return what of a turn that people have to do with happens at once, and what waits; None for nothing."""
    talk = talk_of(turn)
    if talk is None:
        return turn, None
    waits = _waiting(turn, talk)
    if not any(waits(effect) for effect in turn.effects):
        return turn, None
    began = Conversation(id=talk.id, place=talk.place, started_at=talk.started_at, active_at=talk.active_at)
    was = next((each for each in before.conversations if each.id == talk.id), began)
    held, later = chosen(turn, waits, f"{talk.id}.{talk.turn + 1}")
    now, sooner = chosen(turn, lambda effect: not waits(effect), turn.id)
    unsaid = frozenset(plain(effect.text)[:LINE] for effect in held if isinstance(effect, Say))
    dossier = with_talk(turn.dossier, renamed(_unanswered(was, talk, now, unsaid), sooner))
    dossier = replace(dossier, cases=tuple(_without(case, unsaid) for case in dossier.cases))
    shown = tuple(
        replace(each, case=_without(each.case, unsaid)) if isinstance(each, OpenCase | UpdateCase) else each
        for each in now
    )
    answered = renamed(replace(talk, turn=talk.turn + 1), {**sooner, **later})
    then = replace(turn, id=f"{talk.id}.{answered.turn}", dossier=with_talk(dossier, answered), effects=held)
    return replace(turn, dossier=dossier, effects=shown), then


def _waiting(turn: Turn, talk: Conversation) -> Callable[[Effect], bool]:
    reviewed = {f"{frame.flow}.{frame.step}" for frame in talk.frames if frame.waiting.startswith("case:")}
    told, linked = calls_people(turn), links(turn)

    def waits(effect: Effect) -> bool:
        if not isinstance(effect, Say):
            return isinstance(effect, Call) and effect.action not in linking.CALLS
        if effect.source.kind == "text":
            return not told and not (linked and effect.source.id != _BACK)
        return effect.source.id not in reviewed

    return waits


def _unanswered(was: Conversation, talk: Conversation, now: tuple[Effect, ...], unsaid: frozenset[str]) -> Conversation:
    """Return a conversation in which people were called, and nothing was answered or asked."""
    handed = talk.case != was.case or any(frame.waiting.startswith("case:") for frame in talk.frames)
    flow = talk if handed else was
    says = [effect for effect in now if isinstance(effect, Say)]
    choices = tuple(choice for say in says for choice in say.choices)
    offering = replace(talk, choices=choices, form=None) if choices else was
    return replace(
        talk,
        frames=flow.frames,
        expecting=flow.expecting,
        options=flow.options,
        offer=offering.offer,
        choices=offering.choices,
        form=offering.form,
        topic=was.topic,
        last=was.last,
        tried=was.tried,
        answers=was.answers,
        others=was.others,
        explained=was.explained,
        disputed=was.disputed,
        pending=was.pending,
        told=talk.told if says else was.told,
        recent=_heard(talk.recent, unsaid),
    )


def _without(case: Case, unsaid: frozenset[str]) -> Case:
    return replace(case, recent=_heard(case.recent, unsaid))


def _heard(lines: tuple[Line, ...], unsaid: frozenset[str]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.who != "bot" or line.text not in unsaid)


def chosen(turn: Turn, wanted: Callable[[Effect], bool], id: str) -> tuple[tuple[Effect, ...], dict[str, str]]:
    """Return the effects that are wanted, and the names that they have as those of a turn with this id."""
    kept = [(at, effect) for at, effect in enumerate(turn.effects) if wanted(effect)]
    names = {f"{turn.id}.{at}": f"{id}.{new}" for new, (at, _) in enumerate(kept)}
    return tuple(effect for _, effect in kept), names


# --- what becomes of it -----------------------------------------------------------------------------------------------


def standing(dossier: Dossier, talk: Conversation) -> tuple[str, int]:
    """Return which conversation stands where this one is, or is to be, and how many turns it has had."""
    own = [each for each in dossier.conversations if each.id == talk.id]
    here = own or [each for each in dossier.conversations if each.place == talk.place]
    return (here[-1].id, here[-1].turn) if here else ("", 0)


def settle(
    dossier: Dossier,
    suggestion: Suggestion,
    how: Literal["sent", "dismissed", "outdated"],
    by: str,
    post: str,
    why: str = "",
) -> Dossier:
    """Return the dossier in which a suggestion waits no more."""
    settled = Settled(id=suggestion.id, how=how, by=by, post=post, why=why)
    return replace(
        dossier,
        suggestions=tuple(each for each in dossier.suggestions if each.id != suggestion.id),
        settled=(*dossier.settled, settled)[-_SETTLED:],
    )


def adopted(dossier: Dossier, suggestion: Suggestion) -> Dossier:
    """Return the dossier in which what was suggested has happened."""
    after = replace(with_talk(dossier, suggestion.talk), met=suggestion.met)
    if new := suggestion.learned:
        standing = replace(after.standing, verified=new.verified)
        after = replace(after, standing=standing, guesses=new.guesses, watches=new.watches)
    return after


def learned(before: Dossier, after: Dossier) -> Learned | None:
    """Return what is known of a customer after a turn, if that is something else than before."""
    was, now = (
        Learned(verified=each.standing.verified, guesses=each.guesses, watches=each.watches) for each in (before, after)
    )
    return now if now != was else None


def in_hand(dossier: Dossier, former: Suggestion) -> Conversation:
    """Return the conversation that knows what the customer did since a suggestion was made."""
    then = former.talk
    began = Conversation(
        id=then.id,
        place=then.place,
        started_at=then.started_at,
        active_at=then.active_at,
        scope=then.scope,
        near=then.near,
        post=then.post,
        account=then.account,
        name=then.name,
        mode=then.mode,
    )
    talk = next((talk for talk in dossier.conversations if talk.id == then.id), began)
    theirs = [line for line in then.recent if line.who == "customer" and line not in talk.recent]
    return replace(talk, recent=(*talk.recent, *theirs), files=then.files)


def with_talk(dossier: Dossier, talk: Conversation) -> Dossier:
    """Return the dossier with a conversation, in the place of what stood in its place."""
    others = (each for each in dossier.conversations if each.id != talk.id and each.place != talk.place)
    return replace(dossier, conversations=(*others, talk))


def renamed(talk: Conversation, names: Mapping[str, str]) -> Conversation:
    """Return a conversation that knows effects by other ids."""
    frames = tuple(replace(frame, waiting=names.get(frame.waiting, frame.waiting)) for frame in talk.frames)
    carried = tuple(replace(each, effect=names.get(each.effect, each.effect)) for each in talk.carried)
    return replace(talk, moving=names.get(talk.moving, talk.moving), frames=frames, carried=carried)


def talk_of(turn: Turn) -> Conversation | None:
    """Return the conversation that a turn is one of."""
    id = turn.id.rpartition(".")[0]
    return next((talk for talk in turn.dossier.conversations if talk.id == id), None)


def beside(talk: Conversation, event: Event) -> str:
    """Name a turn that leaves its conversation as it was: it counts for none of the conversation's own."""
    return f"{talk.id or event.fresh.conversation}.{talk.turn}s{row(event)}"


def row(event: Event) -> str:
    """Return the number of an event, which no other has."""
    return event.fresh.conversation.removeprefix("c")


def nothing(dossier: Dossier, event: Event, rule: str) -> Turn:
    """Return a turn in which nothing happens."""
    return Turn(id=f"{event.customer}/{event.key}", dossier=dossier, effects=(), trace=Trace(rule=rule))
