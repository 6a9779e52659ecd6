"""What agents do to a case: which rule takes which act, and what they are told when it cannot be done."""

import re
from typing import assert_never

from msgspec.structs import replace

from bot.desk.case import Case, Decision, Wanted
from bot.desk.rights import acts
from bot.desk.team import Agent, may
from bot.dialog import (
    answering,
    canned,
    caring,
    casebook,
    cases,
    covering,
    endings,
    granting,
    merging,
    owning,
    presence,
    promising,
    sent,
    stray,
    unlinking,
    waiting,
)
from bot.dialog.events import (
    AccountUnlinked,
    ActMistyped,
    AgentReplied,
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
    EntryWanted,
    LiveSwitched,
    NoteAdded,
    PromiseWithdrawn,
    ReplyReworded,
    ReplyUndone,
    SnippetWanted,
    TaskAdded,
    TaskDone,
    WorkaroundGiven,
)  # fmt: skip
from bot.dialog.happening import AgentActed
from bot.dialog.markup import escape
from bot.dialog.scene import Scene

StaffEvent = (
    CaseClaimed
    | CaseReleased
    | AgentReplied
    | WorkaroundGiven
    | ReplyUndone
    | ReplyReworded
    | SnippetWanted
    | EntryWanted
    | NoteAdded
    | CaseAssigned
    | CaseTransferred
    | CasesMerged
    | CaseUnmerged
    | PromiseWithdrawn
    | AccountUnlinked
    | CaseSnoozed
    | LiveSwitched
    | ColleagueAdded
    | TaskAdded
    | TaskDone
    | CaseResolved
    | ActMistyped
)
_TO_CUSTOMERS = AgentReplied | WorkaroundGiven | ReplyReworded | CaseResolved
_COMMAND = re.compile(r"\s*![a-z]+", re.IGNORECASE)  # a line that looks like one
_AFTERWARDS = NoteAdded | EntryWanted | TaskDone | ReplyUndone | ReplyReworded | CaseUnmerged  # the end of a case


def staff(scene: Scene, event: StaffEvent) -> None:
    """Take what an agent did; what their role or the case's state forbids is answered in the thread."""
    found = entered(scene, event)
    if found is None:
        return
    case, agent = found
    if not case.open and not isinstance(event, _AFTERWARDS):
        scene.rule("case_is_closed")
        scene.alert(case, "staff_closed", agent=agent.name, role=case.role)
        return
    if isinstance(event, _TO_CUSTOMERS) and _withheld(scene, case, agent, event):
        return
    match event:
        case CaseClaimed():
            owning.claim(scene, case, agent, anyway=event.anyway)
        case CaseReleased():
            owning.release(scene, case, agent)
        case CaseAssigned(to=""):
            covering.cover(scene, case, agent, event.text)
        case CaseAssigned():
            owning.assign(scene, case, agent, event)
        case CaseTransferred():
            owning.transfer(scene, case, agent, event)
        case ColleagueAdded():
            owning.share(scene, case, agent, event)
        case TaskAdded():
            owning.add_task(scene, case, agent, event)
        case TaskDone():
            owning.finish_task(scene, case, agent, event)
        case AgentReplied():
            if casebook.may_act(scene, case, agent, event.text):
                answering.reply(scene, case, agent, event)
        case WorkaroundGiven():
            if casebook.may_act(scene, case, agent, event.text):
                answering.workaround(scene, case, agent, event)
        case ReplyUndone():
            sent.undo(scene, case, agent, event)
        case ReplyReworded():
            if casebook.may_act(scene, case, agent):
                sent.reword(scene, case, agent, event)
        case SnippetWanted():
            canned.want(scene, case, agent, event)
        case EntryWanted():
            canned.look_up(scene, case, event)
        case LiveSwitched():
            answering.switch_live(scene, case, agent, on=event.on)
        case NoteAdded() if _is_sent(case, agent, event) and not _withheld(scene, case, agent, event):
            answering.reply(scene, case, agent, event)
        case NoteAdded():
            scene.rule("note")
            scene.tell_staff(
                case, "note", escape(event.text), author=agent.name, files=event.files, message=event.message
            )
            if meant := _COMMAND.match(event.text):
                scene.alert(case, "staff_only_a_note", agent=agent.name, said=meant[0])
            elif _is_live(case, agent, event) and (slip := stray.command(event.text)):
                scene.alert(case, "staff_how_lines", agent=agent.name, said=slip)
        case CasesMerged():
            merging.merge(scene, case, agent, event)
        case CaseUnmerged():
            merging.unmerge(scene, case, agent, event)
        case AccountUnlinked():
            unlinking.unlink_by(scene, case, agent)
        case PromiseWithdrawn():
            if casebook.may_act(scene, case, agent):
                promising.withdraw(scene, case, agent)
        case CaseSnoozed():
            waiting.snooze(scene, case, agent, event)
        case CaseResolved():
            if casebook.may_act(scene, case, agent, event.text):
                endings.resolve(scene, case, agent, event)
        case ActMistyped():
            scene.rule("mistyped")
            if not owning.explain_task(scene, case, agent, event):
                scene.alert(case, f"staff_how_{event.do}", agent=agent.name, said=event.text)
            if not event.alone:
                scene.alert(case, "staff_rest_held", agent=agent.name)
        case _:
            assert_never(event)


