"""Who is there: agents go away and come back."""

from datetime import datetime

from msgspec.json import encode

from bot.desk import floor as floors
from bot.desk.case import Case, Deadline
from bot.desk.hours import next_day
from bot.desk.impossible import impossible
from bot.desk.moments import begins
from bot.desk.rights import works_in
from bot.desk.team import Agent
from bot.desk.wordings import plain
from bot.dialog import casebook
from bot.dialog.catalog import Catalog
from bot.dialog.events import AgentCameBack, AgentWentAway, TeamSeen
from bot.dialog.markup import plain as plain_text
from bot.dialog.scene import Scene
from bot.dialog.speech import spoken_time
from bot.dialog.template import render
from bot.knowledge import normalise


def went_away(scene: Scene, event: AgentWentAway) -> None:
    """Note that an agent is away, until when, and why."""
    agent = scene.catalog.agents.get(event.agent)
    if agent is None:
        scene.rule("unknown_case_or_agent")
        return
    until, why = away_until(scene.catalog, event)
    if until is None:
        scene.rule("mistyped")
        _tell(scene, event.case, "staff_how_away", agent=agent.name, said=event.text)
        return
    scene.rule("went_away")
    casebook.note_away(scene, agent.id, floors.Away(until=until, why=why))
    owed = promised(scene.catalog, scene.floor, agent.id, until, scene.now)
    _tell(scene, event.case, "staff_away", agent=agent.name, until=scene.time(until), reason=why, **owed)
    scene.start_timer("away", f"{floors.AWAY}:{agent.id}", until, case=event.case, data={"agent": agent.id})


def over(scene: Scene, deadline: Deadline) -> None:
    """The time that an agent said is over: tell what waits for them, unless they are back already, or away anew."""
    agent = scene.catalog.agents.get(str(deadline.data["agent"]))
    known = agent and scene.fact(f"{floors.AWAY}:{agent.id}")
    if agent is None or not known or floors.away(scene.floor, agent.id, scene.now):
        scene.rule("away_no_more")
        return
    scene.rule("away_over")
    casebook.note_away(scene, agent.id, None)
    waits = awaiting(scene.catalog, scene.floor, agent.id, scene.now)
    _tell(scene, deadline.case, "staff_away_over", agent=agent.name, **waits)


def promised(catalog: Catalog, floor: floors.Floor, agent: str, until: datetime, now: datetime) -> dict[str, str]:
    """Return which times an agent has promised, in words: those before they are back, and those after that."""
    times = sorted((at, each.case) for each in floor.held if each.owner == agent for at in each.promised if at > now)
    soon = _listed(catalog, [(at, case) for at, case in times if at < until], now)
    return {"promises": soon, "later": _listed(catalog, [(at, case) for at, case in times if at >= until], now)}


def _listed(catalog: Catalog, times: list[tuple[datetime, int]], now: datetime) -> str:
    said = catalog.texts["promise_of_case"].variants[0]
    each = [render(said, {"case": case, "promise": spoken_time(catalog, now, at)}) for at, case in times]
    return ", ".join(map(plain_text, each))


def awaiting(catalog: Catalog, floor: floors.Floor, agent: str, now: datetime) -> dict[str, str]:
    """Return what waits for an agent who is back: what is late and theirs, or nobody's, and what they promised."""
    known = catalog.agents.get(agent)
    mine = [each for each in floor.held if each.owner == agent]
    theirs = [each for each in floor.waiting if known and works_in(known, catalog.queues.get(each.queue))]
    until = datetime.max.replace(tzinfo=now.tzinfo)
    return {
        "late": ", ".join(str(each.case) for each in mine if each.late),
        "unowned": ", ".join(str(each.case) for each in theirs if each.late),
        "promises": promised(catalog, floor, agent, until, now)["promises"],
        "cases": str(len(mine) or ""),
    }


def away_until(catalog: Catalog, event: AgentWentAway) -> tuple[datetime | None, str]:
    """Return until when an agent is away, by default for the rest of the day, and why; None for no time to come."""
    hours = catalog.queues[catalog.default_queue].hours
    if event.until or not event.text:
        return event.until or next_day(hours, event.at), event.text
    said = event.text.split()
    leads = normalise(said[0]) in catalog.commands["until"]
    if impossible(" ".join(said[leads:]), catalog.promises, alone=True):
        return None, ""
    for end in range(len(said), 0, -1) if leads else (len(said),):
        if at := begins(plain(" ".join(said[leads:end])), catalog.promises, hours, event.at):
            return at, " ".join(said[end:])
    past = {normalise(said[0]), normalise(said[-1])} & catalog.commands["past"]
    none = leads or past or event.text.startswith("-") or said[0][0].isdigit()  # "1y" was meant as a time
    return (None, "") if none else (next_day(hours, event.at), event.text)


def came_back(scene: Scene, event: AgentCameBack) -> None:
    """Note that an agent is there again."""
    agent = scene.catalog.agents.get(event.agent)
    if agent is None:
        scene.rule("unknown_case_or_agent")
        return
    scene.rule("came_back")
    casebook.note_away(scene, agent.id, None)
    _tell(
        scene, event.case, "staff_back", agent=agent.name, **awaiting(scene.catalog, scene.floor, agent.id, scene.now)
    )


def team_seen(scene: Scene, event: TeamSeen) -> None:
    """Note who works here by a platform's roles."""
    scene.rule("team_seen")
    scene.note_fact(f"{floors.TEAM}:{event.team}", encode(event.members).decode() if event.members else "")


def acts(scene: Scene, case: Case, agent: Agent) -> None:
    """An agent does something: they are there, whatever they said before."""
    if floors.away(scene.floor, agent.id, scene.now):
        casebook.note_away(scene, agent.id, None)
        waits = awaiting(scene.catalog, scene.floor, agent.id, scene.now)
        scene.alert(case, "staff_back", agent=agent.name, **waits)


def _tell(scene: Scene, number: int, key: str, **values: object) -> None:
    """Say it in the thread of the case in which it was typed, or in the room where all read it."""
    case = scene.case(number)
    if case:
        scene.enter(case.place, case.conversation)
        scene.alert(case, key, **values)
    else:
        scene.alert_room(scene.catalog.default_queue, key, **values)
