"""What is going to happen to a participant, known to nobody yet: latent times, where it recurs, who drops out."""

from dataclasses import dataclass
from datetime import date, timedelta

from equipoise.simulation.cohort import arm_numbers
from equipoise.simulation.rehearsal.telling import Telling

NEVER = timedelta(days=36_525)
"""So far off is what never comes."""


@dataclass(frozen=True, slots=True)
class Fate:
    """Latent days of progression and death, whether it recurs at a residual site, and when contact is lost.

    `crosses`: the participant is treated as the other arm is, a control irradiated or radiotherapy never given.
    """

    progresses: date
    dies: date
    at_residual_site: bool
    drops_out: date
    how: str
    crosses: bool


def fate_of(tell: Telling) -> Fate:
    """The course the simulator imagined for this participant under the arm that was drawn (`simulation.cohort`)."""
    assert tell.participant is not None
    assert tell.book.randomized is not None
    assert tell.book.randomized_on is not None
    arm = arm_numbers(tell.protocol)[tell.book.randomized.arm]
    course, origin = tell.participant.courses[arm], tell.book.randomized_on

    def on(days: int | None) -> date:
        return origin + (timedelta(days=days) if days is not None else NEVER)

    ways = tell.conduct.leaves
    return Fate(
        progresses=on(course.progression),
        dies=on(course.death),
        at_residual_site=course.local,
        drops_out=on(course.dropout),
        how=tell.chance("dropout-kind").weighted([way for way, _ in ways], [share for _, share in ways]),
        crosses=tell.participant.crosses[arm],
    )
