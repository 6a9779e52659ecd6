"""A case that is opened by asking for a person is filed under what the customer told besides."""

import pytest

from tests.dialog.talk import DM, Talk


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("my lamp arrived broken, talk to a person", "returns"),
        ("I was charged twice, talk to a person", "billing"),
        ("can I talk to a person? my parcel never came", "delivery"),
        ("my lamp is broken, talk to a person", "returns"),
        ("I can't log in, talk to a person", "account"),
        ("your app crashes, talk to a person", "outage"),
        ("there's an outage, talk to a person", "outage"),
        ("talk to a person", "other"),
    ],
)
def test_a_case_has_the_category_of_its_matter(talk: Talk, said: str, category: str) -> None:
    talk.says(said, DM)
    assert talk.dossier.cases[0].category == category
