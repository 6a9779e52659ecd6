"""How a case ends: solved by an agent, given up in silence, or closed as its customer asked.

The way back is in `reopening` and `cases`.
"""

from datetime import datetime, timedelta

from msgspec import structs

from bot.desk.case import Case, Vow
from bot.desk.promises import Promised
from bot.desk.team import Agent
from bot.dialog import answering, casebook, cases, matter, outcomes, places, promising, reopening, sent, waiting
from bot.dialog.catalog import Outcome
from bot.dialog.effects import Source
from bot.dialog.events import CaseResolved
from bot.dialog.scene import Scene
from bot.dialog.speech import spoken_days

_PLAIN = "resolved"  # the outcome without a code


def resolve(scene: Scene, case: Case, agent: Agent, event: CaseResolved) -> None:
    """Close a case, with a last word, and plan to ask later whether it is really solved.

    Whose customer still waits for an answer to their last words, and gets none with this, is said once to the agent.
    While the last word gives the customer a time by which we do something, the case is not over: it is kept open for
    that. Nor is it while such a time is to come and nothing is said; who means it all the same says so again. What
    comes to the customer without us needs nobody; either way, they are asked about it when the time is here.
    """
    code, words = (event.outcome, event.text) if event.outcome else outcomes.said(scene.catalog, event.text)
    if _is_unfinished(scene, case, agent) or _is_no_outcome(scene, case, agent, code, words):
        return
    last = scene.talk.replies[-1] if scene.talk.replies else None
    if case.promise and last and (last.case, last.text) == (case.number, words):
        words = ""  # sent already, when they kept the case open
    given = promising.heard(scene, case, words)
    if _stays_open(scene, case, agent, given, structs.replace(event, text=words), code):
        return
    outcome = scene.catalog.outcomes.get(code)
    if not (words.strip() or case.leaving or (outcome and outcome.text)) and _over_their_words(scene, case, agent):
        return
    scene.rule("resolved")
    owner = scene.catalog.agents.get(case.assignee, agent)
    vow = None if words.strip() else _vow(case)
    owed = given.at if given else vow.at if vow else None
    cases.close(scene, case, said=words.strip(), outcome=code or _PLAIN, assignee=owner.id)
    usual = scene.catalog.limits.check_in if outcome is None or outcome.check_in is None else outcome.check_in
    wait = max(timedelta(minutes=usual), owed - scene.now if owed else timedelta())
    if words.strip():
        sent.send(scene, case, agent, words, message=event.message)
    unheard = _wait_on(case) and not words.strip()
    scene.change_case(case.number, recent=scene.talk.recent, unheard=unheard)
    _say_farewell(scene, case, agent, outcome, owed, wait)
    parting = scene.standing.ending
    if parting and parting.state == "going":
        left = parting.next.id if parting.next else ""
        scene.alert(case, "staff_ending_still_goes_on", agent=agent.name, next=left)
    scene.let_go(case.number)
    scene.end_matter()
    scene.change(expecting="settled")
    places.solve(scene)
    if wait:
        cases.plan_check_in(scene, wait, cases.about_case(scene, case, owner.id), case.number)


def _is_unfinished(scene: Scene, case: Case, agent: Agent) -> bool:
    """Tell whether a decision or another team's task has to come first, and say so."""
    if case.kind == "approval":
        scene.rule("undecided")
        offered = scene.time(case.offered) if case.offered else ""
        scene.alert(case, "staff_decide_first", agent=agent.name, offered=offered)
        return True
    open_tasks = [task for task in case.tasks if task.open]
    if open_tasks:
        scene.rule("tasks_open")
        scene.alert(case, "staff_tasks_open", agent=agent.name, tasks=len(open_tasks))
    return bool(open_tasks)


def _is_no_outcome(scene: Scene, case: Case, agent: Agent, code: str, words: str) -> bool:
    """Tell whether a case can't end with a code, or not without a word, and say why."""
    outcome = scene.catalog.outcomes.get(code)
    wrong = code if code and outcome is None and code != _PLAIN else ""
    if wrong := wrong or (not code and outcomes.slip(scene.catalog, words)) or "":
        scene.rule("unknown_outcome")
        codes = ", ".join(scene.catalog.outcomes)
        scene.alert(case, "staff_unknown_outcome", agent=agent.name, outcome=wrong, outcomes=codes)
        return True
    if outcome and outcome.unsolved and not words.strip():
        scene.rule("outcome_without_why")
        scene.alert(case, "staff_outcome_why", agent=agent.name, outcome=code, title=outcome.title)
        return True
    if outcome and outcome.unanswered and case.waits:
        scene.rule("they_wait")
        since = scene.time(case.waits)
        scene.alert(case, "staff_outcome_they_wait", agent=agent.name, outcome=code, title=outcome.title, since=since)
        return True
    return False


