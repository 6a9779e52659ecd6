"""What those who edit content use: `check`, `try`, `eval`, `test`, `schema`."""

import asyncio
import json
import logging
import sys
from datetime import date, datetime, time
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape

from bot import app
from bot.app import content_folder
from bot.calibrating import calibrated
from bot.cli.base import EDIT, ConfigFile, Content, cli, load_catalog, out, read_settings
from bot.content import manners, tone
from bot.content.dates import over
from bot.content.schema import SCHEMAS, schema
from bot.dialog.catalog import Catalog
from bot.errors import ConfigError
from bot.knowledge import Index
from bot.rehearsal import Script, scripts
from bot.trying import doubtful, explain, labelled, score

_MOST_DOUBTS = 20


@cli.command(rich_help_panel=EDIT)
def check(content: Content = None, config: ConfigFile = None) -> None:
    """Check all content and name every problem as file:line, with its fix."""
    folder = content or content_folder(read_settings(config))
    catalog = app.check(folder)
    counted = f"{len(catalog.every_entry)} entries, {len(catalog.flows)} flows, {len(catalog.agents)} agents"
    out.print(f"[green]✓[/green] {escape(str(folder))}: {counted}. Nothing is wrong.", soft_wrap=True)
    today = datetime.now(ZoneInfo(catalog.voice.zone)).date()
    for each in [*tone.remarks(catalog), *manners.remarks(catalog), *over(catalog, today)]:
        out.print(f"[yellow]![/yellow] {escape(str(each))}", soft_wrap=True)
    _show_doubts(catalog.index)


def _show_doubts(index: Index) -> None:
    """Print the worst of each kind."""
    for kind, found in groupby(sorted(index.doubts, key=lambda each: each.kind), key=lambda each: each.kind):
        doubts = sorted(found, key=lambda each: each.count if kind == "few" else -each.count)
        for doubt in doubts[:_MOST_DOUBTS]:
            out.print(f"[yellow]![/yellow] {escape(doubtful(doubt))}", soft_wrap=True)
        if len(doubts) > _MOST_DOUBTS:
            out.print(f"… and {len(doubts) - _MOST_DOUBTS} more of this kind.")
    if index.beyond:
        out.print(f"There is so much content that {index.beyond} entries and flows were not compared with the others.")


@cli.command(name="try", rich_help_panel=EDIT)
def try_(
    text: Annotated[str | None, typer.Argument(help="What a customer says; else lines on standard input.")] = None,
    content: Content = None,
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    at: Annotated[str | None, typer.Option("--at", metavar="DAY", help="As on that day; default: today.")] = None,
) -> None:
    """Show what the bot would do with a message, and why: entry or flow, score, phrasing and file:line."""
    _, catalog = load_catalog(content, config)
    day = _day(at, ZoneInfo(catalog.voice.zone))
    given = (line.decode("utf-8", "replace").rstrip("\r\n") for line in sys.stdin.buffer)
    for each in given if text is None else [text]:
        found = explain(each, catalog, day)
        if as_json or text is None:
            print(json.dumps(found), flush=True)  # noqa: T201 (a line is data, not prose)
        else:
            _show_try(found)


def _day(text: str | None, zone: ZoneInfo) -> datetime:
    """Return a time on a day that was named; now where none was. Raises ConfigError."""
    try:
        return datetime.combine(date.fromisoformat(text), time(12), zone) if text else datetime.now(zone)
    except ValueError:
        raise ConfigError(f"--at is {text!r}; expected a day such as 2026-12-24.") from None


def _show_try(found: dict[str, Any]) -> None:
    what = f" [bold]{found['id']}[/bold]" if found["id"] else ""
    topic = f" (topic {found['topic']})" if found["topic"] else ""
    out.print(f"[bold cyan]{found['decision']}[/bold cyan]{what}{topic}, confidence {found['confidence']:.2f}")
    if found["phrasing"]:
        out.print(f"nearest phrasing: “{escape(found['phrasing'])}”  [dim]{found['at']}[/dim]")
    if found["not_now"]:
        out.print(f"[yellow]not on this day:[/yellow] {found['not_now']['id']} ({_dates(found['not_now'])})")
    flags = [flag for flag in ("urgent", "safety", "legal") if found[flag]]
    if flags or found["mood"] != "calm":
        out.print(f"mood: [bold]{', '.join([found['mood'], *flags])}[/bold]")
    for cue in found["cues"]:
        out.print(f"  {cue['weight']:.1f} {cue['means']:<10} “{escape(cue['cue'])}” [dim]{cue['at']}[/dim]")
    for each in found["questions"]:
        out.print(f"one of its questions: “{escape(each['text'])}” [bold]{each['id'] or 'not understood'}[/bold]")
    for typed, read in found["words"].items():
        out.print(f"read [bold]{escape(typed)}[/bold] as [bold]{escape(read)}[/bold]")
    needed = found["thresholds"]
    least = ", ".join(f"{name} from {needed[name]:.2f}" for name in ("answer", "clarify", "people"))
    out.print(f"[dim]{least}[/dim]")
    if found["reasons"]:
        _show_reasons(found["reasons"], found["features"])
        if found["sentence_model"] is False:
            out.print("[yellow]the sentence model said nothing[/yellow]: this is by words alone")
    for each in found["candidates"]:
        bar = "█" * round(each["score"] * 20)
        out.print(f"  {each['score']:.2f} {bar:<20} {each['id']} [dim]{each['kind']}[/dim]")


