"""Content that is edited while the bot runs, with real files and the whole bot behind a console."""

import asyncio
import logging
import os
import shutil
import stat
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import Edited, OpenShop, open_shop
from bot.channels.console.channel import Console
from bot.channels.lines import Reader, obey
from bot.content import load
from bot.dialog.catalog import Catalog
from bot.errors import ConfigError
from tests.content.shop import FAQS, FLOWS, HANDOFF, files, problems, write

MONDAY = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
EACH = 0.02
ROOT = Path(__file__).parents[1]
SNIPPET = 'snippets:\n  wait: {title: Wait, text: "A moment, please."}\n'
BROKEN = FAQS.replace("title: Parking", "title: Parking: here")
BILLING = "  billing: {name: our billing team, hours: office, first_response: 2h}\n"


class Live:
    """A bot that is served from a folder: what is written to it, and what it shows."""

    def __init__(self, shop: OpenShop, folder: Path, lines: list[dict[str, Any]]) -> None:
        self.shop = shop
        self.folder = folder
        self._lines = lines

    async def do(self, **request: Any) -> list[str]:
        """Do something and return what was shown because of it."""
        self._lines.clear()
        await obey(self.shop, await Reader(self.shop).read(request))
        await self.shop.idle()
        return self.heard()

    async def say(self, text: str, who: str = "ana") -> str:
        return "\n".join(await self.do(customer=who, say=text))

    def heard(self) -> list[str]:
        return [str(line.get("text", "")) for line in self._lines if line.get("text")]

    def file(self, name: str, text: str) -> None:
        write(self.folder, {name: text})

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not holds():  # noqa: ASYNC110 (what is waited for happens in files, too)
                await asyncio.sleep(EACH)
        await self.shop.idle()

    async def staff_read(self, words: str) -> str:
        """Wait until a line with these words was shown, and return it."""
        await self.until(lambda: any(words in text for text in self.heard()))
        return next(text for text in self.heard() if words in text)

    async def looked(self, times: int = 6) -> None:
        """Wait until the files have been looked at some times more."""
        await asyncio.sleep(EACH * times * 2)
        await self.shop.idle()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small shop that has its own words for little, so that the texts are the shipped ones."""
    own = {name: text for name, text in files().items() if name != "handoff/texts.yaml"}
    return write(tmp_path / "shop", {**own, "handoff/snippets.yaml": SNIPPET})


@asynccontextmanager
async def live(folder: Path, database: str = ":memory:", **more: Any) -> AsyncIterator[Live]:
    lines: list[dict[str, Any]] = []
    console = Console(lines.append)
    edited = Edited(folder=folder, each=EACH, **more)
    channels = {"local": console, "staff": console}
    async with open_shop(folder=folder, database=database, at=MONDAY, channels=channels, edited=edited) as shop:
        yield Live(shop, folder, lines)


async def test_an_edited_answer_counts_without_a_restart_and_staff_read_what_changed(folder: Path) -> None:
    async with live(folder) as bot:
        assert "Behind the house." in await bot.say("where can I park")
        bot.file("faqs/shop.yaml", FAQS.replace("Behind the house.", "In front of it."))
        told = await bot.staff_read("content was changed")
        assert told.splitlines()[1:] == ["- faqs/shop.yaml · changed: parking"]
        assert "In front of it." in await bot.say("where can I park")


async def test_what_is_new_and_gone_is_named_by_file_a_few_and_how_many_more(folder: Path) -> None:
    many = "".join(f'  e{n}: {{title: E, phrasings: ["number {n} please"], answer: A}}\n' for n in range(8))
    async with live(folder) as bot:
        bot.file("faqs/shop.yaml", FAQS[: FAQS.index("  hello:")])
        bot.file("faqs/more.yaml", f"entries:\n{many}")
        told = await bot.staff_read("content was changed")
        assert told.splitlines()[1:] == [
            "- faqs/more.yaml · new: e0, e1, e2, e3, e4, and 3 more",
            "- faqs/shop.yaml · gone: hello",
        ]
        assert (await bot.say("number 3 please")).splitlines()[-1] == "A"


async def test_comments_blank_lines_and_other_names_of_files_are_no_news(folder: Path) -> None:
    async with live(folder) as bot:
        before = bot.shop.catalog
        bot.file("faqs/shop.yaml", f"# opened at nine\n\n{FAQS}")
        (folder / "flows" / "refund.yaml").rename(folder / "flows" / "money.yml")
        await bot.until(lambda: bot.shop.served.catalog is not before)
        await bot.looked()
        assert bot.heard() == []
        assert bot.shop.catalog.entries["parking"].at == "faqs/shop.yaml:9"
        assert bot.shop.catalog.flows["refund"].version == before.flows["refund"].version


async def test_what_editors_leave_beside_a_file_is_not_read(folder: Path) -> None:
    async with live(folder) as bot:
        (folder / "faqs" / ".#shop.yaml").symlink_to("ana@laptop.123")
        bot.file("faqs/.shop.yaml", "entries: [")
        bot.file("faqs/shop.yaml~", "entries: [")
        await bot.looked(20)
        assert bot.heard() == []
        assert problems(folder) == []


async def test_a_mistake_is_told_once_with_its_line_and_the_last_good_version_answers(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "frontdesk.content")
    async with live(folder) as bot:
        bot.file("faqs/shop.yaml", BROKEN)
        told = await bot.staff_read("a mistake")
        (line,) = problems(folder)
        assert line.startswith("faqs/shop.yaml:8: ")
        assert line in told.replace("\\", "")
        await bot.looked(25)
        assert len(bot.heard()) == 1
        assert [record.getMessage().partition(": ")[2] for record in caplog.records] == [line]
        assert "Behind the house." in await bot.say("where can I park")


async def test_another_mistake_is_told_too_and_so_is_that_it_is_mended(folder: Path) -> None:
    async with live(folder) as bot:
        bot.file("faqs/shop.yaml", BROKEN)
        await bot.staff_read("a mistake")
        bot.file("faqs/shop.yaml", BROKEN.replace("title: Parking: here", "titel: Parking"))
        assert "- faqs/shop.yaml:7: " in await bot.staff_read("2 mistakes")
        bot.file("faqs/shop.yaml", FAQS)
        await bot.staff_read("in order again")
        assert len(bot.heard()) == 3
        bot.file("faqs/shop.yaml", BROKEN)
        await bot.until(lambda: len(bot.heard()) == 4)


async def test_a_folder_that_is_gone_for_a_while_changes_nothing(folder: Path) -> None:
    async with live(folder) as bot:
        os.rename(folder, folder.with_name("away"))
        await bot.staff_read("is not a content folder")
        assert "Behind the house." in await bot.say("where can I park")
        os.rename(folder.with_name("away"), folder)
        await bot.staff_read("in order again")


async def test_a_whole_folder_that_is_put_in_the_place_of_another_counts(folder: Path) -> None:
    async with live(folder) as bot:
        new = shutil.copytree(folder, folder.with_name("new"))
        write(new, {"faqs/shop.yaml": FAQS.replace("9 to 5", "8 to 8")})
        (folder / "faqs").rename(folder.with_name("old"))
        (new / "faqs").rename(folder / "faqs")
        await bot.staff_read("changed: opening_hours")
        assert "8 to 8" in await bot.say("when are you open")


async def test_what_keeps_changing_is_read_when_it_stands_still(folder: Path) -> None:
    """A file that grows piece by piece is never read half, though each half is good YAML."""
    lines = "".join(f'  e{n}: {{title: E, phrasings: ["number {n} please"], answer: A}}\n' for n in range(40))
    async with live(folder) as bot:
        for end in range(0, len(lines), 97):
            bot.file("faqs/more.yaml", f"entries:\n{lines[: end + 97]}")
            await asyncio.sleep(EACH / 4)
        assert (await bot.staff_read("content")).endswith("e4, and 35 more")
        assert len(bot.heard()) == 1


async def test_an_edit_that_leaves_size_and_time_as_they_were_counts(folder: Path) -> None:
    async with live(folder) as bot:
        file = folder / "faqs" / "shop.yaml"
        was = file.stat()
        file.write_text(FAQS.replace("Behind", "Beside"), encoding="utf-8")
        os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
        assert (file.stat().st_size, file.stat().st_mtime_ns) == (was.st_size, was.st_mtime_ns)
        await bot.staff_read("changed: parking")


async def test_something_that_is_no_file_is_named_and_blocks_nothing(folder: Path) -> None:
    async with live(folder) as bot:
        os.mkfifo(folder / "faqs" / "pipe.yaml")
        assert stat.S_ISFIFO((folder / "faqs" / "pipe.yaml").stat().st_mode)
        assert "faqs/pipe.yaml:1: is not a file." in await bot.staff_read("a mistake")
        (folder / "faqs" / "pipe.yaml").unlink()
        await bot.staff_read("in order again")


async def test_content_that_the_settings_do_not_fit_is_refused(folder: Path) -> None:
    def needs_care(catalog: Catalog) -> None:
        if "care" not in catalog.queues:
            raise ConfigError("staff.queues.care: handoff/queues.yaml has no queue 'care'.")

    async with live(folder, object_to=needs_care) as bot:
        bot.file("handoff/team.yaml", HANDOFF.replace("  care:", "  help:").replace("queue: care", "queue: help"))
        assert "staff.queues.care: handoff/queues.yaml has no queue 'care'." in await bot.staff_read("a mistake")
        assert set(bot.shop.catalog.queues) == {"care"}


async def test_who_is_in_a_flow_finishes_the_one_they_began(folder: Path) -> None:
    async with live(folder) as bot:
        assert "Which order?" in await bot.say("I want my money back")
        bot.file(
            "flows/refund.yaml", FLOWS.replace("Refund {{ number }}?", "Really?").replace("say: Done.", "say: Ok.")
        )
        await bot.staff_read("changed: refund")
        bot.file("flows/refund.yaml", FLOWS.replace("Refund {{ number }}?", "Again?").replace("say: Done.", "say: Yo."))
        await bot.until(lambda: sum("changed: refund" in text for text in bot.heard()) == 2)
        assert "Refund 12345?" in await bot.say("12345")
        assert "Done." in await bot.say("yes")
        await bot.say("I want my money back", who="ben")
        assert "Again?" in await bot.say("12345", who="ben")


async def test_who_is_in_a_flow_that_was_removed_finishes_it(folder: Path) -> None:
    async with live(folder) as bot:
        await bot.say("I want my money back")
        (folder / "flows" / "refund.yaml").unlink()
        await bot.staff_read("gone: refund, window")
        assert "Refund 12345?" in await bot.say("12345")
        assert "Done." in await bot.say("yes")


async def test_cases_of_a_queue_that_was_removed_go_to_the_default_one(folder: Path) -> None:
    with_billing = HANDOFF.replace("agents:", f"{BILLING}agents:", 1).replace("queue: care", "queue: billing")
    write(folder, {"handoff/team.yaml": f"default_queue: care\n{with_billing}"})
    async with live(folder) as bot:
        await bot.say("talk to a person")
        promise = (await bot.shop.store.board())[0].promise
        bot.file("handoff/team.yaml", f"default_queue: care\n{HANDOFF}")
        await bot.staff_read("The queue billing is no more, so case 1 is with our care team now.")
        case = (await bot.shop.store.board())[0]
        assert (case.queue, case.promise) == ("care", promise)
        assert [each.queue for each in bot.shop.floor.waiting] == ["care"]


async def test_cases_of_an_agent_who_was_removed_wait_again_and_their_customers_hear_it(folder: Path) -> None:
    async with live(folder) as bot:
        await bot.say("talk to a person")
        await bot.do(agent="dana", do="claim", case=1)
        bot.file("handoff/team.yaml", HANDOFF.replace("  dana: {name: Dana}\n", ""))
        await bot.staff_read("dana no longer works here, so case 1 waits in its queue again.")
        case = (await bot.shop.store.board())[0]
        assert (case.status, case.assignee) == ("waiting", "")
        assert "Sorry about the change" in "\n".join(bot.heard()) or "change of hands" in "\n".join(bot.heard())


async def test_what_was_removed_while_the_bot_was_closed_is_looked_after_at_the_start(folder: Path) -> None:
    database = str(folder.with_name("desk.sqlite"))
    async with live(folder, database) as bot:
        await bot.say("talk to a person")
        await bot.do(agent="dana", do="claim", case=1)
    write(folder, {"handoff/team.yaml": HANDOFF.replace("  dana: {name: Dana}\n", "")})
    async with live(folder, database) as bot:
        await bot.staff_read("dana no longer works here")


async def test_an_edit_is_in_the_audit_log_with_names_and_no_words(folder: Path) -> None:
    async with live(folder) as bot:
        bot.file("faqs/shop.yaml", FAQS.replace("Behind the house.", "In front of it."))
        await bot.staff_read("content was changed")
        bot.file("faqs/shop.yaml", BROKEN)
        await bot.staff_read("a mistake")
        acts = [act for _, act in await bot.shop.store.audit()]
        assert [(act.who, act.act) for act in acts] == [("content", "ContentChanged"), ("content", "ContentRefused")]
        assert acts[0].detail == {"faqs/shop.yaml": {"changed": "parking"}}
        assert acts[1].detail == {"problems": 1, "first": "faqs/shop.yaml:8"}


async def test_after_any_edits_the_bot_answers_as_one_that_was_started_anew(folder: Path) -> None:
    """Edit by edit: what is served equals what a fresh start would read, its index and its thresholds too."""
    snapshot = folder.with_name("shop.index")
    chosen = "matching: {answer: 0.9, clarify: 0.2}\n"
    edits: list[tuple[str, str]] = [
        ("handoff/matching.yaml", chosen),
        ("faqs/shop.yaml", FAQS.replace("where can I park", "is there parking")),
        ("faqs/shop.yaml", f"# moved down\n{FAQS}"),
        ("handoff/matching.yaml", "suggestions: [hi]\n"),
        ("flows/refund.yaml", FLOWS.replace("I want my money back", "give me a refund")),
    ]
    async with live(folder, snapshot=snapshot) as bot:
        for name, text in edits:
            before = bot.shop.served.catalog
            bot.file(name, text)
            await bot.until(lambda: bot.shop.served.catalog is not before)  # noqa: B023
            served, fresh, warm = bot.shop.served.catalog, load(folder), load(folder, snapshot)
            for text in ("is there parking", "where can I parc", "money bakc", "refund", "hello there", "hi"):
                assert served.index.rank(text) == fresh.index.rank(text) == warm.index.rank(text)
            assert served.index.thresholds == fresh.index.thresholds == warm.index.thresholds
            whole = [replace(each, index=None, know_how=None, versions={}, mood=None) for each in (served, fresh)]  # type: ignore
            assert whole[0] == whole[1]


@pytest.mark.parametrize("after", [0.3, 1.3, 2.2])
async def test_a_kill_at_any_moment_of_it_leaves_a_bot_that_starts_with_what_is_in_the_files(
    folder: Path, after: float
) -> None:
    database = folder.with_name("desk.sqlite")

    async def answer(parked: str, kill: float | None) -> str:
        command = (sys.executable, "-m", "bot", "chat", "--json", "--content", str(folder), "--database", str(database))
        bot = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=ROOT)
        assert bot.stdin
        assert bot.stdout
        bot.stdin.write(b'{"customer": "ana", "say": "where can I park"}\n')
        if kill is None:
            bot.stdin.close()
            said = (await bot.stdout.read()).decode()
            assert await bot.wait() == 0
            return said
        async with asyncio.timeout(60):
            while b"house" not in await bot.stdout.readline():
                pass
        write(folder, {"faqs/shop.yaml": FAQS.replace("Behind the house.", parked)})
        await asyncio.sleep(kill)
        bot.kill()
        await bot.wait()
        return ""

    await answer("In front of it.", after)
    assert "In front of it." in await answer("", None)
