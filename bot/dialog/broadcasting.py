"""Notices to many, as staff deal with them: asked for, seen as they will be read, let out, watched, stopped.

All are kept in one dossier, which is no customer's. One that goes out is a fact of the floor, by which the shell tells
customer after customer and which every customer's own turn reads: what is stopped is no fact any more. It keeps the
text that it began with, whatever becomes of the content.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import to_builtins
from msgspec.json import encode
from msgspec.structs import replace

from bot.desk import noticewords
from bot.desk.broadcast import FACT, Broadcast
from bot.desk.case import Deadline
from bot.desk.team import Agent, may
from bot.dialog.audience import FIND, SILENT, wording
from bot.dialog.effects import Call, Post, StartTimer
from bot.dialog.events import CallReturned, NoticeDecided, NoticeProgressed, NoticeWanted
from bot.dialog.markup import Marked, plain
from bot.dialog.scene import Scene
from bot.dialog.template import RenderError

ABOUT = "notice"
_KEPT = 20
_AGAIN = timedelta(hours=1)
_LONGEST = 1_800  # letters of a message that no platform cuts in two

Act = NoticeWanted | NoticeDecided | NoticeProgressed
Refusal = Literal["role", "second", "over", "long", "broken"] | noticewords.Why


def act(scene: Scene, event: Act) -> None:
    """Take what staff, or the shell, say of a notice."""
    if isinstance(event, NoticeProgressed):
        _progressed(scene, event)
        return
    agent = scene.catalog.agents.get(event.agent)
    if agent is None:
        scene.rule("unknown_agent")
    elif isinstance(event, NoticeWanted):
        _wanted(scene, agent, event)
    else:
        notice = _find(scene, event.number)
        if notice is None or notice.state not in ("asked", "going"):
            _refuse(scene, agent, "over", number=event.number)
        elif event.goes:
            _allow(scene, agent, notice)
        else:
            _stop(scene, agent, notice)


# --- asked for --------------------------------------------------------------------------------------------------------


def _wanted(scene: Scene, agent: Agent, event: NoticeWanted) -> None:
    wish = noticewords.read(event.words, scene.catalog.notices.kinds)
    if isinstance(wish, noticewords.Unclear):
        _refuse(scene, agent, wish.why, words=wish.words, known=", ".join(wish.known))
        return
    if not may(agent, wish.kind.role):
        _refuse(scene, agent, "role", role=wish.kind.role)
        return
    number = max((each.number for each in scene.broadcasts), default=0) + 1
    notice = Broadcast(
        number=number,
        kind=wish.kind,
        slots=wish.slots,
        audience=wish.audience,
        by=agent.id,
        at=scene.now,
        pause=scene.catalog.notices.pause.total_seconds(),
    )
    try:
        length = len(plain(_example(scene, notice)))
    except RenderError as error:
        _refuse(scene, agent, "broken", words=str(error))
        return
    if length > _LONGEST:
        _refuse(scene, agent, "long", words=str(length), known=str(_LONGEST))
        return
    scene.rule("notice_wanted")
    args = {"audience": to_builtins(wish.audience), "kind": wish.kind.id, "notice": number, "at": scene.now.isoformat()}
    _keep(scene, replace(notice, call=_next_effect(scene)))
    scene.effects.append(Call(action=FIND, args=args))


def returned(scene: Scene, event: CallReturned) -> bool:
    """Show whom a notice would reach, or who has not answered it; False for the result of another call."""
    notice = next((each for each in scene.broadcasts if each.call == event.call), None)
    if notice is None:
        return False
    value: Mapping[str, Any] = event.value or {}
    notice = replace(notice, call="")
    if notice.state != "looking":
        _show_unconfirmed(scene, notice, value, failed=event.result != "found")
    elif event.result != "found":
        scene.rule("audience_unknown")
        _keep(scene, replace(notice, state="dropped"))
        _post(scene, notice, "notice_unknown", detail=event.detail)
    elif not value["people"]:
        scene.rule("audience_of_nobody")
        _keep(scene, replace(notice, state="dropped"))
        _post(scene, notice, "notice_nobody", **_found(scene, value))
    else:
        scene.rule("notice_shown")
        found = replace(notice, state="asked", people=int(value["people"]), post=_next_effect(scene))
        _keep(scene, found)
        text = Marked(_example(scene, found))
        _post(scene, found, "notice_preview", ("send", "dismiss"), text=text, **_found(scene, value))
    return True


def _found(scene: Scene, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return what there is to know of an audience: numbers, and examples that name nobody."""
    told_at = value.get("told_at")
    example = scene.catalog.texts["notice_example"].variants[0]
    kinds = [
        scene.fill(example, orders=orders, items=", ".join(items), wrote=scene.time(datetime.fromisoformat(wrote)))
        for orders, items, wrote in value["examples"]
    ]
    return {
        "left_out": value["left_out"],
        "unknown": value["unknown"],
        "told": value["told"],
        "told_at": scene.time(datetime.fromisoformat(told_at)) if told_at else "",
        "examples": Marked("\n".join(f"- {each}" for each in kinds)),
    }


def _example(scene: Scene, notice: Broadcast) -> str:
    """Return a notice as somebody will read it; nobody's name or order stands in it."""
    orders = ("#…",) if notice.audience.of_orders else ()
    return wording(scene, notice, orders, ())


# --- let out, stopped -------------------------------------------------------------------------------------------------


