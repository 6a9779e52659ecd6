"""News of watched orders, told by ourselves: looking, telling what changed, and what customers do with it.

A look that fails is made again; what could not be told now is told after the next one. While the customer is in the
middle of something, or only people speak, nothing is looked at. A text that lacks a value is not sent, and staff are
told which one, once.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from bot.desk.case import Deadline
from bot.desk.notices import LAST, Watched, news, seen
from bot.dialog import casebook, cases, digressing, replaced, steps, watching
from bot.dialog.effects import Call, Choice, Source
from bot.dialog.events import CallReturned, MessageReceived
from bot.dialog.markup import Marked, plain
from bot.dialog.scene import Scene
from bot.dialog.state import NOTICE, Conversation, on_notice
from bot.dialog.template import RenderError
from bot.dialog.understand import command
from bot.knowledge import normalise

COMMAND = "unwatch"
LOOK, TEXT = "find_order", "send_text"
_BUSY = timedelta(hours=1)
_TYPED = timedelta(days=1)  # so long a typed label is the answer to news after which nothing was said
_VALUES = ("number", "items", "carrier", "tracking", "delivered_on")
_UNTIL_OVER = ("eta", "action_needed")
_MISSED = ("delivered", "lost")  # after these, the flow for missing parcels is offered


class _Gap:
    """A value that is missing: false in conditions, and remembered where a text shows it."""

    def __init__(self, name: str, shown: list[str]) -> None:
        self._name, self._shown = name, shown

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        self._shown.append(self._name)
        return ""


# --- looking ----------------------------------------------------------------------------------------------------------


def due(scene: Scene, deadline: Deadline) -> None:
    """Ask how an order stands, and plan the next look whatever comes of this one."""
    watched = watching.find(scene, str(deadline.data.get("number", "")))
    if watched is None or watched.over or watched.next > scene.now:
        scene.rule("not_watched")
    elif scene.standing.ended or scene.now >= watched.until:
        scene.rule("watch_over")
        watching.end(scene, watched)
    elif _busy(scene, watched):
        scene.rule("news_waits")
        watching.look_again(scene, watched, _BUSY)
    else:
        scene.rule("looks_at_order")
        scene.enter(watched.place, watched.conversation)
        call = scene.call_id()
        scene.effects.append(Call(action=LOOK, args={"number": watched.number}))
        watching.look_again(scene, watched, scene.catalog.notices.every, call=call)


def returned(scene: Scene, event: CallReturned) -> bool:
    """Tell what has changed since the last look; False for the result of another call."""
    if any(each.texting == event.call for each in scene.watches):
        scene.rule("texted" if event.result == "sent" else "text_failed")  # it stands in the conversation anyway
        scene.note(f"{TEXT}: {event.result}" + (f" ({event.detail})" if event.detail else ""))
        return True
    watched = next((each for each in watching.watched_now(scene) if each.call == event.call), None)
    if watched is None:
        return False
    watched = replace(watched, call="")
    scene.note(f"{LOOK}: {event.result}" + (f" ({event.detail})" if event.detail else ""))
    if event.result == "found":
        _compare(scene, watched, event.value)
    elif event.result == "not_found" and watched.seen is None:
        scene.rule("no_such_order")
        watching.end(scene, watched)
    else:
        scene.rule("look_failed")
        watching.keep(scene, watched)
    return True


def _compare(scene: Scene, watched: Watched, order: Mapping[str, Any]) -> None:
    now = seen(order)
    kind = news(watched.seen, now) if watched.seen else ""
    if not kind:
        scene.rule("no_news")
        watching.keep(scene, replace(watched, seen=now))
    elif _busy(scene, watched):
        scene.rule("news_waits")
        watching.look_again(scene, watched, _BUSY)
    else:
        scene.enter(watched.place, watched.conversation)
        _tell_or_withhold(scene, watched, kind, order)


def _tell_or_withhold(scene: Scene, watched: Watched, kind: str, order: Mapping[str, Any]) -> None:
    if missing := _tell(scene, watched, kind, order):
        scene.rule("notice_withheld")
        if watched.withheld != kind:
            _tell_staff(scene, watched, kind, missing)
        watching.keep(scene, replace(watched, withheld=kind))
    else:
        scene.rule(f"notice_{kind}")
        now = seen(order)
        told = replace(watched, seen=now, withheld="", told=_last(scene), kind=kind, at=scene.now)
        told = _text(scene, told, kind, order, watched)
        (watching.end if now.status in LAST else watching.keep)(scene, told)
        if kind == "delivered":
            _ask_later(scene, watched.number)
        if steps.asking(scene):
            steps.resume(scene)
            steps.run(scene)


def _ask_later(scene: Scene, number: str) -> None:
    """Ask how a parcel was, some days after it came; about one that was sent again, its flow asks."""
    wait = scene.catalog.notices.check_in
    if wait and not replaced.on(scene, number):
        about = scene.fill(scene.catalog.texts["notice_question"].variants[0], number=number)
        cases.plan_check_in(scene, wait, plain(about))


def _talk(scene: Scene, watched: Watched) -> Conversation | None:
    """Return the conversation in which an order is told of, if it is still in progress."""
    talks = scene.conversations()
    own = [talk for talk in talks if talk.id == watched.conversation]
    return next(iter(own or [talk for talk in talks if talk.place == watched.place]), None)


def _busy(scene: Scene, watched: Watched) -> bool:
    """Tell whether news would come at a bad time, or nothing may be said there now."""
    careful = any(case.careful for case in scene.open_cases())
    if scene.muted or careful or scene.suggests(watched.place):
        return True
    talk = _talk(scene, watched)
    if talk is None:
        return False
    last = scene.case(talk.case)
    if last and last.careful:
        return True
    in_flow = bool(talk.frames) and scene.now - talk.active_at < _BUSY
    return in_flow or talk.scope != "private" or bool(talk.moving) or talk.quiet or talk.mode != "live"


def _last(scene: Scene) -> str:
    return f"{scene.turn_id}.{len(scene.effects) - 1}"


# --- telling ----------------------------------------------------------------------------------------------------------


def _tell(scene: Scene, watched: Watched, kind: str, order: Mapping[str, Any]) -> list[str]:
    """Say the news, with all that every one carries; or return the values that are missing for it."""
    key, missing = f"notice_{kind}", list[str]()
    values = _values(scene, watched, order, missing)
    wording = scene.catalog.texts[key]
    try:
        text = scene.word(key, wording, **values)
        details = scene.fill(scene.catalog.texts["notice_details"].variants[0], **values)
    except RenderError as error:
        return list(dict.fromkeys(missing)) or [str(error)]
    if missing:
        return list(dict.fromkeys(missing))
    case = scene.case(scene.talk.case)
    if case and case.open:
        scene.tell_staff(case, "bot", text, author=scene.catalog.voice.bot)
    choices = _choices(scene, watched.number, kind) if not (case and case.open) else []
    whole = Marked(f"{text}\n\n{details}" if details else text)
    scene.say(whole, Source(kind="text", id=key, at=wording.at), choices=choices)
    return []


def _text(scene: Scene, told: Watched, kind: str, order: Mapping[str, Any], before: Watched) -> Watched:
    """Send the news as a text message to who asked for that, short as it must be, or say what it lacks."""
    if not told.phone:
        return told
    missing, most = list[str](), scene.catalog.notices.short
    values = _values(scene, before, order, missing)
    source, text = scene.catalog.texts["notice_short"].variants[0], ""
    for customer in (values["customer"], ""):  # the name is what can be spared
        missing.clear()
        try:
            text = plain(scene.fill(source, **{**values, "news": kind, "customer": customer}))
        except RenderError as error:
            missing = missing or [str(error)]
        if missing or len(text) <= most:
            break
    if len(text) > most:
        missing.append(f"{len(text) - most} letters fewer")
    if missing:
        scene.rule("text_withheld")
        _tell_staff(scene, told, "short", list(dict.fromkeys(missing)))
        return told
    call = scene.call_id()
    scene.effects.append(Call(action=TEXT, args={"number": told.number, "phone": told.phone, "text": text}))
    return replace(told, texting=call)


def _values(scene: Scene, watched: Watched, order: Mapping[str, Any], missing: list[str]) -> dict[str, Any]:
    coming = order["status"] not in LAST
    known = {name: order.get(name) for name in _VALUES}
    known["items"] = ", ".join(str(item["name"]) for item in order.get("items") or ())
    known |= {name: order.get(name) if coming else None for name in _UNTIL_OVER}
    known["old_eta"] = watched.seen.eta if watched.seen else None
    known["customer"] = scene.name
    return {name: value or _Gap(name, missing) for name, value in known.items()}


def _choices(scene: Scene, number: str, kind: str) -> list[Choice]:
    if kind in _MISSED:
        offered = scene.catalog.notices.missing in scene.catalog.flows
        return [_choice(scene, "not_here", f"choice_notice_{kind}", number)] if offered else []
    if kind in LAST:
        return []
    flows = scene.catalog.flows
    able = [each for each in scene.catalog.notices.replies.get(kind, ()) if each.do == "person" or each.flow in flows]
    replies = [Choice(id=f"{NOTICE}/{kind}.{each.flow or each.do}:{number}", label=each.label) for each in able]
    return [*replies, _choice(scene, "stop", "choice_notice_stop", number)]


def _choice(scene: Scene, do: str, key: str, number: str) -> Choice:
    """Return a button that counts for as long as the order is remembered, whatever is said meanwhile."""
    return Choice(id=f"{NOTICE}/{do}:{number}", label=plain(scene.fill(scene.catalog.texts[key].variants[0])))


def _tell_staff(scene: Scene, watched: Watched, kind: str, missing: list[str]) -> None:
    """Say which text was not sent, and for want of what."""
    values = {"notice": f"notice_{kind}", "number": watched.number, "missing": ", ".join(missing)}
    scene.alert_room(scene.catalog.default_queue, "staff_notice_withheld", **values)


# --- what customers do with it ----------------------------------------------------------------------------------------


def hears(scene: Scene, event: MessageReceived) -> bool:
    """Take the command that ends all watching; False for other words."""
    if command(event.text, scene.catalog) != COMMAND:
        return False
    _stopped(scene, ", ".join(each.number for each in watching.end_all(scene)))
    return True


def label(scene: Scene, said: str) -> str:
    """Return the choice below news whose label (normalised) was typed, if nothing was said since, or nothing."""
    here = [each for each in scene.watches if each.place == scene.talk.place]
    last = [each for each in here if each.at and scene.talk.told in (None, each.at) and scene.now - each.at <= _TYPED]
    choices = [choice for each in last for choice in _choices(scene, each.number, each.kind)]
    typed = (choice.id for choice in choices if normalise(choice.label) == said)
    case = scene.case(scene.talk.case)
    return "" if scene.frame or (case and case.open) else next(typed, "")


def press(scene: Scene, choice: str) -> bool:
    """Take a press on one of these choices; False for all others."""
    if not choice.startswith(f"{NOTICE}/"):
        return False
    found = on_notice(choice, scene.watches)
    if found is None:
        return False
    do, watched = found
    if do == "stop":
        if not watched.over:
            watching.end(scene, watched)
        _stopped(scene, watched.number)
    elif "." in do:
        _does(scene, watched, *do.split(".", 1))
    else:
        scene.rule("not_received")
        digressing.press(scene, scene.catalog.notices.missing, watched.number)
    return True


def refused(scene: Scene, effect: str) -> None:
    """News could not be shown where it was told last: what nobody can read is looked at no more."""
    for each in watching.watched_now(scene):
        if each.told == effect:
            watching.end(scene, each)


def _does(scene: Scene, watched: Watched, news: str, what: str) -> None:
    """Do what is offered below news: a flow about that order, or a person."""
    scene.rule("answers_news")
    if what == "person":
        cases.hand_over(scene, "", casebook.reason(scene, "reason_news", number=watched.number, news=news))
    else:
        digressing.press(scene, what, watched.number)


def _stopped(scene: Scene, numbers: str) -> None:
    scene.rule("watch_stopped")
    scene.say_text("watch_stopped", numbers=numbers)
    if steps.asking(scene):
        steps.resume(scene)
        steps.run(scene)
