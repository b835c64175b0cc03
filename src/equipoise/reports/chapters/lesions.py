"""Residual lesions and response: cumulative incidence of failure, best response, depth and course."""

from collections.abc import Sequence

from equipoise.analysis.competing import CompetingEstimate
from equipoise.analysis.datasets.adrs import Response
from equipoise.analysis.failure_patterns import PATTERNS
from equipoise.analysis.response_rates import ResponseDifference, ResponseRate
from equipoise.kernel.errors import EstimationError
from equipoise.reports.document import Block, Figure, Row, Section, Table, Text
from equipoise.reports.figures import Words
from equipoise.reports.lesion_figures import Participant, swimmer_figure, waterfall_figure
from equipoise.reports.outcome_figures import NamedIncidence, incidence_figure
from equipoise.reports.writing import MISSING, Writer, heading, indented, plain, sized

LANDMARKS = (6.0, 12.0, 24.0)
BEST = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND", "MISSING")


def control(w: Writer) -> Section | None:
    """Control of the residual lesions frozen at randomization."""
    found = w.findings.control
    if found is None:
        return None
    label = found.endpoint.label
    if isinstance(found.participants, EstimationError):
        text = w.say("sentence_reason", endpoint=label, reason=w.error(found.participants))
        return Section("lesions", label, [Text(text)])
    people = found.participants
    curves = [
        NamedIncidence(f"{one.label} ({one.events}/{one.n})", one.curve, n) for n, one in enumerate(people.groups)
    ]
    words = Words(w.say("months_axis"), w.say("incidence_axis"), w.say("at_risk"), w.stamp_line)
    alt = w.say("incidence_alt", groups="; ".join(f"{one.label}: {one.events}/{one.n}" for one in people.groups))
    rows = incidence_rows(w, people, endpoint=found.endpoint.id, measure="participant")
    notes = [w.say("control_note"), w.say("intervals_note")]
    if not isinstance(found.lesions, EstimationError):
        width = len(people.groups) + 1
        rows.append(heading(w.say("per_lesion"), width))
        by_group = {one.group: one for one in found.lesions.groups}
        rows.append(
            indented(
                w.say("lesions_failed"),
                *(
                    w.share(
                        by_group[one.group].events,
                        by_group[one.group].n,
                        endpoint=found.endpoint.id,
                        measure="lesion",
                        tag="event",
                        group=one.group,
                    )
                    for one in people.groups
                ),
            )
        )
        for contrast in found.lesions.contrasts:
            rows.append(_wide(w.say("cause_specific_clustered"), w.estimate(contrast.cause_specific, 2), width))
            rows.append(_wide(w.say("fine_gray_clustered"), w.estimate(contrast.fine_gray, 2), width))
            weighted = found.weighted.get(contrast.arm)
            if weighted is not None:
                rows.append(_wide(w.say("participant_weighted"), w.estimate(weighted, 2), width))
    columns = ["", *(sized(one.label, one.n) for one in people.groups)]
    figure_notes = [w.say("incidence_note")]
    if len(people.groups) > 1:
        rows_at_risk = "; ".join(f"{place}. {one.label}" for place, one in enumerate(people.groups, start=1))
        figure_notes.append(w.say("at_risk_rows", rows=rows_at_risk))
    return Section(
        "lesions", label,
        [
            Text(w.say("control_text")),
            Figure("lesion-failure", w.say("incidence_title"), alt, incidence_figure(curves, words).decode(),
                   figure_notes),
            Table("lesion-control", w.say("control_title"), columns, rows, notes),
            *_patterns(w),
        ],
    )  # fmt: skip


def _patterns(w: Writer) -> list[Table]:
    """Where the disease progressed first."""
    found = w.findings.patterns
    if not found:
        return []
    order = [group.id for group in w.findings.split.groups]
    rows = [
        plain(
            w.say(f"pattern_{kind}"),
            *(
                w.share(
                    found[group][kind], sum(found[group].values()), of="patterns", tag=f"pattern:{kind}", group=group
                )
                for group in order
            ),
        )
        for kind in PATTERNS
        if any(found[group][kind] for group in order)
    ]
    return [Table("patterns", w.say("patterns_title"), ["", *w.group_columns], rows)] if rows else []


