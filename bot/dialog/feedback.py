"""What customers say of an answer: it helped, it did not, it was not clear, it was wrong.

An answer that was rejected is not given again in the conversation: the next that it could have been is, or a person.
One that is said to be wrong is shown with the day on which it was checked, and kept for review: see `disputed` traces.
"""

import re

from bot.dialog import casebook, cases, outages, places, replying, slots
from bot.dialog.catalog import Entry
from bot.dialog.effects import Choice, Source
from bot.dialog.markup import Marked
from bot.dialog.scene import Scene
from bot.dialog.speech import spoken_date
from bot.dialog.state import Trace
from bot.dialog.understand import command, unclear, understand
from bot.knowledge import apart, normalise

_CLAUSES = re.compile(r"[.,;:!?\n\u2013\u2014]+")
_LONGEST = 400  # letters of a message that says that an answer was wrong
_NEAR = 3  # answers that words may name
_SHOWN = 300  # of the customer's words that staff read


def hears(scene: Scene, text: str) -> bool:
    """Take what a customer says of what the bot said last; False when it is something else."""
    word, expecting = command(text, scene.catalog), scene.talk.expecting
    if expecting == "disputed" and _point(scene, text):
        return True
    if _disputes(scene, text):
        return True
    if _sounds_unclear(scene, text):
        _unclear(scene)
    elif expecting in ("feedback", "more") and word in ("yes", "no", "helped", "unhelpful"):
        heard(scene, word)
    else:
        return expecting == "person" and _person_wanted(scene, text)
    return True


def heard(scene: Scene, word: str) -> None:
    """Take "yes", "no", "helped" or "unhelpful" on an answer, or on "anything else?"."""
    expecting = scene.talk.expecting
    scene.withdraw_offer()
    if word == "unhelpful" or (expecting == "feedback" and word == "no"):
        scene.rule("not_helped")
        _reject(scene)
    elif expecting == "more" and word == "yes":
        scene.rule("more")
        scene.say_text("go_ahead")
    elif expecting == "feedback" and scene.talk.post and not scene.talk.pending:
        scene.rule("solved")
        scene.say_text("closing")
        places.solve(scene)
    elif expecting == "feedback":
        scene.rule("helped")
        scene.change(expecting="more")
        if not scene.talk.pending:
            scene.say_text("helped")
    else:
        scene.rule("closing")
        scene.say_text("closing")
        places.solve(scene)


def _reject(scene: Scene) -> None:
    """Offer what else it could have been, or call people; the answer is not given again."""
    talk = scene.talk
    scene.change(rejected=tuple(dict.fromkeys((*talk.rejected, talk.topic))), others=())
    gone = {*scene.talk.rejected, *talk.tried}
    said_twice = talk.topic in talk.explained  # it is that which they mean
    others = () if said_twice else tuple(ref for ref in talk.others if ref not in gone and scene.catalog.serves(ref))
    if others:
        replying.ask_back(scene, others, "another")
    else:
        replying.not_helped(scene)


def asks_again(scene: Scene, text: str) -> bool:
    """Call people where somebody asks for an answer that they have rejected; False when it is something else."""
    meant = understand(text, scene.catalog)
    known = meant.decision == "answer" and meant.id in scene.talk.rejected and meant.id in scene.talk.tried
    if known:
        scene.trace = meant.trace("rejected_before")
        scene.change(topic=meant.id)
        replying.not_helped(scene)
    return known


# --- not clear --------------------------------------------------------------------------------------------------------


def _unclear(scene: Scene) -> None:
    """Put the last answer more simply, or in other words; where that has been done, people explain it."""
    scene.rule("unclear")
    talk, entry = scene.talk, _last(scene)
    if entry is None or talk.last not in ("", entry.id) or talk.expecting in ("clarify", "first"):
        scene.say_text("unclear_what", [replying.person(scene)])
    elif _simpler_is_left(scene, entry):
        simpler(scene, entry)
    else:
        scene.withdraw_offer()
        scene.change(rejected=tuple(dict.fromkeys((*talk.rejected, entry.id))), others=())
        replying.not_helped(scene)


