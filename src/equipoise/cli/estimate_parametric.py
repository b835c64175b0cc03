"""`equipoise estimate parametric`: accelerated failure time models, whose coefficients lengthen or shorten time."""

from statistics import NormalDist
from typing import get_args

import click
import numpy as np

from equipoise.cli import estimate_options as option
from equipoise.cli.estimate_json import Document, emit, number, numbers
from equipoise.cli.estimate_print import parametric_text
from equipoise.cli.estimate_rows import arm_levels, coded, read_rows
from equipoise.kernel.errors import InputError
from equipoise.statistics.errors import TooFewArms, TooFewEvents
from equipoise.statistics.normal import normal_cdf
from equipoise.statistics.parametric import Distribution, ParametricFit, parametric_survival


@click.command(cls=option.ColumnsCommand)
@option.options(option.data, option.time, option.event)
@click.option("--arm", metavar="A", help="Column of arms: each against control.")
@option.options(option.control)
@click.option("--covariates", multiple=True, metavar="X ...", help="Numeric columns.")
@click.option(
    "--distribution", type=click.Choice(get_args(Distribution)), default="weibull", show_default=True,
    help="Of the times to event.",
)  # fmt: skip
@option.options(option.level, option.subject, option.as_json)
def parametric(
    data: str, time: str, event: str, arm: str | None, control: str | None, covariates: tuple[str, ...],
    distribution: Distribution, level: float, subject: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Fit log T = x'b + scale W by maximum likelihood; a time ratio above 1 means a longer time to event."""
    confidence = option.confidence(level)
    if control is not None and arm is None:
        raise InputError("a control is named without arms", column="--control", seen=control, wanted="--arm beside it")
    rows = read_rows(data, time, event, subject=subject)
    if arm is not None:
        rows.label("arm", arm)
    for column in covariates:
        rows.number(f"x {column}", column)
    levels = arm_levels(rows.texts("arm"), control, arm, rows.table.file) if arm is not None else []
    if len(levels) == 1:
        raise TooFewArms("statistics.one_arm", arms=levels[0])
    columns = [rows.array(f"x {column}") for column in covariates]
    if arm is not None:
        codes = coded(rows.texts("arm"), levels)
        _refuse_eventless(levels, np.bincount(codes, rows.array("event"), len(levels)))
        columns = [*((codes == code).astype(float) for code in range(1, len(levels))), *columns]
    times = rows.array("time")
    rows.refuse(rows.numeric["time"] == 0, time, "the time is 0, whose logarithm does not exist", "a time above 0")
    names = [*(f"arm {one}" for one in levels[1:]), *covariates]
    fit = parametric_survival(
        times, rows.array("event"), np.column_stack(columns) if columns else None, distribution=distribution,
        names=names if columns else None,
    )  # fmt: skip
    document = _document(fit, confidence) | rows.left_out()
    emit(document | {"control": levels[0] if levels else None}, as_json, parametric_text)


def _refuse_eventless(levels: list[str], happened: np.ndarray) -> None:
    """Raise TooFewEvents for an arm without events beside one that has some; where none has, the fit itself says so."""
    for level, events in zip(levels, happened, strict=True):
        if happened.any() and not events:
            raise TooFewEvents("statistics.no_events_in_arm_time_ratio", arm=level)


def _document(fit: ParametricFit, level: float) -> Document:
    se = fit.std_err[: len(fit.coef)]
    half = NormalDist().inv_cdf(0.5 + level / 2) * se
    with np.errstate(over="ignore"):
        ratio, lower, upper = (np.exp(value) for value in (fit.coef, fit.coef - half, fit.coef + half))
    scaled = len(fit.variance) > len(fit.coef)
    return {
        "n": fit.n, "events": fit.events, "distribution": fit.distribution, "terms": list(fit.names),
        "coef": numbers(fit.coef), "se": numbers(se), "time_ratio": numbers(ratio), "lower": numbers(lower),
        "upper": numbers(upper), "level": level, "z": numbers(fit.coef / se),
        "p": [2 * normal_cdf(-abs(float(one))) for one in fit.coef / se], "scale": number(fit.scale),
        "se_log_scale": number(float(fit.std_err[-1])) if scaled else None, "loglik": list(fit.loglik),
        "aic": 2 * len(fit.variance) - 2 * fit.loglik[1],
        "variance": [numbers(row) for row in fit.variance],
    }  # fmt: skip
