"""Slack's ids in the house's form, and who talks in which place."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

PREFIX = "slack:"
_MOST = 50_000


class Where(NamedTuple):
    """A place taken apart; `thread` is empty for a DM or a channel itself."""

    team: str
    channel: str
    thread: str = ""

    @property
    def place(self) -> str:
        """The place as the house writes it."""
        return PREFIX + "/".join(part for part in self if part)

    def message(self, ts: str) -> str:
        """Return the platform id of a message in this channel."""
        return f"{self.team}/{self.channel}/{ts}"


def where(place: str) -> Where:
    """Take a place (or a channel, or a message's id) apart; a bare channel ("slack:C7") names no team."""
    team, _, rest = place.removeprefix(PREFIX).partition("/")
    channel, _, thread = rest.partition("/")
    return Where(team, channel, thread) if rest else Where("", team)


def person(team: str, user: str) -> str:
    """Return a customer's id."""
    return f"{PREFIX}{team}/{user}"


def accounts(team: str, user: str) -> tuple[str, str]:
    """Return the accounts under which an agent may be listed."""
    return f"{PREFIX}{user}", f"{PREFIX}{team}/{user}"


def member(account: str, team: str) -> str:
    """Return whom of a team an agent's account names; nobody for one of another team or platform."""
    home, _, user = account.removeprefix(PREFIX).rpartition("/")
    return user if account.startswith(PREFIX) and home in ("", team) and user.isalnum() else ""


def moment(ts: str) -> datetime:
    """Return the time of Slack's "1700000000.000100"."""
    return datetime.fromtimestamp(float(ts), UTC)


def stamp(at: datetime) -> str:
    """Return a time as Slack writes it."""
    return f"{at.timestamp():.6f}"


def is_dm(channel: str) -> bool:
    """Tell whether a channel is a direct message with the bot."""
    return channel.startswith("D")


class Places:
    """Who has a conversation in which place: loaded once, then kept up with what is accepted and delivered."""

    def __init__(self) -> None:
        self._customers: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._customers)

    def add(self, customer: str, place: str) -> None:
        """Remember that a customer talks in a place."""
        known = self._customers.get(place, ())
        if customer not in known:
            self._customers[place] = (*known, customer)
        self._customers.move_to_end(place)
        if len(self._customers) > _MOST:
            self._customers.popitem(last=False)

    def load(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Remember many at once."""
        for customer, place in pairs:
            self.add(customer, place)

    def customers(self, place: str) -> tuple[str, ...]:
        """Return who talks in a place, whoever began it first."""
        return self._customers.get(place, ())

    def latest(self, most: int) -> list[str]:
        """Return the places that were spoken in last, the last one first."""
        return [place for place, _ in zip(reversed(self._customers), range(most), strict=False)]
