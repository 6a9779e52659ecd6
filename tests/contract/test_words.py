"""What scripts cannot say: whatever is long, hostile or much is shown whole, refused nowhere, and rings nobody."""

import dataclasses
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.desk.case import Case, Line
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Effect, OpenCase, UpdateCase
from bot.dialog.flow import Wording
from bot.dialog.state import Trace
from bot.ports import Outgoing
from bot.rehearsal import Line as Request
from bot.rehearsal import Scenery
from tests.contract.alike import inexact
from tests.contract.beside import Beside
from tests.contract.conftest import FIELD_LABELS, WORDY
from tests.contract.sides import MONDAY, Side, opened
from tests.contract.talk import HOSTILE, Talk, joined, letters
from tests.contract.web import Web

SENTENCES = "".join(f"This is sentence number {at}, and it says hardly anything. " for at in range(1_100))[:60_000]
LONG = {
    "60,000 characters in sentences": SENTENCES,
    "60,000 characters in paragraphs": SENTENCES.replace(". ", ".\n\n"),
    "one sentence of 10,000 characters": " ".join(f"word{at}" for at in range(1_200))[:10_000],
    "one word of 10,000 characters": "".join(chr(ord("a") + at % 26) for at in range(10_000)),
    "300 bullets": "\n".join(f"- bullet number {at}" for at in range(300)),
    "10,000 characters beyond the first plane": "😀🦊" * 2_500 + "end",
    "5,000 ampersands": "&" * 5_000 + "end",
}


@asynccontextmanager
async def talking(side: Side, folder: Path, catalog: Catalog) -> AsyncIterator[Talk]:
    async with opened(side, side, folder=folder, catalog=catalog) as open:
        try:
            yield Talk(open)
        finally:
            assert side.wrongs == []


def _answering(catalog: Catalog, text: str) -> tuple[Catalog, str]:
    """Return the catalog with `text` as the answer of one of its entries, and how to ask for it."""
    entry = next(each for each in catalog.entries.values() if each.kind == "answer" and not each.flow)
    changed = replace(entry, answer=Wording(variants=(text,), at=entry.at))
    return dataclasses.replace(catalog, entries={**catalog.entries, entry.id: changed}), entry.title


# --- long -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", LONG.values(), ids=list(LONG))
async def test_a_long_answer_is_shown_whole(side: Side, text: str, folder: Path, catalog: Catalog) -> None:
    changed, question = _answering(catalog, text)
    async with talking(side, folder, changed) as talk:
        await talk.say("hello")
        shown = await talk.say(question)
        assert letters(text) in letters(joined(shown))
        assert text.count("😀") == joined(shown).count("😀")
        assert text.count("&") == joined(shown).count("&")


async def test_a_long_answer_is_cut_where_sentences_end(side: Side, folder: Path, catalog: Catalog) -> None:
    changed, question = _answering(catalog, SENTENCES)
    async with talking(side, folder, changed) as talk:
        await talk.say("hello")
        pieces = [each.text for each in await talk.say(question) if "sentence number" in each.text]
        assert len(pieces) > 15
        assert [piece[-1] for piece in pieces[:-1]] == ["."] * (len(pieces) - 1)
        assert all(len(piece) > 1_500 for piece in pieces[:-1])  # not in shreds either


async def test_what_can_be_pressed_stands_below_the_end_of_a_long_answer(
    side: Side, folder: Path, catalog: Catalog
) -> None:
    changed, question = _answering(catalog, SENTENCES)
    async with talking(side, folder, changed) as talk:
        await talk.say("hello")
        shown = await talk.say(question)
        assert [bool(each.offers) for each in shown] == [False] * (len(shown) - 1) + [True]


async def test_a_long_message_reaches_the_staff_whole(side: Side, folder: Path, catalog: Catalog) -> None:
    async with talking(side, folder, catalog) as talk:
        await talk.say("talk to a person")
        await talk.say(SENTENCES[:4_000])
        assert letters(SENTENCES[:4_000]) in letters(joined(talk.thread()))


