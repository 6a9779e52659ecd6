"""Ready-made replies, from a card's menu or by /snippet in its thread, put into the form of a reply. Pure queries."""

from typing import Any

import discord

from bot.channels.casework import agent_of, prefilled
from bot.channels.discord import render, staffroom
from bot.channels.discord.answering import CHOICES, MODAL, Answer, answer, note, whisper
from bot.channels.discord.incoming import account
from bot.channels.discord.memory import message_id
from bot.channels.discord.rest import Json
from bot.channels.discord.serving import Serving
from bot.channels.looking import refused
from bot.channels.words import label, shortened
from bot.desk.case import Case
from bot.desk.snippets import find
from bot.dialog import snippets
from bot.dialog.catalog import Catalog

COMMAND, OPTION = "snippet", "text"


def command(catalog: Catalog) -> Json:
    """Return the command as Discord wants it described; only in servers, since cases stand nowhere else."""
    option = {
        "type": 3,
        "name": OPTION,
        "description": label(catalog, "ui_snippet_option", 100) or "…",
        "required": True,
        "autocomplete": True,
    }
    described = label(catalog, "ui_snippet_command", 100) or "…"
    shared = {"contexts": [0], "integration_types": [0]}
    return {"type": 1, "name": COMMAND, "description": described, "options": [option], **shared}


async def commanded(serving: Serving, asked: discord.Interaction[Any], said: str) -> None:
    """Answer the command with the form, or with why there is none."""
    await answer(serving, asked, _form(serving, asked, said), note(serving, "ui_trouble"))


async def complete(serving: Serving, asked: discord.Interaction[Any], said: str) -> None:
    """Answer what is being typed with the snippets that it may mean; nothing typed yet: the next best first."""
    await answer(serving, asked, _choices(serving, asked, said), Answer(CHOICES, {"choices": []}))


async def reply(serving: Serving, asked: discord.Interaction[Any], number: int, snippet: str) -> Answer:
    """Open the form of a reply with a snippet in it, to be changed before it is sent."""
    agent = agent_of(serving.shop.catalog, account(asked.user.id))
    case = await serving.shop.store.case(number) if agent else None
    if case is None:
        return note(serving, "ui_not_staff")
    if refusal := refused(serving.shop, agent, case, "reply"):
        return whisper(refusal)
    words = prefilled(serving.shop, case, snippet, agent)
    return Answer(MODAL, render.words_for("reply", number, serving.shop.catalog, words))


async def _form(serving: Serving, asked: discord.Interaction[Any], said: str) -> Answer:
    if not agent_of(serving.shop.catalog, account(asked.user.id)):
        return note(serving, "ui_not_staff")
    case = await _case(serving, asked)
    if case is None:
        return note(serving, "ui_no_case_here")
    found = find(serving.shop.catalog.snippets.values(), said)
    return await reply(serving, asked, case.number, found[0].id if found else "")


async def _choices(serving: Serving, asked: discord.Interaction[Any], said: str) -> Answer:
    case = await _case(serving, asked)
    if case is None or not agent_of(serving.shop.catalog, account(asked.user.id)):
        return Answer(CHOICES, {"choices": []})
    catalog = serving.shop.catalog
    dossier = (await serving.shop.store.dossiers([case.customer]))[case.customer][1]
    ranked = snippets.suggested(catalog, case, snippets.conversation(dossier, case), serving.shop.clock.now())
    meant = {each.id for each in find(catalog.snippets.values(), said)}
    fitting = [catalog.snippets[each.id] for each in ranked if each.id in meant][: render.OPTIONS]
    return Answer(CHOICES, {"choices": [{"name": shortened(each.title, 100), "value": each.id} for each in fitting]})


async def _case(serving: Serving, asked: discord.Interaction[Any]) -> Case | None:
    """Return the case in whose thread somebody is."""
    thread = asked.channel
    if not isinstance(thread, discord.Thread) or thread.parent_id not in serving.access.room_ids:
        return None
    return await staffroom.case_of(serving, message_id(thread.parent_id, thread.id))
