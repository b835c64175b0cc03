"""Each criterion of NCT07014202, met, not met and unknown, with the sentence that says why."""

from typing import Any

import pytest

from eligibility_world import (
    FLAGSHIP,
    ON,
    Written,
    lab,
    lesion,
    participant,
    row,
    said,
    toxicity,
)
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.messages import message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth
from equipoise.methods.criteria import NONE, Result, Results, Rows, Unknown, answered_unknown, judge, not_done

MET, NOT_MET, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

STATEMENTS = {
    "I3": ("survival_3_months", "expected survival of at least 3 months", "yes"),
    "I8": ("tolerates_radiotherapy", "tolerates radiotherapy", "yes"),
    "X1": ("pregnant", "pregnancy", "no"),
    "X3": ("autoimmune_disease", "active autoimmune disease", "no"),
    "X4": ("unstable_brain", "unstable brain metastases", "no"),
    "X5": ("overlapping_radiotherapy", "overlapping prior radiotherapy", "no"),
    "X6": ("uncontrolled_effusion", "uncontrolled effusion", "no"),
    "X7": ("another_cancer", "another active cancer", "no"),
    "X8": ("antiangiogenic", "anti-angiogenic maintenance", "no"),
}


def complete(*rows: Any) -> Rows:
    return Rows(tuple(rows), complete=True)


FIVE_IN_LUNG = [lesion(f"L{number}") for number in range(1, 6)]
NO_ANSWER = Unknown(message("criteria.not_entered"))

