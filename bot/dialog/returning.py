"""Customers who want the bot back: heard in words of their own, in any state in which people have the conversation.

A bot is named, with words before it that ask for it ("put me back to", "let"), or with nothing that says more. The
words are the shop's (`bots`, `to_bot`, `beside_bot` and `no_bot` of handoff/commands.yaml).
"""

from bot.desk.case import Case
from bot.dialog import casebook, cases
from bot.dialog.catalog import Catalog
from bot.dialog.scene import Scene
from bot.dialog.understand import clauses, names, understand
from bot.knowledge import normalise


def wants(text: str, catalog: Catalog) -> bool:
    """Tell whether somebody asks for the bot; not what a bot is said to be, or to have done."""
    bots = {*catalog.commands["bots"], normalise(catalog.voice.bot)}
    said = [normalise(each) for each in clauses(text)]
    asked = any(_asks(clause.split(), bots, catalog) for clause in said if not _refuses(clause, catalog))
    return (asked or _bare({*" ".join(said).split()}, bots, catalog)) and not _is_answered(text, catalog)


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


def _refuses(clause: str, catalog: Catalog) -> bool:
    turned = catalog.commands["negation"] & {*clause.split()}
    return bool(turned) or names((*catalog.commands["no_bot"],), clause)


def _asks(words: list[str], bots: set[str], catalog: Catalog) -> bool:
    befores = (words[:at] for at, word in enumerate(words) if word in bots)
    return any(_ends(before, catalog) or _ends(before[:-1], catalog) for before in befores)


def _ends(words: list[str], catalog: Catalog) -> bool:
    said = f" {' '.join(words)}"
    return any(said.endswith(f" {phrase}") for phrase in catalog.commands["to_bot"])


def _bare(words: set[str], bots: set[str], catalog: Catalog) -> bool:
    return bool(words & bots) and words <= bots | catalog.commands["beside_bot"]


def _is_answered(text: str, catalog: Catalog) -> bool:
    """Tell whether the words have an answer of their own: "am I talking to a bot?"."""
    return understand(text, catalog).decision in ("smalltalk", "answer")
