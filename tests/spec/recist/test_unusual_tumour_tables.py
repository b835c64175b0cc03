"""`equipoise derive recist` on input that is rare and legitimate. Rules: RECIST 1.1; SDTMIG 3.4, domains TU and TR."""

from pathlib import Path

import polars as pl
import pytest

from equipoise.cli.main import run

TU_COLUMNS = "USUBJID,TUEVAL,TUEVALID,VISITNUM,TULNKID,TUTESTCD,TUSTRESC,TULOC"
TR_COLUMNS = "USUBJID,TREVAL,TREVALID,VISITNUM,TRLNKID,TRTESTCD,TRSTRESC,TRSTRESU,TRSTAT"
READER = "S1,INDEPENDENT ASSESSOR,R1"


def derive(folder: Path, tu: list[str], tr: list[str]) -> list[dict[str, str | None]]:
    (folder / "tu.csv").write_text("\n".join([TU_COLUMNS, *tu]) + "\n", encoding="utf-8")
    (folder / "tr.csv").write_text("\n".join([TR_COLUMNS, *tr]) + "\n", encoding="utf-8")
    run(["derive", "recist", str(folder / "tu.csv"), str(folder / "tr.csv"), "-o", str(folder / "out.csv")])
    return pl.read_csv(folder / "out.csv", infer_schema_length=0).to_dicts()


def responses(rows: list[dict[str, str | None]]) -> list[tuple[str | None, ...]]:
    return [tuple(row[name] for name in ("VISITNUM", "TRGRESP", "NTRGRESP", "NEWLIND", "OVRLRESP")) for row in rows]


def test_a_reader_who_saw_no_lesion_at_baseline_and_then_a_new_one(tmp_path: Path) -> None:
    """A new lesion is progression whatever was there before: table 1, any/any/yes."""
    tu = [f"{READER},3,N01,TUMIDENT,NEW,LIVER"]
    tr = [f"{READER},3,N01,TUMSTATE,PRESENT,,", f"{READER},4,N01,TUMSTATE,PRESENT,,"]
    assert responses(derive(tmp_path, tu, tr)) == [("3", "NA", "NA", "Y", "PD"), ("4", "NA", "NA", "Y", "PD")]


def test_a_new_lesion_identified_before_its_first_result(tmp_path: Path) -> None:
    tu, tr = [f"{READER},2,N01,TUMIDENT,NEW,LIVER"], [f"{READER},3,N01,TUMSTATE,PRESENT,,"]
    assert responses(derive(tmp_path, tu, tr)) == [("2", "NA", "NA", "Y", "PD"), ("3", "NA", "NA", "Y", "PD")]


def test_a_new_lesion_identified_and_not_measured_is_a_new_lesion(tmp_path: Path) -> None:
    tu = [f"{READER},1,T01,TUMIDENT,TARGET,LUNG", f"{READER},2,N01,TUMIDENT,NEW,LIVER"]
    tr = [f"{READER},1,T01,LDIAM,30,mm,", f"{READER},2,T01,LDIAM,30,mm,", f"{READER},2,N01,LDIAM,,,NOT DONE"]
    assert responses(derive(tmp_path, tu, tr)) == [("2", "SD", "NA", "Y", "PD")]


def test_a_new_lesion_with_neither_visit_nor_result_is_not_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tu = [f"{READER},1,T01,TUMIDENT,TARGET,LUNG", f"{READER},,N01,TUMIDENT,NEW,LIVER"]
    tr = [f"{READER},1,T01,LDIAM,30,mm,", f"{READER},2,T01,LDIAM,30,mm,"]
    with pytest.raises(SystemExit) as stop:
        derive(tmp_path, tu, tr)
    assert stop.value.code == 14
    assert "new lesion N01 of S1 has neither a visit nor a result" in capsys.readouterr().err


def test_what_else_tu_says_of_a_lesion_identifies_none(tmp_path: Path) -> None:
    """The RECIST 1.1 supplement keeps previous irradiation in TU, beside the identification."""
    tu = [
        f"{READER},1,T01,TUMIDENT,TARGET,LUNG",
        f"{READER},1,T01,PRVIR,Y,LUNG",
        f"{READER},1,T01,PRVIRP,Y,LUNG",
    ]
    tr = [f"{READER},1,T01,LDIAM,30,mm,", f"{READER},2,T01,LDIAM,21,mm,"]
    assert responses(derive(tmp_path, tu, tr)) == [("2", "PR", "NA", "N", "PR")]


