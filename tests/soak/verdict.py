"""Judges a soak by what stands on the platforms and in the bot's database, and tells the story of what went wrong."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.soak import words
from tests.soak.people import Crowd, Customer, Word
from tests.soak.process import Bot
from tests.soak.spots import Shown, discord_messages, slack_messages
from tests.soak.staff import Desk
from tests.wire.discord import DiscordServer
from tests.wire.slack import SlackServer


@dataclass(frozen=True, slots=True)
class Received:
    """A row of the inbox: in which order it came, and which turn answered it."""

    id: int
    turn: str


class Verdict:
    """What is known at the end."""

    def __init__(
        self, crowd: Crowd, desk: Desk, slack: SlackServer, discord: DiscordServer, bot: Bot, database: Path
    ) -> None:
        self._crowd = crowd
        self._desk = desk
        self._bot = bot
        self._database = database
        self._shown: dict[str, list[Shown]] = defaultdict(list)
        for place, shown in [*slack_messages(slack), *discord_messages(discord)]:
            self._shown[place].append(shown)
        self._where: dict[str, list[tuple[str, Shown]]] = defaultdict(list)
        for place, all_shown in self._shown.items():
            for shown in words.said_anew(all_shown):
                for found in set(words.CANARY.findall(shown.text)):
                    self._where[found].append((place, shown))
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT key, id, turn FROM inbox")
            self._inbox = {key: Received(id, turn or "") for key, id, turn in rows}
        self._staff = {line.handle: case for case, (_, room, card) in desk.threads.items() for line in room.lines(card)}
        self._cards = {card.handle for _, _, card in desk.threads.values()}
        self._given_up = {each.payload["event"].get("ts") for each in slack.courier.lost}
        self.overtaken = self.shared = self.lost = 0

    def problems(self) -> list[str]:
        """Return everything that is wrong, each with its story."""
        return [*self._all(), *self._strangers()]

    def _all(self) -> Iterator[str]:
        for who in self._crowd.customers:
            if not who.done:
                yield f"{who} is not done: still waits for {who.doing}"
            yield from self._greetings(who)
            yield from self._presses(who)
            for word in who.words:
                if wrong := self._wrong(word):
                    yield f"{word.text} ({word.kind} of {who}) {wrong}\n{self.story(word)}"
            yield from self._order(who)

    # --- each word where it belongs, once -----------------------------------------------------------------------------

    def _wrong(self, word: Word) -> str:
        found = [(place, shown) for place, shown in self._where[word.text] if shown.handle not in self._cards]
        here = [shown for place, shown in found if place == word.customer.spot.place]
        told = [shown for _, shown in found if self._staff.get(shown.handle, 0) == word.customer.case > 0]
        elsewhere = [place for place, shown in found if shown not in here and shown not in told]
        expected = {"echo": (1, 0), "relayed": (0, 1), "reply": (1, 0), "note": (0, 0), "stray": (0, 0)}[word.kind]
        if elsewhere:
            return f"LEAKED to {elsewhere}"
        if (len(here), len(told)) != expected:
            return f"is shown {len(here)} times to the customer and {len(told)} to staff, not {expected}"
        return ""

    def _strangers(self) -> Iterator[str]:
        for text in self._where:
            if text not in self._crowd.words:
                yield f"{text} was written by nobody, yet it is shown in {[place for place, _ in self._where[text]]}"

    def _greetings(self, who: Customer) -> Iterator[str]:
        count = sum(words.GREETING in shown.text for shown in self._shown[who.spot.place])
        for opener in who.openers:
            if opener.key not in self._inbox:
                self.lost += 1
                if who.spot.kind != "discord dm" and opener.key.rpartition("/")[2] not in self._given_up:
                    yield f"{who} wrote {opener.key} in vain, which was told to the bot or could be found"
        if count != who.greetings:
            yield f"{who} was greeted {count} times, not {who.greetings}\n{self._rows([s.key for s in who.openers])}"

    def _presses(self, who: Customer) -> Iterator[str]:
        count = words.ticks(self._shown[who.spot.place])
        if not who.pressed - who.press_failed <= count <= who.pressed:
            yield f"{who} pressed {who.pressed} times, {who.press_failed} in vain, and was answered {count} times"

    # --- order --------------------------------------------------------------------------------------------------------

    def _order(self, who: Customer) -> Iterator[str]:
        """In one answer by the platform's time; answers among themselves by receipt."""
        spoken = {word.text: word for word in who.words if word.kind == "echo"}
        answers = sorted(self._shown[who.spot.place], key=lambda shown: shown.stamp)
        told: list[Word] = []
        last, last_turn = 0, ""
        for shown in answers:
            there = [spoken[text] for text in words.CANARY.findall(shown.text) if text in spoken]
            if not there:
                continue
            stamps = [word.sent.stamp for word in there]
            received = [self._inbox.get(word.sent.key, Received(0, "")) for word in there]
            self.shared += len(there) > 1
            if stamps != sorted(stamps):
                yield f"{who}: an answer has {[word.text for word in there]} in another order than they were written"
            if len({each.turn for each in received}) > 1:
                yield f"{who}: an answer has words of several turns: {received}"
            if received[0].turn != last_turn and min(each.id for each in received) < last:
                yield f"{who}: {there[0].text} was received before, and answered after {told[-1].text}"
            if told and there[0].sent.stamp < told[-1].sent.stamp:
                self.overtaken += 1
            told += there
            last, last_turn = max(each.id for each in received), received[0].turn

    # --- the story ----------------------------------------------------------------------------------------------------

    def story(self, word: Word) -> str:
        """Tell what happened to a word: on the platform, and in the bot's database."""
        sent = word.sent
        lines = [f"  sent {_time(sent.at)} as {sent.key}"]
        lines += [
            f"  shown {_time(_stamped(shown))} in {place}: {shown.text[:160]!r}"
            for place, shown in self._where[word.text]
        ]
        near = [f"{_time(began)}-{_time(end)}" for began, end in self._bot.downs if abs(began - sent.at) < 20]
        lines.append(f"  the bot was down {', '.join(near) or 'at no time near it'}")
        lines.append(self._rows([sent.key]))
        around = sorted(word.customer.words, key=lambda each: each.sent.at)
        at = around.index(word)
        lines.append("  around it, the customer wrote")
        for each in around[max(0, at - 3) : at + 4]:
            row = self._inbox.get(each.sent.key)
            taken = f"row {row.id}, turn {row.turn}" if row else "NOT IN THE INBOX"
            lines.append(f"    {_time(each.sent.at)} {each.text} {each.kind} {taken}")
        lines.append("  and the bot said there")
        for shown in self._shown[word.customer.spot.place]:
            if abs(_stamped(shown) - sent.at) < 15:
                lines.append(f"    {_line(shown)}")
        return "\n".join(lines)

    def _rows(self, keys: Sequence[str]) -> str:
        lines = []
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as connection:
            for key in keys:
                row = connection.execute("SELECT id, at, turn FROM inbox WHERE key = ?", (key,)).fetchone()
                lines.append(f"  inbox {key}: {row or 'nothing: it was never accepted'}")
                turn = row[2] if row else None
                for at, trace in connection.execute("SELECT at, trace FROM turns WHERE id = ?", (turn,)):
                    told = json.loads(trace)
                    why = [told.get(name) for name in ("rule", "decision", "notes")]
                    lines.append(f"  turn {turn} at {at}: {why}")
                query = "SELECT id, place, status, attempts, platform_id, detail, body FROM outbox WHERE turn = ?"
                lines += [f"  outbox {each[:6]} {str(each[6])[:160]}" for each in connection.execute(query, (turn,))]
        return "\n".join(lines)


def _stamped(shown: Shown) -> float:
    """Return when something was shown, in seconds."""
    handle = shown.handle
    return float(handle.ts) if hasattr(handle, "ts") else float(handle.sent_at)


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S.%f")[:-3]


def _line(shown: Shown) -> str:
    return f"{_time(_stamped(shown))} {shown.text[:140]!r}"
