"""The summary: what a reader takes away, in plain words, and the main results side by side."""

from decimal import Decimal

from equipoise.analysis.competing import Incidence
from equipoise.analysis.findings import Timed
from equipoise.analysis.survival import Contrast, EndpointEstimate, Group
from equipoise.kernel.errors import EstimationError
from equipoise.reports.document import Block, Row, Section, Table, Text
from equipoise.reports.writing import MISSING, Writer, plain
from equipoise.statistics.estimate import Estimate

LEVEL = 0.95
LANDMARK = 12.0
"""Months at which failures of residual lesions are told."""
KINDS = ("any", "serious", "pneumonitis_2")
"""Kinds of adverse events that are told: of any, those of grade 3 or worse."""


def summary(w: Writer, access: str) -> Section:
    """By what leave, the main endpoints in words, and the results at a glance."""
    blocks: list[Block] = [Text(access)]
    if not w.findings.randomized:
        return Section("summary", w.say("summary"), [*blocks, Text(w.say("glance_nobody"))])
    for one in w.findings.times:
        if one.endpoint.rank in ("primary", "secondary"):
            blocks.append(Text(_told(w, one)))
    rows = [*_times(w), *_lesions(w), *_responses(w), *_harms(w)]
    columns = ["", *w.group_columns, *_comparisons(w)]
    notes = [w.say("glance_note" if w.findings.split.experimental else "glance_note_pooled")]
    blocks.append(Table("glance", w.say("glance_title"), columns, rows, notes))
    return Section("summary", w.say("summary"), blocks)


def _told(w: Writer, one: Timed) -> str:
    """An endpoint in a few sentences: medians, the hazard ratio and what its interval allows, and the plan's test."""
    is_primary = one.endpoint.id == w.findings.protocol.analysis.primary
    label = w.say("glance_primary", endpoint=one.endpoint.label) if is_primary else one.endpoint.label
    if isinstance(one.estimate, EstimationError):
        return w.say("sentence_reason", endpoint=label, reason=w.error(one.estimate))
    groups = w.say("semicolon").join(_median(w, group, one.estimate) for group in one.estimate.groups)
    said = [w.say("glance_medians", endpoint=label, groups=groups)]
    for contrast in one.estimate.contrasts:
        said.append(_compared(w, contrast))
        if is_primary and contrast.logrank.p_one_sided is not None:
            said.append(_tested(w, one.estimate, contrast))
    return ("" if w.language.startswith("zh") else " ").join(said)


def _median(w: Writer, group: Group, found: EndpointEstimate) -> str:
    params = {"events": group.events, "n": group.n, "group": group.label}
    suffix = "" if found.by_arm is not None else "_pooled"
    if group.median.value is None:
        return w.say(f"glance_open{suffix}", **params)
    interval = w.limits(group.median)
    return w.say(f"glance_median{suffix}", median=w.number(group.median.value), limits=interval, **params)


def _compared(w: Writer, one: Contrast) -> str:
    """The hazard ratio, and in percent how much lower or higher the hazard may be."""
    ratio = _ratio(one)
    if ratio is None or ratio.value is None:
        arms = {"arm": w.label(one.arm), "control": w.label(one.control)}
        return w.say("sentence_no_ratio", **arms, reason=w.message(one.reason) or MISSING)
    said = w.say(
        "glance_ratio", ratio=w.number(ratio.value, 2), limits=w.limits(ratio, 2), arm=w.label(one.arm),
        change=_change(w, ratio.value), level=f"{ratio.level:.0%}",
    )  # fmt: skip
    if ratio.lower is None or ratio.upper is None:
        return said + w.say("glance_no_reach")
    return said + w.say("glance_reach", low=_change(w, ratio.lower), high=_change(w, ratio.upper))


def _change(w: Writer, ratio: float) -> str:
    """A hazard ratio as a change in percent."""
    percent = w.number(abs(ratio - 1) * 100, 0)
    if percent == "0":
        return w.say("glance_unchanged")
    return w.say("glance_lower" if ratio < 1 else "glance_higher", percent=percent)


