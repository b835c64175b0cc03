"""The edit checks of NCT07014202: each broken once, and kept once."""

from typing import Any

import pytest

from equipoise.conduct.consistency import inconsistencies
from equipoise.protocol.load import load
from equipoise.protocol.translation import load_translation, translate
from equipoise.protocols import shipped, translation
from flagship_participants import casebook, flagship, lesion


def event(**changed: str) -> dict[str, str]:
    return {
        "ae_term": "Nausea", "ae_grade": "2", "ae_start": "2026-03-01", "ae_end": "2026-03-02", "ae_serious": "no",
        "ae_outcome": "recovered",
    } | changed  # fmt: skip


def rows(*listed: dict[str, Any]) -> dict[str, Any]:
    return {"complete": True, "rows": list(listed)}


def course(**changed: str) -> dict[str, Any]:
    return {
        "rt_lesions": ["L1"], "rt_status": "delivered", "rt_start": "2026-03-02", "rt_end": "2026-03-06",
        "rt_fractions_planned": "5", "rt_fractions": "5",
    } | changed  # fmt: skip


def pressure(systolic: str, diastolic: str) -> dict[str, Any]:
    return {"vitals_date": "2026-03-02", "systolic": systolic, "diastolic": diastolic}


SIX_TARGETS = [lesion(found_on="2026-02-20") for _ in range(6)]

CASES: list[tuple[str, str, dict[str, Any], bool]] = [
    ("vitals", "pressure_order", pressure("120", "80"), True),
    ("vitals", "pressure_order", pressure("80", "80"), False),
    ("lesions", "axis_order", {"lesions": [lesion("lymph_node", short_axis="22")]}, True),
    ("lesions", "axis_order", {"lesions": [lesion("lymph_node", short_axis="23")]}, False),
    ("lesions", "target_measurable", {"lesions": [lesion(longest_diameter="10")]}, True),
    ("lesions", "target_measurable", {"lesions": [lesion(longest_diameter="9.9")]}, False),
    ("lesions", "target_measurable", {"lesions": [lesion(longest_diameter="9.9", role="non_target")]}, True),
    ("lesions", "target_count", {"lesions": SIX_TARGETS[:5]}, True),
    ("lesions", "target_count", {"lesions": SIX_TARGETS}, False),
    ("ro_statement", "ro_considered", {}, True),
    ("ro_statement", "ro_considered", {"lung_dose_considered": "no"}, False),
    ("radiotherapy_course", "rt_order", {"radiotherapy_course": rows(course())}, True),
    ("radiotherapy_course", "rt_order", {"radiotherapy_course": rows(course(rt_end="2026-03-01"))}, False),
    ("radiotherapy_course", "rt_all_given", {"radiotherapy_course": rows(course())}, True),
    ("radiotherapy_course", "rt_all_given", {"radiotherapy_course": rows(course(rt_fractions="4"))}, False),
    ("radiotherapy_course", "rt_all_given",
     {"radiotherapy_course": rows(course(rt_fractions="4", rt_status="partial"))}, True),
    ("adverse_events", "ae_fatal", {"adverse_events": rows(event(ae_grade="5", ae_outcome="fatal"))}, True),
    ("adverse_events", "ae_fatal", {"adverse_events": rows(event(ae_grade="5"))}, False),
    ("adverse_events", "ae_fatal_grade", {"adverse_events": rows(event(ae_outcome="fatal"))}, False),
    ("adverse_events", "ae_fatal_grade", {"adverse_events": rows(event())}, True),
    ("adverse_events", "ae_fatal_serious", {"adverse_events": rows(event(ae_grade="4"))}, True),
    ("adverse_events", "ae_fatal_serious", {"adverse_events": rows(event(ae_grade="5", ae_outcome="fatal"))}, False),
    ("adverse_events", "ae_order", {"adverse_events": rows(event())}, True),
    ("adverse_events", "ae_order", {"adverse_events": rows(event(ae_end="2026-02-28"))}, False),
    ("adverse_events", "ae_order", {"adverse_events": rows(event(ae_start="2026-03"))}, True),
    ("concomitant_medication", "medication_order",
     {"concomitant_medication": rows({"medication_start": "2026-03-02", "medication_end": "2026-03-01"})}, False),
    ("concomitant_medication", "medication_order",
     {"concomitant_medication": rows({"medication_start": "2026-03-02"})}, True),
]  # fmt: skip


def broken(form_id: str, change: dict[str, Any]) -> set[str]:
    book, form = casebook(change), flagship().form(form_id)
    found = [finding for record in book.rows(form_id) for finding in inconsistencies(flagship(), book, form, record)]
    return {finding.where.rpartition(".")[2] for finding in found}


@pytest.mark.parametrize(("form", "edit", "change", "holds"), CASES)
def test_an_edit_check_is_broken_or_kept(form: str, edit: str, change: dict[str, Any], holds: bool) -> None:
    assert (edit not in broken(form, change)) is holds


def test_every_edit_check_has_both() -> None:
    declared = {(form.id, edit.id) for form in flagship().forms for edit in form.edits}
    for holds in (True, False):
        assert {(form, edit) for form, edit, _, kept in CASES if kept is holds} == declared


def test_a_finding_speaks_both_languages() -> None:
    protocol = load(shipped("nct07014202"), "nct07014202").protocol
    text = translation("nct07014202")
    assert text is not None
    chinese = translate(protocol, load_translation(text, "zh", protocol))
    book = casebook(pressure("80", "90"))
    (record,) = [record for record in book.rows("vitals") if record.answer("systolic")]
    (finding,) = inconsistencies(protocol, book, protocol.form("vitals"), record, shown=chinese.form("vitals"))
    assert finding.says.say("en") == "Diastolic pressure lies below systolic pressure."
    assert finding.says.say("zh-hans") == "舒张压应低于收缩压。"


def test_a_check_reads_the_record_at_hand_and_no_other_visit() -> None:
    """The later visit is in order; the earlier one, which is not, is still found."""
    book = casebook(
        {
            "systolic": [{"value": "80", "date": "2026-03-01"}, {"value": "120", "date": "2026-03-05"}],
            "diastolic": [{"value": "90", "date": "2026-03-01"}, {"value": "70", "date": "2026-03-05"}],
        }
    )
    form = flagship().form("vitals")
    found = {
        record.text("vitals_date"): bool(inconsistencies(flagship(), book, form, record))
        for record in book.rows("vitals")
    }
    assert found["2026-03-01"]
    assert not found["2026-03-05"]
