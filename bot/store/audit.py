"""What the audit log keeps of a turn in which staff acted, accounts were linked, or the content was read again; pure.

Of staff: who, in which role, what, and the rule that decided. Of customers: which accounts they have linked, or taken
out of a link. Of content: which files, and the names of what changed.
No customer's words, and no agent's: times, numbers, switches, and the names of agents, queues, outcomes and calls.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import asdict

from bot.desk.noticewords import shown
from bot.dialog.effects import Call
from bot.dialog.events import (
    CallReturned,
    ContentChanged,
    ContentRefused,
    MessageReceived,
    NoticeDecided,
    NoticeProgressed,
    NoticeWanted,
    SuggestionDismissed,
    SuggestionSent,
)
from bot.dialog.happening import AgentActed
from bot.dialog.state import Turn
from bot.dialog.unlinking import UNLINK
from bot.ports import Act, TurnTaken

_COMMON = frozenset({"key", "customer", "at", "fresh", "agent", "case", "message", "bare"})
_NAMING = frozenset({"to", "queue", "colleague", "outcome", "do", "mark"})  # all other texts are words
_SAID_WHEN_TRUE = frozenset({"anyway", "send", "off"})
_REFUSED = frozenset({"suggestion_gone", "not_to_be_sent"})
_GUESSED = frozenset({"unknown", "clarify"})  # decisions that name what came closest, and did not count
_NAME = re.compile(r"[\w.:-]{1,64}")


def act_of(taken: TurnTaken) -> Act | None:
    """Return the entry of a turn; None where nothing was done that is kept."""
    event, turn = taken.event, taken.turn
    if isinstance(event, CallReturned | MessageReceived):
        return _of_link(event, turn)
    if isinstance(event, ContentChanged | ContentRefused):
        return _of_content(event, turn)
    if isinstance(event, NoticeProgressed) and not event.over:
        return None
    if isinstance(event, NoticeWanted | NoticeDecided | NoticeProgressed):
        return _of_notice(event, turn)
    if isinstance(event, SuggestionSent | SuggestionDismissed):
        return _of_suggestion(event, turn)
    if not isinstance(event, AgentActed):
        return None
    detail = {name: kept for name, value in asdict(event).items() if (kept := _kept(name, value)) is not None}
    for call in (effect for effect in turn.effects if isinstance(effect, Call)):
        detail[call.action] = {name: str(value) for name, value in call.args.items() if _is_number(value)}
    return Act(
        at=event.at,
        who=event.agent,
        role=turn.trace.role,
        act=type(event).__name__,
        case=event.case,
        rule=turn.trace.rule,
        turn=turn.id,
        detail=detail,
    )


def _of_link(event: CallReturned | MessageReceived, turn: Turn) -> Act | None:
    """Return which account a customer has linked with theirs, or taken out of a link; None where they did neither."""
    rule, who = turn.trace.rule, event.account or event.customer
    if isinstance(event, CallReturned) and rule == "link_linked":
        act, detail = "AccountsLinked", {"accounts": " ".join(turn.dossier.accounts)}
    elif isinstance(event, MessageReceived) and any(getattr(each, "action", "") == UNLINK for each in turn.effects):
        act, detail = "AccountUnlinked", {}
    else:
        return None
    return Act(at=event.at, who=who, role="customer", act=act, rule=rule, turn=turn.id, detail=detail)


def _of_suggestion(event: SuggestionSent | SuggestionDismissed, turn: Turn) -> Act:
    """Return who sent or dismissed what: the entry or flow that it was from; without one, it was refused."""
    trace, detail = turn.trace, dict[str, Any]()
    if trace.rule not in _REFUSED:
        understood = "" if trace.decision in _GUESSED else trace.id
        detail["of"] = understood or trace.flow or trace.decision or trace.rule
        if isinstance(event, SuggestionSent):
            detail["edited"] = bool(event.text.strip())
    act = type(event).__name__
    return Act(at=event.at, who=event.agent, role=trace.role, act=act, rule=trace.rule, turn=turn.id, detail=detail)


def _of_notice(event: NoticeWanted | NoticeDecided | NoticeProgressed, turn: Turn) -> Act:
    """Return what is kept of a notice to many: for whom, its text, which is the shop's own, and how far it came."""
    number = 0 if isinstance(event, NoticeWanted) else event.number
    told = turn.dossier.broadcasts
    notice = next((each for each in told if each.number == number or (not number and each.at == event.at)), None)
    detail: dict[str, Any] = {}
    if notice:
        detail = {"notice": notice.number, "kind": notice.kind.id, "people": notice.people, **asdict(notice.counts)}
        detail |= {"to": shown(notice.audience), "text": notice.kind.text, "slots": notice.slots}
    return Act(
        at=event.at,
        who=event.agent if isinstance(event, AgentActed) else notice.yes if notice else "",
        role=turn.trace.role,
        act=type(event).__name__,
        rule=turn.trace.rule,
        turn=turn.id,
        detail=detail,
    )


def _of_content(event: ContentChanged | ContentRefused, turn: Turn) -> Act:
    if isinstance(event, ContentChanged):
        kinds = ("added", "changed", "removed")
        files = {
            each.file: {kind: " ".join(names) for kind in kinds if (names := getattr(each, kind))}
            for each in event.files
        }
        detail: dict[str, Any] = {**files, **({"mended": True} if event.mended else {})}
    else:
        detail = {"problems": len(event.problems), "first": event.problems[0].partition(": ")[0]}
    act = type(event).__name__
    return Act(at=event.at, who="content", role="", act=act, rule=turn.trace.rule, turn=turn.id, detail=detail)


def _kept(name: str, value: object) -> Any:
    """Return what may be kept of an event's field; None for all that could be words."""
    if name in _COMMON:
        return None
    if name in _SAID_WHEN_TRUE and value is False:
        return None
    if name == "files":
        return len(value) if isinstance(value, tuple) and value else None
    if isinstance(value, str):
        return value if name in _NAMING and _NAME.fullmatch(value) else None
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, bool | int) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
