"""What a customer's cases look like to themselves, without a turn: `/mycases` and the Home tab. Pure queries."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from bot.desk.case import Case
from bot.dialog import naming
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Choice
from bot.dialog.markup import Marked, plain
from bot.dialog.speech import basic_values, spoken_time
from bot.dialog.state import OWN, Dossier
from bot.dialog.template import render

_OPEN, _CLOSED = 5, 3
_SUBJECT = 80


class Overview(Struct, frozen=True, kw_only=True):
    """A customer's cases as they read them (neutral markup), and what they can do."""

    text: str
    choices: tuple[Choice, ...] = ()


def overview(cases: Iterable[Case], catalog: Catalog, now: datetime, customer: str = "") -> Overview:
    """Return the open cases, oldest first, and those that were closed not long ago; at most a handful."""
    values = {**basic_values(catalog, now, customer)}

    def text(key: str, **more: object) -> str:
        return str(render(catalog.texts[key].variants[0], {**values, **more})).strip()

    known = sorted((case for case in cases if not case.internal), key=lambda case: case.number)
    still, over = (
        [case for case in known if case.open],
        [case for case in known if lately(case, catalog, now) and not case.merged],
    )
    if not still and not over:
        return Overview(text=text("mycases_none"))
    lines = [text("mycases")]
    lines += [text(_key(case), **_about(case, catalog, now)) for case in (*still[:_OPEN], *over[-_CLOSED:])]
    if left := len(still[_OPEN:]) + len(over[:-_CLOSED]):
        lines.append(text("mycases_more", more=left))
    return Overview(
        text="\n".join(lines), choices=tuple(choice for case in still[:_OPEN] for choice in choices(case, catalog))
    )


def of(dossier: Dossier, catalog: Catalog, now: datetime) -> Overview:
    """Return the cases of a customer; one to whom the bot says nothing can read, and press nothing."""
    shown = overview(dossier.cases, catalog, now, dossier.name)
    silent = dossier.standing.ended or dossier.standing.blocked(now)
    return replace(shown, choices=()) if silent else shown


def choices(case: Case, catalog: Catalog) -> list[Choice]:
    """Return what a customer can do with an open case; some are closed by people only."""
    return [choice(do, case, catalog) for do in (("add",) if case.left_to_people else ("add", "close"))]


def choice(do: str, case: Case, catalog: Catalog) -> Choice:
    """Return a button: to "add" something, to "close" the case, that this is meant ("really"), or not ("stay")."""
    words = render(catalog.texts[f"choice_mycases_{do}"].variants[0], {"case": case.number})
    return Choice(id=f"{OWN}/{do}:{case.number}", label=plain(words))


def lately(case: Case, catalog: Catalog, now: datetime) -> bool:
    """Tell whether a case was closed so lately that its customer may still ask about it."""
    window = timedelta(minutes=catalog.limits.reopen)
    return not case.open and case.resolved_at is not None and now - case.resolved_at <= window


def _key(case: Case) -> str:
    if not case.open:
        return "mycases_decided" if case.decision in ("approved", "declined") else "mycases_closed"
    if case.offered:
        return "mycases_offer"
    if case.kind == "approval":
        return "mycases_review"
    return "mycases_owned" if case.status == "owned" else "mycases_waiting"


def _about(case: Case, catalog: Catalog, now: datetime) -> dict[str, object]:
    """Return the values of a case's line; a promise that has passed is none."""
    queue = catalog.queues.get(case.queue)
    promised = case.offered or case.promise
    promise = promised if promised and promised > now else None
    subject = " ".join(case.subject.split())
    return {
        "case": case.number,
        "subject": subject if len(subject) <= _SUBJECT else subject[: _SUBJECT - 1] + "…",
        "team": (queue or catalog.queues[catalog.default_queue]).name,
        "owner": naming.shown(catalog, case.assignee, case.queue),
        "promise": spoken_time(catalog, now, promise) if promise else Marked(""),
        "closed": spoken_time(catalog, now, case.resolved_at) if case.resolved_at else Marked(""),
    }
