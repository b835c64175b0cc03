"""The report of a trial as one document: findings in words, tables and figures, the same in every format."""

from collections.abc import Mapping, Sequence
from typing import Any

from equipoise.analysis.competing import CompetingEstimate
from equipoise.analysis.document import document, estimate_json
from equipoise.analysis.findings import Findings
from equipoise.analysis.interim_look import LookTaken
from equipoise.analysis.interval_times import IntervalEstimate
from equipoise.analysis.named_arms import labelled, labels_of
from equipoise.analysis.response_duration import durations_json
from equipoise.analysis.response_rates import ResponseDifference, ResponseRate
from equipoise.kernel.errors import EstimationError
from equipoise.reports.chapters.appendix import appendix
from equipoise.reports.chapters.efficacy import efficacy, subgroup_section, supplementary
from equipoise.reports.chapters.lesions import control, response
from equipoise.reports.chapters.look import look
from equipoise.reports.chapters.participants import baseline, deviations, participants
from equipoise.reports.chapters.questionnaires import questionnaires
from equipoise.reports.chapters.safety import safety
from equipoise.reports.chapters.summary import summary
from equipoise.reports.chapters.treatment import exposure, timing
from equipoise.reports.document import Report, Section, Words
from equipoise.reports.writing import Writer


def report(findings: Findings, language: str) -> Report:
    """Write the report. `findings` are of the protocol in the reader's language. Raises nothing: reasons are said."""
    cut, protocol = findings.cut, findings.protocol
    plain = Writer(findings, language)
    line = plain.say(
        "stamp_line", trial=cut.trial, cutoff=cut.cutoff.isoformat() if cut.cutoff else plain.say("no_cutoff"),
        position=cut.position, head=cut.head[:12], plan=cut.plan[:12], software=cut.software,
    )  # fmt: skip
    mark = plain.say("rehearsal_mark") if cut.rehearsal else ""
    w = Writer(findings, language, f"{mark}  {line}".strip())
    leave = findings.split.by_arm
    access = w.say(f"access_{leave.ground}", look=leave.look) if leave is not None else w.say("access_pooled")
    sections: list[Section | None] = [
        summary(w, access), look(w), participants(w), baseline(w), deviations(w), exposure(w), timing(w), efficacy(w),
        subgroup_section(w), control(w), response(w), safety(w), questionnaires(w), supplementary(w), *appendix(w),
    ]  # fmt: skip
    facts = [
        (w.say("fact_trial"), f"{protocol.registry or protocol.id}, {w.say('version', version=protocol.version)}"),
        (w.say("fact_phase"), f"{protocol.phase}; {protocol.design}"),
        (w.say("fact_condition"), protocol.condition),
        (w.say("fact_randomized"), str(len(findings.randomized))),
        (w.say("fact_cutoff"), cut.cutoff.isoformat() if cut.cutoff else w.say("no_cutoff")),
        (w.say("fact_known"), _known(w)),
    ]  # fmt: skip
    return Report(
        language, protocol.title, w.say("title"), w.say("banner") if cut.rehearsal else "", access, cut.stamp(), line,
        [one for one in facts if one[1]], [one for one in sections if one is not None and one.blocks],
        Words(w.say("table"), w.say("figure"), w.say("contents"), w.say("page")), _estimates(findings),
    )  # fmt: skip


def _known(w: Writer) -> str:
    """How far the record was read: a position, and the moment where one was asked for."""
    cut = w.findings.cut
    moment = "" if cut.as_of == f"entry {cut.position}" else f" ({cut.as_of})"
    return w.say("entry", position=cut.position) + moment


def _estimates(found: Findings) -> dict[str, Any]:
    """The numbers unrounded, for programs; groups and arms by their ids, with their labels beside them."""
    groups = {group.id: group.label for group in found.split.groups}
    return dict(labelled(_numbers(found), {**labels_of(found.protocol).arms, **groups}))


