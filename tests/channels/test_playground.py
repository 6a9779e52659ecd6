"""The playground: its socket by itself, and the page in a real headless Chromium as a newcomer would play it."""

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from playwright.sync_api import Browser, Locator, expect, sync_playwright
from playwright.sync_api import Page as Tab

from bot.app import OpenShop, open_shop
from bot.channels.web import server
from bot.channels.web.page import Page, summary
from bot.content import load, shipped_folder
from bot.desk.case import Deadline
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Call, CancelTimer, StartTimer
from bot.store.sqlite import SqliteStore

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
REQUIRED = "FRONTDESK_REQUIRE_BROWSER" in os.environ
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)


def in_browser(test: Callable[..., None]) -> Callable[..., None]:
    missing = pytest.mark.skipif(
        CHROMIUM is None and not REQUIRED, reason="no Chromium on this machine (Debian: apt install chromium)"
    )
    marked: Callable[..., None] = pytest.mark.browser(missing(test))
    return marked


# --- the socket by itself (first: a running browser has the thread's event loop) --------------------------------------


@dataclass(kw_only=True)
class Served:
    shop: OpenShop
    page: Page
    url: str
    database: Path
    client: aiohttp.ClientSession


@dataclass(kw_only=True)
class Line:
    """One page's socket: what it heard."""

    socket: aiohttp.ClientWebSocketResponse
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def send(self, **line: object) -> None:
        await self.socket.send_str(json.dumps(line))

    async def until(self, done: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Read on until a frame is what we wait for."""
        async with asyncio.timeout(5):
            while True:
                frame = json.loads(await self.socket.receive_str())
                self.heard.append(frame)
                if done(frame):
                    return frame  # type: ignore[no-any-return]

    def said(self) -> list[tuple[str, str]]:
        """The ids and texts of the customers' messages, those of the hello included."""
        greeted = [message for frame in self.heard for message in frame.get("hello", {}).get("messages", ())]
        return [(each["id"], each["text"]) for each in (*greeted, *self.heard) if each.get("to") == "bot"]


@asynccontextmanager
async def serving(folder: Path, catalog: Catalog, database: Path, *, backlog: int = 1_000) -> AsyncIterator[Served]:
    page = Page(backlog)
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with open_shop(
        folder=folder,
        catalog=catalog,
        database=str(database),
        channels={"local": page, "staff": page},
        watchers=(page,),
    ) as shop:
        task = asyncio.create_task(server.serve(shop, page, host="127.0.0.1", port=0, announce=ready.set_result))
        try:
            async with aiohttp.ClientSession() as client:
                yield Served(shop=shop, page=page, url=await ready, database=database, client=client)
        finally:
            task.cancel()
            await asyncio.wait([task])


@asynccontextmanager
async def opened(served: Served) -> AsyncIterator[Line]:
    async with served.client.ws_connect(f"{served.url}ws") as connection:
        line = Line(socket=connection)
        await line.until(lambda frame: "hello" in frame)
        yield line


async def pause(served: Served, paused: str | None) -> None:
    """Do as `frontdesk pause` and `frontdesk resume` do in a process of their own."""
    store = await SqliteStore.open(str(served.database))
    await store.set("paused", paused)
    await store.close()


async def test_what_is_written_to_a_paused_bot_is_shown_at_once_and_once(
    shop_folder: Path, catalog: Catalog, tmp_path: Path
) -> None:
    async with serving(shop_folder, catalog, tmp_path / "shop.sqlite") as served, opened(served) as line:
        await pause(served, "yes")
        await line.until(lambda frame: frame.get("paused"))
        await line.send(customer="zoe-2", say="when are you open", name="Zoë", ref="r1")
        await line.until(lambda frame: frame.get("ok") == "r1")
        await line.send(customer="zoe-2", say="when are you open", name="Zoë", ref="r1")
        await line.until(lambda frame: frame.get("ok") == "r1")
        if not line.said():
            await line.until(lambda frame: frame.get("to") == "bot")
        echo = next(frame for frame in line.heard if frame.get("to") == "bot")
        assert (echo["text"], echo["name"], echo["ref"]) == ("when are you open", "Zoë", "r1")

        async with opened(served) as late:
            hello = late.heard[0]["hello"]
            assert hello["paused"]
            assert {"id": "zoe-2", "name": "Zoë"} in hello["customers"]
            assert late.said() == [(echo["id"], "when are you open")]
            await served.shop.advance_clock(timedelta(hours=1))  # it is answered as of then
            await pause(served, None)
            await late.until(lambda frame: frame.get("to") == "customer")
            await line.until(lambda frame: frame.get("to") == "customer")
        async with opened(served) as after:
            assert {"id": "zoe-2", "name": "Zoë"} in after.heard[0]["hello"]["customers"]
            assert set(line.said()) == set(late.said()) == set(after.said()) == {(echo["id"], "when are you open")}
            assert len(after.said()) == 1


async def test_a_refused_line_is_not_echoed(shop_folder: Path, catalog: Catalog, tmp_path: Path) -> None:
    async with serving(shop_folder, catalog, tmp_path / "shop.sqlite") as served, opened(served) as line:
        await line.send(customer="ana", press="no such choice", ref="r1")
        await line.until(lambda frame: frame.get("ref") == "r1" and "error" in frame)
        assert line.said() == []


async def test_the_page_is_told_the_shops_time_zone(shop_folder: Path, catalog: Catalog, tmp_path: Path) -> None:
    async with serving(shop_folder, catalog, tmp_path / "shop.sqlite") as served, opened(served) as line:
        assert line.heard[0]["hello"]["shop"]["timezone"] == catalog.voice.zone


async def test_what_follows_a_lookup_keeps_the_reasons_of_the_words_before_it(
    shop_folder: Path, catalog: Catalog, tmp_path: Path
) -> None:
    async with serving(shop_folder, catalog, tmp_path / "shop.sqlite") as served, opened(served) as line:
        await line.send(customer="ana", say="where is my order 12345")
        turn = await line.until(lambda frame: frame.get("turn", {}).get("trace", {}).get("rule") == "call_returned")
        understood = next(frame["turn"] for frame in line.heard if "turn" in frame)
        told = await line.until(lambda frame: frame.get("to") == "customer" and "12345" in frame["text"])
        async with opened(served) as again:
            shown = again.heard[0]["hello"]["messages"][-1]
    for trace in (turn["turn"]["trace"], told["trace"], shown["trace"]):
        assert trace["rule"] == "call_returned"
        assert trace["notes"]
        assert trace["candidates"]
        for part in ("decision", "id", "topic", "confidence", "candidates", "phrasing", "at"):
            assert trace[part] == understood["trace"][part]


async def test_of_linked_accounts_each_one_has_its_own_chat(tmp_path: Path) -> None:
    content = shipped_folder()
    async with serving(content, load(content), tmp_path / "shop.sqlite") as served, opened(served) as line:
        await line.send(customer="ana", say="link my account")
        shown = await line.until(lambda frame: "Your code is" in frame.get("text", ""))
        code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", shown["text"])
        assert code
        await line.send(customer="ben", say=code[0])
        await line.until(lambda frame: "belong together" in frame.get("text", ""))
        await line.send(customer="ben", say="where do I get an invoice?", ref="asked")
        await line.until(lambda frame: frame.get("to") == "customer")
        turned = await line.until(lambda frame: frame.get("typing", {}).get("on") is False or "turn" in frame)
        assert "ana" not in json.dumps(turned)
        echoes = {frame["who"] for frame in line.heard if frame.get("to") == "bot" and "invoice" in frame["text"]}
        assert echoes == {"ben"}
        async with opened(served) as again:
            said = again.heard[0]["hello"]["messages"]
        assert {frame["who"] for frame in said if "get an invoice" in frame.get("text", "")} == {"ben"}


def test_effects_are_summed_up_in_words() -> None:
    due = datetime(2026, 1, 6, 12, tzinfo=UTC)
    deadline = Deadline(key="check_in:c7", kind="check_in", due=due, place="local:ana", conversation="c7")
    assert summary(StartTimer(deadline=deadline)) == "check_in due 2026-01-06T12:00:00+00:00"
    assert summary(CancelTimer(deadline="check_in:c7")) == "check_in:c7"
    assert summary(Call(action="find_order", args={"number": "12345"})) == "find_order"


async def test_a_page_that_is_too_slow_is_cut_off_and_can_come_back(
    shop_folder: Path, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_FAREWELL", 0.1)  # it will not take its leave
    async with serving(shop_folder, catalog, tmp_path / "shop.sqlite", backlog=20) as served:
        address = urlsplit(served.url)
        with socket.socket() as stuck:
            stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stuck.connect((address.hostname, address.port))
            stuck.sendall(
                f"GET /ws HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
            )
            for _ in range(100):  # it reads nothing of all this
                served.page.tell({"filler": "x" * 200_000})
                await asyncio.sleep(0.01)
            assert await asyncio.to_thread(_ended, stuck)
        async with opened(served) as line:
            await line.send(customer="ana", say="when are you open")
            await line.until(lambda frame: frame.get("to") == "customer")


def _ended(connection: socket.socket) -> bool:
    """Whether the other side ends the connection, when all that it sent has been read."""
    connection.settimeout(5)
    try:
        while connection.recv(1_000_000):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "this run requires a browser and there is none"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


@pytest.fixture
def playground(tmp_path: Path, playground_mode: str) -> Iterator[str]:
    """A playground on a port of its own; its address."""
    command = [sys.executable, "-m", "bot", "demo", "--port", "0", "--database", str(tmp_path / "shop.sqlite")]
    command += ["--mode", playground_mode]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "200"}) as process:
        assert process.stdout
        address = next(found.group() for line in process.stdout if (found := re.search(r"http://\S+/", line)))
        yield address
        process.terminate()


