"""Flows in progress, the one on top last: what is put on top of the others, and what is taken out from among them.

A frame that waits for a flow of its own lies right below it; both go where either goes.
"""

from collections.abc import Container

from msgspec.structs import replace

from bot.dialog.state import Frame


def raised(frames: tuple[Frame, ...], at: int) -> tuple[Frame, ...]:
    """Put a frame, with the flows that it is a part of, on top of the digressions that lie on it."""
    begin = start(frames, at)
    aside = (replace(each, aside=True) for each in frames[at + 1 :])
    return (*frames[:begin], *aside, *frames[begin : at + 1])


def parts(frames: tuple[Frame, ...], at: int) -> tuple[Frame, ...]:
    """Return a frame with the flows that it is a part of, which stand before it."""
    return frames[start(frames, at) : at + 1]


def without(frames: tuple[Frame, ...], waiting: str, asking: Container[Frame] = ()) -> tuple[Frame, ...]:
    """Leave out the frame that waits for something, or is `asking` about it, with the flows that it is a part of."""
    at = next((at for at, frame in enumerate(frames) if frame.waiting == waiting or frame in asking), None)
    return frames if at is None else (*frames[: start(frames, at)], *frames[at + 1 :])


def start(frames: tuple[Frame, ...], at: int) -> int:
    """Return where the flow stands that the one at a place is a part of; the place itself where it is none's."""
    while at and frames[at - 1].waiting == "flow":
        at -= 1
    return at
