"""The participants a rehearsal acts out: those of the simulator's trial number 0 under the same seed and scenario.

The compiled simulator makes them once with everybody on control and once with everybody on each experimental arm: the
same words decide either way, so that each participant has a latent course under whichever arm will be drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from equipoise.protocol.model import Protocol, Scenario
from equipoise.simulation.layout import NEVER
from equipoise.simulation.one_trial import Days, ImaginedTrial, imagine, simulate_one
from equipoise.simulation.scenarios import cohort_of, experimental_arms
from equipoise.simulation.tables import combine
from equipoise.simulation.trials import TrialDesign

TRIAL = 0
"""The number of the simulated trial that a rehearsal acts out."""


@dataclass(frozen=True, slots=True)
class Course:
    """What becomes of a participant under an arm: days from randomization, None for what never comes.

    `local` says that the first progression is at a residual lesion.
    """

    progression: int | None
    death: int | None
    dropout: int | None
    local: bool


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant before the arm is known. `arrival` is the day of randomization, counted from when accrual opens.

    `lesions` is the number of residual lesions, None where the scenario does not count them. `courses` and `crosses`
    are by arm, as `arm_numbers` counts them; `crosses` says for whom the other arm's hazards hold: a control
    irradiated, or radiotherapy never given.
    """

    arrival: int
    levels: dict[str, str]
    lesions: int | None
    courses: tuple[Course, ...]
    crosses: tuple[bool, ...]


def arm_numbers(protocol: Protocol) -> dict[str, int]:
    """Arm -> its place in `courses`: 0 for control, then the experimental arms in the order of the protocol."""
    places = {arm: place for place, arm in enumerate(experimental_arms(protocol), start=1)}
    return {arm.id: places.get(arm.id, 0) for arm in protocol.arms}


def participants(protocol: Protocol, scenario: Scenario, *, seed: str, subjects: int) -> list[Participant]:
    """Everyone, in the order of arrival. Raises EstimationError or InputError where the scenario makes no trial."""
    designs = [replace(one, scans=None) for one in _cohorts(protocol, scenario, subjects)]
    design = designs[0]
    strata = combine(design.factors)
    counted = any(level.lesions for factor in design.factors for level in factor.levels)
    courses, crossing = [], []
    rows = np.empty(0)
    for arm, own in ((0, design), *((1, one) for one in designs)):
        laid, scratch, _ = simulate_one(own, seed=seed, trial=TRIAL, arms=[arm] * own.subjects)
        rows = scratch[2][:, : design.subjects].astype(np.int64)
        courses.append([Course(_day(p), _day(d), _day(left), bool(c == 0)) for left, p, d, c in rows[3:7].T])
        # The first and second words of the third purpose: who crosses, and how many lesions (`latent_kernel`).
        words = scratch[0][2, :2, : design.subjects].astype(np.uint64)
        share = laid.plan["experimental_untreated" if arm else "control_treated"][0]
        crossing.append(words[0] < share)
        lesions = 1 + (words[1][:, None] >= laid.inputs.lesion_edges[rows[1]]).sum(axis=1)
    return [
        Participant(
            arrival=int(rows[0, place]),
            levels={
                factor.id: factor.levels[level].id
                for factor, level in zip(design.factors, strata[rows[1, place]].levels, strict=True)
            },
            lesions=int(lesions[place]) if counted else None,
            courses=tuple(under[place] for under in courses),
            crosses=tuple(bool(under[place]) for under in crossing),
        )
        for place in range(subjects)
    ]


def counterpart(
    protocol: Protocol, scenario: Scenario, *, seed: str, arms: Sequence[int], subjects: int
) -> ImaginedTrial:
    """The simulator's own trial of the same participants with these arms (as `arm_numbers` counts them).

    Where arms differ in effect, `outcome`, `follow_up` and `event` are those of a trial of the first one.
    """
    designs = _cohorts(protocol, scenario, subjects)
    drawn = np.array([*arms, *[0] * (designs[0].subjects - len(arms))], np.int64)
    found = [imagine(one, seed=seed, trial=TRIAL, arms=np.minimum(drawn, 1).tolist()) for one in designs]

    def merged(name: str) -> Days:
        return np.asarray(np.choose(np.maximum(drawn - 1, 0), [getattr(one, name) for one in found]))

    return replace(
        found[0], progression=merged("progression"), death=merged("death"), dropout=merged("dropout"),
        seen=merged("seen"), cause=merged("cause"),
    )  # fmt: skip


def _cohorts(protocol: Protocol, scenario: Scenario, subjects: int) -> list[TrialDesign]:
    """The participants under each experimental arm's effect. The simulator knows no trial of one."""
    return [cohort_of(protocol, scenario, max(2, subjects), arm) for arm in experimental_arms(protocol)]


def _day(day: int) -> int | None:
    return int(day) if day < NEVER else None
