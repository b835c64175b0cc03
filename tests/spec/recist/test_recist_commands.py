"""`equipoise derive recist` and `response`: what they write, and what they refuse (exit 14, nothing written)."""

from pathlib import Path

import polars as pl
import pytest

from equipoise.cli.main import run

TU_COLUMNS = "USUBJID,TUEVAL,TUEVALID,VISITNUM,TULNKID,TUSTRESC,TULOC"
TR_COLUMNS = "USUBJID,TREVAL,TREVALID,VISITNUM,TRDTC,TRLNKID,TRGRPID,TRTESTCD,TRORRES,TRORRESU"
TU = ["S1,INVESTIGATOR,,1,T01,TARGET,LUNG", "S1,INVESTIGATOR,,1,T02,TARGET,LYMPH NODE",
      "S1,INVESTIGATOR,,1,NT01,NON-TARGET,BONE"]  # fmt: skip
BASELINE = [
    "S1,INVESTIGATOR,,1,2026-01-05,T01,TARGET,LDIAM,50,mm",
    "S1,INVESTIGATOR,,1,2026-01-05,T02,TARGET,LPERP,20,mm",
    "S1,INVESTIGATOR,,1,2026-01-05,T02,TARGET,LDIAM,31,mm",
    "S1,INVESTIGATOR,,1,2026-01-05,NT01,NON-TARGET,TUMSTATE,PRESENT,",
]
WEEK_8 = [
    "S1,INVESTIGATOR,,2,2026-03-02,T01,TARGET,LDIAM,2.8,cm",
    "S1,INVESTIGATOR,,2,2026-03-02,T02,TARGET,LPERP,TOO SMALL TO MEASURE,",
    "S1,INVESTIGATOR,,2,2026-03-02,NT01,NON-TARGET,TUMSTATE,PRESENT,",
]


class Tables:
    """TU and TR files in a folder, and the command on them."""

    def __init__(self, folder: Path) -> None:
        self.tu, self.tr, self.out = folder / "tu.csv", folder / "tr.csv", folder / "out.csv"
        self.write(TU, [*BASELINE, *WEEK_8])

    def write(self, tu: list[str], tr: list[str]) -> None:
        self.tu.write_text("\n".join([TU_COLUMNS, *tu]) + "\n", encoding="utf-8")
        self.tr.write_text("\n".join([TR_COLUMNS, *tr]) + "\n", encoding="utf-8")

    def derive(self, *options: str) -> list[dict[str, str]]:
        run(["derive", "recist", str(self.tu), str(self.tr), *options, "-o", str(self.out)])
        return pl.read_csv(self.out, infer_schema_length=0).to_dicts()

    def refused(self, capsys: pytest.CaptureFixture[str]) -> str:
        with pytest.raises(SystemExit) as stop:
            self.derive()
        assert stop.value.code == 14
        assert not self.out.exists()
        said = capsys.readouterr()
        assert said.out == ""
        return said.err.replace(str(self.out.parent) + "/", "").strip()


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return Tables(tmp_path)


def test_a_visit_in_full(tables: Tables) -> None:
    (row,) = tables.derive()
    assert row == {
        "USUBJID": "S1", "TREVAL": "INVESTIGATOR", "TREVALID": None, "VISITNUM": "2", "SUMDIAM": "33", "BASE": "70",
        "NADIR": "70", "TRGRESP": "PR", "NTRGRESP": "NON-CR/NON-PD", "NEWLIND": "N", "OVRLRESP": "PR",
        "REASON": "sum 33 mm, baseline 70 mm: -53 %: PR; non-target still present: NT01: overall PR",
        "TRDTC": "2026-03-02",
    }  # fmt: skip


def test_reasons_in_chinese(tables: Tables) -> None:
    (row,) = tables.derive("--language", "zh-hans")
    assert row["REASON"].startswith("总和 33 mm，基线 70 mm：-53 %：PR")