def _sounds_unclear(scene: Scene, text: str) -> bool:
    """Tell whether a part of a message says that something was unclear, and the whole is about nothing else."""
    if unclear(text, scene.catalog):
        return True
    if not any(unclear(clause, scene.catalog) for clause in _CLAUSES.split(text[:_LONGEST])):
        return False
    return understand(text, scene.catalog).decision in ("clarify", "unknown", "smalltalk")


def _simpler_is_left(scene: Scene, entry: Entry) -> bool:
    """Tell whether an entry can be said in a way in which it was not yet."""
    return entry.id not in scene.talk.explained and (entry.simpler is not None or len(entry.answer.variants) > 1)


def simpler(scene: Scene, entry: Entry) -> None:
    """Say an entry in its simpler form, or in its next wording; once in a conversation."""
    scene.withdraw_offer()
    scene.change(explained=(*scene.talk.explained, entry.id), expecting="feedback")
    lead = scene.catalog.texts["simpler"]
    wording = entry.simpler or entry.answer
    key = f"entry:{entry.id}/simpler" if entry.simpler else f"entry:{entry.id}"
    words = f"{scene.word('simpler', lead)}\n\n{scene.word(key, wording).strip()}"
    choices = [scene.choice_text("helped", "choice_helped"), scene.choice_text("unhelpful", "choice_unhelpful")]
    source = Source(kind="entry", id=entry.id, at=wording.at)
    scene.say(words, source, choices=[*choices, replying.person(scene)])


# --- wrong ------------------------------------------------------------------------------------------------------------


def _disputes(scene: Scene, text: str) -> bool:
    """Take "that's not true" on an answer; False for anything else.

    The first time, it is shown again with its date, and the customer is asked which point; the next time, people look.
    """
    entry = _disputed(scene, text) if _says(text, scene) else None
    if entry is None:
        return False
    again, told = bool(scene.talk.disputed), entry.id in scene.talk.disputed
    scene.withdraw_offer()
    scene.trace = Trace(rule="disputed", id=entry.id, topic=scene.catalog.topic(entry.id), at=entry.at)
    scene.change(
        topic=entry.id,
        disputed=tuple(dict.fromkeys((*scene.talk.disputed, entry.id))),
        rejected=tuple(dict.fromkeys((*scene.talk.rejected, entry.id))),
    )
    if not told:
        scene.change(alerted=scene.call_id())
        _tell_staff(scene, entry, text)
    if again:
        _to_people(scene, entry, text)
        return True
    scene.change(expecting="disputed")
    answer = _answer(scene, entry)
    scene.say_text(
        "disputed",
        _ways_on(scene, entry),
        title=entry.title,
        verified=spoken_date(scene.catalog, entry.verified),
        answer=answer,
    )
    return True


def _point(scene: Scene, text: str) -> bool:
    """Take the words after "which point?": another matter, or what is wrong; False when it is the former."""
    entry = _last(scene)
    word = command(text, scene.catalog)
    if entry is None or word in ("topics", "next"):
        return False
    scene.withdraw_offer()
    if word in ("yes", "helped", "no", "unhelpful"):
        scene.rule("disputed_settled" if word in ("yes", "helped") else "disputed_no_point")
        scene.change(expecting="more" if word in ("yes", "helped") else "person")
        scene.say_text(*(("helped",) if word in ("yes", "helped") else ("disputed_noted", _ways_on(scene, entry))))
        return True
    meant = understand(text, scene.catalog, rejected=scene.talk.rejected)
    if meant.decision in ("answer", "flow", "handoff"):
        return False
    scene.trace = Trace(rule="disputed_point", id=entry.id, topic=scene.catalog.topic(entry.id), at=entry.at)
    said = " · ".join(dict.fromkeys((*replying.lately(scene), text)))
    _tell_staff(scene, entry, said, edits=scene.talk.alerted)
    scene.change(expecting="person", misses=0)
    scene.say_text("disputed_noted", _ways_on(scene, entry))
    return True


