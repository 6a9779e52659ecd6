"""What agents can do with a case, as every staff channel offers it: buttons, and the events that they make.

What they type is read in `typed`.

May not live here: whether an agent may do it. That is the engine's to say.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import structs

from bot.channels.decisions import DECISIONS, decision, span_of, told
from bot.channels.words import label, shortened, word
from bot.desk.broadcast import NOTICES
from bot.desk.case import Case, Outside, Profile
from bot.desk.snippets import Snippet
from bot.dialog import knowhow, naming, stray
from bot.dialog.casebook import WANTED
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Sign
from bot.dialog.events import (
    AccountUnlinked,
    ActMistyped,
    AgentCameBack,
    AgentReplied,
    AgentWentAway,
    CaseAssigned,
    CaseClaimed,
    CaseDecided,
    CaseReleased,
    CaseResolved,
    CasesMerged,
    CaseSnoozed,
    CaseTransferred,
    CaseUnmerged,
    ColleagueAdded,
    DeliveryFailed,
    EntryWanted,
    Event,
    LiveSwitched,
    NoteAdded,
    NoticeDecided,
    NoticeWanted,
    PromiseWithdrawn,
    ReplyReworded,
    ReplyUndone,
    SnippetWanted,
    SuggestionDismissed,
    SuggestionSent,
    TaskAdded,
    TaskDone,
    WorkaroundGiven,
)  # fmt: skip
from bot.dialog.files import File
from bot.dialog.posts import shown
from bot.dialog.snippets import filled
from bot.dialog.speech import spoken_time
from bot.ports import Outgoing, Shop

ACTIONS = (
    "claim", "release", "reply", "note", "approve", "decline", "resolve",
    "assign", "cover", "transfer", "share", "task", "done", "snooze", "live",
    "away", "back", "undo", "edit", "s", "find", "workaround", "merge", "unmerge", "unlink", "notice",
    "unpromise", *DECISIONS,
)  # fmt: skip
# What only shows something of a case: no event comes of it.
LOOKS = ("transcript",)
_LABEL = 75  # letters of a button on Slack; Discord has room for a few more
LINE = "line"  # what is written in a case's thread and is no command: in a live case, its owner's goes to the customer
# What asks for words first: a platform opens a form for them, in which those of the second group may be left out.
WORDED = ("reply", "note", "snooze", "approve", "decline", "counter", "resolve")
WORDS_NEEDED = ("reply", "note", "snooze")
# What became of a reply, as the mark that its line in the thread gets.
SIGNS: Mapping[Sign, str] = {"delivered": "✅", "failed": "⚠️", "taken_back": "↩️"}


# What can be done with a post in a staff room, and what of it asks for words.
POST_ACTS = ("send", "edit", "dismiss", "leave", "undo", "answer", "stop")
POST_WORDED = ("edit", "answer")

_SAID = 40  # letters of what could not be read that are said back
_DIGITS = 10  # of a case's number, at most
_ANYWAY = "anyway"  # to assign to somebody who is away, to claim what a colleague has
_PLEASE = re.compile(r"(?<=\bsend)[\s,]*(?:please)?[.!\s]*$", re.IGNORECASE)  # "!s greeting send, please!"


def staff_event(do: str, text: str, *, files: Sequence[File] = (), outcome: str = "", **common: Any) -> Event:
    """Return the event of an agent's action; of some, the first word of the text says with whom, where or how long.

    `outcome` is the code that was chosen beside the words of `resolve`. Files go with what is said to customers or
    noted; elsewhere there is no use for them.
    """
    first, _, rest = text.strip().partition(" ")
    first, rest = first.rstrip(":,"), rest.strip()
    number = int(digits) if (digits := first.lstrip("#")).isdecimal() and len(digits) < _DIGITS else 0
    match do:
        case "claim":
            return CaseClaimed(anyway=first.casefold() == _ANYWAY, **common)
        case "release":
            return CaseReleased(**common)
        case "reply" if text.strip() or files:
            return AgentReplied(text=text, files=tuple(files), **common)
        case "workaround" if text.strip():
            return WorkaroundGiven(text=text.strip(), **common)
        case "note" | "line":
            return NoteAdded(text=text, files=tuple(files), bare=do == LINE, **common)
        case "approve" | "decline":
            return CaseDecided(approved=do == "approve", text=text, **common)
        case "resolve":
            return CaseResolved(text=text, outcome=outcome, **common)
        case "assign" if first:
            anyway, _, why = rest.partition(" ")
            if anyway.casefold().rstrip(":,") == _ANYWAY:
                return CaseAssigned(to=first, text=why.strip(), anyway=True, **common)
            return CaseAssigned(to=first, text=rest, **common)
        case "cover":
            return CaseAssigned(to="", text=rest if first.casefold() == "me" else text.strip(), **common)
        case "transfer" if rest.strip(" |"):
            reason, _, note = (each.strip() for each in rest.partition("|"))
            return CaseTransferred(queue=first, text=reason or note, note=note if reason else "", **common)
        case "merge" if number:
            return CasesMerged(into=number, **common)
        case "unmerge" if number or not first:
            return CaseUnmerged(number=number, **common)
        case "unpromise":
            return PromiseWithdrawn(**common)
        case "unlink":
            return AccountUnlinked(**common)
        case "share" if first:
            return ColleagueAdded(colleague=first, text=rest, **common)
        case "task" if rest:
            return TaskAdded(queue=first, text=rest, **common)
        case "done" if number:
            return TaskDone(task=number, text=rest, **common)
        case "done" if first:
            return TaskDone(task=0, text=text.strip(), **common)
        case "snooze" if (span := span_of(first)) is not None:
            return CaseSnoozed(until=common["at"] + span, **common)
        case "snooze" if first:
            return CaseSnoozed(text=text.strip(), **common)
        case "s":
            query, _, last = _PLEASE.sub("", text).strip().rpartition(" ")
            send = bool(query) and last.casefold() == "send"
            return SnippetWanted(query=query.strip() if send else text.strip(), send=send, **common)
        case "find" if first:
            return EntryWanted(query=text.strip(), **common)
        case "undo":
            return ReplyUndone(reply=first, **common)
        case "edit" if text.strip():
            return ReplyReworded(text=text.strip(), **common)
        case "live" if first in ("on", "off"):
            return LiveSwitched(on=first == "on", **common)
        case "away":
            span = span_of(first)
            return AgentWentAway(
                until=common["at"] + span if span else None, text=rest if span else text.strip(), **common
            )
        case "back":
            return AgentCameBack(**common)
        case "notice":
            return NoticeWanted(words=text.strip(), **{**common, "customer": NOTICES, "case": 0})
        case _:
            return decision(do, text, **common) or ActMistyped(do=do, text=shortened(text.strip(), _SAID), **common)


def post_event(about: str, do: str, text: str, **common: Any) -> Event | None:
    """Return the event of what an agent does with a post, which names its customer; None for what is not for it."""
    kind, _, rest = about.partition("/")
    match kind, do:
        case "suggestion", "send" | "edit" if slip := stray.command(text):
            return ActMistyped(do="lines", about=rest, text=slip, case=0, customer=rest.rpartition("/")[0], **common)
        case "suggestion", "send":
            return SuggestionSent(suggestion=rest, customer=rest.rpartition("/")[0], **common)
        case "suggestion", "edit" if text.strip():
            return SuggestionSent(suggestion=rest, customer=rest.rpartition("/")[0], text=text.strip(), **common)
        case "suggestion", "edit":
            return ActMistyped(do="edit", about=rest, case=0, customer=rest.rpartition("/")[0], **common)
        case "suggestion", "dismiss" | "leave":
            customer = rest.rpartition("/")[0]
            return SuggestionDismissed(suggestion=rest, customer=customer, leave=do == "leave", **common)
        case "suggestion", "undo":
            return ReplyUndone(reply=rest, case=0, customer=rest.rpartition("/")[0], **common)
        case "notice", "send" | "dismiss" | "stop" if rest.isdecimal():
            return NoticeDecided(number=int(rest), goes=do == "send", case=0, customer=NOTICES, **common)
        case "task", "answer" if text.strip():
            case_number, task, customer = rest.split("/", 2)
            asked: dict[str, Any] = {"case": int(case_number), "task": int(task), "customer": customer}
            return TaskDone(text=text.strip(), below=True, **asked, **common)
        case "task", "answer":
            case_number, task, customer = rest.split("/", 2)
            return ActMistyped(do="answer", about=task, case=int(case_number), customer=customer, **common)
        case _:
            return None


async def suggested_words(shop: Shop, about: str) -> str:
    """Return what a suggestion says, as plain text, for a form to begin with; empty when it is no more."""
    id = about.partition("/")[2]
    customer = id.rpartition("/")[0]
    dossier = (await shop.store.dossiers([customer]))[customer][1]
    return next((shown(each) for each in dossier.suggestions if each.id == id), "")


def post_choices(acts: Sequence[str], catalog: Catalog) -> list[tuple[str, str]]:
    """Return what can be done with a post, and how its button is called."""
    return [(act, label(catalog, f"act_{act}", 40)) for act in acts]


def card_lost(outgoing: Outgoing, case: int, card: str, now: datetime) -> Event:
    """Return that a case's card (the platform's id) is gone, with its channel or without: once for each card."""
    return DeliveryFailed(
        key=f"card:{card}",
        customer=outgoing.customer,
        at=now,
        effect=outgoing.id,
        detail="the card is gone",
        place=outgoing.place,
        card=case,
    )


def agent_of(catalog: Catalog, *accounts: str) -> str:
    """Return the id of the agent with one of these accounts ("slack:U0123"), or nothing."""
    return next((agent.id for agent in catalog.agents.values() if not set(accounts).isdisjoint(agent.accounts)), "")


def notes(case: Case, catalog: Catalog) -> list[str]:
    """Return what else agents should know of a case, a line (neutral markup) each, in the shop's own words."""
    lines = []
    if case.live and case.open:
        lines.append(word(catalog, "card_live"))
    if case.bought:
        seen = spoken_time(catalog, None, case.bought.seen)
        lines.append(word(catalog, "card_order", **structs.asdict(case.bought) | {"seen": seen}))
    if case.workaround:
        lines.append(word(catalog, "card_workaround", text=case.workaround))
    if case.open:
        lines += [word(catalog, "card_vow", words=each.words) for each in case.promises if each.words]
    if case.snoozed:
        until = "" if case.until_written else spoken_time(catalog, None, case.snoozed)
        lines.append(word(catalog, "card_snoozed", until=until))
    if case.offered and case.open:
        lines.append(word(catalog, "card_offered", until=spoken_time(catalog, None, case.offered)))
    if case.mood != "calm" or case.flags:
        raised = "yes" if case.raised else ""
        heard = [word(catalog, f"mood_{each}") for each in (case.mood, *case.flags) if each != "calm"]
        lines.append(word(catalog, "card_mood", mood=", ".join(heard), raised=raised))
    if case.why:
        lines.append(word(catalog, "card_why", category=case.category, why=case.why))
    if case.passing and case.open:
        passed = case.passing
        by = catalog.agents[passed.by].name if passed.by in catalog.agents else passed.by
        lines.append(word(catalog, "card_passed", agent=by, reason=passed.reason, note=passed.note))
    if case.tried:
        lines.append(word(catalog, "card_tried", tried=", ".join(case.tried)))
    if case.earlier:
        lines.append(word(catalog, "card_earlier", cases=", ".join(map(str, case.earlier[-5:]))))
    if best := [catalog.snippets[id].title for id in case.snippets if id in catalog.snippets and case.open]:
        lines.append(word(catalog, "card_snippets", snippets=", ".join(best)))
    internal = knowhow.internal(catalog)
    for id in case.know_how if case.open else ():
        if id in internal:
            lines.append(word(catalog, "card_know_how", title=internal[id].title, code=id))
    if case.accounts:
        lines.append(
            word(catalog, "card_accounts", accounts=", ".join(case.accounts), platform=_platform(case, catalog))
        )
    if case.outside:
        lines.append(_kept(case.outside, catalog))
    if case.merged:
        lines.append(word(catalog, "card_merged", into=case.merged.into))
    if case.colleagues and case.open:
        called = [catalog.agents[each].name if each in catalog.agents else each for each in case.colleagues]
        lines.append(word(catalog, "card_helpers", people=", ".join(called)))
    if case.holds:
        lines.append(word(catalog, "card_holds", cases=", ".join(map(str, case.holds))))
    lines += told(case, catalog)
    for task in (each for each in case.tasks if not each.dropped):
        team = catalog.queues[task.queue].name if task.queue in catalog.queues else task.queue
        key = "card_task_done" if task.done_by else "card_task"
        lines.append(word(catalog, key, task=task.number, team=team, text=task.text, answer=task.answer))
    return lines


