"""The examples in flows/README.md are what the content loader takes: every kind of step, every type of question."""

import re
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from bot.content import shipped_folder
from bot.content.flowmodels import KINDS
from bot.dialog.flow import SlotType
from tests.content.shop import problems, write

README = Path(__file__).parents[2] / "flows" / "README.md"

# What the steps before an example would have set.
KNOWN = {
    "mobile": "'07700 900123'",
    "number": "'12345'", "order": "{'items': [], 'delivered_on': '2026-01-05', 'status': 'delivered', 'eta': none}",
    "words": "'words'", "wish": "'wish'", "amount": "1", "rating": "5", "case": "7", "reason": "'broken'",
    "our_fault": "false", "picked": "[]", "verdict": "{}", "decision": "{}",
}  # fmt: skip


@cache
def examples() -> dict[str, dict[str, Any]]:
    """The steps in the README's YAML, by their ids."""
    found: dict[str, dict[str, Any]] = {}
    for block in re.findall(r"^```yaml\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        held = yaml.load(block, yaml.BaseLoader)
        flows = held.get("flows", {"": {"steps": held}}) if isinstance(held, dict) else {}
        steps = [each for flow in flows.values() for each in flow["steps"].items()]
        found.update({name: step for name, step in steps if isinstance(step, dict) and step.keys() & KINDS.keys()})
    return found


def _targets(value: Any, key: str = "") -> set[str]:
    """Where a step leads, whatever the key."""
    leads = ("then", "else", "yes", "no", "failed", "approved", "declined", "countered")
    if isinstance(value, str):
        return {value} if key in leads or key == "results" else set()
    if isinstance(value, dict):
        rulings = {
            value[name] for name in ("allowed", "some", "exception", "refused") if "policy" in value and name in value
        }
        return rulings.union(*(_targets(each, key if key == "results" else name) for name, each in value.items()))
    return set().union(*(_targets(each) for each in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("name", examples())
def test_an_example_is_loaded(name: str, tmp_path: Path) -> None:
    step = examples()[name]
    before = {"known": {"set": {slot: value for slot, value in KNOWN.items() if slot != step.get("ask")}}}
    after = {
        target: {"handoff": "care", "reason": "Go on"} for target in [*_targets(step), "finally"] if target != name
    }
    flow = {"title": "Example", "steps": {**before, name: step, **after}}
    policies = (shipped_folder() / "flows" / "policies.yaml").read_text(encoding="utf-8")
    others = {"policy_exception": {"title": "Another", "steps": {"over": {"end": "done"}}}}
    text = yaml.safe_dump({"flows": {"example": flow, **others}}, sort_keys=False, allow_unicode=True)
    found = problems(write(tmp_path, {"flows/example.yaml": text, "flows/policies.yaml": policies}))
    assert [each for each in found if "step 'finally'" not in each] == []  # not all go on there


def test_there_is_an_example_of_every_kind_of_step() -> None:
    assert {kind for kind in KINDS if not any(kind in step for step in examples().values())} == set()


def test_there_is_an_example_of_every_type_of_question() -> None:
    asked = {step.get("type", "text") for step in examples().values() if "ask" in step}
    assert asked == set(get_args(SlotType))
