"""One endpoint of the plan analysed as somebody chose: measure, population, strata, estimators; and the rows behind it.

Every kind of endpoint that a protocol may declare is answered here. Populations and estimators other than the plan's
are explorations, and the outputs say which were chosen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from equipoise.analysis import words as _words  # noqa: F401  (declares the wordings)
from equipoise.analysis.adverse_events import AdverseEvents, adverse_events
from equipoise.analysis.competing import CompetingEstimate, competing, participant_weighted
from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets import adae, adqs, adrs, adsl
from equipoise.analysis.datasets.deterioration_times import ANY, deterioration_or_death, deterioration_rows
from equipoise.analysis.datasets.response_times import duration_rows
from equipoise.analysis.firewall import Authority
from equipoise.analysis.groups import Grouping, grouping
from equipoise.analysis.interval_times import IntervalEstimate, estimate_intervals, interval_rows
from equipoise.analysis.lesion_control import by_lesion, by_participant
from equipoise.analysis.non_proportional import Proportionality, Restricted, proportionality, restricted
from equipoise.analysis.populations import has_baseline_questionnaire, is_per_protocol, treatment
from equipoise.analysis.questionnaire_change import Change, changes
from equipoise.analysis.rerandomization import Rerandomized, rerandomized, untested
from equipoise.analysis.response_duration import Duration, durations
from equipoise.analysis.response_rates import RESPONSES, ResponseDifference, ResponseRate, response_rates
from equipoise.analysis.survival import EndpointEstimate, estimate_by_arm, estimate_pooled
from equipoise.analysis.times import TimeRow, time_rows
from equipoise.analysis.traced import Traced, without_arm
from equipoise.analysis.traced_rows import adverse, between, changed, controlled, deteriorated, responded, timed
from equipoise.analysis.two_arms import because
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import concepts_of
from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import Message, message
from equipoise.protocol.model import Endpoint, Protocol
from equipoise.statistics.errors import NoEstimate
from equipoise.statistics.estimate import Estimate
from equipoise.statistics.proportions import Counts, stratified_miettinen_nurminen

POPULATIONS = ("itt", "safety", "per_protocol", "questionnaire")
"""Intention to treat, safety (by the treatment received), per protocol, questionnaire-evaluable."""
TELLS_ARM = frozenset({"per_protocol"})
"""Populations that depend on the arm: without leave to see arms, who belongs to one would tell."""
_DEFAULT = {"adverse_events": "safety", "scores": "questionnaire"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be estimated. `measure` is of the endpoint's kind (see `measures`); `tau` in months, None for none."""

    endpoint: Endpoint
    measure: str
    population: str
    strata: tuple[str, ...]
    ties: str
    scale: str
    tau: float | None


@dataclass(frozen=True)
class Survival:
    """A time to event: curves, contrasts, restricted means, the test of proportional hazards, and, by arm, the
    re-randomization test."""

    estimate: EndpointEstimate
    restricted: Sequence[Restricted]
    proportionality: Sequence[Proportionality]
    rerandomized: Rerandomized | None = None


@dataclass(frozen=True)
class Incidences:
    """Cumulative incidences; `per_lesion` clustered by participant, and `weighted` with each participant alike."""

    estimate: CompetingEstimate
    per_lesion: bool
    weighted: Mapping[str, Estimate]


@dataclass(frozen=True)
class Responses:
    """Best responses: rates, differences unstratified and (by arm, where asked) stratified, how long they lasted."""

    rates: Sequence[ResponseRate]
    differences: Sequence[ResponseDifference]
    stratified: Mapping[str, Estimate]
    lasted: Sequence[Duration] = ()


@dataclass(frozen=True)
class Changes:
    """Mean changes of a scale by visit, with the planned week of each visit's number."""

    scale: str
    found: Sequence[Change]


@dataclass(frozen=True)
class Adverse:
    """Adverse events by term and worst grade."""

    found: AdverseEvents


@dataclass(frozen=True)
class Between:
    """A time known to lie between two scans: Turnbull's curves and proportional hazards."""

    found: IntervalEstimate


Result = Survival | Incidences | Responses | Changes | Adverse | Between


