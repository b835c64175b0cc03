"""Dated sources of a casebook's endpoints, each with the ledger position it came from, within a data cut."""

from collections.abc import Iterator
from datetime import date

from equipoise.analysis.cut import DataCut
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import View, concepts_of
from equipoise.conduct.journey import known_alive
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
    concepts = concepts_of(protocol)
    for view in concepts.views(casebook, "progression.date"):
        source = _source(view, "progression.date", "Progression", "PROGRESSION", cut)
        if source is None:
            continue
        if set(view.codes("progression.basis")) == CLINICAL_ONLY:
            stops.append(source)
        else:
            confirmation = _CONFIRMED.get(view.text("progression.confirmation"))
            progressions.append(Progression(source, _only_residual(view), confirmation))
    assessments = [
        (view, source)
        for view in concepts.views(casebook, "assessment.date")
        if (source := _source(view, "assessment.date", "Last assessment", "ASSESSMENT", cut)) is not None
    ]
    return Followup(
        start=start,
        progressions=equivocal_until_confirmed(progressions)
        if confirmed
        else tuple(one.source for one in progressions),
        deaths=tuple(deaths(protocol, casebook, cut)),
        assessments=tuple(source for _, source in assessments),
        adequate=tuple(source for view, source in assessments if view.text("assessment.overall") not in ("NE", "")),
        other_therapy=tuple(
            source
            for view in concepts.views(casebook, "subsequent.start")
            if (source := _source(view, "subsequent.start", "New anticancer therapy", "SUBSEQUENT", cut)) is not None
        ),
        stops=tuple(stops),
        has_baseline=_has_baseline(protocol, casebook),
    )


def _has_baseline(protocol: Protocol, casebook: Casebook) -> bool:
    """Whether any lesion was assessed before randomization; always where the protocol keeps no register of lesions."""
    concepts = concepts_of(protocol)
    return not concepts.asks("lesion.organ") or any(True for _ in concepts.views(casebook, "lesion.organ"))


def deaths(protocol: Protocol, casebook: Casebook, cut: DataCut) -> Iterator[Source]:
    """The death, if within the cut. A partial date is its first possible day, but not before life was seen."""
    died = casebook.death
    if died is None:
        return
    seen = max((day for day, _ in known_alive(protocol, casebook) if day <= died.latest), default=died.earliest)
    day = died.earliest if died.is_complete else max(died.earliest, seen)
    if cut.holds(day):
        yield Source(day, "Death", "ADSL", "DTHDT", _died_at(casebook))


def alive(protocol: Protocol, casebook: Casebook, cut: DataCut) -> list[Source]:
    """Every day the subject was known to be alive, up to the cut. Knowing of a later day is knowing of the cutoff."""
    found: list[Source] = []
    known = [(day, what, _known_at(protocol, casebook, day, what)) for day, what in known_alive(protocol, casebook)]
    for day, what, position in (*known, *_clinical_days(protocol, casebook)):
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


def _known_at(protocol: Protocol, casebook: Casebook, day: date, what: str) -> int:
    """The ledger position of what says that somebody was alive on a day."""
    match what:
        case "consent":
            header = casebook.consent_headers.get(casebook.enrolment.consent) if casebook.enrolment else None
            return header.position if header else 0
        case "randomization":
            return _randomized_at(casebook)
    held = [
        position
        for view in concepts_of(protocol).views(casebook, "survival.alive_on")
        if (seen := view.day("survival.alive_on")) is not None and seen.earliest == day
        for position in view.positions("survival.alive_on")
    ]
    return max(held, default=0)


_EXAMINED = {
    "assessment.date": "tumour_assessment", "lab.date": "laboratory", "vital.date": "vitals",
    "performance.date": "ecog",
}  # fmt: skip
"""What was done on a day of a concept, as sources name it."""


def _clinical_days(protocol: Protocol, casebook: Casebook) -> Iterator[tuple[date, str, int]]:
    """Days on which the subject was examined, with the entry that says so: visit forms, whatever they found."""
    concepts = concepts_of(protocol)
    for concept, what in _EXAMINED.items():
        for view in concepts.views(casebook, concept):
            day = view.day(concept)
            if day is not None and day.is_complete:
                yield day.earliest, what, max(view.positions(concept), default=0)


def _source(view: View, concept: str, says: str, domain: str, cut: DataCut) -> Source | None:
    day = view.day(concept)
    if day is None or not cut.holds(day.earliest):
        return None
    position = max(view.positions(concept), default=0)
    return Source(day.earliest, says, domain, view.items[concept].id.upper(), position)


def _only_residual(view: View) -> bool:
    return set(view.codes("progression.pattern")) == {"residual_site"}


def _randomized_at(casebook: Casebook) -> int:
    return casebook.randomized_header.position if casebook.randomized_header else 0
