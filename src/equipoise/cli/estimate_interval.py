"""`equipoise estimate interval`: times known only to lie between two looks, by arm and compared."""

import click
import numpy as np
import polars as pl

from equipoise.cli import estimate_options as option
from equipoise.cli.estimate_json import Document, emit, no_hazard_ratio, number, numbers, tested
from equipoise.cli.estimate_print import interval_text
from equipoise.cli.estimate_rows import Rows, arm_levels, coded, refuse_duplicates, strata_codes
from equipoise.cli.files import open_table
from equipoise.imports.tables import Table
from equipoise.statistics.errors import NoEstimate, TooFewEvents
from equipoise.statistics.interval_censored import Intervals, TurnbullCurve, intervals, turnbull
from equipoise.statistics.interval_hazards import interval_hazards

UNENDING = {"inf", "+inf", "infinity", "+infinity"}


@click.command(cls=option.ColumnsCommand)
@option.options(option.data)
@click.option(
    "--left", required=True, metavar="L", help="Column: last time known free of the event; empty or 0 if none."
)
@click.option("--right", required=True, metavar="R", help="Column: first time the event is known; empty or Inf if not.")
@option.options(option.arm, option.control, option.strata)
@click.option("--covariates", multiple=True, metavar="X ...", help="Numeric columns to adjust for.")
@option.options(option.subject, option.as_json)
def interval(
    data: str, left: str, right: str, arm: str, control: str | None, strata: tuple[str, ...],
    covariates: tuple[str, ...], subject: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Interval-censored times, (L, R]: Turnbull's curves, and proportional hazards with a free baseline."""
    rows = Rows(open_table(data))
    _read_ends(rows, left, right)
    rows.label("arm", arm)
    for column in strata:
        rows.label(f"strata {column}", column)
    for column in covariates:
        rows.number(f"x {column}", column)
    if subject is not None:
        refuse_duplicates(rows, subject, entry=False)
    levels = arm_levels(rows.texts("arm"), control, arm, rows.table.file)
    codes, (stratum, stratum_names) = coded(rows.texts("arm"), levels), strata_codes(rows, strata)
    found = intervals(rows.array("left"), rows.array("right"))
    adjust = np.column_stack([rows.array(f"x {column}") for column in covariates]) if covariates else None
    ratios = _ratios(found, codes, levels, stratum, adjust, covariates)
    document: Document = {
        "n": len(found), "events": int(found.is_event.sum()), "exact": int(found.is_exact.sum()),
        **rows.left_out(), "control": levels[0], "level": 0.95,
        "arms": [_arm(level, turnbull(found.of(codes == code))) for code, level in enumerate(levels)],
        "cox": ratios[0] if len(levels) == 2 else ratios,
        "strata": {"columns": list(strata), "n": len(stratum_names) or 1}, "covariates": list(covariates),
    }  # fmt: skip
    emit(document, as_json, interval_text)


def _read_ends(rows: Rows, left: str, right: str) -> None:
    """Both ends; one that is empty is open on its side, and a row without either is left out."""
    rows.time("left", left)
    texts = rows.table.texts(right)
    endless = np.array([text.lower() in UNENDING for text in texts], bool)
    own = rows.table.name(right)
    finite = rows.table.frame.with_columns(pl.when(pl.Series(endless)).then(None).otherwise(pl.col(own)).alias(own))
    rows.numeric["right"] = Table(finite, rows.table.file).numbers(right, missing=True)
    rows.columns["right"] = right
    rows.refuse(rows.numeric["right"] < 0, right, "the time is negative", "a time at or after 0")
    low, high = rows.numeric["left"], rows.numeric["right"]
    nothing = np.isnan(low) & np.isnan(high) & ~endless
    high[(np.isnan(high) | endless) & ~nothing] = np.inf
    low[np.isnan(low) & ~nothing] = 0.0
    rows.refuse(high < low, right, "the right end lies before the left one", "a time at or after the left end")


def _arm(level: str, found: TurnbullCurve) -> Document:
    median = found.median
    return {
        "arm": level, "n": found.n, "events": found.events, "exact": found.exact,
        "median": None if median is None else [number(end) for end in median],
        "left": numbers(found.left), "right": numbers(found.right), "mass": numbers(found.mass),
        "surv": numbers(found.surv), "loglik": number(found.loglik), "kuhn_tucker": number(found.violation),
    }  # fmt: skip


def _ratios(
    found: Intervals, codes: np.ndarray, levels: list[str], stratum: np.ndarray | None, adjust: np.ndarray | None,
    covariates: tuple[str, ...],
) -> list[Document]:  # fmt: skip
    """Each arm against control. An arm without events has no ratio; the others are as if it were not there."""
    happened = np.bincount(codes, found.is_event, len(levels))
    kept = [code for code in range(1, len(levels)) if happened[code]] if happened[0] else []
    fitted: dict[int, Document] = {}
    if kept:
        rows = np.isin(codes, [0, *kept])
        indicators = np.column_stack([codes[rows] == code for code in kept]).astype(float)
        x = indicators if adjust is None else np.column_stack([indicators, adjust[rows]])
        names = [*(f"arm {levels[code]}" for code in kept), *covariates]
        try:
            fit = interval_hazards(found.of(rows), x, strata=None if stratum is None else stratum[rows], names=names)
            for index, code in enumerate(kept):
                ratio, test = fit.hazard_ratio(index), fit.lr(index)
                fitted[code] = {
                    "coef": float(fit.coef[index]), "se": float(fit.std_err[index]), "hr": number(ratio.value),
                    "lower": number(ratio.lower), "upper": number(ratio.upper), "z": number(test.z),
                    "p": number(test.p), "p_one_sided": number(test.p_one_sided), "lr": tested(test),
                    "loglik": list(fit.loglik), "interval": "profile",
                } | ({"reason": str(ratio.reason)} if ratio.reason is not None else {})  # fmt: skip
        except NoEstimate as because:
            fitted = {code: no_hazard_ratio(because) for code in kept}
    shown = []
    for code in range(1, len(levels)):
        eventless = levels[code] if happened[0] else levels[0]
        nothing = TooFewEvents("statistics.no_events_in_arm", arm=eventless)
        shown.append({"arm": levels[code], "control": levels[0]} | fitted.get(code, no_hazard_ratio(nothing)))
    return shown
