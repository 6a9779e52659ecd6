"""What an utterance is about: a decision with its candidates, as the engine and `frontdesk try` see it."""

import re
from collections.abc import Collection
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz import fuzz, process

from bot.dialog import foretold
from bot.dialog.catalog import NO_COMMANDS, Catalog
from bot.dialog.flow import Ask, SubFlow
from bot.dialog.refusing import taken_back
from bot.dialog.slots import find, names_day
from bot.dialog.state import Candidate, Trace
from bot.dialog.values.addresses import address
from bot.dialog.values.money import unpriced
from bot.dialog.values.reading import begins
from bot.knowledge import Match, Ranking, apart, follow_up, found, leads, normalise, says
from bot.knowledge import clauses as cut

Decision = Literal["answer", "clarify", "flow", "handoff", "smalltalk", "unknown"]
_OPTIONS = 3
_LEAST = 0.01
_SHORT, _ALIKE = 60, 88.0  # letters of a follow-up, and how like a written one it is
_LONGEST = 1_200  # who writes more tells a story
_FEW = 2  # words at least that say what somebody wants instead
_SOME = 4  # words beside small talk, which count also where they are unsure
_HELLO = "hello"
_LETTER = re.compile(r"[^\W\d_]")
_DECISIONS: dict[str, Decision] = {
    "answer": "answer",
    "flow": "flow",
    "handoff": "handoff",
    "smalltalk": "smalltalk",
}


class Understanding(Struct, frozen=True, kw_only=True):
    """What was decided, on what, how surely, and what else it could have been.

    `declined` are people, not wanted; `refused` are flows that are not.
    """

    decision: Decision
    id: str = ""
    topic: str = ""
    confidence: float = 0.0
    matches: tuple[Match, ...] = ()
    declined: bool = False
    refused: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """What to offer when asking back: no small talk, nothing far-fetched; a person is offered anyway."""
        worth = [match for match in self.matches if match.score >= _LEAST * self.matches[0].score]
        return tuple(match.id for match in worth if match.kind not in ("handoff", "smalltalk"))[:_OPTIONS]

    def trace(self, rule: str) -> Trace:
        """Return the trace of acting on this."""
        best = self.matches[0] if self.matches else None
        return Trace(
            rule=rule,
            decision=self.decision,
            id=self.id,
            topic=self.topic,
            confidence=round(self.confidence, 4),
            candidates=tuple(Candidate(id=m.id, kind=m.kind, score=round(m.score, 4)) for m in self.matches),
            phrasing=best.phrasing if best else "",
            at=best.at if best else "",
        )


def understand(text: str, catalog: Catalog, *, rejected: Collection[str] = (), last: str = "") -> Understanding:
    """Decide what `text` is about; `rejected` is left out, and a follow-up is read in the light of `last`."""
    refused, rest = taken_back(text, catalog)
    if refused:
        wanted = understand(rest, catalog, rejected={*rejected, *refused}, last=last) if rest else None
        if wanted is None or wanted.decision in ("unknown", "smalltalk") or len(rest.split()) < _FEW:
            wanted = Understanding(decision="unknown")
        return replace(wanted, refused=refused)
    meant = _understand(text, catalog, rejected, last)
    flow = _with_day(text, catalog, rejected)
    if (
        meant.declined
        or meant.decision == "handoff"
        or (meant.decision == "flow" and meant.id not in walks_into(flow, catalog))
    ):
        return meant
    if not flow and (meant.decision in ("clarify", "unknown") or _of_a_thing(meant, text, catalog)):
        flow = _with_number(text, catalog, rejected)
    if not flow and meant.decision in ("clarify", "unknown"):
        flow = _with_its_matter(text, catalog, rejected)
    if not flow and meant.decision in ("clarify", "unknown"):
        if elsewhere := _beside_address(text, catalog, rejected, last):
            return elsewhere
        asked = _asked_beside(text, catalog, rejected) or _led_up_to(text, catalog, rejected, last, meant)
        return _in_calm_words(text, catalog, rejected, last, asked)
    return _begins(flow, text, catalog) if flow else meant


