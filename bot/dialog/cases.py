"""People: handing over, waiting for them, and what they do, each as a rule on the draft of a turn."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk.case import Case, Vow
from bot.desk.hours import by, instant, is_open, next_open
from bot.desk.notices import next_look
from bot.desk.promises import promised
from bot.desk.team import Queue, may
from bot.dialog import (
    again,
    caring,
    casebook,
    collected,
    danger,
    escalating,
    following,
    levels,
    matter,
    needing,
    nods,
    orders,
    outlook,
    places,
    progress,
    promising,
    ranking,
    reopening,
    rotation,
    tasks,
    thanks,
    threats,
    titles,
    triage,
    undecided,
    waiting,
)
from bot.dialog.catalog import Wish
from bot.dialog.effects import Say, Source
from bot.dialog.events import MessageReceived
from bot.dialog.flow import Approve
from bot.dialog.markup import escape, plain
from bot.dialog.scene import Scene
from bot.dialog.state import Frame
from bot.dialog.understand import command
from bot.knowledge.mood import UNHAPPY

# --- opening ----------------------------------------------------------------------------------------------------------


def hand_over(scene: Scene, queue: str, why: str, *, reopen: int = 0, opening: str = "", subject: str = "") -> Case:
    """Give the conversation to a queue (the default one for ""): a case, a promise to the customer, and a timer.

    An open handoff of this customer is not doubled, wherever it is; `reopen` takes up an earlier case with its owner
    again. `opening` is a house text to say first; `subject` is the title, if it isn't to be the customer's own words.
    """
    if _needs_care(scene):
        scene.careful = True
        for case in (case for case in scene.open_cases() if case.kind == "handoff"):
            caring.begins(scene, case)
    if not reopen and (weighed := undecided.asked(scene)):
        return weighed
    if standing := _standing(scene, why):
        return danger.alarm(scene, standing) if danger.spoken_of(scene) else standing
    if opening:
        scene.say_text(opening)
    earlier, graded = scene.case(reopen) or reopening.of_matter(scene), _graded(scene)
    earlier = earlier if earlier and not earlier.open else None
    place = casebook.queue_of(scene, earlier.queue if earlier else ranking.queue(scene, queue))
    promise = casebook.first_response(scene, place, graded["priority"])
    if earlier:
        case = _open_again(scene, earlier, place, promise, why)
    else:
        case = _open(scene, place, promise, why, {**graded, "subject": matter.short(subject) or titles.given(scene)})
        case = danger.call(scene, case) if danger.spoken_of(scene) else case
    scene.change(case=case.number, frames=_under_review(scene), expecting="", options=(), misses=0, puzzled=0)
    case = casebook.follow(scene, case)
    scene.start_timer("promise", f"promise:{case.number}", case.promise or promise, case=case.number)
    progress.start(scene, case)
    if scene.talk.files and not reopen:  # whoever takes up an earlier case tells the words that came with them
        casebook.tell(scene, case, "")
    _tell_of_offer(scene, case)
    if scene.talk.scope != "private":
        places.move(scene)
    return case


def _open(scene: Scene, queue: Queue, promise: datetime, why: str, graded: dict[str, Any]) -> Case:
    """Open a case, and tell the customer who has it, by when, and what they can do meanwhile."""
    facts = _facts(scene)
    before = again.earlier(scene)
    comes_again = casebook.reason(scene, "reason_recurrence", case=before.number) if before else ""
    case = scene.new_case(
        kind="handoff",
        queue=queue.id,
        **graded,
        reason=why if comes_again in why else f"{why} {comes_again}",
        facts=facts,
        bought=orders.about(scene, facts),
        worth=_worth(scene),
        promise=promise,
        waits=scene.now,
        tried=tuple(scene.catalog.title(ref) for ref in scene.talk.tried),
        earlier=tuple(case.number for case in scene.closed_cases()),
    )
    case = _no_later(scene, _as_asked(scene, scene.put_case(levels.opened(scene, case))), queue)
    case, promise = rotation.give_out(scene, case), case.promise or promise
    key = "handoff" if is_open(queue.hours, scene.now) else "handoff_closed"
    key = "handoff_nobody" if casebook.nobody_here(scene, queue) else key
    if key == "handoff_closed" and danger.spoken_of(scene) and not scene.careful:
        key = "danger_closed"
    opens = scene.time(next_open(queue.hours, scene.now))
    told: dict[str, Any] = {"case": case.number, "team": queue.name, "promise": scene.time(promise), "opens": opens}
    told |= {"owner": casebook.named(scene, case), "outlook": outlook.told(scene, case)}
    choices = [] if scene.careful else [*outlook.meanwhile(scene, case), *casebook.way_back(scene, case)]
    scene.say_text(key, choices, **told)
    ranking.greet(scene, case)
    if before:
        again.ask(scene, case, before)
    return case


def _open_again(scene: Scene, earlier: Case, queue: Queue, promise: datetime, why: str) -> Case:
    """Take up a closed case, with whoever had it if they are there, and tell the customer."""
    scene.careful = scene.careful or earlier.careful
    assignee = "" if _cannot_go_on(scene, earlier) else earlier.assignee
    facts = {**earlier.facts, **_facts(scene)}
    subject = matter.retitled(scene, earlier, titles.given(scene, again=True))
    flags = {*_unasked(earlier.flags)} - {casebook.DANGER, threats.THREAT}
    if _still_in_danger(scene, earlier):
        flags.add(casebook.DANGER)
        why = earlier.reason if why in earlier.reason else f"{why} {earlier.reason}"
    case = scene.change_case(
        earlier.number,
        status="owned" if assignee else "waiting",
        assignee=assignee,
        promise=promise,
        untold=False,
        believed=None,
        missed=0,
        lifted=0,
        leases=0,
        passing=None,
        reason=why,
        subject=earlier.subject if reopening.only_answers(scene, earlier) else subject,
        about=tuple(dict.fromkeys((*titles.about(scene), *earlier.about))),
        facts=facts,
        bought=orders.about(scene, facts) or earlier.bought,
        recent=scene.talk.recent,
        waits=scene.now,
        waited=None,
        flags=tuple(flag for flag in earlier.flags if flag in flags),
    )
    case = scene.put_case(levels.opened(scene, replace(case, standing=scene.standing)))
    scene.cancel_timer(_check_in(case.number))
    again = {_passed_on(case), reopening.left_for_bot(case)}
    scene.change(said={key: at for key, at in scene.talk.said.items() if key not in again})
    scene.alert(case, "staff_reopened", reason=why)
    if danger.spoken_of(scene):
        case = danger.alarm(scene, case)
    if case.status == "owned":
        waiting.start_lease(scene, case)
    case = _no_later(scene, _as_asked(scene, case), queue)
    case = promising.resumed(scene, rotation.give_out(scene, case))
    promise, known = case.promise or promise, casebook.called(scene, case)
    scene.say_text("reopened", case=case.number, team=queue.name, promise=scene.time(promise), owner=known)
    return case


def _still_in_danger(scene: Scene, earlier: Case) -> bool:
    """Tell whether a case of danger opens again for that; who speaks of danger anew is heard as for the first time."""
    return casebook.DANGER in earlier.flags and not danger.spoken_of(scene) and reopening.is_same(scene, earlier)


def _no_later(scene: Scene, case: Case, queue: Queue) -> Case:
    """Promise a case no later answer than its priority asks for: it may have become more urgent as it was opened."""
    at = casebook.first_response(scene, queue, case.priority)
    return scene.change_case(case.number, promise=at) if case.promise and at < case.promise else case


def _cannot_go_on(scene: Scene, earlier: Case) -> bool:
    """Tell whether somebody else takes up a closed case: its owner is not there, or it is a supervisor's by now."""
    owner = scene.catalog.agents.get(earlier.assignee)
    legal = scene.careful and not earlier.careful and not (owner and may(owner, caring.LIFTS))
    return owner is None or legal or floors.away(scene.floor, earlier.assignee, scene.now) is not None


