"""What the platform says when it refuses: a status, a JSON code, and for forms the nested list of what was wrong."""

from typing import Any

MESSAGES: dict[int, tuple[int, str]] = {
    0: (404, "404: Not Found"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    30003: (400, "Maximum number of pins reached for the channel (50)"),
    30010: (400, "Maximum number of reactions reached (20)"),
    30013: (400, "Maximum number of guild channels reached (500)"),
    30032: (400, "Maximum number of application commands reached (100)"),
    30033: (400, "Max number of thread participants has been reached (1000)"),
    30046: (400, "Maximum number of edits to messages older than 1 hour reached. Try again later."),
    40001: (401, "Unauthorized"),
    40003: (400, "You are opening direct messages too fast"),
    40005: (413, "Request entity too large"),
    40058: (400, "Cannot message this channel until a post is created"),
    40060: (400, "Interaction has already been acknowledged."),
    40067: (400, "A tag is required to create a forum post in this channel"),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50016: (
        400,
        "Provided too few or too many messages to delete. Must provide at least 2 and fewer than 100 messages.",
    ),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50034: (400, "A message provided was too old to bulk delete"),
    50035: (400, "Invalid Form Body"),
    50046: (400, "Invalid Asset"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    160002: (403, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    160005: (403, "This thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
}


def fields(words: str) -> frozenset[str]:
    """Read the names of a body's fields."""
    return frozenset(words.split())


class ApiError(Exception):
    """A refusal; `violation` marks one that a correct client never earns."""

    def __init__(
        self, code: int, *, errors: dict[str, Any] | None = None, status: int | None = None, violation: str = ""
    ) -> None:
        usual, text = MESSAGES.get(code, (400, "Bad Request"))
        super().__init__(f"{code}: {text}")
        self.code = code
        self.status = status or usual
        self.violation = violation
        self.body: dict[str, Any] = {"message": text, "code": code}
        if errors:
            self.body["errors"] = errors


class Form:
    """Collects what is wrong with a body, at dotted paths, and refuses once with all of it."""

    def __init__(self) -> None:
        self._errors: dict[str, Any] = {}
        self._said: list[str] = []

    def wrong(self, path: str, code: str, text: str) -> None:
        node = self._errors
        for part in path.split("."):
            node = node.setdefault(part, {})
        node.setdefault("_errors", []).append({"code": code, "message": text})
        self._said.append(f"{path}: {text} ({code})")

    def length(self, path: str, value: object, most: int, least: int = 0) -> None:
        """Hold a string to its bounds; None counts as absent."""
        if value is None:
            return
        if not isinstance(value, str):
            self.wrong(path, "STRING_TYPE_CONVERT", "Could not interpret input as string.")
        elif len(value) > most:
            if least:
                self.wrong(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
            else:
                self.wrong(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        elif len(value) < least:
            self.wrong(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def count(self, path: str, items: object, most: int, least: int = 0) -> list[Any]:
        """Hold a list to its bounds and give it back; anything but a list counts as empty."""
        if items is None:
            return []
        if not isinstance(items, list):
            self.wrong(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if not least <= len(items) <= most:
            code = "BASE_TYPE_MAX_LENGTH" if len(items) > most else "BASE_TYPE_BAD_LENGTH"
            self.wrong(path, code, f"Must be between {least} and {most} in length.")
        return items

    def among(self, path: str, value: object, choices: tuple[object, ...]) -> None:
        if value not in choices:
            listed = ", ".join(map(str, choices))
            self.wrong(path, "BASE_TYPE_CHOICES", f"Value must be one of ({listed}).")

    def known(self, path: str, body: dict[str, Any], keys: frozenset[str]) -> None:
        """Refuse fields that the platform does not know: it ignores them, and so hides slips."""
        for key in body.keys() - keys:
            self.wrong(f"{path}.{key}" if path else key, "UNKNOWN_FIELD", "No such field.")

    def refuse(self) -> None:
        """Raise if anything was wrong."""
        if self._errors:
            raise ApiError(50035, errors=self._errors, violation="; ".join(self._said))