def _begins(id: str, text: str, catalog: Catalog) -> Understanding:
    """Return that a text starts a flow by what it says, whatever it is like."""
    match = Match(id=id, kind="flow", score=1.0, phrasing=text.strip(), at=catalog.flows[id].at)
    return Understanding(decision="flow", id=id, topic=catalog.topic(id), confidence=1.0, matches=(match,))


def walks_into(flow: str, catalog: Catalog) -> frozenset[str]:
    """Return what a flow that starts on a day walks into, of its kind, or to look up an order: the day says more."""
    if flow not in catalog.day_flows:
        return frozenset()
    begun = {step.flow for step in catalog.flows[flow].steps.values() if isinstance(step, SubFlow)}
    alike = {each for each in begun if catalog.flows[each].category == catalog.flows[flow].category}
    return frozenset(alike | (begun & {catalog.order_flow}))


def _with_day(text: str, catalog: Catalog, rejected: Collection[str]) -> str:
    """Return the flow that a text starts by naming a day: "I need it by Friday"; mostly nothing."""
    number = find("order", text)
    said = text.replace(number, "it") if number else text
    flows = (flow for flow, phrases in catalog.day_flows.items() if flow not in rejected and names(phrases, said))
    flow = next(flows, "")
    return flow if flow and names_day(said, catalog) else ""


def _with_number(text: str, catalog: Catalog, rejected: Collection[str]) -> str:
    """Return the flow that a text starts by what it begins with, and an order's number: "return the mug from 20005"."""
    if not find("order", text):
        return ""
    said = f"{normalise(text)} "
    begun = (flow for flow, words in catalog.number_flows.items() if any(said.startswith(f"{each} ") for each in words))
    return next((flow for flow in begun if flow not in rejected), "")


def _with_its_matter(text: str, catalog: Catalog, rejected: Collection[str]) -> str:
    """Return the flow that a part of a text surely wishes for, where the rest tells its matter; mostly nothing."""
    for id, flow in catalog.flows.items():
        if id not in rejected and foretold.matter_of(flow) and foretold.matter(text, flow, catalog):
            read = (_understand(wish, catalog, rejected, "") for wish in foretold.wishes(text, id, catalog))
            if any(meant.decision == "flow" and meant.id == id for meant in read):
                return id
    return ""


def _of_a_thing(meant: Understanding, text: str, catalog: Catalog) -> bool:
    """Tell an answer that leads to nothing: the thing that it is about may only be what somebody wants done with."""
    return meant.decision == "answer" and not catalog.entries[meant.id].flow and "?" not in text


def _beside_address(text: str, catalog: Catalog, rejected: Collection[str], last: str) -> Understanding | None:
    """Return what a text is about whose postal address hides it: without it, or with no more than words for one."""
    found = address(text, catalog.answers, strict=True)
    if found is None:
        return None
    without = text.replace(str(found.values[0]), " ")
    if without == text or not normalise(without):
        return None
    meant = understand(without, catalog, rejected=rejected, last=last)
    if meant.decision != "unknown":
        return meant
    other, name = catalog.answers.other, catalog.answers.called.get("address", ())
    words = f"{min(other, default='')} {min(name, default='')}"
    meant = understand(text.replace(str(found.values[0]), words), catalog, rejected=rejected, last=last)
    steps = catalog.flows[meant.id].steps.values() if meant.decision == "flow" else ()
    return meant if any(isinstance(step, Ask) and step.type == "address" for step in steps) else None


def _asked_beside(text: str, catalog: Catalog, rejected: Collection[str]) -> Understanding | None:
    """Return what the one clause asks that names an order: "sorry to bother you, when does 50001 come?"."""
    parts = _with_their_numbers([part.strip() for part in clauses(text) if normalise(part)], catalog)
    named = [part for part in parts if find("order", part)]
    if len(parts) < 2 or len(named) != 1 or not _leads_on(named[0], catalog):
        return None
    asked = _understand(named[0], catalog, rejected, "")
    beside = (_understand(part, catalog, rejected, "").decision for part in parts if part != named[0])
    return asked if asked.decision == "flow" and {*beside} <= {"clarify", "unknown", "smalltalk"} else None