def _allow(scene: Scene, agent: Agent, notice: Broadcast) -> None:
    if notice.state == "going":
        _refuse(scene, agent, "over", number=notice.number)
    elif notice.kind.second and agent.id == notice.by:
        _refuse(scene, agent, "second", number=notice.number)
    elif not notice.kind.second and not may(agent, notice.kind.role):  # else somebody who may has asked for it
        _refuse(scene, agent, "role", role=notice.kind.role)
    else:
        scene.rule("notice_goes_out")
        going = replace(notice, state="going", yes=agent.id, began=scene.now)
        _keep(scene, going)
        scene.note_fact(_fact(going), encode(going).decode())
        _show(scene, going)


def _stop(scene: Scene, agent: Agent, notice: Broadcast) -> None:
    scene.rule("notice_stopped" if notice.state == "going" else "notice_dropped")
    over = replace(notice, state="stopped" if notice.state == "going" else "dropped", yes=agent.id)
    _end(scene, over)


def _progressed(scene: Scene, event: NoticeProgressed) -> None:
    notice = _find(scene, event.number)
    if notice is None or notice.state not in ("going", "stopped"):
        scene.rule("notice_over")
        return
    scene.rule("notice_progressed")
    counted = replace(notice, counts=event.counts)
    if notice.state == "stopped":
        _keep(scene, counted)
        _show(scene, counted)
    elif event.over:
        _end(scene, replace(counted, state="done"))
    else:
        _keep(scene, counted)
        scene.note_fact(_fact(counted), encode(counted).decode())
        _show(scene, counted)


def _end(scene: Scene, notice: Broadcast) -> None:
    """Let nobody be told any more; who does not answer in time will be listed."""
    _keep(scene, notice)
    scene.note_fact(_fact(notice), "")
    _show(scene, notice)
    if notice.kind.confirm and notice.began:
        _look_then(scene, notice, notice.kind.confirm)


def _look_then(scene: Scene, notice: Broadcast, wait: timedelta) -> None:
    key, data = f"confirm:{notice.number}", {"notice": notice.number}
    deadline = Deadline(key=key, kind="confirm", due=scene.now + wait, place=_room(scene), conversation="", data=data)
    scene.effects.append(StartTimer(deadline=deadline))


def due(scene: Scene, deadline: Deadline) -> None:
    """Look who has not answered a notice that wants an answer."""
    notice = _find(scene, int(deadline.data.get("notice", 0)))
    if notice is None:
        scene.rule("notice_over")
        return
    scene.rule("looks_for_answers")
    _keep(scene, replace(notice, call=_next_effect(scene)))
    scene.effects.append(Call(action=SILENT, args={"notice": notice.number}))


def _show_unconfirmed(scene: Scene, notice: Broadcast, value: Mapping[str, Any], *, failed: bool) -> None:
    _keep(scene, notice)
    if failed:
        scene.rule("answers_unknown")
        _look_then(scene, notice, _AGAIN)
        return
    scene.rule("answers_missing")
    names = ", ".join(f"{name} {' '.join(orders)}".strip() for name, orders in value["silent"])
    numbers = {name: value[name] for name in ("people", "unanswered", "unreached")}
    _post(scene, notice, "notice_unconfirmed", names=names, **numbers)


# --- what staff read --------------------------------------------------------------------------------------------------


def _show(scene: Scene, notice: Broadcast) -> None:
    """Show how far a notice is, in the message in which it was asked for."""
    acts = ("stop",) if notice.state == "going" else ()
    text = Marked(_example(scene, notice))
    _post(scene, notice, "notice_state", acts, edits=notice.post, text=text)


def values(notice: Broadcast) -> dict[str, Any]:
    """Return what texts may show of a notice."""
    counts = notice.counts
    return {
        "number": notice.number,
        "title": notice.kind.title,
        "state": notice.state,
        "people": notice.people,
        "audience": noticewords.shown(notice.audience),
        "sent": counts.sent,
        "failed": counts.failed,
        "left_out": counts.left_out,
        "waiting": counts.waiting,
        "second": notice.kind.second,
    }


def _post(
    scene: Scene, notice: Broadcast, key: str, acts: tuple[str, ...] = (), *, edits: str = "", **more: Any
) -> None:
    people = scene.catalog.agents
    names = {name: people[id].name if id in people else id for name, id in (("by", notice.by), ("yes", notice.yes))}
    text = scene.fill(scene.catalog.texts[key].variants[0], **{**values(notice), **names, **more})
    about = f"{ABOUT}/{notice.number}" if acts else ""
    scene.effects.append(Post(place=_room(scene), text=str(text), about=about, acts=acts, edits=edits))


def _refuse(scene: Scene, agent: Agent, why: Refusal, **told: Any) -> None:
    scene.rule(f"notice_refused_{why}")
    about = {"words": "", "known": "", "role": "", "number": 0, **told}
    scene.alert_room(scene.catalog.default_queue, "notice_refused", agent=agent.name, why=why, **about)


def _room(scene: Scene) -> str:
    return f"staff:{scene.catalog.default_queue}"


def _fact(notice: Broadcast) -> str:
    return f"{FACT}:{notice.number}"


def _next_effect(scene: Scene) -> str:
    return f"{scene.event.customer}/{scene.event.key}.{len(scene.effects)}"


def _find(scene: Scene, number: int) -> Broadcast | None:
    return next((each for each in scene.broadcasts if each.number == number), None)


def _keep(scene: Scene, notice: Broadcast) -> None:
    others = (each for each in scene.broadcasts if each.number != notice.number)
    scene.broadcasts = (*others, notice)[-_KEPT:]
