"""Efficacy: estimates in words and numbers, survival curves, subgroups, and supplementary analyses."""

from collections.abc import Sequence

from equipoise.analysis.findings import Timed
from equipoise.analysis.interval_times import IntervalContrast, IntervalEstimate, IntervalGroup
from equipoise.analysis.rerandomization import Rerandomized
from equipoise.analysis.survival import Contrast, EndpointEstimate, Group
from equipoise.kernel.errors import EstimationError
from equipoise.reports.document import Block, Figure, Pieced, Row, Section, Table, Text
from equipoise.reports.factor_words import factor_words
from equipoise.reports.figures import NamedCurve, Words, kaplan_meier_figure
from equipoise.reports.outcome_figures import ForestRow, forest_figure
from equipoise.reports.writing import MISSING, Writer, heading, indented, plain, sized

LANDMARKS = (6.0, 12.0, 18.0, 24.0)
"""Months at which survival is read off the curves."""


def _sentences(w: Writer, one: Timed) -> list[str]:
    label = one.endpoint.label
    if isinstance(one.estimate, EstimationError):
        return [w.say("sentence_reason", endpoint=label, reason=w.error(one.estimate))]
    said = [
        w.say(
            "sentence_group",
            endpoint=label,
            group=group.label,
            events=group.events,
            n=group.n,
            median=w.estimate(group.median),
        )
        for group in one.estimate.groups
    ]
    return said + [_contrast_sentence(w, contrast) for contrast in one.estimate.contrasts]


def _contrast_sentence(w: Writer, one: Contrast) -> str:
    arms = {"arm": w.label(one.arm), "control": w.label(one.control)}
    if one.reason is not None:
        return w.say("sentence_no_ratio", **arms, reason=w.message(one.reason))
    ratios = "; ".join(
        w.say("ratio_interval", level=f"{ratio.level:.0%}", limits=w.limits(ratio, 2)) for ratio in one.ratios
    )
    return w.say(
        "sentence_ratio", **arms, ratio=w.number(one.ratios[0].value, 2), intervals=ratios,
        p=w.p(one.logrank.p_one_sided),
    )  # fmt: skip


def efficacy(w: Writer) -> Section:
    """Every endpoint that is a time and not supplementary: words, numbers, curves."""
    blocks: list[Block] = []
    shown = [one for one in w.findings.times if one.endpoint.rank != "supplementary"]
    for one in sorted(shown, key=lambda each: each.endpoint.rank != "primary"):
        blocks += [Text(sentence) for sentence in _sentences(w, one)]
        if isinstance(one.estimate, EndpointEstimate):
            blocks.append(_curve(w, one, one.estimate))
            blocks.append(_numbers(w, one, one.estimate))
    return Section("efficacy", w.say("efficacy"), blocks)


def _curve(w: Writer, one: Timed, found: EndpointEstimate) -> Figure:
    curves = [
        NamedCurve(f"{group.label} ({group.events}/{group.n})", group.curve, place)
        for place, group in enumerate(found.groups)
    ]
    words = Words(w.say("months_axis"), one.endpoint.label, w.say("at_risk"), w.stamp_line)
    alt = w.say(
        "km_alt", endpoint=one.endpoint.label,
        medians="; ".join(f"{group.label}: {w.estimate(group.median)}" for group in found.groups),
    )  # fmt: skip
    title = w.say("km_title", endpoint=one.endpoint.label)
    notes = [w.say("km_note"), *(w.say("at_risk_rows", rows=_order(found)) for _ in [0] if len(found.groups) > 1)]
    return Figure(f"km-{one.endpoint.id}", title, alt, kaplan_meier_figure(curves, words).decode(), notes)


def _order(found: EndpointEstimate) -> str:
    return "; ".join(f"{place}. {group.label}" for place, group in enumerate(found.groups, start=1))


