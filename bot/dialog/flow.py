"""A compiled flow: steps as plain data, ready to be walked and stored.

The YAML form and its checks are in `bot.content`; the interpreter is in `bot.dialog.steps`. A flow's `version` is the
hash of its stored form. Texts are template sources, conditions are expression sources.
"""

import hashlib
from typing import Any, Literal, assert_never

import msgspec
from msgspec import Struct, field

SlotType = Literal[
    "text", "choice", "choices", "yes_no", "number", "money", "date", "address", "email", "phone", "order", "items",
    "photo", "file", "time",
]  # fmt: skip


class Wording(Struct, frozen=True, kw_only=True):
    """Ways to say one thing, taken in turn so that none comes twice running; `at` is where they are written."""

    variants: tuple[str, ...]
    at: str = ""


class Option(Struct, frozen=True, kw_only=True):
    """Something to choose: the value kept, the button's label, other ways to say it, and where to go then.

    `quantity` is how many there are of it; more than one only of things that are worked out, such as an order's items.
    `day` is the day of a time that was worked out, such as one for a delivery.
    """

    value: str
    label: str
    phrasings: tuple[str, ...] = ()
    then: str = ""
    quantity: int = 1
    day: str = ""


class Branch(Struct, frozen=True, kw_only=True):
    """An arm of a decision: an expression (empty for "else") and the step it leads to."""

    when: str
    then: str


class _Step(Struct, frozen=True, kw_only=True, tag_field="kind", tag=str.lower):
    """What every step has: the id that was written, where, and the step that follows."""

    id: str
    at: str = ""
    then: str = ""


class Say(_Step, frozen=True, kw_only=True):
    """Tell the customer something and go on."""

    text: Wording


class Ask(_Step, frozen=True, kw_only=True):
    """Ask for a slot and wait; `again` are the re-asks, `check` must hold, else `otherwise` is said.

    How a `factual` answer sounds means nothing: it is a name, an address or a code. That of a `rating` is 1 to 5.
    What is assumed is taken where nothing was said of it, so that it is not asked. A `matter` is what the flow is
    about: it is taken from the words that wish for the flow.
    """

    slot: str
    type: SlotType
    text: Wording
    again: Wording | None = None
    options: tuple[Option, ...] = ()
    options_from: str = ""
    check: str = ""
    otherwise: Wording | None = None
    factual: bool = False
    rating: bool = False
    assume: str = ""
    matter: bool = False


class FormField(Struct, frozen=True, kw_only=True):
    """An input of a form step."""

    slot: str
    label: str
    required: bool = True
    long: bool = False


class FormStep(_Step, frozen=True, kw_only=True, tag="form"):
    """Ask for several texts at once and wait."""

    title: str
    text: Wording
    fields: tuple[FormField, ...]
    again: Wording | None = None


class Offer(_Step, frozen=True, kw_only=True):
    """Show alternatives and wait for one of them; `refuses` names the slot of the verdict that a refusal explains.

    A sum that the offer does not name chooses the option `bargain`, also one that a reading back
    leads to with a no; those words are kept in the slot `bid`, and the sum in `bid_sum`.
    """

    text: Wording
    options: tuple[Option, ...]
    again: Wording | None = None
    options_from: str = ""
    refuses: str = ""
    bargain: str = ""


class Confirm(_Step, frozen=True, kw_only=True):
    """Read back what was understood and wait for yes or no."""

    text: Wording
    yes: str
    no: str
    again: Wording | None = None


class CallStep(_Step, frozen=True, kw_only=True, tag="call"):
    """Ask a connector and wait; each result has its branch, and so has failure."""

    action: str
    args: dict[str, str] = field(default_factory=dict)
    into: str = ""
    results: dict[str, str] = field(default_factory=dict)
    failed: str = ""


class Decide(_Step, frozen=True, kw_only=True):
    """Take the first branch whose condition holds."""

    branches: tuple[Branch, ...]


class PolicyStep(_Step, frozen=True, kw_only=True, tag="policy"):
    """Let the shop's policies judge what is known; the verdict is kept in a slot, and each ruling has its branch.

    Where a supervisor's `exception` has none of its own, it counts as refused. `each` names a slot with things, each of
    which is judged by itself; `some` is where to go when some of them are allowed and others are not.
    """

    policies: tuple[str, ...]
    allowed: str
    refused: str
    exception: str = ""
    into: str = "verdict"
    each: str = ""
    some: str = ""


class SetStep(_Step, frozen=True, kw_only=True, tag="set"):
    """Work out slots from expressions."""

    values: dict[str, str]


class Approve(_Step, frozen=True, kw_only=True):
    """Ask somebody with `role` to decide, and wait; `within` is the promise, in minutes. Where nothing else can be
    offered, `countered` is empty."""

    role: str
    queue: str
    subject: str
    text: Wording
    within: int
    approved: str
    declined: str
    countered: str = ""


class GrantStep(_Step, frozen=True, kw_only=True, tag="grant"):
    """The customer took what was offered instead ("given"), or has got what was granted ("used"): record it."""

    do: Literal["given", "used"]