def _numbers(found: Findings) -> dict[str, Any]:
    tests = {one.endpoint.id: one.rerandomized for one in found.times if one.rerandomized is not None}
    times = document(
        found.protocol, found.cut, [(one.endpoint, one.estimate) for one in found.times], found.split.by_arm, tests
    )
    return {
        "look": _look(found.look) if found.look is not None else None,
        "endpoints": times["endpoints"],
        "restricted_means": [
            {
                "endpoint": one.endpoint.id, "arm": each.arm, "control": each.control, "tau": each.tau,
                "difference": estimate_json(each.means.difference.estimate) if each.means else None,
                "reason": str(each.reason) if each.reason else None,
            }
            for one in found.times for each in one.restricted
        ],
        "residual_control": _competing(found.control.participants) if found.control else None,
        "interval_censored": [
            {"id": endpoint.id, "label": endpoint.label, **_intervals(one)} for endpoint, one in found.intervals
        ],
        **_responses("response", found.responses), **_responses("confirmed_response", found.confirmed_responses),
        **{
            "duration_of_confirmed_response" if confirmed else "duration_of_response": durations_json(one)
            for confirmed, one in found.durations.items()
        },
        "deterioration_or_death": {
            endpoint.id: {
                scale or "any": document(found.protocol, found.cut, [(endpoint, one)], None)["endpoints"][0]
                for scale, one in scales.items()
            }
            for endpoint, scales in found.composites
        },
        "deterioration": {scale: _competing(one) for scale, one in found.deteriorations.items()},
        "adverse_events": {
            "n": list(found.safety.n),
            "kinds": {kind: list(one.any_grade) for kind, one in found.safety.kinds.items()},
        },
    }  # fmt: skip


def _responses(
    name: str, found: tuple[Sequence[ResponseRate], Sequence[ResponseDifference]]
) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    rates, differences = found
    return {
        name: [{"group": one.group, "n": one.n, "counts": one.counts, **_rate(one.response)} for one in rates],
        f"{name}_difference": [{"arm": one.arm, **_rate(one.difference)} for one in differences],
    }


def _intervals(found: IntervalEstimate | EstimationError) -> dict[str, Any]:
    """Turnbull's curves and the contrasts; an end that is not reached is null."""
    if isinstance(found, EstimationError):
        return {"reason": str(found), "groups": [], "contrasts": []}
    return {
        "adjusted": list(found.adjusted),
        "groups": [
            {
                "group": one.id, "n": one.n, "events": one.events,
                "median": None if one.curve.median is None else [_finite(end) for end in one.curve.median],
                "left": [_finite(end) for end in one.curve.left.tolist()],
                "right": [_finite(end) for end in one.curve.right.tolist()], "surv": one.curve.surv.tolist(),
            }
            for one in found.groups
        ],
        "contrasts": [
            {
                "arm": one.arm, "control": one.control,
                "hazard_ratios": [estimate_json(ratio) for ratio in one.ratios],
                "likelihood_ratio": {"chisq": one.test.chisq, "p": one.test.p, "p_one_sided": one.test.p_one_sided},
                "reason": str(one.reason) if one.reason else None,
            }
            for one in found.contrasts
        ],
    }  # fmt: skip


def _look(one: LookTaken) -> dict[str, Any]:
    return {
        "id": one.id, "label": one.label, "planned_information": one.planned, "events": one.events,
        "target_events": one.target, "information": one.fraction, "alpha": one.alpha, "sides": one.sides,
        "spending": one.spending if one.spends else None, "spent_before": one.spent_before, "spent": one.spent,
        "critical_value": one.bound, "level": one.level, "futility_hazard_ratio": one.futility_hazard_ratio,
        "results": [
            {"arm": each.arm, "control": each.control, "z": each.z, "hazard_ratio": each.ratio,
             "crossed": each.crossed, "futile": each.futile}
            for each in one.standings
        ],
        "earlier": [{"look": name, "events": events} for name, events in one.earlier],
        "reason": str(one.reason) if one.reason else None,
    }  # fmt: skip


def _finite(end: float) -> float | None:
    return end if end != float("inf") else None


def _rate(one: Any) -> Mapping[str, Any]:
    return {"estimate": estimate_json(one)}


def _competing(found: CompetingEstimate | EstimationError) -> dict[str, Any]:
    if isinstance(found, EstimationError):
        return {"reason": str(found), "groups": [], "contrasts": []}
    groups: Sequence[dict[str, Any]] = [
        {"group": one.group, "n": one.n, "events": one.events, "competing": one.competing} for one in found.groups
    ]
    return {
        "groups": groups,
        "contrasts": [
            {
                "arm": one.arm, "control": one.control, "gray": {"chisq": one.gray.chisq, "p": one.gray.p},
                "cause_specific": estimate_json(one.cause_specific), "fine_gray": estimate_json(one.fine_gray),
            }
            for one in found.contrasts
        ],
    }  # fmt: skip
