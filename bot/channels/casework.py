"""What agents can do with a case, as every staff channel offers it: buttons, typed lines, and the events they make.

May not live here: whether an agent may do it. That is the engine's to say.
"""

from typing import Any

from bot.desk.case import Case
from bot.dialog.catalog import Catalog
from bot.dialog.events import (
    AgentReplied,
    CaseClaimed,
    CaseDecided,
    CaseReleased,
    CaseResolved,
    Event,
    NoteAdded,
)  # fmt: skip

ACTIONS = ("claim", "release", "reply", "note", "approve", "decline", "resolve")
# What asks for words first: a platform opens a form for them, in which those of the second group may be left out.
WORDED = ("reply", "note", "approve", "decline", "resolve")
WORDS_NEEDED = ("reply", "note")


def staff_event(do: str, text: str, **common: Any) -> Event:
    """Return the event of an agent's action."""
    match do:
        case "claim":
            return CaseClaimed(**common)
        case "release":
            return CaseReleased(**common)
        case "reply":
            return AgentReplied(text=text, **common)
        case "note":
            return NoteAdded(text=text, **common)
        case "approve" | "decline":
            return CaseDecided(approved=do == "approve", text=text, **common)
        case _:
            return CaseResolved(text=text, **common)


def typed(text: str, prefix: str) -> tuple[str, str]:
    """Return what a line in a case's thread does, and its words: a reply begins with the prefix, all else is a note."""
    if text.lstrip().casefold().startswith(prefix.strip().casefold() + " "):
        return "reply", text.lstrip()[len(prefix.strip()) :].strip()
    return "note", text


def agent_of(catalog: Catalog, *accounts: str) -> str:
    """Return the id of the agent with one of these accounts ("slack:U0123"), or nothing."""
    return next((agent.id for agent in catalog.agents.values() if not set(accounts).isdisjoint(agent.accounts)), "")


def card_text(case: Case) -> str:
    """Return a case in one line, for terminals and logs of programs."""
    parts = [f"Case {case.number}", case.status, case.name, case.subject, case.reason]
    if case.assignee:
        parts.insert(2, case.assignee)
    return " · ".join(part for part in parts if part)


def case_choices(case: Case) -> list[dict[str, str]]:
    """Return what agents can do with a case now."""
    if not case.open:
        actions: tuple[str, ...] = ("note",)
    elif case.kind == "approval":
        actions = ("approve", "decline", "reply", "note")
    elif case.status == "waiting":
        actions = ("claim", "reply", "note", "resolve")
    else:
        actions = ("reply", "note", "release", "resolve")
    return [{"id": action, "label": action.capitalize()} for action in actions]