@pytest.fixture
def page(browser: Browser, playground: str) -> Iterator[Tab]:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, timezone_id="Asia/Tokyo")
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(playground)
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "live")
    yield page
    page.close()
    assert complaints == []


@pytest.fixture
def playground_mode() -> str:
    return "live"


def say(page: Tab, text: str) -> None:
    composer = page.get_by_test_id("composer")
    composer.get_by_role("textbox").fill(text)
    composer.get_by_role("textbox").press("Enter")


def log(page: Tab) -> Locator:
    """The conversation on show."""
    return page.locator("[data-testid=log]:visible")


def answer(page: Tab, label: str) -> None:
    """Press the choice that is offered now."""
    log(page).locator("[data-testid=choice]:enabled").filter(has_text=label).click()


def advance(page: Tab, by: str) -> None:
    button = page.locator(f"[data-advance='{by}']")
    button.click()
    expect(button).not_to_have_attribute("aria-disabled", "true")


def customer(page: Tab, who: str) -> Locator:
    return page.locator(f"[data-testid=customer][data-customer='{who}']")


def beyond_the_edge(page: Tab) -> list[str]:
    """What sticks out of the screen at the right, or makes the page scroll sideways."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((node) => node.checkVisibility() && !node.closest(".sr, .skip, pre"))
            .filter((node) => node.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
            .map((node) => node.outerHTML.slice(0, 120))"""
    )
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, "the page"] if wide else found


