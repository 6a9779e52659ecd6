"""What people do, drawn at random, and how each becomes an event."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

from bot.channels.casework import ACTIONS, POST_ACTS, post_event, staff_event
from bot.dialog.effects import Post, Say
from bot.dialog.events import ChoicePressed, CustomerLeft, Event, FormSubmitted, MessageReceived
from bot.dialog.happening import Mode
from tests.interleavings.laws import CANARY, WORD
from tests.interleavings.world import World

CUSTOMERS = ("ana", "ben", "ana", "ben", "cora")
AGENTS = ("dana", "lee", "sam")

SAID = (
    "I want to talk to a person",
    "let me speak to your manager",
    "where is my order?",
    "I want a refund",
    "12345",
    "67890",
    "yes",
    "no",
    "thanks",
    "cancel",
    "are you still there? it still does not work",
    "can you make an exception? the window has passed",
    "florp grumble wozzle",
    "my lawyer will hear of this",
    "what do you do with my data",
    "the kettle caught fire",
    "my cases",
    "it is about the {word} again",
    "can a person look at my {word} please",
    "link my account",
    "unlink my account",
    "is mine affected?",
    "stop telling me",
    "tell me again",
)
MODES: tuple[Mode, ...] = ("live", "live", "live", "live", "live", "live", "suggest", "silent")
_CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
# What is done to what stands in a staff room by itself, and its words; these a customer may see.
ON_POSTS = {
    "send": ("",),
    "edit": ("It is on its way.", "I'll look it up, and you'll hear from me within two hours."),
    "dismiss": ("",),
    "leave": ("",),
    "undo": ("",),
    "answer": ("{note}",),
    "stop": ("",),
}

# What agents write after each act; {note} is for staff alone, and no customer may ever see it.
WORDS: dict[str, tuple[str, ...]] = {
    "claim": ("", "", "anyway"),
    "release": ("",),
    "cover": ("", "me {note}"),
    "reply": (
        "I'm on it.",
        "You'll hear from me by 5pm.",
        "Tomorrow at noon I'll know more.",
        "Within the hour.",
        "Could you tell me your postcode?",
        "You'll have the refund by Wednesday at 3pm.",
        "I'll send the label within two hours.",
        "Lee calls you on Monday or Tuesday.",
        "The courier comes by 5pm; please be there by then.",
    ),
    "workaround": ("A wooden spoon will do meanwhile.",),
    "note": ("{note}",),
    "approve": ("",),
    "decline": ("",),
    "resolve": ("", "All done!", "I'll check in two hours that it is there."),
    "assign": ("lee {note}", "dana {note}", "nobody {note}"),
    "transfer": ("returns {note}", "billing {note}", "nowhere {note}"),
    "merge": ("1 {note}", "2 {note}", "3"),
    "unmerge": ("", "2"),
    "unlink": ("{note}",),
    "unpromise": ("",),
    "notice": (
        "weather wrote=30d what=snow expected=Friday",
        "strike watching=yes expected=soon",
        "recall wrote=9d what=Kettle risk=heat",
        "{note}",
    ),
    "share": ("lee",),
    "task": ("returns {note}",),
    "done": ("1 {note}",),
    "snooze": ("2h", "3d"),
    "live": ("on", "off"),
    "away": ("{note}", "2h {note}"),
    "back": ("",),
    "undo": ("",),
    "edit": ("I meant the other one.", "I'll write within 30 minutes.", "I'll write by Friday.", "By end of day."),
    "s": ("", "greet", "greeting send"),
    "find": ("recall", "goodwill caps", "{note}"),
    "line": ("{note}",),
    "counter": ("5 GBP store credit, because you waited", "90 GBP store credit"),
    "grant": ("4 GBP {note}", "30 GBP {note}", "70 EUR {note}"),
    "used": ("1 {note}",),
    "revoke": ("1 {note}",),
    "argue": ("{note}",),
    "careful": ("on {note}", "off {note}"),
    "block": ("1h {note}", "2d {note}"),
    "unblock": ("{note}",),
    "ending": ("start {note}", "done value {note}", "stop {note}", "now"),
    "needed": ("2026-01-09", "off"),
    "tier": ("gold", "none"),
    "mark": ("late_payment the third time", "off late_payment", "undecided"),
}
# Times of a thing, which other words do not keep.
_THINGS = ("I'll send the label within two hours.", "You'll have the refund within two hours.")
_EXCEPTION = ("could you make an exception?", "something else", "let me use my discount code twice", "none of these")
_DECIDES = ("approve", "decline", "counter", "counter")
_OFTEN = (*sorted(WORDS), "claim", "claim", "claim", "reply", "reply", "reply", "edit", "note")
_marks = count(1)


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing that somebody does: a customer says, presses or types a code, an agent acts on their nth case or post.

    `words` are those for a post, in which `text` says what is done. `mode` is who speaks in the customer's place.
    """

    who: str
    do: str
    text: str = ""
    nth: int = 0
    words: str = ""
    mode: Mode = "live"


