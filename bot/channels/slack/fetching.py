"""Files that stand on Slack: what they are, and their bytes.

The token goes to Slack only, wherever a file's address may lead.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.channels.slack.places import where
from bot.channels.slack.reading import files_of
from bot.channels.slack.workspace import FILE_TIMEOUT, Workspace
from bot.dialog.files import File
from bot.errors import DeliveryRefused

log = logging.getLogger("frontdesk.slack")

_HOSTS = (".slack.com", ".slack-edge.com", ".slack-files.com")
_LOOK_WAIT = 1.0
_PIECE = 65_536


async def files_in(space: Workspace, message: Mapping[str, Any]) -> tuple[File, ...]:
    """Return the files of a message; those of another workspace (Slack Connect), named by id only, are looked up."""
    files = message.get("files") or ()
    stubs = [file for file in files if file.get("file_access") == "check_file_info"]
    if not stubs:
        return files_of(space.team, message)
    found = dict(zip(map(_id, stubs), await asyncio.gather(*map(_looked_up, [space] * len(stubs), stubs)), strict=True))
    return files_of(space.team, {"files": [found.get(_id(file), file) for file in files]})


async def fetch(space: Workspace, file: File, most: int) -> bytes:
    """Return a file's bytes; raises DeliveryRefused when it is gone, not Slack's own, or has more than `most` bytes."""
    about = (await space.read("files.info", file=where(file.at).channel))["file"]
    url = str(about.get("url_private_download") or about.get("url_private") or "")
    if not is_slacks(url, space.client.base_url):
        raise DeliveryRefused("the file is not kept on Slack")
    session = space.client.session
    assert session
    headers = {"Authorization": f"Bearer {space.client.token}"}
    async with session.get(url, headers=headers, allow_redirects=False, timeout=FILE_TIMEOUT) as answer:
        if answer.status >= 500:
            raise ConnectionError(f"a file could not be read: status {answer.status}")
        if answer.status != 200 or (answer.content_type == "text/html" and "html" not in file.kind):
            raise DeliveryRefused("the file is gone, or the app may not read files")
        body = bytearray()
        async for piece in answer.content.iter_chunked(_PIECE):
            body += piece
            if len(body) > most:
                raise DeliveryRefused("the file is larger than it was said to be")
        return bytes(body)


def is_slacks(url: str, api: str) -> bool:
    """Tell whether an address is Slack's: never send the token to another."""
    to, own = urlsplit(url), urlsplit(api)
    if to.netloc == own.netloc:
        return to.scheme == own.scheme
    host = to.hostname or ""
    return to.scheme == "https" and (host.endswith(_HOSTS) or host == "slack-files.com")


def _id(file: Mapping[str, Any]) -> str:
    return str(file["id"])


async def _looked_up(space: Workspace, stub: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what Slack tells of a file; the stub itself, of which only a name is shown, when it does not in time."""
    try:
        async with asyncio.timeout(_LOOK_WAIT):
            found: Mapping[str, Any] = (await space.read("files.info", file=_id(stub)))["file"]
            return found
    except Exception as error:  # a file is never worth a message
        log.info("files.info: %s", error if isinstance(error, DeliveryRefused) else type(error).__name__)
        return stub
