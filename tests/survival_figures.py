"""Our estimates beside the figures of R: one walk over a folder of data and expected results.

`tests/oracle/survival` keeps a copy of part of the figures; `tests/reference` walks all of them where they lie.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from equipoise.statistics.competing import cause_specific_hazard, cumulative_incidence
from equipoise.statistics.concordance import concordance_of
from equipoise.statistics.cox import CoxFit, cox
from equipoise.statistics.cox_prediction import baseline_hazard, predicted_survival
from equipoise.statistics.cox_residuals import martingale_residuals
from equipoise.statistics.fine_gray import fine_gray, fine_gray_weighted, weighted_intervals
from equipoise.statistics.gray import gray
from equipoise.statistics.logrank import FlemingHarrington, LogRank, ModestlyWeighted, logrank
from equipoise.statistics.parametric import parametric_survival
from equipoise.statistics.proportional_hazards import proportional_hazards
from equipoise.statistics.proportions import (
    Counts,
    chi_square,
    clopper_pearson,
    difference_wald,
    fisher_exact,
    mantel_haenszel,
    wilson,
)  # fmt: skip
from equipoise.statistics.rmst import restricted_mean, restricted_means
from equipoise.statistics.survival import SurvivalCurve, kaplan_meier

CLOSED = 1e-8
"""Relative agreement of what has a formula."""

ITERATED = 1e-6
"""Relative agreement of what is found by iteration."""

DATASETS = ("lung", "veteran", "kidney", "synth_ties", "synth_lefttrunc")


def agree(name: str, ours: Any, theirs: Any, tolerance: float = CLOSED) -> None:
    """Assert relative agreement, element by element; R's NA (null) must be NaN or None with us."""
    left = np.array(_plain(ours), dtype=np.float64).ravel()
    right = np.array(_plain(theirs), dtype=np.float64).ravel()
    assert left.shape == right.shape, f"{name}: {left.shape} values, R has {right.shape}"
    wrong = ~np.isclose(left, right, rtol=tolerance, atol=1e-12, equal_nan=True)
    where = np.flatnonzero(wrong)[:5]
    assert not wrong.any(), f"{name}: at {where.tolist()} {left[where].tolist()}, R has {right[where].tolist()}"


def _plain(values: Any) -> Any:
    if isinstance(values, (list, tuple)):
        return [_plain(value) for value in values]
    return np.nan if values is None else values


def vector(values: Any) -> np.ndarray:
    """Figures as an array, null as NaN."""
    return np.atleast_1d(np.array(_plain(values), dtype=np.float64))


def as_list(value: Any) -> list[Any]:
    """R writes a list of one as a scalar."""
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Folder:
    """Data and expected figures."""

    root: Path

    def expected(self, name: str) -> Any:
        """One file of figures."""
        return json.loads((self.root / "expected" / f"{name}.json").read_text())

    def columns(self, name: str) -> dict[str, np.ndarray]:
        """One data set: columns of numbers, or of text."""
        return read_columns(self.root / "data" / f"{name}.csv")


def read_columns(path: Path) -> dict[str, np.ndarray]:
    """The columns of a CSV file: of numbers, or of text."""
    with path.open() as lines:
        rows = list(csv.DictReader(lines))
    found = {}
    for column in rows[0]:
        texts = np.array([row[column] for row in rows])
        try:
            found[column] = texts.astype(np.float64)
        except ValueError:
            found[column] = texts
    return found


def codes(column: np.ndarray) -> np.ndarray:
    """Codes from 0 in sorted order."""
    return np.unique(column, return_inverse=True)[1]


