"""Browsing in the talk itself: the topics as choices, then what there is about one, or about a word."""

from bot.dialog import collected, steps, topics
from bot.dialog.scene import Scene
from bot.dialog.understand import command
from bot.knowledge import leads, normalise

_MOST = 20
_FOUND, _NEAR = 5, 3  # answers about a word, and among how many of what it may mean flows are looked for
_LONGEST = 4  # words that are looked for; more of them are a question


def hears(scene: Scene, text: str) -> bool:
    """Show what the bot knows, if these words ask for it."""
    if command(text, scene.catalog) == "topics":
        scene.rule("topics")
        show_topics(scene)
        return True
    return not collected.takes_own_words(steps.asking(scene)) and searches(scene, text)


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


def searches(scene: Scene, text: str) -> bool:
    """Offer what there is about the words that are searched for ("/help parcel"); False where something is wished."""
    words = _searched(scene, text)
    if not words:
        return False
    scene.rule("searched")
    catalog = scene.catalog
    near = catalog.index.rank(words).matches[:_NEAR] if catalog.index.makes_sense(words) else ()
    flows = [match.id for match in near if match.kind == "flow"]
    found = (*(entry.id for entry in topics.search(catalog, words, _FOUND)), *flows)
    if found:
        scene.change(expecting="clarify", options=found)
        scene.say_text("topics_in", [scene.choice(f"pick:{ref}", catalog.title(ref)) for ref in found], category=words)
    else:
        show_topics(scene)
    return True


def _searched(scene: Scene, text: str) -> str:
    """Return the few words behind those that search; none where they are somebody's own ("help with my parcel")."""
    said, commands = normalise(text), scene.catalog.commands
    typed = commands["topics"] if text.lstrip().startswith("/") else frozenset()
    if not leads(commands["searching"] | typed, text):
        return ""
    lead = max((each for each in commands["searching"] | typed if said.startswith(f"{each} ")), key=len, default="")
    words = said.removeprefix(lead).split()
    own = not typed and bool(scene.catalog.answers.fillers & {*words})
    return "" if own or len(words) > _LONGEST else " ".join(words)