@in_browser
def test_a_refund_is_walked_through_handed_to_a_person_and_checked_in_on(page: Tab) -> None:
    why = page.get_by_test_id("why")
    say(page, "I want a refund for order 12345")
    expect(why.get_by_test_id("why-rule")).to_have_text("call_returned")
    expect(why.get_by_test_id("why-match")).to_contain_text("refund")
    expect(why.get_by_test_id("why-candidate").first).to_be_visible()
    page.get_by_test_id("choice").filter(has_text="Blue enamel kettle").click()
    page.get_by_test_id("choice").filter(has_text="broken").click()
    page.get_by_test_id("choice").filter(has_text="Money back").click()
    expect(log(page)).to_contain_text("£49.00")
    page.get_by_test_id("choice").filter(has_text="Yes").last.click()
    expect(log(page)).to_contain_text("RF-12345-1")

    say(page, "can I talk to a real person please")
    card = page.get_by_test_id("case").first
    expect(card).to_contain_text("Ana")
    card.locator("[data-do=claim]").click()
    expect(log(page)).to_contain_text("Dana")
    card.get_by_test_id("mode-reply").check(force=True)
    card.get_by_test_id("staff-say").fill("Hello Ana, I have your kettle in front of me.")
    card.get_by_test_id("staff-send").click()
    expect(log(page)).to_contain_text("I have your kettle in front of me.")
    card.get_by_test_id("mode-note").check(force=True)
    card.get_by_test_id("staff-say").fill("canary-7c2e: polite customer")
    card.get_by_test_id("staff-send").click()
    expect(card).to_contain_text("canary-7c2e")
    expect(log(page)).not_to_contain_text("canary-7c2e")
    expect(why.get_by_test_id("why-scheduled").first).to_be_visible()

    card.locator("[data-do=resolve]").click()
    card.get_by_test_id("case-confirm").click()
    expect(card.get_by_test_id("case-status")).to_have_text("Resolved")
    advance(page, "26h")
    expect(log(page)).to_contain_text("26 hours later")
    answer(page, "Yes")
    answer(page, "5 - very satisfied")
    for _ in range(3):
        advance(page, "72h")
    expect(log(page)).to_contain_text("about your refund for")
    answer(page, "Yes")
    answer(page, "5 - very satisfied")
    expect(log(page).get_by_test_id("message").last).to_have_attribute("data-who", "bot")