def test_columns_are_matched_without_regard_to_case(tables: Tables) -> None:
    tables.tu.write_text(
        tables.tu.read_text(encoding="utf-8").replace(TU_COLUMNS, TU_COLUMNS.lower()), encoding="utf-8"
    )
    assert tables.derive()[0]["OVRLRESP"] == "PR"


def test_a_target_without_a_row_is_missing_and_not_zero(tables: Tables) -> None:
    tables.write(TU, [*BASELINE, *WEEK_8[1:]])
    (row,) = tables.derive()
    assert (row["TRGRESP"], row["SUMDIAM"], row["OVRLRESP"]) == ("NE", None, "NE")


@pytest.mark.parametrize("said", ["NOT EVALUABLE", "NE", ""])
def test_a_target_not_read_is_missing(tables: Tables, said: str) -> None:
    tables.write(TU, [*BASELINE, f"S1,INVESTIGATOR,,2,2026-03-02,T01,TARGET,LDIAM,{said},", *WEEK_8[1:]])
    assert tables.derive()[0]["TRGRESP"] == "NE"


def test_an_absent_target_is_zero(tables: Tables) -> None:
    tables.write(TU, [*BASELINE, "S1,INVESTIGATOR,,2,2026-03-02,T01,TARGET,LDIAM,ABSENT,", *WEEK_8[1:]])
    row = tables.derive()[0]
    assert (row["SUMDIAM"], row["TRGRESP"], row["OVRLRESP"]) == ("5", "CR", "PR")


def test_fragments_are_added_up_and_a_merged_lesion_counts_once(tables: Tables) -> None:
    fragments = ["S1,INVESTIGATOR,,2,2026-03-02,T01.1,TARGET,LDIAM,12,mm",
                 "S1,INVESTIGATOR,,2,2026-03-02,T01.2,TARGET,LDIAM,9,mm"]  # fmt: skip
    tables.write(TU, [*BASELINE, *fragments, *WEEK_8[1:]])
    assert tables.derive()[0]["SUMDIAM"] == "26"
    merged = ["S1,INVESTIGATOR,,2,2026-03-02,T01,TARGET,LDIAM,40,mm",
              "S1,INVESTIGATOR,,2,2026-03-02,T02,TARGET,LPERP,COALESCED,"]  # fmt: skip
    tables.write(TU, [*BASELINE, *merged, WEEK_8[2]])
    assert tables.derive()[0]["SUMDIAM"] == "40"


TU_TESTS = [f"{row},TUMIDENT" for row in TU]


def _with_tests(tables: Tables, *later: str) -> None:
    header = TU_COLUMNS + ",TUTESTCD"
    tables.tu.write_text("\n".join([header, *TU_TESTS, *later]) + "\n", encoding="utf-8")


def test_split_and_merged_lesions_are_identified_later(tables: Tables) -> None:
    tables.write(TU, [*BASELINE, "S1,INVESTIGATOR,,2,2026-03-02,T01/T02,TARGET,LDIAM,44,mm", WEEK_8[2]])
    _with_tests(tables, "S1,INVESTIGATOR,,2,T01/T02,TARGET,LUNG,TUMERGE")
    assert tables.derive()[0]["SUMDIAM"] == "44"
    tables.write(
        TU,
        [*BASELINE, "S1,INVESTIGATOR,,2,2026-03-02,T01.1,TARGET,LDIAM,12,mm",
         "S1,INVESTIGATOR,,2,2026-03-02,T01.2,TARGET,LDIAM,9,mm", *WEEK_8[1:]],
    )  # fmt: skip
    _with_tests(tables, "S1,INVESTIGATOR,,2,T01.1,TARGET,LUNG,TUSPLIT", "S1,INVESTIGATOR,,2,T01.2,TARGET,LUNG,TUSPLIT")
    assert tables.derive()[0]["SUMDIAM"] == "26"


def test_a_split_of_nothing_is_refused(tables: Tables, capsys: pytest.CaptureFixture[str]) -> None:
    _with_tests(tables, "S1,INVESTIGATOR,,2,T07.1,TARGET,LUNG,TUSPLIT")
    assert tables.refused(capsys) == (
        "tu.csv, row 4, column TULNKID: lesion T07.1 split or merged from none that is identified; seen: 'T07.1'; "
        "wanted: T01.1 for a part of T01, T01/T02 for two grown together"
    )


