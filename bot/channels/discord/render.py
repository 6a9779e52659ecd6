"""Effects as Discord's JSON: messages, controls, cards, forms; pure, and within the platform's limits for any words.

Controls carry in their custom id all that is needed to understand a press, so they work after any restart:

    c:<choice id>   a choice            f:<form id>   opens a form      m:<form id>   a form that is sent
    g:<act>:<about> a button of a post                h:<act>:<about> words for it
    s:<do>:<case>   a button of a card  w:<do>:<case> words for it      p, q          the panel, and what it asks
    s:undo:<case>:<reply>               takes a reply back              n:<case>      snippets for a reply
    s:live:<case>:<on or off>           the switch that sends all
    t:<kind>        a notice to many, filled in
    b               the shelves of /help              e:<shelf>         the answers on one
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from bot.channels import noticeform
from bot.channels.casework import (
    WORDS_NEEDED,
    case_choices,
    case_title,
    clocks,
    notes,
    offered,
    post_choices,
    words_asked,
)
from bot.channels.casework import ending as ended
from bot.channels.decisions import COUNTER, checklist, fields
from bot.channels.discord.markdown import LONGEST, escaped, pieces
from bot.channels.words import fitting, heading, label, shortened, wanted, word
from bot.desk.broadcast import NoticeKind
from bot.desk.case import Case
from bot.dialog.catalog import Catalog, Entry
from bot.dialog.effects import Choice, Field, Form, Post, Say, TellStaff
from bot.dialog.markup import escape, plain
from bot.dialog.topics import Category

Json = dict[str, Any]

ROW, BUTTON, SELECT, INPUT, LABEL = 1, 2, 3, 4, 18
GREY, GREEN, RED, BLUE = 2, 3, 4, 1
NO_PREVIEWS, ONLY_FOR_YOU = 1 << 2, 1 << 6
NOBODY: Json = {"parse": []}
PER_ROW, ROWS, OPTIONS = 5, 5, 25
_TYPED, _NOTES = 4_000, 2_000
_ID, _LABEL, _OPTION, _TITLE = 100, 80, 100, 45
_WHOLE, _EMBED, _FIELD, _FIELD_NAME, _FIELDS = 5_900, 3_000, 300, 100, 25

_STYLES = {"claim": BLUE, "approve": GREEN, "decline": RED, "reply": BLUE}
_COLOURS = {"waiting": 0xE67E22, "owned": 0x3498DB, "resolved": 0x2ECC71}
NOTICE = "t"
FILE = "📎 "  # before the name of a file that did not pass
_MARKS = {"note": "📝 ", "alert": "⚠️ ", "customer": "", "bot": "", "agent": ""}


# --- messages ---------------------------------------------------------------------------------------------------------


def said(text: str, controls: Sequence[Json] = (), *, author: str = "", left_out: Sequence[str] = ()) -> list[Json]:
    """Return neutral markup as messages, the controls under the last; files that may not pass are named."""
    name = f"*{escape(' '.join(author.split()))}:* " if author.strip() else ""
    files = "".join(f"\n{FILE}{escape(shortened(each, 100))}" for each in left_out)
    shown = pieces(name + text + files) or ("…",)
    return [message(each, controls if at + 1 == len(shown) else ()) for at, each in enumerate(shown)]


def message(content: str, controls: Sequence[Json] = (), embeds: Sequence[Json] = ()) -> Json:
    """Return a message that mentions nobody and unfurls nothing. An edit with it takes away what it does not have."""
    return {
        "content": content,
        "components": list(controls),
        "embeds": list(embeds),
        "allowed_mentions": NOBODY,
        "flags": 0 if embeds else NO_PREVIEWS,
    }


def calling(bodies: list[Json], people: Sequence[str]) -> list[Json]:
    """Return bodies of which the first calls these people, and nobody else."""
    if not people:
        return bodies
    called = message(" ".join(f"<@{each}>" for each in people))
    called["allowed_mentions"] = {"parse": [], "users": list(people)}
    whole = f"{called['content']} {bodies[0]['content']}"
    if len(whole) > LONGEST:
        return [called, *bodies]
    return [{**bodies[0], "content": whole, "allowed_mentions": called["allowed_mentions"]}, *bodies[1:]]


def naming(body: Json, names: Sequence[str]) -> Json:
    """Return a body that names files too: in its content, or in an embed where that is full."""
    lines = "\n".join(FILE + escaped(shortened(each, 100)) for each in names)
    content = f"{body['content']}\n{lines}".strip()
    if len(content) <= LONGEST:
        return {**body, "content": content}
    return {**body, "embeds": [*body["embeds"], {"description": lines[:_EMBED]}], "flags": 0}


def named(content: str) -> list[str]:
    """Return the lines with names of files with which a message ends."""
    lines = content.split("\n")
    end = next((at for at, line in enumerate(reversed(lines)) if not line.startswith(FILE)), len(lines))
    return lines[len(lines) - end :]


def kept(bodies: Sequence[Json], lines: Sequence[str]) -> list[Json]:
    """Return messages that end with these lines of markdown, which stood there before."""
    said = "\n".join(lines)
    content = f"{bodies[-1]['content']}\n{said}".strip()
    if len(content) <= LONGEST:
        return [*bodies[:-1], {**bodies[-1], "content": content}]
    return [*(bodies[:-1]), {**bodies[-1], "components": []}, {**bodies[-1], "content": said[:LONGEST]}]


def say(effect: Say, catalog: Catalog, left_out: Sequence[str] = ()) -> list[Json]:
    """Return what a customer is to see."""
    shown = controls(effect.choices, effect.form, catalog)
    return said(effect.unmarked or effect.text, shown, author=effect.author, left_out=left_out)


def staff_line(effect: TellStaff, catalog: Catalog, left_out: Sequence[str] = (), about: str = "") -> list[Json]:
    """Return a line of a case's thread; one that stands elsewhere says which case it is about."""
    mark = _MARKS[effect.kind]
    author = "" if effect.kind == "alert" else effect.author
    name = f"*{escape(' '.join(author.split()))}:* " if author.strip() else ""
    head = f"*{escape(about)}*\n" if about else ""
    undo = [button(f"s:undo:{effect.case}:{effect.undo}", label(catalog, "act_undo", _LABEL))] if effect.undo else []
    return said(head + mark + name + (effect.unmarked or effect.text), rows(undo), left_out=left_out)