CASES: list[tuple[str, Truth, dict[str, Any], str]] = [
    # I1
    (
        "I1", MET, {},
        ("compliance: yes on 2026-03-01, needs yes; consent: 2026-02-20, needs 2026-03-10 (today) or earlier; "
        "consent: 2026-02-20, needs first study-specific procedure: 2026-02-23 or earlier"),
    ),
    ("I1", NOT_MET, {"will_comply": [said(False)]}, "compliance: no on 2026-03-01, needs yes"),
    ("I1", UNKNOWN, {"consent_date": []}, "consent: unknown, not yet entered"),
    # I2
    (
        "I2", MET, {"age": [said(Quantity.of(18, "a"))]},
        "age 18 years on 2026-03-01, needs at least 18: exactly at the limit",
    ),
    ("I2", NOT_MET, {"age": [said(Quantity.of(17, "a"))]}, "age 17 years on 2026-03-01, needs at least 18: 1 short"),
    ("I2", UNKNOWN, {"age": []}, "age: unknown, not yet entered"),
    # I4
    ("I4", MET, {}, "ECOG 1 on 2026-03-01, needs one of 0, 1"),
    ("I4", NOT_MET, {"ecog": [said(2)]}, "ECOG 2 on 2026-03-01, needs one of 0, 1"),
    (
        "I4", UNKNOWN, {"ecog": [said(0, "2026-02-23")]},
        "ECOG: unknown, none between 2026-02-24 and 2026-03-10; the latest is of 2026-02-23",
    ),
    # I5
    (
        "I5", MET, {},
        ("method: histology on 2026-03-01, needs one of histology, cytology; "
        "histology: nsclc on 2026-03-01, needs nsclc; stage: IVA on 2026-03-01, needs one of IIIB, IIIC, IVA, IVB"),
    ),
    (
        "I5", NOT_MET, {"diagnosis_method": [said("imaging")], "stage": []},
        "method: imaging on 2026-03-01, needs one of histology, cytology",
    ),
    ("I5", UNKNOWN, {"stage": [Result(absent=not_done())]}, "stage: unknown, not done"),
    # I6
    (
        "I6", MET, {},
        ("cycles, number with “platinum and immunotherapy”: 4 (C1, C2, C3, C4), needs 4 to 6: exactly at the limit; "
        "progression on PET-CT: no on 2026-03-01, needs no; "
        "lesions, number with “residual”: 2 (L1, L2), needs at most 5: 3 to spare; "
        "lesions, number of different “organ” with “residual”: 2 (L1, L2), needs at most 3: 1 to spare"),
    ),
    (
        "I6", NOT_MET, {"lesions": complete(*FIVE_IN_LUNG, lesion("L6"))},
        "lesions, number with “residual”: 6 (L1, L2, L3, L4, L5, L6), needs at most 5: 1 over",
    ),
    (
        "I6", NOT_MET,
        {"lesions": complete(lesion("L1"), lesion("L2", "liver"), lesion("L3", "bone"), lesion("L4", "adrenal"))},
        ("lesions, number of different “organ” with “residual”: 4 (L1, L2, L3, L4), "
        "needs at most 3: 1 over"),
    ),
    (
        "I6", NOT_MET, {"cycles": complete(*(row(f"C{n}", platinum=True, immunotherapy=n > 1) for n in range(1, 5)))},
        "cycles, number with “platinum and immunotherapy”: 3 (C2, C3, C4), needs 4 to 6: 1 short",
    ),
    ("I6", NOT_MET, {"pet_progression": [said(True)]}, "progression on PET-CT: yes on 2026-03-01, needs no"),
    ("I6", UNKNOWN, {"lesions": Rows()}, "lesions: unknown, the list is not yet declared complete"),
    (
        "I6", UNKNOWN, {"lesions": complete(*FIVE_IN_LUNG, lesion("L6", residual=NO_ANSWER))},
        "lesions L6: residual: unknown, not yet entered",
    ),
    # I7
    (
        "I7", MET, {},
        ("lesions: 2 of 2 with “not residual or irradiable”, needs all with it; "
        "all residual lesions can be irradiated: yes on 2026-03-01, needs yes"),
    ),
    (
        "I7", NOT_MET, {"lesions": complete(lesion("L1"), lesion("L2", irradiable=False))},
        "lesions: 1 of 2 without “not residual or irradiable” (L2: residual yes, irradiable no), needs all with it",
    ),
    (
        "I7", UNKNOWN, {"lesions": complete(lesion("L1"), lesion("L2", irradiable=NO_ANSWER))},
        "lesions L2: irradiable: unknown, not yet entered",
    ),
    # I9
    (
        "I9", MET, {},
        ("lesions: 1 of 2 with “residual and measurable and (not irradiated before or progressed since)” "
        "(L1: residual yes, measurable yes, irradiated before no), "
        "needs at least one"),
    ),
    (
        "I9", NOT_MET, {"lesions": complete(lesion("L1", irradiated_before=True, progressed_since=False))},
        ("lesions: none of 1 with “residual and measurable and (not irradiated before or progressed since)”, "
        "needs at least one"),
    ),
    (
        "I9", UNKNOWN, {"lesions": complete(lesion("L1", irradiated_before=True))},
        "lesions L1: progressed since: unknown, not yet entered",
    ),
    # I10
    ("I10", MET, {}, "tissue agreed: yes on 2026-03-01, needs yes"),
    (
        "I10", MET, {"tissue_agreed": [said(False)], "tissue_unable": [said(True)], "tissue_assessed": [said(True)]},
        ("met by exception (exception): unable to give tissue: yes on 2026-03-01, needs yes; "
        "enrolment without tissue assessed: yes on 2026-03-01, needs yes"),
    ),
    (
        "I10", NOT_MET, {"tissue_agreed": [said(False)]},
        ("tissue agreed: no on 2026-03-01, needs yes; no exception applies (unable to give tissue: no on 2026-03-01, "
        "needs yes; enrolment without tissue assessed: no on 2026-03-01, needs yes)"),
    ),
    (
        "I10", UNKNOWN, {"tissue_agreed": [said(False)], "tissue_unable": [said(True)], "tissue_assessed": []},
        ("tissue agreed: no on 2026-03-01, needs yes; exception not decided (exception): "
        "enrolment without tissue assessed: unknown, not yet entered"),
    ),
    # I12a, I12b
    ("I12a", MET, {}, "neutrophils 1.5 10*9/L on 2026-03-01, needs at least 1.5: exactly at the limit"),
    (
        "I12a", NOT_MET, {"neutrophils": [lab("1.49", "10*9/L")]},
        "neutrophils 1.49 10*9/L on 2026-03-01, needs at least 1.5: 0.01 short",
    ),
    (
        "I12a", UNKNOWN, {"neutrophils": [Result(date=PartialDate(2026, 3, 1), absent=not_done("sample clotted"))]},
        "neutrophils: unknown, not done (sample clotted)",
    ),
    (
        "I12b", MET, {"platelets": [lab("120", "10*9/L")]},
        "platelets 120 10*9/L on 2026-03-01, needs at least 100: 20 to spare",
    ),
    (
        "I12b", NOT_MET, {"platelets": [lab("98", "10*9/L")]},
        "platelets 98 10*9/L on 2026-03-01, needs at least 100: 2 short",
    ),
    ("I12b", UNKNOWN, {"platelets": []}, "platelets: unknown, not yet entered"),
    # I12c
    (
        "I12c", MET, {},
        ("haemoglobin 95 g/L on 2026-03-01, needs at least 90: 5 to spare; "
        "last transfusion: none on 2026-03-01, needs none"),
    ),
    (
        "I12c", MET, {"last_transfusion": [said(PartialDate(2026, 2, 14))]},
        ("haemoglobin 95 g/L on 2026-03-01, needs at least 90: 5 to spare; "
        "date of haemoglobin 2026-03-01 − last transfusion: 2026-02-14 = 15 days, needs more than 14: 1 to spare"),
    ),
    (
        "I12c", NOT_MET, {"last_transfusion": [said(PartialDate(2026, 2, 15))]},
        ("last transfusion: 2026-02-15, needs none; or date of haemoglobin 2026-03-01 − last transfusion: 2026-02-15 "
        "= 14 days, needs more than 14: exactly at the limit, which is not enough"),
    ),
    (
        "I12c", NOT_MET, {"haemoglobin": [lab("8.9", "g/dL")]},
        "haemoglobin 89 g/L (recorded 8.9 g/dL) on 2026-03-01, needs at least 90: 1 short",
    ),
    ("I12c", UNKNOWN, {"last_transfusion": []}, "last transfusion: unknown, not yet entered"),
    (
        "I12c", UNKNOWN, {"last_transfusion": [said(PartialDate(2026, 2))]},
        "last transfusion: unknown, the date is not complete",
    ),
    # I12d: (140 - 60) * 70 * 88.4 / (72 * 80) = 85.944...
    (
        "I12d", MET, {},
        ("creatinine 80 umol/L on 2026-03-01, needs at most 106 umol/L (1 × ULN of creatinine 106 "
        "umol/L): 26 to spare; creatinine clearance (Cockcroft-Gault) 85.9444 mL/min "
        "(age 60 years on 2026-03-01; weight 70 kg on 2026-03-01; creatinine 80 umol/L on 2026-03-01; "
        "sex: male on 2026-03-01), needs more than 50: 35.9444 to spare"),
    ),
    (
        # (140 - 90) * 72 * 88.4 / (72 * 88.4) = 50 exactly
        "I12d", NOT_MET,
        {
            "age": [said(Quantity.of(90, "a"))], "weight": [said(Quantity.of(72, "kg"))],
            "creatinine": [lab("88.4", "umol/L", high="106")],
        },
        ("creatinine clearance (Cockcroft-Gault) 50 mL/min (age 90 years on 2026-03-01; weight 72 kg on 2026-03-01; "
        "creatinine 88.4 umol/L on 2026-03-01; sex: male on 2026-03-01), needs more than 50: "
        "exactly at the limit, which is not enough"),
    ),
    (
        "I12d", NOT_MET, {"creatinine": [lab("1.25", "mg/dL", high="1.2")]},
        ("creatinine 110.5 umol/L (recorded 1.25 mg/dL) on 2026-03-01, needs at most 106.08 umol/L "
        "(1 × ULN of creatinine 106.08 umol/L): 4.42 over"),
    ),
    (
        "I12d", UNKNOWN, {"creatinine": [lab("80", "umol/L")]},
        "creatinine: unknown, the laboratory gave no upper limit of normal",
    ),
    ("I12d", UNKNOWN, {"weight": []}, "weight: unknown, not yet entered"),
    # I12e
    (
        "I12e", MET, {"ast": [lab("200", "U/L", high="40")], "alt": [lab("35", "U/L", high="40")]},
        ("AST 200 U/L on 2026-03-01, needs at most 200 U/L (5 × ULN of AST 40 U/L; 5 because lesions: 1 of 2 with "
        "“organ liver” (L2: organ liver)): exactly at the limit; ALT 35 U/L on 2026-03-01, needs at most 200 U/L "
        "(5 × ULN of ALT 40 U/L; 5 because lesions: 1 of 2 with “organ liver” (L2: organ liver)): 165 to spare"),
    ),
    (
        "I12e", NOT_MET, {"lesions": complete(lesion("L1")), "alt": [lab("101", "U/L", high="40")]},
        ("ALT 101 U/L on 2026-03-01, needs at most 100 U/L (2.5 × ULN of ALT 40 U/L; 2.5 because lesions: none of 1 "
        "with “organ liver”): 1 over"),
    ),
    (
        "I12e", UNKNOWN, {"lesions": Rows((lesion("L1"),))},
        "lesions: unknown, the list is not yet declared complete",
    ),
    # I12f
    (
        "I12f", MET, {},
        ("total bilirubin 12 umol/L on 2026-03-01, needs at most 31.5 umol/L (1.5 × ULN of total "
        "bilirubin 21 umol/L): 19.5 to spare"),
    ),
    (
        "I12f", MET, {"bilirubin": [lab("51.2", "umol/L", high="21")], "gilbert": [said(True)]},
        ("met by exception (exception): Gilbert's syndrome: yes on 2026-03-01, needs yes; "
        "total bilirubin 51.2 umol/L on 2026-03-01, needs less than 51.3: 0.1 to spare"),
    ),
    (
        "I12f", NOT_MET, {"bilirubin": [lab("51.3", "umol/L", high="21")], "gilbert": [said(True)]},
        ("total bilirubin 51.3 umol/L on 2026-03-01, needs at most 31.5 umol/L (1.5 × ULN of total "
        "bilirubin 21 umol/L): 19.8 over; no exception applies (total bilirubin 51.3 umol/L on "
        "2026-03-01, needs less than 51.3: exactly at the limit, which is not enough)"),
    ),
    (
        "I12f", UNKNOWN, {"bilirubin": [lab("40", "umol/L", high="21")], "gilbert": []},
        ("total bilirubin 40 umol/L on 2026-03-01, needs at most 31.5 umol/L (1.5 × ULN of total "
        "bilirubin 21 umol/L): 8.5 over; exception not decided (exception): "
        "Gilbert's syndrome: unknown, not yet entered"),
    ),
    # I12g
    (
        "I12g", NOT_MET, {"tsh": [lab("4.63", "m[IU]/L", low="0.27", high="4.2")]},
        ("TSH 4.63 m[IU]/L on 2026-03-01, needs 0.243 m[IU]/L (0.9 × LLN of TSH 0.27 m[IU]/L) to "
        "4.62 m[IU]/L (1.1 × ULN of TSH 4.2 m[IU]/L): 0.01 over"),
    ),
    (
        "I12g", NOT_MET, {"ft4": [lab("10.7", "pmol/L", low="12", high="22")]},
        ("FT4 10.7 pmol/L on 2026-03-01, needs 10.8 pmol/L (0.9 × LLN of FT4 12 pmol/L) to "
        "24.2 pmol/L (1.1 × ULN of FT4 22 pmol/L): 0.1 short"),
    ),
    (
        "I12g", UNKNOWN, {"ft3": [lab("4.5", "pmol/L", high="6.8")]},
        "FT3: unknown, the laboratory gave no lower limit of normal",
    ),
    # X2
    (
        "X2", NOT_MET, {"toxicities": complete(toxicity("T1", "pneumonitis", 2))},
        "toxicities: 1 of 1 with “term pneumonitis and grade at least 2” (T1: term pneumonitis, grade 2), needs none",
    ),
    ("X2", UNKNOWN, {"toxicities": Rows()}, "toxicities: unknown, the list is not yet declared complete"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "truth", "changes", "sentence"), CASES)
