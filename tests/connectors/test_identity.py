"""Whose order is it? What is compared, and that nothing tells an unknown order from somebody else's."""

import asyncio
from typing import Any

import pytest

from bot.connectors.identity import Identity
from bot.ports import CallResult


class Orders:
    """Knows one order, and what was asked of it."""

    def __init__(self, email: str = "Jo.Fenn@example.com") -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.broken = ""
        self._order = {"number": "67890", "email": email, "account": "discord:5"}

    async def call(self, action: str, args: dict[str, Any], key: str) -> CallResult:
        self.asked.append((action, args))
        if action == self.broken:
            raise ConnectionError
        if action == "send_code":
            return CallResult(result="sent")
        return (
            CallResult(result="found", value=self._order)
            if args["number"] == "67890"
            else CallResult(result="not_found")
        )


async def ask(orders: Orders, action: str, **args: Any) -> CallResult:
    return await Identity(orders, pace=0.05).call(action, args, "k1")


@pytest.mark.parametrize(
    ("number", "email", "result"),
    [
        ("67890", "jo.fenn@example.com", "same"),
        ("67890", " JO.FENN@EXAMPLE.COM ", "same"),
        ("67890", "jo@example.com", "other"),
        ("67890", "", "other"),
        ("99999", "jo.fenn@example.com", "other"),
        ("99999", "", "other"),
    ],
)
async def test_an_address_is_compared_and_nothing_else_comes_back(number: str, email: str, result: str) -> None:
    orders = Orders()

    assert CallResult(result=result) == await ask(orders, "check_email", number=number, email=email)
    assert orders.asked == [("find_order", {"number": number})]


async def test_an_order_without_an_address_is_nobodys() -> None:
    assert CallResult(result="other") == await ask(Orders(email=""), "check_email", number="67890", email="")


@pytest.mark.parametrize(
    ("number", "accounts", "result"),
    [
        ("67890", ["slack:T1/U1", "discord:5"], "same"),
        ("67890", ["discord:6"], "other"),
        ("99999", ["discord:5"], "other"),
    ],
)
async def test_an_account_is_compared(number: str, accounts: list[str], result: str) -> None:
    assert CallResult(result=result) == await ask(Orders(), "check_account", number=number, accounts=accounts)


async def test_a_code_goes_to_the_orders_address() -> None:
    orders = Orders()
    answer = await ask(orders, "send_code", number="67890", code="BCDF2345")

    assert CallResult(result="sent", value={"shown": ""}) == answer
    sent = {"number": "67890", "code": "BCDF2345", "email": "Jo.Fenn@example.com"}
    assert orders.asked[-1] == ("send_code", sent)


@pytest.mark.parametrize(("number", "broken"), [("67890", ""), ("99999", ""), ("67890", "send_code")])
async def test_a_code_that_is_not_sent_takes_as_long_and_reads_alike(number: str, broken: str) -> None:
    orders = Orders()
    orders.broken = broken
    began = asyncio.get_running_loop().time()

    assert CallResult(result="sent", value={"shown": ""}) == await ask(orders, "send_code", number=number, code="X")
    assert asyncio.get_running_loop().time() - began >= 0.05


async def test_the_demo_shows_the_code_and_sends_nothing() -> None:
    orders = Orders()
    answer = await Identity(orders, shown=True).call("send_code", {"number": "67890", "code": "X"}, "k1")

    assert CallResult(result="sent", value={"shown": "X"}) == answer
    assert [action for action, _ in orders.asked] == ["find_order"]
