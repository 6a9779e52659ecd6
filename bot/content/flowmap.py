"""A flow to look at: drawn as a Mermaid chart, and listed as its paths to every ending."""

from collections.abc import Iterator

from msgspec import Struct

from bot.dialog import flow as f
from bot.dialog.flow import Flow, Step, ways

_SHAPES: dict[type[Step], tuple[str, str]] = {
    f.End: ("([", "])"),
    f.Handoff: ("[[", "]]"),
    f.Decide: ("{", "}"),
    f.PolicyStep: ("{{", "}}"),
    f.CallStep: ("[/", "/]"),
}
_LONGEST = 48  # letters of a way's name that are shown


class Path(Struct, frozen=True, kw_only=True):
    """One way through a flow: its steps, each with the way taken out of it ("": the only one), and how it ends.

    `back` names the step to which a loop returns; such a path is listed once for each loop.
    """

    steps: tuple[tuple[str, str], ...]
    last: str
    ending: str
    back: bool = False


def mermaid(flow: Flow) -> str:
    """Return a chart of the flow: its steps from above, each way out with its name."""
    lines = ["flowchart TD"]
    for step in flow.steps.values():
        begin, end = _SHAPES.get(type(step), ("[", "]"))
        lines.append(f'    {_node(step.id)}{begin}"{_quoted(label(step))}"{end}')
    for step in flow.steps.values():
        for way, then in ways(step).items():
            arrow = f'-->|"{_quoted(short(way))}"|' if way else "-->"
            lines.append(f"    {_node(step.id)} {arrow} {_node(then)}")
    return "\n".join(lines)


def label(step: Step) -> str:
    """Return what a step is called in a picture: its id, and what it does where that is no talk."""
    match step:
        case f.End():
            return f"{step.id}: {step.outcome}"
        case f.Handoff():
            return f"{step.id}: to {step.queue}"
        case f.CallStep():
            return f"{step.id}: {step.action}"
        case f.PolicyStep():
            return f"{step.id}: {', '.join(step.policies)}"
        case f.WatchStep():
            return f"{step.id}: watches {step.slot}"
        case f.SubFlow():
            return f"{step.id}: {step.flow}"
        case _:
            return step.id


def short(way: str) -> str:
    """Return the name of a way, cut where it is long."""
    flat = " ".join(way.split())
    return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"


def _node(step: str) -> str:
    return f"s_{step}"  # "end" alone would be a word of Mermaid's


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def paths(flow: Flow) -> Iterator[Path]:
    """Yield every path to every ending on which no step comes twice; then, for each loop, one path that closes it.

    Loops are told apart by their last two ways: what several questions lead back to is a loop of each.
    """
    loops: dict[tuple[tuple[str, str], ...], Path] = {}
    open_: list[tuple[str, tuple[tuple[str, str], ...]]] = [(flow.first, ())]
    while open_:
        at, walked = open_.pop()
        step = flow.steps[at]
        if isinstance(step, f.End | f.Handoff):
            ending = f"ends as {step.outcome}" if isinstance(step, f.End) else f"goes to {step.queue}"
            yield Path(steps=walked, last=at, ending=ending)
            continue
        before = {each for each, _ in walked} | {at}
        for way, then in reversed(ways(step).items()):
            if then in before:
                loops.setdefault(
                    (*walked[-1:], (at, way)), Path(steps=(*walked, (at, way)), last=then, ending="again", back=True)
                )
            else:
                open_.append((then, (*walked, (at, way))))
    yield from loops.values()
