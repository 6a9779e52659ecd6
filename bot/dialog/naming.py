"""By which name customers know whoever looks after them: the agent's, the team's, or nobody's. Staff see real names."""

from bot.desk.team import Queue
from bot.dialog.catalog import Catalog
from bot.dialog.markup import plain
from bot.dialog.template import render
from bot.knowledge import normalise


def shown(catalog: Catalog, agent: str, queue: str) -> str:
    """Return the name under which an agent appears to customers of a queue; empty where there is no agent."""
    match _policy(catalog, queue) if agent else "agent":
        case "team":
            return _team(catalog, queue).name
        case "anonymous":
            voice = catalog.voice
            known = {"company": voice.company, "bot": voice.bot, "customer": ""}
            return plain(render(catalog.texts["name_anonymous"].variants[0], known))
        case _:
            found = catalog.agents.get(agent)
            return found.name if found else agent


def person(catalog: Catalog, agent: str, queue: str) -> str:
    """Return the same where customers know agents by their names; empty where it would only be the team once more."""
    return shown(catalog, agent, queue) if _policy(catalog, queue) == "agent" else ""


def _policy(catalog: Catalog, queue: str) -> str:
    return _team(catalog, queue).names or catalog.voice.names


def _team(catalog: Catalog, queue: str) -> Queue:
    return catalog.queues.get(queue) or catalog.queues[catalog.default_queue]


def author(catalog: Catalog, agent: str, queue: str) -> str:
    """Return the same as it stands before what they say; a team begins with a capital there, a person as they like."""
    name, own = shown(catalog, agent, queue), catalog.agents.get(agent)
    return name if own and name == own.name else name[:1].upper() + name[1:]


def known(catalog: Catalog, agent: str, queue: str) -> set[str]:
    """Return what customers may call an agent in normalised words: by the whole name that they know, or the first."""
    name = normalise(person(catalog, agent, queue))
    return {name, name.partition(" ")[0]} - {""}
