"""What people see, as Block Kit's plain values; pure. Within Slack's limits by construction: nothing here is refused.

Controls carry in their value what a press means, so that they work for ever, after a restart too.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.channels import noticeform
from bot.channels.casework import WORDS_NEEDED, case_choices, case_title, clocks, ending, notes, offered, post_choices
from bot.channels.decisions import COUNTER, checklist, fields
from bot.channels.slack.render import LONGEST, bare, escaped, mrkdwn, pieces, shows
from bot.channels.words import fitting, heading, label, shortened, wanted, word
from bot.desk.broadcast import NoticeKind
from bot.desk.case import Case
from bot.dialog.catalog import Catalog
from bot.dialog.effects import Choice, Form, Post, TellStaff
from bot.dialog.markup import plain
from bot.dialog.overview import Overview

Block = dict[str, Any]

# Slack's limits.
LABEL, OPTION_LABEL, OPTION_VALUE, VALUE = 75, 75, 150, 2_000
TITLE, INPUT_LABEL, MOST_INPUTS, MOST_OPTIONS, MOST_TYPED = 24, 2_000, 90, 100, 3_000
# All the text of one message stays below what was seen to be refused (13,200): a text, and as many options as fit.
_OPTIONS_ROOM = 8_000
_BUTTONS = 5
_FALLBACK = 3_500

CHOICE, CHOOSE, FORM, CASE, PANEL, TOPICS, TOPIC = "choice", "choose", "form", "case", "panel", "topics", "topic"
ASK, POST = "ask", "post"
SNIPPET, OUTCOME = "snippet", "outcome"
ASK = "ask"
MINE = "mine"
NOTICE = "notice"
WORDS = "words"  # the one input of the forms that are ours


def section(text: str) -> Block:
    """Return mrkdwn as a block; `verbatim` keeps Slack from making links of names and addresses in it."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def plain_text(text: str, most: int) -> Block:
    """Return a plain text object of at most `most` characters; Slack takes no blank ones."""
    cut = shortened(text.replace("\0", ""), most)
    return {"type": "plain_text", "text": cut if shows(cut) else "…", "emoji": False}


# --- messages to customers --------------------------------------------------------------------------------------------


def message(text: str, catalog: Catalog, choices: Sequence[Choice] = (), form: Form | None = None) -> list[list[Block]]:
    """Return neutral markup as the blocks of one or more messages; what can be pressed stands on the last."""
    messages = [[section(piece)] for piece in pieces(text)]
    below = controls(catalog, choices, form)
    if below and not messages:
        messages = [[section(mrkdwn(label(catalog, "ui_choose", LABEL)))]]
    if below:
        messages[-1] += below
    return messages


def fallback(blocks: Sequence[Block]) -> str:
    """Return the text for notifications and screen readers: what the sections say, as far as an edit may hold it."""
    text = ""
    for block in blocks:
        if block["type"] == "section" and len(text) + len(block["text"]["text"]) < _FALLBACK:
            text += "\n" * bool(text) + block["text"]["text"]
    return text


def controls(catalog: Catalog, choices: Sequence[Choice], form: Form | None) -> list[Block]:
    """Return a row of buttons, or a list to choose from where they are many, and the button that opens a form."""
    blocks: list[Block] = []
    buttons = [button(f"{CHOICE}/{at}", each.label, each.id) for at, each in enumerate(choices[:_BUTTONS])]
    if len(choices) > _BUTTONS:
        pairs = [(each.id, each.label) for each in choices]
        blocks += actions([select(CHOOSE, label(catalog, "ui_choose", OPTION_LABEL), pairs)])
    else:
        blocks += actions(buttons)
    if form:
        blocks += actions([button(FORM, label(catalog, "ui_open_form", LABEL), form.id, style="primary")])
    return blocks


def actions(elements: Sequence[Block | None]) -> list[Block]:
    """Return a row of controls, or nothing where there is none."""
    there = [element for element in elements if element]
    return [{"type": "actions", "elements": there}] if there else []


