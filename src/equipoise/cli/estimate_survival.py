"""`equipoise estimate survival`: arms compared by median, log-rank test and hazard ratio."""

import click
import numpy as np

from equipoise.cli import estimate_options as option
from equipoise.cli.estimate_json import Document, emit, hazard_ratio, interval, no_hazard_ratio, number, numbers, tested
from equipoise.cli.estimate_print import survival_text
from equipoise.cli.estimate_rows import arm_levels, coded, read_rows, strata_codes
from equipoise.kernel.errors import InputError
from equipoise.statistics.cox import CoxFit, cox
from equipoise.statistics.errors import NoEstimate, TooFewEvents
from equipoise.statistics.logrank import FlemingHarrington, ModestlyWeighted, Weighting, logrank
from equipoise.statistics.proportional_hazards import proportional_hazards
from equipoise.statistics.survival import SurvivalCurve, kaplan_meier_by_arm, reverse_kaplan_meier


@click.command(cls=option.ColumnsCommand)
@option.options(option.data, option.time, option.event, option.arm, option.control, option.strata, option.entry)
@click.option("--weights", metavar="rho,gamma", help="Fleming-Harrington weights of the log-rank test.")
@click.option("--t-star", type=float, help="Modestly weighted log-rank test with this t*, instead of --weights.")
@option.options(option.ties, option.conf, option.subject, option.as_json)
def survival(
    data: str, time: str, event: str, arm: str, control: str | None, strata: tuple[str, ...], entry: str | None,
    weights: str | None, t_star: float | None, ties: str, conf: str, subject: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Compare arms: Kaplan-Meier medians, log-rank test, Cox hazard ratio."""
    rows = read_rows(data, time, event, entry=entry, subject=subject)
    rows.label("arm", arm)
    for column in strata:
        rows.label(f"strata {column}", column)
    if weights is not None and t_star is not None:
        raise InputError("two weightings are named", column="--t-star", wanted="either --weights or --t-star")
    rho, gamma = option.weights(weights)
    weighting: Weighting = FlemingHarrington(rho, gamma) if t_star is None else ModestlyWeighted(t_star)
    levels = arm_levels(rows.texts("arm"), control, arm, rows.table.file)
    codes, (stratum, stratum_names) = coded(rows.texts("arm"), levels), strata_codes(rows, strata)
    times, events = rows.array("time"), rows.array("event")
    entries = rows.array("entry") if entry is not None else None
    test = logrank(
        times, events, codes, strata=stratum, entry=entries, weighting=weighting, arm_names=levels,
        stratum_names=stratum_names or None,
    )  # fmt: skip
    curves = kaplan_meier_by_arm(times, events, codes, len(levels), entry=entries, scale=conf)
    ratios = _hazard_ratios(times, events, codes, levels, stratum, entries, ties)
    document: Document = {
        "n": test.n, "events": test.events, **rows.left_out(), "control": levels[0], "conf": conf,
        "level": 0.95,
        "arms": [
            _arm(level, curve, *(None if each is None else each[codes == code] for each in (times, events, entries)))
            for code, (level, curve) in enumerate(zip(levels, curves, strict=True))
            if curve is not None
        ],
        "logrank": tested(test.test)
        | {"weights": [rho, gamma] if t_star is None else {"t_star": t_star}}
        | {"observed": numbers(test.observed), "expected": numbers(test.expected)},
        "cox": ratios[0] if len(levels) == 2 else ratios,
        "ties": ties,
        "strata": {
            "columns": list(strata), "n": len(stratum_names) or 1, "silent": [str(reason) for reason in test.silent],
        },
    }  # fmt: skip
    emit(document, as_json, survival_text)


def _arm(
    level: str, curve: SurvivalCurve, times: np.ndarray, events: np.ndarray, entries: np.ndarray | None
) -> Document:
    shown = interval(curve.median, "median", arm=level, n=curve.n, events=curve.events)
    del shown["se"]
    follow_up = reverse_kaplan_meier(times, events, entry=entries).median
    return {"arm": level, "n": curve.n, "events": curve.events} | shown | {"follow_up_median": number(follow_up.value)}


def _hazard_ratios(
    times: np.ndarray, events: np.ndarray, codes: np.ndarray, levels: list[str], stratum: np.ndarray | None,
    entries: np.ndarray | None, ties: str,
) -> list[Document]:  # fmt: skip
    """Each arm against control. An arm without events has no ratio; the others are as if it were not there."""
    happened = np.bincount(codes, events, len(levels))
    found: list[Document] = []
    fitted: dict[int, Document] = {}
    if happened[0]:
        kept = [code for code in range(1, len(levels)) if happened[code]]
        rows = np.isin(codes, [0, *kept])
        indicators = np.column_stack([codes[rows] == code for code in kept]).astype(float) if kept else None
        try:
            if indicators is not None:
                fit = cox(
                    times[rows], events[rows], indicators, strata=None if stratum is None else stratum[rows],
                    entry=None if entries is None else entries[rows], ties=ties,
                    names=[f"arm {levels[code]}" for code in kept],
                )  # fmt: skip
                fitted = {code: hazard_ratio(fit, index) for index, code in enumerate(kept)}
                _add_proportionality(fit, fitted, kept)
        except NoEstimate as because:
            fitted = {code: no_hazard_ratio(because) for code in kept}
    for code in range(1, len(levels)):
        eventless = levels[code] if happened[0] else levels[0]
        nothing = TooFewEvents("statistics.no_events_in_arm", arm=eventless)
        found.append({"arm": levels[code], "control": levels[0]} | fitted.get(code, no_hazard_ratio(nothing)))
    return found


def _add_proportionality(fit: CoxFit, fitted: dict[int, Document], kept: list[int]) -> None:
    if fit.ties == "exact":
        return
    try:
        tests = proportional_hazards(fit).tests
    except np.linalg.LinAlgError:
        return
    for index, code in enumerate(kept):
        fitted[code]["proportional_hazards"] = tested(tests[index])