def test_ids_with_a_point_are_lesions_of_their_own_where_they_are_identified(tables: Tables) -> None:
    tables.write(
        ["S1,INVESTIGATOR,,1,T1,TARGET,LUNG", "S1,INVESTIGATOR,,1,T1.1,TARGET,LIVER"],
        ["S1,INVESTIGATOR,,1,2026-01-05,T1,TARGET,LDIAM,50,mm",
         "S1,INVESTIGATOR,,1,2026-01-05,T1.1,TARGET,LDIAM,20,mm",
         "S1,INVESTIGATOR,,2,2026-03-05,T1,TARGET,LDIAM,40,mm",
         "S1,INVESTIGATOR,,2,2026-03-05,T1.1,TARGET,LDIAM,10,mm"],
    )  # fmt: skip
    row = tables.derive()[0]
    assert (row["BASE"], row["SUMDIAM"]) == ("70", "50")


def test_a_plain_diameter_is_whichever_axis_counts(tables: Tables) -> None:
    tables.write(
        TU, [row.replace("LPERP", "DIAMETER").replace(",LDIAM,50", ",DIAMETER,50") for row in BASELINE] + WEEK_8
    )
    assert tables.derive()[0]["BASE"] == "70"


@pytest.mark.parametrize(
    ("new", "indicated", "overall"),
    [
        ("S1,INVESTIGATOR,,2,2026-03-02,NEW01,NEW,TUMSTATE,UNEQUIVOCAL,", "Y", "PD"),
        ("S1,INVESTIGATOR,,2,2026-03-02,NEW01,NEW,TUMSTATE,EQUIVOCAL,", "N", "PR"),
        ("S1,INVESTIGATOR,,2,2026-03-02,NEW01,NEW,LDIAM,14,mm", "Y", "PD"),
        ("S1,INVESTIGATOR,,2,2026-03-02,NEW01,NEW,TUMSTATE,ABSENT,", "N", "PR"),
    ],
)
def test_new_lesions(tables: Tables, new: str, indicated: str, overall: str) -> None:
    tables.write([*TU, "S1,INVESTIGATOR,,2,NEW01,NEW,LIVER"], [*BASELINE, *WEEK_8, new])
    (row,) = tables.derive()
    assert (row["NEWLIND"], row["OVRLRESP"]) == (indicated, overall)


def test_a_new_lesion_identified_without_a_result(tables: Tables) -> None:
    tables.write([*TU, "S1,INVESTIGATOR,,3,NEW01,NEW,LIVER"], [*BASELINE, *WEEK_8])
    first, second = tables.derive()
    assert (first["NEWLIND"], second["VISITNUM"], second["NEWLIND"], second["OVRLRESP"]) == ("N", "3", "Y", "PD")


@pytest.mark.parametrize(("result", "state"), [("9.9", "CR"), ("10", "NON-CR/NON-PD"), ("ABSENT", "CR"), ("NE", "NE")])
def test_a_measured_non_target_node(tables: Tables, result: str, state: str) -> None:
    unit = "mm" if result[0].isdigit() else ""
    tables.write(
        ["S1,INVESTIGATOR,,1,NT01,NON-TARGET,LYMPH NODE"],
        ["S1,INVESTIGATOR,,1,2026-01-05,NT01,NON-TARGET,LPERP,12,mm",
         f"S1,INVESTIGATOR,,2,2026-03-02,NT01,NON-TARGET,LPERP,{result},{unit}"],
    )  # fmt: skip
    assert tables.derive()[0]["OVRLRESP"] == state


