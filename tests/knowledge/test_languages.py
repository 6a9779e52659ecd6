"""German, Spanish and Japanese content; and words that are no topics: numbers, negations, names."""

import pytest

from bot.content.meanings import meanings
from bot.knowledge import Index, Phrasing, Subject

CONTENT = {
    "de": {
        "track": ["Wo ist meine Bestellung?", "Wann kommt mein Paket an?", "Sendung verfolgen"],
        "refund": ["Ich möchte mein Geld zurück", "Wie bekomme ich eine Rückerstattung?", "Erstattung beantragen"],
        "hours": ["Wann habt ihr geöffnet?", "Was sind eure Öffnungszeiten?"],
        "cancel": ["Bestellung stornieren", "Ich will meine Bestellung abbrechen"],
    },
    "es": {
        "track": ["¿Dónde está mi pedido?", "¿Cuándo llega mi paquete?", "seguir mi envío"],
        "refund": ["Quiero que me devuelvan el dinero", "¿Cómo pido un reembolso?", "solicitar la devolución"],
        "hours": ["¿Cuándo abren?", "¿Cuál es el horario de apertura?"],
        "cancel": ["cancelar mi pedido", "quiero anular la compra"],
    },
    "ja": {
        "track": ["注文はどこですか", "荷物はいつ届きますか", "配送状況を確認したい"],
        "refund": ["返金してほしい", "返金はいつですか", "お金を返してください"],
        "hours": ["営業時間を教えてください", "何時に開きますか"],
        "cancel": ["注文をキャンセルしたい", "注文を取り消してください"],
    },
}
ASKED = [
    ("de", "wo bleiben denn meine Bestellungen", "track"),
    ("de", "bitte um Rückerstatung", "refund"),
    ("de", "öffnungszeit am Samstag", "hours"),
    ("de", "kann ich das noch storniern", "cancel"),
    ("es", "donde estan mis pedidos", "track"),
    ("es", "quiero un rembolso por favor", "refund"),
    ("es", "horarios de apertura", "hours"),
    ("es", "necesito cancelar el pedido", "cancel"),
    ("ja", "私の荷物はどこ、いつ届く?", "track"),
    ("ja", "返金をお願いします", "refund"),
    ("ja", "営業時間は何時までですか", "hours"),
    ("ja", "キャンセルできますか", "cancel"),
]


def index(content: dict[str, list[str]], language: str) -> Index:
    found = []
    for id, texts in content.items():
        held = tuple(Phrasing(text=text, at=f"{id}:{line}") for line, text in enumerate(texts, 1))
        found.append(Subject(id=id, kind="answer", phrasings=held))
    return Index(found, language, meanings(language))


@pytest.mark.parametrize(("language", "asked", "expected"), ASKED)
def test_a_question_in_another_language_finds_its_entry(language: str, asked: str, expected: str) -> None:
    assert index(CONTENT[language], language).rank(asked).matches[0].id == expected


ENGLISH = {
    "refund": ["how do I get a refund", "I want a refund", "refund my money"],
    "no_refund": ["I did not get a refund", "my refund has not arrived", "refund not received"],
    "blue_kettle": ["is the blue kettle in stock", "when is the blue kettle back"],
    "red_kettle": ["is the red kettle in stock", "when is the red kettle back"],
    "warranty": ["how long is the 2 year warranty", "is there a 2 year warranty"],
    "track": ["where is my order", "track my parcel"],
}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("I did *not* get my refund", "no_refund"),
        ("I didn't get a refund", "no_refund"),
        ("I never received the refund", "no_refund"),
        ("could I get a refund", "refund"),
        ("the red kettle, is it in stock?", "red_kettle"),
        ("blue ketle back yet?", "blue_kettle"),
        ("where is order 10423 please", "track"),
        ("where is my order FD-2024-10423?", "track"),
        ("does the 2 year warranty apply", "warranty"),
    ],
)
def test_negations_names_and_numbers_are_treated_with_sense(asked: str, expected: str) -> None:
    assert index(ENGLISH, "en").rank(asked).matches[0].id == expected


def test_words_of_the_language_are_not_taken_for_misspelt_ones() -> None:
    held = index({**ENGLISH, "stain": ["how to remove a stain", "there is a stain"]}, "en")
    assert held.rank("do you deliver to spain").words == {}
    assert held.rank("how to remove a stian").words == {"stian": "stain"}


@pytest.mark.parametrize("typed", ["lugage", "lluggage", "lugagge", "luggaeg"])
def test_a_misspelt_word_that_the_content_lacks_is_read_as_a_word_of_the_language(typed: str) -> None:
    assert index(ENGLISH, "en").rank(f"is there room for {typed}").words == {typed: "luggage"}


@pytest.mark.parametrize("typed", ["paypal", "grubb", "qwrtzx", "cred"])
def test_a_rare_word_or_a_name_is_left_as_it_is(typed: str) -> None:
    assert index(ENGLISH, "en").rank(f"what about {typed}").words == {}


def test_the_contents_own_word_is_preferred_where_it_is_one_slip_away() -> None:
    held = index({**ENGLISH, "form": ["how do I get the froms for customs", "froms please"]}, "en")
    assert held.rank("which fromms do I need").words == {"fromms": "froms"}
