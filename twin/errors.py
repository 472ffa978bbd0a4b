"""Every error we raise on purpose, in two families.

    DTwinSegerError
    ├── ToolError            a MODEL can mend it: its text becomes the tool's reply
    │   ├── UnknownObjectError
    │   ├── StepError
    │   ├── AnswerFormatError
    │   └── FalseEvidenceError
    └── UserError            a PERSON must act: one clear line that says what to do
        ├── BadInputError        what was handed in cannot be used (exit code 2)
        │   ├── BadImageError
        │   ├── BadTwinError
        │   ├── BadQueryError
        │   ├── SettingsError
        │   ├── CheckpointError
        │   ├── OutputError
        │   └── ResumeRefusedError
        └── RunFailedError       the run could not be finished (exit code 3)
            ├── NotUnderstoodError
            ├── GaveUpError
            ├── ServiceError
            └── BudgetSpentError

What callers of our own functions do wrong is a ``ValueError``. Nothing catches ``Exception`` to carry on
with an empty answer.
"""

from collections.abc import Iterable
from typing import Final, Literal

BudgetName = Literal["steps", "calls", "seconds", "tokens", "usd"]
TAKE_THE_LAST: Final = ", or take the last state with --accept-partial"


class DTwinSegerError(Exception):
    """Root of everything we raise on purpose."""


# ---- a model can mend these ---------------------------------------------------------------------


class ToolError(DTwinSegerError):
    """The model can mend this: the text goes back to it as the tool's reply.

    Attributes:
        notes: what a person should know of the call that was refused.
    """

    def __init__(self, text: str, *, notes: Iterable[str] = ()) -> None:
        super().__init__(text)
        self.notes = tuple(notes)


class UnknownObjectError(ToolError):
    """An index that the twin, or the state in question, does not hold."""

    def __init__(self, index: int, known: Iterable[int]) -> None:
        super().__init__(f"no object {index}; known: {', '.join(map(str, known)) or 'none'}")
        self.index = index


class StepError(ToolError):
    """A step that does not fit the state it is applied to."""


class AnswerFormatError(ToolError):
    """A model's text that is not what was asked for."""


class FalseEvidenceError(ToolError):
    """A step that cites claims which the masks contradict, or none where it has to.

    Attributes:
        checked: claims that the step cites; false: those of them that are contradicted.
    """

    def __init__(self, text: str, *, checked: int, false: int) -> None:
        super().__init__(text)
        self.checked = checked
        self.false = false


# ---- a person must act on these -----------------------------------------------------------------


class UserError(DTwinSegerError):
    """A person must act: the text is one line that says what is wrong and what to do."""


class BadInputError(UserError):
    """What was handed in cannot be used. The command ends with exit code 2."""


class BadImageError(BadInputError):
    """Not a picture that can be read."""


class BadTwinError(BadInputError):
    """A twin, record or annotation file that is damaged or contradicts itself."""


class BadQueryError(BadInputError):
    """An empty, oversized or unprintable query."""


class SettingsError(BadInputError):
    """A setting, component name or combination of them that does not exist."""


class CheckpointError(BadInputError):
    """A file of weights that is missing, damaged, or not of the model that was named."""


class OutputError(BadInputError):
    """A folder or file that cannot be written."""


class ResumeRefusedError(BadInputError):
    """A run that cannot be resumed: it is finished, or was begun under other settings."""


class RunFailedError(UserError):
    """The run could not be finished. Its result has status ``failed``; exit code 3."""


class NotUnderstoodError(RunFailedError):
    """The planner understands nothing of the query."""


class GaveUpError(RunFailedError):
    """The planner's answers stayed invalid after every return the method allows."""


class ServiceError(RunFailedError):
    """A model's service gave no answer that can be used: unreachable, refused, broke off, too late."""


class BudgetSpentError(RunFailedError):
    """A budget of the run is spent."""

    def __init__(self, budget: BudgetName, limit: float) -> None:
        unit = budget if limit != 1 else budget.removesuffix("s")
        super().__init__(
            f"the budget of {limit:g} {unit} is spent before an answer; raise "
            f"DTWINSEGER_MAX_{budget.upper()}{TAKE_THE_LAST}"
        )
        self.budget: BudgetName = budget
