"""The house texts around answers: their names, and the values that each may use. See texts.py."""

ANSWERS: dict[str, frozenset[str]] = {
    # several questions in one message
    "several": frozenset({"count"}),
    "several_begin": frozenset({"title"}),
    "several_next": frozenset({"title"}),
    "choice_next": frozenset({"title"}),
    # a wish was taken back
    "refused": frozenset({"flow"}),
    "refused_order": frozenset(),
    # an answer was clear, or not, or wrong
    "check": frozenset(),
    "clarify_one": frozenset(),
    "clarify_order": frozenset(),
    "clarify_waiting": frozenset(),
    "another": frozenset(),
    "simpler": frozenset(),
    "unclear_what": frozenset(),
    "disputed": frozenset({"answer", "title", "verified"}),
    "disputed_noted": frozenset(),
    "choice_simpler": frozenset(),
    "reason_disputed": frozenset({"entry", "text"}),
    "reason_unsure": frozenset(),
    "staff_disputed": frozenset({"at", "entry", "owner", "text", "title", "verified"}),
    "staff_stale": frozenset({"count", "entries", "more", "people"}),
    "stale_entry": frozenset({"at", "owner", "title", "verified"}),
    "staff_also_asked": frozenset({"case", "asked"}),
}
