"""Everything a report says, found once: datasets, counts and estimates on one data cut, pooled or by arm."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from equipoise.analysis.adverse_events import AdverseEvents, adverse_events
from equipoise.analysis.assessment_timing import VisitTiming, assessment_timing
from equipoise.analysis.competing import CompetingEstimate, competing, participant_weighted
from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets import adae, adex, adqs, adrs, adsl
from equipoise.analysis.datasets.adqs import QuestionnaireScore
from equipoise.analysis.datasets.adrs import Response
from equipoise.analysis.datasets.adsl import SubjectLevel
from equipoise.analysis.datasets.deterioration_times import SCALES, deterioration_or_death, deterioration_rows
from equipoise.analysis.datasets.response_times import asked, duration_rows
from equipoise.analysis.delivery import DrugExposure, RadiotherapyDelivery, drug_exposure, radiotherapy_delivery
from equipoise.analysis.failure_patterns import failure_patterns
from equipoise.analysis.firewall import Authority
from equipoise.analysis.flow import Flow, flow
from equipoise.analysis.groups import Grouping, grouping
from equipoise.analysis.interim_look import LookTaken, look_taken
from equipoise.analysis.interval_times import IntervalEstimate, estimate_intervals, interval_rows
from equipoise.analysis.lesion_control import by_lesion, by_participant
from equipoise.analysis.non_proportional import Proportionality, Restricted, proportionality, restricted
from equipoise.analysis.populations import residual
from equipoise.analysis.questionnaire_change import Change, Compliance, changes, compliance
from equipoise.analysis.rerandomization import Rerandomized, rerandomized
from equipoise.analysis.response_duration import Duration, durations
from equipoise.analysis.response_rates import ResponseDifference, ResponseRate, response_rates
from equipoise.analysis.subgroups import Subgroups, factors_of, subgroups
from equipoise.analysis.survival import EndpointEstimate, estimate_by_arm, estimate_pooled
from equipoise.analysis.times import TimeRow, last_day, time_rows
from equipoise.analysis.tumour_change import TumourChange, tumour_changes
from equipoise.conduct.casebook import Casebook
from equipoise.kernel.errors import EstimationError
from equipoise.protocol.model import Endpoint, Protocol
from equipoise.statistics.estimate import Estimate

VISITS_SHOWN = 12
"""Of questionnaires and scans, visits of a table: with the later ones few are left."""


@dataclass(frozen=True)
class Timed:
    """A time-to-event endpoint: its rows, the estimate or why there is none, and what stands beside it."""

    endpoint: Endpoint
    rows: Sequence[TimeRow]
    estimate: EndpointEstimate | EstimationError
    restricted: Sequence[Restricted]
    proportionality: Sequence[Proportionality]
    rerandomized: Rerandomized | None = None
    """The re-randomization test, of the primary endpoint by arm."""


@dataclass(frozen=True)
class LesionControl:
    """Control of residual lesions, by participant and by lesion; and, by arm, each participant's lesions alike."""

    endpoint: Endpoint
    participants: CompetingEstimate | EstimationError
    lesions: CompetingEstimate | EstimationError
    weighted: Mapping[str, Estimate]