def _numbers(w: Writer, one: Timed, found: EndpointEstimate) -> Table:
    width = len(found.groups) + 1
    rows = [
        plain(
            w.say("events_of"),
            *(w.share(g.events, g.n, endpoint=one.endpoint.id, tag="event", group=g.id) for g in found.groups),
        ),
        plain(w.say("median_months"), *(w.estimate(group.median) for group in found.groups)),
    ]
    for month in LANDMARKS:
        at = [group.curve.at([month])[0] for group in found.groups]
        if any(each.value is not None for each in at):
            rows.append(plain(w.say("landmark", month=f"{month:g}"), *(w.estimate(each, 0, 100) for each in at)))
    notes = [w.say("intervals_note")]
    for contrast in found.contrasts:
        rows.append(heading(w.say("versus", arm=w.label(contrast.arm), control=w.label(contrast.control)), width))
        rows += [
            plain(w.say("ratio_at", level=f"{ratio.level:.0%}"), w.estimate(ratio, 2), *("" for _ in range(width - 2)))
            for ratio in contrast.ratios
        ]
        test = contrast.logrank
        cells = w.say("z_p", z=w.number(test.z, 2), p=w.p(test.p_one_sided)) if test.z is not None else MISSING
        rows.append(plain(w.say("logrank"), cells, *("" for _ in range(width - 2))))
        notes += [w.say("z_note", arm=w.label(contrast.arm))] if test.z is not None else []
        notes += [w.message(note) for note in contrast.notes]
        notes += [w.message(contrast.reason)] if contrast.reason is not None else []
    for restricted in one.restricted:
        label = w.say("rmst", tau=f"{restricted.tau:g}")
        if restricted.means is None:
            rows.append(plain(label, MISSING, *("" for _ in range(width - 2))))
            notes.append(f"{label}: {w.message(restricted.reason)}")
        else:
            difference = restricted.means.difference
            text = w.say("with_p", value=w.estimate(difference.estimate), p=w.p(difference.test.p))
            rows.append(plain(label, text, *("" for _ in range(width - 2))))
    for tested in one.proportionality:
        cells = w.say("chisq_p", chisq=w.number(tested.test.chisq, 2), p=w.p(tested.test.p))
        if tested.test.chisq is None:
            cells = MISSING
            notes.append(w.message(tested.test.reason))
        rows.append(plain(w.say("zph"), cells, *("" for _ in range(width - 2))))
    if found.strata and found.contrasts:
        labels = {factor.id: factor.label for factor in w.findings.protocol.strata}
        notes.append(w.say("strata_note", strata=", ".join(labels.get(name, name) for name in found.strata)))
    columns = ["", *(sized(group.label, group.n) for group in found.groups)]
    title = w.say("numbers_title", endpoint=one.endpoint.label)
    return Table(f"estimates-{one.endpoint.id}", title, columns, rows, [note for note in dict.fromkeys(notes) if note])


def subgroup_section(w: Writer) -> Section | None:
    """Forest plots of the primary endpoint; None while pooled."""
    blocks: list[Block] = []
    for arm, factors in w.findings.subgroups.items():
        rows, table_rows = _forest_rows(w, arm)
        if not rows:
            continue
        label, control = w.label(arm), w.label(w.findings.split.control)
        heads = (w.say("events_n_arm"), w.say("events_n_control"))
        words = Words(w.say("ratio_axis"), "", "", w.stamp_line)
        sides = (w.say("favours", arm=label), w.say("favours", arm=control))
        blocks.append(
            Figure(
                f"forest-{arm}",
                w.say("forest_title", arm=label, control=control),
                w.say("forest_alt", n=sum(len(factor.levels) for factor in factors)),
                forest_figure(rows, words, heads, sides).decode(),
                [w.say("forest_note")],
            )
        )
        columns = [w.say("subgroup"), label, control, w.say("ratio_at", level="95%"), w.say("interaction_p")]
        blocks.append(
            Table(f"subgroups-{arm}", w.say("subgroups_title"), columns, table_rows, [w.say("subgroup_note")])
        )
    return Section("subgroups", w.say("subgroups"), blocks) if blocks else None


def _forest_rows(w: Writer, arm: str) -> tuple[list[ForestRow], list[Row]]:
    figure: list[ForestRow] = []
    table: list[Row] = []
    primary = next(one for one in w.findings.times if one.endpoint.id == w.findings.protocol.analysis.primary)
    behind, both = {"endpoint": primary.endpoint.id}, (arm, w.findings.split.control)
    if isinstance(primary.estimate, EndpointEstimate):
        contrast = next((one for one in primary.estimate.contrasts if one.arm == arm and one.ratios), None)
        if contrast is not None:
            ratio = next((one for one in contrast.ratios if one.level == 0.95), contrast.ratios[-1])
            sizes = {
                group.id: w.events(group.events, group.n, **behind, group=group.id) for group in primary.estimate.groups
            }
            counts: tuple[Pieced, ...] = (sizes[arm], sizes[w.findings.split.control])
            says = w.estimate(ratio, 2)
            figure.append(
                ForestRow(w.say("overall"), counts, ratio.value, ratio.lower, ratio.upper, says, heading=True, size=1.3)
            )
            table.append(plain(w.say("overall_stratified"), *counts, says, ""))
    total = max(1, len(primary.rows))
    for factor in w.findings.subgroups[arm]:
        name, labels = factor_words(w.findings.protocol, factor.factor, w.language)
        order = {id_: place for place, id_ in enumerate(labels)}
        p = w.p(factor.interaction.p)
        figure.append(ForestRow(name, heading=True, says=w.say("interaction_short", p=p) if p != MISSING else ""))
        table.append(Row((name, "", "", "", p), is_heading=True))
        for level in sorted(factor.levels, key=lambda one: order.get(one.id, len(order))):
            tag = f"subgroup:{factor.factor}:{level.id}"
            counts = tuple(
                w.events(events, n, tag, **behind, group=group)
                for events, n, group in zip(level.events, level.n, both, strict=True)
            )
            ratio, size = level.ratio, (sum(level.n) / total) ** 0.5
            label = labels.get(level.id, level.id)
            says = w.estimate(ratio, 2)
            figure.append(ForestRow(label, counts, ratio.value, ratio.lower, ratio.upper, says, size=size))
            table.append(indented(label, *counts, says, ""))
    return figure, table


