"""Slack after the bot was away: what came meanwhile is answered, oldest first; what was followed is not."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.slack import away, catchup, incoming, manifest, reading
from tests.channels.slackdesk import Scene, serving


def forget(there: Scene) -> None:
    """Let Slack not deliver again what was written meanwhile."""
    there.slack.courier.stop()
    there.slack.courier.pending = 0


async def test_what_was_asked_meanwhile_is_answered_oldest_first(there: Scene, tmp_path: Path) -> None:
    database, dm = str(tmp_path / "shop.sqlite"), there.slack.dm(there.ana)
    async with serving(there, database=database):
        thread = await there.thread(there.ben, "hello", "first_contact")
        await there.slack.say(there.ana, dm, "hello")
        await there.slack.wait_for(dm, "first_contact")
        await there.slack.settled()
    below = await there.slack.say(there.ben, there.help, "where can I park", thread=thread)
    top = await there.slack.say(there.ana, there.help, "when are you open")
    private = await there.slack.say(there.ana, dm, "where can I park")
    forget(there)
    async with serving(there, database=database) as desk:
        await there.slack.wait_for(there.help, "Behind the house", thread=thread, after=below)
        await there.slack.wait_for(there.help, "9 to 5", thread=top, after=top)
        await there.slack.wait_for(dm, "Behind the house", after=private)
        said = await desk.shop.store.transcript()
    meanwhile = [line for line in said if line.who == "customer" and line.text != "hello"]
    assert [line.text for line in meanwhile] == ["where can I park", "when are you open", "where can I park"]


async def test_what_fell_into_two_short_absences_is_found_after_the_second(
    there: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its place was not looked into after the first one, and Slack tried again in vain during the second."""
    monkeypatch.setattr(away, "SETTLED", timedelta())
    monkeypatch.setattr(away, "LIVELY", timedelta(seconds=-5))
    database, dm = str(tmp_path / "shop.sqlite"), there.slack.dm(there.ana)
    async with serving(there, database=database):
        await there.slack.say(there.ana, dm, "hello")
        await there.slack.wait_for(dm, "first_contact")
        await there.slack.settled()
    asked = await there.slack.say(there.ana, dm, "when are you open")
    forget(there)
    with monkeypatch.context() as few:
        few.setattr(catchup, "PLACES_SHORT", 0)
        async with serving(there, database=database) as desk:
            await there.slack.settled(0.5)
            assert "when are you open" not in [line.text for line in await desk.shop.store.transcript()]
    async with serving(there, database=database):
        await there.slack.wait_for(dm, "9 to 5", after=asked)


async def test_what_somebody_has_followed_is_left_alone(there: Scene, tmp_path: Path) -> None:
    database = str(tmp_path / "shop.sqlite")
    async with serving(there, database=database):
        await there.thread(there.ana, "hello", "first_contact")
        await there.slack.settled()
    asked = await there.slack.say(there.ben, there.help, "when are you open")
    await there.slack.say(there.dana, there.help, "From nine to five!", thread=asked)
    again = await there.slack.say(there.ana, there.help, "where can I park")
    await there.slack.say(there.dana, there.help, "Behind the house.", thread=again)
    more = await there.slack.say(there.ana, there.help, "when are you open", thread=again)
    forget(there)
    async with serving(there, database=database):
        await there.slack.wait_for(there.help, "9 to 5", thread=again, after=more)
        await there.slack.settled(0.3)
    assert there.said(asked) == []
    assert all("Behind" not in each for each in there.said(again))


async def test_what_staff_wrote_in_a_case_meanwhile_is_heard(there: Scene, tmp_path: Path) -> None:
    database, dm = str(tmp_path / "shop.sqlite"), there.slack.dm(there.ana)
    async with serving(there, database=database):
        card = await there.case(there.ana)
        await there.slack.wait_for(dm, "handoff")
        await there.slack.settled()
    await there.slack.say(there.dana, there.staff, "!r It is on its way.", thread=card.ts)
    await there.slack.say(there.dana, there.staff, "a note", thread=card.ts)
    forget(there)
    async with serving(there, database=database):
        await there.slack.wait_for(dm, "It is on its way.")


async def test_who_named_the_bot_elsewhere_or_wrote_to_it_for_the_first_time_is_answered(
    there: Scene, tmp_path: Path
) -> None:
    database, dm = str(tmp_path / "shop.sqlite"), there.slack.dm(there.ben)
    there.slack.team_of(None).scopes = set(manifest.scopes())
    begun = await there.slack.say(there.ben, there.general, "has anybody a lamp?")
    async with serving(there, database=database):
        await there.thread(there.ana, "hello", "first_contact")
        await there.slack.settled()
    bot = f"<@{there.slack.bot_user}>"
    named = await there.slack.say(there.ana, there.general, f"{bot} when are you open")
    below = await there.slack.say(there.ben, there.general, f"{bot} where can I park", thread=begun)
    quiet = await there.slack.say(there.ana, there.general, "when are you open")
    private = await there.slack.say(there.ben, dm, "when are you open")
    forget(there)
    async with serving(there, database=database):
        await there.slack.wait_for(there.general, "9 to 5", thread=named)
        await there.slack.wait_for(there.general, "Behind the house", thread=begun, after=below)
        await there.slack.wait_for(dm, "9 to 5", after=private)
        await there.slack.settled(0.3)
    assert there.slack.message(there.general, quiet).replies == []


