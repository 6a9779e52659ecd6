"""What the bot may say by itself, channel by channel: a turn is taken as a draft, and a person may send it.

Where the mode is "silent", staff see what would have been said, and nothing else happens. Where it is "suggest", the
draft is kept beside the conversation, which stays as it was; whoever sends it makes it happen, once. What people have
to do with (a wish for one, a case) happens at once in "suggest", since it is for people anyway.

Lives here: when a turn is held back, and what becomes of it then. What staff read is made in `posts`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from bot.desk.case import Line
from bot.desk.team import Agent
from bot.dialog import casebook, linking, naming, posts, unsent
from bot.dialog.catalog import Catalog, current, staffed
from bot.dialog.effects import (
    Call,
    ClosePlace,
    Effect,
    OpenCase,
    OpenPrivate,
    Say,
    Source,
    TakeBack,
    TellStaff,
    UpdateCase,
)
from bot.dialog.events import (
    ActMistyped,
    CallReturned,
    ChoicePressed,
    CustomerJoined,
    DeadlineReached,
    DeliveryFailed,
    Event,
    FormSubmitted,
    MessageDeleted,
    MessageDelivered,
    MessageEdited,
    MessageReceived,
    Mode,
    PlaceOpened,
    ReplyUndone,
    SuggestionDismissed,
    SuggestionSent,
)
from bot.dialog.markup import escape, plain
from bot.dialog.state import Conversation, Dossier, Reply, Settled, Suggestion, Trace, Turn

Live = Callable[[Dossier, Event, Catalog], Turn]
_SETTLED = 20
_LINE = 2_000


def in_its_mode(dossier: Dossier, event: Event, catalog: Catalog, live: Live) -> Turn:
    """Take an event as the mode of its place says; `live` takes it as if the bot spoke by itself."""
    catalog = staffed(current(catalog, event.at), event.fresh.floor)
    return unsent.watched(dossier, _in_its_mode(dossier, event, catalog, live), event, catalog)


def _in_its_mode(dossier: Dossier, event: Event, catalog: Catalog, live: Live) -> Turn:
    match event:
        case SuggestionSent():
            return _send(dossier, event, catalog)
        case SuggestionDismissed():
            return _dismiss(dossier, event, catalog)
        case ActMistyped(case=0):
            return _explain(dossier, event, catalog)
        case MessageEdited() | MessageDeleted() if changed := _answering(dossier, event.message):
            return _second_thoughts(dossier, changed, event, catalog, live)
        case MessageDelivered() | ReplyUndone(case=0):
            return _noted(dossier, live(dossier, event, catalog), event)
        case DeadlineReached() if event.deadline.kind == "unsent":
            called = unsent.called(dossier, event, catalog)
            return called or _swept(live(_in_hand(dossier, event.deadline.place), event, catalog), event, catalog)
        case _:
            pass
    mode = _mode(dossier, event)
    if mode == "live":
        return _swept(live(_with_words(dossier, event), event, catalog), event, catalog)
    if mode == "silent":
        turn = live(dossier, event, catalog)
        return _swept(turn, event, catalog) if not _acts(turn) else _tell(dossier, event, turn, catalog)
    return _suggest(dossier, event, catalog, live)


def _mode(dossier: Dossier, event: Event) -> Mode:
    """Return the mode in which an event is taken: that of its channel, or of the conversation that goes on by it."""
    talks = dossier.conversations
    match event:
        case MessageReceived() | ChoicePressed() | FormSubmitted() | CustomerJoined():
            return event.mode
        case CallReturned():
            own = [talk for talk in talks if any(frame.waiting == event.call for frame in talk.frames)]
        case PlaceOpened() | DeliveryFailed():
            own = [talk for talk in talks if talk.moving == event.effect]
        case MessageEdited() | MessageDeleted():
            own = [talk for talk in talks if any(each.message == event.message for each in talk.carried)]
        case DeadlineReached() if event.deadline.kind == "check_in":
            own = [talk for talk in talks if talk.id == event.deadline.conversation]
        case _:
            own = []
    return own[0].mode if own else "live"


def _acts(turn: Turn) -> bool:
    """Tell whether a turn says or does something; one that only hears needs nobody's leave."""
    return any(isinstance(effect, Say | OpenPrivate | ClosePlace | TakeBack | Call) for effect in turn.effects)


