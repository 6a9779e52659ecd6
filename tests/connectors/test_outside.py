"""Order systems by HTTP: what their answers mean, what is tried again, and that money moves once, whatever breaks."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import convert

from bot.actions import Order, Receipt
from bot.connectors.breaker import CircuitBreaker
from bot.connectors.checked import Checked
from bot.connectors.ledger import Ledger
from bot.connectors.mapping import SHIPPED, load
from bot.connectors.outside import OrderSystem, OutsideOrders
from bot.errors import ContentError, Doubtful, OutsideError, Unsupported
from bot.ports import CallResult
from bot.secrets import Secret
from tests.connectors.servers import PlainShop, ShopifyShop, served

HERE = Path(__file__).parent
LONDON = "Europe/London"
Opened = Callable[..., Awaitable[OutsideOrders]]


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Opened]:
    """Open a connector to a shop of servers.py; a second one has the same ledger, as after a restart."""
    async with AsyncExitStack() as stack:
        urls: dict[int, str] = {}

        async def open_(shop: PlainShop | ShopifyShop, *, patience: float = 3.0, text: str = "") -> OutsideOrders:
            if id(shop) not in urls:
                urls[id(shop)] = await stack.enter_async_context(served(shop.application()))
            path = HERE / "plainshop.yaml" if isinstance(shop, PlainShop) else SHIPPED / "shopify.yaml"
            if text:
                path = tmp_path / "mapping.yaml"
                path.write_text(text, encoding="utf-8")
            file, expressions = load(path, LONDON)
            token = Secret("sesame-open-42")
            system = OrderSystem(file=file, expressions=expressions, url=urls[id(shop)], token=token)
            orders = OutsideOrders(system, Ledger(str(tmp_path / "calls.sqlite")), patience=patience)
            stack.push_async_callback(orders.close)
            return orders

        yield open_


async def find(orders: OutsideOrders, number: str = "12345") -> CallResult:
    return await Checked(orders).call("find_order", {"number": number}, "k0")


async def refund(orders: OutsideOrders, item: Any = "kettle", *, key: str = "k1", reason: str = "broken") -> CallResult:
    return await Checked(orders).call("request_refund", {"number": "12345", "item": item, "reason": reason}, key)


# --- what answers mean ------------------------------------------------------------------------------------------------


async def test_an_answer_is_understood_as_the_mapping_says(opened: Opened) -> None:
    order = convert((await find(await opened(PlainShop()), "#12345")).value, Order)

    assert ("12345", "shipped", Decimal("52.95")) == (order.number, order.status, order.total)
    assert order.ordered_on == date(2027, 2, 22)
    assert ("kettle", Decimal("49.00")) == (order.items[0].code, order.items[0].price)


async def test_an_order_that_is_not_there_is_not_found(opened: Opened) -> None:
    assert CallResult(result="not_found") == await find(await opened(PlainShop()), "99999")


async def test_what_a_customer_types_stays_in_its_place(opened: Opened) -> None:
    shop = PlainShop()
    assert CallResult(result="not_found") == await find(await opened(shop), "1/../refunds?key=a#b")

    assert shop.seen == [("find", "/orders/1%2F..%2Frefunds%3Fkey=a%23b")]


async def test_the_token_is_sent_and_told_nobody(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    shop = PlainShop()
    shop.faults.queued = {"find": ["401"], "refund": ["after drop"], "look": ["html", "html"]}
    orders = await opened(shop, patience=1.0)
    with caplog.at_level(logging.DEBUG), pytest.raises(OutsideError) as raised:
        await find(orders)
    await refund(orders)

    assert shop.headers[0]["Authorization"] == "Bearer sesame-open-42"
    assert "sesame" not in f"{raised.value} {caplog.text}"
    assert "is the token right?" in str(raised.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "ON_THE_MOON"}, "table 'states' has no 'ON_THE_MOON'"),
        ({"no": "54321"}, "another order"),
        ({"pence": -1}, "impossible amount"),
        ({"pence": "a lot"}, "an amount is of type str"),
        ({"lines": [{"sku": "kettle"}]}, "Expected|missing|amount"),
        ({"placed": "yesterday"}, "isoformat"),
        ({"mail": None}, "email"),
    ],
)
async def test_an_order_that_makes_no_sense_is_not_believed(opened: Opened, change: dict[str, Any], said: str) -> None:
    shop = PlainShop()
    shop.order |= change

    with pytest.raises(Exception, match=said):
        await find(await opened(shop))


# --- looking is tried again -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["429", "500", "503", "html", "truncated", "drop", "slow", "huge"])
async def test_looking_is_tried_again(opened: Opened, fault: str) -> None:
    shop = PlainShop()
    shop.faults.queued = {"find": [fault]}

    assert (await find(await opened(shop))).result == "found"
    assert len(shop.seen) == 2


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("500", "answered with 500"),
        ("html", "answered with text/html that is no JSON"),
        ("truncated", "answered with application/json that is no JSON"),
        ("drop", "the connection broke: ServerDisconnectedError"),
        ("slow", "no answer within 0.4 s"),
        ("huge", "more than 1000000 bytes"),
        ("302", "which leads elsewhere"),
        ("429", "asks for fewer requests"),
    ],
)
async def test_what_stays_broken_fails_with_a_word_for_why(opened: Opened, fault: str, said: str) -> None:
    shop = PlainShop()
    shop.faults.queued = {"find": [fault] * 9}

    with pytest.raises(OutsideError, match=said):
        await find(await opened(shop))


async def test_a_call_ends_in_time_however_long_a_system_wants_to_be_left_alone(opened: Opened) -> None:
    shop = PlainShop()
    shop.faults.queued = {"find": ["slow"] * 9}
    began = asyncio.get_running_loop().time()

    with pytest.raises(OutsideError):
        await find(await opened(shop, patience=0.6))
    assert asyncio.get_running_loop().time() - began < 1.0


async def test_a_system_that_keeps_failing_is_left_alone_and_then_tried_once(opened: Opened) -> None:
    shop = PlainShop()
    shop.faults.queued = {"find": ["500"] * 9}
    orders = await opened(shop)
    for _ in range(3):
        with pytest.raises(OutsideError, match="answered with 500"):
            await find(orders)
    asked = len(shop.seen)

    with pytest.raises(OutsideError, match="left alone after 3 failures in a row"):
        await find(orders)
    assert (len(shop.seen), orders.trouble) == (asked, "answered with 500")

    await asyncio.sleep(1.05)
    assert (await find(orders)).result == "found"
    assert orders.trouble == ""


def test_only_one_call_tries_whether_a_system_is_back() -> None:
    now = 0.0
    breaker = CircuitBreaker(2, 10.0, lambda: now)

    def state() -> str:
        return breaker.state

    for _ in range(2):
        breaker.enter()
        breaker.leave(failed=True)
    assert state() == "open"

    now = 10.0
    breaker.enter()
    with pytest.raises(OutsideError):
        breaker.enter()
    breaker.leave(failed=True)
    assert state() == "open"

    now = 20.0
    breaker.enter()
    breaker.abandon()
    breaker.enter()
    breaker.leave(failed=False)
    assert state() == "closed"


async def test_an_answer_that_refuses_is_no_failure(opened: Opened) -> None:
    orders = await opened(PlainShop())
    for _ in range(9):
        await find(orders, "99999")

    assert orders.breaker.state == "closed"


# --- money moves once -------------------------------------------------------------------------------------------------


async def test_a_refund_is_asked_for_with_its_key(opened: Opened) -> None:
    shop = PlainShop()
    answer = await refund(await opened(shop))

    assert Receipt(reference="R1", amount=Decimal("49.00")) == convert(answer.value, Receipt)
    assert shop.headers[-1]["Idempotency-Key"] == shop.refunds[0]["key"]


async def test_a_refusal_has_its_word(opened: Opened) -> None:
    assert CallResult(result="refused", value="no such line") == await refund(await opened(PlainShop()), "lamp")


async def test_the_same_call_again_is_answered_from_memory(opened: Opened) -> None:
    shop = PlainShop()
    first = await refund(await opened(shop))

    assert first == await refund(await opened(shop))
    assert [name for name, _ in shop.seen] == ["refund"]


@pytest.mark.parametrize("fault", ["drop", "slow", "500", "html", "truncated", "huge"])
@pytest.mark.parametrize("knows_keys", [True, False])
async def test_a_lost_answer_is_looked_up_and_not_repeated(opened: Opened, fault: str, knows_keys: bool) -> None:
    shop = PlainShop(knows_keys=knows_keys)
    shop.faults.queued = {"refund": [f"after {fault}"]}

    assert (await refund(await opened(shop))).result == "accepted"
    assert [name for name, _ in shop.seen] == ["refund", "look"]
    assert len(shop.refunds) == 1


async def test_what_was_lost_on_its_way_there_is_asked_for_again_with_the_same_key(opened: Opened) -> None:
    shop = PlainShop()
    shop.faults.queued = {"refund": ["drop"]}

    assert (await refund(await opened(shop))).result == "accepted"
    assert [name for name, _ in shop.seen] == ["refund", "look", "refund"]
    assert len(shop.refunds) == 1


@pytest.mark.parametrize("fault", ["429", "503"])
async def test_what_was_not_taken_is_asked_for_again(opened: Opened, fault: str) -> None:
    shop = PlainShop()
    shop.faults.queued = {"refund": [fault]}

    assert (await refund(await opened(shop))).result == "accepted"
    assert [name for name, _ in shop.seen] == ["refund", "refund"]


CAREFUL = (HERE / "plainshop.yaml").read_text(encoding="utf-8").replace("    recognises_repeats: true\n", "")


async def test_a_system_that_would_not_recognise_it_is_not_asked_again(opened: Opened) -> None:
    shop = PlainShop(knows_keys=False)
    shop.faults.queued = {"refund": ["drop"]}

    with pytest.raises(Doubtful, match="request_refund was asked for and cannot be found"):
        await refund(await opened(shop, text=CAREFUL))
    assert [name for name, _ in shop.seen] == ["refund", "look"]


async def test_what_cannot_be_looked_up_is_in_doubt_until_it_can_and_nobody_asks_meanwhile(opened: Opened) -> None:
    shop = PlainShop(knows_keys=False)
    shop.faults.queued = {"refund": ["after drop"], "look": ["500"] * 9}
    orders = await opened(shop, patience=1.0)
    with pytest.raises(Doubtful, match="nobody knows whether request_refund was done"):
        await refund(orders)
    with pytest.raises(Doubtful, match="nobody knows whether an earlier request_refund was done"):
        await refund(orders, key="k2")
    assert await orders.unclear() == 1
    shop.faults.queued.clear()

    again = await refund(await opened(shop), key="k3")

    assert Receipt(reference="R1", amount=Decimal("49.00")) == convert(again.value, Receipt)
    assert len(shop.refunds) == 1
    assert [name for name, _ in shop.seen].count("refund") == 1


async def test_what_was_asked_before_a_crash_is_looked_up_after_it(opened: Opened) -> None:
    shop = PlainShop(knows_keys=False)
    shop.faults.queued = {"refund": ["after slow"]}
    doing = asyncio.create_task(refund(await opened(shop)))
    while not shop.refunds:  # noqa: ASYNC110 (the server knows nothing of us)
        await asyncio.sleep(0.01)
    doing.cancel()
    await asyncio.wait([doing])

    assert (await refund(await opened(shop))).result == "accepted"
    assert len(shop.refunds) == 1


async def test_a_confirmation_that_makes_no_sense_is_looked_up(opened: Opened) -> None:
    text = (HERE / "plainshop.yaml").read_text(encoding="utf-8")
    text = text.replace("amount: answer.pence|minor}", "amount: answer.nothing.at.all|minor}")

    assert (await refund(await opened(PlainShop(), text=text))).value["amount"] == "49.00"


async def test_refunds_of_one_order_go_one_by_one(opened: Opened) -> None:
    shop = PlainShop(knows_keys=False)
    shop.faults.queued = {"refund": ["after drop"]}
    orders = await opened(shop)
    answers = await asyncio.gather(refund(orders, key="k1"), refund(orders, key="k1"))

    assert answers[0] == answers[1]
    assert len(shop.refunds) == 1


async def test_an_action_that_the_mapping_lacks_is_none_that_it_supports(opened: Opened) -> None:
    with pytest.raises(Unsupported, match="the mapping has no action 'find_invoice'"):
        await (await opened(PlainShop())).call("find_invoice", {"number": "12345"}, "k1")


# --- files that are wrong ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("retries: 2", "retries: many", "retries is 'many'; expected a valid integer"),
        ("timeout: 0.4s", "timeout: soon", "timeout is 'soon'; expected"),
        ("retries: 2", "retires: 2", "'retires' is not a key here"),
        ("GET /orders/{{ number }}", "FETCH /orders", "expected a method and a path such as GET /orders/{{ number }}"),
        ("then: not_found", "then: unfound", "is 'unfound'; expected one of failed, found, lost, not_found"),
        ("find_order:", "find_ordre:", "there is no action 'find_ordre'. Expected one of find_order"),
        ("status == 404", "status ==", "which cannot be read"),
        ("Bearer {{ token }}", "Bearer abc123", "headers.Authorization holds a secret"),
        ("    lookup:", "    lookup_:", "'actions.request_refund.lookup_' is not a key here"),
        ('"GET /refunds?key={{ key }}"', '"POST /refunds"', "the lookup of request_refund changes something"),
        ("POST /orders/{{ number }}/refunds", "GET /orders", "needs exactly one request that changes something"),
        ("{else: not_done}", "{else: perhaps}", "is 'perhaps'; expected one of done, not_done, unknown"),
        ("{if: status == 200, then: found}", "{if: status == 200}", "expected {if: …, then: …} or {else: …}"),
    ],
)
def test_a_mapping_that_is_wrong_is_told_by_line_key_and_expectation(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    text = (HERE / "plainshop.yaml").read_text(encoding="utf-8")
    assert right in text
    file = tmp_path / "orders.yaml"
    file.write_text(text.replace(right, wrong), encoding="utf-8")

    with pytest.raises(ContentError) as raised:
        load(file, LONDON)
    assert said in str(raised.value)
    assert f"{file}:" in str(raised.value)
    assert "abc123" not in str(raised.value)


def test_money_without_a_lookup_is_refused(tmp_path: Path) -> None:
    text = (HERE / "plainshop.yaml").read_text(encoding="utf-8").partition("    lookup:")[0]
    file = tmp_path / "orders.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ContentError, match="request_refund moves money and has no 'lookup'"):
        load(file, LONDON)


# --- Shopify ----------------------------------------------------------------------------------------------------------


async def test_shopifys_order_is_understood(opened: Opened) -> None:
    shop = ShopifyShop()
    order = convert((await find(await opened(shop))).value, Order)

    assert order == convert(
        {
            "number": "12345",
            "status": "delivered",
            "email": "robin.hale@example.com",
            "ordered_on": "2027-02-22",
            "items": [
                {"code": "11", "name": "Blue kettle", "quantity": 1, "price": "49.00"},
                {"code": "12", "name": "Mug - Sage", "quantity": 3, "price": "12.50"},
            ],
            "total": "90.45",
            "currency": "EUR",
            "carrier": "Greenlane",
            "tracking": "GL1",
            "shipped_on": "2027-02-23",
            "delivered_on": "2027-02-25",
            "address": "4 Harbour Row, Whitby",
        },
        Order,
    )
    assert shop.tokens == ["sesame-open-42"]


async def test_shopifys_search_finds_more_than_was_meant_and_only_the_order_is_taken(opened: Opened) -> None:
    assert CallResult(result="not_found") == await find(await opened(ShopifyShop()), "99999")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"cancelledAt": "2027-03-01T00:00:00Z"}, "cancelled"),
        ({"displayFinancialStatus": "REFUNDED"}, "refunded"),
        ({"displayFulfillmentStatus": "UNFULFILLED", "fulfillments": []}, "placed"),
        ({"displayFulfillmentStatus": "IN_PROGRESS", "fulfillments": []}, "packed"),
        ({"displayFulfillmentStatus": "RESTOCKED"}, "returned"),
        ({"fulfillments": [{"displayStatus": "OUT_FOR_DELIVERY", "createdAt": "2027-03-01"}]}, "out_for_delivery"),
        ({"fulfillments": [{"displayStatus": "SOMETHING_NEW", "createdAt": "2027-03-01"}]}, "shipped"),
    ],
)
async def test_shopifys_words_for_where_an_order_is(opened: Opened, change: dict[str, Any], status: str) -> None:
    shop = ShopifyShop()
    shop.order |= change

    assert (await find(await opened(shop))).value["status"] == status


async def test_a_refund_at_shopify_goes_back_the_way_it_was_paid(opened: Opened) -> None:
    shop = ShopifyShop()
    answer = await refund(await opened(shop), [{"code": "12", "quantity": 2}])
    (_, sent) = shop.asked[-1]

    assert (answer.value["reference"], answer.value["amount"]) == ("1", "25.00")
    assert sent["input"]["note"] == f"Frontdesk {sent['key']}"
    assert sent["input"]["refundLineItems"] == [
        {"lineItemId": "gid://shopify/LineItem/12", "quantity": 2, "restockType": "NO_RESTOCK"}
    ]
    assert sent["input"]["transactions"] == [
        {
            "orderId": "gid://shopify/Order/900",
            "kind": "REFUND",
            "gateway": "shopify_payments",
            "parentId": "gid://shopify/OrderTransaction/7",
            "amount": "25.00",
        }
    ]
    assert sent["input"]["currency"] == "EUR"


@pytest.mark.parametrize(("reason", "amount"), [("broken", "90.45"), ("changed_my_mind", "86.50")])
async def test_all_of_an_order_comes_back_with_its_postage_if_it_was_our_fault(
    opened: Opened, reason: str, amount: str
) -> None:
    assert (await refund(await opened(ShopifyShop()), "all", reason=reason)).value["amount"] == amount


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ("99", "unknown_item"),
        ([{"code": "12", "quantity": 4}], "wrong_quantity"),
        ([{"code": "12", "quantity": 0}], "wrong_quantity"),
        ([{"code": "12", "quantity": -1}], "wrong_quantity"),
    ],
)
async def test_shopify_is_not_asked_for_what_was_not_bought(opened: Opened, item: Any, why: str) -> None:
    shop = ShopifyShop()

    assert CallResult(result="refused", value=why) == await refund(await opened(shop), item)
    assert "Refund" not in [name for name, _ in shop.asked]


async def test_what_was_refunded_is_not_refunded_again(opened: Opened) -> None:
    shop = ShopifyShop()
    orders = await opened(shop)
    await refund(orders, "all")

    assert CallResult(result="refused", value="already_refunded") == await refund(orders, "all", key="k2")
    assert len(shop.refunds) == 1


@pytest.mark.parametrize("fault", ["throttled", "429", "500", "html", "truncated", "drop", "internal"])
async def test_looking_at_shopify_is_tried_again(opened: Opened, fault: str) -> None:
    shop = ShopifyShop()
    shop.faults.queued = {"Order": [fault]}

    assert (await find(await opened(shop))).result == "found"


@pytest.mark.parametrize("fault", ["drop", "500", "html", "truncated"])
async def test_a_refund_at_shopify_whose_answer_was_lost_is_looked_up(opened: Opened, fault: str) -> None:
    shop = ShopifyShop()
    shop.faults.queued = {"Refund": [f"after {fault}"]}

    assert (await refund(await opened(shop), "11")).value["amount"] == "49.00"
    assert [name for name, _ in shop.asked] == ["Refundable", "Suggested", "Refund", "Refunds"]
    assert len(shop.refunds) == 1


@pytest.mark.parametrize("fault", ["throttled", "429", "drop", "internal"])
async def test_a_refund_that_shopify_did_not_make_is_asked_for_again_with_its_key(opened: Opened, fault: str) -> None:
    shop = ShopifyShop()
    shop.faults.queued = {"Refund": [fault]}

    assert (await refund(await opened(shop, patience=5.0), "11")).result == "accepted"
    assert len(shop.refunds) == 1
    assert len({sent["key"] for name, sent in shop.asked if name == "Refund"}) == 1


async def test_what_shopify_complains_of_is_a_refusal(opened: Opened) -> None:
    shop = ShopifyShop()
    shop.complaint = "Refund amount exceeds what can be refunded"
    answer = await refund(await opened(shop), "11")

    assert CallResult(result="refused", value=shop.complaint) == answer


async def test_an_order_is_cancelled_at_shopify_once(opened: Opened) -> None:
    shop = ShopifyShop()
    shop.order |= {"displayFulfillmentStatus": "UNFULFILLED", "fulfillments": []}
    shop.faults.queued = {"Cancel": ["after drop"]}
    orders = await opened(shop)
    args = {"number": "12345", "reason": "changed_my_mind"}

    assert (await orders.call("cancel_order", args, "k1")).result == "accepted"
    assert CallResult(result="refused", value="cancelled") == await orders.call("cancel_order", args, "k2")
    assert [name for name, _ in shop.asked].count("Cancel") == 1


async def test_what_has_left_is_not_cancelled_at_shopify(opened: Opened) -> None:
    args = {"number": "12345", "reason": "changed_my_mind"}
    answer = await (await opened(ShopifyShop())).call("cancel_order", args, "k1")

    assert CallResult(result="refused", value="already_shipped") == answer