@dataclass(frozen=True)
class Study:
    """A data set with the roles of its columns."""

    expected: dict[str, Any]
    columns: dict[str, np.ndarray]

    def role(self, name: str) -> np.ndarray | None:
        """The column in a role."""
        column = self.expected["roles"].get(name)
        return None if column is None else self.columns[column]

    @property
    def time(self) -> np.ndarray:
        """Times of event or censoring."""
        return self.columns[self.expected["roles"]["time"]]

    @property
    def event(self) -> np.ndarray:
        """1 event, 0 censored."""
        return self.columns[self.expected["roles"]["status"]]

    def strata(self) -> np.ndarray | None:
        """Codes of the strata."""
        column = self.role("strata")
        return None if column is None else codes(column)

    def group(self) -> np.ndarray:
        """The column of arms."""
        column = self.role("group")
        assert column is not None
        return column

    def covariates(self, model: str) -> np.ndarray:
        """The covariates of a model of the figures."""
        roles = self.expected["roles"]
        extra = as_list(roles["covars"]) if "covars" in model else []
        return np.column_stack([self.columns[name] for name in [roles["group"], *extra]])


def study(folder: Folder, name: str) -> Study:
    """A data set of `folder`."""
    return Study(folder.expected(name), folder.columns(name))


def subsets(found: Study, key: str) -> Iterator[tuple[str, np.ndarray]]:
    """The rows of each curve of a survfit formula, by R's label."""
    roles = found.expected["roles"]
    terms = {"survfit_overall": [], "survfit_group": ["group"], "survfit_group_strata": ["group", "strata"]}[key]
    for label in found.expected[key]["curves"]:
        rows = np.ones(len(found.time), bool)
        for role in terms:
            level = dict(part.strip().split("=", 1) for part in label.split(", "))[roles[role]]
            column = found.columns[roles[role]]
            rows &= column == (level if column.dtype.kind == "U" else float(level))
        yield label, rows


def check_curves(found: Study, key: str) -> None:
    """Curves with their limits on every scale, quantiles and restricted means."""
    expected = found.expected[key]
    entry = found.role("start")
    for label, rows in subsets(found, key):
        theirs = expected["curves"][label]

        def curve(scale: str, rows: np.ndarray = rows) -> SurvivalCurve:
            own = None if entry is None else entry[rows]
            return kaplan_meier(found.time[rows], found.event[rows], entry=own, scale=scale)

        check_curve(f"{key} {label}", {scale: curve(scale) for scale in theirs["ci"]}, theirs)
        check_quantiles(f"{key} {label}", curve, expected["quantiles"], label)
        check_restricted_means(f"{key} {label}", curve("log"), expected, label)


def check_curve(name: str, curves: dict[str, SurvivalCurve], theirs: dict[str, Any], *, weighted: bool = False) -> None:
    """One curve, estimated on several scales."""
    ours = next(iter(curves.values()))
    for own, other in (
        ("time", "time"), ("n_risk", "n_risk"), ("n_event", "n_event"), ("n_censor", "n_censor"), ("surv", "surv"),
        ("cumhaz", "cumhaz"), ("std_err_cumhaz", "std_chaz"), ("std_err", "std_err_surv"),
    ):  # fmt: skip
        if weighted and own == "std_err":
            other = "std_err_logS"  # a robust survfit keeps the error of S, not of its logarithm
        agree(f"{name} {own}", getattr(ours, own), theirs[other])
    known = (ours.surv > 0) & (not weighted)
    agree(f"{name} std_err_log", ours.std_err_log[known], vector(theirs["std_err_logS"])[known])
    for scale, curve in curves.items():
        for side in ("lower", "upper"):
            other = vector(theirs["ci"][scale][side])
            # R 3.5 has no log-log, logit and arcsine limits before the first event; 3.8 and we have 1.
            other = np.where((curve.surv == 1) & np.isnan(other), 1.0, other)
            agree(f"{name} {scale} {side}", getattr(curve, side), other)


def check_quantiles(name: str, curve: Any, theirs: dict[str, Any], label: str) -> None:
    """Quantiles with the limits of each scale."""
    for scale, quantiles in theirs.items():
        for index, probability in enumerate(quantiles["probs"]):
            ours = curve(scale).quantile(probability)
            agree(
                f"{name} quantile {probability} {scale}",
                [ours.value, ours.lower, ours.upper],
                [as_list(quantiles[part][label])[index] for part in ("quantile", "lower", "upper")],
            )


