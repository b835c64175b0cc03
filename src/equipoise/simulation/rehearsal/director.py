"""The director: opens the trial, lets participants arrive, and interleaves their stories by date."""

import heapq
from collections.abc import Generator, Iterator
from dataclasses import dataclass
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
from equipoise.simulation.rehearsal.followup import follow
from equipoise.simulation.rehearsal.screening import Habits, screen
from equipoise.simulation.rehearsal.steps import Step, Story
from equipoise.simulation.rehearsal.telling import Telling

DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Opening:
    """The steps that open a rehearsal, and the people in it."""

    people: tuple[Person, ...]
    steps: tuple[Step, ...]


def opening(
    loaded: Loaded, *, seed: str, start: date, sites: int, translations: tuple[tuple[str, str, str], ...] = ()
) -> Opening:
    """Open a ledger as a rehearsal: protocol, translations (language, digest, canonical), sites, roles, epoch."""
    people = cast(sites)
    at = datetime.combine(start - timedelta(days=14), time(9), UTC)
    sponsor = next(person for person in people if person.role == "sponsor_admin")
    investigator = next(person for person in people if person.role == "investigator")
    open_criteria = tuple(criterion.id for criterion in loaded.protocol.eligibility if criterion.confirm)
    actions: list[tuple[Any, Any]] = [(SYSTEM, OpenTrial(loaded.canonical, rehearsal=True, seed=seed))]
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
    season = sha256(f"equipoise/rehearsal-season\0{seed}".encode()).hexdigest()
    actions += [
        (sponsor.actor(), CommitRandomization(loaded.digest)),
        (sponsor.actor(), SeasonRandomization(1, season, "digest of the rehearsal's seed")),
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
) -> Generator[Step, tuple[Entry, ...], None]:
    """Act out the trial until `subjects` participants are randomized and followed to `until`.

    Yields steps in order of time; send back the entries each one left. Without `until`, participants are followed for
    the protocol's accrual and follow-up at its planned rate.
    """
    world = next((one for one in protocol.scenarios if one.id == scenario), protocol.scenarios[0])
    rate = float(protocol.accrual.subjects) / float(protocol.accrual.months)
    accrual_days = subjects / rate * DAYS_PER_MONTH
    last = until or start + timedelta(
        days=round(accrual_days + float(protocol.accrual.follow_up_months) * DAYS_PER_MONTH)
    )
    waiting: list[tuple[datetime, int, Step, Story]] = []
    arrivals = _arrivals(protocol, world, people, subjects, seed, start, last, accrual_days)

    def admit(story: Story, index: int) -> None:
        first = next(story, None)
        if first is not None:
            heapq.heappush(waiting, (first.at, index, first, story))

    told: dict[int, Telling] = {}
    wanted, index = 0, -1
    while wanted < subjects:
        index, tell, day, fails, story = next(arrivals)
        wanted += not fails
        told[index] = tell
        admit(story, index)
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
                while True:
                    index, tell, day, fails, story = next(arrivals)
                    told[index] = tell
                    tell.arrives = max(day, at.date() + timedelta(days=1))
                    admit(story, index)
                    if not fails:
                        break
            continue
        heapq.heappush(waiting, (following.at, number, following, story))


def _arrivals(
    protocol: Protocol, world: Scenario, people: tuple[Person, ...], subjects: int, seed: str, start: date, last: date,
    accrual_days: float,
) -> Iterator[tuple[int, Telling, date, bool, Story]]:  # fmt: skip
    """People coming to the sites, for as long as any are asked for: whether each is meant to fail, and the story."""
    arrivals = stream(seed, "arrivals")
    failures = stream(seed, "screen-failures")
    sites = sorted({person.site for person in people if person.site})
    weights = [1.0 / (1 + rank) ** 0.5 for rank in range(len(sites))]
    screened = subjects / (1 - float(protocol.accrual.screen_failure))
    habits = Habits({})
    day, index = 0.0, 0
    while True:
        day += arrivals.exponential(accrual_days / screened)
        fails = failures.happens(float(protocol.accrual.screen_failure))
        site = arrivals.weighted(sites, weights)
        team = {person.role: person for person in people if person.site == site}
        team |= central_readers(people, index)
        arrives = start + timedelta(days=int(day))
        tell = Telling(protocol, world, site, team, seed, index, last, arrives, meant_to_pass=not fails)
        yield index, tell, arrives, fails, _story(tell, habits)
        index += 1


def _story(tell: Telling, habits: Habits) -> Story:
    randomized = yield from screen(tell, habits)
    if randomized:
        yield from follow(tell)
