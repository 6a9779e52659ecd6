"""How wishes for flows are taken back: what flows and commands say of it, put together for the catalog."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from bot.dialog.catalog import Refusal
from bot.dialog.flow import Wording
from bot.knowledge import loose

_WORDS = "*"  # in a phrase: any of the words for what a flow does


class Refused(Struct, frozen=True, kw_only=True):
    """What a flow says of it."""

    words: Sequence[str]
    phrases: Sequence[str]
    say: Wording | None


def refusals(flows: Mapping[str, Refused], commands: Mapping[str, Sequence[str]]) -> dict[str, Refusal]:
    """Return for each flow how a wish for it is taken back."""
    return {
        name: Refusal(
            words=(loose("|".join(refused.words)),) if refused.words else (),
            phrases=_about(refused.words, commands.get("refusing", ())),
            own=tuple(map(loose, refused.phrases)),
            unless=_about(refused.words, commands.get("not_refusing", ())),
            say=refused.say,
        )
        for name, refused in flows.items()
    }


def _about(words: Sequence[str], phrases: Iterable[str]) -> tuple[str, ...]:
    """Return phrases as they are said of what a flow does; without words for that, only those that need none."""
    said = (phrase for phrase in phrases if words or _WORDS not in phrase)
    return tuple(loose(phrase.replace(_WORDS, "|".join(words))) for phrase in said)