def _calls_people(turn: Turn) -> bool:
    return any(isinstance(effect, OpenCase | UpdateCase | TellStaff) for effect in turn.effects)


def _links(turn: Turn) -> bool:
    """Tell whether a turn is about linked accounts: codes are for the customer's eyes, and nobody has to read first."""
    return any(isinstance(effect, Call) and effect.action in linking.CALLS for effect in turn.effects)


# --- silent -----------------------------------------------------------------------------------------------------------


def _tell(dossier: Dossier, event: Event, turn: Turn, catalog: Catalog) -> Turn:
    """Tell staff what would have been said, and leave everything as it was."""
    talk = _talk(turn) or Conversation(id="", place="", started_at=event.at, active_at=event.at)
    post = posts.silent(catalog, dossier, event, turn, talk)
    return replace(turn, id=_beside(talk, event), dossier=dossier, effects=(post,), flows=())


# --- suggest ----------------------------------------------------------------------------------------------------------


def _suggest(dossier: Dossier, event: Event, catalog: Catalog, live: Live) -> Turn:
    """Keep what would be said for a person to send, in the place of what was kept of this conversation before."""
    alone = live(_with_words(dossier, event), event, catalog)
    if not _acts(alone) or _calls_people(alone) or _links(alone):
        return _swept(alone, event, catalog)
    former = _pending(dossier, event, alone)
    if former is None:
        return _keep(dossier, event, alone, catalog)
    if isinstance(event, MessageReceived) and isinstance(former.event, MessageReceived) and not former.chained:
        both = _merged(former.event, event)
        turn = live(dossier, both, catalog)
        if not _acts(turn) or _calls_people(turn):
            return _swept(turn, event, catalog)
        return _keep(dossier, both, turn, catalog, former)
    turn = live(_adopted(dossier, former), event, catalog)
    if not _acts(turn) or _calls_people(turn):
        return _swept(alone, event, catalog)
    return _keep(dossier, event, _chained(former, turn), catalog, former, chained=True)


def _keep(
    dossier: Dossier,
    event: Event,
    turn: Turn,
    catalog: Catalog,
    former: Suggestion | None = None,
    *,
    chained: bool = False,
) -> Turn:
    """Keep a draft, and show it to staff; the message that showed the former one shows this."""
    talk = _talk(turn)
    assert talk is not None
    beside = _beside(talk, event)
    id = f"{event.customer}/{_row(event)}"
    text = posts.suggested(catalog, dossier, event, turn, talk, former.text if former and chained else "")
    kept = Suggestion(
        id=id,
        event=event,
        talk=talk,
        base=_standing(dossier, talk),
        met=turn.dossier.met,
        effects=turn.effects,
        flows=turn.flows,
        trace=turn.trace,
        text=text,
        post=f"{beside}.0",
        chained=chained,
    )
    post = posts.pressable(catalog, id, text, talk.place, former.post if former else "")
    effects: tuple[Effect, ...] = (post,)
    if former is None and isinstance(event, MessageReceived) and (ack := posts.acknowledgement(catalog, talk)):
        effects = (post, ack)
    others = tuple(each for each in dossier.suggestions if each is not former)
    after = replace(dossier, name=turn.dossier.name, suggestions=(*others, kept))
    if former:
        after = _settle(after, former, "outdated", "", kept.post)
    return replace(turn, id=beside, dossier=after, effects=effects)


def _pending(dossier: Dossier, event: Event, turn: Turn | None = None) -> Suggestion | None:
    """Return the suggestion that waits in the conversation of an event (or of the turn that it would be)."""
    talk = _talk(turn) if turn else None
    return unsent.pending(dossier, talk.place if talk else getattr(event, "place", ""))


def _merged(former: MessageReceived, event: MessageReceived) -> MessageReceived:
    """Return what the customer wrote before and now as one message."""
    return replace(
        event,
        text="\n".join(text for text in (former.text, event.text) if text.strip()),
        messages=(*former.messages, *event.messages),
        files=(*former.files, *event.files),
        near=former.near,
        quote=event.quote or former.quote,
        tags=event.tags or former.tags,
        mentioned=event.mentioned or former.mentioned,
    )


