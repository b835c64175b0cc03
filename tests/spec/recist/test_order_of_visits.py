"""`equipoise derive recist` on visits whose dates and numbers disagree: SDTMIG 3.4, VISITNUM of unplanned visits.

An unscheduled visit is numbered 2.1 by some and 99 by others, who may give one number to all of them; its date tells
when it was. RECIST 1.1 compares with what was seen before, so that the order in time decides.
"""

from pathlib import Path

import polars as pl
import pytest

from equipoise.cli.main import run

Row = tuple[str, str, str, str, str]
"""VISITNUM, VISIT, TRDTC, lesion, diameter in mm (or a code)."""


class Tables:
    """TU and TR files of one subject in a folder, and the command on them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.tu, self.tr, self.out, self.capsys = folder / "tu.csv", folder / "tr.csv", folder / "out.csv", capsys
        self.lesions: list[tuple[str, ...]] = [("1", "", "T01", "TARGET")]

    def derive(self, *rows: Row, options: tuple[str, ...] = ()) -> list[dict[str, str | None]]:
        lines = ["USUBJID,VISITNUM,TUDTC,TULNKID,TUSTRESC,TULOC"]
        lines += [f"S1,{','.join(one)},LUNG" for one in self.lesions]
        self.tu.write_text("\n".join(lines) + "\n", encoding="utf-8")
        lines = ["USUBJID,VISITNUM,VISIT,TRDTC,TRLNKID,TRTESTCD,TRORRES,TRORRESU"]
        for number, visit, day, lesion, result in rows:
            test = "LDIAM" if lesion.startswith("T") else "TUMSTATE"
            unit = "mm" if result[:1].isdigit() else ""
            lines.append(f"S1,{number},{visit},{day},{lesion},{test},{result},{unit}")
        self.tr.write_text("\n".join(lines) + "\n", encoding="utf-8")
        run(["derive", "recist", str(self.tu), str(self.tr), *options, "-o", str(self.out)])
        return pl.read_csv(self.out, infer_schema_length=0).to_dicts()

    def said(self) -> str:
        """What stood on standard error, without the folder's name."""
        return self.capsys.readouterr().err.replace(str(self.out.parent) + "/", "").strip()

    def refused(self, *rows: Row) -> str:
        with pytest.raises(SystemExit) as stop:
            self.derive(*rows)
        assert stop.value.code == 14
        assert not self.out.exists()
        return self.said()


@pytest.fixture
def tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Tables:
    return Tables(tmp_path, capsys)


def course(rows: list[dict[str, str | None]]) -> list[tuple[str | None, ...]]:
    return [tuple(row[name] for name in ("VISITNUM", "NADIR", "SUMDIAM", "OVRLRESP")) for row in rows]


def target(number: str, day: str, size: str, visit: str = "") -> Row:
    return (number, visit, day, "T01", size)


BASELINE = target("1", "2026-01-05", "50")


@pytest.mark.parametrize("number", ["99", "2.1"])
def test_an_unscheduled_visit_is_judged_where_its_date_stands(tables: Tables, number: str) -> None:
    """50, 30 at the unscheduled visit, then 37: 37 is 23 % and 7 mm over 30, and no progression over 50."""
    rows = tables.derive(
        BASELINE, target("2", "2026-03-02", "48"), target("3", "2026-05-02", "37"), target(number, "2026-04-01", "30")
    )
    assert course(rows) == [("2", "50", "48", "SD"), (number, "48", "30", "PR"), ("3", "30", "37", "PD")]


def test_the_disagreement_is_told(tables: Tables) -> None:
    rows = (BASELINE, target("2", "2026-03-02", "48"), target("99", "2026-02-01", "30"))
    tables.derive(*rows)
    assert tables.said() == (
        "tr.csv: S1: visit 99 is dated 2026-02-01, before visit 2 (2026-03-02): visits are judged by date."
    )
    tables.derive(*rows, options=("--language", "zh-hans"))
    assert tables.said() == "tr.csv：S1：访视 99 的日期 2026-02-01 早于访视 2（2026-03-02），疗效按日期先后判定。"


def test_numbers_in_the_order_of_the_dates_are_not_spoken_of(tables: Tables) -> None:
    tables.derive(BASELINE, target("2.1", "2026-04-01", "30"), target("2", "2026-03-02", "48"))
    assert tables.said() == ""


def test_planned_visits_out_of_order_follow_their_dates_too(tables: Tables) -> None:
    rows = tables.derive(BASELINE, target("2", "2026-05-02", "40"), target("3", "2026-03-02", "30"))
    assert course(rows) == [("3", "50", "30", "PR"), ("2", "30", "40", "PD")]


def test_many_unscheduled_visits_of_one_number(tables: Tables) -> None:
    rows = tables.derive(
        BASELINE,
        target("2", "2026-03-02", "48", "WEEK 8"),
        target("99", "2026-02-01", "30", "UNSCHEDULED"),
        target("99", "2026-04-01", "52", "UNSCHEDULED"),
    )
    assert course(rows) == [("99", "50", "30", "PR"), ("2", "30", "48", "PD"), ("99", "30", "52", "PD")]
    assert [row["TRDTC"] for row in rows] == ["2026-02-01", "2026-03-02", "2026-04-01"]
    assert "visit 99 holds assessments of 2026-02-01, 2026-04-01: each is judged by itself" in tables.said()


