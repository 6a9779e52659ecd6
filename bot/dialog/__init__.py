"""What to say and do next: pure decisions over one customer's dossier.

Lives here: events and effects (what happens, what shall happen), the dossier, flows and their interpreter, repairs,
and `advance`, which turns one event into one Turn. May not live here: anything that waits, reads a clock, draws a
random number, opens a file or logs. Time and fresh ids arrive in the event.
"""