def test_readers_are_judged_apart(tables: Tables) -> None:
    def other(rows: list[str]) -> list[str]:
        return [row.replace("INVESTIGATOR,", "INDEPENDENT ASSESSOR,R1") for row in rows]

    grown = [row.replace("2.8,cm", "6.5,cm") for row in other(WEEK_8)]
    tables.write([*TU, *other(TU)], [*BASELINE, *WEEK_8, *other(BASELINE), *grown])
    assert [(row["TREVAL"], row["TREVALID"], row["OVRLRESP"]) for row in tables.derive()] == [
        ("INDEPENDENT ASSESSOR", "R1", "SD"), ("INVESTIGATOR", None, "PR"),
    ]  # fmt: skip


def _course(*sums: int) -> list[str]:
    return [f"S1,INVESTIGATOR,,{visit},2026-{visit:02d}-05,T01,TARGET,LDIAM,{value},mm"
            for visit, value in enumerate(sums, start=1)]  # fmt: skip


@pytest.mark.parametrize(
    ("option", "expected"),
    [("--pr-persists", ["PR"] * 5), ("--no-pr-persists", ["PR", "PR", "SD", "SD", "SD"])],
)
def test_a_response_that_stands_is_a_choice(tables: Tables, option: str, expected: list[str]) -> None:
    tables.write(TU[:1], _course(100, 70, 70, 80, 80, 80))
    assert [row["OVRLRESP"] for row in tables.derive(option)] == expected


def test_identical_rows_are_one(tables: Tables) -> None:
    tables.write(TU, [*BASELINE, *BASELINE, *WEEK_8])
    assert tables.derive()[0]["OVRLRESP"] == "PR"


