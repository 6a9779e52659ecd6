"""Who may read a case, and who may work on it: one rule for buttons, typed commands, the desk, searches, transcripts.

Whoever works a queue reads its cases. What reaches a customer or changes a case is for those who work on it: its owner,
colleagues whom they asked, supervisors; and while nobody owns it, for all who work its queue, whose it becomes by that.
Others take it over first, in so many words. Only who may decide a case can have it. Notes are for everybody.
"""

from collections.abc import Mapping

from bot.desk.case import Case
from bot.desk.team import Agent, Queue, Role, may


def works_in(agent: Agent, queue: Queue | None) -> bool:
    """Tell whether an agent works a queue; one that names nobody, or is no more, is everybody's."""
    return queue is None or not queue.agents or agent.id in queue.agents


def works_on(case: Case, agent: Agent) -> bool:
    """Tell whether the agent may act as the case's owner does."""
    return agent.id in (case.assignee, *case.colleagues) or may(agent, "supervisor")


def acts(case: Case, agent: Agent, queues: Mapping[str, Queue]) -> bool:
    """Tell whether the agent may do what reaches the customer, or changes the case."""
    return works_on(case, agent) or (not case.assignee and works_in(agent, queues.get(case.queue)))


def owns(case: Case, agent: Agent) -> bool:
    """Tell whether the agent may have a case: one that waits for a decision is for those who may decide it."""
    return may(agent, case.role)


def reads(case: Case, agent: Agent, queues: Mapping[str, Queue], everything: Role) -> bool:
    """Tell whether the agent may read a case; `everything` is the role from which on all cases can be read."""
    asked = (case.queue, *(task.queue for task in case.tasks if task.open))
    return may(agent, everything) or works_on(case, agent) or any(works_in(agent, queues.get(queue)) for queue in asked)
