"""Each lesion's own course: its smallest size, whether it grew beyond it, and where the failure lies.

A lesion fails where it grows by 20 % and 5 mm over its own smallest size, baseline included. Radiation change grows
too, so that the finding of a progression may confirm or refute it; until then the growth stands unconfirmed. What a
reader marks as unequivocal growth is growth; so is a progression at a residual site that names a lesion never sized.
Lesions grown together share one fate: the whole is held against the sum of what each was at its smallest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from equipoise.clinical.lesions import Pattern, local_failure, pattern_of_failure
from equipoise.clinical.recist.codes import Sight
from equipoise.clinical.recist.target import is_progression
from equipoise.conduct.assessment import Course, Followed, Measured, Scan
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import Concepts, View, concepts_of
from equipoise.conduct.irradiation import irradiations, is_irradiated
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity
from equipoise.protocol.model import Protocol

Status = Literal["controlled", "unconfirmed", "failed", "refuted", "not_assessed"]


@dataclass(frozen=True, slots=True)
class Control:
    """How a lesion fares: sizes in mm (the smallest and the last), the day growth was first seen, why, and where."""

    lesion: str
    status: Status
    reason: Message
    nadir: Decimal | None = None
    current: Decimal | None = None
    seen_on: date | None = None
    pattern: Pattern | None = None

    @property
    def has_grown(self) -> bool:
        """Whether growth beyond the limits was seen and not refuted."""
        return self.status in ("failed", "unconfirmed")


def is_counted(protocol: Protocol, casebook: Casebook, control: Control) -> bool:
    """Whether an endpoint counts a lesion's growth, which asks for no confirmation (`analysis.lesion_control`)."""
    residual = casebook.frozen.residual if casebook.frozen else ()
    is_asked = any("local_progression" in endpoint.events for endpoint in protocol.endpoints)
    return is_asked and control.seen_on is not None and control.lesion in residual


def local_control(protocol: Protocol, casebook: Casebook, found: Course) -> dict[str, Control]:
    """Each lesion of the baseline, by its id."""
    return {lesion.id: _control(protocol, casebook, found, lesion) for lesion in found.lesions}


@dataclass(frozen=True, slots=True)
class Sized:
    """A lesion with a size at a scan, in mm, and what it is held against: the smallest it was before, if it was sized.

    Of lesions grown together both are of the whole.
    """

    scan: Scan
    measured: Measured
    size: Decimal
    least: Decimal | None

    @property
    def has_grown(self) -> bool:
        """Whether it is 20 % and 5 mm above the smallest it was."""
        return self.least is not None and is_progression(self.size, self.least)


def sizes(found: Course, lesion: str) -> Iterator[Sized]:
    """A lesion's sizes in order of date; scans at which it was not sized are passed over."""
    together: dict[tuple[str, ...], Decimal] = {}
    for scan in found.scans:
        measured = scan.lesions.get(lesion)
        size = _size(scan, measured) if measured is not None else None
        if measured is None or size is None:
            continue
        if measured.together:
            least = _least(found, scan, measured.together, together)
            together[measured.together] = min(size, together.get(measured.together, size))
        else:
            least = found.nadir(lesion, scan)
        yield Sized(scan, measured, size, least)


def named_by_progressions(concepts: Concepts, casebook: Casebook, lesion: str) -> Iterator[View]:
    """The progressions at a residual site that name a lesion, called on images."""
    for view in concepts.views(casebook, "progression.date"):
        if (
            lesion in view.codes("progression.lesions")
            and "residual_site" in view.codes("progression.pattern")
            and view.codes("progression.basis") != ("clinical",)
        ):
            yield view


def _control(protocol: Protocol, casebook: Casebook, found: Course, lesion: Followed) -> Control:
    course = list(sizes(found, lesion.id))
    last = course[-1] if course else None
    growths = sorted(_growths(protocol, casebook, found, lesion.id, course), key=lambda one: one[0])
    if growths:
        return _grown(protocol, casebook, lesion, growths, last)
    if last is None:
        return Control(lesion.id, "not_assessed", message("control.not_assessed"), lesion.size)
    least = last.size if last.least is None else min(last.size, last.least)
    _, why = local_failure(Quantity(last.size, "mm"), Quantity(least, "mm"), is_confirmed=None)
    return Control(lesion.id, "controlled", why, least, last.size)