def _with_words(dossier: Dossier, event: Event) -> Dossier:
    """Return the dossier in which a conversation knows the words that a suggestion was to answer."""
    former = _pending(dossier, event) if isinstance(event, MessageReceived) else None
    if former is None or not isinstance(former.event, MessageReceived) or former.chained:
        return dossier
    known = next((talk for talk in dossier.conversations if talk.place == former.talk.place), None)
    talk = known or Conversation(
        id=former.talk.id, place=former.talk.place, started_at=former.talk.started_at, active_at=former.event.at
    )
    lines = (*talk.recent, Line(who="customer", text=former.event.text[:_LINE]))
    talk = replace(talk, recent=lines, files=(*talk.files, *former.event.files), active_at=former.event.at)
    return _with(dossier, talk)


def _in_hand(dossier: Dossier, place: str) -> Dossier:
    """Return the dossier in which a conversation knows what the customer did since a suggestion was made."""
    former = unsent.pending(dossier, place)
    if former is None:
        return dossier
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
    )
    talk = next((talk for talk in dossier.conversations if talk.id == then.id), began)
    theirs = [line for line in then.recent if line.who == "customer" and line not in talk.recent]
    return _with(dossier, replace(talk, recent=(*talk.recent, *theirs), files=then.files))


def _second_thoughts(
    dossier: Dossier, former: Suggestion, event: MessageEdited | MessageDeleted, catalog: Catalog, live: Live
) -> Turn:
    """Suggest anew for words that were changed; nothing, for words that were taken back."""
    words = former.event
    assert isinstance(words, MessageReceived)
    if isinstance(event, MessageDeleted):
        text = "" if len(words.messages) == 1 else words.text
        if not text:
            return _swept(_nothing(dossier, event, "suggestion_gone"), event, catalog, gone=former)
        return _nothing(dossier, event, "edit_of_nothing")
    text = event.text if len(words.messages) == 1 else f"{words.text}\n{event.text}"
    changed = replace(words, text=text, fresh=event.fresh, at=event.at)
    turn = live(dossier, changed, catalog)
    if not _acts(turn) or _calls_people(turn):
        return _swept(turn, event, catalog, gone=former)
    return _keep(dossier, changed, turn, catalog, former)


def _answering(dossier: Dossier, message: str) -> Suggestion | None:
    """Return the suggestion that answers a message (the platform's id)."""
    for each in dossier.suggestions:
        if isinstance(each.event, MessageReceived) and message in each.event.messages and not each.chained:
            return each
    return None


# --- people decide ----------------------------------------------------------------------------------------------------


def _send(dossier: Dossier, event: SuggestionSent, catalog: Catalog) -> Turn:
    """Make a suggestion happen, with the words of whoever sends it if they have others."""
    agent = catalog.agents.get(event.agent)
    found = next((each for each in dossier.suggestions if each.id == event.suggestion), None)
    if agent is None or found is None:
        return _too_late(dossier, event, catalog)
    if _not_for(dossier, found, agent, event.at):
        refused = _nothing(dossier, event, "not_to_be_sent")
        return replace(refused, effects=(posts.told(catalog, "post_not_sent", agent.name, found.post, event.at),))
    reworded = bool(event.text.strip())
    chosen = _reworded(found, event, agent, catalog) if reworded else found
    if any(isinstance(effect, Say) for effect in chosen.effects):
        chosen = replace(chosen, talk=replace(chosen.talk, told=event.at))  # now, not when it was suggested
    key = "post_reworded" if reworded else "post_sent"
    turn = f"{chosen.talk.id}.{chosen.talk.turn}"
    acts = ("undo",) if reworded and catalog.limits.undo else ()
    post = posts.ended(catalog, found, key, agent.name, event.at, acts)
    after = _settle(_adopted(dossier, chosen), found, "sent", agent.name, f"{turn}.{len(chosen.effects)}")
    trace = replace(chosen.trace, notes=(*chosen.trace.notes, f"sent by {agent.id}"))
    return Turn(id=turn, dossier=after, effects=(*chosen.effects, post), trace=trace)


def _not_for(dossier: Dossier, found: Suggestion, agent: Agent, now: datetime) -> bool:
    """Tell whether a suggestion is not to be sent: to a customer who is blocked, or by somebody to themselves."""
    accounts = {dossier.customer, found.event.customer, *dossier.accounts}
    blocked = dossier.standing.ended or dossier.standing.blocked(now)
    return blocked or casebook.is_own(agent, accounts)


