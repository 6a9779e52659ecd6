"""Numbered SQL files, applied once each and in order; a released one is never edited."""
