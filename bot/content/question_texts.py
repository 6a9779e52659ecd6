"""The house texts about questions and answers in flows: their names, and the values that each may use. See texts.py."""

from typing import get_args

from bot.dialog.flow import SlotType

_NONE: frozenset[str] = frozenset()

QUESTIONS: dict[str, frozenset[str]] = {
    # asking again, where a step has no words of its own left
    **{f"again_{kind}": _NONE for kind in (*get_args(SlotType), "form", "offer", "confirm")},
    "way_out": _NONE,
    "understood": frozenset({"found"}),
    "orders_in_turn": frozenset({"number", "others"}),
    # why an answer is none
    "answer_several_orders": frozenset({"numbers"}),
    "answer_no_such_day": frozenset({"text"}),
    "answer_other_time": frozenset({"day"}),
    "answer_which_time": frozenset({"day", "times"}),
    "answer_email_wrong": frozenset({"text"}),
    "answer_phone_wrong": _NONE,
    "answer_negative": _NONE,
    "answer_too_many": frozenset({"name", "quantity", "asked"}),
    "answer_only_one": _NONE,
    "answer_how_many": frozenset({"name", "quantity"}),
    "answer_which_thing": frozenset({"things"}),
    "answer_address_part": frozenset({"text", "lacks"}),
    "answer_no_photo": _NONE,
    "answer_file": _NONE,
    "answer_voice": _NONE,
    "answer_no_words": _NONE,
    "answer_question": _NONE,
    "answer_condition": _NONE,
    "answer_why": frozenset({"asked"}),
    "answer_unclear": _NONE,
    "answer_reconsidered": _NONE,
    "answer_pointing": _NONE,
    "answer_whatever": _NONE,
    "answer_dont_know": _NONE,
    "answer_dont_know_order": _NONE,
    "answer_dont_know_choice": _NONE,
    # buttons
    "choice_all": _NONE,
}
