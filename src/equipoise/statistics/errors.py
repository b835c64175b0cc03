"""Why no honest number can be given: the estimation errors, each carrying a message in both languages."""

from typing import Any

from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import message
from equipoise.statistics import words as _words  # noqa: F401  (declares the wordings)


class NoEstimate(EstimationError):
    """No number can be given: `because` says which and why."""

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(message(code, **params))


class TooFewEvents(NoEstimate):
    """There are no events, or none where they are needed."""


class TooFewArms(NoEstimate):
    """A comparison needs two arms with participants."""


class NotConverged(NoEstimate):
    """The likelihood has no finite maximum, or the search did not find it."""


class NotIdentified(NoEstimate):
    """A covariate is constant, or a combination of the others."""


class UnsupportedTime(NoEstimate):
    """The data do not reach the time asked for."""
