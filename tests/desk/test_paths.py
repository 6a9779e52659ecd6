"""Which escalation path a case is on."""

import pytest

from bot.desk.paths import Escalation, path_of

PATHS = [
    Escalation(id="usual", at_risk=("owner",), missed=("supervisors",)),
    Escalation(id="urgent", at_risk=("owner",), missed=("supervisors",), priority=2),
    Escalation(id="billing", at_risk=("owner",), missed=("supervisors",), queues=("billing", "returns")),
    Escalation(id="urgent_billing", at_risk=("owner",), missed=("supervisors",), queues=("billing",), priority=1),
]


@pytest.mark.parametrize(
    ("queue", "priority", "expected"),
    [
        ("care", 3, "usual"),
        ("care", 2, "urgent"),
        ("care", 1, "urgent"),
        ("billing", 1, "urgent_billing"),
        ("billing", 2, "billing"),
        ("returns", 1, "billing"),
    ],
)
def test_the_path_that_says_most_about_a_case_counts(queue: str, priority: int, expected: str) -> None:
    path = path_of(PATHS, queue, priority)
    assert path is not None
    assert expected == path.id


def test_no_path_serves_a_case_for_which_none_was_made() -> None:
    assert path_of(PATHS[1:], "care", 3) is None
