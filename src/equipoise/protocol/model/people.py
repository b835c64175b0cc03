"""Arms, objectives, consent and the statements of the synopsis."""

from typing import Literal

from equipoise.kernel.parts import part
from equipoise.protocol.model.sourced import Sourced


@part
class Arm(Sourced):
    """A treatment group."""

    id: str
    role: Literal["experimental", "control"]
    label: str
    says: str = ""


@part
class Objective(Sourced):
    """What the trial sets out to answer."""

    id: str
    rank: Literal["primary", "secondary", "exploratory"]
    says: str


@part
class Statement(Sourced):
    """A rule of conduct or of reading that people follow and no engine computes; described, translated and amended."""

    id: str
    says: str


@part
class ConsentForm(Sourced):
    """A consent document's version. `optional` ones (samples) are given or declined on their own."""

    id: str
    version: str
    label: str
    optional: bool = False


@part
class Stop(Sourced):
    """One of the separate ways of stopping. `ends` names what it ends for the subject; stopping drugs ends no scan."""

    id: str
    label: str
    ends: tuple[Literal["treatment", "radiotherapy", "visits_stopped", "withdrawal", "samples", "lost"], ...] = ()
    needs: Literal["drug", "nothing"] = "nothing"
