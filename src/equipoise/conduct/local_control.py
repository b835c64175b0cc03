"""Each lesion's own course: its smallest size, whether it grew beyond it, and where the failure lies.

A lesion fails where it grows by 20 % and 5 mm over its own smallest size, baseline included. Radiation change grows
too, so that the finding of a progression may confirm or refute it; until then the growth stands unconfirmed.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from equipoise.clinical.lesions import Pattern, local_failure, pattern_of_failure
from equipoise.clinical.recist.target import is_progression
from equipoise.conduct.assessment import Course, Followed
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import Concepts
from equipoise.conduct.irradiation import irradiations, is_irradiated
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth
from equipoise.protocol.model import Protocol

Status = Literal["controlled", "unconfirmed", "failed", "refuted", "not_assessed"]


@dataclass(frozen=True, slots=True)
class Control:
    """How a lesion fares: sizes in mm, the day growth was first seen, why, and the pattern of a failure."""

    lesion: str
    status: Status
    reason: Message
    nadir: Decimal | None = None
    current: Decimal | None = None
    seen_on: date | None = None
    last_assessed: date | None = None
    pattern: Pattern | None = None

    @property
    def has_grown(self) -> bool:
        """Whether growth beyond the limits was seen and not refuted."""
        return self.status in ("failed", "unconfirmed")


def local_control(protocol: Protocol, casebook: Casebook, found: Course) -> dict[str, Control]:
    """Each lesion of the baseline, by its id."""
    return {lesion.id: _control(protocol, casebook, found, lesion) for lesion in found.lesions}


def _control(protocol: Protocol, casebook: Casebook, found: Course, lesion: Followed) -> Control:
    nadir, current, last = lesion.size, None, None
    for scan in found.scans:
        measured = scan.lesions.get(lesion.id)
        size = measured.reading.value if measured is not None else None
        if size is None:
            continue
        if nadir is not None and is_progression(size, nadir):
            return _grown(protocol, casebook, lesion, scan.on, size, nadir)
        nadir = size if nadir is None else min(nadir, size)
        current, last = size, scan.on
    if current is None or nadir is None:
        return Control(lesion.id, "not_assessed", message("control.not_assessed"), nadir)
    _, why = local_failure(Quantity(current, "mm"), Quantity(nadir, "mm"), is_confirmed=None)
    return Control(lesion.id, "controlled", why, nadir, current, None, last)


def _grown(
    protocol: Protocol, casebook: Casebook, lesion: Followed, on: date, size: Decimal, nadir: Decimal
) -> Control:
    confirmed, place = _progression(protocol, casebook, lesion.id)
    truth, why = local_failure(Quantity(size, "mm"), Quantity(nadir, "mm"), is_confirmed=confirmed)
    status: Status = {Truth.TRUE: "failed", Truth.FALSE: "refuted", Truth.UNKNOWN: "unconfirmed"}[truth]  # type: ignore[assignment]
    residual = casebook.frozen.residual if casebook.frozen else ()
    irradiated = is_irradiated(irradiations(protocol, casebook), lesion.id, before=on)
    pattern = pattern_of_failure(
        is_new=False,
        is_residual=lesion.id in residual,
        is_irradiated=irradiated,
        place=place if irradiated else None,
    )
    return Control(lesion.id, status, why, nadir, size, on, on, None if status == "refuted" else pattern)


_PLACES: dict[str, Literal["inside", "edge", "outside"]] = {
    "in_field": "inside", "marginal": "edge", "out_of_field": "outside",
}  # fmt: skip
_CONFIRMED = {"confirmed": True, "refuted": False}


def _progression(
    protocol: Protocol, casebook: Casebook, lesion: str
) -> tuple[bool | None, Literal["inside", "edge", "outside"] | None]:
    """What the progressions recorded say of a lesion: confirmed, refuted or neither; and where it lies."""
    concepts = Concepts(protocol)
    confirmed: bool | None = None
    place: Literal["inside", "edge", "outside"] | None = None
    for row in concepts.rows(casebook, "progression.date"):
        if lesion in concepts.codes(row, "progression.lesions"):
            confirmed = _CONFIRMED.get(concepts.text(row, "progression.confirmation"), confirmed)
            place = _PLACES.get(concepts.text(row, "progression.field"), place)
    return confirmed, place
