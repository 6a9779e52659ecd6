"""The house texts about orders that customers let us watch: their names, and the values that each may use.

See texts.py. A value that is missing keeps a notice from being sent, unless the text asks for it first.
"""

_ORDER = frozenset({"number", "items", "carrier", "tracking", "eta", "old_eta", "delivered_on", "action_needed"})
# What the text below every notice must name, since customers need it whenever it is there.
DETAILS = frozenset({"number", "tracking", "eta", "action_needed"})

# What a notice to many may show besides the slots of its kind.
TELLING = frozenset({"customer", "orders", "items", "tracking", "action_needed"})
_NOTICE = frozenset(
    {"number", "title", "state", "people", "audience", "sent", "failed", "left_out", "waiting", "second"}
)
_STAFF = _NOTICE | {"by", "yes"}

NOTICES: dict[str, frozenset[str]] = {
    "notice_shipped": _ORDER,
    "notice_en_route": _ORDER,
    "notice_delivered": _ORDER,
    "notice_delayed": _ORDER,
    "notice_early": _ORDER,
    "notice_new_date": _ORDER,
    "notice_action": _ORDER,
    "notice_lost": _ORDER,
    "notice_cancelled": _ORDER,
    "notice_returned": _ORDER,
    "notice_refunded": _ORDER,
    "notice_details": _ORDER,
    "notice_short": _ORDER | {"news"},
    "choice_notice_stop": frozenset(),
    "choice_notice_delivered": frozenset(),
    "choice_notice_lost": frozenset(),
    "notice_question": frozenset({"number"}),
    "watch_stopped": frozenset({"numbers"}),
    "staff_notice_withheld": frozenset({"notice", "number", "missing"}),
    # Notices to many. To customers:
    "notice_hello": frozenset(),
    "notice_ok": frozenset({"title"}),
    "notice_about": frozenset({"title", "orders", "items"}),
    "notices_off": frozenset(),
    "notices_on": frozenset(),
    # And to staff:
    "reason_news": frozenset({"number", "news"}),
    "reason_notice": frozenset({"title", "orders"}),
    "notice_looking": frozenset({"agent"}),
    "notice_refused": frozenset({"agent", "why", "words", "known", "role", "number"}),
    "notice_unknown": _STAFF | {"detail"},
    "notice_nobody": _STAFF | {"unknown", "told", "told_at", "examples"},
    "notice_preview": _STAFF | {"unknown", "told", "told_at", "examples", "text"},
    "notice_example": frozenset({"orders", "items", "wrote"}),
    "notice_state": _STAFF | {"text"},
    "notice_unconfirmed": _STAFF | {"names", "unanswered", "unreached"},
    "desk_notice": _NOTICE,
    "act_stop": frozenset(),
    "ui_notice_to": frozenset(),
    "ui_notice_kinds": frozenset(),
    "desk_option_notice": frozenset(),
}
