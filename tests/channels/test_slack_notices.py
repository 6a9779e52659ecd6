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
