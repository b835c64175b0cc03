"""Laws that estimates of survival must keep, whatever the data."""

from dataclasses import fields
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from equipoise.statistics import follow_up as limits_of_size
from equipoise.statistics import partial_likelihood
from equipoise.statistics.competing import cumulative_incidence
from equipoise.statistics.concordance import _pairs, _pairs_compiled
from equipoise.statistics.confidence import Scale
from equipoise.statistics.cox import CoxFit, cox
from equipoise.statistics.errors import NoEstimate
from equipoise.statistics.logrank import LogRank, logrank, scores
from equipoise.statistics.survival import SurvivalCurve, kaplan_meier, kaplan_meier_by_arm, reverse_kaplan_meier


@st.composite
def trials(draw: st.DrawFn) -> dict[str, np.ndarray]:
    """Small trials with many ties, two arms, three strata, a covariate."""
    n = draw(st.integers(8, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    time = rng.integers(1, draw(st.integers(3, 30)), n).astype(float)
    return {
        "time": time, "event": rng.integers(0, 2, n), "arm": np.arange(n) % 2, "stratum": rng.integers(0, 3, n),
        "x": rng.standard_normal(n), "entry": np.floor(time * rng.uniform(0, 0.9, n)), "status": rng.integers(0, 3, n),
    }  # fmt: skip


def compared(data: dict[str, np.ndarray], **changed: Any) -> LogRank:
    """The stratified log-rank test of a trial, with some columns changed."""
    found = data | changed
    return logrank(found["time"], found["event"], found["arm"], strata=found["stratum"], entry=found["entry"])


def fitted(data: dict[str, np.ndarray], **changed: Any) -> CoxFit:
    """A Cox model of a trial, with some columns changed; trials without an estimate are passed over."""
    found = data | changed
    try:
        return cox(
            found["time"], found["event"], np.column_stack([found["arm"], found["x"]]), strata=found["stratum"],
            entry=found["entry"], weights=found.get("weights"), ties=found.get("ties", "efron"), robust=True,
        )  # fmt: skip
    except NoEstimate:
        assume(False)
        raise


@given(trials())
def test_arms_swapped_negate_z_and_the_log_hazard_ratio(data: dict[str, np.ndarray]) -> None:
    assume(data["event"].any())
    there, back = compared(data), compared(data, arm=1 - data["arm"])
    assert there.score == pytest.approx(-back.score, abs=1e-9)
    assert there.information == pytest.approx(back.information, abs=1e-9)
    fit, swapped = fitted(data), fitted(data, arm=1 - data["arm"])
    assert fit.coef[0] == pytest.approx(-swapped.coef[0], rel=1e-6, abs=1e-9)
    assert fit.std_err == pytest.approx(swapped.std_err, rel=1e-6)


@given(trials(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(data: dict[str, np.ndarray], random: Any) -> None:
    assume(data["event"].any())
    order = list(range(len(data["time"])))
    random.shuffle(order)
    shuffled = {name: column[order] for name, column in data.items()}
    assert compared(shuffled).score == pytest.approx(compared(data).score, abs=1e-9)
    assert fitted(shuffled).coef == pytest.approx(fitted(data).coef, rel=1e-7, abs=1e-9)
    assert fitted(shuffled).variance == pytest.approx(fitted(data).variance, rel=1e-5)


@given(trials(), st.sampled_from(["efron", "breslow"]))
def test_intervals_may_be_cut_in_two(data: dict[str, np.ndarray], ties: str) -> None:
    """(entry, time] is the same as (entry, middle] censored and (middle, time]."""
    fit = fitted(data, ties=ties)
    middle = (data["entry"] + data["time"]) / 2
    halves = {name: np.concatenate([column, column]) for name, column in data.items()}
    halves["time"] = np.concatenate([middle, data["time"]])
    halves["entry"] = np.concatenate([data["entry"], middle])
    halves["event"] = np.concatenate([np.zeros_like(data["event"]), data["event"]])
    cut = fitted(halves, ties=ties)
    assert cut.coef == pytest.approx(fit.coef, rel=1e-6, abs=1e-9)
    assert cut.loglik == pytest.approx(fit.loglik)
    whole, pieces = compared(data), compared(halves)
    assert pieces.score == pytest.approx(whole.score, abs=1e-9)


@given(trials())
def test_breslow_weights_are_repetitions(data: dict[str, np.ndarray]) -> None:
    weights = 1 + np.arange(len(data["time"])) % 3
    weighted = fitted(data, ties="breslow", weights=weights)
    repeated = fitted({name: np.repeat(column, weights) for name, column in data.items()}, ties="breslow")
    assert weighted.coef == pytest.approx(repeated.coef, rel=1e-6, abs=1e-9)
    assert weighted.naive_variance == pytest.approx(repeated.naive_variance, rel=1e-6)


@given(trials(), st.floats(0.1, 10))
def test_the_unit_of_time_does_not_matter(data: dict[str, np.ndarray], unit: float) -> None:
    curve = kaplan_meier(data["time"], data["event"], entry=data["entry"])
    scaled = kaplan_meier(data["time"] * unit, data["event"], entry=data["entry"] * unit)
    assert scaled.surv == pytest.approx(curve.surv)
    median, other = curve.median.value, scaled.median.value
    assert (median is None) == (other is None)
    if median is not None and other is not None:
        assert other == pytest.approx(median * unit)


@given(trials())
def test_curves_fall_within_their_limits(data: dict[str, np.ndarray]) -> None:
    for scale in ("log", "log-log", "plain", "logit", "arcsin"):
        curve = kaplan_meier(data["time"], data["event"], scale=scale)
        known = ~np.isnan(curve.lower)
        assert (np.diff(curve.surv) <= 1e-15).all()
        assert (curve.lower[known] <= curve.surv[known] + 1e-12).all()
        assert (curve.surv[known] <= curve.upper[known] + 1e-12).all()
        assert ((curve.lower[known] >= 0) & (curve.upper[known] <= 1)).all()


@given(trials())
def test_incidences_and_survival_add_up_to_one(data: dict[str, np.ndarray]) -> None:
    causes = [cumulative_incidence(data["time"], data["status"], cause=cause) for cause in (1, 2)]
    curve = kaplan_meier(data["time"], data["status"] > 0)
    assert causes[0].incidence + causes[1].incidence + curve.surv == pytest.approx(1)


@given(trials())
def test_log_rank_scores_sum_to_the_test(data: dict[str, np.ndarray]) -> None:
    assume(data["event"].any())
    own = scores(data["time"], data["event"], strata=data["stratum"], entry=data["entry"])
    assert own[data["arm"] == 1].sum() == pytest.approx(compared(data).score, abs=1e-9)


def test_compiled_and_plain_paths_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(11)
    n = 3000
    for time in (rng.integers(0, 300, n).astype(float), rng.exponential(1, n)):
        event, arm, stratum = rng.integers(0, 2, n).astype(bool), rng.integers(0, 2, n), rng.integers(0, 4, n)
        x = np.column_stack([arm, rng.standard_normal((n, 3))])

        def everything(
            time: np.ndarray = time, event: np.ndarray = event, arm: np.ndarray = arm,
            stratum: np.ndarray = stratum, x: np.ndarray = x,
        ) -> list[np.ndarray]:  # fmt: skip
            curve, test = kaplan_meier(time, event), logrank(time, event, arm, strata=stratum)
            fits = [
                cox(time, event, x, strata=strata, ties=ties)
                for strata, ties in ((None, "efron"), (stratum, "breslow"))
            ]
            return [
                curve.time, curve.surv, curve.n_risk, curve.std_err, curve.cumhaz, curve.std_err_cumhaz,
                test.observed, test.expected, test.covariance,
                *(part for fit in fits for part in (fit.coef, fit.variance, np.array(fit.loglik))),
            ]  # fmt: skip

        plain = everything()
        monkeypatch.setattr(limits_of_size, "COMPILED", 1)
        monkeypatch.setattr(partial_likelihood, "COMPILED", 1)
        monkeypatch.setattr("equipoise.statistics.cox.COMPILED", 1)
        compiled = everything()
        monkeypatch.undo()
        for one, other in zip(plain, compiled, strict=True):
            assert other == pytest.approx(one, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("scale", get_args(Scale))
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_compiled_and_plain_curves_agree_in_everything(
    scale: str, level: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With and without censorings after the last event, from a first day on which nobody has it, alone and by arm."""
    rng = np.random.default_rng(12)
    time, arm = rng.integers(1, 60, 500).astype(float), rng.integers(0, 2, 500)
    some = rng.integers(0, 2, 500).astype(bool) & (time > 1)

    def everything() -> list[object]:
        curves = [
            curve for event in (some, some | (time > 50)) for curve in (
                kaplan_meier(time, event, scale=scale, level=level),
                reverse_kaplan_meier(time, event, scale=scale, level=level),
                kaplan_meier(time, event, scale=scale, level=level, robust=True),
                *kaplan_meier_by_arm(time, event, arm, 2, scale=scale, level=level),
            )
        ]  # fmt: skip
        return [getattr(curve, field.name) for curve in curves for field in fields(SurvivalCurve)]

    plain = everything()
    monkeypatch.setattr(limits_of_size, "COMPILED", 1)
    compiled = everything()
    for one, other in zip(plain, compiled, strict=True):
        assert other == (one if isinstance(one, str) else pytest.approx(one, rel=1e-12, abs=1e-14, nan_ok=True))


@pytest.mark.parametrize("truncated", [False, True])
def test_compiled_and_plain_concordance_agree(truncated: bool) -> None:
    rng = np.random.default_rng(5)
    n = 400
    time, event = rng.integers(1, 40, n).astype(float), rng.integers(0, 2, n).astype(bool)
    entry = np.floor(time * rng.uniform(0, 0.9, n)) if truncated else np.full(n, -np.inf)
    risk, weight = rng.integers(0, 25, n).astype(float), rng.uniform(0.5, 2, n)
    plain, compiled = (pairs(time, event, entry, weight, risk) for pairs in (_pairs, _pairs_compiled))
    for one, other in zip(plain, compiled, strict=True):
        assert other == pytest.approx(one, rel=1e-9, abs=1e-9)
