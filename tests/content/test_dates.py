"""Dates in faqs/: of files, of entries, wrong ones, and those that are over."""

from datetime import date
from pathlib import Path

import pytest

from bot.content import load
from bot.content.dates import over
from tests.content import shop

PARKING = "    title: Parking\n"


def _write(folder: Path, top: str = "", entry: str = "") -> Path:
    faqs = top + shop.FAQS.replace(PARKING, PARKING + entry)
    return shop.write(folder, {**shop.files(), "faqs/shop.yaml": faqs})


def test_an_entrys_own_date_counts_instead_of_its_files(tmp_path: Path) -> None:
    catalog = load(_write(tmp_path, "from: 2026-11-01\nuntil: 2026-11-30\n", "    until: 2026-12-05\n"))
    dates = {entry.id: (entry.begins, entry.ends) for entry in catalog.dated}
    november = (date(2026, 11, 1), date(2026, 11, 30))
    late = (date(2026, 11, 1), date(2026, 12, 5))
    assert dates == {"opening_hours": november, "parking": late, "hello": november}


@pytest.mark.parametrize(
    ("top", "entry", "line"),
    [
        ("", "    from: 2026-12-02\n    until: 2026-12-01\n", 7),
        ("from: 2026-12-02\n", "    until: 2026-12-01\n", 8),
    ],
)
def test_an_end_before_the_beginning_is_told_with_its_line(tmp_path: Path, top: str, entry: str, line: int) -> None:
    (problem,) = shop.problems(_write(tmp_path, top, entry))
    assert problem.startswith(f"faqs/shop.yaml:{line}: 'parking' counts until 2026-12-01, which is before 2026-12-02")


@pytest.mark.parametrize("value", ["soon", "2026-02-30", "[2026-12-01]"])
def test_what_is_no_day_is_told_with_its_line(tmp_path: Path, value: str) -> None:
    (problem,) = shop.problems(_write(tmp_path, entry=f"    until: {value}\n"))
    assert problem.startswith("faqs/shop.yaml:9: ")
    assert "until" in problem


def test_what_is_over_is_remarked_on_by_file_from_the_day_after(tmp_path: Path) -> None:
    catalog = load(_write(tmp_path, "until: 2026-11-30\n", "    until: 2026-12-05\n"))
    assert over(catalog, date(2026, 11, 30)) == []
    (remark,) = map(str, over(catalog, date(2026, 12, 1)))
    assert remark.startswith("faqs/shop.yaml:3: 'opening_hours', 'hello': over since the end of 2026-11-30")
    assert len(over(catalog, date(2026, 12, 6))) == 2