@dataclass(frozen=True)
class Findings:
    """What was found on a data cut. Where `split.by_arm` is None everything is pooled."""

    protocol: Protocol
    cut: DataCut
    last: date
    split: Grouping
    subjects: Sequence[SubjectLevel]
    deviations: Sequence[tuple[str, str, str, str]]
    """(subject, arm, grade, criterion)."""
    flow: Flow
    timing: Mapping[str, Sequence[VisitTiming]]
    drugs: Mapping[str, Sequence[DrugExposure]]
    radiotherapy: Mapping[str, RadiotherapyDelivery] | None
    times: Sequence[Timed]
    subgroups: Mapping[str, Sequence[Subgroups]]
    control: LesionControl | None
    responses: tuple[Sequence[ResponseRate], Sequence[ResponseDifference]]
    confirmed_responses: tuple[Sequence[ResponseRate], Sequence[ResponseDifference]]
    """The same of confirmed responses; empty where the plan asks for none."""
    assessments: Sequence[Response]
    tumours: Sequence[TumourChange]
    safety: AdverseEvents
    scores: Sequence[QuestionnaireScore]
    compliance: Sequence[Compliance]
    changes: Mapping[str, Sequence[Change]]
    deteriorations: Mapping[str, CompetingEstimate | EstimationError]
    sites: Mapping[str, str]
    """Names of sites by id."""
    intervals: Sequence[tuple[Endpoint, IntervalEstimate | EstimationError]]
    """Endpoints known to lie between two scans."""
    composites: Sequence[tuple[Endpoint, Mapping[str, EndpointEstimate | EstimationError]]]
    """Deterioration or death: by scale, and under '' of any of the scales."""
    patterns: Mapping[str, Mapping[str, int]]
    """Where the disease progressed first, by group; empty where the protocol does not ask."""
    look: LookTaken | None = None
    """The look these findings were made under, by arm; None where under none."""
    durations: Mapping[bool, Sequence[Duration]] = field(default_factory=dict)
    """How long responses lasted, by whether they are confirmed; none where no endpoint is that response."""

    @property
    def randomized(self) -> list[SubjectLevel]:
        """The subjects of the intention-to-treat population."""
        return [row for row in self.subjects if row.ittfl == "Y"]


def find(
    protocol: Protocol,
    casebooks: Sequence[Casebook],
    cut: DataCut,
    leave: Authority | None,
    *,
    everyone: str,
    sites: Mapping[str, str],
    look: str = "",
    earlier: Sequence[tuple[str, int]] = (),
) -> Findings:
    """Find everything. `everyone` is what the pooled group is called, `sites` the names of sites by id.

    By arm under a `look` of the plan, what it spends is found too; `earlier` are the looks before it and their events.
    """
    split = grouping(protocol, leave, everyone)
    last = last_day(casebooks, cut)
    inside = [book for book in casebooks if book.randomized_on is not None and cut.holds(book.randomized_on)]
    subjects: Sequence[SubjectLevel] = adsl(protocol, casebooks, cut).rows
    exposure, events = adex(protocol, inside, cut).rows, adae(protocol, inside, cut).rows
    scores: Sequence[QuestionnaireScore] = adqs(protocol, inside, cut).rows
    assessments: Sequence[Response] = adrs(protocol, inside, cut).rows
    times = [
        _timed(protocol, one, casebooks, inside, cut, leave, split)
        for one in protocol.endpoints
        if one.kind == "time_to_event"
    ]
    primary = next((one for one in times if one.endpoint.id == protocol.analysis.primary), None)
    lesions = {f"{cut.trial}-{book.subject}": residual(book) for book in inside}
    labels = {arm.label: arm.id for arm in protocol.arms}
    received = {row.usubjid: labels.get(row.trt01a, "") for row in subjects}
    numbers = sorted({row.avisitn for row in scores if row.avisitn})[:VISITS_SHOWN]
    return Findings(
        protocol, cut, last, split, subjects,
        [
            (book.subject, book.arm or "", deviation.grade, deviation.criterion)
            for book in inside for deviation, header in book.deviations if cut.holds(header.at.date())
        ],
        flow(protocol, casebooks, leave, cut.cutoff), assessment_timing(protocol, inside, split, cut, last),
        drug_exposure(exposure, split),
        radiotherapy_delivery(subjects, lesions, exposure, split) if protocol.radiotherapy is not None else None,
        times,
        {
            arm.id: subgroups(protocol, primary.rows, arm.id, split.control, factors_of(subjects))
            for arm in split.experimental
        } if primary is not None else {},
        _control(protocol, inside, cut, split), response_rates(assessments, split),
        response_rates(assessments, split, confirmed=True), assessments,
        tumour_changes(protocol, inside, cut), adverse_events(subjects, events, split, received), scores,
        compliance(protocol, inside, scores, split, cut, last),
        {scale: changes(scores, split, scale, numbers) for scale in SCALES if any(r.paramcd == scale for r in scores)},
        {scale: found for scale in SCALES
         if (found := _deterioration(protocol, scores, inside, cut, scale, split)) is not None},
        sites,
        [(one, _intervals(protocol, one, inside, cut, split)) for one in protocol.endpoints
         if one.kind == "interval_censored"],
        [(one, {scale: _estimated(protocol, one, rows, cut, leave)
                for scale, rows in deterioration_or_death(protocol, one, scores, inside, cut).items()})
         for one in protocol.endpoints if one.kind == "deterioration"],
        failure_patterns(protocol, inside, split, cut),
        look_taken(protocol, look, primary.estimate, earlier)
        if look and leave is not None and primary is not None and isinstance(primary.estimate, EndpointEstimate)
        else None,
        {confirmed: durations(duration_rows(protocol, inside, cut, confirmed=confirmed), split)
         for confirmed in (False, True) if asked(protocol, confirmed=confirmed)},
    )  # fmt: skip


