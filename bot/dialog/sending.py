"""What people do with a suggestion: send it, say something else in its place, dismiss it, or leave it unanswered.

It is sent once, by whoever is first, and only while nothing stands in its way; who cannot send it is told why. Where
the customer waits for an answer, a suggestion that is dismissed waits for other words: see `unsent`.
"""

from msgspec.structs import replace

from bot.desk.case import Line
from bot.desk.promises import promised
from bot.desk.team import Agent, may
from bot.dialog import caring, casebook, drafts, naming, posts, undertaking, unsent
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Call, Effect, Say, Source
from bot.dialog.events import (
    ActMistyped,
    ChoicePressed,
    FormSubmitted,
    MessageReceived,
    SuggestionDismissed,
    SuggestionSent,
)
from bot.dialog.markup import escape, plain
from bot.dialog.scene import Scene
from bot.dialog.state import Conversation, Dossier, Reply, Settled, Suggestion, Trace, Turn

DISMISSED_ANSWERED, DISMISSED_LEFT = "dismissed_answered", "dismissed_left"
_OWN = Source(kind="agent", id="")


def send(dossier: Dossier, event: SuggestionSent, catalog: Catalog) -> Turn:
    """Make a suggestion happen, with the words of whoever sends it if they have others."""
    agent, found = catalog.agents.get(event.agent), _found(dossier, event.suggestion)
    reworded = bool(event.text.strip())
    if agent is None or found is None or (found.dismissed and not reworded):
        return _too_late(dossier, event, catalog)
    if why := _in_the_way(dossier, found, agent, event, catalog):
        told = posts.told(catalog, "post_not_sent", agent.name, found.post, event.at, why=why)
        refused = drafts.nothing(dossier, event, "not_to_be_sent")
        return replace(refused, effects=(told,), trace=replace(refused.trace, role=agent.role))
    chosen = _only_words(dossier, found) if found.dismissed else found
    chosen = _reworded(chosen, event, agent, catalog) if reworded else chosen
    if any(isinstance(effect, Say) for effect in chosen.effects):
        chosen = replace(chosen, talk=replace(chosen.talk, told=event.at))  # now, not when it was suggested
    key = "post_reworded" if reworded else "post_sent"
    id = f"{chosen.talk.id}.{chosen.talk.turn}"
    trace = replace(chosen.trace, notes=(*chosen.trace.notes, f"sent by {agent.id}"), role=agent.role)
    turn = Turn(id=id, dossier=drafts.adopted(dossier, chosen), effects=chosen.effects, trace=trace)
    if reworded:
        turn = _promised(turn, chosen.talk, event, agent, catalog)
    acts = ("undo",) if reworded and catalog.limits.undo else ()
    post = posts.ended(catalog, found, key, agent.name, event.at, acts)
    after = drafts.settle(turn.dossier, found, "sent", agent.name, f"{id}.{len(turn.effects)}")
    return replace(turn, dossier=after, effects=(*turn.effects, post))


def dismiss(dossier: Dossier, event: SuggestionDismissed, catalog: Catalog) -> Turn:
    """Let a suggestion go, and with it the customer's wait if that is over; otherwise people owe them other words.

    What it went on from (a call, a way to a private place) is over too: a person sees to it.
    """
    agent, found = catalog.agents.get(event.agent), _found(dossier, event.suggestion)
    if agent is None or found is None or (found.dismissed and not event.leave):
        return _too_late(dossier, event, catalog)
    known = next((talk for talk in dossier.conversations if talk.id == found.talk.id), None)
    if known and not isinstance(found.event, MessageReceived | ChoicePressed | FormSubmitted):
        dossier = drafts.with_talk(dossier, replace(known, frames=(), moving="", held=""))
    beside, rule = drafts.beside(found.talk, event), "suggestion_left" if event.leave else "suggestion_dismissed"
    rule = DISMISSED_LEFT if found.dismissed else rule
    if not event.leave and catalog.limits.unsent and unsent.owed(dossier, found):
        kept = replace(found, dismissed=agent.id)
        after = replace(dossier, suggestions=tuple(kept if each is found else each for each in dossier.suggestions))
        post = posts.ended(catalog, found, "post_dismissed", agent.name, event.at, ("edit", "leave"), owed=True)
    else:
        after = drafts.settle(dossier, found, "dismissed", agent.name, f"{beside}.0")
        key = "post_left" if event.leave else "post_dismissed"
        post = posts.ended(catalog, found, key, agent.name, event.at, owed=False)
    return Turn(id=beside, dossier=after, effects=(post,), trace=_of(found, rule, agent))


def explain(dossier: Dossier, event: ActMistyped, catalog: Catalog) -> Turn:
    """Tell whoever left their words out, or wrote a command among them, how they are written, below the suggestion."""
    agent = catalog.agents.get(event.agent)
    shown = {each.id: each.post for each in dossier.settled} | {each.id: each.post for each in dossier.suggestions}
    post = shown.get(event.about, "")
    turn = drafts.nothing(dossier, event, "mistyped")
    if agent is None:
        return turn
    told = posts.told(catalog, f"post_how_{event.do}", agent.name, post, event.at, said=event.text)
    return replace(turn, effects=(told,))


# --- small parts ------------------------------------------------------------------------------------------------------


def _found(dossier: Dossier, id: str) -> Suggestion | None:
    return next((each for each in dossier.suggestions if each.id == id), None)


