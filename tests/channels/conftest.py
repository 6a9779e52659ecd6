from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.content import load
from bot.dialog.catalog import Catalog
from tests.channels import slackdesk
from tests.channels.shop import CLAIM, Bot
from tests.content import shop
from tests.wire.slack import SlackServer


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop.write(tmp_path_factory.mktemp("shop"), {**shop.files(), "flows/claim.yaml": CLAIM})


@pytest.fixture(scope="session")
def catalog(shop_folder: Path) -> Catalog:
    return load(shop_folder)


@pytest.fixture
def bot(shop_folder: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> Bot:
    return Bot(shop_folder, catalog, monkeypatch)


@pytest.fixture(scope="session")
def slack_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop with forms and many choices in public."""
    return slackdesk.write(tmp_path_factory.mktemp("slack_shop"))


@pytest.fixture
async def there(slack_shop: Path) -> AsyncIterator[slackdesk.Scene]:
    """People and rooms on Slack; nothing that a correct bot never does has happened at the end."""
    async with SlackServer() as slack:
        yield slackdesk.scene(slack, slack_shop, load(slack_shop))
        assert slack.violations == []
        assert slack.pings == []
        assert slack.unfurls == []
