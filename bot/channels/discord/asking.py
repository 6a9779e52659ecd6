"""The ways to ask without writing a message: /help, the context menu, the panel. Reading needs no turn."""

from typing import Any

import discord

from bot.channels.discord import glancing, owncases, reading, render, snippets
from bot.channels.discord.answering import CHOICES, LATER, MESSAGE, UPDATE, Answer, answer, note, place
from bot.channels.discord.incoming import account
from bot.channels.discord.markdown import pieces
from bot.channels.discord.memory import place_at
from bot.channels.discord.posting import NoThread, Posting
from bot.channels.discord.private import say_in_private
from bot.channels.discord.rest import Json
from bot.channels.discord.serving import Serving
from bot.channels.words import label, shortened, word
from bot.dialog import topics
from bot.dialog.catalog import Catalog, Entry
from bot.dialog.events import MessageReceived
from bot.dialog.markup import Marked, escape

HELP, TOPIC, MYCASES, LINK, CODE = "help", "topic", "mycases", "link", "code"
CHAT, ON_MESSAGE = 1, 3
_PICKED = "="  # begins the value of a topic that was picked from the list, which a typed one does not
_LATER = Answer(LATER, {"flags": render.ONLY_FOR_YOU})


def commands(catalog: Catalog) -> list[Json]:
    """Return the application's commands: /help, /desk, and the context menu on messages."""
    shared = {"contexts": [0, 1], "integration_types": [0]}
    topic = {
        "type": 3,
        "name": TOPIC,
        "description": label(catalog, "ui_help_option", 100) or "…",
        "required": False,
        "autocomplete": True,
    }
    described = label(catalog, "ui_help_command", 100) or "…"
    menu = label(catalog, "ui_shortcut", 32) or "…"
    linking = label(catalog, "ui_link_command", 100) or "…"
    code = {"type": 3, "name": CODE, "description": label(catalog, "ui_link_option", 100) or "…", "required": False}
    return [
        {"type": CHAT, "name": HELP, "description": described, "options": [topic], **shared},
        {"type": CHAT, "name": MYCASES, "description": label(catalog, "ui_mycases_command", 100) or "…", **shared},
        {"type": CHAT, "name": LINK, "description": linking, "options": [code], **shared},
        {"type": ON_MESSAGE, "name": menu, **shared},
        {**glancing.command(catalog), **shared},
        snippets.command(catalog),
    ]


async def commanded(serving: Serving, asked: discord.Interaction[Any]) -> None:
    """Answer a command."""
    data: Any = asked.data
    if data.get("type", CHAT) == ON_MESSAGE:
        await answer(serving, asked, _about_message(serving, asked), _LATER)
    elif data.get("name") == glancing.DESK:
        await answer(serving, asked, glancing.shown(serving, asked), _LATER)
    elif data.get("name") == snippets.COMMAND:
        await snippets.commanded(serving, asked, _typed(data, snippets.OPTION))
    elif data.get("name") == LINK:
        said = f"/{LINK} {_typed(data, CODE)}".strip()
        await answer(serving, asked, _ask_in_private(serving, asked, said, in_dm=True), _LATER)
    elif data.get("name") == MYCASES:
        await answer(serving, asked, owncases.shown(serving, asked), _LATER)
    else:
        await answer(serving, asked, _help(serving, asked, _typed(data)), _LATER)


async def complete(serving: Serving, asked: discord.Interaction[Any]) -> None:
    """Answer what is being typed with what it may mean: titles after /help, categories after /desk, snippets."""
    data: Any = asked.data
    if data.get("name") == snippets.COMMAND:
        await snippets.complete(serving, asked, _typed(data, snippets.OPTION))
        return
    desk = data.get("name") == glancing.DESK
    work = glancing.complete(serving, asked) if desk else _titles(serving, _typed(data))
    await answer(serving, asked, work, Answer(CHOICES, {"choices": []}))


def _typed(data: Any, option: str = TOPIC) -> str:
    return next((str(each.get("value", "")) for each in data.get("options") or () if each["name"] == option), "")


async def _titles(serving: Serving, said: str) -> Answer:
    found = topics.search(serving.shop.catalog, said, render.OPTIONS)
    choices = [
        {"name": shortened(entry.title, 100) or "…", "value": f"{_PICKED}{entry.id}"}
        for entry in found
        if len(entry.id) < 100
    ]
    return Answer(CHOICES, {"choices": choices})


# --- reading what is known --------------------------------------------------------------------------------------------


async def _help(serving: Serving, asked: discord.Interaction[Any], said: str) -> Answer:
    catalog = serving.shop.catalog
    if said.startswith(_PICKED) and said[1:] in catalog.entries:
        return Answer(MESSAGE, _entry(serving, asked, said[1:], []))
    found = topics.search(catalog, said) if said else ()
    exact = [entry for entry in found if entry.title.casefold() == said.strip().casefold()]
    if exact or len(found) == 1:
        return Answer(MESSAGE, _entry(serving, asked, (exact or list(found))[0].id, []))
    if found:
        return Answer(MESSAGE, _shown(word(catalog, "ui_topics"), render.titles(catalog, found, "")))
    text = word(catalog, "ui_topics_none", query=shortened(said, 100)) if said else word(catalog, "ui_topics")
    return Answer(MESSAGE, _shown(text, render.shelves(catalog, topics.categories(catalog))))


