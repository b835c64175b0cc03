"""An analysis as a figure to print, as data the page's script explores, and as rows of a file."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from equipoise.analysis.adverse_events import TermCounts
from equipoise.analysis.questionnaire_weeks import weeks_of
from equipoise.analysis.workspace import Adverse, Between, Changes, Incidences, Responses, Survival
from equipoise.kernel.errors import EstimationError
from equipoise.reports.figures import NamedCurve, Words, kaplan_meier_figure
from equipoise.reports.interval_figure import NamedInterval, interval_figure, spans
from equipoise.reports.outcome_figures import NamedIncidence, NamedMeans, change_figure, incidence_figure
from equipoise.reports.rate_figures import NamedRate, TermBar, rates_figure, terms_figure
from equipoise.statistics.estimate import present
from equipoise.web.choosing import Asked, scale_name, stamp_line

TERMS_DRAWN = 16
"""Of adverse events in the figure, the most frequent terms; the table has them all."""
Row = list[Any]


def picture(one: Asked) -> bytes:
    """The figure as SVG, stamped. Raises EstimationError where there is no estimate."""
    found, stamp, labels = one.analysed.result, stamp_line(one.cut), one.arm_labels
    months = _("Months since randomization")
    if isinstance(found, EstimationError):
        raise found
    match found:
        case Survival():
            drawn = [
                NamedCurve(f"{labels[group.id]} ({group.events}/{group.n})", group.curve, place)
                for place, group in enumerate(found.estimate.groups)
            ]
            return kaplan_meier_figure(drawn, Words(months, one.endpoint.label, _("At risk"), stamp))
        case Incidences():
            curves = [
                NamedIncidence(f"{labels[group.group]} ({group.events}/{group.n})", group.curve, place)
                for place, group in enumerate(found.estimate.groups)
            ]
            return incidence_figure(curves, Words(months, measured(one), _("At risk"), stamp))
        case Between():
            bands = [
                NamedInterval(f"{labels[group.id]} ({group.events}/{group.n})", group.curve, place)
                for place, group in enumerate(found.found.groups)
            ]
            return interval_figure(bands, Words(months, one.endpoint.label, "", stamp))
        case Changes():
            return change_figure(_means(one, found), Words(_("Weeks since randomization"), measured(one), "", stamp))
        case Responses():
            return rates_figure(_rates(one, found), _groups(one), Words(_("Participants, %"), "", "", stamp))
        case Adverse():
            words = Words(_("Participants with the event, %"), "", "", stamp)
            return terms_figure(_bars(found), _groups(one), words, _("dark: grade 3 or more"))


def measured(one: Asked) -> str:
    """What is measured, in words: the endpoint, and the scale or unit chosen."""
    what, _colon, scale = one.choice.measure.partition(":")
    match what:
        case "change":
            return _("%(scale)s, mean change from baseline") % {"scale": scale_name(scale)}
        case "deterioration":
            return _("%(scale)s, lasting deterioration") % {"scale": scale_name(scale)}
        case "worse" if scale:
            return _("%(scale)s, deterioration or death") % {"scale": scale_name(scale)}
        case "participant":
            return _("%(endpoint)s: cumulative incidence of failure, per participant") % {
                "endpoint": one.endpoint.label
            }
        case "lesion":
            return _("%(endpoint)s: cumulative incidence of failure, per lesion") % {"endpoint": one.endpoint.label}
    return one.endpoint.label


def live(one: Asked) -> dict[str, Any] | None:
    """What the page's script draws: curves by steps, or means by visit; None where the figure is a picture only."""
    found, labels = one.analysed.result, one.arm_labels
    match found:
        case Survival():
            curves = [
                _curve(group.id, labels[group.id], group.n, group.events, group.curve, group.curve.surv)
                for group in found.estimate.groups
            ]
            return {"kind": "survival", "axis": _("Free of the event"), "curves": curves}
        case Incidences():
            curves = [
                _curve(group.group, labels[group.group], group.n, group.events, group.curve, group.curve.incidence)
                for group in found.estimate.groups
            ]
            return {"kind": "incidence", "axis": _("Cumulative incidence"), "curves": curves}
        case Between():
            curves = [_band(group, labels[group.id]) for group in found.found.groups]
            return {"kind": "intervals", "axis": _("Free of the event"), "curves": curves}
        case Changes():
            weeks = weeks_of(one.protocol)
            lines = [
                {
                    "id": group.id, "label": labels[group.id],
                    "time": [weeks.get(change.number, change.number) for change in found.found],
                    "visit": [change.number for change in found.found],
                    "n": [change.n[place] for change in found.found],
                    "value": [change.mean[place].value for change in found.found],
                    "lower": [change.mean[place].lower for change in found.found],
                    "upper": [change.mean[place].upper for change in found.found],
                }
                for place, group in enumerate(one.analysed.split.groups)
            ]  # fmt: skip
            return {"kind": "means", "axis": _("Mean change from baseline"), "curves": lines}
    return None


def _band(group: Any, label: str) -> dict[str, Any]:
    ends, least, most = (column.tolist() for column in spans(group.curve))
    zeros = [0] * len(ends)
    return {
        "id": group.id, "label": label, "n": group.n, "events_in_all": group.events, "time": ends, "value": most,
        "lower": least, "upper": most, "at_risk": zeros, "events": zeros, "censored": zeros,
    }  # fmt: skip


