"""The title that a case opens with: what the customer wants, in a line of their own words."""

from bot.dialog import casebook, matter
from bot.dialog.scene import Scene
from bot.dialog.understand import command


def given(scene: Scene, *, again: bool = False) -> str:
    """Return the title of what is come with now: the flow, and the customer's own most telling words of late.

    A wish that tells something is stated by the words that it was heard in, and so is what comes up `again`. What was
    said before a case that waits for somebody's decision is told by its title: only the words just now can add to it.
    Who has only greeted, called the bot or asked for a person has named nothing yet: that is no title.
    """
    words = scene.talk.own
    if reviewed := casebook.decided_in(scene, scene.frame) if scene.frame else None:
        wanted = words[-1] if words and matter.called_for(scene, words[-1], reviewed.subject) else ""
        return matter.short(matter.stated(scene, words[-1:]) or wanted or reviewed.subject)
    flow = scene.catalog.title(scene.frame.flow) + ": " if scene.frame and scene.frame.flow != casebook.CHECK_IN else ""
    words = [each for each in words if not command(each, scene.catalog)] or words
    heard = scene.catalog.wishes.get(scene.trace.id)
    late = words[-1 if again or (heard and heard.telling) else -6 :]
    said = [calm for each in late if (calm := matter.in_civil_words(scene, each))]
    told = (matter.opens_with if heard and not again else matter.stated)(scene, said, about(scene))
    if heard and said and not again and (called := matter.called_for(scene, said[-1], told)):
        return matter.short(f"{called} · {told}" if told else said[-1])
    telling = told or ("" if again else matter.little(scene, said))
    return matter.short(flow + " ".join(telling.split())).removesuffix(": ")


def about(scene: Scene) -> tuple[str, ...]:
    """Return what the talk is about: the flow and the answer that came before, and a wish that tells something."""
    flow = next((frame.flow for frame in reversed(scene.talk.frames)), "")
    return tuple(each for each in (flow, scene.talk.topic, wish(scene)) if each)


def wish(scene: Scene) -> str:
    """Return the wish that was heard in this turn, if it says what it is about: danger, the law, one's data."""
    heard = scene.catalog.wishes.get(scene.trace.id)
    return heard.id if heard and heard.telling else ""
