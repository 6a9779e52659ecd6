"""What a card tells beside its facts is the same on Slack, on Discord and in the playground."""

import dataclasses
import json
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from msgspec.structs import replace

from bot.channels.casework import notes
from bot.channels.decisions import checklist
from bot.channels.discord import render
from bot.channels.slack import blocks
from bot.channels.web.page import frame
from bot.content import load, shipped_folder
from bot.desk.case import Bought, Case, Merged, Outside, Passing, Task, Vow
from bot.desk.grants import Grant
from bot.desk.marks import Observed
from bot.desk.standing import Block, Check, Ending, Standing
from bot.dialog import knowhow
from bot.dialog.catalog import Catalog
from bot.dialog.effects import UpdateCase
from bot.dialog.markup import plain
from bot.dialog.state import Trace
from bot.ports import Outgoing
from tests.wire.slack.shown import plain as shown_on_slack
from tests.wire.slack.world import World

LATER = datetime(2026, 1, 5, 19, 0, tzinfo=UTC)
AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BARE = Case(
    number=7, kind="handoff", queue="care", customer="local:ana", name="Ana", place="local:ana", conversation="c1",
    opened_at=AT, subject="A lamp", reason="Asked for a person", status="owned", assignee="dana",
)  # fmt: skip
GRANT = Grant(number=1, what="store credit", by="sam", role="supervisor", case=3, at=AT, expires=AT + 90 * 24 * HOUR)

BOUGHT = Bought(
    seen=AT, number="12345", status="out_for_delivery", items="Blue enamel kettle, Tea towel set", total="64.90",
    currency="GBP", carrier="Greenlane", tracking="GL123", eta="2026-01-06", refund="requested",
)  # fmt: skip
OBSERVED = tuple(
    Observed(mark=mark, by="dana", at=AT, case=7, note=note)
    for mark, note in (("late_payment", "March"), ("late_payment", "April"), ("undecided", ""))
)
ENDING = Ending(reason="never pays", by="sam", at=AT, case=7, checks=(Check(id="talk", text="Talk to them"),))


@cache
def shop() -> Catalog:
    return load(shipped_folder())


def cases() -> dict[str, Case]:
    internal = next(iter(knowhow.internal(shop())))
    return {
        "the order as it was looked up": replace(BARE, bought=BOUGHT),
        "a mood and what was heard": replace(BARE, mood="angry", flags=("urgent", "legal"), raised=True),
        "that it is live": replace(BARE, live=True),
        "what helps for now": replace(BARE, workaround="Use the spare plug"),
        "promises": replace(BARE, promise=AT + HOUR, vow="within the hour", vows=(Vow(at=LATER, words="by 7"),)),
        "until when it rests": replace(BARE, snoozed=AT + HOUR),
        "until when an offer stands": replace(BARE, offered=AT + HOUR),
        "its category": replace(BARE, category="safety", why="speaks of sparks"),
        "why it was passed on": replace(BARE, passing=Passing(by="lee", reason="overdue", note="asked the bank")),
        "what was tried": replace(BARE, tried=("How long delivery takes",), earlier=(3, 5)),
        "the next best snippets": replace(BARE, snippets=tuple(shop().snippets)[:2]),
        "entries for staff": replace(BARE, know_how=(internal,)),
        "linked accounts": replace(BARE, accounts=("slack:T1/U1", "discord:4")),
        "where it is kept besides": replace(BARE, outside=Outside(desk="Zendesk", id="17")),
        "merged cases": replace(BARE, holds=(4, 6)),
        "what it was merged into": replace(
            BARE,
            merged=Merged(
                into=9, status="owned", assignee="dana", promise=None, waits=None, watches=(), facts=(), place="",
                conversation="c1", public=False, their_promise=None, their_priority=3,
            ),
        ),
        "suggested goodwill": replace(BARE, goodwill="5.00", worth="49.00", needed=date(2026, 1, 7)),
        "legal care and an argument": replace(BARE, careful=True, argument="With us since 2019"),
        "tasks": replace(BARE, tasks=(Task(number=1, queue="billing", text="Is it paid?", by="dana", answer="yes"),)),
        "who they are to the shop": replace(
            BARE,
            standing=Standing(
                since=AT - 900 * 24 * HOUR, grants=(GRANT,), tier=next(iter(shop().tiers)),
                block=Block(until=AT + HOUR, reason="insults", by="sam", at=AT),
            ),
        ),
        "what was noticed of them": replace(BARE, standing=Standing(observed=OBSERVED)),
        "an ending": replace(BARE, standing=Standing(ending=ENDING)),
    }  # fmt: skip


