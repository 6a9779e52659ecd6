"""The desk and transcripts on Slack: /desk, an agent's Home tab, and the pages behind a card's button.

Pure queries on committed state, answered on the spot; only staff get them.
"""

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from bot.channels import deskpage, transcript
from bot.channels.casework import agent_of
from bot.channels.deskcommand import asked
from bot.channels.looking import may_read
from bot.channels.noting import note_read
from bot.channels.slack import blocks
from bot.channels.slack.blocks import Block, section
from bot.channels.slack.places import accounts
from bot.channels.slack.render import escaped, mrkdwn, pieces, shows
from bot.channels.slack.workspace import Workspace
from bot.channels.words import label, word
from bot.desk.case import Case
from bot.dialog.catalog import Catalog
from bot.errors import StoreError
from bot.ports import Said, Shop

log = logging.getLogger("frontdesk.slack")

COMMAND = "/desk"
REFRESH, CATEGORY, PAGE = "desk", "deskcategory", "transcript"
PATIENCE = 2.5  # seconds that an answer may take: Slack waits for three
_ALL = "*"  # stands for no category in a list, which takes no empty value
_ROOM, _REST = 10_000, 300  # characters of a message (a view takes more, but nobody reads it), and for what is left
_CHUNK, _BLOCKS, _MOST = 2_400, 60, 90  # characters of a block, blocks of a page, and of one line of talk at most


