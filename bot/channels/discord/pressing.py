"""Buttons, menus and forms → events. A custom id holds all that a press needs, so this knows no message and no view.

What opens a form opens it as its first response; everything else is acknowledged once its event is stored.
"""

from typing import Any

import discord

from bot.channels.casework import (
    LOOKS,
    POST_WORDED,
    WORDED,
    agent_of,
    post_event,
    staff_event,
    suggested_words,
)  # fmt: skip
from bot.channels.decisions import COUNTER, sent
from bot.channels.discord import asking, glancing, owncases, render, snippets
from bot.channels.discord.answering import LATER, MODAL, QUIETLY, Answer, answer, note, place, whisper
from bot.channels.discord.incoming import account
from bot.channels.discord.serving import Serving
from bot.channels.looking import refused
from bot.channels.words import word
from bot.dialog import waiting
from bot.dialog.events import CaseSnoozed, ChoicePressed, Event, FormSubmitted
from bot.dialog.state import Dossier, was_offered

_QUIETLY = Answer(QUIETLY)
_LATER = Answer(LATER, {"flags": render.ONLY_FOR_YOU})


async def pressed(serving: Serving, asked: discord.Interaction[Any]) -> None:
    """Answer the press of a button, or the choice from a menu."""
    data: Any = asked.data
    kind, _, rest = str(data["custom_id"]).partition(":")
    picked = str((data.get("values") or [""])[0])
    match kind:
        case "c":
            await answer(serving, asked, _choose(serving, asked, picked or str(data["custom_id"])), _QUIETLY)
        case "f":
            await answer(serving, asked, _open_form(serving, asked, rest), note(serving, "ui_trouble"))
        case "s":
            await _on_card(serving, asked, *rest.split(":"))
        case "g":
            await _on_post(serving, asked, *rest.split(":", 1))
        case "n":
            await answer(serving, asked, snippets.reply(serving, asked, int(rest), picked), note(serving, "ui_trouble"))
        case "p":
            await answer(serving, asked, _panel(serving), note(serving, "ui_trouble"))
        case owncases.PRESSED:
            await answer(serving, asked, owncases.pressed(serving, asked, rest), _QUIETLY)
        case "b" | "e":
            await answer(serving, asked, asking.browse(serving, asked, kind, rest, picked), _QUIETLY)
        case _:
            await answer(serving, asked, _trouble(serving), _QUIETLY)  # of a version that is gone


async def submitted(serving: Serving, asked: discord.Interaction[Any]) -> None:
    """Answer a form that was sent."""
    data: Any = asked.data
    kind, _, rest = str(data["custom_id"]).partition(":")
    values = render.sent(data["components"])
    match kind:
        case owncases.SENT:
            await answer(serving, asked, owncases.sent(serving, asked, rest, values), _LATER)
        case "m":
            await answer(serving, asked, _submit(serving, asked, rest, values), _QUIETLY)
        case "w":
            do, _, case = rest.partition(":")
            text = sent(values) if do == COUNTER else values.get("text", "")
            outcome = values.get("outcome", "")
            await answer(serving, asked, _act(serving, asked, do, int(case), text, outcome), _QUIETLY)
        case "h":
            do, _, about = rest.partition(":")
            await answer(serving, asked, _act_on_post(serving, asked, do, about, values.get("text", "")), _QUIETLY)
        case render.NOTICE:
            await answer(serving, asked, glancing.notice_sent(serving, asked, rest, values), _LATER)
        case "q":
            await answer(serving, asked, asking.from_panel(serving, asked, values.get("text", "")), _LATER)
        case _:
            await answer(serving, asked, _trouble(serving), _QUIETLY)


async def dossier(serving: Serving, asked: discord.Interaction[Any]) -> Dossier:
    """Return what is in progress for whoever pressed."""
    customer = account(asked.user.id)
    return (await serving.shop.store.dossiers([customer]))[customer][1]


def common(serving: Serving, asked: discord.Interaction[Any]) -> dict[str, Any]:
    """Return what every event of a customer's press carries."""
    return {
        "key": f"discord:i:{asked.id}",
        "customer": account(asked.user.id),
        "at": serving.shop.clock.now(),
        "place": place(asked),
        "name": asked.user.display_name,
    }


# --- customers --------------------------------------------------------------------------------------------------------


async def _choose(serving: Serving, asked: discord.Interaction[Any], custom_id: str) -> Answer:
    known = await dossier(serving, asked)
    offered = {choice.id: choice.label for talk in known.conversations for choice in talk.choices}
    choice = render.chosen(custom_id, list(offered))
    if not was_offered(known, choice):
        return note(serving, "ui_not_yours")
    shown = offered.get(choice) or _label(asked, custom_id)
    return await _accept(serving, ChoicePressed(choice=choice, label=shown, **common(serving, asked)))


