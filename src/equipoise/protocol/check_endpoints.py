"""What is wrong with endpoints: events that do not exist, rules that do not belong to their kind."""

from collections.abc import Iterator, Mapping

from equipoise.clinical.questionnaires import shipped_instruments
from equipoise.protocol.decode import Location
from equipoise.protocol.model import Endpoint, Protocol
from equipoise.protocol.problems import Problem, references

EVENTS = (
    "progression", "confirmed_progression", "local_progression", "deterioration", "death", "contamination",
)  # fmt: skip
"""What may happen to a subject that an endpoint can wait for."""

TIMES = ("time_to_event", "interval_censored", "competing_risks", "deterioration")
"""Kinds of endpoints that end with an event."""


ANSWERED: Mapping[str, tuple[frozenset[str], ...]] = {
    "time_to_event": (
        frozenset({"death"}), frozenset({"progression", "death"}), frozenset({"confirmed_progression", "death"}),
    ),
    "interval_censored": (frozenset({"progression", "death"}),),
    "competing_risks": (frozenset({"local_progression"}),),
    "deterioration": (frozenset({"deterioration", "death"}),),
}  # fmt: skip
"""The events that the analysis answers for a kind, all of them together; a time may end with contamination besides.

Any other list would be estimated as one of these, and nobody would see it.
"""


def endpoint_problems(protocol: Protocol) -> Iterator[Problem]:
    """Every endpoint that asks for what it cannot have."""
    for at, endpoint in enumerate(protocol.endpoints):
        where: Location = ("endpoints", at)
        yield from references((*where, "events"), "event", endpoint.events, EVENTS)
        yield from references((*where, "competing"), "event", endpoint.competing, EVENTS)
        if endpoint.kind in TIMES and not endpoint.events:
            yield Problem((*where, "events"), "no event ends the time", wanted="`events:`, as [progression, death]")
        if endpoint.kind == "competing_risks" and not endpoint.competing:
            yield Problem((*where, "competing"), "no event competes", wanted="`competing:`, as [death]")
        for position, event in enumerate(endpoint.competing):
            if event in endpoint.events:
                problem = "an event cannot be of interest and compete"
                yield Problem((*where, "competing", position), problem, event, "in one of the two lists")
        yield from _answered(protocol, endpoint, where)
        yield from _times(protocol, endpoint, where)
        yield from _deterioration(protocol, endpoint, where)
        if endpoint.confirmed and endpoint.kind != "response":
            yield Problem((*where, "confirmed"), "only a response is confirmed", endpoint.kind, "kind: response")
        if endpoint.confirm_days < 1:
            seen = str(endpoint.confirm_days)
            yield Problem((*where, "confirm_days"), "a response is confirmed later", seen, "at least 1 day")


def _answered(protocol: Protocol, endpoint: Endpoint, where: Location) -> Iterator[Problem]:
    """Lists of events that the analysis has no estimate for."""
    events, competing = set(endpoint.events), set(endpoint.competing)
    if not (events | competing) <= set(EVENTS) or events & competing:
        return  # told where it stands
    seen = ", ".join(endpoint.events)
    if endpoint.kind not in TIMES:
        if events:
            yield Problem((*where, "events"), "events end a time, and this endpoint is none", seen, "no `events:`")
    elif events and endpoint.kind != "deterioration":  # whose own rule says more
        counted = events - ({"contamination"} if endpoint.kind == "time_to_event" else set())
        if counted not in ANSWERED[endpoint.kind]:
            known = " or ".join(f"[{_listed(one)}]" for one in ANSWERED[endpoint.kind])
            yield Problem((*where, "events"), "the analysis has no estimate for these events together", seen, known)
    if competing and endpoint.kind != "competing_risks":
        seen, wanted = ", ".join(endpoint.competing), "kind: competing_risks, or no `competing:`"
        yield Problem((*where, "competing"), "events compete only where risks do", seen, wanted)
    elif competing and competing != {"death"}:
        seen = ", ".join(endpoint.competing)
        yield Problem((*where, "competing"), "only death competes with the failure of a lesion", seen, "[death]")
    if endpoint.kind == "competing_risks" and protocol.lesions is None:
        wanted = "`lesions:`, the register whose lesions are followed"
        yield Problem((*where, "kind"), "there is no lesion that could fail", endpoint.kind, wanted)


def _listed(events: frozenset[str]) -> str:
    return ", ".join(event for event in EVENTS if event in events)


def _times(protocol: Protocol, endpoint: Endpoint, where: Location) -> Iterator[Problem]:
    """What only a time to progression can ask for."""
    progresses = endpoint.kind == "time_to_event" and "progression" in " ".join(endpoint.events)
    if endpoint.dated != "observed" and not progresses:
        problem = "only the date of a progression can be moved to a scan"
        yield Problem((*where, "dated"), problem, endpoint.dated, "progression among the events")
    if endpoint.analysis_set != "randomized" and endpoint.kind != "time_to_event":
        problem = "only a time to an event is estimated in another population"
        yield Problem((*where, "analysis_set"), problem, endpoint.analysis_set, "analysis_set: randomized")
    if endpoint.kind == "interval_censored" and "progression" not in endpoint.events:
        problem = "only a progression lies between two scans"
        yield Problem((*where, "events"), problem, ", ".join(endpoint.events), "progression among the events")
    if "contamination" in endpoint.events and protocol.radiotherapy is None:
        problem = "there is no radiotherapy that an arm without it could receive"
        yield Problem((*where, "events"), problem, "contamination", "a protocol with `radiotherapy:`")


def _deterioration(protocol: Protocol, endpoint: Endpoint, where: Location) -> Iterator[Problem]:
    """What a deterioration needs: scales of the protocol's own questionnaires, and death as part of the event."""
    if endpoint.kind != "deterioration":
        if endpoint.scales:
            seen = ", ".join(endpoint.scales)
            yield Problem((*where, "scales"), "scales belong to a deterioration", seen, "kind: deterioration")
        return
    if set(endpoint.events) != {"deterioration", "death"}:
        problem = "death is part of this endpoint; where it competes, the scores themselves are the endpoint"
        yield Problem(
            (*where, "events"), problem, ", ".join(endpoint.events), "[deterioration, death], or kind: scores"
        )
    if not endpoint.scales:
        yield Problem((*where, "scales"), "no scale deteriorates", wanted="`scales:`, as [QL, PF]")
    shipped = shipped_instruments()
    asked = [shipped[form.instrument] for form in protocol.forms if form.instrument in shipped]
    known = [scale.code for instrument in asked for scale in instrument.scales]
    known += [instrument.summary.code for instrument in asked if instrument.summary is not None]
    yield from references((*where, "scales"), "scale", endpoint.scales, known)
    if endpoint.points <= 0:
        yield Problem((*where, "points"), "the number is not above 0", str(endpoint.points), "more than 0")
