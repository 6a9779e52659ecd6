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
    first, stood = case.waited is None, case.promises if case.kind == "handoff" else ()
    behind = promising.behind(scene, case) if case.kind == "approval" else None
    files = getattr(event, "files", ())
    case = take(scene, case, agent, event.text, files=bool(files))
    sent.send(scene, case, agent, event.text, files=files, message=event.message, first=first, stood=stood)
    case = _wrote(scene, case, agent)
    promising.doubt(scene, case, agent, event.text)
    given = promising.all_heard(scene, case, event.text)
    if given:
        before = [each.at for each in stood if each.given and each not in case.promises]
        for each in given if case.kind == "handoff" else given[:1]:
            promising.give(scene, scene.case(case.number) or case, agent, each, before=before)
            before = []
        sent.promised(scene, [each.at for each in given], behind)
    elif case.kind == "approval":
        promising.answered(scene, case)


def spoken(scene: Scene, case: Case, agent: Agent, text: str) -> None:
    """An agent has written where the customer reads it, and not through the bot: that answers all the same."""
    case = take(scene, case, agent, text)
    if case.kind == "handoff":
        _wrote(scene, case, agent)


def _wrote(scene: Scene, case: Case, agent: Agent) -> Case:
    waiting.we_wrote(scene, case)
    return scene.change_case(case.number, spoke=agent.id, missed=0, lifted=0, leases=0)


def workaround(scene: Scene, case: Case, agent: Agent, event: WorkaroundGiven) -> None:
    """Tell the customer what helps for now, in the agent's words; the card shows it until the case ends."""
    words = casebook.reason(scene, "workaround", text=event.text)
    told = AgentReplied(
        key=event.key, customer=event.customer, at=event.at, agent=agent.id, case=case.number, text=words
    )
    reply(scene, case, agent, told)
    scene.change_case(case.number, workaround=event.text[:_SHOWN])


def take(scene: Scene, case: Case, agent: Agent, text: str, *, files: bool = False) -> Case:
    """A person has answered: how long that took is noted, a case that nobody owns is theirs, and what was promised is
    kept as far as their words do that; files keep all of it.
    """
    if case.kind == "handoff" and case.waited is None and case.waits:
        spent = worked(casebook.queue_of(scene, case.queue).hours, case.waits, scene.now)
        case = scene.change_case(case.number, waited=ceil(spent / timedelta(minutes=1)))
    if case.kind == "handoff" and (case.status == "waiting" or case.promise):
        stands = () if files else promising.unkept(scene, case, text, promising.all_heard(scene, case, text))
        return cases.keep_promise(scene, case, assignee=case.assignee or agent.id, stands=stands)
    return case


def switch_live(scene: Scene, case: Case, agent: Agent, *, on: bool) -> None:
    """Send all that is written in the thread from now on, or only what is meant to be; the card shows which."""
    if not works_on(case, agent) or (on and not case.assignee):
        casebook.not_the_owner(scene, case, agent)
        return
    scene.rule("live_on" if on else "live_off")
    changed = scene.change_case(case.number, live=on)
    scene.alert(changed, "staff_live_on" if on else "staff_live_off", agent=agent.name)
