"""What every event carries, and what the runtime adds to it. The events themselves are in events.py."""

from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from bot.desk.floor import Floor

# Who reads along in a place: only the customer (and the bot), everybody in a thread, or everybody in a forum's post.
Scope = Literal["private", "public", "post"]

# Who speaks in a channel: nobody yet (staff see what the bot would say), a person with the bot's help, or the bot.
Mode = Literal["silent", "suggest", "live"]


class Fresh(Struct, frozen=True, kw_only=True):
    """What the runtime adds to an event: ids that the turn may use up, since the engine can make none itself.

    `waited` are the seconds for which the event lay there because the bot was down or paused; mostly 0. `floor` is what
    all customers share, as it is now. `code` is one that nobody can guess.
    """

    conversation: str
    case: int
    waited: float = 0.0
    floor: Floor = Floor()
    code: str = ""


class Happening(Struct, frozen=True, kw_only=True, tag=True):
    """What every event carries; `account` is where it came from when that is not the customer's id itself."""

    key: str
    customer: str
    at: datetime
    account: str = ""
    fresh: Fresh = field(default_factory=lambda: Fresh(conversation="c0", case=0))


class AgentActed(Happening, frozen=True, kw_only=True):
    """What every staff event carries: who did it, and to which case.

    `message` is the platform's id of the message in the case's thread that did it, if one did: it is not shown twice.
    """

    agent: str
    case: int
    message: str = ""