def test_criterion(name: str, truth: Truth, changes: dict[str, Any], sentence: str) -> None:
    judgement = judge(FLAGSHIP[name].built(), participant(**changes), ON)
    assert (judgement.truth, judgement.explanation.say()) == (truth, sentence)
    assert bool(judgement.missing) is (truth is UNKNOWN)


@pytest.mark.parametrize("name", STATEMENTS)
def test_statement(name: str) -> None:
    item, words, needed = STATEMENTS[name]
    for value, truth in ((needed == "yes", MET), (needed == "no", NOT_MET)):
        judgement = judge(FLAGSHIP[name].built(), participant(**{item: [said(value)]}), ON)
        seen = "yes" if value else "no"
        assert judgement.truth is truth
        assert judgement.explanation.say() == f"{words}: {seen} on 2026-03-01, needs {needed}"
    absent = [Result(date=PartialDate(2026, 3, 1), absent=answered_unknown("records abroad"))]
    judgement = judge(FLAGSHIP[name].built(), participant(**{item: absent}), ON)
    assert judgement.truth is UNKNOWN
    assert judgement.explanation.say() == f"{words}: unknown, answered “unknown” (records abroad)"


@pytest.mark.parametrize(
    ("row_", "truth"),
    [
        (toxicity("T", "nausea", 1), MET),
        (toxicity("T", "nausea", 2), NOT_MET),
        (toxicity("T", "fatigue", 3), MET),
        (toxicity("T", "alopecia", 2), MET),
        (toxicity("T", "pigmentation", 2), MET),
        (toxicity("T", "neuropathy", 2), MET),
        (toxicity("T", "neuropathy", 3), NOT_MET),
        (toxicity("T", "hypothyroidism", 2, on_replacement=True), MET),
        (toxicity("T", "hypothyroidism", 2), NOT_MET),
        (toxicity("T", "hypothyroidism", 2, on_replacement=NO_ANSWER), UNKNOWN),
        (toxicity("T", "anaemia", 2, limited_by_i12=True), MET),
        (toxicity("T", "nausea", NO_ANSWER), UNKNOWN),  # type: ignore[arg-type]
    ],
)
def test_recovery_of_toxicities(row_: Any, truth: Truth) -> None:
    """I11: grade 1 or less, but for its exceptions."""
    assert judge(FLAGSHIP["I11"].built(), participant(toxicities=complete(row_)), ON).truth is truth


