"""The house texts that the engine says by itself: their names, and the values that each may use.

The words are content (handoff/texts.yaml). A folder that leaves one out gets the shipped one.
"""

_CASE = frozenset({"case", "team", "promise", "opens", "owner"})

TEXTS: dict[str, frozenset[str]] = {
    # meeting and parting
    "first_contact": frozenset(),
    "helped": frozenset(),
    "anything_else": frozenset(),
    "go_ahead": frozenset(),
    "closing": frozenset(),
    # not understanding
    "no_words": frozenset(),
    "unknown": frozenset(),
    "dont_know": frozenset(),
    "clarify": frozenset(),
    "not_helped": frozenset(),
    "stuck": frozenset(),
    "trouble": frozenset(),
    "stale_choice": frozenset(),
    # getting around in flows
    "cancelled": frozenset({"flow"}),
    "nothing_to_cancel": frozenset(),
    "went_back": frozenset(),
    "nothing_to_go_back": frozenset(),
    "started_over": frozenset(),
    "restarted": frozenset({"flow"}),
    "digression": frozenset({"flow"}),
    "resumed": frozenset({"flow"}),
    "one_moment": frozenset(),
    # people
    "handoff": _CASE - {"owner"},
    "handoff_closed": _CASE - {"owner"},
    "already_waiting": frozenset({"case", "promise"}),
    "passed_on": frozenset({"case", "promise"}),
    "reopened": _CASE - {"opens"},
    "claimed": frozenset({"case", "owner"}),
    "released": frozenset({"owner", "team", "promise"}),
    "resolved": frozenset({"case", "owner"}),
    "about_case": frozenset({"case", "owner"}),
    "promise_missed": frozenset({"case", "team", "promise"}),
    "under_review": frozenset({"case", "promise"}),
    "leave_case": frozenset({"case", "owner"}),
    "stayed": frozenset({"case"}),
    "back_with_bot": frozenset({"case"}),
    # buttons
    "choice_yes": frozenset(),
    "choice_no": frozenset(),
    "choice_person": frozenset(),
    "choice_helped": frozenset(),
    "choice_unhelpful": frozenset(),
    "choice_none": frozenset(),
    "choice_back_to_bot": frozenset(),
    "choice_stay": frozenset(),
    # times
    "time_today": frozenset({"time", "day"}),
    "time_tomorrow": frozenset({"time", "day"}),
    "time_on_day": frozenset({"time", "day"}),
    # for staff: why they were called
    "reason_wish": frozenset(),
    "reason_misses": frozenset(),
    "reason_failures": frozenset(),
    "reason_not_helped": frozenset({"entry"}),
    "reason_approval": frozenset(),
    "reason_broken": frozenset({"error"}),
    # for staff: lines in a case's thread
    "staff_reopened": frozenset({"case", "reason"}),
    "staff_withdrawn": frozenset({"case"}),
    "staff_closed": frozenset({"case", "agent", "role"}),
    "staff_nothing_to_decide": frozenset({"case", "agent", "role"}),
    "staff_role": frozenset({"case", "agent", "role"}),
    "staff_approved": frozenset({"case", "agent", "reason"}),
    "staff_declined": frozenset({"case", "agent", "reason"}),
    "staff_decide_first": frozenset({"case", "agent"}),
    "staff_taken": frozenset({"case", "agent", "owner"}),
    "staff_not_owner": frozenset({"case", "agent", "owner"}),
    "staff_promise_missed": frozenset({"case", "promise", "missed"}),
    "staff_promise_missed_again": frozenset({"case", "promise", "missed"}),
    "staff_flow_gone": frozenset({"case"}),
    "staff_undelivered": frozenset({"case", "detail"}),
}

# The last holds no commands, but the words with which a sentence means the opposite of what it names.
COMMANDS: frozenset[str] = frozenset({"cancel", "back", "restart", "yes", "no", "helped", "unhelpful", "negation"})
