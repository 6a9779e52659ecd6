"""What becomes of places: a private one was found, or not; one was closed; somebody left; an agent spoke in one."""

from bot.dialog import answering, casebook, mycases, places, presence, steps, talking, telling, undertaking, watching
from bot.dialog.events import AgentSpoke, DeliveryFailed, MessageReceived, PlaceOpened
from bot.dialog.scene import Scene
from bot.dialog.state import Frame


def opened(scene: Scene, event: PlaceOpened) -> None:
    """Go on in the private place that was found, on top of what is in progress there."""
    if telling.opened(scene, event):
        return
    if not _enter_moving(scene, event.effect):
        scene.rule("late_place")
        return
    scene.rule("moved")
    held = scene.talk.held
    if (people := places.with_people(scene)) and people.number != scene.talk.case:
        scene.change(moving="", held="")
        places.busy_elsewhere(scene, people)
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


def refused(scene: Scene, event: DeliveryFailed) -> bool:
    """Say that there is no private place, and offer the other ways; False when nobody looked for one."""
    if not _enter_moving(scene, event.effect):
        return False
    scene.rule("no_private_place")
    scene.note(event.detail)
    held = scene.talk.held
    scene.change(moving="", held="")
    if mycases.nowhere(scene, held):
        return True
    if scene.frame:
        choices = [scene.choice_text("again", "choice_try_again"), scene.choice_text("person", "choice_person")]
        scene.say_text("no_private", choices, form=places.form(scene))
    elif held:
        case = scene.case(scene.talk.case)
        if case and case.open:
            casebook.tell(scene, case, held)
        else:
            talking.message(scene, _said(scene, event, held))
    return True


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
    watching.end_all(scene)
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
        presence.acts(scene, case, agent)
        answering.spoken(scene, case, agent, event.text)
    if agent:
        undertaking.said(scene, agent, event.text, case.queue if case else "")


def _enter_moving(scene: Scene, effect: str) -> bool:
    talk = next((talk for talk in scene.conversations() if talk.moving == effect), None)
    if talk:
        scene.enter(talk.place, talk.id)
    return talk is not None


def _take_over(scene: Scene, place: str) -> tuple[Frame, ...]:
    """End the conversation that is in a place already; return what is in progress there."""
    there = next((talk for talk in scene.conversations() if talk.place == place), None)
    if there is None:
        return ()
    scene.forget(there.id)
    return there.frames


def _said(scene: Scene, event: PlaceOpened | DeliveryFailed, text: str) -> MessageReceived:
    return MessageReceived(
        key=event.key, customer=event.customer, at=event.at, place=scene.talk.place, name=scene.name, text=text
    )
