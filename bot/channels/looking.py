"""What agents look at without doing anything: the desk, and the transcript of a case, for programs and the page."""

from typing import Any

from msgspec import Struct

from bot.channels import deskpage, transcript
from bot.channels.deskcommand import asked
from bot.desk.case import Case
from bot.dialog.markup import plain
from bot.ports import Act, Shop

DESK, TRANSCRIPT = "desk", "transcript"
LOOKS = (DESK, TRANSCRIPT)


class Look(Struct, frozen=True, kw_only=True):
    """A request to see something: the desk (`text` as after "/desk"), or a page of a case's transcript."""

    agent: str
    do: str
    text: str = ""
    case: Case | None = None
    after: int = 0


async def answer(shop: Shop, look: Look) -> dict[str, Any]:
    """Return the line that shows it."""
    line = {"to": "agent", "who": look.agent, "do": look.do, "at": shop.clock.now().isoformat()}
    if look.case is None:
        texts = await deskpage.page(shop, look.agent, asked(look.text))
        return {**line, "text": "\n\n".join(map(plain, texts))}
    if not look.after:
        await note_read(shop, look.agent, look.case.number)
    lines, more = await transcript.lines(shop, look.case, look.after)
    texts = [plain(transcript.line_text(shop.catalog, look.case, each)) for each in lines]
    shown = [transcript.shown(shop.catalog, look.case, each) for each in lines]
    return {**line, "case": look.case.number, "text": "\n\n".join(texts), "lines": shown, "more": more}


async def note_read(shop: Shop, agent: str, case: int) -> None:
    """Put into the audit log that somebody has read all that was said."""
    role = shop.catalog.agents[agent].role if agent in shop.catalog.agents else ""
    await shop.store.note(Act(at=shop.clock.now(), who=agent, role=role, act="TranscriptRead", case=case))
