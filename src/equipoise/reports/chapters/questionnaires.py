"""Questionnaires: compliance, mean change from baseline, time to lasting deterioration."""

from collections.abc import Mapping

from equipoise.analysis.findings import VISITS_SHOWN
from equipoise.analysis.questionnaire_weeks import weeks_of
from equipoise.analysis.survival import EndpointEstimate
from equipoise.clinical.questionnaires import shipped_instruments
from equipoise.kernel.errors import EstimationError
from equipoise.protocol.model import Endpoint
from equipoise.reports.chapters.efficacy import events_and_median, ratio_columns, ratio_of
from equipoise.reports.chapters.lesions import incidence_rows
from equipoise.reports.document import Block, Figure, Pieced, Section, Table, Text
from equipoise.reports.figures import Words
from equipoise.reports.outcome_figures import NamedMeans, change_figure
from equipoise.reports.writing import MISSING, Writer, heading, plain, sized


def questionnaires(w: Writer) -> Section | None:
    """Quality of life; None where the protocol has no questionnaire that is scored."""
    if not w.findings.scores and not w.findings.compliance:
        return None
    blocks: list[Block] = [_compliance(w)]
    for scale in w.findings.changes:
        blocks += _change(w, scale)
    for scale, found in w.findings.deteriorations.items():
        name = scale_name(w, scale)
        if isinstance(found, EstimationError):
            blocks.append(Text(w.say("sentence_reason", endpoint=name, reason=w.error(found))))
            continue
        columns = ["", *(sized(one.label, one.n) for one in found.groups)]
        title = w.say("deterioration_title", scale=name)
        notes = [w.say("deterioration_note"), w.say("intervals_note")]
        behind = {"endpoint": w.endpoint_of("scores"), "measure": f"deterioration:{scale}", "population": "itt"}
        blocks.append(Table(f"deterioration-{scale}", title, columns, incidence_rows(w, found, **behind), notes))
    blocks += [_composite(w, endpoint, found) for endpoint, found in w.findings.composites if found]
    return Section("questionnaires", w.say("questionnaires"), blocks)


def _composite(w: Writer, endpoint: Endpoint, found: Mapping[str, EndpointEstimate | EstimationError]) -> Table:
    """Deterioration or death as one event: a line a scale, and one for any of them."""
    groups, arms = w.findings.split.groups, list(w.findings.split.experimental)
    rows, notes = [], []
    for scale, estimate in found.items():
        label = w.say("scale_or_death", scale=scale_name(w, scale)) if scale else w.say("any_scale")
        if isinstance(estimate, EstimationError):
            rows.append(plain(label, *(MISSING for _ in range(len(groups) + len(arms)))))
            notes.append(f"{label}: {w.error(estimate)}")
            continue
        behind = {"endpoint": endpoint.id, "measure": f"worse:{scale}"}
        own = {group.id: events_and_median(w, group, **behind) for group in estimate.groups}
        cells = [own.get(group.id, MISSING) for group in groups]
        rows.append(plain(label, *cells, *(ratio_of(w, estimate.contrasts, arm.id) for arm in arms)))
    labels = {factor.id: factor.label for factor in w.findings.protocol.strata}
    strata = ", ".join(labels.get(name, name) for name in w.findings.protocol.analysis.strata) if arms else ""
    said = w.say("strata_note", strata=strata) if strata else ""
    code = "composite_title_first" if endpoint.lasting == "first" else "composite_title"
    columns = [w.say("analysis"), *(w.say("events_median", group=group.label) for group in groups), *ratio_columns(w)]
    return Table(
        f"composite-{endpoint.id}", w.say(code, endpoint=endpoint.label, points=f"{endpoint.points:f}"), columns, rows,
        [w.say("composite_note", strata=said).strip(), *notes],
    )  # fmt: skip


def scale_name(w: Writer, code: str) -> str:
    """The name of a scale in the reader's language."""
    for instrument in shipped_instruments().values():
        for scale in instrument.scales:
            if scale.code == code:
                names = scale.name
                return names.get(w.language) or names.get(w.language.split("-")[0]) or names.get("en") or code
    return code


def _compliance(w: Writer) -> Table:
    groups, weeks = w.findings.split.groups, weeks_of(w.findings.protocol)
    rows = []
    for instrument in dict.fromkeys(one.instrument for one in w.findings.compliance):
        rows.append(heading(instrument.upper(), 1 + 3 * len(groups)))
        for one in w.findings.compliance:
            if one.instrument != instrument or one.number > VISITS_SHOWN:
                continue
            visit = w.say("at_baseline") if one.number == 0 else w.say("week_n", week=f"{weeks.get(one.number, 0):g}")
            cells: list[str] = []
            for due, got, group in zip(one.due, one.returned, groups, strict=True):
                behind, tags = (
                    {"of": "compliance", "group": group.id},
                    (f"instrument:{instrument}", f"visit:{one.number}"),
                )
                cells += [
                    w.number_of(due, **behind, tag=tags), w.number_of(got, **behind, tag=(*tags, "returned")),
                    f"{100 * got / due:.0f}%" if due else MISSING,
                ]  # fmt: skip
            rows.append(plain(visit, *cells))
    columns = [w.say("visit"), *([w.say("due"), w.say("returned"), "%"] * len(groups))]
    spans = [("", 1), *((group.label, 3) for group in groups)]
    notes = [w.say("compliance_note", last=w.findings.last.isoformat())]
    return Table("compliance", w.say("compliance_title"), columns, rows, notes, spans=spans)


def _change(w: Writer, scale: str) -> list[Block]:
    found, weeks, name = w.findings.changes[scale], weeks_of(w.findings.protocol), scale_name(w, scale)
    groups, arms = w.findings.split.groups, w.findings.split.experimental
    endpoint = w.endpoint_of("scores")
    behind = {"endpoint": endpoint, "measure": f"change:{scale}", "population": "itt"} if endpoint else {}
    rows = []
    for one in found:
        cells: list[str] = [
            Pieced(w.number_of(n, **behind, tag=f"visit:{one.number}", group=group.id), f"; {w.estimate(mean)}")
            if n else MISSING
            for n, mean, group in zip(one.n, one.mean, groups, strict=True)
        ]  # fmt: skip
        cells += [w.estimate(difference) for difference in one.difference]
        rows.append(plain(f"{weeks.get(one.number, 0):g}", *cells))
    columns = [
        w.say("week"), *(w.say("n_mean", group=group.label) for group in groups),
        *(w.say("difference_of", arm=arm.label) if len(arms) > 1 else w.say("difference") for arm in arms),
    ]  # fmt: skip
    lines = []
    for place, group in enumerate(groups):
        known = [
            (weeks.get(one.number, 0.0), mean.value, mean.lower, mean.upper)
            for one in found
            if (mean := one.mean[place]).value is not None and mean.lower is not None and mean.upper is not None
        ]
        if known:
            week, value, lower, upper = (
                tuple(float(each or 0) for each in column) for column in zip(*known, strict=True)
            )
            lines.append(NamedMeans(group.label, week, value, lower, upper, place))
    table = Table(
        f"change-{scale}",
        w.say("change_title", scale=name),
        columns,
        rows,
        [w.say("change_note"), w.say("direction", scale=name)],
    )
    if not lines:
        return [table]
    words = Words(w.say("weeks_axis"), w.say("change_from_baseline"), "", w.stamp_line)
    title = w.say("change_figure_title", scale=name)
    return [
        Figure(
            f"change-figure-{scale}", title, title, change_figure(lines, words).decode(), [w.say("change_figure_note")]
        ),
        table,
    ]
