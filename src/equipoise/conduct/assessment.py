"""A participant's scans as a course: baseline from the register, each scan judged against baseline and nadir.

The register gives the baseline; measurements of lesions and the assessment of each visit give the scans. Nothing here
is stored: the course is computed whenever it is shown, also with answers not yet saved laid over the casebook.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from equipoise.clinical.recist.codes import NewLesionState, NonTargetState, Response, Sight
from equipoise.clinical.recist.course import Baseline, Visit, VisitVerdict, assess_course
from equipoise.clinical.recist.overall import non_target_response
from equipoise.clinical.recist.plausibility import check_reading
from equipoise.clinical.recist.target import NODE_NORMAL_MM, Reading, TargetLesion
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.concepts import Concepts
from equipoise.conduct.lesions import Lesion, register
from equipoise.kernel.findings import Finding
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth
from equipoise.protocol.model import Protocol

SAME_SCAN_DAYS = 14
"""Images of one assessment are made within this time: a measurement belongs to the nearest assessment so near."""

LEAP_MM = Decimal(20)
LEAP_SHARE = Decimal("0.5")
"""A change between two scans beyond either is asked about before it is saved."""

UNNAMED_NEW = "N1"
"""A new lesion that the register does not name yet."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A lesion at one scan: its code of state, its diameter in mm as it counts (None: not evaluated), its SUVmax."""

    state: str
    reading: Reading
    typed: Decimal | None = None
    suv_max: Decimal | None = None
    grew: bool = False
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """A lesion of the baseline: `role` is target, non_target or none; `size` in mm, of a node its short axis."""

    lesion: Lesion
    role: str
    is_node: bool
    size: Decimal | None
    suv_max: Decimal | None

    @property
    def id(self) -> str:
        """The lesion's id."""
        return self.lesion.id


@dataclass(frozen=True, slots=True)
class Scan:
    """One assessment: what was measured, what the reader said, and what follows (None where it cannot be judged)."""

    on: date
    visit: str
    lesions: Mapping[str, Measured]
    non_target: str = ""
    new_lesions: str = ""
    investigator: str = ""
    comment: str = ""
    record: Record | None = None
    verdict: VisitVerdict | None = None

    @property
    def disagrees(self) -> bool:
        """Whether the investigator's overall response differs from the computed one."""
        computed = code_of(self.verdict.overall) if self.verdict else ""
        if computed == "NON_CR_NON_PD" and self.investigator == "SD":
            return False  # where the form knows only SD, that is what one chooses without targets
        return bool(self.investigator and computed and self.investigator != computed)


@dataclass(frozen=True, slots=True)
class Course:
    """The lesions of the baseline and every scan since, in order. `problem` says why no response can be computed."""

    lesions: tuple[Followed, ...]
    scans: tuple[Scan, ...]
    baseline_sum: Decimal | None = None
    problem: Message | None = None

    @property
    def targets(self) -> tuple[Followed, ...]:
        """The target lesions."""
        return tuple(one for one in self.lesions if one.role == "target")

    def scan(self, visit: str) -> Scan | None:
        """The scan of a visit."""
        return next((scan for scan in self.scans if scan.visit == visit), None)

    def before(self, scan: Scan | None) -> tuple[Scan, ...]:
        """The scans before one; every scan where it is None."""
        return self.scans if scan is None else self.scans[: self.scans.index(scan)]

    def previous(self, lesion: str, scan: Scan | None) -> Reading | None:
        """A lesion's last evaluable reading before a scan, baseline included."""
        for earlier in reversed(self.before(scan)):
            measured = earlier.lesions.get(lesion)
            if measured is not None and measured.reading.value is not None:
                return measured.reading
        return self.baseline_reading(lesion)

    def nadir(self, lesion: str, scan: Scan | None) -> Decimal | None:
        """A lesion's smallest diameter before a scan, baseline included, in mm."""
        sizes = [one.reading.value for earlier in self.before(scan) if (one := earlier.lesions.get(lesion))]
        baseline = self.baseline_reading(lesion)
        known = [size for size in (*sizes, baseline.value if baseline else None) if size is not None]
        return min(known, default=None)

    def baseline_reading(self, lesion: str) -> Reading | None:
        """A lesion's reading at baseline."""
        size = next((one.size for one in self.lesions if one.id == lesion), None)
        return Reading(Sight.MEASURED, size) if size is not None else None

    def best_change(self) -> tuple[Decimal, date] | None:
        """The deepest change of the sum from baseline up to the first progression, in percent, and its scan's day.

        A participant who only grew has the smallest growth. None without a complete sum after baseline.
        """
        changes = []
        for scan in self.scans:
            if scan.verdict is not None and scan.verdict.sum is not None and self.baseline_sum:
                changes.append((100 * (scan.verdict.sum - self.baseline_sum) / self.baseline_sum, scan.on))
            if scan.verdict is not None and scan.verdict.overall is Response.PD:
                break
        return min(changes, default=None)


