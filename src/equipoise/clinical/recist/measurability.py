"""What can be measured at baseline, and how many targets may be chosen. RECIST 1.1, sections 3.1, 3.2 and 4.2.

Nodes count as one organ, as do both lungs and both kidneys (RECIST working group).
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from equipoise.clinical.recist.target import millimetres
from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity

MAX_TARGETS = 5
MAX_TARGETS_PER_ORGAN = 2


class Method(StrEnum):
    """How a lesion was measured."""

    CT = "CT"
    MRI = "MRI"
    CALIPER = "caliper"
    X_RAY = "chest X-ray"
    BONE_SCAN = "bone scan"
    PET = "PET"
    ULTRASOUND = "ultrasound"


class Kind(StrEnum):
    """What a lesion is, as far as measuring it goes."""

    SOLID = "solid"
    NODE = "lymph node"
    LYTIC_BONE_SOFT_TISSUE = "lytic or mixed bone lesion with soft tissue"
    BLASTIC_BONE = "blastic bone lesion, or bone without soft tissue"
    SIMPLE_CYST = "simple cyst"
    CYSTIC_METASTASIS = "cystic metastasis"
    TRULY_NON_MEASURABLE = "leptomeningeal, effusion, ascites, inflammatory breast, lymphangitic, organomegaly"


class Measurability(StrEnum):
    """What a finding at baseline is for RECIST."""

    MEASURABLE = "measurable"
    NON_MEASURABLE = "non-measurable"
    NORMAL = "normal"
    """A node under 10 mm in its short axis, or a simple cyst: not recorded."""
    UNKNOWN = "unknown"
    """A diameter that decides is missing."""


@dataclass(frozen=True, slots=True)
class BaselineFinding:
    """A finding at baseline: its longest diameter, for a node its short axis, and what else decides."""

    kind: Kind
    method: Method
    diameter: Quantity | None
    slice_thickness: Quantity | None = None
    is_irradiated: bool = False
    """It lies in a field irradiated, or was treated locally, before."""
    has_progressed_since: bool = False
    """It was shown to progress after that treatment."""


def measurability(finding: BaselineFinding) -> tuple[Measurability, Message]:
    """Whether a finding is measurable, and why. Raises ValueError for a diameter that is no length."""
    if finding.kind is Kind.SIMPLE_CYST:
        return Measurability.NORMAL, message("recist.measure.cyst")
    size = None if finding.diameter is None else millimetres(finding.diameter)
    if finding.kind is Kind.NODE and size is not None and size < 10:
        return Measurability.NORMAL, message("recist.measure.node_normal", size=decimal_text(size))
    if finding.kind in (Kind.TRULY_NON_MEASURABLE, Kind.BLASTIC_BONE):
        return Measurability.NON_MEASURABLE, message(f"recist.measure.{_CODES[finding.kind]}")
    if finding.method in (Method.BONE_SCAN, Method.PET, Method.ULTRASOUND):
        return Measurability.NON_MEASURABLE, message("recist.measure.method", method=str(finding.method))
    if finding.is_irradiated and not finding.has_progressed_since:
        return Measurability.NON_MEASURABLE, message("recist.measure.irradiated")
    if size is None:
        return Measurability.UNKNOWN, message("recist.measure.no_diameter")
    least = _least(finding)
    code = "recist.measure.yes" if size >= least else "recist.measure.small"
    verdict = Measurability.MEASURABLE if size >= least else Measurability.NON_MEASURABLE
    return verdict, message(code, size=decimal_text(size), least=decimal_text(least))


_CODES = {Kind.TRULY_NON_MEASURABLE: "never", Kind.BLASTIC_BONE: "bone"}


def _least(finding: BaselineFinding) -> Decimal:
    """The least diameter that can be measured, in mm."""
    if finding.method is Method.X_RAY:
        return Decimal(20)
    if finding.kind is Kind.NODE:
        return Decimal(15)
    if finding.method in (Method.CT, Method.MRI) and finding.slice_thickness is not None:
        thickness = millimetres(finding.slice_thickness)
        if thickness > 5:
            return 2 * thickness
    return Decimal(10)
