"""Order systems on loopback that answer as their vendors document, and fail on demand."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Json = dict[str, Any]


@dataclass
class Faults:
    """What shall go wrong, by the name of a request: one for each time it comes, "" for nothing."""

    queued: dict[str, list[str]] = field(default_factory=dict)

    def next(self, name: str) -> str:
        waiting = self.queued.get(name, [])
        return waiting.pop(0) if waiting else ""


async def faulty(request: web.Request, fault: str, answer: Callable[[], web.Response]) -> web.StreamResponse:
    """Answer, but for what shall go wrong. What has "after" in it goes wrong when the thing has been done."""
    if fault.startswith("after "):
        done = answer()
        return await faulty(request, fault.removeprefix("after "), lambda: done)
    match fault:
        case "":
            return answer()
        case "drop":
            assert request.transport
            request.transport.abort()
            return web.Response()
        case "html":
            return web.Response(text="<html><body>Be right back!</body></html>", content_type="text/html")
        case "truncated":
            return web.Response(body=answer().body[:40], content_type="application/json")  # type: ignore[index]
        case "slow":
            await asyncio.sleep(5)
            return answer()
        case "huge":
            return web.Response(text="[" + "0," * 1_000_000 + "0]", content_type="application/json")
        case "429":
            return web.json_response({"error": "slow down"}, status=429, headers={"Retry-After": "0.05"})
        case _:
            return web.Response(status=int(fault), text="<h1>oh no</h1>", content_type="text/html")


@asynccontextmanager
async def served(application: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class PlainShop:
    """A plain REST order system: amounts in pence, its own words for where a parcel is, refunds by key or without."""

    def __init__(self, *, knows_keys: bool = True) -> None:
        self.faults = Faults()
        self.seen: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.refunds: list[Json] = []
        self.order: Json = {
            "no": "12345", "state": "IN_TRANSIT", "mail": "robin.hale@example.com", "placed": "2027-02-22T23:30:00Z",
            "lines": [{"sku": "kettle", "title": "Kettle", "count": 1, "pence": 4900}], "pence": 5295, "cur": "GBP",
        }  # fmt: skip
        self._knows_keys = knows_keys

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_get("/orders/{number}", self._find)
        application.router.add_get("/refunds", self._refunds)
        application.router.add_post("/orders/{number}/refunds", self._refund)
        return application

    async def _find(self, request: web.Request) -> web.StreamResponse:
        self._see("find", request)

        def answer() -> web.Response:
            if request.match_info["number"] != "12345":
                return web.json_response({"error": "no such order"}, status=404)
            return web.json_response(self.order)

        return await faulty(request, self.faults.next("find"), answer)

    async def _refunds(self, request: web.Request) -> web.StreamResponse:
        self._see("look", request)
        found = [each for each in self.refunds if each["key"] == request.query["key"]]
        return await faulty(request, self.faults.next("look"), lambda: web.json_response({"refunds": found}))

    async def _refund(self, request: web.Request) -> web.StreamResponse:
        self._see("refund", request)
        body = await request.json()

        def answer() -> web.Response:
            for each in self.refunds:
                if self._knows_keys and each["key"] == body["key"]:
                    return web.json_response(each, status=201)
            if body["item"] == "lamp":
                return web.json_response({"error": "no such line"}, status=409)
            self.refunds.append({"key": body["key"], "id": f"R{len(self.refunds) + 1}", "pence": 4900})
            return web.json_response(self.refunds[-1], status=201)

        return await faulty(request, self.faults.next("refund"), answer)

    def _see(self, name: str, request: web.Request) -> None:
        self.seen.append((name, request.path_qs))
        self.headers.append(dict(request.headers))


class ShopifyShop:
    """The part of Shopify's GraphQL Admin API that the mapping uses. `refunds` are those that were made."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.asked: list[tuple[str, Json]] = []
        self.tokens: list[str] = []
        self.refunds: list[Json] = []
        self.by_key: dict[str, Json] = {}
        self.complaint = ""
        self.lines: list[Json] = [
            {"id": "gid://shopify/LineItem/11", "name": "Blue kettle", "currentQuantity": 1, "refundableQuantity": 1,
             "discountedUnitPriceSet": money("49.00"), "variant": {"availableForSale": True}},
            {"id": "gid://shopify/LineItem/12", "name": "Mug - Sage", "currentQuantity": 3, "refundableQuantity": 3,
             "discountedUnitPriceSet": money("12.50"), "variant": None},
        ]  # fmt: skip
        self.order: Json = {
            "id": "gid://shopify/Order/900", "name": "#12345", "email": "robin.hale@example.com",
            "createdAt": "2027-02-22T23:30:00Z", "cancelledAt": None, "displayFinancialStatus": "PAID",
            "displayFulfillmentStatus": "FULFILLED", "presentmentCurrencyCode": "EUR",
            "totalPriceSet": money("90.45"), "shippingAddress": {"formatted": ["4 Harbour Row", "Whitby"]},
            "fulfillments": [
                {"createdAt": "2027-02-23T10:00:00Z", "displayStatus": "DELIVERED",
                 "deliveredAt": "2027-02-25T09:00:00Z", "estimatedDeliveryAt": None,
                 "trackingInfo": [{"company": "Greenlane", "number": "GL1"}]},
            ],
        }  # fmt: skip

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/admin/api/2026-04/graphql.json", self._answer)
        return application

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        name = body["query"].split("Frontdesk", 1)[1].split("(")[0] if "Frontdesk" in body["query"] else "probe"
        self.asked.append((name, body.get("variables", {})))
        self.tokens.append(request.headers.get("X-Shopify-Access-Token", ""))
        fault = self.faults.next(name)
        if fault == "throttled":
            cost: Json = {"requestedQueryCost": 120, "actualQueryCost": None}
            cost |= {"throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 110, "restoreRate": 100.0}}
            errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
            return web.json_response({"errors": errors, "extensions": {"cost": cost}})
        if fault == "internal":
            errors = [{"message": "Internal error.", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]
            return web.json_response({"errors": errors})
        variables = body.get("variables", {})
        return await faulty(request, fault, lambda: web.json_response({"data": self._data(name, variables)}))

    def _data(self, name: str, variables: Json) -> Json:
        order = {**self.order, "lineItems": {"nodes": self.lines}, "refunds": self.refunds}
        found = [order] if variables.get("search") == f"name:'{self.order['name'].removeprefix('#')}'" else []
        other = {**order, "name": "#123456", "email": "somebody.else@example.com"}
        match name:
            case "Suggested":
                amount = self._worth(variables["lines"], shipping=variables["shipping"])
                parent = {"id": "gid://shopify/OrderTransaction/7"}
                paid = [{"gateway": "shopify_payments", "amountSet": money(amount), "parentTransaction": parent}]
                return {"order": {"suggestedRefund": {"amountSet": money(amount), "suggestedTransactions": paid}}}
            case "Refund":
                return {"refundCreate": self._refund(variables)}
            case "Cancel":
                self.order["cancelledAt"] = "2027-03-03T12:00:00Z"
                return {"orderCancel": {"job": {"id": "gid://shopify/Job/1"}, "orderCancelUserErrors": []}}
            case "probe":
                return {"shop": {"name": "Marlow & Pine"}}
            case _:
                return {"orders": {"nodes": [other, *found]}}

    def _refund(self, variables: Json) -> Json:
        """Refund once for each key, as `@idempotent` promises; the same key with other input is an error."""
        key, plain = variables["key"], json.dumps(variables["input"], sort_keys=True)
        if self.complaint:
            return {"refund": None, "userErrors": [{"field": ["input"], "message": self.complaint}]}
        if key in self.by_key:
            if self.by_key[key]["plain"] != plain:
                said = "The same idempotency key cannot be used with different operation parameters."
                return {"refund": None, "userErrors": [{"field": [], "message": said}]}
            return {"refund": self.by_key[key]["refund"], "userErrors": []}
        amount = sum(float(each["amount"]) for each in variables["input"]["transactions"])
        refund = {
            "id": f"gid://shopify/Refund/{len(self.refunds) + 1}",
            "note": variables["input"]["note"],
            "createdAt": "2027-03-03T12:00:00Z",
            "totalRefundedSet": money(f"{amount:.2f}"),
        }
        self.refunds.append(refund)
        self.by_key[key] = {"plain": plain, "refund": refund}
        for asked in variables["input"]["refundLineItems"]:
            line = next(each for each in self.lines if each["id"] == asked["lineItemId"])
            line["refundableQuantity"] -= asked["quantity"]
        return {"refund": refund, "userErrors": []}

    def _worth(self, lines: list[Json], *, shipping: bool) -> str:
        price = {each["id"]: float(each["discountedUnitPriceSet"]["presentmentMoney"]["amount"]) for each in self.lines}
        return f"{sum(price[each['lineItemId']] * each['quantity'] for each in lines) + 3.95 * shipping:.2f}"


def money(amount: str) -> Json:
    return {"presentmentMoney": {"amount": amount, "currencyCode": "EUR"}}
