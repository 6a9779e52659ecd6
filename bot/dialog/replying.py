"""What the bot says to words that it has understood, or not: an answer, a question back, "I don't know".

Lives here: acting on a decision. What the customer says of an answer is taken in `feedback`; what to do with a reply
while a flow is in progress is in `digressing` and `talking`.
"""

from collections.abc import Sequence
from typing import Literal, assert_never

from bot.dialog import casebook, cases, several, steps
from bot.dialog.catalog import Catalog, Entry
from bot.dialog.effects import Choice, Source
from bot.dialog.flow import Ask, Flow
from bot.dialog.scene import Scene
from bot.dialog.slots import find
from bot.dialog.state import Concern
from bot.dialog.understand import Understanding, is_order

_OTHERS = 3
_SAID = 60  # letters of the customer's words that are said back as the name of their question


def act(scene: Scene, meant: Understanding, text: str) -> None:
    """Do what an utterance is about."""
    catalog = scene.catalog
    scene.trace = meant.trace(meant.decision)
    match meant.decision:
        case "answer" | "smalltalk":
            entry = catalog.entries[meant.id]
            flow = order_flow(catalog, entry.id)
            looks_up = flow is not None and flow.while_waiting  # of the very order, this tells more than the answer
            if flow and _named_anew(scene, flow, text) and (looks_up or not several.asks_somewhere(text, catalog)):
                scene.rule("order_named")
                scene.change(misses=0)
                steps.begin(scene, flow, text)
            elif flow and (flow.while_waiting or flow.id != scene.talk.last) and _follows_on(scene, entry):
                scene.rule("order_followed_up")
                scene.change(misses=0)
                steps.begin(scene, flow, text)
            else:
                answer(scene, entry, meant.options)
        case "flow":
            scene.change(misses=0)
            steps.begin(scene, catalog.flows[meant.id], _so_far(scene, text))
        case "handoff":
            cases.grant(scene, catalog.wishes[meant.id])
        case "clarify":
            flow = likely_flow(catalog, meant.options) if find("order", text) else None
            if flow and (flow.id in meant.options or not several.asks_somewhere(text, catalog)):
                scene.rule("order_named")
                scene.change(misses=0)
                steps.begin(scene, flow, text)
            else:
                ask_back(scene, meant.options)
        case "unknown":
            miss(scene)
        case _:
            assert_never(meant.decision)


def _named_anew(scene: Scene, flow: Flow, text: str) -> bool:
    """Tell whether a text names an order, and not just the one with which this flow has arranged something."""
    number, arranged = find("order", text), (scene.talk.last, scene.talk.order)
    return number is not None and (flow.while_waiting or (flow.id, number) != arranged)


def _follows_on(scene: Scene, entry: Entry) -> bool:
    """Tell whether an entry is asked of the order that the last flow was about: "how long will it take?"."""
    after = scene.catalog.follow_ups.get(scene.talk.last, {}) if scene.talk.last in scene.catalog.flows else {}
    return bool(scene.talk.order) and entry.id in after.values()


def goes_on(scene: Scene, text: str) -> bool:
    """Take an order's number right after an answer that leads to something about an order."""
    expected = scene.talk.expecting == "feedback" and is_order(text)
    flow = order_flow(scene.catalog, scene.talk.last) if expected else None
    if flow:
        scene.rule("order_after_answer")
        scene.change(misses=0)
        steps.begin(scene, flow, " ".join(lately(scene)))
    return flow is not None


def order_flow(catalog: Catalog, ref: str) -> Flow | None:
    """Return the flow that this is, or to which an entry leads, if it is about an order."""
    entry = catalog.entries.get(ref)
    flow = catalog.flows.get(entry.flow if entry else ref)
    asks = any(isinstance(step, Ask) and step.type == "order" for step in flow.steps.values()) if flow else False
    return flow if asks else None


def likely_flow(catalog: Catalog, refs: Sequence[str]) -> Flow | None:
    """Return the flow about an order to which most of these lead, if one is."""
    flows = [flow for ref in refs if (flow := order_flow(catalog, ref))]
    return next((flow for flow in flows if 2 * flows.count(flow) > len(refs)), None)


def lately(scene: Scene) -> list[str]:
    """Return what the customer wrote last, and before that: all that has left us in doubt since."""
    written = [line.text for line in scene.talk.recent if line.who == "customer"]
    return written[-1 - max(scene.talk.puzzled, 1) :]


def _so_far(scene: Scene, text: str) -> str:
    """Return words with those before them that left us in doubt, which may name the order that these don't."""
    return " ".join(lately(scene)) if scene.talk.puzzled and not steps.names_order(scene, text) else text


