"""The part of Zendesk's Ticketing API that the mapping uses, as its documentation describes it; fails on demand."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.connectors.servers import Faults, Json, faulty

TOKEN = "agent@example.com/token:sesame-open-42"
_BASIC = f"Basic {base64.b64encode(TOKEN.encode()).decode()}"
_ME = 900


@dataclass
class Zendesk:
    """`tickets` by id, each with its `comments`; `seen` are the requests by name, `keys` those of Idempotency-Key."""

    faults: Faults = field(default_factory=Faults)
    tickets: dict[int, Json] = field(default_factory=dict)
    people: list[Json] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    _keys: dict[str, tuple[str, int]] = field(default_factory=dict)

    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes(
            [
                web.get("/api/v2/users/me.json", self._me),
                web.get("/api/v2/users/search.json", self._search),
                web.get("/api/v2/users/{id}/tickets/requested.json", self._requested),
                web.get("/api/v2/tickets.json", self._list),
                web.post("/api/v2/tickets.json", self._create),
                web.get("/api/v2/tickets/{id}.json", self._show),
                web.put("/api/v2/tickets/{id}.json", self._update),
                web.get("/api/v2/tickets/{id}/comments.json", self._comments),
            ]
        )
        return application

    def comments(self) -> list[Json]:
        return [comment for ticket in self.tickets.values() for comment in ticket["comments"]]

    async def _me(self, request: web.Request) -> web.StreamResponse:
        return await self._answer("me", request, lambda: web.json_response({"user": {"id": _ME, "name": "Frontdesk"}}))

    async def _search(self, request: web.Request) -> web.StreamResponse:
        wanted = request.query["query"].removeprefix("email:").lower()
        near = [each for each in self.people if each["email"].startswith(wanted[:3])]  # a search is generous
        return await self._answer("search", request, lambda: web.json_response({"users": near, "count": len(near)}))

    async def _requested(self, request: web.Request) -> web.StreamResponse:
        theirs = next(each for each in self.people if str(each["id"]) == request.match_info["id"])["theirs"]
        shown = [{"id": at, "status": status} for at, status in enumerate(theirs)]
        body = {"tickets": shown, "count": len(shown), "next_page": None}
        return await self._answer("requested", request, lambda: web.json_response(body))

    async def _list(self, request: web.Request) -> web.StreamResponse:
        found = [each for each in self.tickets.values() if each["external_id"] == request.query["external_id"]]
        return await self._answer("list", request, lambda: web.json_response({"tickets": found, "count": len(found)}))

    async def _show(self, request: web.Request) -> web.StreamResponse:
        return await self._answer("show", request, lambda: self._ticket(int(request.match_info["id"])))

    async def _comments(self, request: web.Request) -> web.StreamResponse:
        found = self.tickets.get(int(request.match_info["id"]))
        if found is None:
            return _wrong(404, "RecordNotFound", "Not found")
        shown = sorted(
            found["comments"], key=lambda each: each["id"], reverse=request.query.get("sort_order") == "desc"
        )
        return await self._answer("comments", request, lambda: web.json_response({"comments": shown[:100]}))

    async def _create(self, request: web.Request) -> web.StreamResponse:
        body, key = await request.text(), request.headers.get("Idempotency-Key", "")

        def answer() -> web.Response:
            if key in self._keys:
                before, id = self._keys[key]
                if before != body:
                    return _wrong(400, "IdempotentRequestError", "Key was used for another request")
                return self._ticket(id, 201)
            made = json.loads(body)["ticket"]
            if not made["comment"]["body"].strip():
                return _wrong(422, "RecordInvalid", "Description: cannot be blank")
            id = 4700 + len(self.tickets)
            comment = {**made.pop("comment"), "id": 1}
            self.tickets[id] = {"id": id, "status": "new", "assignee_id": None, **made, "comments": [comment]}
            self._keys[key] = (body, id)
            return self._ticket(id, 201)

        return await self._answer("create", request, answer)

    async def _update(self, request: web.Request) -> web.StreamResponse:
        changes = json.loads(await request.text())["ticket"]
        ticket = self.tickets.get(int(request.match_info["id"]))

        def answer() -> web.Response:
            if ticket is None:
                return _wrong(404, "RecordNotFound", "Not found")
            if ticket["status"] == "closed":
                return _wrong(422, "RecordInvalid", "Status: closed prevents ticket update")
            if changes.get("status") == "solved" and not (changes.get("assignee_id") or ticket["assignee_id"]):
                return _wrong(422, "RecordInvalid", "Assignee: is required when solving a ticket")
            more = {name: value for name, value in changes.items() if name != "comment"}
            if comment := changes.get("comment"):
                ticket["comments"].append({**comment, "id": len(ticket["comments"]) + 1})
            ticket.update(more)
            return self._ticket(ticket["id"])

        return await self._answer("note" if "comment" in changes else "update", request, answer)

    def _ticket(self, id: int, status: int = 200) -> web.Response:
        found = self.tickets.get(id)
        if found is None:
            return _wrong(404, "RecordNotFound", "Not found")
        return web.json_response(
            {"ticket": {key: value for key, value in found.items() if key != "comments"}}, status=status
        )

    async def _answer(self, name: str, request: web.Request, answer: Callable[[], web.Response]) -> web.StreamResponse:
        self.seen.append(name)
        self.raw.append(f"{request.path_qs} {await request.text()}")
        if request.headers.get("Authorization") != _BASIC:
            return web.json_response({"error": "Couldn't authenticate you"}, status=401)
        return await faulty(request, self.faults.next(name), answer)


def _wrong(status: int, error: str, description: str) -> web.Response:
    return web.json_response({"error": error, "description": description}, status=status)
