"""Templates and conditions: Jinja2's sandbox, compiled once, strict about names.

A template is content, written by an admin; what a customer typed is only ever a value in it, escaped on its way into
the markup. Conditions are the same language's expressions. Compilation is remembered by source text, so a flow that
was edited while people are in it keeps working from its stored source.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from babel.numbers import format_currency
from jinja2 import (
    Environment,
    StrictUndefined,
    Template,
    TemplateAssertionError,
    TemplateError,
    nodes,
    pass_context,
)
from jinja2.environment import TemplateExpression
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from bot.dialog.markup import Marked, escape
from bot.dialog.values.contacts import postcode

Values = Mapping[str, Any]
_LONG = 400  # letters of a template
_SATURDAY, _MOST_DAYS = 5, 366


class RenderError(Exception):
    """A template or condition that could not be evaluated with the values at hand."""


def render(source: str, values: Values) -> Marked:
    """Fill a template; the result is neutral markup. Raises RenderError, naming what is missing."""
    try:
        return Marked(_template(source).render(values).strip())
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise RenderError(f"{type(error).__name__}: {error}") from error


def evaluate(source: str, values: Values) -> Any:
    """Return the value of an expression. Raises RenderError, naming what is missing."""
    try:
        value = _expression(source)(**values)
        if isinstance(value, StrictUndefined):
            str(value)  # raises, and names what is missing
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise RenderError(f"{type(error).__name__}: {error}") from error
    return value


@lru_cache(maxsize=20_000)
def names(source: str) -> frozenset[str]:
    """Return the names that a template needs. Raises TemplateError where it does not parse.

    Only long ones are compiled, since Python may refuse them: a shop has thousands, of which a day needs a few.
    """
    if len(source) > _LONG:
        _template(source)
    parsed = _ENVIRONMENT.parse(source)
    try:
        return frozenset(find_undeclared_variables(parsed))
    except TemplateAssertionError as error:  # an unknown filter; it would name a file that is none
        raise TemplateError(str(error.message).rstrip(".")) from None


def expression_names(source: str) -> frozenset[str]:
    """Return the names that an expression needs. Raises TemplateError where it does not parse."""
    _expression(source)
    return names("{{ (" + source + ") }}")


@lru_cache(maxsize=20_000)
def _template(source: str) -> Template:
    return _ENVIRONMENT.from_string(source)


@lru_cache(maxsize=20_000)
def _expression(source: str) -> TemplateExpression:
    return _ENVIRONMENT.compile_expression(source, undefined_to_none=False)


# --- filters and functions that content may use -----------------------------------------------------------------------


def _number(value: object) -> Decimal:
    value = value["amount"] if isinstance(value, Mapping) else value
    try:
        return Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None


def as_date(value: object, zone: str) -> date:
    """Return the day of a date, a moment in the zone, or their written form."""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


@pass_context
def _money(context: Context, value: object, currency: str = "") -> str:
    """Show an amount: in the currency that is named, or its own, or where an order is spoken of, the order's."""
    held = value if isinstance(value, Mapping) else context.get("order")
    currency = currency or (held.get("currency", "") if isinstance(held, Mapping) else "")
    return format_currency(_number(value), currency or context["currency"], locale=context["locale"])


@pass_context
def _day(context: Context, value: object) -> str:
    when = as_date(value, context["zone"])
    return format_skeleton("MMMMEEEEd", when, locale=context["locale"])


@pass_context
def _days_since(context: Context, value: object) -> int:
    return (as_date(context["now"], context["zone"]) - as_date(value, context["zone"])).days


@pass_context
def _working_days(context: Context, value: object) -> str:
    """Return the day so many working days from now, as the world of banks counts: Monday to Friday."""
    day, left = as_date(context["now"], context["zone"]), min(int(_number(value)), _MOST_DAYS)
    while left > 0:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day.isoformat()


def listing(value: Iterable[Mapping[str, Any]]) -> str:
    """Name things that were picked: "2 × Sage mug, Blue enamel kettle"."""
    return ", ".join(counted(each.get("quantity", 1), each.get("name", each.get("label", ""))) for each in value)


def counted(quantity: int, name: object) -> str:
    """Return a name with how many there are of it, if it is more than one."""
    return f"{quantity} \u00d7 {name}" if quantity > 1 else str(name)


def _pieces(value: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return things that were picked as actions want them: each one's code, and how many of it."""
    return [{"code": each["code"], "quantity": each.get("quantity", 1)} for each in value]


def _cost(value: Iterable[Mapping[str, Any]]) -> Decimal:
    """Return what things that were picked cost together, exactly."""
    return sum((_number(each["price"]) * each.get("quantity", 1) for each in value), Decimal(0))


def sentence(value: object) -> str:
    """Return words that begin with a capital."""
    text = str(value)
    return text[:1].upper() + text[1:]


class _Exact(NodeTransformer):
    """Makes exact decimals of numbers with a point, so that sums of money stay exact."""

    def visit_Const(self, node: nodes.Const) -> nodes.Expr:
        if not isinstance(node.value, float):
            return node
        digits = nodes.Const(repr(node.value), lineno=node.lineno, environment=node.environment)
        return nodes.Filter(digits, "number", [], [], None, None, lineno=node.lineno, environment=node.environment)


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, in which `order.items` is what the order holds under "items", not a dict's method, and 0.1 is
    exactly that: a decimal, as money is."""

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        return super()._generate(_Exact().visit(source), name, filename, defer_init)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a mapping's value before its attribute."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def _shown(value: object) -> str:
    """Escape a value; one that is missing stops the text, so that nobody reads "None"."""
    if value is None:
        raise TypeError("a value that the text shows is missing")
    return escape(value)


def _environment() -> Environment:
    made = _Sandbox(undefined=StrictUndefined, finalize=_shown, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    made.filters.update(money=_money, day=_day, number=_number, listing=listing, pieces=_pieces, cost=_cost)
    made.filters["days_since"] = _days_since
    made.filters["working_days"] = _working_days
    made.filters["sentence"] = sentence
    made.filters["postcode"] = postcode
    for unwanted in ("float", "random", "safe", "tojson", "pprint", "xmlattr", "urlize", "forceescape", "escape", "e"):
        made.filters.pop(unwanted, None)
    made.globals.clear()
    return made


_ENVIRONMENT = _environment()
