"""What a case is about: the order that is spoken of, and the matter in a line of the customer's own words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile

from bot.desk.case import Case, Line
from bot.dialog import amending, several, snippets, thanks, timing
from bot.dialog.effects import Say
from bot.dialog.scene import Scene
from bot.dialog.slots import find
from bot.dialog.understand import Understanding, command, unclear, understand
from bot.dialog.values import Reading
from bot.dialog.values.contacts import phone
from bot.knowledge import normalise

_MATTERS = 4  # lines whose matter may give a case its category
_LIKELY = 0.5  # so sure is what alone gives a case its category, where the customer would be asked which it is
_AHEAD = 2  # times as likely as the next, or so far ahead of it
_LONGEST, _LATEST = 140, 12  # characters of what is said back; lines that are looked at
_CLAUSES = re.compile(r"(?<=[,.;!?])\s+")
_READ, _CLAUSES_READ = 600, 8  # letters and clauses of one text that are looked at
_TELLING = 3  # words at least: fewer tell nobody what a matter is
_NAMING = 2  # of them that name something, where nothing else says that they state it


def with_order(facts: dict[str, str], text: str) -> dict[str, str]:
    """Return the facts of a case with the order that the text names; a second one stands beside the first."""
    found, slot = find("order", text), snippets.order_slot(facts)
    known = facts.get(slot, "")
    if not found or any(found in value for value in facts.values()):
        return facts
    return {**facts, slot: f"{known}, {found}" if known else found}


def heard(scene: Scene, case: Case, text: str) -> Case:
    """Put an order that the customer names while they wait on the card, and what they want if nothing did so yet.

    What they set right takes the place of what was known.
    """
    numbers = _without_phone(scene, text)
    facts, subject = with_order(case.facts, numbers), case.subject
    known = snippets.order_of(case.facts)
    gone, order = amending.order(numbers, known, scene.catalog)
    if order:
        kept = [each for each in known.split(", ") if each not in gone]
        facts = {**case.facts, snippets.order_slot(case.facts): ", ".join(dict.fromkeys((*kept, order)))}
    for number in gone:
        subject = subject.replace(number, order)
    subject = short(amending.title(text, subject, scene.catalog))
    if not _title(scene, subject, case.about):
        known, told = beside_wish(scene, subject), _first_told(scene, text)
        subject = short(" · ".join(filter(None, (known, told)))) if told else subject
    same = (facts, subject) == (case.facts, case.subject)
    return case if same else scene.change_case(case.number, facts=facts, subject=subject)


def _first_told(scene: Scene, text: str) -> str:
    """Return the words of a text that state the matter of a case that has no title; empty where they say less.

    What is for the bot, or about the handling of the case, states none; nor does what only answers somebody's question,
    what only says when, or a question that the bot has just answered.
    """
    answered = any(isinstance(each, Say) and each.source.kind == "entry" for each in scene.effects)
    if answered and (several.asks_somewhere(text, scene.catalog) or thanks.wishes(text, scene.catalog)):
        return ""
    said, commands = normalise(text[:_READ]), scene.catalog.commands
    first = said.partition(" ")[0]
    if first in commands["yes"] | commands["no"] or first == normalise(scene.catalog.voice.bot):
        return ""
    clauses = [each for each in _clauses(text) if not _reached(scene, each)]
    told = "" if {*said.split()} & commands["handling"] else _telling(scene, " ".join(clauses))
    before = [line.text for line in scene.talk.recent if line.who != "customer"]
    sure = bool(told) and _understood(scene, told, ()) > 0
    answers = len(clauses) < len(_clauses(text)) or (bool(before) and "?" in before[-1])
    return told if sure or (not answers and len(content(scene, told)) >= _NAMING) else ""


def _reached(scene: Scene, text: str) -> bool:
    """Tell whether words say how to reach somebody, or only when."""
    how = _without_phone(scene, text) != text or find("email", text) is not None
    return how or timing.only_says_when(text, scene.catalog)


def _without_phone(scene: Scene, text: str) -> str:
    """Return words without a telephone number, of which five digits could be taken for an order."""
    read = phone(text, scene.catalog.voice.locale.partition("_")[2], scene.catalog.answers)
    return read.rest if isinstance(read, Reading) else text


def issue(scene: Scene, case: Case) -> str:
    """Return the words that state the matter, for the customer to correct: those that staff read as its title.

    Where that says nothing, the customer's own of late do, or else what it was taken for. Empty when all they asked for
    was a person.
    """
    lines: tuple[Line, ...] = tuple(dict.fromkeys((*case.recent, *scene.talk.recent)))
    said = [" ".join(line.text.split()) for line in lines if line.who == "customer"][-_LATEST:]
    named = _title(scene, case.subject, case.about) or called_for(scene, case.subject, "")
    telling = named or stated(scene, said, case.about)
    return short(telling or next(map(scene.catalog.title, case.about), ""))


def _title(scene: Scene, subject: str, about: tuple[str, ...]) -> str:
    """Return what a title states: without the name of a flow that stands before the customer's own words."""
    names_before = (f"{scene.catalog.title(ref)}: " for ref in about)
    flow = next((each for each in names_before if subject.startswith(each)), "")
    return _telling(scene, subject.removeprefix(flow)) or flow.removesuffix(": ")


