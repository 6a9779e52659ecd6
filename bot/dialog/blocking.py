"""Blocks: for a while the bot says nothing to a customer. Their words are kept for staff; urgent ones reach people."""

from datetime import timedelta

from msgspec.structs import replace

from bot.desk.case import Case, Deadline
from bot.desk.standing import Block
from bot.desk.team import Agent, may
from bot.dialog import casebook, cases, danger, places, promising, threats, waiting
from bot.dialog.events import ChoicePressed, CustomerBlocked, CustomerUnblocked, FormSubmitted, MessageReceived
from bot.dialog.scene import Scene
from bot.dialog.understand import understand

_KEY = "block"
Heard = MessageReceived | ChoicePressed | FormSubmitted


def block(scene: Scene, case: Case, agent: Agent, event: CustomerBlocked) -> None:
    """Tell the customer once, politely, and be silent until then; a second block takes the place of the first."""
    most = timedelta(minutes=scene.catalog.limits.block)
    if event.until - scene.now > most and not may(agent, "supervisor"):
        scene.rule("block_too_long")
        scene.alert(case, "staff_block_too_long", agent=agent.name, until=scene.time(scene.now + most))
        return
    scene.rule("blocked_by_agent")
    until = scene.time(event.until)
    scene.say_text("blocked", until=until)
    scene.muted = True
    scene.stand(block=Block(by=agent.id, at=scene.now, until=event.until, reason=event.text))
    scene.start_timer("block", _KEY, event.until)  # the customer's, not the case's
    scene.alert(case, "staff_blocked", agent=agent.name, until=until, reason=event.text)


def unblock(scene: Scene, case: Case, agent: Agent, event: CustomerUnblocked) -> None:
    """End a block before its time: whoever began it may, and a supervisor."""
    standing = scene.standing.block
    if standing is None or not scene.standing.blocked(scene.now):
        scene.rule("not_blocked")
        scene.alert(case, "staff_not_blocked", agent=agent.name)
    elif standing.by != agent.id and not may(agent, "supervisor"):
        scene.rule("role")
        scene.alert(case, "staff_role", agent=agent.name, role="supervisor")
    else:
        scene.rule("unblocked")
        _end(scene)
        scene.cancel_timer(_KEY)
        scene.alert(case, "staff_unblocked", agent=agent.name, reason=event.text)


def over(scene: Scene, deadline: Deadline) -> None:
    """The time of a block is over."""
    standing = scene.standing.block
    if standing is None or standing.until > scene.now:
        scene.rule("block_changed")
        return
    scene.rule("block_over")
    _end(scene)
    for case in scene.open_cases():
        scene.alert(case, "staff_block_over")


def heard(scene: Scene, event: Heard) -> None:
    """Keep what a blocked customer says, and show it where staff work for them; what is urgent goes to people."""
    scene.rule("blocked")
    text = listen(scene, event)
    meant, scene.felt = understand(text, scene.catalog), scene.catalog.mood.feel(text)
    named = casebook.DANGER if scene.felt.safety else meant.id if meant.decision == "handoff" else ""
    wish = scene.catalog.wishes.get(named)
    here = here_or_elsewhere(scene)
    scene.muted = wish is None or not wish.even_blocked
    if here:
        casebook.tell(scene, here, text)
        here = waiting.customer_wrote(scene, here)
    if scene.felt.threat:
        here = threats.heard(scene, here or cases.hand_over(scene, "", casebook.reason(scene, "reason_threat")))
    if here and named == casebook.DANGER:
        here = danger.heard(scene, here)
    if wish and wish.even_blocked:
        scene.trace = replace(meant.trace("urgent_though_blocked"), id=wish.id)
        case = here if here and named == casebook.DANGER else cases.grant(scene, wish)
        scene.alert(case, "staff_urgent_though_blocked", reason=wish.reason)


def listen(scene: Scene, event: Heard) -> str:
    """Enter the place where a customer who gets no answer said something; return their words."""
    scene.enter(event.place, begin_anew=True, near=event.near if isinstance(event, MessageReceived) else "")
    scene.call_customer(event.name)
    scene.change(active_at=scene.now)
    match event:
        case MessageReceived():
            places.note_where(scene, event)
            text = event.text
        case ChoicePressed():
            text = event.label or event.choice.rpartition("/")[2]
        case FormSubmitted():
            text = "\n".join(value for value in event.values.values() if value.strip())
    scene.remember("customer", text)
    return text


def here_or_elsewhere(scene: Scene) -> Case | None:
    """Return the open case in which staff read this customer: that of the place, else another."""
    here = scene.case(scene.talk.case)
    return here if here and here.open else next((case for case in scene.open_cases() if case.kind == "handoff"), None)


def _end(scene: Scene) -> None:
    scene.stand(block=None)
    scene.muted = scene.standing.ended
    if not scene.muted:
        promising.speak_up(scene)