def incidence_rows(w: Writer, found: CompetingEstimate, **behind: str) -> list[Row]:
    """Counts, cumulative incidence at landmarks, and comparisons of an endpoint with competing risks.

    `behind` names the endpoint and measure whose rows the counts count.
    """
    width = len(found.groups) + 1
    rows = [
        plain(w.say("failed"), *(w.share(g.events, g.n, **behind, tag="event", group=g.group) for g in found.groups)),
        plain(
            w.say("died_first"),
            *(w.share(g.competing, g.n, **behind, tag="competing", group=g.group) for g in found.groups),
        ),
    ]
    for month in LANDMARKS:
        at = [one.curve.at([month])[0] for one in found.groups]
        if any(each.value is not None for each in at):
            rows.append(plain(w.say("incidence_at", month=f"{month:g}"), *(w.estimate(each, 0, 100) for each in at)))
    for contrast in found.contrasts:
        rows.append(heading(w.say("versus", arm=w.label(contrast.arm), control=w.label(contrast.control)), width))
        test = contrast.gray
        says = MISSING if test.chisq is None else w.say("chisq_p", chisq=w.number(test.chisq, 2), p=w.p(test.p))
        rows.append(_wide(w.say("gray"), says, width))
        rows.append(_wide(w.say("cause_specific"), w.estimate(contrast.cause_specific, 2), width))
        rows.append(_wide(w.say("fine_gray"), w.estimate(contrast.fine_gray, 2), width))
    return rows


def _wide(label: str, text: str, width: int) -> Row:
    return indented(label, text, *("" for _ in range(width - 2)))


def response(w: Writer) -> Section:
    """Best overall response; depth and course of the disease."""
    blocks: list[Block] = []
    if w.findings.responses[0]:
        blocks.append(_rates(w, "response", w.say("response_title"), w.findings.responses, w.say("response_note")))
        blocks += _durations(w, confirmed=False)
    if w.findings.confirmed_responses[0]:
        days = next(one.confirm_days for one in w.findings.protocol.endpoints if one.confirmed)
        title = w.say("confirmed_title", days=days)
        blocks.append(_rates(w, "confirmed", title, w.findings.confirmed_responses, w.say("confirmed_note")))
        blocks += _durations(w, confirmed=True)
    groups = [group.label for group in w.findings.split.groups] if w.findings.split.by_arm is not None else []
    order = [group.id for group in w.findings.split.groups]
    best = {row.usubjid: row.avalc for row in w.findings.assessments if row.paramcd == "BOR"}
    changes = [
        Participant(one.subject, best=one.percent, group=order.index(w.findings.split.of(one.arm)))
        for one in w.findings.tumours
    ]
    swimmers = _swimmers(w, order)
    if swimmers and best:
        words = Words(w.say("months_axis"), "", "", w.stamp_line)
        labels = [(kind, w.say(f"mark_{kind}")) for kind in ("CR", "PR", "PD", "death")]
        blocks.append(
            Figure("swimmer", w.say("swimmer_title"), w.say("swimmer_alt", n=len(swimmers)),
                   swimmer_figure(swimmers, words, labels, groups).decode(), [w.say("swimmer_note")])
        )  # fmt: skip
    if changes:
        words = Words(w.say("participants_axis"), w.say("change_axis"), "", w.stamp_line)
        blocks.append(
            Figure("waterfall", w.say("waterfall_title"), w.say("waterfall_alt", n=len(changes)),
                   waterfall_figure(changes, words, groups).decode(), [w.say("waterfall_note", n=len(changes))])
        )  # fmt: skip
    return Section("response", w.say("response"), blocks)


