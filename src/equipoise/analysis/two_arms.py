"""Two arms as arrays: what every comparison of an experimental arm with control starts from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol as Structure

import numpy as np

from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import Message, literal
from equipoise.statistics.errors import NoEstimate
from equipoise.statistics.follow_up import Floats, Ints


class Timed(Structure):
    """A row with a time in months, an arm and the strata it was randomized in."""

    @property
    def months(self) -> float:
        """Months since randomization."""

    @property
    def arm(self) -> str:
        """The arm as randomized."""

    @property
    def levels(self) -> tuple[tuple[str, str], ...]:
        """(factor, level) as randomized."""


@dataclass(frozen=True, eq=False)
class TwoArms:
    """Times in months, 1 for the experimental arm, and stratum codes (None unstratified) with their names."""

    time: Floats
    treated: Ints
    strata: Ints | None
    stratum_names: list[str]

    @property
    def as_covariate(self) -> Floats:
        """The arm as a covariate."""
        return self.treated.astype(np.float64)


def two_arms(rows: Sequence[Timed], arm: str, strata: Sequence[str]) -> TwoArms:
    """The arrays of rows that belong to an arm or to control. Strata are named by the ids of their levels."""
    levels = [tuple((factor, dict(row.levels).get(factor, "?")) for factor in strata) for row in rows]
    known = sorted(set(levels))
    return TwoArms(
        np.array([row.months for row in rows], dtype=np.float64),
        np.array([1 if row.arm == arm else 0 for row in rows], dtype=np.int64),
        np.array([known.index(one) for one in levels], dtype=np.int64) if strata else None,
        [" / ".join(level for _factor, level in stratum) for stratum in known],
    )


def because(error: EstimationError) -> Message:
    """Why there is no estimate, to be said in the reader's language."""
    return error.because if isinstance(error, NoEstimate) else literal(str(error))
