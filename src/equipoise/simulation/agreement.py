"""A rehearsal beside the simulator: are they the same participants, and is the same observed of them?

Both draw from the same streams (seed, scenario, place in the order of randomization), so that arms, latent times and,
where the rehearsal was conducted cleanly, what is observed at a data cut must be the same. Conducted as in life, the
difference is what late, missed and unreported visits did to the trial.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from equipoise.kernel.errors import InputError
from equipoise.methods.randomization import Allocation, allocate
from equipoise.methods.randomization.secret import rehearsal_key
from equipoise.protocol.model import Protocol, Scenario
from equipoise.simulation.cohort import arm_numbers, counterpart, participants
from equipoise.simulation.rehearsal.director import season_of

EPOCH = 1


@dataclass(frozen=True, slots=True)
class Observed:
    """What a data cut shows of an endpoint: days since randomization, and whether the event was seen."""

    days: int
    event: bool


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A participant of a record, in the order of randomization: what is compared with the simulator's."""

    subject: str
    site: str
    randomized_on: date
    arm: str
    levels: dict[str, str]
    pfs: Observed
    os: Observed


@dataclass(frozen=True, slots=True)
class Pair:
    """A participant as rehearsed and as imagined; the latent days are the simulator's."""

    rehearsed: Rehearsed
    randomized_on: date
    arm: str
    levels: dict[str, str]
    latent_progression: int | None
    latent_death: int | None
    pfs: Observed
    os: Observed

    @property
    def differs(self) -> tuple[str, ...]:
        """In what the two differ, in the order in which one leads to the next."""
        ours = self.rehearsed
        return tuple(
            name
            for name, same in (
                ("levels", ours.levels == self.levels),
                ("arm", ours.arm == self.arm),
                ("day", ours.randomized_on == self.randomized_on),
                ("pfs", ours.pfs == self.pfs),
                ("os", ours.os == self.os),
            )
            if not same
        )


def compare(
    protocol: Protocol, scenario: Scenario, rehearsed: Sequence[Rehearsed], *, seed: str, subjects: int,
    accrual_from: date, cutoff: date,
) -> list[Pair]:  # fmt: skip
    """Pair everyone of a rehearsal of `subjects` participants with the simulator's own, at one data cut.

    The simulator's arms are drawn anew: by the protocol's method, from the key the seed stands for, for its own
    participants in their order, at the sites where the rehearsal's were. Raises InputError for more participants than
    were to be rehearsed.
    """
    if len(rehearsed) > subjects:
        raise InputError(
            "the record holds more participants than it rehearses", seen=len(rehearsed), wanted=f"at most {subjects}"
        )
    cohort = participants(protocol, scenario, seed=seed, subjects=subjects)[: len(rehearsed)]
    arms = drawn_arms(protocol, [one.levels for one in cohort], [one.site for one in rehearsed], seed=seed)
    numbers = arm_numbers(protocol)
    codes = [numbers[arm] for arm in arms]
    trial = counterpart(protocol, scenario, seed=seed, arms=codes, subjects=subjects)
    cut = (cutoff - accrual_from).days
    pfs, os = trial.progression_free_at(cut), trial.survival_at(cut)
    found = []
    for place, (ours, theirs) in enumerate(zip(rehearsed, cohort, strict=True)):
        course = theirs.courses[codes[place]]
        found.append(
            Pair(
                ours,
                date.fromordinal(accrual_from.toordinal() + theirs.arrival),
                arms[place],
                theirs.levels,
                course.progression,
                course.death,
                Observed(int(pfs[0][place]), bool(pfs[1][place])),
                Observed(int(os[0][place]), bool(os[1][place])),
            )
        )
    return found


def drawn_arms(
    protocol: Protocol, levels: Sequence[dict[str, str]], sites: Sequence[str], *, seed: str
) -> list[str]:  # fmt: skip
    """The arms a rehearsal's randomization draws for participants with these levels, at these sites, in this order."""
    key, season = rehearsal_key(seed, protocol.id, EPOCH), season_of(seed)
    history: list[Allocation] = []
    for own, site in zip(levels, sites, strict=True):
        given = {**own, "site": site}
        history.append(
            allocate(protocol.randomization, epoch=EPOCH, key=key, season=season, levels=given, history=history)
        )
    return [allocation.arm for allocation in history]
