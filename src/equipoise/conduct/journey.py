"""Where a subject is on the journey through the trial: known alive, progressed, ended, and the stage all that makes.

What forms say is read by concept, so that it is found whatever a protocol calls its forms and items.
"""

from collections.abc import Iterator
from datetime import date

from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import View, concepts_of
from equipoise.kernel.dates import PartialDate
from equipoise.protocol.model import Protocol


def first_progression(protocol: Protocol, casebook: Casebook) -> View | None:
    """The record of the first progression, by its earliest possible day; None where none is recorded."""
    found = [
        (day.earliest, view)
        for view in concepts_of(protocol).views(casebook, "progression.date")
        if (day := view.day("progression.date")) is not None
    ]
    return min(found, key=lambda one: one[0])[1] if found else None


def progressed_on(protocol: Protocol, casebook: Casebook) -> PartialDate | None:
    """The day of the first recorded progression."""
    first = first_progression(protocol, casebook)
    return first.day("progression.date") if first is not None else None


def known_alive(protocol: Protocol, casebook: Casebook) -> Iterator[tuple[date, str]]:
    """Every complete day on which the subject was known to be alive, and by what: consent, randomization, survival."""
    if casebook.enrolment:
        yield date.fromisoformat(casebook.enrolment.on), "consent"
    if casebook.randomized:
        yield date.fromisoformat(casebook.randomized.on), "randomization"
    for view in concepts_of(protocol).views(casebook, "survival.alive_on"):
        day = view.day("survival.alive_on")
        if day is not None and day.is_complete and view.is_yes("survival.alive") is not False:
            yield day.earliest, "survival"


def ended(protocol: Protocol, casebook: Casebook) -> dict[str, date]:
    """The day of each of the facts that end visits (see `methods.schedule.Visit.until`).

    Who was lost and then known to be alive on a later day is found again.
    """
    days = casebook.stopped()
    if "lost" in days and any(day > days["lost"] for day, _ in known_alive(protocol, casebook)):
        del days["lost"]
    progression = progressed_on(protocol, casebook)
    if progression is not None:
        days["progression"] = progression.earliest
    return days


def stage(protocol: Protocol, casebook: Casebook) -> str:
    """Where on the journey the subject is, as a code (`stage.*` in the wordings)."""
    if casebook.died:
        return "dead"
    days = ended(protocol, casebook)
    if "withdrawal" in days:
        return "withdrawn"
    if casebook.randomized:
        for end, code in (("lost", "lost"), ("visits_stopped", "off_visits"), ("progression", "progressed")):
            if end in days:
                return code
        return "randomized"
    if casebook.screen_failed:
        return "screen_failed"
    if casebook.eligibility:
        return "eligible"
    return "screening" if casebook.enrolment else "prescreened"
