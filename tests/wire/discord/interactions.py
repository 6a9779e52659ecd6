"""Interactions: what a person sets off, its one answer within three seconds, and its fifteen minutes of follow-ups."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.wire.discord import bodies, letters, payloads, permissions, posting
from tests.wire.discord.commands import check_choices
from tests.wire.discord.components import check_modal, numbered
from tests.wire.discord.errors import ApiError, Form
from tests.wire.discord.records import EPHEMERAL, LOADING, Attachment, Channel, Message, Modal, User
from tests.wire.discord.rest import Answer, Ask, Rest
from tests.wire.discord.world import Event, World

Json = dict[str, Any]

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
REPLY, DEFER_REPLY, DEFER_UPDATE, UPDATE, CHOICES, FORM = 4, 5, 6, 7, 8, 9
_ALLOWED = {
    COMMAND: (REPLY, DEFER_REPLY, FORM),
    COMPONENT: (REPLY, DEFER_REPLY, DEFER_UPDATE, UPDATE, FORM),
    AUTOCOMPLETE: (CHOICES,),
    SUBMIT: (REPLY, DEFER_REPLY, DEFER_UPDATE, UPDATE),
}


@dataclass(eq=False, slots=True)
class Interaction:
    """One press, command, submission or keystroke, and how it was answered."""

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    data: Json
    message: Message | None
    at: float
    delivered_at: float | None = None
    deliveries: int = 0
    answered: int | None = None
    answer_lost: bool = False
    original: Message | None = None
    choices: list[Json] = field(default_factory=list)
    modal: Modal | None = None
    deferred_ephemeral: bool = False
    followups: list[Message] = field(default_factory=list)


class Interactions:
    """Sends interactions to the bot and takes its answers."""

    def __init__(self, world: World, rest: Rest) -> None:
        self.world = world
        self.deadline = 3.0
        self.token_life = 900.0
        self.by_id: dict[int, Interaction] = {}
        self.by_token: dict[str, Interaction] = {}
        rest.add("POST /interactions/*/*/callback", self.callback)
        rest.add("POST /webhooks/*/*", self.follow_up)
        rest.add("GET /webhooks/*/*/messages/*", self.get)
        rest.add("PATCH /webhooks/*/*/messages/*", self.edit)
        rest.add("DELETE /webhooks/*/*/messages/*", self.delete)

    def lost(self, path: str) -> None:
        """Note that an answer's receipt was cut off, so that a second try is no slip."""
        parts = path.split("/")
        one = self.by_id.get(int(parts[2])) if path.startswith("/interactions/") else None
        if one is not None:
            one.answer_lost = True

    # Out

    def start(self, kind: int, user: User, channel: Channel, data: Json, message: Message | None = None) -> Interaction:
        """Send an interaction to the bot."""
        world = self.world
        one = Interaction(
            world.ids.next(), secrets.token_urlsafe(60), kind, user, channel, data, message, world.clock.now()
        )
        self.by_id[one.id] = one
        self.by_token[one.token] = one

        def sent(copies: int) -> None:
            one.deliveries += copies
            one.delivered_at = world.clock.now()

        guild = channel.guild.id if channel.guild else None
        world.emit(Event("INTERACTION_CREATE", self._payload(one), guild, 0, sent=sent))
        world.touch()
        return one

    def _payload(self, one: Interaction) -> Json:
        world, channel = self.world, one.channel
        place = payloads.channel(world, channel) | {"permissions": str(world.rights(one.user, channel))}
        made: Json = {
            "id": str(one.id),
            "application_id": str(world.application_id),
            "type": one.kind,
            "token": one.token,
            "version": 1,
            "data": one.data,
            "channel_id": str(channel.id),
            "channel": place,
            "locale": "en-US",
            "app_permissions": str(world.rights(world.bot, channel)),
            "entitlements": [],
            "attachment_size_limit": world.max_file,
            "context": 0 if channel.guild else 1,
            "authorizing_integration_owners": {"0": str(channel.guild.id if channel.guild else 0)},
        }
        if channel.guild is not None:
            guild = channel.guild
            made |= {
                "guild_id": str(guild.id),
                "guild": {"id": str(guild.id), "locale": guild.locale, "features": ["COMMUNITY"]},
                "guild_locale": guild.locale,
                "member": payloads.member(world, guild.members[one.user.id])
                | {"permissions": str(world.rights(one.user, channel))},
            }
        else:
            made["user"] = payloads.user(one.user)
        if one.message is not None:
            made["message"] = letters.message(world, one.message, content=True)
        return made

    # The first answer

    def callback(self, ask: Ask) -> Answer:
        """Take the answer: once, in time, and of a kind that fits the question."""
        world = self.world
        one = self.by_id.get(int(ask.params[0])) if ask.params[0].isdigit() else None
        if one is None or one.token != ask.params[1]:
            raise ApiError(10062, violation="an answer to an interaction that never was")
        if one.answered is not None:
            # Nor where the bot was asked twice, or never learnt that its first answer had arrived.
            excused = one.answer_lost or one.deliveries > 1
            raise ApiError(40060, violation="" if excused else "a second answer to an interaction")
        if world.clock.now() - one.at > self.deadline:
            # The bot is not at fault where the gateway brought the question late.
            known = one.delivered_at is not None and world.clock.now() - one.delivered_at > self.deadline
            raise ApiError(10062, violation="an answer after 3 s" if known else "")
        kind, data = ask.body.get("type"), ask.body.get("data") or {}
        if set(ask.body) - {"type", "data"}:
            raise bodies.form("type", "UNKNOWN_FIELD", f"No such fields: {set(ask.body) - {'type', 'data'}}")
        if kind not in _ALLOWED[one.kind] or (kind in (DEFER_UPDATE, UPDATE) and one.message is None):
            raise bodies.form("type", "INTERACTION_TYPE_INVALID", f"Type {kind} cannot answer type {one.kind}.")
        if kind == REPLY:
            draft = bodies.draft(world, one.channel, data, ask.files, "answer", at="data")
            one.original = self._say(one, draft, first=True)
        elif kind == DEFER_REPLY:
            flags = LOADING | ((data.get("flags") or 0) & EPHEMERAL)
            one.deferred_ephemeral = bool(flags & EPHEMERAL)
            one.original = self._say(one, posting.Draft(flags=flags), first=True)
        elif kind == DEFER_UPDATE:
            one.original = one.message
        elif kind == UPDATE:
            assert one.message is not None
            changes = bodies.changes(world, one.message, data, ask.files, "answer", at="data")
            posting.edit(world, one.message, changes, data.get("allowed_mentions"))
            one.original = one.message
        elif kind == CHOICES:
            form = Form()
            check_choices(form, "data.choices", data.get("choices") or [])
            form.refuse()
            one.choices = data.get("choices") or []
        else:
            form = Form()
            check_modal(form, "data", data)
            form.refuse()
            one.modal = Modal(
                one.user, data["title"], data["custom_id"], numbered(data["components"]), one.channel, one.message
            )
            one.user.modals.append(one.modal)
        one.answered = kind
        world.touch()
        if ask.query.get("with_response") in ("1", "true"):
            return self._response(one)
        return None

    def _say(self, one: Interaction, draft: posting.Draft, *, first: bool) -> Message:
        draft.webhook = True
        if draft.flags & EPHEMERAL:
            draft.ephemeral_to = one.user
        if one.kind == COMMAND and first:
            draft.type = 20 if one.data["type"] == 1 else 23
        elif one.message is not None and first:
            draft.type, draft.reference = 19, one.message
        elif not first and one.original is not None and not one.original.deleted:
            draft.type, draft.reference = 19, one.original
        draft.interaction = {
            "id": str(one.id),
            "type": one.kind,
            "user": payloads.user(one.user),
            "authorizing_integration_owners": {"0": str(one.channel.guild.id if one.channel.guild else 0)},
        }
        if first and one.kind == COMMAND:
            draft.interaction["name"] = one.data["name"]
        if one.message is not None and one.kind == COMPONENT:
            draft.interaction["interacted_message_id"] = str(one.message.id)
        return posting.post(self.world, one.channel, self.world.bot, draft)

    def _response(self, one: Interaction) -> Json:
        inner: Json = {"id": str(one.id), "type": one.kind, "channel_id": str(one.channel.id)}
        resource: Json = {"type": one.answered}
        if one.channel.guild is not None:
            inner["guild_id"] = str(one.channel.guild.id)
        if one.original is not None:
            inner |= {
                "response_message_id": str(one.original.id),
                "response_message_loading": one.original.loading,
                "response_message_ephemeral": one.original.ephemeral_to is not None,
            }
            if one.answered in (REPLY, DEFER_REPLY, UPDATE):
                resource["message"] = letters.message(self.world, one.original, content=True)
        return {"interaction": inner, "resource": resource}

    # Afterwards

    def _known(self, ask: Ask) -> Interaction:
        one = self.by_token.get(ask.params[1])
        if one is None or ask.params[0] != str(self.world.application_id) or one.answered is None:
            raise ApiError(10015, violation="a follow-up to nothing, or before the answer")
        if self.world.clock.now() - one.at > self.token_life:
            raise ApiError(50027)
        return one

    def _message(self, one: Interaction, key: str) -> Message:
        if key == "@original":
            found = one.original
        else:
            found = next((each for each in one.followups if str(each.id) == key), None)
            if found is None and one.original is not None and str(one.original.id) == key:
                found = one.original
        if found is None or found.deleted:
            raise ApiError(10008)
        return found

    def follow_up(self, ask: Ask) -> Answer:
        """Say more. After a deferral the first words take the place of "thinking"."""
        one = self._known(ask)
        draft = bodies.draft(self.world, one.channel, ask.body, ask.files, "webhook")
        if one.original is not None and one.original.loading and not one.original.deleted:
            if draft.flags & EPHEMERAL and not one.deferred_ephemeral:
                draft.flags &= ~EPHEMERAL
            message = self._fill(one, draft)
        else:
            message = self._say(one, draft, first=False)
            one.followups.append(message)
        if ask.query.get("wait") in ("0", "false"):
            return None
        return letters.message(self.world, message, content=True)

    def _fill(self, one: Interaction, draft: posting.Draft) -> Message:
        assert one.original is not None
        keep = one.original.flags & EPHEMERAL
        changes = {
            "content": draft.content,
            "embeds": draft.embeds,
            "components": draft.components,
            "attachments": draft.attachments,
            "flags": draft.flags | keep,
        }
        posting.edit(self.world, one.original, changes, draft.allowed)
        one.original.edited_at = None
        one.original.edits.clear()
        return one.original

    def get(self, ask: Ask) -> Answer:
        return letters.message(self.world, self._message(self._known(ask), ask.params[2]), content=True)

    def edit(self, ask: Ask) -> Answer:
        one = self._known(ask)
        message = self._message(one, ask.params[2])
        changes = bodies.changes(self.world, message, ask.body, ask.files, "webhook")
        was_loading = message.loading
        if was_loading:
            changes["flags"] = changes.get("flags", message.flags) & ~LOADING
        posting.edit(self.world, message, changes, ask.body.get("allowed_mentions"))
        if was_loading:
            # What fills "thinking" is not shown as edited.
            message.edited_at = None
            message.edits.clear()
        return letters.message(self.world, message, content=True)

    def delete(self, ask: Ask) -> Answer:
        one = self._known(ask)
        message = self._message(one, ask.params[2])
        if message is one.message and message.ephemeral_to is None and message.author is not self.world.bot:
            raise ApiError(50013)
        posting.delete(self.world, message)
        return None


