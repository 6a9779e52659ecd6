"""`flow`: a flow drawn, and every path through it."""

import json
from typing import Annotated

import typer
from rapidfuzz import fuzz, process
from rich.markup import escape

from bot.cli.base import EDIT, ConfigFile, Content, cli, load_catalog, out
from bot.content.flowmap import mermaid, paths, short
from bot.dialog.catalog import Catalog
from bot.dialog.flow import Flow
from bot.errors import BadInput

flow = typer.Typer(no_args_is_help=True, help="Look at a flow: drawn, or as the list of its paths.")
cli.add_typer(flow, name="flow", rich_help_panel=EDIT)
Id = Annotated[str, typer.Argument(metavar="FLOW", help="The flow's id, such as refund.")]


@flow.command(name="show")
def show(name: Id, content: Content = None, config: ConfigFile = None) -> None:
    """Draw a flow as a Mermaid chart, for a page that shows those (GitHub does, between ```mermaid and ```)."""
    _, catalog = load_catalog(content, config)
    print(mermaid(_flow(name, catalog)))  # noqa: T201 (a chart is data, not prose)


@flow.command(name="paths")
def paths_(
    name: Id,
    content: Content = None,
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List every path to every ending; then each loop, once, by a path that closes it."""
    _, catalog = load_catalog(content, config)
    endings = loops = 0
    for path in paths(_flow(name, catalog)):
        loops += path.back
        endings += not path.back
        if as_json:
            steps = [{"step": step, "way": way} for step, way in path.steps]
            print(json.dumps({"steps": steps, "last": path.last, "ending": path.ending, "loop": path.back}))  # noqa: T201
            continue
        walked = " → ".join(
            escape(step) + (f" [dim]({escape(short(way))})[/dim]" if way else "") for step, way in path.steps
        )
        mark = "[yellow]↺[/yellow]" if path.back else "[green]✓[/green]"
        shown = f"{walked} → " if walked else ""
        out.print(f"{mark} {shown}[bold]{escape(path.last)}[/bold]: {escape(path.ending)}", soft_wrap=True)
    if not as_json:
        out.print(f"{endings} paths to an ending, {loops} loops.")


def _flow(name: str, catalog: Catalog) -> Flow:
    found = catalog.flows.get(name)
    if found is None:
        near = process.extractOne(name, sorted(catalog.flows), scorer=fuzz.ratio, score_cutoff=60)
        fix = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(sorted(catalog.flows))}."
        raise BadInput(f"there is no flow '{name}'; {fix}")
    return found
