"""By which name customers know whoever looks after them: the agent's, the team's, or nobody's. Staff see real names."""

from bot.dialog.catalog import Catalog
from bot.dialog.markup import plain
from bot.dialog.template import render


def shown(catalog: Catalog, agent: str, queue: str) -> str:
    """Return the name under which an agent appears to customers of a queue; empty where there is no agent."""
    team = catalog.queues.get(queue) or catalog.queues[catalog.default_queue]
    match (team.names or catalog.voice.names) if agent else "agent":
        case "team":
            return team.name
        case "anonymous":
            voice = catalog.voice
            known = {"company": voice.company, "bot": voice.bot, "customer": ""}
            return plain(render(catalog.texts["name_anonymous"].variants[0], known))
        case _:
            found = catalog.agents.get(agent)
            return found.name if found else agent


def author(catalog: Catalog, agent: str, queue: str) -> str:
    """Return the same as it stands before what they say; a team begins with a capital there, a person as they like."""
    name, own = shown(catalog, agent, queue), catalog.agents.get(agent)
    return name if own and name == own.name else name[:1].upper() + name[1:]
