"""The words of Block Kit's grammar, whose sentences stand in `blocks`.

A `Rule` looks at one value and reports what Slack would refuse, with the JSON pointer that Slack names.
"""

import re
from collections.abc import Callable
from typing import Any

Rule = Callable[[Any, str, "Report"], None]


class Report:
    """Problems found in one payload, and what has to be unique or summed across it."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.block_ids: set[str] = set()
        self.action_ids: set[str] = set()
        self.length = 0
        self.has_input = False
        self.focused = 0

    def add(self, where: str, what: str) -> None:
        """Note one problem at a JSON pointer."""
        self.problems.append(f"{what} [json-pointer:{where}]")


def string(most: int, least: int = 1) -> Rule:
    """Expect a string of `least` to `most` characters."""

    def rule(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add(where, "must provide a string")
        elif len(value) > most:
            report.add(where, f"must be less than {most + 1} characters")
        elif len(value.strip()) < least:
            report.add(where, f"must be more than {least - 1} characters")

    return rule


def text(most: int, *, kinds: tuple[str, ...] = ("plain_text",)) -> Rule:
    """Expect a text object; most places take plain text only."""

    def rule(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(where, "must provide an object")
            return
        if value.get("type") not in kinds:
            report.add(f"{where}/type", f"must be a valid enum value: {', '.join(kinds)}")
            return
        allowed = {"type", "text", "emoji"} if value["type"] == "plain_text" else {"type", "text", "verbatim"}
        for name in value.keys() - allowed:
            report.add(where, f"invalid additional property: {name}")
        string(most)(value.get("text"), f"{where}/text", report)
        if isinstance(value.get("text"), str):
            report.length += len(value["text"])

    return rule


def mrkdwn(most: int) -> Rule:
    """Expect a text object of either kind."""
    return text(most, kinds=("plain_text", "mrkdwn"))


def boolean(value: Any, where: str, report: Report) -> None:
    """Expect true or false."""
    if not isinstance(value, bool):
        report.add(where, "must be a boolean")


def true(value: Any, where: str, report: Report) -> None:
    """Expect nothing particular."""


def number(least: int, most: int) -> Rule:
    """Expect a whole number in a range."""

    def rule(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.add(where, "must be an integer")
        elif not least <= value <= most:
            report.add(where, f"must be between {least} and {most}")

    return rule


def one_of(*values: str) -> Rule:
    """Expect one of a few words."""

    def rule(value: Any, where: str, report: Report) -> None:
        if value not in values:
            report.add(where, f"must be a valid enum value: {', '.join(values)}")

    return rule


def matching(pattern: str) -> Rule:
    """Expect a string of a certain form."""
    form = re.compile(pattern)

    def rule(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, str) or not form.fullmatch(value):
            report.add(where, "does not match the required format")

    return rule


def many(rule: Rule, least: int, most: int) -> Rule:
    """Expect a list of `least` to `most` items."""

    def each(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add(where, "must provide an array")
            return
        if len(value) > most:
            report.add(where, f"no more than {most} items allowed")
        elif len(value) < least:
            report.add(where, f"no fewer than {least} items allowed")
        for index, item in enumerate(value):
            rule(item, f"{where}/{index}", report)

    return each


def shape(fields: dict[str, Rule], *required: str) -> Rule:
    """Expect an object with these fields and no others."""

    def rule(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(where, "must provide an object")
            return
        for name, content in value.items():
            check = fields.get(name)
            if check is None:
                report.add(where, f"invalid additional property: {name}")
            else:
                check(content, f"{where}/{name}", report)
        for name in required:
            if name not in value:
                report.add(where, f"missing required field: {name}")

    return rule


def kinds(table: dict[str, Rule], *allowed: str) -> Rule:
    """Expect an object whose `type` is one of `allowed` (all of the table if none are named)."""
    names = allowed or tuple(table)

    def rule(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, dict) or "type" not in value:
            report.add(where, "missing required field: type")
        elif value["type"] not in names:
            report.add(f"{where}/type", f"unsupported type: {value['type']}")
        else:
            table[value["type"]](value, where, report)

    return rule


def either(rule: Rule, *names: str) -> Rule:
    """Ask for exactly one of a few fields."""

    def both(value: Any, where: str, report: Report) -> None:
        rule(value, where, report)
        if isinstance(value, dict) and sum(name in value for name in names) != 1:
            report.add(where, f"must have exactly one of: {', '.join(names)}")

    return both
