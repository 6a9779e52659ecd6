"""What agents are shown and nobody else: the desk, a transcript, which cases go to whom; for programs and the page."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from bot.channels import deskpage, transcript
from bot.channels.deskacts import act
from bot.channels.deskcommand import REASSIGN, asked
from bot.channels.noting import note_read
from bot.channels.words import word
from bot.desk.case import Case
from bot.desk.rights import acts, reads
from bot.dialog.markup import plain
from bot.ports import Shop

DESK, TRANSCRIPT = "desk", "transcript"
LOOKS = (DESK, TRANSCRIPT)
_TO_CUSTOMERS = ("reply", "resolve")  # what asks for words that customers read


class Look(Struct, frozen=True, kw_only=True):
    """A request to see something: the desk (`text` as after "/desk"), or a page of a case's transcript.

    Several cases given away at once are one, too: what is shown is which; `key` is for their events.
    """

    agent: str
    do: str
    text: str = ""
    case: Case | None = None
    after: int = 0
    key: str = ""


async def answer(shop: Shop, look: Look, drawn: Callable[[str], Any] | None = None) -> dict[str, Any]:
    """Return the line that shows it; of the desk, with its parts `drawn` besides."""
    now = shop.clock.now()
    line = {"to": "agent", "who": look.agent, "do": look.do, "at": now.isoformat()}
    if look.do == REASSIGN:
        told = await act(shop, look.agent, look.do, look.text, key=look.key, at=now)
        return {**line, "text": plain(told)}
    if look.case is None:
        texts = await deskpage.page(shop, look.agent, asked(look.text))
        parts = {"parts": list(map(drawn, texts))} if drawn else {}
        return {**line, "text": "\n\n".join(map(plain, texts)), **parts}
    if not may_read(shop, look.agent, look.case):
        text = plain(refused(shop, look.agent, look.case, TRANSCRIPT))
        return {**line, "case": look.case.number, "text": text, "lines": [], "more": 0}
    if not look.after:
        await note_read(shop, look.agent, look.case.number)
    lines, more = await transcript.lines(shop, look.case, look.after)
    texts = [plain(transcript.line_text(shop.catalog, look.case, each)) for each in lines]
    shown = [transcript.shown(shop.catalog, look.case, each) for each in lines]
    return {**line, "case": look.case.number, "text": "\n\n".join(texts), "lines": shown, "more": more}


def may_read(shop: Shop, agent: str, case: Case) -> bool:
    """Tell whether an agent may read all that was said in a case."""
    known = shop.catalog.agents.get(agent)
    return known is not None and reads(case, known, shop.catalog.queues, shop.catalog.limits.search)


def refused(shop: Shop, agent: str, case: Case, do: str) -> str:
    """Return why an agent may not look at this, or need not be asked for words; nothing for all that they may do."""
    catalog, known = shop.catalog, shop.catalog.agents.get(agent)
    queue, owner = catalog.queues.get(case.queue), catalog.agents.get(case.assignee)
    told = {"case": case.number, "team": queue.name if queue else case.queue}
    if do == TRANSCRIPT and not may_read(shop, agent, case):
        return word(catalog, "staff_not_read", **told)
    if do in _TO_CUSTOMERS and case.open and known and not acts(case, known, catalog.queues):
        told |= {"agent": known.name, "owner": owner.name if owner else case.assignee}
        return word(catalog, "staff_not_yours", **told, text="", takeable=not case.locked)
    return ""
