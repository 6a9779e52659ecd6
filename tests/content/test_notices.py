"""What is wrong with how orders are watched, and with the texts of news, is told with its place and its fix."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.content import load
from bot.desk.notices import Notices
from tests.content import shop

DETAILS = "{% if number %}{{ number }}{% endif %}{{ tracking }}{{ eta }}{{ action_needed }}"
FLOW = """flows:
  follow:
    title: Follow
    private: no
    phrasings: [follow my order]
    steps:
      tell: {watch: number}
      done: {end: watching, say: You will hear.}
"""


def found(tmp_path: Path, text: str, **files: str) -> list[str]:
    """Return what is wrong with this in handoff/notices.yaml, and the shop's texts of news only there."""
    texts = "".join(line for line in shop.texts().splitlines(keepends=True) if not line.startswith("  notice_"))
    contents = {**shop.files(), "handoff/texts.yaml": texts, "handoff/notices.yaml": text, **files}
    return shop.problems(shop.write(tmp_path, contents))


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("notices: {every: often}\n", 1, "often"),
        ("notices:\n  day: 8-20\n", 2, "Write it as 09:00-17:30."),
        ("notices:\n  missing: refunds\n", 1, "there is no flow 'refunds'. Did you mean 'refund'?"),
        (
            "notices:\n  replies: {delayed: [{label: Money, flow: refunds}]}\n",
            1,
            "no flow 'refunds'. Did you mean 'refund'?",
        ),
        ("notices:\n  replies: {delayed: [{label: Money}]}\n", 2, "has to have either 'flow' or 'do: person'."),
        ("notices:\n  evry: 4h\n", 2, "'evry' is not a key here. Did you mean 'every'?"),
        ("texts:\n  notice_shiped: Hello\n", 2, "'notice_shiped' is not a text that we use."),
        ("texts:\n  notice_shipped: It is {{ trackin }}\n", 2, "uses 'trackin', which is never set here."),
        (f'texts:\n  notice_details: "{DETAILS.replace("{{ eta }}", "")}"\n', 2, "'notice_details' leaves out eta"),
        (f"texts:\n  notice_short: {'long ' * 40}{{{{ eta|day }}}}\n", 2, "'notice_short' comes to 2"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, line: int, told: str) -> None:
    (problem,) = found(tmp_path, text)
    assert problem.startswith(f"handoff/notices.yaml:{line}: ")
    assert told in problem


def test_an_order_is_watched_only_by_flows_that_are_private_and_know_its_number(tmp_path: Path) -> None:
    problems = shop.problems(shop.write(tmp_path, {**shop.files(), "flows/follow.yaml": FLOW}))
    assert [each.partition(" Remove")[0] for each in problems if "others read along" in each] == [
        "flows/follow.yaml:7: step 'tell' of 'follow' watches an order where others read along."
    ]
    assert [each.partition(" There are")[0] for each in problems if "never set" in each] == [
        "flows/follow.yaml:7: step 'tell' uses 'number', which is never set in 'follow'."
    ]


def test_the_flow_for_missing_parcels_can_be_started_by_customers(tmp_path: Path) -> None:
    part = "flows:\n  part:\n    title: Part\n    needs: [number]\n    steps:\n      over: {end: over}\n"
    (problem,) = found(tmp_path, "notices: {missing: part}\n", **{"flows/part.yaml": part})
    assert "flow 'part' is a part of other flows only. Name one that customers can start." in problem


def test_what_a_shop_leaves_out_has_its_usual_value(tmp_path: Path) -> None:
    assert Notices() == load(shop.write(tmp_path, shop.files())).notices
    (tmp_path / "handoff/notices.yaml").write_text("notices: {day: 10:00-18:00, every: 2h}\n", encoding="utf-8")
    expected = Notices(every=timedelta(hours=2), day=(time(10), time(18)))
    assert expected == load(tmp_path).notices
