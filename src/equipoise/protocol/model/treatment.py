"""Treatments: drugs in cycles, radiotherapy prescriptions, and the rules of the lesion register."""

from decimal import Decimal
from typing import Literal

from equipoise.kernel.parts import part
from equipoise.protocol.model.sourced import Sourced


@part
class Drug(Sourced):
    """A drug given in cycles. `arms` empty means every arm."""

    id: str
    label: str
    drug_class: Literal["immunotherapy", "chemotherapy", "targeted", "supportive"]
    cycle: str
    arms: tuple[str, ...] = ()


@part
class Prescription(Sourced):
    """A dose for an organ and technique: total dose in Gy, fractions; BED10 is computed and shown."""

    id: str
    organ: str
    technique: str
    label: str
    dose: Decimal
    fractions: int
    every: str = "1 days"


@part
class Radiotherapy(Sourced):
    """Radiotherapy as the protocol asks for it: which arms, by when, and which prescriptions."""

    arms: tuple[str, ...]
    starts_within: str
    prescriptions: tuple[Prescription, ...]
    holds: str = ""


@part
class LesionRules(Sourced):
    """How lesions are counted and judged residual.

    `residual_rule`: a lesion counts as residual unless PET shows complete metabolic response by this rule. Organs in
    `one_organ` count once however many lesions they hold; `judged_on_mri` are never judged on PET.
    """

    most_lesions: int
    most_organs: int
    residual_rule: Literal["percist", "liver_suvmax", "five_point", "reader"]
    residual_threshold: Decimal = Decimal(1)
    judged_on_mri: tuple[str, ...] = ("brain",)
    pr_persists: bool = True
    organs: tuple["Organ", ...]


@part
class Organ:
    """An organ of the register. Organs of one `counts_as` are one organ (lungs, bones, nodes, paired organs)."""

    id: str
    label: str
    counts_as: str = ""
    nodal: bool = False
    paired: bool = False
