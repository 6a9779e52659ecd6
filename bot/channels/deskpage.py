"""The desk in the shop's own words, as neutral markup that every platform shows in its own way.

What is looked up here is committed state: no turn is taken, nothing is changed. Whoever asks must be known as staff.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from unicodedata import bidirectional

from msgspec import structs
from msgspec.json import decode

from bot.channels.deskcommand import Asked
from bot.channels.searching import hits
from bot.channels.words import shortened, wanted, word
from bot.desk.broadcast import FACT, Broadcast
from bot.desk.case import Case
from bot.desk.glance import Glance, Part, Row, Section, glance, hand_over
from bot.desk.rights import reads
from bot.dialog import knowhow
from bot.dialog.broadcasting import values
from bot.dialog.catalog import Catalog
from bot.dialog.markup import Marked
from bot.dialog.speech import spoken_time
from bot.ports import Shop

_SUBJECT, _NAME, _TASK = 80, 40, 160
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # signs that turn the direction of what follows
# The words for one section of the desk, where no open case has such a category.
_PARTS: Mapping[str, Part] = {
    "unowned": "unowned", "nobody's": "unowned", "unclaimed": "unowned",
    "at risk": "risk", "risk": "risk", "late": "risk", "running late": "risk", "overdue": "risk",
    "promised": "promises", "promises": "promises",
    "snoozed": "snoozed", "put aside": "snoozed", "aside": "snoozed",
}  # fmt: skip
_ALONE = 20  # rows of a section that somebody asked for by itself


async def page(shop: Shop, agent: str, asked: Asked) -> list[str]:
    """Return what an agent asked of the desk: a title, then a text for each section that there is."""
    match asked.view:
        case "search":
            return await hits(shop, agent, asked.words)
        case "find":
            return [_look_up(shop, asked.words)]
        case "handover":
            return await _hand_over(shop, agent, asked.shift)
        case "unclear":
            return [word(shop.catalog, "desk_handover_how", words=shortened(asked.words, _NAME))]
        case "mine":
            return await _mine(shop, agent, asked.category)
        case "desk":
            shown = await seen(shop, agent, asked.category)
            part = _PARTS.get(asked.category.casefold())
            if part and not _known(shown, asked.category):
                return await _part(shop, agent, part)
            return whole(shop, shown, asked.category)


def _look_up(shop: Shop, words: str) -> str:
    catalog = shop.catalog
    if not words:
        return word(catalog, "desk_find_how")
    if found := knowhow.look_up(catalog, words, shop.clock.now()):
        return word(catalog, "staff_entry", **structs.asdict(found))
    return word(catalog, "staff_no_entry", query=shortened(words, _NAME))


async def seen(shop: Shop, agent: str, category: str = "", *, alone: bool = False, whose: str = "") -> Glance:
    """Return the desk as an agent sees it now; "mine" is what they have, or a colleague `whose` it is."""
    cases = readable(shop, agent, await shop.store.board())
    whose = whose or agent
    mine = [case for case in cases if whose and whose in (case.assignee, *case.colleagues)]
    return glance(
        cases,
        shop.catalog.queues,
        shop.clock.now(),
        agent=whose,
        category=category,
        follow_ups=await shop.store.follow_ups(mine) if mine else {},
        **({"most": _ALONE} if alone else {"once": True}),
    )


def readable(shop: Shop, agent: str, cases: Sequence[Case]) -> list[Case]:
    """Return the cases that an agent may read; for "", all."""
    known, catalog = shop.catalog.agents.get(agent), shop.catalog
    return [case for case in cases if not known or reads(case, known, catalog.queues, catalog.limits.search)]


def whole(shop: Shop, shown: Glance, category: str = "") -> list[str]:
    """Return the whole desk as it is now, below its title the notices to many that go out."""
    title, *sections = desk(shop.catalog, shown, shop.clock.now(), category)
    facts = sorted(shop.floor.facts.items())
    going = [decode(body, type=Broadcast) for name, body in facts if name.startswith(f"{FACT}:")]
    return [title, *(word(shop.catalog, "desk_notice", **values(each)) for each in going), *sections]


def desk(catalog: Catalog, shown: Glance, now: datetime, category: str = "") -> list[str]:
    """Return the whole desk; of a category that no open case has, the ones that there are."""
    if category and not _known(shown, category):
        return [_no_category(catalog, shown, category)]
    title = word(catalog, "desk_title", category=category, time=spoken_time(catalog, now, now))
    return [title, *_many(catalog, shown), *(_sections(catalog, shown.sections, now) or [_calm(catalog, shown)])]


def _many(catalog: Catalog, shown: Glance) -> list[str]:
    """Return a line for each category of which so many cases are open that something seems to be wrong for all."""
    many = [(rule.category, shown.counts.get(rule.category, 0), rule.many) for rule in catalog.triage if rule.many]
    return [word(catalog, "desk_many", category=name, cases=count) for name, count, most in many if count >= most]


def _known(shown: Glance, category: str) -> bool:
    """Tell whether an open case is of a category."""
    return category.casefold() in (each.casefold() for each in shown.categories)


def _no_category(catalog: Catalog, shown: Glance, category: str) -> str:
    """Return which categories there are, to somebody who asked for another."""
    return word(catalog, "desk_no_category", category=category[:_NAME], categories=", ".join(shown.categories))


async def _part(shop: Shop, agent: str, part: Part) -> list[str]:
    """Return one section of the desk by itself."""
    catalog, now = shop.catalog, shop.clock.now()
    shown = await seen(shop, agent, alone=True)
    title = word(catalog, "desk_title", category="", time=spoken_time(catalog, now, now))
    return [title, *(_sections(catalog, [shown.section(part)], now) or [_calm(catalog, shown)])]


def board(catalog: Catalog, cases: Sequence[Case], now: datetime) -> str:
    """Return the desk as it stands in a channel for all to read: nothing in it is anybody's, or older by the minute."""
    shown = glance(cases, catalog.queues, now, once=True)
    title = word(catalog, "desk_title", category="", time="")
    sections = _sections(catalog, shown.sections, now) or [_calm(catalog, shown)]
    return "\n\n".join([title, *_many(catalog, shown), *sections])


