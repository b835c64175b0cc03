"""The planned week of each numbered visit at which questionnaires are asked."""

from equipoise.methods.schedule import days_of
from equipoise.protocol.model import Protocol

OPEN_ENDED = 40
"""Repeats counted where the plan names no end."""


def weeks_of(protocol: Protocol) -> dict[int, float]:
    """The week after randomization of each visit number; 0 is the baseline."""
    forms = {form.id for form in protocol.forms if form.instrument}
    found: dict[int, float] = {0: 0.0}
    for visit in protocol.schedule:
        if visit.anchor != "randomization" or not forms & set(visit.forms):
            continue
        day, number = days_of(visit.at), 1
        found[number] = day / 7
        for again in visit.repeat:
            last = days_of(again.until) if again.until else day + OPEN_ENDED * days_of(again.every)
            while day + days_of(again.every) <= last:
                day += days_of(again.every)
                number += 1
                found[number] = day / 7
    return found
