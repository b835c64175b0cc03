"""Predictions, named times and parametric models on the command line: words for people, and what is refused."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise.cli.main import run

Write = Callable[[str], str]
COLUMNS = ("--time", "t", "--event", "e")
TABLE = "t,e,arm,x,c\n1,1,a,2,k\n2,1,b,1,k\n3,0,a,3,l\n4,1,b,2,l\n5,1,a,1,m\n6,1,b,3,m\n7,0,a,2,n\n8,1,b,2,n"


def printed(capsys: pytest.CaptureFixture[str], command: str, file: str, *arguments: str) -> str:
    """What a command prints for people."""
    run(["estimate", command, file, *COLUMNS, *arguments])
    return capsys.readouterr().out


def test_curves_at_named_times_in_words(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "curve", write(TABLE), "--arm", "arm", "--at", "2,9")
    assert "n_risk  events" in text
    assert "Nobody was followed to 9: the last follow-up is 7." in text


def test_clusters_make_the_jackknife_s_errors(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(TABLE)
    apart, together = (printed(capsys, "curve", file, *more) for more in (("--robust",), ("--cluster", "c")))
    assert apart != together


def test_a_parametric_model_in_words(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "parametric", write(TABLE), "--arm", "arm", "--control", "b", "--covariates", "x")
    assert "arm a" in text
    assert "weibull, scale " in text
    assert "scale 1, fixed" in printed(capsys, "parametric", write(TABLE), "--distribution", "exponential")


def test_a_prediction_in_words(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "cox", write(TABLE), "--covariates", "x", "--strata", "arm", "--predict", "2")
    assert "Predicted survival at x 2, stratum arm=a" in text
    assert "Predicted survival at x 2, stratum arm=b" in text


def test_a_restricted_mean_of_everybody_in_words(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "rmst", write(TABLE), "--tau", "6")
    assert re.search(r"^\s*all\b", text, re.MULTILINE)
    assert "Difference" not in text


def test_residuals_go_beside_the_rows_they_belong_to(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    printed(capsys, "cox", write(TABLE + "\n9,1,b,,n"), "--covariates", "x", "-o", str(out))
    lines = out.read_text().splitlines()
    assert lines[0] == "t,e,arm,x,c,LINEAR_PREDICTOR,MARTINGALE_RESIDUAL"
    assert len(lines) == 1 + 8  # the row without x is left out
    assert sum(float(line.rsplit(",", 1)[1]) for line in lines[1:]) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("curve", ("--at", "1,two"), ("times are not numbers", "12,24")),
        ("curve", ("--at", "-1"), ("times are not numbers",)),
        ("curve", ("--cluster", "nothing"), ("no such column", "nothing")),
        ("cox", ("--covariates", "x", "--predict", "1,2"), ("not one number each", "1 numbers with commas, for x")),
        ("cox", ("--covariates", "x", "--predict", "nan"), ("not one number each",)),
        ("cox", ("--covariates", "x", "--ties", "exact", "--predict", "1"), ("Efron's or Breslow's",)),
        ("cox", ("--covariates", "x", "--ties", "exact", "-o", "x.csv"), ("Efron's or Breslow's", "--ties")),
        ("parametric", ("--control", "a"), ("control is named without arms",)),
        ("rmst", ("--control", "a", "--tau", "3"), ("control is named without arms",)),
        ("parametric", ("--arm", "arm", "--covariates", "arm"), ("table.csv", "row 1", "arm")),
        ("parametric", ("--level", "0"), ("confidence level",)),
    ],
)
def test_wrong_questions(
    command: str, options: tuple[str, ...], words: tuple[str, ...], write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        run(["estimate", command, write(TABLE), *COLUMNS, *options])
    out = capsys.readouterr()
    assert (stop.value.code, out.out) == (14, "")
    for word in words:
        assert word in out.err


def test_a_time_of_zero_has_no_logarithm(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run(["estimate", "parametric", write("t,e\n3,1\n0,1"), *COLUMNS])
    assert stop.value.code == 14
    assert "row 2" in capsys.readouterr().err


def test_a_parametric_model_without_events(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run(["estimate", "parametric", write("t,e\n3,0\n4,0"), *COLUMNS])
    assert stop.value.code == 13
    assert "no events among the 2 participants" in capsys.readouterr().err


ENORMOUS = "t,e,x\n5e-300,1,1\n5e300,1,1\n5,1,4\n8,0,3"
"""Times over six hundred orders of magnitude, at which a likelihood underflows where one begins carelessly."""


def test_an_underflowing_likelihood_is_no_fit(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run(["estimate", "parametric", write(ENORMOUS), *COLUMNS, "--covariates", "x", "--distribution", "exponential"])
    out = capsys.readouterr()
    assert (stop.value.code, out.out) == (13, "")
    assert "did not converge" in out.err


def test_a_likelihood_is_climbed_from_the_scale_of_the_times(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "parametric", write(ENORMOUS), "--covariates", "x", "--distribution", "lognormal")
    assert "log-likelihood -28.6622, without covariates -28.6961;" in text  # survreg's, and its likelihood's by optim
