"""The shell around the engine: accept, decide, commit, deliver, and wake when something is due.

    accept ──▶ committer ──▶ dispatcher ──▶ committer ──▶ outbox ──▶ channel, connector
                   ▲                                        │
                   └──────── timers, results, marks ◀───────┘

`runtime.Runtime` holds the parts together. Everything that is written goes through the committer, which lets many turns
share a commit; what a commit brought forth goes on to dispatcher, outbox and timers from there.
"""
