"""The draft of one turn: the only place where a dossier is changed.

A Scene opens a dossier for one event, lets the rules of the engine change it and speak, and closes into a Turn. It is
mutable inside one call of `advance` and never outlives it.
"""

from collections.abc import Callable, Container, Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar
from zlib import crc32

from msgspec.structs import replace

from bot.desk.case import Case, Deadline, Kind, Line, latest
from bot.desk.floor import noted
from bot.dialog import knowhow, snippets, stack
from bot.dialog.catalog import Catalog, Tier
from bot.dialog.echoes import echo, said_lately
from bot.dialog.effects import (
    CancelTimer,
    Choice,
    Effect,
    Form,
    NoteFact,
    OpenCase,
    Say,
    Source,
    StartTimer,
    TellStaff,
    UpdateCase,
    hidden,
)  # fmt: skip
from bot.dialog.events import Event
from bot.dialog.files import File
from bot.dialog.flow import Flow, Wording
from bot.dialog.happening import AgentActed
from bot.dialog.markup import Marked, plain
from bot.dialog.speech import basic_values, spoken_time
from bot.dialog.state import Carried, Conversation, Dossier, Frame, Trace, Turn
from bot.dialog.template import render
from bot.dialog.values.reading import phrase
from bot.knowledge import normalise
from bot.knowledge.mood import CALM

_KEPT_CASES = 20
_LINE = 2_000
_CARRIED = 50
_LEGIBLE = 500
_OVER = timedelta(hours=12)
_MOMENT = timedelta(minutes=2)
_T = TypeVar("_T")
_APOLOGY = "times:apology"  # of what was said: how often we have said sorry


