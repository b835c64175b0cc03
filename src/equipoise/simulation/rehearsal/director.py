"""The director: opens the trial, lets participants arrive, and interleaves their stories by date."""

import heapq
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from equipoise.conduct.actions.people import GrantRole
from equipoise.conduct.actions.randomize import CommitRandomization, SeasonRandomization
from equipoise.conduct.actions.trial import ActivateProtocol, ConfirmExclusions, OpenSite, OpenTrial, PublishTranslation
from equipoise.conduct.entry import SYSTEM, Entry
from equipoise.kernel.chance import stream
from equipoise.protocol.load import Loaded
from equipoise.protocol.model import Protocol, Scenario
from equipoise.simulation.rehearsal.cast import SITES, Person, cast
from equipoise.simulation.rehearsal.central_reading import central_readers
from equipoise.simulation.rehearsal.conduct import USUAL, Conduct
from equipoise.simulation.rehearsal.followup import follow
from equipoise.simulation.rehearsal.screening import Habits, screen
from equipoise.simulation.rehearsal.steps import Step, Story
from equipoise.simulation.rehearsal.telling import Telling

DAYS_PER_MONTH = 30.4375
SCREENING_DAYS = 20
"""Days from the opening of sites to the first possible randomization."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The steps that open a rehearsal, and the people in it."""

    people: tuple[Person, ...]
    steps: tuple[Step, ...]


def season_of(seed: str) -> str:
    """The public value a rehearsal mixes into its allocation key."""
    return sha256(f"equipoise/rehearsal-season\0{seed}".encode()).hexdigest()


def accrual_from(start: date) -> date:
    """The day from which participants are randomized: whoever comes first has to be screened before."""
    return start + timedelta(days=SCREENING_DAYS)


def opening(
    loaded: Loaded, *, seed: str, start: date, sites: int, translations: tuple[tuple[str, str, str], ...] = (),
    subjects: int = 0, scenario: str = "", conduct: str = "",
) -> Opening:  # fmt: skip
    """Open a ledger as a rehearsal: protocol, translations (language, digest, canonical), sites, roles, epoch."""
    people = cast(sites)
    at = datetime.combine(start - timedelta(days=14), time(9), UTC)
    sponsor = next(person for person in people if person.role == "sponsor_admin")
    investigator = next(person for person in people if person.role == "investigator")
    open_criteria = tuple(criterion.id for criterion in loaded.protocol.eligibility if criterion.confirm)
    opens = OpenTrial(
        loaded.canonical, rehearsal=True, seed=seed, scenario=scenario, subjects=subjects, conduct=conduct,
        accrual_from=accrual_from(start).isoformat(),
    )  # fmt: skip
    actions: list[tuple[Any, Any]] = [(SYSTEM, opens)]
    actions += [
        (SYSTEM, PublishTranslation(loaded.digest, language, digest, canonical))
        for language, digest, canonical in translations
    ]
    actions += [(sponsor.actor(), OpenSite(*site)) for site in SITES[:sites]]
    actions += [(SYSTEM, GrantRole(one.user, one.role, one.site or "", "rehearsal")) for one in people]
    if open_criteria:
        actions.append((investigator.actor(), ConfirmExclusions(loaded.digest, open_criteria)))
    approved = (start - timedelta(days=20)).isoformat()
    actions += [
        (sponsor.actor(), ActivateProtocol(site[0], loaded.digest, approved, f"Ethics approval {site[2]}-1"))
        for site in SITES[:sites]
    ]
    actions += [
        (sponsor.actor(), CommitRandomization(loaded.digest)),
        (sponsor.actor(), SeasonRandomization(1, season_of(seed), "digest of the rehearsal's seed")),
    ]
    steps = tuple(Step(at + timedelta(minutes=index), actor, action) for index, (actor, action) in enumerate(actions))
    return Opening(tuple(people), steps)


