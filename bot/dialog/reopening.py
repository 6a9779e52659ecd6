"""Which closed case words open again: the one that they are about, unless they are clearly about something else.

A reply goes on with the case that its words are about, or else with the one that was closed last where it is written.
Clearly something else are another order, another thing of the shop's, an answer that is surely known, a flow of its
own, a question of which all that it may be has nothing to do with the case, and what is wrong for everybody. Where the
customer owed us an answer as the case was closed, their reply may be what is a matter of its own elsewhere: an order's
number without words, or what we had asked about.
"""

from datetime import datetime

from bot.desk.case import Case
from bot.dialog import (
    by_name,
    danger,
    matter,
    naming,
    nods,
    outlook,
    overview,
    recurring,
    reports,
    several,
    snippets,
    triage,
)
from bot.dialog.events import MessageReceived
from bot.dialog.scene import Scene
from bot.dialog.slots import find
from bot.dialog.understand import Understanding, command, is_order, names, points
from bot.knowledge import normalise
from bot.knowledge.mood import UNHAPPY

SILENT = "silent"  # the outcome of a case whose customer no longer answered


def lately(scene: Scene) -> list[Case]:
    """Return the cases that were closed here not long ago, the latest last; for a merged one, that which it went to."""
    ours = [case for case in scene.closed_cases() if _was_of(scene, case) and case.kind == "handoff"]
    into = {case.merged.into: case for case in ours if case.merged}
    went = [case for case in scene.closed_cases() if case.number in into]
    known = {case.number: case for case in (*ours, *went) if not case.merged}
    return sorted(
        (case for case in known.values() if overview.lately(case, scene.catalog, scene.now)),
        key=lambda case: (case.resolved_at or datetime.min.replace(tzinfo=scene.now.tzinfo), case.number),
    )


def of_words(scene: Scene, text: str = "") -> Case | None:
    """Return the case that words here are a reply to: of the order or the matter that they name, or else the latest.

    One that its customer left for the bot is none, in the same talk.
    """
    closed = [case for case in lately(scene) if left_for_bot(case) not in scene.talk.said]
    order = find("order", text) or ""
    named = [case for case in closed if order and order in snippets.order_of(case.facts)]
    among = named or closed
    answers = bool(among) and _is_named(scene, among[-1], text)  # what they were asked may be called like another case
    return among[-1] if answers else recurring.nearest(scene, among, text)


def of_matter(scene: Scene) -> Case | None:
    """Return the case that is opened again when people are called here; None where it is clearly another matter."""
    closed = lately(scene)
    if same := recurring.same(scene, closed):
        orders = set(recurring.orders(scene))
        return max(same, key=lambda case: (not orders.isdisjoint(recurring.orders_of(case)), closed.index(case)))
    return None if not closed or _reported(scene, closed[-1]) or _is_another(scene, closed[-1]) else closed[-1]


def of_owner(scene: Scene, text: str) -> Case | None:
    """Return the case, closed not long ago, whose owner words ask for or call by the name that the customer knows.

    Also one that the customer left for the bot: they want its owner back.
    """
    return next((case for case in reversed(lately(scene)) if _names_owner(scene, case, text)), None)


def _names_owner(scene: Scene, closed: Case, text: str) -> bool:
    known = naming.known(scene.catalog, closed.assignee, closed.queue)
    return by_name.asks_for(text, known, scene.catalog) or by_name.calls(text, known, scene.catalog)


def is_same(scene: Scene, closed: Case) -> bool:
    """Tell whether a case opens again for what it was about: nothing is clearly said to be anything else."""
    return bool(recurring.same(scene, [closed])) or not recurring.clear_refs(scene)


def left_for_bot(case: Case) -> str:
    """Name the mark of a case that its customer left for the bot."""
    return f"with_bot:{case.number}"


def goes_on(scene: Scene, closed: Case, meant: Understanding, text: str) -> bool:
    """Tell whether words, understood like that, are a reply to a closed case, and not clearly about something else."""
    if _answers_us(scene, closed, text):
        return False
    if closed.careful:  # of what a legal matter was about, the bot begins nothing
        return meant.decision in ("clarify", "unknown", "flow")
    if names_another_order(closed, text) or recurring.of_another_thing(scene, closed, text):
        return False
    if _reports(scene, closed, text):
        return False
    if meant.decision == "clarify" and _asks_elsewhere(scene, closed, meant, text):
        return False
    if meant.decision in ("clarify", "unknown"):
        return True
    if _sent_along(scene) and meant.decision == "smalltalk":  # whoever thanks and sends something has not only thanked
        return True
    if not owed(scene, closed):
        return False
    numbered = meant.decision == "flow" and is_order(text)
    return numbered or (meant.decision in ("flow", "answer") and _is_named(scene, closed, text))


