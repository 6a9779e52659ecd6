"""Where the talk takes place: who reads along, the way to a private place, and what happens to a place.

Personal details are asked for only where nobody else reads along. From a public thread or a forum's post the bot moves
to a private place first, and says so; where there is none, it offers a form, which only the team reads.
"""

from bot.desk.case import Case
from bot.dialog import answering, cases, steps, talking
from bot.dialog.effects import ClosePlace, Field, Form, OpenPrivate, Source
from bot.dialog.events import AgentSpoke, DeliveryFailed, FormSubmitted, MessageReceived, PlaceOpened
from bot.dialog.flow import Ask, FormStep
from bot.dialog.markup import plain
from bot.dialog.scene import Scene
from bot.dialog.state import Frame

_FIELDS = 5  # what a platform's form can hold
_LABEL = 45
FORM = "private_form"


def note_where(scene: Scene, event: MessageReceived) -> None:
    """Note what a message tells about its place."""
    talk = scene.talk
    scene.change(
        scope=event.scope,
        near=event.near or talk.near,
        post=talk.place if event.scope == "post" else talk.post,
        tags=event.tags or talk.tags,
        quiet=talk.quiet and not event.mentioned,
        files=(*talk.files, *event.files)[-10:],
    )
    for message in event.messages:
        scene.carry(message, "", event.text)


def must_move(scene: Scene) -> bool:
    """Tell whether the flow on top may not go on where others read along."""
    flow = scene.flow_of(scene.frame) if scene.frame else None
    return scene.talk.scope != "private" and flow is not None and flow.private


def move(scene: Scene) -> None:
    """Look for a private place; the talk goes on when it has been found, or not."""
    if scene.talk.moving:
        return
    if people := _with_people(scene):
        busy_elsewhere(scene, people)
        return
    wording = scene.catalog.texts["private_hello"]
    text = scene.word("private_hello", wording)
    scene.change(moving=scene.call_id())
    source = Source(kind="text", id="private_hello", at=wording.at)
    scene.effects.append(OpenPrivate(place=scene.talk.place, text=str(text), source=source))


def opened(scene: Scene, event: PlaceOpened) -> None:
    """Go on in the private place that was found, on top of what is in progress there."""
    if not _enter_moving(scene, event.effect):
        scene.rule("late_place")
        return
    scene.rule("moved")
    held = scene.talk.held
    if (people := _with_people(scene)) and people.number != scene.talk.case:
        scene.change(moving="", held="")
        busy_elsewhere(scene, people)
        return
    scene.say_text("moved_to_private")
    below = _take_over(scene, event.place)
    scene.change(moving="", held="", home=scene.talk.place, place=event.place, scope="private")
    if below and scene.frame:
        scene.say_text("digression", flow=scene.catalog.title(scene.frame.flow))
    scene.change(frames=(*below, *scene.talk.frames))
    case = scene.case(scene.talk.case)
    if case and case.open:
        scene.change_case(case.number, place=event.place, public=False)
        scene.alert(case, "staff_moved")
    steps.run(scene)
    if held:
        talking.message(scene, _said(scene, event, held))


def hold(scene: Scene, text: str) -> None:
    """Keep what is said while a private place is looked for: it is heard there."""
    scene.rule("moving")
    scene.change(held="\n".join(part for part in (scene.talk.held, text) if part))


def busy_elsewhere(scene: Scene, case: Case) -> None:
    """People have a case of this customer's in another place: they read what was said here, and answer there."""
    scene.rule("people_have_it")
    words = [line.text for line in scene.talk.recent if line.who == "customer"]
    if words:
        cases.tell(scene, case, words[-1])
    scene.say_text("already_elsewhere" if case.public else "already_in_private", case=case.number)
    scene.change(frames=())


def _with_people(scene: Scene) -> Case | None:
    """Return the open case that another conversation of the customer's is about, in private."""
    for talk in scene.conversations():
        case = scene.case(talk.case)
        if case and case.open and talk.scope == "private" and talk.id != scene.talk.id:
            return case
    return None


def _take_over(scene: Scene, place: str) -> tuple[Frame, ...]:
    """End the conversation that is in a place already; return what is in progress there."""
    there = next((talk for talk in scene.conversations() if talk.place == place), None)
    if there is None:
        return ()
    scene.forget(there.id)
    return there.frames


def _said(scene: Scene, event: PlaceOpened, text: str) -> MessageReceived:
    return MessageReceived(
        key=event.key, customer=event.customer, at=event.at, place=scene.talk.place, name=scene.name, text=text
    )