class Scene:
    """One turn in the making.

    `talk` is the conversation that it is about, once one has been entered; `turn_id` names the turn, and its choices
    and effects begin with it. While `muted`, only people speak; while a case needs care, it is `careful`: see say_text.
    """

    def __init__(self, dossier: Dossier, event: Event, catalog: Catalog) -> None:
        if event.at.tzinfo is None:
            raise ValueError(f"the time of {type(event).__name__} has no zone")
        self.catalog = catalog
        self.event = event
        self.now: datetime = event.at
        self.floor = event.fresh.floor
        self.name = dossier.name
        agent = catalog.agents.get(event.agent) if isinstance(event, AgentActed) else None
        self.trace = Trace(role=agent.role if agent else "")
        self.felt = CALM  # how the words of this turn sound
        self.effects: list[Effect] = []
        known = dossier.standing
        self.standing = known if known.since else replace(known, since=dossier.since(self.now))
        self.unsupported = False  # what a flow asked for just now is nothing that the order system can do
        self._once: dict[Hashable, Any] = {}
        self.finished = ""  # the flow of this turn that ended, or the part of it that did
        self.muted = self.standing.ended or self.standing.blocked(self.now)
        self.careful = False
        self.account = event.account or event.customer
        self.accounts = dossier.accounts
        self.tries = dossier.tries
        self.guesses = dossier.guesses
        self.watches = dossier.watches
        self.told = dossier.told
        self.no_notices = dossier.no_notices
        self.broadcasts = dossier.broadcasts
        self._met = dossier.met
        self._kept = dossier.suggestions, dossier.settled
        self._cases = {case.number: case for case in dossier.cases}
        self._before = dict(self._cases)
        self._conversations = {talk.id: talk for talk in dossier.conversations}
        self.talk = Conversation(id="", place="", started_at=event.at, active_at=event.at)  # until `enter`
        self.turn_id = ""
        self.heard_of: datetime | None = None  # when something was last said here before this turn
        self.rested = False  # whether nobody had spoken here for half a day before this turn
        self._begun: list[str] = []
        self._case_taken = False

    # --- the conversation at hand ---------------------------------------------------------------------------------

    def enter(self, place: str, conversation: str = "", *, begin_anew: bool = False, near: str = "") -> None:
        """Take up the conversation with that id, or the one in `place`; begin one where there is none.

        With `begin_anew`, a conversation in which nothing is open and nobody spoke for half a day is over. What is
        written where a case was moved from belongs to that case; what stands in the channel `near`, to the thread there
        in which we have just asked something.
        """
        asked = self._asked_near(near)
        place = (asked.home or asked.place) if asked else place
        earlier: tuple[str, ...] = ()
        found = self._conversations.get(conversation) or self._moved_from(place)
        if found is None:
            here = [talk for talk in self._conversations.values() if talk.place == place]
            found = here[-1] if here else None
        self.rested = found is not None and self.now - found.active_at > _OVER
        if found and begin_anew and not found.frames and not found.case and self.rested:
            del self._conversations[found.id]
            earlier, found = found.tried or found.earlier, None
        if found is None:
            id, account = self.event.fresh.conversation, self.account
            found = Conversation(id=id, place=place, started_at=self.now, active_at=self.now)
            found = replace(found, account=account, earlier=earlier)
        self.heard_of = found.told  # whatever this turn says first
        self.talk = replace(found, turn=found.turn + 1)
        self.name = found.name or self.name
        self.turn_id = f"{found.id}.{found.turn + 1}"
        last = found.case  # where it is closed, care goes on until another matter begins
        self.careful = any(case.careful and (case.open or case.number == last) for case in self._cases.values())

    def _moved_from(self, place: str) -> Conversation | None:
        """Return the conversation that people have in private, if it was moved from this place."""
        moved = [talk for talk in self._conversations.values() if talk.home == place and talk.case]
        return next((talk for talk in moved if (case := self._cases.get(talk.case)) and case.open), None)

    def _asked_near(self, near: str) -> Conversation | None:
        """Return the conversation in which a question of ours waits, if it began in this channel a moment ago."""
        talks = [talk for talk in self._conversations.values() if near and talk.near == near and not talk.quiet]
        waiting = [talk for talk in talks if talk.frames or talk.moving or talk.expecting == "clarify"]
        return next((talk for talk in reversed(waiting) if self.now - talk.active_at <= _MOMENT), None)

    def go_over(self, conversation: str) -> None:
        """Leave the conversation at hand as it is now, and take up another one in the same turn."""
        self._conversations[self.talk.id] = self.talk
        self.enter(self._conversations[conversation].place, conversation)

    def move_to(self, place: str, conversation: str) -> None:
        """Leave the conversation at hand as it is now, and take up one that may be gone."""
        if self.turn_id:
            self._conversations[self.talk.id] = self.talk
        self.enter(place, conversation)

    def let_go(self, case: int, asking: Container[Frame] = ()) -> None:
        """Let no conversation be in the hands of a case that is over, nor ask about it, and no flow wait for it."""
        self._conversations[self.talk.id] = self.talk
        for talk in self.conversations():
            frames = stack.without(talk.frames, f"case:{case}", asking)
            at, asked = 0 if talk.case == case else talk.case, "" if talk.asked.endswith(f":{case}") else talk.asked
            if (at, asked, frames) != (talk.case, talk.asked, talk.frames):
                self._conversations[talk.id] = replace(talk, case=at, asked=asked, frames=frames)
        self.talk = self._conversations[self.talk.id]

    def end_matter(self) -> None:
        """Let nothing that was said here so far tell what comes next: a case that it was about is closed."""
        self.change(recent=tuple(replace(line, over=True) for line in self.talk.recent))

    def hand_conversations(self, case: int, to: int) -> None:
        """Let what is said where a case was talked of be said of another one."""
        self._conversations[self.talk.id] = self.talk
        for talk in self.conversations():
            if talk.case == case:
                self._conversations[talk.id] = replace(talk, case=to)
        self.talk = self._conversations[self.talk.id]

    def suggests(self, place: str) -> bool:
        """Tell whether something waits for a person who sends it to this place."""
        return any(each.talk.place == place for each in self._kept[0])

    def forget(self, conversation: str) -> None:
        """Let a conversation end without a trace in the dossier; the transcript has it."""
        self._conversations.pop(conversation, None)

    def carry(self, message: str, effect: str, text: str, case: int = 0) -> None:
        """Remember which effect passed on a platform's message, and to which case, so that an edit can follow."""
        if message:
            carried = Carried(message=message, effect=effect, text=text[:_LEGIBLE], case=case)
            self.change(carried=(*self.talk.carried, carried)[-_CARRIED:])

    def once(self, name: Hashable, work: Callable[[], _T]) -> _T:
        """Work something out once in this turn, however often it is asked for."""
        if name not in self._once:
            self._once[name] = work()
        return self._once[name]  # type: ignore[no-any-return]

    def change(self, **fields: Any) -> None:
        """Change fields of the conversation."""
        self.talk = replace(self.talk, **fields)

    def call_customer(self, name: str) -> None:
        """Call the customer as their account in this place is called; each of several has a name of its own."""
        if name:
            self.name = name
            self.change(name=name)

    def conversations(self) -> list[Conversation]:
        """Return the customer's conversations in progress."""
        return list(self._conversations.values())

    @property
    def met(self) -> bool:
        """Whether the bot has talked with the customer before."""
        return self._met

    def greet(self) -> bool:
        """Mark the customer as greeted; True the first time."""
        first, self._met = not self._met, True
        return first

    def withdraw_offer(self) -> None:
        """Let the buttons and forms that were shown count no longer: the talk has moved on."""
        self.change(expecting="", options=(), offer="", choices=(), form=None)

    # --- frames ---------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame | None:
        """The flow in progress on top, if any."""
        return self.talk.frames[-1] if self.talk.frames else None

    def flow_of(self, frame: Frame) -> Flow | None:
        """Return the version of the flow that the frame began with; None when nobody has it any more."""
        return self.catalog.versions.get(frame.version)

    def push(self, flow: Flow, slots: Mapping[str, Any] | None = None) -> None:
        """Start a flow on top of what is in progress."""
        known = dict(slots or {})
        frame = Frame(flow=flow.id, version=flow.version, step=flow.first, began=known, slots=known)
        self._begun.append(flow.version)
        self.change(frames=(*self.talk.frames, frame), expecting="", options=())

    def pop(self) -> None:
        """Leave the flow on top."""
        self.change(frames=self.talk.frames[:-1])

    def raise_frame(self, at: int) -> None:
        """Put a frame, with the flows that it is a part of, on top of the digressions that lie on it."""
        self.change(frames=stack.raised(self.talk.frames, at))

    def change_frame(self, **fields: Any) -> None:
        """Change fields of the frame on top."""
        self.change(frames=(*self.talk.frames[:-1], replace(self.talk.frames[-1], **fields)))

    # --- speaking -------------------------------------------------------------------------------------------------

    def values(self, **more: Any) -> dict[str, Any]:
        """Return what templates and conditions may use: shop, customer, time, slots of the frame, and `more`."""
        slots = self.frame.slots if self.frame else {}
        watched = [each.number for each in self.watches if not each.over]
        values = basic_values(
            self.catalog,
            self.now,
            self.name,
            watched,
            apologised=self.apologised,
            unsupported=self.unsupported,
            refused_by=self._refused_by,
        )
        values.update(slots)
        values.update(more)
        return values

    @property
    def _refused_by(self) -> str:
        """The policy whose no was told last, here or about a case of theirs; empty when there is none, or no more."""
        by = self.talk.refused or next((case.policy for case in reversed(self._cases.values()) if case.policy), "")
        return by if by in self.catalog.policies else ""

    @property
    def apologised(self) -> bool:
        """Whether we have said sorry in this conversation; once is enough, unless something new goes wrong."""
        return bool(self.talk.said.get(_APOLOGY))

    def apologise(self) -> None:
        """Note an apology."""
        self.change(said={**self.talk.said, _APOLOGY: self.talk.said.get(_APOLOGY, 0) + 1})

    def fill(self, source: str, **more: Any) -> Marked:
        """Fill a template with `values`, which are only worked out for one that has braces."""
        return render(source, self.values(**more)) if "{" in source else Marked(source)

    def word(self, key: str, wording: Wording, **more: Any) -> Marked:
        """Render the next variant of a wording that echoes nothing; conversation and key choose the first."""
        said = self.talk.said.get(key)
        count = len(wording.variants)
        first = (crc32(f"{self.talk.id}/{key}".encode()) if said is None else said + 1) % count
        for at in ((first + turn) % count for turn in range(count)):
            filled = self.fill(wording.variants[at], **more)
            if count == 1 or not self.echoes(filled):
                break
        else:
            at, filled = first, self.fill(wording.variants[first], **more)
        if count > 1:
            self.change(said={**self.talk.said, key: at})
        return filled

    def echoes(self, text: str) -> bool:
        """Tell whether something of a text was in what was said last, a moment ago."""
        return bool(echo(plain(text)[:_LINE], said_lately(self.talk, self.now)))

    def say(
        self,
        text: str,
        source: Source,
        *,
        choices: Sequence[Choice] = (),
        form: Form | None = None,
        author: str = "",
        speaker: str = "",
        files: Sequence[File] = (),
        edits: str = "",
        receipt: bool = False,
        unmarked: str = "",
        secret: str = "",
        whole: bool = False,
    ) -> None:
        """Say something to the customer; choices and forms of earlier turns stop counting when this one has some.

        `author` is who customers are told says it, `speaker` who it is for staff. What is said `whole` is a summary
        that may repeat sentences of the one before it.
        """
        if self.muted and source.kind != "agent":
            return
        if source.kind != "agent" and not edits:
            text = self._unlike_the_last(text, whole=whole)
        self.effects.append(
            Say(
                place=self.talk.place,
                text=str(text),
                source=source,
                choices=tuple(choices),
                form=form,
                author=author,
                files=tuple(files),
                edits=edits,
                receipt=receipt,
                unmarked=unmarked,
                secret=secret,
            )
        )
        if (
            not self.apologised
            and source.kind in ("flow", "entry")
            and phrase(normalise(plain(text)), self.catalog.tone.sorry)
        ):
            self.apologise()
        if choices or form:
            standing = self.talk.choices if self.talk.offer == self.turn_id else ()
            self.change(offer=self.turn_id, choices=(*standing, *choices), form=form)
        self.change(told=self.now)
        self.remember(speaker or author or "bot", hidden(plain(text), secret))

    def _unlike_the_last(self, text: str, *, whole: bool) -> str:
        """Return what is about to be said; if it was said last, behind words that own up to that, which take turns."""
        last, wording = said_lately(self.talk, self.now), self.catalog.texts["said_again"]
        gap = "\n\n" if "\n" in text else " "
        ways = (text, *(f"{self.fill(variant)}{gap}{text}" for variant in wording.variants))
        if last not in (plain(each)[:_LINE] for each in ways) and (whole or not self.echoes(text)):
            return text
        return f"{self.word('said_again', wording)}{gap}{text}"

    def say_text(
        self, key: str, choices: Sequence[Choice] = (), form: Form | None = None, secret: str = "", **more: Any
    ) -> None:
        """Say one of the house texts (handoff/texts.yaml); where we are careful, its neutral form if there is one."""
        if self.careful and f"careful_{key}" in self.catalog.texts:
            key = f"careful_{key}"
        wording = self.catalog.texts[key]
        source = Source(kind="text", id=key, at=wording.at)
        self.say(self.word(key, wording, **more), source, choices=choices, form=form, secret=secret)

    def say_wording(self, kind: Literal["entry", "flow"], ref: str, wording: Wording, **parts: Any) -> None:
        """Say an entry's or a step's wording."""
        self.say(self.word(f"{kind}:{ref}", wording), Source(kind=kind, id=ref, at=wording.at), **parts)

    def choice(self, value: str, label: str) -> Choice:
        """Return a button that counts while this turn's offer stands."""
        return Choice(id=f"{self.turn_id}/{value}", label=label)

    def choice_text(self, value: str, key: str, **more: Any) -> Choice:
        """Return a button whose label is a house text."""
        return self.choice(value, plain(self.fill(self.catalog.texts[key].variants[0], **more)))

    def time(self, when: datetime) -> Marked:
        """Word a time as customers read it: "today at 14:30", in the texts of the shop."""
        return spoken_time(self.catalog, self.now, when)

    def remember(self, who: str, text: str) -> None:
        """Keep a line for summaries and cards; the transcript keeps all of it elsewhere."""
        self.change(recent=latest((*self.talk.recent, Line(who=who, text=text[:_LINE], at=self.now))))

    # --- staff and cases ------------------------------------------------------------------------------------------

    def case(self, number: int) -> Case | None:
        """Return one of the customer's open or lately closed cases."""
        return self._cases.get(number)

    def before(self, number: int) -> Case:
        """Return a case as it was when the turn began."""
        return self._before[number]

    def came(self, case: Case, category: str) -> bool:
        """Tell whether a case is of a category only since this turn."""
        before = self._before.get(case.number)
        return before is None or not before.is_of(category)

    def open_cases(self) -> list[Case]:
        """Return the customer's open cases, oldest first."""
        return [case for case in self._cases.values() if case.open]

    def closed_cases(self) -> list[Case]:
        """Return the customer's lately closed cases, oldest first."""
        return [case for case in self._cases.values() if not case.open]

    def new_case(self, **fields: Any) -> Case:
        """Open a case and show it; takes the fresh number, of which an event carries one."""
        if self._case_taken:
            raise LookupError("a turn can open one case")
        self._case_taken = True
        case = Case(
            number=self.event.fresh.case,
            customer=self.talk.account or self.event.customer,
            accounts=self.accounts,
            name=self.name,
            place=self.talk.place,
            conversation=self.talk.id,
            opened_at=self.now,
            recent=self.talk.recent,
            public=self.talk.scope != "private",
            standing=self.standing,
            **fields,
        )
        self._cases[case.number] = case
        self.effects.append(OpenCase(place=f"staff:{case.queue}", case=case))
        return case

    def change_case(self, number: int, **fields: Any) -> Case:
        """Change fields of a case and show it."""
        return self.put_case(replace(self._cases[number], **fields))

    @property
    def tier(self) -> Tier | None:
        """The tier to which the customer of this turn belongs."""
        return self.catalog.tier(self.standing.tier, (self.event.customer, self.account, *self.accounts))

    def stand(self, **fields: Any) -> None:
        """Change how the customer stands with the shop; the cards of their open cases show it."""
        self.standing = replace(self.standing, **fields)
        for case in self.open_cases():
            self.change_case(case.number, standing=self.standing)

    def put_case(self, case: Case, *, moved: bool = False) -> Case:
        """Keep a case as it is now, and show it: on its card, or on one in the room of the queue it was passed to."""
        self._cases[case.number] = case
        place = f"staff:{case.queue}"
        for at, effect in enumerate(self.effects):
            if not moved and isinstance(effect, OpenCase | UpdateCase) and effect.case.number == case.number:
                self.effects[at] = replace(effect, place=place, case=case)  # a turn shows a case once
                return case
        self.effects.append(OpenCase(place=place, case=case) if moved else UpdateCase(place=place, case=case))
        return case

    def tell_staff(
        self,
        case: Case,
        kind: Literal["customer", "bot", "agent", "note", "alert"],
        text: str,
        author: str = "",
        **fields: Any,
    ) -> None:
        """Write a line in the case's thread."""
        place = f"staff:{case.queue}"
        self.effects.append(
            TellStaff(place=place, case=case.number, kind=kind, author=author, text=str(text), **fields)
        )

    def alert(self, case: Case, key: str, mentions: tuple[str, ...] = (), /, **more: Any) -> None:
        """Write one of the house texts for staff in the case's thread; it rings the agents in `mentions`."""
        text = self.fill(self.catalog.texts[key].variants[0], case=case.number, **more)
        self.tell_staff(case, "alert", text, mentions=mentions)

    def alert_room(self, queue: str, key: str, edits: str = "", /, **more: Any) -> None:
        """Write one of the house texts for staff in a queue's room, in no case's thread."""
        text = str(self.fill(self.catalog.texts[key].variants[0], **more))
        self.effects.append(TellStaff(place=f"staff:{queue}", case=0, kind="alert", author="", text=text, edits=edits))

    # --- what all customers share ---------------------------------------------------------------------------------

    def fact(self, name: str) -> str:
        """Return a shared fact; empty when it is not known."""
        return self.floor.facts.get(name, "")

    def note_fact(self, name: str, value: str) -> None:
        """Keep a shared fact, or forget it; the turn runs again if somebody else has changed it meanwhile."""
        was = self.fact(name)
        if value != was:
            self.effects.append(NoteFact(name=name, value=value, was=was))
            self.floor = noted(self.floor, name, value)

    # --- time and trace -------------------------------------------------------------------------------------------

    def start_timer(self, kind: Kind, key: str, due: datetime, **fields: Any) -> None:
        """Keep a deadline for the case that it is about, where that is talked of, or for this conversation."""
        case = self._cases.get(fields.get("case", 0))
        place, conversation = (case.place, case.conversation) if case else (self.talk.place, self.talk.id)
        deadline = Deadline(key=key, kind=kind, due=due, place=place, conversation=conversation, **fields)
        self.effects.append(StartTimer(deadline=deadline))

    def cancel_timer(self, key: str) -> None:
        """Forget a deadline."""
        self.effects.append(CancelTimer(deadline=key))

    def rule(self, name: str) -> None:
        """Name the rule that decided; the first one of a turn counts."""
        if not self.trace.rule:
            self.trace = replace(self.trace, rule=name)

    def note(self, text: str) -> None:
        """Add a remark to the trace."""
        self.trace = replace(self.trace, notes=(*self.trace.notes, text))

    def took(self, way: str) -> None:
        """Add a way that a flow took to the trace."""
        self.trace = replace(self.trace, ways=(*self.trace.ways, way))

    def refused(self, policy: str, answer: str = "") -> None:
        """Add a no that was told to the trace, or what the customer said to one."""
        told = f"{policy}/{answer}" if answer else policy
        self.change(refused=policy)
        self.trace = replace(self.trace, refused=(*self.trace.refused, told))

    def rated(self, rating: int) -> None:
        """Add to the trace how satisfied the customer is, from 1 to 5."""
        self.trace = replace(self.trace, rated=rating)

    def call_id(self) -> str:
        """Return the id that the next effect will have."""
        return f"{self.turn_id}.{len(self.effects)}"

    def _suggest(self) -> None:
        """Let the cards that this turn shows name the snippets and entries for staff that fit best now."""
        for at, effect in enumerate(self.effects):
            if isinstance(effect, OpenCase | UpdateCase) and effect.case.open:
                case = effect.case
                talk = self._conversations.get(case.conversation)
                best = snippets.best(self.catalog, case, talk, self.now)
                case = replace(case, snippets=best, know_how=knowhow.fitting(self.catalog, case, talk))
                self.effects[at] = replace(effect, case=case)
                self._cases[case.number] = case

    # --- the end --------------------------------------------------------------------------------------------------

    def close(self) -> Turn:
        """Return the turn: the new dossier, the effects in order, and why."""
        if self.turn_id:
            if self.frame:
                self.trace = replace(self.trace, flow=self.frame.flow, step=self.frame.step)
            self._conversations[self.talk.id] = self.talk
        self._suggest()
        open_cases = [case for case in self._cases.values() if case.open]
        closed = [case for case in self._cases.values() if not case.open]
        held = {number for case in open_cases for number in case.holds}  # they can be taken out again
        closed = [case for case in closed[:-_KEPT_CASES] if case.number in held] + closed[-_KEPT_CASES:]
        dossier = Dossier(
            customer=self.event.customer,
            name=self.name,
            met=self._met,
            conversations=tuple(self._conversations.values()),
            cases=tuple(sorted((*closed, *open_cases), key=lambda case: case.number)),
            suggestions=self._kept[0],
            settled=self._kept[1],
            standing=self.standing,
            accounts=self.accounts,
            tries=self.tries,
            guesses=self.guesses,
            watches=self.watches,
            told=self.told,
            no_notices=self.no_notices,
            broadcasts=self.broadcasts,
        )
        name = self.turn_id or f"{self.event.customer}/{self.event.key}"
        return Turn(
            id=name,
            dossier=dossier,
            effects=tuple(self.effects),
            trace=self.trace,
            flows=tuple(dict.fromkeys(self._begun)),
        )