async def browse(serving: Serving, asked: discord.Interaction[Any], kind: str, shelf: str, picked: str) -> Answer:
    """Answer a choice from the menus of /help, in the message where they stand."""
    catalog = serving.shop.catalog
    shelves = {each.id[:100]: each for each in topics.categories(catalog)}
    name = picked if kind == "b" else shelf
    entries: tuple[Entry, ...] = shelves[name].entries if name in shelves else ()
    menus = [*render.shelves(catalog, tuple(shelves.values())), *render.titles(catalog, entries, name)]
    if kind == "e":
        return Answer(UPDATE, _entry(serving, asked, picked, menus))
    text = word(catalog, "topics_in", category=shelves[name].title) if name in shelves else word(catalog, "ui_topics")
    return Answer(UPDATE, _shown(text, menus))


def _entry(serving: Serving, asked: discord.Interaction[Any], id: str, menus: list[Json]) -> Json:
    catalog = serving.shop.catalog
    text = topics.answer(catalog, id, serving.shop.clock.now(), asked.user.display_name)
    if not text:
        return _shown(word(catalog, "ui_topics"), render.shelves(catalog, topics.categories(catalog)))
    return _shown(f"{text}\n\n{word(catalog, 'ui_still_there')}", menus)


def _shown(text: str, menus: list[Json]) -> Json:
    """Return neutral markup for one reader: what does not fit into the content goes on in embeds."""
    shown = pieces(text, 1_900) or ["…"]
    more = [{"description": each} for each in shown[1:4]]
    return {**render.private(shown[0], menus), "embeds": more, "flags": _flags(more)}


def _flags(embeds: list[Json]) -> int:
    return render.ONLY_FOR_YOU | (0 if embeds else render.NO_PREVIEWS)


# --- asking -----------------------------------------------------------------------------------------------------------


async def _about_message(serving: Serving, asked: discord.Interaction[Any]) -> Answer:
    """Take a message as the question of whoever points at it: their own where it stands, all else in private."""
    data: Any = asked.data
    raw = next(iter((data.get("resolved") or {}).get("messages", {}).values()))
    channel, id = int(raw["channel_id"]), int(raw["id"])
    text = reading.plain(str(raw.get("content") or ""))
    own = int(raw["author"]["id"]) == asked.user.id
    here = place_at(id, channel)
    if not own or channel not in serving.access.support_ids or not await _thread_on(serving, here):
        return await _ask_in_private(serving, asked, text, in_dm=True)
    ids = (f"{channel}/{id}",)
    await _receive(serving, asked, here, text=text, near=place_at(channel), key=f"discord:{id}", messages=ids)
    return _started(serving, here)


async def _thread_on(serving: Serving, place: str) -> bool:
    """Begin the thread on a message, and tell whether there is one: nobody is sent where nothing is."""
    title = shortened(label(serving.shop.catalog, "ui_thread", 60), 100)
    serving.memory.threadless.keep(place, title)
    try:
        await Posting(serving).begin(place)
    except (NoThread, discord.Forbidden, discord.NotFound):
        serving.memory.threadless.pop(place)
        return False
    return True


async def from_panel(serving: Serving, asked: discord.Interaction[Any], text: str) -> Answer:
    """Take what somebody wrote into the panel's form as a question, in a thread that only they read."""
    return await _ask_in_private(serving, asked, text, in_dm=False)


async def _ask_in_private(serving: Serving, asked: discord.Interaction[Any], text: str, *, in_dm: bool) -> Answer:
    """Put a question where only its author reads, and take it there."""
    key = f"discord:i:{asked.id}"
    if await serving.shop.store.knows(key):
        return Answer()
    question = f"*{word(serving.shop.catalog, 'ui_thread')}:* {escape(text)}"
    there = await say_in_private(serving, asked.user.id, place(asked), question, key, in_dm=in_dm)
    if not there:
        return note(serving, "ui_no_private")
    await _receive(serving, asked, there, text=text, key=key)
    return _started(serving, there)


async def _receive(
    serving: Serving,
    asked: discord.Interaction[Any],
    place: str,
    *,
    text: str,
    key: str,
    near: str = "",
    messages: tuple[str, ...] = (),
) -> None:
    customer = account(asked.user.id)
    serving.memory.belongs(place, customer)
    await serving.shop.accept(
        MessageReceived(
            key=key,
            customer=customer,
            at=serving.shop.clock.now(),
            place=place,
            name=asked.user.display_name,
            text=text,
            scope="public" if near else "private",
            near=near,
            messages=messages,
        )
    )


def _started(serving: Serving, place: str) -> Answer:
    """Say where the answer is, with a link there."""
    channel = place.rpartition("/")[2].rpartition(":")[2]
    shown = note(serving, "ui_started", place=Marked(channel))
    link = f"<#{channel}>" if "/" in place else f"<https://discord.com/channels/@me/{channel}>"
    data = shown.data or {}
    return Answer(shown.kind, {**data, "content": str(data.get("content", "")).replace(channel, link)})
