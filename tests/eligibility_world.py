"""A vocabulary, a participant who meets everything, and the flagship's rules, for tests of eligibility."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.quantities import Quantity
from equipoise.methods.criteria import (
    NONE,
    STANDARD_FUNCTIONS,
    BooleanType,
    CodesType,
    CodeType,
    Criterion,
    DateType,
    Exempting,
    Known,
    NumberType,
    Register,
    Result,
    Results,
    Row,
    Rows,
    Term,
    TextType,
    Unknown,
    Vocabulary,
    analyte_conversion,
    label,
    parse_window,
    read_rule,
)

ON = date(2026, 3, 10)
"""The day the tests judge on."""

ORGANS = ("lung", "liver", "bone", "adrenal", "lymph_node")
TERMS = ("alopecia", "fatigue", "pigmentation", "hypothyroidism", "neuropathy", "pneumonitis", "nausea", "anaemia")


def _lab(unit: str, name: str) -> Term:
    return Term(NumberType(unit), label(name))


def _yes_no(name: str, *, windowed: bool = False) -> Term:
    return Term(BooleanType(), label(name), windowed=windowed)


VOCABULARY = Vocabulary(
    items={
        "neutrophils": Term(NumberType("10*9/L"), label("neutrophils", "中性粒细胞")),
        "platelets": Term(NumberType("10*9/L"), label("platelets", "血小板")),
        "haemoglobin": Term(NumberType("g/L"), label("haemoglobin", "血红蛋白")),
        "creatinine": _lab("umol/L", "creatinine"),
        "bilirubin": _lab("umol/L", "total bilirubin"),
        "ast": _lab("U/L", "AST"),
        "alt": _lab("U/L", "ALT"),
        "tsh": _lab("m[IU]/L", "TSH"),
        "ft3": _lab("pmol/L", "FT3"),
        "ft4": _lab("pmol/L", "FT4"),
        "weight": _lab("kg", "weight"),
        "age": Term(NumberType("a", whole=True), label("age", "年龄"), windowed=False),
        "sex": Term(CodeType(("male", "female")), label("sex"), windowed=False),
        "ecog": Term(NumberType("1", whole=True), label("ECOG", "ECOG 评分")),
        "consent_date": Term(DateType(), label("consent"), windowed=False),
        "first_study_procedure": Term(
            DateType(), label("first study-specific procedure"), windowed=False, may_be_none=True
        ),
        "last_transfusion": Term(DateType(), label("last transfusion", "末次输血"), windowed=False, may_be_none=True),
        "will_comply": _yes_no("compliance"),
        "survival_3_months": _yes_no("expected survival of at least 3 months"),
        "diagnosis_method": Term(CodeType(("histology", "cytology", "imaging")), label("method"), windowed=False),
        "histology": Term(CodeType(("nsclc", "sclc", "other")), label("histology"), windowed=False),
        "stage": Term(CodeType(("II", "IIIB", "IIIC", "IVA", "IVB")), label("stage"), windowed=False),
        "mutations": Term(CodesType(("egfr", "alk", "ros1")), label("mutations"), windowed=False),
        "pet_progression": _yes_no("progression on PET-CT", windowed=True),
        "all_irradiable": _yes_no("all residual lesions can be irradiated"),
        "tolerates_radiotherapy": _yes_no("tolerates radiotherapy"),
        "tissue_agreed": _yes_no("tissue agreed"),
        "tissue_unable": _yes_no("unable to give tissue"),
        "tissue_assessed": _yes_no("enrolment without tissue assessed"),
        "gilbert": Term(BooleanType(), label("Gilbert's syndrome", "Gilbert 综合征"), windowed=False),
        "pregnant": Term(BooleanType(), label("pregnancy", "妊娠")),
        "pneumonitis_on_steroids": _yes_no("pneumonitis on steroids"),
        "autoimmune_disease": _yes_no("active autoimmune disease"),
        "unstable_brain": _yes_no("unstable brain metastases"),
        "overlapping_radiotherapy": _yes_no("overlapping prior radiotherapy"),
        "uncontrolled_effusion": _yes_no("uncontrolled effusion"),
        "another_cancer": _yes_no("another active cancer"),
        "antiangiogenic": _yes_no("anti-angiogenic maintenance"),
        "comment": Term(TextType(), label("comment")),
    },
    collections={
        "lesions": Register(
            {
                "organ": Term(CodeType(ORGANS, {"liver": label("liver", "肝")}), label("organ", "器官")),
                "residual": Term(BooleanType(), label("residual", "残留")),
                "measurable": Term(BooleanType(), label("measurable", "可测量")),
                "irradiable": Term(BooleanType(), label("irradiable", "可放疗")),
                "irradiated_before": Term(BooleanType(), label("irradiated before")),
                "progressed_since": Term(BooleanType(), label("progressed since")),
                "diameter": Term(NumberType("mm"), label("diameter")),
            },
            label("lesions", "病灶"),
        ),
        "toxicities": Register(
            {
                "term": Term(CodeType(TERMS), label("term")),
                "grade": Term(NumberType("1", whole=True), label("grade")),
                "on_replacement": Term(BooleanType(), label("on hormone replacement")),
                "limited_by_i12": Term(BooleanType(), label("limited by I12")),
            },
            label("toxicities", "毒性"),
        ),
        "cycles": Register(
            {
                "platinum": Term(BooleanType(), label("platinum")),
                "immunotherapy": Term(BooleanType(), label("immunotherapy")),
            },
            label("cycles", "周期"),
        ),
    },
    functions=STANDARD_FUNCTIONS,
    convert=analyte_conversion({"bilirubin": "bilirubin"}),
)


def lab(value: str, unit: str, on: str = "2026-03-01", *, low: str = "", high: str = "", position: int = 0) -> Result:
    """Build one laboratory result; the limits are in its own unit."""
    lower, upper = (Quantity.of(limit, unit) if limit else None for limit in (low, high))
    return Result(Quantity.of(value, unit), PartialDate.parse(on), position, ("labs", on), lower, upper)


def said(value: Any, on: str = "2026-03-01", position: int = 0) -> Result:
    """Build one answer."""
    return Result(value, PartialDate.parse(on), position, ("forms", on))


def row(name: str, **fields: Any) -> Row:
    """Build a row; a field given an Unknown is that, one left out is not yet entered."""
    return Row(name, {key: value if isinstance(value, Unknown) else Known(value) for key, value in fields.items()})


def lesion(name: str, organ: str = "lung", **fields: Any) -> Row:
    """Build a residual, measurable, irradiable lesion, unless told otherwise."""
    usual = {"residual": True, "measurable": True, "irradiable": True, "irradiated_before": False}
    return row(name, **{"organ": organ, **usual, **fields})


def toxicity(name: str, term: str, grade: int, **fields: Any) -> Row:
    """Build a toxicity that is neither substituted nor limited elsewhere, unless told otherwise."""
    return row(name, **{"term": term, "grade": grade, "on_replacement": False, "limited_by_i12": False, **fields})


CYCLES = Rows(tuple(row(f"C{number}", platinum=True, immunotherapy=True) for number in range(1, 5)), complete=True)
LESIONS = Rows((lesion("L1"), lesion("L2", "liver", measurable=False)), complete=True)
TOXICITIES = Rows((toxicity("T1", "alopecia", 2),), complete=True)

MEETS_ALL: Mapping[str, list[Result]] = {
    "neutrophils": [lab("1.5", "10*9/L")],
    "platelets": [lab("120", "10*9/L")],
    "haemoglobin": [lab("95", "g/L")],
    "creatinine": [lab("80", "umol/L", high="106")],
    "bilirubin": [lab("12", "umol/L", high="21")],
    "ast": [lab("30", "U/L", high="40")],
    "alt": [lab("35", "U/L", high="40")],
    "tsh": [lab("2.0", "m[IU]/L", low="0.27", high="4.2")],
    "ft3": [lab("4.5", "pmol/L", low="3.1", high="6.8")],
    "ft4": [lab("15", "pmol/L", low="12", high="22")],
    "weight": [said(Quantity.of("70", "kg"))],
    "age": [said(Quantity.of(60, "a"))],
    "sex": [said("male")],
    "ecog": [said(1)],
    "consent_date": [said(PartialDate(2026, 2, 20))],
    "first_study_procedure": [said(PartialDate(2026, 2, 23))],
    "last_transfusion": [said(NONE)],
    "diagnosis_method": [said("histology")],
    "histology": [said("nsclc")],
    "stage": [said("IVA")],
    **{name: [said(True)] for name in ("will_comply", "survival_3_months", "all_irradiable", "tissue_agreed")},
    "tolerates_radiotherapy": [said(True)],
    **{name: [said(False)] for name in ("tissue_unable", "tissue_assessed", "gilbert", "pregnant", "pet_progression")},
    **{name: [said(False)] for name in ("pneumonitis_on_steroids", "autoimmune_disease", "unstable_brain")},
    **{name: [said(False)] for name in ("overlapping_radiotherapy", "uncontrolled_effusion", "another_cancer")},
    "antiangiogenic": [said(False)],
}


def participant(
    lesions: Rows = LESIONS, toxicities: Rows = TOXICITIES, cycles: Rows = CYCLES, **changes: list[Result]
) -> Results:
    """Build the record of one who meets every criterion, with changes; an empty list takes an item away."""
    registers = {"lesions": lesions, "toxicities": toxicities, "cycles": cycles}
    return Results({**MEETS_ALL, **changes}, registers)


@dataclass(frozen=True)
class Written:
    """A criterion as a protocol writes it."""

    rule: str
    within: str = ""
    unless: str = ""
    excludes: bool = False

    def built(self) -> Criterion:
        """The criterion ready to be judged."""
        exceptions = ()
        if self.unless:
            exceptions = (Exempting("x", label("exception", "例外"), read_rule(self.unless, VOCABULARY)),)
        window = parse_window(self.within) if self.within else None
        return Criterion(read_rule(self.rule, VOCABULARY), window, exceptions, self.excludes)


LABS = "14 days before randomization"
SCANS = "28 days before randomization"

FLAGSHIP: Mapping[str, Written] = {
    "I1": Written(
        "will_comply and consent_date <= today"
        " and (first_study_procedure == none or consent_date <= first_study_procedure)"
    ),
    "I2": Written("age >= 18 [a]"),
    "I3": Written("survival_3_months"),
    "I4": Written("ecog in {0, 1}", LABS),
    "I5": Written(
        "diagnosis_method in {histology, cytology} and histology == nsclc and stage in {IIIB, IIIC, IVA, IVB}"
    ),
    "I6": Written(
        "count(cycles, platinum and immunotherapy) between 4 and 6 and not pet_progression"
        " and count(lesions, residual) <= 5 and count_distinct(lesions, organ, residual) <= 3",
        SCANS,
    ),
    "I7": Written("all(lesions, not residual or irradiable) and all_irradiable"),
    "I8": Written("tolerates_radiotherapy"),
    "I9": Written("any(lesions, residual and measurable and (not irradiated_before or progressed_since))"),
    "I10": Written("tissue_agreed", unless="tissue_unable and tissue_assessed"),
    "I11": Written(
        "all(toxicities, grade <= 1 or term in {alopecia, fatigue, pigmentation} or limited_by_i12"
        " or (term == hypothyroidism and on_replacement) or (term == neuropathy and grade <= 2))"
    ),
    "I12a": Written("neutrophils >= 1.5 [10*9/L]", LABS),
    "I12b": Written("platelets >= 100 [10*9/L]", LABS),
    "I12c": Written(
        "haemoglobin >= 90 [g/L]"
        " and (last_transfusion == none or sample_date(haemoglobin) - last_transfusion > 14 [d])",
        LABS,
    ),
    "I12d": Written(
        "creatinine <= 1 * uln(creatinine) and cockcroft_gault(age, weight, creatinine, sex) > 50 [mL/min]", LABS
    ),
    "I12e": Written(
        "ast <= limit * uln(ast) and alt <= limit * uln(alt)\nwhere limit = 5 if any(lesions, organ == liver) else 2.5",
        LABS,
    ),
    "I12f": Written("bilirubin <= 1.5 * uln(bilirubin)", LABS, unless="gilbert and bilirubin < 51.3 [umol/L]"),
    "I12g": Written(
        "tsh between 0.9 * lln(tsh) and 1.1 * uln(tsh) and ft3 between 0.9 * lln(ft3) and 1.1 * uln(ft3)"
        " and ft4 between 0.9 * lln(ft4) and 1.1 * uln(ft4)",
        LABS,
    ),
    "X1": Written("pregnant", LABS, excludes=True),
    "X2": Written("any(toxicities, term == pneumonitis and grade >= 2) or pneumonitis_on_steroids", excludes=True),
    "X3": Written("autoimmune_disease", excludes=True),
    "X4": Written("unstable_brain", excludes=True),
    "X5": Written("overlapping_radiotherapy", excludes=True),
    "X6": Written("uncontrolled_effusion", excludes=True),
    "X7": Written("another_cancer", excludes=True),
    "X8": Written("antiangiogenic", excludes=True),
}
"""The criteria of the flagship trial, each written as its protocol may write it."""