@in_browser
def test_a_snippet_fills_the_reply_which_is_marked_and_taken_back(page: Tab) -> None:
    page.get_by_test_id("say").fill("talk to a person")
    page.keyboard.press("Enter")
    case = page.locator("[data-testid=case]")
    case.locator("[data-do=claim]").click()
    expect(case.get_by_test_id("case-status")).to_contain_text("Dana")
    case.get_by_test_id("snippets").select_option("greeting")
    box = case.get_by_test_id("staff-say")
    expect(box).to_have_value(re.compile("Hello Ana, Dana here"))
    expect(case.get_by_test_id("audience")).to_contain_text("will see this")
    case.get_by_test_id("staff-send").click()
    line = case.locator("[data-testid=thread-line][data-kind=agent]")
    expect(line.get_by_test_id("mark")).to_contain_text("✅")
    said = log(page).get_by_text("Dana here")
    expect(said).to_have_count(1)
    line.get_by_test_id("undo").click()
    expect(line.get_by_test_id("mark")).to_contain_text("↩️")
    expect(line.get_by_test_id("undo")).to_have_count(0)
    expect(said).to_have_count(0)
    page.reload()
    expect(page.locator("[data-testid=case]")).to_be_visible()
    expect(said).to_have_count(0)


@in_browser
def test_a_reply_in_other_words_takes_the_place_of_the_first(page: Tab) -> None:
    say(page, "talk to a person")
    case = page.locator("[data-testid=case]")
    case.locator("[data-do=claim]").click()
    expect(case.get_by_test_id("case-status")).to_contain_text("Dana")
    box = case.get_by_test_id("staff-say")
    for text in ("!r It is red.", "!edit It is blue.", "!edit It is green."):
        box.fill(text)
        case.get_by_test_id("staff-send").click()
        expect(log(page).get_by_text(text.partition(" ")[2])).to_have_count(1)
    expect(log(page).get_by_text("It is ")).to_have_count(1)


@in_browser
def test_who_is_writing_is_shown_on_the_other_side_while_a_person_owns_the_case(page: Tab) -> None:
    page.get_by_test_id("say").fill("talk to a person")
    page.keyboard.press("Enter")
    case = page.locator("[data-testid=case]")
    case.locator("[data-do=claim]").click()
    expect(case.get_by_test_id("case-status")).to_contain_text("Dana")
    page.get_by_test_id("say").fill("it is")
    expect(case.get_by_test_id("writing")).to_have_text("Ana is writing…")
    page.wait_for_timeout(3_100)
    case.get_by_test_id("staff-say").fill("she is")  # a note
    expect(page.locator("#typing")).not_to_contain_text("Dana")
    case.locator(".mode-reply").click()
    case.get_by_test_id("staff-say").fill("I see")
    expect(page.locator("#typing")).to_contain_text("Dana is typing")


