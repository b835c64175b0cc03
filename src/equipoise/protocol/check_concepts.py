"""Whether the forms ask for what the plan and the schedule live on: the day of an event, by the concept that holds it.

Forms and items are free in their ids. Without the concept an endpoint never sees its event, and a visit never its
anchor: nobody progresses, and nobody would notice.
"""

from collections.abc import Iterator, Sequence

from equipoise.methods.items import ChoiceItem
from equipoise.protocol.check_endpoints import TIMES
from equipoise.protocol.concepts import CENTRAL, misspelt
from equipoise.protocol.decode import Location
from equipoise.protocol.model import Protocol
from equipoise.protocol.problems import Problem

EVENTS = {
    "progression": ("progression.date", "assessment.date", "assessment.overall"),
    "confirmed_progression": ("progression.date", "assessment.date", "assessment.overall"),
    "local_progression": ("measurement.lesion", "measurement.date"),
}
"""The concepts an event rests on, where the investigator's reading dates it: also until when it was looked for."""

KINDS = {"response": ("assessment.date", "assessment.overall"), "adverse_events": ("ae.term", "ae.start")}
"""The concepts an endpoint without events rests on."""

ANCHORS = {"progression": ("progression.date",), "radiotherapy_end": ("rt.end",)}
"""The concept that holds the day of an anchor of visits."""


CODES = {
    "assessment.overall": ("CR", "PR", "SD", "PD", "NE"),
    "assessment.non_target": ("CR", "NON_CR_NON_PD", "PD", "NE"),
    "assessment.new_lesions": ("unequivocal",),
    "measurement.state": ("measured", "absent", "not_evaluated"),
    "lesion.role": ("target", "non_target"),
    "lesion.status": ("baseline", "new"),
    "rt.status": ("delivered", "not_irradiated"),
    "drug.status": ("omitted",),
}
"""The codes that responses, doses and the register are read by; options may have others besides."""


def concept_problems(protocol: Protocol) -> Iterator[Problem]:
    """Endpoints and anchors of visits that rest on what no item holds."""
    held = {item.concept for form in protocol.forms for item in form.items if item.concept}
    held.update(near for concept in tuple(held) for near in misspelt(concept))  # told where it stands
    for at, endpoint in enumerate(protocol.endpoints):
        yield from _held(("endpoints", at, "kind"), endpoint.kind, KINDS.get(endpoint.kind, ()), held)
        if endpoint.kind in TIMES and endpoint.reader == "investigator":
            for name, events in (("events", endpoint.events), ("competing", endpoint.competing)):
                for position, event in enumerate(events):
                    yield from _held(("endpoints", at, name, position), event, EVENTS.get(event, ()), held)
    for at, visit in enumerate(protocol.schedule):
        yield from _held(("schedule", at, "anchor"), visit.anchor, ANCHORS.get(visit.anchor, ()), held)
    yield from _codes(protocol)


def _codes(protocol: Protocol) -> Iterator[Problem]:
    """Options without a code that is looked for: an answer chosen in its place would be read as none."""
    for at, form in enumerate(protocol.forms):
        for number, section in enumerate(form.sections):
            for position, item in enumerate(section.items):
                codes = CODES.get(item.concept.removeprefix(CENTRAL), ())
                if not codes or not isinstance(item, ChoiceItem):
                    continue
                own = [option.id for option in item.options]
                missing = [code for code in codes if code not in own]
                if missing and own:
                    where: Location = ("forms", at, "sections", number, "items", position, "options")
                    wanted = f"options with the ids {', '.join(missing)}"
                    problem = f"the options lack codes by which {item.concept} is read"
                    yield Problem(where, problem, ", ".join(own), wanted)


def _held(at: Location, what: str, concepts: Sequence[str], held: set[str]) -> Iterator[Problem]:
    for concept in concepts:
        if concept not in held:
            problem = "no item of a form holds this day"
            if not concept.endswith((".date", ".start", ".end")):
                problem = "no item of a form holds what this counts"
            yield Problem(at, problem, what, f"an item with `concept: {concept}`", rests_on=("forms",))
