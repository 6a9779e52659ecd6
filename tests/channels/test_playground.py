"""The playground in a real headless Chromium: a whole refund with a handoff, as a newcomer would play it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
REQUIRED = "FRONTDESK_REQUIRE_BROWSER" in os.environ
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not REQUIRED, reason="no Chromium on this machine (Debian: apt install chromium)"
    ),
]
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "this run requires a browser and there is none"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


@pytest.fixture
def playground(tmp_path: Path) -> Iterator[str]:
    """A playground on a port of its own; its address."""
    command = [sys.executable, "-m", "bot", "demo", "--port", "0", "--database", str(tmp_path / "shop.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "200"}) as process:
        assert process.stdout
        address = next(found.group() for line in process.stdout if (found := re.search(r"http://\S+/", line)))
        yield address
        process.terminate()


@pytest.fixture
def page(browser: Browser, playground: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
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


def say(page: Page, text: str) -> None:
    composer = page.get_by_test_id("composer")
    composer.get_by_role("textbox").fill(text)
    composer.get_by_role("textbox").press("Enter")


def log(page: Page) -> Locator:
    """The conversation on show."""
    return page.locator("[data-testid=log]:visible")


def test_a_refund_is_walked_through_handed_to_a_person_and_checked_in_on(page: Page) -> None:
    say(page, "I want a refund for order 12345")
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


def test_hostile_text_stays_text(page: Page) -> None:
    hostile = "<script>document.title='owned'</script> {{ 7*7 }} <!channel> @everyone *not bold*"
    say(page, hostile)
    expect(log(page)).to_contain_text(hostile)
    assert page.title() != "owned"
    expect(log(page)).not_to_contain_text("49 <!channel>")


def test_it_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    say(page, "how long does delivery take?")
    expect(log(page)).to_contain_text("working days")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_reload_shows_everything_again(page: Page) -> None:
    say(page, "how long does delivery take?")
    expect(log(page)).to_contain_text("working days")
    page.reload()
    expect(log(page)).to_contain_text("how long does delivery take?")
    expect(log(page)).to_contain_text("working days")
