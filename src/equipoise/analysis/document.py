"""An analysis as one JSON-ready document: the stamp, and every number or the reason why there is none."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from equipoise.analysis.competing import CompetingEstimate
from equipoise.analysis.cut import DataCut
from equipoise.analysis.firewall import Authority
from equipoise.analysis.named_arms import Labels, labelled, labels_of
from equipoise.analysis.non_proportional import Restricted
from equipoise.analysis.rerandomization import Rerandomized, rerandomization_json
from equipoise.analysis.response_duration import durations_json
from equipoise.analysis.survival import Contrast, EndpointEstimate, Group
from equipoise.analysis.workspace import Adverse, Analysed, Between, Changes, Incidences, Responses, Survival
from equipoise.kernel.errors import EstimationError
from equipoise.protocol.model import Endpoint, Protocol
from equipoise.statistics.estimate import Estimate, HypothesisTest


def document(
    protocol: Protocol,
    cut: DataCut,
    estimates: Sequence[tuple[Endpoint, EndpointEstimate | EstimationError]],
    leave: Authority | None,
    rerandomized: Mapping[str, Rerandomized] | None = None,
) -> dict[str, Any]:
    """The whole analysis. `rerandomized` holds the re-randomization tests by endpoint, where there are any."""
    tests, arms = rerandomized or {}, labels_of(protocol).arms
    return {
        "stamp": cut.stamp(),
        "by_arm": {"ground": leave.ground, "look": leave.look} if leave else None,
        "intervals": [float(level) for level in protocol.analysis.intervals],
        "endpoints": [
            labelled(_endpoint(protocol, endpoint, found, tests.get(endpoint.id)), arms)
            for endpoint, found in estimates
        ],
    }


def _endpoint(
    protocol: Protocol, endpoint: Endpoint, found: EndpointEstimate | EstimationError, test: Rerandomized | None
) -> dict[str, Any]:
    head = {"id": endpoint.id, "label": endpoint.label, "rank": endpoint.rank, "censoring": endpoint.censoring}
    if isinstance(found, EstimationError):
        return {**head, "reason": str(found), "groups": [], "contrasts": []}
    labels = labels_of(protocol, strata=found.strata)
    return {
        **head,
        "n": found.n,
        "events": found.events,
        "strata": list(found.strata),
        "groups": [_group(group) for group in found.groups],
        "contrasts": [_contrast(contrast, labels) for contrast in found.contrasts],
        **({"rerandomization": rerandomization_json(test)} if test is not None else {}),
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "arm": group.id,
        "label": group.label,
        "n": group.n,
        "events": group.events,
        "median": estimate_json(group.median),
    }


def _contrast(contrast: Contrast, labels: Labels) -> dict[str, Any]:
    return {
        "arm": contrast.arm,
        "control": contrast.control,
        "hazard_ratios": [estimate_json(ratio) for ratio in contrast.ratios],
        "logrank": _test(contrast.logrank),
        "reason": str(labels.named(contrast.reason)) if contrast.reason else None,
        "notes": [str(labels.named(note)) for note in contrast.notes],
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


def analysed_document(protocol: Protocol, one: Analysed) -> dict[str, Any]:
    """One answer of the workspace: the stamp, the choice, and every number or the reason why there is none."""
    groups = {group.id: group.label for group in one.split.groups}
    return dict(labelled(_analysed(protocol, one), {**labels_of(protocol).arms, **groups}))


def _analysed(protocol: Protocol, one: Analysed) -> dict[str, Any]:
    choice, leave = one.choice, one.split.by_arm
    head = {
        "stamp": one.cut.stamp(),
        "by_arm": {"ground": leave.ground, "look": leave.look} if leave else None,
        "choice": {
            "endpoint": choice.endpoint.id, "measure": choice.measure, "population": choice.population,
            "strata": list(choice.strata), "ties": choice.ties, "limits": choice.scale, "tau_months": choice.tau,
        },
        "notes": [str(note) for note in one.notes],
        "rows": len(one.rows), "participants": one.subjects,
    }  # fmt: skip
    match one.result:
        case EstimationError():
            return document(protocol, one.cut, [(choice.endpoint, one.result)], leave) | head
        case Survival():
            drawn = {choice.endpoint.id: one.result.rerandomized} if one.result.rerandomized is not None else {}
            found = document(protocol, one.cut, [(choice.endpoint, one.result.estimate)], leave, drawn) | head
            means = [_restricted(each) for each in one.result.restricted]
            tests = [{"arm": each.arm, **_test(each.test)} for each in one.result.proportionality]
            return found | {"restricted_means": means, "proportional_hazards": tests}
        case Incidences():
            return head | {"incidence": incidence_json(one.result.estimate), "participant_weighted": {
                arm: estimate_json(each) for arm, each in one.result.weighted.items()
            }}  # fmt: skip
        case Between():
            return head | {"interval_censored": {
                "groups": [
                    {"group": each.id, "n": each.n, "events": each.events, "median": [
                        end if math.isfinite(end) else None for end in each.curve.median or ()
                    ]} for each in one.result.found.groups
                ],
                "contrasts": [
                    {"arm": each.arm, "control": each.control, "test": _test(each.test),
                     "hazard_ratios": [estimate_json(ratio) for ratio in each.ratios],
                     "reason": str(each.reason) if each.reason else None}
                    for each in one.result.found.contrasts
                ],
                "adjusted": list(one.result.found.adjusted),
            }}  # fmt: skip
        case Responses():
            return head | {
                "response": [
                    {"group": each.group, "n": each.n, "counts": each.counts, "response": estimate_json(each.response),
                     "disease_control": estimate_json(each.control)}
                    for each in one.result.rates
                ],
                "differences": [
                    {"arm": each.arm, "difference": estimate_json(each.difference)} for each in one.result.differences
                ],
                "duration_of_response": durations_json(one.result.lasted),
                "stratified_differences": {a: estimate_json(each) for a, each in one.result.stratified.items()},
            }  # fmt: skip
        case Changes():
            groups = [group.id for group in one.split.groups]
            return head | {"scale": one.result.scale, "changes": [
                {"visit": each.number, "n": dict(zip(groups, each.n, strict=True)),
                 "mean": {g: estimate_json(mean) for g, mean in zip(groups, each.mean, strict=True)},
                 "difference": [estimate_json(difference) for difference in each.difference]}
                for each in one.result.found
            ]}  # fmt: skip
        case Adverse():
            lines = [*one.result.found.kinds.values(), *one.result.found.terms]
            return head | {"adverse_events": {
                "groups": [group.id for group in one.split.groups], "n": list(one.result.found.n),
                "lines": [
                    {"system": each.system, "term": each.term, "any_grade": list(each.any_grade),
                     "grade_3_or_more": list(each.severe), "by_worst_grade": [list(row) for row in each.by_grade]}
                    for each in lines
                ],
            }}  # fmt: skip


def incidence_json(found: CompetingEstimate) -> dict[str, Any]:
    """Cumulative incidences and their contrasts as JSON."""
    return {
        "groups": [
            {"group": one.group, "n": one.n, "events": one.events, "competing": one.competing} for one in found.groups
        ],
        "contrasts": [
            {"arm": one.arm, "control": one.control, "gray": _test(one.gray),
             "cause_specific": estimate_json(one.cause_specific), "fine_gray": estimate_json(one.fine_gray)}
            for one in found.contrasts
        ],
    }  # fmt: skip


def _restricted(one: Restricted) -> dict[str, Any]:
    head = {"arm": one.arm, "control": one.control, "tau": one.tau, "reason": str(one.reason) if one.reason else None}
    if one.means is None:
        return head | {"difference": None}
    return head | {"difference": estimate_json(one.means.difference.estimate), "p": one.means.difference.test.p}
