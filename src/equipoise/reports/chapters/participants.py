"""Participants: the flow, the populations, the baseline, and deviations."""

from collections import Counter
from collections.abc import Callable, Sequence

from equipoise.analysis.baseline_table import category_difference, number_difference, summarize
from equipoise.analysis.datasets.adsl import CHARACTERISTICS, SubjectLevel
from equipoise.analysis.flow import FAILED, STOPPED, Box
from equipoise.conduct.concepts import concepts_of
from equipoise.reports.document import Block, Figure, Row, Section, Table, Text
from equipoise.reports.flow_figure import FlowBoxes, flow_figure
from equipoise.reports.writing import MISSING, Writer, heading, indented, plain

REASONS_SHOWN = 12
"""Of reasons for exclusion in the diagram; the rest stand together."""


def participants(w: Writer) -> Section:
    """The flow of participants, their disposition and populations."""
    flow = w.findings.flow
    blocks: list[Block] = [
        Text(
            w.say(
                "flow_text",
                screened=flow.screened,
                failed=flow.failed,
                randomized=flow.randomized,
                sites=len({row.siteid for row in w.findings.randomized}),
            )
        ),
        Figure(
            "flow",
            w.say("flow_title"),
            w.say("flow_alt", screened=flow.screened, randomized=flow.randomized),
            flow_figure(_boxes(w), w.stamp_line).decode(),
        ),
        _populations(w),
        _disposition(w),
    ]
    return Section("participants", w.say("participants"), blocks)


def _boxes(w: Writer) -> FlowBoxes:
    flow = w.findings.flow
    failures = [
        _line(w, f"   {w.say('reason_count', reason=_reason(w, reason), n=count)}", FAILED + reason)
        for reason, count in sorted(flow.failures[:REASONS_SHOWN], key=lambda one: one[0] == "other")
    ]
    more = len(flow.failures) - REASONS_SHOWN
    if more > 0:
        failures.append(f"   {w.say('more_reasons', n=more)}")
    assessed = [_line(w, w.say("flow_screened", n=flow.screened), "screened")]
    if flow.prescreened:
        assessed.append(_line(w, w.say("flow_prescreened", n=flow.prescreened), "prescreened"))
    excluded = [_line(w, w.say("flow_failed", n=flow.failed), "failed"), *failures]
    if flow.in_screening:
        excluded.append(_line(w, w.say("flow_in_screening", n=flow.in_screening), "in_screening"))
    groups = [_group_boxes(w, box) for box in flow.boxes]
    randomized = [_line(w, w.say("flow_randomized", n=flow.randomized), "randomized")]
    return FlowBoxes(assessed, excluded, randomized, groups)


def _line(w: Writer, text: str, tag: str, group: str = "") -> str:
    """A line of the flow that counts rows of `analysis.flow.flow_rows`."""
    return w.counted(text, of="flow", tag=tag, group=group)


def _reason(w: Writer, criterion: str) -> str:
    """A criterion by its id and the beginning of what it says."""
    if criterion == "other":
        return w.say("other")
    says = next((one.says for one in w.findings.protocol.eligibility if one.id == criterion), "")
    room = 22 if w.language.startswith("zh") else 44
    short = says if len(says) <= room else says[:room].rsplit(" ", 1)[0].rstrip(",;，；") + "\u2026"
    return f"{criterion} {short}".strip()


def _group_boxes(w: Writer, box: Box) -> list[list[str]]:
    name = box.label or w.findings.split.groups[0].label
    lost = {stop.id for stop in w.findings.protocol.stops if "lost" in stop.ends}  # these have a line of their own
    stopped = [
        _line(w, f"   {w.say('reason_count', reason=reason, n=count)}", STOPPED + stop, box.group)
        for (reason, count), stop in zip(box.stopped, box.stops, strict=True)
        if stop not in lost
    ]

    def line(code: str, n: int, tag: str) -> str:
        return _line(w, w.say(code, n=n), tag, box.group)

    return [
        [name, line("flow_allocated", box.randomized, "randomized"), line("flow_started", box.started, "started")],
        [
            w.say("flow_followed"), line("flow_lost", box.lost, "lost"),
            line("flow_progressed", box.progressed, "progressed"), line("flow_died", box.died, "died"),
            *([w.say("flow_stopped"), *stopped] if stopped else []),
        ],
        [line("flow_analysed", box.analysed, "analysed")],
    ]  # fmt: skip