def clocks(case: Case, catalog: Catalog) -> list[tuple[str, datetime]]:
    """Return the times that count for a case, each with its name: what is past stays, what is due comes after it."""
    times = [(word(catalog, "card_opened"), case.opened_at)]
    if not case.open:
        return times
    if case.waits:
        times.append((word(catalog, "card_waits"), case.waits))
    if case.promise:
        times.append((word(catalog, "card_promised"), case.promise))
    due = [(word(catalog, f"level_{watch.kind}"), watch.due) for watch in case.watches if watch.due]
    return times + [(word(catalog, "card_due", target=target), at) for target, at in due]


def _kept(outside: Outside, catalog: Catalog) -> str:
    """Return where a case is kept besides, and what is known there of the customer."""
    known = structs.asdict(outside.profile or Profile())
    told = {name: "" if value is None else str(value) for name, value in known.items()}
    return word(catalog, "card_outside", desk=outside.desk, id=outside.id, link=outside.link, **told)


def _platform(case: Case, catalog: Catalog) -> str:
    return word(catalog, "platform_name", platform=case.place.partition(":")[0])


def offered(case: Case, catalog: Catalog) -> list[Snippet]:
    """Return the snippets that a card offers, the next best first; none where there is nothing to reply to."""
    if not case.open:
        return []
    known = catalog.snippets
    return [known[id] for id in dict.fromkeys((*case.snippets, *known)) if id in known]


