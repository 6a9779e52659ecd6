"""Bytes of files that stand on Slack. The token goes to Slack only, wherever a file's address may lead."""

from urllib.parse import urlsplit

from bot.channels.slack.places import where
from bot.channels.slack.workspace import FILE_TIMEOUT, Workspace
from bot.dialog.files import File
from bot.errors import DeliveryRefused

_HOSTS = (".slack.com", ".slack-edge.com", ".slack-files.com")


async def fetch(space: Workspace, file: File) -> bytes:
    """Return a file's bytes; raises DeliveryRefused when it is gone or not Slack's own."""
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
        return await answer.read()


def is_slacks(url: str, api: str) -> bool:
    """Tell whether an address is Slack's: never send the token to another."""
    to, own = urlsplit(url), urlsplit(api)
    if to.netloc == own.netloc:
        return to.scheme == own.scheme
    host = to.hostname or ""
    return to.scheme == "https" and (host.endswith(_HOSTS) or host == "slack-files.com")