async def _open_form(serving: Serving, asked: discord.Interaction[Any], named: str) -> Answer:
    known = await dossier(serving, asked)
    forms = {talk.form.id: talk.form for talk in known.conversations if talk.form}
    id = render.chosen(f"f:{named}", list(forms))
    if id in forms:
        return Answer(MODAL, render.form(forms[id]))
    if not was_offered(known, id):
        return note(serving, "ui_not_yours")
    # A form that no longer counts is a choice that no longer counts: the engine says so.
    return await _accept(serving, ChoicePressed(choice=id, label="", **common(serving, asked)))


async def _submit(serving: Serving, asked: discord.Interaction[Any], named: str, values: dict[str, str]) -> Answer:
    known = await dossier(serving, asked)
    id = render.chosen(f"m:{named}", [talk.form.id for talk in known.conversations if talk.form])
    if not was_offered(known, id):
        return note(serving, "ui_not_yours")
    return await _accept(serving, FormSubmitted(form=id, values=values, **common(serving, asked)))


async def _panel(serving: Serving) -> Answer:
    return Answer(MODAL, render.panel_form(serving.shop.catalog))


async def _trouble(serving: Serving) -> Answer:
    return note(serving, "ui_trouble")


async def _accept(serving: Serving, event: Event) -> Answer:
    await serving.shop.accept(event)
    return _QUIETLY


def _label(asked: discord.Interaction[Any], custom_id: str) -> str:
    """Return what stood on the control, as the message still shows it."""
    for row in asked.message.components if asked.message else ():
        for child in getattr(row, "children", ()):
            if getattr(child, "custom_id", "") == custom_id:
                return str(getattr(child, "label", "") or "")
            for each in getattr(child, "options", ()):
                if each.value == custom_id:
                    return str(each.label)
    return ""


# --- agents -----------------------------------------------------------------------------------------------------------


async def _on_card(serving: Serving, asked: discord.Interaction[Any], do: str, case: str, words: str = "") -> None:
    if do in LOOKS:
        await answer(serving, asked, glancing.transcript_of(serving, asked, int(case)), _LATER)
    elif do in WORDED and agent_of(serving.shop.catalog, account(asked.user.id)):
        await answer(serving, asked, _ask_words(serving, asked, do, int(case)), note(serving, "ui_trouble"))
    else:
        await answer(serving, asked, _act(serving, asked, do, int(case), words), _QUIETLY)


async def _ask_words(serving: Serving, asked: discord.Interaction[Any], do: str, case: int) -> Answer:
    found, agent = await serving.shop.store.case(case), agent_of(serving.shop.catalog, account(asked.user.id))
    if found and (refusal := refused(serving.shop, agent, found, do)):
        return whisper(refusal)
    if do == "resolve":
        return Answer(MODAL, render.ending(case, serving.shop.catalog))
    if do == COUNTER:
        return Answer(MODAL, render.counter_for(case, serving.shop.catalog))
    return Answer(MODAL, render.words_for(do, case, serving.shop.catalog))


async def _act(
    serving: Serving, asked: discord.Interaction[Any], do: str, case: int, text: str, outcome: str = ""
) -> Answer:
    agent = agent_of(serving.shop.catalog, account(asked.user.id))
    found = await serving.shop.store.case(case) if agent else None
    if found is None:
        return note(serving, "ui_not_staff")
    now = serving.shop.clock.now()
    key = f"discord:i:{asked.id}"
    common: dict[str, Any] = {"key": key, "customer": found.customer, "at": now, "agent": agent, "case": case}
    event = staff_event(do, text.strip(), outcome=outcome, **common)
    catalog = serving.shop.catalog
    if isinstance(event, CaseSnoozed) and (why := waiting.unfit(catalog, found, event, now)):
        return whisper(word(catalog, why, case=case, agent=catalog.agents[agent].name, said=text))
    return await _accept(serving, event)


async def _on_post(serving: Serving, asked: discord.Interaction[Any], do: str, about: str) -> None:
    if do in POST_WORDED and agent_of(serving.shop.catalog, account(asked.user.id)):
        await answer(serving, asked, _ask_words_on(serving, do, about), note(serving, "ui_trouble"))
    else:
        await answer(serving, asked, _act_on_post(serving, asked, do, about, ""), _QUIETLY)


async def _ask_words_on(serving: Serving, do: str, about: str) -> Answer:
    begun = await suggested_words(serving.shop, about) if do == "edit" else ""
    return Answer(MODAL, render.words_on(about, do, begun, serving.shop.catalog))


async def _act_on_post(serving: Serving, asked: discord.Interaction[Any], do: str, about: str, text: str) -> Answer:
    agent = agent_of(serving.shop.catalog, account(asked.user.id))
    if not agent:
        return note(serving, "ui_not_staff")
    now = serving.shop.clock.now()
    event = post_event(about, do, text, key=f"discord:i:{asked.id}", at=now, agent=agent)
    return await _accept(serving, event) if event else note(serving, "ui_trouble")
