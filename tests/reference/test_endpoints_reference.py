"""Times to events against data that others derived (pharmaverse), through the command line."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from equipoise.cli.main import run
from equipoise.methods.endpoints import Source, time_to_event

COLUMNS = ("ADT", "AVAL", "CNSR", "STARTDT", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "SRCSEQ")


@pytest.mark.parametrize("endpoint", ["os", "pfs"])
def test_every_row_of_adtte(reference: Path, tmp_path: Path, endpoint: str) -> None:
    folder = reference / "endpoints"
    out = tmp_path / "adtte.csv"
    run(
        ["derive", "time-to-event", str(folder / "adsl.csv"), str(folder / "adrs_onco.csv"),
         "--endpoint", endpoint, "--censoring", "simple", "-o", str(out)]
    )  # fmt: skip
    theirs = pl.read_csv(folder / "adtte_onco.csv", infer_schema_length=0).filter(pl.col("PARAMCD") == endpoint.upper())
    ours = pl.read_csv(out, infer_schema_length=0)
    joined = theirs.join(ours, on=["USUBJID", "PARAMCD"], suffix="_ours", validate="1:1")
    assert len(joined) == len(theirs) == len(ours) > 100
    for column in COLUMNS:
        pair = joined.select(pl.col(column), pl.col(f"{column}_ours"))
        if column in ("AVAL", "CNSR", "SRCSEQ"):
            pair = pair.cast(pl.Float64)
        assert pair[column].eq_missing(pair[f"{column}_ours"]).all(), column


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


HELD = {'DTHFL == "Y"': ("DTHFL", "Y"), 'AVALC == "PD"': ("AVALC", "PD")}


def _keeps(condition: str | None, row: dict[str, Any]) -> bool:
    match condition:
        case None:
            return True
        case "CHG <= -10":
            return row["CHG"] is not None and row["CHG"] <= -10
        case "!is.na(CHG)":
            return row["CHG"] is not None
        case _:
            column, value = HELD[condition]
            return bool(row[column] == value)


def _named(setting: str, name: str) -> str | None:
    for part in setting.removeprefix("exprs(").removesuffix(")").split(","):
        key, _, value = part.strip().partition(" = ")
        if key == name:
            return value.strip('"')
    return None


def _sources(kinds: list[dict[str, Any]], case: dict[str, Any], subject: str) -> list[Source]:
    found = []
    for kind in kinds:
        name = (kind.get("dataset_name") or kind.get("2", "")).strip('"')
        setting = kind["set_values_to"]
        for row in case["sources"][name]:
            day = _day(row.get(kind["date"]))
            if row["USUBJID"] != subject or day is None or not _keeps(kind.get("filter"), row):
                continue
            sequence = _named(setting, "SRCSEQ")
            described = _named(setting, "EVNTDESC") or _named(setting, "EVENTDESC") or _named(setting, "CNSDTDSC") or ""
            found.append(
                Source(
                    day, described, _named(setting, "SRCDOM") or "", _named(setting, "SRCVAR") or "",
                    row[sequence] if sequence else None, int(kind.get("censor", 1)),
                    kind.get("consider_end_dates") != "FALSE",
                )
            )  # fmt: skip
    return found


ENDS = {"EOSDT": ("END OF STUDY", 1), "NEWDRGDT": ("NEW DRUG", 2)}


def test_cases_of_derive_param_tte(reference: Path) -> None:
    cases = json.loads((reference / "endpoints" / "time_to_event_cases.json").read_text(encoding="utf-8"))
    compared = 0
    for case in cases:
        start = case["args"]["start_date"]
        subjects = {row["USUBJID"]: row for row in case["adsl"]}
        for expected in case["expected"]:
            subject = subjects[expected["USUBJID"]]
            ends = [
                Source(day, text, "ADSL", column, code=code)
                for column, (text, code) in ENDS.items()
                if "end_dates" in case["args"] and (day := _day(subject.get(column))) is not None
            ]
            found = time_to_event(
                _day(subject[start]),
                _sources(case["events"], case, expected["USUBJID"]),
                _sources(case["censors"], case, expected["USUBJID"]),
                ends,
            )
            assert found is not None
            described = expected.get("EVNTDESC") or expected.get("EVENTDESC")
            assert (found.on, found.censored, found.description, found.source.variable, found.source.sequence) == (
                _day(expected["ADT"]), expected["CNSR"], described, expected["SRCVAR"], expected.get("SRCSEQ"),
            ), (case["test"], expected)  # fmt: skip
            compared += 1
    assert compared >= 11
