"""Who takes part in the soak: customers who write, in bursts and alone, and agents who deal with their cases.

They go on when they have seen what they wait for, as people do, and note every word they wrote for the verdict.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.soak import words
from tests.soak.spots import Sent, Shown, Spot

Kind = Literal["echo", "relayed", "reply", "note", "stray"]
PAUSE = 0.4  # the bot's burst, in seconds
_POLL = 0.1
# Seconds after which somebody whom the bot has never met in a DM writes again: what such a one writes while the bot is
# away is lost on Discord, and on Slack when Slack has given up telling it.
_LOST_AFTER = {"discord dm": 12.0, "slack dm": 25.0}
_ATTEMPTS = 40


@dataclass(frozen=True, slots=True)
class Word:
    """A canary: who wrote it, where it must be shown, and when it was sent."""

    text: str
    kind: Kind
    customer: "Customer"
    sent: Sent


@dataclass(eq=False)
class Customer:
    """Somebody with a matter. `greetings` is how often the bot must have begun to listen."""

    number: int
    name: str
    spot: Spot
    doing: str = "is about to write"
    words: list[Word] = field(default_factory=list)
    openers: list[Sent] = field(default_factory=list)
    others: list[Sent] = field(default_factory=list)
    greetings: int = 0
    pressed: int = 0
    press_failed: int = 0
    case: int = 0
    told_all: bool = False
    done: bool = False

    def __str__(self) -> str:
        return f"{self.name} ({self.spot.customer}, {self.spot.kind}, {self.spot.place or 'nowhere yet'})"


class Impatient(AssertionError):
    """Somebody waited in vain."""


@dataclass
class Crowd:
    """What all share: the dice, the canaries, and how long anybody waits."""

    dice: random.Random
    patience: float
    customers: list[Customer] = field(default_factory=list)
    words: dict[str, Word] = field(default_factory=dict)
    written: int = 0
    failed: bool = False
    waits: list[float] = field(default_factory=list)

    def word(self) -> str:
        return words.canary(self.written)

    def note(self, word: str, kind: Kind, customer: Customer, sent: Sent) -> Word:
        made = Word(word, kind, customer, sent)
        customer.words.append(made)
        self.words[word] = made
        return made

    async def until(self, done: Callable[[], object], who: Customer, what: str, patience: float = 0.0) -> None:
        who.doing = what
        began = time.monotonic()
        while not done():
            if time.monotonic() - began > (patience or self.patience):
                raise Impatient(f"{who}: waited in vain for {what}")
            await asyncio.sleep(_POLL)
        self.waits.append(time.monotonic() - began)


# --- customers --------------------------------------------------------------------------------------------------------


@dataclass
class Talk:
    """One customer's conversation."""

    crowd: Crowd
    who: Customer
    length: int
    hands_over: bool = False
    bystander: Callable[[str], Awaitable[Sent]] | None = None
    _open: list[Word] = field(default_factory=list)

    async def run(self) -> None:
        """Talk until the matter is done."""
        dice = self.crowd.dice
        await self._begin()
        when = dice.randrange(1, self.length) if self.hands_over else 0
        while len(self.who.words) < self.length:
            if when and len(self.who.words) >= when:
                when = 0
                await self._with_people()
                await self._begin()
            await self._exchange()
            await asyncio.sleep(dice.uniform(0.0, 0.6))
        await self._answered("the last answers")
        self.who.done = True

    async def _begin(self) -> None:
        self.who.greetings += 1
        for _ in range(_ATTEMPTS):
            self.who.openers.append(await self._write(words.OPENER))
            patience = _LOST_AFTER.get(self.who.spot.kind, 0.0) if self.who.greetings == 1 else 0.0
            patience *= self.crowd.dice.uniform(0.7, 1.4)
            try:
                await self.crowd.until(self._greeted, self.who, "a greeting", patience)
            except Impatient:
                if not patience:
                    raise
            else:
                return
        raise Impatient(f"{self.who}: never greeted")

    def _greeted(self) -> bool:
        return sum(words.GREETING in shown.text for shown in self.who.spot.seen()) >= self.who.greetings

    async def _write(self, text: str) -> Sent:
        self.crowd.written += 1
        return await self.who.spot.write(text)

    async def _say(self, kind: Kind = "echo") -> None:
        word = self.crowd.word()
        sent = await self._write(words.message(self.crowd.dice.random(), word))
        self._open.append(self.crowd.note(word, kind, self.who, sent))

    async def _exchange(self) -> None:
        dice = self.crowd.dice
        chance = dice.random()
        if chance < 0.08:
            await self._press()
            return
        await self._say()
        if chance < 0.45:
            for _ in range(dice.randint(1, 3)):
                await asyncio.sleep(dice.uniform(0.0, 0.6 * PAUSE))
                await self._say()
        if self.bystander and dice.random() < 0.1:
            await self._answered("an answer, before somebody else speaks")
            await self._stray()
        if dice.random() < 0.15:  # impatient: goes on before the answer is there
            await asyncio.sleep(dice.uniform(0.5, 3.0) * PAUSE)
            return
        await self._answered("an answer")

    async def _stray(self) -> None:
        """Let somebody else speak in the customer's thread, which is no business of the bot's."""
        assert self.bystander
        word = self.crowd.word()
        self.crowd.written += 1
        sent = await self.bystander(word)
        self.crowd.note(word, "stray", self.who, sent)

    async def _answered(self, what: str) -> None:
        def there() -> bool:
            text = "\n".join(shown.text for shown in self.who.spot.seen())
            self._open = [word for word in self._open if word.kind == "echo" and word.text not in text]
            return not self._open

        await self.crowd.until(there, self.who, f"{what}: {' '.join(word.text for word in self._open)}")

    async def _press(self) -> None:
        """Press the button under the last answer; whether anything came of it is seen in the verdict."""
        await self._answered("an answer to press a button under")
        last = self._latest()
        if last is None or words.TICK not in last.buttons:
            await self._say()
            return
        self.crowd.written += 1
        self.who.pressed += 1
        if await self.who.spot.press(last, words.TICK):
            need = self.who.pressed - self.who.press_failed
            await self.crowd.until(lambda: self._ticked() >= need, self.who, "what a press does")
        else:
            self.who.press_failed += 1
            await asyncio.sleep(1.0)

    def _latest(self) -> Shown | None:
        seen = self.who.spot.seen()
        return seen[-1] if seen else None

    def _ticked(self) -> int:
        return words.ticks(self.who.spot.seen())

    async def _with_people(self) -> None:
        """Ask for a person, tell them something, and wait until they are done."""
        dice = self.crowd.dice
        await self._answered("an answer before people are asked for")
        before = len(self.who.spot.seen())

        def said(pattern: str) -> bool:
            return any(pattern in shown.text for shown in self.who.spot.seen()[before:])

        self.who.others.append(await self._write(dice.choice((words.PERSON, words.MECHANIC))))
        await self.crowd.until(lambda: said("handoff"), self.who, "a person to be called")
        for _ in range(dice.randint(1, 2)):
            await self._say("relayed")
            await asyncio.sleep(dice.uniform(0.2, 2.0))
        self.who.told_all = True
        patience = 4 * self.crowd.patience  # agents have other cases too, and forms that do not open
        await self.crowd.until(lambda: said("resolved"), self.who, "a person to be done", patience)
        self._open.clear()