def _show_reasons(reasons: dict[str, Any], words: list[dict[str, Any]]) -> None:
    _show_sum("how like the nearest phrasing it is", reasons["likeness"], reasons["likeness_of"])
    for each in words:
        parts = [(name, each[name]) for name in ("stem", "spelling", "meaning") if abs(each[name]) >= _LITTLE]
        why = ", ".join(f"{name} {value:.2f}" for name, value in parts) or "nothing"
        out.print(f"  {sum(value for _, value in parts):6.2f} {escape(each['word'])} [dim]{why}[/dim]", soft_wrap=True)
    _show_sum("how well the first candidate fits", reasons["score"], reasons["score_of"])
    out.print("what makes the confidence (above 0 speaks for it, below against it):")
    added = {each["name"]: each["value"] * each["weight"] for each in reasons["clues"]}
    for each in sorted(reasons["clues"], key=lambda each: -abs(added[each["name"]])):
        made = f"[dim]{each['value']:.2f} × {each['weight']:.2f}[/dim]"
        out.print(f"  {added[each['name']]:+6.2f} {_CLUES[each['name']]} {made}", soft_wrap=True)
    most = reasons["odds_at_most"]
    bound = "" if most is None else f", but at most {most:+.2f}, as the second is about as good"
    least = "; a clause of it is a phrasing, word for word" if reasons["clause"] else ""
    sure = f"confidence [bold]{reasons['confidence']:.2f}[/bold]"
    out.print(f"  {sum(added.values()):+6.2f} together{bound}{least}: {sure}", soft_wrap=True)


def _show_sum(what: str, whole: float, made_of: list[dict[str, Any]]) -> None:
    """Print a figure and what it is the sum of; one part alone is the figure itself."""
    parts = [f"{_SEEN[each['name']]} {each['value']:.2f} × {each['weight']:.2f}" for each in made_of if each["weight"]]
    made = f" [dim]= {' + '.join(parts)}[/dim]" if len(parts) > 1 else ""
    out.print(f"{what}: [bold]{whole:.2f}[/bold]{made}", soft_wrap=True)


_LITTLE = 0.005

# What the names of features mean, for who edits content.
_SEEN = {
    "words": "its words",
    "sentence": "the sentence model",
    "learned": "what was learned from all phrasings",
    "centroid": "all its phrasings together",
    "nearest": "its nearest phrasing",
}
_CLUES = {
    "always": "to begin with",
    "score": "how well it fits",
    "lead": "how far it leads the second",
    "known": "the share of the words that the phrasings know",
    "words": "the number of words (its logarithm)",
    "level": "how well questions fit that are about nothing here (the logarithm)",
    "nearest": "how like the nearest phrasing it is",
    "agree": "it is first by its nearest phrasing and by all of them",
    "learned_lead": "how far it leads by what was learned",
}


def _dates(dated: dict[str, str | None]) -> str:
    return ", ".join(f"{name} {dated[name]}" for name in ("from", "until") if dated[name])


@cli.command(rich_help_panel=EDIT)
def calibrate(
    file: Annotated[Path, typer.Argument(help='JSON lines: {"text": "…", "expect": "id or topic" or null}.')],
    content: Content = None,
    config: ConfigFile = None,
) -> None:
    """Find how sure the bot has to be from labelled messages, and write it to handoff/matching.yaml."""
    folder, catalog = load_catalog(content, config)
    made = calibrated(labelled(file, catalog), catalog)
    target = folder / "handoff" / "matching.yaml"
    try:
        target.write_text(_MATCHING.format(made=made), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{target} cannot be written: {error.strerror}.") from None
    based = f"by {made.covered} different messages with an answer and {made.uncovered} without"
    out.print(f"[green]✓[/green] {escape(str(target))}, {based}:", soft_wrap=True)
    for name, needed, came in (("before", made.before, made.came_before), ("now", made.now, made.comes_now)):
        out.print(
            f"  {name:<6}  answers from {needed.answer:.2f}: {came.answered:.0%} of the messages, {came.right:.0%} of "
            f"these right; asks back from {needed.clarify:.2f}: {came.asked:.0%}, {came.shown:.0%} of these with the "
            "right one among three.",
            soft_wrap=True,
        )


_MATCHING = """# yaml-language-server: $schema=schema.json
# How sure the bot has to be: written by `frontdesk calibrate` from {made.covered} different messages with an
# answer and {made.uncovered} without.
matching:
  answer: {made.now.answer}
  clarify: {made.now.clarify}
  people: {made.now.people}
"""


@cli.command(name="eval", rich_help_panel=EDIT)
def eval_(
    file: Annotated[Path, typer.Argument(help='JSON lines: {"text": "…", "expect": "id or topic" or null}.')],
    content: Content = None,
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    mistakes: Annotated[bool, typer.Option(help="List what was answered wrongly.")] = False,
) -> None:
    """Measure the answers on labelled messages: accuracy, coverage, false answers."""
    _, catalog = load_catalog(content, config)
    made = score(labelled(file, catalog), catalog)
    known, unknown = made.known or 1, made.unknown or 1
    figures = {
        "messages": made.known + made.unknown,
        "accuracy": made.first / known,
        "answered_right": made.right / known,
        "coverage": (made.right + made.shown) / known,
        "false_answers": (made.wrong + made.invented) / ((made.known + made.unknown) or 1),
        "wrong": made.wrong / known,
        "invented": made.invented / unknown,
    }
    if as_json:
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}))  # noqa: T201
        return
    meanings = {
        "messages": "messages judged",
        "accuracy": "the expected one came first",
        "answered_right": "… and was answered at once",
        "coverage": "… or was among the options shown",
        "false_answers": "something else was answered",
        "wrong": "… of those that have an answer",
        "invented": "… of those that have none",
    }
    for name, value in figures.items():
        shown = f"{value:>7}" if name == "messages" else f"{value:>7.1%}"
        out.print(f"{shown}  {name:<15} [dim]{meanings[name]}[/dim]")
    for text, expect, got in made.mistakes if mistakes else ():
        out.print(f"  [red]{got}[/red] instead of {expect}: {escape(text)}", soft_wrap=True)


