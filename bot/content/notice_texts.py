"""The house texts about orders that customers let us watch: their names, and the values that each may use.

See texts.py. A value that is missing keeps a notice from being sent, unless the text asks for it first.
"""

_ORDER = frozenset({"number", "items", "carrier", "tracking", "eta", "old_eta", "delivered_on", "action_needed"})
# What the text below every notice must name, since customers need it whenever it is there.
DETAILS = frozenset({"number", "tracking", "eta", "action_needed"})

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
    "choice_notice_stop": frozenset(),
    "choice_notice_delivered": frozenset(),
    "choice_notice_lost": frozenset(),
    "watch_stopped": frozenset({"numbers"}),
    "watch_none": frozenset(),
    "staff_notice_withheld": frozenset({"notice", "number", "missing"}),
}