def post(shown: Post, catalog: Catalog) -> list[Json]:
    """Return what stands in a staff room by itself: where its customer is, what it says, what can be done."""
    ids = [(f"g:{act}:{shown.about}", act, text) for act, text in post_choices(shown.acts, catalog)]
    styles = {"send": GREEN, "answer": BLUE}
    buttons = [button(id, text, styles.get(act, GREY)) for id, act, text in ids if len(id) <= _ID]
    bodies = said(shown.text, rows(buttons))
    if not shown.of:
        return bodies
    first = message("📍" + _place(shown.of, catalog))
    room = LONGEST - len(first["content"]) - 1
    if len(bodies[0]["content"]) > room:
        return [first, *bodies]
    return [{**bodies[0], "content": f"{first['content']}\n{bodies[0]['content']}"}, *bodies[1:]]


def _place(place: str, catalog: Catalog) -> str:
    kind, _, where = place.partition(":")
    if kind != "discord":
        return f" {escaped(kind)}"
    parent, _, thread = where.rpartition("/")
    return f" <#{parent}>" if parent and thread else f" {escaped(label(catalog, 'post_direct', 60))}"


# --- controls ---------------------------------------------------------------------------------------------------------


def controls(choices: Sequence[Choice], form: Form | None, catalog: Catalog) -> list[Json]:
    """Return buttons in rows, or menus when there are more choices than buttons fit."""
    opener = [button(f"f:{_fitting(form.id)}", label(catalog, "ui_open_form", _LABEL), BLUE)] if form else []
    unique = list({choice_id(choice): choice for choice in choices}.values())
    if len(unique) + len(opener) <= PER_ROW * ROWS:
        return rows([*opener, *(button(choice_id(choice), choice.label) for choice in unique)])
    menus = ROWS - bool(opener)
    options = [option(choice_id(choice), choice.label) for choice in unique[: menus * OPTIONS]]
    prompt = label(catalog, "ui_choose", _OPTION)
    parts = [options[at : at + OPTIONS] for at in range(0, len(options), OPTIONS)]
    return [*rows(opener), *(menu(f"c:{at}", part, prompt) for at, part in enumerate(parts))]


def choice_id(choice: Choice) -> str:
    """Return the custom id of a choice; one that is too long goes by its turn and a digest, see `chosen`."""
    return f"c:{_fitting(choice.id)}"


def _fitting(id: str) -> str:
    return id if len(id) <= _ID - 2 else f"{id.partition('/')[0][:40]}/#{sha256(id.encode()).hexdigest()[:32]}"


def chosen(custom_id: str, offered: Sequence[str]) -> str:
    """Return the id that a custom id stands for, out of those that were offered; else what it says itself."""
    said = custom_id.partition(":")[2]
    return next((id for id in offered if _fitting(id) == said), said)


def button(custom_id: str, shown: str, style: int = GREY) -> Json:
    """Return a button."""
    return {"type": BUTTON, "custom_id": custom_id, "label": shortened(shown, _LABEL) or "…", "style": style}


def option(value: str, shown: str) -> Json:
    """Return an option of a menu."""
    return {"value": value, "label": shortened(shown, _OPTION) or "…"}


