"""Files: uploads in three steps as the Web API wants them, and downloads that need the bot's token."""

import re
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, web

from tests.wire.slack import events
from tests.wire.slack.arguments import Call, Refusal
from tests.wire.slack.content import Content, watch
from tests.wire.slack.methods_chat import own_message
from tests.wire.slack.rooms import room_of
from tests.wire.slack.transcript import record
from tests.wire.slack.trouble import through
from tests.wire.slack.world import File, Json, Team

if TYPE_CHECKING:
    from tests.wire.slack.server import SlackServer

LOGIN = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to your workspace</body></html>"


def upload_url(slack: "SlackServer", call: Call) -> Json:
    """Give a place to send the bytes to."""
    length = call.number("length", 0)
    if length <= 0:
        raise Refusal("invalid_arguments", wrong="files.getUploadURLExternal: length must be above 0")
    file = new_file(slack, call.team, call.team.bot_user, call.text("filename"), "application/octet-stream", b"")
    file.upload_length = length
    return {"upload_url": f"{slack.url}upload/v1/{file.id}", "file_id": file.id}


def new_file(slack: "SlackServer", team: Team, user: str, name: str, mime: str, content: bytes) -> File:
    """Put a file into Slack."""
    created = int(slack.world.now())
    file = File(
        id=slack.world.new_id("F"),
        team=team,
        user=user,
        name=name,
        title=name,
        mimetype=mime,
        content=content,
        base=slack.url,
        created=created,
    )
    slack.world.files[file.id] = file
    return file


async def take(slack: "SlackServer", request: web.Request) -> web.Response:
    """Take the bytes of an upload (faults call it `upload`)."""
    return await through(slack, request, "upload", {}, partial(_take, slack, request))


async def _take(slack: "SlackServer", request: web.Request) -> web.Response:
    """Read bytes sent raw or as a form."""
    file = slack.world.files.get(request.match_info["file"])
    if file is None or file.upload_length is None:
        return web.Response(status=404, text="not found")
    if request.content_type == "multipart/form-data":
        body = b""
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader):
                body = bytes(await part.read())
    else:
        body = await request.read()
    if len(body) != file.upload_length:
        slack.world.violate(f"upload of {len(body)} bytes, announced were {file.upload_length}")
        return web.Response(status=400, text="content length mismatch")
    file.content, file.upload_length = body, None
    return web.Response(text=f"OK - {len(body)}", content_type="text/plain")


def complete(slack: "SlackServer", call: Call) -> Json:
    """Finish uploads, and share them in a room if one is named."""
    files = []
    for item in call.args["files"]:
        file = slack.world.files.get(str(item.get("id")))
        if file is None or file.team is not call.team:
            raise Refusal("file_not_found")
        if file.upload_length is not None:
            raise Refusal("file_not_found", wrong="files.completeUploadExternal: nothing was uploaded")
        file.title = item.get("title") or file.name
        files.append(file)
    named = [name for name in [call.text("channel_id"), *call.text("channels").split(",")] if name]
    for name in named:
        room = room_of(slack, Call(method="chat.postMessage", team=call.team, token="", raw={}, args={"channel": name}))
        thread = call.args.get("thread_ts")
        if thread and thread not in room.by_ts:
            raise Refusal("invalid_thread_ts")
        slack.rights.pace(room)
        said = Content(text=call.text("initial_comment"), blocks=[], attachments=[], given=set())
        message = own_message(slack, room, said, thread=thread)
        message.files, message.subtype = files, "file_share"
        for file in files:
            file.shared_in.append(room.id)
        record(message)
        watch(message, unfurls=True)
        events.posted(slack, message)
    return {"files": [file.as_json() for file in files]}


def _file(slack: "SlackServer", call: Call) -> File:
    file = slack.world.files.get(call.text("file"))
    if file is None or file.team is not call.team:
        raise Refusal("file_not_found")
    if file.deleted:
        raise Refusal("file_deleted")
    return file


def info(slack: "SlackServer", call: Call) -> Json:
    """Describe a file."""
    return {"file": _file(slack, call).as_json(), "comments": [], "response_metadata": {"next_cursor": ""}}


def delete(slack: "SlackServer", call: Call) -> Json:
    """Delete a file of the bot."""
    file = _file(slack, call)
    if file.user != call.team.bot_user:
        raise Refusal("cant_delete_file", wrong="files.delete: not the bot's file")
    file.deleted = True
    slack.world.ring()
    return {}


async def download(slack: "SlackServer", request: web.Request) -> web.Response:
    """Send a file (faults call it `download`)."""
    return await through(slack, request, "download", {}, partial(_download, slack, request))


async def _download(slack: "SlackServer", request: web.Request) -> web.Response:
    """Give a file to who may read it; everybody else lands on a login page with status 200, as on Slack."""
    match = re.fullmatch(r"(T\w+)-(F\w+)", request.match_info["file"])
    file = slack.world.files.get(match[2]) if match else None
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    team = slack.tokens.get(token)
    if token in slack.dead_tokens or file is None or team is not file.team or "files:read" not in team.scopes:
        raise web.HTTPFound(f"{slack.url}?redir=%2Ffiles-pri%2F{request.match_info['file']}")
    if file.deleted:
        return web.Response(status=404, text=LOGIN, content_type="text/html")
    return web.Response(body=file.content, content_type=file.mimetype.partition(";")[0])


async def login(request: web.Request) -> web.Response:
    """Show the page that strangers are sent to."""
    return web.Response(text=LOGIN, content_type="text/html")