def short(text: str) -> str:
    """Return a text as it fits into a line, cut between words."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rsplit(" ", 1)[0].rstrip(" ,;") + "…"


def meant(scene: Scene, among: int = _MATTERS) -> Iterator[tuple[str, ...]]:
    """Yield what the customer's words were about, but for the wish for a person: the latest first, `among` so many.

    That is one flow or answer, or all that it may be, where none of these is clearly ahead.
    """
    for text in scene.talk.own[::-1][:among]:
        if likely := taken_for(scene, text):
            yield likely


def taken_for(scene: Scene, text: str) -> tuple[str, ...]:
    """Return what words are about, or may be; nothing where they tell nothing, or nothing that is known."""
    found = _meaning(scene, told) if (told := _telling(scene, text)) else None
    if found and found.decision in ("flow", "answer"):
        return (found.id,)
    return _likely(found) if found and found.decision == "clarify" else ()


def clearly(scene: Scene, text: str) -> str:
    """Return what words are about where that is more likely than not; empty otherwise."""
    found = understand(told, scene.catalog) if (told := _telling(scene, text)) else None
    if found is None or found.declined or found.decision not in ("flow", "answer", "clarify"):
        return ""
    return found.id or (found.options[0] if found.options and found.confidence >= _LIKELY else "")


def surely(scene: Scene, text: str) -> str:
    """Return the same, also of the few words for which a person is wanted: "talk to a person about my invoice"."""
    told = beside_wish(scene, text)
    found = _meaning(scene, told) if told else None
    return clearly(scene, text) or (found.id if found and found.decision in ("flow", "answer") else "")


def _likely(found: Understanding) -> tuple[str, ...]:
    best, *others = found.matches
    ahead = found.confidence >= _LIKELY or not others or best.score >= _AHEAD * others[0].score
    return (best.id,) if ahead else found.options


def stated(scene: Scene, said: Iterable[str], about: tuple[str, ...] = ()) -> str:
    """Return the words that state a matter best; empty where none do. `about` is what it was taken for so far.

    What is understood counts for more than what only is long: that may be talk about the weather.
    """
    told = [each for text in said if (each := _telling(scene, text))]
    return max(told, key=lambda each: (_understood(scene, each, about), len(each)), default="")


def little(scene: Scene, said: Iterable[str]) -> str:
    """Return the longest of words that name something, be it only one thing that is known: "my lamp"."""
    named = [each for text in said if (each := beside_wish(scene, text))]
    telling = [each for each in named if len(content(scene, each)) >= _NAMING or _understood(scene, each, ()) > 1]
    return max(telling, key=len, default="")


def opens_with(scene: Scene, said: Sequence[str], about: tuple[str, ...]) -> str:
    """Return the words that state a matter best as a case opens; a question that was answered is over by then.

    So the words in which people are called come before that one, if they name anything.
    """
    best, own = stated(scene, said, about), stated(scene, said[-1:])
    over = _meaning(scene, best).decision == "answer" and ("?" in best or thanks.wishes(best, scene.catalog))
    return own if over and len(content(scene, own)) >= _NAMING else best


def called_for(scene: Scene, text: str, before: str) -> str:
    """Return what people are wanted for in these words, where that is not what was stated `before`; empty otherwise."""
    told = beside_wish(scene, text)
    words = content(scene, told)
    if {*words} <= {*normalise(before).split()}:
        return ""
    known = len(words) >= _NAMING and _understood(scene, told, ()) > 1
    return told if known or any(_behind_about(scene, each) for each in _clauses(text)) or surely(scene, text) else ""


def _understood(scene: Scene, text: str, about: tuple[str, ...]) -> int:
    meant = _meaning(scene, text)
    if meant.id in about or meant.decision in ("flow", "handoff"):
        return 3
    if meant.decision in ("answer", "clarify"):
        return 2
    return 1 if several.asks_somewhere(text, scene.catalog) or scene.catalog.mood.feel(text).upset else 0


def retitled(scene: Scene, case: Case, words: str) -> str:
    """Return the title of a case that these words are about now: they come first, what it was before follows."""
    said = " ".join(words.split()).removesuffix(":")
    if not said or said in case.subject or not civil(scene, said):
        return case.subject
    known = case.subject if _telling(scene, case.subject) else ""
    flow, named, _ = said.partition(": ")  # stands before both where both are of one flow
    known = known.removeprefix(f"{flow}: ") if named else known
    return short(f"{said} · {known}" if known else said)


def civil(scene: Scene, text: str) -> bool:
    """Tell whether words neither insult nor threaten anybody: others are said back to nobody."""
    return scene.catalog.mood.feel(text).mood != "abusive"


def in_civil_words(scene: Scene, text: str) -> str:
    """Return words without those that insult somebody; empty where nothing else is left of them, or it is a threat."""
    if civil(scene, text):
        return text
    calm = scene.catalog.mood.civil(text)
    return calm if civil(scene, calm) and content(scene, calm) else ""


def _clauses(text: str) -> list[str]:
    return _CLAUSES.split(" ".join(text[:_READ].split()))[:_CLAUSES_READ]


def _telling(scene: Scene, text: str) -> str:
    """Return a text without what only greets, thanks, insults or asks for a person; empty if little is left."""
    told = beside_wish(scene, text)
    return told if len(told.split()) >= _TELLING else ""


def beside_wish(scene: Scene, text: str) -> str:
    """Return the same, however little it is."""
    return scene.once(("beside a wish", text), lambda: _beside_wish(scene, text))


def _beside_wish(scene: Scene, text: str) -> str:
    if _is_label(scene, text):
        return ""
    clauses = dropwhile(lambda each: not content(scene, each), _clauses(text))  # "Pip,", "hello,"
    told = " ".join(filter(None, (_told(scene, each) for each in clauses))).strip(" ,;")
    return told if content(scene, told) else ""


def _meaning(scene: Scene, text: str) -> Understanding:
    """Read a line: a case that opens looks at the same ones several times over."""
    return scene.once(("meaning", text), lambda: understand(text, scene.catalog))


def _told(scene: Scene, text: str) -> str:
    """Return what a clause tells: all of it, nothing, or what somebody wants a person for."""
    if command(text, scene.catalog) or thanks.heard(text, scene.catalog) == "thanks" or not civil(scene, text):
        return ""
    if _of_not_knowing(scene, text) or unclear(text, scene.catalog):
        return ""
    meant = _meaning(scene, text)
    wish = scene.catalog.wishes.get(meant.id) if meant.decision == "handoff" else None
    if wish and not wish.telling:
        return _wanted_for(scene, text, meant)
    return "" if meant.decision == "smalltalk" else text


def _of_not_knowing(scene: Scene, text: str) -> bool:
    """Tell whether words only remark that somebody doesn't know: "so you don't know?"."""
    said, known = f" {normalise(text)} ", scene.catalog.answers
    rest = (said.replace(f" {each} ", " ") for each in known.dont_know if f" {each} " in said)
    return any({*words.split()} <= known.fillers | scene.catalog.commands["beside_answer"] for words in rest)


