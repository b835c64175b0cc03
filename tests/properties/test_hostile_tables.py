"""Whatever stands in the cells, the commands on tables answer with a table or with an InputError, never otherwise."""

from collections.abc import Callable, Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from equipoise.cli.derive_endpoints import Columns, times
from equipoise.cli.derive_scores import indices, scores
from equipoise.cli.derive_tumours import best_responses, visit_responses
from equipoise.clinical.eq5d import VALUE_SETS
from equipoise.clinical.questionnaires import shipped_instruments
from equipoise.clinical.recist.best_response import Confirmation
from equipoise.imports.tables import Table, read_table
from equipoise.kernel.errors import InputError
from equipoise.methods.endpoints import Censoring, GapLimit

ODD = ["", "NA", "0", "-1", "1e9", "1e999999999", "nan", "inf", "9" * 40, "2026-02-30", "2026", "x", "'", "病灶", "T01"]
CELLS = {
    "USUBJID": ["S1", "S1", "S1", "S2"],
    "VISITNUM": ["1", "1", "2", "3", "2.1"],
    "LESION": ["T01", "T02", "N01", "NEW1", "T01.1"],
    "GROUP": ["TARGET", "TARGET", "NON-TARGET", "NEW"],
    "SITE": ["LUNG", "LYMPH NODE"],
    "TEST": ["LDIAM", "LPERP", "TUMSTATE"],
    "RESULT": ["10", "25", "12.5", "ABSENT", "PRESENT", "TOO SMALL TO MEASURE", "UNEQUIVOCAL", "NE"],
    "UNIT": ["mm", "mm", "cm"],
    "DATE": ["2026-01-01", "2026-03-01", "2026-05", "2026-07-01"],
    "CODE": ["CR", "PR", "SD", "PD", "NE", "Y", "N"],
    "PARAMCD": ["OVR", "PD", "DEATH", "LSTA"],
    "ANSWER": ["1", "2", "3", "4"],
}


def tables(**columns: str) -> st.SearchStrategy[Table]:
    """Tables whose cells are mostly of the right sort."""
    cells = [st.one_of(st.sampled_from(CELLS[kind]), st.sampled_from(CELLS[kind] + ODD)) for kind in columns.values()]
    return st.lists(st.tuples(*cells), max_size=8).map(lambda rows: _table(list(columns), rows))


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    lines = [",".join(header), *(",".join(row) for row in rows)]
    return read_table("\n".join(lines).encode(), Path("made-up.csv").name)


def answers(work: Callable[[], object]) -> None:
    """A result, or a refusal that names the file."""
    named = "made-up.csv"
    try:
        work()
    except InputError as refused:
        named = refused.file
    assert named == "made-up.csv"


TU = tables(USUBJID="USUBJID", VISITNUM="VISITNUM", TULNKID="LESION", TUSTRESC="GROUP", TULOC="SITE")
TR = tables(
    USUBJID="USUBJID", VISITNUM="VISITNUM", TRDTC="DATE", TRLNKID="LESION", TRGRPID="GROUP", TRTESTCD="TEST",
    TRORRES="RESULT", TRORRESU="UNIT",
)  # fmt: skip
WHOLE_TU = _table(
    ["USUBJID", "VISITNUM", "TULNKID", "TUSTRESC", "TULOC"],
    [
        ["S1", "1", "T01", "TARGET", "LUNG"],
        ["S1", "1", "T02", "TARGET", "LYMPH NODE"],
        ["S1", "1", "N01", "NON-TARGET", "BONE"],
        ["S1", "2", "NEW1", "NEW", "LIVER"],
    ],
)


@given(st.one_of(TU, st.just(WHOLE_TU)), TR, st.booleans())
def test_visit_responses(tu: Table, tr: Table, persists: bool) -> None:
    answers(lambda: visit_responses(tu, tr, pr_persists=persists, language="en"))


RS = tables(USUBJID="USUBJID", PARAMCD="PARAMCD", AVALC="CODE", ADT="DATE", START="DATE")


@given(RS, st.one_of(st.none(), st.just(Confirmation())))
def test_best_responses(rs: Table, confirmation: Confirmation | None) -> None:
    answers(lambda: best_responses(rs, "START", min_sd_days=42, confirmation=confirmation, missing_as_ne=False))


ADSL = tables(USUBJID="USUBJID", RANDDT="DATE", DTHDT="DATE", LSTALVDT="DATE", NACTDT="DATE")
ADRS = tables(USUBJID="USUBJID", PARAMCD="PARAMCD", AVALC="CODE", ADT="DATE", ASEQ="VISITNUM")


@given(ADSL, ADRS, st.sampled_from(["os", "pfs"]), st.sampled_from(list(Censoring)))
def test_times(adsl: Table, adrs: Table, endpoint: str, rule: Censoring) -> None:
    columns = Columns("RANDDT", "NACTDT", None, None)
    answers(lambda: times(adsl, adrs, endpoint, rule, columns, gap=GapLimit(56, 7), cutoff=None))


LC13 = shipped_instruments()["qlq-lc13"]


@given(tables(id="USUBJID", **{f"q{number}": "ANSWER" for number in range(31, 44)}))
def test_scores(given_answers: Table) -> None:
    answers(lambda: scores(given_answers, LC13))


@given(tables(id="USUBJID", MO="ANSWER", SC="ANSWER", UA="ANSWER", PD="ANSWER", AD="ANSWER"))
def test_indices(profiles: Table) -> None:
    answers(lambda: indices(profiles, VALUE_SETS["China"]))
