"""Each lesion's own course: its smallest size, whether it grew beyond it, and where the failure lies.

A lesion fails where it grows by 20 % and 5 mm over its own smallest size, baseline included. Radiation change grows
too, so that the finding of a progression may confirm or refute it; until then the growth stands unconfirmed. Lesions
grown together share one fate: the whole is held against the sum of what each was at its smallest.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from equipoise.clinical.lesions import Pattern, local_failure, pattern_of_failure
from equipoise.clinical.recist.codes import Sight
from equipoise.clinical.recist.target import is_progression
from equipoise.conduct.assessment import Course, Followed, Measured, Scan
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
    nadir, against, current, last = lesion.size, lesion.size, None, None
    smallest: dict[tuple[str, ...], Decimal] = {}
    for scan in found.scans:
        measured = scan.lesions.get(lesion.id)
        size = _size(scan, measured) if measured is not None else None
        if measured is None or size is None:
            continue
        least = _least(found, scan, measured.together, smallest) if measured.together else nadir
        if least is not None and is_progression(size, least):
            return _grown(protocol, casebook, lesion, scan.on, size, least)
        if measured.together:
            smallest[measured.together] = min(size, smallest.get(measured.together, size))
        else:
            nadir = size if nadir is None else min(nadir, size)
        against = size if least is None else min(size, least)
        current, last = size, scan.on
    if current is None or against is None:
        return Control(lesion.id, "not_assessed", message("control.not_assessed"), nadir)
    _, why = local_failure(Quantity(current, "mm"), Quantity(against, "mm"), is_confirmed=None)
    return Control(lesion.id, "controlled", why, against, current, None, last)


def _size(scan: Scan, measured: Measured) -> Decimal | None:
    """A lesion's size at a scan; of one grown together with others, that of the whole."""
    if measured.reading.sight is not Sight.COALESCED:
        return measured.reading.value
    whole = (scan.lesions[name].reading for name in measured.together)
    return next((one.value for one in whole if one.sight is not Sight.COALESCED), None)


def _least(
    found: Course, scan: Scan, lesions: tuple[str, ...], smallest: dict[tuple[str, ...], Decimal]
) -> Decimal | None:
    """What lesions grown together are held against: the sum of each at its smallest, or the whole where it was less."""
    each = [found.nadir(name, scan) for name in lesions]
    known = [size for size in each if size is not None]
    whole = [sum(known, Decimal(0))] if len(known) == len(lesions) else []
    return min([*whole, *([smallest[lesions]] if lesions in smallest else [])], default=None)


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