def _wanted_for(scene: Scene, text: str, wish: Understanding) -> str:
    """Return what a person is wanted for: "… about my broken lamp", "talk to a person my lamp is broken"."""
    if about := _behind_about(scene, text):
        return about if content(scene, about) else ""
    words = text.split()
    said = [normalise(word) for word in words]
    phrase = normalise(wish.matches[0].phrasing).split() if wish.matches else []
    ends = [at + len(phrase) for at in range(len(said)) if phrase and said[at : at + len(phrase)] == phrase]
    joins = [at for at, word in enumerate(said) if word in scene.catalog.commands["joining"]]
    parts = (
        [words[end:] for end in ends[:1]] + [words[:at] for at in joins[-1:]] + [words[at + 1 :] for at in joins[:1]]
    )
    return next((told for part in parts if (told := " ".join(part)) and _states(scene, told)), "")


def _behind_about(scene: Scene, text: str) -> str:
    """Return what stands behind the first "about" of a clause; empty if there is none."""
    words = text.split()
    said = [normalise(word) for word in words]
    for at in range(1, len(words)):
        size = next((size for size in (2, 1) if " ".join(said[at : at + size]) in scene.catalog.commands["about"]), 0)
        if size:
            return " ".join(words[at + size :])
    return ""


def _states(scene: Scene, text: str) -> bool:
    """Tell whether words are understood as something that people come with, other than the wish for a person."""
    meant = _meaning(scene, text)
    wish = scene.catalog.wishes.get(meant.id) if meant.decision == "handoff" else None
    enough = len(text.split()) >= _TELLING and (wish is None or wish.telling)
    return enough and _understood(scene, text, ()) > 1


def content(scene: Scene, text: str) -> list[str]:
    """Return the words that name something: none that fill, greet a bot, or speak of how a case is handled."""
    commands = scene.catalog.commands
    beside = commands["bots"] | commands["beside_bot"] | commands["yes"] | commands["no"] | commands["handling"]
    beside |= commands["negation"]
    empty = scene.catalog.answers.fillers | beside | {normalise(scene.catalog.voice.bot)}
    return [word for word in normalise(text).split() if word not in empty]


def _is_label(scene: Scene, text: str) -> bool:
    """Tell whether words are only those of one of the house's buttons."""
    said = normalise(text)
    labels = (wording.variants[0] for key, wording in scene.catalog.texts.items() if key.startswith("choice_"))
    return any(said == normalise(label) for label in labels)
