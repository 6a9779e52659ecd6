"""The demo's orders: what they say, which requests they take, and what they say about a file that is wrong."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec import convert
from msgspec.structs import replace

from bot.actions import Bill, Invoice, Order, OrderStatus, Receipt, Slots
from bot.connectors.demo import DemoOrders
from bot.errors import ContentError, StoreError
from bot.ports import CallResult
from bot.runtime.clock import FixedClock

SHOP = Path(__file__).parents[2]
LONDON = "Europe/London"
NOON = datetime(2027, 3, 3, 12, tzinfo=UTC)  # a Wednesday
TODAY = NOON.date()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
async def demo(clock: FixedClock) -> AsyncIterator[DemoOrders]:
    demo = DemoOrders(SHOP, None, clock, LONDON)
    yield demo
    await demo.close()


async def found(demo: DemoOrders, number: str) -> Order:
    answer = await demo.call("find_order", {"number": number}, "k-find")
    assert answer.result == "found"
    return convert(answer.value, Order)


async def ask(
    demo: DemoOrders,
    number: str,
    item: str = "all",
    *,
    action: str = "request_refund",
    reason: str = "changed_my_mind",
    key: str = "k1",
    **more: Any,
) -> CallResult:
    return await demo.call(action, {"number": number, "item": item, "reason": reason, **more}, key)


def receipt(answer: CallResult) -> Receipt:
    assert answer.result == "accepted", answer
    return convert(answer.value, Receipt)


def refused(reason: str) -> CallResult:
    return CallResult(result="refused", value=reason)


def numbers() -> list[str]:
    lines = (SHOP / "flows/orders.csv").read_text(encoding="utf-8").splitlines()[1:]
    return [line.split(",")[0] for line in lines]


# --- finding ----------------------------------------------------------------------------------------------------------


async def test_12345_came_six_days_ago_with_a_blue_kettle_and_tea_towels(demo: DemoOrders) -> None:
    answer = await demo.call("find_order", {"number": "12345"}, "k1")

    assert answer.result == "found"
    assert answer.value == {
        "number": "12345",
        "status": "delivered",
        "email": "robin.hale@example.com",
        "ordered_on": "2027-02-22",
        "items": (
            {
                "code": "kettle_blue",
                "name": "Blue enamel kettle",
                "quantity": 1,
                "price": "49.00",
                "final_sale": False,
                "in_stock": True,
            },
            {
                "code": "tea_towels",
                "name": "Tea towel set",
                "quantity": 1,
                "price": "18.00",
                "final_sale": False,
                "in_stock": True,
            },
        ),
        "total": "67.00",
        "currency": "GBP",
        "carrier": "Greenlane",
        "tracking": "GL123456765",
        "shipped_on": "2027-02-23",
        "eta": "2027-02-25",
        "delivered_on": "2027-02-25",
        "refund": "none",
        "refund_on": None,
        "return_on": None,
        "replaced_on": None,
        "action_needed": "",
        "address": "4 Harbour Row, Whitby YO21 3PU",
        "account": "",
    }


async def test_67890_arrives_today_and_can_be_tracked(demo: DemoOrders) -> None:
    order = await found(demo, "67890")

    assert (order.status, order.eta, order.carrier) == ("out_for_delivery", TODAY, "Greenlane")
    assert order.tracking
    assert order.delivered_on is None


@pytest.mark.parametrize("status", get_args(OrderStatus))
async def test_there_is_an_order_of_each_status(demo: DemoOrders, status: str) -> None:
    assert status in {(await found(demo, number)).status for number in numbers()}


@pytest.mark.parametrize("ago", [3, 12, 29, 30, 31, 41, 90])
async def test_there_is_an_order_for_each_side_of_the_window(demo: DemoOrders, ago: int) -> None:
    order = await found(demo, f"100{ago:02}")

    assert ("delivered", TODAY - timedelta(days=ago)) == (order.status, order.delivered_on)


async def test_every_date_lies_where_the_status_says(demo: DemoOrders) -> None:
    for number in numbers():
        order = await found(demo, number)
        known = [day for day in (order.ordered_on, order.shipped_on, order.delivered_on) if day]
        assert known == sorted(known), number
        assert known[-1] <= TODAY, number
        assert order.refund_on is None or order.ordered_on <= order.refund_on <= TODAY, number
        if order.status in ("shipped", "out_for_delivery", "delayed", "lost"):
            assert order.shipped_on, number
            assert order.tracking, number
        if order.status in ("placed", "packed", "cancelled"):
            assert order.shipped_on is None, number


async def test_there_is_something_for_every_distinction_that_flows_make(demo: DemoOrders) -> None:
    orders = [await found(demo, number) for number in numbers()]
    items = [item for order in orders for item in order.items]

    assert {"none", "requested", "paid"} == {order.refund for order in orders}
    assert "A signature is needed" in {order.action_needed for order in orders}
    assert {True, False} == {item.final_sale for item in items} == {item.in_stock for item in items}
    assert max(len(order.items) for order in orders) == 10
    assert max(item.quantity for item in items) == 6


@pytest.mark.parametrize("number", ["99999", "1", "", "robin.hale@example.com"])
async def test_an_unknown_order_is_not_found(demo: DemoOrders, number: str) -> None:
    assert CallResult(result="not_found") == await demo.call("find_order", {"number": number}, "k1")


async def test_an_order_number_may_have_its_hash(demo: DemoOrders) -> None:
    assert (await found(demo, " #12345 ")).number == "12345"


# --- the demo's first day ---------------------------------------------------------------------------------------------


async def test_dates_stay_put_once_the_demo_has_been_used(demo: DemoOrders, clock: FixedClock) -> None:
    before = await found(demo, "12345")
    await clock.move_to(NOON + timedelta(days=10))

    assert before == await found(demo, "12345")


async def test_a_demo_that_nobody_has_used_yet_begins_on_the_day_of_its_first_call(
    demo: DemoOrders, clock: FixedClock
) -> None:
    await clock.move_to(NOON + timedelta(days=100))

    assert TODAY + timedelta(days=94) == (await found(demo, "12345")).delivered_on


async def test_the_first_day_is_the_day_in_the_shops_zone() -> None:
    late = FixedClock(datetime(2027, 7, 1, 23, 30, tzinfo=UTC))  # half past midnight in London
    demo = DemoOrders(SHOP, None, late, LONDON)

    assert date(2027, 7, 2) == (await found(demo, "67890")).eta
    await demo.close()


async def test_the_first_day_survives_a_restart(tmp_path: Path, clock: FixedClock) -> None:
    demo = DemoOrders(SHOP, tmp_path / "demo.sqlite", clock, LONDON)
    before = await found(demo, "12345")
    await demo.close()
    await clock.move_to(NOON + timedelta(days=3))
    demo = DemoOrders(SHOP, tmp_path / "demo.sqlite", clock, LONDON)

    assert before == await found(demo, "12345")
    await demo.close()


# --- accepted requests ------------------------------------------------------------------------------------------------


async def test_a_refund_names_its_amount_and_the_fifth_working_day(demo: DemoOrders) -> None:
    answer = await ask(demo, "12345", "kettle_blue")

    assert answer == CallResult(
        result="accepted",
        value={"reference": "RF-12345-1", "amount": "49.00", "done_by": "2027-03-10", "send_by": None},
    )


@pytest.mark.parametrize(
    ("asked_on", "done_by"),
    [
        (date(2027, 3, 1), date(2027, 3, 8)),  # Monday
        (date(2027, 3, 5), date(2027, 3, 12)),  # Friday
        (date(2027, 3, 6), date(2027, 3, 12)),  # Saturday
        (date(2027, 3, 7), date(2027, 3, 12)),  # Sunday
    ],
)
async def test_weekends_are_no_working_days(asked_on: date, done_by: date) -> None:
    demo = DemoOrders(
        SHOP, None, FixedClock(datetime(asked_on.year, asked_on.month, asked_on.day, 12, tzinfo=UTC)), LONDON
    )

    assert done_by == receipt(await ask(demo, "12345")).done_by
    await demo.close()


@pytest.mark.parametrize(
    ("number", "item", "reason", "amount"),
    [
        ("12345", "all", "changed_my_mind", "67.00"),
        ("10003", "mug_ochre", "damaged", "75.00"),  # six pieces
        ("20005", "mug_sage", "damaged", "25.00"),  # two pieces of one of three items
        ("20007", "all", "changed_my_mind", "18.00"),  # delivery was paid, and is not given back
        ("20007", "all", "damaged", "20.95"),
        ("20007", "tea_towels", "damaged", "20.95"),  # which is all there was
        ("20010", "kettle_red", "wrong_item", "49.00"),
        ("20012", "all", "damaged", "399.00"),
    ],
)
async def test_a_refund_comes_to(demo: DemoOrders, number: str, item: str, reason: str, amount: str) -> None:
    assert Decimal(amount) == receipt(await ask(demo, number, item, reason=reason)).amount


async def test_a_return_is_to_be_sent_within_14_days(demo: DemoOrders) -> None:
    answer = await ask(demo, "12345", action="request_return")

    assert Receipt(reference="RT-12345-1", send_by=TODAY + timedelta(days=14)) == receipt(answer)


async def test_an_exchange_says_when_it_is_done_and_when_the_old_one_must_be_sent(demo: DemoOrders) -> None:
    answer = await ask(demo, "12345", "kettle_blue", action="request_exchange", wanted="kettle_black")

    expected = Receipt(reference="EX-12345-1", done_by=date(2027, 3, 10), send_by=TODAY + timedelta(days=14))
    assert expected == receipt(answer)


async def test_find_order_then_says_that_a_refund_was_requested(demo: DemoOrders, clock: FixedClock) -> None:
    await found(demo, "12345")
    await clock.move_to(NOON + timedelta(days=2))
    await ask(demo, "12345", "kettle_blue")
    order = await found(demo, "12345")

    assert ("delivered", "requested", TODAY + timedelta(days=2)) == (order.status, order.refund, order.refund_on)


async def test_an_exchange_changes_nothing_of_what_find_order_says(demo: DemoOrders) -> None:
    before = await found(demo, "12345")
    receipt(await ask(demo, "12345", action="request_exchange", wanted="the same"))

    assert before == await found(demo, "12345")


async def test_of_a_return_find_order_says_when_it_was_asked_for(demo: DemoOrders) -> None:
    before = await found(demo, "12345")
    receipt(await ask(demo, "12345", action="request_return"))

    assert replace(before, return_on=TODAY) == await found(demo, "12345")


async def test_the_items_of_an_order_can_be_refunded_one_after_the_other(demo: DemoOrders) -> None:
    first = receipt(await ask(demo, "12345", "kettle_blue", key="k1"))
    second = receipt(await ask(demo, "12345", "tea_towels", key="k2"))

    assert ("RF-12345-1", Decimal("49.00")) == (first.reference, first.amount)
    assert ("RF-12345-2", Decimal("18.00")) == (second.reference, second.amount)


async def test_what_came_back_can_be_refunded_however_long_ago_it_was_delivered(
    demo: DemoOrders, clock: FixedClock
) -> None:
    await found(demo, "30004")
    await clock.move_to(NOON + timedelta(days=60))

    assert Decimal("58.00") == receipt(await ask(demo, "30004")).amount


# --- once, and for good -----------------------------------------------------------------------------------------------


async def test_the_same_call_again_gives_the_same_receipt_and_counts_once(demo: DemoOrders, clock: FixedClock) -> None:
    first = await ask(demo, "12345", "kettle_blue", key="k1")
    await clock.move_to(NOON + timedelta(days=40))

    assert first == await ask(demo, "12345", "kettle_blue", key="k1")
    assert receipt(await ask(demo, "12345", "tea_towels", key="k2", exception=True)).reference == "RF-12345-2"


async def test_calls_at_the_same_time_count_once(demo: DemoOrders) -> None:
    same = await asyncio.gather(*(ask(demo, "12345", key="k1") for _ in range(5)))
    other = await asyncio.gather(*(ask(demo, "10003", key=f"k{n}") for n in range(5)))

    assert [same[0]] * 5 == same
    assert ["accepted", *["refused"] * 4] == sorted(answer.result for answer in other)


async def test_requests_survive_a_restart(tmp_path: Path, clock: FixedClock) -> None:
    demo = DemoOrders(SHOP, tmp_path / "demo.sqlite", clock, LONDON)
    before = await ask(demo, "12345", key="k1")
    await demo.close()
    await clock.move_to(NOON + timedelta(days=1))
    demo = DemoOrders(SHOP, tmp_path / "demo.sqlite", clock, LONDON)

    order = await found(demo, "12345")

    assert (order.refund, order.refund_on) == ("requested", TODAY)
    assert before == await ask(demo, "12345", key="k1")
    assert refused("already_requested") == await ask(demo, "12345", key="k2")
    await demo.close()


async def test_two_processes_share_what_was_requested(tmp_path: Path, clock: FixedClock) -> None:
    one, two = (DemoOrders(SHOP, tmp_path / "demo.sqlite", clock, LONDON) for _ in range(2))
    await ask(one, "12345", key="k1")

    assert (await found(two, "12345")).refund == "requested"
    assert refused("already_requested") == await ask(two, "12345", key="k2")
    await one.close()
    await two.close()


async def test_without_a_database_nothing_is_kept(clock: FixedClock) -> None:
    demo = DemoOrders(SHOP, None, clock, LONDON)
    await ask(demo, "12345")
    await demo.close()
    demo = DemoOrders(SHOP, None, clock, LONDON)

    assert (await found(demo, "12345")).refund == "none"
    await demo.close()


async def test_a_key_that_comes_with_another_request_is_another_call(demo: DemoOrders) -> None:
    await ask(demo, "12345", key="c1.2.0")

    assert receipt(await ask(demo, "10012", key="c1.2.0")).reference == "RF-10012-1"


async def test_a_call_that_was_given_up_leaves_nothing_half_done(demo: DemoOrders) -> None:
    for _ in range(20):
        call = asyncio.create_task(ask(demo, "12345", key="k1"))
        await asyncio.sleep(0.0002)
        call.cancel()
        await asyncio.wait([call])

    assert receipt(await ask(demo, "12345", key="k1")).reference == "RF-12345-1"


# --- refused requests -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "item", "reason"),
    [
        ("99999", "all", "unknown_order"),
        ("12345", "lamp_desk", "unknown_item"),
        ("12345", "", "unknown_item"),
        ("30002", "all", "already_refunded"),
        ("30005", "all", "already_refunded"),
        ("30006", "all", "already_refunded"),
        ("30007", "all", "already_refunded"),
        ("30001", "all", "already_requested"),
        ("30008", "all", "cancelled"),
        ("40001", "all", "not_delivered"),
        ("40003", "all", "not_delivered"),
        ("40005", "all", "not_delivered"),
        ("67890", "all", "not_delivered"),
        ("40010", "all", "not_delivered"),
        ("20001", "fern", "final_sale"),
        ("20002", "all", "final_sale"),
        ("10031", "all", "past_window"),
        ("10090", "lamp_floor", "past_window"),
    ],
)
@pytest.mark.parametrize("action", ["request_refund", "request_return"])
async def test_is_refused(demo: DemoOrders, action: str, number: str, item: str, reason: str) -> None:
    before = await demo.call("find_order", {"number": number}, "k0")

    assert refused(reason) == await ask(demo, number, item, action=action)
    assert before == await demo.call("find_order", {"number": number}, "k0")


@pytest.mark.parametrize("action", ["request_refund", "request_return"])
@pytest.mark.parametrize("more", [{}, {"exception": False}])
async def test_the_30th_day_is_the_last(demo: DemoOrders, action: str, more: dict[str, Any]) -> None:
    assert (await ask(demo, "10029", action=action, **more)).result == "accepted"
    assert (await ask(demo, "10030", action=action, **more)).result == "accepted"
    assert refused("past_window") == await ask(demo, "10031", action=action, **more)


async def test_the_window_closes_as_days_go_by(demo: DemoOrders, clock: FixedClock) -> None:
    await found(demo, "10030")
    await clock.move_to(NOON + timedelta(days=1))

    assert refused("past_window") == await ask(demo, "10030")


@pytest.mark.parametrize("action", ["request_refund", "request_return"])
async def test_an_exception_lifts_the_window(demo: DemoOrders, action: str) -> None:
    assert (await ask(demo, "10041", action=action, exception=True)).result == "accepted"


@pytest.mark.parametrize(
    ("number", "reason"),
    [("20001", "final_sale"), ("30002", "already_refunded"), ("30008", "cancelled"), ("40005", "not_delivered")],
)
async def test_an_exception_lifts_nothing_else(demo: DemoOrders, number: str, reason: str) -> None:
    assert refused(reason) == await ask(demo, number, exception=True)


async def test_what_is_final_sale_can_come_back_when_something_is_wrong_with_it(demo: DemoOrders) -> None:
    assert receipt(await ask(demo, "20001", "fern", reason="damaged")).reference == "RF-20001-1"


async def test_what_is_beside_a_final_sale_item_can_come_back(demo: DemoOrders) -> None:
    assert Decimal("49.00") == receipt(await ask(demo, "20002", "kettle_black")).amount


@pytest.mark.parametrize(
    ("first", "then"), [("all", "kettle_blue"), ("kettle_blue", "all"), ("tea_towels", "tea_towels")]
)
@pytest.mark.parametrize("action", ["request_refund", "request_return"])
async def test_an_item_is_in_one_request_only(demo: DemoOrders, action: str, first: str, then: str) -> None:
    receipt(await ask(demo, "12345", first, action=action, key="k1"))

    assert refused("already_requested") == await ask(demo, "12345", then, key="k2")


async def test_a_refund_in_the_files_is_one_of_every_item(demo: DemoOrders) -> None:
    assert refused("already_requested") == await ask(demo, "30003", "teapot_green")


async def test_what_came_back_cannot_be_sent_back(demo: DemoOrders) -> None:
    assert refused("returned") == await ask(demo, "30004", action="request_return")
    assert refused("returned") == await ask(demo, "30004", action="request_exchange", wanted="the same")


# --- exchanges --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "item", "wanted", "result"),
    [
        ("12345", "kettle_blue", "kettle_black", "accepted"),
        ("12345", "kettle_blue", "kettle_red", "out_of_stock"),
        ("12345", "kettle_blue", "Red enamel kettle ", "out_of_stock"),
        ("12345", "kettle_blue", "one that isn't broken", "accepted"),
        ("20004", "teapot_white", "one that isn't broken", "out_of_stock"),
        ("20004", "teapot_white", "teapot_green", "accepted"),
        ("20005", "all", "the same", "out_of_stock"),
        ("20001", "fern", "monstera", "out_of_stock"),
    ],
)
async def test_an_exchange_depends_on_what_is_wanted(
    demo: DemoOrders, number: str, item: str, wanted: str, result: str
) -> None:
    answer = await ask(demo, number, item, action="request_exchange", wanted=wanted, reason="damaged")

    assert answer.result == result


@pytest.mark.parametrize(
    ("number", "item", "reason"),
    [("12345", "fern", "unknown_item"), ("10031", "all", "past_window"), ("40005", "all", "not_delivered")],
)
async def test_an_exchange_is_refused_before_its_stock_is_looked_at(
    demo: DemoOrders, number: str, item: str, reason: str
) -> None:
    assert refused(reason) == await ask(demo, number, item, action="request_exchange", wanted="kettle_red")


async def test_what_was_out_of_stock_can_still_be_refunded(demo: DemoOrders) -> None:
    await ask(demo, "20004", action="request_exchange", wanted="the same", key="k1")

    assert receipt(await ask(demo, "20004", key="k2")).reference == "RF-20004-1"


# --- around an order --------------------------------------------------------------------------------------------------


async def do(demo: DemoOrders, action: str, number: str, key: str = "k1", **args: Any) -> CallResult:
    return await demo.call(action, {"number": number, **args}, key)


async def test_some_pieces_of_an_item_can_be_refunded_and_then_the_rest(demo: DemoOrders) -> None:
    two, five = ([{"code": "mug_ochre", "quantity": count}] for count in (2, 5))

    assert Decimal("25.00") == receipt(await do(demo, "request_refund", "10003", item=two, reason="damaged")).amount
    again = await do(demo, "request_refund", "10003", "k2", item=five, reason="damaged")
    assert refused("already_requested") == again
    four = [{"code": "mug_ochre", "quantity": 4}]
    rest = receipt(await do(demo, "request_refund", "10003", "k3", item=four, reason="damaged"))
    assert Decimal("50.00") == rest.amount


async def test_a_part_of_the_price_is_paid_back_once_and_then_nothing_more(demo: DemoOrders) -> None:
    kettle = [{"code": "kettle_blue", "quantity": 1}]
    part: dict[str, Any] = {"item": kettle, "amount": "9.80", "reason": "broken"}

    first = receipt(await do(demo, "refund_part", "12345", "k1", **part))
    assert (first.reference, first.amount) == ("RP-12345-1", Decimal("9.80"))
    assert receipt(await do(demo, "refund_part", "12345", "k1", **part)) == first  # the same call, repeated
    assert refused("already_requested") == await do(demo, "refund_part", "12345", "k2", **part)
    assert refused("already_requested") == await do(demo, "request_refund", "12345", "k3", item=kettle, reason="broken")
    assert receipt(await ask(demo, "12345", "tea_towels", key="k4")).reference == "RF-12345-1"


@pytest.mark.parametrize("amount", ["49.01", "0", "9.801"])
async def test_no_more_than_it_cost_is_paid_back_and_no_less_than_a_penny(demo: DemoOrders, amount: str) -> None:
    kettle = [{"code": "kettle_blue", "quantity": 1}]
    answer = await do(demo, "refund_part", "12345", item=kettle, amount=amount, reason="broken")
    assert refused("wrong_amount") == answer


@pytest.mark.parametrize("amount", ["-1", "much", "NaN", "", 9])
async def test_what_is_no_amount_is_no_request(demo: DemoOrders, amount: Any) -> None:
    with pytest.raises(ValueError, match="amount of refund_part"):
        await do(demo, "refund_part", "12345", item="all", amount=amount, reason="broken")


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ([{"code": "mug_ochre", "quantity": 7}], "wrong_quantity"),
        ([{"code": "mug_ochre", "quantity": 0}], "wrong_quantity"),
        ([{"code": "mug_ochre", "quantity": -1}], "wrong_quantity"),
        ([{"code": "mug_ochre", "quantity": 4}, {"code": "mug_ochre", "quantity": 4}], "wrong_quantity"),
        ([{"code": "mug_blue", "quantity": 1}], "unknown_item"),
        ([], "unknown_item"),
    ],
)
async def test_pieces_that_were_never_bought_are_refused(demo: DemoOrders, item: list[Any], why: str) -> None:
    assert refused(why) == await do(demo, "request_refund", "10003", item=item, reason="damaged")


@pytest.mark.parametrize("item", [["mug_ochre"], [{"code": "mug_ochre"}], [{"code": "mug_ochre", "quantity": "2"}], 3])
async def test_pieces_of_another_shape_fail(demo: DemoOrders, item: Any) -> None:
    with pytest.raises(ValueError, match="item of request_refund is of type"):
        await do(demo, "request_refund", "10003", item=item, reason="damaged")


async def test_a_cancelled_order_is_cancelled_and_its_money_is_on_its_way(demo: DemoOrders) -> None:
    answer = receipt(await do(demo, "cancel_order", "40001", reason="changed_my_mind"))
    order = await found(demo, "40001")

    assert ("CN-40001-1", order.total) == (answer.reference, answer.amount)
    assert (order.status, order.refund, order.refund_on) == ("cancelled", "requested", TODAY)
    assert refused("cancelled") == await do(demo, "cancel_order", "40001", "k2", reason="changed_my_mind")
    assert refused("cancelled") == await do(demo, "request_refund", "40001", "k3", item="all", reason="damaged")


async def test_a_new_address_is_that_of_the_order(demo: DemoOrders) -> None:
    for key, address in (("k1", "1 Old Lane"), ("k2", "2 New Lane, York")):
        receipt(await do(demo, "change_address", "40003", key, address=address))

    assert (await found(demo, "40003")).address == "2 New Lane, York"


@pytest.mark.parametrize(
    ("number", "why"),
    [("40005", "already_shipped"), ("12345", "delivered"), ("30008", "cancelled"), ("99999", "unknown_order")],
)
async def test_what_has_left_can_be_neither_stopped_nor_sent_elsewhere(demo: DemoOrders, number: str, why: str) -> None:
    assert refused(why) == await do(demo, "cancel_order", number, reason="changed_my_mind")
    assert refused(why) == await do(demo, "change_address", number, address="here")


async def test_a_delivery_is_moved_to_a_free_slot(demo: DemoOrders) -> None:
    free = convert((await do(demo, "delivery_slots", "67890")).value, Slots).slots
    assert free[0].name == "Thu 4 Mar, 8:00 to 12:00"
    assert len({slot.code for slot in free}) == 6
    assert "thursday afternoon" in [said.casefold() for said in free[1].phrasings]

    moved = receipt(await do(demo, "reschedule_delivery", "67890", slot=free[3].code))
    order = await found(demo, "67890")
    assert free[3].day == moved.done_by == order.eta
    assert order.status == "shipped"


async def test_a_slot_that_nobody_offers_is_taken(demo: DemoOrders) -> None:
    assert CallResult(result="taken") == await do(demo, "reschedule_delivery", "67890", slot="2027-03-07_am")


@pytest.mark.parametrize(
    ("number", "why"),
    [("12345", "delivered"), ("40011", "already_shipped"), ("40013", "already_shipped"), ("99999", "unknown_order")],
)
async def test_what_cannot_come_has_no_slots(demo: DemoOrders, number: str, why: str) -> None:
    assert CallResult(result="none") == await do(demo, "delivery_slots", number)
    assert refused(why) == await do(demo, "reschedule_delivery", number, slot="2027-03-04_am")


async def test_a_missing_parcel_is_traced_once(demo: DemoOrders) -> None:
    assert date(2027, 3, 8) == receipt(await do(demo, "report_missing", "12345", reason="not here")).done_by
    assert refused("already_requested") == await do(demo, "report_missing", "12345", "k2", reason="not here")
    assert refused("not_shipped") == await do(demo, "report_missing", "40001", reason="not here")


async def test_what_was_lost_is_sent_again_and_then_not_refunded(demo: DemoOrders) -> None:
    assert receipt(await do(demo, "resend", "40013", item="all", reason="lost")).reference == "RS-40013-1"
    assert refused("already_requested") == await do(demo, "resend", "40013", "k2", item="pan_iron", reason="lost")
    assert refused("already_requested") == await ask(demo, "40013", "all", reason="lost")
    sold_out = await do(demo, "resend", "20010", "k3", item="kettle_red", reason="damaged")
    assert CallResult(result="out_of_stock") == sold_out


async def test_what_was_lost_is_refunded_with_its_delivery_and_never_sent_back(demo: DemoOrders) -> None:
    assert refused("not_delivered") == await ask(demo, "40014", "all", reason="lost", action="request_return")
    assert Decimal("32.45") == receipt(await ask(demo, "40014", "all", reason="lost")).amount


async def test_an_invoice_is_there_once_the_order_has_left(demo: DemoOrders) -> None:
    invoice = convert((await do(demo, "find_invoice", "12345")).value, Invoice)

    assert ("MP-12345", date(2027, 2, 23), Decimal("67.00")) == (invoice.reference, invoice.issued_on, invoice.total)
    assert CallResult(result="not_ready") == await do(demo, "find_invoice", "40001")
    assert CallResult(result="not_found") == await do(demo, "find_invoice", "99999")


async def charges(demo: DemoOrders, number: str) -> Bill:
    return convert((await do(demo, "find_charges", number)).value, Bill)


async def test_a_bill_has_all_that_was_taken(demo: DemoOrders) -> None:
    bill = await charges(demo, "20009")

    assert [(charge.kind, str(charge.amount)) for charge in bill.charges] == [
        ("item", "120.00"),
        ("delivery", "9.95"),
        ("service", "3.50"),
    ]
    assert ("ticked at the checkout", Decimal("133.45")) == (bill.charges[2].agreed, bill.paid)


async def test_what_was_taken_by_mistake_is_paid_back_once(demo: DemoOrders) -> None:
    assert [charge.mistaken for charge in (await charges(demo, "10012")).charges] == [False, True]

    back = receipt(await do(demo, "adjust_charge", "10012", charge="lamp_again", reason="twice"))

    assert Decimal("78.00") == back.amount
    assert [(each.kind, each.status) for each in (await charges(demo, "10012")).charges[2:]] == [("refund", "pending")]
    twice = await do(demo, "adjust_charge", "10012", "k2", charge="lamp_again", reason="twice")
    assert refused("already_requested") == twice


@pytest.mark.parametrize(("charge", "why"), [("lamp_desk", "valid_charge"), ("customs", "unknown_charge")])
async def test_a_charge_that_is_right_stays(demo: DemoOrders, charge: str, why: str) -> None:
    assert refused(why) == await do(demo, "adjust_charge", "10012", charge=charge, reason="no")


@pytest.mark.parametrize(("number", "status", "paid"), [("40005", "pending", "78.00"), ("40003", "failed", "100.00")])
async def test_what_was_never_taken_does_not_count(demo: DemoOrders, number: str, status: str, paid: str) -> None:
    bill = await charges(demo, number)

    assert status in [charge.status for charge in bill.charges]
    assert Decimal(paid) == bill.paid


async def test_what_was_cancelled_before_it_was_charged_has_no_bill(demo: DemoOrders) -> None:
    bill = await charges(demo, "30008")

    assert ((), Decimal("0.00")) == (bill.charges, bill.paid)


async def test_a_refund_stands_on_the_bill(demo: DemoOrders) -> None:
    await ask(demo, "12345", "kettle_blue")
    paid = [(each.kind, each.status) for number in ("12345", "30002") for each in (await charges(demo, number)).charges]

    assert ("refund", "pending") in paid
    assert ("refund", "paid") in paid


# --- orders that go on by themselves ----------------------------------------------------------------------------------


async def test_an_order_moves_on_its_days_and_keeps_the_rest(demo: DemoOrders, clock: FixedClock) -> None:
    assert (await found(demo, "50001")).status == "packed"
    await clock.move_to(NOON + timedelta(days=1))
    left = await found(demo, "50001")
    assert ("shipped", "GL500010037", TODAY + timedelta(days=1)) == (left.status, left.tracking, left.shipped_on)
    await clock.move_to(NOON + timedelta(days=2))
    assert TODAY + timedelta(days=7) == (await found(demo, "50001")).eta
    await clock.move_to(NOON + timedelta(days=22))
    there = await found(demo, "50001")
    assert ("delivered", "GL500010037", TODAY + timedelta(days=7)) == (there.status, there.tracking, there.delivered_on)


async def test_what_is_sent_again_leaves_a_day_later_and_arrives(demo: DemoOrders, clock: FixedClock) -> None:
    await ask(demo, "40013", action="resend", reason="lost")
    assert (await found(demo, "40013")).status == "lost"
    await clock.move_to(NOON + timedelta(days=1))
    left = await found(demo, "40013")
    assert ("shipped", "GL400130481R", TODAY + timedelta(days=4)) == (left.status, left.tracking, left.eta)
    await clock.move_to(NOON + timedelta(days=4))
    assert (await found(demo, "40013")).status == "delivered"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("99999,+1,shipped,,,", "flows/order_moves.csv:2: order 99999 is not in flows/orders.csv."),
        ("50001,-1,shipped,,,", "flows/order_moves.csv:2: on is '-1'. Write a number of days such as +2."),
        ("50001,+1,gone,,,", "flows/order_moves.csv:2: status is 'gone'."),
    ],
)
def test_a_move_that_cannot_be_is_told(tmp_path: Path, clock: FixedClock, line: str, told: str) -> None:
    shutil.copytree(SHOP / "flows", tmp_path / "flows")
    head = "number,on,status,eta,tracking,action_needed"
    (tmp_path / "flows/order_moves.csv").write_text(f"{head}\n{line}\n", encoding="utf-8")
    with pytest.raises(ContentError) as raised:
        DemoOrders(tmp_path, None, clock, LONDON)
    assert told in str(raised.value)


# --- calls that fail --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "args", "message"),
    [
        ("pay", {"number": "12345"}, "'pay' is not an action of the order system"),
        ("find_order", {}, "find_order needs number"),
        ("find_order", {"number": 12345}, "number of find_order is of type int"),
        ("find_order", {"number": "12345", "email": "x"}, "find_order takes no email"),
        ("request_refund", {"number": "12345"}, "request_refund needs item, reason"),
        ("request_exchange", {"number": "12345", "item": "all", "reason": "x"}, "request_exchange needs wanted"),
        (
            "request_return",
            {"number": "12345", "item": "all", "reason": "x", "exception": "no"},
            "exception of request_return is of type str",
        ),
    ],
)
async def test_a_call_that_makes_no_sense_fails(
    demo: DemoOrders, action: str, args: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        await demo.call(action, args, "k1")


async def test_a_database_that_cannot_be_used_is_named(tmp_path: Path, clock: FixedClock) -> None:
    demo = DemoOrders(SHOP, tmp_path / "nowhere" / "demo.sqlite", clock, LONDON)

    with pytest.raises(StoreError, match=r"nowhere/demo\.sqlite cannot be used for the demo's orders: unable to open"):
        await found(demo, "12345")
    await demo.close()


async def test_a_file_that_is_no_database_fails_every_call(tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "demo.sqlite").write_text("not a database " * 100, encoding="utf-8")
    demo = DemoOrders(SHOP, tmp_path / "demo.sqlite", clock, LONDON)

    for _ in range(2):
        with pytest.raises(StoreError, match="file is not a database"):
            await found(demo, "12345")
    await demo.close()


async def test_after_closing_calls_fail(demo: DemoOrders) -> None:
    await found(demo, "12345")
    await demo.close()
    await demo.close()

    with pytest.raises(StoreError, match="have been closed"):
        await found(demo, "12345")


async def test_customers_words_are_not_kept(tmp_path: Path, clock: FixedClock) -> None:
    demo = DemoOrders(SHOP, tmp_path / "demo.sqlite", clock, LONDON)
    await ask(demo, "12345", reason="my sister-in-law hates it")
    await demo.close()
    with closing(sqlite3.connect(tmp_path / "demo.sqlite")) as link:
        kept = "\n".join(link.iterdump())

    assert "RF-12345-1" in kept
    assert "sister" not in kept


# --- files that are wrong ---------------------------------------------------------------------------------------------

COLUMNS = (
    "number,status,email,ordered_on,shipped_on,eta,delivered_on,delivery,total,currency,carrier,tracking,"
    "refund,refund_on,action_needed,address,about"
)
ORDERS = f"""{COLUMNS}
12345,delivered,a@example.com,-9,-8,-6,-6,3.95,52.95,GBP,Greenlane,GL1,none,,,,
67890,placed,b@example.com,0,,+2,,0.00,68.00,GBP,,,none,,,,
"""
ITEMS = """number,code,name,quantity,price,final_sale,in_stock
12345,kettle,"Kettle, blue",1,49.00,no,yes
67890,kettle,"Kettle, blue",1,49.00,no,yes
67890,mug,Mug,2,9.50,no,no
"""


def shop(folder: Path, orders: str = ORDERS, items: str = ITEMS) -> Path:
    (folder / "flows").mkdir()
    (folder / "flows/orders.csv").write_bytes(orders.encode())
    (folder / "flows/order_items.csv").write_bytes(items.encode())
    return folder


def problems(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as raised:
        DemoOrders(folder, None, FixedClock(NOON), LONDON)
    return str(raised.value).splitlines()


async def test_a_shop_may_bring_its_own_orders(tmp_path: Path, clock: FixedClock) -> None:
    windows = ("\ufeff" + ORDERS.replace("\n", "\r\n"), ITEMS + "\n\n")
    demo = DemoOrders(shop(tmp_path, *windows), None, clock, LONDON)

    assert (await found(demo, "12345")).items[0].name == "Kettle, blue"
    await demo.close()


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        (
            "67890,placed",
            "67890,plcaed",
            "flows/orders.csv:3: status is 'plcaed'. Write one of placed, packed, shipped, out_for_delivery, delayed, "
            "delivered, lost, cancelled, returned, refunded.",
        ),
        ("b@example.com", "b.example.com", "flows/orders.csv:3: email is 'b.example.com'. Write an e-mail address."),
        (
            "-9,-8",
            "Monday,-8",
            "flows/orders.csv:2: ordered_on is 'Monday'. Write a number of days such as -6, 0 or +2.",
        ),
        (
            "-9,-8",
            "-9,2027-01-01",
            "flows/orders.csv:2: shipped_on is '2027-01-01'. Write a number of days such as -6, 0 or +2, or nothing.",
        ),
        ("52.95", "52.9", "flows/orders.csv:2: total is '52.9'. Write an amount such as 49.00."),
        ("3.95,", "£3.95,", "flows/orders.csv:2: delivery is '£3.95'. Write an amount such as 49.00."),
        ("GL1,none", "GL1,no", "flows/orders.csv:2: refund is 'no'. Write one of none, requested, paid."),
        (
            "67890,placed",
            "12345,placed",
            "flows/orders.csv:3: order 12345 is here a second time; the first is on line 2. Remove one of them.",
        ),
        (
            "52.95",
            "53.95",
            "flows/orders.csv:2: total is 53.95, but items and delivery come to 52.95. Mend whichever is wrong.",
        ),
        (
            "-6,-6,",
            "-6,,",
            "flows/orders.csv:2: a delivered order needs delivered_on. Write when it was delivered.",
        ),
        (
            "+2,,",
            "+2,-1,",
            "flows/orders.csv:3: an order that is placed has delivered_on. Leave that empty, or mend the status.",
        ),
        (
            "GL1,none",
            "GL1,paid",
            "flows/orders.csv:2: refund is paid and refund_on is ''. Write both or neither.",
        ),
        ("67890,placed", "67890,refunded", "flows/orders.csv:3: a refunded order has refund none. Write paid."),
        (
            "GL1,none,,,,",
            "GL1,none,,,,,x",
            "flows/orders.csv:2: has too many cells. Put text that has a comma in quotes.",
        ),
        (
            "b@example.com",
            '"b@example.com"!',
            "flows/orders.csv:3: is not valid CSV: ',' expected after '\"'. Check the quotes from here on.",
        ),
        (
            "number,status",
            "order,status",
            f"flows/orders.csv:1: does not begin with its columns. Begin with: {COLUMNS}",
        ),
        (
            ORDERS,
            "",
            f"flows/orders.csv:1: does not begin with its columns. Begin with: {COLUMNS}",
        ),
    ],
)
def test_a_wrong_line_of_the_orders_is_named(tmp_path: Path, right: str, wrong: str, problem: str) -> None:
    items = (
        ITEMS.replace("67890", "12345").replace("12345,kettle", "12345,pot", 1) if wrong == "12345,placed" else ITEMS
    )

    assert [problem] == problems(shop(tmp_path, ORDERS.replace(right, wrong, 1), items))


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("mug,Mug,2", "mug,Mug,0", "flows/order_items.csv:4: quantity is '0'. Write a whole number from 1 to 999."),
        ("mug,Mug,2", "mug,Mug,two", "flows/order_items.csv:4: quantity is 'two'. Write a whole number from 1 to 999."),
        ("9.50", "9,50", "flows/order_items.csv:4: has too many cells. Put text that has a comma in quotes."),
        ("9.50", "-9.50", "flows/order_items.csv:4: price is '-9.50'. Write an amount such as 49.00."),
        ("9.50,no", "9.50,maybe", "flows/order_items.csv:4: final_sale is 'maybe'. Write yes or no."),
        ("9.50,no,no", "9.50,no", "flows/order_items.csv:4: in_stock is ''. Write yes or no."),
        (
            "mug,Mug",
            "all,Mug",
            "flows/order_items.csv:4: code is 'all'. Write small letters, digits and _, and not 'all'.",
        ),
        ("mug,Mug", "mug,", "flows/order_items.csv:4: name is ''. Write 1 to 75 characters, on one line."),
        (
            "67890,mug",
            "6789,mug",
            "flows/order_items.csv:4: number is '6789'. Write an order number of five digits.",
        ),
        (
            "67890,mug",
            "11111,mug",
            "flows/order_items.csv:4: order 11111 is not in flows/orders.csv. Add it there, or mend the number.",
        ),
        (
            "67890,mug,Mug,2,9.50,no,no",
            "67890,kettle,Mug,2,9.50,no,yes",
            "flows/order_items.csv:4: order 67890 has 'kettle' a second time; the first is on line 3. "
            "Make them one line, with the quantity of both.",
        ),
        (
            "49.00,no,yes\n67890",
            "49.00,no,no\n67890",
            "flows/order_items.csv:3: in_stock of 'kettle' is yes, but no on line 2. "
            "Write the same wherever the code appears.",
        ),
        (
            '12345,kettle,"Kettle, blue",1,49.00,no,yes\n',
            "",
            "flows/orders.csv:2: the order has no items. Add them to flows/order_items.csv.",
        ),
    ],
)
def test_a_wrong_line_of_the_items_is_named(tmp_path: Path, right: str, wrong: str, problem: str) -> None:
    assert problem in problems(shop(tmp_path, ORDERS, ITEMS.replace(right, wrong, 1)))


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    folder = shop(tmp_path, ORDERS.replace("placed", "sent").replace("GBP", "pounds", 1), ITEMS.replace("9.50", "much"))

    assert [problem.split(": ")[0] for problem in problems(folder)] == [
        "flows/order_items.csv:4",
        "flows/orders.csv:2",
        "flows/orders.csv:3",
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    (shop(tmp_path) / "flows/order_items.csv").unlink()

    assert problems(tmp_path) == [
        "flows/order_items.csv:1: cannot be read: No such file or directory. Check the file and its permissions."
    ]


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = shop(tmp_path) / "flows/orders.csv"
    path.write_bytes(ORDERS.replace("Greenlane", "Grünlane").encode("latin-1"))

    assert problems(tmp_path) == ["flows/orders.csv:2: is not UTF-8 text. Save the file as UTF-8."]


def test_the_demo_reads_nothing_else_in_its_folder(tmp_path: Path) -> None:
    folder = shop(tmp_path)
    shutil.copy(folder / "flows/orders.csv", folder / "flows/broken.yaml")

    DemoOrders(folder, None, FixedClock(NOON), LONDON)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "12345,duty,tax,Duty,5,0,,no,paid",
            "flows/order_charges.csv:2: amount is '5'. Write an amount such as 49.00.",
        ),
        (
            "12345,duty,toll,Duty,5.00,0,,no,paid",
            "flows/order_charges.csv:2: kind is 'toll'. Write one of service, tax, duplicate.",
        ),
        (
            "11111,duty,tax,Duty,5.00,0,,no,paid",
            "flows/order_charges.csv:2: order 11111 is not in flows/orders.csv. Add it there, or mend the number.",
        ),
        (
            "12345,duty,tax,Duty,5.00,0,,no,owed",
            "flows/order_charges.csv:2: status is 'owed'. Write one of pending, paid, failed.",
        ),
    ],
)
def test_a_wrong_line_of_the_charges_is_named(tmp_path: Path, line: str, problem: str) -> None:
    folder = shop(tmp_path)
    columns = "number,code,kind,name,amount,on,agreed,mistaken,status,renews_on"
    (folder / "flows/order_charges.csv").write_text(f"{columns}\n{line}\n", encoding="utf-8")

    assert [problem] == problems(folder)
