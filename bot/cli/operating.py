"""Before and beside the running bot: `setup`, `doctor`, `panel`."""

import asyncio
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape

from bot.app import content_folder
from bot.channels.finding import Finding
from bot.channels.front import Front
from bot.cli import checkup
from bot.cli.base import RUN, ConfigFile, Content, Database, cli, out, read_settings
from bot.config import ROOM, Settings
from bot.content import load
from bot.errors import ConfigError, FrontdeskError
from bot.platforms import discord_access, fronts, misplaced, missing, post_panel
from bot.runtime.blame import where
from bot.secrets import sifted
from bot.tokens import Tokens, tokens

setup = typer.Typer(
    no_args_is_help=True,
    help="Print what to paste or open on a platform so that the bot may work there: exactly the rights that it needs.",
)
cli.add_typer(setup, name="setup", rich_help_panel=RUN)
_PATIENCE = 60.0  # seconds that a platform has for all its answers
# What Discord's portal calls the two things that it must allow the bot to hear.
_PRIVILEGED = {"message_content": "Message Content Intent", "members": "Server Members Intent"}


# The steps on each platform's own pages


@setup.command("slack")
def setup_slack(
    mode: Annotated[
        Literal["socket", "http"] | None, typer.Option(help="Who calls whom; default: as in config.yaml.")
    ] = None,
    url: Annotated[str, typer.Option(metavar="https://…", help="In the mode http: where Slack reaches the bot.")] = "",
    write: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the manifest into this file.")] = None,
    content: Content = None,
    config: ConfigFile = None,
) -> None:
    """Write the Slack app's manifest, and say where to paste it and which tokens to copy (docs/slack.md)."""
    from bot.channels.slack.manifest import SCOPES, manifest

    found = read_settings(config)
    chosen = mode or found.slack.mode
    if chosen == "http" and not url.startswith("https://"):
        raise ConfigError("in the mode http, Slack calls the bot: name its address with --url https://…")
    catalog = load(content or content_folder(found))
    made = json.dumps(
        manifest(catalog, mode=chosen, url=url.rstrip("/"), welcome=found.slack.welcome), indent=2, ensure_ascii=False
    )
    if write:
        _write(write, made)
    else:
        print(made)  # noqa: T201 (to be copied as it is)
        _explain("What each right is for:", {scope.name: scope.why for scope in SCOPES})
    paste = f"all of {write}" if write else "the manifest above"
    _steps(
        "Open https://api.slack.com/apps and press Create New App, From a manifest. Choose your workspace.",
        f"Choose the tab JSON, paste {paste}, press Next and Create.",
        "Open Install App, press Install, then Allow. Copy the Bot User OAuth Token into FRONTDESK_SLACK_BOT_TOKEN.",
        "Open Basic Information, App-Level Tokens, Generate, with the scope connections:write. "
        "Copy it into FRONTDESK_SLACK_APP_TOKEN."
        if chosen == "socket"
        else "Open Basic Information and copy the Signing Secret into FRONTDESK_SLACK_SIGNING_SECRET. "
        "When the bot runs, open App Manifest and press Click here to verify.",
        "Invite the bot into its channels (/invite), name them in config.yaml, and run: frontdesk doctor",
    )


@setup.command("discord")
def setup_discord(
    application: Annotated[
        str, typer.Option("--application-id", metavar="ID", help="Needed only without a token.")
    ] = "",
    config: ConfigFile = None,
) -> None:
    """Print the link that invites the Discord bot, and which intents to switch on (docs/discord.md)."""
    from bot.channels.discord.application import application_id
    from bot.channels.discord.invite import HEARS, PERMISSIONS, invite_link

    found = read_settings(config)
    held = tokens(found, os.environ)
    if not application:
        if not held.discord:
            raise ConfigError(
                "there is no token to find the application by: set FRONTDESK_DISCORD_TOKEN, or name the application "
                "with --application-id (General Information, on https://discord.com/developers/applications)."
            )
        application = asyncio.run(application_id(discord_access(found, held)))
    if not application.isdigit():
        raise ConfigError(f"--application-id is {application!r}; expected digits, such as 1234567890123456789.")
    out.print(invite_link(application), soft_wrap=True)
    _explain("What each right is for:", {name.replace("_", " "): why for name, why in PERMISSIONS.items()})
    _explain("What must be switched on, besides:", {name: HEARS[key] for key, name in _PRIVILEGED.items()})
    _steps(
        f"Open https://discord.com/developers/applications/{application}/bot. Under Privileged Gateway Intents, switch "
        f"on {' and '.join(_PRIVILEGED.values())}.",
        "On the same page press Reset Token, and copy the token into FRONTDESK_DISCORD_TOKEN.",
        "Open the link above, choose your server, and press Authorise.",
        "Name the bot's channels in config.yaml, and run: frontdesk doctor",
    )


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}.") from None
    out.print(f"wrote {escape(str(file))}", soft_wrap=True)