def button(action: str, text: str, value: str, style: str = "") -> Block | None:
    """Return a button; None for a value that Slack would not take."""
    if not shows(value) or len(value) > VALUE:
        return None
    made: Block = {"type": "button", "action_id": action, "text": plain_text(text, LABEL), "value": value}
    return {**made, "style": style} if style else made


def select(action: str, placeholder: str, pairs: Iterable[tuple[str, str]], chosen: str = "") -> Block | None:
    """Return a list of (value, label) to choose from, as many as Slack takes."""
    options: list[Block] = []
    room = _OPTIONS_ROOM
    for value, text in pairs:
        shown = plain_text(text, OPTION_LABEL)
        room -= len(shown["text"]) + len(value)
        if room < 0 or len(options) == MOST_OPTIONS:
            break
        if shows(value) and len(value) <= OPTION_VALUE:
            options.append({"text": shown, "value": value})
    if not options:
        return None
    made: Block = {"type": "static_select", "action_id": action, "placeholder": plain_text(placeholder, 150)}
    initial = next((option for option in options if option["value"] == chosen), None)
    return {**made, "options": options, **({"initial_option": initial} if initial else {})}


# --- /help ------------------------------------------------------------------------------------------------------------


def topics(text: str, catalog: Catalog, lists: Sequence[tuple[str, Sequence[tuple[str, str]], str]]) -> list[Block]:
    """Return a text above lists to choose from: (action, pairs of value and label, what is chosen)."""
    choose = label(catalog, "ui_choose", OPTION_LABEL)
    each = [select(action, choose, pairs, chosen) for action, pairs, chosen in lists]
    return [*(section(piece) for piece in pieces(text)[:10]), *actions(each)]


# --- a customer's own cases -------------------------------------------------------------------------------------------


def own_cases(shown: Overview) -> list[Block]:
    """Return a customer's cases, with buttons in rows of two: what can be done with each."""
    buttons = [button(f"{MINE}/{at}", each.label, each.id) for at, each in enumerate(shown.choices)]
    rows = [actions(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]
    return [*(section(piece) for piece in pieces(shown.text)[:10]), *(block for row in rows for block in row)]


def own_case_view(choice: Choice, question: str, catalog: Catalog, *, words: bool) -> Block:
    """Return the modal in which a customer adds to a case, or confirms that it shall be closed."""
    asked = [_input(WORDS, plain(question), required=True, long=True)] if words else [section(mrkdwn(question))]
    return _modal(MINE, choice.label, asked, catalog, {"choice": choice.id})


# --- forms ------------------------------------------------------------------------------------------------------------


def form_view(form: Form, catalog: Catalog, place: str) -> Block:
    """Return the modal of a flow's form; the place goes with it, since a modal stands nowhere."""
    inputs = [
        _input(field.id, field.label, required=field.required, long=field.long) for field in form.fields[:MOST_INPUTS]
    ]
    return _modal(FORM, form.title, inputs, catalog, {"form": form.id, "place": place})


def ask_view(catalog: Catalog, channel: str) -> Block:
    """Return the modal behind "Ask for help"; `channel` is where its button was pressed."""
    question = label(catalog, "ui_panel_question", INPUT_LABEL)
    inputs = [_input(WORDS, question, required=True, long=True)]
    return _modal(ASK, label(catalog, "ui_panel_title", TITLE), inputs, catalog, {"channel": channel})


def case_view(case: Case, do: str, title: str, catalog: Catalog, words: str = "") -> Block:
    """Return the modal in which an agent writes the words of an action, or changes the given ones."""
    if do == COUNTER:
        offer = [_input(each.id, each.label, required=each.required, long=each.long) for each in fields(catalog)]
        return _modal(CASE, title, offer, catalog, {"case": case.number, "do": do})
    about = f"{case.number} · {case.name or case.customer}"
    if do == "snooze":
        about = f"{about}: {label(catalog, 'ui_snooze', LABEL)}"
    inputs = [_input(WORDS, about, required=do in WORDS_NEEDED, long=do != "snooze")]
    if words:
        inputs[0]["element"]["initial_value"] = words[:MOST_TYPED]
    if do == "resolve" and catalog.outcomes:
        pairs = [(each.id, each.title) for each in catalog.outcomes.values()]
        element = select(OUTCOME, label(catalog, "ui_choose", 150), pairs)
        asked = plain_text(label(catalog, "ui_outcome", INPUT_LABEL), INPUT_LABEL)
        inputs.append({"type": "input", "block_id": OUTCOME, "label": asked, "optional": True, "element": element})
    return _modal(CASE, title, inputs, catalog, {"case": case.number, "do": do})


def post_view(about: str, do: str, text: str, catalog: Catalog) -> Block:
    """Return the modal in which an agent writes what is said instead of a suggestion, or answers what is asked."""
    title = label(catalog, f"act_{do}", TITLE)
    asked = _input(WORDS, title, required=True, long=True)
    if text:
        asked["element"]["initial_value"] = text[:MOST_TYPED]
    return _modal(POST, title, [asked], catalog, {"about": about, "do": do})


def notice_view(kind: NoticeKind, catalog: Catalog) -> Block:
    """Return the modal in which an agent fills in a notice to many."""
    inputs = [_input(each.id, each.label, required=True, long=False) for each in noticeform.fields(kind, catalog)]
    return _modal(NOTICE, kind.title, inputs, catalog, {"kind": kind.id})


def notice_kinds(kinds: Sequence[NoticeKind], catalog: Catalog) -> list[Block]:
    """Return a button for each notice to many that there is a form for."""
    buttons = [button(f"{NOTICE}/{kind.id}", kind.title, kind.id) for kind in kinds]
    return [
        section(mrkdwn(word(catalog, "ui_notice_kinds"))),
        *({"type": "actions", "elements": buttons[at : at + _BUTTONS]} for at in range(0, len(buttons), _BUTTONS)),
    ]


def _modal(callback: str, title: str, inputs: list[Block], catalog: Catalog, kept: dict[str, Any]) -> Block:
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": json.dumps(kept),
        "title": plain_text(title, TITLE),
        "submit": plain_text(label(catalog, "ui_send", TITLE), TITLE),
        "close": plain_text(label(catalog, "ui_close", TITLE), TITLE),
        "blocks": inputs,
    }


