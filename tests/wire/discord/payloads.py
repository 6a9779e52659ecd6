"""Records as the JSON that the platform sends. Ids are strings, times ISO 8601."""

from typing import Any

from tests.wire.discord.records import Channel, Guild, Member, Role, User
from tests.wire.discord.world import World

Json = dict[str, Any]


def user(one: User) -> Json:
    return {
        "id": str(one.id),
        "username": one.name,
        "discriminator": "0000" if one.bot else "0",
        "global_name": None if one.bot else one.display,
        "avatar": None,
        "bot": one.bot,
        "system": False,
        "public_flags": 0,
    }


def bare_member(world: World, one: Member) -> Json:
    return {
        "nick": one.nick,
        "avatar": None,
        "roles": [str(role) for role in one.roles],
        "joined_at": world.clock.iso(one.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }


def member(world: World, one: Member) -> Json:
    return {**bare_member(world, one), "user": user(one.user)}


def role(one: Role) -> Json:
    return {
        "id": str(one.id),
        "name": one.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": one.position,
        "permissions": str(one.permissions),
        "managed": one.managed,
        "mentionable": one.mentionable,
        "flags": 0,
    }


def thread_member(world: World, thread: Channel, one: User) -> Json:
    return {
        "id": str(thread.id),
        "user_id": str(one.id),
        "join_timestamp": world.clock.iso(thread.joined.get(one.id, thread.created_at)),
        "flags": 1,
    }


def channel(world: World, one: Channel) -> Json:
    """Give a channel, a thread or a DM, whole."""
    if one.recipient is not None:
        return {
            "id": str(one.id),
            "type": 1,
            "last_message_id": _id(one.last_message),
            "flags": 0,
            "recipients": [user(one.recipient)],
        }
    assert one.guild is not None
    if one.is_thread:
        return _thread(world, one)
    made: Json = {
        "id": str(one.id),
        "type": one.type,
        "guild_id": str(one.guild.id),
        "name": one.name,
        "position": one.position,
        "parent_id": _id(one.parent.id if one.parent else None),
        "topic": one.topic,
        "nsfw": False,
        "flags": 0,
        "last_message_id": _id(one.last_message),
        "rate_limit_per_user": one.slowmode,
        "permission_overwrites": [
            {"id": str(target), "type": kind, "allow": str(allow), "deny": str(deny)}
            for target, (kind, allow, deny) in one.overwrites.items()
        ],
    }
    if one.type == 2:
        made |= {"bitrate": 64_000, "user_limit": 0, "rtc_region": None}
    if one.type in (15, 16):
        made |= {
            "flags": 16 if one.requires_tag else 0,
            "available_tags": [
                {"id": str(tag.id), "name": tag.name, "moderated": tag.moderated}
                | {"emoji_id": None, "emoji_name": tag.emoji}
                for tag in one.available_tags
            ],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    return made


def _thread(world: World, one: Channel) -> Json:
    assert one.guild is not None
    assert one.parent is not None
    made: Json = {
        "id": str(one.id),
        "type": one.type,
        "guild_id": str(one.guild.id),
        "parent_id": str(one.parent.id),
        "owner_id": str(one.owner.id if one.owner else 0),
        "name": one.name,
        "last_message_id": _id(one.last_message),
        "message_count": one.sent,
        "total_message_sent": one.sent,
        "member_count": min(len(one.people), 50),
        "rate_limit_per_user": one.slowmode,
        "flags": 2 if one.pinned_post else 0,
        "thread_metadata": {
            "archived": one.archived,
            "archive_timestamp": world.clock.iso(one.archived_at),
            "auto_archive_duration": one.auto_archive,
            "locked": one.locked,
            "create_timestamp": world.clock.iso(one.created_at),
        },
    }
    if one.type == 12:
        made["thread_metadata"]["invitable"] = one.invitable
    if one.parent.type in (15, 16):
        made["applied_tags"] = [str(tag) for tag in one.applied]
    if world.bot.id in one.people:
        made["member"] = thread_member(world, one, world.bot)
    return made


def guild(world: World, one: Guild, *, members: bool | None = None) -> Json:
    """Give a guild; with `members` as GUILD_CREATE does, True for all and False for our bot alone."""
    made: Json = {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(one.owner.id),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": [role(each) for each in one.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": ["COMMUNITY", "NEWS"],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "max_members": 500_000,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": one.locale,
        "public_updates_channel_id": None,
        "nsfw_level": 0,
        "premium_progress_bar_enabled": False,
        "safety_alerts_channel_id": None,
    }
    if members is None:
        return made
    people = list(one.members.values()) if members else [one.members[world.bot.id]]
    return made | {
        "joined_at": world.clock.iso(one.members[world.bot.id].joined_at),
        "large": len(one.members) > 250,
        "unavailable": False,
        "member_count": len(one.members),
        "voice_states": [],
        "members": [member(world, each) for each in people],
        "channels": [channel(world, each) for each in one.channels.values()],
        "threads": [channel(world, each) for each in one.threads.values() if active_for_bot(world, each)],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def active_for_bot(world: World, thread: Channel) -> bool:
    """Say whether a thread is among those that the bot is told of at the start."""
    return not thread.archived and not thread.deleted and world.sees(world.bot, thread)


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


def application(world: World) -> Json:
    """Give the application, its flags telling which privileged intents it has."""
    flags = (1 << 13 if "presences" in world.privileged else 0) | (1 << 15 if "members" in world.privileged else 0)
    flags |= (1 << 19 if "content" in world.privileged else 0) | 1 << 23
    return {
        "id": str(world.application_id),
        "name": world.bot.display,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": flags,
        "owner": user(next(iter(world.guilds.values())).owner if world.guilds else world.bot),
        "team": None,
        "bot": user(world.bot),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "approximate_guild_count": len(world.guilds),
    }