def menu(custom_id: str, options: Sequence[Json], prompt: str) -> Json:
    """Return a row with a menu."""
    shown = {"type": SELECT, "custom_id": custom_id, "options": list(options), "placeholder": prompt}
    return {"type": ROW, "components": [shown]}


def rows(buttons: Sequence[Json]) -> list[Json]:
    """Return buttons in rows."""
    return [
        {"type": ROW, "components": list(buttons[at : at + PER_ROW])}
        for at in range(0, min(len(buttons), PER_ROW * ROWS), PER_ROW)
    ]


# --- forms ------------------------------------------------------------------------------------------------------------


def form(asked: Form) -> Json:
    """Return a form as a modal."""
    return modal(f"m:{_fitting(asked.id)}", asked.title, asked.fields)


def counter_for(case: int, catalog: Catalog) -> Json:
    """Return the modal that asks an agent what they offer instead."""
    return modal(f"w:{COUNTER}:{case}", case_title(catalog, case), fields(catalog))


def words_for(do: str, case: int, catalog: Catalog, words: str = "") -> Json:
    """Return the modal that asks an agent for words, or lets them change the given ones."""
    asked = Field(id="text", label=words_asked(catalog, do), required=do in WORDS_NEEDED, long=True)
    shown = modal(f"w:{do}:{case}", case_title(catalog, case), [asked])
    if words:
        shown["components"][0]["component"]["value"] = words[:_TYPED]
    return shown


def ending(case: int, catalog: Catalog) -> Json:
    """Return the modal of the last words, with how the case ended."""
    shown = words_for("resolve", case, catalog)
    options = [option(each.id, each.title) for each in catalog.outcomes.values()][:OPTIONS]
    if options:
        chosen = {"type": SELECT, "custom_id": "outcome", "options": options, "required": False}
        asked = shortened(label(catalog, "ui_outcome", _TITLE), _TITLE)
        shown["components"].append({"type": LABEL, "label": asked, "component": chosen})
    return shown


def words_on(about: str, do: str, text: str, catalog: Catalog) -> Json:
    """Return the modal in which an agent writes what is said instead of a suggestion, or answers what is asked."""
    title = label(catalog, f"act_{do}", _TITLE)
    asked = modal(f"h:{do}:{about}", title, [Field(id="text", label=title, long=True)])
    if text:
        asked["components"][0]["component"]["value"] = text[:4_000]
    return asked


def notice_form(kind: NoticeKind, catalog: Catalog) -> Json:
    """Return the modal in which an agent fills in a notice to many."""
    return modal(f"{NOTICE}:{kind.id}", kind.title, noticeform.fields(kind, catalog))


def panel_form(catalog: Catalog) -> Json:
    """Return the modal that the panel's button opens."""
    asked = Field(id="text", label=label(catalog, "ui_panel_question", _TITLE), long=True)
    return modal("q", label(catalog, "ui_panel_title", _TITLE), [asked])


def modal(custom_id: str, title: str, fields: Sequence[Field]) -> Json:
    """Return a modal of at most five fields."""
    return {
        "custom_id": custom_id,
        "title": shortened(title, _TITLE) or "…",
        "components": [
            {
                "type": LABEL,
                "label": shortened(each.label, _TITLE) or "…",
                "component": {
                    "type": INPUT,
                    "custom_id": each.id,
                    "style": 2 if each.long else 1,
                    "required": each.required,
                },
            }
            for each in fields[:5]
        ],
    }


def sent(components: Sequence[Any]) -> dict[str, str]:
    """Return the values of a modal that was sent: inputs stand in labels, or in rows."""
    found: dict[str, str] = {}
    for each in components:
        for part in (each.get("component"), *(each.get("components") or ())):
            if part and "value" in part:
                found[part["custom_id"]] = str(part["value"] or "")
            elif part and part.get("values"):
                found[part["custom_id"]] = str(part["values"][0])
    return found


# --- cases ------------------------------------------------------------------------------------------------------------


def card(case: Case, catalog: Catalog) -> Json:
    """Return the card of a case; its buttons do what can be done now."""
    buttons = [
        button(_pressed(case, each), each["label"], _STYLES.get(each["id"], GREY))
        for each in case_choices(case, catalog)
    ]
    title = shortened(case_title(catalog, case.number, _plainly(wanted(catalog, case.subject))), 250)
    about = _about(case, catalog)
    known = [(heading(name), value) for name, value in case.facts.items()]
    shown = {
        "title": title,
        "description": about,
        "color": _COLOURS[case.status],
        "fields": _fields([*_standing(case, catalog), *known], _WHOLE - len(title) - len(about)),
    }
    return message("", [*rows(buttons), *_snippets(case, catalog)], [shown])


