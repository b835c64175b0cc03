"""`equipoise estimate` as a statistician meets it: columns, options, refusals, exit codes."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from equipoise.cli.main import run
from spec.statistics.leukaemia import ARM, EVENT, TIME

Write = Callable[[str], str]


@pytest.fixture
def leukaemia(tmp_path: Path) -> str:
    """The leukaemia trial as CSV."""
    path = tmp_path / "leukaemia.csv"
    with path.open("w") as out:
        rows = csv.writer(out)
        rows.writerow(["Weeks", "Relapse", "Arm", "one"])
        for time, event, arm in zip(TIME, EVENT, ARM, strict=True):
            rows.writerow([time, event, ["placebo", "6-MP"][arm], arm])
    return str(path)


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The JSON a command prints; a NaN in it would be no JSON."""
    run(["estimate", *arguments, "--json"])

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} in JSON")

    return json.loads(capsys.readouterr().out, parse_constant=refuse)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code and the sentence of a command that must fail, printing nothing else."""
    with pytest.raises(SystemExit) as stop:
        run(["estimate", *arguments])
    out = capsys.readouterr()
    assert out.out == ""
    assert isinstance(stop.value.code, int)
    return stop.value.code, out.err.strip()


COLUMNS = ("--time", "weeks", "--event", "RELAPSE", "--arm", "arm")


def test_survival(leukaemia: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "survival", leukaemia, *COLUMNS, "--control", "placebo")
    assert (found["n"], found["events"], found["left_out"], found["control"]) == (42, 30, 0, "placebo")
    assert [arm["arm"] for arm in found["arms"]] == ["placebo", "6-MP"]
    assert [arm["median"] for arm in found["arms"]] == [8, 23]
    assert found["logrank"]["chisq"] == pytest.approx(16.79, abs=0.005)
    assert found["logrank"]["z"] < 0
    assert found["logrank"]["p_one_sided"] < found["logrank"]["p"]
    assert found["cox"]["coef"] == pytest.approx(-1.572, abs=5e-4)
    assert found["cox"]["lower"] < found["cox"]["hr"] < found["cox"]["upper"] < 1


def test_the_first_level_sorted_is_control(leukaemia: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "survival", leukaemia, *COLUMNS)
    assert found["control"] == "6-MP"
    assert found["cox"]["coef"] == pytest.approx(1.572, abs=5e-4)
    assert found["logrank"]["z"] > 0


def test_numbers_sort_as_numbers(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    file = write("t,e,a\n1,1,10\n2,1,9\n3,0,10\n4,1,9\n5,1,10")
    assert document(capsys, "survival", file, "--time", "t", "--event", "e", "--arm", "a")["control"] == "9"
    found = document(capsys, "survival", file, "--time", "t", "--event", "e", "--arm", "a", "--control", "10.0")
    assert found["control"] == "10"


def test_more_than_two_arms(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["1,1,a", "2,1,b", "3,1,a", "4,1,b", "5,0,a", "6,0,b", "7,0,c", "8,0,c", "2,1,d", "9,1,d"]
    found = document(
        capsys, "survival", write("t,e,arm\n" + "\n".join(rows)), *("--time", "t", "--event", "e", "--arm", "arm")
    )
    assert found["logrank"]["df"] == 3
    assert "z" not in found["logrank"]
    ratios = {each["arm"]: each for each in found["cox"]}
    assert list(ratios) == ["b", "c", "d"]
    assert ratios["c"]["hr"] is None
    assert ratios["c"]["reason"] == "No event in arm c: the hazard ratio has no finite estimate."
    assert ratios["b"]["hr"] > 0


def test_rows_with_missing_values_are_counted(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    file = write("t,e,arm,s\n1,1,a,x\n,1,a,x\n3,1,b,x\n4,NA,b,x\n5,0,a,\n6,1,a,x\n7,1,b,x")
    found = document(capsys, "survival", file, "--time", "t", "--event", "e", "--arm", "arm", "--strata", "s")
    assert (found["n"], found["left_out"]) == (4, 3)
    assert found["left_out_by_column"] == {"t": 1, "e": 1, "s": 1}
    run(["estimate", "survival", file, "--time", "t", "--event", "e", "--arm", "arm"])
    assert "Rows left out for a missing value: 2 (t 1, e 1)." in capsys.readouterr().out


def test_none_is_a_stratum_and_no_number(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    """None is an answer (no earlier treatment); NA, as R writes it, and nothing at all are missing."""
    rows = [f"{time},1,{'ab'[time % 2]},{'None' if time % 3 else 'Surgery'},50" for time in range(1, 10)]
    rows += ["10,1,a,NA,50", "11,0,b,,50", "12,None,a,None,50", "13,1,b,None,None"]
    file = write("t,e,arm,before,age\n" + "\n".join(rows))
    asked = ("--time", "t", "--event", "e", "--arm", "arm", "--strata", "before")
    found = document(capsys, "survival", file, *asked)
    assert found["strata"]["n"] == 2
    assert (found["n"], found["left_out_by_column"]) == (10, {"e": 1, "before": 2})


def test_covariates_left_out_are_counted_by_their_columns(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{time},1,{time % 4},{time % 3},1" for time in range(1, 12)] + ["12,1,,1,1", "13,1,1,2,NA"]
    file = write("t,e,age,weeks,w\n" + "\n".join(rows))
    asked = ("--time", "t", "--event", "e", "--covariates", "age", "weeks", "--case-weights", "w")
    assert document(capsys, "cox", file, *asked)["left_out_by_column"] == {"age": 1, "w": 1}


def test_strata_whose_names_read_alike_stay_apart(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f'{time},1,{"ab"[time % 2]},"{"x, s2=y" if time < 5 else "x"}","{"z" if time < 5 else "y, s2=z"}"'
            for time in range(1, 10)]  # fmt: skip
    file = write("t,e,arm,s1,s2\n" + "\n".join(rows))
    found = document(capsys, "survival", file, "--time", "t", "--event", "e", "--arm", "arm", "--strata", "s1", "s2")
    assert found["strata"]["n"] == 2


def test_strata_after_one_option_or_several(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{time},1,{'ab'[time % 2]},{time // 4},{time % 3}" for time in range(1, 20)]
    file = write("t,e,arm,s1,s2\n" + "\n".join(rows))
    columns = ("--time", "t", "--event", "e", "--arm", "arm")
    together = document(capsys, "survival", file, *columns, "--strata", "s1", "s2", "--ties", "breslow")
    apart = document(capsys, "survival", file, *columns, "--strata", "s1", "--ties", "breslow", "--strata", "s2")
    assert together == apart
    assert together["strata"]["columns"] == ["s1", "s2"]
    assert together["strata"]["n"] == len({(time // 4, time % 3) for time in range(1, 20)})
    assert any("contributes nothing" in reason for reason in together["strata"]["silent"])


def test_no_event_in_an_arm(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    file = write("t,e,arm\n1,1,a\n2,1,a\n3,0,b\n4,0,b")
    found = document(capsys, "survival", file, "--time", "t", "--event", "e", "--arm", "arm")
    assert found["logrank"]["p"] == pytest.approx(0.0896, abs=5e-4)
    assert found["cox"]["hr"] is None
    assert "No event in arm b" in found["cox"]["reason"]


def test_cox(leukaemia: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "cox", leukaemia, *COLUMNS[:4], "--covariates", "one", "--profile")
    assert found["covariates"] == ["one"]
    assert found["coef"] == [pytest.approx(-1.572, abs=5e-4)]
    assert found["loglik"][0] < found["loglik"][1]
    assert found["lr"] == pytest.approx(2 * (found["loglik"][1] - found["loglik"][0]))
    assert found["profile"]["lower"][0] < found["hr"][0] < found["profile"]["upper"][0]
    exact = document(capsys, "cox", leukaemia, *COLUMNS[:4], "--covariates", "one", "--ties", "exact")
    assert exact["robust_se"] == [None]
    assert exact["reason"] == "A robust variance is not defined for the exact treatment of ties."


def test_curve(leukaemia: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "curves.csv"
    found = document(capsys, "curve", leukaemia, *COLUMNS, "-o", str(out))
    treated = found[0]
    assert treated["arm"] == "6-MP"
    assert treated["time"][:3] == [6, 7, 9]  # 9 is censored
    assert treated["n_risk"][:3] == [21, 17, 16]
    assert found[1]["surv"][-1] == 0
    assert found[1]["lower"][-1] is None
    table = pl.read_csv(out)
    assert len(table) == sum(len(arm["time"]) for arm in found)
    assert document(capsys, "curve", leukaemia, *COLUMNS[:4])[0]["arm"] is None


def test_rmst_is_never_shortened(leukaemia: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "rmst", leukaemia, *COLUMNS, "--control", "placebo", "--tau", "20")
    assert found["difference"]["estimate"] == pytest.approx(found["arms"][1]["rmst"] - found["arms"][0]["rmst"])
    code, text = refusal(capsys, "rmst", leukaemia, *COLUMNS, "--tau", "36")
    assert (code, text) == (
        13,
        "The data do not support a restricted mean to 36: follow-up of 6-MP ends at 35, short of an event.",
    )


def test_competing(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{time},{time % 3},{'ab'[time % 2]},{time // 2}" for time in range(1, 25)]
    file = write("t,s,arm,lesion_of\n" + "\n".join(rows))
    found = document(capsys, "competing", file, "--time", "t", "--status", "s", "--arm", "arm")
    assert found["events"] == {"1": 8, "2": 8}
    assert found["arms"][0]["cumulative_incidence"]["1"]["estimate"][-1] <= 1
    assert found["gray"]["df"] == 1
    assert {*found["fine_gray"]} == {"crr", "finegray"}
    assert found["competing_causes"][0]["cause"] == 2
    clustered = document(
        capsys, "competing", file, "--time", "t", "--status", "s", "--arm", "arm", "--cluster", "lesion_of"
    )
    assert clustered["clusters"] == 13
    assert clustered["cause_specific"]["coef"] == found["cause_specific"]["coef"]
    assert clustered["cause_specific"]["se"] != found["cause_specific"]["se"]
    assert "note" in clustered["gray"]


@pytest.mark.parametrize("command", ["survival", "cox", "curve", "rmst", "competing"])
def test_people_read_tables(command: str, leukaemia: str, capsys: pytest.CaptureFixture[str]) -> None:
    extra = {
        "survival": COLUMNS, "cox": (*COLUMNS[:4], "--covariates", "one"), "curve": COLUMNS,
        "rmst": (*COLUMNS, "--tau", "20"), "competing": ("--time", "weeks", "--status", "relapse", "--arm", "arm"),
    }[command]  # fmt: skip
    run(["estimate", command, leukaemia, *extra])
    text = capsys.readouterr().out
    assert "No row left out." in text
    assert "nan" not in text.lower()


SURVIVAL = ("--time", "t", "--event", "e", "--arm", "arm")
COX = (*SURVIVAL[:4], "--covariates", "x")
COMPETING = ("--time", "t", "--status", "e", "--arm", "arm")


@pytest.mark.parametrize(
    ("text", "arguments", "code", "says"),
    [
        ("t,e,arm\n1,0,a\n2,0,b", ("survival", *SURVIVAL), 13, "There are no events among the 2 participants"),
        ("t,e,arm\n1,1,a\n2,0,a", ("survival", *SURVIVAL), 13, "Only one arm has participants (a)"),
        ("t,e,arm\n1,1,a\n-2,0,b", ("survival", *SURVIVAL), 14, "row 2, column t: the time is negative; seen: '-2'"),
        (
            "t,e,arm\n1,1,a\ntwo,0,b",
            ("survival", *SURVIVAL),
            14,
            "row 2, column t: the cell is not a number; seen: 'two'",
        ),
        ("t,e,arm\n1,1,a\n2,2,b", ("survival", *SURVIVAL), 14, "row 2, column e: the event is neither 1 nor 0"),
        ("t,e,arm\n1,1,a\n2,0,b", ("survival", *SURVIVAL, "--control", "c"), 14, "wanted: one of a, b"),
        (
            "t,e,arm\n1,1,a\n2,0,b",
            ("survival", *SURVIVAL, "--strata", "site"),
            14,
            "column site: there is no such column",
        ),
        ("t,e,arm\n1,1,a\n2,0,b", ("survival", *SURVIVAL, "--weights", "1"), 14, "the weights are not two numbers"),
        ("t,e,arm\n", ("survival", *SURVIVAL), 14, "the file has no rows"),
        ("t,e,arm\n,1,a\n2,,b", ("survival", *SURVIVAL), 14, "every row misses a value"),
        (
            "t,e,arm,d\n5,1,a,1\n2,0,b,2",
            ("survival", *SURVIVAL, "--entry", "d"),
            14,
            "row 2, column d: the entry is not before",
        ),
        (
            "id,t,e,arm\nA,1,1,a\nA,2,0,b",
            ("survival", *SURVIVAL, "--id", "id"),
            14,
            "row 2, column id: the participant has",
        ),
        (
            "id,d,t,e,arm\nA,0,3,0,a\nA,2,5,1,a\nB,0,4,1,b",
            ("survival", *SURVIVAL, "--id", "id", "--entry", "d"),
            14,
            "row 2, column id: the participant's intervals overlap",
        ),
        ("t,e,x\n1,1,1\n2,1,1\n3,0,0\n4,0,0", ("cox", *COX), 13, "coefficient of x runs to infinity"),
        ("t,e,x\n1,1,a\n2,1,b", ("cox", *COX), 14, "row 1, column x: the cell is not a number"),
        ("t,e,x\n1,1,5\n2,1,5", ("cox", *COX), 13, "The covariate x is constant"),
        ("t,e,arm\n1,1.5,a\n2,0,b", ("competing", *COMPETING), 14, "the status is no code"),
        ("t,e,arm\n1,0,a\n2,0,b", ("competing", *COMPETING), 13, "There are no events"),
        (
            "t,e,arm,in\n1,1,a,2\n2,0,b,0",
            ("competing", *COMPETING, "--entry", "in"),
            14,
            "row 1, column in: the entry is not before the time",
        ),
        (
            "t,e,arm,in,who\n1,1,a,0,p\n2,0,b,1,p",
            ("competing", *COMPETING, "--entry", "in", "--id", "who"),
            14,
            "wanted: one row a participant",
        ),
        ("t,e,arm\n1,1,a\n2,0,b", ("rmst", *SURVIVAL, "--tau", "-1"), 14, "tau is not a time"),
    ],
)
def test_refusals(
    text: str, arguments: tuple[str, ...], code: int, says: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    command, *rest = arguments
    found, sentence = refusal(capsys, command, write(text), *rest)
    assert found == code
    assert says in sentence
    assert "\n" not in sentence


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = refusal(capsys, "survival", "nowhere.csv", *SURVIVAL)
    assert code == 14
    assert "nowhere.csv" in text


def test_parquet_with_booleans(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data.parquet"
    pl.DataFrame({"t": [1.0, 2.0, 3.0, 4.0], "e": [True, True, False, True], "arm": [0, 1, 0, 1]}).write_parquet(path)
    found = document(capsys, "survival", str(path), *SURVIVAL)
    assert (found["n"], found["events"], found["control"]) == (4, 3, "0")


def test_a_result_that_cannot_take_its_place_leaves_nothing_behind(
    leukaemia: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "results" / "curves.csv"
    taken.mkdir(parents=True)
    code, said = refusal(capsys, "curve", leukaemia, *COLUMNS, "-o", str(taken))
    assert code == 14
    assert said.startswith(f"{taken}: the file cannot be written")
    assert list(taken.parent.iterdir()) == [taken]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_a_full_disk_behind_standard_output_is_told_in_a_sentence(leukaemia: str) -> None:
    command = [sys.executable, "-c", "from equipoise.cli.main import run; run()"]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*command, "estimate", "curve", leukaemia, *COLUMNS, "--json"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert ended.returncode == 14
    assert ended.stderr == "what was found cannot be written: No space left on device\n"


def test_parquet_reads_as_the_csv_file_of_the_same_table(
    leukaemia: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Codes held as decimals are the codes; columns nobody asks for may be of any type."""
    table = pl.read_csv(leukaemia)
    odd = table.with_columns(
        pl.col("one", "Weeks").cast(pl.Float64), pl.col("Relapse") == 1, tags=pl.lit([1, 2]), raw=pl.lit(b"\xff"),
        both=pl.struct("Arm", "one"), lasted=pl.duration(days="Weeks"),
    )  # fmt: skip
    odd.write_parquet(tmp_path / "odd.parquet")
    columns = ("--time", "weeks", "--event", "relapse", "--arm", "one", "--control", "0")
    assert document(capsys, "survival", str(tmp_path / "odd.parquet"), *columns) == document(
        capsys, "survival", leukaemia, *columns
    )


@pytest.mark.parametrize("estimator", ["survival", "rmst"])
def test_a_column_of_names_is_no_column_of_arms(
    write: Write, capsys: pytest.CaptureFixture[str], estimator: str
) -> None:
    file = write("t,e,name\n" + "\n".join(f"{row},1,P{row:03}" for row in range(1, 251)))
    more = ("--tau", "5") if estimator == "rmst" else ()
    code, said = refusal(capsys, estimator, file, "--time", "t", "--event", "e", "--arm", "name", *more)
    assert code == 14
    assert "column name: the column holds more different values than a comparison has arms" in said
    assert "seen: '250 of them, P001, P002, P003 ...'" in said
