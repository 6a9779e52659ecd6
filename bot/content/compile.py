"""From the models of YAML files to the engine's own structures."""

from itertools import pairwise
from typing import assert_never

from bot.content.flowmodels import (
    ApproveModel,
    AskModel,
    CallModel,
    CheckInModel,
    ConfirmModel,
    DecideModel,
    EndModel,
    FlowModel,
    FormModel,
    GrantModel,
    HandoffModel,
    NoteModel,
    OfferModel,
    OptionModel,
    RefuseModel,
    SayModel,
    SetModel,
    StepModel,
    SubFlowModel,
    WatchModel,
)  # fmt: skip
from bot.content.models import EntryModel, FaqFile
from bot.content.policymodels import PolicyStepModel, RefusalModel
from bot.content.yamlfile import Located, Path_
from bot.dialog import flow as compiled
from bot.dialog.catalog import Entry
from bot.dialog.flow import Branch, Flow, FormField, Option, Step, Wording, versioned
from bot.dialog.markup import escape
from bot.durations import duration


def wording(text: str | list[str], at: str) -> Wording:
    """Return the variants of a text."""
    return Wording(variants=(text,) if isinstance(text, str) else tuple(text), at=at)


def compile_entry(name: str, file: FaqFile, located: Located, path: Path_) -> Entry:
    """Return an FAQ entry; a date that it does not say is its file's."""
    model = file.entries[name]
    return Entry(
        id=name,
        kind=model.kind,
        title=model.title,
        answer=_with_links(model, located.at(*path)),
        topics=tuple(model.topics),
        category=model.category or "",
        simpler=wording(model.simpler, located.at(*path, "simpler")) if model.simpler else None,
        flow=model.flow or "",
        cheerful=model.cheerful,
        check=model.check,
        owner=model.owner or "",
        verified=model.verified_on,
        visibility="draft" if model.status == "draft" else model.visibility,
        review_every=duration(model.review_every) if model.review_every else None,
        begins=model.from_ or file.from_,
        ends=model.until or file.until,
        promotes=model.promotes,
        leaves=model.leaves,
        at=located.at(*path),
    )


def _with_links(model: EntryModel, at: str) -> Wording:
    """Return the answer with its links as bullets below."""
    links = "".join(f"\n- [{escape(link.label)}]({_in_markup(link.url)})" for link in model.links)
    answer = wording(model.answer, at)
    return Wording(variants=tuple(text + links for text in answer.variants), at=at)


def _in_markup(url: str) -> str:
    """Return an address that neither ends the markup's link early nor is taken for a template."""
    return url.translate({ord(sign): f"%{ord(sign):02X}" for sign in "()[]{}"})


def compile_flow(name: str, model: FlowModel, located: Located, path: Path_) -> Flow:
    """Return a flow; a step without `then` goes on with the one written after it."""
    ids = list(model.steps)
    following = dict(pairwise(ids))
    steps: dict[str, Step] = {}
    for step_id, step in model.steps.items():
        where = (*path, "steps", step_id)
        then = getattr(step, "then", None) or following.get(step_id, "")
        steps[step_id] = _step(step_id, step, then, located, where)
    flow = Flow(
        id=name,
        title=model.title,
        steps=steps,
        first=ids[0],
        topics=tuple(model.topics),
        category=model.category or "",
        private=model.private,
        fleeting=model.fleeting,
        changeable=model.changeable,
        while_waiting=model.while_waiting,
        amid=model.amid,
        needs=tuple(model.needs),
        at=located.at(*path),
    )
    return versioned(flow)


def _options(models: list[OptionModel]) -> tuple[Option, ...]:
    return tuple(Option(value=m.value, label=m.label, phrasings=tuple(m.phrasings), then=m.then or "") for m in models)


def _refusal(words: RefusalModel, verdict: str) -> str:
    """Return a refusal as one text: feeling first, wish second, limit third, then why, and what can be done instead."""
    why = words.why or f"{{{{ {verdict}.rule }}}} {{{{ {verdict}.why }}}}"
    no = f"{words.feeling} {words.wish} {words.limit} {why}"
    each = f"{{% for each in {verdict}.alternatives %}}\n- {{{{ each.say }}}}\n{{% endfor %}}"
    return f"{no}\n\n{words.instead}\n{each}\n\n{words.question}"