def _input(id: str, text: str, *, required: bool, long: bool) -> Block:
    element = {"type": "plain_text_input", "action_id": WORDS, "multiline": long, "max_length": MOST_TYPED}
    return {
        "type": "input",
        "block_id": id,
        "label": plain_text(text, INPUT_LABEL),
        "optional": not required,
        "element": element,
    }


# --- standing offers --------------------------------------------------------------------------------------------------


def panel_blocks(catalog: Catalog) -> list[Block]:
    """Return the panel that stands in a channel: a text, and the button that opens the question."""
    return _with_panel_button("ui_panel", catalog)


def home_view(catalog: Catalog, own: Overview | None = None) -> Block:
    """Return the app's Home tab; for a customer who has cases, with these."""
    cases = [{"type": "divider"}, *own_cases(own)] if own and own.choices else []
    return {"type": "home", "blocks": [*_with_panel_button("ui_home", catalog), *cases]}


def _with_panel_button(text: str, catalog: Catalog) -> list[Block]:
    opener = button(PANEL, label(catalog, "ui_panel_button", LABEL), PANEL, style="primary")
    return [*(section(piece) for piece in pieces(word(catalog, text))[:10]), *actions([opener])]


# --- the staff's cards ------------------------------------------------------------------------------------------------

_SIGNS = {"waiting": "🟡", "owned": "🔵", "resolved": "✅"}
_STYLES = {"claim": "primary", "approve": "primary", "decline": "danger"}
_LINES, _FACTS, _CHECKS = 8, 10, 26


