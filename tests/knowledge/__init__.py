"""Tests of `bot.knowledge`, and the fit of its constants."""
