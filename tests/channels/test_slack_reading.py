"""What Slack sends, read as people read it."""

from typing import Any

import pytest

from bot.channels.slack.places import Places, Where, where
from bot.channels.slack.reading import files_of, forwarded, names_bot, plain_text


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("&lt;b&gt; &amp;amp; co", "<b> &amp; co"),
        ("<@U1> and <@U2|ben> and <@U9>", "@Ana and @ben and @U9"),
        ("<@UBOT>, hello", "hello"),
        ("hello <@UBOT|pip>", "hello"),
        ("<#C1|help> <#C2>", "#help #C2"),
        ("<!here> <!channel|channel> <!subteam^S1|@care>", "@here channel @care"),
        ("<!date^1^{date}|5 May>", "5 May"),
        ("<https://a.b/c>", "https://a.b/c"),
        ("<https://a.b/c|the page>", "the page (https://a.b/c)"),
        ("<http://pine.shop|pine.shop>", "http://pine.shop"),
        ("<mailto:a@b.c|a@b.c>", "a@b.c"),
        ("poison <|x> there <|>", "poison x there"),
        ("*bold* _it_ ~gone~ `code *x*`", "bold it gone code *x*"),
        ("```\nlet *x* = 1\n```", "let *x* = 1"),
        ("2 * 3 * 4 and a_b_c and *.txt", "2 * 3 * 4 and a_b_c and *.txt"),
        ("it works :tada: :pine:", "it works :tada: :pine:"),
        ("", ""),
    ],
)
def test_slacks_text_is_read_as_people_read_it(sent: str, read: str) -> None:
    assert plain_text(sent, "UBOT", {"U1": "Ana"}) == read


def test_the_bot_is_named_only_by_its_own_mention() -> None:
    assert names_bot("hi <@UBOT>", "UBOT")
    assert names_bot("hi <@UBOT|pip>", "UBOT")
    assert not names_bot("hi <@UBOTTLE>", "UBOT")


def test_files_that_are_gone_or_elsewhere_are_none() -> None:
    message: dict[str, Any] = {
        "files": [
            {"id": "F1", "name": "a.png", "mimetype": "image/png", "size": 3},
            {"id": "F2", "mode": "tombstone"},
            {"id": "F3", "name": "doc", "is_external": True, "mode": "external"},
        ]
    }
    assert [(file.at, file.name, file.kind, file.size) for file in files_of("T1", message)] == [
        ("slack:T1/F1", "a.png", "image/png", 3)
    ]


def test_a_forward_is_what_was_shared_and_no_preview() -> None:
    shared = {"is_share": True, "text": "my lamp is broken"}
    preview = {"title": "Pine", "text": "A shop", "from_url": "https://pine.shop"}
    assert forwarded({"attachments": [preview, shared]}) == "my lamp is broken"
    assert forwarded({"attachments": [preview]}) == ""


def test_places_are_taken_apart_and_put_together() -> None:
    for place in ("slack:T1/D1", "slack:T1/C1/1.2", "slack:C7"):
        assert where(place).place == place
    assert where("slack:T1/C1/1.2") == Where("T1", "C1", "1.2")
    assert where("slack:C7") == Where("", "C7")


def test_several_people_may_talk_in_one_place() -> None:
    places = Places()
    places.load(
        [("slack:T1/U1", "slack:T1/C1/1.2"), ("slack:T1/U2", "slack:T1/C1/1.2"), ("slack:T1/U1", "slack:T1/D1")]
    )
    assert places.customers("slack:T1/C1/1.2") == ("slack:T1/U1", "slack:T1/U2")
    assert places.customers("slack:T1/C1/9.9") == ()
    assert places.latest(1) == ["slack:T1/D1"]
