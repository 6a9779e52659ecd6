"""The desk and transcripts on Discord: /desk, and the file behind a card's button; only staff get them.

Pure queries on committed state: no turn is taken.
"""

from typing import Any

import discord

from bot.channels import deskpage, noticeform, transcript
from bot.channels.casework import agent_of
from bot.channels.deskacts import act
from bot.channels.deskcommand import NOTICE, OWN_ACTS, REASSIGN, Asked, asked
from bot.channels.discord import render
from bot.channels.discord.answering import CHOICES, MESSAGE, MODAL, Answer, note, whisper
from bot.channels.discord.incoming import account
from bot.channels.discord.markdown import pieces
from bot.channels.discord.rest import Json, Upload
from bot.channels.discord.serving import Serving
from bot.channels.looking import TRANSCRIPT, refused
from bot.channels.noting import note_read
from bot.channels.words import label, word
from bot.dialog.catalog import Catalog
from bot.dialog.markup import escape, plain

DESK = "desk"
_VIEW, _CATEGORY, _SEARCH, _FIND, _AWAY = "view", "category", "search", "find", "away"
_VIEWS = ("desk", "mine", "handover")
_WORDED = (NOTICE, REASSIGN)  # own acts that are nothing without words
_PIECE, _EMBEDS = 1_900, 3
_MOST = 8_000_000  # bytes of a transcript's file


def command(catalog: Catalog) -> Json:
    """Return the application's command /desk."""
    shown = (*_VIEWS, *(each for each in OWN_ACTS if each not in _WORDED))
    views = [{"name": label(catalog, f"desk_view_{each}", 100) or each, "value": each} for each in shown]
    options = [
        {**_option(catalog, _VIEW), "choices": views},
        {**_option(catalog, _CATEGORY), "autocomplete": True},
        _option(catalog, _SEARCH),
        _option(catalog, _FIND),
        _option(catalog, _AWAY),
        {**_option(catalog, NOTICE), "autocomplete": True},
        _option(catalog, REASSIGN),
    ]
    about = label(catalog, "desk_command", 100) or "…"
    return {"type": 1, "name": DESK, "description": about, "options": options}


def _option(catalog: Catalog, name: str) -> Json:
    about = label(catalog, f"desk_option_{name}", 100) or "…"
    return {"type": 3, "name": name, "description": about, "required": False}


async def shown(serving: Serving, pressed: discord.Interaction[Any]) -> Answer:
    """Answer /desk."""
    agent = _agent(serving, pressed)
    if not agent:
        return note(serving, "ui_not_staff")
    options = _options(pressed.data)
    do = next((each for each in (*_WORDED, _AWAY) if options.get(each)), options.get(_VIEW, ""))
    if do == NOTICE and (kind := noticeform.asked(serving.shop.catalog, agent, options[NOTICE])):
        return Answer(MODAL, render.notice_form(kind, serving.shop.catalog))
    if do in OWN_ACTS:
        key, now = f"discord:i:{pressed.id}", serving.shop.clock.now()
        told = await act(serving.shop, agent, do, options.get(do, ""), key=key, at=now)
        return Answer(MESSAGE, render.private(next(iter(pieces(told)), "…")))
    texts = await deskpage.page(serving.shop, agent, _asked(options))
    parts = pieces("\n\n".join(texts), _PIECE) or ["…"]
    files: tuple[Upload, ...] = ()
    if len(parts) > _EMBEDS + 1:
        parts = [*parts[:_EMBEDS], *pieces(word(serving.shop.catalog, "desk_file"))]
        files = (Upload(f"{DESK}.txt", "\n\n".join(map(plain, texts)).encode()),)
    more = [{"description": each} for each in parts[1:]]
    flags = render.ONLY_FOR_YOU | (0 if more else render.NO_PREVIEWS)
    return Answer(MESSAGE, {**render.private(parts[0]), "embeds": more, "flags": flags}, files)


