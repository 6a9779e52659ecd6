"""Accounts linked and unlinked: at any instant, nothing is lost, said twice, or said to the wrong one."""

import asyncio
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.channels.casework import staff_event
from bot.connectors.accounts import Accounts
from bot.content import load, shipped_folder
from bot.dialog.catalog import Catalog
from bot.dialog.engine import advance, broken
from bot.dialog.events import MessageReceived
from bot.dialog.state import Dossier
from bot.runtime.clock import FixedClock
from bot.runtime.runtime import Runtime
from bot.runtime.served import Served
from bot.store.sqlite import SqliteStore
from tests.runtime.fakes import QUICK, FakeChannel, FakeConnector, HaltingStore, crash, opened, until

ANA, BEN = "slack:T1/U1", "discord:1"
AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
CODE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}")
_keys = count()


@cache
def catalog() -> Catalog:
    return load(shipped_folder())


class Bot:
    """A running bot with the demo shop's content, two platforms and one staff room."""

    def __init__(self, store: SqliteStore, channel: FakeChannel) -> None:
        self.store, self.channel = store, channel
        self.runtime = Runtime(
            store=store,
            channels=dict.fromkeys(("slack", "discord", "staff"), channel),
            connector=Accounts(store, FakeConnector()),
            clock=FixedClock(AT),
            served=Served(catalog()),
            advance=advance,
            broken=broken,
            paces=QUICK,
        )

    async def hears(self, account: str, text: str, *, place: str = "", key: str = "", **more: Any) -> None:
        place, key = place or dm(account), key or f"m{next(_keys)}"
        name = account.partition(":")[0]
        await self.runtime.accept(
            MessageReceived(key=key, customer=account, at=AT, place=place, name=name, text=text, **more)
        )

    async def says(self, account: str, text: str, **more: Any) -> list[str]:
        """Write, and return what the account is told."""
        before = len(self.channel.shown[dm(account)])
        await self.hears(account, text, **more)
        await self.runtime.idle()
        return self.channel.shown[dm(account)][before:]

    async def acts(self, agent: str, do: str, case: int, text: str = "") -> None:
        found = await self.store.case(case)
        assert found
        event = staff_event(do, text, key=f"a{next(_keys)}", customer=found.customer, at=AT, agent=agent, case=case)
        await self.runtime.accept(event)
        await self.runtime.idle()

    async def code(self, account: str) -> str:
        (said,) = [text for text in await self.says(account, "link my account") if CODE.search(text)]
        found = CODE.search(said)
        assert found
        return found[0]

    async def link(self) -> None:
        assert any("belong together now" in text for text in await self.says(BEN, await self.code(ANA)))

    async def dossier(self, account: str) -> Dossier:
        return (await self.store.dossiers([account]))[account][1]


def dm(account: str) -> str:
    return account.replace("U", "D").replace("discord:", "discord:9")


@asynccontextmanager
async def running(store: SqliteStore, channel: FakeChannel) -> AsyncIterator[Bot]:
    bot = Bot(store, channel)
    await bot.runtime.start()
    try:
        yield bot
    finally:
        await bot.runtime.stop()


@pytest.fixture
async def bot(store: SqliteStore, channel: FakeChannel) -> AsyncIterator[Bot]:
    async with running(store, channel) as bot:
        await bot.says(ANA, "hello")
        await bot.says(BEN, "hello")
        yield bot


async def test_both_sides_have_one_dossier_and_each_keeps_its_place(bot: Bot) -> None:
    await bot.says(ANA, "talk to a person about my lamp")
    assert "no open case" in (await bot.says(BEN, "my cases"))[-1]
    await bot.link()
    assert "Another account has just been linked" in bot.channel.shown[dm(ANA)][-1]
    assert "*Case 1*" in (await bot.says(BEN, "my cases"))[-1]
    await bot.acts("dana", "reply", 1, "Which lamp?")
    assert bot.channel.shown[dm(ANA)][-1] == "Which lamp?"
    assert "Which lamp?" not in bot.channel.shown[dm(BEN)]
    case = await bot.store.case(1)
    assert case
    assert (case.customer, set(case.accounts)) == (ANA, {ANA, BEN})


