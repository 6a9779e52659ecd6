"""How long it will take, and who has it: a customer's place, an honest estimate, why it takes so long, and meanwhile.

Estimates come from what customers really waited, and are worded as estimates; without enough of them there is none.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from rapidfuzz import fuzz

from bot.desk import floor as floors
from bot.desk.case import Case
from bot.desk.estimates import estimate
from bot.desk.hours import is_open, next_open
from bot.dialog import casebook, promising, waiting
from bot.dialog.effects import Choice, Field, Form, Say
from bot.dialog.events import FormSubmitted
from bot.dialog.scene import Scene
from bot.dialog.speech import spoken_span
from bot.dialog.values import Reading
from bot.dialog.values.contacts import phone
from bot.knowledge import found, normalise

TOPICS, CALL_BACK = "meanwhile", "call_back"
_WITH_CARE = timedelta(minutes=10)
_AGAIN = timedelta(minutes=4)  # after our last words, those who ask once more how long it takes are told so
_ALIKE = 85  # of 100: so like one of the phrasings are words that mean the same
_SHORT, _WORDS_ALIKE, _MANY = 5, 65, 5  # letters of a word that tells little; so like one another; so many dilute it
_SENTENCE, _SENTENCES = re.compile(r"[.!?\n]+"), 20  # so many of them are looked at
_NUMBER, _WHEN = "number", "when"


def told(scene: Scene, case: Case) -> str:
    """Return a customer's place in the queue and the usual wait, as far as they are known, in a sentence or two."""
    return casebook.reason(scene, "outlook", **_known(scene, case))


def meanwhile(scene: Scene, case: Case) -> list[Choice]:
    """Return what a customer can do while they wait."""
    choices = [scene.choice_text(TOPICS, "choice_meanwhile")]
    if casebook.queue_of(scene, case.queue).call_back:
        choices.append(scene.choice_text(CALL_BACK, "choice_call_back"))
    return choices


def unattended(scene: Scene, case: Case) -> bool:
    """Tell whether nobody looks after the customer: nobody has their case, or its owner lets them wait for long."""
    if case.kind != "handoff":
        return False
    late = case.waits is not None and scene.now - case.waits >= timedelta(minutes=scene.catalog.limits.lease)
    return case.status == "waiting" or late


def long_silent(scene: Scene) -> bool:
    """Tell whether the customer has read nothing of ours for so long that a word is due.

    With care, when the bot answers nothing else, that is sooner.
    """
    told, usual = scene.talk.told, timedelta(minutes=scene.catalog.limits.lease)
    return told is None or scene.now - told >= (min(usual, _WITH_CARE) if scene.careful else usual)


def complains(scene: Scene, case: Case, text: str) -> bool:
    """Tell whether words ask how much longer, or whether anybody is there; of a customer whom no person looks after."""
    if case.kind != "handoff" or (case.waited is not None and not unattended(scene, case)):
        return False
    return impatient(scene, text)


def impatient(scene: Scene, text: str) -> bool:
    """Tell whether words ask how much longer it takes, or whether anybody is there.

    One sentence of several is enough, but for a single word ("hello?"), which all others have to go with.
    """
    sentences = {normalise(each) for each in (text, *_SENTENCE.split(text)[:_SENTENCES])} - {""}
    asking = {each for each in sentences if _is_impatient(each, scene)}
    return any(" " in each for each in asking) or (bool(asking) and sentences - asking <= {normalise(text)})


def _is_impatient(said: str, scene: Scene) -> bool:
    return _alike(said, scene.catalog.impatient)


def _alike(said: str, phrases: Iterable[str]) -> bool:
    return any(fuzz.token_sort_ratio(said, each) >= _ALIKE and _same(said, each) for each in phrases)


def _same(said: str, phrase: str) -> bool:
    """Tell whether no long word says something else: who asks for the warranty does not ask for the wait."""
    words = [word for word in said.split() if len(word) > _SHORT]
    beside = [word for word in words if all(fuzz.ratio(word, each) < _WORDS_ALIKE for each in phrase.split())]
    return len(beside) == 0 or len(words) > _MANY


