from pathlib import Path

import pytest

from bot.content import load
from bot.dialog.catalog import Catalog
from tests.channels.shop import CLAIM, Bot
from tests.content import shop


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop.write(tmp_path_factory.mktemp("shop"), {**shop.files(), "flows/claim.yaml": CLAIM})


@pytest.fixture(scope="session")
def catalog(shop_folder: Path) -> Catalog:
    return load(shop_folder)


@pytest.fixture
def bot(shop_folder: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> Bot:
    return Bot(shop_folder, catalog, monkeypatch)
