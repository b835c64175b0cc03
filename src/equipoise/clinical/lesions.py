"""Rules about lesions as such: what counts as residual, when one has failed locally, where a failure lies.

The brain is judged on MRI, never on PET; a lesion that cannot be shown to be in complete metabolic response counts as
residual. Which organs count as one is a choice of the protocol (`lesions.organs`).
"""

from enum import StrEnum
from typing import Literal

from equipoise.clinical.recist.target import is_progression, millimetres
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth, known, not_

JUDGED_ON_MRI = frozenset({"brain"})


def residual(
    organ: str,
    complete_metabolic_response: Truth,
    *,
    gone_on_mri: Truth = Truth.UNKNOWN,
    judged_on_mri: frozenset[str] = JUDGED_ON_MRI,
) -> tuple[Truth, Message]:
    """Whether a lesion is residual: not shown to be gone. Unknown where neither is shown, and then it counts."""
    on_mri = organ in judged_on_mri
    gone = gone_on_mri if on_mri else complete_metabolic_response
    kind = {Truth.TRUE: "gone", Truth.FALSE: "there", Truth.UNKNOWN: "unknown"}[gone]
    return not_(gone), message(f"lesion.residual.{kind}_{'mri' if on_mri else 'pet'}")


class Pattern(StrEnum):
    """Where a progression lies."""

    IN_FIELD = "in-field"
    MARGINAL = "marginal"
    OUT_OF_FIELD = "out-of-field known lesion"
    RESIDUAL_SITE = "residual site"
    """In the control arm: a residual lesion that was not irradiated."""
    OTHER_KNOWN = "other known lesion"
    NEW = "new lesion"


def pattern_of_failure(
    *,
    is_new: bool,
    is_residual: bool,
    is_irradiated: bool,
    place: Literal["inside", "edge", "outside"] | None = None,
) -> Pattern:
    """Where a progression lies, the same question in both arms.

    `place` is where it lies to the nearest irradiated volume: inside the 80 % isodose, between 20 % and 80 % (edge), or
    outside; None without radiotherapy. A new lesion inside an irradiated volume is in-field.
    """
    if place == "inside":
        return Pattern.IN_FIELD
    if place == "edge":
        return Pattern.MARGINAL
    if is_new:
        return Pattern.NEW
    if is_irradiated:
        return Pattern.IN_FIELD if place is None else Pattern.OUT_OF_FIELD
    if place == "outside":
        return Pattern.OUT_OF_FIELD
    return Pattern.RESIDUAL_SITE if is_residual else Pattern.OTHER_KNOWN


def local_failure(current: Quantity, nadir: Quantity, *, is_confirmed: bool | None) -> tuple[Truth, Message]:
    """Whether a lesion has failed locally: at least 20 % and 5 mm over its own nadir, confirmed.

    Confirmation is by PET, biopsy or a second scan (radiation fibrosis grows too); until it is known, failure is not.
    Raises ValueError for what is no length.
    """
    now, least = millimetres(current), millimetres(nadir)
    if not is_progression(now, least):
        return Truth.FALSE, message("lesion.local.controlled", now=f"{now:f}", nadir=f"{least:f}")
    if is_confirmed is None:
        return Truth.UNKNOWN, message("lesion.local.unconfirmed", now=f"{now:f}", nadir=f"{least:f}")
    code = "lesion.local.failed" if is_confirmed else "lesion.local.refuted"
    return known(is_confirmed), message(code, now=f"{now:f}", nadir=f"{least:f}")
