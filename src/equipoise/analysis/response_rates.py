"""Best overall response: how many of each, the response rate with exact limits, and its difference between arms."""

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.analysis.datasets.adrs import Response
from equipoise.analysis.groups import Grouping
from equipoise.statistics.estimate import Estimate
from equipoise.statistics.proportions import Counts, clopper_pearson, miettinen_nurminen

RESPONSES = ("CR", "PR")
CONTROLLED = ("CR", "PR", "SD", "NON-CR/NON-PD")


@dataclass(frozen=True, slots=True)
class ResponseRate:
    """A group: how many, how often each best response, and the rates of response and of disease control."""

    group: str
    n: int
    counts: dict[str, int]
    response: Estimate
    control: Estimate


@dataclass(frozen=True, slots=True)
class ResponseDifference:
    """The difference of response rates, experimental minus control (Miettinen and Nurminen)."""

    arm: str
    difference: Estimate


def response_rates(
    rows: Sequence[Response], split: Grouping, *, confirmed: bool = False
) -> tuple[list[ResponseRate], list[ResponseDifference]]:
    """Best overall responses of everyone randomized; who was never assessed counts as no response.

    `confirmed` takes the best confirmed responses instead, which are there where an endpoint asks for them.
    """
    best = [row for row in rows if row.paramcd == ("CBOR" if confirmed else "BOR")]
    found, responded = [], {}
    for group in split.groups:
        own = [row.avalc for row in best if split.of(row.arm) == group.id]
        if not own:
            continue
        counts = {code: own.count(code) for code in dict.fromkeys(own)}
        rate = Counts(sum(one in RESPONSES for one in own), len(own))
        responded[group.id] = rate
        controlled = Counts(sum(one in CONTROLLED for one in own), len(own))
        found.append(ResponseRate(group.id, len(own), counts, clopper_pearson(rate), clopper_pearson(controlled)))
    differences = [
        ResponseDifference(arm.id, miettinen_nurminen(responded[arm.id], responded[split.control]))
        for arm in split.experimental
        if arm.id in responded and split.control in responded
    ]
    return found, differences
