"""Flows as charts and as lists of paths."""

from pathlib import Path as File

import pytest

from bot.content import load, shipped_folder
from bot.content.flowmap import mermaid, paths
from bot.dialog.catalog import Catalog
from bot.dialog.flow import End, Handoff, ways
from tests.content import shop


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(shipped_folder())


def test_a_chart_has_every_step_and_every_way_out_with_its_name(tmp_path: File) -> None:
    flow = load(shop.write(tmp_path, shop.files())).flows["refund"]
    assert mermaid(flow).splitlines() == [
        "flowchart TD",
        '    s_ask_order["ask_order"]',
        '    s_sure["sure"]',
        '    s_done(["done: refunded"])',
        '    s_kept(["kept: kept"])',
        '    s_ask_order -->|"…"| s_sure',
        '    s_sure -->|"yes"| s_done',
        '    s_sure -->|"no"| s_kept',
    ]


def test_a_condition_in_a_chart_cannot_break_it(tmp_path: File) -> None:
    steps = 'a: {decide: [{if: \'"<b>" == "x"\', then: b}, {else: c}]}\n      b: {end: b}\n      c: {end: c}'
    visit = f"flows:\n  visit:\n    title: V\n    steps:\n      {steps}\n"
    flow = load(shop.write(tmp_path, {**shop.files(), "flows/visit.yaml": visit})).flows["visit"]
    (line,) = (each for each in mermaid(flow).splitlines() if each.endswith("s_b") and "-->" in each)
    assert line == '    s_a -->|"&quot;&lt;b&gt;&quot; == &quot;x&quot;"| s_b'


def test_every_path_is_walked_from_the_first_step_to_an_ending_and_every_way_is_on_one(catalog: Catalog) -> None:
    for flow in catalog.flows.values():
        seen: set[tuple[str, str]] = set()
        for path in paths(flow):
            walked = [*(step for step, _ in path.steps), path.last]
            assert flow.first == walked[0]
            for (step, way), then in zip(path.steps, walked[1:], strict=True):
                assert ways(flow.steps[step])[way] == then
            assert path.back == (path.last in walked[:-1])
            assert path.back or isinstance(flow.steps[path.last], End | Handoff)
            seen.update(path.steps)
        assert seen == {(step.id, way) for step in flow.steps.values() for way in ways(step)}


def test_a_loop_is_listed_once(tmp_path: File) -> None:
    steps = (
        "a: {ask: x, say: X}\n      b: {confirm: Right?, yes: c, no: d}\n      c: {end: done}\n"
        "      d: {offer: What?, options: [{value: p, label: P, then: a}, {value: q, label: Q, then: c}]}"
    )
    visit = f"flows:\n  visit:\n    title: V\n    steps:\n      {steps}\n"
    flow = load(shop.write(tmp_path, {**shop.files(), "flows/visit.yaml": visit})).flows["visit"]
    assert [(path.steps[1:], path.last, path.ending) for path in paths(flow)] == [
        ((("b", "yes"),), "c", "ends as done"),
        ((("b", "no"), ("d", "q")), "c", "ends as done"),
        ((("b", "no"), ("d", "p")), "a", "again"),
    ]