def test_lesions_identified_for_every_reader_of_a_kind(tmp_path: Path) -> None:
    tu = ["S1,INDEPENDENT ASSESSOR,,1,T01,TUMIDENT,TARGET,LUNG"]
    tr = [
        f"S1,INDEPENDENT ASSESSOR,{who},{visit},T01,LDIAM,{size},mm,"
        for who, later in (("R1", "20"), ("R2", "40"))
        for visit, size in (("1", "30"), ("2", later))
    ]
    rows = derive(tmp_path, tu, tr)
    assert [(row["TREVALID"], row["OVRLRESP"]) for row in rows] == [("R1", "PR"), ("R2", "PD")]


def test_a_non_target_grown_together_with_another_lesion_is_not_gone(tmp_path: Path) -> None:
    tu = [f"{READER},1,{name},TUMIDENT,NON-TARGET,LUNG" for name in ("NT01", "NT02")]
    tr = [
        f"{READER},1,NT01,LDIAM,8,mm,", f"{READER},1,NT02,LDIAM,9,mm,",
        f"{READER},2,NT01,LDIAM,COALESCED,,", f"{READER},2,NT02,LDIAM,0,mm,",
    ]  # fmt: skip
    assert responses(derive(tmp_path, tu, tr)) == [("2", "NA", "NON-CR/NON-PD", "N", "NON-CR/NON-PD")]


BASELINE_OF_30 = f"{READER},1,T01,LDIAM,30,mm,"
TARGET = [f"{READER},1,T01,TUMIDENT,TARGET,LUNG"]


def refused(folder: Path, capsys: pytest.CaptureFixture[str], tu: list[str], tr: list[str]) -> str:
    with pytest.raises(SystemExit) as stop:
        derive(folder, tu, tr)
    assert stop.value.code == 14
    assert not (folder / "out.csv").exists()
    return capsys.readouterr().err.replace(f"{folder}/", "").strip()


def test_a_state_stands_for_a_target_whose_diameter_was_not_taken(tmp_path: Path) -> None:
    states = {"ABSENT": ("CR", "0"), "TOO SMALL TO MEASURE": ("PR", "5"), "PRESENT": ("NE", None)}
    for state, expected in states.items():
        tr = [BASELINE_OF_30, f"{READER},2,T01,LDIAM,,,NOT DONE", f"{READER},2,T01,TUMSTATE,{state},,"]
        (row,) = derive(tmp_path, TARGET, tr)
        assert (row["TRGRESP"], row["SUMDIAM"]) == expected, state


def test_a_diameter_that_was_not_taken_and_has_a_value_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(tmp_path, capsys, TARGET, [BASELINE_OF_30, f"{READER},2,T01,LDIAM,25,mm,NOT DONE"])
    assert said == (
        "tr.csv, row 2, column TRSTAT: the result has a value and was not done; seen: '25'; "
        "wanted: no value, or no NOT DONE"
    )


@pytest.mark.parametrize(("result", "unit"), [("0", "mm"), ("ABSENT", "")])
def test_a_target_of_no_size_at_baseline_is_refused_by_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], result: str, unit: str
) -> None:
    said = refused(tmp_path, capsys, TARGET, [f"{READER},1,T01,LDIAM,{result},{unit},"])
    assert "target lesion T01 of S1 has a diameter of 0 mm at its baseline in tr.csv" in said


def _seen(*states: str) -> list[str]:
    rows = [BASELINE_OF_30]
    for visit, state in enumerate(states, start=2):
        rows.append(f"{READER},{visit},T01,LDIAM,30,mm,")
        rows += [f"{READER},{visit},N01,TUMSTATE,{state},,"] if state else []
    return rows


@pytest.mark.parametrize(
    ("states", "says"),
    [
        (
            ("EQUIVOCAL", "UNEQUIVOCAL"),
            "new lesion: N01; N01 was first seen at visit 2: progression is dated to then; ",
        ),
        (
            ("EQUIVOCAL", "", "EQUIVOCAL", "PRESENT"),
            "new lesion: N01; N01 was first seen at visit 2: progression is dated to then; ",
        ),
        (("EQUIVOCAL", "ABSENT", "UNEQUIVOCAL"), "new lesion: N01; sum 30 mm"),
        (("UNEQUIVOCAL",), "new lesion: N01; sum 30 mm"),
    ],
)
def test_a_new_lesion_first_equivocal_dates_progression_back(
    tmp_path: Path, states: tuple[str, ...], says: str
) -> None:
    """RECIST 1.1, section 4.3.5: if confirmed, progression is dated to the initial scan."""
    rows = derive(tmp_path, [*TARGET, f"{READER},2,N01,TUMIDENT,NEW,LIVER"], _seen(*states))
    assert rows[-1]["OVRLRESP"] == "PD"
    assert str(rows[-1]["REASON"]).startswith(says)
