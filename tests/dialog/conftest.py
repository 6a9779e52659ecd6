import pytest

from bot.content import load, shipped_folder
from bot.dialog.catalog import Catalog
from tests.dialog.talk import Talk


@pytest.fixture(scope="package")
def shipped() -> Catalog:
    return load(shipped_folder())


@pytest.fixture
def talk(shipped: Catalog) -> Talk:
    return Talk(shipped)
