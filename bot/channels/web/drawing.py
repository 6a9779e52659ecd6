"""Where the steps of a flow and the ways between them are drawn: boxes in layers, lines from one to the next.

The page makes a picture of it; what this says is numbers and texts of content.
"""

from typing import Any

from bot.dialog.flow import Flow, ways

_WIDTH, _HEIGHT = 190, 40  # of a box
_ACROSS, _DOWN, _EDGE = 22, 56, 14  # between boxes, between layers, around all
_MOST = 5  # boxes beside one another; a layer that has more takes several rows


def drawing(flow: Flow) -> dict[str, Any]:
    """Return the boxes and lines of a flow, and how large it is drawn; no two boxes overlap."""
    rows = _rows(flow)
    widest = max(len(row) for row in rows)
    boxes: dict[str, dict[str, Any]] = {}
    for at, row in enumerate(rows):
        indent = (widest - len(row)) * (_WIDTH + _ACROSS) // 2
        for number, step in enumerate(row):
            x, y = _EDGE + indent + number * (_WIDTH + _ACROSS), _EDGE + at * (_HEIGHT + _DOWN)
            kind = type(flow.steps[step]).__struct_config__.tag
            boxes[step] = {"step": step, "kind": kind, "x": x, "y": y, "width": _WIDTH, "height": _HEIGHT}
    return {
        "flow": flow.id,
        "title": flow.title,
        "width": 2 * _EDGE + widest * (_WIDTH + _ACROSS) - _ACROSS,
        "height": 2 * _EDGE + len(rows) * (_HEIGHT + _DOWN) - _DOWN,
        "boxes": list(boxes.values()),
        "lines": [
            _line(boxes[step.id], boxes[then], way) for step in flow.steps.values() for way, then in ways(step).items()
        ],
    }


def _rows(flow: Flow) -> list[list[str]]:
    """Return the steps by how far they are from the first, each layer in rows that are not too wide."""
    rows, layer, seen = [], [flow.first], {flow.first}
    while layer:
        rows += [layer[at : at + _MOST] for at in range(0, len(layer), _MOST)]
        found = dict.fromkeys(then for step in layer for then in ways(flow.steps[step]).values())
        layer = [step for step in found if step not in seen]
        seen.update(layer)
    return rows


def _line(begin: dict[str, Any], end: dict[str, Any], way: str) -> dict[str, Any]:
    """Return a curve from the lower edge of a box to the upper one of the next, around the side when that is above."""
    x, y = begin["x"] + _WIDTH // 2, begin["y"] + _HEIGHT
    to, down = end["x"] + _WIDTH // 2, end["y"]
    if down > y:
        curve = f"M{x} {y} C{x} {y + _DOWN // 2} {to} {down - _DOWN // 2} {to} {down}"
    else:  # back up, or beside: it leaves and comes in at the side
        x, to = begin["x"] + _WIDTH, end["x"] + _WIDTH
        y, down = begin["y"] + _HEIGHT // 2, end["y"] + _HEIGHT // 2
        out = max(x, to) + _ACROSS
        curve = f"M{x} {y} C{out} {y} {out} {down} {to} {down}"
    return {"from": begin["step"], "to": end["step"], "way": way, "path": curve}