def _with_their_numbers(parts: list[str], catalog: Catalog) -> list[str]:
    """Return clauses with a number that stands by itself in the one before it: "where is my refund, order 30003"."""
    joined = parts[:1]
    for part in parts[1:]:
        number = find("order", part)
        beside = {*normalise(part.replace(number, " ")).split()} if number else set[str]()
        if number and beside <= catalog.answers.fillers | {*" ".join(catalog.answers.called.get("order", ())).split()}:
            joined[-1] = f"{joined[-1]} {part}"
        else:
            joined.append(part)
    return joined


def _led_up_to(
    text: str, catalog: Catalog, rejected: Collection[str], last: str, meant: Understanding
) -> Understanding:
    """Return what is asked behind words that only lead up to it ("oh and …"), where that is surer than with them."""
    rest = bare(text, catalog)
    read = _understand(rest, catalog, rejected, last) if rest != text else meant
    return max(meant, read, key=lambda each: each.confidence)


def _in_calm_words(
    text: str, catalog: Catalog, rejected: Collection[str], last: str, meant: Understanding
) -> Understanding:
    """Return what is surely asked where nobody swears: "where the hell is my refund" asks for what it asks for."""
    calm = catalog.mood.civil(text) if meant.decision in ("clarify", "unknown") else text
    if normalise(calm) in ("", normalise(text)):
        return meant
    read = understand(calm, catalog, rejected=rejected, last=last)
    return read if read.decision in ("answer", "flow", "handoff") else meant


def _leads_on(part: str, catalog: Catalog) -> bool:
    """Tell whether a clause begins as a question does, whatever joins it to what stands before."""
    first, _, rest = normalise(part).partition(" ")
    return leads(catalog.commands["asking"], rest if first in catalog.commands["joining"] else part)


def _understand(text: str, catalog: Catalog, rejected: Collection[str], last: str) -> Understanding:
    if started := _asked_for(text, catalog):
        return _begins(started, text, catalog)
    if normalise(text) in catalog.commands["greeting"] and _HELLO in catalog.entries and _HELLO not in rejected:
        match = Match(id=_HELLO, kind="smalltalk", score=1.0, phrasing=text.strip(), at=catalog.entries[_HELLO].at)
        return Understanding(decision="smalltalk", id=_HELLO, confidence=1.0, matches=(match,))
    greeting = clauses(text)[0]
    rest = text.removeprefix(greeting).lstrip(".,;:!? \n")
    if normalise(greeting) in catalog.commands["greeting"] and normalise(rest):
        return understand(rest, catalog, rejected=rejected, last=last)
    followed = followed_up(text, catalog, last)
    if followed and followed.id not in rejected:
        return followed
    ranking = _ranked(text, catalog, last)
    matches = tuple(match for match in ranking.matches if match.id not in rejected)
    if not matches:
        return Understanding(decision="unknown")
    best = matches[0]
    thresholds = catalog.index.thresholds
    sure = ranking.confidence if best is ranking.matches[0] else min(ranking.confidence, thresholds.clarify)
    if best.kind == "handoff" and names(catalog.wishes[best.id].unless, text):  # "don't escalate this"
        rest = _besides(text, catalog.wishes[best.id].unless)
        meant = understand(rest, catalog, rejected={*rejected, best.id}, last=last) if rest else None
        if meant and meant.decision != "unknown":
            return meant
        return Understanding(decision="unknown", confidence=sure, matches=matches, declined=True)
    enough = sure >= (thresholds.people if best.kind == "handoff" else thresholds.answer)
    if wished := _wished_for(text, catalog, rejected, matches, unsure=not enough):
        return wished
    if enough:
        rest = _beyond(text, catalog) if best.kind == "smalltalk" and not ranking.exact else ""
        wanted = understand(rest, catalog, rejected=rejected, last=last) if rest else None
        if wanted and _counts(wanted, rest, thresholds.answer):
            return wanted
        if best.kind == "smalltalk" and not ranking.exact and disapproves(text, catalog):
            others = tuple(match for match in matches if match.kind != "smalltalk")
            return Understanding(decision="unknown", matches=others)
        return Understanding(
            decision=_DECISIONS[best.kind],
            id=best.id,
            topic=catalog.topic(best.id),
            confidence=sure,
            matches=matches,
        )
    near = {match.id for match in matches[:_OPTIONS]}
    if (money := _of_money(text, catalog, rejected, last)) and money.id in near:
        return money
    asked = Understanding(decision="clarify", topic=catalog.topic(best.id), confidence=sure, matches=matches)
    if sure >= thresholds.clarify and (asked.options or best.kind == "handoff"):
        return asked
    return Understanding(decision="unknown", confidence=sure, matches=matches)


