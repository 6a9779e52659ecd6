"""Second thoughts: a message was edited or deleted, and whoever has read it elsewhere must see that, with a mark."""

from datetime import timedelta

from bot.dialog import caring, casebook, naming, sent, soothing, talking, thanks
from bot.dialog.effects import Source, TakeBack
from bot.dialog.events import MessageDeleted, MessageEdited, MessageReceived, ReplyDeleted, ReplyEdited
from bot.dialog.markup import Marked, escape
from bot.dialog.scene import Scene
from bot.dialog.state import Carried

_LATER = timedelta(minutes=10)


def edited(scene: Scene, event: MessageEdited) -> None:
    """The customer changed their words: show staff, or take them anew if the bot had not understood them.

    So are words that only thanked, and say more now.

    Danger and legal matters are never too late.
    """
    carried = _find(scene, event.message)
    if carried is None or carried.text == event.text:
        scene.rule("edit_of_nothing")
        return
    scene.rule("edited")
    soothing.feel(scene, event.text)
    if carried.effect:
        _mark(scene, carried, "edited", event.text)
        case = scene.case(carried.case or scene.talk.case)
        if case and case.open and not scene.muted:
            soothing.tell_mood(scene, case)
    elif not scene.muted and (scene.felt.safety or scene.felt.legal or _counts_now(scene, event, carried.text)):
        scene.change(active_at=scene.now)
        scene.remember("customer", event.text)
        words = MessageReceived(
            key=event.key,
            customer=event.customer,
            at=event.at,
            place=scene.talk.place,
            name=scene.name,
            text=event.text,
            scope=scene.talk.scope,
        )
        scene.carry(event.message, "", event.text)
        talking.message(scene, words)


def deleted(scene: Scene, event: MessageDeleted) -> None:
    """The customer took their words back: staff who have read them see that."""
    carried = _find(scene, event.message)
    scene.rule("deleted" if carried else "edit_of_nothing")
    if carried and carried.effect:
        _mark(scene, carried, "deleted", carried.text)


def reply(scene: Scene, event: ReplyEdited | ReplyDeleted) -> None:
    """An agent changed or took back a reply: the customer's copy follows."""
    carried = _find(scene, event.message)
    agent = scene.catalog.agents.get(event.agent)
    if carried is None or not carried.effect or agent is None:
        scene.rule("edit_of_nothing")
        return
    reply = sent.of_message(scene, carried.message)
    if isinstance(event, ReplyDeleted):
        scene.rule("reply_deleted")
        scene.effects.append(TakeBack(place=scene.talk.place, effect=carried.effect))
        if reply and reply.status != "taken_back":
            sent.taken_back(scene, reply)
        return
    case = scene.case(reply.case if reply else event.case)
    if case and (not casebook.may_act(scene, case, agent) or caring.withholds(scene, case, agent, event.text)):
        return
    scene.rule("reply_edited")
    if reply:
        sent.say_anew(scene, agent, reply, event.text)
        return
    text = _marked(scene, "edited", event.text)
    scene.carry(carried.message, scene.call_id(), event.text)  # the next edit is one of what stands there then
    shown = naming.author(scene.catalog, agent.id, case.queue if case else "")
    source = Source(kind="agent", id=agent.id)
    bare = str(escape(event.text))
    scene.say(text, source, author=shown, speaker=agent.name, edits=carried.effect, unmarked=bare)


def _find(scene: Scene, message: str) -> Carried | None:
    """Enter the conversation that a message belongs to, and return what became of it."""
    for talk in scene.conversations():
        for carried in reversed(talk.carried):
            if carried.message == message:
                scene.enter(talk.place, talk.id)
                return carried
    return None


def _mark(scene: Scene, carried: Carried, key: str, text: str) -> None:
    case = scene.case(carried.case or scene.talk.case)
    if case:
        scene.carry(carried.message, scene.call_id(), text, case.number)
        marked, bare = _marked(scene, key, text), str(escape(text)) if key == "edited" else ""
        scene.tell_staff(case, "customer", marked, author=scene.name, edits=carried.effect, unmarked=bare)


def _marked(scene: Scene, key: str, text: str) -> Marked:
    return scene.fill(scene.catalog.texts[key].variants[0], text=Marked(escape(text)))


def _counts_now(scene: Scene, event: MessageEdited, before: str) -> bool:
    """Tell whether these were the customer's last words, lately, of which the bot made no sense, or only thanks."""
    talk, catalog = scene.talk, scene.catalog
    latest = bool(talk.carried) and talk.carried[-1].message == event.message
    puzzled = talk.misses > 0 or talk.expecting == "clarify"
    thanked = thanks.heard(before, catalog) == "thanks" != thanks.heard(event.text, catalog)
    return latest and (puzzled or thanked) and not talk.quiet and not talk.case and scene.now - talk.active_at <= _LATER
