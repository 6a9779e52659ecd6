"""Texts of content files as their models have them, and how strict those are."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

Short = Annotated[str, StringConstraints(min_length=1, max_length=75, strip_whitespace=True)]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Words = Annotated[list[Phrase], Field(max_length=500)]

STRICT = ConfigDict(extra="forbid", frozen=True, strict=False)  # no unknown keys
