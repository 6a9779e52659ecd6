"""Browsing in the talk itself: the topics as choices, then what there is about one."""

from bot.dialog import topics
from bot.dialog.scene import Scene

_MOST = 20


def show_topics(scene: Scene) -> None:
    """Offer the topics."""
    shelves = topics.categories(scene.catalog)[:_MOST]
    scene.change(expecting="", options=())
    scene.say_text("topics", [scene.choice(f"topic:{shelf.id}", shelf.title) for shelf in shelves])


def show_topic(scene: Scene, category: str) -> bool:
    """Offer what there is about a topic; False when there is no such topic any more."""
    shelf = next((shelf for shelf in topics.categories(scene.catalog) if shelf.id == category), None)
    if shelf is None:
        return False
    scene.rule("topic")
    entries = shelf.entries[:_MOST]
    scene.change(expecting="clarify", options=tuple(entry.id for entry in entries))
    picks = [scene.choice(f"pick:{entry.id}", entry.title) for entry in entries]
    scene.say_text("topics_in", picks, category=shelf.title)
    return True
