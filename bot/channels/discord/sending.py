"""Effects → what people see on Discord. What Discord refuses becomes a word for staff, or a time to try again.

Nothing that is for staff is dropped because of their channel: it waits, and what has no card stands by itself.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress

import discord

from bot.channels.casework import SIGNS, card_lost, case_title
from bot.channels.discord import render
from bot.channels.discord.incoming import solved_tags
from bot.channels.discord.memory import channel_of, parent_of, place_at
from bot.channels.discord.posting import Posting
from bot.channels.discord.private import open_private
from bot.channels.discord.rest import NO_ACCESS, NO_PERMISSION, UNKNOWN_MESSAGE, Json, Upload
from bot.channels.discord.rooms import SHUT, RoomShut
from bot.channels.discord.serving import Serving
from bot.channels.words import shortened, wanted
from bot.dialog.effects import (
    ClosePlace,
    MarkReply,
    OpenCase,
    OpenPrivate,
    Post,
    Say,
    TakeBack,
    TellStaff,
    UpdateCase,
)
from bot.dialog.files import File
from bot.errors import DeliveryDelayed, DeliveryRefused
from bot.ports import Outgoing

log = logging.getLogger("frontdesk.discord")

REFUSALS = {
    10003: "the channel or thread is gone",
    10004: "the server is gone, or the bot is no longer in it",
    10008: "the message that it belongs to has been deleted",
    50001: "the bot cannot see the channel",
    50007: "the customer takes no direct messages, or has blocked the bot",
    50013: "the bot lacks a permission in the channel; `frontdesk doctor` tells which",
    50024: "the post or thread is gone",
    50035: "Discord does not accept the message",
    50278: "the customer is in no server with the bot",
    160005: "the thread is locked",
}
WAITS = {160006: 300.0, 30046: 60.0}  # seconds until there are fewer active threads, until old messages can be edited
_GONE = frozenset({10003, 10008, 50024, 160005})  # a card or its thread was deleted or locked
_UPLOAD, _UPLOADS = 10_000_000, 10  # bytes of a file, files of a message


async def deliver(serving: Serving, outgoing: Outgoing) -> str:
    """Show an effect and return the platform's id for it. Raises as ports.Channel.deliver says."""
    if outgoing.repeat and (shown := serving.memory.shown.get(outgoing.id)):
        return shown
    for_staff = isinstance(outgoing.effect, OpenCase | UpdateCase | TellStaff | Post)
    try:
        shown = await Sending(serving).show(outgoing)
    except discord.RateLimited as error:
        raise DeliveryDelayed(error.retry_after) from None
    except discord.HTTPException as error:
        if error.code in WAITS:
            raise DeliveryDelayed(WAITS[error.code]) from None
        if error.status == 429:
            raise DeliveryDelayed(float(error.response.headers.get("Retry-After") or 60)) from None
        if for_staff and error.code in SHUT:
            raise RoomShut(serving.rooms.shut(channel_of(outgoing.place), SHUT[error.code])) from None
        if error.code in (NO_ACCESS, NO_PERMISSION):
            where = parent_of(outgoing.place) or channel_of(outgoing.place)
            serving.rooms.fail(f"an answer in channel {where} was refused: {REFUSALS[error.code]}")
        if error.code in REFUSALS:
            raise DeliveryRefused(REFUSALS[error.code]) from None
        raise
    if for_staff and not getattr(outgoing.effect, "message", ""):
        serving.rooms.opened(channel_of(outgoing.place))
    if not isinstance(outgoing.effect, OpenPrivate | UpdateCase):
        serving.memory.show(outgoing.id, shown)
    return shown


