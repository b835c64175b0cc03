"""The typed tree of a protocol document. It composes the kinds that the engines define; it holds no rules."""

from typing import Literal
from typing import Protocol as Structure

from equipoise.kernel.parts import part
from equipoise.methods.forms import EditCheck, Form, Section
from equipoise.methods.randomization import AnyMethod
from equipoise.methods.schedule import Repeat, Visit
from equipoise.protocol.model.eligibility import Criterion, Exception_, Factor, Level
from equipoise.protocol.model.people import Arm, ConsentForm, Objective, Statement, Stop
from equipoise.protocol.model.plan import (
    Accrual,
    Analysis,
    ArmEffect,
    Endpoint,
    Estimand,
    IntercurrentEvent,
    LaterEffect,
    LevelShare,
    Look,
    Sample,
    Scenario,
)
from equipoise.protocol.model.review import CentralReview
from equipoise.protocol.model.sourced import Sourced
from equipoise.protocol.model.treatment import Drug, LesionRules, Organ, Prescription, Radiotherapy


@part
class Protocol(Sourced):
    """A whole trial: one document that designs, rehearses, conducts and analyses it."""

    equipoise: Literal[1]
    id: str
    version: str
    title: str
    short_title: str
    phase: str
    design: str
    registry: str = ""
    synopsis: str = ""
    condition: str = ""
    open_label: bool = True
    objectives: tuple[Objective, ...] = ()
    statements: tuple[Statement, ...] = ()
    arms: tuple[Arm, ...]
    consents: tuple[ConsentForm, ...]
    eligibility: tuple[Criterion, ...]
    strata: tuple[Factor, ...] = ()
    randomization: AnyMethod
    randomization_note: Sourced | None = None
    lesions: LesionRules | None = None
    central_review: CentralReview | None = None
    drugs: tuple[Drug, ...] = ()
    radiotherapy: Radiotherapy | None = None
    forms: tuple[Form, ...]
    schedule: tuple[Visit, ...]
    stops: tuple[Stop, ...] = ()
    instruments: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    endpoints: tuple[Endpoint, ...]
    analysis: Analysis
    monitoring: tuple[Look, ...] = ()
    accrual: Accrual
    scenarios: tuple[Scenario, ...]

    def form(self, form_id: str) -> Form:
        """A form by id. Raises KeyError."""
        return _by_id(self.forms, form_id)

    @property
    def central_forms(self) -> tuple[str, ...]:
        """The forms of central readers, which the sites never see; empty without a central review."""
        return self.central_review.forms if self.central_review else ()

    def arm(self, arm_id: str) -> Arm:
        """An arm by id. Raises KeyError."""
        return _by_id(self.arms, arm_id)

    def criterion(self, criterion_id: str) -> Criterion:
        """A criterion by id. Raises KeyError."""
        return _by_id(self.eligibility, criterion_id)

    def visit(self, visit_id: str) -> Visit:
        """A visit by id. Raises KeyError."""
        return _by_id(self.schedule, visit_id)

    def endpoint(self, endpoint_id: str) -> Endpoint:
        """An endpoint by id. Raises KeyError."""
        return _by_id(self.endpoints, endpoint_id)


class _Identified(Structure):
    @property
    def id(self) -> str: ...


def _by_id[T: _Identified](elements: tuple[T, ...], wanted: str) -> T:
    for element in elements:
        if element.id == wanted:
            return element
    raise KeyError(wanted)


__all__ = [
    "Accrual", "Analysis", "AnyMethod", "Arm", "ArmEffect", "CentralReview", "ConsentForm", "Criterion", "Drug",
    "EditCheck", "Endpoint", "Estimand", "Exception_", "Factor", "Form", "IntercurrentEvent", "LaterEffect",
    "LesionRules", "Level", "LevelShare", "Look", "Objective", "Organ", "Prescription", "Protocol", "Radiotherapy",
    "Repeat", "Sample", "Scenario", "Section", "Sourced", "Statement", "Stop", "Visit",
]  # fmt: skip