@cli.command(name="test", rich_help_panel=EDIT)
def test_(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Scripts and folders of them; default: tests/conversations.")
    ] = None,
    content: Content = None,
    config: ConfigFile = None,
    only: Annotated[str, typer.Option(metavar="WORDS", help="Play only tests with these words in their name.")] = "",
    show: Annotated[bool, typer.Option("--show", help="Print the conversations, to read them as a customer.")] = False,
) -> None:
    """Play conversation tests (docs/testing.md) against the content."""
    folder, catalog = load_catalog(content, config)
    places = paths or [folder / "tests" / "conversations"]
    if gone := [str(place) for place in places if not place.exists()]:
        raise ConfigError(f"{gone[0]} does not exist; name a script or a folder of them.")
    found = [script for script in scripts(*places) if only.casefold() in script.name.casefold()]
    if not found:
        said, holds = ", ".join(map(str, places)), "hold" if len(places) > 1 else "holds"
        raise ConfigError(f"{said} {holds} no tests" + (f" with '{only}' in their name." if only else "."))
    logging.getLogger("frontdesk").setLevel(logging.ERROR)  # an order system that a script switches off is no news
    failed: list[Script] = []
    file = ""
    for script in found:
        if script.file != file:
            file = script.file
            out.print(f"\n[bold]{escape(file)}[/bold]", soft_wrap=True)
        if _played(script, folder, catalog, show=show):
            failed.append(script)
    out.print(
        f"\n[green]{len(found) - len(failed)} passed[/green]" + (f", [red]{len(failed)} failed:[/red]" * bool(failed))
    )
    for script in failed:
        out.print(f"  {script.at} {escape(script.name)}", soft_wrap=True)
    if failed:
        raise SystemExit(1)


def _played(script: Script, folder: Path, catalog: Catalog, *, show: bool) -> bool:
    """Play a script and print how it went; True when it failed."""

    def line(text: str) -> None:
        style = "cyan" if text.startswith(">") else ""
        out.print(f"    {escape(text).replace(chr(10), chr(10) + '    ')}", style=style, soft_wrap=True)

    failure = asyncio.run(script.play(folder, catalog, line if show else lambda _: None))
    number = script.at.rpartition(":")[2]
    mark = "[red]✗[/red]" if failure else "[green]✓[/green]"
    out.print(f"  {mark} {escape(script.name)} [dim]line {number}[/dim]", soft_wrap=True)
    if failure:
        what, _, rest = failure.partition("\n")
        out.print(f"    [red]{escape(what)}[/red]", soft_wrap=True)
        for part in rest.splitlines():
            line(part)
    return bool(failure)


@cli.command(name="schema", rich_help_panel=EDIT)
def schema_(
    content: Content = None,
    config: ConfigFile = None,
    write: Annotated[bool, typer.Option("--write", help="Write schema.json into each content folder.")] = False,
) -> None:
    """Print or write the JSON Schemas that make editors complete and check content."""
    folder = content or content_folder(read_settings(config))
    if not write:
        print(json.dumps({name: json.loads(schema(name)) for name in SCHEMAS}, indent=1, ensure_ascii=False))  # noqa: T201
        return
    there = [name for name in SCHEMAS if (folder / name).is_dir()]
    if not there:
        raise ConfigError(f"{folder} is not a content folder; it should hold {', '.join(SCHEMAS)}.")
    for name in there:
        path = folder / name / "schema.json"
        try:
            path.write_text(schema(name), encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{path} cannot be written: {error.strerror}.") from None
        out.print(f"wrote {path}", soft_wrap=True)