@in_browser
def test_the_flow_is_drawn_with_the_current_step_lit_and_the_last_ways_marked(page: Tab) -> None:
    say(page, "I want a refund for order 12345")
    expect(log(page)).to_contain_text("Which item")
    say(page, "the kettle")
    expect(log(page)).to_contain_text("(Blue enamel kettle)")
    say(page, "it arrived broken")
    page.get_by_test_id("why-step").filter(has_text="remedy").wait_for()
    page.get_by_test_id("why-picture").click()
    expect(page.locator(".box.lit")).to_have_attribute("data-step", "remedy_or_keep")
    expect(page.locator(".box.lit")).to_be_in_viewport()
    expect(page.locator(".way.went")).to_have_count(4)
    page.get_by_test_id("picture-close").click()
    expect(page.get_by_test_id("flow-picture")).to_be_hidden()


def test_hostile_text_stays_text(page: Tab) -> None:
    hostile = "<script>document.title='owned'</script> {{ 7*7 }} <!channel> @everyone *not bold*"
    say(page, hostile)
    expect(log(page)).to_contain_text(hostile)
    assert page.title() != "owned"
    expect(log(page)).not_to_contain_text("49 <!channel>")


@in_browser
def test_it_fits_a_phone(page: Tab) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    say(page, "how long does delivery take?")
    expect(log(page)).to_contain_text("working days")
    assert beyond_the_edge(page) == []
    for by in ("1h", "26h", "72h"):
        advance(page, by)
        assert beyond_the_edge(page) == []
    for tab in ("staff", "why"):
        page.locator(f"#tab-{tab}").click()
        assert beyond_the_edge(page) == []


@in_browser
def test_a_reload_shows_everything_again(page: Tab) -> None:
    say(page, "how long does delivery take?")
    expect(log(page)).to_contain_text("working days")
    page.reload()
    expect(log(page)).to_contain_text("how long does delivery take?")
    expect(log(page)).to_contain_text("working days")


@in_browser
def test_a_form_is_filled_and_a_supervisor_approves(page: Tab) -> None:
    say(page, "could you make an exception")
    answer(page, "My money back")
    say(page, "10031")
    form = log(page).get_by_test_id("form")
    form.get_by_test_id("form-submit").click()
    expect(form).to_contain_text("Please fill in")
    form.locator("[data-field=wish]").fill("Take the kettle back")
    form.locator("[data-field=why]").fill("I was in hospital")
    form.get_by_test_id("form-submit").click()
    expect(form).to_contain_text("Sent")
    expect(log(page)).to_contain_text("I was in hospital")
    answer(page, "None of these")
    card = page.get_by_test_id("case").first
    expect(card).to_contain_text("needs a decision")
    card.get_by_test_id("become").filter(has_text="Sam").click()
    card.locator("[data-do=approve]").click()
    expect(card.get_by_test_id("case-status")).to_have_text("Resolved")
    expect(log(page)).to_contain_text("RF-10031-1")


@in_browser
@pytest.mark.parametrize("playground_mode", ["suggest"])
def test_what_the_bot_suggests_is_sent_from_the_desk(page: Tab) -> None:
    say(page, "How long does delivery take?")
    post = page.get_by_test_id("post")
    expect(post).to_have_count(1)
    expect(page.locator('[data-testid="message"][data-who="bot"]')).to_have_count(0)
    post.locator('[data-do="edit"]').click()
    post.get_by_test_id("post-text").fill("Three days.")
    post.locator('[type="submit"]').click()
    expect(page.locator('[data-testid="message"][data-who="agent"]')).to_contain_text("Three days.")
    post.get_by_test_id("show-more").click()
    expect(post).to_contain_text("in their own words")
    expect(post.get_by_test_id("mark")).to_contain_text("delivered")
    post.locator('[data-do="undo"]').click()
    expect(post.get_by_test_id("mark").first).to_contain_text("taken back")


