"""A notice to many on Slack: asked for with /desk, let out with a button, and told in private, whoever reads along."""

import dataclasses

from msgspec.structs import replace

from bot.desk.broadcast import NoticeKind, Reply
from tests.channels.slackdesk import Scene, serving

WEATHER = NoticeKind(
    id="weather",
    title="Weather",
    slots=("what",),
    text="Because of {{ what }}.",
    replies=(Reply(do="ok", label="Fine"),),
)


async def test_who_asked_in_a_public_thread_is_told_in_private_with_buttons(there: Scene) -> None:
    there.catalog = dataclasses.replace(
        there.catalog, notices=replace(there.catalog.notices, kinds={"weather": WEATHER})
    )
    slack, dm = there.slack, there.slack.dm(there.ana)
    async with serving(there):
        thread = await there.thread(there.ana, "hello")
        assert await slack.command(there.ben, there.general, "/desk", "notice weather wrote=1d what=snow") != ""
        told = await slack.command(there.dana, there.general, "/desk", "notice weather wrote=1d what=“<!channel> snow”")
        assert told == "notice_looking"
        preview = await slack.wait_for(there.staff, "notice_preview")
        assert preview.buttons == ["act_send", "act_dismiss"]
        await slack.press(there.dana, preview, "act_send")
        notice = await slack.wait_for(dm, "snow")
        assert "Because of <!channel> snow." in notice.shown
        assert notice.buttons == ["Fine", "choice_notice_stop"]
        assert not any("snow" in said for said in there.said(thread))
        await slack.press(there.ana, notice, "Fine")
        await slack.wait_for(dm, "notice_ok")
        await slack.press(there.ana, notice, "choice_notice_stop")
        await slack.wait_for(dm, "notices_off")
    assert [each for each in slack.messages(there.staff) if "notice_preview" in each.shown] == []  # it became the state


async def test_a_notice_is_filled_in_by_form_with_the_same_preview_and_yes(there: Scene) -> None:
    there.catalog = dataclasses.replace(
        there.catalog, notices=replace(there.catalog.notices, kinds={"weather": WEATHER})
    )
    slack = there.slack
    async with serving(there):
        await there.thread(there.ana, "hello")
        assert await slack.command(there.ben, there.general, "/desk", "notice weather") == "ui_not_staff"
        assert await slack.command(there.dana, there.general, "/desk", "notice weather") is None
        modal = await slack.modal(there.dana)
        refused = await slack.submit(there.dana, modal, {"what": "snow", "to": "the north"})
        assert refused == {"to": "notice_refused"}
        assert await slack.submit(there.dana, modal, {"what": 'heavy "snow"', "to": "wrote=1d"}) is None
        preview = await slack.wait_for(there.staff, "notice_preview")
        assert preview.buttons == ["act_send", "act_dismiss"]
        await slack.press(there.dana, preview, "act_send")
        await slack.wait_for(slack.dm(there.ana), 'Because of heavy "snow".')


async def test_the_command_alone_offers_a_form_for_each_kind(there: Scene) -> None:
    there.catalog = dataclasses.replace(
        there.catalog, notices=replace(there.catalog.notices, kinds={"weather": WEATHER})
    )
    async with serving(there):
        assert await there.slack.command(there.dana, there.general, "/desk", "notice") == "ui_notice_kinds"
        shown = there.slack.messages(there.general, viewer=there.dana)[-1]
        await there.slack.press(there.dana, shown, "Weather")
        assert await there.slack.modal(there.dana)
