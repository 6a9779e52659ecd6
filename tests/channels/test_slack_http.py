"""Slack over signed HTTP instead of a socket: one route, for events, presses, forms and commands."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bot.channels.slack.access import SlackAccess
from bot.channels.slack.channel import SlackChannel
from tests.channels.slackdesk import Desk, Scene, serving


@asynccontextmanager
async def reachable(there: Scene, secret: str = "") -> AsyncIterator[tuple[Desk, str]]:
    """Run the bot in HTTP mode, and point Slack at it."""
    access = {"mode": "http", "app_tokens": (), "signing_secret": secret or there.slack.signing_secret}
    async with serving(there, access=access) as desk:
        app = web.Application()
        app.add_routes(desk.channel.routes())
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield desk, f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        finally:
            await runner.cleanup()


async def test_everything_comes_over_http(there: Scene) -> None:
    async with reachable(there) as (_, url):
        road = there.slack.deliver_to(url)
        await road.verify()
        thread = await there.thread(there.ana, "make a claim", "Please fill this in.")
        asked = await there.slack.wait_for(there.help, "Please fill this in.", thread=thread)
        await there.slack.press(there.ana, asked, "ui_open_form")
        modal = await there.slack.modal(there.ana)
        assert await there.slack.submit(there.ana, modal, {"What?": "a lamp"}) is None
        await there.slack.wait_for(there.help, "What shall we do?", thread=thread)
        shown = await there.slack.command(there.ana, there.general, "/help")
        assert shown is not None
        await there.slack.settled()


async def test_what_is_not_signed_by_slack_is_refused(there: Scene) -> None:
    body = '{"type": "event_callback", "team_id": "T0TEAM", "event": {"type": "message"}}'
    async with reachable(there) as (_, url), aiohttp.ClientSession() as session:
        for headers in (
            {},
            {"X-Slack-Signature": "v0=00", "X-Slack-Request-Timestamp": "1700000000"},
        ):
            sent = {**headers, "Content-Type": "application/json"}
            async with session.post(url, data=body, headers=sent) as answer:
                assert answer.status == 401


async def test_another_apps_secret_is_refused(there: Scene) -> None:
    there.slack.retry_scale = 0.0
    async with reachable(there, secret="another") as (desk, url):
        there.slack.deliver_to(url)
        await there.slack.say(there.ana, there.help, "when are you open")
        await there.slack.until(lambda: there.slack.courier.lost, 15)
        assert await desk.shop.store.transcript() == []
    there.slack.violations.clear()  # that it was not acknowledged


async def test_before_it_is_connected_it_asks_to_come_again(there: Scene) -> None:
    channel = SlackChannel(dataclasses.replace(there.access, mode="http", signing_secret="s"))
    (route,) = channel.routes()
    app = web.Application()
    app.add_routes([route])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    async with aiohttp.ClientSession() as session, session.post(url, data="{}") as answer:
        assert answer.status == 503
    await runner.cleanup()


def test_http_without_a_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="signing secret"):
        SlackChannel(SlackAccess(bot_tokens=("xoxb-1",), mode="http"))


def test_socket_mode_has_no_routes(there: Scene) -> None:
    assert SlackChannel(there.access).routes() == ()
