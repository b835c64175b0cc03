"""Adverse events of a rehearsal: which, how grave, and what the investigator holds them to come from."""

from collections.abc import Generator
from datetime import date, timedelta
from typing import Any

from equipoise.clinical.terminology import grades_of
from equipoise.conduct.collection import last_treatment
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.entry import Entry
from equipoise.conduct.irradiation import irradiations
from equipoise.kernel.chance import Stream
from equipoise.methods.schedule import days_of
from equipoise.simulation.rehearsal.conduct import Conduct
from equipoise.simulation.rehearsal.logs import add_row
from equipoise.simulation.rehearsal.steps import Step
from equipoise.simulation.rehearsal.telling import Telling

EVENTS = (
    ("Fatigue", 0.2), ("Cough", 0.12), ("Dyspnea", 0.1), ("Nausea", 0.1), ("Rash maculo-papular", 0.08),
    ("Hypothyroidism", 0.07), ("Anorexia", 0.07), ("Diarrhea", 0.06), ("Pneumonitis", 0.05), ("Arthralgia", 0.05),
    ("Anemia", 0.05), ("Esophagitis", 0.03), ("Alanine aminotransferase increased", 0.02),
)  # fmt: skip
"""Adverse events of maintenance immunotherapy and thoracic radiotherapy, and how often each is the next one."""

OF_RADIOTHERAPY = {"Esophagitis", "Pneumonitis", "Dyspnea", "Cough", "Fatigue", "Nausea"}
OF_IMMUNOTHERAPY = {
    "Pneumonitis", "Rash maculo-papular", "Hypothyroidism", "Diarrhea", "Arthralgia", "Fatigue",
    "Alanine aminotransferase increased",
}  # fmt: skip
OF_CHEMOTHERAPY = {"Anemia", "Nausea", "Fatigue", "Anorexia", "Alanine aminotransferase increased"}
RELATION = (("no", "possible", "yes"), (0.4, 0.4, 0.2))
"""How an investigator judges an event that the treatment is known to cause; any other is held unrelated."""
SERIOUS = {"1": 0.0, "2": 0.02, "3": 0.3}
"""How often an event of a grade is serious; one of grade 4 or 5 always is."""

FATAL_OF_TREATMENT = {"immunotherapy": ("Pneumonitis", "Myocarditis"), "radiotherapy": ("Pneumonitis",)}
FATAL_OF_ANOTHER_CAUSE = ("Lung infection", "Myocardial infarction", "Stroke", "Thromboembolic event", "Sepsis")
"""What those die of who do not die of their disease."""

type Acts = Generator[Step, tuple[Entry, ...], None]


def grade(chance: Stream, conduct: Conduct) -> str:
    """A grade, none of them fatal."""
    return chance.weighted(("1", "2", "3", "4"), (0.55, 0.34, 0.11, conduct.life_threatening))


def event(term: str, worst: str, started: date, ended: date | None, *, with_chemotherapy: bool) -> Any:
    """An event, entered when it ended or, where it did not, when it was last seen; none is fatal."""

    def act(tell: Telling, day: date) -> Acts:
        # CTCAE does not grade every term as high; the last grade given is the highest that is not above the one meant.
        given = max(str(one) for one in grades_of("ctcae-v5", term) if one <= int(worst))
        told: dict[str, Any] = {"ae.term": term, "ae.grade": given, "ae.start": started.isoformat()}
        told |= _judged(tell, term, given, started, with_chemotherapy=with_chemotherapy)
        if ended is None:
            told["ae.outcome"] = tell.chance("outcome", term).weighted(("recovering", "not_recovered"), (0.5, 0.5))
        else:
            told |= {"ae.outcome": "recovered", "ae.end": ended.isoformat()}
        yield from add_row(tell, "adverse_events", "ae.term", day, told)

    return act


def fatal(tell: Telling, cause: str, died: date, died_on: str, reported: date) -> Acts:
    """The event somebody died of, entered with the death where it began while events are collected.

    `cause` is that of the death, `died_on` its date as the record will say it, which may be partial.
    """
    origin = tell.book.randomized_on
    form = concepts_of(tell.protocol).form("ae.term")
    if origin is None or form is None:
        return
    chance = tell.chance("fatal-event")
    started = max(origin, died - timedelta(days=chance.between(1, 12)))
    last = last_treatment(tell.protocol, tell.book)
    if form.collected_for and last is not None and started > last + timedelta(days=days_of(form.collected_for)):
        return
    of_radiotherapy = any(one.was_given for one in irradiations(tell.protocol, tell.book))
    source = "radiotherapy" if of_radiotherapy and chance.happens(0.5) else "immunotherapy"
    by_treatment = cause == "treatment"
    told: dict[str, Any] = {
        "ae.term": chance.choose(FATAL_OF_TREATMENT[source] if by_treatment else FATAL_OF_ANOTHER_CAUSE),
        "ae.grade": "5",
        "ae.start": started.isoformat(),
        "ae.outcome": "fatal",
        "ae.end": died_on,
        "ae.related_immunotherapy": "yes" if by_treatment and source == "immunotherapy" else "no",
        "ae.related_chemotherapy": "no",
        "ae.related_radiotherapy": "yes" if by_treatment and source == "radiotherapy" else "no",
        "ae.related_drug": "yes" if by_treatment else "no",
        "ae.immune_related": "yes" if by_treatment and source == "immunotherapy" else "no",
        "ae.serious": "yes",
        "ae.seriousness": ["death"],
        "ae.known_on": reported.isoformat(),
        "ae.actions": ["other_treatment"],
    }
    yield from add_row(tell, "adverse_events", "ae.term", reported, told)


def _judged(tell: Telling, term: str, worst: str, started: date, *, with_chemotherapy: bool) -> dict[str, Any]:
    """What the investigator holds: related to what had been given by then, immune-related, serious; what was done."""
    chance = tell.chance("judged", term, started.isoformat())
    courses = irradiations(tell.protocol, tell.book)
    irradiated = any(one.was_given and one.start is not None and one.start <= started for one in courses)

    def related(causes: set[str], was_given: bool) -> str:
        judged = chance.weighted(*RELATION)
        return judged if was_given and term in causes else "no"

    immunotherapy = related(OF_IMMUNOTHERAPY, was_given=True)
    serious = chance.happens(SERIOUS.get(worst, 1.0))
    told: dict[str, Any] = {
        "ae.related_immunotherapy": immunotherapy,
        "ae.related_chemotherapy": related(OF_CHEMOTHERAPY, with_chemotherapy),
        "ae.related_radiotherapy": related(OF_RADIOTHERAPY, irradiated),
        "ae.immune_related": "yes" if immunotherapy == "yes" and term != "Fatigue" else "no",
        "ae.serious": "yes" if serious else "no",
    }
    if worst not in ("1", "2"):
        told["ae.actions"] = ["drug_delayed", "steroids"] if told["ae.immune_related"] == "yes" else ["other_treatment"]
    if serious:
        threatening = ["life_threatening"] if worst == "4" else []
        told |= {"ae.seriousness": [*threatening, "hospitalization"], "ae.known_on": started.isoformat()}
    return told
