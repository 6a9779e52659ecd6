"""Whose turn it is: queues that give their cases out, each to the next agent who is there.

Whose turn it was is shared by all customers, so two cases at once go to two agents. Where nobody is there, a case waits
until somebody is.
"""

from bot.desk import floor as floors
from bot.desk.case import Case, Deadline
from bot.desk.hours import is_open, next_open
from bot.desk.rights import owns
from bot.desk.team import Agent, Queue
from bot.dialog import casebook, waiting
from bot.dialog.scene import Scene


def give_out(scene: Scene, case: Case, passed: str = "") -> Case:
    """Give a waiting case to the agent whose turn it is, not to who has `passed` it on; return it as it is then."""
    queue = casebook.queue_of(scene, case.queue)
    if queue.assign != "round_robin" or case.kind != "handoff" or case.status != "waiting":
        return case
    agents = [agent for agent in _in_turn(scene, queue) if agent.id != passed]
    there = [agent for agent in agents if floors.away(scene.floor, agent.id, scene.now) is None]
    if not there or not is_open(queue.hours, scene.now):
        _try_again(scene, case, queue, agents)
        return case
    agent = there[0]
    scene.note_fact(f"{floors.TURN}:{queue.id}", agent.id)
    given = scene.change_case(case.number, status="owned", assignee=agent.id)
    scene.alert(given, "staff_your_turn", colleague=agent.name, promise=casebook.promised(scene, given))
    waiting.start_lease(scene, given)
    return given


def colleague(scene: Scene, case: Case) -> Agent | None:
    """Return who can go on with a case for its owner: of those who are there, whose turn it is; None if nobody is."""
    queue = casebook.queue_of(scene, case.queue)
    there = [
        each for each in _in_turn(scene, queue)
        if each.id != case.assignee and owns(case, each) and floors.away(scene.floor, each.id, scene.now) is None
        and not casebook.is_own(each, (case.customer, *scene.accounts))
    ]  # fmt: skip
    if not there or not is_open(queue.hours, scene.now):
        return None
    scene.note_fact(f"{floors.TURN}:{queue.id}", there[0].id)
    return there[0]


def due(scene: Scene, deadline: Deadline) -> None:
    """Somebody should be there now for a case that waits."""
    case = scene.case(deadline.case)
    if case is None or case.status != "waiting":
        scene.rule("turn_over")
        return
    scene.rule("turn_comes")
    tell(scene, give_out(scene, case))


def tell(scene: Scene, case: Case) -> None:
    """Tell the customer who has their case, when it was given out after they were told that it waits."""
    if case.status == "owned":
        promise, known = casebook.promised(scene, case), casebook.called(scene, case)
        scene.say_text("given_out", case=case.number, owner=known, promise=promise)


def _in_turn(scene: Scene, queue: Queue) -> list[Agent]:
    """Return who works a queue, beginning after the one whose turn it was."""
    agents = floors.behind(queue, scene.catalog.agents)
    last = scene.fact(f"{floors.TURN}:{queue.id}")
    at = next((nth for nth, agent in enumerate(agents, start=1) if agent.id == last), 0)
    return [*agents[at:], *agents[:at]]


def _try_again(scene: Scene, case: Case, queue: Queue, agents: list[Agent]) -> None:
    """Look again when the first of the agents should be there."""
    gone = [floors.away(scene.floor, agent.id, scene.now) for agent in agents]
    back = min((each.until if each else scene.now for each in gone), default=None)
    if back:
        at = next_open(queue.hours, back)
        scene.start_timer("turn", waiting.turn_key(case), at, case=case.number)
