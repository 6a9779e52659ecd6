"""Customers who want the bot back: heard in words of their own, in any state in which people have the conversation.

A bot is asked for by its name or by what it is (`bots` in handoff/commands.yaml); how, is in `by_name`.
"""

from bot.desk.case import Case
from bot.dialog import by_name, casebook, cases
from bot.dialog.catalog import Catalog
from bot.dialog.scene import Scene
from bot.dialog.understand import understand
from bot.knowledge import normalise


def wants(text: str, catalog: Catalog) -> bool:
    """Tell whether somebody asks for the bot; not what a bot is said to be, or to have done."""
    bots = {*catalog.commands["bots"], normalise(catalog.voice.bot)}
    return by_name.asks_for(text, bots, catalog) and not _is_answered(text, catalog)


def hears(scene: Scene, case: Case, text: str) -> bool:
    """Ask a customer who wants the bot back whether their case shall be closed for that; False for all other words."""
    if not wants(text, scene.catalog):
        return False
    casebook.tell(scene, case, text)
    cases.ask_to_leave(scene, case)
    return True


def is_there(scene: Scene, text: str) -> bool:
    """Tell who asks for the bot, while no person has the conversation, that it is there; False for all other words."""
    if not wants(text, scene.catalog):
        return False
    is_here(scene)
    return True


def is_here(scene: Scene) -> None:
    """Tell a customer who wants the bot back that no person has the conversation any more."""
    scene.rule("bot_is_here")
    scene.say_text("with_bot")


def _is_answered(text: str, catalog: Catalog) -> bool:
    """Tell whether the words have an answer of their own: "am I talking to a bot?"."""
    return understand(text, catalog).decision in ("smalltalk", "answer")
