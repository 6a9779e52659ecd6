"""Saying in the log what went wrong without saying what anybody wrote: an exception's text may hold their words."""

import traceback


def where(error: BaseException) -> str:
    """Return what was raised and where, innermost first: "KeyError at …/engine.py:120 advance"."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}" if places else type(error).__name__
