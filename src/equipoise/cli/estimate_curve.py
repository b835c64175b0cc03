"""`equipoise estimate curve` and `rmst`: Kaplan-Meier curves and the area under them."""

import click
import numpy as np

from equipoise.cli import estimate_options as option
from equipoise.cli.estimate_json import Document, counts, emit, interval, number, numbers
from equipoise.cli.estimate_print import curve_frame, curve_text, rmst_text
from equipoise.cli.estimate_rows import Rows, arm_levels, coded, read_rows, read_weights, sorted_levels
from equipoise.cli.files import write_table
from equipoise.kernel.errors import InputError
from equipoise.statistics.errors import TooFewArms, TooFewEvents
from equipoise.statistics.rmst import Contrast, restricted_mean, restricted_means
from equipoise.statistics.survival import Method, SurvivalCurve, kaplan_meier, kaplan_meier_by_arm


@click.command(cls=option.ColumnsCommand)
@option.options(option.data, option.time, option.event)
@click.option("--arm", metavar="A", help="Column of arms: one curve each.")
@option.options(option.entry, option.case_weights, option.conf, option.cluster)
@click.option(
    "--method",
    type=click.Choice(["kaplan-meier", "nelson-aalen", "fleming-harrington"]),
    default="kaplan-meier",
    show_default=True,
    help="The estimator; the others are exp(-H), with tied events together or one after another.",
)
@click.option("--robust", is_flag=True, help="Standard errors by the infinitesimal jackknife; implied by --cluster.")
@click.option("--at", metavar="T,T", help="Survival at these times as well: 12,24")
@click.option("-o", "out", metavar="OUT", help="Write the curves as CSV or Parquet.")
@option.options(option.subject, option.as_json)
def curve(
    data: str, time: str, event: str, arm: str | None, entry: str | None, case_weights: str | None, conf: str,
    cluster: str | None, method: Method, robust: bool, at: str | None, out: str | None, subject: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Kaplan-Meier curves: every distinct time, censorings included.

    Case weights count a row as so many participants: standard errors are Greenwood's of the weighted counts, unless
    --robust or --cluster asks for the jackknife's.
    """
    landmarks = option.times(at) if at is not None else None
    rows = read_rows(data, time, event, entry=entry, subject=subject)
    if arm is not None:
        rows.label("arm", arm)
    if case_weights is not None:
        rows.number("case weights", case_weights)
    if cluster is not None:
        rows.label("cluster", cluster)
    times, events = rows.array("time"), rows.array("event")
    entries = rows.array("entry") if entry is not None else None
    weights = read_weights(rows, case_weights)
    groups = coded(rows.texts("cluster"), sorted_levels(rows.texts("cluster"))) if cluster is not None else None
    levels: list[str | None] = [None] if arm is None else [*sorted_levels(rows.texts("arm"))]
    own = np.zeros(len(times), np.int64) if arm is None else coded(rows.texts("arm"), [str(one) for one in levels])
    found = [
        (level, kaplan_meier(
            times[own == code], events[own == code], entry=None if entries is None else entries[own == code],
            weights=None if weights is None else weights[own == code], scale=conf, method=method, robust=robust,
            cluster=None if groups is None else groups[own == code],
        ))
        for code, level in enumerate(levels)
    ]  # fmt: skip
    left = rows.left_out()
    document = [
        _curve_document(level, each)
        | {"method": method, "variance": "jackknife" if robust or cluster is not None else "greenwood"}
        | ({} if landmarks is None else {"landmarks": _landmarks(each, landmarks)})
        | left
        for level, each in found
    ]
    if out is not None:
        write_table(curve_frame(document), out)
    emit(document, as_json, curve_text)


def _curve_document(level: str | None, found: SurvivalCurve) -> Document:
    return {
        "arm": level, "n": found.n, "events": found.events, "time": numbers(found.time),
        "n_risk": counts(found.n_risk), "n_event": counts(found.n_event), "n_censor": counts(found.n_censor),
        "surv": numbers(found.surv), "std_err": numbers(found.std_err), "lower": numbers(found.lower),
        "upper": numbers(found.upper), "std_err_log": numbers(found.std_err_log), "cumhaz": numbers(found.cumhaz),
        "std_err_cumhaz": numbers(found.std_err_cumhaz), "conf": found.scale, "level": found.level,
    }  # fmt: skip


def _landmarks(found: SurvivalCurve, times: list[float]) -> list[Document]:
    """Survival at named times: at risk just before, events until then."""
    return [
        {"time": time, "n_risk": risk, "events": happened} | interval(each, "surv")
        for time, risk, happened, each in zip(
            times, counts(found.at_risk(times)), counts(found.events_by(times)), found.at(times), strict=True
        )
    ]


@click.command(cls=option.ColumnsCommand)
@option.options(option.data, option.time, option.event)
@click.option("--arm", metavar="A", help="Column of arms, to be compared; without it everybody together.")
@option.options(option.control)
@click.option("--tau", required=True, type=float, metavar="TAU", help="The horizon, named beforehand.")
@option.options(option.entry, option.subject, option.as_json)
def rmst(
    data: str, time: str, event: str, arm: str | None, control: str | None, tau: float, entry: str | None,
    subject: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Restricted mean survival to tau, by arm and compared. An unsupported tau is refused."""
    rows = read_rows(data, time, event, entry=entry, subject=subject)
    if arm is None:
        if control is not None:
            raise InputError("a control is named without arms", column="--control", seen=control, wanted="--arm too")
        emit(_of_everybody(rows, tau), as_json, rmst_text)
        return
    rows.label("arm", arm)
    levels = arm_levels(rows.texts("arm"), control, arm, rows.table.file)
    if len(levels) < 2:
        raise TooFewArms("statistics.one_arm", arms=", ".join(levels))
    times, events, codes = rows.array("time"), rows.array("event"), coded(rows.texts("arm"), levels)
    entries = rows.array("entry") if entry is not None else None
    if not events.any():
        raise TooFewEvents("statistics.no_events", n=len(events))
    curves = [
        each for each in kaplan_meier_by_arm(times, events, codes, len(levels), entry=entries) if each is not None
    ]
    pairs = [
        restricted_means(curves[0], other, tau, names=(levels[0], level))
        for level, other in zip(levels[1:], curves[1:], strict=True)
    ]
    means = [pairs[0].survival[0], *(pair.survival[1] for pair in pairs)]
    lost = [pairs[0].lost[0], *(pair.lost[1] for pair in pairs)]
    compared = [
        {"arm": level, "control": levels[0], "difference": _contrast(pair.difference), "ratio": _contrast(pair.ratio),
         "rmtl_ratio": _contrast(pair.lost_ratio)}
        for level, pair in zip(levels[1:], pairs, strict=True)
    ]  # fmt: skip
    document: Document = {
        "tau": tau, "n": len(times), "events": int(events.sum()),
        **rows.left_out(), "control": levels[0], "level": 0.95,
        "arms": [
            {"arm": level, "n": each.n, "events": each.events} | interval(mean, "rmst", rmtl=number(gone.value))
            for level, each, mean, gone in zip(levels, curves, means, lost, strict=True)
        ],
    }  # fmt: skip
    if len(levels) == 2:
        document |= {key: compared[0][key] for key in ("difference", "ratio", "rmtl_ratio")}
    else:
        document["comparisons"] = compared
        document["difference"] = [{"arm": each["arm"]} | each["difference"] for each in compared]
    emit(document, as_json, rmst_text)


def _of_everybody(rows: Rows, tau: float) -> Document:
    """The restricted mean of all participants together."""
    found = kaplan_meier(
        rows.array("time"), rows.array("event"), entry=rows.array("entry") if "entry" in rows.numeric else None
    )
    mean = restricted_mean(found, tau, name="the participants")
    lost = None if mean.value is None else tau - mean.value
    return {
        "tau": tau, "n": found.n, "events": found.events, **rows.left_out(), "level": mean.level,
        "arms": [{"arm": None, "n": found.n, "events": found.events} | interval(mean, "rmst", rmtl=number(lost))],
    }  # fmt: skip


def _contrast(found: Contrast) -> Document:
    return interval(found.estimate, "estimate", p=number(found.test.p), p_one_sided=number(found.test.p_one_sided))