def _growths(
    protocol: Protocol, casebook: Casebook, found: Course, lesion: str, course: Sequence[Sized]
) -> Iterator[tuple[date, Sized | Message]]:
    """The days on which a lesion was seen grown: by its size, or by what somebody said, as the sentence."""
    sized = {id(one.measured): one for one in course}
    for scan in found.scans:
        measured = scan.lesions.get(lesion)
        if measured is None or measured.state == "not_evaluated":
            continue
        one = sized.get(id(measured))
        if one is not None and one.has_grown:
            yield scan.on, one
        elif measured.grew:
            yield scan.on, message("lesion.local.marked")
    if found.nadir(lesion, None) is None:
        named = named_by_progressions(concepts_of(protocol), casebook, lesion)
        days = [day.earliest for view in named if (day := view.day("progression.date")) is not None]
        for on in sorted(days):
            yield on, message("lesion.local.named")


def _size(scan: Scan, measured: Measured) -> Decimal | None:
    """A lesion's size at a scan; of one grown together with others, that of the whole."""
    if measured.reading.sight is not Sight.COALESCED:
        return measured.reading.value
    whole = (scan.lesions[name].reading for name in measured.together)
    return next((one.value for one in whole if one.sight is not Sight.COALESCED), None)


def _least(
    found: Course, scan: Scan, lesions: tuple[str, ...], together: dict[tuple[str, ...], Decimal]
) -> Decimal | None:
    """What lesions grown together are held against: the sum of each at its smallest, or the whole where it was less."""
    each = [found.nadir(name, scan) for name in lesions]
    known = [size for size in each if size is not None]
    whole = [sum(known, Decimal(0))] if len(known) == len(lesions) else []
    return min([*whole, *([together[lesions]] if lesions in together else [])], default=None)


def _grown(
    protocol: Protocol,
    casebook: Casebook,
    lesion: Followed,
    growths: Sequence[tuple[date, Sized | Message]],
    last: Sized | None,
) -> Control:
    """A lesion that has grown: at the first scan that showed it, or that showed it after an earlier one was refuted."""
    confirmed, place, since = _progression(protocol, casebook, lesion.id)
    # A progression may be dated some days after its scan: then it is of the last growth before.
    on, seen = growths[0] if since is None else next((one for one in growths if one[0] >= since), growths[-1])
    status: Status = "unconfirmed" if confirmed is None else "failed" if confirmed else "refuted"
    nadir: Decimal | None = None
    if isinstance(seen, Sized):
        assert seen.least is not None
        nadir = seen.least
        _, why = local_failure(Quantity(seen.size, "mm"), Quantity(nadir, "mm"), is_confirmed=confirmed)
    else:
        why = message(f"lesion.local.said_{status}", seen=seen)
    residual = casebook.frozen.residual if casebook.frozen else ()
    irradiated = is_irradiated(irradiations(protocol, casebook), lesion.id, before=on)
    pattern = pattern_of_failure(
        is_new=False,
        is_residual=lesion.id in residual,
        is_irradiated=irradiated,
        place=place if irradiated else None,
    )
    current = last.size if last is not None else None
    shown = None if status == "refuted" else pattern
    return Control(lesion.id, status, why, nadir, current, on, shown)


_PLACES: dict[str, Literal["inside", "edge", "outside"]] = {
    "in_field": "inside", "marginal": "edge", "out_of_field": "outside",
}  # fmt: skip
_CONFIRMED = {"confirmed": True, "refuted": False}


def _progression(
    protocol: Protocol, casebook: Casebook, lesion: str
) -> tuple[bool | None, Literal["inside", "edge", "outside"] | None, date | None]:
    """What the progressions recorded say of a lesion: confirmed, refuted or neither; where it lies; since when.

    One of a later day than one that was refuted asks anew, and is of the growth since that day.
    """
    concepts = concepts_of(protocol)
    confirmed: bool | None = None
    place: Literal["inside", "edge", "outside"] | None = None
    since: date | None = None
    before: date | None = None
    rows = [row for row in concepts.rows(casebook, "progression.date")
            if lesion in concepts.codes(row, "progression.lesions")]  # fmt: skip
    for row in sorted(rows, key=lambda one: concepts.day(one, "progression.date") or date.min):
        day = concepts.day(row, "progression.date")
        if confirmed is False and day is not None and before is not None and day > before:
            confirmed, since = None, day
        confirmed = _CONFIRMED.get(concepts.text(row, "progression.confirmation"), confirmed)
        place = _PLACES.get(concepts.text(row, "progression.field"), place)
        before = day or before
    return confirmed, place, since
