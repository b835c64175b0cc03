"""Exposure to drugs and delivery of radiotherapy, counted from ADEX."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from equipoise.analysis.baseline_table import NumberSummary, summarize
from equipoise.analysis.datasets.adex import Exposure
from equipoise.analysis.datasets.adsl import SubjectLevel
from equipoise.analysis.groups import Grouping


@dataclass(frozen=True, slots=True)
class DrugExposure:
    """A drug in a group: participants who had it, cycles each, and cycles by how they were given."""

    id: str
    drug: str
    participants: int
    cycles: NumberSummary
    given: dict[str, int]


@dataclass(frozen=True, slots=True)
class RadiotherapyDelivery:
    """Radiotherapy to residual lesions in a group: participants and lesions by how they ended, doses, and delay."""

    participants: int
    irradiated: int
    lesions: int
    ended: dict[str, int]
    complete: int
    dose: NumberSummary
    fractions: NumberSummary
    bed10: NumberSummary
    days_to_start: NumberSummary


@dataclass(frozen=True, slots=True)
class LesionEnd:
    """How radiotherapy of a residual lesion ended ('no_course' without one), and the courses that say so.

    `irradiated` and `complete` are the participant's: any fraction to a residual lesion; every one delivered its dose.
    """

    usubjid: str
    arm: str
    lesion: str
    state: str
    on: date | None
    irradiated: bool
    complete: bool
    source: tuple[int, ...]


def state_of(row: Exposure) -> str:
    """How a cycle was given."""
    return row.exstat or "given"


def drug_exposure(rows: Sequence[Exposure], split: Grouping) -> dict[str, list[DrugExposure]]:
    """By group: every drug that anybody had, in the order it first appears."""
    drugs = {row.drug: row.extrt for row in rows if row.excat == "DRUG"}
    found: dict[str, list[DrugExposure]] = {}
    for group in split.groups:
        own = [row for row in rows if row.excat == "DRUG" and split.of(row.arm) == group.id]
        found[group.id] = []
        for drug, label in drugs.items():
            cycles = Counter(row.usubjid for row in own if row.drug == drug and row.exstat != "omitted")
            given = Counter(state_of(row) for row in own if row.drug == drug)
            spread = summarize([float(count) for count in cycles.values()])
            found[group.id].append(DrugExposure(drug, label, len(cycles), spread, dict(given)))
    return found


_BEST = {"delivered": 0, "partial": 1, "not_irradiated": 2}


def _is_given(row: Exposure) -> bool:
    """Whether at least one fraction of a course was given."""
    return bool(row.fractions) or (row.fractions is None and row.exstat != "not_irradiated")


def lesion_ends(
    subjects: Sequence[SubjectLevel], lesions: Mapping[str, tuple[str, ...]], rows: Sequence[Exposure]
) -> list[LesionEnd]:
    """What became of each residual lesion: it ends as its best course ended. See `radiotherapy_delivery`."""
    held: dict[str, list[Exposure]] = {}
    for row in rows:
        if row.excat == "RADIOTHERAPY" and row.residual_lesions:
            held.setdefault(row.usubjid, []).append(row)
    found = []
    for subject in subjects:
        if subject.randfl != "Y":
            continue
        own = held.get(subject.usubjid, [])
        by_lesion = {
            lesion: [row for row in own if lesion in row.residual_lesions]
            for lesion in lesions.get(subject.usubjid, ())
        }
        ends = {
            lesion: min((row.exstat for row in courses), key=lambda one: _BEST.get(one, 3), default="no_course")
            for lesion, courses in by_lesion.items()
        }
        irradiated = any(_is_given(row) for row in own)
        complete = bool(ends) and set(ends.values()) == {"delivered"}
        for lesion, courses in by_lesion.items():
            days = [row.astdt for row in courses if row.astdt is not None]
            source = tuple(sorted({position for row in courses for position in row.srcseq}))
            found.append(
                LesionEnd(
                    subject.usubjid, subject.armcd, lesion, ends[lesion], min(days, default=None), irradiated,
                    complete, source,
                )
            )  # fmt: skip
    return found


def radiotherapy_delivery(
    subjects: Sequence[SubjectLevel], lesions: Mapping[str, tuple[str, ...]], rows: Sequence[Exposure], split: Grouping
) -> dict[str, RadiotherapyDelivery]:
    """By group: what became of each residual lesion. `lesions` maps USUBJID to the lesions frozen at randomization.

    A lesion ends as its best course ended: delivered, partial, not irradiated; without a course it has no entry.
    Doses are of courses with at least one fraction.
    """
    ends = lesion_ends(subjects, lesions, rows)
    courses = [row for row in rows if row.excat == "RADIOTHERAPY" and row.residual_lesions]
    found = {}
    for group in split.groups:
        own = [row for row in subjects if row.randfl == "Y" and split.of(row.armcd) == group.id]
        ids = {row.usubjid for row in own}
        given = [row for row in courses if row.usubjid in ids and _is_given(row)]
        mine = [one for one in ends if one.usubjid in ids]
        started: dict[str, date] = {}
        for row in given:
            if row.astdt is not None:
                started[row.usubjid] = min(row.astdt, started.get(row.usubjid, row.astdt))
        starts = {row.usubjid: row.randdt for row in own}
        delays = [float((day - start).days) for who, day in started.items() if (start := starts[who]) is not None]
        found[group.id] = RadiotherapyDelivery(
            len(ids), len({row.usubjid for row in given}), len(mine), dict(Counter(one.state for one in mine)),
            len({one.usubjid for one in mine if one.complete}),
            summarize([float(row.aval) for row in given if row.aval is not None]),
            summarize([float(row.fractions) for row in given if row.fractions]),
            summarize([float(row.bed10) for row in given if row.bed10 is not None]), summarize(delays),
        )  # fmt: skip
    return found
