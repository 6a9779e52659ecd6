"""Permission bits, and how roles and overwrites add up for one person in one channel."""

from collections.abc import Iterable

BITS: dict[str, int] = {
    name: 1 << bit
    for name, bit in {
        "KICK_MEMBERS": 1,
        "BAN_MEMBERS": 2,
        "ADMINISTRATOR": 3,
        "MANAGE_CHANNELS": 4,
        "MANAGE_GUILD": 5,
        "ADD_REACTIONS": 6,
        "VIEW_AUDIT_LOG": 7,
        "VIEW_CHANNEL": 10,
        "SEND_MESSAGES": 11,
        "SEND_TTS_MESSAGES": 12,
        "MANAGE_MESSAGES": 13,
        "EMBED_LINKS": 14,
        "ATTACH_FILES": 15,
        "READ_MESSAGE_HISTORY": 16,
        "MENTION_EVERYONE": 17,
        "USE_EXTERNAL_EMOJIS": 18,
        "MANAGE_NICKNAMES": 27,
        "MANAGE_ROLES": 28,
        "MANAGE_WEBHOOKS": 29,
        "USE_APPLICATION_COMMANDS": 31,
        "MANAGE_THREADS": 34,
        "CREATE_PUBLIC_THREADS": 35,
        "CREATE_PRIVATE_THREADS": 36,
        "USE_EXTERNAL_STICKERS": 37,
        "SEND_MESSAGES_IN_THREADS": 38,
        "MODERATE_MEMBERS": 40,
        "SEND_POLLS": 49,
        "PIN_MESSAGES": 51,
    }.items()
}
ALL = sum(BITS.values())
ADMINISTRATOR = BITS["ADMINISTRATOR"]
# What an overwrite on one channel can give or take.
CHANNEL = ALL & ~(
    BITS["KICK_MEMBERS"]
    | BITS["BAN_MEMBERS"]
    | ADMINISTRATOR
    | BITS["MANAGE_GUILD"]
    | BITS["VIEW_AUDIT_LOG"]
    | BITS["MANAGE_NICKNAMES"]
    | BITS["MODERATE_MEMBERS"]
)

EVERYBODY = (
    "ADD_REACTIONS",
    "VIEW_CHANNEL",
    "SEND_MESSAGES",
    "EMBED_LINKS",
    "ATTACH_FILES",
    "READ_MESSAGE_HISTORY",
    "USE_APPLICATION_COMMANDS",
    "CREATE_PUBLIC_THREADS",
    "CREATE_PRIVATE_THREADS",
    "SEND_MESSAGES_IN_THREADS",
    "SEND_POLLS",
)
# With the right to ring everybody, as many guilds give it: a slip with mentions shall be heard.
BOT = (*EVERYBODY, "MANAGE_MESSAGES", "MANAGE_THREADS", "USE_EXTERNAL_EMOJIS", "PIN_MESSAGES", "MENTION_EVERYONE")

# Without the right to write, these rights are worth nothing.
_NEED_SEND = BITS["MENTION_EVERYONE"] | BITS["SEND_TTS_MESSAGES"] | BITS["ATTACH_FILES"] | BITS["EMBED_LINKS"]


def mask(names: Iterable[str]) -> int:
    """Add up permission names; an unknown name is a KeyError, which is a slip in the test."""
    total = 0
    for name in names:
        total |= BITS[name]
    return total


def names(bits: int) -> set[str]:
    """Spell out a mask."""
    return {name for name, bit in BITS.items() if bits & bit}


def in_channel(base: int, overwrites: Iterable[tuple[int, int, int]], *, user: int, guild: int, roles: set[int]) -> int:
    """Fold overwrites (id, allow, deny) into base: everyone first, then all roles together, then the person."""
    if base & ADMINISTRATOR:
        return ALL
    allow = deny = 0
    own: tuple[int, int] | None = None
    for target, allowed, denied in overwrites:
        if target == guild:
            base = (base & ~denied) | allowed
        elif target in roles:
            allow |= allowed
            deny |= denied
        elif target == user:
            own = (allowed, denied)
    base = (base & ~deny) | allow
    if own is not None:
        base = (base & ~own[1]) | own[0]
    if not base & BITS["VIEW_CHANNEL"]:
        return base & ~CHANNEL
    return base if base & BITS["SEND_MESSAGES"] else base & ~_NEED_SEND
