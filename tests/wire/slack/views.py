"""Modals and home tabs: what is open before whom, and the Web API's `views.*`."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.wire.slack.arguments import Call, Refusal, malformed
from tests.wire.slack.blocks import check_view, with_ids
from tests.wire.slack.shown import elements_of, label_of, read_blocks, text_object
from tests.wire.slack.world import Json, Team, User, World

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer

# One modal and two more on top of it.
MOST_VIEWS = 3
MOST_BYTES = 250_000


@dataclass(eq=False, slots=True, kw_only=True, repr=False)
class Modal:
    """A view before a person's eyes (a home tab is one too). The object lives on through updates."""

    id: str
    user: User
    world: World
    view: Json
    closed: bool = False
    states: Json = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Modal {self.title!r}{' closed' if self.closed else ''}: {self.shown!r}>"

    @property
    def title(self) -> str:
        """Give the title."""
        return text_object(self.view.get("title"), self.world)

    @property
    def blocks(self) -> list[Json]:
        """Give the blocks."""
        blocks: list[Json] = self.view["blocks"]
        return blocks

    @property
    def shown(self) -> str:
        """Read the body as a person does."""
        return read_blocks(self.blocks, self.world)

    @property
    def buttons(self) -> list[str]:
        """List the labels of the buttons in the body."""
        return [label_of(e, self.world) for _, e in elements_of(self.blocks) if e["type"] == "button"]

    @property
    def labels(self) -> list[str]:
        """List the labels of the inputs."""
        return [text_object(block["label"], self.world) for block in self.blocks if block["type"] == "input"]

    @property
    def callback_id(self) -> str:
        """Give the callback id."""
        return str(self.view["callback_id"])

    @property
    def private_metadata(self) -> str:
        """Give what the app hid in the view."""
        return str(self.view["private_metadata"])


def dressed(slack: "SlackServer", view: Json, team: Team, modal: Modal | None, root: str, previous: str | None) -> Json:
    """Complete an app's view to what Slack gives back."""
    out: Json = {
        "id": modal.id if modal else slack.world.new_id("V"),
        "team_id": team.id,
        "type": view["type"],
        "blocks": with_ids(view["blocks"]),
        "private_metadata": view.get("private_metadata", ""),
        "callback_id": view.get("callback_id", ""),
        "state": {"values": {}},
        "hash": slack.world.new_ts(),
        "title": view.get("title"),
        "clear_on_close": view.get("clear_on_close", False),
        "notify_on_close": view.get("notify_on_close", False),
        "close": view.get("close"),
        "submit": view.get("submit"),
        "previous_view_id": previous,
        "app_id": slack.app_id,
        "external_id": view.get("external_id", ""),
        "app_installed_team_id": team.id,
        "bot_id": team.bot_id,
    }
    out["root_view_id"] = root or out["id"]
    return out


def _checked(call: Call, kind: str) -> Json:
    view = call.args["view"]
    problems = check_view(view, kind)
    if problems:
        raise malformed("invalid_arguments", problems)
    if len(json.dumps(view)) > MOST_BYTES:
        raise Refusal("view_too_large", wrong=f"{call.method}: view above 250 kB")
    good: Json = view
    return good


def _unique(slack: "SlackServer", call: Call, view: Json, itself: Modal | None = None) -> None:
    external = view.get("external_id")
    if external and slack.external.get((call.team.id, external), itself) is not itself:
        raise Refusal("duplicate_external_id", wrong=f"{call.method}: external_id {external!r} is taken")


def _person(slack: "SlackServer", call: Call) -> User:
    """Spend a trigger."""
    name = call.text("trigger_id") or call.text("interactivity_pointer")
    if not name:
        raise malformed("invalid_arguments", ["missing required field: trigger_id"])
    return slack.rights.spend(call.method, name, call.team)