def supplementary(w: Writer) -> Section | None:
    """The primary endpoint and its supplementary and sensitivity analyses side by side."""
    primary = w.findings.protocol.analysis.primary
    by_arm = w.findings.split.by_arm is not None
    shown = [
        one
        for one in w.findings.times
        if (one.endpoint.rank == "supplementary" or one.endpoint.id == primary)
        and (by_arm or not one.endpoint.depends_on_arm)
    ]
    drawn = [_rerandomization(w, one, one.rerandomized) for one in shown if one.rerandomized is not None]
    if len(shown) + len(w.findings.intervals) < 2:
        return Section("supplementary", w.say("supplementary"), drawn) if drawn else None
    groups = w.findings.split.groups
    contrasts = list(w.findings.split.experimental)
    rows, notes = [], []
    for endpoint, estimate in [*((one.endpoint, one.estimate) for one in shown), *w.findings.intervals]:
        if isinstance(estimate, EstimationError):
            rows.append(plain(endpoint.label, *(MISSING for _ in range(len(groups) + len(contrasts)))))
            notes.append(f"{endpoint.label}: {w.error(estimate)}")
            continue
        medians = {group.id: events_and_median(w, group, endpoint=endpoint.id) for group in estimate.groups}
        cells = [medians.get(group.id, MISSING) for group in groups]
        cells += [ratio_of(w, estimate.contrasts, arm.id) for arm in contrasts]
        rows.append(plain(endpoint.label, *cells))
        if isinstance(estimate, IntervalEstimate):
            factors = {factor.id: factor.label for factor in w.findings.protocol.strata}
            adjusted = ", ".join(factors.get(name, name) for name in estimate.adjusted)
            notes.append(f"{endpoint.label}: {w.say('intervals_censored_note', factors=adjusted)}")
        if endpoint.assumption:
            notes.append(f"{endpoint.label}: {endpoint.assumption}")
    columns = [w.say("analysis"), *(w.say("events_median", group=group.label) for group in groups), *ratio_columns(w)]
    table = Table("supplementary", w.say("supplementary_title"), columns, rows, notes)
    return Section("supplementary", w.say("supplementary"), [table, *drawn])


def _rerandomization(w: Writer, one: Timed, drawn: Rerandomized) -> Table:
    """The plan's log-rank test beside the same score under arms drawn again as the trial draws them."""
    columns = ["", w.say("p_one_sided"), w.say("p_two_sided")]
    notes = [w.say(f"rerandomization_{drawn.method}"), w.say("rerandomization_note")]
    contrasts = one.estimate.contrasts if isinstance(one.estimate, EndpointEstimate) else ()
    rows = [
        plain(w.say("logrank"), w.p(each.logrank.p_one_sided), w.p(each.logrank.p))
        for each in contrasts
        if drawn.test is not None and each.arm == drawn.arm
    ]
    test = drawn.test
    if test is None:
        rows.append(plain(w.say("rerandomization"), MISSING, MISSING))
        notes = [w.message(drawn.reason)]
    else:
        rows.append(plain(w.say("rerandomization"), w.p(test.p_one_sided), w.p(test.p)))
        errors = (w.say("monte_carlo", error=w.number(each, 4)) for each in (drawn.error_one_sided, drawn.error))
        rows.append(indented(w.say("monte_carlo_error", n=test.replicates), *errors))
    title = w.say("rerandomization_title", endpoint=one.endpoint.label)
    return Table("rerandomization", title, columns, rows, notes)


def ratio_columns(w: Writer) -> list[str]:
    """A heading for the hazard ratio of each experimental arm."""
    arms = w.findings.split.experimental
    return [w.say("ratio_versus", arm=arm.label) if len(arms) > 1 else w.say("ratio_at", level="95%") for arm in arms]


def events_and_median(w: Writer, group: Group | IntervalGroup, **behind: str) -> str:
    """Events, how many, and the median; of an interval-censored one the two times it lies between.

    `behind` names the endpoint whose rows the counts count.
    """
    counts = w.events(group.events, group.n, **behind, group=group.id)
    return Pieced(*counts.pieces, f"; {_median(w, group)}")


def _median(w: Writer, group: Group | IntervalGroup) -> str:
    if isinstance(group, Group):
        return w.estimate(group.median)
    median = group.curve.median
    if median is None:
        return w.say("not_reached")
    low, high = (w.number(end) if end != float("inf") else w.say("not_reached_short") for end in median)
    return low if low == high else w.say("limits", low=low, high=high)


def ratio_of(w: Writer, contrasts: Sequence[Contrast | IntervalContrast], arm: str) -> str:
    """The 95% hazard ratio of an arm; a dash where there is none."""
    for one in contrasts:
        if one.arm == arm and one.ratios:
            return w.estimate(next((ratio for ratio in one.ratios if ratio.level == 0.95), one.ratios[-1]), 2)
    return MISSING