@dataclass(frozen=True, kw_only=True)
class Step:
    """What happens at once, and whether the bot is killed meanwhile; or how long nothing does."""

    acts: tuple[Act, ...] = ()
    minutes: int = 0
    killed_at: int = 0
    after: bool = False


def steps(seed: int) -> list[Step]:
    """Draw an interleaving; it begins with somebody who asks for a person, since the rest is dull without."""
    dice = Random(seed)
    asks = Step(acts=(Act(who="ana", do="say", text=SAID[0]),))
    story = [asks, *(step for _ in range(dice.randint(10, 60)) for step in _next(dice))]
    return story if dice.random() < 0.75 else [_held_back(dice, step) for step in story]


def _held_back(dice: Random, step: Step) -> Step:
    """Return a step in which the bot does not speak by itself, and agents see to what it suggests."""
    if not step.acts:
        return step
    mode: Mode = dice.choice(("suggest", "suggest", "suggest", "silent"))
    acts = tuple(replace(act, mode=mode) for act in step.acts)
    sees = dice.random() < 0.5
    post = Act(who=dice.choice(AGENTS), do="post", text=dice.choice(sorted(ON_POSTS)))
    return replace(step, acts=(*acts, post) if sees else acts)


def _next(dice: Random) -> list[Step]:
    """Draw what happens next: one thing, or several that go together and that nobody would do by chance."""
    if dice.random() > 0.16:
        return [_step(dice)]
    one, other = dice.sample(sorted(set(CUSTOMERS)), k=2)
    minutes = 0
    match dice.randrange(9):
        case 8:  # what was promised is not done by other words, or is put off
            agent = dice.choice(AGENTS)
            story = [Act(who=one, do="say", text=SAID[0]), Act(who=agent, do="claim", text="anyway")]
            story += [Act(who=agent, do="reply", text=dice.choice(_THINGS))]
            story += [
                dice.choice((Act(who=agent, do="snooze", text="3d"), Act(who=agent, do="reply", text="I'm on it.")))
            ]
            minutes = 300
        case 7:  # a case that waits for its first answer is put aside
            agent = dice.choice(AGENTS)
            story = [Act(who=one, do="say", text=SAID[0]), Act(who=agent, do="claim", text="anyway")]
            story += [Act(who=agent, do="reply", text="I'm on it.")] * dice.randrange(2)
            story += [Act(who=agent, do="snooze", text="3d")]
        case 6:  # only its owner's lines go out in a live case
            agent, colleague = dice.sample(AGENTS, k=2)
            story = [Act(who=one, do="say", text=SAID[0]), Act(who=agent, do="claim", text="anyway")]
            story += [Act(who=agent, do="live", text="on"), Act(who=colleague, do="line", text="{note}")]
            story += [Act(who=agent, do="line", text="{note}")]
        case 5:
            story = [Act(who="sam", do="notice", text=dice.choice(WORDS["notice"]))]
            story += [Act(who=dice.choice(AGENTS), do="post", text="send")]
            story += [Act(who=dice.choice(AGENTS), do="post", text="stop")] * dice.randrange(2)
            story += [Act(who=one, do="press", nth=dice.randrange(3)), Act(who=other, do="say", text="ok")]
        case 4:
            agent = dice.choice(AGENTS)
            story = [Act(who=agent, do="claim"), Act(who=agent, do="reply", text=dice.choice(WORDS["reply"]))]
            do = dice.choice(("edit", "undo", "resolve", "release", "assign", "cover", "transfer", "snooze", "merge"))
            story += [Act(who=agent, do=do, text=dice.choice(WORDS[do]))]
            do = dice.choice(("edit", "claim", "unpromise", "unmerge"))
            story += [Act(who=dice.choice(AGENTS), do=do, text=dice.choice(WORDS[do]))]
        case 0:
            story = [Act(who=one, do="say", text="link my account"), Act(who=other, do="code")]
        case 1:
            story = [Act(who=one, do="say", text=text) for text in (SAID[0], SAID[0])]
            agents = dice.sample(AGENTS, k=2)
            story += [Act(who=agents[0], do="claim"), Act(who=agents[1], do="merge", text="1 {note}")]
        case 2:
            story = [Act(who=one, do="say", text=text) for text in _EXCEPTION]
            decides = [
                Act(who=AGENTS[2], do=do, text=dice.choice(WORDS["counter"])) for do in dice.sample(_DECIDES, k=2)
            ]
            story += decides
            story += [Act(who=one, do="say", text="yes"), Act(who=one, do="press")]
        case _:
            story = [Act(who=one, do="say", text=dice.choice(SAID), mode="suggest")]
            story += [_post(dice) for _ in range(2)]
    steps = [Step(acts=(act,), killed_at=dice.choice((0, 0, 0, 1, 2, 3)), after=dice.random() < 0.5) for act in story]
    return [*steps, Step(minutes=minutes)] if minutes else steps


