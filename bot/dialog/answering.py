"""What agents say to customers: replies, and the switch that sends all they write."""

from datetime import timedelta
from math import ceil

from bot.desk.case import Case
from bot.desk.hours import worked
from bot.desk.rights import works_on
from bot.desk.team import Agent
from bot.dialog import casebook, cases, promising, sent, waiting
from bot.dialog.events import AgentReplied, CaseResolved, NoteAdded, WorkaroundGiven
from bot.dialog.scene import Scene

_SHOWN = 300


def reply(scene: Scene, case: Case, agent: Agent, event: AgentReplied | NoteAdded | CaseResolved) -> None:
    """Send an agent's words; a case that nobody owns is theirs from now on, and a time that they give is kept."""
    scene.rule("agent_replied")
    first, kept = case.waited is None, case.promise if case.kind == "handoff" else None
    behind = promising.behind(scene, case) if case.kind == "approval" else None
    case = take(scene, case, agent)
    sent.send(
        scene, case, agent, event.text, files=getattr(event, "files", ()), message=event.message, first=first, kept=kept
    )
    case = _wrote(scene, case, agent)
    if given := promising.heard(scene, case, event.text):
        promising.give(scene, case, agent, given)
        sent.promised(scene, given.at, behind)
    elif case.kind == "approval":
        promising.answered(scene, case)


def spoken(scene: Scene, case: Case, agent: Agent) -> None:
    """An agent has written where the customer reads it, and not through the bot: that answers all the same."""
    case = take(scene, case, agent)
    if case.kind == "handoff":
        _wrote(scene, case, agent)


def _wrote(scene: Scene, case: Case, agent: Agent) -> Case:
    waiting.we_wrote(scene, case)
    return scene.change_case(case.number, spoke=agent.id, missed=0)


def workaround(scene: Scene, case: Case, agent: Agent, event: WorkaroundGiven) -> None:
    """Tell the customer what helps for now, in the agent's words; the card shows it until the case ends."""
    words = casebook.reason(scene, "workaround", text=event.text)
    told = AgentReplied(
        key=event.key, customer=event.customer, at=event.at, agent=agent.id, case=case.number, text=words
    )
    reply(scene, case, agent, told)
    scene.change_case(case.number, workaround=event.text[:_SHOWN])


def take(scene: Scene, case: Case, agent: Agent) -> Case:
    """A person has answered: how long that took is noted, a case that nobody owns is theirs, its promise is kept."""
    if case.kind == "handoff" and case.waited is None and case.waits:
        spent = worked(casebook.queue_of(scene, case.queue).hours, case.waits, scene.now)
        case = scene.change_case(case.number, waited=ceil(spent / timedelta(minutes=1)))
    if case.kind == "handoff" and (case.status == "waiting" or case.promise):
        return cases.keep_promise(scene, case, assignee=case.assignee or agent.id)
    return case


def switch_live(scene: Scene, case: Case, agent: Agent, *, on: bool) -> None:
    """Send all that is written in the thread from now on, or only what is meant to be; the card shows which."""
    if not works_on(case, agent) or (on and not case.assignee):
        casebook.not_the_owner(scene, case, agent)
        return
    scene.rule("live_on" if on else "live_off")
    changed = scene.change_case(case.number, live=on)
    scene.alert(changed, "staff_live_on" if on else "staff_live_off", agent=agent.name)
