"""What the bot may and hears on Discord, why, and the link that invites it with exactly that; pure."""

from urllib.parse import urlencode

from discord import Intents, Permissions

# Permission (Discord's name for it in the library) and what it is for.
PERMISSIONS: dict[str, str] = {
    "view_channel": "read the support channels and the staff channels",
    "read_message_history": "catch up on what was written while the bot was away, and check before it repeats itself",
    "send_messages": "post cases in the staff channels, and the panel",
    "create_public_threads": "answer each question in a thread of its own",
    "create_private_threads": "go on in private with customers who take no direct messages",
    "send_messages_in_threads": "answer in threads and forum posts",
    "manage_threads": "mark a forum post as solved and close it, and open it again",
    "embed_links": "show cases as cards",
    "attach_files": "pass files on",
    "pin_messages": "pin the board that shows the desk in the staff channels",
    "add_reactions": "mark the team's replies as delivered",
}
FOR_STAFF = frozenset({"pin_messages"})  # not needed in support channels

# What the gateway tells the bot, and what for. Those marked privileged are switched on in the developer portal.
HEARS: dict[str, str] = {
    "guilds": "know channels, threads and forum tags",
    "guild_messages": "hear questions in channels and threads",
    "dm_messages": "hear questions in direct messages",
    "guild_typing": "show a customer that an agent is writing, and the other way round",
    "dm_typing": "show an agent that a customer is writing to the bot itself",
    "message_content": "read what customers write without naming the bot (privileged)",
    "members": "welcome those who join, and tell the staff when a customer leaves (privileged)",
}


def permissions() -> Permissions:
    """Return exactly the permissions that the bot needs."""
    return Permissions(**dict.fromkeys(PERMISSIONS, True))


def hearing() -> Intents:
    """Return exactly what the bot needs to hear."""
    return Intents(**dict.fromkeys(HEARS, True))


def invite_link(application_id: int | str) -> str:
    """Return the link with which a server's admin invites the bot."""
    asked = {
        "client_id": str(application_id),
        "scope": "bot applications.commands",
        "permissions": str(permissions().value),
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(asked)}"
