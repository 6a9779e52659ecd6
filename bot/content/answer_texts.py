"""The house texts around answers: their names, and the values that each may use. See texts.py."""

ANSWERS: dict[str, frozenset[str]] = {
    # several questions in one message
    "several": frozenset({"count"}),
    "several_begin": frozenset({"title"}),
    "several_next": frozenset({"title"}),
    "choice_next": frozenset({"title"}),
    "staff_also_asked": frozenset({"case", "asked"}),
}