class Handoff(_Step, frozen=True, kw_only=True):
    """Give the conversation to a queue; `reopen` names a slot with the number of an earlier case.

    Staff read `subject` as the case's title, or where it is empty, what the customer wants in their own words. An
    `urgent` one moves up by one; `supervisor` calls supervisors to it. `text` is said when the customer knows who has
    it and by when they answer.
    """

    queue: str
    reason: str
    subject: str = ""
    text: Wording | None = None
    reopen: str = ""
    urgent: bool = False
    supervisor: bool = False


class Note(_Step, frozen=True, kw_only=True):
    """Tell staff something in the thread of the case that slot `case` names; nothing when there is none.

    `feedback` names the slot with what the customer said of the decision in it: that is kept with the case.
    """

    text: str
    feedback: str = ""


class CheckIn(_Step, frozen=True, kw_only=True):
    """Come back to the customer after so many minutes, or so long before or `since` a day, and ask how it went.

    `begins` is the flow that does so; empty for the check-in.
    """

    after: int
    about: str
    before: str = ""
    since: str = ""
    begins: str = ""


class WatchStep(_Step, frozen=True, kw_only=True, tag="watch"):
    """Watch the order whose number is in a slot, and tell the customer when it moves; by text message too."""

    slot: str
    text_to: str = ""


class SubFlow(_Step, frozen=True, kw_only=True, tag="flow"):
    """Walk through another flow, then go on here."""

    flow: str


class End(_Step, frozen=True, kw_only=True):
    """The flow is over, with this outcome."""

    outcome: str
    text: Wording | None = None


Step = (
    Say | Ask | FormStep | Offer | Confirm | CallStep | Decide | PolicyStep | SetStep | Approve | GrantStep | Handoff
    | Note | CheckIn | WatchStep | SubFlow | End
)  # fmt: skip


def ways(step: Step) -> dict[str, str]:
    """Return where a step can lead: by the name of each way out, the step that follows.

    A way is named by the condition, result, ruling, answer or option that takes it; "" is a step's only one, "…" the
    one of all answers, and of what an expression offers, that lead nowhere of their own.
    """
    match step:
        case End() | Handoff():
            return {}
        case Decide():
            return {branch.when or "else": branch.then for branch in step.branches}
        case Confirm():
            return {"yes": step.yes, "no": step.no}
        case Approve():
            countered = {"countered": step.countered} if step.countered else {}
            return {"approved": step.approved, "declined": step.declined, **countered}
        case CallStep():
            return {**step.results, "failed": step.failed}
        case PolicyStep():
            exception = {"exception": step.exception} if step.exception else {}
            some = {"some": step.some} if step.some else {}
            return {"allowed": step.allowed, **some, **exception, "refused": step.refused}
        case Ask():
            own = {option.value: option.then for option in step.options if option.then}
            others = step.options_from or step.type != "choice" or len(own) < len(step.options) or not own
            return {**own, **({"…": step.then} if others else {})}
        case Offer():
            own = {option.value: option.then or step.then for option in step.options}
            return {**own, **({"…": step.then} if step.options_from else {})}
        case Say() | FormStep() | SetStep() | GrantStep() | Note() | CheckIn() | WatchStep() | SubFlow():
            return {"": step.then}
        case _:
            assert_never(step)


class Flow(Struct, frozen=True, kw_only=True):
    """A script with its steps in written order; a private one is not walked where others read along.

    One that `needs` slots is a part of others, which set them; nothing else starts it. A `fleeting` one is over as soon
    as the customer turns to something else. One that only looks something up runs `while_waiting` for people, too. What
    a `changeable` one has done is done otherwise by going through it again. In the middle of some flows, others are
    walked instead of it (`amid`): there it only tells something.
    """

    id: str
    title: str
    steps: dict[str, Step]
    first: str
    topics: tuple[str, ...] = ()
    category: str = ""
    private: bool = True
    fleeting: bool = False
    while_waiting: bool = False
    changeable: bool = False
    needs: tuple[str, ...] = ()
    amid: dict[str, str] = field(default_factory=dict)
    at: str = ""
    version: str = ""


def encode(flow: Flow) -> bytes:
    """Return the stored form of a flow."""
    return msgspec.json.encode(flow, order="deterministic")


def decode(body: bytes) -> Flow:
    """Return the flow of a stored form. Raises msgspec.ValidationError for anything else."""
    return _DECODER.decode(body)


def versioned(flow: Flow) -> Flow:
    """Return the flow with the hash of its contents (not of its place in the file) as version."""
    bare: dict[str, Any] = msgspec.to_builtins(flow)
    bare["version"] = ""
    digest = hashlib.sha256(msgspec.json.encode(_without_places(bare), order="deterministic")).hexdigest()
    return msgspec.structs.replace(flow, version=digest[:16])


def _without_places(value: Any) -> Any:
    match value:
        case dict():
            return {key: _without_places(inner) for key, inner in value.items() if key != "at"}
        case list() | tuple():
            return [_without_places(inner) for inner in value]
        case _:
            return value


_DECODER = msgspec.json.Decoder(Flow)
