"""A human-written FAQ served through the whole bot: content folder → runtime → engine → transcript."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bot.app import open_shop
from bot.channels.console.channel import Console
from bot.channels.lines import Reader, obey

DATA = Path(__file__).parents[2] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the public data set ../shared/data is not on this machine")


def lines(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def content_folder(folder: Path, name: str) -> Path:
    """Write the set's questions as a content folder whose answers name their entry; one miss calls people."""
    titles = {line["label"]: line["text"] for line in lines(f"{name}/canonical.jsonl")}
    phrasings: dict[str, list[str]] = {label: [] for label in titles}
    for line in lines(f"{name}/train.jsonl"):
        phrasings[line["label"]].append(line["text"])
    entries = {
        label: {
            "title": titles[label][:70],
            "phrasings": list(dict.fromkeys(said)),
            "answer": f"The answer is {label}.",
        }
        for label, said in phrasings.items()
    }
    (folder / "faqs").mkdir()
    (folder / "faqs" / "all.yaml").write_text(yaml.safe_dump({"entries": entries}), encoding="utf-8")
    (folder / "handoff").mkdir()
    (folder / "handoff" / "limits.yaml").write_text("limits: {misses: 1}", encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Reply:
    """What a customer got for one question: the entry on top, what was done, and what was shown."""

    first: str
    decision: str
    text: str
    options: tuple[str, ...]
    asked_back: bool
    opened_case: bool


async def ask(folder: Path, questions: list[str]) -> tuple[list[Reply], Counter[str]]:
    """Put each question to the bot as a new customer; return the replies and a count of the transcript's rows."""
    heard: list[dict[str, object]] = []
    console = Console(heard.append)
    replies = []
    async with open_shop(folder=folder, channels={"local": console, "staff": console}, watchers=(console,)) as shop:
        for number, question in enumerate(questions):
            heard.clear()
            await obey(shop, await Reader(shop).read({"customer": f"c{number}", "say": question}))
            await shop.idle()
            replies.append(reply(heard))
        transcript = await shop.store.transcript(limit=100_000)
    return replies, Counter(line.who for line in transcript if line.kind in ("customer", "bot"))


def reply(heard: list[dict[str, object]]) -> Reply:
    said = [line for line in heard if line["to"] == "customer"]
    trace = said[-1]["trace"]
    assert isinstance(trace, dict)
    candidates = trace["candidates"]
    choices = [choice for line in said for choice in line["choices"]]  # type: ignore[attr-defined]
    options = tuple(choice["id"].rpartition(":")[2] for choice in choices if "/pick:" in choice["id"])
    return Reply(
        first=candidates[0]["id"] if candidates else "",
        decision=trace["decision"],
        text="\n".join(str(line["text"]) for line in said),
        options=options,
        asked_back=bool(options) or any("/first:" in choice["id"] for choice in choices),
        opened_case=any(line.get("kind") == "card" for line in heard),
    )


def test_real_questions_get_their_answer_or_an_honest_question_back(tmp_path: Path) -> None:
    asked = lines("stackfaq/test.jsonl")
    replies, transcript = asyncio.run(ask(content_folder(tmp_path, "stackfaq"), [line["text"] for line in asked]))
    judged = Counter()  # type: Counter[str]
    for line, got in zip(asked, replies, strict=True):
        label = line["label"]
        judged["first"] += got.first == label
        judged["reached"] += label in got.text or label in got.options
        judged["wrong"] += got.decision == "answer" and label not in got.text
        judged["left alone"] += not (got.decision == "answer" or got.asked_back or got.opened_case)
    share = {name: count / len(asked) for name, count in judged.items()}
    assert share["first"] >= 0.90
    assert share["reached"] >= 0.93
    assert share["wrong"] <= 0.04
    assert share["left alone"] == 0
    assert transcript["customer"] == len(asked)
    assert transcript["bot"] >= 2 * len(asked)  # the first contact's text, and what came of the question


def test_withheld_questions_are_seldom_answered(tmp_path: Path) -> None:
    asked = lines("stackfaq_oos/oos_test.jsonl")
    replies, _ = asyncio.run(ask(content_folder(tmp_path, "stackfaq_oos"), [line["text"] for line in asked]))
    answered = sum(got.decision == "answer" for got in replies)
    assert answered / len(asked) <= 0.15
