"""People: handing over, waiting for them, and what they do, each as a rule on the draft of a turn."""

from datetime import datetime, timedelta

from bot.desk.case import Case, Deadline
from bot.desk.hours import after, is_open, next_open
from bot.desk.team import Agent, Queue, may
from bot.dialog import places
from bot.dialog.catalog import Wish
from bot.dialog.effects import Source
from bot.dialog.events import (
    AgentReplied,
    CaseClaimed,
    CaseDecided,
    CaseReleased,
    CaseResolved,
    MessageReceived,
    NoteAdded,
)  # fmt: skip
from bot.dialog.flow import Approve
from bot.dialog.markup import Marked, escape, plain
from bot.dialog.scene import Scene
from bot.dialog.state import Frame

StaffEvent = CaseClaimed | CaseReleased | AgentReplied | NoteAdded | CaseDecided | CaseResolved
CHECK_IN = "check_in"  # the flow with which the bot comes back
_SUBJECT = 140


# --- opening ----------------------------------------------------------------------------------------------------------


def reason(scene: Scene, key: str, **more: object) -> str:
    """Return one of the house texts that stand in others, as plain text: why staff were called, and the like."""
    return plain(scene.fill(scene.catalog.texts[key].variants[0], **more))


def hand_over(scene: Scene, queue: str, why: str, *, reopen: int = 0, opening: str = "") -> Case:
    """Give the conversation to a queue (the default one for ""): a case, a promise to the customer, and a timer.

    An open handoff of this conversation is not doubled; `reopen` takes up an earlier case with its owner again.
    `opening` is a house text to say first.
    """
    waiting = scene.case(scene.talk.case)
    if waiting and waiting.open:
        scene.rule("already_handed_over")
        scene.say_text("already_waiting", case=waiting.number, promise=_promised(scene, waiting))
        return waiting
    if opening:
        scene.say_text(opening)
    place = _queue(scene, queue)
    promise = _first_response(scene, place)
    earlier = scene.case(reopen)
    if earlier and not earlier.open:
        status = "owned" if earlier.assignee else "waiting"
        case = scene.change_case(earlier.number, status=status, promise=promise, reason=why, recent=scene.talk.recent)
        scene.alert(case, "staff_reopened", reason=why)
        owner = _owner(scene, case)
        scene.say_text("reopened", case=case.number, team=place.name, promise=scene.time(promise), owner=owner)
    else:
        case = scene.new_case(
            kind="handoff", queue=place.id, subject=_subject(scene), reason=why, facts=_facts(scene), promise=promise
        )
        key = "handoff" if is_open(place.hours, scene.now) else "handoff_closed"
        back = scene.choice_text("back_to_bot", "choice_back_to_bot")
        opens = scene.time(next_open(place.hours, scene.now))
        scene.say_text(key, [back], case=case.number, team=place.name, promise=scene.time(promise), opens=opens)
    scene.change(case=case.number, frames=_under_review(scene), expecting="", options=(), misses=0)
    scene.start_timer("promise", f"promise:{case.number}", promise, case=case.number)
    if scene.talk.files:
        tell(scene, case, "")
    if scene.talk.scope != "private":
        places.move(scene)
    return case


def grant(scene: Scene, wish: Wish) -> Case:
    """Give the conversation to the people whom the customer's wish is for."""
    if wish.say:
        scene.say(scene.word(f"wish:{wish.id}", wish.say), Source(kind="text", id=wish.id, at=wish.say.at))
    return hand_over(scene, wish.queue, wish.reason)


def _under_review(scene: Scene) -> tuple[Frame, ...]:
    """Return the frames that go on when somebody has decided; the rest ends where people take over."""
    frames = scene.talk.frames
    waiting = [at for at, frame in enumerate(frames) if frame.waiting.startswith("case:")]
    return frames[: waiting[-1] + 1] if waiting else ()


def ask_approval(scene: Scene, step: Approve) -> None:
    """Open a case that somebody with the step's role decides, and tell the customer that it is under review."""
    place = _queue(scene, step.queue)
    promise = after(place.hours, scene.now, timedelta(minutes=step.within))
    case = scene.new_case(
        kind="approval",
        queue=place.id,
        role=step.role,
        subject=plain(scene.fill(step.subject))[:_SUBJECT],
        reason=reason(scene, "reason_approval"),
        facts=_facts(scene),
        promise=promise,
        priority=2,
    )
    at = step.text.at
    words = scene.word(f"flow:{step.id}", step.text, case=case.number, team=place.name, promise=scene.time(promise))
    scene.say(words, Source(kind="flow", id=f"{scene.talk.frames[-1].flow}.{step.id}", at=at))
    scene.start_timer("promise", f"promise:{case.number}", promise, case=case.number)


def plan_check_in(scene: Scene, wait: timedelta, about: str, case: int = 0) -> None:
    """Come back to the customer later; each matter has a check-in of its own."""
    scene.start_timer("check_in", f"check_in:{scene.turn_id}", scene.now + wait, case=case, data={"about": about})


