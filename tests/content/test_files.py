"""Files that are broken, hostile or none at all: a line that helps, in bounded time, and never a traceback."""

import os
import resource
import time
from pathlib import Path

import pytest

from bot.content import load, yamlfile
from bot.content.texts import COMMANDS, TEXTS
from bot.errors import ContentError
from tests.content import shop

BOMB = "a: &a [x, x, x]\n" + "".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [{', '.join([f'*{chr(97 + level)}'] * 9)}]\n" for level in range(9)
)


def of_file(folder: Path, content: str | bytes, name: str = "faqs/x.yaml") -> list[str]:
    began = time.perf_counter()
    told = shop.problems(shop.write(folder, {**shop.files(), name: content}))
    assert time.perf_counter() - began < 5
    return told


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param("", "1: holds nothing. Fill it, or remove it.", id="empty"),
        pytest.param("# nothing yet\n\n", "1: holds nothing. Fill it, or remove it.", id="only a comment"),
        pytest.param(
            "- a\n- b\n", "1: holds a list, not sections. Begin it with one of: entries, from, until.", id="a list"
        ),
        pytest.param(
            "hello\n", "1: holds a text, not sections. Begin it with one of: entries, from, until.", id="a text"
        ),
        pytest.param(
            "12\n", "1: holds a text, not sections. Begin it with one of: entries, from, until.", id="a number"
        ),
        pytest.param("{}\n", "1: 'entries' is missing in the file. Add 'entries: …'.", id="an empty map"),
        pytest.param(
            "entries:\n",
            "1: entries should be a group of keys, and is nothing. Write its keys below it, indented by two more "
            "spaces.",
            id="null entries",
        ),
        pytest.param(
            "entries: [a]\n",
            "1: entries should be a group of keys, and is a list. Write its keys below it, indented by two more "
            "spaces.",
            id="entries in a list",
        ),
        pytest.param(
            "entries:\n  a: 5\n",
            "2: entries.a should be a group of keys, and is a number (5). Write its keys below it, indented by two "
            "more spaces.",
            id="an entry that is a number",
        ),
        pytest.param(
            "entries:\n  a:\n",
            "2: entries.a should be a group of keys, and is nothing. Write its keys below it, indented by two more "
            "spaces.",
            id="an entry that is nothing",
        ),
        pytest.param(
            "entries:\n  a: [\n",
            "3: is not valid YAML: did not find expected node content. Check indentation and quotes around this line.",
            id="a bracket that stays open",
        ),
        pytest.param(
            'entries:\n  a: "b\n',
            "3: is not valid YAML: found unexpected end of stream. Check indentation and quotes around this line.",
            id="a quote that stays open",
        ),
        pytest.param(
            "entries:\n  a: b: c\n",
            '2: is not valid YAML: mapping values are not allowed in this context. Put text that contains ": " in '
            "quotes.",
            id="a colon in a text",
        ),
        pytest.param(
            "entries:\n\ta: b\n",
            "2: is not valid YAML: found character that cannot start any token. Indent with spaces, and put text that "
            "begins with a special sign in quotes.",
            id="a tab",
        ),
        pytest.param(
            "entries:\n  a: @b\n",
            "2: is not valid YAML: found character that cannot start any token. Indent with spaces, and put text that "
            "begins with a special sign in quotes.",
            id="a special sign",
        ),
        pytest.param(
            "entries: {}\n---\nentries: {}\n",
            "2: is not valid YAML: but found another document. Keep one '---' at most, or make two files of it.",
            id="two documents",
        ),
        pytest.param(
            "entries: {}\nentries: {}\n",
            "2: 'entries' is here a second time; the first is on line 1. Rename or remove one of them.",
            id="a key twice",
        ),
        pytest.param(
            "entries: {}\n? [a, b]\n: c\n", "2: a key must be plain text. Quote it.", id="a key that is a list"
        ),
        pytest.param(BOMB, "1: uses the YAML anchor or alias 'a'. Write the value out instead.", id="an alias bomb"),
        pytest.param(
            "entries:\n  a: !!python/object/apply:os.system [x]\n",
            "2: uses the YAML tag 'tag:yaml.org,2002:python/object/apply:os.system'. Remove the tag.",
            id="a tag",
        ),
        pytest.param("[" * 10_000, "1: is nested more than 40 levels deep. Flatten it.", id="10,000 lists deep"),
        pytest.param("{a: " * 10_000, "1: is nested more than 40 levels deep. Flatten it.", id="10,000 maps deep"),
        pytest.param("- " * 10_000, "1: is nested more than 40 levels deep. Flatten it.", id="10,000 dashes deep"),
        pytest.param(
            "".join("  " * level + "a:\n" for level in range(2_000)),
            "41: is nested more than 40 levels deep. Flatten it.",
            id="indented 2,000 levels deep",
        ),
        pytest.param(
            "entries:\n  a: x\x00y\n",
            "2: holds the control character U+0000, which YAML does not allow. Remove it.",
            id="NUL",
        ),
        pytest.param(
            "entries:\n\n  a: x\x1b[31my\n",
            "3: holds the control character U+001B, which YAML does not allow. Remove it.",
            id="an escape sequence",
        ),
        pytest.param(b"entries:\n  a: caf\xe9\n", "2: is not UTF-8 text. Save the file as UTF-8.", id="Latin-1"),
        pytest.param("entries: {}\n".encode("utf-16"), "1: is not UTF-8 text. Save the file as UTF-8.", id="UTF-16"),
        pytest.param(b"\xed\xa0\x80: 1\n", "1: is not UTF-8 text. Save the file as UTF-8.", id="a lone surrogate"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00", "1: is not UTF-8 text. Save the file as UTF-8.", id="a picture"),
        pytest.param("x" * 10_000_000, "1: the file has 10.0 MB; the limit is 5 MB. Split it.", id="10 MB of one word"),
        pytest.param(
            "entries:\n" + "- a\n" * 1_200_000, "199999: holds more than 200,000 values. Split it.", id="5 MB of list"
        ),
    ],
)
def test_a_broken_file_is_told_with_its_line_and_its_fix(tmp_path: Path, content: str | bytes, problem: str) -> None:
    told = of_file(tmp_path, content)
    assert told[0] == f"faqs/x.yaml:{problem}"
    assert len(told) <= 2