def _needs_care(scene: Scene) -> bool:
    """Tell whether the shop wants care with what the customer has asked for."""
    rule, wish = triage.grade(scene), scene.catalog.wishes.get(scene.trace.id)
    return bool((rule and rule.careful) or (wish and wish.careful))


def _as_asked(scene: Scene, case: Case) -> Case:
    """Treat a case as the customer's standing, the day they need it by, and care ask for."""
    case = again.opened(scene, needing.opened(scene, ranking.opened(scene, case)))
    return caring.begins(scene, case) if scene.careful else case


def _graded(scene: Scene) -> dict[str, Any]:
    rule = triage.grade(scene) or triage.of_matter(scene) or triage.otherwise(scene)
    usual = rule.priority if rule else casebook.USUAL
    priority = triage.raised(scene, usual)
    graded: dict[str, Any] = {"priority": priority, "raised": priority < usual, "mood": scene.talk.mood}
    heard = {"urgent": scene.felt.urgent, casebook.DANGER: danger.spoken_of(scene), "legal": scene.felt.legal}
    graded["flags"] = tuple(flag for flag, was in heard.items() if was)
    graded["about"] = titles.about(scene)
    why = rule.why if rule and not rule.general else ""  # of what is nothing special, a card says nothing
    return {**graded, "category": rule.category, "why": why} if rule else graded


