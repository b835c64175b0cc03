"""A participant's scans as a course: baseline from the register, each scan judged against baseline and nadir.

The register gives the baseline; measurements of lesions and the assessment of each visit give the scans. Nothing here
is stored: the course is computed whenever it is shown, also with answers not yet saved laid over the casebook.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from equipoise.clinical.recist.codes import NewLesionState, NonTargetState, Response, Sight
from equipoise.clinical.recist.course import Baseline, Visit, assess_course
from equipoise.clinical.recist.overall import non_target_response
from equipoise.clinical.recist.plausibility import check_reading
from equipoise.clinical.recist.target import NODE_NORMAL_MM, Reading, TargetLesion
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import Concepts, concepts_of
from equipoise.conduct.lesions import Lesion, central_register, register
from equipoise.conduct.scans import Followed, Measured, Scan, code_of, gather
from equipoise.kernel.findings import Finding
from equipoise.kernel.messages import Message, message
from equipoise.protocol.model import Protocol

__all__ = ["Course", "Followed", "Measured", "Reader", "Scan", "code_of", "course", "warnings"]

type Reader = Literal["investigator", "central"]

PREFIXES: Mapping[Reader, str] = {"investigator": "", "central": "central."}
"""What stands before the concepts of a reader's forms."""

LEAP_MM = Decimal(20)
LEAP_SHARE = Decimal("0.5")
"""A change between two scans beyond either is asked about before it is saved."""

UNNAMED_NEW = "N1"
"""A new lesion that the register does not name yet."""


@dataclass(frozen=True, slots=True)
class Course:
    """The lesions of the baseline and every scan since, in order. `problem` says why no response can be computed.

    `findings` are rows that could not be placed, and visits that contradict each other.
    """

    lesions: tuple[Followed, ...]
    scans: tuple[Scan, ...]
    baseline_sum: Decimal | None = None
    problem: Message | None = None
    findings: tuple[Finding, ...] = ()

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
        """A lesion's last evaluable reading of its own before a scan, baseline included."""
        for earlier in reversed(self.before(scan)):
            measured = earlier.lesions.get(lesion)
            if measured is not None and measured.reading.value is not None and not measured.together:
                return measured.reading
        return self.baseline_reading(lesion)

    def nadir(self, lesion: str, scan: Scan | None) -> Decimal | None:
        """A lesion's smallest diameter of its own before a scan, baseline included, in mm."""
        seen = [one for earlier in self.before(scan) if (one := earlier.lesions.get(lesion))]
        sizes = [one.reading.value for one in seen if not one.together]
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


def course(protocol: Protocol, casebook: Casebook, reader: Reader = "investigator") -> Course:
    """The course of a participant's lesions as the investigator read it, or as the central review did.

    What lies before the baseline or belongs to no lesion is left out of it, with a finding.
    """
    concepts = concepts_of(protocol, PREFIXES[reader])
    rules = protocol.lesions
    listed = register(protocol, casebook) if reader == "investigator" else central_register(protocol, casebook)
    lesions = tuple(_followed(protocol, concepts, lesion) for lesion in listed)
    followed = tuple(one for one in lesions if one.lesion.status == "baseline")
    found = gather(concepts, casebook, {one.id: one for one in lesions})
    problem = _problem(followed)
    if problem is not None or rules is None:
        return Course(followed, found.scans, None, problem, found.findings)
    targets = tuple(one for one in followed if one.role == "target")
    baseline = Baseline(
        targets=tuple(TargetLesion(one.id, one.is_node) for one in targets),
        readings={one.id: Reading(Sight.MEASURED, one.size) for one in targets},
        non_targets=tuple(one.id for one in followed if one.role == "non_target"),
    )
    appeared = [
        (one.id, concepts.day(one.lesion.record, "lesion.found_on")) for one in lesions if one.lesion.status == "new"
    ]
    nodes = frozenset(one.id for one in followed if one.is_node)
    visits = [
        _visit(baseline, scan, nodes, [name for name, day in appeared if day and day <= scan.on])
        for scan in found.scans
    ]
    verdicts = assess_course(baseline, visits, pr_persists=rules.pr_persists)
    judged = tuple(replace(scan, verdict=verdict) for scan, verdict in zip(found.scans, verdicts, strict=True))
    total = baseline.history().baseline if targets else None
    return Course(followed, judged, total, findings=found.findings)


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
    is_normal = is_node and measured.reading.sight is not Sight.COALESCED and measured.reading.value < NODE_NORMAL_MM
    return NonTargetState.ABSENT if measured.state == "absent" or is_normal else NonTargetState.PRESENT


def _new_lesions(said: str, appeared: Sequence[str]) -> dict[str, NewLesionState]:
    """What the reader says of new lesions, under the names the register has for those seen by then."""
    states = {
        "unequivocal": NewLesionState.UNEQUIVOCAL,
        "equivocal": NewLesionState.EQUIVOCAL,
        "none": NewLesionState.NOT_NEW,  # what was equivocal before is not upheld
    }
    return dict.fromkeys(appeared or (UNNAMED_NEW,), states[said]) if said in states else {}
