"""What the bot may say by itself, channel by channel: a turn is taken as a draft, and a person may send it.

Where the mode is "silent", staff see what would have been said, and nothing else happens. Where it is "suggest", the
draft is kept beside the conversation, which stays as it was; whoever sends it makes it happen, once. What people have
to do with (a wish for one, a case) happens at once in "suggest", since it is for people anyway; an answer that would
be given beside that waits.

Lives here: when a turn is held back, and when that is overtaken. What people do with it is in `sending`, what staff
read in `posts`.
"""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from bot.desk.case import Line
from bot.dialog import drafts, posts, sending, unsent
from bot.dialog.catalog import Catalog, current, staffed
from bot.dialog.effects import Call, ClosePlace, Effect, OpenCase, OpenPrivate, Post, Say, TakeBack
from bot.dialog.events import (
    ActMistyped,
    AgentSpoke,
    CallReturned,
    CaseResolved,
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
    PlaceOpened,
    ReplyUndone,
    SuggestionDismissed,
    SuggestionSent,
)
from bot.dialog.happening import AgentActed, Mode
from bot.dialog.state import Conversation, Dossier, Reply, Suggestion, Turn

Live = Callable[[Dossier, Event, Catalog], Turn]


def in_its_mode(dossier: Dossier, event: Event, catalog: Catalog, live: Live) -> Turn:
    """Take an event as the mode of its place says; `live` takes it as if the bot spoke by itself."""
    catalog = staffed(current(catalog, event.at), event.fresh.floor)
    return unsent.watched(dossier, _in_its_mode(dossier, event, catalog, live), event, catalog)


def _in_its_mode(dossier: Dossier, event: Event, catalog: Catalog, live: Live) -> Turn:
    match event:
        case SuggestionSent():
            return sending.send(dossier, event, catalog)
        case SuggestionDismissed():
            return sending.dismiss(dossier, event, catalog)
        case ActMistyped(case=0):
            return sending.explain(dossier, event, catalog)
        case MessageEdited() | MessageDeleted() if changed := _answering(dossier, event.message):
            return _second_thoughts(dossier, changed, event, catalog, live)
        case MessageDelivered() | ReplyUndone(case=0):
            return _noted(dossier, live(dossier, event, catalog), event)
        case DeadlineReached() if event.deadline.kind == "unsent":
            called = unsent.called(dossier, event, catalog)
            return called or _given_up(dossier, event, catalog, live)
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
            own = own or [talk for talk in talks if talk.linking == event.call and talk.mode == "suggest"]
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


# --- silent -----------------------------------------------------------------------------------------------------------


def _tell(dossier: Dossier, event: Event, turn: Turn, catalog: Catalog) -> Turn:
    """Tell staff what would have been said, and leave everything as it was."""
    talk = drafts.talk_of(turn) or Conversation(id="", place="", started_at=event.at, active_at=event.at)
    post = posts.silent(catalog, dossier, event, turn, talk)
    return replace(turn, id=drafts.beside(talk, event), dossier=dossier, effects=(post,), flows=())


# --- suggest ----------------------------------------------------------------------------------------------------------


def _suggest(dossier: Dossier, event: Event, catalog: Catalog, live: Live) -> Turn:
    """Keep what would be said for a person to send, in the place of what was kept of this conversation before."""
    alone = live(_with_words(dossier, event), event, catalog)
    if drafts.touches_cases(alone) or drafts.links(alone):
        return _beside_people(dossier, event, alone, catalog)
    if not _acts(alone):
        return _swept(alone, event, catalog)
    former = _pending(dossier, event, alone)
    if former is None:
        return _keep(dossier, event, alone, catalog)
    if isinstance(event, MessageReceived) and isinstance(former.event, MessageReceived) and _unanswered(former):
        both = _merged(former.event, event)
        kind = unsent.idle(event, alone, catalog)  # a question is not over because its customer is kind besides
        turn = live(dossier, replace(former.event, fresh=event.fresh, at=event.at) if kind else both, catalog)
        if drafts.touches_cases(turn):
            return _beside_people(dossier, event, turn, catalog)
        return _keep(dossier, both, turn, catalog, former) if _acts(turn) else _swept(turn, event, catalog)
    over = former.dismissed or former.idle
    turn = alone if over else live(drafts.adopted(dossier, former), event, catalog)
    if over or not _acts(turn) or drafts.touches_cases(turn):
        return _keep(dossier, event, alone, catalog, former)
    return _keep(dossier, event, _chained(former, turn), catalog, former, chained=True)


