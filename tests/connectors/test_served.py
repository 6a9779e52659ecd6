"""A real order system behind a bot that serves: what its operator and its staff are told."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import app
from bot.channels.server import Health
from bot.cli import checkup
from bot.config import Settings
from bot.connectors.mapping import load as load_mapping
from bot.connectors.outside import OrderSystem, OutsideOrders
from bot.content import load
from bot.dialog.effects import TellStaff
from bot.dialog.events import MessageReceived
from bot.errors import ConfigError, ContentError
from bot.ports import Outgoing
from bot.secrets import Secret
from bot.tokens import Tokens
from tests.connectors.servers import PlainShop, served
from tests.runtime.fakes import FakeChannel

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
LONDON = "Europe/London"
TOKEN = Secret("sesame-open-42")


@pytest.fixture
def shop() -> PlainShop:
    return PlainShop()


@pytest.fixture
async def url(shop: PlainShop) -> AsyncIterator[str]:
    async with served(shop.application()) as address:
        yield address


def of(system: str, url: str = "https://shop.example") -> Settings:
    return Settings.model_validate({"orders": {"system": system, "url": url}})


@pytest.mark.parametrize(
    ("settings", "token", "said"),
    [
        (of("shopify", ""), TOKEN, "orders.url is ''; expected the order system's address"),
        (
            of("shopify"),
            None,
            "The order system's token is missing. Put it in the environment as FRONTDESK_ORDERS_TOKEN",
        ),
        (of("nowhere.yaml"), TOKEN, "orders.system is 'nowhere.yaml'; expected demo, shopify or a mapping file"),
    ],
)
def test_what_is_missing_is_told_by_key_and_expectation(settings: Settings, token: Secret | None, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        app.order_system(settings, token, LONDON)


def test_a_mapping_that_is_wrong_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "orders.yaml").write_text("actions: {find_order: {}}\n", encoding="utf-8")

    with pytest.raises(ContentError, match=r"orders\.yaml:1: actions\.find_order\.requests is missing"):
        app.order_system(of(str(tmp_path / "orders.yaml")), TOKEN, LONDON)


def test_without_a_setting_the_demos_orders_are_served() -> None:
    assert app.order_system(Settings(), None, LONDON) is None


def test_the_mapping_in_the_docs_is_one(tmp_path: Path) -> None:
    page = (ROOT / "docs/connectors.md").read_text(encoding="utf-8")
    (example,) = (each for each in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "tables:" in each)
    (tmp_path / "orders.yaml").write_text(example, encoding="utf-8")

    assert set(load_mapping(tmp_path / "orders.yaml", LONDON)[0].actions) == {"find_order", "request_refund"}


# --- doctor -----------------------------------------------------------------------------------------------------------


async def looked_at(url: str, tmp_path: Path) -> list[tuple[bool, str]]:
    settings = of(str(HERE / "plainshop.yaml"), url)
    found = await checkup.orders(settings, Tokens(orders=(TOKEN,)), load(ROOT), str(tmp_path / "desk.db"))
    return [(each.ok, each.what) for each in found]


async def test_doctor_says_that_orders_answer_and_what_flows_will_miss(url: str, tmp_path: Path) -> None:
    found = await looked_at(url, tmp_path)

    assert (True, "request_return is not in the mapping: flows take their branch 'failed' there") in found
    assert (True, f"orders at {url}: answer") in found


async def test_doctor_says_why_orders_do_not_answer(shop: PlainShop, url: str, tmp_path: Path) -> None:
    shop.faults.queued = {"find": ["401"]}

    assert (False, f"orders at {url}: answered with 401: is the token right?") in await looked_at(url, tmp_path)


# --- a bot that serves ------------------------------------------------------------------------------------------------


def system(url: str, text: str, tmp_path: Path) -> OrderSystem:
    (tmp_path / "orders.yaml").write_text(text, encoding="utf-8")
    file, expressions = load_mapping(tmp_path / "orders.yaml", LONDON)
    return OrderSystem(file=file, expressions=expressions, url=url, token=TOKEN)


class StaffRoom(FakeChannel):
    """Remembers what staff were told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    async def deliver(self, outgoing: Outgoing) -> str:
        if isinstance(outgoing.effect, TellStaff):
            self.told.append(outgoing.effect.text)
        return await super().deliver(outgoing)


async def test_a_refund_that_nobody_knows_of_is_told_to_staff_once_and_in_readyz(
    shop: PlainShop, url: str, tmp_path: Path
) -> None:
    shop.order |= {"state": "DONE"}
    text = (HERE / "plainshop.yaml").read_text(encoding="utf-8").replace("    recognises_repeats: true\n", "")
    shop.faults.queued = {"refund": ["drop"]}
    room = StaffRoom()
    async with app.open_shop(
        folder=ROOT,
        channels={"web": room, "staff": room},
        order_system=system(url, text, tmp_path),
        call_timeout="3s",
    ) as bot:
        for number, words in enumerate(("I want a refund", "12345", "it arrived broken", "money back", "yes")):
            now = bot.clock.now()
            event = MessageReceived(
                key=f"m{number}", customer="web:ana", at=now, place="web:ana", name="Ana", text=words
            )
            await bot.accept(event)
            await bot.idle()
        assert isinstance(bot.orders, OutsideOrders)
        bot.orders.breaker.leave(failed=True)
        bot.orders.breaker.leave(failed=True)
        ready = await Health(bot, {}).ready(None)  # type: ignore[arg-type]

    (alert,) = [line for line in room.told if "Check by hand" in line]
    assert r"(request\_refund was asked for and cannot be found)" in alert
    assert [name for name, _ in shop.seen].count("refund") == 1
    assert ready.status == 200
    assert "in trouble: " in (ready.text or "")