def _step(dice: Random) -> Step:
    if dice.random() < 0.2:
        return Step(minutes=dice.choice((1, 20, 70, 300, 1_440, 5_000)))
    acts = _clash(dice) if dice.random() < 0.2 else tuple(_act(dice) for _ in range(dice.choice((1, 1, 1, 2, 3))))
    if dice.random() < 0.2:
        return Step(acts=acts, killed_at=dice.randint(1, 6), after=dice.random() < 0.5)
    return Step(acts=acts)


def _clash(dice: Random) -> tuple[Act, ...]:
    """Draw two people who do what does not go together, and a customer who writes meanwhile."""
    hands = (
        "claim", "cover", "transfer", "assign", "release", "resolve",
        "approve", "decline", "counter", "merge", "unlink",
    )  # fmt: skip
    pair = dice.choices(hands, k=2)
    agents = tuple(Act(who=who, do=do, text=dice.choice(WORDS[do])) for who, do in zip(AGENTS, pair, strict=False))
    return (*agents, Act(who=dice.choice(CUSTOMERS), do="say", text=dice.choice(SAID), mode=dice.choice(MODES)))


def _act(dice: Random) -> Act:
    if dice.random() < 0.05:
        return _post(dice, nth=dice.choice((0, 0, 1)))
    if dice.random() < 0.6:
        do = dice.choice(_OFTEN)
        return Act(who=dice.choice(AGENTS), do=do, text=dice.choice(WORDS[do]), nth=dice.choice((0, 0, 0, 1, 2)))
    who = dice.choice(CUSTOMERS)
    match dice.randrange(20):
        case 0:
            return Act(who=who, do="leave")
        case 1:
            return Act(who=who, do="code", nth=dice.choice((0, 0, 1)))
        case at if at < 8:
            return Act(who=who, do="press", nth=dice.randrange(4), mode=dice.choice(MODES))
        case _:
            return Act(who=who, do="say", text=dice.choice(SAID), mode=dice.choice(MODES))