class Glances:
    """Shows agents what they ask for."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def agent(self, space: Workspace, user: str) -> str:
        """Return the agent behind a person; empty for everybody else."""
        return agent_of(self._shop.catalog, *accounts(space.team, user))

    async def command(self, space: Workspace, body: Mapping[str, Any]) -> Block:
        """Answer /desk with its acknowledgement, so that nothing can overtake it."""
        agent = self.agent(space, str(body.get("user_id") or ""))
        if not agent:
            return self._said("ui_not_staff")
        try:
            async with asyncio.timeout(PATIENCE):
                texts = await deskpage.page(self._shop, agent, asked(str(body.get("text") or "")))
        except (StoreError, TimeoutError) as error:
            log.warning("the desk could not be shown: %s", type(error).__name__)
            return self._said("ui_trouble")
        shown = list(self._sections(texts))
        return {"response_type": "ephemeral", "text": blocks.fallback(shown), "blocks": shown}

    async def home(self, agent: str, category: str = "") -> Block:
        """Return an agent's Home tab: the desk, a button that looks again, and the categories to choose from."""
        catalog = self._shop.catalog
        seen = await deskpage.seen(self._shop, agent, category)
        pairs = [(_ALL, label(catalog, "desk_all", blocks.OPTION_LABEL)), *((each, each) for each in seen.categories)]
        controls = [blocks.button(REFRESH, label(catalog, "desk_refresh", blocks.LABEL), category or _ALL)]
        if seen.categories:
            controls.append(blocks.select(CATEGORY, label(catalog, "ui_choose", 75), pairs, category or _ALL))
        texts = deskpage.whole(self._shop, seen, category)
        title, *rest = list(self._sections([*texts, f"_{word(catalog, 'desk_help')}_"]))
        return {"type": "home", "blocks": [title, *blocks.actions(controls), *rest]}

    async def refresh(self, space: Workspace, user: str, chosen: str) -> None:
        """Show the Home tab anew, for a category."""
        if agent := self.agent(space, user):
            view = await self.home(agent, "" if chosen == _ALL else chosen)
            await space.write("views.publish", user_id=user, view=view)

    async def open(self, space: Workspace, trigger: str, agent: str, case: Case) -> None:
        """Show the first page of a case's transcript, to somebody who may read it."""
        await note_read(self._shop, agent, case.number)
        await space.write("views.open", trigger_id=trigger, view=await self._transcript(case, 0, 1))

    async def turn(self, space: Workspace, user: str, view: Mapping[str, Any], value: str) -> None:
        """Show another page in the place of the one that is open; `value` says where it begins."""
        kept = json.loads(value)
        case = await self._shop.store.case(int(kept["case"]))
        agent = self.agent(space, user)
        if case and agent and may_read(self._shop, agent, case):
            page = await self._transcript(case, int(kept["after"]), int(kept["page"]))
            await space.write("views.update", view_id=view["id"], view=page)

    async def _transcript(self, case: Case, after: int, page: int) -> Block:
        catalog = self._shop.catalog
        lines, more = await transcript.lines(self._shop, case, after)
        shown, fitted = self._fitting(case, lines)
        if fitted < len(lines):
            more = lines[fitted - 1].id
        controls = []
        if more:
            turn = json.dumps({"case": case.number, "after": more, "page": page + 1})
            controls.append(blocks.button(f"{PAGE}/on", label(catalog, "transcript_on", 75), turn, "primary"))
        if page > 1:
            turn = json.dumps({"case": case.number, "after": 0, "page": 1})
            controls.append(blocks.button(f"{PAGE}/back", label(catalog, "transcript_back", 75), turn))
        title = label(catalog, "transcript_title", blocks.TITLE, case=case.number, customer=case.name or case.customer)
        number = [section(mrkdwn(word(catalog, "transcript_page", page=page)))] if more or page > 1 else []
        none = [] if shown else [section(mrkdwn(word(catalog, "transcript_empty")))]
        close = label(catalog, "desk_close", blocks.TITLE)
        return {
            "type": "modal",
            "title": blocks.plain_text(title, blocks.TITLE),
            "close": blocks.plain_text(close, blocks.TITLE),
            "blocks": [*none, *shown, *number, *blocks.actions(controls)],
        }

    def _fitting(self, case: Case, lines: Sequence[Said]) -> tuple[list[Block], int]:
        """Return as many lines as a view takes, and their number; at least one."""
        shown: list[Block] = []
        for at, line in enumerate(lines):
            first, *rest = _chunks(line.text)
            text = transcript.line_text(self._shop.catalog, case, replace(line, text=first))
            parts = [section(mrkdwn(text)), *(section(escaped(chunk)) for chunk in rest if shows(chunk))][:_MOST]
            if shown and len(shown) + len(parts) > _BLOCKS:
                return shown, at
            shown += parts
        return shown, len(lines)

    def _sections(self, texts: Sequence[str]) -> Iterator[Block]:
        """Yield texts as blocks, as far as a message holds them; see `held`."""
        for text in held(self._shop.catalog, texts):
            yield from map(section, pieces(text))

    def _said(self, key: str) -> Block:
        return {"response_type": "ephemeral", "text": mrkdwn(word(self._shop.catalog, key))}


def _chunks(text: str) -> list[str]:
    """Return a text in pieces that each fit a block: cut between words where there are any near."""
    if len(escaped(text).encode("utf-16-le")) // 2 <= _CHUNK:  # as Slack may count
        return [text]
    half = min(len(text) // 2, _CHUNK)
    half = max(text.rfind(" ", half - 100, half), text.rfind("\n", half - 100, half)) + 1 or half
    return [*_chunks(text[:half]), *_chunks(text[half:])]


def held(catalog: Catalog, texts: Sequence[str]) -> Iterator[str]:
    """Yield as much of texts as a message holds, up to the end of a line, and how many cases are left."""
    room = _ROOM - _REST
    for at, text in enumerate(texts):
        lines = text.split("\n")
        ends = [len(mrkdwn("\n".join(lines[: n + 1]))) for n in range(len(lines))]
        fits = sum(end <= room for end in ends)
        if fits < len(lines):
            left = [*lines[fits:], *(line for each in texts[at + 1 :] for line in each.split("\n"))]
            if fits > 1:  # a heading by itself says nothing
                yield "\n".join(lines[:fits])
            yield word(catalog, "desk_more", more=sum(line.startswith("- ") for line in left))
            yield word(catalog, "desk_cut")
            return
        room -= ends[-1]
        yield text
