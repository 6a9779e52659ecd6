"""The desk, as pure decisions: cases, queues, opening hours, service levels, promises, roles.

case.py       a case and its deadlines
team.py       queues and the people behind them
hours.py      opening hours, and the open time between two instants
targets.py    service levels: what is spent of a target, when it is due
glance.py     the desk at a glance: what stands where, and what is to be done next
estimates.py  how long customers wait, from what they waited lately
promises.py   a promised time, read out of what somebody wrote
agreed.py     the time that a customer asked for, out of a reply that only agrees to it
moments.py    what a time that somebody said means
wordings.py   the words for both, of a language, and their patterns

May not live here: posting cards, storing cases, asking the time. All of it arrives and leaves as data.
"""
