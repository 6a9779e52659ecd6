"""Who is there: agents go away and come back."""

from msgspec.json import encode

from bot.desk import floor as floors
from bot.desk.case import Case
from bot.desk.hours import next_day
from bot.desk.team import Agent
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


def _tell(scene: Scene, event: AgentWentAway | AgentCameBack, key: str, **values: object) -> None:
    """Say it in the thread in which it was typed, or in the room where all read it."""
    case = scene.case(event.case)
    if case:
        scene.enter(case.place, case.conversation)
        scene.alert(case, key, **values)
    else:
        scene.alert_room(scene.catalog.default_queue, key, **values)
