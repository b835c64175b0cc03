"""Text that a spreadsheet program would compute is written as text, and comes back as it was."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.cli.files import write_table
from equipoise.imports.tables import read_table
from equipoise.kernel.cells import STARTS, guarded, guarded_row, unguarded

FORMULAS = ('=HYPERLINK("http://x")', "+1+cmd|'/C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "--1")
PLAIN = ("", "nausea", "-", "-1.5", "+0.3", "-1e-9", "0", "'quoted'", "it's", "2026-03-05", "1-2", "a=b", "恶心")


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_is_written_as_text(text: str) -> None:
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text
    assert unguarded(text) == text


@pytest.mark.parametrize("cell", [-1.5, -7, None, True])
def test_what_is_no_text_stays_as_it_is(cell: object) -> None:
    assert guarded(cell) is cell


@given(st.text(alphabet=st.one_of(st.sampled_from(STARTS + "'1.e"), st.characters(codec="utf-8")), max_size=6))
def test_every_text_comes_back(text: str) -> None:
    assert unguarded(str(guarded(text))) == text


def test_a_file_of_ours_reads_back_as_it_was() -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["TERM", "AVAL"])
    writer.writerows(guarded_row([term, "-2.5"]) for term in ("=1+1", "'=1+1", "-cough", "'twas", "@home"))
    table = read_table(text.getvalue().encode(), "adae.csv")
    assert table.texts("TERM") == ["=1+1", "'=1+1", "-cough", "'twas", "@home"]
    assert table.numbers("AVAL").tolist() == [-2.5] * 5


def test_a_table_of_the_command_line_carries_no_formula_through(tmp_path: Path) -> None:
    given = read_table(b"TERM,AVAL\n=1+1,-2\nnausea,+3\n'=x,4\n", "given.csv")
    write_table(given.with_columns({}), str(tmp_path / "out.csv"))
    assert (tmp_path / "out.csv").read_text().splitlines() == ["TERM,AVAL", "'=1+1,-2", "nausea,+3", "'=x,4"]