def test_images_of_one_unscheduled_visit_on_several_days_are_one_visit(tables: Tables) -> None:
    tables.lesions.append(("1", "", "T02", "TARGET"))
    rows = tables.derive(
        BASELINE, ("1", "", "2026-01-05", "T02", "20"),
        target("99", "2026-02-01", "30"), ("99", "", "2026-02-05", "T02", "20"),
    )  # fmt: skip
    assert course(rows) == [("99", "70", "50", "SD")]


def test_two_results_of_a_planned_visit_are_still_two_results(tables: Tables) -> None:
    said = tables.refused(BASELINE, target("2", "2026-03-02", "48"), target("2", "2026-03-09", "47"))
    assert "lesion T01 has two results of LDIAM at visit 2 (the other in row 2)" in said


def test_a_visit_without_a_date_stands_where_its_number_says(tables: Tables) -> None:
    rows = tables.derive(BASELINE, target("3", "2026-05-02", "37"), target("2", "", "30"))
    assert course(rows) == [("2", "50", "30", "PR"), ("3", "30", "37", "PD")]
    assert tables.said() == ""


def test_a_partial_date_that_cannot_tell_leaves_it_to_the_number(tables: Tables) -> None:
    rows = tables.derive(
        BASELINE, target("2", "2026-03", "30"), target("3", "2026-03-20", "37"), target("4", "2026-02", "36")
    )
    assert course(rows) == [("4", "50", "36", "SD"), ("2", "36", "30", "PR"), ("3", "30", "37", "PD")]


def test_what_cannot_be_ordered_is_refused(tables: Tables) -> None:
    """Visit 4 has no date, and the visits before and after it by number stand the other way round in time."""
    said = tables.refused(
        BASELINE, target("3", "2026-05-02", "37"), target("4", "", "30"), target("5", "2026-03-02", "48")
    )
    assert said == (
        "tr.csv, row 3, column TRDTC: the visits of S1 cannot be ordered: 3, 4 and 5 by number, but 5 is dated before "
        "3; wanted: a complete date for visit 4"
    )


def test_a_visit_dated_before_the_baseline_is_refused(tables: Tables) -> None:
    said = tables.refused(BASELINE, target("2", "2025-12-24", "48"))
    assert said == (
        "tr.csv, row 2, column TRDTC: the measurement stands before the baseline of S1; seen: '2025-12-24'; "
        "wanted: 2026-01-05 or later"
    )


def test_a_visit_with_days_on_both_sides_of_another_is_told(tables: Tables) -> None:
    tables.lesions.append(("1", "", "T02", "TARGET"))
    rows = tables.derive(
        BASELINE, ("1", "", "2026-01-05", "T02", "20"),
        target("2", "2026-03-02", "48"), ("2", "", "2026-03-02", "T02", "20"),
        target("3", "2026-05-02", "47"), ("3", "", "2026-02-05", "T02", "20"),
    )  # fmt: skip
    assert course(rows) == [("2", "70", "68", "SD"), ("3", "68", "67", "SD")]
    assert tables.said() == (
        "tr.csv: S1: visit 3 is of 2026-02-05 and 2026-05-02, with visit 2 (2026-03-02) between: judged by number."
    )


def test_a_new_lesion_found_at_an_unscheduled_visit_without_other_results(tables: Tables) -> None:
    tables.lesions.append(("99", "2026-02-01", "N01", "NEW"))
    rows = tables.derive(BASELINE, target("2", "2026-03-02", "48"))
    assert [(row["VISITNUM"], row["NEWLIND"], row["OVRLRESP"]) for row in rows] == [("99", "Y", "PD"), ("2", "N", "SD")]


def test_a_new_lesion_of_one_of_many_unscheduled_visits_is_placed_by_its_date(tables: Tables) -> None:
    unscheduled = [target("99", day, "48", "UNSCHEDULED") for day in ("2026-02-01", "2026-04-01")]
    tables.lesions.append(("99", "2026-04-01", "N01", "NEW"))
    assert [row["OVRLRESP"] for row in tables.derive(BASELINE, *unscheduled)] == ["SD", "PD"]
    tables.lesions[-1] = ("99", "", "N01", "NEW")
    tables.out.unlink()
    assert "row 2, column TUDTC: the new lesion N01 of S1 is of one of several visits 99" in tables.refused(
        BASELINE, *unscheduled
    )


def test_a_new_lesion_identified_at_the_baseline_is_refused(tables: Tables) -> None:
    tables.lesions.append(("1", "", "N01", "NEW"))
    said = tables.refused(BASELINE, target("2", "2026-03-02", "48"))
    assert said == (
        "tu.csv, row 2, column VISITNUM: the new lesion N01 of S1 is identified at the baseline; seen: '1'; "
        "wanted: a visit after 1, or TARGET or NON-TARGET"
    )


def test_a_long_list_of_disagreements_is_cut(tables: Tables) -> None:
    rows = [target(str(60 - n), f"2026-{1 + n // 28:02d}-{1 + n % 28:02d}", "48") for n in range(5, 30)]
    tables.derive(target("1", "2025-12-01", "50"), *rows)
    said = tables.said().splitlines()
    assert len(said) == 11
    assert said[-1] == "tr.csv: 14 more visits are not dated in the order of their numbers."
