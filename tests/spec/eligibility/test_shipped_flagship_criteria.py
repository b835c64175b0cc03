"""The shipped protocol of NCT07014202 judges participants: each criterion met, not met and unknown.

`participant()` meets every criterion on 10 March 2026. Each case changes one thing in it and says what becomes of one
criterion; nothing else may change, save where the table says so.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from equipoise.cli.main import main
from equipoise.conduct.eligibility import Evaluation, evaluate_eligibility
from flagship_participants import (
    LAB,
    LEFT_OUT,
    ON,
    casebook,
    changed,
    flagship,
    in_response,
    lab,
    lesion,
    stated,
    toxicity,
)

MET, NOT_MET, UNKNOWN = "met", "not met", "unknown"


def evaluated(change: dict[str, Any]) -> Evaluation:
    return evaluate_eligibility(flagship(), casebook(change), ON)


OPEN_REGISTER = {"complete": False, "rows": [lesion()]}
FIVE = [lesion(), lesion("liver"), lesion("liver"), lesion("bone", soft_tissue_component="yes"), lesion("lung")]

CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("I1", NOT_MET, {"will_comply": "no"}),
    ("I1", UNKNOWN, {"will_comply": LEFT_OUT}),
    ("I2", MET, {"consent": {"date": "2026-02-25", "age": 18}}),
    ("I2", NOT_MET, {"consent": {"date": "2026-02-25", "age": 17}}),
    ("I2", UNKNOWN, {"consent": LEFT_OUT}),
    ("I3", NOT_MET, {"survives_3_months": "no"}),
    ("I3", UNKNOWN, {"survives_3_months": LEFT_OUT}),
    ("I4", MET, {"ecog": {"value": "0", "date": "2026-02-24"}}),
    ("I4", NOT_MET, {"ecog": {"value": "2", "date": LAB}}),
    ("I4", UNKNOWN, {"ecog": {"value": "1", "date": "2026-02-23"}}),
    ("I5", MET, {"diagnosis_method": "cytology", "histology": "squamous", "stage": "IIIC"}),
    ("I5", NOT_MET, {"diagnosis_method": "clinical"}),
    ("I5", NOT_MET, {"histology": "small_cell"}),
    ("I5", NOT_MET, {"stage": "IIIA"}),
    ("I5", UNKNOWN, {"stage": LEFT_OUT}),
    ("S7", MET, {"ros1": "not_tested", "braf_v600e": "not_tested"}),
    ("S7", NOT_MET, {"egfr": "positive"}),
    ("S7", NOT_MET, {"alk": "not_tested"}),
    ("S7", NOT_MET, {"ret": "positive"}),
    ("S7", UNKNOWN, {"egfr": LEFT_OUT}),
    ("I6", MET, {"platinum_io_cycles": "6", "lesions": FIVE}),
    ("I6", NOT_MET, {"platinum_io_cycles": "3"}),
    ("I6", NOT_MET, {"platinum_io_cycles": "7"}),
    ("I6", NOT_MET, {"no_progression": "no"}),
    ("I6", NOT_MET, {"lesions": [*FIVE, lesion()]}),
    ("I6", NOT_MET, {"lesions": [lesion(), lesion("liver"), lesion("spleen"), lesion("adrenal")]}),
    ("I6", MET, {"lesions": [*FIVE, in_response()]}),
    ("I6", NOT_MET, {"lesions": [*FIVE, in_response(sulpeak=LEFT_OUT)]}),
    ("I6", NOT_MET, {"lesions": [*FIVE, in_response(reader_cmr=LEFT_OUT)]}),
    ("I6", NOT_MET, {"lesions": [*FIVE, in_response(longest_diameter="9")]}),
    ("I6", NOT_MET, {"lesions": [*FIVE, lesion("brain", sulpeak=LEFT_OUT, reader_cmr=LEFT_OUT, mri_resolved="no")]}),
    ("I6", UNKNOWN, {"lesions": OPEN_REGISTER}),
    ("I6", UNKNOWN, {"pet_date": "2026-02-09"}),
    ("I6", UNKNOWN, {"platinum_io_cycles": LEFT_OUT}),
    ("I7", NOT_MET, {"irradiability": stated("L1", irradiable="no")}),
    ("I7", NOT_MET, {"together_safe": "no"}),
    ("I7", UNKNOWN, {"irradiability": []}),
    ("I7", UNKNOWN, {"together_safe": LEFT_OUT}),
    ("I7", MET, {"lesions": [lesion(), in_response()], "irradiability": stated("L1")}),
    ("I8", NOT_MET, {"tolerates_position": "no"}),
    ("I8", UNKNOWN, {"tolerates_position": LEFT_OUT}),
    ("I9", MET, {"lesions": [lesion("lymph_node", short_axis="15")]}),
    ("I9", NOT_MET, {"lesions": [lesion("lymph_node", short_axis="14.9")]}),
    ("I9", NOT_MET, {"lesions": [lesion(slice_thickness="12", longest_diameter="23")]}),
    ("I9", NOT_MET, {"lesions": [lesion("spine", soft_tissue_component="no")]}),
    ("I9", NOT_MET, {"lesions": [lesion(previously_irradiated="yes", progressed_since="no")]}),
    ("I9", MET, {"lesions": [lesion(previously_irradiated="yes", progressed_since="yes")]}),
    ("I9", NOT_MET, {"lesions": [lesion(modality="pet_ct")]}),
    ("I9", UNKNOWN, {"lesions": [lesion(longest_diameter=LEFT_OUT)]}),
    ("I10", NOT_MET, {"tissue_agreement": "declined"}),
    ("I10", MET, {"tissue_agreement": "unable", "tissue_exception": "yes"}),
    ("I10", NOT_MET, {"tissue_agreement": "unable", "tissue_exception": "no"}),
    ("I10", UNKNOWN, {"tissue_agreement": "unable"}),
    ("I10", UNKNOWN, {"tissue_agreement": LEFT_OUT}),
    ("I11", MET, {"prior_toxicities": [toxicity("Nausea", "1"), toxicity("Fatigue", "3"), toxicity("Alopecia", "2")]}),
    ("I11", NOT_MET, {"prior_toxicities": [toxicity("Nausea", "2")]}),
    ("I11", MET, {"prior_toxicities": [toxicity("Peripheral sensory neuropathy", "2", after_chemotherapy="yes")]}),
    ("I11", NOT_MET, {"prior_toxicities": [toxicity("Peripheral sensory neuropathy", "3", after_chemotherapy="yes")]}),
    ("I11", NOT_MET, {"prior_toxicities": [toxicity("Peripheral motor neuropathy", "2", after_chemotherapy="no")]}),
    ("I11", MET, {"prior_toxicities": [toxicity("Hypothyroidism", "2", stable_on_hormone="yes")]}),
    ("I11", NOT_MET, {"prior_toxicities": [toxicity("Hypothyroidism", "2", stable_on_hormone="no")]}),
    ("I11", MET, {"prior_toxicities": [toxicity("Anemia", "2")]}),
    ("I11", UNKNOWN, {"prior_toxicities": [toxicity("Hypothyroidism", "2")]}),
    ("I11", UNKNOWN, {"prior_toxicities": {"complete": False, "rows": []}}),
    ("I12a", MET, {"neutrophils": lab("1.5", "10*9/L")}),
    ("I12a", NOT_MET, {"neutrophils": lab("1.49", "10*9/L")}),
    ("I12a", UNKNOWN, {"neutrophils": lab("3.2", "10*9/L", day="2026-02-23")}),
    ("I12b", MET, {"platelets": lab("100", "10*3/uL")}),
    ("I12b", NOT_MET, {"platelets": lab("99", "10*9/L")}),
    ("I12b", UNKNOWN, {"platelets": LEFT_OUT}),
    ("I12c", MET, {"haemoglobin": lab("9.0", "g/dL")}),
    ("I12c", NOT_MET, {"haemoglobin": lab("89", "g/L")}),
    ("I12c", MET, {"transfused": "yes", "last_transfusion": "2026-02-15"}),
    ("I12c", NOT_MET, {"transfused": "yes", "last_transfusion": "2026-02-16"}),
    ("I12c", UNKNOWN, {"transfused": LEFT_OUT}),
    ("I12c", UNKNOWN, {"transfused": "yes"}),
    ("I12d", MET, {"creatinine": lab("97", "umol/L", "57", "97")}),
    ("I12d", NOT_MET, {"creatinine": lab("97.1", "umol/L", "57", "97")}),
    ("I12d", NOT_MET, {"weight": {"value": "45", "date": LAB}, "creatinine": lab("90", "umol/L", "57", "97")}),
    ("I12d", UNKNOWN, {"weight": LEFT_OUT}),
    ("I12d", UNKNOWN, {"creatinine": lab("80", "umol/L")}),
    ("I12e", MET, {"ast": lab("100", "U/L", "15", "40")}),
    ("I12e", NOT_MET, {"ast": lab("100.1", "U/L", "15", "40")}),
    ("I12e", MET, {"alt": lab("250", "U/L", "9", "50"), "liver_metastases": "yes"}),
    ("I12e", MET, {"alt": lab("250", "U/L", "9", "50"), "lesions": [lesion(), in_response(organ="liver")]}),
    ("I12e", NOT_MET, {"alt": lab("251", "U/L", "9", "50"), "liver_metastases": "yes"}),
    ("I12e", MET, {"liver_metastases": LEFT_OUT, "lesions": [lesion("liver")]}),
    ("I12e", UNKNOWN, {"alt": lab("200", "U/L", "9", "50"), "liver_metastases": LEFT_OUT}),
    ("I12f", MET, {"bilirubin": lab("31.5", "umol/L", "0", "21")}),
    ("I12f", NOT_MET, {"bilirubin": lab("31.6", "umol/L", "0", "21")}),
    ("I12f", MET, {"bilirubin": lab("51.2", "umol/L", "0", "21"), "gilbert": "yes"}),
    ("I12f", NOT_MET, {"bilirubin": lab("51.3", "umol/L", "0", "21"), "gilbert": "yes"}),
    ("I12f", NOT_MET, {"bilirubin": lab("3.0", "mg/dL", "0", "2.1"), "gilbert": "yes"}),
    ("I12f", UNKNOWN, {"bilirubin": LEFT_OUT}),
    ("I12g", MET, {"tsh": lab("5.258", "m[IU]/L", "0.55", "4.78")}),
    ("I12g", NOT_MET, {"tsh": lab("5.259", "m[IU]/L", "0.55", "4.78")}),
    ("I12g", NOT_MET, {"ft3": lab("3.14", "pmol/L", "3.5", "6.5")}),
    ("I12g", UNKNOWN, {"ft4": lab("15", "pmol/L")}),
    ("X1", MET, {"sex": "female", "pregnancy_test": {"value": "negative", "date": LAB}, "breastfeeding": "no"}),
    ("X1", NOT_MET, {"sex": "female", "pregnancy_test": {"value": "positive", "date": LAB}, "breastfeeding": "no"}),
    ("X1", NOT_MET, {"sex": "female", "breastfeeding": "yes"}),
    ("X1", UNKNOWN, {"sex": "female", "breastfeeding": "no"}),
    ("X2", MET, {"pneumonitis_grade": "1"}),
    ("X2", NOT_MET, {"pneumonitis_grade": "2"}),
    ("X2", NOT_MET, {"pneumonitis_steroids": "yes"}),
    ("X2", UNKNOWN, {"pneumonitis_grade": LEFT_OUT}),
    ("X3", NOT_MET, {"autoimmune_active": "yes"}),
    ("X3", UNKNOWN, {"autoimmune_active": LEFT_OUT}),
    ("X4", MET, {"brain_metastases": "yes", "brain_treated_stable": "yes"}),
    ("X4", NOT_MET, {"brain_metastases": "yes", "brain_treated_stable": "no"}),
    ("X4", NOT_MET, {"leptomeningeal": "yes"}),
    ("X4", UNKNOWN, {"mri_date": "2026-02-09"}),
    ("X5", NOT_MET, {"prior_radiotherapy_overlap": "yes"}),
    ("X5", UNKNOWN, {"prior_radiotherapy_overlap": LEFT_OUT}),
    ("X6", NOT_MET, {"effusion_uncontrolled": "yes"}),
    ("X6", UNKNOWN, {"effusion_uncontrolled": LEFT_OUT}),
    ("X7", NOT_MET, {"other_cancer_active": "yes"}),
    ("X7", UNKNOWN, {"other_cancer_active": LEFT_OUT}),
    ("X8", NOT_MET, {"antiangiogenic_planned": "yes"}),
    ("X8", UNKNOWN, {"antiangiogenic_planned": LEFT_OUT}),
]


def test_the_participant_meets_every_criterion() -> None:
    evaluation = evaluated({})
    assert {verdict.criterion.id: verdict.standing for verdict in evaluation.verdicts if verdict.standing != MET} == {}
    assert evaluation.verdict == "eligible"


@pytest.mark.parametrize(("criterion", "standing", "change"), CASES)
def test_one_change_decides_a_criterion(criterion: str, standing: str, change: dict[str, Any]) -> None:
    verdict = evaluated(change)[criterion]
    assert verdict.standing == standing, verdict.explanation.say()
    assert verdict.explanation.say()
    assert verdict.explanation.say("zh-hans")


def test_every_criterion_has_one_that_fails_and_one_unknown() -> None:
    criteria = {criterion.id for criterion in flagship().eligibility}
    for standing in (NOT_MET, UNKNOWN):
        assert {name for name, expected, _ in CASES if expected == standing} == criteria


def test_an_unsigned_statement_is_not_met() -> None:
    evaluation = evaluated({"signed": []})
    assert {verdict.criterion.id for verdict in evaluation.unmet} == {"I1", "I3", "I7", "I8"}


@pytest.mark.parametrize(
    ("criterion", "change"),
    [
        ("I10", {"tissue_agreement": "unable", "tissue_exception": "yes"}),
        ("I12f", {"bilirubin": lab("40", "umol/L", "0", "21"), "gilbert": "yes"}),
    ],
)
def test_an_exception_is_named(criterion: str, change: dict[str, Any]) -> None:
    verdict = evaluated(change)[criterion]
    assert verdict.judgement.by_exception is not None
    assert "by exception" in verdict.explanation.say()


def test_gilbert_is_bound_by_the_absolute_limit_alone() -> None:
    """With a laboratory limit of 40 umol/L, 1.5 x ULN is 60: still, with Gilbert's syndrome, 51.3 is too much."""
    assert evaluated({"bilirubin": lab("55", "umol/L", "0", "40")})["I12f"].standing == MET
    assert evaluated({"bilirubin": lab("55", "umol/L", "0", "40"), "gilbert": "yes"})["I12f"].standing == NOT_MET


def test_on_the_command_line(tmp_path: Path) -> None:
    people = [
        changed({}) | {"id": "eligible"},
        changed({"platelets": lab("98", "10*9/L", "125", "350")}) | {"id": "ineligible"},
        changed({"egfr": LEFT_OUT}) | {"id": "undecided"},
    ]
    file = tmp_path / "participants.json"
    file.write_text(json.dumps(people), encoding="utf-8")
    result = CliRunner().invoke(main, ["screen", "nct07014202", str(file), "--on", ON.isoformat(), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert [one["verdict"] for one in told] == ["eligible", "ineligible", "undecided"]
    platelets = next(one for one in told[1]["criteria"] if one["id"] == "I12b")
    assert platelets["truth"] == "not met"
    assert "98" in platelets["explanation"]
    assert "100" in platelets["explanation"]
