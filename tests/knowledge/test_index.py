"""The index on small content of our own: what is found, how surely, and that nothing breaks it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.knowledge import Index, Phrasing, Ranking, Subject

SHOP = {
    "track_order": ("where is my order", "track my parcel", "has my package been shipped yet"),
    "refund": ("I want my money back", "how do I get a refund", "when will the refund arrive"),
    "cancel_order": ("cancel my order", "I ordered by mistake, please stop it"),
    "password": ("I forgot my password", "reset my password", "cannot log in to my account"),
    "opening_hours": ("when are you open", "what are your opening hours"),
    "human": ("talk to a person", "I want to speak to someone real"),
}


def subject(id: str, *phrasings: str) -> Subject:
    held = tuple(Phrasing(text=text, at=f"faqs/{id}.yaml:{line}") for line, text in enumerate(phrasings, 1))
    return Subject(id=id, kind="answer", phrasings=held)


def shop() -> list[Subject]:
    return [subject(id, *phrasings) for id, phrasings in SHOP.items()]


INDEX = Index(shop())
ALPHABET = [f"{one}{two}x" for one in "bcdfg" for two in "aeiou"]


def test_a_phrasing_is_found_exactly_whatever_its_dress() -> None:
    ranking = INDEX.rank("  *Cancel* my ORDER!!! \U0001f621")
    assert ranking.exact
    assert ranking.confidence > 0.99
    assert [match.id for match in ranking.matches] == ["cancel_order"]
    assert ranking.matches[0].at == "faqs/cancel_order.yaml:1"


def test_a_match_names_the_nearest_phrasing() -> None:
    best = INDEX.rank("please help me reset the password").matches[0]
    assert (best.id, best.phrasing, best.at) == ("password", "reset my password", "faqs/password.yaml:2")


@pytest.mark.parametrize(
    ("typed", "id", "words"),
    [
        ("i forgot my pasword", "password", {"pasword": "password"}),
        ("opeinng hours", "opening_hours", {"opeinng": "opening"}),
        ("waht about the refnud", "refund", {"waht": "what", "refnud": "refund"}),
    ],
)
def test_typos_are_read_as_words_of_the_content(typed: str, id: str, words: dict[str, str]) -> None:
    ranking = INDEX.rank(typed)
    assert ranking.matches[0].id == id
    assert ranking.words == words


def test_an_order_number_changes_nothing() -> None:
    plain, numbered = INDEX.rank("tell me where my order is"), INDEX.rank("tell me where my order 40312277 is")
    assert plain == numbered


def test_matches_are_distinct_limited_and_ordered() -> None:
    ranking = INDEX.rank("refund my order", limit=3)
    scores = [match.score for match in ranking.matches]
    assert len({match.id for match in ranking.matches}) == 3
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == ranking.confidence


def test_a_stranger_question_is_not_answered() -> None:
    assert INDEX.rank("my cat is ill, which vet is good").confidence < INDEX.thresholds.answer


def test_a_phrasing_of_two_subjects_is_asked_about() -> None:
    index = Index([*shop(), subject("reorder", "cancel my order", "order it again")])
    ranking = index.rank("cancel my order")
    assert not ranking.exact
    assert {match.id for match in ranking.matches[:2]} == {"cancel_order", "reorder"}
    assert ranking.confidence < index.thresholds.answer


def test_the_same_content_and_text_give_the_same_ranking() -> None:
    texts = ["where's my refund", "opning houres", "i want to log in", "where's my refund"]
    first, second = Index(shop()), Index(shop())
    assert [first.rank(text) for text in texts] == [second.rank(text) for text in reversed(texts)][::-1]


@pytest.mark.parametrize(
    ("language", "phrasings", "typed"),
    [
        (
            "ja",
            ("注文をキャンセルしたい", "返金はいつですか", "営業時間を教えてください"),
            "キャンセルしたい、注文の",
        ),
        (
            "de",
            ("Wo ist meine Bestellung?", "Rückgabe", "Öffnungszeiten"),
            "Meine Bestellungen, wo sind sie",
        ),
        ("ar", ("أين طلبي", "أريد استرداد أموالي", "ساعات العمل"), "طلبي أين هو"),
        ("xx", ("kie estas mia mendo", "mi volas repagon", "malfermaj horoj"), "mia mendo kie"),
    ],
)
def test_other_languages_find_their_phrasings(language: str, phrasings: tuple[str, ...], typed: str) -> None:
    index = Index([subject(str(at), text) for at, text in enumerate(phrasings)], language)
    assert index.rank(typed).matches[0].id == "0"


@pytest.mark.parametrize(
    "subjects",
    [
        [],
        [subject("only", "where is my order")],
        [subject("none")],
        [subject("blank", "", "   ", "\U0001f600"), subject("refund", "refund")],
        [subject("twice", "refund", "refund"), subject("twice", "money back")],
        [subject(str(at), "the very same") for at in range(40)],
    ],
    ids=["no subject", "one", "no phrasing", "blank", "an id twice", "all the same"],
)
def test_any_content_makes_an_index(subjects: list[Subject]) -> None:
    ranking = Index(subjects).rank("where is my refund")
    assert len({match.id for match in ranking.matches}) == len(ranking.matches)


@pytest.mark.parametrize("text", ["", " \n\t", "\U0001f600\u200d\ufe0f", "?!", "\u202e\u200b\x00", "12345678"])
def test_a_text_without_words_matches_nothing(text: str) -> None:
    assert INDEX.rank(text) == Ranking()


@pytest.mark.parametrize(
    "text",
    [
        "QUJDRA" * 7_000,
        "refund " * 6_000,
        "\ufdfa" * 40_000,
        "".join(f"w{at}xyz " for at in range(6_000)),
        "返" * 40_000,
    ],
    ids=["base64", "one word", "expanding", "all strange", "unspaced"],
)
def test_forty_thousand_characters_are_ranked_in_bounded_time(text: str) -> None:
    started = time.perf_counter()
    INDEX.rank(text)
    assert time.perf_counter() - started < 0.25


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.integers(0, 6))
def test_any_text_gets_a_ranking(text: str, limit: int) -> None:
    ranking = INDEX.rank(text, limit)
    assert len(ranking.matches) <= limit
    assert all(0 <= match.score <= 1 for match in ranking.matches)
    assert 0 <= ranking.confidence <= 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.text("abc ü返é1", max_size=12), max_size=4), max_size=8), st.text("abc ü返é1", max_size=20))
def test_any_phrasings_can_be_asked_for(phrasings: list[list[str]], text: str) -> None:
    index = Index([subject(str(at), *texts) for at, texts in enumerate(phrasings)])
    assert 0 <= index.rank(text).confidence <= 1


def test_a_phrasing_among_other_clauses_is_heard() -> None:
    plain, said = "what a ridiculous mess this week was", "what a ridiculous mess this week was, cancel my order!"
    assert INDEX.rank(plain).confidence < INDEX.thresholds.answer
    ranking = INDEX.rank(said)
    assert (ranking.matches[0].id, ranking.exact) == ("cancel_order", False)
    assert ranking.confidence >= INDEX.thresholds.answer


def _twins(topic: str) -> Index:
    """Return a shop of ten pairs of an entry and a flow about the same thing."""
    things = ("kettle", "lamp", "teapot", "apron", "mug", "pan", "knife", "fern", "towel", "board")
    pairs = [
        replace(
            subject(f"{thing}_{kind}", *(said.format(thing) for said in phrasings)), topics=(thing,) if topic else ()
        )
        for thing in things
        for kind, phrasings in (
            ("entry", ("clean my {}", "how to clean the {}", "is the {} easy to clean")),
            ("flow", ("clean the {} for me", "please clean my {}", "can you clean the {}")),
        )
    ]
    return Index(pairs)


def test_subjects_of_one_topic_do_not_make_one_another_doubtful() -> None:
    assert _twins("shared").thresholds.answer < _twins("").thresholds.answer


def test_an_entry_and_the_flow_of_its_topic_are_not_mixed_up() -> None:
    assert {doubt.kind for doubt in _twins("").doubts} >= {"confused"}
    assert {doubt.kind for doubt in _twins("shared").doubts}.isdisjoint({"confused", "captured"})


def test_one_subject_alone_is_looked_at_too() -> None:
    assert [doubt.kind for doubt in Index([subject("refund", "my money back please")]).doubts] == ["few"]
    same = ("my money back please", "please my money back now", "my money back please now", "money back my please")
    assert [doubt.kind for doubt in Index([subject("refund", *same)]).doubts] == ["alike"]


def test_it_is_known_how_much_was_not_looked_at() -> None:
    large = [subject(f"thing{at}", *(f"{word} thing number{at}" for word in ALPHABET)) for at in range(120)]
    assert INDEX.beyond == 0
    assert Index(large).beyond == 60


def test_the_nearest_phrasing_is_explained_also_where_all_stand_on_one_line() -> None:
    texts = ("reset the password", "log in again", "account name is forgotten")
    held = tuple(Phrasing(text=text, at="faqs/one.yaml:3") for text in texts)
    one_line = Index([*shop(), Subject(id="account", kind="answer", phrasings=held)])
    reasons = one_line.explain("the name of my account is forgotten")
    assert one_line.rank("the name of my account is forgotten").matches[0].phrasing == "account name is forgotten"
    assert reasons is not None
    assert next(part for part in reasons.near.words if part.word == "forgotten").stem > 0.05


def test_what_is_explained_is_what_is_ranked() -> None:
    for text in ("please help me reset the password", "my money, when? cancel my order, will you", "waht refnud"):
        reasons = INDEX.explain(text)
        assert reasons is not None
        assert reasons.chance == pytest.approx(INDEX.rank(text).confidence, abs=1e-4)
    assert INDEX.explain("cancel my order") is None
    assert INDEX.explain("") is None


def test_a_clause_that_is_a_phrasing_counts_in_any_script() -> None:
    index = Index(
        [subject("refund", "返金はいつですか", "返金したい"), subject("open", "営業時間は", "何時まで")], "ja"
    )
    told = "鉢が割れていました。何時までか知りませんが。返金したい"
    assert index.rank(told.replace("。", "")).confidence < 0.98
    assert index.rank(told).confidence == pytest.approx(0.98)


@pytest.mark.parametrize(
    "text", ["cancel my order", "please, cancel my order", "cancel", "stop it, I ordered by mistake", "x"]
)
def test_a_subject_that_is_left_out_is_never_ranked_and_the_index_itself_stays_whole(text: str) -> None:
    before = INDEX.rank(text)
    ranking = INDEX.without({"cancel_order", "not there"}).rank(text)
    assert "cancel_order" not in [match.id for match in ranking.matches]
    assert ranking.confidence < INDEX.thresholds.answer
    assert INDEX.rank(text) == before


def test_without_anything_left_out_nothing_changes() -> None:
    for text in ("where is my order", "the money for my order", "log in"):
        assert INDEX.without(()).rank(text) == INDEX.rank(text)


def test_without_all_subjects_nothing_is_found() -> None:
    assert INDEX.without(SHOP).rank("where is my refund").matches == ()
