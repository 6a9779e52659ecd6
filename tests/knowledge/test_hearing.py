"""Danger and the law, learned from examples: heard in other words too, and not where nothing is wrong."""

from pathlib import Path

import pytest

from bot.content import load, shipped_folder
from bot.dialog.catalog import Catalog
from bot.knowledge.hearing import Example, Hearing
from tests.content import shop

EXAMPLES = [
    Example(text="the lamp burned my hand", about="safety", at="alarms.yaml:4"),
    Example(text="I got an electric shock", about="safety", at="alarms.yaml:5"),
    Example(text="does the lamp get hot", about="safety", harmless=True),
    Example(text="my lawyer will write to you", about="legal", at="alarms.yaml:9"),
]
ORDINARY = ["when are you open", "where can I park", "what does the blue lamp cost", "send it to my office"]
HEARING = Hearing(EXAMPLES, ORDINARY, None, language="en")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(shipped_folder())


def heard(text: str) -> list[str]:
    return [each.at for each, _ in HEARING.hear(text)]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("the lamp burned my hand", ["alarms.yaml:4"]),
        ("The lamp BURNED my hand!", ["alarms.yaml:4"]),
        ("my lawyer will write to you", ["alarms.yaml:9"]),
        ("does the lamp get hot", []),
        ("when are you open", []),
        ("", []),
        ("?!", []),
    ],
)
def test_an_example_is_always_heard_and_a_harmless_one_never(text: str, at: list[str]) -> None:
    assert heard(text) == at


@pytest.mark.parametrize("text", ["\x00", "🔥" * 3_000, "a, " * 20_000, "x" * 40_000, "and " * 9_000])
def test_no_text_is_too_odd(text: str) -> None:
    assert heard(text) == []


@pytest.mark.parametrize("text", ["", "?", "...", "🙂", "😤"])
def test_a_text_without_a_word_is_like_no_example_that_has_none(text: str) -> None:
    signs = [*EXAMPLES, Example(text="😤😤", about="frustrated")]
    assert Hearing(signs, ORDINARY, None, language="en").hear(text) == []


def test_without_examples_nothing_is_heard() -> None:
    assert Hearing([], ORDINARY, None, language="en").hear("the lamp burned my hand") == []


def test_words_that_stand_nowhere_in_the_content_are_heard_by_what_they_mean(catalog: Catalog) -> None:
    felt = catalog.mood.feel("the teapot's grip snapped and I scorched my wrist on the steam")
    assert felt.safety or "safety" in felt.perhaps
    assert any(cue.at.startswith("handoff/alarms.yaml:") for cue in felt.cues)


def test_a_long_story_hides_nothing(catalog: Catalog) -> None:
    story = "I ordered the blue one for my sister's birthday. " * 15
    assert not catalog.mood.feel(story).safety
    felt = catalog.mood.feel(f"{story} Then the pan's handle snapped and hot oil ran over my foot. {story}")
    assert felt.safety or "safety" in felt.perhaps


def test_what_only_could_be_danger_is_told_apart_from_what_is(catalog: Catalog) -> None:
    sure = catalog.mood.feel("the kettle burned my hand")
    perhaps = catalog.mood.feel("is the plug meant to feel warm")
    assert (sure.safety, sure.perhaps) == (True, ())
    assert (perhaps.safety, perhaps.perhaps) == (False, ("safety",))


def test_an_example_that_stands_twice_is_a_mistake(tmp_path: Path) -> None:
    twice = "alarms:\n  safety: {messages: [it burned me, It burned me!]}\n  legal: {messages: [my lawyer]}\n"
    (problem,) = shop.problems(shop.write(tmp_path, {**shop.files(), "handoff/alarms.yaml": twice}))
    assert problem.startswith("handoff/alarms.yaml:2: 'It burned me!' stands at handoff/alarms.yaml:2 already.")


@pytest.mark.parametrize("damage", [0, 100, 1_000])
def test_what_was_learned_is_kept_for_just_these_examples(monkeypatch: pytest.MonkeyPatch, damage: int) -> None:
    kept = HEARING.snapshot()
    said = "the lamp burned me and my lawyer will hear of it"
    spoilt = kept[:damage] + b"x" + kept[damage + 1 :]
    assert Hearing(EXAMPLES, ORDINARY, None, language="en", kept=spoilt).hear(said) == HEARING.hear(said)
    monkeypatch.setattr(Hearing, "_learn", None)
    assert Hearing(EXAMPLES, ORDINARY, None, language="en", kept=kept).hear(said) == HEARING.hear(said)
    for examples, ordinary in ((EXAMPLES[1:], ORDINARY), (EXAMPLES, ORDINARY[1:])):
        with pytest.raises(TypeError):  # it would have to learn anew
            Hearing(examples, ordinary, None, language="en", kept=kept)


THINGS = ("lamp", "kettle", "chair", "rug", "clock", "stove", "shelf", "phone", "mirror", "spoon", "mop", "heater")
CALM = [f"what does the {thing} cost" for thing in THINGS] + [f"where is my {thing}" for thing in THINGS]


def taught(**said: str) -> Hearing:
    """Return a hearing that was taught of each thing what somebody says of all THINGS."""
    examples = [
        Example(text=text.format(thing=thing), about=about)  # type: ignore[arg-type]
        for about, texts in said.items()
        for text in texts.split(" / ")
        for thing in THINGS
    ]
    return Hearing(examples, CALM, None, language="en")


def told(hearing: Hearing, text: str) -> set[str]:
    return {each.about for each, _ in hearing.hear(text)}


def test_a_message_that_is_an_example_of_several_things_speaks_against_none_of_them() -> None:
    both = "the {thing} burned me and nobody answers"
    hearing = taught(
        safety=f"{both} / the {{thing}} burned me", frustrated=f"{both} / nobody answers about my {{thing}}"
    )
    assert told(hearing, "the sofa burned me and nobody answers") == {"safety", "frustrated"}
    assert told(hearing, "the sofa burned me") == {"safety"}
    assert told(hearing, "nobody answers about my sofa") == {"frustrated"}


def test_who_is_angry_is_frustrated_too() -> None:
    hearing = taught(angry="you had one job, my {thing}", frustrated="nobody answers about my {thing}")
    assert told(hearing, "you had one job, my sofa") == {"angry", "frustrated"}
    assert told(hearing, "nobody answers about my sofa") == {"frustrated"}


def test_capitals_and_signs_are_learned_from() -> None:
    hearing = taught(angry="WHERE IS MY {thing}!!! / WHAT DOES THE {thing} COST!!!")
    assert told(hearing, "WHERE IS MY SOFA!!!") == {"angry"}
    assert told(hearing, "where is my sofa") == set()


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("I'm being handed from one colleague to the next and none of them knows a thing", "frustrated"),
        ("my thumb is scorched and for a week I've had nothing but automatic replies", "frustrated"),
        ("is a letter from a solicitor really what it takes to get a reply from you", "frustrated"),
        ("LOST MY PARCEL AND LIED ABOUT IT", "angry"),
        ("the tap drips", "calm"),
        ("could you tell me what the law says about a late return", "calm"),
        ("this rug is insane, the cats adore it!!", "happy"),
    ],
)
def test_how_customers_sound_is_heard_in_words_that_stand_nowhere(catalog: Catalog, text: str, mood: str) -> None:
    assert catalog.mood.feel(text).mood == mood