def _standing(scene: Scene, why: str) -> Case | None:
    """Return the handoff that the customer has already, and tell them so; None if they have none."""
    here = scene.case(scene.talk.case)
    if here and here.open:
        scene.rule("already_handed_over")
        if not _said(scene, "danger_told"):
            outlook.stands(scene, here)
        wish = scene.catalog.wishes.get(titles.wish(scene))
        if wish and wish.id not in here.about and not danger.spoken_of(scene):
            scene.alert(here, "staff_besides", reason=wish.reason)
            subject = matter.retitled(scene, here, titles.given(scene, again=True))
            here = scene.change_case(here.number, subject=subject, about=(wish.id, *here.about))
        in_progress = scene.frame and not scene.frame.waiting
        if in_progress and _under_review(scene) != scene.talk.frames:  # woken by a decision, a flow ends with people
            scene.alert(here, "staff_besides", reason=why)
            scene.change(frames=_under_review(scene), expecting="", options=())
        return here
    elsewhere = [case for case in scene.open_cases() if case.kind == "handoff" and case.place != scene.talk.place]
    for case in elsewhere[:1]:
        scene.alert(case, "staff_also", reason=why)
        (following.here if scene.talk.scope == "private" else places.busy_elsewhere)(scene, case)
        return case
    return None


def grant(scene: Scene, wish: Wish) -> Case:
    """Give the conversation to the people whom the customer's wish is for."""
    casebook.say_first(scene, wish)
    return hand_over(scene, wish.queue, wish.reason)


def _under_review(scene: Scene) -> tuple[Frame, ...]:
    """Return the frames that go on: when somebody has decided, or with an offer that stands; the rest ends here."""
    frames = scene.talk.frames
    kept = [at for at, each in enumerate(frames) if each.waiting.startswith("case:") or casebook.offer_in(scene, each)]
    return frames[: kept[-1] + 1] if kept else ()


def _tell_of_offer(scene: Scene, case: Case) -> None:
    """Say that an offer stands although people take over, and to these that there is one."""
    offered = [each for each in (casebook.offer_in(scene, frame) for frame in scene.talk.frames) if each]
    for offer in offered[:1]:
        until = scene.time(offer.offered) if offer.offered else ""
        scene.alert(case, "staff_offer_stands", offer=offer.number, until=until)
        if not scene.careful:
            scene.say_text("offer_stands", case=offer.number, until=until)


