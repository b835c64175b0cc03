"""`equipoise estimate cox`: a Cox model of numeric covariates."""

import click
import numpy as np

from equipoise.cli import estimate_options as option
from equipoise.cli.estimate_json import Document, emit, hazard_ratio, number, numbers, tested
from equipoise.cli.estimate_print import cox_text
from equipoise.cli.estimate_rows import Rows, coded, read_rows, read_weights, sorted_levels, strata_codes
from equipoise.cli.files import write_table
from equipoise.imports.tables import Table
from equipoise.kernel.errors import InputError
from equipoise.statistics.concordance import concordance_of
from equipoise.statistics.cox import CoxFit, cox
from equipoise.statistics.cox_prediction import predicted_survival
from equipoise.statistics.cox_residuals import martingale_residuals
from equipoise.statistics.errors import NoEstimate
from equipoise.statistics.proportional_hazards import proportional_hazards


@click.command("cox", cls=option.ColumnsCommand)
@option.options(option.data, option.time, option.event)
@click.option("--covariates", required=True, multiple=True, metavar="X ...", help="Numeric columns.")
@option.options(option.strata, option.entry, option.ties, option.cluster)
@option.options(option.case_weights)
@click.option("--profile", is_flag=True, help="Add profile-likelihood intervals.")
@click.option("--predict", metavar="X,X", help="Survival of a participant with these covariates, in their order.")
@option.options(option.conf)
@click.option("-o", "out", metavar="OUT", help="Write the rows with linear predictor and martingale residual.")
@option.options(option.subject, option.as_json)
def cox_command(
    data: str, time: str, event: str, covariates: tuple[str, ...], strata: tuple[str, ...], entry: str | None,
    ties: str, cluster: str | None, case_weights: str | None, profile: bool, predict: str | None, conf: str,
    out: str | None, subject: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Fit a Cox proportional-hazards model; perhaps predict survival, or write each row's residual."""
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
    document = _cox_document(fit, rows, groups, cluster, profile)
    if predict is not None:
        document["predicted"] = _predicted(fit, _values(predict, covariates), conf, stratum_names)
    if out is not None:
        used = Table(rows.table.frame.filter(rows.complete), rows.table.file)
        write_table(used.with_columns(_residuals(fit)), out)
    emit(document, as_json, cox_text)


def _values(text: str, covariates: tuple[str, ...]) -> list[float]:
    """The covariates of a participant. Raises InputError."""
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if len(found) != len(covariates) or not np.isfinite(found).all():
        raise InputError(
            "the covariates to predict for are not one number each", column="--predict", seen=text,
            wanted=f"{len(covariates)} numbers with commas, for {', '.join(covariates)}",
        )  # fmt: skip
    return found


def _predicted(fit: CoxFit, values: list[float], conf: str, stratum_names: list[str]) -> list[Document]:
    """Predicted survival, one curve a stratum."""
    names: list[str | None] = [*stratum_names] if stratum_names else [None]
    return [
        {
            "stratum": names[each.stratum], "covariates": values, "time": numbers(each.time),
            "cumhaz": numbers(each.cumhaz), "std_err_cumhaz": numbers(each.std_err), "surv": numbers(each.surv),
            "lower": numbers(each.lower), "upper": numbers(each.upper), "conf": each.scale, "level": each.level,
        }
        for each in predicted_survival(fit.with_variance(fit.naive_variance), values, scale=conf)
    ]  # fmt: skip


def _residuals(fit: CoxFit) -> dict[str, list[float]]:
    """The columns that `-o` adds. Raises InputError where ties are exact."""
    if fit.ties == "exact":
        raise InputError("the residuals need Efron's or Breslow's treatment of ties", column="--ties", seen=fit.ties)
    return {
        "LINEAR_PREDICTOR": fit.linear_predictor.tolist(),
        "MARTINGALE_RESIDUAL": martingale_residuals(fit.sets, fit.at_fit).tolist(),
    }


def _cox_document(fit: CoxFit, rows: Rows, groups: np.ndarray | None, cluster: str | None, profile: bool) -> Document:
    model = fit.with_variance(fit.naive_variance)
    shown = fit if cluster is not None else model
    each = [hazard_ratio(shown, index) for index in range(len(fit.coef))]
    pairs = concordance_of(fit.data, fit.linear_predictor, fit.strata, groups)
    document: Document = {
        "n": fit.n, "events": fit.events, **rows.left_out(),
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
