"""Adverse events of a rehearsal: which, how grave, and what the investigator holds them to come from."""

from collections.abc import Callable, Generator
from datetime import date
from typing import Any

from equipoise.conduct.entry import Entry
from equipoise.conduct.irradiation import irradiations
from equipoise.kernel.chance import Stream
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
SERIOUS = {"1": 0.0, "2": 0.02}
SERIOUS_FROM_3 = 0.3
"""How often an event of a grade is serious, and one of grade 3 or worse."""

type Acts = Generator[Step, tuple[Entry, ...], None]
type Log = Callable[[Telling, str, str, date, dict[str, Any]], Acts]


def grade(chance: Stream) -> str:
    """A grade; none is life-threatening."""
    return chance.weighted(("1", "2", "3"), (0.55, 0.34, 0.11))


def event(log: Log, term: str, worst: str, started: date, ended: date | None, *, with_chemotherapy: bool) -> Any:
    """An event, entered when it ended or, where it did not, when it was last seen; none is fatal."""

    def act(tell: Telling, day: date) -> Acts:
        from equipoise.clinical.terminology import grades_of

        known = [str(one) for one in grades_of("ctcae-v5", term)]
        given = worst if worst in known else known[-1]
        told: dict[str, Any] = {"ae.term": term, "ae.grade": given, "ae.start": started.isoformat()}
        told |= _judged(tell, term, given, started, with_chemotherapy=with_chemotherapy)
        if ended is None:
            told["ae.outcome"] = tell.chance("outcome", term).weighted(("recovering", "not_recovered"), (0.5, 0.5))
        else:
            told |= {"ae.outcome": "recovered", "ae.end": ended.isoformat()}
        yield from log(tell, "adverse_events", "ae.term", day, told)

    return act


def _judged(tell: Telling, term: str, worst: str, started: date, *, with_chemotherapy: bool) -> dict[str, Any]:
    """What the investigator holds: related to what had been given by then, immune-related, serious."""
    chance = tell.chance("judged", term, started.isoformat())
    courses = irradiations(tell.protocol, tell.book)
    irradiated = any(one.was_given and one.start is not None and one.start <= started for one in courses)

    def related(causes: set[str], was_given: bool) -> str:
        judged = chance.weighted(*RELATION)
        return judged if was_given and term in causes else "no"

    immunotherapy = related(OF_IMMUNOTHERAPY, was_given=True)
    serious = chance.happens(SERIOUS.get(worst, SERIOUS_FROM_3))
    told: dict[str, Any] = {
        "ae.related_immunotherapy": immunotherapy,
        "ae.related_chemotherapy": related(OF_CHEMOTHERAPY, with_chemotherapy),
        "ae.related_radiotherapy": related(OF_RADIOTHERAPY, irradiated),
        "ae.immune_related": "yes" if immunotherapy == "yes" and term != "Fatigue" else "no",
        "ae.serious": "yes" if serious else "no",
    }
    if serious:
        told |= {"ae.seriousness": ["hospitalization"], "ae.known_on": started.isoformat()}
    return told
