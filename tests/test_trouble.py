"""Trouble around the bot: it is told to stop, its database or port cannot be used, or the order system misbehaves.

Whoever runs it reads what is wrong and what to do, customers read a repair, and nothing that was taken is lost.
"""

import asyncio
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_shop
from bot.channels.lines import show
from bot.connectors.checked import Checked
from bot.content import load
from bot.dialog.effects import Say
from bot.dialog.events import CallReturned, MessageReceived
from bot.dialog.files import File
from bot.ports import CallResult, Connector, Outgoing
from tests.channels.shop import AT, CLAIM
from tests.content import shop as small
from tests.runtime.fakes import until

ROOT = Path(__file__).parents[1]
GREETING = "first_contact"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.write(tmp_path_factory.mktemp("shop"), {**small.files(), "flows/claim.yaml": CLAIM})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite"


class Running:
    """A command in a process of its own."""

    def __init__(self, folder: Path, file: Path, *command: str, room: int = 0) -> None:
        def confine() -> None:
            if room:
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *command, "--content", str(folder), "--database", str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
            preexec_fn=confine,
        )

    def tell(self, **request: object) -> list[dict[str, Any]]:
        """Write a line of the protocol; return what came of it."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        came = []
        while (line := json.loads(self.process.stdout.readline())) != {"idle": True}:
            came.append(line)
        return came

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def lines(self) -> list[str]:
        """Return all that it still says until it ends."""
        assert self.process.stdout
        return self.process.stdout.read().splitlines()

    def end(self) -> tuple[int, str]:
        """Return the exit code and what was said on standard error, once it has ended."""
        try:
            _, said = self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode, said


@contextmanager
def run(folder: Path, file: Path, *command: str, room: int = 0) -> Iterator[Running]:
    running = Running(folder, file, *command, room=room)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
            running.process.communicate()


def chat(folder: Path, file: Path, room: int = 0) -> Any:
    return run(folder, file, "chat", "--json", room=room)


def said(lines: list[dict[str, Any]]) -> list[str]:
    return [line["source"]["id"] for line in lines if line.get("to") == "customer"]


def sound(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as link:
        return link.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


# --- told to stop -----------------------------------------------------------------------------------------------------

STOPS = [(signal.SIGTERM, 0), (signal.SIGINT, 130)]


@pytest.mark.parametrize(("how", "code"), STOPS)
def test_a_chat_that_is_told_to_stop_finishes_and_can_be_gone_on_with(
    folder: Path, file: Path, how: signal.Signals, code: int
) -> None:
    with chat(folder, file) as running:
        assert GREETING in said(running.tell(customer="ana", say="hello"))
        running.tell(customer="ana", say="I want to make a claim")
        running.process.send_signal(how)
        assert running.end() == (code, "")
    assert sound(file)
    with chat(folder, file) as running:
        assert said(running.tell(customer="ana", submit={"what": "a lamp"})) == ["claim.which"]
        assert running.end() == (0, "")


@pytest.mark.parametrize(("how", "code"), STOPS)
def test_a_chat_that_is_told_to_stop_in_the_middle_of_many_lines_loses_and_repeats_nothing(
    folder: Path, file: Path, how: signal.Signals, code: int
) -> None:
    lines = [json.dumps({"customer": f"c{n}", "say": "hello", "ref": f"r{n}"}) + "\n" for n in range(300)]
    with chat(folder, file) as running:
        assert running.process.stdin
        running.process.stdin.writelines(lines)  # less than a pipe holds
        running.process.stdin.flush()
        shown = [running.line() for _ in range(40)]
        running.process.send_signal(how)
        shown += running.lines()  # what was read ahead of the signal is in it, and would not be in communicate's
        assert running.end() == (code, "")
    with chat(folder, file) as running:
        rest, told = running.process.communicate("".join(lines), timeout=40)
        assert (running.process.returncode, told) == (0, "")
    came = [json.loads(line) for line in (*shown, *rest.splitlines())]
    ids = [line["id"] for line in came if line.get("to") == "customer" and not line.get("repeat")]
    assert len(ids) == len(set(ids))
    greeted = {line["who"] for line in came if line.get("to") == "customer" and line["source"]["id"] == GREETING}
    assert greeted == {f"c{n}" for n in range(300)}
    assert sound(file)


@pytest.mark.parametrize(("how", "code"), STOPS)
def test_a_demo_that_is_told_to_stop_closes_the_shop(folder: Path, file: Path, how: signal.Signals, code: int) -> None:
    with run(folder, file, "demo", "--port", "0") as running:
        assert running.line().startswith("Frontdesk is open: http://127.0.0.1:")
        running.process.send_signal(how)
        assert running.end() == (code, "")
    assert sound(file)


# --- a database or a port that cannot be used -------------------------------------------------------------------------


def damaged(file: Path) -> None:
    with closing(sqlite3.connect(file)) as link:
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    body = bytearray(file.read_bytes())
    body[200:] = b"\xff" * (len(body) - 200)
    file.write_bytes(body)


@pytest.mark.parametrize("command", [["chat", "--json"], ["demo", "--port", "0"]], ids=["chat", "demo"])
@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (damaged, "is damaged. Stop the bot and restore the latest backup"),
        (lambda file: file.write_text("Dear all, " * 100), "is not a Frontdesk database."),
    ],
    ids=["damaged", "something else"],
)
def test_a_database_that_cannot_be_used_is_told_and_left_as_it_is(
    folder: Path, file: Path, command: list[str], spoil: Callable[[Path], None], told: str
) -> None:
    with chat(folder, file) as running:
        running.tell(customer="ana", say="hello")
        assert running.end() == (0, "")
    spoil(file)
    before = file.read_bytes()
    with run(folder, file, *command) as running:
        code, text = running.end()
    assert code == 1
    assert text.startswith(f"✗ {file} {told}")
    assert "Traceback" not in text
    assert file.read_bytes() == before


def test_a_locked_database_is_told(folder: Path, file: Path) -> None:
    with chat(folder, file) as running:
        running.tell(customer="ana", say="hello")
        assert running.end() == (0, "")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    try:
        with chat(folder, file) as running:
            code, text = running.end()
    finally:
        other.close()
    assert code == 1
    assert text.startswith(f"✗ {file} is locked by another program. Close whatever has it open")


def test_while_a_database_is_locked_each_line_is_answered_by_that(folder: Path, file: Path) -> None:
    with chat(folder, file) as running:
        running.tell(customer="ana", say="hello")
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            (answer,) = running.tell(customer="ana", say="I want to make a claim")
        finally:
            other.execute("ROLLBACK")
            other.close()
        assert answer["line"] == 2
        assert answer["error"].startswith(f"{file} is locked by another program.")
        assert said(running.tell(customer="ana", say="I want to make a claim")) == ["claim.details"]
        assert running.end()[0] == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_database_is_told(folder: Path, file: Path) -> None:
    with chat(folder, file) as running:
        running.tell(customer="ana", say="hello")
        running.end()
    file.chmod(0o444)
    with chat(folder, file) as running:
        code, text = running.end()
    assert code == 1
    assert text.startswith(f"✗ {file} cannot be written. Give the bot's account write access")


def test_a_folder_that_cannot_be_written_is_told(folder: Path) -> None:
    with chat(folder, Path("/proc/desk.sqlite")) as running:
        code, text = running.end()
    assert code == 1
    assert text.startswith("✗ /proc/desk.sqlite")
    assert "Traceback" not in text


def test_a_database_that_another_bot_serves_is_told(folder: Path, file: Path) -> None:
    with chat(folder, file) as first:
        first.tell(customer="ana", say="hello")
        with chat(folder, file) as second:
            assert second.end() == (1, f"✗ {file} is already served by process {first.process.pid}.\n")
        assert first.tell(customer="ana", say="I want to make a claim")
        assert first.end() == (0, "")


def test_a_taken_port_is_told(folder: Path, file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with run(folder, file, "demo", "--port", str(port)) as running:
            code, text = running.end()
    assert code == 1
    assert text.startswith(f"✗ cannot serve on 127.0.0.1:{port}: ")
    assert "Choose another port with --port, or 0 for any." in text
    assert "Traceback" not in text
    assert sound(file)


def test_while_its_disk_is_full_each_line_is_answered_by_that_and_nothing_is_lost(folder: Path, file: Path) -> None:
    with chat(folder, file) as running:
        running.tell(customer="ana", say="hello")
        assert running.end() == (0, "")
    size = file.stat().st_size + 40_000
    with chat(folder, file, room=size) as running:
        asked = 0
        refused: list[dict[str, Any]] = []
        while not refused:
            asked += 1
            assert asked < 500
            came = running.tell(customer="ben", say="x" * 3000, ref=f"r{asked}")
            refused = [line for line in came if "error" in line]
        assert refused[0]["error"].startswith(f"{file} cannot be written: its disk reports an error, or a quota")
        assert refused[0]["line"] == asked
        assert any("error" in line for line in running.tell(customer="ben", say="y" * 3000, ref="later"))
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        came = running.tell(customer="ben", say="x" * 3000, ref=f"r{asked}")
        came += running.tell(customer="ana", say="I want to make a claim")
        assert not any("error" in line for line in came)
        assert "claim.details" in said(came)
        code, text = running.end()
    assert code == 0
    assert "Traceback" not in text
    assert sound(file)
    with closing(sqlite3.connect(file)) as link:
        heard = link.execute("SELECT count(*) FROM inbox WHERE key LIKE 'ref:r%' AND turn IS NOT NULL").fetchone()
        assert heard == (asked,)
        assert link.execute("SELECT count(*) FROM outbox WHERE status <> 'delivered'").fetchone() == (0,)


# --- an order system that cannot be relied on -------------------------------------------------------------------------

ORDER = {
    "number": "12345", "status": "shipped", "email": "a@example.com", "ordered_on": "2026-01-01", "total": "5.00",
    "currency": "GBP", "items": [{"code": "mug", "name": "Mug", "quantity": 1, "price": "5.00"}],
}  # fmt: skip


class Fickle:
    """An order system that does what the test says."""

    def __init__(self, answer: Callable[[str], Awaitable[Any]]) -> None:
        self.answer = answer
        self.keys: list[str] = []

    async def call(self, action: str, args: dict[str, Any], key: str) -> CallResult:
        self.keys.append(key)
        answer: CallResult = await self.answer(args["number"])
        return answer


class Screen:
    """Keeps what was shown, by customer."""

    def __init__(self) -> None:
        self.shown: dict[str, list[str]] = defaultdict(list)

    async def fetch(self, file: File) -> bytes:
        raise AssertionError(file)

    def lane(self, place: str) -> str:
        return place

    async def deliver(self, outgoing: Outgoing) -> str:
        if isinstance(outgoing.effect, Say):
            line = show(outgoing.effect, who="", id="", at=outgoing.at, trace=outgoing.trace)
            self.shown[outgoing.customer].append(line["text"])
        return outgoing.id


@pytest.fixture
def screen() -> Screen:
    return Screen()


def opened(folder: Path, screen: Screen, connector: Connector) -> Any:
    return open_shop(
        folder=folder,
        catalog=load(folder),
        at=AT,
        channels={"local": screen, "staff": screen},
        call_timeout="1s",
        behind=lambda _: connector,
    )


def message(customer: str, text: str) -> MessageReceived:
    key = f"{customer}-{text}-{time.monotonic_ns()}"
    return MessageReceived(key=key, customer=customer, at=AT, place=f"local:{customer}", name=customer, text=text)


async def test_who_waits_for_a_hanging_order_system_is_told_and_nobody_else_is_held_up(
    folder: Path, screen: Screen
) -> None:
    async def answer(number: str) -> CallResult:
        while number == "12345":
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:  # it does not even let itself be stopped, and answers in the end
                await asyncio.sleep(0.3)
                break
        return CallResult(result="found", value={**ORDER, "number": number})

    fickle = Fickle(answer)
    async with opened(folder, screen, fickle) as shop:
        await shop.accept(message("ana", "where is my order 12345"))
        await until(lambda: fickle.keys)
        began = time.monotonic()
        await shop.accept(message("ben", "where is my order 54321"))
        await until(lambda: any("54321 is shipped" in text for text in screen.shown["ben"]))
        assert time.monotonic() - began < 0.8
        assert "I cannot find it." not in "".join(screen.shown["ana"])
        await shop.idle()
        assert screen.shown["ana"][-1].startswith("I cannot find it.")
        before = len(screen.shown["ana"])
        await asyncio.sleep(0.5)  # now it has answered
        late = CallReturned(key="late", customer="ana", at=AT, call=fickle.keys[0], result="found", value=ORDER)
        await shop.accept(late)
        await shop.idle()
        assert len(screen.shown["ana"]) == before
        await shop.accept(message("ana", "hello"))
        await shop.idle()
        assert len(screen.shown["ana"]) > before


LIES: list[object] = [
    None,
    "<html><body>502 Bad Gateway</body></html>",
    {"number": "12345"},
    [ORDER],
    {**ORDER, "items": None},
    {**ORDER, "items": [{}]},
    {**ORDER, "status": "teleported"},
    {**ORDER, "ordered_on": "yesterday"},
    {**ORDER, "total": "NaN"},
    {**ORDER, "total": "-5.00"},
    {**ORDER, "total": {"amount": 5}},
    {**ORDER, "email": 7},
    {**ORDER, "number": "99999"},
    {**ORDER, "carrier": "x" * 200_000},
    object(),
]


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: repr(lie).partition(" at 0x")[0][:40])
async def test_what_an_order_system_makes_up_reaches_no_customer(folder: Path, screen: Screen, lie: object) -> None:
    async def answer(number: str) -> CallResult:
        return CallResult(result="found", value=lie)

    async with opened(folder, screen, Fickle(answer)) as shop:
        await shop.accept(message("ana", "where is my order 12345"))
        await shop.idle()
        assert screen.shown["ana"][-1].startswith("I cannot find it.")


async def _raise(_: str) -> CallResult:
    raise RuntimeError("the warehouse is on fire")


async def _cancelled(_: str) -> CallResult:
    raise asyncio.CancelledError


async def _nothing(_: str) -> object:
    return None


async def _unheard_of(_: str) -> CallResult:
    return CallResult(result="exploded", value=ORDER)


@pytest.mark.parametrize("answer", [_raise, _cancelled, _nothing, _unheard_of])
async def test_when_an_order_system_fails_the_conversation_goes_on(
    folder: Path, screen: Screen, answer: Callable[[str], Awaitable[Any]]
) -> None:
    async with opened(folder, screen, Fickle(answer)) as shop:
        await shop.accept(message("ana", "where is my order 12345"))
        await shop.idle()
        assert screen.shown["ana"][-1].startswith("I cannot find it.")
        assert "fire" not in "".join(screen.shown["ana"])


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"reference": "RF-1", "amount": "5.00", "vendor": "x"}, {"reference": "RF-1", "amount": "5.00"}),
        ({"amount": "5.00"}, None),
        ({"reference": "RF-1", "amount": "much"}, None),
        ({"reference": "RF-1", "amount": "Infinity"}, None),
        ({"reference": "RF-1", "done_by": "soon"}, None),
        ("RF-1", None),
    ],
)
async def test_a_receipt_is_believed_only_as_it_should_be(value: object, kept: dict[str, Any] | None) -> None:
    async def answer(_: str) -> CallResult:
        return CallResult(result="accepted", value=value)

    checked = Checked(Fickle(answer))
    call = checked.call("request_refund", {"number": "12345", "item": "mug", "reason": "late"}, "k")
    if kept is None:
        with pytest.raises(ValueError, match=r"Expected|missing|Invalid|Object|impossible"):
            await call
    else:
        assert (await call).value == {"done_by": None, "send_by": None, **kept}