def asks_outcome(scene: Scene, case: Case, text: str) -> bool:
    """Tell whether words ask what became of something that a flow could not finish, and nobody has looked at yet."""
    begun = case.kind == "handoff" and any(ref in scene.catalog.flows for ref in case.about)
    return begun and unattended(scene, case) and _alike(normalise(text), scene.catalog.commands["asking_outcome"])


def tell_outcome(scene: Scene, case: Case, text: str) -> None:
    """Say that it is being looked into, who tells them what became of it, and when."""
    scene.rule("asked_outcome")
    casebook.tell(scene, case, text)
    case = promising.nearer(scene, case)
    team, promise = casebook.queue_of(scene, case.queue).name, casebook.promised(scene, case)
    scene.say_text("outcome_open", case=case.number, team=team, promise=promise)


def answer(scene: Scene, case: Case, text: str) -> None:
    """Say how it stands, and why, in words not used for this case before; without any left, call staff.

    From then on that is done each time, but not twice within some minutes: their words reach staff all the same.
    """
    scene.rule("asked_how_long")
    casebook.tell(scene, case, text)
    was, case = case.promise, promising.from_return(scene, waiting.customer_wrote(scene, case))
    if case.promise != was:
        promising.tell_moved(scene, case, "promise_nobody_here")
        return
    wording = scene.catalog.texts["careful_how_long" if scene.careful else "how_long"]
    key = f"how_long:{case.number}"
    asked, before = scene.talk.said.get(key, 0), scene.talk.told
    scene.change(said={**scene.talk.said, key: asked + 1, f"passed_on:{case.number}": 0})
    used_up = asked >= len(wording.variants)
    if asked > len(wording.variants) and before and scene.now - before < _AGAIN:
        return
    told_now = {**_stands(scene, case), "cause": _cause(scene, case)}
    choices = [] if scene.careful else meanwhile(scene, case)
    if used_up:
        scene.alert(case, "staff_asks_again", asked=asked + 1)
        told_now |= {"asked": asked + 1, "since": scene.time(case.waits or scene.now)}
    scene.say_text("how_long_again" if used_up else "how_long", choices, **told_now)


def asks_who(scene: Scene, case: Case | None, text: str) -> bool:
    """Tell whether words ask who has an open case."""
    words = scene.catalog.commands
    open_here = case is not None and case.open and case.kind == "handoff"
    return open_here and bool(found(words["who_has_it"], text, words["not_who_has_it"]))


def tell_who(scene: Scene, case: Case, text: str) -> None:
    """Say who has a case, by the name that customers know; of one that waits, its place and the time."""
    scene.rule("asked_who_has_it")
    casebook.tell(scene, case, text)
    owner = casebook.called(scene, case) if case.status == "owned" else ""
    scene.say_text("who_has_it", **_stands(scene, case), owner=owner)


def _stands(scene: Scene, case: Case) -> dict[str, Any]:
    team, promise = casebook.queue_of(scene, case.queue).name, casebook.promised(scene, case)
    return {"case": case.number, "team": team, "promise": promise, "outlook": told(scene, case)}


def stands(scene: Scene, case: Case) -> None:
    """Say that people have the case, and the time that the customer was given; if that is late and far off, another."""
    before = scene.case(case.number) or case
    if (case := promising.nearer(scene, before)).promise != before.promise:
        promising.tell_moved(scene, case)
        return
    team, promise = casebook.queue_of(scene, case.queue).name, casebook.promised(scene, case)
    scene.say_text("already_waiting", case=case.number, team=team, promise=promise)


def leaves_to_people(scene: Scene, case: Case, flow: str) -> None:
    """Say of what the bot would do on its own what becomes of it while people have the case."""
    case = promising.nearer(scene, case)
    choices = [*meanwhile(scene, case), *casebook.way_back(scene, case)]
    promise, title = casebook.promised(scene, case), scene.catalog.title(flow)
    scene.say_text("left_to_people", choices, case=case.number, promise=promise, flow=title)