def _dismiss(dossier: Dossier, event: SuggestionDismissed, catalog: Catalog) -> Turn:
    """Let a suggestion go. What it went on from (a call, a way to a private place) is over too: a person sees to it."""
    agent = catalog.agents.get(event.agent)
    found = next((each for each in dossier.suggestions if each.id == event.suggestion), None)
    if agent is None or found is None:
        return _too_late(dossier, event, catalog)
    known = next((talk for talk in dossier.conversations if talk.id == found.talk.id), None)
    if known and not isinstance(found.event, MessageReceived | ChoicePressed | FormSubmitted):
        dossier = _with(dossier, replace(known, frames=(), moving="", held=""))
    beside = _beside(found.talk, event)
    after = _settle(dossier, found, "dismissed", agent.name, f"{beside}.0")
    post = posts.ended(catalog, found, "post_dismissed", agent.name, event.at)
    return Turn(id=beside, dossier=after, effects=(post,), trace=Trace(rule="suggestion_dismissed"))


def _too_late(dossier: Dossier, event: SuggestionSent | SuggestionDismissed, catalog: Catalog) -> Turn:
    """Tell whoever was second who was first."""
    agent = catalog.agents.get(event.agent)
    settled = next((each for each in reversed(dossier.settled) if each.id == event.suggestion), None)
    turn = _nothing(dossier, event, "suggestion_gone")
    if agent is None:
        return turn
    return replace(turn, effects=(posts.too_late(catalog, agent.name, settled, event.at),))


def _explain(dossier: Dossier, event: ActMistyped, catalog: Catalog) -> Turn:
    """Tell whoever left their words out how they are written, below the suggestion."""
    agent = catalog.agents.get(event.agent)
    shown = {each.id: each.post for each in dossier.settled} | {each.id: each.post for each in dossier.suggestions}
    post = shown.get(event.about, "")
    turn = _nothing(dossier, event, "mistyped")
    if agent is None:
        return turn
    return replace(turn, effects=(posts.told(catalog, "post_how_edit", agent.name, post, event.at),))


def _reworded(found: Suggestion, event: SuggestionSent, agent: Agent, catalog: Catalog) -> Suggestion:
    """Return a suggestion that says an agent's words, in their name, instead of all that the bot would have said."""
    text, shown = event.text, naming.author(catalog, agent.id, catalog.default_queue)
    says = [effect for effect in found.effects if isinstance(effect, Say)]
    lines = {plain(say.text)[:_LINE] for say in says}
    recent = tuple(line for line in found.talk.recent if line.who != "bot" or line.text not in lines)
    talk = replace(found.talk, recent=(*recent, Line(who=agent.name, text=text[:_LINE])))
    kept: list[Effect] = []
    names: dict[str, str] = {}
    turn = f"{talk.id}.{talk.turn}"
    for at, effect in enumerate(found.effects):
        if isinstance(effect, Say) and effect is not says[-1]:
            continue
        names[f"{turn}.{at}"] = f"{turn}.{len(kept)}"
        if isinstance(effect, Say):
            source = Source(kind="agent", id=agent.id)
            effect = replace(effect, text=str(escape(text)), source=source, author=shown, receipt=True)
            talk = replace(talk, replies=(*talk.replies, _reply(found, event, f"{turn}.{len(kept)}")))
        kept.append(effect)
    return replace(found, effects=tuple(kept), talk=_renamed(talk, names))


def _reply(found: Suggestion, event: SuggestionSent, effect: str) -> Reply:
    """Return what is kept of an agent's own words, so that they can be marked and taken back."""
    return Reply(
        id=found.id,
        effect=effect,
        line=found.post,
        place=found.talk.place,
        case=0,
        agent=event.agent,
        at=event.at,
        text=event.text,
    )


def _noted(dossier: Dossier, turn: Turn, event: Event) -> Turn:
    """Note what became of a reply beside the conversation, so that a suggestion which waits there can still be sent."""
    talk = _talk(turn)
    before = next((each for each in dossier.conversations if talk and each.id == talk.id), None)
    if talk is None or before is None:
        return turn
    known = {reply.id: reply for reply in talk.replies}
    waiting = tuple(
        replace(each, talk=_with_replies(each.talk, known)) if each.talk.id == talk.id else each
        for each in dossier.suggestions
    )
    talks = tuple(_with_replies(before, known) if each is talk else each for each in turn.dossier.conversations)
    after = replace(turn.dossier, conversations=talks, suggestions=waiting)
    return replace(turn, id=_beside(before, event), dossier=after)


