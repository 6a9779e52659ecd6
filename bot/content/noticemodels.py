"""What handoff/ may say on telling customers something: when their orders move, and many of them at once."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from bot.content.fields import SPAN, STRICT, Duration, Id, Phrase, Short, Text


class NoticeReplyModel(BaseModel):
    """A button below a notice to many."""

    model_config = STRICT

    label: Short
    do: Literal["ok", "person"] = Field(
        default="ok", description="ok: they have read it; person: a case with the notice's priority."
    )
    flow: Id | None = Field(
        default=None, description="Or a flow that it begins, with the order's number if there is one."
    )


class NoticeKindModel(BaseModel):
    """Something that staff may tell many customers at once."""

    model_config = STRICT

    title: Short
    text: Text = Field(
        description="May show the slots, and customer, orders, items, tracking, action_needed, which may be empty."
    )
    slots: list[Id] = Field(default=[], max_length=8, description="What whoever sends it fills in, all of it.")
    role: Literal["agent", "supervisor", "admin"] = Field(default="supervisor", description="Who may send it.")
    second: bool = Field(default=False, description="Whether somebody else has to say yes too.")
    confirm: Duration | None = Field(
        default=None, description="Who has not answered by then is listed for staff; left out: nobody has to."
    )
    priority: Annotated[int, Field(ge=1, le=5, description="Of cases that come of it; 1 is the most urgent.")] = 3
    replies: list[NoticeReplyModel] = Field(default=[], max_length=4)


class NewsReplyModel(BaseModel):
    """A button below news of one order: what can be done about it."""

    model_config = STRICT

    label: Short
    do: Literal["person"] | None = Field(default=None, description="person: a case.")
    flow: Id | None = Field(default=None, description="Or a flow that it begins, with the order's number.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.do) == bool(self.flow):
            raise ValueError("has to have either 'flow' or 'do: person'. Name one of them.")
        return self


NewsKind = Literal["shipped", "en_route", "delayed", "early", "new_date", "action"]


class NoticesModel(BaseModel):
    """How orders are watched for customers who want to be told when they move."""

    model_config = STRICT

    every: Duration = Field(default="4h", description="How often an order is looked at.")
    day: Annotated[str, StringConstraints(pattern=SPAN)] = Field(
        default="08:00-20:00", description="Between these times, in the shop's zone; at night nobody is told anything."
    )
    lasts: Duration = Field(default="30d", description="How long an order is watched at most.")
    missing: Id | None = Field(
        default=None,
        description="The flow that \"it's not here\" begins, with the order's number; left out: no button.",
    )
    replies: dict[NewsKind, Annotated[list[NewsReplyModel], Field(min_length=1, max_length=3)]] = Field(
        default={}, description="Buttons below news of an order that is not over, by what the news is."
    )
    check_in: Duration | None = Field(
        default=None, description="So long after a parcel came, the bot asks how it went; left out: never."
    )
    pause: Annotated[
        float, Field(ge=0.1, le=60, description="Seconds between two customers who are told the same.")
    ] = 1
    kinds: dict[Id, NoticeKindModel] = Field(default={}, description="What many can be told at once: !notice weather …")
    asking: list[Phrase] = Field(default=[], description='Right below such a notice: "is mine affected?"')
    short: Annotated[int, Field(ge=70, le=1000, description="Letters that news by text message may have.")] = 160
    stop: list[Phrase] = Field(default=[], description="Right below such a notice: no more of them, please.")
