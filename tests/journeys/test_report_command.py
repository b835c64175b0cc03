"""A small rehearsal is reported and its datasets written: the same numbers in every format, the same bytes again."""

import csv
import json
import re
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path
from typing import Any

import pytest

from programs import cannot_run

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-c", "from equipoise.cli.main import run; run()"]
CUTOFF = "2025-06-30"


def run(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('rehearsed') / 'trial.sqlite3'}"
    run("rehearse", "nct07014202", "--subjects", "16", "--seed", "5", "--start", "2024-01-08", "--database", url)
    return url


def reported(database: str, out: Path, *more: str) -> bytes:
    run("report", "nct07014202", "--database", database, "--cutoff", CUTOFF, "-o", str(out), *more)
    return out.read_bytes()


@pytest.fixture(scope="module")
def content(database: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The report as JSON."""
    return json.loads(reported(database, tmp_path_factory.mktemp("report") / "r.json"))


@pytest.fixture(scope="module")
def analysed(database: str) -> Any:
    """The analysis of the same cut."""
    return json.loads(run("analyse", "nct07014202", "--database", database, "--cutoff", CUTOFF, "--json").stdout)


def test_the_three_formats_agree_and_a_second_run_gives_the_same_bytes(
    database: str, content: Any, tmp_path: Path
) -> None:
    html = reported(database, tmp_path / "r.html").decode()
    pdf = reported(database, tmp_path / "r.pdf")
    assert reported(database, tmp_path / "again.pdf") == pdf
    assert reported(database, tmp_path / "again.html").decode() == html
    cells = [cell for row in tables(content) for cell in row if cell]
    assert len(cells) > 300
    assert not [cell for cell in cells if escape(cell) not in html]
    program = shutil.which("pdftotext") or cannot_run("the PDF cannot be read: install the package poppler-utils")
    text = subprocess.run(
        [program, "-layout", str(tmp_path / "r.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    words = set(text.split())
    estimates = list(tables(content, "estimates-pfs"))
    assert estimates
    assert not [word for row in estimates for cell in row for word in cell.split() if word not in words]


def tables(content: dict[str, Any], id_: str = "") -> list[list[str]]:
    return [
        row["cells"]
        for section in content["sections"]
        for block in section["blocks"]
        if block["kind"] == "table" and (not id_ or block["id"] == id_)
        for row in block["rows"]
    ]


def test_the_report_holds_the_figures_of_the_analysis(content: Any, analysed: Any) -> None:
    assert content["estimates"]["endpoints"] == analysed["endpoints"]
    assert content["stamp"] == analysed["stamp"]
    assert "REHEARSAL" in content["banner"]


def test_the_datasets_hold_the_same_events_as_the_analysis(database: str, analysed: Any, tmp_path: Path) -> None:
    run("datasets", "nct07014202", "--database", database, "--cutoff", CUTOFF, "--out", str(tmp_path / "adam"))
    with (tmp_path / "adam" / "adtte.csv").open(encoding="utf-8") as file:
        every = list(csv.DictReader(file))
    times = [row for row in every if row["PARAMCD"] == "PFS"]
    pfs = next(one for one in analysed["endpoints"] if one["id"] == "pfs")
    for group in pfs["groups"]:
        own = [row for row in times if row["ARM"] == group["arm"]]
        assert (len(own), sum(row["CNSR"] == "0" for row in own)) == (group["n"], group["events"])
    assert all(re.fullmatch(r"[0-9;]+", row["SRCSEQ"]) for row in every)
    stamp = json.loads((tmp_path / "adam" / "stamp.json").read_text(encoding="utf-8"))
    assert stamp["ledger_head"] == analysed["stamp"]["ledger_head"]


def test_the_chinese_report_is_made_too(database: str, tmp_path: Path) -> None:
    made = reported(database, tmp_path / "zh.html", "--language", "zh-hans").decode()
    assert '<html lang="zh-Hans">' in made
    assert "随机分组" in made
    assert reported(database, tmp_path / "zh.pdf", "--language", "zh-hans").startswith(b"%PDF")


def test_a_committee_gets_an_open_report_beside_the_closed_one(database: str, content: Any, tmp_path: Path) -> None:
    open_ = json.loads(reported(database, tmp_path / "r.json", "--pooled", "--language", "en"))
    by_arm, pooled = (one["estimates"]["endpoints"] for one in (content, open_))
    assert {len(one["groups"]) for one in by_arm} == {2}
    tells = {"pfs_contamination", "pfs_per_protocol"}  # what counts, or who, depends on the arm
    assert {one["id"]: len(one["groups"]) for one in pooled} == {
        one["id"]: 0 if one["id"] in tells else 1 for one in by_arm
    }
    for one, other in zip(by_arm, pooled, strict=True):
        if one["id"] in tells:
            assert "depends on the arm" in other["reason"]
        else:
            assert sum(group["events"] for group in one["groups"]) == other["groups"][0]["events"]


def test_a_production_record_is_reported_pooled(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'real.sqlite3'}"
    run("open", "nct07014202", "--database", url)
    content = json.loads(reported(url, tmp_path / "r.json"))
    assert content["access"].startswith("Pooled:")
    assert content["banner"] == ""
    assert [group["arm"] for one in content["estimates"]["endpoints"] for group in one["groups"]] == []
    told = run("datasets", "nct07014202", "--database", url, "--out", str(tmp_path / "adam")).stdout
    assert "Without arms" in told
    for path in (tmp_path / "adam").glob("*.csv"):
        assert not {"ARM", "ARMCD", "TRT01P", "TRT01A", "ACTARM"} & set(path.read_text().split("\n")[0].split(","))
    refused = run(
        "report", "nct07014202", "--database", url, "--cutoff", CUTOFF, "--look", "interim", "-o",
        str(tmp_path / "no.json"), code=11,
    )  # fmt: skip
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "no.json").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--cutoff", "2025-06-30", "--format", "pdf"], 2, "needs a file"),
        (["--cutoff", "2025-06-30", "-o", "report.docx"], 2, "names no format"),
        (["--cutoff", "2025-06-30", "--pooled", "--look", "interim"], 2, "no look is taken"),
        (["--cutoff", "soon"], 2, "soon"),
        ([], 2, "--cutoff"),
        (["--cutoff", "2025-06-30", "-o", "/nowhere/at/all/r.html"], 14, "cannot be written"),
    ],
)
def test_wrong_requests_are_one_sentence(database: str, arguments: list[str], code: int, says: str) -> None:
    done = run("report", "nct07014202", "--database", database, *arguments, code=code)
    assert says in done.stderr
    assert "Traceback" not in done.stderr
