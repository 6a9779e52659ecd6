"""The playground's picture of a flow: where its boxes are, what the page is sent."""

from itertools import combinations
from pathlib import Path

import aiohttp

from bot.channels.web.drawing import drawing
from bot.content import load, shipped_folder
from bot.dialog.catalog import Catalog
from bot.dialog.flow import ways
from tests.channels.test_playground import serving


def test_every_step_is_drawn_once_and_no_two_overlap_and_every_way_is_a_line() -> None:
    for flow in load(shipped_folder()).flows.values():
        made = drawing(flow)
        boxes = made["boxes"]
        assert sorted(box["step"] for box in boxes) == sorted(flow.steps)
        for one, other in combinations(boxes, 2):
            beside = abs(one["x"] - other["x"]) >= one["width"]
            assert beside or abs(one["y"] - other["y"]) >= one["height"], (one, other)
        for box in boxes:
            assert 0 <= box["x"] <= made["width"] - box["width"]
            assert 0 <= box["y"] <= made["height"] - box["height"]
        drawn = {(line["from"], line["way"], line["to"]) for line in made["lines"]}
        assert drawn == {(step.id, way, then) for step in flow.steps.values() for way, then in ways(step).items()}


async def test_the_page_is_sent_a_flow_and_told_of_one_that_is_not_there(
    shop_folder: Path, catalog: Catalog, tmp_path: Path
) -> None:
    async with serving(shop_folder, catalog, tmp_path / "shop.sqlite") as served, aiohttp.ClientSession() as client:
        name = next(iter(catalog.flows))
        async with client.get(f"{served.url}flow/{name}") as answer:
            assert (await answer.json())["title"] == catalog.flows[name].title
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        async with client.get(f"{served.url}flow/nothing") as answer:
            assert (answer.status, await answer.text()) == (404, "there is no such flow any more")
        async with client.get(f"{served.url}flow/{name}", headers={"Origin": "https://evil.example"}) as answer:
            assert answer.status == 403
