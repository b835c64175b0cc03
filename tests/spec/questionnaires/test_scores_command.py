"""`equipoise derive scores` and `bed`: what they write and what they refuse."""

import json
from pathlib import Path

import polars as pl
import pytest

from equipoise.cli.main import run

LC13 = "id,visit," + ",".join(f"q{number}" for number in range(31, 44))


def _scores(folder: Path, instrument: str, text: str, *options: str) -> list[dict[str, str]]:
    (folder / "answers.csv").write_text(text, encoding="utf-8")
    out = folder / "scores.csv"
    run(["derive", "scores", instrument, str(folder / "answers.csv"), *options, "-o", str(out)])
    return pl.read_csv(out, infer_schema_length=0).to_dicts()


def test_scores_of_a_table(tmp_path: Path) -> None:
    answers = ",".join(["4", "1", "2", "2", "2", *["1"] * 8])
    (row,) = _scores(tmp_path, "qlq-lc13", f"{LC13}\nS1,C1,{answers}\n")
    assert (row["id"], row["visit"], row["LCCO"], row["LCHA"]) == ("S1", "C1", "100.0", "0.0")
    assert float(row["LCDY"]) == pytest.approx(100 / 3)
    assert "q31" not in row


def test_whole_numbers_may_be_written_with_a_point(tmp_path: Path) -> None:
    (row,) = _scores(tmp_path, "qlq-lc13", f"{LC13}\nS1,C1,4.0{',' * 12}\n")
    assert (row["LCCO"], row["LCDY"]) == ("100.0", None)


@pytest.mark.parametrize(
    ("cell", "seen"), [("5", "5"), ("0", "0"), ("2.5", "2.5"), ("often", "often"), ("-1", "-1"), ("1e9", "1e9")]
)
def test_an_answer_that_is_no_choice(tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str, seen: str) -> None:
    with pytest.raises(SystemExit) as stop:
        _scores(tmp_path, "qlq-lc13", f"{LC13}\nS1,C1,1{',' * 12}\nS1,C2,{cell}{',' * 12}\n")
    assert stop.value.code == 14
    said = capsys.readouterr().err
    assert "answers.csv, row 2, column q31" in said
    assert f"seen: '{seen}'" in said
    assert not (tmp_path / "scores.csv").exists()


def test_a_missing_item_column_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        _scores(tmp_path, "qlq-c30", "id,q1\nS1,1\n")
    assert stop.value.code == 14
    assert "column q2: there is no such column" in capsys.readouterr().err


def test_an_unknown_instrument_names_those_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        _scores(tmp_path, "qlq-br23", "id\nS1\n")
    assert stop.value.code == 14
    assert "wanted: one of qlq-c30, qlq-lc13, eq5d-5l" in capsys.readouterr().err


EQ5D = "id,MO,SC,UA,PD,AD\nS1,2,1,1,1,1\nS2,1,1,1,1,\n"


def test_eq5d_index(tmp_path: Path) -> None:
    first, second = _scores(tmp_path, "eq5d-5l", EQ5D, "--value-set", "China")
    assert (first["INDEX"], second["INDEX"]) == ("0.934", None)


def _value_sets(folder: Path) -> Path:
    path = folder / "sets.csv"
    rows = [",Nowhere", "StartValue,1", "Intercept,NA"]
    rows += [f"{name}{level},-0.1" for name in ("MO", "SC", "UA", "PD", "AD") for level in (2, 3, 4, 5)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_value_set_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sets = _value_sets(tmp_path)
    row = _scores(tmp_path, "eq5d-5l", EQ5D, "--value-set", "Nowhere", "--value-sets", str(sets))[0]
    assert row["INDEX"] == "0.9"
    monkeypatch.setenv("EQUIPOISE_EQ5D_VALUE_SETS", str(sets))
    assert _scores(tmp_path, "eq5d-5l", EQ5D, "--value-set", "Nowhere")[0]["INDEX"] == "0.9"


@pytest.mark.parametrize(
    ("options", "wording"),
    [
        ((), "EQ-5D-5L needs --value-set"),
        (("--value-set", "Atlantis"), "there is no such EQ-5D-5L value set; seen: 'Atlantis'; wanted: one of China"),
    ],
)
def test_value_sets_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    wording: str,
) -> None:
    monkeypatch.delenv("EQUIPOISE_EQ5D_VALUE_SETS", raising=False)
    monkeypatch.setenv("EQUIPOISE_REFERENCE", str(tmp_path / "nowhere"))
    with pytest.raises(SystemExit) as stop:
        _scores(tmp_path, "eq5d-5l", EQ5D, *options)
    assert stop.value.code == 14
    assert wording in capsys.readouterr().err


def test_bed_is_always_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    run(["derive", "bed", "54/3", "--json"])
    (row,) = json.loads(capsys.readouterr().out)
    assert row["total"] == 54
    assert row["fractions"] == 3
    assert (row["bed10"], row["bed3"]) == pytest.approx((151.2, 378.0))
    assert (row["eqd2_10"], row["eqd2_3"]) == pytest.approx((126.0, 226.8))


def test_what_bed_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run(["derive", "bed", "54/3", "fifty", "--json"])
    assert stop.value.code == 14
    said = capsys.readouterr()
    assert said.out == ""
    assert "seen 'fifty'" in said.err


def test_a_value_set_is_named_without_regard_to_case(tmp_path: Path) -> None:
    answers = "id,MO,SC,UA,PD,AD\nS1,5,5,5,5,5\n"
    (row,) = _scores(tmp_path, "eq5d-5l", answers, "--value-set", "CHINA")
    assert row["INDEX"] == "-0.391"


def test_an_empty_cell_is_carried_through_empty(tmp_path: Path) -> None:
    _scores(tmp_path, "eq5d-5l", "id,MO,SC,UA,PD,AD,note\nS1,,1,1,1,1,\n", "--value-set", "China")
    assert (tmp_path / "scores.csv").read_text(encoding="utf-8") == "id,MO,SC,UA,PD,AD,note,INDEX\nS1,,1,1,1,1,,\n"
