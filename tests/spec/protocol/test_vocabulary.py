"""What a protocol's rules may name, of which type, and what a window bounds."""

from pathlib import Path

import pytest

from equipoise.conduct.permissions import ROLES
from equipoise.methods.criteria import BooleanType, CodesType, CodeType, DateType, NumberType, RuleError, read_rule
from equipoise.protocol.check_forms import FILLERS
from equipoise.protocol.load import load
from equipoise.protocol.vocabulary import vocabulary
from equipoise.protocols import shipped

TEXT = (Path(__file__).parent / "whole.yaml").read_text()
WORDS = vocabulary(load(TEXT, "whole.yaml").protocol)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("age", NumberType("a", whole=True)),
        ("consented", BooleanType()),
        ("sex", CodeType(("female", "male"))),
        ("pregnant", BooleanType()),
        ("blood_date", DateType()),
        ("neutrophils", NumberType("10*9/L")),  # the first unit is the one it is kept in
        ("weight", NumberType("kg")),
        ("ecog", NumberType("1", whole=True)),  # options that are numbers are compared as numbers
        ("signed(blood)", BooleanType()),
    ],
)
def test_items_by_their_id(name, kind):
    assert WORDS.items[name].type == kind


def test_a_log_is_a_register_whose_items_are_fields():
    fields = WORDS.collections["lesions"].fields
    assert fields["organ"].type == CodeType(("lung", "liver"))
    assert fields["residual"].type == fields["measurable"].type == fields["irradiable"].type == BooleanType()
    assert fields["counted_organ"].type == CodeType(("lung", "liver"))
    assert "organ" not in WORDS.items


def test_a_window_bounds_what_a_dated_form_asks():
    windowed = {name: WORDS.items[name].windowed for name in ("neutrophils", "ecog", "sex", "age", "signed(blood)")}
    assert windowed == {"neutrophils": True, "ecog": True, "sex": False, "age": False, "signed(blood)": False}
    lasting = TEXT.replace("{id: ecog, kind: choice,", "{id: ecog, lasting: true, kind: choice,")
    assert not vocabulary(load(lasting, "w").protocol).items["ecog"].windowed


def test_items_with_several_answers_are_asked_with_includes():
    text = TEXT.replace("{id: sex, kind: choice,", "{id: sex, kind: choices,")
    text = text.replace("when: sex == female", 'when: "includes(sex, female)"')
    text = text.replace("sex == female", "includes(sex, female)")
    words = vocabulary(load(text, "w").protocol)
    assert words.items["sex"].type == CodesType(("female", "male"))


def test_signed_asks_only_about_forms_that_are_signed():
    assert read_rule("signed(blood)", WORDS).reads.items == {"signed(blood)"}
    with pytest.raises(RuleError) as caught:
        read_rule("signed(person)", WORDS)
    assert "signed(blood)" in str(caught.value)


def test_units_of_an_analyte_convert_through_its_molar_mass():
    words = vocabulary(load(shipped("nct07014202"), "nct07014202.yaml").protocol)
    read_rule("cockcroft_gault(age, weight, creatinine, sex) > 50 [mL/min]", words)
    with pytest.raises(RuleError):
        read_rule("cockcroft_gault(age, weight, ast, sex) > 50 [mL/min]", words)


def test_who_fills_in_forms_is_a_role_of_the_trial():
    assert set(FILLERS) - {"participant"} <= set(ROLES)