def _populations(w: Writer) -> Table:
    split, rows = w.findings.split, []
    flags: list[tuple[str, Callable[[SubjectLevel], bool], bool]] = [
        ("itt", lambda row: row.ittfl == "Y", False), ("safety", lambda row: row.saffl == "Y", True),
        ("per_protocol", lambda row: row.pprotfl == "Y", False), ("questionnaire", lambda row: row.qolfl == "Y", False),
    ]  # fmt: skip
    arms = {arm.label: arm.id for arm in w.findings.protocol.arms}
    for name, belongs, as_treated in flags:
        mine = [
            split.of(arms.get(row.trt01a, "") if as_treated else row.armcd)
            for row in w.findings.randomized
            if belongs(row)
        ]
        behind = {"endpoint": w.findings.protocol.analysis.primary, "population": name}
        counts = [w.counted(str(mine.count(group.id)), **behind, group=group.id) for group in split.groups]
        total = [w.counted(str(len(mine)), **behind)] if len(split.groups) > 1 else []
        rows.append(plain(w.say(f"population_{name}"), *counts, *total))
    columns = [
        w.say("population"), *(group.label for group in split.groups),
        *([w.say("total")] if len(split.groups) > 1 else []),
    ]  # fmt: skip
    notes = [w.say("populations_note"), w.say("per_protocol_note")]
    if w.findings.protocol.radiotherapy is None:
        notes = [w.say("population_note_drugs")]
    return Table("populations", w.say("populations_title"), columns, rows, notes)


def _disposition(w: Writer) -> Table:
    split, randomized = w.findings.split, w.findings.randomized

    def counted(rule: Callable[[SubjectLevel], bool], tag: str) -> list[str]:
        found = [split.of(row.armcd) for row in randomized if rule(row)]
        return [
            w.share(found.count(group.id), size, of="subjects", tag=tag, group=group.id)
            for group, size in zip(split.groups, w.sizes, strict=True)
        ]

    rows = [
        plain(w.say("treated"), *counted(lambda row: row.saffl == "Y", "SAFFL:Y")),
        plain(w.say("ongoing"), *counted(lambda row: row.eosstt == "ONGOING", "EOSSTT:ONGOING")),
    ]
    for reason in ("DEATH", "LOST TO FOLLOW-UP", "WITHDRAWAL BY SUBJECT"):
        rows.append(
            plain(
                w.say(f"ended_{reason.split()[0].lower()}"),
                *counted(lambda row, reason=reason: row.dcsreas == reason, f"DCSREAS:{reason}"),  # type: ignore[misc]
            )
        )
    rows.append(heading(w.say("by_site"), len(split.groups) + 1))
    for site in sorted({row.siteid for row in randomized}):
        shares = counted(lambda row, site=site: row.siteid == site, f"SITEID:{site}")  # type: ignore[misc]
        rows.append(indented(w.findings.sites.get(site, site), *shares))
    return Table("disposition", w.say("disposition_title"), [w.say("disposition"), *w.group_columns], rows)


