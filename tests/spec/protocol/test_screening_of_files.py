"""Participants from a file, judged by the flagship's criteria: what each field means, and what is refused."""

import copy
import json
import re
from datetime import date
from pathlib import Path

import pytest

from equipoise.conduct.eligibility import Evaluation, evaluate_eligibility
from equipoise.imports.participants import read_participants
from equipoise.kernel.errors import InputError
from equipoise.protocol.load import load
from equipoise.protocols import shipped
from meta.source_tree import ROOT

ON = date(2026, 3, 10)
ELIGIBLE = json.loads((Path(__file__).parent / "eligible.json").read_text())[0]
PROTOCOL = load(shipped("nct07014202"), "nct07014202.yaml").protocol


def screened(document: object) -> list[Evaluation]:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    found = read_participants(data, "participants.json", PROTOCOL, on=ON)
    return [evaluate_eligibility(PROTOCOL, participant.casebook, ON) for participant in found]


def standing(criterion: str, change=lambda person: None) -> str:
    """How a criterion stands for the eligible participant with something changed."""
    person = copy.deepcopy(ELIGIBLE)
    change(person)
    return screened([person])[0][criterion].standing


def items(**values: object):
    return lambda person: person["items"].update(values)


def without(name: str):
    return lambda person: person["items"].pop(name)


def lab(value: object, unit: str, day: str = "2026-03-05", **limits: object) -> dict:
    return {"value": value, "unit": unit, "date": day, **limits}


def test_everything_met_is_eligible():
    evaluation = screened([ELIGIBLE])[0]
    assert [v.criterion.id for v in evaluation.unmet] == []
    assert evaluation.verdict == "eligible"