def _step(name: str, model: StepModel, then: str, located: Located, path: Path_) -> Step:
    at = located.at(*path)

    def said(text: str | list[str]) -> Wording:
        return wording(text, at)

    def maybe(text: str | list[str] | None) -> Wording | None:
        return wording(text, at) if text else None

    match model:
        case SayModel():
            return compiled.Say(id=name, at=at, then=then, text=said(model.say))
        case AskModel():
            return compiled.Ask(
                id=name,
                at=at,
                then=then,
                slot=model.ask,
                type=model.type,
                text=said(model.say),
                again=maybe(model.again),
                options=_options(model.options),
                options_from=model.options_from or "",
                check=model.check or "",
                otherwise=maybe(model.otherwise),
                factual=model.factual,
                rating=model.rating,
                assume=model.assume,
                matter=model.matter,
            )
        case FormModel():
            fields = tuple(FormField(**each.model_dump()) for each in model.fields)
            title, again = model.form, maybe(model.again)
            return compiled.FormStep(
                id=name, at=at, then=then, title=title, text=said(model.say), fields=fields, again=again
            )
        case OfferModel():
            return compiled.Offer(
                id=name,
                at=at,
                then=then,
                text=said(model.offer),
                options=_options(model.options),
                again=maybe(model.again),
                bargain=model.bargain,
            )
        case RefuseModel():
            return compiled.Offer(
                id=name,
                at=at,
                then=then,
                text=said(_refusal(model.refuse, model.verdict)),
                options=_options(model.options),
                again=maybe(model.again),
                options_from=f"{model.verdict}.alternatives",
                refuses=model.verdict,
            )
        case ConfirmModel():
            again = maybe(model.again)
            return compiled.Confirm(
                id=name, at=at, then=then, text=said(model.confirm), yes=model.yes, no=model.no, again=again
            )
        case CallModel():
            return compiled.CallStep(
                id=name,
                at=at,
                then=then,
                action=model.call,
                args=dict(model.args),
                into=model.into or "",
                results=dict(model.results),
                failed=model.failed,
            )
        case DecideModel():
            branches = tuple(
                Branch(when=branch.if_ or "", then=branch.then or branch.else_ or "") for branch in model.decide
            )
            return compiled.Decide(id=name, at=at, branches=branches)
        case PolicyStepModel():
            return compiled.PolicyStep(
                id=name,
                at=at,
                policies=(model.policy,) if isinstance(model.policy, str) else tuple(model.policy),
                into=model.into,
                allowed=model.allowed,
                refused=model.refused,
                exception=model.exception or "",
                each=model.each or "",
                some=model.some or "",
            )
        case SetModel():
            return compiled.SetStep(id=name, at=at, then=then, values=dict(model.set))
        case ApproveModel():
            return compiled.Approve(
                id=name,
                at=at,
                role=model.approve,
                queue=model.queue or "",
                subject=model.subject,
                text=said(model.say),
                within=int(duration(model.within).total_seconds() // 60),
                approved=model.approved,
                declined=model.declined,
                countered=model.countered or "",
            )
        case GrantModel():
            return compiled.GrantStep(id=name, at=at, then=then, do=model.grant)
        case HandoffModel():
            return compiled.Handoff(
                id=name,
                at=at,
                queue=model.handoff,
                reason=model.reason,
                subject=model.subject or "",
                text=maybe(model.say),
                reopen=model.reopen or "",
                urgent=model.urgent,
                supervisor=model.supervisor,
            )
        case NoteModel():
            return compiled.Note(id=name, at=at, then=then, text=model.note, feedback=model.feedback or "")
        case CheckInModel():
            after = int(duration(model.check_in).total_seconds() // 60)
            more = {"before": model.before or "", "since": model.since or "", "begins": model.begins or ""}
            return compiled.CheckIn(id=name, at=at, then=then, after=after, about=model.about, **more)
        case WatchModel():
            return compiled.WatchStep(id=name, at=at, then=then, slot=model.watch, text_to=model.text_to or "")
        case SubFlowModel():
            return compiled.SubFlow(id=name, at=at, then=then, flow=model.flow)
        case EndModel():
            return compiled.End(id=name, at=at, outcome=model.end, text=maybe(model.say))
        case _:
            assert_never(model)
