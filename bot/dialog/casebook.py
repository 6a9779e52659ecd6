"""What every rule about cases needs: whose it is, by when, which queue, and a way to tell staff."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.json import encode
from msgspec.structs import replace

from bot.desk import floor as floors
from bot.desk import rights
from bot.desk.case import DANGER as DANGER
from bot.desk.case import Case
from bot.desk.hours import by, is_open
from bot.desk.targets import level_of
from bot.desk.team import Agent, Queue, spelled
from bot.dialog import naming
from bot.dialog.catalog import Wish
from bot.dialog.effects import Choice, Source
from bot.dialog.events import MessageReceived
from bot.dialog.flow import Offer
from bot.dialog.markup import Marked, escape, plain
from bot.dialog.scene import Scene
from bot.dialog.state import Frame

WANTED = "supervisor"  # among the flags of a case whose customer has asked for one, until one has it
CHECK_IN = "check_in"  # the flow with which the bot comes back
USUAL = 3  # the priority of a case about which no rule says anything


def reason(scene: Scene, key: str, **more: object) -> str:
    """Return one of the house texts that stand in others, as plain text: why staff were called, and the like.

    Of several variants, the first that echoes nothing.
    """
    ways = [plain(scene.fill(variant, **more)) for variant in scene.catalog.texts[key].variants]
    return next((each for each in ways if not scene.echoes(each)), ways[0])


def say_first(scene: Scene, wish: Wish) -> None:
    """Say what to do until people are there, where the shop has words for it."""
    if wish.say:
        scene.say(scene.word(f"wish:{wish.id}", wish.say), Source(kind="text", id=wish.id, at=wish.say.at))


def tell(scene: Scene, case: Case, text: str) -> None:
    """Show what the customer said in the case's thread, with what it answers and the files that came with it.

    Files without words stand by themselves; where there is neither, there is nothing to show.
    """
    if not text.strip() and not scene.talk.files:
        return
    event = scene.event if isinstance(scene.event, MessageReceived) else None
    words = Marked(escape(text))
    if event and event.quote and text.strip():
        words = scene.fill(scene.catalog.texts["quoted"].variants[0], text=words, quote=event.quote)
    effect = scene.call_id()
    scene.tell_staff(case, "customer", words, author=scene.name, files=scene.talk.files)
    scene.change(files=())
    for message in event.messages if event else ():
        scene.carry(message, effect, text, case.number)


def follow(scene: Scene, case: Case) -> Case:
    """Let replies go to where the customer wrote last: a case may be talked of in several places.

    One that is talked of in private stays there, whatever is written where others read along.
    """
    talk = scene.talk
    public = talk.scope != "private"
    if talk.case != case.number or case.conversation == talk.id or (public and not case.public):
        return case
    before = next((each for each in scene.conversations() if each.id == case.conversation), talk)
    name = scene.name or case.name
    moved = scene.change_case(case.number, place=talk.place, conversation=talk.id, public=public, name=name)
    if before.account != talk.account:
        scene.alert(moved, "staff_follows", customer=name, platform=platform(scene, talk.place))
    return moved


def platform(scene: Scene, place: str) -> str:
    """Return what the platform of a place is called."""
    return reason(scene, "platform_name", platform=place.partition(":")[0])


def queue_of(scene: Scene, queue: str) -> Queue:
    """Return a queue; one that is no more is the default one."""
    catalog = scene.catalog
    return catalog.queues.get(queue) or catalog.queues[catalog.default_queue]


def first_response(scene: Scene, queue: Queue, priority: int = USUAL) -> datetime:
    """Return until when somebody should have answered a case that comes into the queue now; sooner if it is urgent.

    While all who work the queue are away, the time counts from when the first of them is back.
    """
    usual = timedelta(minutes=queue.first_response)
    level = level_of(scene.catalog.levels, priority).first_response
    begins = floors.first_back(scene.floor, queue, scene.catalog.agents, scene.now)
    return by(queue.hours, begins, min(usual, level) if priority < USUAL else usual)


def nobody_here(scene: Scene, queue: Queue) -> bool:
    """Tell whether the queue is open, and all who work it are away."""
    people = scene.catalog.agents
    there = floors.present(scene.floor, queue, people, scene.now)
    return is_open(queue.hours, scene.now) and not there and bool(floors.behind(queue, people))


def note_away(scene: Scene, agent: str, gone: floors.Away | None) -> None:
    """Note until when an agent is away, or that they are there."""
    scene.note_fact(f"{floors.AWAY}:{agent}", encode(gone).decode() if gone else "")


def promised(scene: Scene, case: Case) -> str:
    """Return the time that the customer was given, in words; empty if there is none."""
    return scene.time(case.promise) if case.promise and not case.untold else ""


def owner(scene: Scene, case: Case) -> str:
    """Return the name of the case's owner, for staff; empty if there is none."""
    agent = scene.catalog.agents.get(case.assignee)
    return agent.name if agent else case.assignee


