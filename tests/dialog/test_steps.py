"""What a step keeps, and how."""

import dataclasses
from datetime import UTC, datetime

from bot.dialog import steps
from bot.dialog.catalog import Catalog
from bot.dialog.events import CallReturned
from bot.dialog.flow import Ask, Flow, SetStep, Wording
from bot.dialog.scene import Scene
from bot.dialog.state import Dossier
from tests.dialog.talk import DM


def test_what_a_flow_works_out_is_kept_as_it_is_stored(shipped: Catalog) -> None:
    """Else an amount is a number until the bot starts again, and text from then on."""
    work_out = SetStep(id="work_out", then="ask", values={"half": "'12.50'|number / 2"})
    ask = Ask(id="ask", slot="said", type="text", text=Wording(variants=("And?",)))
    flow = Flow(id="sums", title="Sums", steps={"work_out": work_out, "ask": ask}, first="work_out", version="v")
    event = CallReturned(key="k", customer="slack:T1/U1", at=datetime(2026, 1, 5, tzinfo=UTC), call="", result="")
    scene = Scene(Dossier(customer="slack:T1/U1"), event, dataclasses.replace(shipped, versions={"v": flow}))
    scene.enter(DM)
    scene.push(flow)
    steps.run(scene)
    assert scene.frame
    assert scene.frame.slots == {"half": "6.25"}
