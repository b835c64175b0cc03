"""What a central review decides, beside the readings themselves, which are recorded forms."""

from typing import Literal

from equipoise.conduct.facts.base import Audience, fact


@fact("response_adjudicated", audience=Audience.OVERSIGHT)
class ResponseAdjudicated:
    """Of two readings of one scan an adjudicator chose one, not knowing whose it was, with a reason.

    `covers` is the digest of both readings as they were shown: where one of them changes later, the scan waits again.
    """

    visit: str
    chosen: Literal["investigator", "central"]
    response: str
    covers: str
    because: str
    printed_name: str