def check_restricted_means(name: str, curve: SurvivalCurve, expected: dict[str, Any], label: str) -> None:
    """The restricted mean of R's summary, where the curve supports its horizon."""
    for key in ("summary_table_rmean_common", "summary_table_rmean_tau"):
        table = expected[key]
        if "values" not in table:
            continue
        row = table["values"][as_list(table["rownames"]).index(label)]
        if table["tau"] > curve.time[-1]:
            continue
        ours = restricted_mean(curve, table["tau"])
        agree(f"{name} {key}", [curve.events, ours.value, ours.std_err], [row[3], row[4], row[5]])
        if abs(curve.surv[-1] - 0.5) > CLOSED:  # at 0.5 to the end, survmean's median is the first time, quantile's not
            agree(f"{name} {key} median", curve.median.value, row[6])


def check_hazard_curves(found: Study) -> None:
    """Nelson-Aalen and Fleming-Harrington curves by arm."""
    theirs = found.expected["fh_survfit_group"]
    entry, group, start = found.role("start"), found.group(), 0
    for label, length in theirs["strata"].items():
        rows = group == float(label.split("=")[1])
        own = None if entry is None else entry[rows]
        part = slice(start, start + length)
        start += length
        for method, prefix, error in (
            ("nelson-aalen", "na", "na_stderr"), ("fleming-harrington", "fh_ties", "fh_ties_stderr_logS"),
        ):  # fmt: skip
            curve = kaplan_meier(found.time[rows], found.event[rows], entry=own, method=method)
            agree(f"{label} {method}", curve.surv, theirs[f"{prefix}_surv"][part])
            agree(f"{label} {method} cumhaz", curve.cumhaz, theirs[f"{prefix}_cumhaz"][part])
            agree(f"{label} {method} error", curve.std_err_log, theirs[error][part])


def check_logrank(found: Study, key: str) -> None:
    """survdiff with its rho family."""
    strata = found.strata() if "strata" in key else None
    for name, theirs in found.expected[key].items():
        if name.startswith("rho_"):
            weighting = FlemingHarrington(float(name[4:]))
            ours = logrank(found.time, found.event, codes(found.group()), strata=strata, weighting=weighting)
            check_survdiff(f"{key} {name}", ours, theirs)


def check_survdiff(name: str, ours: LogRank, theirs: dict[str, Any]) -> None:
    """One log-rank test."""
    agree(f"{name} observed", ours.observed, theirs["obs"])
    agree(f"{name} expected", ours.expected, theirs["exp"])
    agree(f"{name} variance", ours.covariance, theirs["var"])
    agree(f"{name} test", [ours.test.chisq, ours.test.df, ours.test.p], [theirs["chisq"], theirs["df"], theirs["p"]])


def check_truncated_logrank(found: Study) -> None:
    """The log-rank test with delayed entry."""
    for key, strata in (("logrank_left_truncated", None), ("logrank_left_truncated_strata", found.strata())):
        theirs = found.expected[key]
        ours = logrank(found.time, found.event, codes(found.group()), strata=strata, entry=found.role("start"))
        agree(key, [*ours.observed, *ours.expected], [*theirs["obs"], *theirs["exp"]])
        agree(key, [ours.information, ours.test.chisq, ours.test.z], [theirs[part] for part in ("var", "chisq", "z")])


