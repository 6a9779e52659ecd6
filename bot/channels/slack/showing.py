"""Effects → what stands on Slack: which message, where, in place of which."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import assert_never

from bot.channels.files import Files
from bot.channels.slack import blocks
from bot.channels.slack.places import Places, Where, where
from bot.channels.slack.sending import Sender, Upload, named
from bot.channels.slack.workspace import Workspace
from bot.dialog.effects import (
    Call,
    CancelTimer,
    ClosePlace,
    OpenCase,
    OpenPrivate,
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

_REMEMBERED = 10_000
_SIGNS = {"customer": "", "bot": "🤖 ", "agent": "➡️ ", "note": "🔒 ", "alert": "❗ "}


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

    async def show(self, outgoing: Outgoing) -> str:
        """Show an effect and return the ids of what shows it."""
        shown = await self._show(outgoing)
        self._remember(outgoing.id, shown)
        return shown

    async def case_of(self, card: str) -> int:
        """Return the case whose card this message is; 0 when it is none."""
        return self._cards.get(card, 0) or await self._shop.store.case_of(card)

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
            case OpenCase() as opened:
                return await self._open_case(outgoing, opened)
            case UpdateCase() as changed:
                return await self._update_case(changed)
            case TellStaff() as line:
                return line.message or await self._tell_staff(outgoing, line)
            case ClosePlace():
                return ""  # nothing on Slack can be closed
            case Call() | StartTimer() | CancelTimer():
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

    async def _update_case(self, changed: UpdateCase) -> str:
        shown = await self._card(changed.case.number)
        await self._sender.update(self._spaces(where(shown)), shown, blocks.card(changed.case, self._shop.catalog))
        return shown

    async def _tell_staff(self, outgoing: Outgoing, line: TellStaff) -> str:
        uploads, lost = await self._fetched(line.files)
        text = "\n".join([f"{_SIGNS[line.kind]}{_by(line.author)}{line.text}", *lost]).strip()
        messages = blocks.message(text, self._shop.catalog)
        return await self._put(outgoing, where(await self._card(line.case)), messages, uploads, line.edits)

    async def _card(self, case: int) -> str:
        shown = self._shown.get(f"card:{case}") or await self._shop.store.card(case)
        if not shown:
            raise DeliveryRefused(f"case {case} has no card")
        return shown

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
            if body:
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
