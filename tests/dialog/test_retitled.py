"""What a case is about when something else comes to it."""

import pytest
from msgspec.structs import replace

from bot.dialog.events import CaseReleased
from bot.dialog.matter import retitled
from bot.dialog.scene import Scene
from tests.dialog.talk import DM, Talk

ASKS = "Ask for an exception"


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        (f"{ASKS}: use my code", f"{ASKS}: keep the lamp longer", f"{ASKS}: keep the lamp longer · use my code"),
        (f"{ASKS}: use my code twice", f"{ASKS}: ", f"{ASKS}: use my code twice"),
        ("my lamp is broken", f"{ASKS}: ", f"{ASKS} · my lamp is broken"),
        ("my lamp is broken", f"{ASKS}: use my code twice", f"{ASKS}: use my code twice · my lamp is broken"),
        ("my lamp is broken", "my lamp is broken", "my lamp is broken"),
    ],
)
def test_the_name_of_a_flow_stands_once(talk: Talk, before: str, words: str, after: str) -> None:
    talk.says("talk to a person", DM)
    (case,) = talk.dossier.cases
    scene = Scene(talk.dossier, CaseReleased(agent="dana", case=1, **talk.common()), talk.catalog)
    assert retitled(scene, replace(case, subject=before), words) == after
