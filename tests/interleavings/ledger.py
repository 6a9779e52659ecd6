"""Every time that a customer was promised: kept before it passes, or followed by a new one when it has.

The ledger is written from what is said, not from what the engine keeps: a time in an agent's words is read out of them,
one in the bot's is seen in them. Before it passes it ends when the case ends or whoever gave it takes it back; the
bot's own when an agent writes in that case or the customer is told another time; a person's only when an agent does
what was promised, gives another time for it, or puts the case aside for longer; not when somebody takes the case or
passes it on. Otherwise the first thing that the engine does after it has to be to tell them a new time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.desk.case import Case
from bot.desk.promises import Promised, every_promise, keeps, promised
from bot.desk.things import done
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Say, TakeBack
from bot.dialog.events import (
    CaseResolved,
    CaseSnoozed,
    DeadlineReached,
    Event,
    PromiseWithdrawn,
    SuggestionSent,
)
from bot.dialog.happening import AgentActed
from bot.dialog.markup import plain
from bot.dialog.speech import spoken_time
from bot.dialog.state import Turn


@dataclass(kw_only=True)
class _Time:
    """A promised time; `said` is the effect that shows it now, `by` an agent, or nobody for the bot."""

    case: int
    at: datetime
    said: str
    words: str
    thing: str = ""
    by: str = ""
    kept_by: list[str] = field(default_factory=list)


class Ledger:
    """Looks on as turns are taken."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._times: list[_Time] = []

    def turn(self, earlier: Mapping[int, Case], event: Event, turn: Turn, *, muted: bool) -> None:
        """Note what a turn promises and keeps; raise for a time that it lets pass."""
        cases = {case.number: case for case in turn.dossier.cases}
        says = [(f"{turn.id}.{at}", each) for at, each in enumerate(turn.effects) if isinstance(each, Say)]
        late = [each for each in self._times if each.case in cases and each.at < event.at and not each.kept_by]
        self._take_back(turn)
        told = dict(self._told(cases, says, event))
        self._keep(earlier, cases, says, told, event)
        if isinstance(event, DeadlineReached):
            self.passed([each for each in late if each in self._times], muted=muted)
        self._note(cases, says, told, event)

    def passed(self, late: Sequence[_Time], *, muted: bool) -> None:
        """Raise for times that have passed; who hears nothing from us is told when they do again."""
        if late and not muted:
            raise AssertionError(f"nothing was said when {late[0]} had passed")
        self._times = [each for each in self._times if each not in late]

    def forget(self, cases: Sequence[Case]) -> None:
        """Leave out the times of cases in which something was said or done that could not be seen."""
        numbers = {case.number for case in cases}
        self._times = [each for each in self._times if each.case not in numbers]

    def rest(self, cases: Sequence[Case], now: datetime, *, muted: bool) -> None:
        """Judge what is promised to a customer when all is calm."""
        numbers = {case.number for case in cases}
        late = [each for each in self._times if each.case in numbers and each.at <= now and not each.kept_by]
        self.passed(late, muted=muted)

    def _take_back(self, turn: Turn) -> None:
        """What is taken back promises nothing and keeps nothing."""
        gone = {each.effect for each in turn.effects if isinstance(each, TakeBack)}
        self._times = [each for each in self._times if each.said not in gone]
        for each in self._times:
            each.kept_by = [effect for effect in each.kept_by if effect not in gone]

    def _told(
        self, cases: Mapping[int, Case], says: Sequence[tuple[str, Say]], event: Event
    ) -> Iterator[tuple[int, tuple[datetime, str]]]:
        """Yield the time of each case that the bot says in this turn."""
        for case in cases.values():
            if case.open and case.promise:
                time = plain(spoken_time(self._catalog, event.at, case.promise))
                for id, say in says:
                    if say.source.kind != "agent" and time in plain(say.text):
                        yield case.number, (case.promise, id)

    def _keep(
        self,
        earlier: Mapping[int, Case],
        cases: Mapping[int, Case],
        says: Sequence[tuple[str, Say]],
        told: Mapping[int, tuple[datetime, str]],
        event: Event,
    ) -> None:
        """Let times end that this turn keeps."""
        said = dict(says)
        words = [id for id, say in says if say.source.kind == "agent" and not say.edits]
        for each in list(self._times):
            if each.case not in cases:
                continue
            case = cases[each.case]
            if case.merged and case.merged.into in cases:
                each.case = case.merged.into
                continue
            was = earlier.get(case.number)
            ends = not case.open and was is not None and was.open
            withdrawn = isinstance(event, PromiseWithdrawn) and event.case == case.number and case.promise != each.at
            if ends or withdrawn or (case.number in told and self._gives_way(each, told[case.number][0], event)):
                self._times.remove(each)
            elif isinstance(event, AgentActed) and event.case == case.number and event.at <= each.at:
                each.kept_by += [id for id in words if self._kept(each, plain(said[id].text), case, event)]

    def _gives_way(self, time: _Time, told: datetime, event: Event) -> bool:
        """Tell whether a time ends since the bot gives another: a person's does when it is over or put off."""
        put_off = isinstance(event, CaseSnoozed) and time.at <= told
        return not time.by or time.at <= event.at or put_off

    def _kept(self, time: _Time, text: str, case: Case, event: Event) -> bool:
        """Tell whether an agent's words keep a time: the bot's always, a person's if they do what was promised."""
        if not time.by:
            return True
        catalog, own = self._catalog, [each for each in self._times if each.by and each.case == time.case]
        given: list[Promised] = every_promise(text, catalog.promises, catalog.queues[case.queue].hours, event.at)
        things = [each.thing for each in sorted(own, key=lambda each: each.at) if each.thing and not each.kept_by]
        return time.thing in done(text, things, catalog.promises) or keeps(text, time.thing, given, catalog.promises)

    def _note(
        self,
        cases: Mapping[int, Case],
        says: Sequence[tuple[str, Say]],
        told: Mapping[int, tuple[datetime, str]],
        event: Event,
    ) -> None:
        """Note the times that this turn promises."""
        for number, (at, id) in told.items():
            self._times.append(_Time(case=number, at=at, said=id, words=""))
        for id, say in says:
            if say.source.kind == "agent":
                self._note_words(cases, id, say, event)

    def _note_words(self, cases: Mapping[int, Case], id: str, say: Say, event: Event) -> None:
        """Note the time in an agent's words; those of an edit take the place of what stood there."""
        number = event.case if isinstance(event, AgentActed) else 0
        queue = cases[number].queue if number in cases else self._catalog.default_queue
        hours = self._catalog.queues.get(queue, self._catalog.queues[self._catalog.default_queue]).hours
        text = plain(say.unmarked or say.text)
        found = promised(text, self._catalog.promises, hours, event.at)
        stood = [each for each in self._times if say.edits and each.said == say.edits]
        if stood and found and stood[0].words == found.words:
            stood[0].said = id
            return
        for each in self._times:
            each.kept_by = [id if effect == say.edits else effect for effect in each.kept_by]
        self._times = [each for each in self._times if each not in stood]
        if found:
            if isinstance(event, SuggestionSent):
                open_cases = [case for case in cases.values() if case.open and case.kind == "handoff"]
                number = next((each.number for each in open_cases if each.promise), 0)
                assert number, f"nobody keeps what was said in place of a suggestion: {text}"
            if isinstance(event, CaseResolved) and not cases[number].open:  # the customer is asked when it is there
                assert found.comes, f"closed with a promise: {text}"
                return
            self._times.append(
                _Time(case=number, at=found.at, said=id, words=found.words, thing=found.thing, by=say.source.id)
            )
