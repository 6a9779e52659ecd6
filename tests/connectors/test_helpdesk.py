"""A help desk that keeps cases too: each once, as it stands, with notes that no customer reads; and what cards say."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.app import outside_desks
from bot.channels.casework import notes
from bot.channels.discord import render
from bot.channels.slack import blocks
from bot.cli import checkup
from bot.config import Settings
from bot.connectors import deskfile
from bot.connectors.helpdesk import Desk, MappedDesk
from bot.connectors.mapping import SHIPPED
from bot.desk.case import Outside, Profile
from bot.dialog.effects import UpdateCase
from bot.dialog.markup import plain
from bot.errors import ConfigError, ContentError
from bot.secrets import Secret
from bot.tokens import Tokens
from tests.connectors.desks import CANARY, KEY, ROOT, Bot, demo_shop, open_bot
from tests.connectors.servers import served
from tests.connectors.zendesk import TOKEN, Zendesk
from tests.runtime.fakes import until
from tests.store.records import case

LONDON = "Europe/London"


@pytest.fixture
def zendesk() -> Zendesk:
    return Zendesk()


@pytest.fixture
async def url(zendesk: Zendesk) -> AsyncIterator[str]:
    async with served(zendesk.application()) as address:
        yield address


def desk(url: str, token: str = TOKEN, text: str = "", folder: Path = ROOT) -> MappedDesk:
    path = SHIPPED / "zendesk.yaml"
    if text:
        path = folder / "desk.yaml"
        path.write_text(text, encoding="utf-8")
    file, expressions = deskfile.load(path, LONDON)
    file = file.model_copy(update={"timeout": "0.5s"})
    return MappedDesk(Desk(file=file, expressions=expressions, url=url, token=Secret(token)), patience=3.0)


async def a_case(bot: Bot) -> None:
    await bot.says(f"my lamp flickers, {CANARY}", "I want to talk to a person", "yes please")


async def arrived(bot: Bot) -> None:
    async def left() -> bool:
        return bool(await bot.shop.store.errands())

    async with asyncio.timeout(8):
        while await left():  # noqa: ASYNC110 (retries are nobody's event)
            await asyncio.sleep(0.05)
    await bot.shop.idle()


# --- cases there ------------------------------------------------------------------------------------------------------


async def test_a_case_is_kept_there_too_from_its_opening_to_its_end(zendesk: Zendesk, url: str) -> None:
    async with open_bot({"zendesk": desk(url)}) as bot:
        await a_case(bot)
        (ticket,) = zendesk.tickets.values()
        assert (ticket["external_id"].split("-")[::2], ticket["status"]) == (["frontdesk", "1"], "new")
        await bot.does("claim")
        await bot.does("note", "looks like the switch")
        assert ticket["status"] == "open"
        await bot.does("resolve", "A new one is on its way.")

    assert (ticket["status"], ticket["assignee_id"]) == ("solved", 900)
    assert len(zendesk.tickets) == 1
    assert [comment["public"] for comment in zendesk.comments()] == [False, False]


async def test_nobodys_words_go_there_unless_the_admin_says_so(url: str) -> None:
    for words in (False, True):
        there = Zendesk()
        async with served(there.application()) as address, open_bot({"zendesk": desk(address)}, words=words) as bot:
            await a_case(bot)
            await bot.does("claim")
            await bot.does("note", "note-canary")
            await bot.does("reply", "reply-canary")
            await arrived(bot)
        sent = "\n".join(there.raw)
        assert (CANARY in sent, "note-canary" in sent, "Ana" in sent) == (words, words, words)
        assert "reply-canary" not in sent
        assert "sesame" not in sent


async def test_nothing_of_the_help_desk_is_shown_to_the_customer(zendesk: Zendesk, url: str) -> None:
    async with open_bot({"zendesk": desk(url)}, words=True) as bot:
        await a_case(bot)
        await bot.does("note", "note-canary")
        await bot.does("resolve", "Done.")

    shown = "".join(bot.room.shown["web:ana"])
    assert [word for word in ("4700", "zendesk", "note-canary", url) if word in shown] == []


MAYA = {"id": 2, "email": "maya.lind@example.com", "name": "Maya Lind", "created_at": "2024-05-06T10:00:00Z"}
NEAR = {"id": 1, "email": "maya.lindt@example.com", "name": "No", "created_at": "2020-01-01T00:00:00Z", "theirs": []}


async def a_case_with_an_address(bot: Bot) -> None:
    await bot.says("account trouble", "closing my account", "a colleague", "Maya.Lind@example.com", "yes")


async def test_the_card_says_where_the_case_is(zendesk: Zendesk, url: str) -> None:
    async with open_bot({"zendesk": desk(url)}) as bot:
        await a_case(bot)
        (shown,) = await bot.shop.store.board()
        assert shown.outside == Outside(desk="zendesk", id="4700", link=f"{url}/agent/tickets/4700")
        cards = [each.effect for each in bot.room.attempts if isinstance(each.effect, UpdateCase)]
        assert cards[-1].case.outside == shown.outside


async def test_the_card_says_who_the_customer_is_there(zendesk: Zendesk, url: str) -> None:
    zendesk.people = [NEAR, {**MAYA, "notes": "likes blue", "theirs": ["open", "solved", "closed", "pending"]}]
    async with open_bot({"zendesk": desk(url)}, words=True) as bot:
        await a_case_with_an_address(bot)
        (shown,) = await bot.shop.store.board()

    assert shown.outside is not None
    known = Profile(name="Maya Lind", since=date(2024, 5, 6), open=2, all=4, note="likes blue")
    assert shown.outside.profile == known
    assert zendesk.tickets[4700]["requester"]["email"] == "maya.lind@example.com"
    assert "likes blue" not in "".join(bot.room.shown["web:ana"])


async def test_nobody_is_looked_up_unless_words_may_leave(zendesk: Zendesk, url: str) -> None:
    zendesk.people = [{**MAYA, "theirs": []}]
    async with open_bot({"zendesk": desk(url)}) as bot:
        await a_case_with_an_address(bot)

    assert "search" not in zendesk.seen
    assert "maya" not in "".join(zendesk.raw).lower()


async def test_who_is_not_known_there_is_nobody(zendesk: Zendesk, url: str) -> None:
    zendesk.people = [NEAR]
    there = desk(url)
    assert await there.find_customer("maya.lind@example.com") is None
    await there.close()


# --- what goes wrong --------------------------------------------------------------------------------------------------

_FAULTS = ["429", "500", "503", "html", "drop", "slow", "truncated"]


@pytest.mark.parametrize("fault", [*_FAULTS, *(f"after {fault}" for fault in _FAULTS if fault != "429")])
async def test_a_case_is_made_once_whatever_becomes_of_the_answer(zendesk: Zendesk, url: str, fault: str) -> None:
    zendesk.faults.queued = {"create": [fault]}
    async with open_bot({"zendesk": desk(url)}) as bot:
        await a_case(bot)
        await bot.does("claim")
        await arrived(bot)
        (kept,) = await bot.shop.store.board()
        assert kept.outside is not None
        assert kept.outside.id == "4700"

    (ticket,) = zendesk.tickets.values()
    assert ticket["status"] == "open"


@pytest.mark.parametrize("fault", [*_FAULTS, *(f"after {fault}" for fault in _FAULTS if fault != "429")])
async def test_a_note_is_added_once_whatever_becomes_of_the_answer(zendesk: Zendesk, url: str, fault: str) -> None:
    zendesk.faults.queued = {"note": [fault]}
    async with open_bot({"zendesk": desk(url)}, words=True) as bot:
        await a_case(bot)
        await bot.does("note", "looks like the switch")
        await arrived(bot)

    assert sum("looks like the switch" in each["body"] for each in zendesk.comments()) == 1


async def test_what_cannot_be_looked_up_is_not_made_again(zendesk: Zendesk, url: str) -> None:
    zendesk.faults.queued = {"create": ["after drop"], "list": ["500"] * 3}
    async with open_bot({"zendesk": desk(url)}) as bot:
        await a_case(bot)
        await arrived(bot)

    assert zendesk.seen.count("create") == 1
    assert len(zendesk.tickets) == 1


async def test_a_case_that_could_not_be_made_is_made_with_what_comes_next(zendesk: Zendesk, url: str) -> None:
    zendesk.faults.queued = {"create": ["422"]}
    async with open_bot({"zendesk": desk(url)}) as bot:
        await a_case(bot)
        assert any("zendesk* wasn't told about case 1" in line for line in bot.room.told)
        await bot.does("note", "looks like the switch")
        await bot.does("claim")

    (ticket,) = zendesk.tickets.values()
    assert (ticket["status"], len(ticket["comments"])) == ("open", 2)


async def test_what_waited_is_told_as_it_stands_by_then(zendesk: Zendesk, url: str, tmp_path: Path) -> None:
    zendesk.faults.queued = {"create": ["422"]}
    database = str(tmp_path / "desk.db")
    async with open_bot({"zendesk": desk(url)}, database=database) as bot:
        await a_case(bot)
        await bot.does("claim")
        await bot.does("resolve", "Done.")
        await bot.shop.store.revive("", bot.shop.clock.now())
    async with open_bot({"zendesk": desk(url)}, database=database) as bot:
        await arrived(bot)

    (ticket,) = zendesk.tickets.values()
    assert ticket["status"] == "solved"


async def test_a_ticket_that_is_closed_there_is_told_to_staff(zendesk: Zendesk, url: str) -> None:
    async with open_bot({"zendesk": desk(url)}) as bot:
        await a_case(bot)
        zendesk.tickets[4700]["status"] = "closed"
        await bot.does("claim")

        assert any("update_case was refused: it is closed there" in line.replace("\\", "") for line in bot.room.told)


async def test_a_wrong_token_is_told_without_it_and_nobody_waits(
    zendesk: Zendesk, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    there = desk(url, "agent@example.com/token:another-token-43")
    async with open_bot({"zendesk": there}) as bot:
        for number in range(5):
            await bot.writes("I want to talk to a person", f"web:c{number}")
        await bot.shop.idle()
        await until(lambda: there.trouble)
        assert bot.shop.outside == {"outside zendesk": "answered with 401: is the token right?"}
        assert all(bot.room.shown[f"web:c{number}"] for number in range(5))

    assert "another-token-43" not in caplog.text
    assert zendesk.tickets == {}


async def test_a_redirect_is_not_followed(zendesk: Zendesk, url: str) -> None:
    zendesk.faults.queued = {"create": ["302"]}
    async with open_bot({"zendesk": desk(url)}) as bot:
        await a_case(bot)
        (errand,) = await bot.shop.store.errands()
        assert "which leads elsewhere" in errand.detail
        await arrived(bot)
    assert len(zendesk.tickets) == 1


async def test_a_customer_who_cannot_be_looked_up_costs_no_case(zendesk: Zendesk, url: str) -> None:
    zendesk.faults.queued = {"search": ["500"] * 9}
    async with open_bot({"zendesk": desk(url)}, words=True) as bot:
        await a_case_with_an_address(bot)
        await arrived(bot)
        (shown,) = await bot.shop.store.board()

    assert "search" in zendesk.seen
    assert len(zendesk.tickets) == 1
    assert shown.outside == Outside(desk="zendesk", id="4700", link=f"{url}/agent/tickets/4700")


# --- how it is set up -------------------------------------------------------------------------------------------------


def of(**outside: Any) -> Settings:
    return Settings.model_validate({"outside": outside})


@pytest.mark.parametrize(
    ("settings", "token", "said"),
    [
        (of(system="zendesk"), TOKEN, "outside.url is ''; expected the help desk's address"),
        (of(system="zendesk", url="https://a.example"), "", "Put it in the environment as FRONTDESK_OUTSIDE_TOKEN"),
        (of(system="no.yaml", url="https://a.example"), TOKEN, "outside.system is 'no.yaml'; expected none, zendesk"),
        (
            of(system="zendesk", url="https://a.example", webhooks={"zendesk": "https://b.example"}),
            TOKEN,
            "outside.webhooks has 'zendesk', which is the help desk's name",
        ),
    ],
)
def test_what_is_missing_is_told_by_key_and_expectation(settings: Settings, token: str, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        outside_desks(settings, Secret(token) if token else None, [Secret(f"zendesk={KEY}")], LONDON)


GOOD = """\
headers: {Authorization: "Bearer {{ token }}"}
actions:
  create_case:
    requests: [{request: POST /cases, body: {ours: "{{ reference }}"}}]
    results: [{if: status == 201, then: accepted}]
    returns: {id: answer.id}
    lookup:
      requests: [{request: "GET /cases?ours={{ reference }}"}]
      results: [{if: answer, then: done}, {else: not_done}]
  update_case:
    requests: [{request: "PUT /cases/{{ theirs }}", body: {status: "{{ case.status }}"}}]
    results: [{if: status == 200, then: accepted}]
  add_note:
    requests: [{request: "POST /cases/{{ theirs }}/notes", body: {text: "{{ note.text }}", key: "{{ key }}"}}]
    results: [{if: status == 201, then: accepted}]
    lookup:
      requests: [{request: "GET /cases/{{ theirs }}/notes?key={{ key }}"}]
      results: [{if: answer, then: done}, {else: not_done}]