def check_cox(found: Study, model: str, ties: str) -> None:
    """A Cox model: coefficients, tests, robust variances, proportional hazards, concordance, baseline."""
    theirs = found.expected[model][ties]
    strata = found.strata() if "strata" in model else None
    cluster = None if found.role("cluster") is None else codes(found.role("cluster"))
    given: dict[str, Any] = {"strata": strata, "entry": found.role("start"), "ties": ties}

    def fit(**more: Any) -> CoxFit:
        return cox(found.time, found.event, found.covariates(model), **given, **more)

    ours = fit()
    name = f"{model} {ties}"
    check_fit(name, ours, theirs)
    if "robust" in theirs:
        check_robust(f"{name} robust", fit(robust=True), theirs["robust"])
    if "cluster" in theirs:
        check_robust(f"{name} cluster", fit(cluster=cluster), theirs["cluster"])
        check_concordance(f"{name} cluster", ours, theirs["cluster"]["concordance"], cluster)
    if "basehaz_uncentered" in theirs:
        cumhaz = np.concatenate([part.cumhaz for part in baseline_hazard(ours)])
        times = np.concatenate([part.time for part in baseline_hazard(ours)])
        agree(f"{name} baseline times", times, theirs["basehaz_uncentered"]["time"])
        agree(f"{name} baseline", cumhaz, theirs["basehaz_uncentered"]["hazard"], ITERATED)


def check_fit(name: str, ours: CoxFit, theirs: dict[str, Any]) -> None:
    """The parts of a fit that every model has."""
    agree(f"{name} coef", ours.coef, as_list(theirs["coef"]), ITERATED)
    variance = theirs["naive_var"] if theirs.get("naive_var") else theirs["var"]
    agree(f"{name} variance", ours.naive_variance, variance, ITERATED)
    agree(f"{name} loglik", ours.loglik, theirs["loglik"])
    agree(f"{name} counts", [ours.n, ours.events], [theirs["n"], theirs["nevent"]])
    agree(f"{name} score", [ours.score.chisq, ours.score.p], [theirs["score_stat"], theirs["score_test"][2]], ITERATED)
    agree(f"{name} lr", [ours.lr.chisq, ours.lr.df, ours.lr.p], theirs["lr_test"], ITERATED)
    agree(f"{name} p", [ours.test(index).p for index in range(len(ours.coef))], as_list(theirs["p"]), ITERATED)
    agree(f"{name} wald", ours.wald.chisq, theirs["wald_stat"], ITERATED)
    limits = [[part.lower, part.upper] for part in (ours.coefficient(index) for index in range(len(ours.coef)))]
    agree(f"{name} limits", limits, theirs["ci95"], ITERATED)
    check_concordance(name, ours, theirs["concordance"], None)
    for transform, table in theirs.get("zph", {}).items():
        tests = proportional_hazards(ours, transform)
        rows = [[test.chisq, test.df, test.p] for test in (*tests.tests, tests.overall)]
        agree(f"{name} zph {transform}", rows, table["table"], ITERATED)


def check_robust(name: str, ours: CoxFit, theirs: dict[str, Any]) -> None:
    """A sandwich variance and the tests that rest on it."""
    agree(f"{name} variance", ours.variance, theirs["var"], ITERATED)
    agree(f"{name} wald", ours.wald.chisq, theirs["wald_stat"], ITERATED)
    if theirs.get("robust_score") and ours.robust_score is not None:
        agree(f"{name} score", ours.robust_score.chisq, theirs["robust_score"][0], ITERATED)


def check_concordance(name: str, ours: CoxFit, theirs: dict[str, Any], cluster: np.ndarray | None) -> None:
    """Pair counts, the concordance and its standard error."""
    found = concordance_of(ours.data, ours.linear_predictor, ours.strata, cluster)
    agree(
        f"{name} concordance",
        [found.concordant, found.discordant, found.tied_risk, found.tied_time, found.tied_both,
         found.estimate.value, found.estimate.std_err],
        [theirs[part] for part in ("concordant", "discordant", "tied.x", "tied.y", "tied.xy", "concordance", "std")],
    )  # fmt: skip


