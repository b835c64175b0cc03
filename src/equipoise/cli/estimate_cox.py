"""`equipoise estimate cox`: a Cox model of numeric covariates."""

import click
import numpy as np

from equipoise.cli import estimate_options as option
from equipoise.cli.estimate_json import Document, emit, hazard_ratio, number, numbers, tested
from equipoise.cli.estimate_print import cox_text
from equipoise.cli.estimate_rows import Rows, coded, read_rows, read_weights, sorted_levels, strata_codes
from equipoise.statistics.concordance import concordance_of
from equipoise.statistics.cox import CoxFit, cox
from equipoise.statistics.errors import NoEstimate
from equipoise.statistics.proportional_hazards import proportional_hazards


@click.command("cox", cls=option.ColumnsCommand)
@option.options(option.data, option.time, option.event)
@click.option("--covariates", required=True, multiple=True, metavar="X ...", help="Numeric columns.")
@option.options(option.strata, option.entry, option.ties, option.cluster)
@option.options(option.case_weights)
@click.option("--profile", is_flag=True, help="Add profile-likelihood intervals.")
@option.options(option.subject, option.as_json)
def cox_command(
    data: str, time: str, event: str, covariates: tuple[str, ...], strata: tuple[str, ...], entry: str | None,
    ties: str, cluster: str | None, case_weights: str | None, profile: bool, subject: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Fit a Cox proportional-hazards model."""
    rows = read_rows(data, time, event, entry=entry, subject=subject)
    for column in covariates:
        rows.number(f"x {column}", column)
    for column in strata:
        rows.label(f"strata {column}", column)
    if cluster is not None:
        rows.label("cluster", cluster)
    if case_weights is not None:
        rows.number("case weights", case_weights)
    stratum, stratum_names = strata_codes(rows, strata)
    x = np.column_stack([rows.array(f"x {column}") for column in covariates])
    groups = coded(rows.texts("cluster"), sorted_levels(rows.texts("cluster"))) if cluster is not None else None
    weights = read_weights(rows, case_weights)
    exact = ties == "exact"
    fit = cox(
        rows.array("time"), rows.array("event"), x, strata=stratum, ties=ties, names=covariates,
        entry=rows.array("entry") if entry is not None else None, weights=weights,
        cluster=groups, robust=not exact, stratum_names=stratum_names or None,
    )  # fmt: skip
    emit(_cox_document(fit, rows, groups, cluster, profile, time, event), as_json, cox_text)


def _cox_document(
    fit: CoxFit, rows: Rows, groups: np.ndarray | None, cluster: str | None, profile: bool, time: str, event: str
) -> Document:
    model = fit.with_variance(fit.naive_variance)
    shown = fit if cluster is not None else model
    each = [hazard_ratio(shown, index) for index in range(len(fit.coef))]
    pairs = concordance_of(fit.data, fit.linear_predictor, fit.strata, groups)
    document: Document = {
        "n": fit.n, "events": fit.events, **rows.left_out({"time": time, "event": event}),
        "covariates": list(fit.names), "ties": fit.ties, "coef": numbers(fit.coef), "se": numbers(model.std_err),
        "robust_se": numbers(fit.std_err) if fit.ties != "exact" else [None] * len(fit.coef),
        **{name: [one[name] for one in each] for name in ("hr", "lower", "upper", "z", "p")},
        "interval": "robust" if cluster is not None else "model",
        "loglik": list(fit.loglik), "df": len(fit.coef),
        "score": number(fit.score.chisq), "wald": number(model.wald.chisq), "lr": number(fit.lr.chisq),
        "p_score": number(fit.score.p), "p_wald": number(model.wald.p), "p_lr": number(fit.lr.p),
        "robust_wald": number(fit.wald.chisq) if fit.ties != "exact" else None,
        "concordance": number(pairs.estimate.value), "concordance_se": number(pairs.estimate.std_err),
        "iterations": fit.iterations, "silent_strata": [str(reason) for reason in fit.silent],
    }  # fmt: skip
    if fit.ties == "exact":
        document["reason"] = str(NoEstimate("statistics.robust_exact"))
    else:
        checked = proportional_hazards(fit)
        document["proportional_hazards"] = {
            "tests": [tested(test) for test in checked.tests], "overall": tested(checked.overall),
        }  # fmt: skip
    if profile:
        from equipoise.statistics.profile_likelihood import profile_interval

        limits = [profile_interval(fit, index) for index in range(len(fit.coef))]
        document["profile"] = {
            "lower": [_exp(limit.lower) for limit in limits], "upper": [_exp(limit.upper) for limit in limits],
            "reason": [None if limit.reason is None else str(limit.reason) for limit in limits],
        }  # fmt: skip
    return document


def _exp(value: float | None) -> float | None:
    return None if value is None else number(float(np.exp(value)))
