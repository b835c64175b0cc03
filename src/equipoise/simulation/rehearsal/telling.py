"""What every story shares: who of the cast acts, when in a working day, and the casebook so far."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from equipoise.conduct.casebook import Casebook, fold_casebook
from equipoise.conduct.entry import TRIAL_STREAM, Entry
from equipoise.conduct.journey import progressed_on
from equipoise.kernel.chance import Stream
from equipoise.methods.forms import Form
from equipoise.protocol.model import Protocol, Scenario
from equipoise.simulation.rehearsal.cast import Person
from equipoise.simulation.rehearsal.conduct import USUAL, Conduct
from equipoise.simulation.rehearsal.steps import Step

if TYPE_CHECKING:
    from equipoise.simulation.cohort import Participant


@dataclass
class Telling:
    """One participant's story as it is told: the draws, the people of the site, the casebook so far."""

    protocol: Protocol
    scenario: Scenario
    site: str
    people: dict[str, Person]
    seed: str
    index: int
    until: date
    arrives: date
    meant_to_pass: bool = True
    participant: "Participant | None" = None
    """Whom the simulator imagined in this place; None for those meant to fail screening."""
    randomizes_on: date | None = None
    """The day of randomization, where it is known; the story then begins some weeks before it, not on `arrives`."""
    place: int = 0
    rank: int = 0
    """The place among those randomized on that day, so that the order of arrival is kept."""
    conduct: Conduct = USUAL
    book: Casebook = field(default_factory=lambda: Casebook(""))
    last: datetime | None = None
    attempts: int = 0

    def chance(self, *purpose: str | int) -> Stream:
        """The draws of this participant for one purpose."""
        from equipoise.kernel.chance import stream

        return stream(self.seed, "participant", self.index, *purpose)

    def step(self, day: date, role: str, action: Any, *, signs: bool = False, minutes: int | None = None) -> Step:
        """A step on a day, at a working hour or so many minutes after eight, never before the last one."""
        self.attempts += 1
        if minutes is None:
            minutes = self.chance("hour", self.attempts).between(0, 9 * 60)
        at = datetime.combine(day, time(8), UTC) + timedelta(minutes=minutes)
        if self.last is not None and at <= self.last:
            at = self.last + timedelta(minutes=2)
        self.last = at
        return Step(at, self.people[role].actor(signs=signs), action)

    def heard(self, entries: tuple[Entry, ...]) -> None:
        """Fold what a step left of this participant."""
        for entry in entries:
            if entry.header.stream != TRIAL_STREAM and self.book.subject in ("", entry.header.stream):
                self.book.subject = entry.header.stream
                fold_casebook(self.book, entry)

    def filler(self, form: Form) -> str:
        """Who of the site fills a form in: the first of its roles that the site has."""
        return next((role for role in form.filled_by if role in self.people), "coordinator")

    @property
    def has_progressed(self) -> bool:
        """Whether a progression is recorded."""
        return progressed_on(self.protocol, self.book) is not None

    @property
    def today(self) -> date:
        """The day the story has reached."""
        assert self.last is not None
        return self.last.date()
