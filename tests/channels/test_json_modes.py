"""Silent and suggest over the JSON protocol: what a program sends and hears."""

import pytest

from tests.channels.shop import Bot, say, texts


def post(do: str, agent: str = "dana", about: str = "suggestion/local:ana/1", **more: object) -> dict[str, object]:
    return {"agent": agent, "about": about, "do": do, **more}


def test_silent_tells_staff_only(bot: Bot) -> None:
    ((line, *rest),) = bot.talk(say("when are you open"), mode="silent")
    assert rest == []
    assert (line["to"], line["kind"], line["choices"], line["of"]) == ("staff", "post", [], "local:ana")


def test_what_is_suggested_is_sent_once(bot: Bot) -> None:
    asked, sent, late = bot.talk(say("when are you open"), post("send"), post("send", "sam"), mode="suggest")
    assert texts(asked) in ([], ["suggest_ack"])
    (line,) = [each for each in asked if each["to"] == "staff"]
    assert line["about"] == "suggestion/local:ana/1"
    assert [choice["id"] for choice in line["choices"]] == ["send", "edit", "dismiss"]
    assert any("9 to 5" in text for text in texts(sent))
    assert texts(sent, "staff")[0].endswith("post_sent")
    assert (texts(late), texts(late, "staff")) == ([], ["post_late_sent"])


def test_other_words_and_none(bot: Bot) -> None:
    _, edited = bot.talk(say("when are you open"), post("edit", text="Until *six*."), mode="suggest")
    assert texts(edited) == ["Until *six*."]
    _, dismissed = bot.talk(say("when are you open"), post("dismiss"), mode="suggest")
    assert texts(dismissed) == []


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (post("edit"), "'edit' needs a text"),
        (post("edit", text=" "), "'edit' needs a text"),
        (post("sned"), "did you mean 'send'"),
        (post("answer", text="yes"), "'answer' is not for this post"),
        (post("send", case=1), "not both"),
        (post("send", about="suggestion"), "'about' must be"),
        (post("send", about="task/x/1/local:ana"), "'about' must be"),
        (post("send", "nobody"), "there is no agent"),
    ],
)
def test_what_cannot_be_done_is_refused(bot: Bot, request_: dict[str, object], told: str) -> None:
    ((line,),) = bot.talk(request_, mode="suggest")
    assert told in line["error"]


def test_a_suggestion_that_never_was_sends_nothing(bot: Bot) -> None:
    ((line,),) = bot.talk(post("send", about="suggestion/local:zoe/99"), mode="suggest")
    assert (line["to"], line["text"]) == ("staff", "post_late_outdated")