def _post(dice: Random, nth: int = 0) -> Act:
    do = dice.choice(sorted(ON_POSTS))
    return Act(who=dice.choice(AGENTS), do="post", text=do, nth=nth, words=dice.choice(ON_POSTS[do]))


async def take(world: World, step: Step) -> None:
    """Let a step happen."""
    if step.minutes:
        await world.wait(timedelta(minutes=step.minutes))
        return
    world.lived |= any(act.do == "live" for act in step.acts)
    alone = len(step.acts) == 1
    events = [event for act in step.acts if (event := await _event(world, act, alone=alone))]
    if events:
        await world.do(events, killed_at=step.killed_at, after=step.after)


async def _event(world: World, act: Act, *, alone: bool) -> Event | None:
    key = f"act:{next(_marks)}"
    if act.who in AGENTS:
        return await _agent(world, act, key, alone=alone)
    customer = f"local:{act.who}"
    common: dict[str, Any] = {"key": key, "customer": customer, "at": world.now}
    if act.do == "leave":
        return CustomerLeft(**common)
    common |= {"name": act.who.title(), "mode": act.mode}
    if act.do == "say":
        text = act.text.format(word=f"{WORD}{act.who}")
        return MessageReceived(place=customer, text=text, **common)
    if act.do == "code":
        codes = _codes(world)
        return MessageReceived(place=customer, text=codes[-1 - act.nth % len(codes)], **common) if codes else None
    dossier = await world.dossier(customer)
    own = [talk for talk in dossier.conversations if talk.place.partition("#")[0] == customer]
    talks = [talk for talk in own if talk.choices or talk.form]
    if not talks:
        return None
    talk = talks[-1]
    if not talk.choices and talk.form:
        values = {field.id: "a word" for field in talk.form.fields}
        return FormSubmitted(place=talk.place, form=talk.form.id, values=values, **common)
    choice = talk.choices[act.nth % len(talk.choices)]
    return ChoicePressed(place=talk.place, choice=choice.id, label=choice.label, **common)


def _codes(world: World) -> list[str]:
    """Return the codes that anybody was shown, the latest last."""
    shown = sorted((each for seen in world.screen.customers.values() for each in seen.values()), key=lambda it: it.seq)
    return [code for each in shown if isinstance(each.effect, Say) for code in _CODE.findall(each.effect.text)]


def _on_post(world: World, act: Act, key: str) -> Event | None:
    posts = [each.effect for each in world.screen.staff.values() if isinstance(each.effect, Post) and each.effect.about]
    if not posts:
        return None
    text = act.words.format(note=f"{CANARY}{next(_marks)}")
    about = posts[-1 - act.nth % len(posts)].about
    return post_event(about, act.text, text, key=key, at=world.now, agent=act.who)


async def _agent(world: World, act: Act, key: str, *, alone: bool) -> Event | None:
    if act.do == "post":
        return _on_post(world, act, key)
    cases = await world.cases()
    if not cases:
        return None
    case = cases[-1 - act.nth % len(cases)]
    mine = case.live and case.open and case.assignee == act.who
    sent = act.do == "line" and (mine if alone else world.lived)  # its owner's line in a live case is no note
    text = act.text.format(note="" if sent else f"{CANARY}{next(_marks)}")
    return staff_event(act.do, text, key=key, customer=case.customer, at=world.now, agent=act.who, case=case.number)


def unnamed() -> set[str]:
    """Return the acts of agents that nobody does here."""
    return (set(ACTIONS) - set(WORDS)) | (set(POST_ACTS) - set(ON_POSTS))