def check_weighted(folder: Folder) -> None:
    """Case weights: curves, robust curves, Cox models."""
    data, expected = folder.columns("lung_weighted"), folder.expected("lung_weighted")
    start = 0
    for label, length in expected["survfit_robust"]["strata"].items():
        rows = data["sex"] == float(label.split("=")[1])
        given = {"weights": data["w"][rows]}
        theirs = expected["survfit"]["curves"][label]
        check_curve(
            f"weighted {label}",
            {scale: kaplan_meier(data["time"][rows], data["status"][rows], scale=scale, robust=True, **given)
             for scale in theirs["ci"]},
            theirs,
            weighted=True,
        )  # fmt: skip
        robust = kaplan_meier(data["time"][rows], data["status"][rows], robust=True, **given)
        part = slice(start, start + length)
        start += length
        for own, other in (("surv", "surv"), ("std_err", "std_err"), ("cumhaz", "cumhaz"),
                           ("std_err_cumhaz", "std_chaz")):  # fmt: skip
            agree(f"robust {label} {own}", getattr(robust, own), expected["survfit_robust"][other][part])
    x = np.column_stack([data["sex"], data["age"], data["ph_karno"]])
    for ties in ("efron", "breslow"):
        theirs = expected["cox"][ties]
        ours = cox(data["time"], data["status"], x, weights=data["w"], ties=ties, robust=True)
        check_fit(f"weighted {ties}", ours, theirs)
        check_robust(f"weighted {ties}", ours, theirs | theirs["robust"])


def check_edge_cases(folder: Folder) -> None:
    """All censored, last time an event, no event in an arm, flat at one half."""
    for name, theirs in folder.expected("edge_cases").items():
        data = folder.columns(name)
        roles = {"time": "time", "status": "status", "group": "arm", "start": None}
        expected = {"roles": roles, "survfit_overall": theirs["overall"], "survfit_group": theirs["group"]}
        found = Study(expected | {"survdiff": theirs["survdiff"]}, data)
        check_curves(found, "survfit_overall")
        check_curves(found, "survfit_group")
        if data["status"].any():
            check_logrank(found, "survdiff")


def check_landmarks(folder: Folder) -> None:
    """Survival at milestones with the numbers at risk."""
    data = folder.columns("lung")
    for scale, theirs in folder.expected("lung_milestones").items():
        for label in dict.fromkeys(theirs["strata"]):
            own = [index for index, each in enumerate(theirs["strata"]) if each == label]
            rows = data["sex"] == float(label.split("=")[1])
            curve = kaplan_meier(data["time"][rows], data["status"][rows], scale=scale)
            times = [theirs["time"][index] for index in own]
            found = [[e.value, e.std_err, e.lower, e.upper] for e in curve.at(times)]
            parts = ("surv", "std_err", "lower", "upper")
            agree(f"landmarks {scale}", found, [[theirs[part][index] for part in parts] for index in own])
            agree("at risk", curve.at_risk(times), [theirs["n_risk"][index] for index in own])
            agree("events", np.diff(curve.events_by([0, *times])), [theirs["n_event"][index] for index in own])


def check_weighted_logrank(folder: Folder) -> None:
    """Fleming-Harrington and modestly weighted tests, with and without strata."""
    expected = folder.expected("weighted_logrank")
    for name, theirs in expected.items():
        if name == "note":
            continue
        data = folder.columns(name)
        roles = folder.expected(name)["roles"]
        time, event = data[roles["time"]], data[roles["status"]]
        arm, strata = codes(data[roles["group"]]), codes(data[roles["strata"]])
        for key, figures in theirs.items():
            if not key.startswith("FH_"):
                continue
            rho, gamma = (float(part) for part in key[3:].split("_"))
            for part, levels in (("unstratified", None), ("stratified", strata)):
                ours = logrank(time, event, arm, strata=levels, weighting=FlemingHarrington(rho, gamma))
                check_score(f"{name} {key} {part}", ours, figures[part])
            check_peers(name, logrank(time, event, arm, weighting=FlemingHarrington(rho, gamma)), figures)
        for figures in theirs["modestly_weighted"]:
            ours = logrank(time, event, arm, weighting=ModestlyWeighted(figures["t_star"]))
            check_score(f"{name} modestly weighted {figures['t_star']}", ours, figures["hand"])
            if not (time[event > 0] == figures["t_star"]).any():
                check_peers(name, ours, figures)  # nphRCT takes S just before t*, the paper and we S at t*


