"""The command line: what each command prints, with which exit code, and that nothing ends in a traceback."""

import io
import json
import math
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from bot import __version__
from bot.cli import main
from tests.channels.shop import CLAIM
from tests.content import shop

BROKEN = {
    "faqs/x.yaml": "entries:\n  a: {title: A, phrasings: [hello], anwser: x, answer: '[b]y[/b]'}\n",
    "flows/x.yaml": "flows:\n  x:\n    title: X\n    steps:\n      a: {say: A, then: z}\n",
}
TOLD = """\
✗ faqs/x.yaml:2: 'anwser' is not a key here. Did you mean 'answer'?
✗ faqs/x.yaml:2: 'hello' is also a phrasing of 'hello' at faqs/shop.yaml:14. Keep it in one place.
✗ flows/x.yaml:5: step 'a' goes to 'z', which is not a step of 'x'. There are: a.
3 problems. Nothing was started.
"""


Frontdesk = Callable[..., SimpleNamespace]


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop.write(tmp_path_factory.mktemp("shop"), {**shop.files(), "flows/claim.yaml": CLAIM})


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop.write(tmp_path_factory.mktemp("broken"), {**shop.files(), **BROKEN})


@pytest.fixture
def frontdesk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Frontdesk:
    """Run a command in this process, in an empty folder; return its exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for name in [name for name in os.environ if name.startswith("FRONTDESK_")]:
        monkeypatch.delenv(name)

    def run(*args: object, stdin: bytes = b"") -> SimpleNamespace:
        monkeypatch.setattr(sys, "argv", ["frontdesk", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return SimpleNamespace(code=left.value.code or 0, out=said.out, err=said.err)

    return run


def process(
    *args: object, stdin: bytes = b"", timeout: float = 60, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command as people do, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *map(str, args)],
        input=stdin,
        capture_output=True,
        timeout=timeout,
        check=False,
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[1],
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


# --- the manual -------------------------------------------------------------------------------------------------------

COMMANDS = (
    "demo", "chat", "run", "pause", "resume", "setup", "doctor", "panel", "check", "try", "eval", "test", "schema",
)  # fmt: skip


GROUPED = (
    "setup slack",
    "setup discord",
    "flow show",
    "flow paths",
    "report exceptions",
    "report contacts",
    "report marks",
    "report refusals",
    "report suggestions",
)


def test_the_help_names_every_command_with_what_it_does(frontdesk: Frontdesk) -> None:
    shown = frontdesk("--help")
    assert shown.code == 0
    for command in COMMANDS:
        assert re.search(rf"\b{command}\b +\w", shown.out), command
    assert "New here? Run frontdesk demo" in " ".join(shown.out.split())


@pytest.mark.parametrize("command", [*(each for each in COMMANDS if each != "setup"), *GROUPED])
def test_every_command_has_help_of_its_own(frontdesk: Frontdesk, command: str) -> None:
    shown = frontdesk(*command.split(), "--help")
    assert shown.code == 0
    assert "--config" in shown.out


def test_without_a_command_the_help_is_shown(frontdesk: Frontdesk) -> None:
    shown = frontdesk()
    assert "demo" in shown.out + shown.err


def test_the_version_is_shown(frontdesk: Frontdesk) -> None:
    assert frontdesk("--version").out == f"frontdesk {__version__}\n"


@pytest.mark.parametrize(
    "args",
    [
        ["nonsense"],
        ["check", "--nonsense"],
        ["check", "extra"],
        ["demo", "--port", "70000"],
        ["demo", "--port", "x"],
        ["demo", "--port", "-1"],
        ["eval"],
    ],
)
def test_a_wrong_command_or_option_is_told_with_exit_code_2(frontdesk: Frontdesk, args: list[str]) -> None:
    shown = frontdesk(*args)
    assert shown.code == 2
    assert "Error" in shown.err


# --- content ----------------------------------------------------------------------------------------------------------


def test_check_says_that_nothing_is_wrong(frontdesk: Frontdesk, content: Path) -> None:
    shown = frontdesk("check", "--content", content)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines()[0] == f"✓ {content}: 3 entries, 5 flows, 2 agents. Nothing is wrong."


def test_check_names_entries_that_had_better_be_looked_at(frontdesk: Frontdesk, content: Path) -> None:
    shown = frontdesk("check", "--content", content)
    few = "! faqs/shop.yaml:9: 'parking' has but 2 phrasings: customers ask in more ways. Write 6 to 12."
    assert few in shown.out.splitlines()


def test_review_lists_what_was_disputed_and_what_is_a_draft(frontdesk: Frontdesk, tmp_path: Path) -> None:
    title = "    title: Parking\n"
    faqs = shop.FAQS.replace(title, f"{title}    status: draft\n")
    folder = shop.write(tmp_path / "shop", {**shop.files(), "faqs/shop.yaml": faqs})
    told = ("--content", folder, "--database", tmp_path / "b.sqlite")
    said = ("when are you open", "it disputing", "you close at four")
    lines = [json.dumps({"customer": "ana", "say": each}) + "\n" for each in said]
    frontdesk("chat", "--json", *told, stdin="".join(lines).encode())
    shown = frontdesk("review", *told).out
    assert re.findall(r"said to be wrong +faqs/shop.yaml:2 Opening hours", shown)
    assert [line.split(maxsplit=1)[1] for line in shown.splitlines()[1:3]] == ["it disputing", "you close at four"]
    assert "draft  faqs/shop.yaml:7 Parking" in shown


def test_review_says_so_where_nothing_wants_a_look(frontdesk: Frontdesk, tmp_path: Path) -> None:
    content = shop.write(tmp_path / "shop", shop.files())
    shown = frontdesk("review", "--content", content)
    assert (shown.out, shown.err) == ("Nothing wants a look.\n", "")
    assert frontdesk("review", "--content", content, "--since", "soon").code != 0


_COVERED = [
    (f"{greeting}{asked}{more}", id)
    for asked, id in (("when are you open", "opening_hours"), ("where can I park", "parking"))
    for greeting in ("", "please ", "say ", "tell me ", "ah ")
    for more in ("", " today", " tonight", " on sunday", " with a trailer")
]
_UNCOVERED = [
    (f"the {what} is made of {of}", None) for what in ("moon", "sun", "sea", "sky") for of in ("tin", "wood", "ice")
]


def calibrate(
    frontdesk: Frontdesk, folder: Path, lines: Sequence[tuple[str, str | None]]
) -> tuple[SimpleNamespace, Path]:
    content = shop.write(folder / "shop", shop.files())
    file = folder / "labelled.jsonl"
    file.write_text("\n".join(json.dumps({"text": text, "expect": expect}) for text, expect in lines), encoding="utf-8")
    return frontdesk("calibrate", file, "--content", content), content / "handoff" / "matching.yaml"


def test_calibrate_writes_what_the_index_then_uses_and_says_what_comes_of_it(
    frontdesk: Frontdesk, tmp_path: Path
) -> None:
    shown, file = calibrate(frontdesk, tmp_path, [*_COVERED, *_UNCOVERED])
    assert (shown.code, shown.err) == (0, "")
    written = yaml.safe_load(file.read_text(encoding="utf-8"))["matching"]
    tried = json.loads(frontdesk("try", "--json", "when are you open", "--content", tmp_path / "shop").out)
    assert tried["thresholds"] == written
    assert f"by {len(_COVERED)} different messages with an answer and {len(_UNCOVERED)} without" in shown.out
    before, now = shown.out.splitlines()[1:3]
    assert before.startswith("  before  answers from 0.70: ")
    assert now.startswith(f"  now     answers from {written['answer']:.2f}: ")
    assert "% of these right" in now


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (_COVERED, "There are 50 different messages with an answer and 0 without"),
        ([_COVERED[0]] * 60 + _UNCOVERED, "There are 1 different messages with an answer and 12 without"),
        ([(text, None) for text, _ in _COVERED], "There are 0 different messages with an answer and 50 without"),
        ([(text, "hello") for text, _ in _COVERED] + _UNCOVERED, "At no confidence are 95% of the answers right"),
    ],
)
def test_calibrate_changes_nothing_where_messages_do_not_say_enough(
    frontdesk: Frontdesk, tmp_path: Path, lines: list[tuple[str, str | None]], why: str
) -> None:
    shown, file = calibrate(frontdesk, tmp_path, lines)
    assert shown.code == 1
    assert why in shown.err
    assert "Nothing was changed." in shown.err
    assert not file.exists()


@pytest.mark.parametrize(
    "command",
    [["check"], ["demo"], ["chat"], ["chat", "--json"], ["try", "hello"], ["try", "--json"], ["eval", "x"], ["test"]],
    ids=" ".join,
)
def test_every_command_tells_all_problems_of_invalid_content_and_starts_nothing(
    frontdesk: Frontdesk, broken: Path, command: list[str], tmp_path: Path
) -> None:
    shown = frontdesk(*command, "--content", broken)
    assert (shown.code, shown.out, shown.err) == (1, "", TOLD)
    assert list(tmp_path.iterdir()) == []


def test_one_problem_is_not_counted(frontdesk: Frontdesk, tmp_path: Path) -> None:
    shop.write(tmp_path / "x", {**shop.files(), "faqs/x.yaml": ""})
    assert (
        frontdesk("check", "--content", tmp_path / "x").err
        == "✗ faqs/x.yaml:1: holds nothing. Fill it, or remove it.\n"
    )


def test_a_folder_that_holds_no_content_is_told(frontdesk: Frontdesk, tmp_path: Path) -> None:
    for folder in (tmp_path / "gone", tmp_path):
        shown = frontdesk("check", "--content", folder)
        told = f"✗ {folder}:1: is not a content folder. It should hold faqs/, flows/, handoff/.\n"
        assert (shown.code, shown.err) == (1, told)


def test_the_content_is_what_is_named_or_set_or_here_or_shipped(
    frontdesk: Frontdesk, content: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from bot.content import shipped_folder

    assert str(shipped_folder()) in frontdesk("check").out
    monkeypatch.setenv("FRONTDESK_CONTENT", str(content))
    assert f"✓ {content}: 3 entries" in frontdesk("check").out
    monkeypatch.delenv("FRONTDESK_CONTENT")
    (tmp_path / "config.yaml").write_text(f"content: {content}\n", encoding="utf-8")
    assert f"✓ {content}: 3 entries" in frontdesk("check").out
    (tmp_path / "config.yaml").unlink()
    shop.write(tmp_path, shop.files())
    assert f"✓ {tmp_path}: 3 entries" in frontdesk("check").out


def test_a_wrong_setting_is_told(frontdesk: Frontdesk, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("log_level: loud\n", encoding="utf-8")
    for command in (["check"], ["chat"], ["demo"], ["pause"]):
        shown = frontdesk(*command)
        told = "✗ config.yaml: log_level is 'loud'; expected 'debug', 'info', 'warning' or 'error'.\n"
        assert (shown.code, shown.err) == (1, told)


def test_schema_prints_what_it_would_write(frontdesk: Frontdesk) -> None:
    assert json.loads(frontdesk("schema").out).keys() == {"faqs", "flows", "handoff"}


def test_schema_writes_into_the_folders_that_are_there(frontdesk: Frontdesk, tmp_path: Path) -> None:
    (tmp_path / "shop" / "faqs").mkdir(parents=True)
    assert (
        frontdesk("schema", "--write", "--content", tmp_path / "shop").out
        == f"wrote {tmp_path}/shop/faqs/schema.json\n"
    )
    assert json.loads((tmp_path / "shop" / "faqs" / "schema.json").read_text("utf-8"))["title"] == "A file in faqs/"


def test_schema_tells_where_it_cannot_write(frontdesk: Frontdesk, tmp_path: Path) -> None:
    shown = frontdesk("schema", "--write", "--content", tmp_path / "gone")
    told = f"✗ {tmp_path}/gone is not a content folder; it should hold faqs, flows, handoff.\n"
    assert (shown.code, shown.err) == (1, told)
    (tmp_path / "faqs" / "schema.json").mkdir(parents=True)
    shown = frontdesk("schema", "--write", "--content", tmp_path)
    assert (shown.code, shown.err) == (1, f"✗ {tmp_path}/faqs/schema.json cannot be written: Is a directory.\n")


# --- try and eval -----------------------------------------------------------------------------------------------------


def test_try_explains_for_people(frontdesk: Frontdesk, content: Path) -> None:
    shown = frontdesk("try", "When are you OPEN?", "--content", content)
    assert shown.code == 0
    assert shown.out.startswith("answer opening_hours (topic hours), confidence ")
    assert "nearest phrasing: “when are you open”  faqs/shop.yaml:5" in shown.out


def test_try_shows_what_makes_the_confidence(frontdesk: Frontdesk, content: Path) -> None:
    shown = frontdesk("try", "tell me when you are open on Sundays", "--content", content).out
    assert "how well the first candidate fits: 0." in shown
    assert "what was learned from all phrasings 0." in shown
    assert "how far it leads the second" in shown
    found = json.loads(frontdesk("try", "tell me when you are open on Sundays", "--json", "--content", content).out)
    reasons = found["reasons"]
    score = sum(each["value"] * each["weight"] for each in reasons["score_of"])
    odds = sum(each["value"] * each["weight"] for each in reasons["clues"])
    most = reasons["odds_at_most"]
    assert score == pytest.approx(reasons["score"], abs=1e-3)
    assert 1 / (1 + math.exp(-(odds if most is None else most))) == pytest.approx(found["confidence"], abs=1e-3)
    assert found["sentence_model"] is None


def test_try_explains_for_programs(frontdesk: Frontdesk, content: Path) -> None:
    found = json.loads(frontdesk("try", "when are you open", "--json", "--content", content).out)
    assert (found["decision"], found["id"], found["topic"]) == ("answer", "opening_hours", "hours")
    assert 0 <= found["confidence"] <= 1
    assert found["candidates"][0].keys() == {"id", "kind", "score"}
    assert found["candidates"][0]["kind"] == "answer"


def test_try_and_check_go_by_the_day(frontdesk: Frontdesk, tmp_path: Path) -> None:
    faqs = f"until: 2020-02-29\n{shop.FAQS}"
    folder = shop.write(tmp_path / "shop", {**shop.files(), "faqs/shop.yaml": faqs})
    told = ("when are you open", "--content", folder)
    shown = [frontdesk("try", *told, "--at", day).out for day in ("2020-02-29", "2020-03-01")]
    assert ["answer opening_hours" in each for each in shown] == [True, False]
    assert "not on this day: opening_hours (until 2020-02-29)" in frontdesk("try", *told).out
    found = json.loads(frontdesk("try", *told, "--json").out)
    assert found["not_now"] == {"id": "opening_hours", "from": None, "until": "2020-02-29"}
    over = "! faqs/shop.yaml:3: 'opening_hours', 'parking', 'hello': over since the end of 2020-02-29"
    assert over in frontdesk("check", "--content", folder).out
    refused = frontdesk("try", *told, "--at", "Easter")
    assert (refused.code, refused.out) == (1, "")
    assert "--at is 'Easter'; expected a day such as 2026-12-24." in refused.err


def test_try_takes_many_lines(frontdesk: Frontdesk, content: Path) -> None:
    lines = b"when are you open\r\n\nI want my money back\ntalk to a person\nhello\nxyzzy\n" + b"\xff\xfe\n{{ 7*7 }}"
    shown = frontdesk("try", "--content", content, stdin=lines)
    found = [json.loads(line) for line in shown.out.splitlines()]
    assert [(each["decision"], each["id"]) for each in found[:6]] == [
        ("answer", "opening_hours"),
        ("unknown", None),
        ("flow", "refund"),
        ("handoff", "person"),
        ("smalltalk", "hello"),
        ("unknown", None),
    ]
    assert [each["text"] for each in found[6:]] == ["\ufffd\ufffd", "{{ 7*7 }}"]


def test_eval_counts(frontdesk: Frontdesk, content: Path, tmp_path: Path) -> None:
    lines = [
        ("when are you open", "opening_hours"),
        ("what are your opening hours", "hours"),
        ("hello", None),
        ("is there a car park", "opening_hours"),
        ("xyzzy\u2028plugh", None),
    ]
    (tmp_path / "m.jsonl").write_text(
        "\n".join(json.dumps({"text": text, "expect": expect}, ensure_ascii=False) for text, expect in lines), "utf-8"
    )
    shown = frontdesk("eval", "m.jsonl", "--json", "--content", content)
    assert json.loads(shown.out) == {
        "messages": 5,
        "accuracy": 0.6667,
        "answered_right": 0.6667,
        "coverage": 0.6667,
        "false_answers": 0.4,
        "wrong": 0.3333,
        "invented": 0.5,
    }
    prose = frontdesk("eval", "m.jsonl", "--mistakes", "--content", content).out
    assert "parking instead of opening_hours: is there a car park" in prose
    assert "66.7%  accuracy" in prose


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("nonsense", 'expected {"text": "…", "expect": "id" or null}'),
        ('{"text": "a"}', 'expected {"text": "…", "expect": "id" or null}'),
        ("[1]", 'expected {"text": "…", "expect": "id" or null}'),
        ('{"text": 5, "expect": null}', 'expected {"text": "…", "expect": "id" or null}'),
        ('{"text": "a", "expect": ["hello"]}', 'expected {"text": "…", "expect": "id" or null}'),
        ('{"text": "a", "expect": {}}', 'expected {"text": "…", "expect": "id" or null}'),
        ('{"text": "a", "expect": "nobody"}', "'nobody' is no entry, flow, wish or topic of this content"),
        ("[" * 100_000, 'expected {"text": "…", "expect": "id" or null}'),
    ],
    ids=lambda value: value[:30],
)
def test_eval_names_the_line_that_it_cannot_use(
    frontdesk: Frontdesk, content: Path, tmp_path: Path, line: str, told: str
) -> None:
    (tmp_path / "m.jsonl").write_text('{"text": "a", "expect": null}\n\n' + line + "\n", "utf-8")
    shown = frontdesk("eval", "m.jsonl", "--content", content)
    assert (shown.code, shown.err) == (1, f"✗ m.jsonl:3: {told}\n")


def test_eval_tells_of_a_file_that_cannot_be_read(frontdesk: Frontdesk, content: Path, tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b"\xe9\n")
    for name in ("gone.jsonl", ".", "latin.jsonl"):
        shown = frontdesk("eval", name, "--content", content)
        assert shown.code == 1
        assert shown.err.startswith(f"✗ {name}: cannot be read: ")


def test_eval_of_nothing_divides_by_nothing(frontdesk: Frontdesk, content: Path, tmp_path: Path) -> None:
    (tmp_path / "m.jsonl").write_text("", "utf-8")
    assert json.loads(frontdesk("eval", "m.jsonl", "--json", "--content", content).out)["messages"] == 0


# --- conversation tests -----------------------------------------------------------------------------------------------

SCRIPT = """\
- test: opening hours
  steps:
    - customer: when are you open
      bot: from 9 to 5
    - press: choice_helped
    - bot: helped
    - not_bot: sorry
