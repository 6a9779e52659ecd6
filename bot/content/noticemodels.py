"""What handoff/ may say on telling customers when their orders move."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from bot.content.fields import SPAN, STRICT, Duration, Id


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