def rehearse(
    protocol: Protocol,
    people: tuple[Person, ...],
    *,
    subjects: int,
    seed: str,
    start: date,
    until: date | None = None,
    scenario: str = "",
    conduct: Conduct = USUAL,
) -> Generator[Step, tuple[Entry, ...], None]:
    """Act out the trial until `subjects` participants are randomized and followed to `until`.

    Yields steps in order of time; send back the entries each one left. Without `until`, participants are followed for
    the protocol's accrual and follow-up at its planned rate. Whoever is randomized is the participant the simulator
    imagines in that place under the same seed and scenario; the allocation alone decides which of two courses it takes.
    """
    world = scenario_of(protocol, scenario)
    rate = float(protocol.accrual.subjects) / float(protocol.accrual.months)
    accrual_days = subjects / rate * DAYS_PER_MONTH
    last = until or start + timedelta(
        days=round(accrual_days + float(protocol.accrual.follow_up_months) * DAYS_PER_MONTH)
    )
    waiting: list[tuple[datetime, int, Step, Story]] = []
    coming = _Coming(protocol, world, people, subjects, seed, start, last, accrual_days, conduct)

    def admit(story: Story, index: int) -> None:
        first = next(story, None)
        if first is not None:
            heapq.heappush(waiting, (first.at, index, first, story))

    told: dict[int, Telling] = {}
    for place in range(subjects):
        for tell in coming.until_one_passes(place):
            told[tell.index] = tell
            admit(_story(tell, coming.habits), tell.index)
    while waiting:
        at, number, step, story = heapq.heappop(waiting)
        if at.date() > last:
            continue
        entries = yield step
        try:
            following = story.send(entries)
        except StopIteration:
            if told[number].meant_to_pass and told[number].book.randomized is None:
                # Somebody meant to be eligible was not after all: another person comes in their place.
                for tell in coming.until_one_passes(told[number].place, after=at.date()):
                    told[tell.index] = tell
                    admit(_story(tell, coming.habits), tell.index)
            continue
        heapq.heappush(waiting, (following.at, number, following, story))


def scenario_of(protocol: Protocol, scenario: str) -> Scenario:
    """A scenario by its id; the first one where none is named."""
    return next((one for one in protocol.scenarios if one.id == scenario), protocol.scenarios[0])


@dataclass
class _Coming:
    """People coming to the sites, for as long as any are asked for."""

    protocol: Protocol
    world: Scenario
    people: tuple[Person, ...]
    subjects: int
    seed: str
    start: date
    last: date
    accrual_days: float
    conduct: Conduct
    habits: Habits = field(default_factory=lambda: Habits({}))
    index: int = 0

    def __post_init__(self) -> None:
        from equipoise.simulation.cohort import participants

        self.cohort = participants(self.protocol, self.world, seed=self.seed, subjects=self.subjects)
        self.arrivals, self.failures = stream(self.seed, "arrivals"), stream(self.seed, "screen-failures")
        self.sites = sorted({person.site for person in self.people if person.site})
        self.weights = [1.0 / (1 + rank) ** 0.5 for rank in range(len(self.sites))]

    def until_one_passes(self, place: int, *, after: date | None = None) -> Iterator[Telling]:
        """Those who fail screening before it, and then who is to be randomized in a place; in time, or after a day."""
        while True:
            fails = self.failures.happens(float(self.protocol.accrual.screen_failure))
            tell = self._someone(passes=not fails)
            on = accrual_from(self.start) + timedelta(days=self.cohort[place].arrival)
            if after is not None:
                on = max(on, after + timedelta(days=SCREENING_DAYS))
            if fails:
                # Within two weeks of the participant they come before.
                tell.arrives = on - timedelta(days=self.arrivals.between(SCREENING_DAYS - 1, SCREENING_DAYS + 13))
                tell.arrives = max(tell.arrives, self.start, after or self.start)
                yield tell
                continue
            same_day = [one.arrival for one in self.cohort[:place]].count(self.cohort[place].arrival)
            tell.participant, tell.randomizes_on, tell.rank, tell.place = self.cohort[place], on, same_day, place
            yield tell
            return

    def _someone(self, *, passes: bool) -> Telling:
        site = self.arrivals.weighted(self.sites, self.weights)
        team = {person.role: person for person in self.people if person.site == site}
        team |= central_readers(self.people, self.index)
        tell = Telling(
            self.protocol, self.world, site, team, self.seed, self.index, self.last, self.start, meant_to_pass=passes,
            conduct=self.conduct,
        )  # fmt: skip
        self.index += 1
        return tell


def _story(tell: Telling, habits: Habits) -> Story:
    randomized = yield from screen(tell, habits)
    if randomized:
        yield from follow(tell)