def ask_approval(scene: Scene, step: Approve) -> None:
    """Open a case that somebody with the step's role decides, and tell the customer that it is under review."""
    place = casebook.queue_of(scene, step.queue)
    promise = by(place.hours, scene.now, timedelta(minutes=step.within))
    verdict, facts = _verdict(scene), _facts(scene)
    case = scene.new_case(
        kind="approval",
        queue=place.id,
        role=step.role,
        subject=matter.short(plain(scene.fill(step.subject))),
        reason=_why_asked(scene, verdict),
        policy=str(verdict.get("policy", "")),
        policy_version=str(verdict.get("version", "")),
        facts=facts,
        bought=orders.about(scene, facts),
        promise=promise,
        priority=2,
        countering=bool(step.countered),
        worth=_worth(scene),
        earlier=tuple(case.number for case in scene.closed_cases()),
    )
    at = step.text.at
    words = scene.word(f"flow:{step.id}", step.text, case=case.number, team=place.name, promise=scene.time(promise))
    scene.say(words, Source(kind="flow", id=f"{scene.talk.frames[-1].flow}.{step.id}", at=at))
    scene.start_timer("promise", f"promise:{case.number}", promise, case=case.number)


def _verdict(scene: Scene) -> dict[str, Any]:
    """Return the verdict of a policy that the talk is about, if there is one."""
    found = scene.talk.frames[-1].slots.get("verdict")
    return found if isinstance(found, dict) else {}


def _why_asked(scene: Scene, verdict: dict[str, Any]) -> str:
    """Return what is to be decided, and what the policy says of it."""
    asks = casebook.reason(scene, "reason_approval")
    if not verdict:
        return asks
    instead = ", ".join(each["label"] for each in verdict["alternatives"])
    said = {name: verdict[name] for name in ("policy", "because", "rule")}
    return f"{asks} {casebook.reason(scene, 'reason_policy', alternatives=instead, **said)}"


def plan_check_in(
    scene: Scene,
    wait: timedelta,
    about: str,
    case: int = 0,
    *,
    before: date | None = None,
    since: date | None = None,
    begins: str = "",
) -> None:
    """Come back to the customer later; each matter has a check-in of its own. Not where that would be out of place.

    Later is after `wait`, or so long before or `since` a day, by day; `begins` is a flow of its own for it.
    """
    if not may_ask_later(scene):
        return
    key, at = _check_in(case) if case else f"check_in:{scene.turn_id}", scene.now + wait
    if day := before or since:
        zone = scene.catalog.voice.zone
        then = instant(day, time.min, zone) + (-wait if before else wait)
        at = next_look(scene.catalog.notices, zone, max(then, scene.now), key)
    scene.start_timer("check_in", key, at, case=case, data={"about": about, **({"begins": begins} if begins else {})})


def may_ask_later(scene: Scene) -> bool:
    """Tell whether it is in place to come back to the customer."""
    return not (scene.careful or scene.standing.ended)


def about_case(scene: Scene, case: Case, owner: str = "") -> str:
    """Say what a check-in on a case is about, and who looked after it: its owner, or else this one."""
    return casebook.reason(scene, "about_case", case=case.number, owner=casebook.called(scene, case, owner))


def _check_in(case: int) -> str:
    """Return the key of a case's check-in: however often it is closed, it is asked about once."""
    return f"check_in:case:{case}"


def note_from_flow(scene: Scene, text: str, feedback: str = "") -> None:
    """Put a flow's note in the thread of the case that its slot `case` names; with it, keep the words in `feedback`."""
    scene.note(text)
    slots = scene.talk.frames[-1].slots
    number = slots.get("case")
    case = scene.case(number) if isinstance(number, int) else None
    if case and feedback:
        case = scene.put_case(replace(case, feedback=str(slots.get(feedback, ""))))
    if case:
        scene.tell_staff(case, "note", escape(text), author=scene.catalog.voice.bot)


# --- while people have it ---------------------------------------------------------------------------------------------


def relay(scene: Scene, case: Case, event: MessageReceived) -> None:
    """Show what the customer said in the case's thread, and tell them so the first time, or if we asked.

    Whom nobody looks after learns after that how it stands: behind what was said to their feelings, or for too long.
    """
    rests = _rests(scene, event)
    asked = not rests and _were_asked(scene, "bot")
    tell_people(scene, case, event)
    if (case.status == "waiting" or asked) and _passed_on(case) not in scene.talk.said:
        case = promising.nearer(scene, scene.case(case.number) or case)
        scene.say_text("passed_on", case=case.number, promise=casebook.promised(scene, case))
        scene.change(said={_passed_on(case): 0, **scene.talk.said})
    elif scene.talk.quiet or rests or not outlook.unattended(scene, case) or _said(scene, "danger_told"):
        return
    elif outlook.long_silent(scene) or _said(scene, f"ack_{scene.felt.mood}"):
        outlook.stands(scene, case)


