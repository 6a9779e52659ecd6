"""What is said to the bot itself, though a person owns the conversation.

It is called by its name, by what it is ("bot, where is …"), by a mention or by a slash. What only it can do (the list
of one's cases, linked accounts, no more notices) it does for anybody; all else that stands below the person's words by
itself, such as "cancel", is for the person.
"""

import re

from msgspec.structs import replace

from bot.dialog import casebook, thanks
from bot.dialog.catalog import Catalog
from bot.dialog.effects import TellStaff
from bot.dialog.events import MessageReceived
from bot.dialog.scene import Scene
from bot.dialog.understand import command
from bot.knowledge import normalise

_REPLIES = ("yes", "no", "helped", "unhelpful")  # commands that answer something; also in the message as it stands


def unnamed(scene: Scene, event: MessageReceived) -> MessageReceived:
    """Return a command to the bot, given by its name, as one that is a whole message; all else as it is."""
    said = _behind_name(event.text, scene.catalog)
    word = command(said, scene.catalog)
    joins = any(normalise(said) in each.join for each in scene.catalog.tiers.values())
    orders = said.startswith("/") or joins or (word and word not in _REPLIES)
    return replace(event, text=said, mentioned=True) if orders else event


def asked(scene: Scene, event: MessageReceived) -> str:
    """Return the words that are for the bot itself, though people have the conversation; mostly nothing."""
    slash = event.text.lstrip().startswith("/") and bool(command(event.text.split()[0], scene.catalog))
    return _behind_name(event.text, scene.catalog) or (event.text if event.mentioned or slash else "")


def is_for_person(scene: Scene, event: MessageReceived) -> bool:
    """Tell whether words that could be a command answer those of a person who owns the case, and not the bot's."""
    spoke = scene.talk.spoke
    return _is_owned(scene) and spoke is not None and spoke.who != "bot" and not asked(scene, event)


def shown(scene: Scene) -> None:
    """Let the person who owns the conversation see what the bot was asked; a suggestion shows that by itself."""
    case, event = scene.case(scene.talk.case), scene.event
    if not isinstance(event, MessageReceived) or event.mode != "live":
        return
    told = any(isinstance(each, TellStaff) and each.kind == "customer" for each in scene.effects)
    if case and _is_owned(scene) and not told:
        casebook.tell(scene, case, event.text)


def _is_owned(scene: Scene) -> bool:
    case = scene.case(scene.talk.case)
    return case is not None and case.open and case.status == "owned"


def _behind_name(text: str, catalog: Catalog) -> str:
    name = re.escape(catalog.voice.bot)
    if found := re.match(rf"\W*{name}\b[\s,:;.!-]*(.*)", text, re.IGNORECASE | re.DOTALL):
        return found[1].strip()
    kinds = "|".join(map(re.escape, sorted(catalog.commands["bots"], key=len, reverse=True)))
    found = re.match(rf"\W*(?:{kinds})\b[\s,:;.!-]*(.*)", text, re.IGNORECASE | re.DOTALL)
    said = found[1].strip() if found else ""  # "bot was no help" is said of it, "bot, where is my order" to it
    return said if said and (thanks.wishes(said, catalog) or command(said, catalog)) else ""