def check_score(name: str, ours: LogRank, theirs: dict[str, Any]) -> None:
    """U, V, z, chi-square and p of the experimental arm."""
    agree(
        name,
        [ours.score, ours.information, ours.test.z, ours.test.chisq, ours.test.p],
        [theirs[part] for part in ("U", "V", "z", "chisq", "p_two_sided")],
    )


def check_peers(name: str, ours: LogRank, figures: dict[str, Any]) -> None:
    """The same from nphRCT and simtrial (whose z has the other sign)."""
    if "nphRCT" in figures:
        theirs = figures["nphRCT"]
        agree(f"{name} nphRCT", [ours.score, ours.information, ours.test.z], [theirs["u"], theirs["v_u"], theirs["z"]])
    if "simtrial" in figures:
        assert ours.test.z is not None
        agree(f"{name} simtrial", [ours.score, -ours.test.z], [figures["simtrial"][part] for part in ("estimate", "z")])


def check_rmst(folder: Folder) -> None:
    """survRM2: restricted means, difference and ratios."""
    for name, horizons in folder.expected("rmst").items():
        data, roles = folder.columns(name), folder.expected(name)["roles"]
        arm = codes(data[roles["group"]])
        curves = [kaplan_meier(data[roles["time"]][arm == code], data[roles["status"]][arm == code]) for code in (0, 1)]
        for theirs in horizons.values():
            ours = restricted_means(*curves, theirs["tau"])
            for code in (0, 1):
                for found, part in ((ours.survival[code], "rmst"), (ours.lost[code], "rmtl")):
                    figures = theirs[f"arm{code}"][part]
                    agree(f"{name} {part}", [found.value, found.std_err, found.lower, found.upper], figures)
            for contrast, figures in zip(
                (ours.difference, ours.ratio, ours.lost_ratio), theirs["contrast"], strict=True
            ):
                found = contrast.estimate
                agree(f"{name} contrast", [found.value, found.lower, found.upper, contrast.test.p], figures)


def check_competing(folder: Folder) -> None:
    """cmprsk and survival on competing risks."""
    for name, theirs in folder.expected("competing_risks").items():
        if name != "versions":
            data = folder.columns(name)
            check_incidences(data, theirs)
            check_gray(data, theirs)
            check_subdistribution(data, theirs)


def check_incidences(data: dict[str, np.ndarray], theirs: dict[str, Any]) -> None:
    """Aalen-Johansen curves with both variances."""
    start = 0
    lengths = theirs["aalen_johansen"]["log"]["strata"]
    for label, length in lengths.items():
        rows = data["arm"] == float(label.split("=")[1])
        part = slice(start, start + length)
        start += length
        for cause in (1, 2):
            for scale, figures in theirs["aalen_johansen"].items():
                ours = cumulative_incidence(data["time"][rows], data["event"][rows], cause=cause, scale=scale)
                agree("AJ time", ours.time, figures["time"][part])
                agree("AJ at risk", ours.n_risk, [row[0] for row in figures["n_risk"][part]])
                for own, other in (("n_event", "n_event"), ("incidence", "pstate"), ("std_err", "std_err"),
                                   ("lower", "lower"), ("upper", "upper")):  # fmt: skip
                    agree(f"AJ {scale} {own}", getattr(ours, own), [row[cause] for row in figures[other][part]])
            figures = theirs["cuminc"][f"{label.split('=')[1]} {cause}"]
            own = ours.n_event > 0
            agree("cuminc", ours.incidence[own], figures["est"][2:-1:2])
            agree("cuminc variance", ours.variance_aalen[own], figures["var"][2:-1:2])
            at = theirs["timepoints"]
            row = at["rows"].index(f"{label.split('=')[1]} {cause}")
            agree("timepoints", [found.value for found in ours.at(at["times"])], at["est"][row])