def card(case: Case, catalog: Catalog) -> list[Block]:
    """Return a case's card: who wants what and why, what is known, where it stands, and what can be done."""
    title, name = _inert(case_title(catalog, case.number), 80), _inert(case.name or case.customer, 80)
    who = f"{_SIGNS[case.status]} *{title}* · {name}"
    blocks = [section(f"{who}\n{_inert(wanted(catalog, case.subject), 600)}"), section(_state(case, catalog))]
    if told := fitting([_inert(bare(line), 280) for line in notes(case, catalog)], LONGEST):
        blocks.append(section("\n".join(told)))
    if steps := checklist(case, catalog)[:_CHECKS]:
        blocks.append(section("\n".join(_inert(bare(line), 110) for line in steps)))
    if case.facts:
        blocks.append(section("\n".join(_facts(case))))
    if case.recent:
        blocks.append(section("\n".join(_recent(case))))
    buttons = [
        button(f"{CASE}/{each['id']}", each["label"], _meant(case, each), style=_STYLES.get(each["id"], ""))
        for each in case_choices(case, catalog)
    ]
    snippets = [(f"{case.number}/{each.id}", each.title) for each in offered(case, catalog)]
    return blocks + actions(buttons) + actions([select(SNIPPET, label(catalog, "ui_snippets", 150), snippets)])


def _meant(case: Case, choice: dict[str, str]) -> str:
    """Return what a press says: of which case, and the words that go with it."""
    return f"{case.number} {choice.get('text', '')}".rstrip()


def staff_line(text: str, catalog: Catalog, line: TellStaff) -> list[list[Block]]:
    """Return a line of a case's thread as messages; what can be taken back has a button for that."""
    messages = message(text, catalog)
    if line.undo and messages:
        undo = button(f"{CASE}/undo", label(catalog, "act_undo", LABEL), f"{line.case} {line.undo}")
        messages[-1] += actions([undo])
    return messages


def post(post: Post, catalog: Catalog) -> list[list[Block]]:
    """Return what stands in a staff room by itself: where its customer is, what it says, what can be done."""
    messages = message(post.text, catalog)
    if post.of:
        messages[0].insert(0, section(f"📍 {_where(post.of, catalog)}"))
    choices = post_choices(post.acts, catalog)
    styles = {"send": "primary", "answer": "primary"}
    buttons = [button(f"{POST}/{act}", shown, post.about, style=styles.get(act, "")) for act, shown in choices]
    messages[-1] += actions(buttons)
    return messages


def _where(place: str, catalog: Catalog) -> str:
    """Return a customer's place as agents find it; a channel of Slack's is a link."""
    platform, _, rest = place.partition(":")
    channel = rest.split("/")[1] if platform == "slack" and "/" in rest else ""
    if channel.startswith("D"):
        return escaped(label(catalog, "post_direct", 60))
    return f"<#{escaped(channel)}>" if channel else escaped(shortened(platform, 60))


def _state(case: Case, catalog: Catalog) -> str:
    owner = catalog.agents.get(case.assignee)
    name = owner.name if owner else case.assignee
    parts = [case.status, case.queue, f"priority {case.priority}", name, case.role, case.decision]
    lines = [_inert(bare(case.reason), 900), " · ".join(_inert(part, 60) for part in parts if part)]
    lines.append(" · ".join(f"{_inert(bare(name), 60)} {moment(at)}" for name, at in clocks(case, catalog)))
    lines.append(_inert(bare(ending(case, catalog)), 600))
    return "\n".join(line for line in lines if line)


def moment(at: datetime) -> str:
    """Return a time that each reader sees in their own zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def _facts(case: Case) -> list[str]:
    known = list(case.facts.items())[:_FACTS]
    return [f"• *{_inert(heading(name), 40) or '…'}:* {_inert(value, 220)}" for name, value in known]


def _recent(case: Case) -> list[str]:
    return [f"&gt; *{_inert(line.who, 60)}:* {_inert(line.text, 280)}" for line in case.recent[-_LINES:]]


def _inert(text: str, most: int) -> str:
    """Return text in one line that Slack reads nothing into, of at most `most` characters after escaping."""
    cut = most
    while len(inert := escaped(shortened(text, cut))) > most:
        cut -= (len(inert) - most + 4) // 5  # a sign that is escaped is five at most
    return inert