def _explain(title: str, reasons: Mapping[str, str]) -> None:
    out.print(f"\n[bold]{title}[/bold]")
    width = max(map(len, reasons))
    for name, reason in reasons.items():
        out.print(f"  {name:<{width}}  [dim]{escape(reason)}[/dim]", soft_wrap=True)


def _steps(*steps: str) -> None:
    out.print("\n[bold]What to do:[/bold]")
    for number, step in enumerate(steps, 1):
        out.print(f"  {number}. {escape(step)}", soft_wrap=True)


# What may be wrong


@cli.command(rich_help_panel=RUN)
def doctor(content: Content = None, database: Database = None, config: ConfigFile = None) -> None:
    """Connect once and look at everything: tokens, rights, channels, people, clock, database, content.

    Each line is ✓, or ✗ with the fix below it. Leaves with 1 if anything is wrong.
    """
    found = read_settings(config)
    folder = content or content_folder(found)
    wrong = _show("This machine", checkup.database(Path(database or found.database)))
    catalog, findings = checkup.content(folder)
    wrong += _show("Content", findings)
    held, findings = _held(found)
    findings += [*checkup.token_files(found), *(Finding(False, line) for line in missing(found, held))]
    if catalog:
        findings += [Finding(False, line) for line in misplaced(found, held, catalog)]
        findings += checkup.people(found, catalog)
    wrong += _show("Settings", findings or [Finding(True, "settings and tokens")])
    if catalog and found.orders.system != "demo":
        wrong += _show("Orders", asyncio.run(checkup.orders(found, held, catalog, str(database or found.database))))
    zone = catalog.voice.zone if catalog else "UTC"
    if told := asyncio.run(checkup.outside(found, held, zone, Path(database or found.database))):
        wrong += _show("Outside", told)
    for name, front in fronts(found, held).items():
        wrong += _show(name.capitalize(), asyncio.run(_examined(front)))
    if wrong:
        out.print(f"\n[red]{wrong} to mend.[/red]")
        raise SystemExit(1)
    out.print("\n[green]Nothing is wrong.[/green]")


def _held(settings: Settings) -> tuple[Tokens, list[Finding]]:
    """Return the tokens, or none and what is wrong with them."""
    try:
        return tokens(settings, os.environ), []
    except ConfigError as error:
        return Tokens(), [Finding(False, line) for line in str(error).splitlines()]


async def _examined(front: Front) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await front.diagnose()
    except TimeoutError:
        return [Finding(False, f"gives no answer within {_PATIENCE:.0f} s", "Check the network, and try again.")]
    except FrontdeskError as error:
        return [Finding(False, str(error))]
    except Exception as error:
        what = f"could not be looked at: {where(error).partition(' < ')[0]}"
        return [Finding(False, what, "That is a mistake of Frontdesk's. Report this line; no secret is in it.")]


def _show(title: str, findings: Iterable[Finding]) -> int:
    """Print what was found; return how much of it is wrong."""
    out.print(f"\n[bold]{title}[/bold]")
    wrong = 0
    for each in findings:
        mark = "[green]✓[/green]" if each.ok else "[red]✗[/red]"
        out.print(f"{mark} {escape(sifted(each.what))}", soft_wrap=True)
        if not each.ok:
            wrong += 1
            if each.fix:
                out.print(f"  → {escape(sifted(each.fix))}", soft_wrap=True)
    return wrong


# What stands in a channel for good


@cli.command(rich_help_panel=RUN)
def panel(
    place: Annotated[str, typer.Argument(help="The channel: slack:C0123ABCD or discord:1234567890.")],
    content: Content = None,
    config: ConfigFile = None,
) -> None:
    """Post the button "Ask for help" in a channel; whoever presses it is asked what it is about, in private."""
    if not re.fullmatch(ROOM, place):
        raise ConfigError(f"{place!r} is no channel; write slack:C0123ABCD or discord:1234567890.")
    found = read_settings(config)
    catalog = load(content or content_folder(found))
    try:
        asyncio.run(post_panel(found, tokens(found, os.environ), place, catalog))
    except OSError as error:
        raise FrontdeskError(f"{place.partition(':')[0].capitalize()} cannot be reached: {error}") from None
    out.print(f"[green]✓[/green] The panel stands in {place}.", soft_wrap=True)
