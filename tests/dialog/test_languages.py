"""Follow-ups and wishes that are taken back, in shops that speak German, Spanish or Japanese."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bot.content import load
from bot.dialog.catalog import Catalog
from bot.dialog.understand import understand
from tests.content.shop import files, write

ENTRIES = {
    "de": {
        "shipping_cost": ["was kostet der Versand", "wie hoch sind die Versandkosten", "Porto"],
        "abroad": ["liefert ihr ins Ausland", "Versand nach Österreich", "nach Frankreich liefern", "Ausland"],
        "hours": ["wann habt ihr geöffnet", "Öffnungszeiten am Samstag"],
    },
    "es": {
        "shipping_cost": ["cuánto cuesta el envío", "gastos de envío", "precio del envío"],
        "abroad": ["envían al extranjero", "envío a Francia", "envían a Portugal", "envíos internacionales"],
        "hours": ["cuándo abren", "horario de apertura el sábado"],
    },
    "ja": {
        "shipping_cost": ["送料はいくらですか", "配送料を教えてください", "送料"],
        "abroad": ["海外へ発送できますか", "フランスへ送れますか", "アメリカへの発送", "海外発送"],
        "hours": ["営業時間を教えてください", "何時に開きますか"],
    },
}
WORDS: Mapping[str, Mapping[str, list[str]]] = {
    "de": {
        "leading": ["und", "und nach", "und was ist mit", "auch"],
        "pointing": ["das", "es"],
        "asking": ["ich will", "ich möchte", "wann", "wo"],
        "refusing": [
            "bitte nicht|will nicht|möchte nicht + *",
            "will keine|möchte keine|brauche keine + *",
            "* + sie … bestellung + nicht",
        ],
        "not_refusing": ["wenn|warum … nicht"],
    },
    "es": {
        "leading": ["y", "y a", "y para", "qué tal"],
        "pointing": ["eso", "esto"],
        "asking": ["quiero", "cuándo", "dónde"],
        "refusing": ["no|no quiero|por favor no + *", "no quiero|no necesito + un|una + *"],
        "not_refusing": ["si|por qué … no"],
    },
    "ja": {
        "leading": ["は", "へは", "には"],
        "pointing": ["それ", "これ"],
        "asking": ["いつ"],
        "refusing": ["* … しないで", "* + しないでください", "* … いりません|不要"],
        "not_refusing": ["なぜ"],
    },
}
CANCEL = {
    "de": ["stornieren", "storniere", "stornierung"],
    "es": ["cancelar", "cancelen", "cancelación"],
    "ja": ["キャンセル"],
}
WISH = {
    "de": ["Bestellung stornieren", "bitte stornieren Sie meine Bestellung"],
    "es": ["cancelar mi pedido", "quiero cancelar la compra"],
    "ja": ["注文をキャンセルしたい", "キャンセルしてください"],
}


@cache
def shop(language: str) -> Catalog:
    said = files()
    entries = {
        ref: {"title": phrasings[0], "phrasings": phrasings, "answer": ref}
        for ref, phrasings in ENTRIES[language].items()
    }
    flow: dict[str, Any] = {
        "title": "Cancel",
        "phrasings": WISH[language],
        "refused": {"words": CANCEL[language]},
        "steps": {"ask": {"ask": "number", "type": "order", "say": "?"}, "end": {"end": "done"}},
    }
    said["faqs/shop.yaml"] = json.dumps({"entries": entries})
    said["flows/cancel.yaml"] = json.dumps({"flows": {"cancel": flow}})
    team, texts = str(said["handoff/team.yaml"]), str(said["handoff/texts.yaml"])
    said["handoff/team.yaml"] = team.replace("bot: Pip", f"bot: Pip, locale: {language}").replace("[hello]", "[Porto]")
    for name, words in WORDS[language].items():
        texts = texts.replace(f'"{name}": ["it {name}"]', f'"{name}": {json.dumps(words)}')
    said["handoff/texts.yaml"] = texts
    with TemporaryDirectory() as folder:
        return load(write(Path(folder), said))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "und nach Kanada?"),
        ("de", "und bei Kanada?"),
        ("de", "auch Neuseeland?"),
        ("es", "¿y a Canadá?"),
        ("es", "¿y Japón?"),
        ("ja", "カナダへは？"),
        ("ja", "カナダは？"),
        ("ja", "じゃあオーストラリアへは？"),
        ("ja", "ニュージーランドへは?"),
    ],
)
def test_a_follow_up_may_name_what_the_content_does_not(language: str, text: str) -> None:
    for last in ("shipping_cost", "abroad"):
        meant = understand(text, shop(language), last=last)
        assert meant.decision in ("answer", "clarify")
        assert {"abroad", last} & {meant.id, *meant.options}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "wann habt ihr geöffnet"),
        ("es", "cuándo abren"),
        ("ja", "営業時間を教えてください"),
    ],
)
def test_what_says_enough_is_no_follow_up(language: str, text: str) -> None:
    assert understand(text, shop(language), last="shipping_cost").id == "hours"


@pytest.mark.parametrize(
    ("language", "text", "wished"),
    [
        ("de", "bitte nicht stornieren", False),
        ("de", "Ich will keine Stornierung!", False),
        ("de", "Bestellung stornieren", True),
        ("es", "no quiero cancelar", False),
        ("es", "Por favor no cancelen mi pedido", False),
        ("es", "¿por qué no puedo cancelar mi pedido?", True),
        ("ja", "キャンセルしないでください", False),
        ("ja", "注文をキャンセルしたい", True),
    ],
)
def test_a_refused_wish_starts_nothing(language: str, text: str, wished: bool) -> None:
    meant = understand(text, shop(language))
    assert (meant.refused == ("cancel",)) is not wished
    assert (meant.id == "cancel") is wished


def test_what_is_wanted_instead_is_heard() -> None:
    meant = understand("Ich will nicht stornieren, wann habt ihr geöffnet?", shop("de"))
    assert (meant.id, meant.refused) == ("hours", ("cancel",))
