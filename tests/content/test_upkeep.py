"""Drafts, and follow-ups that lead nowhere."""

from pathlib import Path

from bot.content import load
from bot.dialog import topics
from bot.dialog.understand import understand
from tests.content import shop


def _shop(folder: Path, **changes: tuple[str, str]) -> Path:
    faqs = shop.FAQS
    for was, now in changes.values():
        assert faqs.count(was) == 1
        faqs = faqs.replace(was, now)
    return shop.write(folder, {**shop.files(), "faqs/shop.yaml": faqs})


PARKING = "    title: Parking\n"


def test_a_draft_is_never_the_answer(tmp_path: Path) -> None:
    catalog = load(_shop(tmp_path, draft=(PARKING, f"{PARKING}    status: draft\n")))
    assert catalog.kept["parking"].visibility == "draft"
    assert understand("where can I park", catalog).id != "parking"
    assert "parking" not in [entry.id for shelf in topics.categories(catalog) for entry in shelf.entries]
    assert "parking" not in [entry.id for entry in topics.search(catalog, "parking")]


def test_a_follow_up_answers_right_after_its_entry_and_not_otherwise(tmp_path: Path) -> None:
    follow = "    follow_ups: {opening_hours: [and on Sundays]}\n"
    catalog = load(_shop(tmp_path, follow=(PARKING, PARKING + follow)))
    assert understand("And on Sundays?", catalog, last="parking").id == "opening_hours"
    assert understand("and on sunday", catalog, last="parking").id == "opening_hours"
    assert understand("And on Sundays?", catalog).decision != "answer"
    assert understand("And on Sundays?", catalog, last="parking", rejected=["opening_hours"]).decision != "answer"


def test_a_follow_up_that_leads_nowhere_is_told_with_its_line(tmp_path: Path) -> None:
    follow = "    follow_ups: {opening_hour: [and on Sundays]}\n"
    (problem,) = shop.problems(_shop(tmp_path, follow=(PARKING, PARKING + follow)))
    assert problem.startswith("faqs/shop.yaml:7: 'parking' is followed up by 'opening_hour', which is not there.")
    assert "opening_hours" in problem


def test_customers_are_not_led_to_what_is_for_staff(tmp_path: Path) -> None:
    follow = "    follow_ups: {opening_hours: [and on Sundays]}\n"
    hours = "    title: Opening hours\n"
    staff = _shop(tmp_path, follow=(PARKING, PARKING + follow), staff=(hours, f"{hours}    visibility: staff\n"))
    (problem,) = shop.problems(staff)
    assert problem.startswith("faqs/shop.yaml:8: 'parking' is followed up by 'opening_hours', which customers")
