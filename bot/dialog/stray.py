"""A command in the middle of words for a customer: it was meant for staff, so that the words are not sent.

What a staff channel knows as a command is done before words come here. What is left at the beginning of a line and
looks like one is a slip ("!nte"), stands in a quotation, or was written in a form; whoever wrote it is asked.
"""

import re

_COMMAND = re.compile(r"^[ \t>]*(![ \t]*[a-z]\w*)", re.IGNORECASE | re.MULTILINE)


def command(text: str) -> str:
    """Return the first command that stands at the beginning of a line; empty if there is none."""
    found = _COMMAND.search(text)
    return found[1] if found else ""
