"""The desk, as pure decisions: cases, queues, opening hours, promises, roles.

May not live here: posting cards, storing cases, asking the time. All of it arrives and leaves as data.
"""