def _said(scene: Scene, text: str) -> bool:
    """Tell whether a house text is what was said last in this turn."""
    said = [effect.source.id for effect in scene.effects if isinstance(effect, Say)]
    return said[-1:] == [text]


def _passed_on(case: Case) -> str:
    return f"passed_on:{case.number}"


def tell_people(scene: Scene, case: Case, event: MessageReceived) -> None:
    """Show what the customer said in the case's thread."""
    scene.rule("relayed")
    case = casebook.follow(scene, case)
    casebook.tell(scene, case, event.text)
    case = needing.heard(scene, matter.heard(scene, case, event.text), event.text)
    rests = _rests(scene, event)
    if not rests:
        waiting.customer_wrote(scene, case)
    elif rests == "comes_back":
        _waits_for_them(scene, case, event.text)


def _waits_for_them(scene: Scene, case: Case, text: str) -> None:
    """Wait for a customer who will see to something first; whoever asks for time, or is away, hears that it's fine."""
    until = _until(scene, case, text)
    if waiting.comes_back(scene, case, until) and (until or nods.keeps(text, scene.catalog)):
        _say_kept(scene, case, until)


def _until(scene: Scene, case: Case, text: str) -> datetime | None:
    return nods.until(text, scene.catalog, casebook.queue_of(scene, case.queue).hours, scene.now)


def _say_kept(scene: Scene, case: Case, until: datetime | None) -> None:
    scene.say_text("kept", case=case.number, until=scene.time(until) if until else "")


def _rests(scene: Scene, event: MessageReceived) -> nods.Read:
    """Tell whether the customer waits for nothing: they only thank us, take note, or will see to something first.

    What follows a question of ours is an answer to it, which wants to be read, unless it is put off.
    """
    felt, told = scene.felt, _told(scene)
    if event.files or felt.mood in UNHAPPY or felt.legal or felt.safety or felt.threat:
        return ""
    said = nods.read(event.text, scene.catalog, told)
    if said == "comes_back" or any(_asks(scene, line) for line in (*told, event.quote)):
        return said if said == "comes_back" else ""
    kind = thanks.heard(event.text, scene.catalog, wholly=felt.mood != "happy") == "thanks"
    declined = command(event.text, scene.catalog) in ("no", "helped")
    declines = declined and any(nods.is_courteous(line, scene.catalog) for line in told)
    return "nods" if said or kind or declines else ""


def _told(scene: Scene) -> list[str]:
    """Return what the customer was told since they wrote last, and before, where they only put off an answer."""
    told: list[str] = []
    for line in reversed(scene.talk.recent):
        if line.who != "customer":
            told.append(line.text)
        elif told and nods.read(line.text, scene.catalog) != "comes_back":
            break
    return told


def _asks(scene: Scene, told: str) -> bool:
    """Tell whether words of ours want an answer; an offer with a time by which we act needs none."""
    if not nods.asks(told, scene.catalog):
        return False
    queue = casebook.queue_of(scene, "")
    return "?" in told or not promised(told, scene.catalog.promises, queue.hours, scene.now)


def _were_asked(scene: Scene, by: str) -> bool:
    """Tell whether what was said to the customer last was said `by` this one, and has a question in it."""
    before = [line for line in scene.talk.recent if line.who != "customer"]
    return bool(before) and "?" in before[-1].text and by == before[-1].who


def keeps_open(scene: Scene, case: Case, text: str) -> bool:
    """Keep a case open, on the bot's question, whose customer will see to something first; False for other words."""
    if not _were_asked(scene, "bot") or nods.read(text, scene.catalog) != "comes_back":
        return False
    casebook.tell(scene, case, text)
    keep_open(scene, case, _until(scene, case, text))
    return True