def prefilled(shop: Shop, case: Case, snippet: str, agent: str) -> str:
    """Return a snippet's text as it would be sent now; empty when it is gone."""
    found, catalog = shop.catalog.snippets.get(snippet), shop.catalog
    owner = naming.shown(catalog, agent, case.queue)
    return filled(catalog, found, case, owner, shop.clock.now()) if found else ""


def ending(case: Case, catalog: Catalog) -> str:
    """Return how a case ended, as staff call it."""
    outcome = catalog.outcomes.get(case.outcome)
    return outcome.title if outcome else case.outcome


def case_title(catalog: Catalog, number: int, *about: str) -> str:
    """Return what a case is called on screens of staff, with what else is said of it behind that."""
    return " · ".join((label(catalog, "ui_case", _LABEL, case=number), *filter(None, about)))


def words_asked(catalog: Catalog, do: str) -> str:
    """Return what the form of an act asks an agent for."""
    if do == "snooze":
        return label(catalog, "ui_snooze", _LABEL)
    act = label(catalog, f"ui_act_{do}", _LABEL)
    return act if do in WORDS_NEEDED else label(catalog, "ui_act_words", _LABEL, act=act)


def card_text(case: Case) -> str:
    """Return a case in one line, for terminals and logs of programs."""
    parts = [f"Case {case.number}", case.status, case.name, case.subject, case.reason]
    if case.assignee:
        parts.insert(2, case.assignee)
    return " · ".join(part for part in parts if part)