def test_empty_toxicity_list_is_met_only_once_complete() -> None:
    criterion = FLAGSHIP["I11"].built()
    assert judge(criterion, participant(toxicities=Rows()), ON).truth is UNKNOWN
    assert judge(criterion, participant(toxicities=complete()), ON).truth is MET


def test_one_who_meets_all_is_eligible() -> None:
    assert len(FLAGSHIP) == 26
    assert {judge(written.built(), participant(), ON).truth for written in FLAGSHIP.values()} == {MET}


def test_nobody_is_eligible_without_data() -> None:
    assert {judge(written.built(), Results(), ON).truth for written in FLAGSHIP.values()} == {UNKNOWN}


@pytest.mark.parametrize("name", FLAGSHIP)
def test_every_criterion_speaks_chinese(name: str) -> None:
    for record in (participant(), participant(lesions=Rows(), toxicities=Rows(), neutrophils=[])):
        text = judge(FLAGSHIP[name].built(), record, ON).explanation.say("zh-hans")
        assert any("一" <= letter <= "鿿" for letter in text)
        assert "needs" not in text
        assert "unknown" not in text


def test_chinese_sentence() -> None:
    judgement = judge(FLAGSHIP["I12b"].built(), participant(platelets=[lab("98", "10*9/L")]), ON)
    assert judgement.explanation.say("zh-hans") == "血小板 98 10*9/L（2026-03-01），要求至少 100：差 2"