"""


@pytest.mark.parametrize(
    ("was", "put", "said"),
    [
        (
            "Bearer {{ token }}",
            "Bearer abc",
            "headers.Authorization holds a secret",
        ),
        ("  update_case:", "  change_case:", "there is no action 'change_case'."),
        ("  update_case:", "  change_case:", "actions.update_case is missing."),
        ("then: accepted", "then: done", "actions.create_case.results.0 is 'done';"),
        ("POST /cases,", "GET /cases,", "create_case needs exactly one request that changes something, as its last."),
        ("GET /cases?ours", "POST /cases?ours", "the lookup of create_case changes something."),
        ("{{ note.text }}", "{{ note.text", "which cannot be read"),
    ],
)
def test_each_mistake_of_a_mapping_is_told(tmp_path: Path, was: str, put: str, said: str) -> None:
    assert was in GOOD
    (tmp_path / "desk.yaml").write_text(GOOD.replace(was, put, 1), encoding="utf-8")

    with pytest.raises(ContentError, match=re.escape(said)):
        deskfile.load(tmp_path / "desk.yaml", LONDON)


def test_without_a_lookup_it_would_be_done_twice(tmp_path: Path) -> None:
    text = GOOD.replace('    lookup:\n      requests: [{request: "GET /cases?ours={{ reference }}"}]\n', "")
    text = text.replace("      results: [{if: answer, then: done}, {else: not_done}]\n", "", 1)
    (tmp_path / "desk.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(ContentError, match="create_case has no 'lookup', and would be done twice"):
        deskfile.load(tmp_path / "desk.yaml", LONDON)


def test_the_mapping_in_the_docs_is_one(tmp_path: Path) -> None:
    page = (ROOT / "docs/outside.md").read_text(encoding="utf-8")
    (example,) = (each for each in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "actions:" in each)
    (tmp_path / "desk.yaml").write_text(example, encoding="utf-8")

    assert {"create_case", "update_case", "add_note"} <= set(deskfile.load(tmp_path / "desk.yaml", LONDON)[0].actions)


async def test_doctor_asks_whether_it_answers(zendesk: Zendesk, url: str, tmp_path: Path) -> None:
    settings = of(system="zendesk", url=url)
    found = await checkup.outside(settings, Tokens(desk=(Secret(TOKEN),)), LONDON, tmp_path / "none.db")
    assert [(each.ok, each.what) for each in found] == [
        (True, f"zendesk at {url}: answers"),
        (True, "zendesk: 0 events wait"),
    ]
    found = await checkup.outside(settings, Tokens(desk=(Secret("wrong"),)), LONDON, tmp_path / "none.db")
    assert (False, f"zendesk at {url}: answered with 401: is the token right?") in [
        (each.ok, each.what) for each in found
    ]


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        (None, "🗂 zendesk 4700 https://a.example/4700"),
        (
            Profile(name="Maya Lind", since=date(2024, 5, 6), open=2, all=4, note="likes *blue*"),
            "🗂 zendesk 4700 https://a.example/4700 · Maya Lind, there since 2024-05-06, 4 cases so far, 2 open · "
            "likes *blue*",
        ),
    ],
)
def test_a_card_has_a_line_about_it(profile: Profile | None, said: str) -> None:
    kept = Outside(desk="zendesk", id="4700", link="https://a.example/4700", profile=profile)

    (line,) = [each for each in notes(case(outside=kept), demo_shop()) if "zendesk" in each]
    assert plain(line) == said


def test_the_line_stands_on_the_cards_of_slack_and_discord_and_marks_nothing_up() -> None:
    profile = Profile(name="*Maya* <!channel> @everyone", all=1, open=0)
    kept = Outside(desk="zendesk", id="4700", link="https://a.example/4700", profile=profile)
    slack = json.dumps(blocks.card(case(outside=kept), demo_shop()), ensure_ascii=False)
    discord = json.dumps(render.card(case(outside=kept), demo_shop()), ensure_ascii=False)

    assert "🗂 zendesk 4700 https://a.example/4700" in slack
    assert "<!channel>" not in slack
    assert "🗂 zendesk 4700 <https://a.example/4700>" in discord
    assert "@everyone" not in discord
