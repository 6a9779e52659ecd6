"""The wheel works outside a checkout: it carries the demo shop, the migrations and the page."""

import json
import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty directory beside an unpacked wheel; programs run there see only that wheel's bot."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet"]
    subprocess.run([*build, "--wheel-dir", str(folder), str(ROOT)], check=True, capture_output=True)
    (wheel,) = folder.glob("frontdesk-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    (folder / "empty").mkdir()
    return folder


def command(installed: Path, *words: str) -> tuple[list[str], dict[str, str]]:
    """Return a command line of the wheel's frontdesk and its environment: no home, no checkout."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")},
        "PYTHONPATH": str(installed / "site"),
        "HOME": str(installed / "empty"),
    }
    return [sys.executable, "-m", "bot", *words], environment


def test_it_answers_from_the_demo_shop_that_it_carries(installed: Path) -> None:
    words, environment = command(installed, "try", "do you take PayPal?", "--json")
    done = subprocess.run(words, env=environment, cwd=installed / "empty", capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["topic"] == "payment_methods"


def test_it_serves_the_playground(installed: Path) -> None:
    words, environment = command(installed, "demo", "--port", "0")
    with subprocess.Popen(
        words, env=environment, cwd=installed / "empty", stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        address = next(found.group() for line in process.stdout if (found := re.search(r"http://\S+/", line)))
        with urllib.request.urlopen(address) as page:
            assert "playground" in page.read().decode()
        with urllib.request.urlopen(f"{address}static/main.js") as script:
            assert script.status == 200
        process.terminate()
    assert process.returncode == 0
