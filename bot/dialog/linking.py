"""Linking a customer's accounts: a one-time code is issued on one side and typed in private on the other.

The store links them (see `bot.connectors.accounts`); until then nothing of the one is known to the other, and which
account a code belongs to is never said. Undone by either side, or by a supervisor.
"""

import re
from datetime import timedelta
from hashlib import sha256

from bot.dialog import steps, unlinking, verifying
from bot.dialog.effects import Call
from bot.dialog.events import CallReturned, MessageReceived
from bot.dialog.scene import Scene
from bot.dialog.understand import command

LETTERS = "BCDFGHJKMNPQRSTVWXYZ"  # no vowels, so that no word looks like a code, and nothing that looks like a digit
SIGNS = LETTERS + "23456789"
LENGTH = 8
OFFER, LINK, VOID = "offer_code", "link_accounts", "void_code"
CALLS = (OFFER, LINK, VOID, unlinking.UNLINK)
COMMAND = "/link"  # as platforms have it, whatever words a shop chooses
LIVES = timedelta(minutes=10)
_TRIES, _WITHIN = 5, timedelta(hours=1)
_CODE = rf"[{LETTERS}][{SIGNS}]{{3}}[- ]?[{SIGNS}]{{4}}"
_WHOLE = re.compile(rf"\s*(/?link\s+)?({_CODE})\s*", re.IGNORECASE)
_ANYWHERE = re.compile(rf"(?<!\w){_CODE}(?!\w)", re.IGNORECASE)
_WORDS = ("link", "unlink")


def hears(scene: Scene, event: MessageReceived) -> bool:
    """Take a code, or the words that ask for one or undo a link; False for all others."""
    word = "link" if event.text.strip().casefold() == COMMAND else command(event.text, scene.catalog)
    if scene.talk.scope != "private":
        return _in_public(scene, event.text, word)
    code = None if verifying.asks_code(scene) else _WHOLE.fullmatch(event.text)
    if code and (code[1] or "-" in code[2] or not steps.asking(scene)):
        _redeem(scene, code[2])
    elif word == "link":
        _offer(scene)
    elif word == "unlink":
        _unlink_own(scene)
    else:
        return False
    return True


def returned(scene: Scene, event: CallReturned) -> bool:
    """Tell both sides what came of a code or of an unlinking; False for all other calls."""
    talk = next((talk for talk in scene.conversations() if talk.linking == event.call), None)
    if talk is None:
        return False
    scene.enter(talk.place, talk.id)
    scene.change(linking="")
    scene.rule(f"link_{event.result}")
    if event.result == "linked":
        _tell_both(scene, str((event.value or {}).get("other", "")))
    elif event.result != "unlinked":
        known = event.result in ("wrong", "same")
        scene.say_text(f"link_{event.result}" if known else "link_failed")
    _go_on(scene)
    return True


def hashed(code: str) -> str:
    """Return a code as it is kept."""
    plain = re.sub(r"[- ]", "", code).upper()
    return sha256(plain.encode()).hexdigest()


# --- a code -----------------------------------------------------------------------------------------------------------


def _offer(scene: Scene) -> None:
    """Issue a code; one that was issued before counts no more."""
    scene.rule("code_issued")
    code = scene.event.fresh.code
    shown = f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"
    until = scene.now + LIVES
    args = {"hash": hashed(code), "account": scene.account, "until": until.isoformat()}
    scene.effects.append(Call(action=OFFER, args=args))
    scene.say_text("link_code", secret=shown, code=shown, until=scene.time(until))
    _go_on(scene)


def _redeem(scene: Scene, code: str) -> None:
    """Have a code looked up, unless this account has guessed too often of late."""
    lately = tuple(at for at in scene.tries if scene.now - at < _WITHIN)
    if len(lately) >= _TRIES:
        scene.rule("code_tried_too_often")
        scene.say_text("link_too_often")
        _go_on(scene)
        return
    scene.rule("code_typed")
    scene.change(recent=scene.talk.recent[:-1])  # staff have no use for a code
    scene.tries = (*lately, scene.now)
    scene.change(linking=scene.call_id())
    args = {"hash": hashed(code), "account": scene.account, "at": scene.now.isoformat()}
    scene.effects.append(Call(action=LINK, args=args))


def _in_public(scene: Scene, text: str, word: str) -> bool:
    """A code that others have read counts no more; all else about links is for private places."""
    codes = _ANYWHERE.findall(text)
    for code in codes:
        scene.effects.append(Call(action=VOID, args={"hash": hashed(code)}))
    if codes:
        scene.rule("code_in_public")
        scene.say_text("link_public")
        return True
    if word in _WORDS:
        scene.rule("link_in_private")
        scene.say_text("link_in_private")
        return True
    return False


def _tell_both(scene: Scene, other: str) -> None:
    scene.tries = ()
    for case in scene.open_cases():
        linked = scene.change_case(case.number, accounts=scene.accounts, standing=scene.standing)
        scene.alert(linked, "staff_linked", accounts=", ".join(scene.accounts))
    own = scene.talk
    scene.say_text("linked")
    if talk := unlinking.latest(scene, other):
        scene.go_over(talk.id)
        scene.say_text("linked_other")
        scene.go_over(own.id)


# --- and back ---------------------------------------------------------------------------------------------------------


def _unlink_own(scene: Scene) -> None:
    if not scene.accounts:
        scene.rule("not_linked")
        scene.say_text("not_linked")
        _go_on(scene)
        return
    unlinking.unlink(scene, scene.account, "")


def _go_on(scene: Scene) -> None:
    if steps.asking(scene):
        steps.resume(scene)
        steps.run(scene)