def test_exception_is_named() -> None:
    changes = {"tissue_agreed": [said(False)], "tissue_unable": [said(True)], "tissue_assessed": [said(True)]}
    judgement = judge(FLAGSHIP["I10"].built(), participant(**changes), ON)
    assert judgement.by_exception is not None
    assert judgement.by_exception.id == "x"
    assert judge(FLAGSHIP["I10"].built(), participant(), ON).by_exception is None


def test_declined_is_not_unable() -> None:
    changes = {"tissue_agreed": [said(False)], "tissue_unable": [said(False)], "tissue_assessed": [said(True)]}
    assert judge(FLAGSHIP["I10"].built(), participant(**changes), ON).truth is NOT_MET


def test_evidence_has_value_unit_date_source_and_limits() -> None:
    judgement = judge(FLAGSHIP["I12e"].built(), participant(), ON)
    leaf = next(leaf for leaf in judgement.evidence if leaf.name == "ast" and not leaf.attribute)
    assert (str(leaf.value), leaf.unit, str(leaf.date)) == ("30 U/L", "U/L", "2026-03-01")
    assert leaf.source == ("labs", "2026-03-01")
    assert leaf.upper_limit == Quantity.of(40, "U/L")
    assert leaf.lower_limit is None


def test_what_a_criterion_reads() -> None:
    assert FLAGSHIP["I12f"].built().reads.items == {"bilirubin", "gilbert"}
    reads = FLAGSHIP["I12e"].built().reads
    assert reads.fields == {("lesions", "organ")}
    assert reads.registers == {"lesions"}


def test_missing_names_what_and_why() -> None:
    judgement = judge(FLAGSHIP["I12g"].built(), participant(tsh=[], ft4=[lab("15", "pmol/L", low="12")]), ON)
    assert [(missing.name, missing.reason.code) for missing in judgement.missing] == [
        ("tsh", "criteria.not_entered"),
        ("ft4", "criteria.no_upper_limit"),
    ]


def test_none_in_a_register_says_so() -> None:
    judgement = judge(Written("any(lesions, organ == liver)").built(), participant(lesions=complete()), ON)
    assert judgement.explanation.say() == "lesions: no entry, needs at least one"


def test_no_transfusion_needs_an_explicit_answer() -> None:
    criterion = FLAGSHIP["I12c"].built()
    assert judge(criterion, participant(last_transfusion=[said(NONE)]), ON).truth is MET
    assert judge(criterion, participant(last_transfusion=[]), ON).truth is UNKNOWN