@pytest.mark.parametrize(
    ("tu", "tr", "wording"),
    [
        (
            TU,
            [*BASELINE, "S1,INVESTIGATOR,,2,2026-03-02,T01,TARGET,LDIAM,28,"],
            "tr.csv, row 5, column TRORRESU: the diameter has no unit; wanted: mm or cm",
        ),
        (
            TU,
            [*BASELINE, "S1,INVESTIGATOR,,2,2026-03-02,T01,TARGET,LDIAM,28,kg"],
            (
                "tr.csv, row 5, column TRORRESU: kg does not convert to mm: they measure different things.; "
                "seen: 'kg'; wanted: a length in mm or cm"
            ),
        ),
        (
            TU,
            [*BASELINE, "S1,INVESTIGATOR,,2,2026-03-02,T01,TARGET,LDIAM,-3,mm"],
            (
                "tr.csv, row 5, column TRORRES: A diameter is not negative; seen -3 mm.; seen: '-3'; "
                "wanted: a length in mm or cm"
            ),
        ),
        (
            TU,
            [*BASELINE, "S1,INVESTIGATOR,,2,2026-03-02,T01,TARGET,LDIAM,1e70,mm"],
            (
                "tr.csv, row 5, column TRORRES: A quantity lies within 60 powers of ten of 1; seen 1.000E+70.; "
                "seen: '1e70'; wanted: a length in mm or cm"
            ),
        ),
        (
            TU,
            [*BASELINE, "S1,INVESTIGATOR,,2,2026-03-02,T01,TARGET,LDIAM,big,mm"],
            (
                "tr.csv, row 5, column TRORRES: the diameter is not understood; seen: 'big'; wanted: a number, "
                "TOO SMALL TO MEASURE, ABSENT, COALESCED or NOT EVALUABLE"
            ),
        ),
        (
            [*TU, "S1,INVESTIGATOR,,1,T01,TARGET,LIVER"],
            BASELINE,
            (
                "tu.csv, row 4, column TULNKID: lesion T01 is identified twice (first in row 1); seen: 'T01'; "
                "wanted: one id for one lesion"
            ),
        ),
        (
            TU,
            [*BASELINE, "S1,INVESTIGATOR,,1,2026-01-05,T01,TARGET,LDIAM,51,mm"],
            (
                "tr.csv, row 5, column TRLNKID: lesion T01 has two results of LDIAM at visit 1 (the other in row 1); "
                "seen: 'T01'; wanted: one result a lesion, test and visit"
            ),
        ),
        (
            TU,
            [*BASELINE, "S1,INVESTIGATOR,,2,2026-03-02,T09,TARGET,LDIAM,51,mm"],
            (
                "tr.csv, row 5, column TRLNKID: lesion T09 of S1 is not in tu.csv; seen: 'T09'; "
                "wanted: a lesion identified by the same reader"
            ),
        ),
        (
            TU,
            [*BASELINE, "S1,INVESTIGATOR,,0.5,2026-01-02,T01,TARGET,LDIAM,51,mm"],
            (
                "tr.csv, row 5, column VISITNUM: the measurement stands before the baseline of S1; seen: '0.5'; "
                "wanted: visit 1 or later"
            ),
        ),
        (
            TU,
            [*BASELINE, "S1,INVESTIGATOR,,2,2026-13-02,T01,TARGET,LDIAM,51,mm"],
            "tr.csv, row 5, column TRDTC: A month lies between 01 and 12; seen 13.; seen: '2026-13-02'",
        ),
        (
            TU,
            [*BASELINE, "S1,INVESTIGATOR,,2,2026-03-02,NT01,NON-TARGET,TUMSTATE,BETTER,"],
            (
                "tr.csv, row 5, column TRORRES: the state of the non-target lesion is not known; seen: 'BETTER'; "
                "wanted: PRESENT, ABSENT, UNEQUIVOCAL PROGRESSION or NOT EVALUABLE"
            ),
        ),
        (
            ["S1,INVESTIGATOR,,1,T01,MAIN,LUNG"],
            BASELINE[:1],
            (
                "tu.csv, row 1, column TUSTRESC: the lesion's group is not known; seen: 'MAIN'; "
                "wanted: TARGET, NON-TARGET or NEW"
            ),
        ),
        (
            TU,
            ["S1,INVESTIGATOR,,1,2026-01-05,T01,NON-TARGET,LDIAM,50,mm"],
            "tr.csv, row 1, column TRGRPID: lesion T01 is TARGET in tu.csv; seen: 'NON-TARGET'; wanted: TARGET",
        ),
        (
            TU,
            [*BASELINE[:1], *BASELINE[2:], *WEEK_8],
            (
                "tu.csv, row 2, column TULNKID: target lesion T02 of S1 has no diameter at its baseline in tr.csv; "
                "seen: 'T02'; wanted: LPERP at visit 1"
            ),
        ),
        (
            TU,
            ["S1,INVESTIGATOR,,first,2026-01-05,T01,TARGET,LDIAM,50,mm"],
            "tr.csv, row 1, column VISITNUM: the cell is not a number; seen: 'first'; wanted: a number",
        ),
    ],
)
def test_what_is_refused(
    tables: Tables, capsys: pytest.CaptureFixture[str], tu: list[str], tr: list[str], wording: str
) -> None:
    tables.write(tu, tr)
    assert tables.refused(capsys) == wording


def test_a_missing_column_is_named(tables: Tables, capsys: pytest.CaptureFixture[str]) -> None:
    tables.tu.write_text("USUBJID,TULNKID,TUSTRESC\nS1,T01,TARGET\n", encoding="utf-8")
    assert tables.refused(capsys).startswith("tu.csv, column TULOC: there is no such column; wanted: one of USUBJID")


def test_tables_without_rows_give_a_table_without_rows(tables: Tables) -> None:
    tables.write([], [])
    assert tables.derive() == []


RS = """USUBJID,RSTESTCD,RSSTRESC,RSDTC,TRTSDT
S1,OVRLRESP,SD,2026-03-01,2026-01-01
S1,TRGRESP,CR,2026-03-01,2026-01-01
S1,OVRLRESP,PR,2026-05,2026-01-01
S1,OVRLRESP,PD,2026-07-01,2026-01-01
S1,OVRLRESP,CR,2026-08-01,2026-01-01
S2,,,,2026-01-01
"""


def _response(folder: Path, text: str, *options: str) -> list[dict[str, str]]:
    (folder / "rs.csv").write_text(text, encoding="utf-8")
    run(["derive", "response", str(folder / "rs.csv"), "--start", "TRTSDT", *options, "-o", str(folder / "bor.csv")])
    return pl.read_csv(folder / "bor.csv", infer_schema_length=0).to_dicts()