def _tested(w: Writer, found: EndpointEstimate, one: Contrast) -> str:
    plan = w.findings.protocol.analysis
    return w.say(
        "glance_test", p=w.p(one.logrank.p_one_sided), alpha=_plain(plan.alpha), target=plan.target_events,
        events=found.events, sides=w.say("one_sided" if plan.sides == 1 else "two_sided"),
    )  # fmt: skip


def _plain(value: Decimal) -> str:
    return f"{value:f}"


def _ratio(one: Contrast) -> Estimate | None:
    """The hazard ratio with its 95 % limits, else with those the plan asks for."""
    return next((each for each in one.ratios if each.level == LEVEL), one.ratios[0] if one.ratios else None)


def _comparisons(w: Writer) -> list[str]:
    arms = w.findings.split.experimental
    return [w.say("comparison_of", arm=arm.label) if len(arms) > 1 else w.say("comparison") for arm in arms]


def _row(w: Writer, label: str, cells: dict[str, str], compared: dict[str, str]) -> Row:
    """A row: a cell for each group, and one for each experimental arm against control."""
    split = w.findings.split
    return plain(
        label, *(cells.get(group.id, MISSING) for group in split.groups),
        *(compared.get(arm.id, "") for arm in split.experimental),
    )  # fmt: skip


def _times(w: Writer) -> list[Row]:
    rows = []
    for one in w.findings.times:
        if one.endpoint.rank not in ("primary", "secondary") or isinstance(one.estimate, EstimationError):
            continue
        ratios = {each.arm: ratio for each in one.estimate.contrasts if (ratio := _ratio(each)) is not None}
        rows.append(
            _row(
                w, w.say("glance_median_row", endpoint=one.endpoint.label),
                {group.id: w.estimate(group.median) for group in one.estimate.groups},
                {arm: _hazard(w, ratio) for arm, ratio in ratios.items()},
            )
        )  # fmt: skip
    return rows


def _lesions(w: Writer) -> list[Row]:
    control = w.findings.control
    if control is None or isinstance(control.participants, EstimationError):
        return []
    found = control.participants
    return [
        _row(
            w, w.say("glance_lesions", month=f"{LANDMARK:g}"), {one.group: _incidence(w, one) for one in found.groups},
            {one.arm: _hazard(w, one.cause_specific) for one in found.contrasts},
        )
    ]  # fmt: skip


def _incidence(w: Writer, one: Incidence) -> str:
    return w.estimate(one.curve.at([LANDMARK])[0], 0, 100)


def _hazard(w: Writer, ratio: Estimate) -> str:
    return MISSING if ratio.value is None else w.say("glance_hazard", ratio=w.estimate(ratio, 2))


def _responses(w: Writer) -> list[Row]:
    rates, differences = w.findings.responses
    if not rates:
        return []
    return [
        _row(
            w, w.say("response_rate"), {one.group: w.estimate(one.response, 0, 100) for one in rates},
            {one.arm: w.say("glance_points", points=w.estimate(one.difference, 0, 100)) for one in differences},
        )
    ]  # fmt: skip


def _harms(w: Writer) -> list[Row]:
    safety, groups = w.findings.safety, w.findings.split.groups
    rows = []
    for kind in KINDS:
        counts = safety.kinds[kind].severe if kind == "any" else safety.kinds[kind].any_grade
        tag = f"kind:{kind}:severe" if kind == "any" else f"kind:{kind}"
        cells = {
            group.id: w.share(count, size, endpoint=w.endpoint_of("adverse_events"), tag=tag, group=group.id)
            for group, count, size in zip(groups, counts, safety.n, strict=True)
            if size
        }
        rows.append(_row(w, w.say(f"glance_{kind}"), cells, {}))
    return rows if sum(safety.n) else []