def words(text: str) -> str:
    return " ".join(text.replace("\u2060", "").replace("\\", "").split())


def on_slack(case: Case) -> str:
    return words(
        "\n".join(
            shown_on_slack(each["text"]["text"], World("A", "")) for each in blocks.card(case, shop()) if "text" in each
        )
    )


def on_discord(case: Case) -> str:
    return words(render.card(case, shop())["embeds"][0]["description"])


def in_the_playground(case: Case) -> str:
    effect = UpdateCase(place="staff:care", case=case)
    outgoing = Outgoing(
        seq=1, id="c1.1.0", customer=case.customer, place="staff:care", effect=effect, at=AT, trace=Trace()
    )
    line = frame(outgoing, Trace(), shop())
    json.dumps(line)
    return words("\n".join(map(flat, line["notes"])))


def flat(node: object) -> str:
    if isinstance(node, str):
        return node
    if isinstance(node, list):
        return "".join(map(flat, node))
    assert isinstance(node, dict)
    return (
        "\n"
        if "br" in node
        else "".join(flat(each.get("nodes", each) if isinstance(each, dict) else each) for each in node.values())
    )


@pytest.mark.parametrize("what", cases())
def test_each_place_tells_all_that_there_is_to_tell(what: str) -> None:
    case = cases()[what]
    told = [words(plain(line)) for line in (*notes(case, shop()), *checklist(case, shop()))]
    assert len(told) > len(notes(BARE, shop()))
    for where in (on_slack, on_discord, in_the_playground):
        assert [line for line in told if line not in where(case)] == [], where.__name__


def test_short_notes_are_told_however_many_there_are() -> None:
    tasks = tuple(Task(number=at, queue="billing", text=f"Is part {at} paid?", by="dana") for at in range(1, 16))
    case = replace(BARE, tasks=tasks)
    for where in (on_slack, on_discord, in_the_playground):
        assert "Is part 15 paid?" in where(case), where.__name__


def test_what_was_noticed_of_a_customer_stands_there_with_how_often_and_what_to_do() -> None:
    shown = on_slack(cases()["what was noticed of them"])
    assert "Pays late: 2 times, last on" in shown
    assert "(April)" in shown
    assert "Can't decide. _Offer two ways" in shown or "Can't decide. Offer two ways" in shown


def test_the_buttons_below_a_card_have_the_shops_words_everywhere() -> None:
    catalog = load(shipped_folder())
    texts = {**catalog.texts, "ui_act_release": replace(catalog.texts["ui_act_release"], variants=("Hand back",))}
    worded = dataclasses.replace(catalog, texts=texts)
    card = UpdateCase(place="staff:care", case=BARE)
    out = Outgoing(seq=1, id="c1.1.0", customer=BARE.customer, place="staff:care", effect=card, at=AT, trace=Trace())
    shown = json.dumps([blocks.card(BARE, worded), render.card(BARE, worded), frame(out, Trace(), worded)])
    assert shown.count("Hand back") == 3
    assert '"Release"' not in shown


def test_cards_and_their_forms_are_called_and_asked_for_in_the_shops_words() -> None:
    catalog = load(shipped_folder())
    said = {"ui_case": "Ticket {{ case }}", "ui_act_words": "{{ act }} (may stay empty)", "ui_act_resolve": "Finish"}
    texts = {key: replace(catalog.texts[key], variants=(text,)) for key, text in said.items()}
    worded = dataclasses.replace(catalog, texts={**catalog.texts, **texts})
    cards = json.dumps([blocks.card(BARE, worded), render.card(BARE, worded)])
    assert cards.count(f"Ticket {BARE.number}") == 2
    forms = json.dumps([render.words_for(do, BARE.number, worded) for do in ("resolve", "note")])
    assert forms.count(f"Ticket {BARE.number}") == 2
    assert "Finish (may stay empty)" in forms
    assert "Note (may stay empty)" not in forms
    assert "Case" not in forms