@in_browser
def test_times_are_the_shops_not_the_browsers(page: Tab) -> None:
    now = datetime.now(ZoneInfo("Europe/London"))
    near = [f"{now + timedelta(minutes=minutes):%H:%M}" for minutes in (-1, 0, 1)]
    expect(page.get_by_test_id("clock-now")).to_have_text(re.compile("|".join(near)))


@in_browser
def test_customers_have_chats_of_their_own_and_unread_marks(page: Tab) -> None:
    say(page, "can I talk to a real person please")
    card = page.get_by_test_id("case").first
    expect(card).to_contain_text("Ana")
    expect(customer(page, "ana").locator(".dot")).to_be_hidden()

    customer(page, "ben").click()
    expect(page.get_by_test_id("message").locator("visible=true")).to_have_count(0)
    say(page, "how long does delivery take?")
    expect(log(page)).to_contain_text("working days")
    expect(log(page)).not_to_contain_text("real person please")
    card.locator("[data-do=claim]").click()
    expect(customer(page, "ana").locator(".dot")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(\d+\)"))

    customer(page, "ana").click()
    expect(log(page)).to_contain_text("Dana")
    expect(log(page)).not_to_contain_text("working days")
    expect(customer(page, "ana").locator(".dot")).to_be_hidden()
    expect(customer(page, "ben").locator(".dot")).to_be_hidden()


@in_browser
def test_a_new_customer_keeps_their_name(page: Tab) -> None:
    for name, id in (("Émile Zola", r"^emile-zola$"), ("Юлия", r"^c\d+$")):
        page.get_by_test_id("new-customer").click()
        page.get_by_test_id("new-customer-name").fill(name)
        page.get_by_test_id("new-customer-add").click()
        say(page, "can I talk to a real person please")
        expect(page.get_by_test_id("case").first).to_contain_text(name)
        page.reload()
        button = page.get_by_test_id("customer").filter(has_text=name)
        expect(button).to_have_attribute("data-customer", re.compile(id))
        button.click()
        say(page, "thank you")
        expect(log(page)).to_contain_text("thank you")
        expect(page.get_by_test_id("case").first).to_contain_text(name)


@in_browser
def test_a_paused_bot_says_so_and_keeps_what_is_written(page: Tab, tmp_path: Path) -> None:
    def command(name: str) -> None:
        where = str(tmp_path / "shop.sqlite")
        subprocess.run([sys.executable, "-m", "bot", name, "--database", where], check=True, capture_output=True)

    command("pause")
    expect(page.get_by_test_id("paused")).to_be_visible(timeout=3_000)
    say(page, "how long does delivery take?")
    expect(log(page).get_by_test_id("message")).to_have_count(1)
    expect(log(page).get_by_test_id("pending")).to_have_count(0)
    page.reload()
    expect(page.get_by_test_id("paused")).to_be_visible()
    expect(log(page).get_by_test_id("message")).to_have_count(1)
    command("resume")
    expect(page.get_by_test_id("paused")).to_be_hidden(timeout=3_000)
    expect(log(page)).to_contain_text("working days")
    expect(log(page).locator("[data-who=customer]")).to_have_count(1)


@in_browser
def test_a_keyboard_is_enough(page: Tab) -> None:
    def focused(what: str) -> str:
        found: str = page.evaluate(f"document.activeElement.{what} ?? ''")
        return found

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # "Skip to the message box"
    assert focused("id") == "say"
    page.keyboard.type("I want a refund for order 12345")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Send
    choice = page.get_by_test_id("choice").filter(has_text="Tea towel set")
    expect(choice).to_be_enabled()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if "Tea towel set" in focused("dataset.label"):
            break
    page.keyboard.press("Enter")
    expect(choice).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("say")).to_be_focused()


