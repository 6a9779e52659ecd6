"""The law that nothing is said twice running, neither a text nor a whole sentence of it, and what is no such thing.

The bot may own up to it ("Once more: …"); a summary that is read back once more is read whole, since that is what the
customer agrees to; and what was said hours ago may be said again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.dialog.echoes import echo

_FORGOTTEN = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the bot said last, and when."""

    text: str = ""
    at: datetime | None = None
    reads_back: bool = False

    def then(self, text: str, at: datetime, *, owns_up: tuple[str, ...], reads_back: bool) -> tuple["Heard", str]:
        """Return what has been heard once this is said, and what of it was said just before (mostly nothing)."""
        now = Heard(text, at, reads_back)
        if self.at is None or at - self.at >= _FORGOTTEN or text.startswith(owns_up):
            return now, ""
        again = echo(text, self.text)
        return now, "" if reads_back and self.reads_back and again != text else again