async def test_unlinked_each_account_has_its_own_again(bot: Bot) -> None:
    await bot.link()
    await bot.says(BEN, "talk to a person about my lamp")
    assert "*Case 1*" in (await bot.says(ANA, "my cases"))[-1]
    assert "apart again" in (await bot.says(ANA, "unlink my account"))[-1]
    assert "apart again" in bot.channel.shown[dm(BEN)][-1]
    assert "no open case" in (await bot.says(ANA, "my cases"))[-1]
    assert "*Case 1*" in (await bot.says(BEN, "my cases"))[-1]
    await bot.acts("dana", "reply", 1, "Which lamp?")
    assert bot.channel.shown[dm(BEN)][-1] == "Which lamp?"
    assert {talk.account for talk in (await bot.dossier(ANA)).conversations} == {ANA}


async def test_a_case_whose_conversation_is_over_is_on_the_board_as_in_its_dossier(bot: Bot) -> None:
    await bot.says(BEN, "talk to a person about my lamp")
    await bot.acts("dana", "claim", 1)
    await bot.acts("dana", "grant", 1, "30 GBP she waited")  # more than an agent may give: case 2 asks for it
    await bot.acts("dana", "resolve", 1)
    later = AT + timedelta(days=3)
    again = MessageReceived(
        key="later", customer=BEN, at=later, place=dm(BEN), name="Ben", text="where do I get an invoice"
    )
    await bot.runtime.accept(again)
    await bot.link()
    await bot.says(BEN, "unlink my account")
    (case,) = [case for case in (await bot.dossier(BEN)).cases if case.open]
    assert case.conversation in [talk.id for talk in (await bot.dossier(BEN)).conversations]
    assert await bot.store.board() == [case]


async def test_a_supervisor_unlinks_and_an_agent_does_not(bot: Bot) -> None:
    await bot.link()
    await bot.says(BEN, "talk to a person about my lamp")
    await bot.acts("dana", "unlink", 1)
    assert (await bot.dossier(ANA)).accounts
    await bot.acts("sam", "unlink", 1)
    assert not (await bot.dossier(ANA)).accounts
    assert [case.number for case in (await bot.dossier(BEN)).cases] == [1]


async def test_a_code_works_once_and_not_for_oneself(bot: Bot) -> None:
    code = await bot.code(ANA)
    assert "code of yours" in (await bot.says(ANA, code))[-1]
    await bot.says(BEN, code)
    other = "discord:2"
    assert "doesn't work" in (await bot.says(other, code))[-1]


async def test_a_new_code_takes_the_place_of_the_former(bot: Bot) -> None:
    former, code = await bot.code(ANA), await bot.code(ANA)
    assert "doesn't work" in (await bot.says(BEN, former))[-1]
    assert "belong together" in "".join(await bot.says(BEN, code))


async def test_a_code_lives_ten_minutes(bot: Bot) -> None:
    code = await bot.code(ANA)
    await bot.runtime.advance_clock(timedelta(minutes=11))
    key = "late"
    await bot.runtime.accept(
        MessageReceived(key=key, customer=BEN, at=AT + timedelta(minutes=11), place=dm(BEN), name="b", text=code)
    )
    await bot.runtime.idle()
    assert "doesn't work" in bot.channel.shown[dm(BEN)][-1]


async def test_a_code_that_others_could_read_is_void_and_not_repeated(bot: Bot) -> None:
    code, thread = await bot.code(ANA), "discord:7/8"
    await bot.says(BEN, f"my code is {code}!", place=thread, scope="public")
    (said,) = [text for text in bot.channel.shown[thread] if "no longer counts" in text]
    assert code not in said
    assert "doesn't work" in (await bot.says(BEN, code))[-1]


async def test_a_code_is_kept_nowhere_but_in_what_was_shown(bot: Bot, file: Path) -> None:
    code = await bot.code(ANA)
    said = " ".join(line.text for line in await bot.store.transcript())
    assert code not in said
    assert code not in str(await bot.dossier(ANA))


