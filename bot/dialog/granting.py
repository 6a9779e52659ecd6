"""What customers are given, once: exceptions that were decided, other offers that they took, and goodwill within caps.

An agent's goodwill above the cap opens a case for whoever may give so much. A cap for all that an agent gives to all
customers is not kept: no dossier knows it.
"""

from decimal import Decimal

from msgspec.structs import replace

from bot.desk import money
from bot.desk.case import Case, Deadline, Wanted
from bot.desk.grants import Goodwill, Grant, may_give, role_for
from bot.desk.team import Agent, may
from bot.dialog import caring, casebook, levels
from bot.dialog.events import CaseDecided, GoodwillGiven, GrantRevoked, GrantUsed
from bot.dialog.scene import Scene

_SUBJECT = 140
_KEPT = 50


def give(scene: Scene, case: Case, agent: Agent, event: GoodwillGiven) -> None:
    """Record goodwill within the agent's cap; above it, ask whoever may give so much."""
    if caring.forbids(scene, case, agent):
        return
    currency = scene.catalog.voice.currency
    sum_ = money.exact(event.amount, currency)
    if sum_ is None:
        _no_amount(scene, case, agent, event.amount)
        return
    if not event.text.strip():
        scene.rule("mistyped")
        scene.alert(case, "staff_how_grant", agent=agent.name)
        return
    goodwill, given = scene.catalog.goodwill, _given(scene, case.number)
    wanted = Wanted(what=event.text, amount=str(sum_), currency=currency, by=agent.id, case=case.number)
    if may_give(goodwill, agent.role, sum_, case.number, given, scene.now):
        scene.rule("granted")
        record(scene, case, agent, wanted.what, amount=wanted.amount)
    elif role := role_for(goodwill, sum_, case.number, given, scene.now):
        _ask(scene, case, agent, wanted, role)
    else:
        scene.rule("above_every_cap")
        scene.alert(case, "staff_above_every_cap", agent=agent.name, amount=wanted.amount)


def _no_amount(scene: Scene, case: Case, agent: Agent, amount: money.Amount) -> None:
    scene.rule("no_such_amount")
    currency = scene.catalog.voice.currency
    unit = amount.unit.lower() if money.is_foreign(amount, currency) and len(amount.unit) > 3 else amount.unit
    foreign = unit if money.is_foreign(amount, currency) else ""
    scene.alert(case, "staff_amount", agent=agent.name, currency=currency, unit=foreign)


def _ask(scene: Scene, case: Case, agent: Agent, wanted: Wanted, role: str) -> None:
    """Open a case in which somebody with the role decides; the customer hears nothing of it."""
    scene.rule("asks_for_grant")
    about = casebook.reason(scene, "goodwill_subject", amount=wanted.amount, what=wanted.what)
    asked = scene.new_case(
        kind="approval",
        queue=case.queue,
        role=role,
        subject=about[:_SUBJECT],
        reason=casebook.reason(scene, "reason_goodwill", agent=agent.name, case=case.number),
        priority=2,
        wanted=wanted,
        countering=True,
        argument=case.argument,
        worth=case.worth,
        bought=case.bought,
        earlier=tuple(each.number for each in scene.closed_cases()),
    )
    scene.put_case(levels.opened(scene, asked))
    told = {"amount": wanted.amount, "what": wanted.what, "role": role, "asked": asked.number}
    scene.alert(case, "staff_grant_asked", agent=agent.name, **told)


def decided(scene: Scene, case: Case, agent: Agent, event: CaseDecided) -> None:
    """Go on after a decision on what an agent wanted to give: as asked, what was offered instead, or nothing."""
    wanted = case.wanted
    assert wanted
    at = _about(scene, case)
    if event.approved or event.counter:
        record(scene, at, agent, wanted.what, amount=wanted.amount)
    else:
        scene.alert(at, "staff_grant_declined", agent=agent.name, asked=case.number, reason=event.text)


def _about(scene: Scene, case: Case) -> Case:
    """Return the case for which something is wanted; of one that was merged, the one under which it goes on."""
    found = (scene.case(case.wanted.case) if case.wanted else None) or case
    return (scene.case(found.merged.into) if found.merged else None) or found


def from_flow(scene: Scene, do: str) -> None:
    """Do a flow's grant step: the customer took another offer ("given"), or got what was granted ("used")."""
    slots = scene.talk.frames[-1].slots
    decision = slots.get("decision")
    case = scene.case(decision["case"]) if isinstance(decision, dict) else None
    if case is None or not isinstance(decision, dict):
        return
    grant = _keyed(scene, str(decision.get("grant", "")))
    agent = scene.catalog.agents.get(str(decision.get("agent_id", "")))
    if do == "used" and grant and grant.status(scene.now) == "unused":
        spend(scene, grant, scene.catalog.title(scene.talk.frames[-1].flow))
    elif do == "given" and not grant and agent and decision.get("amount"):
        given = record(scene, case, agent, str(decision["offer"]), amount=str(decision["amount"]))
        scene.change_frame(slots={**slots, "decision": {**decision, "grant": given.key}})