def _withheld(scene: Scene, case: Case, agent: Agent, event: _TO_CUSTOMERS | NoteAdded) -> bool:
    """Tell an agent that their words are not sent, where a command stands among them or the law asks for care."""
    if _has_command(scene, case, agent, event.text):
        return True
    return acts(case, agent, scene.catalog.queues) and caring.withholds(scene, case, agent, event.text)


def _has_command(scene: Scene, case: Case, agent: Agent, text: str) -> bool:
    """Tell an agent that nothing is done with words for the customer among which a command stands."""
    slip = stray.command(text)
    if slip:
        scene.rule("command_among_words")
        scene.alert(case, "staff_how_lines", agent=agent.name, said=slip)
    return bool(slip)


def _is_sent(case: Case, agent: Agent, note: NoteAdded) -> bool:
    """Tell whether a bare line goes to the customer: the owner's in a live case, unless it looks like a command, or has
    one in it.
    """
    command = note.text.lstrip().startswith("!") or stray.command(note.text)
    return _is_live(case, agent, note) and not command


def _is_live(case: Case, agent: Agent, note: NoteAdded) -> bool:
    return case.live and case.open and agent.id == case.assignee and note.bare


def decide(scene: Scene, event: CaseDecided) -> Case | None:
    """Record a decision; return the case when it counts, so that the flow which waits can go on."""
    found = entered(scene, event)
    if found is None:
        return None
    case, agent = found
    refused = (
        "staff_closed" if not case.open
        else "staff_offered_already" if case.offered
        else "staff_nothing_to_decide" if case.kind != "approval"
        else "staff_role" if not may(agent, case.role)
        else "staff_no_counter" if event.counter and not case.countering
        else ""
    )  # fmt: skip
    if refused:
        scene.rule("decision_refused")
        until = scene.time(case.offered) if case.offered else ""
        scene.alert(case, refused, agent=agent.name, role=case.role, until=until)
        return None
    words = f"{event.counter.what}\n{event.text}" if event.counter else event.text
    if caring.forbids(scene, case, agent) or _has_command(scene, case, agent, words):
        return None
    offer = _offered(scene, case, agent, event)
    if event.counter and offer is None:
        return None
    scene.rule("decided")
    word: Decision = "countered" if event.counter else "approved" if event.approved else "declined"
    case = scene.put_case(replace(case, wanted=offer or case.wanted, decision=word))
    stands = event.counter and not case.internal  # until the customer has answered
    decided = case if stands else cases.close(scene, case, outcome=word, assignee=agent.id)
    told = {"amount": offer.amount, "what": offer.what} if offer else {}
    scene.alert(decided, f"staff_{word}", agent=agent.name, reason=event.text, **told)
    return decided


def _offered(scene: Scene, case: Case, agent: Agent, event: CaseDecided) -> Wanted | None:
    """Return what is offered in place of what was asked for, if that can be."""
    if event.counter is None:
        return None
    amount = granting.offer(scene, case, agent, event.counter.amount)
    if amount is None:
        return None
    about = case.wanted or Wanted(what="", amount="", currency="", by=agent.id, case=case.number)
    what = event.counter.what or about.what or case.subject
    return replace(about, what=what, amount=str(amount), currency=scene.catalog.voice.currency)


def entered(scene: Scene, event: AgentActed) -> tuple[Case, Agent] | None:
    """Go where a case is; return it and the agent, or None where either is unknown."""
    case = scene.case(event.case)
    agent = scene.catalog.agents.get(event.agent)
    if case is None or agent is None:
        scene.rule("unknown_case_or_agent")
        return None
    scene.enter(case.place, case.conversation)
    presence.acts(scene, case, agent)
    if casebook.is_own(agent, (case.customer, *scene.accounts)) and not isinstance(event, NoteAdded):
        scene.rule("own_case")
        scene.alert(case, "staff_own_case", agent=agent.name)
        return None
    return case, agent