async def test_what_was_merged_across_accounts_comes_apart_with_them(bot: Bot) -> None:
    await bot.says(ANA, "talk to a person about my lamp")
    await bot.says(BEN, "talk to a person about my lamp")
    await bot.link()
    await bot.acts("lee", "claim", 2)
    await bot.acts("lee", "merge", 2, "1")
    assert [case.open for case in (await bot.dossier(ANA)).cases] == [True, False]
    await bot.says(BEN, "any news?")
    await bot.says(ANA, "unlink my account")
    mine, theirs = await bot.dossier(ANA), await bot.dossier(BEN)
    assert [(case.number, case.open, case.place) for case in mine.cases] == [(1, True, dm(ANA))]
    assert [case.name for case in (*mine.cases, *theirs.cases)] == ["slack", "discord"]
    assert [(case.number, case.open, case.assignee) for case in theirs.cases] == [(2, True, "lee")]
    before = len(bot.channel.shown[dm(ANA)])
    await bot.acts("lee", "reply", 2, "Here!")
    assert bot.channel.shown[dm(BEN)][-1] == "Here!"
    assert len(bot.channel.shown[dm(ANA)]) == before


async def test_a_case_has_its_own_customers_name_again_when_another_is_taken_out_within_a_link(bot: Bot) -> None:
    await bot.says(ANA, "talk to a person about my lamp")
    await bot.says(BEN, "talk to a person about my lamp")
    await bot.link()
    await bot.acts("lee", "claim", 2)
    await bot.acts("lee", "merge", 2, "1")
    await bot.says(BEN, "any news?")
    assert (await bot.dossier(ANA)).cases[0].name == "discord"
    await bot.acts("lee", "unmerge", 2, "2")
    assert [case.name for case in (await bot.dossier(ANA)).cases] == ["slack", "discord"]


@pytest.mark.parametrize("account", [ANA, BEN])
async def test_a_promise_is_watched_whoever_the_case_belongs_to(bot: Bot, account: str) -> None:
    await bot.link()
    await bot.says(account, "talk to a person about my lamp")
    ((owner, _),) = [each for each in await bot.store.scheduled() if each[1].key == "promise:1"]
    assert owner == account
    await bot.acts("dana", "reply", 1, "Which lamp is it?")
    assert not [each for each in await bot.store.scheduled() if each[1].key == "promise:1"]


async def test_the_same_id_on_two_platforms_is_two_people_with_two_cases(bot: Bot) -> None:
    one, other = "slack:77", "discord:77"
    for account in (one, other):
        await bot.says(account, "talk to a person", key=f"{account}/77")
    await bot.acts("dana", "reply", 2, "For Discord alone.")
    assert "For Discord alone." not in bot.channel.shown[dm(one)]
    assert bot.channel.shown[dm(other)][-1] == "For Discord alone."
    assert [case.number for account in (one, other) for case in (await bot.dossier(account)).cases] == [1, 2]


async def test_who_linked_and_unlinked_which_accounts_is_in_the_audit_log(bot: Bot) -> None:
    await bot.says(BEN, "AAAA-AAAA")  # a code that nobody was given
    await bot.link()
    await bot.says(ANA, "unlink my account")
    acts = [act for _, act in await bot.store.audit()]
    assert [(act.who, act.role, act.act, act.detail) for act in acts] == [
        (BEN, "customer", "AccountsLinked", {"accounts": f"{BEN} {ANA}"}),
        (ANA, "customer", "AccountUnlinked", {}),
    ]
    assert all(act.turn and act.at == AT for act in acts)


# --- crashes and races ------------------------------------------------------------------------------------------------


