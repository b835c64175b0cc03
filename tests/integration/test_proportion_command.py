"""`equipoise estimate proportion` as a trialist meets it: empty cells, one arm, several, and wrong tables."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from equipoise.cli.main import run

Write = Callable[[str], str]
COLUMNS = ("--event", "response", "--arm", "arm")


def counted(**arms: tuple[int, int]) -> str:
    """A table of so many responders of so many in each arm."""
    rows = [f"{arm},{int(row < n)}" for arm, (n, of) in arms.items() for row in range(of)]
    return "\n".join(["arm,response", *rows])


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The JSON printed; a NaN in it would be no JSON."""
    run(["estimate", "proportion", *arguments, "--json"])

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} in JSON")

    return json.loads(capsys.readouterr().out, parse_constant=refuse)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code and the sentence of a command that prints nothing else."""
    with pytest.raises(SystemExit) as stop:
        run(["estimate", "proportion", *arguments])
    out = capsys.readouterr()
    assert out.out == ""
    assert isinstance(stop.value.code, int)
    return stop.value.code, out.err.strip()


def test_newcombe_s_example_of_a_difference(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    """Newcombe, Stat Med 1998;17:873, table II, case (a): 56/70 against 48/80, limits of Miettinen and Nurminen."""
    found = document(capsys, write(counted(a=(48, 80), b=(56, 70))), *COLUMNS)["comparison"]["difference"]
    assert (round(found["lower"], 4), round(found["upper"], 4)) == (0.0528, 0.3382)
    assert (round(found["wald"]["lower"], 4), round(found["wald"]["upper"], 4)) == (0.0575, 0.3425)


def test_the_difference_is_experimental_minus_control(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(counted(drug=(3, 10), placebo=(6, 10)))
    assert document(capsys, file, *COLUMNS)["comparison"]["difference"]["estimate"] == pytest.approx(0.3)
    turned = document(capsys, file, *COLUMNS, "--control", "placebo")["comparison"]
    assert (turned["arm"], turned["control"]) == ("drug", "placebo")
    assert turned["difference"]["estimate"] == pytest.approx(-0.3)
    assert turned["chi_square"]["z"] < 0
    assert turned["chi_square"]["p_one_sided"] > 0.5 < turned["fisher"]["p_one_sided"]


def test_nobody_and_everybody(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, write(counted(a=(0, 10), b=(10, 10))), *COLUMNS)
    assert found["arms"][0]["exact"] == {"lower": 0.0, "upper": pytest.approx(1 - 0.025 ** (1 / 10))}
    assert found["arms"][1]["wilson"]["upper"] == 1
    compared = found["comparison"]
    assert compared["difference"]["estimate"] == compared["difference"]["upper"] == 1
    assert 0.5 < compared["difference"]["lower"] < 1
    assert compared["difference"]["wald"]["lower"] is None
    assert "no width" in compared["difference"]["wald"]["reason"]
    assert compared["fisher"]["odds_ratio"] is None
    assert "A cell of the table is 0" in compared["fisher"]["reason"]


@pytest.mark.parametrize("responders", [0, 10])
def test_all_alike(responders: int, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(counted(a=(responders, 10), b=(responders, 10)))
    compared = document(capsys, file, *COLUMNS)["comparison"]
    assert compared["difference"]["estimate"] == 0
    assert compared["difference"]["lower"] < 0 < compared["difference"]["upper"]
    assert compared["chi_square"]["p"] is None
    assert compared["chi_square"]["reason"] == "The variance is zero: no test can be given."
    assert compared["fisher"]["p"] == 1
    run(["estimate", "proportion", file, *COLUMNS])
    assert "odds ratio - (- to -)" in capsys.readouterr().out


def test_one_arm_has_its_proportion_and_no_comparison(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, write(counted(only=(7, 21))), *COLUMNS)
    assert found["arms"][0]["proportion"] == pytest.approx(1 / 3)
    assert found["comparison"] is None
    assert found["reason"] == "Only one arm has participants (only): a comparison needs two."


def test_a_stratum_of_one_arm_is_told_of_and_has_no_say(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    table = "arm,response,site\n" + "\n".join(
        f"{arm},{response},{site}"
        for arm, response, site, times in (
            ("a", 1, "x", 4), ("a", 0, "x", 6), ("b", 1, "x", 7), ("b", 0, "x", 3), ("b", 1, "lonely", 5),
        )
        for _ in range(times)
    )  # fmt: skip
    found = document(capsys, write(table), *COLUMNS, "--strata", "site")["comparison"]
    assert found["difference"]["estimate"] == pytest.approx(12 / 15 - 0.4)
    assert found["stratified"]["strata"] == 1
    assert found["stratified"]["difference"]["estimate"] == pytest.approx(0.3)
    assert found["stratified"]["silent"] == [
        "Stratum site=lonely has participants of one arm only: it contributes nothing."
    ]


def test_strata_that_never_hold_both_arms(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    file = write("arm,response,site\na,1,x\na,0,x\nb,1,y\nb,0,y")
    found = document(capsys, file, *COLUMNS, "--strata", "site")["comparison"]
    assert found["stratified"]["difference"] is None
    assert "No stratum has participants of both arms" in found["stratified"]["reason"]
    run(["estimate", "proportion", file, *COLUMNS, "--strata", "site"])
    assert "No stratum has participants of both arms" in capsys.readouterr().out


def test_rows_without_a_response_are_counted(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    file = write("arm,response\na,1\na,\nb,NA\nb,0\n,1\nb,1\na,0")
    found = document(capsys, file, *COLUMNS)
    assert (found["n"], found["left_out"], found["left_out_by_column"]) == (4, 3, {"response": 2, "arm": 1})
    run(["estimate", "proportion", file, *COLUMNS])
    text = capsys.readouterr().out
    assert "Rows left out for a missing value: 3 (response 2, arm 1)." in text
    assert "(Miettinen-Nurminen); Wald" in text


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        ("arm,response\na,1\nb,yes", (), ("table.csv", "row 2", "response", "yes")),
        ("arm,response\na,1\nb,2", (), ("row 2", "neither 1 nor 0", "1 where it happened, 0 where it did not")),
        ("arm,answer\na,1\nb,0", (), ("no such column", "response", "answer")),
        ("arm,response\na,1\nb,0", ("--control", "c"), ("no row has the control arm", "a, b")),
        ("arm,response\na,1\nb,0", ("--level", "95"), ("confidence level is out of range", "0.95")),
        ("arm,response\na,1\nb,0", ("--level", "nan"), ("confidence level is out of range", "0.95")),
        ("arm,response", (), ("no rows",)),
        ("arm,response\na,\nb,", (), ("every row misses a value",)),
        ("arm,response,id\na,1,7\nb,0,7", ("--id", "id"), ("more than one row", "row 2", "7")),
    ],
)
def test_wrong_tables(
    table: str, options: tuple[str, ...], words: tuple[str, ...], write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    code, sentence = refusal(capsys, write(table), *COLUMNS, *options)
    assert code == 14
    assert "\n" not in sentence
    for each in words:
        assert each in sentence
