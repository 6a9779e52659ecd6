"""Who is asked for by name: the bot, or the person whom a customer knows.

Whoever is named is asked for with words before the name ("put me back to", "let"), or with nothing that says more; or
is called by it ("Dana, are you there?"). The words are the shop's (`to_bot` and those below it in
handoff/commands.yaml).
"""

from bot.dialog import nods, thanks
from bot.dialog.catalog import Catalog
from bot.dialog.understand import clauses, names
from bot.knowledge import normalise


def asks_for(text: str, known: set[str], catalog: Catalog) -> bool:
    """Tell whether a text asks for somebody with one of these names; not what they are said to be, or to have done."""
    said = [normalise(each) for each in clauses(text)]
    asked = any(_asks(clause.split(), known, catalog) for clause in said if not _refuses(clause, catalog))
    return asked or _bare({*" ".join(said).split()}, known, catalog)


def calls(text: str, known: set[str], catalog: Catalog) -> bool:
    """Tell whether a text calls somebody by name, and wants more than to thank or to take note."""
    if thanks.heard(text, catalog) == "thanks" or nods.read(text, catalog):
        return False
    return any(_calls(normalise(clause), name, catalog) for clause in clauses(text) for name in known)


def _calls(clause: str, name: str, catalog: Catalog) -> bool:
    before, hit, rest = f" {clause} ".partition(f" {name} ")
    lead = before.strip()
    called = not lead or lead in catalog.commands["greeting"]
    if not hit or _refuses(clause, catalog):
        return False
    return lead in catalog.commands["to_person"] or (called and (not rest.strip() or thanks.wishes(rest, catalog)))


def _refuses(clause: str, catalog: Catalog) -> bool:
    turned = catalog.commands["negation"] & {*clause.split()}
    return bool(turned) or names((*catalog.commands["no_bot"],), clause)


def _asks(words: list[str], known: set[str], catalog: Catalog) -> bool:
    befores = (words[:at] for at, word in enumerate(words) if word in known)
    return any(_ends(before, catalog) or _ends(before[:-1], catalog) for before in befores)


def _ends(words: list[str], catalog: Catalog) -> bool:
    said = f" {' '.join(words)}"
    return any(said.endswith(f" {phrase}") for phrase in catalog.commands["to_bot"])


def _bare(words: set[str], known: set[str], catalog: Catalog) -> bool:
    return bool(words & known) and words <= known | catalog.commands["beside_bot"]