def refused(scene: Scene, event: DeliveryFailed) -> bool:
    """Say that there is no private place, and offer the other ways; False when nobody looked for one."""
    if not _enter_moving(scene, event.effect):
        return False
    scene.rule("no_private_place")
    scene.note(event.detail)
    held = scene.talk.held
    scene.change(moving="", held="")
    if scene.frame:
        choices = [scene.choice_text("again", "choice_try_again"), scene.choice_text("person", "choice_person")]
        scene.say_text("no_private", choices, form=_form(scene))
    elif held:
        case = scene.case(scene.talk.case)
        if case and case.open:
            cases.tell(scene, case, held)
    return True


def submitted(scene: Scene, event: FormSubmitted) -> None:
    """Give the details that came by a form to the team: what follows cannot be said here either."""
    frame = scene.talk.frames[-1]
    scene.rule("form_instead_of_private_place")
    scene.change_frame(slots={**frame.slots, **{name: value for name, value in event.values.items() if value.strip()}})
    scene.withdraw_offer()
    cases.hand_over(scene, "", cases.reason(scene, "reason_no_private"))


def elsewhere(scene: Scene) -> tuple[str, ...]:
    """Return the flows in progress of this thread's matter, which goes on in a private place; empty if none does."""
    moved = [talk for talk in scene.conversations() if talk.home == scene.talk.place]
    return tuple(frame.flow for talk in moved for frame in talk.frames)


def solve(scene: Scene) -> None:
    """The matter is settled: a forum's post can be closed."""
    if scene.talk.post:
        scene.effects.append(ClosePlace(place=scene.talk.post))


def closed(scene: Scene, place: str) -> None:
    """Somebody closed the place: what was in progress there is over; people who have a case are told."""
    talk = next((talk for talk in scene.conversations() if talk.place == place), None)
    scene.rule("place_closed")
    if talk is None:
        return
    scene.enter(talk.place, talk.id)
    case = scene.case(talk.case)
    if case and case.open:
        scene.alert(case, "staff_place_closed")
    else:
        scene.withdraw_offer()
        scene.change(frames=(), moving="")


def left(scene: Scene) -> None:
    """The customer is gone: whoever has a case of theirs must know."""
    scene.rule("customer_left")
    for case in scene.open_cases():
        scene.enter(case.place, case.conversation)
        scene.alert(case, "staff_left")


def agent_spoke(scene: Scene, event: AgentSpoke) -> None:
    """An agent wrote in the customer's thread: the bot is quiet there until named, and a waiting case is theirs."""
    scene.enter(event.place)
    scene.rule("agent_spoke")
    agent = scene.catalog.agents.get(event.agent)
    scene.remember(agent.name if agent else event.agent, event.text)
    scene.change(quiet=True)
    case = scene.case(scene.talk.case)
    if case and case.open and agent:
        answering.take(scene, case, agent)


def _enter_moving(scene: Scene, effect: str) -> bool:
    talk = next((talk for talk in scene.conversations() if talk.moving == effect), None)
    if talk:
        scene.enter(talk.place, talk.id)
    return talk is not None


def _form(scene: Scene) -> Form | None:
    """Return a form for what the flow would ask in words; None when it asks for nothing of the kind."""
    frame = scene.talk.frames[-1]
    flow = scene.flow_of(frame)
    fields: list[Field] = []
    for step in flow.steps.values() if flow else ():
        if isinstance(step, Ask) and not step.options and step.type not in ("yes_no", "choice"):
            fields.append(Field(id=step.slot, label=_label(step), required=False))
        elif isinstance(step, FormStep):
            fields += [
                Field(id=f.slot, label=_plain(f.label, f.slot), required=False, long=f.long) for f in step.fields
            ]
    unknown = [field for field in fields if field.id not in frame.slots][:_FIELDS]
    if not unknown:
        return None
    title = plain(scene.catalog.title(frame.flow))[:_LABEL]
    return Form(id=f"{scene.turn_id}/{FORM}", title=title, fields=tuple(unknown))


def _label(step: Ask) -> str:
    return _plain(step.text.variants[0], step.slot)


def _plain(text: str, slot: str) -> str:
    """Return a question as a label; one that cannot be filled in yet goes by its slot's name."""
    words = " ".join(plain(text).split())
    return words if "{" not in text and len(words) <= _LABEL else slot.replace("_", " ").capitalize()
