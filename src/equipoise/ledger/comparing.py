"""A rehearsal of this ledger beside the simulator's participants: reads the record and what it says it acts out."""

from dataclasses import dataclass
from datetime import date

from equipoise.analysis.cut import DataCut
from equipoise.analysis.times import TimeRow, time_rows
from equipoise.kernel.errors import InputError
from equipoise.ledger import read
from equipoise.ledger.analysing import data_cut, require_trial
from equipoise.protocol.load import Loaded
from equipoise.protocol.model import Endpoint
from equipoise.simulation.agreement import Observed, Pair, Rehearsed, compare


@dataclass(frozen=True, slots=True)
class Comparison:
    """The pairs in the order of randomization, and what was rehearsed, at which data cut."""

    seed: str
    scenario: str
    conduct: str
    subjects: int
    cut: DataCut
    pairs: tuple[Pair, ...]


def compare_record(loaded: Loaded, *, cutoff: date | None = None) -> Comparison:
    """Compare everyone randomized in this record with the simulator's own, up to a cutoff (the last entry's day).

    Raises InputError for a record that is no rehearsal, is of another trial, or does not say what it acts out.
    """
    require_trial(loaded)
    study, protocol = read.study(), loaded.protocol
    opened = study.opened
    if opened is None or not opened.rehearsal:
        raise InputError("the record is no rehearsal", seen="a production record", wanted="a rehearsed one")
    worlds = {scenario.id: scenario for scenario in protocol.scenarios}
    if not opened.accrual_from or opened.scenario not in worlds:
        raise InputError(
            "the record does not say what it rehearses", seen=opened.scenario or "no scenario",
            wanted=f"a record rehearsed with this version and one of {', '.join(worlds)}",
        )  # fmt: skip
    day = cutoff or _last_day()
    cut = data_cut(loaded.digest, cutoff=day, as_of=None)
    order = [allocated.subject for allocated in study.allocations]
    books = [read.casebook(subject) for subject in order]
    free, alive = (
        {row.subject: row for row in time_rows(protocol, _endpoint(loaded, events), books, cut)}
        for events in (("progression", "death"), ("death",))
    )
    rehearsed = [
        Rehearsed(
            subject=book.subject, site=book.site, randomized_on=book.randomized_on, arm=book.randomized.arm,
            levels=dict(book.randomized.levels), pfs=_observed(free[book.subject]), os=_observed(alive[book.subject]),
        )
        for book in books
        if book.randomized is not None and book.randomized_on is not None and book.subject in free
    ]  # fmt: skip
    pairs = compare(
        protocol, worlds[opened.scenario], rehearsed, seed=opened.seed, subjects=opened.subjects,
        accrual_from=date.fromisoformat(opened.accrual_from), cutoff=day,
    )  # fmt: skip
    return Comparison(opened.seed, opened.scenario, opened.conduct, opened.subjects, cut, tuple(pairs))


def _last_day() -> date:
    position, _ = read.head()
    (last,) = read.entries(after=position - 1)
    return last.header.at.date()


def _endpoint(loaded: Loaded, events: tuple[str, ...]) -> Endpoint:
    """The endpoint of these events that keeps everything seen: the first such that censors by treatment policy."""
    fitting = [
        one for one in loaded.protocol.endpoints if one.kind == "time_to_event" and one.events == events
    ]  # fmt: skip
    plain = [one for one in fitting if one.censoring != "fda"]
    if not plain:
        raise InputError(
            "the protocol has no such endpoint to compare", file=loaded.name, wanted=f"one of {' or '.join(events)}"
        )
    return plain[0]


def _observed(row: TimeRow) -> Observed:
    """Days are counted from 0 here: an event on the day of randomization has none behind it."""
    days = row.time.days
    assert days is not None
    return Observed(days - 1, row.time.is_event)
