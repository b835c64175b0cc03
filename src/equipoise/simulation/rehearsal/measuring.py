"""What a rehearsal's scans show: each lesion on its own way, one that fails where the story says so, and the reading.

Irradiated lesions shrink over months and scar; others stay, drift, or answer a little to maintenance. Only the lesion
the story chose grows past the limits of RECIST 1.1, and the investigator mostly agrees with what is computed.
"""

import math
from collections.abc import Generator
from datetime import date
from decimal import Decimal
from typing import Any

from equipoise.conduct.actions.records import Enter
from equipoise.conduct.assessment import Course, Followed, course
from equipoise.conduct.casebook import Record
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.drafting import with_draft
from equipoise.conduct.entry import Entry
from equipoise.conduct.irradiation import irradiations, is_irradiated
from equipoise.kernel.chance import Stream
from equipoise.methods.forms import Form
from equipoise.methods.items import Answer
from equipoise.methods.schedule import PlannedVisit
from equipoise.simulation.rehearsal.fate import Fate
from equipoise.simulation.rehearsal.steps import Step
from equipoise.simulation.rehearsal.telling import Telling

type Acts = Generator[Step, tuple[Entry, ...], None]

IRRADIATED_FAILS = 0.2
"""How much likelier an irradiated lesion is to be the one that fails, against one that was not irradiated."""
AGREES = 0.95
"""How often the investigator's overall response is the computed one."""
READ_ERROR = 0.025
"""Standard deviation of a measurement, as a share of the size."""
NEVER_GROWS = 1.12
"""A lesion the story did not choose stays under this multiple of its smallest size."""
SMALLEST_MM = 5.0
FAILS_TOO = 0.35
"""How often another residual lesion fails on the scan that shows the first one failing."""
ALSO_NEW = 0.2
"""How often a failure of a residual lesion comes together with a new lesion on the same scan."""


def failing_lesions(tell: Telling, fate: Fate) -> tuple[str, ...]:
    """The residual lesions at which the story recurs, the one that tells first; none where it recurs elsewhere."""
    frozen = tell.book.frozen.residual if tell.book.frozen else ()
    if not frozen or not fate.at_residual_site:
        return ()
    given = irradiations(tell.protocol, tell.book)
    weights = {
        lesion: IRRADIATED_FAILS if is_irradiated(given, lesion, before=fate.progresses) else 1.0 for lesion in frozen
    }
    first = tell.chance("failing-lesion").weighted(list(weights), list(weights.values()))
    beside = [
        lesion
        for lesion, weight in weights.items()
        if lesion != first and tell.chance("fails-too", lesion).happens(FAILS_TOO * weight)
    ]
    return (first, *beside)


def appears(tell: Telling, fate: Fate) -> bool:
    """Whether a new lesion shows at progression: always where no known one fails, now and then beside one that does."""
    return not failing_lesions(tell, fate) or tell.chance("beside").happens(ALSO_NEW)


def measure(tell: Telling, form: Form, visit: PlannedVisit, day: date, fate: Fate) -> Acts:
    """One row a lesion of the register at a scan."""
    concepts = concepts_of(tell.protocol)
    found = course(tell.protocol, tell.book)
    failing = failing_lesions(tell, fate) if day >= fate.progresses and not tell.has_progressed else ()
    sizes = {
        one.id: _size(tell, one, found, day)
        for one in found.lesions
        if one.role in ("target", "non_target") and one.size is not None
    }
    for name in (*failing[1:], *failing[:1]):
        if name in sizes:
            sizes[name] = _failed(tell, found, sizes, name, tells=name == failing[0])
    for name, size in sizes.items():
        values: dict[str, Any] = {
            "measurement.lesion": [name],
            "measurement.date": day.isoformat(),
            **_seen(size),
        }
        if name in failing and name not in {one.id for one in found.targets}:
            values["measurement.unequivocal_growth"] = "yes"
        answers = {item: {"value": value} for concept, value in values.items() if (item := concepts.item(concept))}
        enter = Enter(tell.book.subject, form.id, answers, occurrence="new", visit=visit.key)
        tell.heard((yield tell.step(day, tell.filler(form), enter)))


