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