def _unanswered(former: Suggestion) -> bool:
    """Tell whether the customer's words are all that a suggestion answers, and still want an answer of the bot's."""
    return not former.chained and not former.dismissed and not former.idle


def _beside_people(
    dossier: Dossier, event: Event, turn: Turn, catalog: Catalog, gone: Suggestion | None = None
) -> Turn:
    """Let people have what is theirs at once, and keep what would be answered beside that."""
    now, later = drafts.parted(dossier, turn)
    swept = _swept(now, event, catalog, gone)
    if later is None:
        return swept
    post, kept = _suggestion(swept.dossier, event, later, catalog, f"{swept.id}.{len(swept.effects)}")
    after = replace(swept.dossier, suggestions=(*swept.dossier.suggestions, kept))
    return replace(swept, dossier=after, effects=(*swept.effects, post))


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
    talk = drafts.talk_of(turn)
    assert talk is not None
    beside = drafts.beside(talk, event)
    aside = tuple(effect for effect in turn.effects if drafts.of_all(effect))
    held, names = drafts.chosen(turn, lambda effect: not drafts.of_all(effect), turn.id)
    held_turn = replace(turn, dossier=drafts.with_talk(turn.dossier, drafts.renamed(talk, names)), effects=held)
    post, kept = _suggestion(dossier, event, held_turn, catalog, f"{beside}.0", former, chained=chained)
    effects: tuple[Effect, ...] = (post, *aside)
    if former is None and isinstance(event, MessageReceived) and (ack := posts.acknowledgement(catalog, talk)):
        effects = (*effects, ack)
    others = tuple(each for each in dossier.suggestions if each is not former)
    after = replace(dossier, name=turn.dossier.name, suggestions=(*others, kept))
    if former:
        after = drafts.settle(after, former, "outdated", "", kept.post, "written")
    return replace(turn, id=beside, dossier=after, effects=effects)


def _suggestion(
    dossier: Dossier,
    event: Event,
    turn: Turn,
    catalog: Catalog,
    shown: str,
    former: Suggestion | None = None,
    *,
    chained: bool = False,
) -> tuple[Post, Suggestion]:
    """Return a draft as it waits beside its conversation, and what staff see of it in the effect `shown`."""
    talk = drafts.talk_of(turn)
    assert talk is not None
    id, waits = f"{event.customer}/{drafts.row(event)}", former and not former.idle
    text = posts.suggested(catalog, dossier, event, turn, talk, former.text if former and chained else "")
    kept = Suggestion(
        id=id,
        event=event,
        talk=talk,
        base=drafts.standing(dossier, talk),
        met=turn.dossier.met,
        effects=turn.effects,
        flows=turn.flows,
        trace=turn.trace,
        text=text,
        post=shown,
        chained=chained,
        since=former.since if former and waits else event.at,
        learned=drafts.learned(dossier, turn.dossier),
        idle=not waits and unsent.idle(event, turn, catalog),
    )
    return posts.pressable(catalog, id, text, talk.place, former.post if former else ""), kept


def _pending(dossier: Dossier, event: Event, turn: Turn | None = None) -> Suggestion | None:
    """Return the suggestion that waits in the conversation of an event (or of the turn that it would be)."""
    talk = drafts.talk_of(turn) if turn else None
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
    lines = (*talk.recent, Line(who="customer", text=former.event.text[: drafts.LINE], at=former.event.at))
    talk = replace(talk, recent=lines, files=(*talk.files, *former.event.files), active_at=former.event.at)
    return drafts.with_talk(dossier, talk)


def _given_up(dossier: Dossier, event: DeadlineReached, catalog: Catalog, live: Live) -> Turn:
    """Nobody has sent anything: the customer has a case now, whose people know all that they said."""
    former = unsent.pending(dossier, event.deadline.place)
    if former is None:
        return _swept(live(dossier, event, catalog), event, catalog)
    agent = catalog.agents.get(former.dismissed)
    data = {**event.deadline.data, "dismissed": agent.name} if agent else event.deadline.data
    event = replace(event, deadline=replace(event.deadline, data=data))
    known = drafts.with_talk(dossier, drafts.in_hand(dossier, former))
    return _swept(live(known, event, catalog), event, catalog)


