"""What a customer says while a person has the conversation, or will.

The words reach people, whatever else becomes of them. The bot takes only what is meant for it: whether to leave people
or keep a case open, what was asked meanwhile, and how long it still takes. While nobody answers it also says what is
surely known.
"""

from bot.desk.case import Case
from bot.dialog import (
    another,
    browsing,
    calling,
    casebook,
    cases,
    danger,
    digressing,
    endings,
    meanwhile,
    outlook,
    pressing,
    replying,
    returning,
    several,
    steps,
    superiors,
    thanks,
    unreached,
)
from bot.dialog.effects import Say
from bot.dialog.events import MessageReceived
from bot.dialog.scene import Scene
from bot.dialog.understand import Understanding, command, is_order, understand
from bot.knowledge import normalise


def hear(scene: Scene, event: MessageReceived) -> None:
    """Pass on what is said, and answer only what is for the bot, or surely known while they wait."""
    case = scene.case(scene.talk.case)
    assert case is not None
    if _leaves(scene, case, event) or _stays(scene, case, event.text) or _of_meanwhile(scene, case, event.text):
        return
    if _presses(scene, case, event):
        return
    asked = calling.asked(scene, event)
    if not asked and case.status == "owned" and superiors.reads_complaint(scene, case, _flow(scene, event.text)):
        cases.tell_people(scene, scene.case(case.number) or case, event)
        return
    served = case.status == "waiting" or asked or outlook.unattended(scene, case)
    if not (served and _serves(scene, case, event, asked)):
        cases.relay(scene, case, event)


def _leaves(scene: Scene, case: Case, event: MessageReceived) -> bool:
    """Ask whether to leave people, look something up, or go back to them, where the words say so to the bot."""
    word, for_person = command(event.text, scene.catalog), calling.is_for_person(scene, event)
    leaves = word in ("cancel", "back", "restart") or normalise(event.text) in scene.catalog.commands["reconsidering"]
    if leaves and not meanwhile.asking(scene, case) and not for_person:
        calling.shown(scene)
        cases.ask_to_leave(scene, case)
        return True
    if calling.asked(scene, event) and browsing.hears(scene, event.text):
        calling.shown(scene)
        return True
    return returning.hears(scene, case, event.text)


def _stays(scene: Scene, case: Case, text: str) -> bool:
    """Take the answer to whether to leave people, or whether a case is still needed."""
    word = command(text, scene.catalog)
    if word in ("yes", "no") and any(choice.id.endswith("/stay") for choice in scene.talk.choices):
        pressing.press(scene, f"{scene.talk.offer}/{'back_to_bot' if word == 'yes' else 'stay'}")
        return True
    if not endings.asks_what_is_left(scene):
        return False
    if cases.keeps_open(scene, case, text):
        return True
    if _nothing_left(scene, text):
        scene.rule("nothing_left")
        casebook.tell(scene, case, text)
        endings.close_quietly(scene, case, "staff_nothing_left")
        return True
    return False


def _of_meanwhile(scene: Scene, case: Case, text: str) -> bool:
    """Take an answer to what the bot asked while they wait, or a question about what it is."""
    if meanwhile.answers(scene, case, text):
        return True
    answers = case.status == "waiting" and command(text, scene.catalog) in ("yes", "no", "helped")
    if answers and steps.takes(scene, steps.asking(scene), text):  # what a decision offers them meanwhile
        casebook.tell(scene, scene.case(case.number) or case, text)
        return True
    return digressing.asks_of_decision(scene, text)


def _presses(scene: Scene, case: Case, event: MessageReceived) -> bool:
    """Take what needs people at once, or sooner: a supervisor, somebody else, a number to call, and danger."""
    text = event.text
    if superiors.asks(scene.catalog, text):
        cases.tell_people(scene, case, event)
        superiors.call(scene)
    elif another.asks(scene, case, text):
        cases.tell_people(scene, case, event)
        another.call(scene, scene.case(case.number) or case)
    elif (case.status == "waiting" and outlook.typed_number(scene, case, text)) or _asks_after(scene, case, text):
        pass
    elif danger.asked(scene, case, text):
        cases.tell_people(scene, case, event)
    else:
        return False
    return True