async def test_a_long_reply_reaches_the_customer_whole(side: Side, folder: Path, catalog: Catalog) -> None:
    async with talking(side, folder, catalog) as talk:
        await talk.say("talk to a person")
        await talk.act("claim")
        by_button, by_thread = await talk.act("reply", SENTENCES[:3_000]), await talk.reply(SENTENCES[:3_900])
        assert letters(SENTENCES[:3_000]) in letters(joined(by_button))
        assert letters(SENTENCES[:3_900]) in letters(joined(by_thread))


# --- hostile ----------------------------------------------------------------------------------------------------------


def _named(catalog: Catalog, name: str) -> Catalog:
    agents = {id: replace(agent, name=name) for id, agent in catalog.agents.items()}
    return dataclasses.replace(catalog, agents=agents)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
async def test_hostile_words_are_words_wherever_they_are_shown(
    side: Side, text: str, folder: Path, catalog: Catalog
) -> None:
    words = letters(text)
    async with talking(side, folder, catalog) as talk:
        await talk.say(text)
        await talk.say("talk to a person")
        await talk.say(text)
        assert letters(text[:100]) in letters(talk.card().text)
        assert words in letters(joined(talk.thread()))
        await talk.act("claim")
        assert words in letters(joined(await talk.act("reply", text[:3_000]))) or len(text) > 3_000
        assert words in letters(joined(await talk.reply(text)))
        await talk.write_below(f"a note: {text}")
        before = len(talk.thread())
        await talk.act("note", text[:3_000])
        assert letters(text[:3_000]) in letters(joined(talk.thread()[before:]))
        assert words in letters(joined(await talk.act("resolve", text[:3_000]))) or len(text) > 3_000


async def test_hostile_words_are_words_in_help(side: Side, folder: Path, catalog: Catalog) -> None:
    async with talking(side, folder, catalog) as talk:
        await talk.say("hello")
        for text in HOSTILE.values():
            nowhere = re.sub("[a-z0-9]", "z", f"zzz {text[:60]}")  # a search that finds nothing, and says on what
            assert letters(nowhere) in letters(await side.help("ana", nowhere))


@pytest.mark.parametrize("name", [text[:80] for text in HOSTILE.values()], ids=list(HOSTILE))
async def test_hostile_names_are_names_wherever_they_are_shown(
    side: Side, name: str, folder: Path, catalog: Catalog
) -> None:
    async with talking(side, folder, _named(catalog, name)) as talk:
        side.customer("ana", called=name)
        greeting = await talk.say("hello")
        assert letters(name) in letters(joined(greeting))
        await talk.say("talk to a person", files=[(f"{name[:60]}.txt", "text/plain", b"hello")])
        assert letters(name) in letters(talk.card().text)
        assert letters(name) in letters(joined(await talk.act("claim")))
        assert letters(name) in letters(joined(await talk.reply("Hello there")))
        await talk.say("and this", files=[(f"{name[:60]}.txt", "text/plain", b"hello")])
        assert [file for shown in talk.thread() for file in shown.files if file[1] == b"hello"]


async def test_on_the_web_words_are_shown_as_they_are(folder: Path, catalog: Catalog) -> None:
    changed, question = _answering(catalog, SENTENCES)
    beside = Beside(Web(), inexact)
    scenery = Scenery(folder=folder, catalog=changed, at=MONDAY, behind=lambda orders: orders)
    async with asynccontextmanager(beside.opened)(scenery):
        said = [*HOSTILE.values(), question, "talk to a person", *HOSTILE.values(), SENTENCES[:30_000]]
        requests: list[Request] = [{"customer": "ana", "say": text} for text in said]
        requests += [{"agent": "dana", "case": 1, "do": "reply", "text": text} for text in said]
        for request in requests:
            await beside.do(request)
            lines = beside.heard()
            assert beside.difference == ""
            if request.get("say") == question:
                assert letters(SENTENCES) in letters("".join(line.get("text", "") for line in lines))


# --- many -------------------------------------------------------------------------------------------------------------