def _timed(
    protocol: Protocol, endpoint: Endpoint, every: Sequence[Casebook], casebooks: Sequence[Casebook], cut: DataCut,
    leave: Authority | None, split: Grouping,
) -> Timed:  # fmt: skip
    rows = time_rows(protocol, endpoint, casebooks, cut)
    found = _estimated(protocol, endpoint, rows, cut, leave)
    if isinstance(found, EstimationError):
        return Timed(endpoint, rows, found, (), ())
    return Timed(
        endpoint, rows, found, restricted(protocol, found),
        [
            proportionality(protocol, rows, one.arm, one.control, protocol.analysis.strata)
            for one in found.contrasts
        ],
        rerandomized(protocol, endpoint, rows, every, cut, leave)
        if leave is not None and endpoint.id == protocol.analysis.primary
        else None,
    )  # fmt: skip


def _intervals(
    protocol: Protocol, endpoint: Endpoint, casebooks: Sequence[Casebook], cut: DataCut, split: Grouping
) -> IntervalEstimate | EstimationError:
    try:
        return estimate_intervals(protocol, interval_rows(protocol, endpoint, casebooks, cut), split)
    except EstimationError as error:
        return error


def _estimated(
    protocol: Protocol, endpoint: Endpoint, rows: Sequence[TimeRow], cut: DataCut, leave: Authority | None
) -> EndpointEstimate | EstimationError:
    try:
        if leave is None:
            return estimate_pooled(endpoint, rows, cut)
        return estimate_by_arm(protocol, endpoint, rows, cut, leave)
    except EstimationError as error:
        return error


def _control(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut, split: Grouping) -> LesionControl | None:
    endpoint = next((one for one in protocol.endpoints if one.kind == "competing_risks"), None)
    if endpoint is None:
        return None
    people, lesions = by_participant(protocol, casebooks, cut), by_lesion(protocol, casebooks, cut)
    strata = protocol.analysis.strata
    return LesionControl(
        endpoint,
        _or_error(lambda: competing(people, split, strata)),
        _or_error(lambda: competing(lesions, split, (), clustered=True)),
        {arm.id: participant_weighted(lesions, arm.id, split.control) for arm in split.experimental if lesions},
    )


def _deterioration(
    protocol: Protocol, scores: Sequence[QuestionnaireScore], casebooks: Sequence[Casebook], cut: DataCut, scale: str,
    split: Grouping,
) -> CompetingEstimate | EstimationError | None:  # fmt: skip
    rows = deterioration_rows(protocol, scores, casebooks, cut, scale)
    return _or_error(lambda: competing(rows, split, ())) if rows else None


def _or_error(estimated: Callable[[], CompetingEstimate]) -> CompetingEstimate | EstimationError:
    try:
        return estimated()
    except EstimationError as error:
        return error
