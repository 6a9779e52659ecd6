"""A customer's own cases: shown, added to and closed, from wherever the customer writes.

They are shown only where nobody else reads along, and whatever was going on goes on afterwards. Who asks to close one
is asked whether they mean it; thanks mean yes to that, and so does silence. One that needs care, and one of danger that
nobody has answered, is closed by people.
"""

import re
from collections.abc import Mapping
from datetime import timedelta

from bot.desk.case import Case
from bot.desk.wordings import plain
from bot.dialog import (
    calling,
    caring,
    casebook,
    endings,
    nods,
    outlook,
    overview,
    places,
    slots,
    soothing,
    steps,
    thanks,
    waiting,
)
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Source
from bot.dialog.events import FormSubmitted, MessageReceived
from bot.dialog.scene import Scene
from bot.dialog.state import OWN, meant
from bot.dialog.understand import clauses, command, names
from bot.knowledge import normalise

COMMAND = "cases"
NEWS = "case_news"  # the same, but below the words of a person who has the case
_WORDS = "words"


def hears(scene: Scene, event: MessageReceived) -> bool:
    """Take words about the customer's own cases: the command, or the answer to what we asked; False for all others."""
    if scene.talk.moving:
        return False
    if scene.talk.asked and _answers(scene, event):
        return True
    if _asks_to_close(scene, event.text):
        return True
    word = command(event.text, scene.catalog)
    if outlook.asks_who(scene, scene.case(scene.talk.case), event.text):
        return False
    if word != COMMAND and (word != NEWS or calling.is_for_person(scene, event)):
        return False
    show(scene, event.text)
    return True


def press(scene: Scene, choice: str) -> bool:
    """Take a press on one of these choices; False for all others."""
    if not choice.startswith(f"{OWN}/"):
        return False
    found = meant(choice, [*scene.open_cases(), *scene.closed_cases()])
    if found is None or not found[1].open:
        scene.rule("case_is_over")
        scene.say_text("mycases_over", case=found[1].number if found else "")
        _go_on(scene)
        return True
    do, case = found
    if do == "add":
        scene.rule("adds_to_case")
        scene.change(asked=f"add:{case.number}")
        scene.say_text("mycases_add", case=case.number)
    elif case.left_to_people and do in ("close", "really"):
        _leave_to_people(scene, case, overview.choice("close", case, scene.catalog).label)
    elif do == "close":
        _ask(scene, case)
    elif do == "really":
        _close(scene, case)
    else:
        _keep(scene, case)
    return True


def submit(scene: Scene, event: FormSubmitted) -> bool:
    """Take what was added by a form; False for all other forms."""
    found = meant(event.form, scene.open_cases())
    text = event.values.get(_WORDS, "").strip()
    if not found or not text:
        return press(scene, event.form)
    scene.remember("customer", text)
    _add(scene, found[1], text)
    return True


def show(scene: Scene, text: str) -> None:
    """Show the cases, in private; `text` is what was said, and is heard there if that has to be found first."""
    if scene.talk.scope != "private" and not _in_private(scene):
        places.hold(scene, text)
        places.move(scene)
        return
    scene.rule("mycases")
    shown = overview.overview([*scene.open_cases(), *scene.closed_cases()], scene.catalog, scene.now, scene.name)
    wording = scene.catalog.texts["mycases"]
    scene.change(asked="")
    scene.say(shown.text, Source(kind="text", id="mycases", at=wording.at), choices=shown.choices)
    _go_on(scene)


def _asks_to_close(scene: Scene, text: str) -> bool:
    """Ask a customer who wants a case of theirs closed whether they mean it; False for all other words."""
    if not wants_closed(text, scene.catalog):
        return _is_over(scene, text)
    own = [case for case in (*scene.open_cases(), *scene.closed_cases()) if not case.internal]
    numbers = _numbers(text, scene.catalog)
    named = [case for case in own if case.number in numbers]
    here = [case for case in own if case.open and case.number == scene.talk.case]
    fitting = named or ([] if numbers else here or [case for case in own if case.open])
    if not fitting:
        return False
    if len(fitting) > 1 or (scene.talk.scope != "private" and fitting != here):
        show(scene, text)
        return True
    if fitting[0].open and fitting[0].left_to_people:
        _leave_to_people(scene, fitting[0], text)
        return True
    if fitting[0].open:
        casebook.tell(scene, fitting[0], text)
    if fitting == here and endings.asks_what_is_left(scene):  # that asked them already
        _close(scene, fitting[0])
        return True
    return press(scene, f"{OWN}/close:{fitting[0].number}")


def _is_over(scene: Scene, text: str) -> bool:
    """Ask the same where somebody who waits for us says that their matter is over; False for all other words."""
    case = scene.case(scene.talk.case)
    waits = case and case.open and case.kind == "handoff" and case.waits and not case.left_to_people
    if case is None or not waits or not thanks.over(text, scene.catalog):
        return False
    casebook.tell(scene, case, text)
    _ask(scene, case)
    return True


def wants_closed(text: str, catalog: Catalog) -> bool:
    """Tell whether a clause asks to close a case and says nothing else, and none says when or if."""
    return bool(_closing(text, catalog))


def _numbers(text: str, catalog: Catalog) -> set[int]:
    """Return the numbers of the cases that words ask to close."""
    return {int(each) for part in _closing(text, catalog) for each in re.findall(r"\d{1,9}", part)}


def _closing(text: str, catalog: Catalog) -> list[str]:
    """Return the clauses that ask to close a case; none where one says when or if."""
    parts = [plain(part).strip() for part in clauses(text)]
    if any(catalog.promises.conditions.match(part) or catalog.promises.awaited.match(part) for part in parts):
        return []
    return [part for part in parts if _closes(normalise(part), catalog.commands)]