def _ranked(text: str, catalog: Catalog, last: str) -> Ranking:
    if not last:
        return catalog.index.rank(text)
    leading = leads(catalog.commands["leading"], text)
    return follow_up(catalog.index, text, last, pointing=points(text, catalog), leading=leading)


def _of_money(text: str, catalog: Catalog, rejected: Collection[str], last: str) -> Understanding | None:
    """Return what a text is surely about where a sum in it is only called money: "I want £500 back"."""
    named = {unpriced(text, catalog.answers, word) for word in catalog.answers.called.get("money", ())} - {text}
    read = [understand(each, catalog, rejected=rejected, last=last) for each in sorted(named)]
    sure = [each for each in read if each.decision in ("flow", "answer")]
    return max(sure, key=lambda each: each.confidence, default=None)


def _besides(text: str, phrases: tuple[str, ...]) -> str:
    """Return the clauses of a text that have none of these phrases in them."""
    return ". ".join(clause for clause in clauses(text) if normalise(clause) and not names(phrases, clause))


def _beyond(text: str, catalog: Catalog) -> str:
    """Return what a text says besides small talk: "Hi there! Where's my parcel?", "ok refund then"."""
    said = [clause for clause in clauses(text) if normalise(clause)]
    left = [clause for clause in said if not _chats(clause, catalog)]
    if len(left) == len(said) and left:
        first, _, rest = left[0].strip().partition(" ")
        left[0] = rest if _chats(first, catalog) else ""
    return ". ".join(filter(None, left))


def _counts(wanted: Understanding, rest: str, enough: float) -> bool:
    """Tell whether what stands beside small talk is what the message is about."""
    if wanted.decision == "clarify":
        return len(rest.split()) >= _SOME and wanted.matches[0].kind != "handoff"
    return wanted.decision in ("answer", "flow", "handoff") and wanted.confidence >= enough


def _chats(words: str, catalog: Catalog) -> bool:
    if normalise(words) in catalog.commands["greeting"]:
        return True
    ranking = catalog.index.rank(words, limit=1)
    return ranking.exact and ranking.matches[0].kind == "smalltalk"


def bare(part: str, catalog: Catalog) -> str:
    """Return a part without the words that only lead up to it: "oh and by the way when do you close"."""
    words, leads_up = (
        part.split(),
        (catalog.answers.besides, catalog.commands["joining"], catalog.commands["leading_up"]),
    )
    while words:
        said = normalise(" ".join(words))
        lead = next(filter(None, (begins(said, each) for each in leads_up)), "")
        if not lead or len(words) <= len(lead.split()):
            break
        words = words[len(lead.split()) :]
    return " ".join(words) or part


def clauses(text: str) -> list[str]:
    """Cut a text where its punctuation does; of a very long one, its beginning."""
    return cut(text, _LONGEST)


def is_order(text: str) -> bool:
    """Tell whether a text is the number of an order and nothing else."""
    return bool(find("order", text)) and not _LETTER.search(text)


def _asked_for(text: str, catalog: Catalog) -> str:
    """Return the flow that a text starts by an order's number, or by what it only asks for: "where's my refund?"."""
    if catalog.order_flow and is_order(text):
        return catalog.order_flow
    number = find("order", text)
    said = normalise(text.replace(number, " ") if number else text)
    if flow := next((each for each, phrases in catalog.saying_flows.items() if found(phrases, text)), ""):
        return flow
    for flow, phrases in catalog.asking_flows.items():
        beside = (said.replace(each, " ") for each in phrases if names((each,), said))
        if any(_only_asks(each, catalog, numbered=bool(number)) for each in beside):
            return flow
    return catalog.order_flow if number and _only_asks(said, catalog) else ""