def _say_farewell(
    scene: Scene, case: Case, agent: Agent, outcome: Outcome | None, owed: datetime | None, wait: timedelta
) -> None:
    """Tell the customer that their case is closed, in the outcome's own words if it has any, and what comes yet."""
    known = casebook.called(scene, case, agent.id)
    asks = spoken_days(scene.catalog, wait) if wait and cases.may_ask_later(scene) else ""
    if outcome and outcome.text:
        answers = casebook.first_response(scene, casebook.queue_of(scene, case.queue), case.priority)
        told = {"case": case.number, "owner": known, "asks": asks, "promise": scene.time(answers)}
        ending = scene.word(f"outcome:{outcome.id}", outcome.text, **told)
        scene.say(ending, Source(kind="text", id=outcome.id, at=outcome.at))
    elif owed and cases.may_ask_later(scene):
        scene.say_text("resolved_ahead", case=case.number, owner=known, promise=scene.time(owed))
    else:
        scene.say_text("resolved", case=case.number, owner=known, asks=asks)


def _over_their_words(scene: Scene, case: Case, agent: Agent) -> bool:
    """Say, once for each wait, that a case would be closed over what its customer said to somebody's answer."""
    if case.waits is None or not _wait_on(case):
        return False
    key = f"they_wait:{case.number}:{case.waits:%Y%m%d%H%M%S}"
    if key in scene.talk.said:
        return False
    scene.rule("they_wait")
    scene.change(said={**scene.talk.said, key: 0})
    said = next((line.text for line in reversed(scene.talk.recent) if line.who == "customer"), "")
    since = scene.time(case.waits)
    scene.alert(case, "staff_resolve_they_wait", agent=agent.name, since=since, words=matter.short(said))
    return True


def _wait_on(case: Case) -> bool:
    """Tell whether a customer waits for an answer whom a person has answered before."""
    return case.waits is not None and case.spoke != ""


def _stays_open(scene: Scene, case: Case, agent: Agent, given: Promised | None, event: CaseResolved, code: str) -> bool:
    """Keep a case open for a time that its last words give, and once for one that is still to come; tell its owner."""
    if given and not (given.comes and cases.may_ask_later(scene)):
        scene.rule("promised_at_the_end")
        answering.reply(scene, case, agent, event)
        case = scene.change_case(case.number, leaving=given.at)
        scene.alert(case, "staff_not_resolved", agent=agent.name, promise=scene.time(given.at), outcome=code)
        return True
    every = [each for each in case.promises if each.words and not each.comes]
    if every and not event.text.strip() and (case.leaving is None or case.leaving < every[-1].at):
        scene.rule("promise_open")
        case = scene.change_case(case.number, leaving=every[-1].at)
        times, said = ", ".join(scene.time(each.at) for each in every), ", ".join(each.words for each in every)
        scene.alert(case, "staff_promise_open", agent=agent.name, promise=times, words=said)
        return True
    return False


def _vow(case: Case) -> Vow | None:
    """Return the last of the times that people gave the customer of a case."""
    return next((each for each in reversed(case.promises) if each.words), None)


def close_quietly(scene: Scene, case: Case, told: str = "staff_closed_quietly") -> None:
    """Close a case whose customer no longer answers, or says that nothing is left; a word from them opens it again."""
    closed = cases.close(scene, scene.change_case(case.number, recent=scene.talk.recent), outcome=reopening.SILENT)
    scene.say_text("closed_quietly", case=case.number)
    scene.alert(closed, told, words=case.vow)
    scene.let_go(case.number)
    scene.end_matter()
    places.solve(scene)


# --- as its customer asked --------------------------------------------------------------------------------------------


def question(case: Case) -> str:
    """Name the question whether a case shall be closed, as a conversation remembers that it was asked."""
    return f"close:{case.number}"


def is_asked(scene: Scene, case: Case) -> bool:
    """Tell whether a customer was asked if their case shall be closed, and has not answered."""
    return not case.left_to_people and any(talk.asked == question(case) for talk in scene.conversations())


def asks_what_is_left(scene: Scene) -> bool:
    """Tell whether a silent customer was asked last if anything is left to do, before their case is closed."""
    return any(choice.id.endswith("/keep") for choice in scene.talk.choices)


def stays(scene: Scene, case: Case) -> None:
    """Keep a case open of which that was asked: nobody's silence closes it but that of a customer who owes us words."""
    scene.cancel_timer(waiting.quiet_key(case))
    waiting.comes_back(scene, case)


def close_as_asked(scene: Scene, case: Case) -> None:
    """Close a case because its customer wants that; whoever was helped by a person is asked about it later."""
    scene.rule("closes_own_case")
    wait = timedelta(minutes=scene.catalog.limits.check_in)
    helped = case.kind == "handoff" and case.waited is not None and case.assignee != ""
    checks = helped and bool(wait) and cases.may_ask_later(scene)
    cases.withdraw(scene, case)
    scene.let_go(case.number)
    scene.end_matter()
    asks, offered = spoken_days(scene.catalog, wait) if checks else "", "yes" if case.offered else ""
    scene.say_text("mycases_closed_now", case=case.number, asks=asks, offered=offered)
    places.solve(scene)
    if checks:
        cases.plan_check_in(scene, wait, cases.about_case(scene, case), case.number)
