"""A customer's accounts come apart again: what was merged across them is taken apart first, and everybody is told."""

from msgspec.structs import replace

from bot.desk.case import Case
from bot.desk.team import Agent, may
from bot.dialog import merging
from bot.dialog.accounts import at_home, own_standing
from bot.dialog.effects import Call
from bot.dialog.scene import Scene
from bot.dialog.state import Conversation

UNLINK = "unlink_accounts"


def unlink_by(scene: Scene, case: Case, agent: Agent) -> None:
    """Take the case's account out of a link: a supervisor may."""
    if not may(agent, "supervisor"):
        scene.rule("not_unlinked")
        scene.alert(case, "staff_unlink_role", agent=agent.name)
    elif not scene.accounts:
        scene.rule("not_unlinked")
        scene.alert(case, "staff_unlink_nothing", agent=agent.name)
    else:
        unlink(scene, case.customer, agent.name)


def unlink(scene: Scene, account: str, by: str) -> None:
    """Take an account out of the link, and tell everybody; what was merged across it is taken apart first."""
    scene.rule("unlinked")
    for case in scene.open_cases():
        for number in case.holds:
            out = scene.case(number)
            if out and (out.customer == account) != (case.customer == account):
                merging.take_out(scene, out, by or scene.catalog.voice.bot)
    for case in scene.open_cases():
        left = tuple(each for each in scene.accounts if (each == account) == (case.customer == account))
        standing = own_standing(scene.standing, left)
        home = at_home(case, [talk for talk in scene.conversations() if talk.account in left])
        changed = scene.put_case(replace(home, accounts=left if len(left) > 1 else (), standing=standing))
        scene.alert(changed, "staff_unlinked", agent=by, account=account)
    for each in scene.accounts:
        if talk := latest(scene, each):
            scene.go_over(talk.id)
            scene.say_text("unlinked")
    if talk := latest(scene, account):
        scene.go_over(talk.id)
    scene.change(linking=scene.call_id())
    args = {"account": account, "at": scene.now.isoformat()}
    scene.effects.append(Call(action=UNLINK, args=args))


def latest(scene: Scene, account: str) -> Conversation | None:
    """Return the private talk of an account in which something was said last."""
    private = [talk for talk in scene.conversations() if talk.account == account and talk.scope == "private"]
    return max(private, key=lambda talk: talk.active_at, default=None)
