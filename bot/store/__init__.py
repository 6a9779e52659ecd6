"""Durable state in SQLite: what happened, what we know, what is due and what is still to be said.

`sqlite.SqliteStore` is the store that `bot.ports` describes. `rows` and `transcript` translate a batch into rows and
are pure; `statements` holds the SQL; `database` owns the connection, its thread and the words for its failures.
"""
