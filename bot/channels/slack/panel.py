"""The standing offer "Ask for help", which admins post into a channel once."""

import aiohttp

from bot.channels.slack.access import SlackAccess, channel_id, team_id
from bot.channels.slack.blocks import fallback, panel_blocks
from bot.channels.slack.workspace import SlackRefused, Workspace, called, new_client, new_session
from bot.dialog.catalog import Catalog
from bot.errors import BadInput, DeliveryDelayed

__all__ = ["panel_blocks", "post_panel"]


async def post_panel(access: SlackAccess, place: str, catalog: Catalog) -> str:
    """Post the panel into a channel ("slack:T1/C7", or "slack:C7" in the first workspace); return the message's id.

    Raises BadInput where it cannot be posted.
    """
    async with new_session() as session:
        try:
            for token in access.bot_tokens:
                client = new_client(access, token, session)
                space = Workspace(client, await called(client, "auth.test"))
                if team_id(place) in ("", space.team):
                    return await _post(space, channel_id(place), catalog)
        except SlackRefused as error:
            hint = "; invite the bot there first" if error.code in ("not_in_channel", "channel_not_found") else ""
            raise BadInput(f"the panel cannot be posted in {place}: Slack says {error.code}{hint}") from None
        except (DeliveryDelayed, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise BadInput(f"the panel cannot be posted now: {str(error) or type(error).__name__}") from None
    raise BadInput(f"none of the bot's tokens is for the workspace {team_id(place)}")


async def _post(space: Workspace, channel: str, catalog: Catalog) -> str:
    blocks = panel_blocks(catalog)
    answer = await space.write(
        "chat.postMessage",
        channel=channel,
        text=fallback(blocks),
        blocks=blocks,
        parse="none",
        link_names=False,
        unfurl_links=False,
        unfurl_media=False,
    )
    return f"{space.team}/{channel}/{answer['ts']}"