def note_from_flow(scene: Scene, text: str) -> None:
    """Put a flow's note in the thread of the case that its slot `case` names."""
    scene.note(text)
    number = scene.talk.frames[-1].slots.get("case")
    case = scene.case(number) if isinstance(number, int) else None
    if case:
        scene.tell_staff(case, "note", escape(text), author=scene.catalog.voice.bot)


# --- while people have it ---------------------------------------------------------------------------------------------


def tell(scene: Scene, case: Case, text: str) -> None:
    """Show what the customer said in the case's thread, with what it answers and the files that came with it."""
    event = scene.event if isinstance(scene.event, MessageReceived) else None
    words = Marked(escape(text))
    if event and event.quote:
        words = scene.fill(scene.catalog.texts["quoted"].variants[0], text=words, quote=event.quote)
    effect = scene.call_id()
    scene.tell_staff(case, "customer", words, author=scene.name, files=scene.talk.files)
    scene.change(files=())
    for message in event.messages if event else ():
        scene.carry(message, effect, text)


def relay(scene: Scene, case: Case, event: MessageReceived) -> None:
    """Show what the customer said in the case's thread; the first time, tell them that it was passed on."""
    scene.rule("relayed")
    tell(scene, case, event.text)
    passed_on = f"passed_on:{case.number}"
    if case.status == "waiting" and passed_on not in scene.talk.said:
        scene.say_text("passed_on", case=case.number, promise=_promised(scene, case))
        scene.change(said={passed_on: 0, **scene.talk.said})


def ask_to_leave(scene: Scene, case: Case) -> None:
    """Ask whether the customer wants the bot back instead of a person."""
    scene.rule("asks_to_leave_case")
    choices = [scene.choice_text("back_to_bot", "choice_back_to_bot"), scene.choice_text("stay", "choice_stay")]
    scene.say_text("leave_case", choices, case=case.number, owner=_owner(scene, case))


def withdraw(scene: Scene, case: Case) -> None:
    """Close a case because its customer no longer needs it."""
    scene.rule("withdrawn")
    _close(scene, case, outcome="withdrawn")
    scene.alert(case, "staff_withdrawn")
    if scene.talk.case == case.number:
        scene.change(case=0)


# --- what agents do ---------------------------------------------------------------------------------------------------


def staff(scene: Scene, event: StaffEvent) -> None:
    """Take what an agent did; what their role or the case's state forbids is answered in the thread."""
    case = scene.case(event.case)
    agent = scene.catalog.agents.get(event.agent)
    if case is None or agent is None:
        scene.rule("unknown_case_or_agent")
        return
    scene.enter(case.place, case.conversation)
    if not case.open and not isinstance(event, NoteAdded):
        scene.rule("case_is_closed")
        scene.alert(case, "staff_closed", agent=agent.name, role=case.role)
        return
    match event:
        case CaseClaimed():
            _claim(scene, case, agent)
        case CaseReleased():
            _release(scene, case, agent)
        case AgentReplied():
            _reply(scene, case, agent, event)
        case NoteAdded():
            scene.rule("note")
            scene.tell_staff(
                case, "note", escape(event.text), author=agent.name, files=event.files, message=event.message
            )
        case CaseResolved():
            _resolve(scene, case, agent, event.text)
        case CaseDecided():
            raise TypeError("decisions are taken by the engine, since a flow goes on with them")


def decide(scene: Scene, event: CaseDecided) -> Case | None:
    """Record a decision; return the case when it counts, so that the flow which waits can go on."""
    case = scene.case(event.case)
    agent = scene.catalog.agents.get(event.agent)
    if case is None or agent is None:
        scene.rule("unknown_case_or_agent")
        return None
    scene.enter(case.place, case.conversation)
    refused = (
        "staff_closed" if not case.open
        else "staff_nothing_to_decide" if case.kind != "approval"
        else "staff_role" if not may(agent, case.role)
        else ""
    )  # fmt: skip
    if refused:
        scene.rule("decision_refused")
        scene.alert(case, refused, agent=agent.name, role=case.role)
        return None
    scene.rule("decided")
    word = "approved" if event.approved else "declined"
    decided = _close(scene, case, outcome=word, decision=word, assignee=agent.id)
    scene.alert(decided, f"staff_{word}", agent=agent.name, reason=event.text)
    return decided


def _claim(scene: Scene, case: Case, agent: Agent) -> None:
    if case.status == "owned":
        scene.rule("already_claimed")
        scene.alert(case, "staff_taken", agent=agent.name, owner=_owner(scene, case))
        return
    scene.rule("claimed")
    if case.kind == "handoff":
        _keep_promise(scene, case, assignee=agent.id)
        scene.say_text("claimed", owner=agent.name, case=case.number)
    else:
        scene.change_case(case.number, status="owned", assignee=agent.id)


def _release(scene: Scene, case: Case, agent: Agent) -> None:
    if case.assignee != agent.id:
        scene.rule("not_the_owner")
        scene.alert(case, "staff_not_owner", agent=agent.name, owner=_owner(scene, case))
        return
    scene.rule("released")
    place = _queue(scene, case.queue)
    promise = _first_response(scene, place)
    scene.change_case(case.number, status="waiting", assignee="", promise=promise)
    scene.start_timer("promise", f"promise:{case.number}", promise, case=case.number)
    if case.kind == "handoff":
        scene.say_text("released", owner=agent.name, team=place.name, promise=scene.time(promise))


