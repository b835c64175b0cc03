"""Blinded independent central review: a second reading of the scans, apart from that of the sites."""

from typing import Literal

from equipoise.kernel.parts import part
from equipoise.protocol.model.sourced import Sourced


@part
class CentralReview(Sourced):
    """Which forms central readers fill in, and when an adjudicator decides between the two readings.

    The three forms are logs that only central readers fill in; their items carry the concepts of the sites' forms with
    `central.` before them. `adjudicate: response` asks for a decision wherever the responses of a scan differ,
    `progression` only where the difference would move the date of progression.
    """

    lesions: str
    measurements: str
    assessment: str
    adjudicate: Literal["response", "progression"] = "response"

    @property
    def forms(self) -> tuple[str, str, str]:
        """The forms of central readers, by id."""
        return self.lesions, self.measurements, self.assessment