def check_gray(data: dict[str, np.ndarray], theirs: dict[str, Any]) -> None:
    """Gray's test, with and without strata."""
    for key, strata in (("gray_tests", None), ("gray_tests_stratified", codes(data["stratum"]))):
        for cause, figures in zip(theirs[key]["rows"], theirs[key]["values"], strict=True):
            test = gray(data["time"], data["event"], codes(data["arm"]), cause=int(cause), strata=strata).test
            agree(key, [test.chisq, test.p, test.df], figures)


def check_subdistribution(data: dict[str, np.ndarray], theirs: dict[str, Any]) -> None:
    """Cause-specific models and both Fine-Gray estimators."""
    x = np.column_stack([data["arm"], data["x"]])
    time, status = data["time"], data["event"]
    for index, cause in enumerate((1, 2)):
        figures = theirs["crr"][index]
        ours = fine_gray(time, status, x, cause=cause)
        agree("crr coef", ours.coef, figures["coef"], ITERATED)
        agree("crr variance", ours.variance, figures["var"], ITERATED)
        agree("crr loglik", ours.loglik, [figures["loglik_null"], figures["loglik"]])
        agree("crr times", ours.event_times, figures["uftime"])
        agree("crr baseline", ours.baseline, figures["bfitj"], ITERATED)
        figures = theirs["finegray"][index]
        rows = weighted_intervals(time, status.astype(int), cause)
        for column, own in (("fgstart", rows.start), ("fgstop", rows.stop), ("fgstatus", rows.event),
                            ("fgwt", rows.weight), ("id", rows.row + 1)):  # fmt: skip
            agree(f"finegray {column}", own, figures["finegray_rows"][column])
        check_robust("finegray efron", fine_gray_weighted(time, status, x, cause=cause), figures["efron_cluster"])
        # Here R took each interval for a participant of its own; ours pools each participant's.
        breslow = figures["breslow"]
        pooled = fine_gray_weighted(time, status, x, cause=cause, ties="breslow")
        agree("finegray breslow", pooled.coef, breslow["coef"], ITERATED)
        agree("finegray breslow naive", pooled.naive_variance, breslow["naive_var"], ITERATED)
        apart = cox(
            rows.stop, rows.event, x[rows.row], entry=rows.start, weights=rows.weight, ties="breslow", robust=True
        )
        check_robust("finegray breslow apart", apart, breslow)
        figures = theirs["cause_specific_cox"][index]
        fit = cause_specific_hazard(time, status, x, cause=cause)
        agree("cause-specific", [*fit.coef, *fit.std_err], [*figures["coef"], *figures["se"]], ITERATED)
        agree("cause-specific loglik", fit.loglik, figures["loglik"])


def check_predictions(folder: Folder) -> None:
    """Predicted survival, linear predictors and expected events."""
    data, expected = folder.columns("lung"), folder.expected("lung_cox_predict")
    x = np.column_stack([data["sex"], data["age"], data["ph_karno"]])
    for ties in ("efron", "breslow"):
        fit = cox(data["time"], data["status"], x, ties=ties)
        theirs = expected[ties]
        for index, values in enumerate(expected["newdata"]):
            ours = predicted_survival(fit, [values["sex"], values["age"], values["ph_karno"]])[0]
            agree("predicted times", ours.time, theirs["time"])
            for part in ("surv", "std_err", "cumhaz", "lower", "upper"):
                if part in theirs:
                    agree(f"predicted {part}", getattr(ours, part), [row[index] for row in theirs[part]], ITERATED)
    fit = cox(data["time"], data["status"], x)
    agree("linear predictor", fit.linear_predictor, expected["lp"], ITERATED)
    agree("risk", np.exp(fit.linear_predictor), expected["risk"], ITERATED)
    expected_events = data["status"] - martingale_residuals(fit.sets, fit.at_fit)
    agree("expected events", expected_events, expected["expected"], ITERATED)
    agree("terms", (fit.x - fit.means) * fit.coef, expected["terms"], ITERATED)