async def test_rooms_that_slack_does_not_list_are_reported(
    there: Scene, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = str(tmp_path / "shop.sqlite")
    async with serving(there, database=database):
        pass
    there.slack.team_of(None).scopes -= {"im:read", "mpim:read"}
    ts = await there.slack.say(there.ana, there.help, "when are you open")
    forget(there)
    async with serving(there, database=database):
        await there.slack.wait_for(there.help, "9 to 5", thread=ts)
        await there.slack.until(lambda: "2 places that were not read" in caplog.text)


async def test_what_was_edited_or_deleted_meanwhile_is_mirrored(there: Scene, tmp_path: Path) -> None:
    database, dm = str(tmp_path / "shop.sqlite"), there.slack.dm(there.ana)
    async with serving(there, database=database):
        card = await there.case(there.ana)
        words = [await there.slack.say(there.ana, dm, f"it is {colour}") for colour in ("blue", "red", "grey")]
        lines = [
            await there.slack.wait_for(there.staff, f"it is {colour}", thread=card.ts)
            for colour in ("blue", "red", "grey")
        ]
        replies = [await there.slack.say(there.dana, there.staff, f"!r paid {sum_}", thread=card.ts) for sum_ in "123"]
        copies = [await there.slack.wait_for(dm, f"paid {sum_}") for sum_ in "123"]
        note = await there.slack.say(there.dana, there.staff, "careful", thread=card.ts)
        await there.slack.settled()
    await there.slack.edit(there.ana, dm, words[0], "it is green")
    await there.slack.delete(there.ana, dm, words[1])
    await there.slack.edit(there.dana, there.staff, replies[0], "!r paid 100")
    await there.slack.edit(there.dana, there.staff, replies[1], "CANARY")
    await there.slack.delete(there.dana, there.staff, replies[2])
    await there.slack.edit(there.dana, there.staff, note, "!r all is well")
    forget(there)
    for _ in range(2):  # the second time, all of it is known
        async with serving(there, database=database):
            await there.slack.until(lambda: "edited" in lines[0].shown and "deleted" in lines[1].shown)
            await there.slack.until(lambda: "edited" in copies[0].shown and copies[1].deleted and copies[2].deleted)
            await there.slack.wait_for(dm, "all is well")
            await there.slack.settled(0.3)
    assert lines[2].shown == "Ana: it is grey"
    assert all("CANARY" not in each.shown for each in there.slack.everything(dm))
    assert sum("all is well" in each.shown for each in there.slack.messages(dm)) == 1


async def test_one_bad_message_stops_nothing(
    there: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    database, names = str(tmp_path / "shop.sqlite"), reading.names_bot
    async with serving(there, database=database):
        await there.thread(there.ana, "hello", "first_contact")

    def stumbles(text: str, bot: str) -> bool:
        if "poison" in text:
            raise IndexError(text)
        return names(text, bot)

    monkeypatch.setattr(incoming, "names_bot", stumbles)
    await there.slack.say(there.ana, there.help, "poison")
    ts = await there.slack.say(there.ben, there.help, "when are you open")
    forget(there)
    async with serving(there, database=database):
        await there.slack.wait_for(there.help, "9 to 5", thread=ts)
        await there.slack.until(lambda: "1 messages that were not understood" in caplog.text)
    assert "poison" not in caplog.text


async def test_the_first_start_answers_nothing_old(there: Scene) -> None:
    ts = await there.slack.say(there.ana, there.help, "when are you open")
    forget(there)
    async with serving(there):
        await there.slack.settled(0.3)
    assert there.said(ts) == []


async def test_what_cannot_be_caught_up_with_is_reported(
    there: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(catchup, "MOST", 2)
    database = str(tmp_path / "shop.sqlite")
    async with serving(there, database=database):
        pass
    people = [there.slack.add_user(f"person{nth}") for nth in range(4)]
    there.help.members.update(dict.fromkeys(each.id for each in people))
    asked = [await there.slack.say(each, there.help, "when are you open") for each in people]
    forget(there)
    caplog.set_level(logging.INFO, "frontdesk.slack")
    async with serving(there, database=database, access={"support_channels": (there.help.id, "C0GONE")}):
        await there.slack.wait_for(there.help, "9 to 5", thread=asked[0])
        await there.slack.wait_for(there.help, "9 to 5", thread=asked[1])
        await there.slack.settled(0.3)
    assert [bool(there.said(ts)) for ts in asked] == [True, True, False, False]
    assert "2 messages beyond the limit, 1 places that were not read" in caplog.text


async def test_nothing_is_answered_twice_when_slack_delivers_again_too(there: Scene, tmp_path: Path) -> None:
    database = str(tmp_path / "shop.sqlite")
    async with serving(there, database=database):
        await there.thread(there.ana, "hello", "first_contact")
    ts = await there.slack.say(there.ben, there.help, "when are you open")
    async with serving(there, database=database):
        await there.slack.wait_for(there.help, "9 to 5", thread=ts)
        there.slack.faults.redeliver()
        await there.slack.settled(0.3)
    assert sum("9 to 5" in each for each in there.said(ts)) == 1