def code_of(response: Response) -> str:
    """A response as the form's options spell it."""
    return str(response).replace("-", "_").replace("/", "_")


def course(protocol: Protocol, casebook: Casebook) -> Course:
    """The course of a participant's lesions. Measurements older than the baseline scan are left out of it."""
    concepts = Concepts(protocol)
    rules = protocol.lesions
    lesions = tuple(_followed(protocol, concepts, lesion) for lesion in register(protocol, casebook))
    followed = tuple(one for one in lesions if one.lesion.status == "baseline")
    scans = _scans(concepts, casebook, {one.id: one for one in lesions})
    problem = _problem(followed)
    if problem is not None or rules is None:
        return Course(followed, scans, None, problem)
    targets = tuple(one for one in followed if one.role == "target")
    baseline = Baseline(
        targets=tuple(TargetLesion(one.id, one.is_node) for one in targets),
        readings={one.id: Reading(Sight.MEASURED, one.size) for one in targets},
        non_targets=tuple(one.id for one in followed if one.role == "non_target"),
    )
    appeared = [(one.id, concepts.day(one.lesion.record, "lesion.found_on")) for one in lesions if one not in followed]
    nodes = frozenset(one.id for one in followed if one.is_node)
    visits = [
        _visit(baseline, scan, nodes, [name for name, day in appeared if day and day <= scan.on]) for scan in scans
    ]
    verdicts = assess_course(baseline, visits, pr_persists=rules.pr_persists)
    judged = tuple(replace(scan, verdict=verdict) for scan, verdict in zip(scans, verdicts, strict=True))
    return Course(followed, judged, baseline.history().baseline if targets else None)


def warnings(found: Course, scan: Scan) -> list[Finding]:
    """What is implausible in a scan, lesion by lesion, against each lesion's reading before it."""
    findings = []
    for name, measured in scan.lesions.items():
        before = found.previous(name, scan)
        odd = check_reading(name, before, measured.reading)
        if not odd and _leaps(before, measured.reading):
            assert before is not None
            told = {"lesion": name, "before": f"{before.value:f}", "now": f"{measured.reading.value:f}"}
            odd = [Finding(message("recist.slip.leap", **told), f"lesion.{name}")]
        findings += odd
    return findings


def _leaps(before: Reading | None, now: Reading) -> bool:
    if before is None or before.value is None or now.value is None or now.sight is not Sight.MEASURED:
        return False
    change = abs(now.value - before.value)
    return change > LEAP_MM or change > LEAP_SHARE * before.value


def _followed(protocol: Protocol, concepts: Concepts, lesion: Lesion) -> Followed:
    assert protocol.lesions is not None
    organ = next((one for one in protocol.lesions.organs if one.id == lesion.organ), None)
    is_node = bool(organ and organ.nodal)
    size = concepts.number(lesion.record, "lesion.short_axis" if is_node else "lesion.longest_diameter")
    role = concepts.text(lesion.record, "lesion.role")
    return Followed(lesion, role, is_node, size, concepts.number(lesion.record, "lesion.suvmax"))


def _problem(followed: Sequence[Followed]) -> Message | None:
    unmeasured = [one.id for one in followed if one.role == "target" and not one.size]
    if unmeasured:
        return message("assessment.no_baseline", lesions=", ".join(unmeasured))
    if not any(one.role in ("target", "non_target") for one in followed):
        return message("assessment.no_lesions")
    return None


def _scans(concepts: Concepts, casebook: Casebook, lesions: Mapping[str, Followed]) -> tuple[Scan, ...]:
    """Every scan in order of date: the assessments, and measurements that no assessment stands near."""
    assessed: list[tuple[date, Record]] = [
        (day, record)
        for record in concepts.rows(casebook, "assessment.date")
        if (day := concepts.day(record, "assessment.date")) is not None
    ]
    measured: dict[date, dict[str, Record]] = {day: {} for day, _ in assessed}
    first = casebook.randomized_on
    for record in concepts.rows(casebook, "measurement.lesion"):
        day = concepts.day(record, "measurement.date")
        named = concepts.codes(record, "measurement.lesion")
        if day is None or not named or named[0] not in lesions or (first is not None and day < first):
            continue
        measured.setdefault(_scan_day(record, day, assessed), {})[named[0]] = record
    by_day = dict(assessed)
    return tuple(_scan(concepts, day, by_day.get(day), measured[day], lesions) for day in sorted(measured))