async def notice_sent(serving: Serving, sent: discord.Interaction[Any], kind: str, values: dict[str, str]) -> Answer:
    """Take the form of a notice to many, or say what is wrong with it, in the line that can be sent in its place."""
    agent, catalog = _agent(serving, sent), serving.shop.catalog
    if not agent:
        return note(serving, "ui_not_staff")
    line = noticeform.line(kind, values)
    if wrong := noticeform.amiss(catalog, agent, line, _PIECE - len(line)):
        again = f"{escape(wrong)}\n\n/desk notice: {escape(line)}"
        return Answer(MESSAGE, render.private(next(iter(pieces(again)), "…")))
    told = await act(serving.shop, agent, NOTICE, line, key=f"discord:i:{sent.id}", at=serving.shop.clock.now())
    return Answer(MESSAGE, render.private(next(iter(pieces(told)), "…")))


async def complete(serving: Serving, typing: discord.Interaction[Any]) -> Answer:
    """Answer what is being typed as a category or a notice."""
    data: Any = typing.data
    typed = next((each["name"] for each in data.get("options") or () if each.get("focused")), _CATEGORY)
    return await (_notices if typed == NOTICE else _categories)(serving, typing)


async def _notices(serving: Serving, typing: discord.Interaction[Any]) -> Answer:
    """Answer what is being typed as a notice with the kinds that there is a form for."""
    typed, agent = _options(typing.data).get(NOTICE, "").casefold(), _agent(serving, typing)
    known = [each for each in noticeform.kinds(serving.shop.catalog, agent) if typed in each.id] if agent else []
    choices = [{"name": each.title[:100], "value": each.id[:100]} for each in known[: render.OPTIONS]]
    return Answer(CHOICES, {"choices": choices})


async def _categories(serving: Serving, typing: discord.Interaction[Any]) -> Answer:
    """Answer what is being typed as a category with those of open cases."""
    typed = _options(typing.data).get(_CATEGORY, "").casefold()
    seen = await deskpage.seen(serving.shop, "") if _agent(serving, typing) else None
    known = [each for each in seen.categories if typed in each.casefold()] if seen else []
    return Answer(CHOICES, {"choices": [{"name": each[:100], "value": each[:100]} for each in known[: render.OPTIONS]]})


async def transcript_of(serving: Serving, pressed: discord.Interaction[Any], number: int) -> Answer:
    """Answer a press on Transcript with the whole talk as a text file."""
    agent = _agent(serving, pressed)
    case = await serving.shop.store.case(number) if agent else None
    if case is None:
        return note(serving, "ui_not_staff")
    if refusal := refused(serving.shop, agent, case, TRANSCRIPT):
        return whisper(refusal)
    await note_read(serving.shop, agent, number)
    body = bytearray()
    async for part in transcript.file(serving.shop, case):
        body += part.encode()
        if len(body) > _MOST:
            body = body[:_MOST]
            break
    title = word(serving.shop.catalog, "transcript_title", case=number, customer=case.name or case.customer)
    told = render.private(next(iter(pieces(title)), "…"))
    return Answer(MESSAGE, told, (Upload(f"case-{number}.txt", bytes(body)),))


def _agent(serving: Serving, pressed: discord.Interaction[Any]) -> str:
    return agent_of(serving.shop.catalog, account(pressed.user.id))


def _options(data: Any) -> dict[str, str]:
    return {str(each["name"]): str(each.get("value", "")) for each in data.get("options") or ()}


def _asked(options: dict[str, str]) -> Asked:
    """Return what the options ask for; words to search for come before all else."""
    view, category = options.get(_VIEW, ""), options.get(_CATEGORY, "")
    if words := options.get(_SEARCH, ""):
        return Asked(view="search", words=words)
    if words := options.get(_FIND, ""):
        return Asked(view="find", words=words)
    return asked(f"{view} {category}") if view in ("mine", "handover") else asked(category)
