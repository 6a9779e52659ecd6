"""From every state of random conversations there is a way out: valid answers end it, and so do "cancel" and a person.

The laws, probed on copies of sampled states, and one that is watched all along:
    - valid answers reach an end within 12 turns for each flow that is under way: no flow is in progress, or people have
      the conversation. The customer says yes when something is read back, and does not choose again what led nowhere
      (another thing that is sold out); an order system that answers, and a supervisor who decides, take no turn;
    - "cancel" leaves all flows within 2. Where people have the conversation, it is they whom it leaves: the bot asks
      first, and "yes" goes back to it; what waits for a supervisor's decision beside that goes on waiting. Where it has
      just asked whether to close a case, one more "cancel" answers that: no. A legal matter stays with people;
    - "I want to talk to a person" opens a case in 1, or there is one already;
    - the bot says no text twice running; what it said hours ago may be said again.

`FRONTDESK_SOAK_WALKS` says how many turns are walked, `FRONTDESK_SOAK_SEED` repeats the dice; `make soak` has 100,000
turns, and writes seed and outcome into the file that `FRONTDESK_SOAK_RECORD` names.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from bot.content import load, shipped_folder
from tests.walks.people import PERSON, acts, answers
from tests.walks.world import BrokenLaw, Orders, Walk

TURNS = int(os.environ.get("FRONTDESK_SOAK_WALKS", "0"))
SEED = os.environ.get("FRONTDESK_SOAK_SEED") or (uuid4().hex[:8] if TURNS else "5eed")
RECORD = os.environ.get("FRONTDESK_SOAK_RECORD")
_SLICE = 900  # turns, where nobody says how many
_LENGTH = 30  # turns of a walk
_SAMPLED = 0.2
_MOST_ANSWERS = 12


class _Clock:
    def now(self) -> datetime:
        return datetime(2026, 1, 5, 10, tzinfo=UTC)


def valid_answers(walk: Walk, dice: Random) -> None:
    walk.picked = frozenset()
    most = _MOST_ANSWERS * max(1, len(walk.talk.frames) if walk.talk else 0)
    for _ in range(most):
        _settle(walk, dice)
        if walk.over:
            return
        if not answers(walk, dice, eager=True):
            raise BrokenLaw("a flow is in progress, and nothing is asked")
    _settle(walk, dice)
    if not walk.over:
        raise BrokenLaw(f"{most} valid answers lead to no end")


def _settle(walk: Walk, dice: Random) -> None:
    walk.returns(dice)
    while not walk.over and walk.asking() is None and walk.decides(dice):
        walk.returns(dice)


def cancels(walk: Walk, dice: Random) -> None:
    walk.returns(dice)  # what has been asked for cannot be taken back, and is answered in a moment
    people = walk.case is not None
    if walk.case and walk.case.careful:
        return
    if people and walk.talk and walk.talk.asked:
        walk.tells("cancel")
    for text in ("cancel", "yes" if people else "cancel"):
        walk.tells(text)
        walk.returns(dice)
        left = walk.case is None if people else not (walk.talk and walk.talk.frames)
        if left:
            return
    raise BrokenLaw('"cancel" does not leave within two turns')


def asks_for_a_person(walk: Walk, dice: Random) -> None:
    walk.tells(PERSON)
    if walk.case is None:
        raise BrokenLaw("a person was asked for, and there is no case")


PROBES: tuple[Callable[[Walk, Random], None], ...] = (valid_answers, cancels, asks_for_a_person)


def test_there_is_a_way_out_of_every_state_of_random_conversations() -> None:
    catalog, orders, tally = load(shipped_folder()), Orders(_Clock()), Counter[str]()
    broken: list[str] = []
    while tally["turns"] < (TURNS or _SLICE) and not broken:
        name = f"{SEED}/{tally['walks']}"
        tally["walks"] += 1
        dice, walk = Random(name), Walk(catalog, orders)
        try:
            for _ in range(_LENGTH):
                acts(walk, dice)
                tally["turns"] += 1
                if dice.random() < _SAMPLED:
                    tally["states"] += 1
                    for probe in PROBES:
                        probing = walk.fork()
                        probing.story += (f"-- {probe.__name__}",)
                        _probe(probe, probing, Random(name), broken)
        except BrokenLaw as law:
            broken.append(f"{law}\n" + "\n".join(walk.story))
    outcome = f"{tally['turns']} turns of {tally['walks']} walks, {tally['states']} states probed"
    print(f"seed {SEED}: {outcome}")
    if RECORD:
        result = "; ".join(each.partition("\n")[0] for each in broken) or "nothing wrong"
        with Path(RECORD).open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M} seed {SEED}: {outcome}; {result}\n")
    if broken:
        pytest.fail(f"seed {SEED}, walk {tally['walks'] - 1}: {broken[0]}")


def _probe(probe: Callable[[Walk, Random], None], walk: Walk, dice: Random, broken: list[str]) -> None:
    try:
        probe(walk, dice)
    except BrokenLaw as law:
        broken.append(f"{law}\n" + "\n".join(walk.story))