def _pressed(case: Case, choice: dict[str, str]) -> str:
    words = f":{choice['text']}" if "text" in choice else ""
    return f"s:{choice['id']}:{case.number}{words}"


def _snippets(case: Case, catalog: Catalog) -> list[Json]:
    """Return the menu of ready-made replies, as many as fit, the next best first."""
    options = [option(each.id, each.title) for each in offered(case, catalog)][:OPTIONS]
    return [menu(f"n:{case.number}", options, label(catalog, "ui_snippets", _OPTION))] if options else []


def _fields(facts: Sequence[tuple[str, str]], room: int) -> list[Json]:
    """Return facts as fields: as many as an embed takes, of `room` characters in all."""
    fields: list[Json] = []
    for name, value in facts:
        shown = (escaped(shortened(name, _FIELD_NAME)) or "…", _value(value))
        if sum(map(len, shown)) <= room and len(fields) < _FIELDS:
            fields.append({"name": shown[0], "value": shown[1], "inline": True})
            room -= sum(map(len, shown))
    return fields


def _standing(case: Case, catalog: Catalog) -> list[tuple[str, str]]:
    owner = catalog.agents.get(case.assignee)
    queue = catalog.queues.get(case.queue)
    told = [
        ("Status", case.decision or case.status),
        ("Owner", owner.name if owner else case.assignee),
        ("Queue", queue.name if queue else case.queue),
    ]
    return [(name, value) for name, value in told if value]


def _value(value: str) -> str:
    shown = escaped(shortened(value, _FIELD))
    return shown if shown.strip() else "…"


def _about(case: Case, catalog: Catalog) -> str:
    lines = [f"{_person(case)}{_where(case)}", escaped(shortened(case.reason, 600))]
    lines += [f"{_line(name, 60)} {moment(at.timestamp())}" for name, at in clocks(case, catalog)]
    if case.outcome and not case.open:
        lines.append(escaped(shortened(ended(case, catalog), 300)))
    lines += fitting([_line(line, _FIELD) for line in notes(case, catalog)], _NOTES)
    lines += [_line(each, 110) for each in checklist(case, catalog)]
    lines += [f"> **{escaped(each.who)}:** {escaped(shortened(each.text, 160))}" for each in case.recent[-4:]]
    text = "\n".join(line for line in lines if line.strip())
    return text if len(text) <= _EMBED else text[: _EMBED - 1] + "…"


def _line(text: str, most: int) -> str:
    return escaped(shortened(plain(text), most))


def _person(case: Case) -> str:
    name = f"**{escaped(shortened(case.name or case.customer, 80))}**"
    kind, _, who = case.customer.partition(":")
    return f"{name} (<@{who}>)" if kind == "discord" and who.isdecimal() else name


def _where(case: Case) -> str:
    kind, _, place = case.place.partition(":")
    return f" · <#{place.rpartition('/')[2]}>" if kind == "discord" and "/" in place else f" · {escaped(kind)}"


def _plainly(text: str) -> str:
    """Return text for a title, in which Discord reads markdown too."""
    return escaped(shortened(text, 100))


def moment(timestamp: float) -> str:
    """Return a time that each reader sees in their own zone, and how long it is until then."""
    return f"<t:{int(timestamp)}:f> (<t:{int(timestamp)}:R>)"


# --- what only one person sees, and the panel -------------------------------------------------------------------------


def private(content: str, shown: Sequence[Json] = ()) -> Json:
    """Return an answer that only whoever pressed or asked can see."""
    return {**message(content, shown), "flags": NO_PREVIEWS | ONLY_FOR_YOU}


def panel(catalog: Catalog) -> Json:
    """Return the message with the "Ask for help" button."""
    shown = rows([button("p", label(catalog, "ui_panel_button", _LABEL), BLUE)])
    return message(next(iter(pieces(word(catalog, "ui_panel"))), "…"), shown)


def shelves(catalog: Catalog, categories: Sequence[Category]) -> list[Json]:
    """Return the menus of topics."""
    options = [option(each.id[:_OPTION] or "-", each.title) for each in categories][: ROWS * OPTIONS]
    prompt = label(catalog, "ui_choose", _OPTION)
    parts = [options[at : at + OPTIONS] for at in range(0, len(options), OPTIONS)]
    return [menu(f"b:{at}" if at else "b", part, prompt) for at, part in enumerate(parts[: ROWS - 1])]


def titles(catalog: Catalog, entries: Sequence[Entry], shelf: str) -> list[Json]:
    """Return the menu of answers to pick from."""
    options = [option(each.id, each.title) for each in entries if len(each.id) <= _OPTION][:OPTIONS]
    return [menu(f"e:{shelf}"[:_ID], options, label(catalog, "ui_choose", _OPTION))] if options else []
