"""Customers on one platform, staff on the other: a case from its first word to the check-in, both ways."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.dialog.catalog import Catalog
from tests.contract.discord import Discord
from tests.contract.sides import PREFIX, Side, opened
from tests.contract.slack import Slack
from tests.contract.talk import HOSTILE, Talk, joined, letters

PICTURE = ("broken.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(2_000))
# What agents write for each other, in every way there is.
AMONG_STAFF = (
    "{}, a plain line",
    "!note {}",
    "!replly {}",
    "> !r {}",
    "see !r {}",
    "!assign nobody {}",
    "!assign lee {}",
    "!transfer nowhere {}",
    "!task billing {}",
    "!done 1 {}",
    "!done 99 {}",
    "!snooze {}",
    "!live {}",
    "!approve {}",
    "!share {}",
)
LABEL = ("label.txt", "text/plain", b"Return label 1")


@pytest.fixture(params=[(Slack, Discord), (Discord, Slack)], ids=["slack to discord", "discord to slack"])
async def talk(request: pytest.FixtureRequest, folder: Path, catalog: Catalog) -> AsyncIterator[Talk]:
    make: tuple[Callable[[], Side], Callable[[], Side]] = request.param
    customers, staff = make[0](), make[1]()
    async with opened(customers, staff, folder=folder, catalog=catalog) as open:
        yield Talk(open)
        assert customers.wrongs + staff.wrongs == []


async def test_a_case_goes_across_from_the_first_word_to_the_check_in(talk: Talk) -> None:
    told = await talk.say("my kettle whistles, can I talk to a person?")
    assert "case 1" in joined(told)
    assert "Ana" in talk.card().text
    assert [label for label, _ in talk.card().offers][:5] == [
        "Claim",
        "Reply",
        "Note",
        "Resolve",
        "Transcript",
    ]

    assert "Dana" in joined(await talk.act("claim"))
    offers = [label for label, _ in talk.card().offers]
    assert offers[:6] == ["Reply", "Note", "Snooze", "Release", "Resolve", "Live on"]

    assert [each.text for each in await talk.reply("Hello *Ana*, which kettle?")] == ["Dana: Hello Ana, which kettle?"]
    assert await talk.write_below("second time this month") == []
    await talk.say("the blue one")
    assert "Ana: the blue one" in joined(talk.thread())

    assert "Bye" in joined(await talk.act("resolve", "Bye"))
    assert [label for label, _ in talk.card().offers][:5] == ["Note", "Transcript"]

    before = len(talk.shown())
    await talk.open.wait(timedelta(days=8))
    check_in = talk.shown()[before:]
    assert "kettle" in joined(check_in).casefold() or "case 1" in joined(check_in)
    assert [label for label, _ in check_in[-1].offers][:2] == ["Yes", "No"]
    assert joined(await talk.press("Yes")) != ""


async def test_no_word_among_staff_is_sent_to_where_customers_are(talk: Talk) -> None:
    staff, customers = talk.open.staff, talk.open.customers
    await talk.say("talk to a person")
    await talk.act("claim")
    marks = [f"zqcanary{at}" for at in range(len(AMONG_STAFF))]
    for mark, line in zip(marks, AMONG_STAFF, strict=True):
        await talk.write_below(line.format(mark))
    await talk.act("note", "zqcanaryform")
    await talk.write_below("zqcanaryedit, before")
    await talk.open.settled(await staff.rewrite("dana", talk.typed("before"), "zqcanaryedit, after"))
    await talk.open.settled(await staff.retract("dana", talk.typed("after")))
    await talk.write_below("!claim anyway")  # one of the lines has given it to a colleague
    await talk.reply("Only this is for you.", [("zqcanaryname.txt", "text/plain", b"Label")])
    await talk.write_below("!resolve All done")
    await talk.open.wait(timedelta(days=3))

    assert "Only this is for you." in customers.sent
    named = customers.sent.replace("zqcanaryname.txt", "")  # a file's name goes with the file
    assert [line for line in named.splitlines() if "zqcanary" in line] == []
    told = joined(talk.thread())
    assert [mark for mark in (*marks, "zqcanaryform") if mark not in told] == []


async def test_files_go_across_both_ways(talk: Talk) -> None:
    await talk.say("talk to a person")
    await talk.say("look", files=[PICTURE])
    assert [(PICTURE[0], PICTURE[2])] == [file for shown in talk.thread() for file in shown.files]
    await talk.act("claim")
    shown = await talk.reply("Here is your label", files=[LABEL])
    assert [(LABEL[0], LABEL[2])] == [file for each in shown for file in each.files]
    assert "Here is your label" in joined(shown)


async def test_a_file_that_may_not_pass_is_named(talk: Talk) -> None:
    await talk.say("talk to a person")
    await talk.say("look", files=[("virus.exe", "application/x-msdownload", b"MZ")])
    assert [file for shown in talk.thread() for file in shown.files] == []
    assert "virus.exe" in joined(talk.thread())


async def test_what_is_changed_is_changed_on_the_other_side(talk: Talk) -> None:
    customers, staff = talk.open.customers, talk.open.staff
    await talk.say("talk to a person")
    await talk.say("my number is 123")
    await talk.open.settled(await customers.rewrite("ana", talk.wrote("123"), "my number is 456"))
    assert "my number is 456" in joined(talk.thread())

    await talk.act("claim")
    (reply,) = await talk.reply("Thank yuo")
    await talk.open.settled(await staff.rewrite("dana", talk.typed("yuo"), f"{PREFIX} Thank you"))
    (changed,) = [each for each in talk.shown() if each.id == reply.id]
    assert "Thank you" in changed.text
    assert "yuo" not in joined(talk.shown())


async def test_a_reply_that_grows_and_shrinks_by_edits_stays_whole_and_in_one_place(talk: Talk) -> None:
    staff, long = talk.open.staff, "This is one sentence of many. " * 130
    await talk.say("talk to a person")
    await talk.act("claim")
    before = joined(talk.shown())
    await talk.reply("Short")
    await talk.open.settled(await staff.rewrite("dana", talk.typed("Short"), f"{PREFIX} {long}"))
    assert joined(talk.shown()).count("one sentence of many") == 130
    assert "Short" not in joined(talk.shown())
    await talk.open.wait(timedelta(seconds=1))
    await talk.open.settled(await staff.rewrite("dana", talk.typed("one sentence"), f"{PREFIX} Brief again"))
    after = joined(talk.shown()).removeprefix(before)
    assert "Brief again" in after
    assert "one sentence of many" not in after


async def test_what_is_taken_back_is_taken_back_on_the_other_side(talk: Talk) -> None:
    customers, staff = talk.open.customers, talk.open.staff
    await talk.say("talk to a person")
    await talk.say("my password is secret")
    told = joined(talk.thread())
    await talk.open.settled(await customers.retract("ana", talk.wrote("secret")))
    assert joined(talk.thread()).removeprefix(told.rstrip()) == " (deleted by the customer)"

    await talk.act("claim")
    await talk.reply("Not for you")
    await talk.open.settled(await staff.retract("dana", talk.typed("Not for you")))
    assert "Not for you" not in joined(talk.shown())


async def test_hostile_words_are_words_on_the_other_side(talk: Talk) -> None:
    await talk.say("talk to a person")
    await talk.act("claim")
    agents = [each.account("dana").partition(":")[2] for each in (talk.open.customers, talk.open.staff)]
    named = " ".join(f"hey <@{account}> <@!{account}> there" for account in agents)
    for text in (*HOSTILE.values(), named):
        if not {"<@1>", "<@!1>"} & set(text.split()):
            before = len(talk.thread())
            await talk.say(text)
            assert "there" in text or letters(text) in letters(joined(talk.thread()[before:]))
        shown = await talk.reply(text)
        assert text is named or letters(text) in letters(joined(shown))


async def test_a_case_follows_its_customer_to_the_platform_where_they_write(talk: Talk) -> None:
    there, open = talk.open.staff, talk.open
    told = await talk.say("link my account")
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", joined(told))
    assert code
    await open.settled(await there.write("annie", code[0]))
    await talk.say("can I talk to a person about my kettle?")
    await talk.act("claim")
    await talk.reply("Which kettle?")

    before = len(there.dm("annie"))
    await open.settled(await there.write("annie", "the blue one with the wooden lid"))
    assert "Dana" in joined(there.dm("annie")[before:])
    assert "what you send goes there" in joined(talk.thread()).casefold()
    assert "Annie: the blue one with the wooden lid" in joined(talk.thread())
    assert "Annie" in talk.card().text

    at_first = len(talk.shown())
    before = len(there.dm("annie"))
    assert await talk.reply("Then I know which.") == []
    assert "Then I know which." in joined(there.dm("annie")[before:])
    await talk.write_below("!edit Then I know which one it is.")
    assert "Then I know which one it is." in joined(there.dm("annie")[before:])
    assert len(talk.shown()) == at_first

    await talk.say("I am back here")
    assert "Here you are" in joined(await talk.reply("Here you are"))
    assert "Ana" in talk.card().text
    before = len(there.dm("annie"))
    await open.wait(timedelta(days=3, minutes=1))
    assert "anything left" in joined(talk.shown()[at_first:])
    assert len(there.dm("annie")) == before