def _asks_after(scene: Scene, case: Case, text: str) -> bool:
    """Answer how it stands: "who has it?", "how long?", "nobody called me", "did it go through?"."""
    if outlook.asks_who(scene, case, text):
        outlook.tell_who(scene, case, text)
    elif outlook.complains(scene, case, text):
        outlook.answer(scene, case, text)
    elif unreached.says(scene, case, text):
        unreached.answer(scene, case, text)
    elif outlook.asks_outcome(scene, case, text):
        outlook.tell_outcome(scene, case, text)
    else:
        return False
    return True


def _serves(scene: Scene, case: Case, event: MessageReceived, asked: str) -> bool:
    """Do for somebody what the bot can do beside people; False where they still have to read the words."""
    text = asked or event.text
    meant = understand(text, scene.catalog, last=scene.talk.last)
    if meant.declined and not asked:
        cases.ask_to_leave(scene, case)
    elif meant.decision == "handoff" and not asked:
        scene.trace = meant.trace("already_handed_over")
        casebook.tell(scene, case, text)
        cases.hand_over(scene, "", "")
    elif flow := meanwhile.flow_of(scene, meant, text, asked=bool(asked)):
        scene.trace = meant.trace("looked_up_while_waiting")
        meanwhile.begin(scene, case, flow, event, text)
    elif meant.decision == "flow":
        return _leaves_to_people(scene, case, event, meant, asked=bool(asked))
    elif meant.decision == "clarify" and several.asks(text, scene.catalog):
        _offers_answers(scene, case, event, meant)
    else:
        if meant.decision == "answer":
            _answers(scene, meant, asked=bool(asked))
        return False
    return True


def _leaves_to_people(scene: Scene, case: Case, event: MessageReceived, meant: Understanding, *, asked: bool) -> bool:
    """Leave to people what the bot would begin a flow for; False where there is nothing to say about that."""
    if superiors.reads_complaint(scene, case, meant.id):
        cases.tell_people(scene, scene.case(case.number) or case, event)
    elif asked:
        cases.relay(scene, case, event)
        outlook.called(scene, scene.case(case.number) or case)
    elif case.status == "waiting" and not is_order(event.text):
        cases.tell_people(scene, case, event)
        outlook.leaves_to_people(scene, scene.case(case.number) or case, meant.id)
    else:
        return False
    return True


def _offers_answers(scene: Scene, case: Case, event: MessageReceived, meant: Understanding) -> None:
    """Pass on a question, and offer the answers that may be meant."""
    before = len(scene.effects)
    cases.relay(scene, case, event)
    if not any(isinstance(each, Say) for each in scene.effects[before:]):  # they hear that it was added
        outlook.stands(scene, case)
    scene.trace = meant.trace("offered_while_waiting")
    replying.offer_answers(scene, tuple(ref for ref in meant.options if ref not in scene.talk.rejected))


def _answers(scene: Scene, meant: Understanding, *, asked: bool) -> None:
    """Say the answer, unless it was not what they wanted before: people answer that."""
    if meant.id in scene.talk.rejected:
        scene.trace = meant.trace("rejected_before")
        return
    scene.trace = meant.trace("answered_when_asked" if asked else "answered_while_waiting")
    entry = scene.catalog.entries[meant.id]
    replying.say_entry(scene, entry, meanwhile.offered(scene, entry.flow))
    scene.change(last=meant.id)


def _flow(scene: Scene, text: str) -> str:
    """Return the flow that words surely ask for; empty if they ask for none."""
    meant = understand(text, scene.catalog)
    return meant.id if meant.decision == "flow" else ""


def _nothing_left(scene: Scene, text: str) -> bool:
    """Tell whether a customer who was asked what is left to do says: nothing."""
    well = thanks.heard(text, scene.catalog, wholly=False) == "thanks" or thanks.over(text, scene.catalog)
    return well or command(text, scene.catalog) == "no"
