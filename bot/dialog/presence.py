"""Who is there: agents go away and come back, and whoever is called by name about a case is one who is there."""

from msgspec.json import encode

from bot.desk import floor as floors
from bot.desk.case import Case
from bot.desk.hours import next_day
from bot.desk.team import Agent, may
from bot.dialog import casebook
from bot.dialog.events import AgentCameBack, AgentWentAway, TeamSeen
from bot.dialog.scene import Scene


def went_away(scene: Scene, event: AgentWentAway) -> None:
    """Note that an agent is away, until when, and why."""
    agent = scene.catalog.agents.get(event.agent)
    if agent is None:
        scene.rule("unknown_case_or_agent")
        return
    scene.rule("went_away")
    until = event.until or next_day(casebook.queue_of(scene, "").hours, scene.now)
    casebook.note_away(scene, agent.id, floors.Away(until=until, why=event.text))
    _tell(scene, event, "staff_away", agent=agent.name, until=scene.time(until), reason=event.text)


def came_back(scene: Scene, event: AgentCameBack) -> None:
    """Note that an agent is there again."""
    agent = scene.catalog.agents.get(event.agent)
    if agent is None:
        scene.rule("unknown_case_or_agent")
        return
    scene.rule("came_back")
    casebook.note_away(scene, agent.id, None)
    _tell(scene, event, "staff_back", agent=agent.name)


def team_seen(scene: Scene, event: TeamSeen) -> None:
    """Note who works here by a platform's roles."""
    scene.rule("team_seen")
    scene.note_fact(f"{floors.TEAM}:{event.team}", encode(event.members).decode() if event.members else "")


def acts(scene: Scene, case: Case, agent: Agent) -> None:
    """An agent does something: they are there, whatever they said before."""
    if floors.away(scene.floor, agent.id, scene.now):
        casebook.note_away(scene, agent.id, None)
        scene.alert(case, "staff_back", agent=agent.name)


def addressed(scene: Scene, case: Case) -> str:
    """Return whom staff are asked by name about a case: its owner, or the next in line while they are away.

    That somebody stands in is said first. Empty when nobody is there.
    """
    gone = floors.away(scene.floor, case.assignee, scene.now) if case.assignee else None
    if gone is None:
        return casebook.owner(scene, case)
    colleague = _next_in_line(scene, case)
    owner = casebook.owner(scene, case)
    scene.alert(case, "staff_stands_in", owner=owner, until=scene.time(gone.until), colleague=colleague)
    return colleague


def above(scene: Scene, case: Case, asked: str) -> str:
    """Return the supervisors who are there; while none is, one of its queue. Not its owner, and not who was asked."""
    people = scene.catalog.agents
    others = [agent for agent in people.values() if agent.id != case.assignee and agent.name != asked]
    there = [agent for agent in others if floors.away(scene.floor, agent.id, scene.now) is None]
    behind = {agent.id for agent in floors.behind(casebook.queue_of(scene, case.queue), people)}
    supervisors = [agent.name for agent in there if may(agent, "supervisor")]
    return ", ".join(supervisors or [agent.name for agent in there if agent.id in behind][:1])


def _next_in_line(scene: Scene, case: Case) -> str:
    """Return who is there of those who help with the case, work its queue, or supervise; in this order."""
    people = scene.catalog.agents
    helping = [people[each] for each in case.colleagues if each in people]
    behind = floors.behind(casebook.queue_of(scene, case.queue), people)
    above = [agent for agent in people.values() if may(agent, "supervisor")]
    for agent in (*helping, *behind, *above):
        if agent.id != case.assignee and floors.away(scene.floor, agent.id, scene.now) is None:
            return agent.name
    return ""


def _tell(scene: Scene, event: AgentWentAway | AgentCameBack, key: str, **values: object) -> None:
    """Say it in the thread in which it was typed, or in the room where all read it."""
    case = scene.case(event.case)
    if case:
        scene.enter(case.place, case.conversation)
        scene.alert(case, key, **values)
    else:
        scene.alert_room(scene.catalog.default_queue, key, **values)
