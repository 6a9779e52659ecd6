"""Who works here by Slack's user groups: asked for at the start, now and then, and when a group has changed."""

import logging

import aiohttp

from bot.channels import roles
from bot.channels.roles import ROLES
from bot.channels.slack.access import SlackAccess
from bot.channels.slack.places import accounts
from bot.channels.slack.workspace import SlackRefused, Workspace
from bot.desk.team import Role
from bot.errors import DeliveryDelayed, DeliveryRefused, StoreError
from bot.ports import Shop

log = logging.getLogger("frontdesk.slack")

EACH = 600.0  # seconds between two looks, in case an event was missed
CHANGES = frozenset({"subteam_members_changed", "subteam_updated"})
_ELSEWHERE = "no_such_subteam"  # the group is another workspace's


async def look(access: SlackAccess, shop: Shop, space: Workspace) -> None:
    """Ask who is in the groups. What Slack does not tell now stays as it was."""
    if not access.roles:
        await roles.tell(shop, f"slack:{space.team}", ())
        return
    try:
        groups: dict[Role, list[tuple[str, str]]] = {}
        for role in ROLES:
            users = [user for group in access.roles.get(role, ()) for user in await _in_group(space, group)]
            names = await space.names(users)
            groups[role] = [(accounts(space.team, user)[0], names.get(user) or user) for user in users]
        await roles.tell(shop, f"slack:{space.team}", roles.members(groups))
    except (DeliveryRefused, DeliveryDelayed, aiohttp.ClientError, OSError, TimeoutError, StoreError) as error:
        log.error("who is in Slack's user groups is not known: %s", error or type(error).__name__)


async def _in_group(space: Workspace, group: str) -> list[str]:
    try:
        return list((await space.read("usergroups.users.list", usergroup=group))["users"])
    except SlackRefused as error:
        if error.code != _ELSEWHERE:
            raise
        return []
