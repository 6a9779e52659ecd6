"""Webhooks: what becomes of cases arrives, signed, in order, as often as it takes; customers wait for none of it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from typer.testing import CliRunner

from bot.app import outside_desks
from bot.cli import checkup, cli
from bot.config import Settings
from bot.connectors.webhooks import Webhook, key_of, signature
from bot.dialog.tidings import Kind
from bot.errors import ConfigError
from bot.secrets import Secret, sifted
from bot.store.sqlite import SqliteStore
from bot.tokens import Tokens
from tests.connectors.desks import CANARY, KEY, ROOT, Bot, Receiver, open_bot
from tests.connectors.servers import served
from tests.runtime.fakes import until


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def hook(receiver: Receiver) -> AsyncIterator[str]:
    async with served(receiver.application()) as url:
        yield f"{url}/hook"


def webhook(url: str, patience: float = 0.5) -> Webhook:
    return Webhook(url, Secret(KEY), patience=patience)


async def a_case(bot: Bot) -> None:
    await bot.says("I want to talk to a person", f"my lamp flickers, {CANARY}")


# --- what is told -----------------------------------------------------------------------------------------------------


async def test_each_step_of_a_case_is_told_in_order(receiver: Receiver, hook: str) -> None:
    async with open_bot({"crm": webhook(hook)}) as bot:
        await a_case(bot)
        await bot.does("claim")
        await bot.does("note", "looks like the switch")
        await bot.does("reply", "Which lamp is it?")
        await bot.does("resolve", "A new one is on its way.")

    told = [(post.body["type"], post.body["data"]["case"]["status"]) for post in receiver.taken]
    assert told[0] == ("case.opened", "waiting")
    assert ("case.changed", "owned") in told
    assert told[-2:] == [("case.noted", "owned"), ("case.resolved", "resolved")]
    claimed = next(post.body["data"] for post in receiver.taken if "assignee" in post.body["data"].get("changed", ()))
    assert claimed["case"]["assignee"] == "dana"
    assert len({post.id for post in receiver.posts}) == len(receiver.posts)


async def test_nobodys_words_leave_unless_the_admin_says_so(receiver: Receiver, hook: str) -> None:
    for words in (False, True):
        receiver.taken.clear()
        async with open_bot({"crm": webhook(hook)}, words=words) as bot:
            await bot.says(
                "refund", "10007", "maya.lind@example.com", "I want to talk to a person", f"it broke {CANARY}"
            )
            await bot.does("claim")
            await bot.does("note", f"she says {CANARY}")
            await bot.does("reply", "We will look into your reply-canary")
        sent = b"".join(post.raw for post in receiver.taken).decode()
        assert (CANARY in sent) == words
        assert ("Ana" in sent) == words
        assert "reply-canary" not in sent
        assert "example.com" not in sent or words


async def test_an_event_has_what_the_docs_show_and_no_more(receiver: Receiver, hook: str) -> None:
    page = (ROOT / "docs" / "outside.md").read_text(encoding="utf-8")
    (shown,) = (json.loads(each) for each in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    async with open_bot({"crm": webhook(hook)}) as bot:
        await bot.says("refund", "10007", "maya.lind@example.com", "I want to talk to a person", f"it broke {CANARY}")
        await bot.does("claim")

    told = next(post.body for post in receiver.taken if post.body["type"] == "case.changed")
    assert told.keys() == shown.keys()
    assert told["data"].keys() == shown["data"].keys()
    assert told["data"]["case"].keys() == shown["data"]["case"].keys()
    documented = set(re.findall(r"^\| `(case\.\w+)` \|", page, re.MULTILINE))
    assert documented == {f"case.{kind}" for kind in get_args(Kind)}


async def test_what_staff_say_among_themselves_is_shown_to_no_customer(receiver: Receiver, hook: str) -> None:
    async with open_bot({"crm": webhook(hook)}, words=True) as bot:
        await a_case(bot)
        await bot.does("note", "note-canary")

    assert "note-canary" in receiver.taken[-1].raw.decode()
    assert "note-canary" not in "".join(bot.room.shown["web:ana"])


async def test_the_secret_is_told_nobody(receiver: Receiver, hook: str, caplog: pytest.LogCaptureFixture) -> None:
    receiver.faults.queued = {"post": ["500", "302", "drop"]}
    async with open_bot({"crm": webhook(hook)}, words=True) as bot:
        await a_case(bot)
        await until(lambda: receiver.taken)

    assert KEY.removeprefix("whsec_") not in caplog.text + "".join(post.raw.decode() for post in receiver.posts)
    assert KEY not in sifted(f"crm={KEY}")


# --- how it is signed -------------------------------------------------------------------------------------------------


def verifier() -> Any:
    """Return `verify` as docs/outside.md has it."""
    page = (ROOT / "docs" / "outside.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(snippet, names)
    return names["verify"]


async def test_the_snippet_in_the_docs_knows_ours_from_others(receiver: Receiver, hook: str) -> None:
    async with open_bot({"crm": webhook(hook)}) as bot:
        await a_case(bot)
    verify, post = verifier(), receiver.taken[0]
    old = {**post.headers, "webhook-timestamp": str(int(post.headers["webhook-timestamp"]) - 400)}

    assert verify(KEY, post.headers, post.raw)
    assert not verify(KEY, post.headers, post.raw + b" ")
    assert not verify(KEY, {**post.headers, "webhook-id": "another"}, post.raw)
    assert not verify(KEY, old, post.raw)
    assert not verify(KEY.replace("Mf", "Mg"), post.headers, post.raw)


def test_a_signature_is_that_of_the_standards_own_example() -> None:

    signed = signature(
        Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("wrong", ["", "sesame", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64, but rather long"])
def test_a_secret_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="expected whsec_ and at least 24 bytes"):
        key_of(Secret(wrong))


# --- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["500", "503", "404", "401", "302", "drop", "slow", "429", "after drop", "after 500"])
async def test_what_did_not_arrive_comes_again_under_the_same_id(receiver: Receiver, hook: str, fault: str) -> None:
    receiver.faults.queued = {"post": [fault]}
    async with open_bot({"crm": webhook(hook)}) as bot:
        await a_case(bot)
        await until(lambda: len(receiver.posts) > 1)
        await bot.does("claim")
        await until(lambda: "case.changed" in receiver.types())

    first, second = receiver.posts[:2]
    assert (first.id, first.raw) == (second.id, second.raw)
    assert [post.body["type"] for post in receiver.posts[:3]] == ["case.opened", "case.opened", "case.changed"]


async def test_a_receiver_that_names_a_time_is_not_asked_before(receiver: Receiver, hook: str) -> None:
    receiver.faults.queued = {"post": ["busy"]}
    async with open_bot({"crm": webhook(hook)}) as bot:
        await a_case(bot)
        await until(lambda: receiver.taken)

    assert receiver.posts[1].at - receiver.posts[0].at >= 1.0


async def test_a_dead_receiver_delays_no_reply(tmp_path: Path) -> None:
    async with served(Receiver().application()) as url:
        gone = f"{url}/hook"
    async with open_bot({"crm": webhook(gone)}, database=str(tmp_path / "desk.db")) as bot:
        began = asyncio.get_running_loop().time()
        await a_case(bot)
        await bot.does("claim")
        await bot.does("reply", "Which lamp is it?")
        took = asyncio.get_running_loop().time() - began

    assert any("Which lamp is it?" in line for line in bot.room.shown["web:ana"])
    assert took < 5
    assert await left(tmp_path) == [("case.opened", "pending"), ("case.changed", "pending")]


async def test_a_slow_receiver_delays_no_reply(receiver: Receiver, hook: str) -> None:
    receiver.faults.queued = {"post": ["slow"] * 9}
    async with open_bot({"crm": webhook(hook, patience=60)}) as bot:
        await bot.writes("I want to talk to a person")
        await until(lambda: receiver.posts)
        shown = len(bot.room.shown["web:ana"])
        await bot.writes("my lamp flickers")
        await until(lambda: any("my lamp flickers" in line for line in bot.room.told))
        assert shown
        assert receiver.taken == []


async def test_one_receiver_in_trouble_holds_up_no_other(receiver: Receiver, hook: str) -> None:
    async with served(Receiver().application()) as url:
        gone = f"{url}/hook"
    async with open_bot({"dead": webhook(gone), "crm": webhook(hook)}) as bot:
        await a_case(bot)
        assert receiver.types() == ["case.opened"]


async def test_a_receiver_that_keeps_failing_is_left_alone(receiver: Receiver, hook: str) -> None:
    receiver.faults.queued = {"post": ["500"] * 99}
    hooked = webhook(hook)
    async with open_bot({"crm": hooked}) as bot:
        for number in range(7):
            await bot.writes("I want to talk to a person", f"web:c{number}")
        await bot.shop.idle()
        await until(lambda: hooked.trouble)
        count = len(receiver.posts)
        await asyncio.sleep(0.6)
        assert bot.shop.outside == {"outside crm": "answered with 500"}
    assert len(receiver.posts) - count <= 3  # those that were under way


# --- what is kept -----------------------------------------------------------------------------------------------------


async def left(folder: Path) -> list[tuple[str, str]]:
    store = await SqliteStore.open(str(folder / "desk.db"))
    try:
        states = {"pending": await store.errands(), "given_up": await store.given_up()}
    finally:
        await store.close()
    return [(f"case.{each.kind}", state) for state, every in states.items() for each in every]


async def test_what_waits_is_sent_after_a_restart(receiver: Receiver, hook: str, tmp_path: Path) -> None:
    receiver.faults.queued = {"post": ["500"] * 2}
    database = str(tmp_path / "desk.db")
    async with open_bot({"crm": webhook(hook)}, database=database) as bot:
        await a_case(bot)
        await bot.does("claim")
    async with open_bot({"crm": webhook(hook)}, database=database):
        await until(lambda: len(receiver.taken) == 2)

    assert receiver.types() == ["case.opened", "case.changed"]
    assert len({post.id for post in receiver.posts}) == 2
    assert await left(tmp_path) == []


async def test_what_is_given_up_is_told_to_staff_once_and_can_be_sent_again(
    receiver: Receiver, hook: str, tmp_path: Path
) -> None:
    receiver.faults.queued = {"post": ["500"] * 2}
    database = tmp_path / "desk.db"
    async with open_bot({"crm": webhook(hook)}, give_up=timedelta(0), database=str(database)) as bot:
        await a_case(bot)
        await bot.does("claim")
        told = [line for line in bot.room.told if "wasn't told" in line]
        assert len(told) == 1
        assert "*crm* wasn't told about case 1" in told[0]
        assert await left(tmp_path) == [("case.opened", "given_up"), ("case.changed", "given_up")]

        settings = Settings.model_validate({"outside": {"webhooks": {"crm": hook}}})
        found = await checkup.outside(settings, Tokens(webhooks=(Secret(f"crm={KEY}"),)), "UTC", database)
        assert ("crm: 2 events were given up: answered with 500", False) in [(each.what, each.ok) for each in found]

        listed = await asyncio.to_thread(run, "list", "--json", "--database", str(database))
        assert [json.loads(line)["state"] for line in listed.splitlines()] == ["given up", "given up"]
        assert CANARY not in listed
        assert "2 to be sent again" in await asyncio.to_thread(run, "resend", "crm", "--database", str(database))
        await until(lambda: len(receiver.taken) == 2)

    assert [post.id for post in receiver.taken] == [post.id for post in receiver.posts[:2]]
    assert await left(tmp_path) == []
    assert "Everything has arrived." in await asyncio.to_thread(run, "list", "--database", str(database))


def run(*args: str) -> str:
    return CliRunner().invoke(cli, ["outside", *args], env={"COLUMNS": "200"}).output


# --- how it is set up -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secrets", "said"),
    [
        ([], "for the webhook 'crm', there is none; put crm=whsec_… there"),
        ([f"other={KEY}"], "has a part that names no webhook"),
        ([f"crm={KEY}", f"crm={KEY}"], "has a part that names no webhook, or one again"),
        (["crm=sesame"], "for the webhook 'crm', expected whsec_ and at least 24 bytes"),
    ],
)
def test_what_is_wrong_with_a_secret_is_told_without_it(secrets: list[str], said: str) -> None:
    settings = Settings.model_validate({"outside": {"webhooks": {"crm": "https://example.com/hook"}}})

    with pytest.raises(ConfigError) as raised:
        outside_desks(settings, None, [Secret(each) for each in secrets], "UTC")
    assert said in str(raised.value)
    assert KEY not in str(raised.value)
    assert "sesame" not in str(raised.value)


def test_nobody_is_told_anything_unless_it_is_set_up() -> None:
    assert outside_desks(Settings(), None, (), "UTC").desks == {}


async def test_doctor_says_what_waits_for_a_webhook_that_is_no_more(tmp_path: Path) -> None:
    database = tmp_path / "desk.db"
    assert await checkup.outside(Settings(), Tokens(), "UTC", database) == []
    async with served(Receiver().application()) as url:
        gone = f"{url}/hook"
    async with open_bot({"crm": webhook(gone)}, database=str(database)) as bot:
        await a_case(bot)
    async with open_bot({}, database=str(database)):
        pass

    (found,) = await checkup.outside(Settings(), Tokens(), "UTC", database)
    assert "1 thrown away." in await asyncio.to_thread(run, "drop", "crm", "--database", str(database))
    assert await left(tmp_path) == []
    assert (found.ok, found.what) == (False, "crm: 1 events wait for it, and it is not among the settings of outside")