def _calm(catalog: Catalog, shown: Glance) -> str:
    """Return what stands where nothing presses."""
    return word(catalog, "desk_calm", cases=shown.open) if shown.open else word(catalog, "desk_empty")


async def _mine(shop: Shop, agent: str, category: str) -> list[str]:
    """Return what an agent has, of a category if one is named; with a colleague's name, what that one has."""
    catalog, now = shop.catalog, shop.clock.now()
    shown, whose = await seen(shop, agent, category, alone=True), agent
    if category and not _known(shown, category):
        whose = colleague(catalog, category)
        if not whose:
            return [_no_category(catalog, shown, category)]
        shown = await seen(shop, agent, alone=True, whose=whose)
    called = catalog.agents[whose].name if whose in catalog.agents else whose
    title = word(catalog, "desk_mine_title", agent=called, time=spoken_time(catalog, now, now))
    snoozed = [row for row in shown.section("snoozed").rows if row.owner == whose]
    mine = shown.section("mine")
    tasks = tuple(row for row in mine.rows if row.tasks)
    sections = [mine, Section(part="snoozed", rows=tuple(snoozed)), Section(part="tasks", rows=tasks)]
    theirs = whose != agent
    return [title, *(_sections(catalog, sections, now, theirs=theirs) or [word(catalog, "desk_empty")])]


def colleague(catalog: Catalog, named: str) -> str:
    """Return the id of the agent whom words name; empty where that is nobody, or could be several."""
    said = named.removeprefix("@").casefold()
    people = [(each.id, each.name.casefold()) for each in catalog.agents.values()]
    exact = [id for id, name in people if said in (id.casefold(), name)]
    first = [id for id, name in people if said == name.partition(" ")[0]]
    return exact[0] if exact else first[0] if len(first) == 1 else ""


async def _hand_over(shop: Shop, agent: str, shift: timedelta) -> list[str]:
    catalog, now = shop.catalog, shop.clock.now()
    since, until = now - shift, now + shift
    cases, solved = (
        readable(shop, agent, each) for each in (await shop.store.board(), await shop.store.resolved(since))
    )
    sections = hand_over(cases, solved, catalog.queues, now, until)
    said = {"since": spoken_time(catalog, now, since), "until": spoken_time(catalog, now, until)}
    title = word(catalog, "desk_handover_title", **said)
    told = [section_text(catalog, each, now, tasks=True) for each in sections if each.rows]
    return [title, *(told or [word(catalog, "desk_empty")])]


