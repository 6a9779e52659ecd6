"""The error tree.

    FrontdeskError                 everything that we raise on purpose
    ├── ContentError               the YAML is wrong: every problem, each with file:line       (for its author)
    ├── ConfigError                config.yaml or the environment is wrong: key, value, wanted (for the operator)
    ├── StoreError                 the database cannot be used: what to do about it            (for the operator)
    │   └── Conflict               another process changed the dossier first: run the turn again
    ├── OutsideError               an outside system gave no answer that can be used           (for the operator)
    │   ├── Unsupported            … and never will: it has no such thing, people do it by hand
    │   └── Doubtful               … and may have done what it was asked for: somebody has to look
    ├── BadInput                   a line, press or command that cannot be taken; nothing changed
    ├── DeliveryDelayed            a platform asks us to try again later, and says when
    └── DeliveryRefused            a platform will never take this effect: do not try again

Customers never see an exception's text: a failure reaches them as a repair from handoff/texts.yaml.
"""

from dataclasses import dataclass


class FrontdeskError(Exception):
    """Base of everything that we raise on purpose."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a content file: where, what, and how to mend it."""

    file: str
    line: int
    what: str
    fix: str = ""

    def __str__(self) -> str:
        fix = f" {self.fix}" if self.fix else ""
        return f"{self.file}:{self.line}: {self.what}{fix}"


class ContentError(FrontdeskError):
    """Content that cannot be served; `problems` holds all of them, in file order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ConfigError(FrontdeskError):
    """A setting that cannot be used."""


class StoreError(FrontdeskError):
    """The database cannot be used now."""


class Conflict(StoreError):
    """A row that the turn relied on had changed; nothing was written, run the turn again."""


class OutsideError(FrontdeskError):
    """An outside system gave no answer that can be used; nothing was done."""


class Unsupported(OutsideError):
    """An outside system has no such thing, today or ever; people do it by hand."""


class Doubtful(OutsideError):
    """Whether an outside system did what it was asked for is not known; `reference` is what it was asked with."""

    def __init__(self, what: str, reference: str) -> None:
        self.reference = reference
        super().__init__(what)


class BadInput(FrontdeskError):
    """Input that cannot be taken; it changed nothing."""


class DeliveryDelayed(FrontdeskError):
    """The platform wants a pause: try again after `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"asked to wait {seconds:g} s")


class DeliveryRefused(FrontdeskError):
    """The platform refused for good; trying again cannot help."""
