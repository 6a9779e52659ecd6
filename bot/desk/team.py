"""Queues and the people behind them: who may do what."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from bot.desk.hours import Hours

Role = Literal["agent", "supervisor", "admin"]
ROLES: tuple[Role, ...] = ("agent", "supervisor", "admin")  # from the lowest
_RANK: dict[str, int] = {role: at for at, role in enumerate(ROLES, 1)}


class Agent(Struct, frozen=True, kw_only=True):
    """A person of the staff: the id that they act under, the name that customers see, and their role.

    `accounts` are theirs on the platforms: "slack:U0123", "discord:80351110224678912".
    """

    id: str
    name: str
    role: Role
    accounts: tuple[str, ...] = ()


Names = Literal["agent", "team", "anonymous"]


class Queue(Struct, frozen=True, kw_only=True):
    """Where cases wait: how customers hear it called, when it is staffed, and the promised first response (minutes).

    New cases are taken freely, or given to its agents in turn; no `agents` means everybody.
    `call_back` says that who waits may leave a telephone number. Supervisors are called when more than
    `alert_above` cases wait.
    `names` says by which name customers know its agents, if not as everywhere in the shop.
    """

    id: str
    name: str
    hours: Hours
    first_response: int
    assign: Literal["free", "round_robin"] = "free"
    agents: tuple[str, ...] = ()
    call_back: bool = False
    alert_above: int | None = None
    names: Names | Literal[""] = ""


def spelled(accounts: Iterable[str]) -> set[str]:
    """Return accounts as content may spell them: the workspace can be left out ("slack:U0123")."""
    parts = [(account, *account.partition(":")) for account in accounts]
    return {name for whole, platform, _, rest in parts for name in (whole, f"{platform}:{rest.rpartition('/')[2]}")}


def by_name(people: Iterable[Agent]) -> tuple[str, tuple[str, ...]]:
    """Return the names of people as a line calls them, and the ids that it rings."""
    called = tuple(people)
    return ", ".join(agent.name for agent in called), tuple(agent.id for agent in called)


def may(agent: Agent, role: str) -> bool:
    """Tell whether the agent's role is at least `role` (an empty one asks for nothing)."""
    return not role or _RANK[agent.role] >= _RANK.get(role, len(_RANK))