@dataclass(frozen=True)
class Analysed:
    """An answer: the result or why there is none, what a reader must know beside it, and the rows it counts."""

    choice: Choice
    cut: DataCut
    split: Grouping
    result: Result | EstimationError
    notes: tuple[Message, ...]
    rows: Sequence[Traced]

    @property
    def subjects(self) -> int:
        """How many participants the rows are of."""
        return len({row.subject for row in self.rows})


def default_population(endpoint: Endpoint) -> str:
    """The population an endpoint is analysed in where none is chosen."""
    return _DEFAULT.get(endpoint.kind, "itt")


def populations_of(endpoint: Endpoint) -> tuple[str, ...]:
    """The populations an endpoint may be analysed in. Adverse events are of those treated, always."""
    return ("safety",) if endpoint.kind == "adverse_events" else POPULATIONS


def measures(endpoint: Endpoint, scales: Sequence[str]) -> tuple[str, ...]:
    """What an endpoint may be measured by, the first the default; '' where its kind has one measure only."""
    match endpoint.kind:
        case "competing_risks":
            return ("participant", "lesion")
        case "scores":
            return tuple(f"{what}:{scale}" for what in ("change", "deterioration") for scale in scales)
        case "deterioration":
            own = tuple(f"worse:{scale}" for scale in endpoint.scales)
            return (f"worse:{ANY}", *own) if len(own) > 1 else own
    return ("",)


def analyse(
    protocol: Protocol, choice: Choice, casebooks: Sequence[Casebook], cut: DataCut, leave: Authority | None
) -> Analysed:
    """Answer a choice; by arm under an authority, else pooled. Raises nothing: a reason stands for what is missing."""
    split = grouping(protocol, leave)
    inside = [book for book in casebooks if book.randomized_on is not None and cut.holds(book.randomized_on)]
    if not inside:
        return Analysed(choice, cut, split, _nobody(casebooks, cut), (), ())
    if choice.population in TELLS_ARM and leave is None:
        return Analysed(choice, cut, split, NoEstimate("analysis.population_tells_arm"), (), ())
    arms = members(protocol, inside, cut, choice.population)
    if not arms:
        return Analysed(choice, cut, split, NoEstimate("analysis.nobody_in_population"), (), ())
    kept = [book for book in inside if book.subject in arms]
    rows: list[Traced] = []
    try:
        result, rows = _KINDS[choice.endpoint.kind](_Work(protocol, choice, kept, arms, cut, leave, split, casebooks))
        found: Result | EstimationError = result
    except EstimationError as error:
        found = error
    notes = _notes(protocol, split, arms, found, rows)
    return Analysed(choice, cut, split, found, notes, rows if leave is not None else without_arm(rows))


def members(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut, population: str) -> dict[str, str]:
    """Who of the randomized belongs to a population, and the arm each is counted under."""
    concepts = concepts_of(protocol)
    match population:
        case "safety":
            given = {book.subject: treatment(protocol, concepts, book, cut) for book in casebooks}
            return {subject: got.arm for subject, got in given.items() if got.is_any}
        case "per_protocol":
            return {b.subject: b.arm or "" for b in casebooks if is_per_protocol(protocol, concepts, b, cut)}
        case "questionnaire":
            return {b.subject: b.arm or "" for b in casebooks if has_baseline_questionnaire(protocol, concepts, b)}
    return {book.subject: book.arm or "" for book in casebooks}


@dataclass(frozen=True)
class _Work:
    """What each kind works on."""

    protocol: Protocol
    choice: Choice
    books: Sequence[Casebook]
    arms: Mapping[str, str]
    cut: DataCut
    leave: Authority | None
    split: Grouping
    every: Sequence[Casebook]
    """The casebooks of the whole record."""

    @property
    def by_subject(self) -> dict[str, Casebook]:
        return {book.subject: book for book in self.books}

    def under[R](self, row: R) -> R:
        """A dataclass row of a participant, counted under the arm the population says."""
        one: Any = row
        subject = getattr(one, "subject", None) or one.usubjid.removeprefix(f"{self.cut.trial}-")
        counted: R = replace(one, arm=self.arms[subject])
        return counted


