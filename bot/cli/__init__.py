"""The command line: `frontdesk --help` is its manual. Importing a module here adds its commands, in this order."""

from bot.cli import playing, running, operating, outside, noticing, auditing, reporting, content, reviewing, flows  # isort: skip
from bot.cli.base import cli, main

__all__ = [
    "auditing",
    "cli",
    "content",
    "flows",
    "main",
    "noticing",
    "operating",
    "outside",
    "playing",
    "reporting",
    "reviewing",
    "running",
]