def case_choices(case: Case, catalog: Catalog) -> list[dict[str, str]]:
    """Return the buttons of a case, in the shop's words; where words go with what they do, they are its `text`."""
    switched = {"on": "ui_act_live_on", "off": "ui_act_live_off"}
    keys = ((each, switched.get(each.get("text", ""), f"ui_act_{each['id']}")) for each in case_acts(case))
    return [{**each, "label": label(catalog, key, _LABEL)} for each, key in keys]


def case_acts(case: Case) -> list[dict[str, str]]:
    """Return what agents can do with a case now: an `id` as it is typed, and the `text` that goes with it."""
    if not case.open:
        actions: tuple[str, ...] = ("note",)
    elif case.offered:
        actions = ("reply", "note")
    elif case.kind == "approval":
        actions = ("approve", "decline", *(["counter"] if case.countering else []), "reply", "note")
    elif case.status == "waiting":
        actions = ("claim", "reply", "note", "resolve")
    else:
        actions = ("reply", "note", "snooze", "release", "resolve")
        if WANTED in case.flags:  # a supervisor may take it from its owner
            actions = ("claim", *actions)
    if case.open and case.owes:
        actions = (*actions, "unpromise")
    shown = [{"id": action} for action in (*actions, *LOOKS)]
    if case.open and (case.live or (case.kind == "handoff" and case.status == "owned")):
        shown.insert(-len(LOOKS), {"id": "live", "text": "off" if case.live else "on"})
    return shown
