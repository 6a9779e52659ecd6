"""Take the README's picture of the playground: `python docs/screenshot.py [FOLDER]` plays a refund and a handoff.

Needs Chromium. With a folder, pictures in dark and at phone width are put there as well, for looking at.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
SIZE = {"width": 1360, "height": 880}
SETTLED = 400  # milliseconds; by then colours have changed


def until_open(page: Page) -> None:
    """Move the clock until the team is there."""
    while not re.search(r"^(Mon|Tue|Wed|Thu|Fri).* (09|1[0-4]):", page.get_by_test_id("clock-now").inner_text()):
        page.locator("[data-advance='1h']").click()
        page.wait_for_timeout(SETTLED)


def play(page: Page) -> None:
    """Walk ana through a refund, hand ben to dana, and look at ben."""

    def say(text: str) -> None:
        box = page.get_by_test_id("composer").get_by_role("textbox")
        box.fill(text)
        box.press("Enter")
        page.wait_for_timeout(500)

    def choose(label: str) -> None:
        page.get_by_test_id("choice").filter(has_text=label).last.click()
        page.wait_for_timeout(500)

    say("I want a refund for order 12345")
    choose("Blue enamel kettle")
    choose("broken")
    choose("Money back")
    say("can I talk to a real person please?")
    page.locator("[data-testid=case-action][data-do=claim]").first.click()
    page.wait_for_timeout(800)
    page.get_by_test_id("desk").evaluate("desk => { desk.scrollTop = 0 }")
    page.get_by_test_id("why-message").nth(-2).click()
    page.wait_for_timeout(300)


def main() -> None:
    """Start a playground, play, take pictures."""
    chromium = shutil.which("chromium")
    extra = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        command = [sys.executable, "-m", "bot", "demo", "--port", "0", "--database", f"{folder}/demo.sqlite"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            address = next(found.group() for line in process.stdout if (found := re.search(r"http://\S+/", line)))
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport=SIZE)
            page.goto(address)
            page.get_by_test_id("clock-now").filter(has_text=":").wait_for()
            until_open(page)
            play(page)
            page.screenshot(path=str(HERE / "playground.png"))
            if extra:
                page.emulate_media(color_scheme="dark")
                page.wait_for_timeout(SETTLED)
                page.screenshot(path=str(extra / "dark.png"))
                page.set_viewport_size({"width": 360, "height": 740})
                page.screenshot(path=str(extra / "phone.png"))
            browser.close()
            process.terminate()


if __name__ == "__main__":
    main()