def _survival(work: _Work) -> tuple[Result, list[Traced]]:
    choice, plan = work.choice, work.protocol.analysis
    chosen: Any = choice.ties
    tau = None if choice.tau is None else _exactly(choice.tau)
    protocol = replace(work.protocol, analysis=replace(plan, ties=chosen, rmst_tau_months=tau))
    rows = [work.under(row) for row in time_rows(protocol, choice.endpoint, work.books, work.cut)]
    traced = timed(rows, work.by_subject, choice.endpoint.id.upper())
    if work.leave is None:
        return Survival(estimate_pooled(choice.endpoint, rows, work.cut, scale=choice.scale), (), ()), traced
    found = estimate_by_arm(protocol, choice.endpoint, rows, work.cut, work.leave, choice.strata, scale=choice.scale)
    tests = [proportionality(protocol, rows, one.arm, one.control, choice.strata) for one in found.contrasts]
    return Survival(found, restricted(protocol, found), tests, _drawn_again(work, protocol, rows)), traced


def _drawn_again(work: _Work, protocol: Protocol, rows: Sequence[TimeRow]) -> Rerandomized | None:
    """The re-randomization test of everyone randomized, as randomized; a reason for another population."""
    if work.leave is None:
        return None
    if work.choice.population != "itt":
        return untested(protocol, work.leave)
    return rerandomized(protocol, work.choice.endpoint, rows, work.every, work.cut, work.leave, work.choice.strata)


def _between_scans(work: _Work) -> tuple[Result, list[Traced]]:
    protocol = replace(work.protocol, analysis=replace(work.protocol.analysis, strata=work.choice.strata))
    endpoint = work.choice.endpoint
    rows = [work.under(row) for row in interval_rows(protocol, endpoint, work.books, work.cut)]
    return Between(estimate_intervals(protocol, rows, work.split)), between(rows, work.by_subject, endpoint.id.upper())


def _worse_or_dead(work: _Work) -> tuple[Result, list[Traced]]:
    endpoint, choice = work.choice.endpoint, work.choice
    scores = adqs(work.protocol, work.books, work.cut).rows
    found = deterioration_or_death(work.protocol, endpoint, scores, work.books, work.cut)
    _what, _colon, scale = choice.measure.partition(":")
    rows = [work.under(row) for row in found.get(scale, found[endpoint.scales[0]])]
    if not rows:
        raise NoEstimate("analysis.no_scores")
    traced = timed(rows, work.by_subject, endpoint.id.upper())
    if work.leave is None:
        return Survival(estimate_pooled(endpoint, rows, work.cut, scale=choice.scale), (), ()), traced
    estimate = estimate_by_arm(work.protocol, endpoint, rows, work.cut, work.leave, choice.strata, scale=choice.scale)
    return Survival(estimate, (), ()), traced


def _exactly(number: float) -> Any:
    from decimal import Decimal

    return Decimal(repr(number))


def _incidences(work: _Work) -> tuple[Result, list[Traced]]:
    per_lesion = work.choice.measure == "lesion"
    derive = by_lesion if per_lesion else by_participant
    rows = [work.under(row) for row in derive(work.protocol, work.books, work.cut)]
    if not rows:
        raise NoEstimate("analysis.no_lesions")
    found = competing(rows, work.split, () if per_lesion else work.choice.strata, clustered=per_lesion)
    weighted = {
        arm.id: participant_weighted(rows, arm.id, work.split.control) for arm in work.split.experimental if per_lesion
    }
    traced = controlled(rows, work.by_subject, work.choice.endpoint.id.upper())
    return Incidences(found, per_lesion, weighted), traced


def _responses(work: _Work) -> tuple[Result, list[Traced]]:
    confirmed = work.choice.endpoint.confirmed
    wanted = "CBOR" if confirmed else "BOR"
    every = [row for row in adrs(work.protocol, work.books, work.cut).rows if row.paramcd == wanted]
    rows = [work.under(row) for row in every]
    rates, differences = response_rates(rows, work.split, confirmed=confirmed)
    stratified = {}
    if work.choice.strata:
        levels = {book.subject: dict(book.randomized.levels) for book in work.books if book.randomized}
        for one in differences:
            counts = _by_stratum(work, rows, levels, one.arm)
            try:
                stratified[one.arm] = stratified_miettinen_nurminen(counts)
            except EstimationError as error:
                stratified[one.arm] = Estimate(None, reason=because(error))
    lasting = [work.under(row) for row in duration_rows(work.protocol, work.books, work.cut, confirmed=confirmed)]
    found = Responses(rates, differences, stratified, durations(lasting, work.split))
    return found, responded(rows, work.by_subject)