def _curve(id_: str, label: str, n: int, events: int, curve: Any, values: Any) -> dict[str, Any]:
    columns = {"time": curve.time, "at_risk": curve.n_risk, "events": curve.n_event, "censored": curve.n_censor,
               "value": values, "lower": curve.lower, "upper": curve.upper}  # fmt: skip
    named = {name: [present(value) for value in column] for name, column in columns.items()}
    return {"id": id_, "label": label, "n": n, "events_in_all": events} | named


def table(one: Asked) -> tuple[list[str], list[Row]]:
    """The data of the figure: a header and rows, unrounded. Raises EstimationError where there is no estimate."""
    found = one.analysed.result
    if isinstance(found, EstimationError):
        raise found
    match found:
        case Survival():
            names = ["group", "time_months", "at_risk", "events", "censored", "survival", "std_err", "lower", "upper"]
            return names, [
                [group.id, *row]
                for group in found.estimate.groups
                for row in _columns(group.curve, "n_event", "n_censor", "surv", "std_err")
            ]
        case Incidences():
            names = ["group", "time_months", "at_risk", "events", "competing", "censored", "incidence", "std_err",
                     "lower", "upper"]  # fmt: skip
            return names, [
                [group.group, *row]
                for group in found.estimate.groups
                for row in _columns(group.curve, "n_event", "n_competing", "n_censor", "incidence", "std_err")
            ]
        case Between():
            return ["group", "time_months", "least_survival", "most_survival"], [
                [group.id, *row]
                for group in found.found.groups
                for row in zip(*(column.tolist() for column in spans(group.curve)), strict=True)
            ]
        case Changes():
            weeks, groups = weeks_of(one.protocol), one.analysed.split.groups
            return ["group", "scale", "visit", "week", "n", "mean_change", "std_err", "lower", "upper"], [
                [group.id, found.scale, change.number, weeks.get(change.number), change.n[place], mean.value,
                 mean.std_err, mean.lower, mean.upper]
                for place, group in enumerate(groups) for change in found.found for mean in [change.mean[place]]
            ]  # fmt: skip
        case Responses():
            return ["group", "outcome", "n", "of", "proportion", "lower", "upper", "method"], [
                [rate.group, name, count, rate.n, each.value, each.lower, each.upper, each.method]
                for rate in found.rates
                for name, each, count in (
                    ("response", rate.response, round((rate.response.value or 0) * rate.n)),
                    ("disease control", rate.control, round((rate.control.value or 0) * rate.n)),
                )
            ] + [[rate.group, code, n, rate.n, n / rate.n, None, None, ""]
                 for rate in found.rates for code, n in rate.counts.items()]  # fmt: skip
        case Adverse():
            groups = one.analysed.split.groups
            names = ["group", "system", "term", "n", "of", "any_grade", "grade_3_or_more",
                     *(f"worst_grade_{grade}" for grade in range(1, 6))]  # fmt: skip
            return names, [
                [group.id, line.system, line.term, line.any_grade[place], found.found.n[place], line.any_grade[place],
                 line.severe[place], *line.by_grade[place]]
                for line in (*found.found.kinds.values(), *found.found.terms) for place, group in enumerate(groups)
            ]  # fmt: skip


def _columns(curve: Any, *names: str) -> list[tuple[float | None, ...]]:
    columns = [curve.time, curve.n_risk, *(getattr(curve, name) for name in names), curve.lower, curve.upper]
    return [tuple(present(value) for value in row) for row in zip(*columns, strict=True)]


def _groups(one: Asked) -> list[str]:
    return [one.arm_labels[group.id] for group in one.analysed.split.groups]


def _means(one: Asked, found: Changes) -> list[NamedMeans]:
    weeks, lines = weeks_of(one.protocol), []
    for place, group in enumerate(one.analysed.split.groups):
        held = [(float(weeks.get(each.number, each.number)), each.mean[place]) for each in found.found]
        known = [(week, mean) for week, mean in held if mean.value is not None]
        if known:
            lines.append(
                NamedMeans(
                    one.arm_labels[group.id],
                    tuple(week for week, _mean in known),
                    tuple(mean.value or 0.0 for _week, mean in known),
                    tuple(_or(mean.lower, mean.value) for _week, mean in known),
                    tuple(_or(mean.upper, mean.value) for _week, mean in known),
                    place,
                )
            )
    return lines


def _or(limit: float | None, value: float | None) -> float:
    return limit if limit is not None else value or 0.0


def _rates(one: Asked, found: Responses) -> list[NamedRate]:
    place = {group.id: index for index, group in enumerate(one.analysed.split.groups)}
    lines = ((_("Response (CR or PR)"), "response"), (_("Disease control"), "control"))
    rates = []
    for label, name in lines:
        for rate in found.rates:
            each = getattr(rate, name)
            count = int(np.rint((each.value or 0.0) * rate.n))
            rates.append(NamedRate(label, place[rate.group], each, f"{count}/{rate.n}"))
    return rates


def _bars(found: Adverse) -> list[TermBar]:
    def share(counts: Sequence[int]) -> tuple[float, ...]:
        return tuple(100 * count / n if n else 0.0 for count, n in zip(counts, found.found.n, strict=True))

    drawn: Sequence[TermCounts] = found.found.terms[:TERMS_DRAWN]
    return [TermBar(line.term, share(line.any_grade), share(line.severe)) for line in drawn]
