"""RECIST against responses that others derived (pharmaverse), through the command line."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from equipoise.cli.main import run
from equipoise.clinical.recist.codes import Response
from equipoise.clinical.recist.overall import overall_response


def _derive(*arguments: str) -> None:
    run(["derive", *arguments])


def test_every_visit_response(reference: Path, tmp_path: Path) -> None:
    folder, out = reference / "recist", tmp_path / "recist.csv"
    _derive("recist", str(folder / "tu_onco_recist.csv"), str(folder / "tr_onco_recist.csv"), "-o", str(out))
    theirs = pl.read_csv(folder / "rs_onco_recist.csv", infer_schema_length=0)
    ours = pl.read_csv(out, infer_schema_length=0).rename({"TREVAL": "RSEVAL", "TREVALID": "RSEVALID"})
    joined = theirs.join(
        ours, on=["USUBJID", "VISITNUM", "RSEVAL", "RSEVALID"], nulls_equal=True, suffix="_ours", validate="1:1"
    )
    assert len(joined) == len(theirs) == len(ours) > 30
    assert joined.filter(pl.col("RSSTRESC") != pl.col("OVRLRESP")).is_empty()


def test_the_overall_table_on_thousands_of_visits(reference: Path) -> None:
    """OVRLRESP from its components; rows that hold the literal CHECK say that nobody decided."""
    rows = pl.read_csv(reference / "recist" / "rs_onco_components.csv", infer_schema_length=0)
    keys = ["USUBJID", "RSEVAL", "RSEVALID", "VISITNUM", "RSDTC"]
    visits: dict[tuple[Any, ...], dict[str, str]] = {}
    for row in rows.iter_rows(named=True):
        visits.setdefault(tuple(row[key] for key in keys), {})[row["RSTESTCD"]] = row["RSSTRESC"]
    compared = 0
    for key, parts in visits.items():
        if "OVRLRESP" not in parts or parts["OVRLRESP"] == "CHECK":
            continue
        found = overall_response(
            Response(parts.get("TRGRESP", "NA")),
            Response(parts.get("NTRGRESP", "NA")),
            is_new=parts.get("NEWLPROG") == "UNEQUIVOCAL",
        )
        assert found == parts["OVRLRESP"], (key, parts)
        compared += 1
    assert compared > 800


def _cases(reference: Path) -> list[dict[str, Any]]:
    cases = json.loads((reference / "recist" / "best_response_cases.json").read_text(encoding="utf-8"))
    return [case for case in cases if case["func"] in ("derive_param_bor", "derive_param_confirmed_bor")]


def test_every_best_response(reference: Path, tmp_path: Path) -> None:
    compared = 0
    for number, case in enumerate(_cases(reference)):
        rs, out = tmp_path / f"rs{number}.csv", tmp_path / f"bor{number}.csv"
        seen = {row["USUBJID"] for row in case["input"]}
        # a subject without any assessment is a row without one, as a join from ADSL leaves it
        bare = [
            {"USUBJID": row["USUBJID"], "TRTSDT": row["TRTSDT"]} for row in case["adsl"] if row["USUBJID"] not in seen
        ]
        pl.DataFrame([*case["input"], *bare], infer_schema_length=None).write_csv(rs)
        arguments = case["args"]
        options = ["--start", "TRTSDT", "--min-sd-days", arguments["ref_start_window"]]
        if "ref_confirm" in arguments:
            options += ["--confirmed", "--confirm-days", arguments["ref_confirm"]]
            options += ["--max-ne", arguments.get("max_nr_ne", "1")]
        options += ["--accept-sd"] if arguments.get("accept_sd") == "TRUE" else []
        options += ["--missing-as-ne"] if arguments.get("missing_as_ne") == "TRUE" else []
        _derive("response", str(rs), *options, "-o", str(out))
        ours = {row["USUBJID"]: row for row in pl.read_csv(out, infer_schema_length=0).iter_rows(named=True)}
        for expected in case["expected"]:
            if expected["PARAMCD"] not in ("BOR", "CBOR"):
                continue
            found = ours[expected["USUBJID"]]
            assert (found["PARAMCD"], found["AVALC"], found["ADT"]) == (
                expected["PARAMCD"], expected["AVALC"], expected["ADT"],
            ), case["test"]  # fmt: skip
            compared += 1
    assert compared > 30


@pytest.mark.parametrize("column", ["BOR", "CBOR"])
def test_best_responses_of_adrs(reference: Path, tmp_path: Path, column: str) -> None:
    """BOR and CBOR of the trial-like ADRS, from its own visit responses (28 days for both windows there)."""
    adrs, out = reference / "endpoints" / "adrs_onco.csv", tmp_path / "bor.csv"
    options = ["--start", "RANDDT", "--min-sd-days", "28", *(["--confirmed"] if column == "CBOR" else [])]
    rows = pl.read_csv(adrs, infer_schema_length=0)
    source = tmp_path / "ovr.csv"
    rows.filter(pl.col("PARAMCD") == "OVR").write_csv(source)
    _derive("response", str(source), *options, "-o", str(out))
    ours = pl.read_csv(out, infer_schema_length=0)
    theirs = rows.filter((pl.col("PARAMCD") == column) & (pl.col("AVALC") != "MISSING"))
    joined = theirs.join(ours, on="USUBJID", suffix="_ours", validate="1:1")
    assert len(joined) == len(theirs) == len(ours) == 5
    for name in ("AVALC", "ADT"):
        assert joined[name].eq_missing(joined[f"{name}_ours"]).all(), joined.select("USUBJID", name, f"{name}_ours")
