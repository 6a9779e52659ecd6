"""The engine: `advance(dossier, event, catalog) -> Turn`, pure and total.

The rules in order, for what a customer does: a case that people have → relay; a whole-utterance command (cancel, go
back, start over); an answer to the question that was asked; otherwise what it is about: an answer, a flow, a person,
a question back, or "I don't know" and, after a few of those, people. A question in the middle of a flow is answered
and the flow picked up where it was.

Lives here: which rule takes which event, and what becomes of one that nothing can take. The rules are beside it.
"""

from functools import partial

from bot.dialog import (
    blocking,
    broadcasting,
    casebook,
    cases,
    concerns,
    crowds,
    deciding,
    moving,
    offers,
    parting,
    places,
    presence,
    pressing,
    renewing,
    reports,
    revising,
    sent,
    steps,
    suggesting,
    talking,
    telling,
    upkeep,
    waking,
    working,
)
from bot.dialog.catalog import Catalog
from bot.dialog.events import (
    AgentCameBack,
    AgentSpoke,
    AgentWentAway,
    CallReturned,
    CaseDecided,
    CaseKept,
    ChoicePressed,
    ContentChanged,
    ContentRefused,
    CustomerJoined,
    CustomerLeft,
    DeadlineReached,
    DeliveryFailed,
    DeskChanged,
    ErrandGivenUp,
    Event,
    FormSubmitted,
    MessageDeleted,
    MessageDelivered,
    MessageEdited,
    MessageReceived,
    NoticeGiven,
    PlaceClosed,
    PlaceOpened,
    ReplyDeleted,
    ReplyEdited,
    ReplyUndone,
    SuggestionDismissed,
    SuggestionSent,
    TeamSeen,
)  # fmt: skip
from bot.dialog.scene import Scene
from bot.dialog.state import Dossier, Turn
from bot.dialog.template import RenderError

WELCOME = "welcome"  # the flow for those who join


def advance(dossier: Dossier, event: Event, catalog: Catalog) -> Turn:
    """Return what comes of an event. Raises ValueError for a naive time; everything else has an answer."""
    return suggesting.in_its_mode(dossier, event, catalog, _advance)


def broken(dossier: Dossier, event: Event, catalog: Catalog, error: Exception) -> Turn:
    """Return the turn of an event that the content or a defect made impossible: apologise and call people."""
    return suggesting.in_its_mode(dossier, event, catalog, partial(_broken, error=error))


def _advance(dossier: Dossier, event: Event, catalog: Catalog) -> Turn:
    scene = Scene(dossier, event, catalog)
    try:
        _happen(scene, event)
        concerns.follow(scene)
        offers.watch(scene)
        reports.watch(scene)
        crowds.watch(scene)
        upkeep.watch(scene)
    except (RenderError, steps.Stuck) as error:
        return _broken(dossier, event, catalog, error)
    return scene.close()


def _broken(dossier: Dossier, event: Event, catalog: Catalog, error: Exception) -> Turn:
    scene = Scene(dossier, event, catalog)
    scene.rule("broken")
    scene.note(f"{type(error).__name__}: {error}")
    if isinstance(event, MessageReceived | ChoicePressed | FormSubmitted):
        _enter(scene, event)
    else:
        talk = next((talk for talk in dossier.conversations if talk.frames), None)
        if talk is None:
            return scene.close()
        scene.enter(talk.place, talk.id)
    cases.hand_over(scene, "", casebook.reason(scene, "reason_broken", error=str(error)), opening="trouble")
    return scene.close()


def _happen(scene: Scene, event: Event) -> None:
    if isinstance(event, deciding.Act):
        deciding.act(scene, event)
        return
    if isinstance(event, broadcasting.Act):
        broadcasting.act(scene, event)
        return
    match event:
        case MessageReceived() | ChoicePressed() | FormSubmitted() if scene.standing.ended:
            parting.heard(scene, event)
        case MessageReceived() | ChoicePressed() | FormSubmitted() if scene.muted:
            blocking.heard(scene, event)
        case MessageReceived():
            _enter(scene, event)
            talking.message(scene, event)
        case MessageEdited():
            revising.edited(scene, event)
        case MessageDeleted():
            revising.deleted(scene, event)
        case ChoicePressed():
            _enter(scene, event)
            scene.remember("customer", event.label or event.choice.rpartition("/")[2])
            pressing.press(scene, event.choice)
        case FormSubmitted():
            _enter(scene, event)
            pressing.submit(scene, event)
        case PlaceClosed():
            moving.closed(scene, event.place)
        case CustomerJoined():
            _joined(scene, event)
        case CustomerLeft():
            moving.left(scene)
        case AgentWentAway():
            presence.went_away(scene, event)
        case AgentCameBack():
            presence.came_back(scene, event)
        case NoticeGiven():
            telling.tell(scene, event)
        case TeamSeen():
            presence.team_seen(scene, event)
        case ContentChanged():
            renewing.changed(scene, event)
        case ContentRefused():
            renewing.refused(scene, event)
        case DeskChanged():
            renewing.look_after(scene)
        case ErrandGivenUp():
            waking.given_up(scene, event)
        case CaseKept():
            waking.kept(scene, event)
        case AgentSpoke():
            moving.agent_spoke(scene, event)
        case PlaceOpened():
            moving.opened(scene, event)
        case ReplyEdited() | ReplyDeleted():
            revising.reply(scene, event)
        case CaseDecided():
            waking.decided(scene, event)
        case CallReturned():
            waking.returned(scene, event)
        case DeadlineReached():
            waking.due(scene, event.deadline)
        case DeliveryFailed():
            waking.undelivered(scene, event)
        case SuggestionSent() | SuggestionDismissed():
            pass  # taken before a turn is begun: in suggesting
        case ReplyUndone(case=0):
            sent.undo_suggested(scene, event)
        case MessageDelivered():
            sent.delivered(scene, event.effect)
        case _:
            working.staff(scene, event)


def _joined(scene: Scene, event: CustomerJoined) -> None:
    """Welcome somebody new; whom the bot has met needs no welcome."""
    scene.rule("joined")
    flow = scene.catalog.flows.get(WELCOME)
    if flow and not scene.muted and not scene.met:
        _enter(scene, event)
        steps.begin(scene, flow)


def _enter(scene: Scene, event: MessageReceived | ChoicePressed | FormSubmitted | CustomerJoined) -> None:
    if isinstance(event, MessageReceived):
        scene.enter(event.place, begin_anew=True, near=event.near)
        places.note_where(scene, event)
    else:
        scene.enter(event.place, begin_anew=True)
    scene.call_customer(event.name)
    scene.change(active_at=scene.now, mode=event.mode)
    if isinstance(event, MessageReceived):
        scene.remember("customer", event.text)
    if scene.talk.quiet:
        return
    if event.fresh.waited > scene.catalog.limits.late * 60 and not scene.talk.case:
        scene.say_text("late_answer")
    if scene.greet():
        scene.say_text("first_contact")
