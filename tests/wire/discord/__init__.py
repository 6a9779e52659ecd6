"""A Discord of our own on loopback, spoken to by the unmodified discord.py: gateway, REST, files, people.

    async with DiscordServer() as server:
        discord.http.Route.BASE = server.api_url
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway_url)
        ...                                                  # only then the client starts

    server.py            the front: furnishing, reading, waiting
    people.py            acts of people; controls.py: commands, buttons, menus, forms
    world.py             the memory and the rights; records.py: what there is; payloads.py and letters.py: it as JSON
    posting.py           messages; threads.py: threads; mentions.py: pings and link previews
    gateway.py           the gateway; sessions.py: sockets, sequence numbers, compression
    rest.py              the way of a request; routes_*.py and interactions.py: its ends; bodies.py: JSON to drafts
    limits.py            what the platform refuses: messages; components.py: controls and forms; commands.py
    buckets.py           rate limits; faults.py: trouble on demand; cdn.py: files

What a correct client never does is refused and written into `violations`; a test asserts that it is empty.
"""

from tests.wire.discord.controls import NotAnswered
from tests.wire.discord.records import Channel, Guild, Message, Modal, Ping, Role, Unfurl, User
from tests.wire.discord.server import DiscordServer

__all__ = ["Channel", "DiscordServer", "Guild", "Message", "Modal", "NotAnswered", "Ping", "Role", "Unfurl", "User"]