def baseline(w: Writer) -> Section:
    """The baseline table with standardized differences, and the strata as randomized."""
    split, randomized = w.findings.split, w.findings.randomized
    by_group = [[row for row in randomized if split.of(row.armcd) == group.id] for group in split.groups]
    has_difference = split.by_arm is not None
    width = 1 + len(split.groups) + (1 if has_difference else 0)
    rows: list[Row] = []

    def number(label: str, values: Sequence[Sequence[float | None]], variable: str, decimals: int = 0) -> None:
        summaries = [summarize(group) for group in values]
        if not any(one.n for one in summaries):
            return
        rows.append(heading(label, width))
        cells = [
            MISSING if one.mean is None else f"{w.number(one.mean, 1)} ({w.number(one.sd, 1)})" for one in summaries
        ]
        rows.append(indented(w.say("mean_sd"), *cells, *difference(number_difference(values))))
        rows.append(indented(w.say("median_iqr"), *(w.spread(one, decimals) for one in summaries), *empty()))
        missing([one.missing for one in summaries], variable)

    def category(label: str, values: Sequence[Sequence[str]], labels: dict[str, str], variable: str) -> None:
        known = {value for group in values for value in group if value}
        if not known:
            return
        names = [name for name in labels if name in known] + sorted(known - set(labels))
        rows.append(
            Row((label, *("" for _ in split.groups), *difference(category_difference(values))), is_heading=True)
        )
        for name in names:
            shares = [
                w.share(held.count(name), sum(1 for one in held if one), of="subjects", tag=f"{variable}:{name}",
                        group=group.id)
                for group, held in zip(split.groups, values, strict=True)
            ]  # fmt: skip
            rows.append(indented(labels.get(name, name), *shares, *empty()))
        missing([sum(1 for one in group if not one) for group in values], variable)

    def missing(counts: Sequence[int], variable: str) -> None:
        if any(counts):
            shown = [
                w.number_of(count, of="subjects", tag=f"{variable}:", group=group.id)
                for group, count in zip(split.groups, counts, strict=True)
            ]
            rows.append(indented(w.say("missing"), *shown, *empty()))

    def difference(value: float | None) -> tuple[str, ...]:
        return (w.number(value, 2),) if has_difference else ()

    def empty() -> tuple[str, ...]:
        return ("",) if has_difference else ()

    number(w.say("age"), [[float(row.age) for row in group] for group in by_group], "AGE")
    concepts = concepts_of(w.findings.protocol)
    for variable, concept in CHARACTERISTICS:
        if not concepts.asks(concept):
            continue
        item = concepts.asked(concept)
        values = [[row.characteristic(variable) for row in group] for group in by_group]
        if item.kind == "number":
            unit = f" ({item.unit})" if item.unit not in ("", "1") else ""
            known = [[float(one) if one else None for one in group] for group in values]
            number(item.label + unit, known, variable, 1)
        else:
            category(item.label, values, _labels(w, item), variable)
    for label, name in ((w.say("residual_lesions"), "nresid"), (w.say("residual_organs"), "norgan")):
        found = [[getattr(row, name) for row in group] for group in by_group]
        if any(value is not None for group in found for value in group):
            category(label, [["" if one is None else str(one) for one in group] for group in found], {}, name.upper())
    for factor in w.findings.protocol.strata:
        levels = {level.id: level.label for level in factor.levels}
        values = [[dict(row.strata).get(factor.id, "") for row in group] for group in by_group]
        category(w.say("stratum", factor=factor.label), values, levels, f"STRAT.{factor.id}")
    columns = [w.say("characteristic"), *w.group_columns, *([w.say("std_difference")] if has_difference else [])]
    notes = [w.say("baseline_note"), *([w.say("std_difference_note")] if has_difference else [])]
    if has_difference and any(row.cells[-1] == MISSING for row in rows):
        notes.append(w.say("std_difference_none"))
    table = Table("baseline", w.say("baseline_title"), columns, rows, notes)
    return Section("baseline", w.say("baseline"), [table])


def _labels(w: Writer, item: object) -> dict[str, str]:
    options = {option.id: option.label for option in getattr(item, "options", ())}
    return options or {"Y": w.say("yes"), "N": w.say("no")}


def deviations(w: Writer) -> Section:
    """Protocol deviations by grade and criterion."""
    split = w.findings.split
    found = Counter((grade, criterion, split.of(arm)) for _, arm, grade, criterion in w.findings.deviations)
    if not found:
        return Section("deviations", w.say("deviations"), [Text(w.say("no_deviations"))])
    kinds = sorted({(grade, criterion) for grade, criterion, _ in found})
    rows = [
        plain(
            w.say(f"grade_{grade}"), criterion or w.say("other"),
            *(
                w.number_of(
                    found[grade, criterion, group.id], of="deviations", tag=f"deviation:{grade}:{criterion}",
                    group=group.id,
                )
                for group in split.groups
            ),
        )
        for grade, criterion in kinds
    ]  # fmt: skip
    columns = [w.say("grade"), w.say("criterion"), *w.group_columns]
    return Section("deviations", w.say("deviations"), [Table("deviations", w.say("deviations_title"), columns, rows)])