def called(scene: Scene, case: Case) -> None:
    """Say who has the case to a customer who called the bot by its name, if nothing else was said to that."""
    if not any(isinstance(each, Say) for each in scene.effects):
        team, promise = casebook.queue_of(scene, case.queue).name, casebook.promised(scene, case)
        scene.say_text(
            "called_by_name", case=case.number, team=team, owner=casebook.called(scene, case), promise=promise
        )


def ask_number(scene: Scene, case: Case) -> None:
    """Ask by a form where and when to call back."""
    scene.rule("call_back")
    labels = {name: casebook.reason(scene, f"call_back_{name}") for name in (_NUMBER, _WHEN)}
    fields = tuple(Field(id=name, label=label, required=name == _NUMBER) for name, label in labels.items())
    title = casebook.reason(scene, "choice_call_back")
    scene.say_text("call_back", form=Form(id=f"{scene.turn_id}/{CALL_BACK}", title=title, fields=fields))


def is_number(scene: Scene, event: FormSubmitted) -> bool:
    """Tell whether this is the form for a call-back, which still counts."""
    return bool(scene.talk.form) and event.form == f"{scene.talk.offer}/{CALL_BACK}"


def take_number(scene: Scene, case: Case, event: FormSubmitted) -> None:
    """Leave with the case where and when to call back."""
    number, when = (event.values.get(name, "").strip() for name in (_NUMBER, _WHEN))
    _note_number(scene, case, number, when)


def typed_number(scene: Scene, case: Case, text: str) -> bool:
    """Take a telephone number that was typed, with words that ask to be called or by itself, as if by the form."""
    read = phone(text, scene.catalog.voice.locale.partition("_")[2], scene.catalog.answers)
    if not isinstance(read, Reading) or not casebook.queue_of(scene, case.queue).call_back:
        return False
    beside = {*normalise(read.rest).split()}
    asked = scene.talk.form is not None and scene.talk.form.id == f"{scene.talk.offer}/{CALL_BACK}"
    if beside and not asked and scene.catalog.commands["calling"].isdisjoint(beside):
        return False
    casebook.tell(scene, case, text)
    _note_number(scene, case, str(read.values[0]), text.strip() if asked and beside else "")
    return True


def _note_number(scene: Scene, case: Case, number: str, when: str) -> None:
    scene.rule("call_back_noted")
    scene.withdraw_offer()
    case = scene.change_case(case.number, facts={**case.facts, CALL_BACK: f"{number} ({when})" if when else number})
    scene.alert(case, "staff_call_back", number=number, when=when)
    scene.say_text("call_back_noted", case=case.number, promise=casebook.promised(scene, case))


def _known(scene: Scene, case: Case) -> dict[str, Any]:
    before = floors.before(scene.floor, case)
    waits = estimate(floors.recent(scene.floor, case.queue))
    usual = spoken_span(scene.catalog, waits.usual) if waits else ""
    slow = spoken_span(scene.catalog, waits.slow) if waits else ""
    return {
        "before": before,
        "waits": case.status == "waiting",
        "usual": usual,
        "slow": slow if slow != usual else "",
    }


def _cause(scene: Scene, case: Case) -> str:
    """Say why nobody has answered yet."""
    queue = casebook.queue_of(scene, case.queue)
    if not is_open(queue.hours, scene.now):
        return casebook.reason(scene, "cause_closed", opens=scene.time(next_open(queue.hours, scene.now)))
    if casebook.nobody_here(scene, queue):
        return casebook.reason(scene, "cause_nobody")
    if case.assignee:
        return casebook.reason(scene, "cause_owned", owner=casebook.called(scene, case))
    if case.spoke or case.waited is not None:  # somebody has had it
        return casebook.reason(scene, "cause_again")
    before = _known(scene, case)["before"]
    return casebook.reason(scene, "cause_queue" if before else "cause_next", before=before)