@in_browser
def test_text_stands_out_from_what_is_behind_it(page: Tab) -> None:
    say(page, "can I talk to a real person please")
    page.get_by_test_id("case").first.locator("[data-do=claim]").click()
    card = page.get_by_test_id("case").first
    expect(card).to_contain_text("Owned by Dana")  # whoever takes over starts with notes
    card.get_by_test_id("mode-reply").check(force=True)
    card.get_by_test_id("staff-say").fill("Hello Ana.")
    card.get_by_test_id("staff-send").click()
    expect(log(page).locator("[data-who=agent]")).to_be_visible()
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        ratios: dict[str, float] = page.evaluate(CONTRAST, MAIN_TEXT)
        assert set(ratios) == set(MAIN_TEXT)
        assert {selector: ratio for selector, ratio in ratios.items() if ratio < 4.5} == {}
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (paper == "rgb(18, 21, 20)") == (scheme == "dark")


MAIN_TEXT = [
    "#company",
    "#clock",
    ".from-bot .prose",
    ".from-customer .prose",
    ".from-agent .prose",
    ".speaker",
    ".under",
    "#say",
    "[data-testid=send]",
    ".case-subject",
    ".case .facts dd",
    ".status",
    ".audience",
    "#why-body dd",
    "#why-body h3",
]
CONTRAST = """(selectors) => {
    const parse = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = (rgb) => {
        const parts = rgb.slice(0, 3).map((part) => part / 255);
        const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (node) => {
        for (let at = node; at; at = at.parentElement) {
            const colour = parse(getComputedStyle(at).backgroundColor);
            if (colour.length < 4 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    const ratio = (node) => {
        const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    };
    const found = {};
    for (const selector of selectors) {
        const nodes = [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility());
        if (nodes.length) found[selector] = Math.min(...nodes.map(ratio));
    }
    return found;
}"""


@in_browser
def test_the_desk_at_a_glance_counts_leads_to_cases_and_follows_whoever_looks(page: Tab) -> None:
    say(page, "talk to a person please")
    glance = page.get_by_test_id("glance")
    expect(glance.get_by_test_id("glance-row").first).to_contain_text("Hasn't said yet what it's about")
    newest = glance.get_by_test_id("glance-row").first.get_attribute("data-case")
    case = page.locator(f"article[data-case='{newest}']")
    if not case.get_by_test_id("thread").is_visible() and not case.locator("[data-do=claim]").is_visible():
        glance.get_by_test_id("glance-row").first.click()
    case.locator("[data-do=claim]").click()
    mine = glance.locator("[data-part=mine]")
    expect(mine).not_to_contain_text("0")
    mine.click()
    expect(glance.locator(f"[data-testid=glance-row][data-case='{newest}']")).to_be_visible()
    page.locator("[data-testid=agent][data-agent=lee]").click()
    expect(glance.locator(f"[data-testid=glance-row][data-case='{newest}']")).to_have_count(0)


@in_browser
def test_a_notice_to_many_is_filled_in_by_form_and_let_out_from_its_preview(page: Tab) -> None:
    say(page, "talk to a person please")
    page.locator("[data-testid=agent][data-agent=sam]").click()
    kinds = page.get_by_test_id("ask-notice")
    for to, shown in (("the north", "toast"), ("wrote=1d", "posts")):
        kinds.select_option("strike")
        page.get_by_test_id("notice-expected").fill('next "week"')
        page.get_by_test_id("notice-to").fill(to)
        page.get_by_test_id("notice-preview").click()
        expect(page.get_by_test_id("notice-form")).to_be_hidden()
        expect(page.locator(f"#{shown}")).to_contain_text("the north" if shown == "toast" else 'next "week"')
    page.locator("#posts").get_by_role("button", name="Send").click()
    expect(log(page)).to_contain_text('next "week"')
    page.locator("[data-testid=agent][data-agent=dana]").click()
    expect(kinds).to_be_hidden()


@in_browser
def test_a_transcript_opens_over_the_pane_and_is_closed_again(page: Tab) -> None:
    say(page, "talk to a person please")
    case = page.locator("[data-testid=case]").first
    case.locator("[data-do=transcript]").click()
    shown = page.get_by_test_id("transcript")
    expect(shown.get_by_test_id("transcript-line").first).to_be_visible()
    expect(shown).to_contain_text("talk to a person please")
    assert beyond_the_edge(page) == []
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()