def open_(slack: "SlackServer", call: Call) -> Json:
    """Open a modal in answer to an interaction."""
    view = _checked(call, "modal")
    _unique(slack, call, view)
    user = _person(slack, call)
    close_all(slack, user)
    return {"view": _put(slack, user, view, None).view}


def push(slack: "SlackServer", call: Call) -> Json:
    """Put a modal on top of the one that is open."""
    view = _checked(call, "modal")
    _unique(slack, call, view)
    user = _person(slack, call)
    stack = slack.stacks.get(user.id, [])
    if not stack:
        raise Refusal("not_found", wrong="views.push: no modal is open")
    if len(stack) >= MOST_VIEWS:
        raise Refusal("push_limit_reached", wrong="views.push: three modals are open")
    return {"view": _put(slack, user, view, stack[-1]).view}


def _put(slack: "SlackServer", user: User, view: Json, below: Modal | None) -> Modal:
    root = below.view["root_view_id"] if below else ""
    full = dressed(slack, view, user.team, None, root, below.id if below else None)
    modal = Modal(id=full["id"], user=user, world=slack.world, view=full)
    slack.stacks.setdefault(user.id, []).append(modal)
    slack.views[modal.id] = modal
    if full["external_id"]:
        slack.external[(user.team.id, full["external_id"])] = modal
    slack.opened.setdefault(user.id, []).append(modal)
    slack.world.ring()
    return modal


def push_answer(slack: "SlackServer", modal: Modal, view: Json) -> Modal:
    """Put the view of a `response_action: push` on top."""
    return _put(slack, modal.user, view, modal)


def rewrite(slack: "SlackServer", modal: Modal, view: Json) -> None:
    """Replace what an open view shows; values typed under ids that remain are kept."""
    before = modal.view
    modal.view = dressed(
        slack, view, modal.user.team, modal, before.get("root_view_id", modal.id), before.get("previous_view_id")
    )
    ids = {block["block_id"] for block in modal.blocks}
    modal.states = {block: values for block, values in modal.states.items() if block in ids}
    if modal.view["external_id"]:
        slack.external[(modal.user.team.id, modal.view["external_id"])] = modal
    slack.world.ring()


def close_all(slack: "SlackServer", user: User) -> None:
    """Close every modal before a person."""
    for modal in slack.stacks.pop(user.id, []):
        shut(slack, modal)


def shut(slack: "SlackServer", modal: Modal) -> None:
    """Close one modal."""
    modal.closed = True
    slack.external.pop((modal.user.team.id, modal.view["external_id"]), None)
    stack = slack.stacks.get(modal.user.id, [])
    if modal in stack:
        stack.remove(modal)
    slack.world.ring()


def update(slack: "SlackServer", call: Call) -> Json:
    """Change an open modal, named by view id or external id."""
    external = call.text("external_id")
    modal = slack.external.get((call.team.id, external)) if external else slack.views.get(call.text("view_id"))
    if modal is None or modal.closed or modal.user.team is not call.team:
        raise Refusal("not_found")
    view = _checked(call, str(modal.view["type"]))
    _unique(slack, call, view, modal)
    if call.text("hash") and call.text("hash") != modal.view["hash"]:
        raise Refusal("hash_conflict")
    rewrite(slack, modal, view)
    return {"view": modal.view}


def publish(slack: "SlackServer", call: Call) -> Json:
    """Put a home tab before a person."""
    view = _checked(call, "home")
    user = call.team.people.get(call.text("user_id"))
    if user is None:
        raise Refusal("user_not_found")
    _unique(slack, call, view, slack.homes.get(user.id))
    home = slack.homes.get(user.id)
    if home is not None and call.text("hash") and call.text("hash") != home.view["hash"]:
        raise Refusal("hash_conflict")
    full = dressed(slack, view, user.team, home, "", None)
    if home is None:
        home = slack.homes[user.id] = Modal(id=full["id"], user=user, world=slack.world, view=full)
        slack.views[home.id] = home
    home.view = full
    slack.world.ring()
    return {"view": full}