def _second_thoughts(
    dossier: Dossier, former: Suggestion, event: MessageEdited | MessageDeleted, catalog: Catalog, live: Live
) -> Turn:
    """Suggest anew for words that were changed; nothing, for words that were taken back."""
    words = former.event
    assert isinstance(words, MessageReceived)
    if isinstance(event, MessageDeleted):
        text = "" if len(words.messages) == 1 else words.text
        if not text:
            return _swept(drafts.nothing(dossier, event, "suggestion_gone"), event, catalog, gone=former)
        return drafts.nothing(dossier, event, "edit_of_nothing")
    text = event.text if len(words.messages) == 1 else f"{words.text}\n{event.text}"
    changed = replace(words, text=text, fresh=event.fresh, at=event.at)
    turn = live(dossier, changed, catalog)
    if drafts.touches_cases(turn):
        return _beside_people(dossier, changed, turn, catalog, gone=former)
    if not _acts(turn):
        return _swept(turn, event, catalog, gone=former)
    return _keep(dossier, changed, turn, catalog, former)


def _answering(dossier: Dossier, message: str) -> Suggestion | None:
    """Return the suggestion that answers a message (the platform's id)."""
    for each in dossier.suggestions:
        if isinstance(each.event, MessageReceived) and message in each.event.messages and not each.chained:
            return each
    return None


def _noted(dossier: Dossier, turn: Turn, event: Event) -> Turn:
    """Note what became of a reply beside the conversation, so that a suggestion which waits there can still be sent."""
    talk = drafts.talk_of(turn)
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
    return replace(turn, id=drafts.beside(before, event), dossier=after)


def _with_replies(talk: Conversation, known: Mapping[str, Reply]) -> Conversation:
    return replace(talk, replies=tuple(known.get(each.id, each) for each in talk.replies))


# --- small parts ------------------------------------------------------------------------------------------------------


def _swept(turn: Turn, event: Event, catalog: Catalog, gone: Suggestion | None = None) -> Turn:
    """Mark the suggestions whose conversation has gone on without them: nobody may send those any more."""
    dossier, effects = turn.dossier, turn.effects
    by = catalog.agents.get(event.agent) if isinstance(event, AgentActed | AgentSpoke) else None
    why, first = _why(event, turn), by.name if by else ""
    for each in dossier.suggestions:
        if each is gone or drafts.standing(dossier, each.talk) != each.base:
            dossier = drafts.settle(dossier, each, "outdated", first, f"{turn.id}.{len(effects)}", why)
            effects = (*effects, posts.ended(catalog, each, "post_outdated", first, event.at, why=why))
    return replace(turn, dossier=dossier, effects=effects)


def _why(event: Event, turn: Turn) -> str:
    """Return by what a conversation has gone on, for those who would have sent something."""
    if isinstance(event, CaseResolved):
        return "closed"
    if isinstance(event, AgentActed | AgentSpoke):
        return "agent"
    if any(isinstance(effect, OpenCase) for effect in turn.effects):
        return "case"
    customers = MessageReceived | ChoicePressed | FormSubmitted | MessageEdited | MessageDeleted
    return "written" if isinstance(event, customers) else ""


def _chained(former: Suggestion, turn: Turn) -> Turn:
    """Return two drafts, one after the other, as one."""
    talk = drafts.talk_of(turn)
    assert talk is not None
    first = f"{former.talk.id}.{former.talk.turn}"
    names = {f"{first}.{at}": f"{turn.id}.{at}" for at in range(len(former.effects))}
    names |= {f"{turn.id}.{at}": f"{turn.id}.{len(former.effects) + at}" for at in range(len(turn.effects))}
    return replace(
        turn,
        dossier=drafts.with_talk(turn.dossier, drafts.renamed(talk, names)),
        effects=(*former.effects, *turn.effects),
        flows=tuple(dict.fromkeys((*former.flows, *turn.flows))),
    )
