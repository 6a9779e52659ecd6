"""What the sections of handoff/ about people's decisions become: goodwill, tiers, the ending of a relationship."""

from collections.abc import Callable
from datetime import timedelta

from bot.content.decisionmodels import EndingModel, GoodwillModel, IdentityModel, MarkModel, TierModel
from bot.content.models import parse_span
from bot.content.noticemodels import NewsReplyModel, NoticeKindModel, NoticesModel
from bot.desk.broadcast import NoticeKind, Reply
from bot.desk.grants import Cap, Goodwill
from bot.desk.marks import Mark
from bot.desk.notices import Notices
from bot.desk.standing import Check
from bot.dialog.catalog import Identity, Parting, Tier
from bot.dialog.flow import Wording
from bot.durations import duration
from bot.knowledge import normalise


def identity(model: IdentityModel) -> Identity:
    """Return how customers show that an order is theirs."""
    return Identity(by=model.by, remember=_minutes(model.remember), guesses=model.guesses, pause=_minutes(model.pause))


def goodwill(model: GoodwillModel) -> Goodwill:
    """Return the caps and periods."""
    caps: dict[str, Cap] = {
        role: Cap(per_case=cap.per_case, per_customer=cap.per_customer) for role, cap in model.caps.items()
    }
    return Goodwill(caps=caps, period=duration(model.period), expires=duration(model.expires))


def tier(name: str, model: TierModel, said: Wording | None, welcome: Wording | None) -> Tier:
    """Return a tier."""
    return Tier(
        id=name,
        title=model.title,
        priority=model.priority,
        owners=tuple([model.owner] if isinstance(model.owner, str) else model.owner or ()),
        queue=model.queue or "",
        alert=model.alert,
        tell=tuple(model.tell),
        customers=frozenset(model.customers),
        join=tuple(map(normalise, model.join)),
        say=said,
        welcome=welcome,
    )


def mark(name: str, model: MarkModel) -> Mark:
    """Return what can be noticed of customers."""
    return Mark(id=name, title=model.title, kind=model.kind, advice=model.advice or "", pattern=model.pattern)


def parting(model: EndingModel) -> Parting:
    """Return the checklist of an ending."""
    salvage = tuple(Check(id=each.id, text=each.text, salvage=True) for each in model.salvage)
    return Parting(role=model.role, checks=(*salvage, *(Check(id=each.id, text=each.text) for each in model.steps)))


def _minutes(text: str) -> int:
    return int(duration(text).total_seconds() // 60)


def notices(model: NoticesModel, at: Callable[..., str]) -> Notices:
    """Return how orders are watched, and what many can be told; `at` says where something of it is written."""
    return Notices(
        every=duration(model.every),
        day=parse_span(model.day),
        lasts=duration(model.lasts),
        missing=model.missing or "",
        replies={news: tuple(map(_news_reply, each)) for news, each in model.replies.items()},
        check_in=duration(model.check_in) if model.check_in else None,
        pause=timedelta(seconds=model.pause),
        kinds={name: _kind(name, each, at("kinds", name)) for name, each in model.kinds.items()},
        asking=tuple(normalise(each) for each in model.asking),
        stop=tuple(normalise(each) for each in model.stop),
        short=model.short,
    )


def _news_reply(model: NewsReplyModel) -> Reply:
    return Reply(do="flow" if model.flow else "person", label=model.label, flow=model.flow or "")


def _kind(name: str, model: NoticeKindModel, at: str) -> NoticeKind:
    replies = (
        Reply(do="flow", label=each.label, flow=each.flow) if each.flow else Reply(do=each.do, label=each.label)
        for each in model.replies
    )
    return NoticeKind(
        id=name,
        title=model.title,
        text=model.text,
        role=model.role,
        slots=tuple(model.slots),
        second=model.second,
        confirm=duration(model.confirm) if model.confirm else None,
        priority=model.priority,
        replies=tuple(replies),
        at=at,
    )
