"""Escalation paths as content: taking them, and proving that none of them leads nowhere."""

from collections.abc import Iterable, Iterator

from bot.content.draft import Draft
from bot.content.explain import mean
from bot.content.routemodels import PathModel
from bot.desk.paths import GROUPS, OWNER, SUPERVISORS, TEAM, Escalation, Further
from bot.desk.team import may
from bot.durations import duration

_LEAST = 5  # the priority of the least urgent cases


def take_path(draft: Draft, name: str, model: PathModel, at: str) -> None:
    """Take a path."""
    draft.paths[name] = Escalation(
        id=name,
        at_risk=tuple(model.at_risk),
        missed=tuple(model.missed),
        then=tuple(Further(after=duration(each.after), tell=tuple(each.tell)) for each in model.then),
        queues=tuple(model.queues),
        priority=model.priority,
        at=at,
    )


def check_paths(draft: Draft) -> None:
    """Note every gap: a queue without a path, a path that names nobody, or only who has been told already."""
    own = [each for name, each in draft.paths.items() if ("path", name) in draft.places]
    for each in own:
        for what, fix in (*_unknown(draft, each), *_pointless(each)):
            draft.problem(each.at, f"path '{each.id}' {what}", fix)
    for first, other in _twice(own):
        what = f"path '{other.id}' is for the same cases as '{first.id}'."
        draft.problem(other.at, what, "Give it queues or a priority of its own, or remove it.")
    if draft.problems or draft.partial or draft.broken:
        return  # who can be reached shows only when all of them are known
    for name, (queue, at) in draft.queues.items():
        if own and not any(each.serves(name, _LEAST) for each in own):
            fix = "Add a path without queues and priority, for all that have none of their own."
            draft.problem(at, f"queue '{name}' has no path for cases of priority {_LEAST}.", fix)
        for each in own:
            if each.serves(name, each.priority or _LEAST) and (alone := _alone(draft, each, _workers(draft, name))):
                what = f"path '{each.id}' tells nobody else when '{alone}' is late with a case of queue '{name}'."
                draft.problem(each.at, what, "Name a backup under then.")
        if queue.agents and not _reachable(draft, name):
            what = f"queue '{name}' is worked by nobody who has an account on a platform, so nobody can be called."
            draft.problem(at, what, "Give one of its agents accounts in handoff/.")


def _unknown(draft: Draft, each: Escalation) -> Iterator[tuple[str, str]]:
    """Yield queues and people who are not there, and a role that nobody has."""
    for queue in each.queues:
        if draft.lacks(queue, draft.queues):
            yield f"is for queue '{queue}', which is not there.", mean(queue, draft.queues)
    for name in dict.fromkeys(_told(each)):
        if ":" not in name and name not in GROUPS and draft.lacks(name, draft.agents):
            yield f"tells '{name}', who is not there.", mean(name, [*draft.agents, *GROUPS])
    if SUPERVISORS in _told(each) and draft.agents and not _supervisors(draft):
        yield "tells supervisors, and nobody is one.", "Give somebody in handoff/ the role supervisor."


def _pointless(each: Escalation) -> Iterator[tuple[str, str]]:
    if any(set(step.tell) <= {OWNER} for step in each.then):
        yield "tells the owner under then, who has been told before.", "Name somebody else there."


def _twice(own: list[Escalation]) -> Iterator[tuple[Escalation, Escalation]]:
    for at, other in enumerate(own):
        for first in own[:at]:
            shared = set(first.queues) & set(other.queues) or (not first.queues and not other.queues)
            if shared and first.priority == other.priority:
                yield first, other


def _told(each: Escalation) -> list[str]:
    return [*each.at_risk, *each.missed, *(name for step in each.then for name in step.tell)]


def _alone(draft: Draft, each: Escalation, workers: list[str]) -> str:
    """Return the owner of whose late cases nobody else is told, if there can be one; who works alone is no gap."""
    if len(draft.agents) == 1:
        return ""
    named = [*each.missed, *(name for step in each.then for name in step.tell)]
    groups: dict[str, Iterable[str]] = {OWNER: (), SUPERVISORS: _supervisors(draft), TEAM: workers}
    people = {person for name in named for person in groups.get(name, (name,))}
    return next((worker for worker in (workers or draft.agents) if not people - {worker}), "")


def _workers(draft: Draft, queue: str) -> list[str]:
    model, _ = draft.queues[queue]
    return list(model.agents or draft.agents)


def _supervisors(draft: Draft) -> list[str]:
    return [name for name, agent in draft.agents.items() if may(agent, "supervisor")]


def _reachable(draft: Draft, queue: str) -> bool:
    """Tell whether somebody of a queue can be called; where nobody has an account, all work in the playground."""
    called = {name for name, agent in draft.agents.items() if agent.accounts}
    return not called or any(":" in name or name in called for name in _workers(draft, queue))