class Sending:
    """Shows effects through one connection."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._posting = Posting(serving)

    async def show(self, outgoing: Outgoing) -> str:
        """Show an effect and return the platform's id for it."""
        match outgoing.effect:
            case Say() as effect:
                return await self._say(outgoing, effect)
            case TakeBack() as effect:
                await self._posting.delete(await self._shown(effect.effect))
                return ""
            case OpenPrivate() as effect:
                return await open_private(self._serving, self._posting, outgoing, effect)
            case ClosePlace() as effect:
                await self._close(effect.place)
                return ""
            case OpenCase():
                return await self._open_case(outgoing)
            case UpdateCase() as effect:
                return await self._update_case(outgoing, effect)
            case TellStaff() as effect:
                return effect.message or await self._tell_staff(outgoing, effect)
            case Post() as effect:
                return await self._show_post(outgoing, effect)
            case MarkReply() as effect:
                return await self._mark(effect)
            case _:
                raise DeliveryRefused(f"{type(outgoing.effect).__name__} cannot be shown")

    # --- customers ----------------------------------------------------------------------------------------------------

    async def _say(self, outgoing: Outgoing, effect: Say) -> str:
        uploads, left_out = await self._files(effect.files)
        bodies = render.say(effect, self._serving.shop.catalog, left_out)
        self._serving.memory.belongs(effect.place, outgoing.customer)  # who may have written to an earlier process
        return await self._put(effect.place, bodies, outgoing, effect.edits, uploads)

    async def _put(
        self, place: str, bodies: Sequence[Json], outgoing: Outgoing, edits: str, uploads: Sequence[Upload]
    ) -> str:
        earlier = await self._shown(edits) if edits else ""
        if earlier:
            bodies = render.kept(bodies, names) if (names := await self._names(earlier)) else bodies
            shown = await self._posting.edit(earlier, bodies, outgoing, place)
            self._serving.memory.show(edits, shown)  # the next edit may name the first effect again
            return shown
        return await self._posting.post(place, bodies, outgoing, uploads)

    async def _names(self, shown: str) -> list[str]:
        """Return the lines of a message that name files which did not pass: no edit changes those."""
        channel, _, message = shown.split()[-1].partition("/")
        try:
            return render.named(str((await self._serving.rest.message(int(channel), int(message)))["content"]))
        except discord.NotFound:
            return []

    async def _shown(self, effect: str) -> str:
        return self._serving.memory.shown.get(effect) or await self._serving.shop.store.shown(effect)

    async def _files(self, files: Sequence[File]) -> tuple[list[Upload], list[str]]:
        """Return what is sent along, and the names of what may not pass, is gone, or is too large for Discord."""
        uploads: list[Upload] = []
        left_out: list[str] = []
        for file in files:
            room = len(uploads) < _UPLOADS and file.size <= _UPLOAD
            body = await self._serving.files.fetch(file) if room else None
            if body is None or len(body) > _UPLOAD:
                left_out.append(file.name)
            else:
                uploads.append(Upload(shortened(file.name, 100) or "file", body))
        return uploads, left_out

    async def _close(self, place: str) -> None:
        """Mark and fold away a forum's post; other places stay as they are."""
        forum = self._serving.client.get_channel(parent_of(place))
        if not isinstance(forum, discord.ForumChannel):
            return
        post = await self._serving.client.fetch_channel(channel_of(place))
        if not isinstance(post, discord.Thread) or post.archived:
            return
        solved = solved_tags(self._serving.shop.catalog)
        tags = [tag for tag in forum.available_tags if tag.name.casefold() in solved]
        applied = [*tags[:1], *(tag for tag in post.applied_tags if tag not in tags[:1])][:5]
        self._serving.memory.closing.keep(post.id, True)
        try:
            await self._serving.rest.change_thread(
                post.id, applied_tags=[str(tag.id) for tag in applied], archived=True
            )
        except BaseException:
            self._serving.memory.closing.pop(post.id)
            raise

    # --- staff --------------------------------------------------------------------------------------------------------

    async def _open_case(self, outgoing: Outgoing) -> str:
        effect = outgoing.effect
        assert isinstance(effect, OpenCase)
        body = render.card(effect.case, self._serving.shop.catalog)
        card = await self._posting.post(outgoing.place, [body], outgoing)
        self._serving.memory.cards.keep(effect.case.number, card)
        self._serving.memory.cases.keep(card, effect.case.number)
        title = shortened(case_title(self._serving.shop.catalog, effect.case.number, effect.case.name), 100)
        self._serving.memory.threadless.keep(_thread_of(card), title)
        with suppress(discord.DiscordException):  # the first line in it tries again
            await self._posting.begin(_thread_of(card))
        return card

    async def _update_case(self, outgoing: Outgoing, effect: UpdateCase) -> str:
        card = await self._card(effect.case.number, outgoing.seq)
        if not card:
            raise DeliveryRefused(f"case {effect.case.number} has no card")
        room, _, message = card.partition("/")
        body = render.card(effect.case, self._serving.shop.catalog)
        try:
            await self._serving.rest.edit(int(room), int(message), body)
        except discord.HTTPException as error:
            elsewhere = int(room) != channel_of(outgoing.place)
            if error.code == UNKNOWN_MESSAGE or (elsewhere and error.code in SHUT):  # which holds up no other channel
                await self._report_lost(outgoing, effect.case.number, card)
                raise DeliveryRefused(f"the card of case {effect.case.number} is gone") from None
            raise
        return card

    def _calling(self, bodies: list[Json], line: TellStaff) -> list[Json]:
        """Return messages that call the agents whom the line mentions, by their accounts here, and nobody else."""
        agents = [agent for id in line.mentions if (agent := self._serving.shop.catalog.agents.get(id))]
        accounts = (account.removeprefix("discord:") for agent in agents for account in agent.accounts)
        return render.calling(bodies, [each for each in dict.fromkeys(accounts) if each.isdecimal()])

    async def _show_post(self, outgoing: Outgoing, post: Post) -> str:
        """Show what stands in a room by itself, or as an answer to what does."""
        bodies = render.post(post, self._serving.shop.catalog)
        above = await self._shown(post.under) if post.under else ""
        if above:
            message = above.split()[0].partition("/")[2]
            bodies[0]["message_reference"] = {"message_id": message, "fail_if_not_exists": False}
        shown = await self._put(outgoing.place, bodies, outgoing, post.edits, [])
        for each in shown.split() if post.about else ():
            self._serving.memory.posts.keep(each, post.about)
        return shown

    async def _report_lost(self, outgoing: Outgoing, case: int, card: str) -> None:
        shop = self._serving.shop
        await shop.accept(card_lost(outgoing, case, f"discord:{card}", shop.clock.now()))

    async def _mark(self, effect: MarkReply) -> str:
        """Put a reaction on the line of a reply."""
        shown = (await self._shown(effect.line)).partition(" ")[0]
        channel, _, message = shown.partition("/")
        if not message:
            return ""
        try:
            await self._serving.rest.react(int(channel), int(message), SIGNS[effect.sign])
        except (discord.NotFound, discord.Forbidden) as error:
            log.warning("a reply was not marked as %s: %d", effect.sign, error.code)
        except discord.HTTPException as error:
            if error.status != 400:  # which says that it has too many reactions, or that its thread was put away
                raise
        return shown

    async def _card(self, case: int, seq: int) -> str:
        """Return the id of a case's card; nothing if it has none, and never will have."""
        card = self._serving.memory.cards.get(case) or await self._serving.shop.store.card(case)
        if card:
            self._serving.memory.cards.keep(case, card)
        elif await self._comes(case, seq):
            raise ConnectionError(f"the card of case {case} is still on its way")
        return card

    async def _comes(self, case: int, seq: int) -> bool:
        """Tell whether a card is on its way before this effect; one that comes after it would be waited for in vain."""
        waiting = (each.effect for each in await self._serving.shop.store.outgoing() if each.seq < seq)
        return any(isinstance(effect, OpenCase) and effect.case.number == case for effect in waiting)

    async def _tell_staff(self, outgoing: Outgoing, effect: TellStaff) -> str:
        catalog = self._serving.shop.catalog
        uploads, left_out = await self._files(effect.files)
        if not effect.case:  # it is for everybody in the room
            line = render.staff_line(effect, catalog, left_out)
            return await self._put(outgoing.place, line, outgoing, effect.edits, uploads)
        card = await self._card(effect.case, outgoing.seq)
        if card:
            elsewhere = int(card.partition("/")[0]) != channel_of(outgoing.place)
            try:
                line = self._calling(render.staff_line(effect, catalog, left_out), effect)
                return await self._put(_thread_of(card), line, outgoing, effect.edits, uploads)
            except discord.HTTPException as error:
                if error.code not in _GONE and not (elsewhere and error.code in SHUT):
                    raise
            log.warning("the card of case %d is gone: what is told of it stands by itself", effect.case)
        case = await self._serving.shop.store.case(effect.case)
        about = case_title(catalog, effect.case, *((case.name, wanted(catalog, case.subject)) if case else ()))
        line = self._calling(render.staff_line(effect, catalog, left_out, about), effect)
        shown = await self._put(outgoing.place, line, outgoing, "" if card else effect.edits, uploads)
        if card:  # now that the channel has taken this, so that no card is waited for in vain
            await self._report_lost(outgoing, effect.case, card)
        return shown


def _thread_of(card: str) -> str:
    """Return the place of the thread on a card, which has the card's own id."""
    room, _, message = card.partition("/")
    return place_at(int(message), int(room))