def _by_stratum(
    work: _Work, rows: Sequence[Any], levels: Mapping[str, Mapping[str, str]], arm: str
) -> list[tuple[Counts, Counts]]:
    """Responders and participants of an arm and of control, stratum by stratum; one with an arm empty tells nothing."""
    held: dict[tuple[str, ...], dict[str, list[bool]]] = {}
    for row in rows:
        own = levels[row.usubjid.removeprefix(f"{work.cut.trial}-")]
        stratum = tuple(own.get(factor, "?") for factor in work.choice.strata)
        held.setdefault(stratum, {}).setdefault(row.arm, []).append(row.avalc in RESPONSES)
    return [
        (Counts(sum(one[arm]), len(one[arm])), Counts(sum(one[work.split.control]), len(one[work.split.control])))
        for one in held.values()
        if arm in one and work.split.control in one
    ]


def _scores(work: _Work) -> tuple[Result, list[Traced]]:
    what, _, scale = work.choice.measure.partition(":")
    scores = [work.under(row) for row in adqs(work.protocol, work.books, work.cut).rows]
    if what == "deterioration":
        rows = [work.under(row) for row in deterioration_rows(work.protocol, scores, work.books, work.cut, scale)]
        if not rows:
            raise NoEstimate("analysis.no_scores")
        return Incidences(competing(rows, work.split, ()), False, {}), deteriorated(rows, work.by_subject)
    numbers = sorted({row.avisitn for row in scores if row.paramcd == scale and row.avisitn and row.chg is not None})
    if not numbers:
        raise NoEstimate("analysis.no_scores")
    return Changes(scale, changes(scores, work.split, scale, numbers)), changed(scores, work.by_subject, scale)


def _adverse(work: _Work) -> tuple[Result, list[Traced]]:
    subjects = adsl(work.protocol, work.books, work.cut).rows
    events = adae(work.protocol, work.books, work.cut).rows
    received = {f"{work.cut.trial}-{subject}": arm for subject, arm in work.arms.items()}
    found = adverse_events(subjects, events, work.split, received)
    counted = [row for row in events if row.trtemfl == "Y" and row.usubjid in received]
    return Adverse(found), adverse(counted, work.by_subject, received)


_KINDS: Mapping[str, Callable[[_Work], tuple[Result, list[Traced]]]] = {
    "time_to_event": _survival, "competing_risks": _incidences, "response": _responses, "scores": _scores,
    "adverse_events": _adverse, "interval_censored": _between_scans, "deterioration": _worse_or_dead,
}  # fmt: skip


def _nobody(casebooks: Sequence[Casebook], cut: DataCut) -> NoEstimate:
    first = min((book.randomized_on for book in casebooks if book.randomized_on), default=None)
    if first is not None and cut.cutoff is not None:
        return NoEstimate("analysis.before_first", cutoff=cut.cutoff.isoformat(), first=first.isoformat())
    return NoEstimate("analysis.nobody")


def _notes(
    protocol: Protocol,
    split: Grouping,
    arms: Mapping[str, str],
    found: Result | EstimationError,
    rows: Sequence[Traced],
) -> tuple[Message, ...]:
    """What must stand beside the numbers: arms without anybody, and no event at all."""
    notes = []
    if split.by_arm is not None:
        empty = [arm.label for arm in protocol.arms if arm.id not in arms.values()]
        if empty:
            notes.append(message("analysis.arm_empty", arms="; ".join(empty)))
    timed_rows = isinstance(found, Survival | Incidences | Between)
    if timed_rows and not any("event" in row.tags for row in rows):
        notes.append(message("analysis.no_event_yet"))
    return tuple(notes)
