"""What people decide about customers, beyond one case: goodwill, care, blocks, tiers and the rest, each in its rule."""

from typing import assert_never

from bot.dialog import blocking, caring, casebook, granting, marking, needing, parting, promoting, working
from bot.dialog.events import (
    CareSwitched,
    CaseArgued,
    CustomerBlocked,
    CustomerMarked,
    CustomerUnblocked,
    DayNeeded,
    EndingMoved,
    GoodwillGiven,
    GrantRevoked,
    GrantUsed,
    TierGiven,
)  # fmt: skip
from bot.dialog.markup import escape
from bot.dialog.scene import Scene

Act = (
    GoodwillGiven
    | GrantUsed
    | GrantRevoked
    | CaseArgued
    | CareSwitched
    | CustomerBlocked
    | CustomerUnblocked
    | EndingMoved
    | DayNeeded
    | TierGiven
    | CustomerMarked
)
_ALSO_CLOSED = GrantUsed | GrantRevoked | CustomerUnblocked | TierGiven | EndingMoved | CustomerMarked


def act(scene: Scene, event: Act) -> None:
    """Take what somebody decided; what their role or the case's state forbids is answered in the thread."""
    found = working.entered(scene, event)
    if found is None:
        return
    case, agent = found
    if not case.open and not isinstance(event, _ALSO_CLOSED):
        scene.rule("case_is_closed")
        scene.alert(case, "staff_closed", agent=agent.name, role=case.role)
        return
    match event:
        case GoodwillGiven() | CustomerBlocked() | DayNeeded() if not casebook.may_act(scene, case, agent):
            pass
        case GoodwillGiven():
            granting.give(scene, case, agent, event)
        case GrantUsed():
            granting.use(scene, case, agent, event)
        case GrantRevoked():
            granting.revoke(scene, case, agent, event)
        case CaseArgued():
            scene.rule("argued")
            argued = scene.change_case(case.number, argument=event.text)
            scene.tell_staff(argued, "note", escape(event.text), author=agent.name, message=event.message)
        case CareSwitched():
            caring.switch(scene, case, agent, event)
        case CustomerBlocked():
            blocking.block(scene, case, agent, event)
        case CustomerUnblocked():
            blocking.unblock(scene, case, agent, event)
        case EndingMoved():
            parting.move(scene, case, agent, event)
        case DayNeeded():
            needing.need(scene, case, agent, event)
        case TierGiven():
            promoting.give(scene, case, agent, event)
        case CustomerMarked():
            marking.mark(scene, case, agent, event)
        case _:
            assert_never(event)
