"""No test question reaches the index, the weights, the thresholds or the vectors of words.

What is fitted opens no test part, and no eval; what is taught leaves out what either has.
"""

import ast
import json
from pathlib import Path

import pytest

from bot.knowledge import Index, normalise
from tests.bench import answers
from tests.knowledge import fit, teaching
from tests.knowledge.shared_data import DATA, Question, questions, subjects

ROOT = Path(__file__).parents[2]
FITTED = [ROOT / "tests" / "knowledge" / f"{name}.py" for name in ("fit", "distil", "teaching")]


@pytest.mark.parametrize("file", FITTED, ids=lambda file: file.stem)
def test_what_is_fitted_names_no_test_part_and_no_evaluation(file: Path) -> None:
    texts = [node.value for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Constant)]
    names = [text for text in texts if isinstance(text, str) and " " not in text]
    assert [name for name in names if name.startswith(("test", "oos_test")) or "eval" in name] == []


def test_the_bot_knows_of_no_public_question() -> None:
    for file in (ROOT / "bot").rglob("*.py"):
        text = file.read_text("utf-8")
        assert "shared_data" not in text
        assert "jsonl" not in text or file.parent.name == "cli" or file.name == "trying.py", file


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the public questions are not in {DATA}")
def test_the_bench_builds_on_no_question_that_it_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    built: set[str] = set()
    asked: set[str] = set()

    def build(rows: list[Question]) -> Index:
        built.update(text for text, _ in rows)
        return Index(subjects(rows[:40]))

    def ask(index: Index, rows: list[Question], *, covered: bool = True) -> list[answers.Outcome]:
        asked.update(text for text, _ in rows)
        return [answers.Outcome(False, 0.5, False, False, covered) for _ in rows]

    monkeypatch.setattr(answers, "ask", ask)
    answers.quality(build)
    taught = dict.fromkeys(answers.TEN_SHOT, ("train", "train10", "valid")) | {"stackfaq": ("train",)}
    published = {text for name, parts in taught.items() for part in parts for text, _ in questions(name, part)}
    assert built <= published
    assert asked & {text for name in answers.SETS for text, _ in questions(name, "test")}


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the public questions are not in {DATA}")
def test_the_vectors_are_taught_with_no_question_that_is_asked() -> None:
    taught = {normalise(text) for text in teaching.corpus()}
    assert len(taught) > 30_000
    parts = [*((name, "test") for name in (*answers.SETS, "stackfaq_oos")), ("clinc150", "oos_test")]
    parts += [("stackfaq_oos", "oos_test"), ("stackfaq_oos", "oos_valid"), ("clinc150", "oos_valid")]
    parts += [(name, "valid") for name in answers.SETS]
    for name, part in parts:
        assert [text for text, _ in questions(name, part) if normalise(text) in taught] == []


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the public questions are not in {DATA}")
@pytest.mark.parametrize("file", sorted((ROOT / "tests" / "eval").glob("*.jsonl")), ids=lambda file: file.stem)
def test_the_vectors_are_taught_with_no_message_of_the_shop(file: Path) -> None:
    taught = {normalise(text) for text in teaching.corpus()}
    messages = [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    assert messages
    assert [text for text in messages if normalise(text) in taught] == []


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the public questions are not in {DATA}")
def test_asking_teaches_an_index_nothing() -> None:
    index = Index(subjects(questions("stackfaq", "train")))
    before = index.snapshot()
    for text, _ in questions("stackfaq", "test")[:50]:
        index.rank(text)
    assert index.snapshot() == before


def test_the_fit_asks_the_valid_parts() -> None:
    assert set(fit.COLLECTIONS.values()) == {"train", "train10"}
