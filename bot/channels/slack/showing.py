"""Effects → what stands on Slack: which message, where, in place of which.

Nothing that is for staff is ever dropped because of the room: what a room does not take now waits, and what has no
card stands by itself.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import assert_never

from bot.channels.casework import card_lost, case_title
from bot.channels.files import Files
from bot.channels.slack import blocks
from bot.channels.slack.places import Places, Where, member, where
from bot.channels.slack.sending import Sender, ThreadGone, Upload, named
from bot.channels.slack.workspace import SlackRefused, Workspace
from bot.channels.words import wanted
from bot.dialog.effects import (
    Call,
    CancelTimer,
    ClosePlace,
    MarkReply,
    NoteFact,
    OpenCase,
    OpenPrivate,
    Post,
    Say,
    StartTimer,
    TakeBack,
    TellStaff,
    UpdateCase,
)  # fmt: skip
from bot.dialog.files import File
from bot.dialog.markup import escape
from bot.errors import DeliveryRefused
from bot.ports import Outgoing, Shop

log = logging.getLogger("frontdesk.slack")

_REMEMBERED = 10_000
# Why a room may not take anything for now, and what an operator does about it.
_INVITE = "type /invite and the bot's name in that channel"
_FIXES = {
    "not_in_channel": _INVITE,
    "channel_not_found": f"check the channel's id; if it is private, {_INVITE}",
    "is_archived": "unarchive that channel, or set another",
    "is_inactive": "unarchive that channel, or set another",
    "restricted_action": "let the app post in that channel",
    "restricted_action_read_only_channel": "let the app post in that channel",
    "restricted_action_thread_only_channel": "let the app post in that channel",
    "posting_to_general_channel_denied": "let the app post in that channel",
    "missing_scope": "paste the manifest of `frontdesk setup slack` into the app's page, and install it again",
}
_REACTIONS = {"delivered": "white_check_mark", "failed": "warning", "taken_back": "leftwards_arrow_with_hook"}
_SIGNS = {"customer": "", "bot": "🤖 ", "agent": "➡️ ", "note": "🔒 ", "alert": "❗ "}


class RoomShut(Exception):
    """A staff channel takes nothing for now: what goes there waits, in order."""


class Screen:
    """Shows effects. It remembers what it has just shown, since the store learns of it a moment later."""

    def __init__(
        self, shop: Shop, files: Files, places: Places, sender: Sender, spaces: Callable[[Where], Workspace]
    ) -> None:
        self._shop = shop
        self._files = files
        self._places = places
        self._sender = sender
        self._spaces = spaces
        self._shown: OrderedDict[str, str] = OrderedDict()  # effect, or "card:7" → ids
        self._cards: OrderedDict[str, int] = OrderedDict()  # id of a card → its case
        self._shut: dict[str, str] = {}  # staff channels that take nothing now → why

    @property
    def trouble(self) -> str:
        """Which staff channels take nothing now, and how to mend it; empty when all do as far as is known."""
        return "; ".join(self._shut.values())

    async def show(self, outgoing: Outgoing) -> str:
        """Show an effect and return the ids of what shows it."""
        shown = await self._show(outgoing)
        self._remember(outgoing.id, shown)
        return shown

    async def case_of(self, card: str) -> int:
        """Return the case whose card this message is; 0 when it is none."""
        return self._cards.get(card, 0) or await self._shop.store.case_of(card)

    async def about(self, message: str) -> str:
        """Return what the post in a message is about; empty when there is none."""
        return self._shown.get(f"post:{message}") or await self._shop.store.post_at(message)

    async def _show(self, outgoing: Outgoing) -> str:
        match outgoing.effect:
            case Say() as say:
                return await self._say(outgoing, say)
            case OpenPrivate() as private:
                return await self._open_private(outgoing, private)
            case TakeBack() as back:
                shown = await self._where_shown(back.effect)
                await self._sender.delete(self._spaces(where(shown)), shown.split()) if shown else None
                return shown
            case OpenCase() | UpdateCase() | TellStaff() | Post() as work:
                return await self._in_room(outgoing, work)
            case MarkReply() as mark:
                return await self._mark(mark)
            case ClosePlace():
                return ""  # nothing on Slack can be closed
            case Call() | StartTimer() | CancelTimer() | NoteFact():
                raise DeliveryRefused(f"{type(outgoing.effect).__name__} is not shown anywhere")
            case _:
                assert_never(outgoing.effect)

    # --- to customers -------------------------------------------------------------------------------------------------

    async def _say(self, outgoing: Outgoing, say: Say) -> str:
        to = where(outgoing.place)
        uploads, lost = await self._fetched(say.files)
        text = "\n".join([f"{_by(say.author)}{say.text}", *lost]).strip()
        messages = blocks.message(text, self._shop.catalog, say.choices, say.form)
        self._places.add(outgoing.customer, outgoing.place)
        return await self._put(outgoing, to, messages, uploads, say.edits)

    async def _open_private(self, outgoing: Outgoing, private: OpenPrivate) -> str:
        customer = where(outgoing.customer)
        space = self._spaces(customer)
        answer = await space.write("conversations.open", users=customer.channel)
        to = Where(space.team, str(answer["channel"]["id"]))
        self._places.add(outgoing.customer, to.place)
        await self._sender.post(space, to, outgoing, blocks.message(private.text, self._shop.catalog))
        return to.place

    # --- to staff -----------------------------------------------------------------------------------------------------

    async def _in_room(self, outgoing: Outgoing, work: OpenCase | UpdateCase | TellStaff | Post) -> str:
        """Show something to staff; where their channel does not take it now, that is told, and it is tried again."""
        try:
            match work:
                case OpenCase():
                    shown = await self._open_case(outgoing, work)
                case UpdateCase():
                    shown = await self._update_case(outgoing, work)
                case TellStaff():
                    shown = work.message or await self._tell_staff(outgoing, work)
                case Post():
                    shown = await self._show_post(outgoing, work)
        except SlackRefused as error:
            lost = error.code in _FIXES and self._elsewhere(outgoing, work)
            if isinstance(work, UpdateCase) and (lost or error.code == "message_not_found"):
                await self._report_lost(outgoing, work.case.number)
                raise DeliveryRefused(f"the card of case {work.case.number} is gone: {error.code}") from None
            if error.code not in _FIXES:
                raise
            room = self._room(outgoing, work)
            told = f"the staff channel {room} takes nothing ({error.code}): {_FIXES[error.code]}"
            if self._shut.get(room) != told:
                log.error("%s; what goes there waits", told)
            self._shut[room] = told
            raise RoomShut(told) from None
        self._shut.pop(self._room(outgoing, work), None)
        return shown

    def _room(self, outgoing: Outgoing, work: OpenCase | UpdateCase | TellStaff | Post) -> str:
        """Return the channel in which a case's card stands, or is to stand."""
        if isinstance(work, Post):
            return where(outgoing.place).channel
        number = work.case if isinstance(work, TellStaff) else work.case.number
        return where(self._shown.get(f"card:{number}") or outgoing.place).channel

    def _elsewhere(self, outgoing: Outgoing, work: OpenCase | UpdateCase | TellStaff | Post) -> bool:
        """Tell whether a case's card stands in a channel that is no longer its queue's."""
        return self._room(outgoing, work) != where(outgoing.place).channel

    async def _report_lost(self, outgoing: Outgoing, case: int) -> None:
        card = await self._card(case, outgoing.seq)
        await self._shop.accept(card_lost(outgoing, case, f"slack:{card}", self._shop.clock.now()))

    async def _open_case(self, outgoing: Outgoing, opened: OpenCase) -> str:
        to = where(outgoing.place)
        space = self._spaces(to)
        to = to._replace(team=space.team)
        (shown,) = await self._sender.post(space, to, outgoing, [blocks.card(opened.case, self._shop.catalog)])
        self._remember(f"card:{opened.case.number}", shown)
        self._cards[shown] = opened.case.number
        if len(self._cards) > _REMEMBERED:
            self._cards.popitem(last=False)
        return shown

    async def _update_case(self, outgoing: Outgoing, changed: UpdateCase) -> str:
        shown = await self._card(changed.case.number, outgoing.seq)
        if not shown:
            raise DeliveryRefused(f"case {changed.case.number} has no card")
        await self._sender.update(self._spaces(where(shown)), shown, blocks.card(changed.case, self._shop.catalog))
        return shown

    async def _tell_staff(self, outgoing: Outgoing, line: TellStaff) -> str:
        uploads, lost = await self._fetched(line.files)
        text = "\n".join([f"{_SIGNS[line.kind]}{_by(line.author)}{line.text}", *lost]).strip()
        if not line.case:  # it is for everybody in the room
            messages = blocks.message(text, self._shop.catalog)
            return await self._put(outgoing, where(outgoing.place), messages, uploads, line.edits)
        card, edits = await self._card(line.case, outgoing.seq), line.edits
        if card:
            try:
                messages = self._calling(blocks.staff_line(text, self._shop.catalog, line), line, where(card))
                return await self._put(outgoing, where(card), messages, uploads, line.edits)
            except SlackRefused as error:
                if error.code not in _FIXES or not self._elsewhere(outgoing, line):
                    raise
                edits = ""
                log.warning(
                    "the channel of the card of case %d is gone: what is told of it stands by itself", line.case
                )
            except ThreadGone:
                log.warning("the card of case %d was deleted: what is told of it stands by itself", line.case)
        case = await self._shop.store.case(line.case)
        about = (case.name, wanted(self._shop.catalog, case.subject)) if case else ()
        head = escape(case_title(self._shop.catalog, line.case, *about))
        messages = blocks.staff_line(f"**{head}**\n{text}", self._shop.catalog, line)
        messages = self._calling(messages, line, where(outgoing.place))
        shown = await self._put(outgoing, where(outgoing.place), messages, uploads, edits)
        if card:  # now that the channel has taken this, so that no card is waited for in vain
            await self._report_lost(outgoing, line.case)
        return shown

    def _calling(self, messages: list[list[blocks.Block]], line: TellStaff, to: Where) -> list[list[blocks.Block]]:
        """Return messages that call the agents whom the line mentions, by their accounts here, and nobody else."""
        team = self._spaces(to).team
        agents = [agent for id in line.mentions if (agent := self._shop.catalog.agents.get(id))]
        named = (member(account, team) for agent in agents for account in agent.accounts)
        if called := " ".join(f"<@{id}>" for id in dict.fromkeys(filter(None, named))):
            messages[0].insert(0, blocks.section(called))
        return messages

    async def _show_post(self, outgoing: Outgoing, post: Post) -> str:
        above = await self._where_shown(post.under) if post.under else ""
        to = where(above.split()[0]) if above else where(outgoing.place)
        messages = blocks.post(post, self._shop.catalog)
        try:
            shown = await self._put(outgoing, to, messages, [], post.edits)
        except ThreadGone:
            shown = await self._put(outgoing, where(outgoing.place), messages, [], "")
        for each in shown.split() if post.about else ():
            self._remember(f"post:{each}", post.about)
        return shown

    async def _card(self, case: int, seq: int) -> str:
        """Return the id of a case's card; nothing if it has none, and never will have."""
        shown = self._shown.get(f"card:{case}") or await self._shop.store.card(case)
        if shown:
            self._remember(f"card:{case}", shown)
        elif await self._comes(case, seq):
            raise ConnectionError(f"the card of case {case} is still on its way")
        return shown

    async def _comes(self, case: int, seq: int) -> bool:
        """Tell whether a card is on its way before this effect; one that comes after it would be waited for in vain."""
        waiting = (each.effect for each in await self._shop.store.outgoing() if each.seq < seq)
        return any(isinstance(effect, OpenCase) and effect.case.number == case for effect in waiting)

    async def _mark(self, mark: MarkReply) -> str:
        """Put a reaction on the line of a reply."""
        shown = (await self._where_shown(mark.line)).split()
        at = where(shown[0]) if shown else Where("", "")
        if not at.thread:
            return ""
        try:
            name = _REACTIONS[mark.sign]
            await self._spaces(at).write("reactions.add", channel=at.channel, timestamp=at.thread, name=name)
        except SlackRefused as error:
            if error.code != "already_reacted":
                log.warning("a reply was not marked as %s: %s", mark.sign, error.code)
        return shown[0]

    # --- both ---------------------------------------------------------------------------------------------------------

    async def _put(
        self, outgoing: Outgoing, to: Where, messages: Sequence[list[blocks.Block]], uploads: list[Upload], edits: str
    ) -> str:
        space = self._spaces(to)
        to = to._replace(team=space.team)
        former = await self._where_shown(edits) if edits else ""
        if former:
            shown = " ".join(await self._sender.edit(space, to, outgoing, former.split(), messages))
            self._remember(edits, shown)  # the next edit may name the first effect again
            return shown
        return " ".join(await self._sender.post(space, to, outgoing, messages, uploads))

    async def _fetched(self, files: Sequence[File]) -> tuple[list[Upload], list[str]]:
        """Return the files with their bytes, and a line for each that may not pass or is gone."""
        uploads, lost = [], []
        for file in files:
            body = await self._files.fetch(file)
            if body is not None:
                uploads.append((file, body))
            else:
                lost.append(named(file))
        return uploads, lost

    async def _where_shown(self, effect: str) -> str:
        return self._shown.get(effect) or await self._shop.store.shown(effect)

    def _remember(self, what: str, shown: str) -> None:
        self._shown[what] = shown
        self._shown.move_to_end(what)
        if len(self._shown) > _REMEMBERED:
            self._shown.popitem(last=False)


def _by(author: str) -> str:
    return f"*{escape(author)}:* " if author else ""
