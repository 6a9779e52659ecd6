"""What a customer says: at rest, or in the middle of a flow.

Lives here: whose turn of talk the words are, in the order of `engine`'s rules. What they are about is decided in
`understand`; what is said to it is in `replying`, `picking` and `digressing`.
"""

from bot.desk.case import Case
from bot.dialog import (
    agreeing,
    attended,
    browsing,
    calling,
    caring,
    casebook,
    cases,
    checking,
    collected,
    concerns,
    correcting,
    danger,
    defusing,
    digressing,
    feedback,
    following,
    hearing,
    letting_be,
    linking,
    mycases,
    notifying,
    offers,
    outages,
    outlook,
    picking,
    places,
    pressing,
    questions,
    ranking,
    reacting,
    reopening,
    repairs,
    replying,
    returning,
    slots,
    soothing,
    steps,
    superiors,
    telling,
    thanks,
    threats,
)
from bot.dialog.collected import Asking
from bot.dialog.events import MessageReceived
from bot.dialog.flow import Ask
from bot.dialog.scene import Scene
from bot.dialog.understand import Understanding, command, is_order, unclear, understand
from bot.dialog.values import Hint
from bot.knowledge import normalise

_CHOSEN = ("choice", "choices", "items", "yes_no", "time")  # a question may be an answer to these


def message(scene: Scene, event: MessageReceived) -> None:
    """Take what the customer typed."""
    event = calling.unnamed(scene, event)
    text = event.text
    case = scene.case(scene.talk.case)
    soothing.listen(scene, event)
    if event.mode == "silent" and case and case.open:
        scene.muted = True
        cases.tell_people(scene, case, event)
        _call_people(scene, case, text)
        return
    if scene.talk.quiet and returning.wants(text, scene.catalog):
        scene.change(quiet=False)  # it was named
    if scene.talk.quiet:
        scene.rule("quiet")
        if case and case.open:
            cases.relay(scene, case, event)
            _call_people(scene, case, text)
        else:
            soothing.endangered(scene, event.text)
    elif choice := _label(scene, text):
        pressing.press(scene, choice)
    elif linking.hears(scene, event):
        if command(text, scene.catalog):  # staff have no use for a code
            calling.shown(scene)
    elif case and case.open and _needs_care(scene, case, text):
        if not mycases.hears(scene, event) and not returning.hears(scene, case, text):
            _with_care(scene, scene.case(case.number) or case, event)
    elif defusing.heard(scene, event):
        pass
    elif mycases.hears(scene, event) or _of_the_shop(scene, event):
        calling.shown(scene)
    elif offers.hears_beside(scene, text):
        if case and case.open:
            casebook.tell(scene, scene.case(case.number) or case, text)
    elif case and case.open:
        attended.hear(scene, event)
    elif scene.talk.moving:
        places.hold(scene, text)
    elif checking.hears(scene, event):
        pass
    elif _says_nothing(scene, event) and not checking.takes_signs(scene):
        _no_words(scene, event)
    elif name := repairs.wanted(scene, text):
        repairs.repair(scene, name)
    elif command(text, scene.catalog) == "resume":
        scene.rule("resumed")
        steps.resume(scene)
        if steps.asking(scene):
            steps.run(scene)
        else:
            scene.say_text("go_ahead")
    elif browsing.hears(scene, text):
        pass
    elif scene.frame:
        _in_flow(scene, text)
    else:
        _at_rest(scene, text)
    if not scene.careful:
        soothing.offer_supervisor(scene)
        soothing.ask_about_danger(scene)


def _of_the_shop(scene: Scene, event: MessageReceived) -> bool:
    """Take words about news of the shop's, or with which somebody joins one of its tiers."""
    if telling.hears(scene, event) or notifying.hears(scene, event):
        return True
    return not calling.is_for_person(scene, event) and ranking.joins(scene, event.text)


def _call_people(scene: Scene, case: Case, text: str) -> None:
    """Where the bot may not speak, danger and a customer's wish for a supervisor still reach them."""
    if scene.felt.safety:
        danger.heard(scene, scene.case(case.number) or case)
    threats.heard(scene, scene.case(case.number) or case)
    if superiors.asks(scene.catalog, text):
        superiors.alert(scene, scene.case(case.number) or case)


def _needs_care(scene: Scene, case: Case, text: str) -> bool:
    """Tell whether the case is one with which the bot only relays; legal words make it one."""
    caring.heard(scene, case, text)
    return scene.careful


def _with_care(scene: Scene, case: Case, event: MessageReceived) -> None:
    """Pass on what is said, and nothing else; who asks how much longer, or who has it, is told."""
    soothing.tell_mood(scene, case)
    case = scene.case(case.number) or case
    if outlook.asks_who(scene, case, event.text):
        outlook.tell_who(scene, case, event.text)
    elif outlook.complains(scene, case, event.text):
        outlook.answer(scene, case, event.text)
    else:
        cases.relay(scene, case, event)
    if superiors.asks(scene.catalog, event.text):
        superiors.call(scene)