def reading(tell: Telling, form: Form, visit: PlannedVisit, day: date, fate: Fate) -> dict[str, Any]:
    """What the reader says of a scan whose lesions are measured: non-targets, new lesions, the overall response."""
    progressed = day >= fate.progresses and not tell.has_progressed
    failing = failing_lesions(tell, fate)
    found = course(tell.protocol, tell.book)
    non_targets = {one.id for one in found.lesions if one.role == "non_target"}
    told = {
        "assessment.non_target": "PD" if progressed and non_targets.intersection(failing) else "NON_CR_NON_PD",
        "assessment.new_lesions": "unequivocal" if progressed and appears(tell, fate) else "none",
    }
    chance = tell.chance("response", day.isoformat())
    if tell.protocol.lesions is None or not found.lesions:
        shrinks = (day - (tell.book.randomized_on or day)).days < 250
        told["assessment.overall"] = (
            "PD" if progressed else chance.weighted(("PR", "SD"), (0.35 if shrinks else 0.2, 0.65))
        )
        return told
    if not non_targets:
        told["assessment.non_target"] = "NA"
    computed = _computed(tell, form, visit, day, told)
    own = computed if chance.happens(AGREES) or computed not in ("PR", "SD") else {"PR": "SD", "SD": "PR"}[computed]
    told["assessment.overall"] = "PD" if progressed else own
    if told["assessment.overall"] != computed:
        told["assessment.comment"] = "Visual impression differs from the sum of diameters"
    return told


def _computed(tell: Telling, form: Form, visit: PlannedVisit, day: date, told: dict[str, str]) -> str:
    """The overall response the measurements give, as the form's options spell it."""
    concepts = concepts_of(tell.protocol)
    said = {"assessment.date": day.isoformat(), **told}
    answers = {concepts.item(concept): Answer(value=value) for concept, value in said.items()}
    scan = course(tell.protocol, with_draft(tell.book, form.id, visit.key, answers)).scan(visit.key)
    if scan is None or scan.verdict is None:
        return "NE"
    overall = str(scan.verdict.overall)
    return "SD" if overall == "NON-CR/NON-PD" else overall


def _size(tell: Telling, lesion: Followed, found: Course, day: date) -> float:
    """A lesion's diameter at a scan, on its own way since randomization, in mm."""
    assert lesion.size is not None
    chance = tell.chance("way", lesion.id)
    noise = tell.chance("size", lesion.id, day.isoformat()).normal(1.0, READ_ERROR)
    starts = [
        one.start
        for one in irradiations(tell.protocol, tell.book)
        if one.was_given and lesion.id in one.lesions and one.start is not None and one.start <= day
    ]
    if starts:
        weeks, depth = (day - min(starts)).days / 7, 0.2 + 0.55 * chance.uniform()
    else:
        origin = tell.book.randomized_on or day
        weeks, depth = (day - origin).days / 7, _untreated(chance)
    size = float(lesion.size) * (1 - depth * (1 - math.exp(-weeks / 14))) * noise
    least = found.nadir(lesion.id, None)
    return min(size, max(float(least), SMALLEST_MM) * NEVER_GROWS) if least is not None else size


def _untreated(chance: Stream) -> float:
    """How far a lesion goes under maintenance alone: most stay within a tenth, a quarter answer."""
    return 0.15 + 0.4 * chance.uniform() if chance.happens(0.25) else chance.normal(0.03, 0.06)


def _failed(tell: Telling, found: Course, sizes: dict[str, float], failing: str, *, tells: bool) -> float:
    """The size of a failing lesion: past its own limit, and of the target that tells enough for the sum to progress."""
    chance = tell.chance("growth", failing)
    least = float(found.nadir(failing, None) or Decimal(10))
    size = max(1.25 * least, least + 6) * (1 + 0.25 * chance.uniform())
    targets = {one.id for one in found.targets}
    if failing not in targets or not tells:
        return size
    sums = [float(scan.verdict.sum) for scan in found.scans if scan.verdict is not None and scan.verdict.sum]
    nadir = min([*sums, float(found.baseline_sum or 0)])
    others = sum(sizes[name] for name in targets if name != failing and name in sizes)
    return max(size, max(1.2 * nadir, nadir + 5) - others + 1.5)


def _seen(size: float) -> dict[str, str]:
    """A size as a reader writes it down."""
    if size < SMALLEST_MM:
        return {"measurement.state": "too_small"}
    return {"measurement.state": "measured", "measurement.diameter": f"{size:.1f}"}


def basis_of(tell: Telling, failing: str) -> str:
    """By what the failure of a known lesion is seen: the target sum, or a non-target."""
    lesion: Record | None = tell.book.record("lesions", failing)
    role = concepts_of(tell.protocol).text(lesion, "lesion.role") if lesion is not None else ""
    return "target" if role == "target" else "non_target"