def check_parametric(folder: Folder) -> None:
    """survreg's four distributions."""
    data = folder.columns("lung")
    x = np.column_stack([data["sex"], data["age"]])
    for distribution, theirs in folder.expected("lung_survreg").items():
        ours = parametric_survival(data["time"], data["status"], x, distribution=distribution)
        agree(f"{distribution} coef", ours.coef, theirs["coef"], ITERATED)
        agree(f"{distribution} scale", ours.scale, theirs["scale"], ITERATED)
        agree(f"{distribution} variance", ours.variance, theirs["var"], ITERATED)
        agree(f"{distribution} loglik", ours.loglik, theirs["loglik"])


def check_proportions(folder: Folder) -> None:
    """Exact and score intervals, tests of two by two tables."""
    theirs = folder.expected("binary_orr")
    for figures in theirs["clopper"]:
        found = clopper_pearson(Counts(figures["x"], figures["n"]))
        agree("Clopper-Pearson", [found.value, found.lower, found.upper], [figures["est"], *figures["ci"]])
    for figures in theirs["wilson"]:
        found = wilson(Counts(figures["x"], figures["n"]))
        agree("Wilson", [found.lower, found.upper], figures["ci"])
    one, zero = (Counts(row[0], sum(row)) for row in theirs["table"])
    test = fisher_exact(one, zero)
    agree("Fisher p", test.p, theirs["fisher"]["p"])
    # R's root finder stops at a tolerance of 1e-4 or so: see docs/discrepancies.md.
    odds = test.odds_ratio
    agree("Fisher odds", [odds.value, odds.lower, odds.upper], [theirs["fisher"]["or"], *theirs["fisher"]["ci"]], 1e-4)
    for key, continuity in (("prop", False), ("prop_cc", True)):
        test_, gap = chi_square(one, zero, continuity=continuity), difference_wald(one, zero, continuity=continuity)
        figures = theirs[key]
        agree(key, [test_.chisq, test_.p, gap.lower, gap.upper], [figures["stat"], figures["p"], *figures["ci"]])
    agree("chi-square", [chi_square(one, zero).chisq, chi_square(one, zero).p], list(theirs["chisq"].values()))
    tables = np.array(theirs["cmh_array"]).reshape(2, 2, -1, order="F")
    combined = mantel_haenszel([_counts(tables[:, :, index]) for index in range(tables.shape[2])])
    odds, figures = combined.odds_ratio, theirs["cmh"]
    agree("CMH", [combined.test.chisq, combined.test.p, odds.value, odds.lower, odds.upper],
          [figures["stat"], figures["p"], figures["or"], *figures["ci"]])  # fmt: skip
    corrected = combined.corrected
    agree("CMH corrected", [corrected.chisq, corrected.p], [theirs["cmh_cc"]["stat"], theirs["cmh_cc"]["p"]])


def _counts(table: Sequence[Sequence[int]]) -> tuple[Counts, Counts]:
    one, zero = (Counts(int(row[0]), int(row[0] + row[1])) for row in table)
    return one, zero


WHOLE = {
    "case weights": check_weighted, "edge cases": check_edge_cases, "landmarks": check_landmarks,
    "weighted log-rank": check_weighted_logrank, "restricted means": check_rmst, "competing risks": check_competing,
    "predictions": check_predictions, "parametric": check_parametric, "proportions": check_proportions,
}  # fmt: skip
"""What is checked once a folder."""


def check_dataset(folder: Folder, name: str) -> None:
    """Every figure of one data set."""
    found = study(folder, name)
    for key in ("survfit_overall", "survfit_group", "survfit_group_strata"):
        if key in found.expected:
            check_curves(found, key)
    check_hazard_curves(found)
    for key in ("survdiff", "survdiff_strata"):
        if key in found.expected:
            check_logrank(found, key)
    if "logrank_left_truncated" in found.expected:
        check_truncated_logrank(found)
    for model in ("cox_group", "cox_covars", "cox_group_strata", "cox_covars_strata"):
        for ties in found.expected[model]:
            if ties != "formula":
                check_cox(found, model, ties)