def answer(scene: Scene, entry: Entry, others: Sequence[str] = ()) -> None:
    """Answer, and ask whether that helped; `others` are what else may have been meant."""
    scene.change(misses=0, puzzled=0, expecting="", options=())
    if entry.kind == "smalltalk":
        if scene.effects and entry.id == "hello":  # greeted this very turn
            scene.say_text("go_ahead")
        else:
            scene.say_wording("entry", entry.id, entry.answer)
        return
    choices = [
        scene.choice_text("helped", "choice_helped"),
        scene.choice_text("unhelpful", "choice_unhelpful"),
    ]
    flow = scene.catalog.flows.get(entry.flow)
    if flow:
        choices.insert(0, scene.choice(f"flow:{flow.id}", flow.title))
    if following := next((concern for concern in scene.talk.pending if concern.ref != entry.id), None):
        choices.insert(0, scene.choice_text("next", "choice_next", title=called(scene, following)))
    tried = tuple(dict.fromkeys((*scene.talk.tried, entry.id)))[-5:]
    others = tuple(ref for ref in others if ref != entry.id)[:_OTHERS]
    checks = _checks(scene, entry)
    scene.change(topic=entry.id, last=entry.id, tried=tried, others=others, answers=scene.talk.answers + 1)
    scene.change(expecting="feedback")
    words = scene.word(f"entry:{entry.id}", entry.answer).strip()
    if checks:
        words = f"{words}\n\n{scene.word('check', scene.catalog.texts['check'])}"
    source = Source(kind="entry", id=entry.id, at=entry.answer.at)
    scene.say(words, source, choices=[*choices, person(scene)])


def _checks(scene: Scene, entry: Entry) -> bool:
    """Tell whether to ask if all is clear: as the entry says, or with the first answer and every so many after it."""
    every = scene.catalog.limits.check
    if entry.check is not None or not every:
        return bool(entry.check)
    return scene.talk.answers % every == 0 and "?" not in entry.answer.variants[0].rpartition("\n")[2]


def say_entry(scene: Scene, entry: Entry, choices: list[Choice] | None = None) -> None:
    """Say the answer of an entry."""
    scene.say_wording("entry", entry.id, entry.answer, choices=choices or [])


def ask_back(
    scene: Scene, options: tuple[str, ...], key: Literal["clarify", "clarify_order", "another"] = "clarify"
) -> None:
    """Ask which of these was meant."""
    scene.change(expecting="clarify", options=options)
    titles = [scene.choice(f"pick:{ref}", scene.catalog.title(ref)) for ref in options]
    only = "clarify_one" if key == "clarify" and len(options) == 1 else key
    scene.say_text(only, [*titles, scene.choice_text("none", "choice_none"), person(scene)])


def offer_answers(scene: Scene, options: tuple[str, ...]) -> None:
    """Offer answers and look-ups to somebody who waits for a person; other flows would take the conversation away."""
    looks = {ref for ref in options if (flow := scene.catalog.flows.get(ref)) and flow.while_waiting}
    answers = tuple(ref for ref in options if ref in scene.catalog.entries or ref in looks)
    if answers:
        scene.change(expecting="clarify", options=answers)
        scene.say_text("clarify_waiting", [scene.choice(f"pick:{ref}", scene.catalog.title(ref)) for ref in answers])


def miss(scene: Scene) -> None:
    """Not understood: say so, and call people when it has happened too often."""
    misses = scene.talk.misses + 1
    scene.change(misses=misses, expecting="person", options=())
    if misses >= scene.catalog.limits.misses:
        cases.hand_over(scene, "", casebook.reason(scene, "reason_misses"), opening="dont_know")
    else:
        scene.say_text("unknown", [person(scene)])


def without_people(scene: Scene, meant: Understanding) -> None:
    """Somebody wants no person: the bot goes on by itself."""
    scene.trace = meant.trace("no_person")
    scene.change(misses=0, expecting="", options=())
    scene.say_text("no_person")


def not_helped(scene: Scene) -> None:
    """The last answer was none, and there is no other: call people."""
    why = casebook.reason(scene, "reason_not_helped", entry=scene.catalog.title(scene.talk.topic))
    cases.hand_over(scene, "", why, opening="not_helped")


def called(scene: Scene, concern: Concern) -> str:
    """Return what a question is called: its title, or the customer's own words where it was not understood."""
    if scene.catalog.serves(concern.ref):
        return scene.catalog.title(concern.ref)
    said = " ".join(concern.text.split())
    return said if len(said) <= _SAID else said[: _SAID - 1] + "…"


def person(scene: Scene) -> Choice:
    """Return the button that calls a person."""
    return scene.choice_text("person", "choice_person")