def _label(scene: Scene, text: str) -> str:
    """Return the choice whose label the customer typed out, or nothing."""
    said = normalise(text)
    typed = (choice.id for choice in scene.talk.choices if normalise(choice.label) == said)
    return next(typed, "") or notifying.label(scene, said)


def _says_nothing(scene: Scene, event: MessageReceived) -> bool:
    """Tell whether a message has no words, or none but those that point at its files: "here"."""
    shows = reacting.only_shows(scene, event.text) and (bool(event.files) or steps.asking(scene) is None)
    return shows or not normalise(event.text)


def _no_words(scene: Scene, event: MessageReceived) -> None:
    """Nothing to read: files are kept for the people who may look at them later."""
    asked, closed = steps.asking(scene), None if scene.frame else reopening.of_words(scene)
    if asked and reacting.attached(scene, asked):
        pass
    elif closed and reopening.signs(scene, closed, event.text):
        scene.rule("more_to_say")
        _open_again(scene, closed, event.text)
    elif event.files:
        scene.rule("files")
        if asked:
            kept = "answer_voice" if reacting.spoken(event.files) else "answer_file"
            questions.ask_again(scene, asked, Hint(key=kept))
        else:
            scene.say_text("got_voice" if reacting.spoken(event.files) else "got_files")
    elif asked:
        scene.rule("no_words")
        steps.refuse(scene, Hint(key="answer_no_words"))
    elif thanks.is_sign(event.text) and scene.talk.answers:
        scene.rule("kind_sign")
        scene.say_text("sign")
    elif normalise(event.text):
        scene.rule("shows_nothing")
        scene.say_text("go_ahead")
    else:
        scene.rule("no_words")
        scene.say_text("no_words", [replying.person(scene)])


def _at_rest(scene: Scene, text: str) -> None:
    """No flow is in progress."""
    talk = scene.talk
    if talk.expecting == "clarify" and picking.picks(scene, text):
        return
    if talk.expecting == "first" and concerns.picks(scene, text):
        return
    if talk.pending and command(text, scene.catalog) == "next":
        scene.rule("next")
        concerns.next_one(scene)
        return
    if talk.expecting == "restated" and soothing.restated(scene, command(text, scene.catalog)):
        return
    if talk.expecting == "recurrence":
        soothing.tell_recurrence(scene)
        return
    if superiors.asks(scene.catalog, text):
        superiors.call(scene)
        return
    if owned := reopening.of_owner(scene, text):
        scene.rule("asked_for_owner")
        _open_again(scene, owned, text)
        return
    if feedback.hears(scene, text) or replying.goes_on(scene, text) or concerns.hears(scene, text):
        return
    if returning.is_there(scene, text):
        return
    meant = _understand(scene, text)
    if offers.lapsed(scene, text, unclear=meant.decision in ("unknown", "clarify", "smalltalk")):
        return
    if digressing.asks_of_decision_elsewhere(scene, meant, text):
        return
    if meant.declined:
        replying.without_people(scene, meant)
        return
    if meant.refused and meant.decision == "unknown":
        letting_be.leave(scene, meant, text)
        return
    doubtful = meant.decision in ("unknown", "clarify")
    if doubtful:
        scene.change(puzzled=scene.talk.puzzled + 1)
    if doubtful and (correcting.after_the_end(scene, text) or feedback.asks_again(scene, text)):
        return
    elsewhere = places.elsewhere(scene)
    if elsewhere and (meant.decision in ("clarify", "unknown") or meant.id in elsewhere):
        scene.trace = meant.trace("goes_on_in_private")
        scene.say_text("moved_to_private")
    elif (people := following.elsewhere(scene)) and meant.decision in ("clarify", "unknown"):
        scene.trace = meant.trace("people_have_it")
        following.here(scene, people)
    elif (closed := reopening.of_words(scene, text)) and reopening.goes_on(scene, closed, meant, text):
        scene.trace = meant.trace("more_to_say")
        _open_again(scene, closed, text)
    elif meant.decision in ("clarify", "unknown") and outages.answers(scene, text):
        pass
    elif not soothing.answers(scene, meant, text):
        replying.act(scene, meant, text)


def _open_again(scene: Scene, closed: Case, text: str) -> None:
    """Let whoever had a closed case read a reply to it."""
    case = cases.hand_over(scene, "", casebook.reason(scene, "reason_more"), reopen=closed.number)
    casebook.tell(scene, case, text)


def _understand(scene: Scene, text: str) -> Understanding:
    """Decide what the words are about; where they alone do not tell, with the tags of the post that they are in."""
    rejected = scene.talk.rejected
    meant = understand(text, scene.catalog, rejected=rejected, last=scene.talk.last)
    if scene.talk.tags and meant.decision in ("unknown", "clarify"):
        hinted = understand(f"{'. '.join(scene.talk.tags)}. {text}", scene.catalog, rejected=rejected)
        if hinted.decision not in ("unknown", "clarify", "smalltalk"):
            return hinted
    return soothing.cheerless(scene, meant, text)