def test_the_documents_example_reads_as_it_says():
    text = (ROOT / "docs" / "participants.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (evaluation,) = screened(example.encode())
    met = {verdict.criterion.id for verdict in evaluation.verdicts if verdict.standing == "met"}
    assert (evaluation.verdict, met) == ("undecided", {"I2", "I3", "I4", "I8", "I12a", "X1"})


def test_nothing_known_is_undecided():
    evaluation = screened([{"id": "P-002"}])[0]
    assert evaluation.verdict == "undecided"
    assert {verdict.standing for verdict in evaluation.verdicts} == {"unknown"}


@pytest.mark.parametrize(
    ("criterion", "change", "expected"),
    [
        ("I2", lambda person: person["consent"].update(age=17), "not met"),
        ("I2", lambda person: person.pop("consent"), "unknown"),
        ("I3", lambda person: person.pop("signed"), "unknown"),
        ("I4", items(ecog={"value": 2, "date": "2026-03-05"}), "not met"),
        ("I4", items(ecog={"value": 1, "date": "2026-02-24"}), "met"),  # 14 days before, both ends included
        ("I4", items(ecog={"value": 1, "date": "2026-02-23"}), "unknown"),
        ("I4", items(ecog=1), "unknown"),  # no date lies in no window
        ("I6", items(platinum_io_cycles=7), "not met"),
        ("I10", items(tissue_agreement="declined"), "not met"),
        ("I10", items(tissue_agreement="unable", tissue_exception=True), "met"),
        ("I12a", items(neutrophils=lab("1.5", "10*9/L")), "met"),
        ("I12a", items(neutrophils=lab("1.499", "10*9/L")), "not met"),
        ("I12a", items(neutrophils=lab("1.5", "10*3/uL")), "met"),
        ("I12a", without("neutrophils"), "unknown"),
        ("I12b", items(platelets={"absent": "not_done", "because": "clotted", "date": "2026-03-05"}), "unknown"),
        ("I12d", items(creatinine=lab("1.0", "mg/dL", lower="0.6", upper="1.2")), "met"),
        ("I12d", items(creatinine=lab("80", "umol/L")), "unknown"),  # no limits of normal
        ("I12e", items(ast=lab("120", "U/L", upper="40")), "not met"),
        ("X1", items(sex="female", pregnancy_test={"value": "positive", "date": "2026-03-05"}), "not met"),
    ],
)  # fmt: skip
def test_one_change(criterion, change, expected):
    assert standing(criterion, change) == expected


def test_a_liver_lesion_relaxes_the_transaminases():
    def change(person):
        person["items"]["ast"] = lab("120", "U/L", upper="40")
        person["logs"]["lesions"]["rows"][1]["organ"] = "liver"

    assert standing("I12e", change) == "met"


def test_the_latest_of_several_results_governs():
    results = [lab("2.1", "10*9/L", "2026-03-06"), lab("1.1", "10*9/L", "2026-03-02")]
    assert standing("I12a", items(neutrophils=results)) == "met"
    assert standing("I12a", items(neutrophils=[lab("1.1", "10*9/L", "2026-03-07"), *results])) == "not met"


def test_a_list_not_declared_complete_may_have_more_in_it():
    assert standing("I9", lambda person: person["logs"]["lesions"].update(complete=False)) == "unknown"
    assert standing("I6", lambda person: person["logs"]["lesions"].update(complete=False)) == "unknown"


def test_six_residual_lesions_are_too_many():
    def change(person):
        row = person["logs"]["lesions"]["rows"][0]
        person["logs"]["lesions"]["rows"] = [{**row, "id": f"L{number}"} for number in range(1, 7)]

    assert standing("I6", change) == "not met"


def test_a_table_says_the_same():
    table = (
        "id,consent_date,age,ecog,ecog.date,neutrophils,neutrophils.unit,neutrophils.date\n"
        "P-001,2026-03-01,61,2,2026-03-05,2.1,10*9/L,2026-03-05\n"
        "P-002,,,,,,,\n"
    )
    first, second = screened(table.encode())
    assert [first[name].standing for name in ("I2", "I4", "I12a")] == ["met", "not met", "met"]
    assert second.verdict == "undecided"


@pytest.mark.parametrize(
    ("change", "field", "problem"),
    [
        (items(neutrophils=1.5), "items.neutrophils", "A result needs its unit"),
        (items(neutrophils=lab("1.5", "g/L")), "items.neutrophils", "is not one this result comes in"),
        (items(neutrophils=lab("1,5", "10*9/L")), "items.neutrophils", "Write a number with a point"),
        (items(neutrophils=lab("1.5", "10*9/L", "05/03/2026")), "items.neutrophils.date", "this is no date"),
        (items(neutrophils=lab("1.5", "10*9/L", "2026-04-01")), "items.neutrophils.date", "lies after 2026-03-10"),
        (items(ecog={"value": 9, "date": "2026-03-05"}), "items.ecog", "is none of the answers"),
        (items(neutrofils=1), "items.neutrofils", "there is no such field"),
        (items(weight={"value": 70, "unit": "lb"}), "items.weight.unit", "comes in one unit"),
        (items(sex={"value": ["male"]}), "items.sex", "a single value is wanted here"),
        (lambda person: person["consent"].update(age=-1), "consent.age", "no age"),
        (lambda person: person["consent"].update(date="2027-01-01"), "consent.date", "lies after"),
        (lambda person: person.update(lab={}), "lab", "there is no such field"),
        (lambda person: person["logs"]["lesions"].update(complete="yes"), "logs.lesions.complete", "true or false"),
        (lambda person: person["logs"]["lesions"]["rows"][0].update(residual=True),
         "logs.lesions.rows[1].residual", "computed from the register"),
        (lambda person: person["logs"]["lesions"]["rows"][1].update(id="L1"), "logs.lesions.rows[2].id", "one id"),
        (lambda person: person["signed"].append("demographics"), "signed[3]", "no form that is signed"),
        (lambda person: person["signed"].append({"form": "ro_statement", "by": "me"}), "signed[3].by", "no such field"),
    ],
)  # fmt: skip
def test_a_bad_field_is_named_with_its_participant(change, field, problem):
    person = copy.deepcopy(ELIGIBLE)
    change(person)
    with pytest.raises(InputError) as caught:
        screened([{"id": "P-000"}, person])
    assert caught.value.row == 2
    assert caught.value.column == field
    assert "participant P-001" in str(caught.value)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"[", b"\xff\xfe", b"[{]", b'[{"id": NaN}]', b'[{"id": "a", "id": "b"}]', b"[" * 100_000, b"[1]", b"[null]",
        b"{}", b'[{"id": ""}]', b'[{"id": "a"}, {"id": "a"}]', b"", b"a,b\n1,2\n", b'[{"id": 1, "items": []}]',
        b'[{"id": "a", "date": 5}]', b'[{"id": "a", "signed": "x"}]', b'[{"id": "a", "logs": {"lesions": []}}]',
        b'[{"id": "a", "items": {"weight": 1e999999}}]', b'[{"id": "a", "items": {"sex": {"value": {}}}}]',
        b'[{"id": "a", "items": {"ecog": {"absent": "lost"}}}]', b"id,lesions\na,{\n", b'[{"id": true}]',
    ],
)  # fmt: skip
def test_no_file_brings_a_traceback(data):
    with pytest.raises(InputError):
        screened(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"5", "column id: there is no such column"),
        (b"null", "column id: there is no such column"),
        (b"age\n61\n", "column id: there is no such column"),
        (b"[" * 100_000, "the text is nested too deeply"),
        (b'[{"id": "P", "items": {"weight": ' + b"9" * 5000 + b"}}]", "a number has more than 400 digits"),
        (b'[{"id": "\\ud800"}]', "half a character"),
        (b'[{"id": "a\\u0000b"}]', "holds a sign that cannot be shown"),
        (b'[{"id": "P", "consent": {"age": 61}}]', "the consent has no date"),
    ],
)
def test_a_file_that_holds_no_participants_is_refused(data: bytes, said: str):
    with pytest.raises(InputError, match=said):
        screened(data)


def test_a_statement_on_a_lesion_that_is_not_in_the_register_is_refused():
    person = copy.deepcopy(ELIGIBLE)
    person["logs"]["irradiability"]["rows"][0]["lesion"] = "L9"
    with pytest.raises(InputError, match=r"irradiability\.rows\[1\]\.lesion.*no such row in lesions.*L9.*L1, L2"):
        screened([person])