def _in_the_way(dossier: Dossier, found: Suggestion, agent: Agent, event: SuggestionSent, catalog: Catalog) -> str:
    """Return why a suggestion is not to be sent now, or not by this agent; nothing if it is.

    While a case needs care, the bot offers and decides nothing that is not sent by somebody who may.
    """
    if casebook.is_own(agent, {dossier.customer, found.event.customer, *dossier.accounts}):
        return "own"
    if dossier.standing.ended or dossier.standing.blocked(event.at):
        return "blocked"
    careful = any(case.open and case.careful for case in dossier.cases)
    does = not event.text.strip() or any(isinstance(effect, Call) for effect in found.effects)
    if not careful or may(agent, caring.LIFTS):
        return ""
    if caring.risky(catalog, event.text):
        return "risky"
    return "careful" if does and not found.dismissed else ""


def _too_late(dossier: Dossier, event: SuggestionSent | SuggestionDismissed, catalog: Catalog) -> Turn:
    """Tell whoever was second who was first."""
    agent, found = catalog.agents.get(event.agent), _found(dossier, event.suggestion)
    settled = next((each for each in reversed(dossier.settled) if each.id == event.suggestion), None)
    if found and found.dismissed:
        by = catalog.agents.get(found.dismissed)
        settled = Settled(id=found.id, how="dismissed", by=by.name if by else found.dismissed, post=found.post)
    turn = drafts.nothing(dossier, event, "suggestion_gone")
    if agent is None:
        return turn
    told = posts.too_late(catalog, agent.name, settled, event.at)
    return replace(turn, effects=(told,), trace=replace(turn.trace, role=agent.role))


def _of(found: Suggestion, rule: str, agent: Agent) -> Trace:
    """Return why a turn went as it did, with what had been understood."""
    was = found.trace
    return Trace(rule=rule, decision=was.decision, id=was.id, flow=was.flow, role=agent.role)


def _only_words(dossier: Dossier, found: Suggestion) -> Suggestion:
    """Return a suggestion that was dismissed as one of words alone: nothing else of it happens any more."""
    talk = drafts.in_hand(dossier, found)
    say = Say(place=talk.place, text="", source=_OWN)
    was = found.trace
    trace = Trace(rule=DISMISSED_ANSWERED, decision=was.decision, id=was.id, flow=was.flow)
    words = replace(found, effects=(say,), met=dossier.met, learned=None)
    return replace(words, talk=replace(talk, turn=talk.turn + 1), trace=trace)


def _reworded(found: Suggestion, event: SuggestionSent, agent: Agent, catalog: Catalog) -> Suggestion:
    """Return a suggestion that says an agent's words, in their name, instead of all that the bot would have said.

    The bot's buttons are about its own words, and go with them; what a flow asks is answered by typing, or in its form.
    """
    says = [effect for effect in found.effects if isinstance(effect, Say)]
    lines = {plain(say.text)[: drafts.LINE] for say in says}
    recent = tuple(line for line in found.talk.recent if line.who != "bot" or line.text not in lines)
    form = next((say.form for say in says if say.form), None)
    say = Say(
        place=says[-1].place if says else found.talk.place,
        text=str(escape(event.text)),
        source=Source(kind="agent", id=agent.id),
        author=naming.author(catalog, agent.id, catalog.default_queue),
        form=form,
        receipt=True,
    )
    kept, names = _in_their_place(found, say)
    turn = f"{found.talk.id}.{found.talk.turn}"
    talk = replace(
        drafts.renamed(found.talk, names),
        recent=(*recent, Line(who=agent.name, text=event.text[: drafts.LINE], at=event.at)),
        replies=(*found.talk.replies, _reply(found, event, f"{turn}.{kept.index(say)}")),
        choices=(),
        expecting="",
        options=(),
    )
    return replace(found, effects=tuple(kept), talk=talk)


def _in_their_place(found: Suggestion, say: Say) -> tuple[list[Effect], dict[str, str]]:
    """Return what happens when one thing is said in the place of all that would have been, and its new names."""
    turn = f"{found.talk.id}.{found.talk.turn}"
    last = max((at for at, effect in enumerate(found.effects) if isinstance(effect, Say)), default=None)
    kept: list[Effect] = [say] if last is None else []
    names: dict[str, str] = {}
    for at, effect in enumerate(found.effects):
        if isinstance(effect, Say) and at != last:
            continue
        names[f"{turn}.{at}"] = f"{turn}.{len(kept)}"
        kept.append(say if at == last else effect)
    return kept, names


def _promised(turn: Turn, talk: Conversation, event: SuggestionSent, agent: Agent, catalog: Catalog) -> Turn:
    """Keep the time that an agent gave in their own words, in a case of theirs: the bot would not come back to it."""
    given = promised(event.text, catalog.promises, catalog.queues[catalog.default_queue].hours, event.at)
    if given is None:
        return turn
    last = replace(talk.replies[-1], promise=given.at, waited=talk.active_at)
    talk = replace(talk, turn=talk.turn - 1, replies=(*talk.replies[:-1], last))  # it is the same turn that goes on
    scene = Scene(drafts.with_talk(turn.dossier, talk), event, catalog)
    scene.effects.extend(turn.effects)
    scene.enter(talk.place, talk.id)
    undertaking.take_on(scene, agent, given)
    return replace(scene.close(), trace=turn.trace, flows=turn.flows)


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
