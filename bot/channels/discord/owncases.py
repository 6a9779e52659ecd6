"""A customer's own cases, which only they see: /mycases, the form to add to one, the question before closing."""

from typing import Any

import discord

from bot.channels.discord import render
from bot.channels.discord.answering import MESSAGE, MODAL, UPDATE, Answer, note
from bot.channels.discord.incoming import account
from bot.channels.discord.markdown import pieces
from bot.channels.discord.serving import Serving
from bot.channels.words import word
from bot.desk.case import Case
from bot.dialog import naming, overview
from bot.dialog.effects import Choice, Field
from bot.dialog.events import ChoicePressed, FormSubmitted
from bot.dialog.speech import spoken_time
from bot.dialog.state import Dossier, meant

PRESSED, SENT = "o", "n"  # begin the custom ids of buttons, and of the form
_WORDS = "words"


async def shown(serving: Serving, asked: discord.Interaction[Any]) -> Answer:
    """Answer /mycases."""
    known = await _dossier(serving, asked)
    found = overview.of(known, serving.shop.catalog, serving.shop.clock.now())
    return Answer(MESSAGE, _page(found.text, found.choices))


async def pressed(serving: Serving, asked: discord.Interaction[Any], choice: str) -> Answer:
    """Answer a button under the cases: a form, a question, or what was done."""
    catalog = serving.shop.catalog
    found = meant(choice, (await _dossier(serving, asked)).cases)
    if found is None or not found[1].open:
        return note(serving, "mycases_over")
    do, case = found
    if do == "add":
        return Answer(
            MODAL, _form(overview.choice("add", case, catalog), word(catalog, "mycases_add", case=case.number))
        )
    if do == "close":
        owner = naming.shown(catalog, case.assignee, case.queue)
        offered = spoken_time(catalog, serving.shop.clock.now(), case.offered) if case.offered else ""
        question = word(catalog, "mycases_close", case=case.number, owner=owner, offered=offered, closes="")
        return Answer(UPDATE, _page(question, [overview.choice(each, case, catalog) for each in ("really", "stay")]))
    if do == "really":
        label = overview.choice(do, case, catalog).label
        await serving.shop.accept(ChoicePressed(choice=choice, label=label, **_common(serving, asked, case)))
        return Answer(UPDATE, _page(word(catalog, "ui_mycases_passed_on")))
    return Answer(UPDATE, _page(word(catalog, "mycases_kept", case=case.number)))


async def sent(serving: Serving, asked: discord.Interaction[Any], form: str, values: dict[str, str]) -> Answer:
    """Take what was added by the form; that it was is said where the case is, too."""
    found = meant(form, (await _dossier(serving, asked)).cases)
    if found is None or not found[1].open:
        return note(serving, "mycases_over")
    await serving.shop.accept(FormSubmitted(form=form, values=values, **_common(serving, asked, found[1])))
    return note(serving, "ui_mycases_passed_on")


def _page(text: str, choices: tuple[Choice, ...] | list[Choice] = ()) -> render.Json:
    buttons = [render.button(f"{PRESSED}:{each.id}", each.label) for each in choices]
    return render.private((pieces(text, 1_900) or ["…"])[0], render.rows(buttons))


def _form(choice: Choice, question: str) -> render.Json:
    return render.modal(f"{SENT}:{choice.id}", choice.label, [Field(id=_WORDS, label=question, long=True)])


async def _dossier(serving: Serving, asked: discord.Interaction[Any]) -> Dossier:
    customer = account(asked.user.id)
    return (await serving.shop.store.dossiers([customer]))[customer][1]


def _common(serving: Serving, asked: discord.Interaction[Any], case: Case) -> dict[str, Any]:
    return {
        "key": f"discord:i:{asked.id}",
        "customer": account(asked.user.id),
        "at": serving.shop.clock.now(),
        "place": case.place,
        "name": asked.user.display_name,
    }
