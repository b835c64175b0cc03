"""A participant's assessments in order: each visit judged against baseline, nadir and what went before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from equipoise.clinical.recist.codes import NewLesionState, NonTargetState, Response
from equipoise.clinical.recist.overall import NonTargetVerdict, non_target_response, overall
from equipoise.clinical.recist.target import (
    History,
    Reading,
    TargetLesion,
    TargetVerdict,
    after,
    baseline_sum,
    target_response,
)
from equipoise.kernel.messages import Message, literal, message


@dataclass(frozen=True, slots=True)
class Baseline:
    """The lesions chosen at baseline, with the readings of the targets. Sums in mm."""

    targets: tuple[TargetLesion, ...]
    readings: Mapping[str, Reading]
    non_targets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [lesion.id for lesion in self.targets] + list(self.non_targets)
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"Lesion {name} is chosen twice at baseline.")

    def history(self) -> History:
        """The history before the first visit: baseline and nadir are one. Raises ValueError as `baseline_sum`."""
        total = baseline_sum(self.targets, self.readings)
        return History(total, total)


@dataclass(frozen=True, slots=True)
class Visit:
    """What was read at one assessment. A lesion left out was not evaluated."""

    targets: Mapping[str, Reading] = field(default_factory=dict)
    non_targets: Mapping[str, NonTargetState] = field(default_factory=dict)
    new_lesions: Mapping[str, NewLesionState] = field(default_factory=dict)
    markers_normal: bool | None = None
    on: date | None = None
    number: str = ""
    """What the visit is called where it has no date."""


@dataclass(frozen=True, slots=True)
class VisitVerdict:
    """The responses of a visit, the sums in mm they rest on, and the sentence that explains the overall response."""

    target: Response
    non_target: Response
    overall: Response
    is_new: bool
    sum: Decimal | None
    history: History
    reason: Message
    target_reason: Message
    non_target_reason: Message


def assess_course(baseline: Baseline, visits: Iterable[Visit], *, pr_persists: bool) -> tuple[VisitVerdict, ...]:
    """Judge visits in their order, each in the light of those before.

    Raises ValueError for a lesion that the baseline does not know, and for dates that run backwards.
    """
    history, verdicts = baseline.history(), []
    last: date | None = None
    seen: dict[str, Message] = {}
    for visit in visits:
        if visit.on is not None and last is not None and visit.on < last:
            raise ValueError(f"The visits are out of order: {visit.on} stands after {last}.")
        last = visit.on or last
        verdict, target = _judge(baseline, history, visit, seen, pr_persists=pr_persists)
        verdicts.append(verdict)
        history = after(history, target)
        _remember(seen, visit)
    return tuple(verdicts)


def _remember(seen: dict[str, Message], visit: Visit) -> None:
    """Note where each new lesion was first seen; one that proved to be none is forgotten."""
    at = literal(visit.on.isoformat()) if visit.on is not None else message("recist.at_visit", visit=visit.number)
    for name, state in visit.new_lesions.items():
        if state is NewLesionState.NOT_NEW:
            seen.pop(name, None)
        else:
            seen.setdefault(name, at)


def _judge(
    baseline: Baseline, history: History, visit: Visit, seen: Mapping[str, Message], *, pr_persists: bool
) -> tuple[VisitVerdict, TargetVerdict]:
    target = target_response(baseline.targets, visit.targets, history, pr_persists=pr_persists)
    non_target: NonTargetVerdict = non_target_response(
        baseline.non_targets, visit.non_targets, markers_normal=visit.markers_normal
    )
    whole = overall((target.response, target.reason), non_target, visit.new_lesions, seen)
    verdict = VisitVerdict(
        target.response, non_target.response, whole.response, whole.is_new, target.sum, history, whole.reason,
        target.reason, non_target.reason,
    )  # fmt: skip
    return verdict, target


def progression_date(visits: Sequence[Visit], verdicts: Sequence[VisitVerdict]) -> date | None:
    """The date of the first progression; None without one, or where its visit has no date.

    A new lesion that was equivocal at an earlier visit and proves unequivocal dates progression back to the visit
    where it was first seen, if nothing else made progression before. RECIST 1.1, section 4.3.5.
    """
    for index, verdict in enumerate(verdicts):
        if verdict.overall is not Response.PD:
            continue
        dates = [visits[index].on]
        for name, state in visits[index].new_lesions.items():
            if state is NewLesionState.UNEQUIVOCAL:
                dates.append(_first_seen(visits[: index + 1], name))
        known = [day for day in dates if day is not None]
        return min(known) if known else None
    return None


def _first_seen(visits: Sequence[Visit], name: str) -> date | None:
    """Where the run of sightings of a new lesion that ends now began."""
    first: date | None = None
    for visit in reversed(visits):
        state = visit.new_lesions.get(name)
        if state is NewLesionState.NOT_NEW:
            break
        if state is not None and visit.on is not None:
            first = visit.on
    return first
