"""What stands in a mapping file: expressions over an outside system's answers, and texts with values in them.

`answer.order.total` is what an answer has there; what it does not have is nothing (None), not an error. A text that is
one expression, `"{{ item.quantity }}"`, keeps that one's type; in an address, values are quoted. {each, fields} is a
list, with one for each of a list, which is called `it`.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from jinja2 import ChainableUndefined, TemplateError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

Values = Mapping[str, Any]
_WHOLE = re.compile(r"\{\{((?:(?!\{\{|\}\}).)*)\}\}", re.DOTALL)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which `answer.items` is what the answer has under "items", not a method."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a mapping's value before its attribute."""
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


class Expressions:
    """Evaluates a mapping's expressions; `tables` translate words, days are those of `zone`."""

    def __init__(self, tables: Mapping[str, Mapping[str, str]], zone: str) -> None:
        self._tables = tables
        self._zone = ZoneInfo(zone)
        self._inside = Sandbox(undefined=ChainableUndefined, autoescape=False)
        self._inside.filters.update(through=self._through, minor=_minor, date=self._date, base64=_base64)
        self._inside.globals.clear()

    def fault(self, source: str, *, text: bool) -> str:
        """Return what is wrong with an expression, or with a text that has some in it; empty if nothing is."""
        try:
            self._inside.from_string(source) if text else self._inside.compile_expression(source)
        except TemplateError as error:
            return str(error)
        return ""

    def value(self, source: str, values: Values) -> Any:
        """Return what an expression comes to; None for what is not there."""
        found = self._inside.compile_expression(source, undefined_to_none=False)(**values)
        return None if isinstance(found, Undefined) else found

    def holds(self, source: str, values: Values) -> bool:
        """Tell whether a condition holds; an empty one does not."""
        return bool(source) and bool(self.value(source, values))

    def filled(self, source: Any, values: Values) -> Any:
        """Return a body with the values in it; a key whose value is nothing is left out."""
        match source:
            case {"each": str() as each, "fields": fields}:
                every = self.value(each, values) or []
                return [self.filled(fields, {**values, "it": one}) for one in every]
            case dict():
                kept = {name: self.filled(each, values) for name, each in source.items()}
                return {name: each for name, each in kept.items() if each is not None}
            case list():
                return [self.filled(each, values) for each in source]
            case str() if whole := _WHOLE.fullmatch(source.strip()):
                return self.value(whole[1], values)
            case str() if "{{" in source or "{%" in source:
                return self._inside.from_string(source).render(**values)
            case _:
                return source

    def built(self, source: Any, values: Values) -> Any:
        """Return what a tree of expressions comes to; {each, if, fields} is a list with one for each of a list."""
        if isinstance(source, str):
            return self.value(source, values)
        if "each" in source:
            every = [{**values, "it": one} for one in self.value(source["each"], values) or []]
            return [self.built(source["fields"], one) for one in every if self.holds(source.get("if", "true"), one)]
        built = {name: self.built(each, values) for name, each in source.items()}
        return {name: value for name, value in built.items() if value is not None}

    def address(self, source: str, values: Values) -> str:
        """Return an address with the values in it, each quoted."""
        return _WHOLE.sub(lambda each: quote(str(self.value(each[1], values)), safe=""), source)

    def _through(self, value: Any, table: str) -> str:
        words = self._tables[table]
        if str(value) in words:
            return words[str(value)]
        if "else" in words:
            return words["else"]
        raise ValueError(f"table '{table}' has no '{str(value)[:40]}'")

    def _date(self, value: Any) -> date | None:
        """Return the day of a time in the shop's zone: ISO 8601, or seconds since 1970."""
        if value in (None, "") or isinstance(value, Undefined):
            return None
        if isinstance(value, int | Decimal):
            return datetime.fromtimestamp(int(value), UTC).astimezone(self._zone).date()
        text = str(value)
        if len(text) == len("2027-03-03"):
            return date.fromisoformat(text)
        when = datetime.fromisoformat(text)
        return when.astimezone(self._zone).date() if when.tzinfo else when.date()


def _base64(value: Any) -> str:
    """Return a text as the scheme "Basic" wants it."""
    return b64encode(str(value).encode()).decode()


def _minor(value: Any, currency: str = "GBP") -> Decimal:
    """Return an amount in cents, pence, yen … as one in pounds, dollars, yen …"""
    try:
        return Decimal(str(value)).scaleb(-get_currency_precision(currency))
    except InvalidOperation:
        raise ValueError(f"an amount is of type {type(value).__name__}") from None
