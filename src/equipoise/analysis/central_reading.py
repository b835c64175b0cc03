"""Progression as the central review saw it: its scans instead of the investigator's, adjudicated where they differ."""

from dataclasses import replace

from equipoise.analysis.cut import DataCut
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.central import Comparison, central_review
from equipoise.methods.endpoints import Followup, Source
from equipoise.protocol.model import Protocol


def by_central_review(protocol: Protocol, casebook: Casebook, cut: DataCut, known: Followup) -> Followup:
    """The same follow-up with progression and assessments by central review; deaths and therapies stay.

    The investigator's progression is no event here and no reason to censor. Scans not yet read centrally do not count.
    """
    review = central_review(protocol, casebook)
    read = [one for one in review.scans if one.is_read and cut.holds(one.on)] if review is not None else []
    progressed = next((one for one in read if one.response == "PD"), None)
    return replace(
        known,
        progressions=(_source(progressed, "Progression by central review"),) if progressed else (),
        assessments=tuple(_source(one, "Last assessment read centrally") for one in read),
        adequate=tuple(
            _source(one, "Last assessment read centrally") for one in read if one.response not in ("NE", "")
        ),
        stops=(),
        has_baseline=known.has_baseline and review is not None and review.baseline_read,
    )


def _source(one: Comparison, says: str) -> Source:
    """A scan as a source, with the entry that decided its response."""
    record = one.central.record if one.central is not None else None
    position = record.seen if record is not None else 0
    if one.adjudicated is not None:
        position = one.adjudicated[1].position
    return Source(one.on, says, "CENTRAL", "RESPONSE", position)
