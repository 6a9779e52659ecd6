"""Identity: an order is spoken of with nobody who has not shown that it is theirs.

A call about an order that is not verified yet waits for the flow `identify`, whichever flow it stands in. That flow's
own calls are answered here where they can be, and what they find is remembered. Nothing that is said or asked depends
on whether the order is there: an order that is not is one that does not match.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any, Literal

from msgspec.structs import replace

from bot.desk.standing import Verified
from bot.dialog.effects import Call
from bot.dialog.flow import CallStep
from bot.dialog.scene import Scene
from bot.dialog.state import Frame

FLOW = "identify"
_HOW: Mapping[str, Literal["email", "code", "account"]] = {
    "check_email": "email", "check_code": "code", "check_account": "account",
}  # fmt: skip
CHECKS = frozenset(_HOW)
SEND = "send_code"
_CODE = re.compile(r"(?<!\w)[B-DF-HJ-NP-TV-Z2-9]{4}[- ]?[B-DF-HJ-NP-TV-Z2-9]{4}(?!\w)")  # no vowel is in one
_LIVES = timedelta(minutes=10)


def needed(scene: Scene, step: CallStep, args: dict[str, Any]) -> bool:
    """Tell whether the customer must show first that the order is theirs."""
    return "number" in args and step.action not in (*CHECKS, SEND) and unproven(scene, args["number"])


def unproven(scene: Scene, number: object) -> bool:
    """Tell whether the customer has still to show that this order is theirs."""
    if scene.catalog.identity.by == "none":
        return False
    return not any(each.number == _plain(number) for each in current(scene))


def current(scene: Scene) -> tuple[Verified, ...]:
    """Return what is verified now, of this account."""
    return tuple(
        each for each in scene.standing.verified if scene.now < each.until and each.account in ("", scene.account)
    )


def asks_code(scene: Scene) -> bool:
    """Tell whether what looks like a code is the answer to our question for one."""
    return scene.frame is not None and scene.frame.flow == FLOW and not scene.frame.waiting


def open_slots(frame: Frame) -> dict[str, Any]:
    """Return what was collected in a frame and may be read by staff: no codes."""
    if frame.flow != FLOW:
        return frame.slots
    return {slot: value for slot, value in frame.slots.items() if slot in ("number", "email")}


def call(scene: Scene, step: CallStep, args: dict[str, Any]) -> str:
    """Do a call: ask outside, and return nothing; or return the result if it is known here already."""
    identity = scene.catalog.identity
    if step.action in CHECKS and _guessed(scene) >= identity.guesses:
        scene.rule("guessed_too_often")
        return "paused"
    if step.action == "check_code":
        frame = scene.talk.frames[-1]
        typed, until = _hashed(_code(str(args["code"]))), frame.slots.get("code_until", "")
        return settled(
            scene, step, "same" if until > scene.now.isoformat() and typed == frame.slots["code_hash"] else "other"
        )
    if step.action == SEND:
        code = scene.event.fresh.code
        until = (scene.now + _LIVES).isoformat()
        kept = {**scene.talk.frames[-1].slots, "code_hash": _hashed(code), "code_until": until}
        scene.change_frame(slots=kept)
        args = {**args, "code": f"{code[:4]}-{code[4:]}"}
    if step.action == "check_account":
        args = {**args, "accounts": list(scene.accounts or (scene.account,))}
    scene.change_frame(waiting=scene.call_id())
    scene.effects.append(Call(action=step.action, args=args))
    return ""


def settled(scene: Scene, step: CallStep, result: str) -> str:
    """Remember what a check came to, and return it."""
    if step.action in CHECKS and result == "same":
        scene.rule("identity_verified")
        number = _plain(next(frame for frame in reversed(scene.talk.frames) if frame.flow == FLOW).slots["number"])
        until = scene.now + timedelta(minutes=scene.catalog.identity.remember)
        found = Verified(number=number, how=_HOW[step.action], at=scene.now, until=until, account=scene.account)
        scene.standing = replace(scene.standing, verified=(*current(scene)[-19:], found))
        scene.guesses = ()
    elif step.action in CHECKS and result == "other":
        scene.rule("identity_not_verified")
        scene.guesses = (*scene.guesses[-19:], scene.now)
    return result


def _guessed(scene: Scene) -> int:
    since = scene.now - timedelta(minutes=scene.catalog.identity.pause)
    return sum(at > since for at in scene.guesses)


def _plain(number: object) -> str:
    return str(number).strip().removeprefix("#")


def _code(text: str) -> str:
    """Return the last thing in a text that is written as our codes are, else all of it: "it's BCDF-2345, thanks"."""
    found = _CODE.findall(text.upper())
    return found[-1] if found else text


def _hashed(code: str) -> str:
    return sha256("".join(code.upper().replace("-", " ").split()).encode()).hexdigest()
