"""Limits of components, in messages (rows of controls, or the second kind of layout) and in modals. Pure checks."""

from typing import Any

from tests.wire.discord.errors import Form, fields
from tests.wire.discord.shown import walk

Json = dict[str, Any]

ROW, BUTTON, SELECT, INPUT, SECTION, TEXT, THUMBNAIL, GALLERY, FILE, LINE = 1, 2, 3, 4, 9, 10, 11, 12, 13, 14
CONTAINER, LABEL, UPLOAD, RADIO, CHECKS, CHECK = 17, 18, 19, 21, 22, 23
SELECTS = (3, 5, 6, 7, 8)
LINK, PREMIUM = 5, 6

_KEYS: dict[int, frozenset[str]] = {
    ROW: frozenset(("components",)),
    BUTTON: frozenset(("style", "label", "emoji", "custom_id", "sku_id", "url", "disabled")),
    INPUT: fields("custom_id style label min_length max_length required value placeholder"),
    SECTION: frozenset(("components", "accessory")),
    TEXT: frozenset(("content",)),
    THUMBNAIL: frozenset(("media", "description", "spoiler")),
    GALLERY: frozenset(("items",)),
    FILE: frozenset(("file", "spoiler")),
    LINE: frozenset(("divider", "spacing")),
    CONTAINER: frozenset(("components", "accent_color", "spoiler")),
    LABEL: frozenset(("label", "description", "component")),
    UPLOAD: frozenset(("custom_id", "min_values", "max_values", "required")),
    RADIO: frozenset(("custom_id", "options", "required")),
    CHECKS: frozenset(("custom_id", "options", "min_values", "max_values", "required")),
    CHECK: frozenset(("custom_id", "default")),
}
_SELECT_KEYS = fields(
    "custom_id options channel_types placeholder default_values min_values max_values disabled required"
)
_OPTION = frozenset(("label", "value", "description", "emoji", "default"))
_TOP_V2 = (ROW, SECTION, TEXT, GALLERY, FILE, LINE, CONTAINER)
_IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, LINE)
_IN_LABEL = (INPUT, *SELECTS, UPLOAD, RADIO, CHECKS, CHECK)


def check_components(form: Form, path: str, components: object, *, v2: bool) -> None:
    """Hold a message's components to the limits of its kind."""
    if components is None:
        return
    top = form.count(path, components, 40 if v2 else 5)
    everything = list(walk(top))
    if v2:
        if len(everything) > 40:
            form.wrong(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "Must be 40 or fewer in total.")
        if sum(len(item.get("content") or "") for item in everything if item.get("type") == TEXT) > 4000:
            form.wrong(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "Displayable text must be 4000 or fewer.")
    _unique(form, path, everything)
    for at, item in enumerate(top):
        _check(form, f"{path}.{at}", item, _TOP_V2 if v2 else (ROW,))


def _unique(form: Form, path: str, everything: list[Json]) -> None:
    ids = [item["custom_id"] for item in everything if item.get("custom_id")]
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        form.wrong(path, "COMPONENT_CUSTOM_ID_DUPLICATED", f"Component custom id cannot be duplicated: {twice}")
    numbers = [item["id"] for item in everything if item.get("id")]
    if len(numbers) != len(set(numbers)):
        form.wrong(path, "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")


def _check(form: Form, path: str, item: Any, allowed: tuple[int, ...]) -> None:
    kind = item.get("type") if isinstance(item, dict) else None
    if kind not in allowed:
        form.wrong(f"{path}.type", "UNION_TYPE_CHOICES", f"Value of field 'type' must be one of {allowed}.")
        return
    keys = _SELECT_KEYS if kind in SELECTS else _KEYS[kind]
    form.known(path, {k: v for k, v in item.items() if k not in ("type", "id")}, keys)
    if "custom_id" in keys and (kind != BUTTON or item.get("custom_id") is not None):
        if not item.get("custom_id"):
            form.wrong(f"{path}.custom_id", "BASE_TYPE_REQUIRED", "This field is required")
        form.length(f"{path}.custom_id", item.get("custom_id"), 100)
    if kind == ROW:
        _row(form, path, item, allowed)
    elif kind == BUTTON:
        _button(form, path, item)
    elif kind in SELECTS:
        _select(form, path, item)
    elif kind == INPUT:
        _input(form, path, item)
    elif kind == SECTION:
        for at, child in enumerate(form.count(f"{path}.components", item.get("components") or [], 3, 1)):
            _check(form, f"{path}.components.{at}", child, (TEXT,))
        _check(form, f"{path}.accessory", item.get("accessory"), (BUTTON, THUMBNAIL))
    elif kind == TEXT:
        form.length(f"{path}.content", item.get("content") or "", 4000, 1)
    elif kind in (THUMBNAIL, FILE):
        _media(form, path, item.get("media" if kind == THUMBNAIL else "file"), local=kind == FILE)
    elif kind == GALLERY:
        for at, child in enumerate(form.count(f"{path}.items", item.get("items") or [], 10, 1)):
            form.length(f"{path}.items.{at}.description", child.get("description"), 1024)
            _media(form, f"{path}.items.{at}", child.get("media"), local=False)
    elif kind == CONTAINER:
        for at, child in enumerate(form.count(f"{path}.components", item.get("components") or [], 40, 1)):
            _check(form, f"{path}.components.{at}", child, _IN_CONTAINER)
    elif kind in (RADIO, CHECKS):
        _options(form, path, item, 10, 2 if kind == RADIO else 1)
    elif kind == UPLOAD:
        _span(form, path, item, 10, 10)


