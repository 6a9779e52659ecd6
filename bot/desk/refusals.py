"""How often each policy says no, and what its customers take instead: for whoever revises the rules."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct


class Refused(Struct, frozen=True, kw_only=True):
    """Counts of one policy's no: how often it was told, and how often each choice was made; the rest said nothing."""

    policy: str
    told: int = 0
    chosen: dict[str, int] = {}

    @property
    def left(self) -> int:
        """How many went without choosing anything."""
        return max(0, self.told - sum(self.chosen.values()))


def tallies(told: Iterable[str]) -> list[Refused]:
    """Count what traces tell of refusals ("refund_window", "refund_window/credit"), most told first."""
    noes, chosen = Counter[str](), dict[str, Counter[str]]()
    for each in told:
        policy, slash, choice = each.partition("/")
        if slash:
            chosen.setdefault(policy, Counter())[choice] += 1
        else:
            noes[policy] += 1
    found = [
        Refused(policy=policy, told=noes[policy], chosen=dict(chosen.get(policy, Counter()).most_common()))
        for policy in {**noes, **chosen}
    ]
    return sorted(found, key=lambda each: (-each.told, each.policy))
