"""Platforms: translate what happens there into events, and effects into what people see. Nothing is decided here."""
