"""Danger: somebody is hurt, or could be. Their case comes before all others, who can help is called by name at once,
and they read what to do and by when somebody answers, whoever has the case. Who speaks of it again, not just now, is
heard again; at once where it got worse.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk.case import Case
from bot.desk.hours import by
from bot.desk.targets import level_of
from bot.dialog import casebook, escalating, levels, matter, promising, several, triage, waiting
from bot.dialog.catalog import Wish
from bot.dialog.effects import Source
from bot.dialog.flow import Wording
from bot.dialog.scene import Scene
from bot.dialog.understand import names, points, understand

_PRIORITY = 1


def spoken_of(scene: Scene) -> bool:
    """Tell whether the words of this turn speak of danger, by how they sound or by what they were understood as."""
    return scene.felt.safety or (scene.trace.decision == "handoff" and scene.trace.id == casebook.DANGER)


def wish_of(scene: Scene, flag: str, text: str) -> Wish | None:
    """Return the shop's wish for danger or the law that the words name most closely, if there is one."""
    wishes = scene.catalog.wishes
    closer = (each for each in wishes.values() if each.part_of == flag and names(each.words, text))
    return next((each for each in closer if not names(each.unless, text)), wishes.get(flag))


def heard(scene: Scene, case: Case) -> Case:
    """Call people to a case in which danger is spoken of, and tell the customer what to do until they are there."""
    if not _is_news(scene, case):
        return case
    wish = wish_of(scene, casebook.DANGER, _said(scene))
    if wish and casebook.DANGER in case.flags and wish.meanwhile and not _got_worse(scene):
        _say_meanwhile(scene, wish, wish.meanwhile)
    elif wish:
        casebook.say_first(scene, wish)
    case = alarm(scene, case)
    owner, promise = casebook.called(scene, case) if _is_there(scene, case) else "", casebook.promised(scene, case)
    scene.say_text("danger_told", case=case.number, owner=owner, promise=promise)
    if case.status == "waiting":  # these words were passed on, and that was said
        scene.change(said={f"passed_on:{case.number}": 0, **scene.talk.said})
    return case


def asked(scene: Scene, case: Case, text: str) -> bool:
    """Say what to do until people are there to whoever asks on before that, if the shop has words for it."""
    if case.status != "waiting" or casebook.DANGER not in case.flags or not several.asks_somewhere(text, scene.catalog):
        return False
    meant = understand(text, scene.catalog)
    if meant.decision in ("answer", "handoff") and not points(text, scene.catalog):
        return False
    said = ". ".join(line.text for line in scene.talk.recent if line.who == "customer")
    wish = wish_of(scene, casebook.DANGER, said)
    if wish is None or wish.meanwhile is None:
        return False
    scene.rule("danger_meanwhile")
    _say_meanwhile(scene, wish, wish.meanwhile)
    return True


def _say_meanwhile(scene: Scene, wish: Wish, words: Wording) -> None:
    scene.say(scene.word(f"meanwhile:{wish.id}", words), Source(kind="text", id=wish.id, at=words.at))


def alarm(scene: Scene, case: Case) -> Case:
    """Let a case come before all others, to be answered sooner than was promised; owner and supervisors are called.

    When danger is spoken of again, the owner is called again, and where none is there, whoever can help.
    """
    if not _is_news(scene, case):
        return case
    again, waited = casebook.DANGER in case.flags, case.waits is not None
    rule = None if again else triage.grade(scene, wish=casebook.DANGER)
    graded = {"category": rule.category, "why": rule.why} if rule else {}
    flags = case.flags if again else (*case.flags, casebook.DANGER)
    subject = case.subject if again else matter.retitled(scene, case, _said(scene))
    case = waiting.customer_wrote(scene, case)
    case = levels.regrade(scene, case, _PRIORITY) if case.priority > _PRIORITY or not again else case
    case = scene.put_case(replace(case, flags=flags, subject=subject, **graded))
    case = call(scene, promising.sooner(scene, case, _answered(scene, case)), again=again)
    if case.status == "owned" and not (again and waited):  # whom they have waited for gets no more time by this
        case = waiting.start_lease(scene, case, nudged=1)  # they have just been called
    return case


def call(scene: Scene, case: Case, *, again: bool = False) -> Case:
    """Call the owner and the supervisors by name to a case of danger; `again`, the owner alone, if they are there."""
    tell = escalating.owed if again and _is_there(scene, case) else escalating.call
    told = {"promise": casebook.promised(scene, case), "again": "yes" if again else ""}
    tell(scene, scene.change_case(case.number, alarmed=scene.now), "staff_danger", **told)
    return scene.case(case.number) or case


def _is_news(scene: Scene, case: Case) -> bool:
    """Tell whether nobody has been called to the danger of a case for a while, or not to what it is by now.

    By the same words, people are called once, whichever rules hear them.
    """
    if case.alarmed == scene.now:
        return False
    called, pause = case.alarmed or case.opened_at, timedelta(minutes=scene.catalog.limits.danger_again)
    return casebook.DANGER not in case.flags or scene.now - called >= pause or _got_worse(scene)


def _got_worse(scene: Scene) -> bool:
    """Tell whether the danger is a closer one now than all that was spoken of before: first a thing, then a person."""
    said = [line.text for line in scene.talk.recent if line.who == "customer" and not line.over]
    known = {wish.id for each in said[:-1] if (wish := wish_of(scene, casebook.DANGER, each))}
    ranks = [wish.id for wish in scene.catalog.wishes.values() if wish.part_of == casebook.DANGER]
    now = wish_of(scene, casebook.DANGER, said[-1]) if said else None
    if now is None or now.id not in ranks:
        return False
    return known.isdisjoint(ranks[: ranks.index(now.id) + 1])


def _is_there(scene: Scene, case: Case) -> bool:
    """Tell whether a case has an owner who is there."""
    return bool(case.assignee) and floors.away(scene.floor, case.assignee, scene.now) is None


def _said(scene: Scene) -> str:
    return next((line.text for line in reversed(scene.talk.recent) if line.who == "customer"), "")


def _answered(scene: Scene, case: Case) -> datetime:
    """Return until when somebody should have answered."""
    queue = casebook.queue_of(scene, case.queue)
    level = level_of(scene.catalog.levels, _PRIORITY)
    if not case.assignee or level.next_response is None:
        return casebook.first_response(scene, queue, _PRIORITY)
    return by(queue.hours, scene.now, level.next_response)