def test_best_response_of_a_table(tmp_path: Path) -> None:
    assert _response(tmp_path, RS) == [
        {"USUBJID": "S1", "PARAMCD": "BOR", "AVALC": "PR", "ADT": "2026-05-31"},  # a partial date: its last day
        {"USUBJID": "S2", "PARAMCD": "BOR", "AVALC": "MISSING", "ADT": None},
    ]
    assert _response(tmp_path, RS, "--confirmed")[0] == {
        "USUBJID": "S1", "PARAMCD": "CBOR", "AVALC": "SD", "ADT": "2026-03-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "wording"),
    [
        ("SD,2026-03-01", "BETTER,2026-03-01", "row 1, column RSSTRESC: the response is not known; seen: 'BETTER'"),
        ("SD,2026-03-01", "SD,", "row 1, column RSDTC: the assessment has no date"),
        ("PR,2026-05,2026-01-01", "PR,2026-05,2026-01-02", "row 3, column TRTSDT: S1 has two reference dates"),
        ("SD,2026-03-01,2026-01-01", "SD,2026-03-01,", "row 1, column TRTSDT: the reference date is missing"),
        ("SD,2026-03-01,2026-01-01", "SD,2026-03-01,2026-01", "row 1, column TRTSDT: the day is not known"),
        ("TRTSDT", "RANDDT", "column TRTSDT: there is no such column"),
    ],
)
def test_what_response_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: str, after: str, wording: str
) -> None:
    with pytest.raises(SystemExit) as stop:
        _response(tmp_path, RS.replace(before, after, 1))
    assert stop.value.code == 14
    assert wording in capsys.readouterr().err
    assert not (tmp_path / "bor.csv").exists()


def test_a_unit_may_be_written_in_capitals(tables: Tables) -> None:
    tables.write(TU, [row.replace(",mm", ",MM").replace(",cm", ",CM") for row in (*BASELINE, *WEEK_8)])
    (row,) = tables.derive()
    assert (row["SUMDIAM"], row["BASE"]) == ("33", "70")


def test_a_reader_without_an_id_is_written_empty(tmp_path: Path) -> None:
    rs, out = tmp_path / "rs.csv", tmp_path / "bor.csv"
    rs.write_text(
        "USUBJID,RSEVAL,RSEVALID,ADT,AVALC,START\nS1,INVESTIGATOR,,2026-03-02,PR,2026-01-05\n", encoding="utf-8"
    )
    run(["derive", "response", str(rs), "--start", "START", "-o", str(out)])
    assert out.read_text(encoding="utf-8").splitlines()[1] == "S1,INVESTIGATOR,,BOR,PR,2026-03-02"


def test_the_same_assessment_twice_is_one(tmp_path: Path) -> None:
    """A repeated NE would use up what may stand between a response and its confirmation."""
    header, start = "USUBJID,RSSTRESC,RSDTC,TRTSDT", "2026-01-01"
    rows = [f"S1,PR,2026-03-01,{start}", *[f"S1,NE,2026-04-01,{start}"] * 2, f"S1,PR,2026-05-01,{start}"]
    (row,) = _response(tmp_path, "\n".join([header, *rows]) + "\n", "--confirmed")
    assert (row["AVALC"], row["ADT"]) == ("PR", "2026-03-01")


def test_a_subject_without_any_overall_response_was_never_assessed(tmp_path: Path) -> None:
    rows = _response(tmp_path, RS + "S3,TRGRESP,PR,2026-03-01,2026-01-01\nS4,TRGRESP,PR,2026-03-01,\n")
    assert [(row["USUBJID"], row["AVALC"]) for row in rows] == [("S1", "PR"), ("S2", "MISSING"), ("S3", "MISSING")]


def test_assessments_before_the_reference_date_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _response(tmp_path, RS.replace("2026-03-01", "2025-12-01"))
    assert "rs.csv: 1 assessments are dated before TRTSDT: they are counted." in capsys.readouterr().err
