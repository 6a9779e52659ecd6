"""Freshdesk keeps cases too: each once, as it stands, with notes that no customer reads."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.connectors import deskfile
from bot.connectors.helpdesk import Desk, MappedDesk
from bot.connectors.mapping import SHIPPED
from bot.desk.case import Outside, Profile
from bot.secrets import Secret
from tests.connectors.desks import CANARY, open_bot
from tests.connectors.freshdesk import TOKEN, Freshdesk
from tests.connectors.servers import served
from tests.connectors.test_helpdesk import LONDON, a_case, a_case_with_an_address, arrived

_FAULTS = ["429", "500", "503", "html", "drop", "slow", "truncated"]
_LOST = [*_FAULTS, *(f"after {fault}" for fault in _FAULTS if fault != "429")]
MAYA = {"id": 2, "email": "maya.lind@example.com", "name": "Maya Lind", "created_at": "2024-05-06T10:00:00Z"}


@pytest.fixture
def freshdesk() -> Freshdesk:
    return Freshdesk()


@pytest.fixture
async def url(freshdesk: Freshdesk) -> AsyncIterator[str]:
    async with served(freshdesk.application()) as address:
        yield address


def desk(url: str, token: str = TOKEN) -> MappedDesk:
    file, expressions = deskfile.load(SHIPPED / "freshdesk.yaml", LONDON)
    file = file.model_copy(update={"timeout": "0.5s"})
    return MappedDesk(Desk(file=file, expressions=expressions, url=url, token=Secret(token)), patience=3.0)


async def test_a_case_is_kept_there_too_from_its_opening_to_its_end(freshdesk: Freshdesk, url: str) -> None:
    async with open_bot({"freshdesk": desk(url)}) as bot:
        await a_case(bot)
        (ticket,) = freshdesk.tickets.values()
        assert (ticket["status"], ticket["unique_external_id"], ticket["tags"][0]) == (2, "web:ana", "frontdesk")
        await bot.does("claim")
        await bot.does("note", "looks like the switch")
        assert ticket["status"] == 2
        (shown,) = await bot.shop.store.board()
        assert shown.outside == Outside(desk="freshdesk", id="4700", link=f"{url}/a/tickets/4700")
        await bot.does("resolve", "A new one is on its way.")

    assert ticket["status"] == 4
    assert [note["private"] for note in freshdesk.notes()] == [True]


async def test_nobodys_words_go_there_unless_the_admin_says_so() -> None:
    for words in (False, True):
        there = Freshdesk()
        async with served(there.application()) as address, open_bot({"freshdesk": desk(address)}, words=words) as bot:
            await a_case(bot)
            await bot.does("claim")
            await bot.does("note", "note-canary <b>&")
            await bot.does("reply", "reply-canary")
            await arrived(bot)
        sent = "\n".join(there.raw)
        assert (CANARY in sent, "note-canary &lt;b>&amp;" in sent, "Ana" in sent) == (words, words, words)
        assert ("reply-canary" in sent, "<b>" in sent, "sesame" in sent) == (False, False, False)


async def test_the_card_says_who_the_customer_is_there(freshdesk: Freshdesk, url: str) -> None:
    freshdesk.people = [{**MAYA, "description": "likes blue", "theirs": [2, 4, 5, 3]}]
    async with open_bot({"freshdesk": desk(url)}, words=True) as bot:
        await a_case_with_an_address(bot)
        (shown,) = await bot.shop.store.board()

    assert shown.outside is not None
    known = Profile(name="Maya Lind", since=date(2024, 5, 6), open=2, all=4, note="likes blue")
    assert shown.outside.profile == known
    assert "email" not in freshdesk.tickets[4700]  # so Freshdesk writes to nobody


async def test_who_is_not_known_there_is_nobody(freshdesk: Freshdesk, url: str) -> None:
    freshdesk.people = [{**MAYA, "theirs": []}]
    there = desk(url)
    assert await there.find_customer("maya.lindt@example.com") is None
    await there.close()


@pytest.mark.parametrize("fault", _LOST)
async def test_a_case_is_made_once_whatever_becomes_of_the_answer(freshdesk: Freshdesk, url: str, fault: str) -> None:
    freshdesk.faults.queued = {"create": [fault]}
    async with open_bot({"freshdesk": desk(url)}) as bot:
        await a_case(bot)
        await bot.does("claim")
        await arrived(bot)

    assert len(freshdesk.tickets) == 1


@pytest.mark.parametrize("fault", _LOST)
async def test_a_note_is_added_once_whatever_becomes_of_the_answer(freshdesk: Freshdesk, url: str, fault: str) -> None:
    freshdesk.faults.queued = {"note": [fault]}
    async with open_bot({"freshdesk": desk(url)}, words=True) as bot:
        await a_case(bot)
        await bot.does("note", "looks like the switch")
        await arrived(bot)

    assert sum("looks like the switch" in each["body"] for each in freshdesk.notes()) == 1


async def test_a_ticket_that_is_closed_there_is_told_to_staff(freshdesk: Freshdesk, url: str) -> None:
    async with open_bot({"freshdesk": desk(url)}) as bot:
        await a_case(bot)
        freshdesk.tickets[4700]["status"] = 5
        await bot.does("claim")

        assert any("update_case was refused: it is closed there" in line.replace("\\", "") for line in bot.room.told)


async def test_a_wrong_key_is_told_and_nothing_is_made(freshdesk: Freshdesk, url: str) -> None:
    there = desk(url, "another-key-45")
    async with open_bot({"freshdesk": there}) as bot:
        await a_case(bot)
    assert freshdesk.tickets == {}


async def test_something_harmless_can_be_asked(freshdesk: Freshdesk, url: str) -> None:
    there = desk(url)
    await there.probe()
    await there.close()
    assert freshdesk.seen == ["me"]
