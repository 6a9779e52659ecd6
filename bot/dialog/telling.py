"""What a customer is told of a notice to many, and what they do with it.

Whether they may be told is looked at last of all, when it is their turn: who was blocked, parted or said "stop telling
me" since, or what was stopped, is left out. It is told in private; who only ever wrote where others read along is
looked for first. Right below a notice, "is mine affected?" and "ok" are about it.
"""

from datetime import timedelta

from msgspec.json import decode
from msgspec.structs import replace
from rapidfuzz import fuzz, process

from bot.desk.broadcast import FACT, Broadcast, Reply, Told
from bot.dialog import calling, casebook, cases, digressing, levels, steps, thanks, watching
from bot.dialog.audience import wording
from bot.dialog.effects import Choice, OpenPrivate, Source
from bot.dialog.events import MessageReceived, NoticeGiven, PlaceOpened
from bot.dialog.markup import plain
from bot.dialog.scene import Scene
from bot.dialog.state import TOLD, Conversation, on_told
from bot.dialog.template import RenderError
from bot.dialog.understand import command
from bot.knowledge import normalise

AGAIN = "rewatch"
_KEPT = 10
_ALIKE, _SHORT = 88.0, 60  # how like a written one words are, and how long at most
_THANKS = ("yes", "helped")
_LIGHT = timedelta(days=3)  # so long are words right below a notice about it


def tell(scene: Scene, event: NoticeGiven) -> None:
    """Tell this customer, if it still goes out and they may be told."""
    notice = going(scene, event.number)
    careful = any(case.careful for case in scene.open_cases())
    if notice is None:
        scene.rule("notice_stopped")
    elif scene.muted or scene.no_notices or careful:
        scene.rule("tells_nothing")
    elif any(each.number == event.number for each in scene.told):
        scene.rule("notice_known")
    elif (talk := _place(scene)) and (talk.moving or scene.suggests(talk.place)):
        scene.rule("notice_comes_between")
    elif talk:
        told = Told(
            number=notice.number,
            kind=notice.kind.id,
            title=notice.kind.title,
            at=scene.now,
            last=scene.now,
            account=talk.account or scene.account,
            effect="",
            orders=event.orders,
            items=event.items,
            replies=notice.kind.replies,
            priority=notice.kind.priority,
        )
        if talk.scope == "private":
            _say(scene, talk, notice, told)
        else:
            _look_for_place(scene, talk, told)
    else:
        scene.rule("notice_nowhere")


def opened(scene: Scene, event: PlaceOpened) -> bool:
    """Tell it in the private place that was found for it; False when none was looked for."""
    told = next((each for each in scene.told if each.effect == event.effect and not each.place), None)
    if told is None:
        return False
    notice = going(scene, told.number)
    if notice is None or scene.muted or scene.no_notices:
        scene.rule("notice_stopped")
        _forget(scene, told)
        return True
    scene.enter(event.place, begin_anew=True)
    _say(scene, scene.talk, notice, told, entered=True)
    return True


def going(scene: Scene, number: int) -> Broadcast | None:
    """Return a notice that goes out now, as it was when it began."""
    fact = scene.fact(f"{FACT}:{number}")
    return decode(fact, type=Broadcast) if fact else None


def refused(scene: Scene, effect: str) -> None:
    """A notice could not be shown: nobody has to answer it."""
    for each in scene.told:
        if each.effect == effect:
            _forget(scene, each)


# --- saying -----------------------------------------------------------------------------------------------------------


def _place(scene: Scene) -> Conversation | None:
    """Return where the customer is told: where they were last in private, or else where they wrote last."""
    talks = sorted(scene.conversations(), key=lambda talk: (talk.scope == "private", talk.active_at))
    return talks[-1] if talks else None


def _say(scene: Scene, talk: Conversation, notice: Broadcast, told: Told, *, entered: bool = False) -> None:
    if not entered:
        scene.enter(talk.place, talk.id)
    try:
        text = wording(scene, notice, told.orders, told.items)
    except RenderError as error:
        scene.rule("notice_broken")
        scene.note(str(error))
        return
    scene.rule("notice_told")
    case = scene.case(scene.talk.case)
    if case and case.open:
        scene.tell_staff(case, "bot", text, author=scene.catalog.voice.bot)
    effect, source = scene.call_id(), Source(kind="text", id=f"{FACT}:{notice.kind.id}", at=notice.kind.at)
    scene.say(text, source, choices=_choices(scene, told))
    _keep(scene, replace(told, effect=effect, place=scene.talk.place))
    if steps.asking(scene):
        steps.resume(scene)
        steps.run(scene)


def _look_for_place(scene: Scene, talk: Conversation, told: Told) -> None:
    scene.rule("notice_in_private")
    scene.enter(talk.place, talk.id)
    said = scene.catalog.texts["notice_hello"]
    effect, source = scene.call_id(), Source(kind="text", id="notice_hello", at=said.at)
    scene.effects.append(OpenPrivate(place=talk.place, text=str(scene.word("notice_hello", said)), source=source))
    _keep(scene, replace(told, effect=effect))


