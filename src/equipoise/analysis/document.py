"""An analysis as one JSON-ready document: the stamp, and every number or the reason why there is none."""

from collections.abc import Sequence
from typing import Any

from equipoise.analysis.cut import DataCut
from equipoise.analysis.firewall import Authority
from equipoise.analysis.survival import Contrast, EndpointEstimate, Group
from equipoise.kernel.errors import EstimationError
from equipoise.protocol.model import Endpoint, Protocol
from equipoise.statistics.estimate import Estimate, HypothesisTest


def document(
    protocol: Protocol,
    cut: DataCut,
    estimates: Sequence[tuple[Endpoint, EndpointEstimate | EstimationError]],
    leave: Authority | None,
) -> dict[str, Any]:
    """The whole analysis."""
    return {
        "stamp": cut.stamp(),
        "by_arm": {"ground": leave.ground, "look": leave.look} if leave else None,
        "intervals": [float(level) for level in protocol.analysis.intervals],
        "endpoints": [_endpoint(endpoint, found) for endpoint, found in estimates],
    }


def _endpoint(endpoint: Endpoint, found: EndpointEstimate | EstimationError) -> dict[str, Any]:
    head = {"id": endpoint.id, "label": endpoint.label, "rank": endpoint.rank, "censoring": endpoint.censoring}
    if isinstance(found, EstimationError):
        return {**head, "reason": str(found), "groups": [], "contrasts": []}
    return {
        **head,
        "n": found.n,
        "events": found.events,
        "strata": list(found.strata),
        "groups": [_group(group) for group in found.groups],
        "contrasts": [_contrast(contrast) for contrast in found.contrasts],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "arm": group.id,
        "label": group.label,
        "n": group.n,
        "events": group.events,
        "median": estimate_json(group.median),
    }


def _contrast(contrast: Contrast) -> dict[str, Any]:
    return {
        "arm": contrast.arm,
        "control": contrast.control,
        "hazard_ratios": [estimate_json(ratio) for ratio in contrast.ratios],
        "logrank": _test(contrast.logrank),
        "reason": str(contrast.reason) if contrast.reason else None,
        "notes": [str(note) for note in contrast.notes],
    }


def estimate_json(estimate: Estimate) -> dict[str, Any]:
    """An estimate as JSON: numbers or null, and the reason."""
    return {
        "value": estimate.value,
        "std_err": estimate.std_err,
        "lower": estimate.lower,
        "upper": estimate.upper,
        "level": estimate.level,
        "method": estimate.method,
        "reason": str(estimate.reason) if estimate.reason else None,
    }


def _test(test: HypothesisTest) -> dict[str, Any]:
    return {
        "chisq": test.chisq,
        "df": test.df,
        "p": test.p,
        "z": test.z,
        "p_one_sided": test.p_one_sided,
        "method": test.method,
        "reason": str(test.reason) if test.reason else None,
    }