def _rates(
    w: Writer, name: str, title: str, found: tuple[Sequence[ResponseRate], Sequence[ResponseDifference]], note: str
) -> Table:
    """How many of each best response, the rates and their difference."""
    rates, differences = found
    codes = [code for code in BEST if any(code in one.counts for one in rates)]
    behind = {"endpoint": _endpoint(w, confirmed=name == "confirmed")}
    rows = [
        plain(
            w.say(f"best_{code}"),
            *(w.share(one.counts.get(code, 0), one.n, **behind, tag=code, group=one.group) for one in rates),
        )
        for code in codes
    ]
    rows.append(plain(w.say("response_rate"), *(w.estimate(one.response, 0, 100) for one in rates)))
    rows.append(plain(w.say("control_rate"), *(w.estimate(one.control, 0, 100) for one in rates)))
    for one in differences:
        label = w.say("rate_difference", arm=w.label(one.arm), control=w.label(w.findings.split.control))
        rows.append(plain(label, w.estimate(one.difference, 0, 100), *("" for _ in range(len(rates) - 1))))
    columns = ["", *(sized(w.label(one.group), one.n) for one in rates)]
    return Table(name, title, columns, rows, [note])


def _durations(w: Writer, *, confirmed: bool) -> list[Table]:
    """How long responses lasted, among those who responded; nothing where the plan does not ask, or nobody did."""
    found = w.findings.durations.get(confirmed, ())
    if not any(one.n for one in found):
        return []
    of = "confirmed_durations" if confirmed else "durations"
    rows = [
        plain(w.say("responders"), *(w.number_of(one.n, of=of, group=one.group) for one in found)),
        plain(w.say("response_ended"), *(w.share(one.events, one.n, of=of, tag="event", group=one.group)
                                         for one in found)),
        plain(w.say("median_months"), *(w.estimate(one.median) for one in found)),
    ]  # fmt: skip
    title = w.say("confirmed_durations_title" if confirmed else "durations_title")
    notes = [w.say("durations_note")]
    if not all(one.n for one in found):
        notes.append(w.message(next(one.median.reason for one in found if not one.n)))
    return [Table(of, title, ["", *w.group_columns], rows, notes)]


def _endpoint(w: Writer, *, confirmed: bool) -> str:
    """The endpoint of the plan that is the best response, confirmed or not; '' where there is none."""
    held = [one.id for one in w.findings.protocol.endpoints if one.kind == "response" and one.confirmed == confirmed]
    return next(iter(held), "")


def _swimmers(w: Writer, order: list[str]) -> list[Participant]:
    """Everyone's course in months: first response, progression, death, or still followed."""
    assessments: dict[str, list[Response]] = {}
    for row in w.findings.assessments:
        if row.paramcd == "OVR":
            assessments.setdefault(row.usubjid, []).append(row)
    primary = {row.subject: row for one in w.findings.times for row in one.rows if one.endpoint.rank == "primary"}
    found = []
    for subject in w.findings.randomized:
        events: list[tuple[str, float]] = []
        for code in ("CR", "PR"):
            first = min(
                (row.ady for row in assessments.get(subject.usubjid, ()) if row.avalc == code and row.ady), default=0
            )
            if first:
                events.append((code, first / 30.4375))
        timed = primary.get(subject.subjid)
        if timed is not None and timed.time.is_event and timed.time.description == "Progression":
            events.append(("PD", timed.months))
        end = subject.dthdt or subject.lstalvdt
        if end is None or subject.randdt is None:
            continue
        # Without leave nobody is named: whoever knows arms of single participants must not sum their outcomes up.
        name = subject.subjid if w.findings.split.by_arm is not None else ""
        until = max(((end - subject.randdt).days + 1) / 30.4375, *(month for _, month in events), 0.0)
        events.append(("death" if subject.dthdt else "ongoing", until))
        found.append(
            Participant(name, group=order.index(w.findings.split.of(subject.armcd)), until=until, events=tuple(events))
        )
    return found