class HaltingLinks(HaltingStore):
    """Stops for ever before or after it has linked or unlinked."""

    halt_link = ""

    async def link(self, call: str, hash: str, account: str, at: datetime) -> tuple[str, str]:
        done: tuple[str, str] = await self._halted(super().link(call, hash, account, at))
        return done

    async def unlink(self, call: str, account: str, at: datetime) -> str:
        done: str = await self._halted(super().unlink(call, account, at))
        return done

    async def _halted(self, doing: Any) -> Any:
        if self.halt_link == "before":
            doing.close()
            self.halt_link = "halted"
            await asyncio.Event().wait()
        done = await doing
        if self.halt_link == "after":
            self.halt_link = "halted"
            await asyncio.Event().wait()
        return done


@pytest.mark.parametrize("undo", [False, True], ids=["link", "unlink"])
@pytest.mark.parametrize("instant", ["before", "after"])
async def test_killed_beside_the_linking_it_is_done_once(
    file: Path, channel: FakeChannel, instant: str, undo: bool
) -> None:
    halting = await HaltingLinks.open(str(file), exclusive=True)
    bot = Bot(halting, channel)
    await bot.runtime.start()
    code = await bot.code(ANA)
    if undo:
        await bot.says(BEN, code)
    halting.halt_link = instant
    await bot.hears(BEN, "unlink my account" if undo else code)
    await until(lambda: halting.halt_link == "halted")
    await bot.hears(BEN, "talk to a person about my lamp")
    await asyncio.sleep(0.05)
    await crash(halting)
    store = await opened(file)
    async with running(store, channel) as again:
        await again.runtime.idle()
        assert bool((await again.dossier(ANA)).accounts) is not undo
        assert bool((await again.dossier(BEN)).accounts) is not undo
        assert await store.waiting() == []
        assert await store.outgoing() == []
        (case,) = await store.board()
        assert case.customer == BEN
        for account in (ANA, BEN):
            said = [text for text in channel.shown[dm(account)] if "apart again" in text]
            assert len(said) == undo
    await store.close()


@pytest.mark.parametrize("seed", range(6))
async def test_linking_in_the_midst_of_talk_loses_nothing_and_mixes_nothing_up(
    file: Path, channel: FakeChannel, seed: int
) -> None:
    chance = random.Random(seed)
    store = await opened(file)
    async with running(store, channel) as bot:
        for account in (ANA, BEN):
            await bot.says(account, "talk to a person about my lamp")
        sent: dict[str, list[str]] = {ANA: [], BEN: []}
        for _ in range(4):
            code = await bot.code(ANA)
            doing = [(BEN, code)]
            doing += [(chance.choice((ANA, BEN)), f"word{next(_keys)}") for _ in range(12)]
            doing.insert(chance.randrange(6, len(doing)), (chance.choice((ANA, BEN)), "unlink my account"))
            for account, text in doing:
                if text.startswith("word"):
                    sent[account].append(text)
                await bot.hears(account, text)
                if chance.random() < 0.5:
                    await asyncio.sleep(chance.random() / 100)
            await bot.runtime.idle()
            if (await bot.dossier(ANA)).accounts:
                await bot.says(BEN, "unlink my account")
        assert await store.waiting() == []
        mine, theirs = await bot.dossier(ANA), await bot.dossier(BEN)
        assert {talk.account for talk in mine.conversations} == {ANA}
        assert {talk.account for talk in theirs.conversations} == {BEN}
        assert [case.number for case in mine.cases] == [1]
        assert [case.number for case in theirs.cases] == [2]
        for account in (ANA, BEN):
            said = [line.text for line in await store.transcript(customer=account) if line.text.startswith("word")]
            assert sorted(said) == sorted(sent[account])
    shown = [text for text in channel.shown["staff:care"] if text.startswith("word")]
    assert sorted(shown) == sorted(sent[ANA] + sent[BEN])
    await store.close()


async def test_the_same_number_on_two_platforms_is_two_customers(bot: Bot) -> None:
    one, other = "slack:T1/U777", "discord:777"
    await bot.says(one, "talk to a person about my lamp")
    assert "no open case" in (await bot.says(other, "my cases"))[-1]
    assert [case.customer for case in (await bot.dossier(one)).cases] == [one]
    assert (await bot.dossier(other)).cases == ()