def _only_asks(said: str, catalog: Catalog, *, numbered: bool = False) -> bool:
    """Tell whether there is nothing but words that ask or fill: "where's 40013?" without its number, which may do."""
    words, asking = {*said.split()}, catalog.commands["asking"]
    return (numbered or bool(asking & words)) and words <= catalog.answers.fillers | asking


def names(phrases: tuple[str, ...], text: str) -> bool:
    """Tell whether a text has one of these phrases (normalised) in it."""
    said = f" {normalise(text)} "
    return any(f" {phrase} " in said for phrase in phrases)


def _wished_for(
    text: str, catalog: Catalog, rejected: Collection[str], matches: Collection[Match], *, unsure: bool
) -> Understanding | None:
    """Return the wish for people that a clause is: "A person! It leaks."; what the rest is about is read by them.

    A wish that tells what it is about counts where the whole text leaves one in doubt, and the clause is word for word.
    """
    parts = [part for part in clauses(text) if normalise(part)]
    if len(parts) < 2 or not any(match.kind == "handoff" for match in matches):
        return None
    for part in parts:
        ranking = catalog.index.rank(part, limit=1)
        best = ranking.matches[0] if ranking.matches else None
        wish = catalog.wishes.get(best.id) if best and best.id not in rejected else None
        if best is None or wish is None or names(wish.unless, text):
            continue
        plain = not wish.telling and ranking.confidence >= catalog.index.thresholds.answer
        if plain or (unsure and ranking.exact):
            topic, sure = catalog.topic(best.id), ranking.confidence
            return Understanding(decision="handoff", id=best.id, topic=topic, confidence=sure, matches=(best,))
    return None


def followed_up(text: str, catalog: Catalog, last: str) -> Understanding | None:
    """Return what the content itself says that a text asks right after `last`; None where it says nothing."""
    follow_ups = catalog.follow_ups.get(last)
    said = normalise(text)
    if not follow_ups or not said or len(said) > _SHORT:
        return None
    near = process.extractOne(said, list(follow_ups), scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE)
    ref = follow_ups[near[0]] if near else ""
    served = catalog.entries.get(ref) or catalog.flows.get(ref)
    if served is None or near is None:
        return None
    kind: Literal["answer", "flow"] = "flow" if ref in catalog.flows else "answer"
    match = Match(id=ref, kind=kind, score=near[1] / 100, phrasing=near[0], at=served.at)
    return Understanding(decision=kind, id=ref, topic=catalog.topic(ref), confidence=match.score, matches=(match,))


def command(text: str, catalog: Catalog) -> str:
    """Return which command ("cancel", "back", …) the whole utterance is, or nothing."""
    said = normalise(text)
    return next((name for name, phrases in catalog.commands.items() if said in phrases and name not in NO_COMMANDS), "")


def points(text: str, catalog: Catalog) -> bool:
    """Tell whether a text points to what was spoken of before: "how long does that take?", not "is there a shop?"."""
    said = f" {normalise(text)} "
    for each in catalog.commands["not_pointing"]:
        said = said.replace(f" {each} ", " ")
    return says(catalog.commands["pointing"], said)


def disapproves(text: str, catalog: Catalog) -> bool:
    """Tell whether a text turns round words that take note, praise or thank: "not good enough", "no thanks to you"."""
    return bool(found(catalog.commands["disapproving"], text, catalog.commands["not_disapproving"]))


def unclear(text: str, catalog: Catalog) -> bool:
    """Tell whether a text says that something was not understood, and nothing else: "sorry, I still don't get it"."""
    beside, said = catalog.commands["beside_answer"], [*apart(catalog.commands["unclear"], text)]
    rest = [clause.replace(hit, " ", 1) if hit else clause for clause, hit in said]
    return any(hit for _, hit in said) and all(beside.issuperset(each.split()) for each in rest)