def _answers_us(scene: Scene, closed: Case, text: str) -> bool:
    """Tell whether words only say yes, no or ok since a later case was left for the bot: it spoke last."""
    ended = closed.resolved_at
    since = [
        case for case in lately(scene)
        if left_for_bot(case) in scene.talk.said and ended and case.resolved_at and case.resolved_at >= ended
    ]  # fmt: skip
    only = command(text, scene.catalog) in ("yes", "no") or nods.read(text, scene.catalog) == "nods"
    return bool(since) and only


def _asks_elsewhere(scene: Scene, closed: Case, meant: Understanding, text: str) -> bool:
    """Tell whether words are a question for the bot, though it has to ask which: nothing of it is the case's."""
    if not several.asks(text, scene.catalog) or points(text, scene.catalog) or owed(scene, closed):
        return False
    said = {*normalise(text).split()}
    if scene.felt.mood in UNHAPPY or said & (scene.catalog.commands["unsolved"] | recurring.words_of(scene, closed)):
        return False
    before = {topic for ref in recurring.refs_of(scene, closed) for topic in scene.catalog.topics(ref)}
    return bool(meant.options) and before.isdisjoint(
        topic for ref in meant.options for topic in scene.catalog.topics(ref)
    )


def _reports(scene: Scene, closed: Case, text: str) -> bool:
    """Tell whether words report what is wrong for everybody, of which a closed case was not."""
    rule = reports.told(scene, text)
    return rule is not None and bool(rule.many) and rule.category != closed.category


def _reported(scene: Scene, closed: Case) -> bool:
    """Tell whether the customer has come with such a report."""
    rules = (rule for rule in scene.catalog.triage if rule.many and rule.category != closed.category)
    return any(triage.said(scene, rule) for rule in rules)


def signs(scene: Scene, closed: Case, text: str) -> bool:
    """Tell whether what has no words is a reply: something was sent along, asks, is unhappy, or was owed to us."""
    return _sent_along(scene) or "?" in text or scene.felt.mood in UNHAPPY or owed(scene, closed)


def _sent_along(scene: Scene) -> bool:
    return isinstance(scene.event, MessageReceived) and bool(scene.event.files)


def owed(scene: Scene, closed: Case) -> bool:
    """Tell whether the customer owed us an answer as a case was closed."""
    return closed.outcome == SILENT or bool(asked(scene, closed))


def asks_on(scene: Scene, closed: Case, text: str) -> bool:
    """Tell whether words ask for the answer that a customer still waited for as people closed their case."""
    asks = outlook.impatient(scene, text) or names((*scene.catalog.commands["asking_on"],), text)
    return closed.unheard and asks


def only_answers(scene: Scene, closed: Case) -> bool:
    """Tell whether what is said now is what we were owed, and states no matter by itself: it changes no title."""
    titled = bool(matter.stated(scene, [closed.subject], closed.about))
    return titled and owed(scene, closed) and not recurring.clear_refs(scene)


def asked(scene: Scene, closed: Case) -> str:
    """Return what people had asked the customer last, and what was not answered; empty if there is nothing."""
    told: list[str] = []
    for line in reversed(closed.recent):
        if line.who == "customer":
            break
        if line.who != "bot" and nods.asks(line.text, scene.catalog):
            told.append(line.text)
    return " ".join(reversed(told))


def names_another_order(closed: Case, text: str) -> bool:
    """Tell whether words name an order, and a case is about another one."""
    named, known = find("order", text) or "", snippets.order_of(closed.facts)
    return bool(named and known) and named not in known


def _is_named(scene: Scene, closed: Case, text: str) -> bool:
    """Tell whether words say nothing but what we had asked about: "a refund, please" after "a refund or a new one?"."""
    words = matter.content(scene, text)
    return "?" not in text and bool(words) and {*words} <= {*normalise(asked(scene, closed)).split()}


def _is_another(scene: Scene, closed: Case) -> bool:
    """Tell whether the customer has clearly come about something with which a case has nothing to do.

    Of a case that was about nothing in particular, that is all that is understood; of one whose own words were not, it
    takes a flow of its own.
    """
    wish = scene.catalog.wishes.get(scene.trace.id)
    if wish and wish.careful:
        return False
    if recurring.orders_of(closed) and any(recurring.orders(scene)):
        return True  # it would be the same one, otherwise
    if recurring.of_another_thing(scene, closed):
        return True
    before, now = recurring.refs_of(scene, closed), recurring.clear_refs(scene)
    if not before and danger.spoken_of(scene):  # whoever had it last is nearest
        return False
    if not before and left_for_bot(closed) in scene.talk.said:
        return False  # it had not come to be about anything when the bot was asked first
    if not before:
        return bool(recurring.flows(scene) if matter.stated(scene, [closed.subject]) else now)
    alike = {topic for ref in before for topic in scene.catalog.topics(ref)}
    return bool(now) and alike.isdisjoint(topic for ref in now for topic in scene.catalog.topics(ref))


def _was_of(scene: Scene, case: Case) -> bool:
    """Tell whether a closed case was talked of here; that of a linked account, wherever nobody else reads along."""
    return case.place == scene.talk.place or (bool(case.accounts) and scene.talk.scope == "private" and not case.public)