def keep_open(scene: Scene, case: Case, until: datetime | None = None) -> None:
    """Keep a case open for its customer, who owes the next words, when they are back if they say until when."""
    scene.rule("keeps_case")
    waiting.comes_back(scene, case, until)
    scene.withdraw_offer()
    _say_kept(scene, case, until)


def ask_to_leave(scene: Scene, case: Case) -> None:
    """Ask whether the customer wants the bot back instead of a person; of some cases, say that people keep them."""
    scene.rule("asks_to_leave_case")
    back, owner = casebook.way_back(scene, case), casebook.called(scene, case)
    choices = [*back, scene.choice_text("stay", "choice_stay")] if back else []
    scene.say_text("leave_case" if back else "careful_leave_case", choices, case=case.number, owner=owner)


def withdraw(scene: Scene, case: Case) -> None:
    """Close a case because its customer no longer needs it."""
    scene.rule("withdrawn")
    close(scene, case, outcome="withdrawn")
    scene.alert(case, "staff_withdrawn", words=case.vow)
    if case.kind == "handoff":
        scene.let_go(case.number)


def back_to_bot(scene: Scene, case: Case) -> None:
    """Close a case whose customer would rather have the bot, with which they go on from here."""
    withdraw(scene, case)
    scene.change(said={**scene.talk.said, reopening.left_for_bot(case): 0})
    scene.say_text("back_with_bot", case=case.number)


# --- small parts ------------------------------------------------------------------------------------------------------


def keep_promise(scene: Scene, case: Case, *, assignee: str, stands: tuple[Vow, ...] = ()) -> Case:
    """Somebody has written as promised: the case is theirs, and nothing is due but what still `stands`."""
    kept = promising.settle(scene, take_up(scene, case, assignee=assignee), stands, assignee)
    return scene.put_case(replace(kept, lapsed=None))


def take_up(scene: Scene, case: Case, *, assignee: str) -> Case:
    """Give somebody a case; what its customer was promised stands until they write."""
    case = escalating.seen_to(scene, case)
    agent = scene.catalog.agents.get(assignee)
    flags = _unasked(case.flags) if agent and may(agent, casebook.WANTED) else case.flags
    return scene.change_case(case.number, status="owned", assignee=assignee, flags=flags)


def _unasked(flags: tuple[str, ...]) -> tuple[str, ...]:
    """Return what was heard, but for the wish for a supervisor: one has the case, or it begins anew."""
    return tuple(flag for flag in flags if flag != casebook.WANTED)


def close(scene: Scene, case: Case, *, said: str = "", **fields: str) -> Case:
    """End a case: nothing is due for it any more, and nobody is asked for anything; a merged one's tasks go along.

    What people promised and the last words `said` do not keep is due again when it is opened again.
    """
    merged = fields["outcome"] == "merged"
    stand = promising.left(scene, case, said)
    promising.forget(scene, case)
    escalating.seen_to(scene, case)
    waiting.forget(scene, case)
    needing.forget(scene, case)
    if not merged:
        tasks.drop(scene, case)
    casebook.end_live(scene, case)
    if case.offered:
        casebook.drop_offer(scene, case)
    return scene.change_case(
        case.number,
        status="resolved",
        resolved_at=scene.now,
        promise=None,
        vow="",
        comes=False,
        vows=(),
        unkept=() if merged else stand,
        lapsed=None,
        leaving=None,
        waits=None,
        unheard=False,
        snoozed=None,
        live=False,
        workaround="",
        besides=case.besides if merged else (),
        watches=(),
        **fields,
    )


def _facts(scene: Scene) -> dict[str, str]:
    """Return what was collected, and the order that the customer names elsewhere."""
    return matter.with_order(collected.facts(scene), " ".join(scene.talk.own))


def _worth(scene: Scene) -> str:
    """Return what the order is worth that the talk is about, if one was looked up."""
    orders = [order for frame in scene.talk.frames if isinstance(order := frame.slots.get("order"), dict)]
    total = orders[-1].get("total") if orders else None
    return str(total) if isinstance(total, str | int | Decimal) else ""