def _closes(said: str, words: Mapping[str, frozenset[str]]) -> bool:
    phrase = next((each for each in sorted(words["closing"], key=len, reverse=True) if names((each,), said)), "")
    if not phrase:
        return False
    around = f" {said} ".replace(f" {phrase} ", " ", 1).split()
    left = {word for word in around if word not in words["beside_closing"] and not word.isdigit()}
    meant = {*around, *phrase.split()} & words["closing_what"] or any(word.isdigit() for word in around)
    return bool(meant) and left <= words["closing_what"]


def nowhere(scene: Scene, held: str) -> bool:
    """Say that there is no private place to show them in; False if that was not asked for."""
    if command(held, scene.catalog) not in (COMMAND, NEWS):
        return False
    scene.say_text("mycases_no_private")
    return True


def _in_private(scene: Scene) -> bool:
    """Go over to the customer's private talk with this account; False if there is none."""
    private = [
        talk
        for talk in scene.conversations()
        if talk.scope == "private" and talk.account == scene.talk.account and talk.id != scene.talk.id
    ]
    if not private:
        return False
    scene.say_text("mycases_private")
    latest = max(private, key=lambda talk: talk.active_at)
    scene.go_over(latest.id)
    return True


def _answers(scene: Scene, event: MessageReceived) -> bool:
    """Take the words as the answer to what we asked about a case; False when they are none."""
    do, _, number = scene.talk.asked.partition(":")
    case, word = scene.case(int(number)), command(event.text, scene.catalog)
    scene.change(asked="")
    if case is None or not case.open:
        return False
    closable = not case.left_to_people and not event.files
    if do == "add" and word in ("cancel", "back"):
        scene.rule("adds_nothing")
        scene.say_text("mycases_kept", case=case.number)
        _go_on(scene)
    elif do == "add" and word not in (COMMAND, NEWS):
        _add(scene, case, event.text)
    elif do == "close" and (word in ("cancel", "back") or _refuses(event.text, scene.catalog)):
        casebook.tell(scene, case, event.text)
        _keep(scene, case)
    elif do == "close" and closable and _means_it(event.text, case, scene.catalog):
        casebook.tell(scene, case, event.text)
        _close(scene, case)
    else:
        if do == "close":
            endings.stays(scene, case)
        return False
    return True


def _add(scene: Scene, case: Case, text: str) -> None:
    scene.rule("added_to_case")
    scene.change(asked="")
    case = caring.heard(scene, case, text)
    casebook.tell(scene, case, text)
    soothing.tell_mood(scene, waiting.customer_wrote(scene, case))
    scene.say_text("mycases_added", case=case.number, owner=casebook.called(scene, case))
    _go_on(scene)


def _ask(scene: Scene, case: Case) -> None:
    """Ask whether a case shall be closed; who does not answer means it, and waits for nothing by then.

    Who was made an offer was told to take their time over it: their silence closes nothing.
    """
    scene.rule("asks_to_close_case")
    closes = scene.now + timedelta(minutes=scene.catalog.limits.lease)
    if case.promise and scene.now < case.promise < closes:
        closes = case.promise
    choices = [overview.choice(each, case, scene.catalog) for each in ("really", "stay")]
    owner, offered = casebook.called(scene, case), scene.time(case.offered) if case.offered else ""
    silence = "" if offered else scene.time(closes)
    scene.say_text("mycases_close", choices, case=case.number, owner=owner, offered=offered, closes=silence)
    scene.change(asked=endings.question(case))
    if not offered:
        scene.start_timer("quiet", waiting.quiet_key(case), closes, case=case.number, data={"asked": True})


def _refuses(text: str, catalog: Catalog) -> bool:
    return slots.yes_no(text, catalog) is False or nods.keeps(text, catalog)


def _means_it(text: str, case: Case, catalog: Catalog) -> bool:
    """Tell whether words say yes to closing: plainly, by asking for it again, or by thanks; not if they name others."""
    if _numbers(text, catalog) - {case.number}:
        return False
    if slots.yes_no(text, catalog) or wants_closed(text, catalog):
        return True
    refused = catalog.commands["no"] | catalog.commands["negation"]
    kind = nods.read(text, catalog) == "nods" or thanks.heard(text, catalog) == "thanks"
    return kind and not refused & {*normalise(text).split()}


def _leave_to_people(scene: Scene, case: Case, text: str) -> None:
    """Pass on the wish to close a case that only people may close, and say who does that."""
    scene.rule("people_close_it")
    scene.change(asked="")
    casebook.tell(scene, case, text)
    soothing.tell_mood(scene, waiting.customer_wrote(scene, case))
    case = scene.case(case.number) or case
    scene.alert(case, "staff_wants_closed")
    owner, team = casebook.called(scene, case), casebook.queue_of(scene, case.queue).name
    promise = casebook.promised(scene, case)
    scene.say_text("mycases_close_careful", case=case.number, owner=owner, team=team, promise=promise)
    _go_on(scene)


def _keep(scene: Scene, case: Case) -> None:
    scene.rule("keeps_case")
    scene.change(asked="")
    endings.stays(scene, case)
    scene.say_text("mycases_kept", case=case.number)
    _go_on(scene)


def _close(scene: Scene, case: Case) -> None:
    scene.change(asked="")
    endings.close_as_asked(scene, case)
    _go_on(scene)


def _go_on(scene: Scene) -> None:
    """Pick up the question that was asked before."""
    if steps.asking(scene):
        steps.resume(scene)
        steps.run(scene)