@pytest.mark.parametrize("folder", ["faqs", "flows", "handoff"])
@pytest.mark.parametrize("content", ["", "- a\n", "[", "x: &a 1\n", b"\xff", "x" * 10_000_000, "[" * 10_000, "1: 2\n"])
def test_a_broken_file_is_told_in_every_folder(tmp_path: Path, folder: str, content: str | bytes) -> None:
    told = of_file(tmp_path, content, f"{folder}/x.yaml")
    assert told
    assert all(each.startswith(f"{folder}/x.yaml:") for each in told)


def test_hostile_files_cost_no_memory(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number, content in enumerate((BOMB, "[" * 4_000_000, "- a\n" * 1_200_000, "a: 1\n" * 100_000)):
        path = tmp_path / f"{number}.yaml"
        path.write_text(content, encoding="utf-8")
        assert yamlfile.read(path, "x.yaml").problems
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000  # kB


def test_a_byte_order_mark_windows_line_ends_and_odd_languages_are_fine(tmp_path: Path) -> None:
    text = "entries:\r\n  a:\r\n    title: 営業時間\r\n    phrasings: [何時に開きますか]\r\n    answer: 😀 مرحبا\r\n"
    catalog = load(shop.write(tmp_path, {**shop.files(), "faqs/x.yaml": b"\xef\xbb\xbf" + text.encode()}))
    assert catalog.entries["a"].answer.variants == ("😀 مرحبا",)


def test_words_that_yaml_would_change_stay_words(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("[yes, no, on, off, 12:30, 1_000, 0x1F, 2026-01-05, 007, .5, ~, true, 7, 7.5, '7']", "utf-8")
    assert yamlfile.read(path, "x.yaml").value == [
        "yes", "no", "on", "off", "12:30", "1_000", "0x1F", "2026-01-05", "007", ".5", None, True, 7, 7.5, "7",
    ]  # fmt: skip


# --- what is no file --------------------------------------------------------------------------------------------------


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        assert shop.problems(folder) == [
            f"{folder}:1: is not a content folder. It should hold faqs/, flows/, handoff/."
        ]
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    assert shop.problems(file) == [f"{file}:1: is not a content folder. It should hold faqs/, flows/, handoff/."]


def test_a_folder_named_like_a_file_is_told(tmp_path: Path) -> None:
    shop.write(tmp_path, shop.files())
    (tmp_path / "faqs" / "x.yaml").mkdir()
    assert shop.problems(tmp_path) == ["faqs/x.yaml:1: is not a file. Rename or remove it."]


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("x.yaml", "cannot be read: Too many levels of symbolic links. Check the file and its permissions."),
        ("nowhere", "cannot be read: No such file or directory. Check the file and its permissions."),
        ("/dev/zero", "is not a file. Rename or remove it."),
    ],
)
def test_a_link_that_leads_to_no_file_is_told(tmp_path: Path, target: str, problem: str) -> None:
    shop.write(tmp_path, shop.files())
    (tmp_path / "faqs" / "x.yaml").symlink_to(target)
    assert shop.problems(tmp_path) == [f"faqs/x.yaml:1: {problem}"]