def called(scene: Scene, case: Case, agent: str = "") -> str:
    """Return the name by which the customer knows an agent, or else the case's owner; empty if there is none."""
    return naming.shown(scene.catalog, agent or case.assignee, case.queue)


def named(scene: Scene, case: Case) -> str:
    """Return the same for texts that name the team, too: empty where customers know agents by no name of their own."""
    return naming.person(scene.catalog, case.assignee, case.queue)


def way_back(scene: Scene, case: Case) -> list[Choice]:
    """Return the button that closes a case and goes on with the bot; none where only people may close it."""
    apart = scene.careful or case.left_to_people
    return [] if apart else [scene.choice_text("back_to_bot", "choice_back_to_bot")]


def supervisors(scene: Scene) -> list[Agent]:
    """Return the supervisors who are there."""
    return floors.supervisors(scene.catalog.agents.values(), scene.floor, scene.now)


def is_own(agent: Agent, accounts: Iterable[str]) -> bool:
    """Tell whether the agent is the customer, too."""
    return not spelled(accounts).isdisjoint(agent.accounts)


def may_act(scene: Scene, case: Case, agent: Agent, text: str = "") -> bool:
    """Tell whether an agent works on a case, or may begin to; if not, they read what they can do instead.

    `text` is what they wanted to say: words of a form are gone otherwise.
    """
    if rights.acts(case, agent, scene.catalog.queues):
        return True
    scene.rule("not_theirs")
    told = {"agent": agent.name, "owner": owner(scene, case), "team": queue_of(scene, case.queue).name, "text": text}
    scene.alert(case, "staff_not_yours", **told, takeable=case.open and not case.locked)
    return False


def end_live(scene: Scene, case: Case, agent: str = "") -> Case:
    """Return a case of which no more is sent that is written in its thread; where it was so far, that is said there."""
    now = scene.case(case.number)
    if now and now.live:  # in the room where its owner has it, whichever it goes to
        scene.alert(now, "staff_live_off", agent=agent)
    return replace(case, live=False)


def not_the_owner(scene: Scene, case: Case, agent: Agent) -> None:
    """Say who owns the case, and that only they may do this."""
    scene.rule("not_the_owner")
    scene.alert(case, "staff_not_owner", agent=agent.name, owner=owner(scene, case))


def decided_in(scene: Scene, frame: Frame) -> Case | None:
    """Return the case on which a flow waits for somebody's decision, while it is open."""
    sort, _, number = frame.waiting.partition(":")
    case = scene.case(int(number)) if sort == "case" else None
    return case if case and case.open else None


def offer_in(scene: Scene, frame: Frame) -> Case | None:
    """Return the case whose offer a flow asks about, while that stands."""
    flow, decision = scene.flow_of(frame), frame.slots.get("decision")
    asks = flow is not None and not frame.waiting and isinstance(flow.steps.get(frame.step), Offer)
    case = scene.case(decision["case"]) if asks and isinstance(decision, dict) else None
    return case if case and case.open and case.offered else None


def drop_offer(scene: Scene, case: Case) -> Case:
    """Take an offer off the table: the flow that asks about it is left, with those that it is a part of."""
    talks = (talk if talk.id != scene.talk.id else scene.talk for talk in scene.conversations())
    offers = ((frame, offer_in(scene, frame)) for talk in talks for frame in talk.frames)
    if frames := [frame for frame, offered in offers if offered and offered.number == case.number]:
        scene.let_go(case.number, frames)
        scene.withdraw_offer()
    scene.cancel_timer(offer_key(case))
    return scene.change_case(case.number, offered=None)


def offer_key(case: Case) -> str:
    """Return the key of the deadline by which an offer is called to mind, and then over."""
    return f"offer:{case.number}"
