"""From every state of random conversations there is a way out: valid answers end it, and so do "cancel" and a person.

The laws, probed on copies of sampled states, and one that is watched all along:
    - valid answers reach an end within 12 turns for each flow that is under way, was asked for besides, or is what the
      customer chooses then: no flow is in progress, or people have the conversation. The customer says yes when
      something is read back, and does not choose again what led nowhere (another thing that is sold out); an order
      system that answers, and a supervisor who decides, take no turn;
    - "cancel" leaves all flows within 2. Where people have the conversation, it is they whom it leaves: the bot asks
      first, and "yes" goes back to it; what waits for a supervisor's decision beside that goes on waiting. Where it has
      just asked whether to close a case, one more "cancel" answers that: no. A legal matter stays with people;
    - "I want to talk to a person" opens a case in 1, or there is one already;
    - the bot says nothing twice running, no whole sentence either: see `sentences`;
    - a bot that is killed and starts again knows what it knew.

Customers may have to show that an order is theirs, in each of the ways that handoff/identity.yaml has; they send
photos and voice notes, correct, edit and delete what they wrote, turn to something else twice over, come back the next
day, and are told of a recall. In a whole part, nine in ten of the shop's flows are begun at least; some begin weeks
after something rare.

`FRONTDESK_SOAK_WALKS` says how many turns are walked, `FRONTDESK_SOAK_SEED` repeats the dice; `make soak` has 100,000
turns, in parts of 10,000 that can also be run alone, and writes seed and outcome of each into the file that
`FRONTDESK_SOAK_RECORD` names.
"""

import dataclasses
import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Literal
from uuid import uuid4

import pytest
from msgspec.structs import replace

from bot.content import load, shipped_folder
from bot.dialog.catalog import Catalog
from tests.walks.orders import Orders
from tests.walks.people import PERSON, acts, answers
from tests.walks.world import BrokenLaw, Walk

TURNS = int(os.environ.get("FRONTDESK_SOAK_WALKS", "0"))
SEED = os.environ.get("FRONTDESK_SOAK_SEED") or (uuid4().hex[:8] if TURNS else "5eed")
RECORD = os.environ.get("FRONTDESK_SOAK_RECORD")
_SLICE = 900  # turns, where nobody says how many
_PART = 10_000  # turns at most
_LENGTH = 30  # turns of a walk
_SAMPLED = 0.1
_MOST_ANSWERS = 12
_NEWCOMERS = 0.1
_BEGUN = 0.9  # of all flows, at least
_WAYS: tuple[Literal["none", "email", "code", "account"], ...] = ("none", "none", "email", "code", "account")


class _Clock:
    def now(self) -> datetime:
        return datetime(2026, 1, 5, 10, tzinfo=UTC)


def valid_answers(walk: Walk, dice: Random) -> None:
    walk.picked = frozenset()
    besides = len(walk.talk.pending) if walk.talk else 0
    walked, given = set[str](), 0
    while True:
        _settle(walk, dice)
        if walk.over:
            return
        walked |= {frame.flow for frame in (walk.talk.frames if walk.talk else ())}
        if given == _MOST_ANSWERS * (len(walked) + besides):
            raise BrokenLaw(f"{given} valid answers lead to no end")
        if not answers(walk, dice, eager=True):
            raise BrokenLaw("a flow is in progress, and nothing is asked")
        given += 1


def _settle(walk: Walk, dice: Random) -> None:
    walk.returns(dice)
    while not walk.over and walk.asking() is None and walk.decides(dice):
        walk.returns(dice)


def cancels(walk: Walk, dice: Random) -> None:
    walk.returns(dice)  # what has been asked for cannot be taken back, and is answered in a moment
    people = walk.case is not None and walk.asking() is None
    if walk.case and walk.case.careful:
        return
    if people and walk.case and walk.case.status == "owned" and walk.talk and walk.talk.spoke:
        _leaves_its_owner(walk)
        return
    if people and walk.talk and walk.talk.asked:
        walk.tells("cancel")
    for text in ("cancel", "yes" if people else "cancel"):
        walk.tells(text)
        walk.returns(dice)
        beside = walk.asking() is not None if walk.case else walk.talk and walk.talk.frames
        left = walk.case is None if people else not beside
        if left:
            return
    raise BrokenLaw('"cancel" does not leave within two turns')


def _leaves_its_owner(walk: Walk) -> None:
    """Below a person's words, "cancel" is for that person: there is another way back."""
    for text in ("back to the bot", "yes"):
        walk.tells(text)
        if walk.case is None:
            return
    raise BrokenLaw("there is no way back to the bot")


def asks_for_a_person(walk: Walk, dice: Random) -> None:
    walk.tells(PERSON)
    if walk.case is None:
        raise BrokenLaw("a person was asked for, and there is no case")


PROBES: tuple[Callable[[Walk, Random], None], ...] = (valid_answers, cancels, asks_for_a_person)


@pytest.fixture(scope="module")
def world() -> tuple[list[Catalog], Orders]:
    catalog = load(shipped_folder())
    shops = [dataclasses.replace(catalog, identity=replace(catalog.identity, by=by)) for by in _WAYS]
    return shops, Orders(_Clock(), "slack:T1/U1")


@pytest.mark.parametrize("part", range(max(1, -(-TURNS // _PART))))
def test_there_is_a_way_out_of_every_state_of_random_conversations(
    world: tuple[list[Catalog], Orders], part: int
) -> None:
    turns = min(_PART, TURNS - part * _PART) if TURNS else _SLICE
    tally, begun, broken = Counter[str](), set[str](), list[str]()
    while tally["turns"] < turns and not broken:
        name = f"{SEED}.{part}/{tally['walks']}"
        tally["walks"] += 1
        begun |= _walk(world, name, tally, broken)
    flows = world[0][0].flows.keys()
    if turns >= _PART and len(begun) < _BEGUN * len(flows):
        broken.append(f"never begun: {', '.join(sorted(flows - begun))}")
    outcome = f"{tally['turns']} turns of {tally['walks']} walks, {tally['states']} states probed, "
    outcome += f"{len(begun)} of {len(flows)} flows begun"
    print(f"seed {SEED}, part {part}: {outcome}")
    if RECORD:
        result = "; ".join(each.partition("\n")[0] for each in broken) or "nothing wrong"
        with Path(RECORD).open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M} seed {SEED}, part {part}: {outcome}; {result}\n")
    if broken:
        pytest.fail(f"seed {SEED}, part {part}, walk {tally['walks'] - 1}: {broken[0]}")


def _walk(world: tuple[list[Catalog], Orders], name: str, tally: Counter[str], broken: list[str]) -> set[str]:
    """Walk once, and return the flows that were begun."""
    shops, orders = world
    dice = Random(name)
    walk = Walk(dice.choice(shops), orders, met=dice.random() > _NEWCOMERS)
    try:
        if not walk.dossier.met:
            walk.joins()
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
    return set(walk.flows)


def _probe(probe: Callable[[Walk, Random], None], walk: Walk, dice: Random, broken: list[str]) -> None:
    try:
        probe(walk, dice)
    except BrokenLaw as law:
        broken.append(f"{law}\n" + "\n".join(walk.story))