def _says(text: str, scene: Scene) -> bool:
    """Tell whether a text says that an answer was wrong: in a clause that says little else, or as a statement begins.

    Only such as say nothing may stand before it: "no, I think that's not true".
    """
    beside = scene.catalog.commands["beside_answer"]
    for at, (clause, hit) in enumerate(apart(scene.catalog.commands["disputing"], text[:_LONGEST])):
        before, _, after = clause.partition(hit) if hit else ("", "", "")
        if hit and beside.issuperset(before.split()) and (not after or (at == 0 and "?" not in text)):
            return len(text) <= _LONGEST or not after
    return False


def _disputed(scene: Scene, text: str) -> Entry | None:
    """Return the answer that is said to be wrong: the one that the words name, also of days ago, or else the last."""
    phrases = " ".join(scene.catalog.commands["disputing"])
    empty = {*re.findall(r"\w+", phrases), *scene.catalog.answers.fillers, *scene.catalog.commands["beside_answer"]}
    naming = " ".join(word for word in normalise(text).split() if word not in empty)
    near = [match.id for match in scene.catalog.index.rank(text).matches[:_NEAR]] if naming else []
    given = {*scene.talk.tried, *scene.talk.earlier}
    return scene.catalog.entries.get(next((ref for ref in near if ref in given), scene.talk.topic))


def _last(scene: Scene) -> Entry | None:
    return scene.catalog.entries.get(scene.talk.topic)


def _answer(scene: Scene, entry: Entry) -> Marked:
    """Return the answer as it was said, without counting as said again."""
    at = scene.talk.said.get(f"entry:{entry.id}", 0) % len(entry.answer.variants)
    return Marked(scene.fill(entry.answer.variants[at]).strip())


def _ways_on(scene: Scene, entry: Entry) -> list[Choice]:
    ways = [scene.choice_text("simpler", "choice_simpler")] if _simpler_is_left(scene, entry) else []
    return [*ways, replying.person(scene)]


def _tell_staff(scene: Scene, entry: Entry, text: str, edits: str = "") -> None:
    said = " ".join(text.split())
    agent = scene.catalog.agents.get(entry.owner)
    scene.alert_room(
        scene.catalog.default_queue,
        "staff_disputed",
        edits,
        title=entry.title,
        entry=entry.id,
        at=entry.at,
        owner=agent.name if agent else entry.owner,
        verified=spoken_date(scene.catalog, entry.verified),
        text=said if len(said) <= _SHOWN else said[:_SHOWN] + "…",
    )


def _to_people(scene: Scene, entry: Entry, text: str) -> None:
    said = " ".join(text.split())[:_SHOWN]
    why = casebook.reason(scene, "reason_disputed", entry=entry.title, text=said)
    cases.hand_over(scene, "", why, opening="not_helped")


def _person_wanted(scene: Scene, text: str) -> bool:
    """Take "yes" or "no" on the offer to ask the team; False for anything else."""
    wanted = slots.yes_no(text, scene.catalog)
    if wanted is None:
        return False
    scene.withdraw_offer()
    scene.rule("team_asked" if wanted else "team_not_asked")
    entry = _last(scene) if scene.talk.topic in scene.talk.disputed else None
    if not wanted:
        scene.say_text("go_ahead")
    elif entry:
        cases.hand_over(scene, "", casebook.reason(scene, "reason_disputed", entry=entry.title, text=""))
    elif reported := outages.before(scene):
        cases.hand_over(scene, "", reported.why)
    else:
        cases.hand_over(scene, "", casebook.reason(scene, "reason_unsure"), opening="dont_know")
    return True