@in_browser
def test_in_a_live_case_the_composer_says_that_the_owners_lines_reach_the_customer(page: Tab) -> None:
    def write(text: str) -> None:
        case.get_by_test_id("staff-say").fill(text)
        case.get_by_test_id("staff-send").click()

    say(page, "talk to a person please")
    case = page.locator("[data-testid=case]").first
    audience, lines = case.get_by_test_id("audience"), case.locator("[data-testid=thread-line]")
    expect(case.locator("[data-do=claim]")).to_be_visible()
    expect(case.locator("[data-do=live]")).to_have_count(0)  # nobody owns it
    case.locator("[data-do=claim]").click()
    case.locator("[data-do=live]").filter(has_text="Live on").click()
    expect(case).to_contain_text("LIVE: all that its owner writes")
    expect(audience).to_have_text("LIVE: Ana will see this, from Dana.")
    assert beyond_the_edge(page) == []
    write("I have it in front of me.")
    expect(log(page).locator("[data-who=agent]")).to_contain_text("I have it in front of me.")
    expect(lines.last).to_have_attribute("data-kind", "agent")

    case.get_by_test_id("mode-note").check(force=True)
    expect(audience).to_have_text("Staff only. The customer never sees a note.")
    write("She sounds worried.")
    expect(lines.last).to_contain_text("She sounds worried.")
    expect(lines.last).to_have_attribute("data-kind", "note")

    page.locator("[data-testid=agent][data-agent=lee]").click()
    expect(audience).to_have_text("Staff only. The customer never sees a note. Only what Dana writes is live.")
    write("Ask her for the photo.")
    expect(lines.last).to_have_attribute("data-kind", "note")

    page.locator("[data-testid=agent][data-agent=dana]").click()
    case.get_by_test_id("staff-say").fill("half a thought")
    expect(audience).to_contain_text("LIVE")
    case.locator("[data-do=live]").filter(has_text="Live off").click()
    expect(audience).to_have_text("Staff only. The customer never sees a note.")
    case.get_by_test_id("staff-send").click()
    expect(lines.last).to_contain_text("half a thought")
    expect(lines.last).to_have_attribute("data-kind", "note")
    expect(log(page).locator("[data-who=agent]")).to_have_count(1)
    for kept in ("worried", "photo", "thought"):
        expect(log(page)).not_to_contain_text(kept)


@in_browser
def test_the_card_tells_what_every_staff_channel_tells(page: Tab) -> None:
    say(page, "this is an outrage, I am furious, let me talk to a person")
    notes = page.locator("[data-testid=case]").first.get_by_test_id("case-notes")
    expect(notes).to_contain_text("Sounds: 😠 angry")
    expect(notes).to_contain_text("Next best")


@in_browser
def test_the_desk_is_asked_for_the_hand_over_a_colleagues_cases_and_what_was_said(page: Tab) -> None:
    say(page, "my lamp flickers, talk to a person please")
    case = page.locator("[data-testid=case]").first
    case.locator("[data-do=claim]").click()
    expect(case.get_by_test_id("case-status")).to_contain_text("Dana")
    answer = page.get_by_test_id("answer")
    page.get_by_test_id("ask-handover").click()
    expect(answer).to_contain_text("lamp flickers")
    assert beyond_the_edge(page) == []
    page.keyboard.press("Escape")
    expect(answer).to_be_hidden()
    expect(page.get_by_test_id("ask-handover")).to_be_focused()

    page.locator("[data-testid=agent][data-agent=lee]").click()
    page.get_by_test_id("ask-colleague").select_option("Dana")
    expect(answer).to_contain_text("Dana")
    expect(answer).to_contain_text("lamp flickers")
    page.get_by_test_id("answer-close").click()

    page.get_by_test_id("ask-words").fill("flickers")
    page.get_by_test_id("ask-words").press("Enter")
    expect(answer.get_by_test_id("answer-parts")).to_contain_text("my lamp flickers")
    page.get_by_test_id("answer-close").click()

    page.get_by_test_id("ask-words").fill("goodwill caps")
    page.get_by_test_id("ask-find").click()
    expect(answer).to_contain_text("Where the goodwill caps are")