async def test_a_few_choices_are_buttons(side: Side, folder: Path, catalog: Catalog) -> None:
    async with talking(side, folder, catalog) as talk:
        shown = (await talk.say("refund for 12345"))[-1]
        assert len(shown.offers) == 3
        assert not shown.menus


async def test_twenty_five_choices_can_be_seen_and_the_last_one_chosen(
    side: Side, folder: Path, catalog: Catalog
) -> None:
    async with talking(side, folder, catalog) as talk:
        shown = await talk.say("let me choose among many")
        assert [label for label, _ in shown[-1].offers] == [f"Choice {at}" for at in range(25)]
        assert "You chose v24." in joined(await talk.press("Choice 24"))


async def test_a_choice_with_two_hundred_characters_is_cut_and_can_be_chosen(
    side: Side, folder: Path, catalog: Catalog
) -> None:
    assert all(len(label) == 200 for label in WORDY)
    async with talking(side, folder, catalog) as talk:
        labels = [label for label, _ in (await talk.say("let me choose among wordy ones"))[-1].offers]
        assert [letters(label) in letters(whole) for label, whole in zip(labels, WORDY, strict=True)] == [True, True]
        assert [label[-1] for label in labels] == ["…", "…"]
        assert all(len(label) > 60 for label in labels)
        assert "You chose q." in joined(await talk.press(labels[1]))


async def test_a_form_with_long_labels_can_be_opened_and_sent(side: Side, folder: Path, catalog: Catalog) -> None:
    async with talking(side, folder, catalog) as talk:
        shown = (await talk.say("let me fill in something long"))[-1]
        labels = await side.unfold("ana", shown, shown.offer(talk.form_button))
        assert len(labels) == 5
        for label, whole in zip(labels, FIELD_LABELS, strict=True):
            assert letters(whole).startswith(letters(label))
            assert len(label) > 30
        assert await side.submit("ana", {f"f{at}": f"*answer* {at} " + "x" * 2_900 for at in range(5)}) == ""
        await talk.open.settled()
        said = letters(joined(talk.shown()))
        assert letters("answer 0 " + "x" * 2_900 + "answer 4 " + "x" * 2_900) in said


# --- cards ------------------------------------------------------------------------------------------------------------


def _case(side: Side, text: str) -> Case:
    return Case(
        number=1,
        kind="handoff",
        queue="care",
        customer=side.customer("ana"),
        name=text[:80],
        place=side.customer("ana"),
        conversation="c1",
        opened_at=MONDAY,
        subject=text[:300],
        reason=text[:3_000],
        facts={f"{text[:60]} {at}": text[:1_000] for at in range(20)},
        recent=tuple(Line(who=text[:80], text=text[:4_000]) for _ in range(12)),
        assignee="dana",
        promise=MONDAY,
    )


async def _deliver(side: Side, effect: Effect, seq: int) -> str:
    return await side.front.deliver(
        Outgoing(
            seq=seq,
            id=f"c1.{seq}.0",
            customer=side.customer("ana"),
            place=side.room("care"),
            effect=effect,
            trace=Trace(),
            at=MONDAY,
        )
    )


@pytest.mark.parametrize(
    "text",
    [*HOSTILE.values(), SENTENCES, "&<>" * 2_000, "😀" * 4_000, " ", ""],
    ids=[*HOSTILE, "long", "signs that grow when they are escaped", "beyond the first plane", "blank", "empty"],
)
async def test_a_card_takes_whatever_a_case_holds(side: Side, text: str, folder: Path, catalog: Catalog) -> None:
    async with talking(side, folder, catalog):
        case = _case(side, text)
        await _deliver(side, OpenCase(place=side.room("care"), case=case), 1)
        await _deliver(side, UpdateCase(place=side.room("care"), case=replace(case, status="owned")), 2)
        resolved = replace(case, status="resolved", outcome=text[:3_000])
        await _deliver(side, UpdateCase(place=side.room("care"), case=resolved), 3)
        (card,) = side.cards("care")
        assert letters(text[:60]) in letters(card.text)
        assert [label for label, _ in card.offers] == ["Note", "Transcript"]
