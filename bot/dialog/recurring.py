"""The same matter once more: which cases of the customer were about what they come with now, not long ago.

It is the same where an order is in both, what it was understood as, or most of the words that name something. Where
each names an order of its own, it is another matter, however alike the words are.
"""

from collections.abc import Collection, Iterator, Sequence

from bot.desk.case import Case
from bot.dialog import matter, replaced, snippets
from bot.dialog.scene import Scene
from bot.dialog.understand import points
from bot.knowledge import found, normalise

_ALIKE = 0.6  # of the words that name something in the shorter of two titles
_NOT_SETTLED = ("withdrawn", "merged")  # outcomes of cases that nobody had to solve
_OF_NO_MATTER = ("check_in", "callback", "needed_by")  # flows that say nothing of what it is about
_LATELY = 4  # of the customer's latest lines
_NAMING = 2  # words that name something, so that a title can be told from another


def before(scene: Scene) -> list[Case]:
    """Return the cases of this matter that were closed within the time for it, the latest last."""
    return same(scene, _settled(scene))


def _settled(scene: Scene) -> list[Case]:
    """Return the cases that somebody settled within the time for it."""
    since = scene.catalog.limits.repeat * 60
    return [
        case for case in scene.closed_cases()
        if case.kind == "handoff" and case.outcome not in _NOT_SETTLED
        and case.resolved_at and (scene.now - case.resolved_at).total_seconds() <= since
    ]  # fmt: skip


def same(scene: Scene, closed: Sequence[Case]) -> list[Case]:
    """Return those of these cases that are about what the customer comes with now."""
    if not closed:
        return []
    now = set(orders(scene)), refs(scene) | with_flows(scene, () if scene.rested else (scene.talk.topic,))
    words = set(matter.content(scene, matter.stated(scene, _said(scene))))
    return [case for case in closed if _same(scene, case, *now, words)]


def nearest(scene: Scene, closed: Sequence[Case], text: str) -> Case | None:
    """Return the one of these cases that a text is about; the last one where it says nothing of any of them."""
    likely, words = matter.taken_for(scene, text), set(matter.content(scene, text))
    refs = with_flows(scene, likely if len(likely) == 1 else ())

    def near(at: int) -> tuple[bool, int, int]:
        return _same(scene, closed[at], set(), refs, words), len(words & words_of(scene, closed[at])), at

    return closed[max(range(len(closed)), key=near)] if closed else None


def _same(scene: Scene, case: Case, orders: set[str], refs: set[str], words: set[str]) -> bool:
    known = orders_of(case)
    if known and orders:
        return not known.isdisjoint(orders)
    if not refs.isdisjoint(refs_of(scene, case)):
        return True
    theirs = set(matter.content(scene, case.subject))
    least = min(len(words), len(theirs))
    return least >= _NAMING and len(words & theirs) >= _ALIKE * least


def orders_of(case: Case) -> set[str]:
    """Return the orders that a case is about."""
    return set(filter(None, snippets.order_of(case.facts).split(", ")))


def words_of(scene: Scene, case: Case) -> set[str]:
    """Return the words that name what a case is about: those of its title, and of what was collected for it."""
    return set(matter.content(scene, " ".join((case.subject, *case.facts.values()))))


def refs_of(scene: Scene, case: Case) -> set[str]:
    """Return the flows and answers that a case is about, also by what it is called."""
    taken = matter.taken_for(scene, case.subject)
    return with_flows(scene, (*case.about, *(taken if len(taken) == 1 else ())))


def orders(scene: Scene) -> Iterator[str]:
    """Yield the orders that are spoken of: in the flows in progress, and in the customer's own words."""
    yield from replaced.orders(scene)
    yield from filter(None, snippets.order_of(matter.with_order({}, " ".join(_said(scene)))).split(", "))


def of_another_thing(scene: Scene, closed: Case, text: str = "") -> bool:
    """Tell whether the customer speaks of one thing of the shop's, and a case was about others only.

    Whatever was named while people had it belongs to the case: what was wanted instead, or sent along. What stands
    behind a word that points back is no matter of its own: "it leaks on my towels".
    """
    told = (closed.subject, *closed.facts.values(), *(line.text for line in closed.recent))
    known = {thing for each in told for thing in _things(scene, each)}
    if not known:
        return False
    said = next(filter(None, (_things(scene, each) for each in ([text] if text else _said(scene)[::-1]))), {})
    return bool(said) and known.isdisjoint(said) and not any(points(before, scene.catalog) for before in said.values())


def _things(scene: Scene, text: str) -> dict[str, str]:
    """Return which things of the shop's a text names, each with what is said before it (normalised)."""
    hits = ((thing, found([thing], text)) for thing in scene.catalog.commands["things"])
    return {thing: normalise(text).partition(hit)[0] for thing, hit in hits if hit}


def flows(scene: Scene) -> set[str]:
    """Return the flows in progress, but for those that are of no matter."""
    return {frame.flow for frame in scene.talk.frames} - {*_OF_NO_MATTER}


def refs(scene: Scene) -> set[str]:
    """Return what the customer comes with: flows and answers, also those that the words besides a wish are about."""
    said = [likely[0] for likely in matter.meant(scene, _lines(scene)) if len(likely) == 1]
    return with_flows(scene, (*_asked_for(scene), *said))


def clear_refs(scene: Scene) -> set[str]:
    """Return the same, but of words only what they are more likely about than not; and answers that did not help."""
    said = [matter.clearly(scene, each) for each in _said(scene)]
    return with_flows(scene, (*_asked_for(scene), *said, *({scene.talk.topic} & {*scene.talk.rejected})))


def _asked_for(scene: Scene) -> tuple[str, ...]:
    wish = scene.catalog.wishes.get(scene.trace.id)
    return (*flows(scene), wish.id if wish and wish.telling else "")


def with_flows(scene: Scene, refs: Collection[str]) -> set[str]:
    """Return flows and answers with the flows to which these answers lead, and none that is of no matter."""
    entries = [entry for ref in refs if (entry := scene.catalog.entries.get(ref))]
    return {*refs, *(entry.flow for entry in entries)} - {"", *_OF_NO_MATTER}


def _said(scene: Scene) -> list[str]:
    return scene.talk.own[-_lines(scene) :]


def _lines(scene: Scene) -> int:
    """Return how many lines count: what was said here days ago tells nothing of what somebody comes with now."""
    return 1 if scene.rested else _LATELY
