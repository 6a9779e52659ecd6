"""Talks on an open shop, for tests that are no scripts: somebody does something, and what came of it is returned."""

import re
from collections.abc import Iterable, Sequence

from bot.channels.words import label
from tests.contract.sides import PREFIX, Attached, Open, Shown

HOSTILE = {
    "everyone": "hey @everyone and @here, @channel too",
    "slack mentions": "hey <!here> <!channel> <!everyone> <@U1> <#C1> <!subteam^S1> there",
    "discord mentions": "hey <@1> <@!1> <@&1> <#1> </help:1> <t:0:R> there",
    "emphasis": "so **bold** __under__ ~~gone~~ ||spoiler|| *one* _two_ ~three~ it is",
    "code": "look ``` let code = 1 ``` and `tick` and ```` and ` here",
    "links": "go [x](javascript:alert(1)) [y](https://evil.example) https://evil.example/a_b <https://e.example> now",
    "headings and quotes": "# big\n-# small\n> quoted\n>>> more\n- item\n1. first",
    "invisible": "zero\u200bwidth \u202eright to left\u202c \u2066isolated\u2069 \ufeffmark",
    "backslashes": "a \\ b \\\\ c \\* d \\",
    "brackets": "<<<>>> &amp; &lt;b&gt; <b>html</b> {{ 7*7 }} {% x %} ${y} end",
    "10,000 stars": "*" * 10_000 + " end",
}


class Talk:
    """A customer and the staff of a shop that is open."""

    def __init__(self, open: Open, who: str = "ana") -> None:
        self.open = open
        self.who = who

    async def say(self, text: str, files: Sequence[Attached] = ()) -> list[Shown]:
        """Let the customer write, and return what the bot shows them then."""
        before = {each.id for each in self.shown()}
        await self.open.settled(await self.open.customers.write(self.who, text, files))
        return [each for each in self.shown() if each.id not in before]

    async def press(self, label: str) -> list[Shown]:
        """Let the customer press or choose what was offered last under a label."""
        before = {each.id for each in self.shown()}
        shown, offer = next((each, each.offer(label)) for each in reversed(self.shown()) if each.offer(label))
        await self.open.settled(await self.open.customers.press(self.who, shown, offer))
        return [each for each in self.shown() if each.id not in before]

    def shown(self) -> list[Shown]:
        """Return all that the bot has shown the customer."""
        return [each for each in self.open.customers.dm(self.who) if not each.by]

    @property
    def form_button(self) -> str:
        """The label of the button that opens a form."""
        return label(self.open.shop.catalog, "ui_open_form", 75)

    def wrote(self, text: str) -> Shown:
        """Return what the customer wrote last with `text` in it."""
        return next(each for each in reversed(self.open.customers.dm(self.who)) if each.by and text in each.text)

    # --- staff --------------------------------------------------------------------------------------------------------

    def card(self, case: int = 1) -> Shown:
        """Return a case's card, which must be there."""
        card = self.open.card(case)
        assert card is not None
        return card

    def thread(self, case: int = 1) -> list[Shown]:
        """Return what stands below a case's card."""
        return self.open.staff.below(self.card(case))

    def typed(self, text: str) -> Shown:
        """Return what an agent typed last with `text` in it below the card."""
        return next(each for each in reversed(self.thread()) if each.by and text in each.text)

    async def act(self, do: str, text: str | None = None, agent: str = "dana") -> list[Shown]:
        """Let an agent press a button of the card, and fill in its form where there is a text."""
        before = {each.id for each in self.shown()}
        staff, card = self.open.staff, self.card()
        offer = card.offer(do.capitalize())
        if text is None:
            await staff.press(agent, card, offer)
        else:
            await staff.unfold(agent, card, offer)
            assert await staff.submit(agent, {staff.words: text}) == ""
        await self.open.settled()
        return [each for each in self.shown() if each.id not in before]

    async def write_below(self, text: str, files: Sequence[Attached] = (), agent: str = "dana") -> list[Shown]:
        """Let an agent write in the card's thread, and return what the customer is shown then."""
        before = {each.id for each in self.shown()}
        await self.open.settled(await self.open.staff.write_below(agent, self.card(), text, files))
        return [each for each in self.shown() if each.id not in before]

    async def reply(self, text: str, files: Sequence[Attached] = (), agent: str = "dana") -> list[Shown]:
        """Let an agent reply from the card's thread."""
        return await self.write_below(f"{PREFIX} {text}", files, agent)


def joined(shown: Iterable[Shown]) -> str:
    """Return messages as one text."""
    return "\n".join(each.text for each in shown)


def letters(text: str) -> str:
    """Return the letters and digits of a text: what must be readable of it, whatever becomes of its signs."""
    return "".join(re.findall(r"[^\W_]", text))
