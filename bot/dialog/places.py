"""Where the talk takes place: who reads along, the way to a private place, and what happens to a place.

Personal details are asked for only where nobody else reads along. From a public thread or a forum's post the bot moves
to a private place first, and says so; where there is none, it offers a form, which only the team reads.
"""

from bot.desk.case import Case
from bot.dialog import casebook
from bot.dialog.effects import ClosePlace, Field, Form, OpenPrivate, Source
from bot.dialog.events import MessageReceived
from bot.dialog.flow import Ask, FormStep
from bot.dialog.markup import plain
from bot.dialog.scene import Scene

_FIELDS = 5  # what a platform's form can hold
_LABEL = 45
_NOT_IN_WORDS = ("yes_no", "choice", "choices", "items", "photo", "file")
FORM = "private_form"


def note_where(scene: Scene, event: MessageReceived) -> None:
    """Note what a message tells about its place."""
    talk = scene.talk
    scene.change(
        scope=event.scope,
        near=event.near or talk.near,
        post=talk.place if event.scope == "post" else talk.post,
        tags=event.tags or talk.tags,
        quiet=talk.quiet and not event.mentioned,
        files=(*talk.files, *event.files)[-10:],
    )
    for message in event.messages:
        scene.carry(message, "", event.text)


def must_move(scene: Scene) -> bool:
    """Tell whether the flow on top may not go on where others read along."""
    flow = scene.flow_of(scene.frame) if scene.frame else None
    return scene.talk.scope != "private" and flow is not None and flow.private


def move(scene: Scene) -> None:
    """Look for a private place; the talk goes on when it has been found, or not."""
    if scene.talk.moving:
        return
    if people := with_people(scene):
        busy_elsewhere(scene, people)
        return
    wording = scene.catalog.texts["private_hello"]
    text = scene.word("private_hello", wording)
    scene.change(moving=scene.call_id())
    source = Source(kind="text", id="private_hello", at=wording.at)
    scene.effects.append(OpenPrivate(place=scene.talk.place, text=str(text), source=source))


def hold(scene: Scene, text: str) -> None:
    """Keep what is said while a private place is looked for: it is heard there."""
    scene.rule("moving")
    scene.change(held="\n".join(part for part in (scene.talk.held, text) if part))


def busy_elsewhere(scene: Scene, case: Case) -> None:
    """People have a case of this customer's in another place: they read what was said here, and answer there."""
    scene.rule("people_have_it")
    words = [line.text for line in scene.talk.recent if line.who == "customer"]
    if words:
        casebook.tell(scene, case, words[-1])
    key = "already_elsewhere" if case.public else "already_in_private"
    other = next((each for each in scene.conversations() if each.id == case.conversation), scene.talk)
    linked = other.account != scene.talk.account
    scene.say_text(key, case=case.number, platform=casebook.platform(scene, case.place) if linked else "")
    scene.change(frames=())


def with_people(scene: Scene) -> Case | None:
    """Return the open case that another conversation of the customer's is about, in private."""
    for talk in scene.conversations():
        case = scene.case(talk.case)
        if case and case.open and talk.scope == "private" and talk.id != scene.talk.id:
            return case
    return None


def elsewhere(scene: Scene) -> tuple[str, ...]:
    """Return the flows in progress of this thread's matter, which goes on in a private place; empty if none does."""
    moved = [talk for talk in scene.conversations() if talk.home == scene.talk.place]
    return tuple(frame.flow for talk in moved for frame in talk.frames)


def solve(scene: Scene) -> None:
    """The matter is settled: a forum's post can be closed."""
    if scene.talk.post:
        scene.effects.append(ClosePlace(place=scene.talk.post))


def form(scene: Scene) -> Form | None:
    """Return a form for what the flow would ask in words; None when it asks for nothing of the kind."""
    frame = scene.talk.frames[-1]
    flow = scene.flow_of(frame)
    fields: list[Field] = []
    for step in flow.steps.values() if flow else ():
        if isinstance(step, Ask) and not step.options and step.type not in _NOT_IN_WORDS:
            fields.append(Field(id=step.slot, label=_label(step), required=False))
        elif isinstance(step, FormStep):
            fields += [
                Field(id=f.slot, label=_plain(f.label, f.slot), required=False, long=f.long) for f in step.fields
            ]
    unknown = [field for field in fields if field.id not in frame.slots][:_FIELDS]
    if not unknown:
        return None
    title = plain(scene.catalog.title(frame.flow))[:_LABEL]
    return Form(id=f"{scene.turn_id}/{FORM}", title=title, fields=tuple(unknown))


def _label(step: Ask) -> str:
    return _plain(step.text.variants[0], step.slot)


def _plain(text: str, slot: str) -> str:
    """Return a question as a label; one that cannot be filled in yet goes by its slot's name."""
    words = " ".join(plain(text).split())
    return words if "{" not in text and len(words) <= _LABEL else slot.replace("_", " ").capitalize()