def _in_flow(scene: Scene, text: str) -> None:
    """A flow is in progress: an answer to its question, a digression, or a failed answer."""
    if scene.talk.expecting == "clarify" and picking.picks(scene, text):
        return
    step = steps.asking(scene)
    word = command(text, scene.catalog)
    if step is None and scene.talk.expecting == "more" and word in ("yes", "no", "helped"):
        feedback.heard(scene, word)
        return
    if step and (reacting.attached(scene, step) or offers.hears(scene, text)):
        return
    if step is None and letting_be.withdraws(scene, text):
        return
    free_text, urges = _free_text(scene, step, text), step is None and outlook.impatient(scene, text)
    if not free_text and digressing.asks_of_decision(scene, text, impatient=urges):
        return
    if step and agreeing.hears(scene, step, text):
        return
    if step and correcting.come_first(scene, step, text) and correcting.corrects(scene, step, text):
        return
    if step and not free_text and (people := reacting.wants_people(scene, step, text)):
        digressing.digress(scene, people, text)
        return
    if letting_be.under_way(scene, step, text):
        return
    if not free_text and steps.takes(scene, step, text):
        return
    if step and not collected.takes_any_text(step) and correcting.corrects(scene, step, text):
        return
    if step and not collected.takes_own_words(step) and repairs.gives_up(scene, text):
        return
    if step and reacting.reacts(scene, step, text):
        return
    if step and (not free_text or collected.takes_any_text(step)) and hearing.takes_ahead(scene, step, text):
        steps.run(scene)
        return
    if step and reacting.reconsiders(scene, step, text):
        return
    if superiors.asks(scene.catalog, text):
        superiors.call(scene)
        return
    if steps.fleeting(scene) or checking.has_lapsed(scene):
        _let_go(scene, text)
        return
    if not collected.takes_own_words(step) and concerns.digresses(scene, text):
        return
    meant = digressing.understood(scene, text)
    if step and not free_text and letting_be.in_passing(scene, meant):
        return
    if step and not free_text and (meant.declined or returning.wants(text, scene.catalog)):
        scene.trace = meant.trace("no_person")
        questions.ask_again(scene, step, Hint(key="no_person"))
    elif checking.turned_away(scene, meant, text) or (
        _digresses(scene, meant, text, free_text=free_text) and checking.lapses(scene)
    ):
        _let_go(scene, text)
    elif _digresses(scene, meant, text, free_text=free_text):
        digressing.digress(scene, meant, text)
    elif (free_text and steps.takes(scene, step, text)) or (step and digressing.tells_of_day(scene, text)):
        return
    elif step:
        _fails(scene, meant, text)
    else:
        digressing.while_waiting(scene, text)


def _let_go(scene: Scene, text: str) -> None:
    """Leave a flow that nobody comes back to, and take the words as if it had not been there."""
    scene.withdraw_offer()
    scene.pop()
    (_in_flow if scene.frame else _at_rest)(scene, text)


def _free_text(scene: Scene, step: Asking | None, text: str) -> bool:
    """Tell words of one's own, and a question that happens to have a number in it: "where is order 67890?".

    What may be chosen instead of a fact, such as a code, is none: "which address did you send it to?".
    """
    if isinstance(step, Ask) and step.factual and slots.choose(collected.options(scene, step), text, scene.catalog):
        return False
    return collected.takes_own_words(step) or (isinstance(step, Ask) and step.type not in _CHOSEN and "?" in text)


def _fails(scene: Scene, meant: Understanding, text: str) -> None:
    """Ask whether something else was meant, or the flow's question once more: at once, if it was not understood."""
    puzzled = unclear(text, scene.catalog)
    if outages.answers(scene, text):
        if scene.frame and not scene.talk.case:
            steps.resume(scene)
            steps.run(scene)
        return
    if offers.asked(scene, text):
        return
    step = steps.asking(scene)
    if step and isinstance(scene.event, MessageReceived) and scene.event.files:
        scene.rule("files")
        questions.ask_again(scene, step, Hint(key="answer_file"))
        return
    if step and reacting.wants_another(scene, step, text):
        return
    others = _others(scene, meant) if meant.decision == "clarify" and not puzzled else ()
    if others and steps.tolerates(scene):
        scene.trace = meant.trace("clarify_in_flow")
        replying.ask_back(scene, others)
    else:
        scene.rule("failed_answer")
        scene.change(expecting="", options=())
        steps.refuse(scene, Hint(key="answer_question") if _questions(scene, text) else None)


def _questions(scene: Scene, text: str) -> bool:
    return text.rstrip().endswith("?") or slots.queries(text, scene.catalog)


def _digresses(scene: Scene, meant: Understanding, text: str, *, free_text: bool) -> bool:
    """Tell whether the customer turned to something else; words given as a free text must look like a question."""
    if meant.decision in ("unknown", "clarify") or (is_order(text) and correcting.knows_order(scene)):
        return False
    if not free_text or text.rstrip().endswith("?"):
        return True
    return meant.decision == "handoff" and meant.confidence >= scene.catalog.index.thresholds.answer


def _others(scene: Scene, meant: Understanding) -> tuple[str, ...]:
    """Return what the customer may have turned to; not the flows that they are in."""
    flows = {frame.flow for frame in scene.talk.frames}
    return tuple(ref for ref in meant.options if ref not in flows)