def _scan_day(record: Record, day: date, assessed: Sequence[tuple[date, Record]]) -> date:
    """The assessment a measurement belongs to: that of its visit, else the nearest within two weeks, else its own."""
    for on, assessment in assessed:
        if record.visit and record.visit == assessment.occurrence:
            return on
    near = [(abs((on - day).days), on) for on, _ in assessed if abs((on - day).days) <= SAME_SCAN_DAYS]
    return min(near)[1] if near else day


def _scan(
    concepts: Concepts, day: date, record: Record | None, rows: Mapping[str, Record], lesions: Mapping[str, Followed]
) -> Scan:
    found = {name: _measured(concepts, row, rows) for name, row in rows.items()}
    if record is None:
        return Scan(day, "", found)
    return Scan(
        on=day,
        visit=record.occurrence,
        lesions=found,
        non_target=concepts.text(record, "assessment.non_target"),
        new_lesions=concepts.text(record, "assessment.new_lesions"),
        investigator=concepts.text(record, "assessment.overall"),
        comment=concepts.text(record, "assessment.comment"),
        record=record,
    )


def _measured(concepts: Concepts, row: Record, rows: Mapping[str, Record]) -> Measured:
    state, size = concepts.text(row, "measurement.state"), concepts.number(row, "measurement.diameter")
    return Measured(
        state=state,
        reading=_reading(concepts, row, rows, state, size),
        typed=size,
        suv_max=concepts.number(row, "measurement.suvmax"),
        grew=concepts.truth(row, "measurement.unequivocal_growth") is Truth.TRUE,
        record=row,
    )


def _reading(concepts: Concepts, row: Record, rows: Mapping[str, Record], state: str, size: Decimal | None) -> Reading:
    """What a row contributes. Of two lesions grown together, the partner carries the diameter where it has one."""
    match state:
        case "too_small":
            return Reading.too_small()
        case "absent":
            return Reading.absent()
        case "coalesced":
            partner = concepts.codes(row, "measurement.coalesced_with")
            carrier = rows.get(partner[0]) if partner else None
            carried = carrier is not None and carrier is not row and concepts.number(carrier, "measurement.diameter")
            if carried or size is None:
                return Reading.coalesced()
        case "measured" | "split":
            pass
        case _:
            return Reading.not_evaluable()
    return Reading.measured(Quantity(size, "mm")) if size is not None else Reading.not_evaluable()


def _visit(baseline: Baseline, scan: Scan, nodes: frozenset[str], appeared: Sequence[str]) -> Visit:
    targets = {one.id for one in baseline.targets}
    return Visit(
        targets={name: one.reading for name, one in scan.lesions.items() if name in targets},
        non_targets=_non_targets(baseline, scan, nodes),
        new_lesions=_new_lesions(scan.new_lesions, appeared),
        on=scan.on,
    )


_READERS_WORD: Mapping[str, NonTargetState] = {
    "CR": NonTargetState.ABSENT,
    "NON_CR_NON_PD": NonTargetState.PRESENT,
    "PD": NonTargetState.UNEQUIVOCAL_PROGRESSION,
    "NE": NonTargetState.NOT_EVALUABLE,
}


def _non_targets(baseline: Baseline, scan: Scan, nodes: frozenset[str]) -> dict[str, NonTargetState]:
    """The state of each non-target: as measured, while that agrees with what the reader says of them as a whole.

    "Unequivocal progression" is a judgement of the whole burden (RECIST 1.1, section 4.3.4), so the reader's word on
    all of them together stands above what single rows add up to.
    """
    states = {
        name: _non_target_state(scan.lesions[name], is_node=name in nodes)
        for name in baseline.non_targets
        if name in scan.lesions
    }
    said = _READERS_WORD.get(scan.non_target)
    if said is None:
        return states
    for trial in (states, {name: states.get(name, said) for name in baseline.non_targets}):
        if code_of(non_target_response(baseline.non_targets, trial).response) == scan.non_target:
            return trial
    return dict.fromkeys(baseline.non_targets, said)


def _non_target_state(measured: Measured, *, is_node: bool) -> NonTargetState:
    if measured.grew:
        return NonTargetState.UNEQUIVOCAL_PROGRESSION
    if measured.reading.value is None:
        return NonTargetState.NOT_EVALUABLE
    is_normal = is_node and measured.reading.sight is Sight.MEASURED and measured.reading.value < NODE_NORMAL_MM
    return NonTargetState.ABSENT if measured.state == "absent" or is_normal else NonTargetState.PRESENT


def _new_lesions(said: str, appeared: Sequence[str]) -> dict[str, NewLesionState]:
    """What the reader says of new lesions, under the names the register has for those seen by then."""
    states = {"unequivocal": NewLesionState.UNEQUIVOCAL, "equivocal": NewLesionState.EQUIVOCAL}
    return dict.fromkeys(appeared or (UNNAMED_NEW,), states[said]) if said in states else {}