def test_a_folder_that_is_a_link_to_itself_is_left_out(tmp_path: Path) -> None:
    shop.write(tmp_path, shop.files())
    (tmp_path / "faqs" / "loop").symlink_to(tmp_path)
    assert shop.problems(tmp_path) == []


def test_a_pipe_is_told_and_not_waited_for(tmp_path: Path) -> None:
    shop.write(tmp_path, shop.files())
    os.mkfifo(tmp_path / "faqs" / "x.yaml")
    assert shop.problems(tmp_path) == ["faqs/x.yaml:1: is not a file. Rename or remove it."]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_or_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    shop.write(tmp_path, shop.files())
    (tmp_path / "faqs" / "shop.yaml").chmod(0)
    (tmp_path / "flows").chmod(0)
    assert shop.problems(tmp_path) == [
        "faqs/shop.yaml:1: cannot be read: Permission denied. Check the file and its permissions.",
        "flows:1: cannot be read: Permission denied. Check the folder and its permissions.",
    ]
    (tmp_path / "flows").chmod(0o700)


def test_a_read_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Path) -> bytes:
        raise OSError(5, "Input/output error")

    shop.write(tmp_path, shop.files())
    monkeypatch.setattr(Path, "read_bytes", broken)
    with pytest.raises(ContentError, match=r"faqs/shop\.yaml:1: cannot be read: Input/output error\. Check the file"):
        load(tmp_path)


# --- what is left out -------------------------------------------------------------------------------------------------


def test_a_folder_with_only_faqs_borrows_the_rest(tmp_path: Path) -> None:
    catalog = load(shop.write(tmp_path, {"faqs/shop.yaml": shop.FAQS}))
    assert catalog.entries.keys() == {"opening_hours", "parking", "hello"}
    assert catalog.flows.keys() == {"check_in", "identify"}
    assert catalog.texts.keys() == TEXTS.keys()
    assert catalog.commands.keys() == COMMANDS
    assert catalog.agents
    assert catalog.default_queue in catalog.queues
    assert all(wish.queue in catalog.queues for wish in catalog.wishes.values())
    assert catalog.wishes


def test_a_folder_with_queues_of_its_own_gets_borrowed_wishes_to_them(tmp_path: Path) -> None:
    own = "hours: {office: {zone: UTC, week: {}}}\nqueues: {ours: {name: us, hours: office, first_response: 2h}}\n"
    catalog = load(shop.write(tmp_path, {"faqs/shop.yaml": shop.FAQS, "handoff/team.yaml": own}))
    assert {wish.queue for wish in catalog.wishes.values()} == {"ours"}
    assert catalog.default_queue == "ours"


def test_what_a_folder_says_itself_comes_before_what_it_borrows(tmp_path: Path) -> None:
    shipped = load(shop.write(tmp_path / "a", {"faqs/shop.yaml": shop.FAQS}))
    wish = next(iter(shipped.wishes))
    own = f"entries:\n  {wish}:\n    title: Mine\n    phrasings: [the words of my own]\n    answer: Mine.\n"
    texts = "texts: {helped: Hooray!}\n"
    catalog = load(shop.write(tmp_path / "b", {"faqs/own.yaml": own, "handoff/t.yaml": texts}))
    assert catalog.entries[wish].title == "Mine"
    assert wish not in catalog.wishes
    assert catalog.index.rank("the words of my own").matches[0].id == wish
    assert catalog.texts["helped"].variants == ("Hooray!",)
    assert catalog.texts["closing"] == shipped.texts["closing"]


def test_a_phrasing_of_ones_own_may_be_one_of_what_is_borrowed(tmp_path: Path) -> None:
    own = "entries:\n  a:\n    title: A\n    phrasings: [I want to talk to a human, talk to a person]\n    answer: A\n"
    catalog = load(shop.write(tmp_path, {"faqs/own.yaml": own}))
    assert catalog.index.rank("talk to a person").matches[0].id == "a"


@pytest.mark.parametrize("folder", ["faqs", "flows", "handoff"])
def test_a_single_folder_is_enough(tmp_path: Path, folder: str) -> None:
    parts = {name: text for name, text in shop.files().items() if name.startswith(folder)}
    assert load(shop.write(tmp_path, parts)).voice.company
