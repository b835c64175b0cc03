"""What has no finite estimate is refused with its own reason, and what has one is found beside what would drown it."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from equipoise.cli.estimate_competing import competing
from equipoise.cli.estimate_parametric import parametric
from equipoise.statistics.cox import cox
from equipoise.statistics.errors import NotConverged, NotIdentified, TooFewArms, TooFewEvents
from equipoise.statistics.parametric import parametric_survival
from equipoise.statistics.rmst import restricted_mean
from equipoise.statistics.survival import kaplan_meier

FOUR = ("weibull", "exponential", "lognormal", "loglogistic")
TIMES = [3.0, 5.0, 8.0, 13.0, 2.0, 7.0, 11.0, 17.0]
EVENTS = [1, 1, 0, 1, 0, 0, 0, 0]
ARM = [0, 0, 0, 0, 1, 1, 1, 1]


@pytest.fixture(params=FOUR)
def distribution(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(("control", "other"), [(0, 1), (1, 0)])
def test_an_arm_without_events_is_named(tmp_path: Path, distribution: str, control: int, other: int) -> None:
    table = tmp_path / "arms.csv"
    rows = zip(TIMES, EVENTS, ARM, strict=True)
    table.write_text("time,event,arm\n" + "".join(f"{time},{event},{arm}\n" for time, event, arm in rows))
    asked = ["--time", "time", "--event", "event", "--arm", "arm", "--control", str(control)]
    ran = CliRunner().invoke(parametric, [str(table), *asked, "--distribution", distribution])
    assert isinstance(ran.exception, TooFewEvents)
    assert "No event in arm 1" in str(ran.exception)
    assert ran.stdout == ""


def test_one_arm_alone_is_no_comparison(tmp_path: Path, distribution: str) -> None:
    table = tmp_path / "arm.csv"
    table.write_text("time,event,arm\n3,1,rt\n5,0,rt\n8,1,rt\n")
    asked = ["--time", "time", "--event", "event", "--arm", "arm", "--distribution", distribution]
    ran = CliRunner().invoke(parametric, [str(table), *asked])
    assert isinstance(ran.exception, TooFewArms)
    assert str(ran.exception) == "Only one arm has participants (rt): a comparison needs two."


@pytest.mark.parametrize("sign", [1, -1])
def test_a_covariate_that_separates_events_from_the_rest_is_named(distribution: str, sign: int) -> None:
    beside = [0.3, -1.2, 0.8, 0.1, 0.4, -0.6, 1.1, -0.2]
    columns = np.column_stack([beside, sign * np.array(ARM)])
    with pytest.raises(NotConverged, match="coefficient of mutation runs to infinity"):
        parametric_survival(TIMES, EVENTS, columns, distribution=distribution, names=["age", "mutation"])  # type: ignore[arg-type]


@pytest.mark.parametrize("fitted", ["weibull", "lognormal", "loglogistic"])
def test_events_all_at_one_time_have_no_scale(fitted: str) -> None:
    with pytest.raises(NotConverged, match="scale of the distribution runs to 0"):
        parametric_survival([7.0] * 20, [1, 0] * 10, distribution=fitted)  # type: ignore[arg-type]


def test_events_all_at_one_time_have_an_exponential_rate() -> None:
    fit = parametric_survival([7.0] * 20, [1, 0] * 10, distribution="exponential")
    assert fit.coef[0] == pytest.approx(np.log(20 * 7.0 / 10), rel=1e-12)  # time at risk over events


def test_one_covariate_twice_is_refused(distribution: str) -> None:
    age = np.array([61.0, 55, 70, 48, 66, 59, 73, 52])
    with pytest.raises(NotIdentified, match="covariate months"):
        parametric_survival(
            TIMES, EVENTS, np.column_stack([age, 12 * age]), distribution=distribution, names=["years", "months"]  # type: ignore[arg-type]
        )  # fmt: skip


def stratified_world() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Times, events, a strong covariate and four strata; the first participant has the event first of all."""
    chance = np.random.default_rng(5)
    x = chance.normal(size=200)
    time, event = chance.exponential(np.exp(-1.5 * x)), (chance.random(200) < 0.8).astype(int)
    time[0], event[0] = time.min() / 10, 1
    return time, event, x, np.repeat(np.arange(4), 50)


@pytest.mark.parametrize("value", [25.0, 40.0])
@pytest.mark.parametrize("delayed", [False, True])
@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("reverse", [False, True])
def test_one_stratum_does_not_drown_another(value: float, delayed: bool, ties: str, reverse: bool) -> None:
    """Whoever had the event first, and was certain to, says nothing of the coefficient: without them it is the same."""
    time, event, x, strata = stratified_world()
    codes = 3 - strata if reverse else strata
    entry = np.where(np.arange(200) % 3 == 1, time / 2, 0.0) if delayed else None
    x[0] = value
    everybody = cox(time, event, x, strata=codes, entry=entry, ties=ties)
    others = cox(
        time[1:], event[1:], x[1:], strata=codes[1:], entry=None if entry is None else entry[1:], ties=ties
    )  # fmt: skip
    assert everybody.coef == pytest.approx(others.coef, rel=1e-9)
    assert everybody.std_err == pytest.approx(others.std_err, rel=1e-7)
    assert everybody.loglik[1] == pytest.approx(others.loglik[1], rel=1e-12)


def test_a_stratum_that_separates_is_named_beside_silent_ones() -> None:
    with pytest.raises(NotConverged, match="runs to infinity"):
        cox([1.0, 2, 3, 4], [1, 1, 1, 0], [0, 1, 0, 1], strata=[2, 1, 1, 0])


def test_weights_that_do_not_exist_are_said_not_to(tmp_path: Path) -> None:
    """Everybody but one has left before the last enters: R's finegray gives missing weights, and drops their rows."""
    table = tmp_path / "gap.csv"
    rows = ["1,2,0,0", "2,1,1,0", "3,1,0,0", "4,2,1,0", "5,1,1,0", "6,0,0,0", "9,1,1,7", "8,0,0,7"]
    table.write_text("time,status,arm,entry\n" + "\n".join(rows) + "\n")
    asked = ["--time", "time", "--status", "status", "--arm", "arm", "--entry", "entry"]
    ran = CliRunner().invoke(competing, [str(table), *asked], catch_exceptions=False)
    assert "The weights of this model do not exist" in ran.output
    assert "Cause-specific hazard ratio" in ran.output


def test_a_horizon_beyond_follow_up_by_rounding_alone_is_its_end() -> None:
    last = 26.787900000000004
    curve = kaplan_meier([4.0, 9.5, last], [1, 0, 0])
    assert restricted_mean(curve, 26.78790000000001).value == pytest.approx(4 + (last - 4) * 2 / 3, rel=1e-12)
