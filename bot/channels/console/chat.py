"""`frontdesk chat` for people: the conversation as it would look in a channel, and a few slash commands."""

from functools import partial
from typing import Any

from msgspec.structs import replace
from rich.console import Console as Terminal
from rich.markup import escape
from rich.panel import Panel

from bot.channels.casework import POST_ACTS
from bot.channels.console.stdin import typed as wait_for
from bot.channels.lines import Reader, obey
from bot.channels.looking import Look, answer
from bot.errors import BadInput, StoreError
from bot.ports import Shop

_HELP = """\
Type to talk as a customer; type a choice's number or label to press it.
  [bold]/as ben[/bold]              be another customer        [bold]/wait 26h[/bold]   move the clock
  [bold]/dana claim 1[/bold]        act as an agent: claim, reply, note, approve, decline, resolve, release
  [bold]/dana reply 1 Hello![/bold]                            [bold]/why[/bold]        explain the last turn
  [bold]/dana desk[/bold]              see the desk; also: desk mine, desk handover, transcript 1
  [bold]/dana send[/bold]           send what the bot suggests; or edit and your words, or dismiss
  [bold]/help[/bold]                                           [bold]/quit[/bold]"""
_term = Terminal(highlight=False)
_choices: dict[str, list[dict[str, str]]] = {}  # of each customer, as last shown
_forms: dict[str, dict[str, Any]] = {}
_last_post = {"about": ""}  # what can be sent, answered or dismissed
_last_trace: dict[str, Any] = {}


def show(line: dict[str, Any]) -> None:
    """Print one line of the protocol for eyes."""
    if line["to"] == "customer":
        _show_to_customer(line)
    elif line["to"] == "staff":
        colour = {"note": "yellow", "alert": "red"}.get(line["kind"], "magenta")
        who = f"{line['author']}: " if line.get("author") else ""
        about = f" [dim]#{line['case']}[/dim]" if line["case"] else ""
        place = f"[{colour}]staff/{line['who']}[/{colour}]{about}"
        _term.print(f"  {place} {escape(who + line['text'])}")
        if line["kind"] == "post" and line["choices"]:
            _last_post["about"] = line["about"]
            _term.print("  " + "   ".join(escape(choice["label"]) for choice in line["choices"]))
    elif line["effect"] == "StartTimer":
        _term.print(f"  [dim]⏲ {line['deadline']['kind']} due {line['deadline']['due']}[/dim]")
    if line["trace"].get("rule"):
        _last_trace.clear()
        _last_trace.update({name: value for name, value in line["trace"].items() if value})


def _show_to_customer(line: dict[str, Any]) -> None:
    title = escape(line["author"] or "bot") + f" → {line['who']}"
    _term.print(Panel(escape(line["text"]), title=title, title_align="left", border_style="cyan", expand=False))
    if line["choices"]:
        _choices[line["who"]] = line["choices"]
        numbered = (f"[bold]{n}[/bold] {escape(c['label'])}" for n, c in enumerate(line["choices"], 1))
        _term.print("  " + "   ".join(numbered))
    if line.get("form"):
        _forms[line["who"]] = line["form"]
    elif line["choices"]:
        _forms.pop(line["who"], None)


async def talk(shop: Shop) -> None:
    """Serve the terminal until /quit or the end of input."""
    await shop.idle()
    _term.print(f"[bold]{escape(shop.catalog.voice.company)}[/bold]: you are [bold]ana[/bold]; /help shows the rest.")
    customer = "ana"
    while True:
        if form := _forms.pop(customer, None):
            values = await _fill_in(form)
            if values:
                await _do(shop, {"customer": customer, "submit": values})
                continue
        try:
            typed = await wait_for(partial(_term.input, f"[green]{customer}>[/green] "))
        except EOFError:
            return
        word, _, rest = typed.strip().partition(" ")
        if word == "/quit":
            return
        if word == "/help":
            _term.print(_HELP)
        elif word == "/why":
            for name, value in _last_trace.items():
                _term.print(f"  [dim]{name:<11}[/dim]{escape(str(value))}")
        elif word == "/as":
            customer = rest.strip() or customer
        elif word == "/wait":
            await _do(shop, {"advance": rest.strip()})
        elif word.startswith("/"):
            await _do(shop, _staff(word[1:], rest))
        else:
            await _do(shop, _said(customer, typed))


def _said(customer: str, typed: str) -> dict[str, Any]:
    choices = _choices.get(customer, [])
    number = int(typed) if typed.strip().isdecimal() and len(typed) < 3 else 0
    if 0 < number <= len(choices):
        _choices.pop(customer)
        return {"customer": customer, "press": choices[number - 1]["id"]}
    return {"customer": customer, "say": typed}


def _staff(agent: str, rest: str) -> dict[str, Any]:
    do, _, more = rest.partition(" ")
    if do == "desk":
        return {"agent": agent, "do": do, "text": more}
    if do in POST_ACTS:
        return {"agent": agent, "do": do, "about": _last_post["about"] or "-", "text": more}
    number, _, text = more.partition(" ")
    return {"agent": agent, "do": do, "case": int(number) if number.isdecimal() else 0, "text": text}


async def _fill_in(form: dict[str, Any]) -> dict[str, str]:
    """Ask for each field; an empty answer to a required one leaves the form, so that one can write instead."""
    _term.print(f"[bold]{escape(form['title'])}[/bold] [dim](an empty line leaves the form)[/dim]")
    values = {}
    for field in form["fields"]:
        asked = escape(field["label"]) + ("" if field["required"] else " (or nothing)") + ": "
        try:
            values[field["id"]] = await wait_for(partial(_term.input, f"  {asked}"))
        except EOFError:
            return {}
        if field["required"] and not values[field["id"]].strip():
            return {}
    return values


async def _do(shop: Shop, request: dict[str, Any]) -> None:
    try:
        meant = await Reader(shop).read(request)
        while isinstance(meant, Look):
            told = await answer(shop, meant)
            _term.print(escape(told["text"]))
            meant = replace(meant, after=told["more"]) if told.get("more") else None
        await obey(shop, meant)
        await shop.idle()
    except (BadInput, StoreError) as error:
        _term.print(f"[red]{escape(str(error))}[/red]")
