"""Dated sources of a casebook's endpoints, each with the ledger position it came from, within a data cut."""

from collections.abc import Iterator, Sequence
from datetime import date

from equipoise.analysis.cut import DataCut
from equipoise.conduct.casebook import Casebook, Record
from equipoise.kernel.dates import PartialDate
from equipoise.methods.endpoints import Followup, Progression, Source, equivocal_until_confirmed
from equipoise.protocol.model import Protocol

BLINDED_CONCEPTS = (
    "progression.date", "assessment.date", "assessment.overall", "survival.", "measurement.date",
    "measurement.diameter", "measurement.state", "measurement.lesion", "ae.term", "ae.grade", "ae.start", "ae.end",
    "ae.serious", "ae.outcome", "lab.",
)  # fmt: skip
"""Concepts (or how they begin) whose values stand in the datasets without arms: behind a row they tell nothing more."""
CLINICAL_ONLY = {"clinical"}
_CONFIRMED = {"confirmed": True, "refuted": False}


def followup(protocol: Protocol, casebook: Casebook, cut: DataCut, *, confirmed: bool = False) -> Followup:
    """What is known of progression. With `confirmed`, growth at a residual site alone needs confirming."""
    assert casebook.randomized_on is not None
    start = Source(casebook.randomized_on, "Randomization", "ADSL", "RANDDT", _randomized_at(casebook))
    progressions, stops = [], []
    for record in casebook.rows("progression"):
        source = _source(record, "progression_date", "Progression", "PROGRESSION", cut)
        if source is None:
            continue
        if set(_codes(record, "progression_basis")) == CLINICAL_ONLY:
            stops.append(source)
        else:
            progressions.append(
                Progression(source, _only_residual(record), _CONFIRMED.get(record.text("confirmation")))
            )
    assessments = [
        (record, source)
        for record in casebook.rows("tumour_assessment")
        if (source := _source(record, "assessment_date", "Last assessment", "ASSESSMENT", cut)) is not None
    ]
    return Followup(
        start=start,
        progressions=equivocal_until_confirmed(progressions)
        if confirmed
        else tuple(one.source for one in progressions),
        deaths=tuple(deaths(casebook, cut)),
        assessments=tuple(source for _, source in assessments),
        adequate=tuple(source for record, source in assessments if record.text("overall_response") not in ("NE", "")),
        other_therapy=tuple(
            source
            for record in casebook.rows("subsequent_therapy")
            if (source := _source(record, "subsequent_start", "New anticancer therapy", "SUBSEQUENT", cut)) is not None
        ),
        stops=tuple(stops),
        has_baseline=_has_baseline(protocol, casebook),
    )


def _has_baseline(protocol: Protocol, casebook: Casebook) -> bool:
    """Whether any lesion was assessed before randomization; always where the protocol keeps no register of lesions."""
    forms = [form.id for form in protocol.forms if any(item.concept == "lesion.organ" for item in form.items)]
    return not forms or any(True for form in forms for _ in casebook.rows(form))


def deaths(casebook: Casebook, cut: DataCut) -> Iterator[Source]:
    """The death, if within the cut. A partial date is its first possible day, but not before life was seen."""
    died = casebook.death
    if died is None:
        return
    seen = max((day for day, _ in casebook.known_alive() if day <= died.latest), default=died.earliest)
    day = died.earliest if died.is_complete else max(died.earliest, seen)
    if cut.holds(day):
        yield Source(day, "Death", "ADSL", "DTHDT", _died_at(casebook))


def alive(casebook: Casebook, cut: DataCut) -> list[Source]:
    """Every day the subject was known to be alive, up to the cut. Knowing of a later day is knowing of the cutoff."""
    found: list[Source] = []
    known = [(day, what, _known_at(casebook, day, what)) for day, what in casebook.known_alive()]
    for day, what, position in (*known, *_clinical_days(casebook)):
        if cut.cutoff is not None and day > cut.cutoff:
            found.append(Source(cut.cutoff, "Alive at the data cutoff", "ADSL", "CUTOFF", position))
        else:
            found.append(Source(day, f"Last known alive ({what})", what.upper(), "DATE", position))
    died = casebook.death
    if died is not None and cut.cutoff is not None and died.earliest > cut.cutoff:
        found.append(Source(cut.cutoff, "Alive at the data cutoff", "ADSL", "CUTOFF", _died_at(casebook)))
    return found


def _died_at(casebook: Casebook) -> int:
    return casebook.died_header.position if casebook.died_header else 0


def _known_at(casebook: Casebook, day: date, what: str) -> int:
    """The ledger position of what says that somebody was alive on a day."""
    match what:
        case "consent":
            header = casebook.consent_headers.get(casebook.enrolment.consent) if casebook.enrolment else None
            return header.position if header else 0
        case "randomization":
            return _randomized_at(casebook)
    held = [
        record.position_of("alive_on")
        for record in casebook.rows("survival")
        if (seen := record.day("alive_on")) is not None and seen.earliest == day
    ]
    return max(held, default=0)


def _clinical_days(casebook: Casebook) -> Iterator[tuple[date, str, int]]:
    """Days on which the subject was examined, with the entry that says so: visit forms, whatever they found."""
    dated = {
        "tumour_assessment": "assessment_date",
        "laboratory": "lab_date",
        "vitals": "vitals_date",
        "ecog": "ecog_date",
    }
    for form, item in dated.items():
        for record in casebook.rows(form):
            day = record.day(item)
            if day is not None and day.is_complete:
                yield day.earliest, form, record.position_of(item)


def _source(record: Record, item: str, says: str, domain: str, cut: DataCut) -> Source | None:
    day: PartialDate | None = record.day(item)
    if day is None or not cut.holds(day.earliest):
        return None
    return Source(day.earliest, says, domain, item.upper(), record.position_of(item))


def _codes(record: Record, item: str) -> Sequence[str]:
    answer = record.answer(item)
    return answer.value if answer is not None and isinstance(answer.value, tuple) else ()


def _only_residual(record: Record) -> bool:
    return set(_codes(record, "progression_pattern")) == {"residual_site"}


def _randomized_at(casebook: Casebook) -> int:
    return casebook.randomized_header.position if casebook.randomized_header else 0