def _with_replies(talk: Conversation, known: Mapping[str, Reply]) -> Conversation:
    return replace(talk, replies=tuple(known.get(each.id, each) for each in talk.replies))


# --- small parts ------------------------------------------------------------------------------------------------------


def _swept(turn: Turn, event: Event, catalog: Catalog, gone: Suggestion | None = None) -> Turn:
    """Mark the suggestions whose conversation has gone on without them: nobody may send those any more."""
    dossier, effects = turn.dossier, turn.effects
    for each in dossier.suggestions:
        if each is gone or _standing(dossier, each.talk) != each.base:
            dossier = _settle(dossier, each, "outdated", "", f"{turn.id}.{len(effects)}")
            effects = (*effects, posts.ended(catalog, each, "post_outdated", "", event.at))
    return replace(turn, dossier=dossier, effects=effects)


def _standing(dossier: Dossier, talk: Conversation) -> tuple[str, int]:
    """Return which conversation stands where this one is, or is to be, and how many turns it has had."""
    own = [each for each in dossier.conversations if each.id == talk.id]
    here = own or [each for each in dossier.conversations if each.place == talk.place]
    return (here[-1].id, here[-1].turn) if here else ("", 0)


def _settle(
    dossier: Dossier, suggestion: Suggestion, how: Literal["sent", "dismissed", "outdated"], by: str, post: str
) -> Dossier:
    settled = Settled(id=suggestion.id, how=how, by=by, post=post)
    return replace(
        dossier,
        suggestions=tuple(each for each in dossier.suggestions if each.id != suggestion.id),
        settled=(*dossier.settled, settled)[-_SETTLED:],
    )


def _adopted(dossier: Dossier, suggestion: Suggestion) -> Dossier:
    """Return the dossier in which what was suggested has happened."""
    return replace(_with(dossier, suggestion.talk), met=suggestion.met)


def _with(dossier: Dossier, talk: Conversation) -> Dossier:
    """Return the dossier with a conversation, in the place of what stood in its place."""
    others = (each for each in dossier.conversations if each.id != talk.id and each.place != talk.place)
    return replace(dossier, conversations=(*others, talk))


def _chained(former: Suggestion, turn: Turn) -> Turn:
    """Return two drafts, one after the other, as one."""
    talk = _talk(turn)
    assert talk is not None
    first = f"{former.talk.id}.{former.talk.turn}"
    names = {f"{first}.{at}": f"{turn.id}.{at}" for at in range(len(former.effects))}
    names |= {f"{turn.id}.{at}": f"{turn.id}.{len(former.effects) + at}" for at in range(len(turn.effects))}
    return replace(
        turn,
        dossier=_with(turn.dossier, _renamed(talk, names)),
        effects=(*former.effects, *turn.effects),
        flows=tuple(dict.fromkeys((*former.flows, *turn.flows))),
    )


def _renamed(talk: Conversation, names: dict[str, str]) -> Conversation:
    """Return a conversation that knows effects by other ids."""
    frames = tuple(replace(frame, waiting=names.get(frame.waiting, frame.waiting)) for frame in talk.frames)
    return replace(talk, moving=names.get(talk.moving, talk.moving), frames=frames)


def _talk(turn: Turn) -> Conversation | None:
    """Return the conversation that a turn is one of."""
    id = turn.id.rpartition(".")[0]
    return next((talk for talk in turn.dossier.conversations if talk.id == id), None)


def _beside(talk: Conversation, event: Event) -> str:
    """Name a turn that leaves its conversation as it was: it counts for none of the conversation's own."""
    return f"{talk.id or event.fresh.conversation}.{talk.turn}s{_row(event)}"


def _row(event: Event) -> str:
    return event.fresh.conversation.removeprefix("c")


def _nothing(dossier: Dossier, event: Event, rule: str) -> Turn:
    return Turn(id=f"{event.customer}/{event.key}", dossier=dossier, effects=(), trace=Trace(rule=rule))
