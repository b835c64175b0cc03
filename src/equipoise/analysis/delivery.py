"""Exposure to drugs and delivery of radiotherapy, counted from ADEX."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from equipoise.analysis.baseline_table import NumberSummary, summarize
from equipoise.analysis.datasets.adex import Exposure
from equipoise.analysis.datasets.adsl import SubjectLevel
from equipoise.analysis.groups import Grouping


@dataclass(frozen=True, slots=True)
class DrugExposure:
    """A drug in a group: participants who had it, cycles each, and cycles by how they were given."""

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


def drug_exposure(rows: Sequence[Exposure], split: Grouping) -> dict[str, list[DrugExposure]]:
    """By group: every drug that anybody had, in the order it first appears."""
    drugs = list(dict.fromkeys(row.extrt for row in rows if row.excat == "DRUG"))
    found: dict[str, list[DrugExposure]] = {}
    for group in split.groups:
        own = [row for row in rows if row.excat == "DRUG" and split.of(row.arm) == group.id]
        found[group.id] = []
        for drug in drugs:
            cycles = Counter(row.usubjid for row in own if row.extrt == drug and row.exstat != "omitted")
            given = Counter(row.exstat or "given" for row in own if row.extrt == drug)
            found[group.id].append(
                DrugExposure(drug, len(cycles), summarize([float(count) for count in cycles.values()]), dict(given))
            )
    return found


def radiotherapy_delivery(
    subjects: Sequence[SubjectLevel], lesions: dict[str, tuple[str, ...]], rows: Sequence[Exposure], split: Grouping
) -> dict[str, RadiotherapyDelivery]:
    """By group: what became of each residual lesion. `lesions` maps USUBJID to the lesions frozen at randomization.

    A lesion ends as its best course ended: delivered, partial, not irradiated; without a course it has no entry.
    Doses are of courses with at least one fraction.
    """
    best = {"delivered": 0, "partial": 1, "not_irradiated": 2}
    courses = [row for row in rows if row.excat == "RADIOTHERAPY" and row.residual_lesions]
    found = {}
    for group in split.groups:
        own = [row for row in subjects if row.randfl == "Y" and split.of(row.armcd) == group.id]
        ids = {row.usubjid for row in own}
        mine = [row for row in courses if row.usubjid in ids]
        given = [row for row in mine if row.fractions or (row.fractions is None and row.exstat != "not_irradiated")]
        ended: dict[tuple[str, str], str] = {}
        for row in mine:
            for lesion in row.residual_lesions:
                key = (row.usubjid, lesion)
                ended[key] = min(ended.get(key, row.exstat), row.exstat, key=lambda one: best.get(one, 3))
        count = sum(len(lesions.get(subject, ())) for subject in ids)
        states = Counter(ended.values())
        if count > len(ended):
            states["no_course"] = count - len(ended)
        started: dict[str, date] = {}
        for row in given:
            if row.astdt is not None:
                started[row.usubjid] = min(row.astdt, started.get(row.usubjid, row.astdt))
        starts = {row.usubjid: row.randdt for row in own}
        delays = [float((day - start).days) for who, day in started.items() if (start := starts[who]) is not None]
        whole = sum(
            bool(lesions.get(subject))
            and all(ended.get((subject, lesion)) == "delivered" for lesion in lesions[subject])
            for subject in ids
        )
        found[group.id] = RadiotherapyDelivery(
            len(ids), len({row.usubjid for row in given}), count, dict(states), whole,
            summarize([float(row.aval) for row in given if row.aval is not None]),
            summarize([float(row.fractions) for row in given if row.fractions]),
            summarize([float(row.bed10) for row in given if row.bed10 is not None]), summarize(delays),
        )  # fmt: skip
    return found
