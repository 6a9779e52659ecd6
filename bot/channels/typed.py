"""What agents type in a case's thread or below a post, and what it does: alike in every staff channel.

A command stands at the beginning of a line, also of a later one: a post is as many commands as begin in it, each with
the lines that follow it. The words for the customer in one post are one reply, so that an edit finds its copy again.
"""

import re
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from bot.channels.casework import ACTIONS, LINE, staff_event
from bot.channels.decisions import COUNTER, apart
from bot.dialog import stray
from bot.dialog.events import ActMistyped, Event, ReplyDeleted, ReplyEdited
from bot.dialog.files import File

HELD = "lines"  # a post of which nothing is done: it has a command that is none
_REPLY, _NOTE = "reply", "note"
_WORDLESS = ("claim", "release", "unpromise", "unlink", "back")  # what is said beside these is noted
_ANYWAY = "anyway"
_FENCE = "```"
_MARKUP = re.compile(r"(?:&gt;|[\s>*_~`|#\-])*")
_BELOW = re.compile(r"!(send|edit|dismiss|leave|undo|answer|done|stop)\b:?\s*(.*)", re.DOTALL | re.IGNORECASE)
_COMMAND = re.compile(rf"!({'|'.join(ACTIONS)})\b:?\s*(.*)", re.DOTALL | re.IGNORECASE)

Part = tuple[str, str]


def parts(text: str, prefix: str, written: str | None = None) -> list[Part]:
    """Return what a post in a case's thread does, one thing after the other, each with its words.

    A reply begins with the prefix, "!assign dana" is a command like it, and all else is a line among staff. So is what
    begins so only when the platform's markup is taken away from what was `written`: quotes, code and forwards. A post
    with a word that looks like a command and is none does nothing, unless all of it stays among staff.
    """
    sign = prefix.strip()
    found: list[Part] = []
    for do, words in _pieces(text.strip(), sign, written):
        kept = words if do in _WORDLESS and words.casefold().rstrip(".! ") != _ANYWAY else ""
        said = apart(words) if do == COUNTER else words
        found += [(_NOTE, kept), (do, "")] if kept else [(do, said)]
    if any(do not in (LINE, _NOTE) for do, _ in found) and (slip := _slip(found)):
        return [(HELD, slip)]
    return _one_reply(found)


def does(text: str, prefix: str, written: str | None = None) -> Part:
    """Return what a post in a case's thread does for its customer, or else first, and the words of that."""
    found = parts(text, prefix, written)
    return next((each for each in found if each[0] == _REPLY), found[0])


def staff_events(found: Sequence[Part], *, key: str, files: Sequence[File] = (), **common: Any) -> tuple[Event, ...]:
    """Return the events of what a post does; its files go with the first of it that is said or noted.

    Where a command lacks something, nothing of the post is done: what was to follow or go before may build on it.
    """
    takes = next((nth for nth, (do, _) in enumerate(found) if do in (_REPLY, _NOTE, LINE)), 0)
    events = tuple(
        staff_event(do, words, files=files if nth == takes else (), key=f"{key}/{nth}" if nth else key, **common)
        for nth, (do, words) in enumerate(found)
    )
    lacking = next((each for each in events if isinstance(each, ActMistyped)), None)
    return (replace(lacking, key=key, alone=len(events) == 1),) if lacking else events


def edit_events(
    did: str, part: Part, *, live: bool, key: str, files: Sequence[File] = (), **common: Any
) -> tuple[Event, ...]:
    """Return what an edit of a post does to the customer's copy, by what it `did` before; what it did else is done.

    What was a reply and is none any more is taken back. So is a line that may have been sent because the case was
    live: where nothing was sent, that does nothing.
    """
    do, text = part
    if do == LINE and live and (slip := stray.command(text)):
        do, text = HELD, slip
    back, anew = ReplyDeleted(key=key, **common), f"{key}/anew"
    match did, do:
        case (_, "lines"):
            return (staff_event(do, text, key=key, **common),)
        case ("reply", "reply"):
            return (ReplyEdited(key=key, text=text, **common),)
        case ("line", "line") if live:
            return (ReplyEdited(key=key, text=text, **common),)
        case ("reply", "line"):
            return (back, staff_event(_NOTE, text, key=anew, **common))
        case (_, "reply"):
            return (back, staff_event(do, text, files=files, key=anew, **common))
        case ("reply" | "line", _):
            return (back,)
        case _:
            return ()


def typed_on(about: str, text: str, prefix: str, written: str) -> Part:
    """Return what a line below this post does to it: own words are an edit, or an answer.

    As in `parts`, what was `written` as a quote, code or a forward is talk among staff.
    """
    if not written.lstrip().startswith(text.strip()[:1]):
        return "", text
    do, words = _below(text.strip(), prefix.strip())
    if about.startswith("task/"):
        return ("answer" if do in ("words", "done", "answer") else ""), words
    return ("edit" if do == "words" else do), words


def _below(said: str, sign: str) -> Part:
    """Return what a line below a post does, and its words; all that is no command is talk among staff."""
    if _is_reply(said, sign):
        return "words", said[len(sign) :].strip()
    if command := _BELOW.fullmatch(said):
        return command[1].lower(), command[2].strip()
    return "", said


# --- small parts ------------------------------------------------------------------------------------------------------


def _is_reply(said: str, sign: str) -> bool:
    return said.casefold().startswith(sign.casefold()) and not said[len(sign) :][:1].strip()


def _command(said: str, sign: str) -> Part | None:
    if _is_reply(said, sign):
        return _REPLY, said[len(sign) :].strip()
    command = _COMMAND.match(said)
    return (command[1].lower(), command[2].strip()) if command else None


def _pieces(text: str, sign: str, written: str | None) -> list[Part]:
    """Return a post's commands, each with all its lines; what stands before the first is a line among staff."""
    bare = iter(_bare(written, sign)) if written is not None else None
    pieces: list[tuple[bool, list[str]]] = []
    for line in text.split("\n"):
        said = line.strip()
        begins = _looks(said, sign) and (bare is None or next(bare, False)) and _command(said, sign) is not None
        if begins or not pieces:
            pieces.append((begins, [line]))
        else:
            pieces[-1][1].append(line)
    read = ((begins, "\n".join(lines).strip()) for begins, lines in pieces)
    return [(_command(lines, sign) if begins else None) or (LINE, lines) for begins, lines in read]


def _bare(written: str, sign: str) -> list[bool]:
    """Return, of each line that looks like a command behind its markup, whether it has none."""
    found, fenced = [], False
    for line in written.split("\n"):
        said = line.strip()
        start = 0 if _looks(said, sign) else len(_MARKUP.match(said)[0])  # type: ignore[index]
        if _looks(said[start:], sign):
            found.append(start == 0 and not fenced)
        fenced ^= line.count(_FENCE) % 2 == 1
    return found


def _looks(said: str, sign: str) -> bool:
    return said.startswith("!") or _is_reply(said, sign)


def _slip(found: Sequence[Part]) -> str:
    """Return what looks like a command and is none, in the words of a post's commands."""
    return next(filter(None, (stray.command(words) for do, words in found if do != LINE)), "")


def _one_reply(found: list[Part]) -> list[Part]:
    """Join the words for the customer of one post where the first of them stand."""
    replies = [words for do, words in found if do == _REPLY]
    if len(replies) < 2:
        return found
    first = next(nth for nth, (do, _) in enumerate(found) if do == _REPLY)
    rest = [each for each in found[first + 1 :] if each[0] != _REPLY]
    return [*found[:first], (_REPLY, "\n".join(replies)), *rest]