def resolved(world: World, guild_channel: Channel, picked: list[object]) -> Json:
    """Give the objects behind picked ids, as commands, selects and forms carry them."""
    made: dict[str, Json] = {}
    guild = guild_channel.guild
    for one in picked:
        if isinstance(one, User):
            made.setdefault("users", {})[str(one.id)] = payloads.user(one)
            if guild is not None and one.id in guild.members:
                rights = str(world.base_rights(guild.members[one.id]))
                entry = payloads.bare_member(world, guild.members[one.id]) | {"permissions": rights}
                made.setdefault("members", {})[str(one.id)] = entry
        elif isinstance(one, Channel):
            entry = payloads.channel(world, one) | {"permissions": str(permissions.ALL)}
            made.setdefault("channels", {})[str(one.id)] = entry
        elif isinstance(one, Message):
            made.setdefault("messages", {})[str(one.id)] = letters.message(world, one, content=True)
        elif isinstance(one, Attachment):
            made.setdefault("attachments", {})[str(one.id)] = letters.attachment(
                world, guild_channel, one, ephemeral=True
            )
        elif hasattr(one, "permissions"):
            made.setdefault("roles", {})[str(getattr(one, "id", 0))] = payloads.role(one)  # type: ignore[arg-type]
    return dict(made)