# --- words ------------------------------------------------------------------------------------------------------------


def _sections(catalog: Catalog, sections: Sequence[Section], now: datetime, *, theirs: bool = False) -> list[str]:
    """Return each section that has anything in it."""
    return [section_text(catalog, section, now, theirs=theirs) for section in sections if section.rows]


def section_text(
    catalog: Catalog, section: Section, now: datetime, *, theirs: bool = False, tasks: bool = False
) -> str:
    """Return a heading, and a line for each of its rows; `theirs` is what a colleague has.

    With `tasks`, what other teams are asked stands behind the row of its case.
    """
    key = "desk_theirs" if theirs and section.part == "mine" else f"desk_{section.part}"
    heading = Marked(word(catalog, key))
    lines = [word(catalog, "desk_heading", heading=heading, cases=section.count)]
    for row in section.rows:
        match section.part:
            case "tasks":
                lines += [f"- {_task(catalog, row, at)}" for at in range(len(row.tasks))]
            case "solved":
                lines.append(f"- {_solved(catalog, row)}")
            case _:
                asked = [_task(catalog, row, at, "desk_asked") for at in range(len(row.tasks))] if tasks else []
                lines.append(f"- {' · '.join([row_text(catalog, row, now), *asked])}")
    if section.more:
        lines.append(word(catalog, "desk_more", more=section.more))
    return "\n".join(lines)


def row_text(catalog: Catalog, row: Row, now: datetime) -> str:
    """Return a case in one line."""
    standing = word(catalog, f"desk_standing_{row.standing}", due=_time(catalog, now, row.ends)) if row.standing else ""
    if row.standing and row.due and (row.due == row.ends or row.due <= now):  # that time is said already
        ahead = row.promise if row.promise and row.promise > now and row.promise != row.ends else None
        row = structs.replace(row, due=ahead)
    return _in_one_line(
        catalog,
        "desk_row",
        case=row.number,
        customer=_apart(row.name, _NAME),
        subject=_apart(wanted(catalog, row.subject), _SUBJECT),
        category=row.category,
        priority=row.priority,
        owner=owner(catalog, row),
        since=_time(catalog, now, row.since),
        standing=Marked(standing),
        next=Marked(next_text(catalog, row, now)),
    )


def next_text(catalog: Catalog, row: Row, now: datetime) -> str:
    """Return what is to be done next with a case, and by when."""
    if row.next == "task":
        return word(catalog, "desk_next_task")
    late = row.due is not None and row.due <= now
    told = {"due": _time(catalog, now, row.due), "late": late}
    if row.next == "keep":
        told |= {"aside": row.snoozed is not None, "back": "" if row.rests else _time(catalog, now, row.snoozed)}
    return word(catalog, f"desk_next_{row.next}", **told)


def owner(catalog: Catalog, row: Row) -> str:
    """Return the name of a case's owner; empty if there is none."""
    agent = catalog.agents.get(row.owner)
    return agent.name if agent else row.owner


def _task(catalog: Catalog, row: Row, at: int, key: str = "desk_row_task") -> str:
    task = row.tasks[at]
    team = catalog.queues[task.queue].name if task.queue in catalog.queues else task.queue
    text = shortened(task.text, _TASK)
    return _in_one_line(catalog, key, case=row.number, task=task.number, team=team, text=text)


def _solved(catalog: Catalog, row: Row) -> str:
    return _in_one_line(
        catalog,
        "desk_row_solved",
        case=row.number,
        customer=_apart(row.name, _NAME),
        subject=_apart(wanted(catalog, row.subject), _SUBJECT),
        owner=owner(catalog, row),
        outcome=shortened(row.outcome, _SUBJECT),
    )


def _in_one_line(catalog: Catalog, key: str, **values: object) -> str:
    return " ".join(word(catalog, key, **values).split())


def _apart(text: str, most: int) -> str:
    """Return words in their own direction, so that what is written from right to left turns nothing round beside it."""
    cut = shortened("".join(each for each in text if each not in _TURNS), most)
    return f"\u2068{cut}\u2069" if any(bidirectional(each) in ("R", "AL") for each in cut) else cut


def _time(catalog: Catalog, now: datetime, when: datetime | None) -> str:
    return spoken_time(catalog, now, when) if when else ""
