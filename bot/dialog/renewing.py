"""The content was changed while the bot runs: what staff hear of it, and cases whose queue or owner is no more.

Customers hear nothing of it, unless the person they talked with is gone. What else refers to something that is no more
needs no rule here: a press of it is out of date, a flow in progress ends as it began, a level is the next one.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from bot.desk.case import Case
from bot.dialog import casebook, owning, rotation
from bot.dialog.events import ContentChanged, ContentRefused, FileChanged
from bot.dialog.markup import Marked, escape
from bot.dialog.scene import Scene

_NAMES, _LINES = 5, 10


def changed(scene: Scene, event: ContentChanged) -> None:
    """Tell staff what is new, changed and gone, by file."""
    scene.rule("content_changed")
    if event.mended:
        _tell(scene, "content_mended")
    if event.files:
        _tell(scene, "content_changed", changes=_list(scene, [_file(scene, each) for each in event.files]))


def refused(scene: Scene, event: ContentRefused) -> None:
    """Tell staff what is wrong, and that the last good version is still served."""
    scene.rule("content_refused")
    problems = _list(scene, [escape(each) for each in event.problems])
    _tell(scene, "content_refused", problems=problems, count=len(event.problems))


def look_after(scene: Scene) -> None:
    """Give each open case a queue and an owner who are there."""
    scene.rule("desk_changed")
    for case in scene.open_cases():
        scene.enter(case.place, case.conversation)
        if case.queue not in scene.catalog.queues:
            case = _to_default(scene, case)
        if case.assignee and case.assignee not in scene.catalog.agents:
            _without_owner(scene, case)


def stranded(case: Case, queues: Iterable[str], agents: Iterable[str]) -> bool:
    """Tell whether an open case has lost its queue, or its owner."""
    return case.open and (case.queue not in queues or bool(case.assignee and case.assignee not in agents))


def _to_default(scene: Scene, case: Case) -> Case:
    """Let the default queue have a case: its owner and what its customer was promised stay."""
    gone, team = case.queue, casebook.queue_of(scene, "")
    moved = scene.put_case(replace(case, queue=team.id), moved=True)
    scene.alert(moved, "staff_queue_gone", queue=gone, team=team.name)
    given = rotation.give_out(scene, moved)
    if given is not moved:
        rotation.tell(scene, given)
    return given


def _without_owner(scene: Scene, case: Case) -> None:
    scene.alert(case, "staff_owner_gone", owner=case.assignee)
    owning.to_queue(scene, case, text="released")


def _tell(scene: Scene, key: str, **values: object) -> None:
    scene.alert_room(scene.catalog.default_queue, key, **values)


def _file(scene: Scene, file: FileChanged) -> str:
    told = {kind: _names(scene, getattr(file, kind)) for kind in ("added", "changed", "removed")}
    return str(scene.fill(scene.catalog.texts["content_file"].variants[0], file=file.file, **told))


def _names(scene: Scene, names: tuple[str, ...]) -> Marked:
    return Marked(", ".join([*map(escape, names[:_NAMES]), *_more(scene, len(names) - _NAMES)]))


def _list(scene: Scene, lines: list[str]) -> Marked:
    return Marked("\n".join(f"- {line}" for line in [*lines[:_LINES], *_more(scene, len(lines) - _LINES)]))


def _more(scene: Scene, more: int) -> list[str]:
    return [casebook.reason(scene, "content_more", more=more)] if more > 0 else []