def take(scene: Scene, case: Case, agent: Agent) -> None:
    """An agent is at it already: a case that nobody owns is theirs, and its promise is kept."""
    if case.kind == "handoff" and (case.status == "waiting" or case.promise):
        _keep_promise(scene, case, assignee=case.assignee or agent.id)


def _reply(scene: Scene, case: Case, agent: Agent, event: AgentReplied) -> None:
    scene.rule("agent_replied")
    take(scene, case, agent)
    scene.carry(event.message, scene.call_id(), event.text)
    scene.say(escape(event.text), Source(kind="agent", id=agent.id), author=agent.name, files=event.files)
    scene.tell_staff(case, "agent", escape(event.text), author=agent.name, message=event.message)


def _resolve(scene: Scene, case: Case, agent: Agent, text: str) -> None:
    if case.kind == "approval":
        scene.rule("undecided")
        scene.alert(case, "staff_decide_first", agent=agent.name)
        return
    scene.rule("resolved")
    owner = scene.catalog.agents.get(case.assignee, agent)
    _close(scene, case, outcome="resolved", assignee=owner.id)
    if text.strip():
        scene.say(escape(text), Source(kind="agent", id=agent.id), author=agent.name)
    scene.say_text("resolved", case=case.number, owner=owner.name)
    scene.change(expecting="more", case=0)
    about = reason(scene, "about_case", case=case.number, owner=owner.name)
    plan_check_in(scene, timedelta(minutes=scene.catalog.limits.check_in), about, case.number)


# --- deadlines --------------------------------------------------------------------------------------------------------


def promise_due(scene: Scene, deadline: Deadline) -> None:
    """A promised time has come: if nobody took the case, apologise with a new time and alert staff."""
    case = scene.case(deadline.case)
    if case is None or not case.open or case.promise is None or case.promise > scene.now:
        scene.rule("promise_kept")
        return
    scene.rule("promise_missed")
    missed = int(deadline.data.get("missed", 0)) + 1
    place = _queue(scene, case.queue)
    promise = _first_response(scene, place)
    case = scene.change_case(case.number, promise=promise, priority=max(1, case.priority - 1))
    told = missed <= scene.catalog.limits.apologies
    alert = "staff_promise_missed" if told else "staff_promise_missed_again"
    scene.alert(case, alert, promise=scene.time(promise), missed=missed)
    if told:
        scene.say_text("promise_missed", case=case.number, team=place.name, promise=scene.time(promise))
    data = {"missed": missed}
    scene.start_timer("promise", f"promise:{case.number}", promise, case=case.number, data=data)


# --- small parts ------------------------------------------------------------------------------------------------------


def _keep_promise(scene: Scene, case: Case, *, assignee: str) -> None:
    """Somebody is there as promised: the case is theirs and nothing is due."""
    scene.change_case(case.number, status="owned", assignee=assignee, promise=None)
    scene.cancel_timer(f"promise:{case.number}")


def _close(scene: Scene, case: Case, **fields: str) -> Case:
    scene.cancel_timer(f"promise:{case.number}")
    return scene.change_case(case.number, status="resolved", resolved_at=scene.now, promise=None, **fields)


def _queue(scene: Scene, queue: str) -> Queue:
    catalog = scene.catalog
    return catalog.queues.get(queue) or catalog.queues[catalog.default_queue]


def _first_response(scene: Scene, queue: Queue) -> datetime:
    return after(queue.hours, scene.now, timedelta(minutes=queue.first_response))


def _promised(scene: Scene, case: Case) -> str:
    return scene.time(case.promise) if case.promise else ""


def _owner(scene: Scene, case: Case) -> str:
    agent = scene.catalog.agents.get(case.assignee)
    return agent.name if agent else case.assignee


def _subject(scene: Scene) -> str:
    """Say in a line what the customer wants: the flow they are in, and their own most telling words of late."""
    checking = scene.frame and scene.frame.flow == CHECK_IN
    flow = scene.catalog.title(scene.frame.flow) + ": " if scene.frame and not checking else ""
    words = [line.text for line in scene.talk.recent if line.who == "customer"]
    wish = scene.catalog.wishes.get(scene.trace.id)
    if wish and not wish.telling:
        words = words[:-1] or words
    telling = max(words[-6:], key=len, default="")
    return (flow + " ".join(telling.split()))[:_SUBJECT]


def _facts(scene: Scene) -> dict[str, str]:
    """Return what was collected, as short texts, each once; of an order, its number; no flags."""
    facts: dict[str, str] = {}
    for frame in scene.talk.frames:
        for slot, value in frame.slots.items():
            found = value.get("number") if isinstance(value, dict) else value
            shown = str(found)[:_SUBJECT] if isinstance(found, str | int | float) else ""
            if shown and not isinstance(found, bool) and shown not in facts.values():
                facts[slot] = shown
    return facts
