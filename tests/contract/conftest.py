import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import load, shipped_folder
from bot.dialog.catalog import Catalog
from tests.contract.discord import Discord
from tests.contract.sides import Side
from tests.contract.slack import Slack

# Flows that ask for what is hard to show.
HARD = """\
flows:
  many:
    title: Choose among many
    phrasings: [let me choose among many]
    steps:
      which: {ask: which, type: choice, say: Which one?, options: [MANY]}
      done: {end: chosen, say: "You chose {{ which }}."}
  wordy:
    title: Choose among wordy ones
    phrasings: [let me choose among wordy ones]
    steps:
      which: {ask: which, type: choice, say: Which one?, options_from: "WORDY"}
      done: {end: chosen, say: "You chose {{ which }}."}
  asked:
    title: Fill in something long
    phrasings: [let me fill in something long]
    steps:
      ask: {form: Tell us everything now, say: Please tell us., fields: [FIELDS]}
      sure: {confirm: "Is that right? {{ f0 }} / {{ f4 }}", yes: done, no: done}
      done: {end: told, say: Thank you.}
"""
FIELD_LABELS = [f"{word} please describe in your own words what it was that happened and when"[:75] for word in "ABCDE"]
WORDY = [f"{word} {'is one of those labels that go on for ever ' * 5}"[:200] for word in "PQ"]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped content, with what is hard to show."""
    folder = tmp_path_factory.mktemp("contract")
    for part in ("faqs", "flows", "handoff"):
        shutil.copytree(shipped_folder() / part, folder / part)
    many = ", ".join(f"{{value: v{at}, label: Choice {at}}}" for at in range(25))
    fields = ", ".join(f'{{slot: f{at}, label: "{label}", long: true}}' for at, label in enumerate(FIELD_LABELS))
    wordy = ", ".join(f"{{'value': '{label[0].lower()}', 'label': '{label[:30]}' ~ '{label[30:]}'}}" for label in WORDY)
    flows = HARD.replace("MANY", many).replace("FIELDS", fields).replace("WORDY", f"[{wordy}]")
    (folder / "flows" / "hard.yaml").write_text(flows)
    return folder


@pytest.fixture(scope="session")
def catalog(folder: Path) -> Catalog:
    return load(folder)


@pytest.fixture(params=[Slack, Discord], ids=["slack", "discord"])
def side(request: pytest.FixtureRequest) -> Side:
    make: Callable[[], Side] = request.param
    return make()
