"""What becomes of what agents sent: it was delivered or not, it is taken back, it is put in other words.

Delivery is reported after the fact, so that a reply which was taken back in the same moment is never marked as there.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from bot.desk.case import Case, Vow
from bot.desk.promises import promised as time_given
from bot.desk.team import Agent
from bot.dialog import casebook, naming, promising, undertaking, waiting
from bot.dialog.effects import MarkReply, Post, Sign, Source, TakeBack
from bot.dialog.events import ReplyReworded, ReplyUndone
from bot.dialog.files import File
from bot.dialog.markup import Marked, escape
from bot.dialog.scene import Scene
from bot.dialog.state import Reply

_KEPT = 20


def send(
    scene: Scene,
    case: Case,
    agent: Agent,
    text: str,
    *,
    files: tuple[File, ...] = (),
    message: str = "",
    first: bool = False,
    stood: tuple[Vow, ...] = (),
) -> None:
    """Say an agent's words to the customer, show them in the case's thread, and remember that they were sent."""
    effect = scene.call_id()
    scene.carry(message, effect, text)
    shown, source = naming.author(scene.catalog, agent.id, case.queue), Source(kind="agent", id=agent.id)
    scene.say(escape(text), source, author=shown, speaker=agent.name, files=files, receipt=True)
    line = scene.call_id()
    undo = effect if scene.catalog.limits.undo and not message else ""
    scene.tell_staff(case, "agent", escape(text), author=agent.name, message=message, undo=undo)
    reply = Reply(
        id=effect,
        effect=effect,
        line=line,
        place=scene.talk.place,
        case=case.number,
        agent=agent.id,
        at=scene.now,
        text=text,
        message=message,
        waited=case.waits,
        first=first,
        stood=stood,
    )
    scene.change(replies=(*scene.talk.replies, reply)[-_KEPT:])


def promised(scene: Scene, times: Sequence[datetime], behind: datetime | None) -> None:
    """Note that the reply which was sent in this turn gave the customer times, and in the place of which one."""
    *before, last = scene.talk.replies
    scene.change(replies=(*before, replace(last, promise=times[0], gave=tuple(times), behind=behind)))


# --- delivery ---------------------------------------------------------------------------------------------------------


def delivered(scene: Scene, effect: str) -> None:
    """Mark a reply as delivered; one that was taken back meanwhile is not."""
    reply = _enter(scene, effect)
    if reply is None or reply.status == "taken_back":
        scene.rule("delivered_in_vain")
        return
    scene.rule("delivered")
    _put(scene, replace(reply, status="delivered"))
    _mark(scene, reply, "delivered")


def failed(scene: Scene, effect: str) -> None:
    """Mark a reply that did not reach the customer; why is told beside it."""
    reply = _enter(scene, effect)
    if reply and reply.status != "taken_back":
        _put(scene, replace(reply, status="failed"))
        _mark(scene, reply, "failed")


# --- second thoughts --------------------------------------------------------------------------------------------------


def undo(scene: Scene, case: Case, agent: Agent, event: ReplyUndone) -> None:
    """Take back what an agent has sent last, or the reply that they point at, while that is hardly noticed."""
    reply = _own(scene, case, agent, event.reply)
    if reply is None or reply.status == "taken_back":
        scene.rule("nothing_to_undo")
        scene.alert(case, "staff_nothing_to_undo", agent=agent.name)
    elif _undone(scene, reply):
        scene.alert(case, "staff_undone", agent=agent.name, text=reply.text)
    else:
        scene.alert(case, "staff_undo_late", agent=agent.name, seconds=scene.catalog.limits.undo)


def undo_suggested(scene: Scene, event: ReplyUndone) -> None:
    """Take back what an agent sent in place of a suggestion; the answer stands below its post."""
    agent = scene.catalog.agents.get(event.agent)
    reply = _enter(scene, event.reply)
    if agent is None:
        scene.rule("unknown_case_or_agent")
        return
    own = reply if reply and reply.agent == agent.id and reply.status != "taken_back" else None
    done = own is not None and _undone(scene, own)
    scene.rule("nothing_to_undo")
    text = scene.fill(
        scene.catalog.texts["post_undone" if done else "post_not_undone"].variants[0],
        agent=agent.name,
        text=own.text if own else "",
    )
    room = f"staff:{scene.catalog.default_queue}"
    scene.effects.append(Post(place=room, text=str(text), under=reply.line if reply else ""))


def _undone(scene: Scene, reply: Reply) -> bool:
    """Take a reply back, unless it was sent too long ago."""
    limit = timedelta(seconds=scene.catalog.limits.undo)
    if not limit or scene.now - reply.at > limit:
        scene.rule("undone_too_late")
        return False
    scene.rule("undone")
    scene.effects.append(TakeBack(place=reply.place, effect=reply.effect))
    taken_back(scene, reply)
    return True


def taken_back(scene: Scene, reply: Reply) -> None:
    """A reply no longer stands: the customer waits as before, and what it promised is not."""
    _put(scene, replace(reply, status="taken_back"))
    _mark(scene, reply, "taken_back")
    _show_workaround(scene, reply, "")
    case = scene.case(reply.case or scene.talk.case)
    if case is None or not case.open:
        return
    last = scene.talk.replies[-1].id == reply.id
    if case.kind == "handoff":
        case = _as_before(scene, case, reply, last=last)
    elif reply.promise and case.promise == reply.promise:
        case = promising.drop(scene, case, reply)
    if reply.waited and not case.waits and last:
        unread = scene.change_case(case.number, waited=None) if reply.first else case
        waiting.unanswered(scene, unread, reply.waited)


def _as_before(scene: Scene, case: Case, reply: Reply, *, last: bool) -> Case:
    """Let the times count no longer that a reply gave, and those again that it kept, if it was the last."""
    left = promising.without(case, reply.gave or ((reply.promise,) if reply.promise else ()))
    known = {each.at for each in left}
    back = [each for each in reply.stood if last and each.at not in known and (each.words or not left)]
    return promising.settle(scene, case, (*left, *back), case.assignee or reply.agent)


def reword(scene: Scene, case: Case, agent: Agent, event: ReplyReworded) -> None:
    """Put other words in the place of what an agent has sent last."""
    reply = _own(scene, case, agent)
    if reply is None or reply.status == "taken_back":
        scene.rule("nothing_to_edit")
        scene.alert(case, "staff_edit_undone" if reply else "staff_nothing_to_edit", agent=agent.name)
        return
    scene.rule("reply_edited")
    say_anew(scene, agent, reply, event.text)
    scene.alert(case, "staff_reworded", agent=agent.name, text=event.text)


def say_anew(scene: Scene, agent: Agent, reply: Reply, text: str) -> None:
    """Let the customer read a reply as it is now, with a mark that it was changed."""
    _show_workaround(scene, reply, text)
    effect = scene.call_id()
    scene.carry(reply.message, effect, text)  # the next edit is one of what stands there then
    source = Source(kind="agent", id=agent.id)
    words = _marked(scene, "edited", text)
    case = scene.case(reply.case)
    shown = naming.author(scene.catalog, agent.id, case.queue if case else "")
    scene.say(words, source, author=shown, speaker=agent.name, edits=reply.effect, unmarked=str(escape(text)))
    _put(scene, replace(reply, effect=effect, text=text))
    if case:
        _promise_anew(scene, case, agent, reply, text)


def _promise_anew(scene: Scene, case: Case, agent: Agent, reply: Reply, text: str) -> None:
    """Keep the time that the new words of a reply give; one that they no longer give is none.

    A sooner one that was given otherwise stands. A case that was closed is open again for it.
    """
    hours, known = casebook.queue_of(scene, case.queue).hours, scene.catalog.promises
    before, given = time_given(reply.text, known, hours, reply.at), promising.heard(scene, case, text, reply.at)
    promising.doubt(scene, case, agent, text)
    if before and given and before.words == given.words:
        return
    if case.open and case.kind == "handoff":
        _promise_all_anew(scene, case, agent, reply, text)
        return
    own = case.promise is None or case.promise == reply.promise
    behind = reply.behind if own else promising.behind(scene, case)
    if given and not case.open:
        undertaking.take_on(scene, agent, given, case)
    elif given and (own or (case.promise and given.at < case.promise)):
        promising.give(scene, case, agent, given)
    elif given and case.promise:
        scene.alert(case, "staff_promise_sooner", agent=agent.name, words=given.words, promise=scene.time(case.promise))
    elif own and reply.promise and case.open:
        promising.drop(scene, case, reply)
    stands = next(each for each in scene.talk.replies if each.id == reply.id)
    _put(scene, replace(stands, promise=given.at if given else None, behind=behind if given else None))


def _promise_all_anew(scene: Scene, case: Case, agent: Agent, reply: Reply, text: str) -> None:
    """Let the times count that the new words of a reply give, in place of those that the old ones gave."""
    given = promising.all_heard(scene, case, text, reply.at)
    gone = reply.gave or ((reply.promise,) if reply.promise else ())
    if given or gone:
        promising.settle(scene, case, promising.without(case, gone), case.assignee or agent.id)
    for each in given:
        promising.give(scene, scene.case(case.number) or case, agent, each)
    stands = next(each for each in scene.talk.replies if each.id == reply.id)
    times = tuple(each.at for each in given)
    _put(scene, replace(stands, promise=times[0] if times else None, gave=times))


def of_message(scene: Scene, message: str) -> Reply | None:
    """Return the reply that an agent typed in this message."""
    return next((each for each in reversed(scene.talk.replies) if message and each.message == message), None)


# --- small parts ------------------------------------------------------------------------------------------------------


def _own(scene: Scene, case: Case, agent: Agent, id: str = "") -> Reply | None:
    """Go where the agent's last reply of a case is, or the one that is pointed at, and return it."""
    latest: list[tuple[Reply, str]] = []  # of each conversation: the times of platforms may differ from ours
    for talk in scene.conversations():
        theirs = [each for each in talk.replies if (each.case, each.agent) == (case.number, agent.id)]
        latest += [(each, talk.id) for each in theirs if id in ("", each.id)][-1:]
    if not latest:
        return None
    reply, talk_id = max(latest, key=lambda each: each[0].at)
    if talk_id != scene.talk.id:
        scene.go_over(talk_id)
    return reply


def _enter(scene: Scene, effect: str) -> Reply | None:
    """Enter the conversation in which an effect was a reply, and return that."""
    for talk in scene.conversations():
        for reply in talk.replies:
            if effect in (reply.id, reply.effect):
                scene.enter(talk.place, talk.id)
                return reply
    return None


def _show_workaround(scene: Scene, reply: Reply, text: str) -> None:
    """Let the card show a workaround as the customer reads it now, if it is what the reply told."""
    case = scene.case(reply.case)
    if case and case.open and case.workaround and case.workaround in reply.text:
        scene.change_case(case.number, workaround=text)


def _put(scene: Scene, reply: Reply) -> None:
    scene.change(replies=tuple(reply if each.id == reply.id else each for each in scene.talk.replies))


def _mark(scene: Scene, reply: Reply, sign: Sign) -> None:
    case = scene.case(reply.case)
    if case or not reply.case:
        room = f"staff:{case.queue if case else scene.catalog.default_queue}"
        scene.effects.append(MarkReply(place=room, case=reply.case, line=reply.line, sign=sign))


def _marked(scene: Scene, key: str, text: str) -> Marked:
    return scene.fill(scene.catalog.texts[key].variants[0], text=Marked(escape(text)))