- test: a person
  at: 2026-01-05T10:00:00Z
  steps:
    - customer: {ben: talk to a person}
    - effects: [OpenCase, StartTimer promise]
    - staff: Asked for a person
    - agent: dana reply 1
      text: Hello Ben
    - bot: [Hello Ben]
    - agent: dana note 1
      text: a note
    - silent: true
    - wait: 26h
    - silent: true
- test: an order
  steps:
    - customer: where is my order
    - customer: 12345
    - bot: Order 12345
"""


def test_conversation_tests_are_played(frontdesk: Frontdesk, content: Path, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(SCRIPT, "utf-8")
    shown = frontdesk("test", "t.yaml", "--content", content)
    assert (shown.code, shown.err) == (0, "")
    assert re.findall(r"✓ (opening hours|a person|an order)", shown.out) == ["opening hours", "a person", "an order"]
    assert "3 passed" in shown.out


def test_several_files_and_folders_are_played_each_once(frontdesk: Frontdesk, content: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "t.yaml").write_text(SCRIPT, "utf-8")
    (tmp_path / "more" / "u.yaml").write_text(SCRIPT, "utf-8")
    shown = frontdesk("test", "t.yaml", "more", "t.yaml", "--content", content)
    assert (shown.code, shown.err) == (0, "")
    assert "6 passed" in shown.out
    assert frontdesk("test", "t.yaml", "gone", "--content", content).err.startswith("✗ gone does not exist")


def test_a_failure_says_where_and_what_was_said_instead(frontdesk: Frontdesk, content: Path, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(SCRIPT.replace("from 9 to 5", "from 10 to 6"), "utf-8")
    shown = frontdesk("test", "t.yaml", "--content", content)
    assert shown.code == 1
    for words in ("✗ opening hours", "t.yaml:3:", "'from 10 to 6'", "We are open from 9 to 5.", "2 passed, 1 failed"):
        assert words in shown.out, words


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("- press: nothing", "'ana' has no choice 'nothing'; there is none"),
        ("- bot: x", "'x'"),
        ("- wait: soon", "'soon' is not a duration; expected one such as 15m, 26h or 3d"),
        ("- agent: dna claim 1", "there is no agent 'dna'; did you mean 'dana'?"),
        ("- effects: [OpenCase]", "OpenCase"),
        ("- silent: true", "first_contact"),
        ("- not_bot: FIRST_contact", "first_contact"),
    ],
)
def test_a_step_that_does_not_hold_fails(
    frontdesk: Frontdesk, content: Path, tmp_path: Path, step: str, told: str
) -> None:
    (tmp_path / "t.yaml").write_text(f"- test: t\n  steps:\n    - customer: hello\n    {step}\n", "utf-8")
    shown = frontdesk("test", "t.yaml", "--content", content)
    assert shown.code == 1
    assert "t.yaml:4: " in shown.out
    assert told in shown.out


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("hello\n", "1: holds no list of tests. Begin each with '- test: what is shown'."),
        ("", "1: holds no list of tests. Begin each with '- test: what is shown'."),
        ("- hello\n", "1: should be a group of keys. Begin it with '- test: …' or, in its steps, '- customer: …'."),
        ("- test: t\n", "1: 'steps' is missing. Add 'steps: …'."),
        ("- test: t\n  steps: []\n", "2: steps: List should have at least 1 item after validation, not 0."),
        (
            "- test: t\n  steps:\n    - customer: a\n    - custmer: b\n",
            "4: 'custmer' is not a key here. Did you mean 'customer'?",
        ),
        (
            "- test: t\n  steps:\n    - hello\n",
            "3: should be a group of keys. Begin it with '- test: …' or, in its steps, '- customer: …'.",
        ),
        (
            "- test: t\n  steps:\n    - {}\n",
            "3: steps: a step needs one of customer, attach, press, submit, agent, wait, orders, ",
        ),
        (
            "- test: t\n  steps:\n    - customer: a\n      press: b\n",
            "3: steps: customer and press cannot happen at once; begin each with '- '.",
        ),
        (
            "- test: t\n  steps:\n    - agent: dana\n",
            "3: 'dana' is not what an agent does. Write it as 'dana reply 1'.",
        ),
        (
            "- test: t\n  steps:\n    - agent: dana claim one\n",
            "3: 'dana claim one' is not what an agent does. Write it as 'dana reply 1'.",
        ),
        ("- test: t\n  steps:\n    - {bot: a, text: b}\n", "3: steps: text belongs to agent or attach."),
        ("[" * 10_000, "1: is nested more than 40 levels deep. Flatten it."),
    ],
    ids=lambda value: value[:40],
)
def test_a_script_that_cannot_be_read_is_told_by_line(
    frontdesk: Frontdesk, content: Path, tmp_path: Path, script: str, told: str
) -> None:
    (tmp_path / "t.yaml").write_text(script, "utf-8")
    shown = frontdesk("test", "t.yaml", "--content", content)
    assert shown.code == 1
    assert shown.err.startswith(f"✗ t.yaml:{told}")
    assert shown.err.count("\n") == 1


def test_a_customer_step_names_one_customer(frontdesk: Frontdesk, content: Path, tmp_path: Path) -> None:
    for names in ("{}", "{ana: a, ben: b}"):
        (tmp_path / "t.yaml").write_text(f"- test: t\n  steps:\n    - customer: {names}\n", "utf-8")
        shown = frontdesk("test", "t.yaml", "--content", content)
        assert shown.code == 1
        assert shown.err.startswith("✗ t.yaml:3: customer: ")


def test_a_place_without_tests_is_told(frontdesk: Frontdesk, content: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert frontdesk("test", "empty", "--content", content).err == "✗ empty holds no tests.\n"
    assert frontdesk("test", "gone", "--content", content).err == (
        "✗ gone does not exist; name a script or a folder of them.\n"
    )


# --- running ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("soon", "--at is 'soon'; expected a time such as 2026-01-05T10:00:00Z."),
        (
            "2026-01-05T10:00:00",
            "--at is '2026-01-05T10:00:00', which has no zone; write 2026-01-05T10:00:00Z for UTC.",
        ),
        ("2026-01-05", "--at is '2026-01-05', which has no zone; write 2026-01-05T10:00:00Z for UTC."),
        ("9999-12-31T23:59:59Z", "--at is '9999-12-31T23:59:59Z'; expected a year from 1970 to 2998."),
        ("0001-01-01T00:00:00Z", "--at is '0001-01-01T00:00:00Z'; expected a year from 1970 to 2998."),
    ],
)
def test_a_wrong_time_is_told(frontdesk: Frontdesk, content: Path, at: str, told: str) -> None:
    shown = frontdesk("chat", "--json", "--at", at, "--content", content)
    assert (shown.code, shown.out, shown.err) == (1, "", f"✗ {told}\n")


def test_pause_and_resume_need_a_database_that_is_there(frontdesk: Frontdesk, tmp_path: Path) -> None:
    for command in ("pause", "resume"):
        shown = frontdesk(command)
        told = "✗ frontdesk.sqlite does not exist; name the bot's database with --database.\n"
        assert (shown.code, shown.err) == (1, told)


def test_a_paused_bot_keeps_what_is_written_and_answers_after_resume(frontdesk: Frontdesk, content: Path) -> None:
    chat = ("chat", "--json", "--content", content, "--database", "b.sqlite", *AT)
    assert frontdesk(*chat, stdin=b'{"advance": "1h"}\n').out == '{"idle": true}\n'
    assert frontdesk("pause", "--database", "b.sqlite").out == "Paused: b.sqlite\n"
    assert frontdesk(*chat, stdin=b'{"customer": "ana", "say": "hello"}\n').out == '{"idle": true}\n'
    assert frontdesk("resume", "--database", "b.sqlite").out == "Speaking again: b.sqlite\n"
    assert "first_contact" in frontdesk(*chat).out


@pytest.mark.parametrize("command", ["pause", "resume", "chat", "demo"])
def test_a_file_that_is_no_database_is_told(frontdesk: Frontdesk, content: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "x.sqlite").write_bytes(b"hello, I am a letter\n" * 100)
    (tmp_path / "config.yaml").write_text(f"content: {content}\n", "utf-8")
    shown = frontdesk(command, "--database", "x.sqlite")
    assert (shown.code, shown.out) == (1, "")
    assert shown.err.startswith("✗ x.sqlite is not a Frontdesk database.")


# --- chat as a process ------------------------------------------------------------------------------------------------

STORY = b"""\
{"customer": "ana", "say": "hello"}
{"customer": "ana", "say": "I want to make a claim"}
{"customer": "ana", "submit": {"what": "a lamp"}}
{"customer": "ben", "say": "where is my order 12345"}
{"customer": "ana", "press": "Ask a supervisor"}
nonsense
{"agent": "sam", "case": 1, "do": "approve", "text": "fine"}
{"customer": "ben", "say": "talk to a person"}
{"agent": "dana", "case": 2, "do": "resolve"}
{"advance": "3d"}
"""
AT = ("--at", "2026-01-05T10:00:00Z")


@pytest.fixture(scope="module")
def whole(content: Path) -> str:
    """What the story gives in one process."""
    return process("chat", "--json", *AT, "--content", content, stdin=STORY, PYTHONHASHSEED="0").stdout


def test_chat_gives_the_same_bytes_in_every_process(content: Path, whole: str) -> None:
    run = process("chat", "--json", *AT, "--content", content, stdin=STORY, PYTHONHASHSEED="1")
    assert (run.returncode, run.stdout, run.stderr) == (0, whole, "")
    lines = [json.loads(line) for line in whole.splitlines()]
    assert lines.count({"idle": True}) == 10
    assert [line["line"] for line in lines if "error" in line] == [6]


def test_chat_goes_on_from_its_database_in_another_process(content: Path, tmp_path: Path, whole: str) -> None:
    chat = ("chat", "--json", *AT, "--content", content, "--database", tmp_path / "b.sqlite")
    parts = STORY.splitlines(keepends=True)
    first, second = (process(*chat, stdin=b"".join(half)).stdout for half in (parts[:5], parts[5:]))
    assert (first + second).replace('"line": 1}', '"line": 6}') == whole


def test_chat_on_the_demo_shop_answers(tmp_path: Path) -> None:
    shown = process("chat", "--json", *AT, stdin=b'{"customer": "ana", "say": "how long does delivery take?"}\n')
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = [json.loads(line) for line in shown.stdout.splitlines()]
    assert lines[-1] == {"idle": True}
    assert lines[-2]["trace"]["decision"] == "answer"


def test_a_reader_that_goes_away_ends_the_chat_quietly(content: Path) -> None:
    chat = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat", "--json", "--content", str(content)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert chat.stdin
    assert chat.stdout
    chat.stdout.close()
    chat.stdin.write(b'{"customer": "ana", "say": "hello"}\n' * 20)
    _, errors = chat.communicate(timeout=20)
    assert b"Traceback" not in errors


@pytest.mark.parametrize("command", [["chat"], ["chat", "--json"], ["demo", "--port", "0"]], ids=" ".join)
def test_ctrl_c_ends_it_quietly(content: Path, command: list[str], tmp_path: Path) -> None:
    running = subprocess.Popen(
        [
            sys.executable,
            "-u",
            "-m",
            "bot",
            *command,
            "--content",
            str(content),
            "--database",
            str(tmp_path / "b.sqlite"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert running.stdin
    assert running.stdout
    assert running.stderr
    running.stdin.write('{"customer": "ana", "say": "hello"}\n')
    running.stdin.flush()
    assert running.stdout.readline()
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    try:
        running.wait(timeout=10)  # its input stays open: nobody types
        assert "Traceback" not in running.stderr.read()
        assert running.returncode in (0, 130)
    finally:
        running.kill()
        running.communicate()


def test_a_port_that_is_taken_is_told(content: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        shown = process("demo", "--port", port, "--content", content, "--database", tmp_path / "b.sqlite")
    assert shown.returncode == 1
    assert str(port) in shown.stderr
    assert "Traceback" not in shown.stderr


def test_people_chat_in_the_terminal(content: Path) -> None:
    typed = "when are you open\n1\n/why\n/as ben\ntalk to a person\n/dana claim 1\n/dana reply 1 Hello *Ben*\n"
    typed += "/dna claim 1\n/wait soon\n/wait 26h\nI want to make a claim\n/as ana\nI want to make a claim\n"
    typed += "a lamp\n\n2\n/help\n/quit\nnever read\n"
    shown = process("chat", *AT, "--content", content, stdin=typed.encode(), COLUMNS="120")
    assert (shown.returncode, shown.stderr) == (0, "")
    for words in (
        "Pine: you are ana",
        "We are open from 9 to 5.",
        "1 choice_helped",
        "helped",
        "rule ",
        "staff/care #1",
        "claimed",
        "Hello *Ben*",
        "there is no agent 'dna'; did you mean 'dana'?",
        "'soon' is not a duration",
        "Details",
        "Case 2 is under review.",
        "move the clock",
    ):
        assert words in shown.stdout, words
    assert "never read" not in shown.stdout


def test_a_terminal_without_ticks_and_crosses_gets_something_else(broken: Path, content: Path) -> None:
    assert process("check", "--content", content, PYTHONIOENCODING="ascii").stdout.startswith("? ")
