"""Whether the forms ask for what the plan and the schedule live on: the day of an event, by the concept that holds it.

Forms and items are free in their ids. Without the concept an endpoint never sees its event, and a visit never its
anchor. Of a protocol whose forms follow nobody up by concept, a plan without a casebook yet, nothing is asked.
"""

from collections.abc import Iterator

from equipoise.protocol.check_endpoints import TIMES
from equipoise.protocol.concepts import misspelt
from equipoise.protocol.decode import Location
from equipoise.protocol.model import Protocol
from equipoise.protocol.problems import Problem

EVENTS = {"progression": "progression.date", "confirmed_progression": "progression.date"}
"""The concept that holds the day of an event, where the investigator's reading dates it."""

ANCHORS = {"progression": "progression.date", "radiotherapy_end": "rt.end"}
"""The concept that holds the day of an anchor of visits."""

FOLLOW_UP = ("ae.", "assessment.", "drug.", "measurement.", "progression.", "rt.", "subsequent.", "survival.")
"""How the concepts begin of what is recorded after randomization."""


def concept_problems(protocol: Protocol) -> Iterator[Problem]:
    """Events of endpoints and anchors of visits whose day no item holds."""
    held = {item.concept for form in protocol.forms for item in form.items if item.concept}
    if not any(concept.startswith(FOLLOW_UP) for concept in held):
        return
    held.update(near for concept in tuple(held) for near in misspelt(concept))  # told where it stands
    for at, endpoint in enumerate(protocol.endpoints):
        if endpoint.kind in TIMES and endpoint.reader == "investigator":
            for name, events in (("events", endpoint.events), ("competing", endpoint.competing)):
                for position, event in enumerate(events):
                    yield from _held(("endpoints", at, name, position), event, EVENTS.get(event, ""), held)
    for at, visit in enumerate(protocol.schedule):
        yield from _held(("schedule", at, "anchor"), visit.anchor, ANCHORS.get(visit.anchor, ""), held)


def _held(at: Location, what: str, concept: str, held: set[str]) -> Iterator[Problem]:
    if concept and concept not in held:
        wanted = f"an item with `concept: {concept}`"
        yield Problem(at, "no item of a form holds this day", what, wanted, rests_on=("forms",))
