"""Templates and conditions: content's own language, in which a customer's words are values and nothing else."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import TemplateError

from bot.dialog.markup import Marked, parse, plain
from bot.dialog.template import RenderError, evaluate, expression_names, names, render

VALUES = {
    "customer": "Ana",
    "now": datetime(2026, 1, 5, 23, 30, tzinfo=UTC),
    "locale": "en_GB",
    "zone": "Europe/Berlin",
    "currency": "GBP",
}


def filled(source: str, **values: object) -> str:
    return render(source, {**VALUES, **values})


# --- values -----------------------------------------------------------------------------------------------------------


def test_a_template_is_filled_and_trimmed() -> None:
    assert filled("  Hello {{ customer }}!\n") == "Hello Ana!"


def test_the_templates_own_markup_stays_and_the_values_is_taken_literally() -> None:
    assert filled("*{{ words }}*", words="*a*") == "*\\*a\\**"
    assert plain(filled("*{{ words }}*", words="*a*")) == "*a*"


@settings(deadline=None)
@given(st.text())
def test_whatever_a_customer_types_is_shown_as_typed(words: str) -> None:
    assert plain(filled("»{{ words }}«", words=words)) == f"»{words}«"


@settings(deadline=None)
@given(st.text())
def test_whatever_a_customer_types_makes_no_markup(words: str) -> None:
    tree = parse(filled("x {{ words }} {{ words }}", words=words))
    assert all(isinstance(node, str) or type(node).__name__ == "Break" for node in tree)


@pytest.mark.parametrize(
    "words",
    ["{{ 7*7 }}", "{% for a in b %}", "{# gone #}", "{{ customer.__class__ }}", "{{", "}}", "{% raw %}", "${7*7}",
     "{{ self }}", "{%- endif -%}"],
)  # fmt: skip
def test_a_customers_words_are_never_a_template(words: str) -> None:
    assert plain(filled("You wrote: {{ words }}", words=words)) == f"You wrote: {words}"
    assert evaluate("words", {"words": words}) == words


def test_words_that_passed_a_filter_are_still_escaped() -> None:
    assert plain(filled("{{ words | upper }}", words="*a*")) == "*A*"
    assert plain(filled("{{ words ~ '!' }}", words="*a*")) == "*a*!"
    assert plain(filled("{{ [words, words] | join(', ') }}", words="_a_")) == "_a_, _a_"


def test_a_text_that_is_markup_already_is_put_in_as_it_is() -> None:
    assert filled("{{ promise }}", promise=Marked("by *noon*")) == "by *noon*"


def test_the_filter_that_would_skip_escaping_is_not_there() -> None:
    for name in ("safe", "e", "escape", "forceescape", "tojson", "xmlattr", "urlize", "random", "pprint"):
        with pytest.raises(TemplateError, match="No filter named"):
            names(f"{{{{ words | {name} }}}}")


def test_a_mapping_gives_its_value_before_its_method() -> None:
    order = {"items": ["lamp"], "values": 3, "keys": "k", "get": "g"}
    assert (
        filled("{{ order.items[0] }} {{ order.values }} {{ order.keys }} {{ order.get }}", order=order) == "lamp 3 k g"
    )


# --- strict -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source", ["{{ nobody }}", "{{ customer.nothing }}", "{{ order['x'] }}", "{% if nobody %}a{% endif %}",
               "{% for a in nobody %}{% endfor %}", "{{ nobody ~ 'x' }}", "{{ nobody.deep.er }}"]
)  # fmt: skip
def test_a_name_that_is_not_there_is_an_error(source: str) -> None:
    with pytest.raises(RenderError, match="Undefined"):
        filled(source, order={})


def test_a_missing_value_is_never_shown() -> None:
    with pytest.raises(RenderError, match="missing"):
        filled("It comes on {{ day }}.", day=None)
    assert filled("It comes{% if day %} on {{ day }}{% endif %}.", day=None) == "It comes."


def test_the_error_names_what_is_missing() -> None:
    with pytest.raises(RenderError, match="'promise' is undefined"):
        filled("{{ promise }}")
    with pytest.raises(RenderError, match="'promise' is undefined"):
        evaluate("promise", {})


def test_a_condition_may_ask_whether_a_name_is_there() -> None:
    assert evaluate("promise is defined", {}) is False
    assert evaluate("promise is defined", {"promise": 1}) is True
    assert filled("{% if promise is defined %}a{% else %}b{% endif %}") == "b"


@pytest.mark.parametrize("source", ["1 / 0", "'a' + 1", "[][3]", "{}['x']", "'a' | number", "now | money"])
def test_an_expression_that_cannot_be_worked_out_is_an_error(source: str) -> None:
    with pytest.raises(RenderError):
        evaluate(source, VALUES)


@pytest.mark.parametrize("source", ["{{ a", "{{ a }", "{% if a %}", "{{ a b }}", "{% nonsense %}", "{{ a | }}"])
def test_a_template_that_does_not_parse_is_told_when_it_is_checked(source: str) -> None:
    with pytest.raises(TemplateError):
        names(source)


@pytest.mark.parametrize("source", ["a ==", "(a", "a b", "", "a }} b", "a | nonsense"])
def test_an_expression_that_does_not_parse_is_told_when_it_is_checked(source: str) -> None:
    with pytest.raises(TemplateError):
        expression_names(source)


def test_the_names_that_a_template_needs_are_those_that_it_does_not_set() -> None:
    source = "{% set a = b %}{{ a }}{% for each in c %}{{ each }}{% endfor %}{{ d.e }}"
    assert names(source) == {"b", "c", "d"}
    assert expression_names("a.b > 3 and c in ['x']") == {"a", "c"}


# --- the sandbox ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ customer.__class__.__mro__ }}",
        "{{ customer['__class__'] }}",
        "{{ customer | attr('__class__') }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ now.__init__.__globals__ }}",
        "{{ '%s'.__mod__ }}",
        "{{ '{0.__class__}'.format(customer) }}",
        "{{ '{0.__class__}' | format(customer) | length and ''.__class__ }}",
        "{{ self.__init__ }}",
        "{{ range(10**9) }}",
        "{{ lipsum() }}",
        "{{ cycler('a') }}",
        "{{ joiner() }}",
        "{{ namespace() }}",
        "{{ dict(a=1) }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends 'a' %}",
        "{{ order.update({'a': 1}) }}",
        "{{ items.append(1) }}",
    ],
)
def test_the_sandbox_refuses(source: str) -> None:
    with pytest.raises((RenderError, TemplateError)):
        filled(source, order={"number": "1"}, items=[1])


def test_there_are_no_globals() -> None:
    assert names("{{ range }}{{ dict }}{{ lipsum }}{{ cycler }}{{ joiner }}{{ namespace }}") == {
        "range", "dict", "lipsum", "cycler", "joiner", "namespace",
    }  # fmt: skip


def test_a_template_changes_none_of_its_values() -> None:
    order = {"number": "12345", "items": ["lamp"]}
    for source in ("order.clear()", "order.pop('number')", "order.items.append(1)", "order.setdefault('a', 1)"):
        with pytest.raises(RenderError):
            evaluate(source, {"order": order})
    assert order == {"number": "12345", "items": ["lamp"]}


# --- filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ 1234.5 | money }}", "£1,234.50"),
        ("{{ '1,234.50' | money }}", "£1,234.50"),
        ("{{ price | money }}", "£19.90"),
        ("{{ '2026-01-09' | day }}", "Friday 9 January"),
        ("{{ due | day }}", "Friday 9 January"),
        ("{{ now | day }}", "Tuesday 6 January"),
        ("{{ '2026-01-01' | days_since }}", "5"),
        ("{{ '3.5' | money('EUR') }}", "€3.50"),
        ("{{ {'amount': '3.5', 'currency': 'EUR'} | money }}", "€3.50"),
        ("{{ '3' | number + 4 }}", "7"),
    ],
)
def test_filters_write_money_and_days_as_the_shop_does(source: str, text: str) -> None:
    assert plain(filled(source, price=Decimal("19.9"), due=date(2026, 1, 9))).replace(",", "") == text.replace(",", "")


def test_days_are_counted_in_the_shops_zone() -> None:
    late = datetime(2026, 1, 5, 22, 30, tzinfo=UTC)
    assert evaluate("'2026-01-05' | days_since", {**VALUES, "now": late}) == 0
    assert evaluate("'2026-01-05' | days_since", {**VALUES, "now": late.replace(hour=23)}) == 1


@pytest.mark.parametrize("source", ["'a' | money", "'soon' | day", "none | days_since", "'' | number"])
def test_filters_refuse_what_is_no_amount_or_day(source: str) -> None:
    with pytest.raises(RenderError):
        evaluate(source, VALUES)


def test_numbers_with_a_point_are_exact() -> None:
    assert evaluate("0.1 + 0.2", {}) == Decimal("0.3")
    assert evaluate("'67.00'|number * 0.1", {}) == Decimal("6.700")
    assert filled("{{ ('0.70'|number * 1.1)|money }}") == "£0.77"
    with pytest.raises(TemplateError):
        expression_names("'1.10'|float")


def test_what_was_picked_costs_its_pieces_together_exactly() -> None:
    picked = [{"price": "12.50", "quantity": 2}, {"price": "0.10"}]
    assert filled("{{ picked|cost|money }}", picked=picked) == "£25.10"
