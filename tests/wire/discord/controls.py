"""What a person does with the bot's controls: commands, suggestions, buttons, menus and forms. It refuses what a real
client would not let a person do, so that a test cannot press what is not there."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.wire.discord import interactions as kinds
from tests.wire.discord import permissions, shown
from tests.wire.discord.interactions import Interaction, Interactions, resolved
from tests.wire.discord.records import Attachment, Channel, Message, Modal, Role, User
from tests.wire.discord.rest import guess
from tests.wire.discord.world import World

Json = dict[str, Any]
File = tuple[str, str, bytes]


class NotAnswered(AssertionError):
    """The person read "This interaction failed" or "The application did not respond"."""


class Controls:
    """Everything that becomes an interaction."""

    world: World
    interactions: Interactions

    async def _answer(self, one: Interaction, *, wait: float) -> Message | None:
        """Wait for the answer as the person does: three seconds for a sign of life, then for the words."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self.interactions.deadline + 0.05
        while one.answered is None:
            left = until - loop.time()
            if left <= 0:
                raise NotAnswered(f"nobody answered {one.data.get('name') or one.data.get('custom_id')!r} within 3 s")
            await self.world.changed(left)
        if one.answered in (kinds.REPLY, kinds.UPDATE):
            return one.original
        if one.answered != kinds.DEFER_REPLY or one.original is None:
            return None
        until = loop.time() + wait
        while one.original.loading and not one.original.deleted:
            left = until - loop.time()
            if left <= 0:
                raise NotAnswered(f"{one.data.get('name')!r} stayed at thinking for {wait} s")
            await self.world.changed(left)
        return None if one.original.deleted else one.original

    async def _send(
        self, kind: int, user: User, channel: Channel, data: Json, message: Message | None, wait: float | None
    ) -> Message | None:
        if not self.world.sees(user, channel):
            raise PermissionError(f"{user.name} does not see #{channel.name}")
        one = self.interactions.start(kind, user, channel, data, message)
        if wait is None:
            await asyncio.sleep(0)
            return None
        return await self._answer(one, wait=wait)

    # Commands

    def _command(self, user: User, channel: Channel, name: str, kind: int) -> Json:
        place = channel.guild.id if channel.guild else None
        listed = (
            [*self.world.commands.get(place, []), *self.world.commands[None]] if place else self.world.commands[None]
        )
        found = next((one for one in listed if one["name"] == name and one["type"] == kind), None)
        if found is None:
            raise LookupError(f"no command {name!r}; there are {[one['name'] for one in listed]}")
        if channel.guild is None:
            if found["contexts"] is not None and 1 not in found["contexts"]:
                raise LookupError(f"{name!r} is not for DMs")
            if not found["dm_permission"]:
                raise LookupError(f"{name!r} is not for DMs")
        else:
            needed = int(found["default_member_permissions"] or 0) | permissions.BITS["USE_APPLICATION_COMMANDS"]
            if self.world.rights(user, channel) & needed != needed:
                raise PermissionError(f"{user.name} may not use {name!r}")
        return found

    def _descend(self, command: Json, path: list[str]) -> tuple[list[Json], list[Json]]:
        """Walk to a subcommand: give its options, and the chain of names to wrap the values in."""
        options, chain = command["options"], []
        for word in path:
            step = next((one for one in options if one["name"] == word and one["type"] in (1, 2)), None)
            if step is None:
                raise LookupError(f"no subcommand {word!r} in {command['name']!r}")
            chain.append(step)
            options = step.get("options") or []
        return options, chain

    def _option(self, user: User, command: str, option: Json, value: object, picked: list[object]) -> object:
        kind = option["type"]
        if kind in (6, 7, 8, 9):
            picked.append(value)
            return str(value.id) if isinstance(value, User | Channel | Role) else str(value)
        if kind == 11:
            assert isinstance(value, tuple)
            held = self._upload(value)
            picked.append(held)
            return str(held.id)
        suggested = self._suggested.get((user.id, command, option["name"]), {})
        chosen = {one["name"]: one["value"] for one in option.get("choices") or []} or suggested
        if option.get("choices") and value not in chosen and value not in chosen.values():
            raise ValueError(f"{value!r} is not a choice of {option['name']!r}: {list(chosen)}")
        if isinstance(value, str) and value in chosen:
            return chosen[value]
        if kind == 3:
            least, most = option.get("min_length", 0), option.get("max_length", 6000)
            if not least <= len(str(value)) <= most:
                raise ValueError(f"{option['name']!r} takes {least} to {most} characters")
        return value

    _suggested: dict[tuple[int, str, str], dict[str, Any]]

    def _upload(self, file: File) -> Attachment:
        name, mime, data = file
        held = Attachment(self.world.ids.next(), name, mime or guess(name), data)
        self.world.files[held.id] = held
        return held

    def _data(
        self, user: User, channel: Channel, name: str, options: Json, *, focused: str | None = None
    ) -> tuple[Json, list[object]]:
        words = name.split(" ")
        command = self._command(user, channel, words[0], 1)
        declared, chain = self._descend(command, words[1:])
        known = {one["name"]: one for one in declared}
        picked: list[object] = []
        given: list[Json] = []
        for key, value in options.items():
            if key not in known:
                raise LookupError(f"no option {key!r} in /{name}; there are {list(known)}")
            entry: Json = {"name": key, "type": known[key]["type"]}
            if key == focused:
                given.append(entry | {"value": value, "focused": True})
            else:
                given.append(entry | {"value": self._option(user, name, known[key], value, picked)})
        missing = [one["name"] for one in declared if one.get("required") and one["name"] not in options]
        if missing and focused is None:
            raise ValueError(f"/{name} needs {missing}")
        for step in reversed(chain):
            given = [{"name": step["name"], "type": step["type"], "options": given}]
        data: Json = {"id": command["id"], "name": command["name"], "type": 1, "options": given}
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        return data, picked

    async def command(
        self, user: User, channel: Channel, name: str, /, *, wait: float | None = 15.0, **options: Any
    ) -> Message | None:
        """Use a slash command ("case close" for a subcommand) and give the answer; None where there are no words.

        Options take text, numbers, a User, Channel or Role, or a file; a name that autocomplete offered sends its
        value. With wait=None nobody waits. Raises NotAnswered where the person would read that it failed.
        """
        data, picked = self._data(user, channel, name, options)
        if picked:
            data["resolved"] = resolved(self.world, channel, picked)
        return await self._send(kinds.COMMAND, user, channel, data, None, wait)

    async def autocomplete(
        self, user: User, channel: Channel, name: str, option: str, typed: str, /, **options: Any
    ) -> list[str]:
        """Type into an option and give the names that are offered."""
        data, _ = self._data(user, channel, name, options | {option: typed}, focused=option)
        one = self.interactions.start(kinds.AUTOCOMPLETE, user, channel, data)
        await self._answer(one, wait=0)
        self._suggested[user.id, name, option] = {each["name"]: each["value"] for each in one.choices}
        return [each["name"] for each in one.choices]

    async def context_menu(
        self,
        user: User,
        name: str,
        target: Message | User,
        *,
        channel: Channel | None = None,
        wait: float | None = 15.0,
    ) -> Message | None:
        """Use a menu entry of a message or of a person (then name the channel)."""
        place = target.channel if isinstance(target, Message) else channel
        if place is None:
            raise ValueError("a user menu needs the channel that it is opened in")
        command = self._command(user, place, name, 3 if isinstance(target, Message) else 2)
        data: Json = {"id": command["id"], "name": name, "type": command["type"], "target_id": str(target.id)}
        data["resolved"] = resolved(self.world, place, [target])
        return await self._send(kinds.COMMAND, user, place, data, None, wait)

    # Buttons and menus

    def _control(self, user: User, message: Message, key: str, types: tuple[int, ...]) -> Json:
        if message.deleted or (message.ephemeral_to is not None and message.ephemeral_to is not user):
            raise LookupError(f"{user.name} does not see that message")
        items = [one for one in shown.walk(message.components) if one["type"] in types]
        for one in items:
            if key in (one.get("custom_id"), shown.label(one), one.get("placeholder")):
                if one.get("disabled"):
                    raise LookupError(f"{key!r} is greyed out")
                if "custom_id" not in one:
                    raise LookupError(f"{key!r} is a link")
                return one
        names = [shown.label(one) or one.get("placeholder") or one.get("custom_id") for one in items]
        raise LookupError(f"no {key!r} under that message; there are {names}")

    async def press(self, user: User, message: Message, button: str, *, wait: float | None = 15.0) -> Message | None:
        """Press a button by its label or custom_id; give the answer, or the message itself where that was changed."""
        item = self._control(user, message, button, (2,))
        data = {"custom_id": item["custom_id"], "component_type": 2, "id": item["id"]}
        return await self._send(kinds.COMPONENT, user, message.channel, data, message, wait)

    async def choose(
        self,
        user: User,
        message: Message,
        menu: str,
        values: str | list[Any],
        *,
        wait: float | None = 15.0,
    ) -> Message | None:
        """Choose in a menu (by custom_id or placeholder): labels or values, or Users, Roles and Channels."""
        item = self._control(user, message, menu, (3, 5, 6, 7, 8))
        chosen = self._values(item, [values] if isinstance(values, str) else list(values))
        data: Json = {"custom_id": item["custom_id"], "component_type": item["type"], "id": item["id"]}
        data |= {"values": chosen[0]}
        if chosen[1]:
            data["resolved"] = resolved(self.world, message.channel, chosen[1])
        return await self._send(kinds.COMPONENT, user, message.channel, data, message, wait)

    def _values(self, item: Json, wanted: list[Any]) -> tuple[list[str], list[object]]:
        least, most = item.get("min_values"), item.get("max_values")
        low = 1 if least is None else least
        if not low <= len(wanted) <= (most or 1):
            raise ValueError(f"{item['custom_id']} takes {low} to {most or 1} values")
        if item["type"] not in (3, 21, 22):
            return [str(one.id) for one in wanted], wanted
        known = {one["label"]: one["value"] for one in item["options"]}
        values = [known.get(one, one) for one in wanted]
        for one in values:
            if one not in known.values():
                raise LookupError(f"no {one!r} in the menu; there are {list(known)}")
        return values, []

    # Forms

    async def modal(self, user: User, *, wait: float = 5.0) -> Modal:
        """Take the form that has opened in front of a person, or opens within `wait` seconds."""
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        while not user.modals:
            left = until - loop.time()
            if left <= 0:
                raise NotAnswered(f"no form opened in front of {user.name}")
            await self.world.changed(left)
        return user.modals.pop(0)

    async def submit(
        self, user: User, modal: Modal, values: dict[str, Any], *, wait: float | None = 15.0
    ) -> Message | None:
        """Send a form; `values` by custom_id or label. What a client would not send is a ValueError."""
        inputs = modal.inputs
        unknown = set(values) - {one["custom_id"] for one in inputs} - {one.get("label") for one in inputs}
        if unknown:
            raise LookupError(f"no {unknown} in the form; there are {modal.labels}")
        picked: list[object] = []
        rows: list[Json] = []
        for row in modal.components:
            if row["type"] == 1:
                rows.append(
                    {"type": 1, "id": row["id"]}
                    | {"components": [self._filled(one, one.get("label"), values, picked) for one in row["components"]]}
                )
            elif row["type"] == 18:
                inner = self._filled(row["component"], row["label"], values, picked)
                rows.append({"type": 18, "id": row["id"], "component": inner})
            else:
                rows.append({"type": row["type"], "id": row["id"]})
        data: Json = {"custom_id": modal.custom_id, "components": rows}
        if picked:
            data["resolved"] = resolved(self.world, modal.channel, picked)
        return await self._send(kinds.SUBMIT, user, modal.channel, data, modal.message, wait)

    def _filled(self, item: Json, label: str | None, values: dict[str, Any], picked: list[object]) -> Json:
        kind, key = item["type"], item["custom_id"]
        given = values.get(key, values.get(label or key))
        required = item.get("required")
        needed = kind != 23 and (True if required is None else required)
        made: Json = {"type": kind, "custom_id": key, "id": item["id"]}
        if kind == 4:
            text = str(item.get("value") or "" if given is None else given)
            least, most = item.get("min_length") or 0, item.get("max_length") or 4000
            if (needed and not text) or len(text) > most or (text and len(text) < least):
                raise ValueError(f"{label or key} takes {least} to {most} characters")
            return made | {"value": text}
        if kind == 23:
            return made | {"value": bool(item.get("default") if given is None else given)}
        wanted = [] if given is None else given if isinstance(given, list) else [given]
        if needed and not wanted:
            raise ValueError(f"{label or key} is required")
        if kind == 19:
            held = [self._upload(one) for one in wanted]
            picked += held
            return made | {"values": [str(one.id) for one in held]}
        chosen, objects = self._values(item, wanted) if wanted else ([], [])
        picked += objects
        if kind == 21:
            return made | {"value": chosen[0] if chosen else None}
        return made | {"values": chosen}