def _row(form: Form, path: str, item: Json, allowed: tuple[int, ...]) -> None:
    children = form.count(f"{path}.components", item.get("components") or [], 5, 1)
    inside = (INPUT,) if allowed == _MODAL else (BUTTON, *SELECTS)
    for at, child in enumerate(children):
        _check(form, f"{path}.components.{at}", child, inside)
    if len(children) > 1 and any(isinstance(c, dict) and c.get("type") != BUTTON for c in children):
        form.wrong(f"{path}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the width")


def _button(form: Form, path: str, item: Json) -> None:
    form.among(f"{path}.style", item.get("style"), (1, 2, 3, 4, 5, 6))
    form.length(f"{path}.label", item.get("label"), 80)
    if item.get("style") == LINK:
        form.length(f"{path}.url", item.get("url") or "", 512, 1)
        if item.get("custom_id"):
            form.wrong(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be.")
    elif item.get("style") != PREMIUM and not item.get("custom_id"):
        form.wrong(f"{path}.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id required")
    if item.get("style") != PREMIUM and not item.get("label") and not item.get("emoji"):
        form.wrong(path, "BUTTON_COMPONENT_INVALID", "A button must have a label or an emoji")


def _span(form: Form, path: str, item: Json, most: int, options: int) -> None:
    least, top = item.get("min_values"), item.get("max_values")
    low, high = 1 if least is None else least, 1 if top is None else top
    if not 0 <= low <= most:
        form.wrong(f"{path}.min_values", "NUMBER_TYPE_MAX", f"int value should be between 0 and {most}.")
    if not 1 <= high <= most or high > options:
        form.wrong(f"{path}.max_values", "COMPONENT_SELECT_MAX_VALUES", f"Must be 1 to {min(most, options)}.")
    if low > high:
        form.wrong(f"{path}.min_values", "BASE_TYPE_MIN_MAX", "min_values must not exceed max_values.")


def _options(form: Form, path: str, item: Json, most: int, least: int) -> None:
    options = form.count(f"{path}.options", item.get("options") or [], most, least)
    for at, option in enumerate(options):
        here = f"{path}.options.{at}"
        form.known(here, option, _OPTION)
        form.length(f"{here}.label", option.get("label") or "", 100, 1)
        form.length(f"{here}.value", option.get("value") or "", 100, 1)
        form.length(f"{here}.description", option.get("description"), 100)
    values = [option.get("value") for option in options]
    if len(values) != len(set(values)):
        form.wrong(f"{path}.options", "COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
    if item.get("type") != RADIO:
        _span(form, path, item, most, len(options) or most)


def _select(form: Form, path: str, item: Json) -> None:
    form.length(f"{path}.placeholder", item.get("placeholder"), 150)
    if item["type"] == SELECT:
        _options(form, path, item, 25, 1)
    else:
        _span(form, path, item, 25, 25)
        form.count(f"{path}.default_values", item.get("default_values"), 25)


def _input(form: Form, path: str, item: Json) -> None:
    form.among(f"{path}.style", item.get("style"), (1, 2))
    least, most = item.get("min_length") or 0, item.get("max_length")
    if not 0 <= least <= 4000:
        form.wrong(f"{path}.min_length", "NUMBER_TYPE_MAX", "int value should be between 0 and 4000.")
    if most is not None and not max(1, least) <= most <= 4000:
        form.wrong(f"{path}.max_length", "NUMBER_TYPE_MAX", "int value should be between 1 and 4000.")
    form.length(f"{path}.value", item.get("value"), most or 4000)
    form.length(f"{path}.placeholder", item.get("placeholder"), 100)


def _media(form: Form, path: str, media: Any, *, local: bool) -> None:
    url = (media or {}).get("url") or ""
    if not url.startswith("attachment://" if local else ("attachment://", "http://", "https://")):
        form.wrong(f"{path}.url", "URL_TYPE_INVALID_SCHEME", f"Not a URL that may stand here: {url!r}.")


_MODAL = (ROW, LABEL, TEXT)


def check_modal(form: Form, path: str, data: Json) -> None:
    """Hold a modal to its limits: title 45, one to five components, labels 45, a custom_id for all."""
    form.known(path, data, frozenset(("custom_id", "title", "components")))
    form.length(f"{path}.title", data.get("title") or "", 45, 1)
    form.length(f"{path}.custom_id", data.get("custom_id") or "", 100, 1)
    top = form.count(f"{path}.components", data.get("components") or [], 5, 1)
    _unique(form, f"{path}.components", list(walk(top)))
    for at, item in enumerate(top):
        here = f"{path}.components.{at}"
        _check(form, here, item, _MODAL)
        if item.get("type") == LABEL:
            form.length(f"{here}.label", item.get("label") or "", 45, 1)
            form.length(f"{here}.description", item.get("description"), 100)
            _check(form, f"{here}.component", item.get("component"), _IN_LABEL)
            if (item.get("component") or {}).get("label"):
                form.wrong(
                    f"{here}.component.label", "BASE_TYPE_BAD_VALUE", "The label belongs to the Label around it."
                )
        elif item.get("type") == ROW:
            form.count(f"{here}.components", item.get("components"), 1, 1)
            for child in item.get("components") or []:
                form.length(f"{here}.components.0.label", child.get("label") or "", 45, 1)


def numbered(components: list[Json]) -> list[Json]:
    """Copy components as the platform stores them: each with an id of its own."""
    taken = {item["id"] for item in walk(components) if item.get("id")}
    fresh = (number for number in range(1, 10_000) if number not in taken)

    def copy(item: Json) -> Json:
        made = {key: value for key, value in item.items() if value is not None}
        made["id"] = item.get("id") or next(fresh)
        if "components" in item:
            made["components"] = [copy(child) for child in item["components"]]
        for key in ("accessory", "component"):
            if key in made:
                made[key] = copy(made[key])
        return made

    return [copy(item) for item in components]
