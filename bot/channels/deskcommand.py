"""The staff's slash command: words after it that are acts of an agent's own, about no case.

Lives here: reading them, and the answer that only the agent sees. What they lead to is the engine's to say.
"""

from datetime import datetime

from bot.channels.casework import staff_event
from bot.channels.words import word
from bot.desk.hours import next_day
from bot.dialog.events import AgentWentAway
from bot.dialog.speech import spoken_time
from bot.ports import Shop

COMMAND = "desk"
OWN_ACTS = ("away", "back")


def own_act(text: str) -> tuple[str, str] | None:
    """Return what an agent does by these words, and the rest of them; None when it is nothing of their own."""
    do, _, rest = text.strip().partition(" ")
    return (do.casefold(), rest.strip()) if do.casefold() in OWN_ACTS else None


async def act(shop: Shop, agent: str, do: str, text: str, *, key: str, at: datetime) -> str:
    """Store what an agent does; return what they read, in neutral markup."""
    event = staff_event(do, text, key=key, customer=f"staff:{agent}", at=at, agent=agent, case=0)
    await shop.accept(event)
    name = shop.catalog.agents[agent].name
    if isinstance(event, AgentWentAway):
        catalog = shop.catalog
        until = event.until or next_day(catalog.queues[catalog.default_queue].hours, at)
        return word(catalog, "staff_away", agent=name, until=spoken_time(catalog, at, until), reason=event.text)
    return word(shop.catalog, "staff_back", agent=name)
