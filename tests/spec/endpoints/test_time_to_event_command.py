"""`equipoise derive time-to-event`: sources, options, refusals."""

from pathlib import Path

import polars as pl
import pytest

from equipoise.cli.main import run

ADSL = """USUBJID,RANDDT,DTHDT,LSTALVDT,NACTDT,ARM
S1,2026-01-01,,2026-12-01,,A
S2,2026-01-01,2026-06-30,2026-06-30,2026-03-20,B
S3,,,2026-01-20,,A
"""
ADRS = """USUBJID,PARAMCD,AVALC,ADT,ASEQ
S1,OVR,SD,2026-02-26,1
S1,OVR,PD,2026-08-13,2
S1,OVR,SD,2026-10-08,3
S2,OVR,PR,2026-02-26,1
S2,OVR,NE,2026-04-23,2
"""


class Tables:
    """ADSL and ADRS in a folder, and the command on them."""

    def __init__(self, folder: Path) -> None:
        self.adsl, self.adrs, self.out = folder / "adsl.csv", folder / "adrs.csv", folder / "out.csv"
        self.adsl.write_text(ADSL, encoding="utf-8")
        self.adrs.write_text(ADRS, encoding="utf-8")

    def derive(self, endpoint: str, censoring: str, *options: str) -> dict[str, dict[str, str]]:
        run(
            ["derive", "time-to-event", str(self.adsl), str(self.adrs), "--endpoint", endpoint,
             "--censoring", censoring, *options, "-o", str(self.out)]
        )  # fmt: skip
        return {row["USUBJID"]: row for row in pl.read_csv(self.out, infer_schema_length=0).to_dicts()}


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return Tables(tmp_path)


@pytest.mark.parametrize(
    ("censoring", "options", "first", "second"),
    [
        ("simple", (), ("2026-08-13", "0", "Disease Progression"), ("2026-06-30", "0", "Death")),
        ("treatment_policy", (), ("2026-08-13", "0", "Disease Progression"), ("2026-06-30", "0", "Death")),
        ("fda", (), ("2026-08-13", "0", "Disease Progression"), ("2026-02-26", "1", "New Anticancer Therapy")),
        (
            "fda",
            ("--interval-days", "56", "--window-days", "7"),
            ("2026-02-26", "1", "Missed Assessments"),
            ("2026-02-26", "1", "New Anticancer Therapy"),
        ),
    ],
)
def test_progression_free_survival(
    tables: Tables, censoring: str, options: tuple[str, ...], first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    found = tables.derive("pfs", censoring, *options)
    assert {name: (row["ADT"], row["CNSR"], row["EVNTDESC"]) for name, row in found.items()} == {
        "S1": first, "S2": second,
    }  # fmt: skip


def test_a_row_says_where_it_came_from_and_carries_the_subject(tables: Tables) -> None:
    row = tables.derive("pfs", "simple")["S1"]
    assert (row["SRCDOM"], row["SRCVAR"], row["SRCSEQ"], row["AVAL"], row["ARM"]) == ("ADRS", "ADT", "2", "225", "A")


@pytest.mark.parametrize("missing", ["None", "NA", ""])
def test_a_response_that_is_missing_is_no_assessment(tables: Tables, missing: str) -> None:
    """As data frames of Python and R write it: the last assessment is the one before."""
    before = "S1,OVR,SD,2026-02-26,1\n"
    tables.adrs.write_text(f"USUBJID,PARAMCD,AVALC,ADT,ASEQ\n{before}S1,OVR,{missing},2026-04-23,2\n", encoding="utf-8")
    found = tables.derive("pfs", "simple")["S1"]
    assert (found["ADT"], found["CNSR"]) == ("2026-02-26", "1")


def test_overall_survival(tables: Tables) -> None:
    found = tables.derive("os", "simple")
    assert (found["S1"]["ADT"], found["S1"]["CNSR"], found["S1"]["EVNTDESC"]) == ("2026-12-01", "1", "Alive")
    assert (found["S2"]["ADT"], found["S2"]["CNSR"], found["S2"]["SRCVAR"]) == ("2026-06-30", "0", "DTHDT")


def test_nothing_after_the_cut_off_counts(tables: Tables) -> None:
    assert tables.derive("os", "simple", "--cutoff", "2026-05-31")["S2"]["ADT"] == "2026-05-31"
    found = tables.derive("pfs", "simple", "--cutoff", "2026-05-31")
    assert (found["S1"]["ADT"], found["S1"]["CNSR"]) == ("2026-02-26", "1")
    assert (found["S2"]["ADT"], found["S2"]["CNSR"]) == ("2026-04-23", "1")


def test_who_is_left_out_is_said(tables: Tables, capsys: pytest.CaptureFixture[str]) -> None:
    assert "S3" not in tables.derive("pfs", "simple")
    assert capsys.readouterr().err == "Left out: 1 subject without RANDDT, or with it after the cut-off.\n"


def test_fda_without_a_schedule_says_what_it_does_not_do(tables: Tables, capsys: pytest.CaptureFixture[str]) -> None:
    tables.derive("pfs", "fda")
    assert "Missed assessments are not looked for" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("table", "before", "after", "wording"),
    [
        ("adsl", "S2,", "S1,", "adsl.csv, row 2, column USUBJID: the subject stands twice"),
        ("adsl", "2026-06-30,2026-06-30", "2025-06-30,2026-06-30", "adsl.csv, row 2, column RANDDT: S2 died before"),
        ("adsl", "RANDDT", "RANDDTC", "adsl.csv, column RANDDT: there is no such column"),
        ("adsl", "2026-12-01", "2026-12", "adsl.csv, row 1, column LSTALVDT: the day is not known"),
        ("adrs", "2026-08-13", "2025-08-13", "adrs.csv, row 2, column ADT: S1 has a progression before"),
        ("adrs", "2026-08-13", "13AUG2026", "adrs.csv, row 2, column ADT: A date is written 2026-03-05"),
        ("adrs", ",2\nS1", ",two\nS1", "adrs.csv, row 2, column ASEQ: the cell is not a number"),
    ],
)
def test_what_is_refused(
    tables: Tables, capsys: pytest.CaptureFixture[str], table: str, before: str, after: str, wording: str
) -> None:
    path: Path = getattr(tables, table)
    path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        tables.derive("os" if "LSTALVDT" in wording else "pfs", "simple")
    assert stop.value.code == 14
    assert wording in capsys.readouterr().err
    assert not tables.out.exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("S1,OVR,PD,,9", "adrs.csv, row 6, column ADT: the progression of S1 has no date"),
        ("S1,PD,Y,,9", "adrs.csv, row 6, column ADT: the progression of S1 has no date"),
        ("S1,DEATH,Y,,9", "adsl.csv, row 1, column DTHDT: the death of S1 has no date"),
    ],
)
def test_an_event_without_a_date_is_not_lost(
    tables: Tables, capsys: pytest.CaptureFixture[str], row: str, said: str
) -> None:
    tables.adrs.write_text(ADRS + row + "\n", encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        tables.derive("pfs", "simple")
    assert stop.value.code == 14
    assert said in capsys.readouterr().err
    assert not tables.out.exists()


def test_a_death_dated_in_adsl_needs_no_date_in_adrs(tables: Tables) -> None:
    tables.adrs.write_text(ADRS + "S2,DEATH,Y,,9\n", encoding="utf-8")
    row = tables.derive("os", "simple")["S2"]
    assert (row["ADT"], row["CNSR"], row["SRCVAR"]) == ("2026-06-30", "0", "DTHDT")