def _choices(scene: Scene, told: Told) -> list[Choice]:
    """Return the buttons below a notice, which count for as long as it is remembered."""
    flows = scene.catalog.flows
    offered = [each for each in told.replies if each.do != "flow" or each.flow in flows]
    stop = plain(scene.fill(scene.catalog.texts["choice_notice_stop"].variants[0]))
    labels = [(_ref(each), each.label) for each in offered]
    return [Choice(id=f"{TOLD}/{do}:{told.number}", label=label) for do, label in (*labels, ("stop", stop))]


def _ref(reply: Reply) -> str:
    return f"{reply.do}:{reply.flow}" if reply.flow else reply.do


# --- what customers do with it ----------------------------------------------------------------------------------------


def press(scene: Scene, choice: str) -> bool:
    """Take a press on one of these choices; False for all others."""
    if not choice.startswith(f"{TOLD}/"):
        return False
    found = on_told(choice, scene.told)
    if found is None:
        return False
    do, told = found
    reply = next((each for each in told.replies if _ref(each) == do), None)
    if do == "stop":
        _stop(scene)
    elif reply:
        _answer(scene, told, reply)
    return True


def hears(scene: Scene, event: MessageReceived) -> bool:
    """Take words that are about the notice right above them, and those that end all notices; False for others."""
    said, told, word = normalise(event.text), _in_light(scene), command(event.text, scene.catalog)
    notices = scene.catalog.notices
    if word == AGAIN:
        if calling.is_for_person(scene, event):
            return False
        _begin_again(scene)
    elif (told and said in notices.stop) or (word == "unwatch" and (told or not watching.watched_now(scene))):
        _stop(scene)
    elif told is None or scene.frame or _with_people(scene):
        return False
    elif word in _THANKS or thanks.heard(event.text, scene.catalog) == "thanks":
        _answer(scene, told, Reply(do="ok", label=""))
    elif _asks(said, notices.asking):
        _tell_whether(scene, told)
    else:
        return False
    return True


def _in_light(scene: Scene) -> Told | None:
    """Return the notice that was spoken of last in this place, if nothing was said since."""
    here = [each for each in scene.told if each.place == scene.talk.place]
    told = max(here, key=lambda each: each.last, default=None)
    return told if told and scene.talk.told == told.last and scene.now - told.last <= _LIGHT else None


def _with_people(scene: Scene) -> bool:
    case = scene.case(scene.talk.case)
    return case is not None and case.open


def _asks(said: str, cues: tuple[str, ...]) -> bool:
    if not said or len(said) > _SHORT:
        return False
    return process.extractOne(said, cues, scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE) is not None


def _answer(scene: Scene, told: Told, reply: Reply) -> None:
    scene.rule(f"notice_{reply.do}")
    _keep(scene, replace(told, answer=reply.do, last=scene.now))
    if reply.do == "person":
        reason = casebook.reason(scene, "reason_notice", title=told.title, orders=", ".join(told.orders))
        case = cases.hand_over(scene, "", reason)
        if told.priority < case.priority:
            scene.put_case(levels.regrade(scene, scene.case(case.number) or case, told.priority))
    elif reply.do == "flow" and reply.flow in scene.catalog.flows:
        digressing.press(scene, reply.flow, ", ".join((*told.orders, *told.items)) if len(told.orders) == 1 else "")
    else:
        scene.say_text("notice_ok", title=told.title)


def _tell_whether(scene: Scene, told: Told) -> None:
    """Say which of the customer's orders a notice is about, as far as we know."""
    scene.rule("notice_asked")
    _keep(scene, replace(told, last=scene.now))
    orders, items = ", ".join(told.orders), ", ".join(told.items)
    scene.say_text("notice_about", _choices(scene, told), orders=orders, items=items, title=told.title)


def _stop(scene: Scene) -> None:
    """Let the customer be told nothing any more of our own accord, neither of orders nor with all others."""
    scene.rule("notices_off")
    watching.end_all(scene)
    scene.no_notices = scene.now
    scene.say_text("notices_off")
    _go_on(scene)


def _begin_again(scene: Scene) -> None:
    scene.rule("notices_on")
    scene.no_notices = None
    scene.say_text("notices_on")
    _go_on(scene)


def _go_on(scene: Scene) -> None:
    if steps.asking(scene):
        steps.resume(scene)
        steps.run(scene)


def _keep(scene: Scene, told: Told) -> None:
    scene.told = (*(each for each in scene.told if each.number != told.number), told)[-_KEPT:]


def _forget(scene: Scene, told: Told) -> None:
    scene.told = tuple(each for each in scene.told if each.number != told.number)
