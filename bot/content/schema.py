"""The JSON Schemas of the three kinds of content file, made from the models that check them."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from bot.content.flowmodels import FlowFile
from bot.content.models import FaqFile, HandoffFile, Model

SCHEMAS: dict[str, type[Model]] = {"faqs": FaqFile, "flows": FlowFile, "handoff": HandoffFile}


def schema(folder: str) -> str:
    """Return the schema for a folder's files, as text to be written to <folder>/schema.json."""
    made = SCHEMAS[folder].model_json_schema(by_alias=True)
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = f"A file in {folder}/"
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


@cache
def keys_of(model: type[Model]) -> frozenset[str]:
    """Return every key that a file of this model may have anywhere, for did-you-mean."""
    return frozenset(_property_names(model.model_json_schema(by_alias=True)))


def _property_names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for inner in node.values():
            yield from _property_names(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _property_names(inner)
