"""The part of Freshdesk's REST API v2 that the mapping uses, as its documentation describes it; fails on demand."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.connectors.servers import Faults, Json, faulty

TOKEN = "sesame-open-44"
_BASIC = f"Basic {base64.b64encode(f'{TOKEN}:X'.encode()).decode()}"
_REQUIRED = {"subject", "description", "status", "priority", "source"}
_KNOWN = _REQUIRED | {"unique_external_id", "name", "tags"}
_LONGEST_TAG = 32
_FIRST = 4700


@dataclass
class Freshdesk:
    """`tickets` by id, each with its `notes`; `seen` are the requests by name, `raw` what came with them."""

    faults: Faults = field(default_factory=Faults)
    tickets: dict[int, Json] = field(default_factory=dict)
    people: list[Json] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)

    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes(
            [
                web.get("/api/v2/agents/me", self._me),
                web.get("/api/v2/contacts", self._contacts),
                web.get("/api/v2/tickets", self._list),
                web.post("/api/v2/tickets", self._create),
                web.get("/api/v2/tickets/{id}", self._show),
                web.put("/api/v2/tickets/{id}", self._update),
                web.post("/api/v2/tickets/{id}/notes", self._note),
                web.get("/api/v2/tickets/{id}/conversations", self._conversations),
            ]
        )
        return application

    def notes(self) -> list[Json]:
        return [note for ticket in self.tickets.values() for note in ticket["notes"]]

    async def _me(self, request: web.Request) -> web.StreamResponse:
        return await self._answer("me", request, lambda: web.json_response({"id": 900, "type": "support_agent"}))

    async def _contacts(self, request: web.Request) -> web.StreamResponse:
        wanted = request.query["email"].lower()
        found = [each for each in self.people if each["email"] == wanted]
        return await self._answer("contacts", request, lambda: web.json_response(found))

    async def _list(self, request: web.Request) -> web.StreamResponse:
        def answer() -> web.Response:
            if "updated_since" not in request.query:
                return web.json_response([])  # those of the last 30 days only
            if person := request.query.get("requester_id"):
                theirs = next(each for each in self.people if str(each["id"]) == person)["theirs"]
                return web.json_response([{"id": at, "status": status} for at, status in enumerate(theirs)])
            of = request.query["unique_external_id"]
            found = [_shown(each) for each in self.tickets.values() if each["unique_external_id"] == of]
            return web.json_response(found) if found else _invalid("unique_external_id", "There is no such contact")

        return await self._answer("list", request, answer)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        made = json.loads(await request.text())

        def answer() -> web.Response:
            if missing := _REQUIRED - made.keys():
                return _invalid(missing.pop(), "It should be a/an value")
            if unknown := made.keys() - _KNOWN:
                return _invalid(unknown.pop(), "Unexpected/invalid field in request")
            if (
                made["status"] not in (2, 3, 4, 5)
                or made["priority"] not in (1, 2, 3, 4)
                or type(made["source"]) is not int
            ):
                return _invalid("priority", "It should be one of these values: '1,2,3,4'")
            if any(len(tag) > _LONGEST_TAG for tag in made["tags"]):
                return _invalid("tags", "It should only contain elements that have maximum of 32 characters")
            id = _FIRST + len(self.tickets)
            self.tickets[id] = {"id": id, **made, "notes": []}
            return web.json_response(_shown(self.tickets[id]), status=201)

        return await self._answer("create", request, answer)

    async def _show(self, request: web.Request) -> web.StreamResponse:
        found = self.tickets.get(int(request.match_info["id"]))
        shown: Callable[[], web.Response] = lambda: web.json_response(_shown(found)) if found else _gone()  # noqa: E731
        return await self._answer("show", request, shown)

    async def _update(self, request: web.Request) -> web.StreamResponse:
        changes, ticket = json.loads(await request.text()), self.tickets.get(int(request.match_info["id"]))

        def answer() -> web.Response:
            if ticket is None:
                return _gone()
            if changes["status"] not in (2, 3, 4, 5) or changes["priority"] not in (1, 2, 3, 4):
                return _invalid("status", "It should be one of these values")
            ticket.update(changes)
            return web.json_response(_shown(ticket))

        return await self._answer("update", request, answer)

    async def _note(self, request: web.Request) -> web.StreamResponse:
        said, ticket = json.loads(await request.text()), self.tickets.get(int(request.match_info["id"]))

        def answer() -> web.Response:
            if ticket is None:
                return _gone()
            if not said["body"].strip() or type(said["private"]) is not bool:
                return _invalid("body", "It should not be blank")
            ticket["notes"].append({**said, "id": len(ticket["notes"]) + 1})
            return web.json_response(ticket["notes"][-1], status=201)

        return await self._answer("note", request, answer)

    async def _conversations(self, request: web.Request) -> web.StreamResponse:
        found = self.tickets.get(int(request.match_info["id"]))
        most = int(request.query.get("per_page", "30"))
        shown: Callable[[], web.Response] = (  # noqa: E731
            lambda: web.json_response(found["notes"][:most]) if found else _gone()
        )
        return await self._answer("conversations", request, shown)

    async def _answer(self, name: str, request: web.Request, answer: Callable[[], web.Response]) -> web.StreamResponse:
        self.seen.append(name)
        self.raw.append(f"{request.path_qs} {await request.text()}")
        if request.headers.get("Authorization") != _BASIC:
            return web.json_response({"code": "invalid_credentials", "message": "You have to be logged in"}, status=401)
        return await faulty(request, self.faults.next(name), answer)


def _shown(ticket: Json) -> Json:
    return {key: value for key, value in ticket.items() if key != "notes"}


def _invalid(name: str, message: str) -> web.Response:
    errors = [{"field": name, "message": message, "code": "invalid_value"}]
    return web.json_response({"description": "Validation failed", "errors": errors}, status=400)


def _gone() -> web.Response:
    return web.Response(status=404)