def record(scene: Scene, case: Case, agent: Agent, what: str, *, amount: str = "") -> Grant:
    """Keep something that a customer was given, until it is used or expires."""
    goodwill: Goodwill = scene.catalog.goodwill
    known = scene.standing.grants
    number = max((each.number for each in known), default=0) + 1
    grant = Grant(
        number=number,
        key=f"{case.number}.{number}",
        account=case.customer,
        what=what[:_SUBJECT],
        amount=amount,
        currency=scene.catalog.voice.currency if amount else "",
        by=agent.id,
        role=agent.role,
        case=case.number,
        at=scene.now,
        expires=scene.now + goodwill.expires,
    )
    scene.stand(grants=(*known, grant)[-_KEPT:])
    scene.start_timer("grant", _key(grant), grant.expires, data={"grant": grant.key})
    told = {"agent": agent.name, "grant": grant.number, "what": grant.what, "amount": amount}
    scene.alert(case, "staff_granted", expires=scene.time(grant.expires), **told)
    return grant


def use(scene: Scene, case: Case, agent: Agent, event: GrantUsed) -> None:
    """Mark a grant as used; it can be used once, while it has not expired and was not taken back."""
    grant = _usable(scene, case, agent, event.grant)
    if grant:
        scene.rule("grant_used")
        spend(scene, grant, event.text)
        scene.alert(case, "staff_grant_used", agent=agent.name, grant=grant.number, what=grant.what, reason=event.text)


def spend(scene: Scene, grant: Grant, what_for: str) -> None:
    """Let a grant be used up."""
    _keep(scene, replace(grant, used_at=scene.now, used_for=what_for[:_SUBJECT]))


def revoke(scene: Scene, case: Case, agent: Agent, event: GrantRevoked) -> None:
    """Take a grant back that was not used yet."""
    if not may(agent, "supervisor"):
        scene.rule("role")
        scene.alert(case, "staff_role", agent=agent.name, role="supervisor")
        return
    grant = _usable(scene, case, agent, event.grant)
    if grant:
        scene.rule("grant_revoked")
        _keep(scene, replace(grant, revoked_at=scene.now, revoked_by=agent.id))
        scene.alert(
            case, "staff_grant_revoked", agent=agent.name, grant=grant.number, what=grant.what, reason=event.text
        )


def expired(scene: Scene, deadline: Deadline) -> None:
    """Tell staff that something was not used in time, and the customer where the shop has words for it."""
    grant = _keyed(scene, str(deadline.data.get("grant", "")))
    if grant is None or grant.status(scene.now) != "expired":
        scene.rule("grant_settled")
        return
    scene.rule("grant_expired")
    _keep(scene, replace(grant, lapsed=True))
    values = {"grant": grant.number, "what": grant.what, "amount": grant.amount}
    for case in scene.open_cases():
        scene.alert(case, "staff_grant_expired", **values)
    if scene.catalog.goodwill_expired and not scene.careful:
        scene.say_wording("flow", "goodwill.expired", scene.catalog.goodwill_expired)


def find(scene: Scene, number: int) -> Grant | None:
    """Return one of the customer's grants."""
    return next((grant for grant in scene.standing.grants if grant.number == number), None)


def _keyed(scene: Scene, key: str) -> Grant | None:
    return next((grant for grant in scene.standing.grants if grant.key == key), None)


def _given(scene: Scene, case: int) -> tuple[Grant, ...]:
    """Return all that the customer was given; what was given for cases that a case holds counts as given for it."""
    known = scene.case(case)
    held = known.holds if known else ()
    return tuple(replace(grant, case=case) if grant.case in held else grant for grant in scene.standing.grants)


def offer(scene: Scene, case: Case, agent: Agent, amount: money.Amount) -> Decimal | None:
    """Return what may be offered instead, exactly; None, with why, for an amount that is none or above the cap."""
    currency = scene.catalog.voice.currency
    found = money.exact(amount, currency)
    about = _about(scene, case).number
    if found is None:
        _no_amount(scene, case, agent, amount)
    elif not may_give(scene.catalog.goodwill, agent.role, found, about, _given(scene, about), scene.now):
        scene.rule("above_cap")
        scene.alert(case, "staff_above_cap", agent=agent.name, amount=str(found))
        return None
    return found


def _usable(scene: Scene, case: Case, agent: Agent, number: int) -> Grant | None:
    grant = find(scene, number)
    if grant and grant.status(scene.now) == "unused":
        return grant
    scene.rule("no_such_grant")
    status = casebook.reason(scene, f"grant_{grant.status(scene.now)}") if grant else ""
    scene.alert(case, "staff_no_grant", agent=agent.name, grant=number, status=status)
    return None


def _keep(scene: Scene, grant: Grant) -> None:
    scene.cancel_timer(_key(grant))
    scene.stand(grants=tuple(grant if each.number == grant.number else each for each in scene.standing.grants))


def _key(grant: Grant) -> str:
    return f"grant:{grant.key}"
