"""What a protocol's rules may name: the items of its forms, its logs as registers, and a few words of its own.

    neutrophils            an item of a `subject` or `visit` form, by its id
    includes(drugs, x)     one answer of an item with several answers: whether it was given
    any(lesions, ...)      a log, by its form's id; its items are the fields of its rows
    age, consented         whole years at consent; whether the main consent was given
    signed(FORM)           whether the form is signed as it stands
    cockcroft_gault(age, weight, creatinine, sex)

An item whose form carries no date, or which is `lasting` (sex, history), is not bounded by a criterion's window.
"""

from typing import Any

from equipoise.clinical.terminology import terms
from equipoise.kernel.messages import Message
from equipoise.kernel.quantities import unit
from equipoise.methods.criteria import (
    BooleanType,
    CodesType,
    CodeType,
    DateType,
    NumberType,
    Register,
    Term,
    TextType,
    Type,
    Vocabulary,
    analyte_conversion,
    label,
    standard_functions,
)
from equipoise.methods.forms import Form
from equipoise.methods.items import (
    ChoiceItem,
    ChoicesItem,
    DateItem,
    FileItem,
    LabItem,
    LesionItem,
    NumberItem,
    TermItem,
    TextItem,
    YesNoItem,
)
from equipoise.protocol.model import Protocol

LESIONS = "lesions"
"""The log whose rows are the lesion register."""

OWN = ("age", "consented")
"""Words of the vocabulary that no form may declare."""

COMPUTED = ("residual", "measurable", "irradiable", "counted_organ")
"""Fields of the lesion register that are computed from it, never typed."""


def signature(form_id: str) -> str:
    """The name by which a rule asks whether a form is signed."""
    return f"signed({form_id})"


def vocabulary(protocol: Protocol, translated: Protocol | None = None) -> Vocabulary:
    """Build the vocabulary of a protocol's rules; `translated` gives the Chinese of its labels."""
    other = {form.id: form for form in translated.forms} if translated is not None else {}
    items = {
        "age": Term(NumberType("a", whole=True), label("age at consent", "签署知情同意时年龄"), windowed=False),
        "consented": Term(BooleanType(), label("informed consent", "知情同意"), windowed=False),
    }
    collections: dict[str, Register] = {}
    analytes: dict[str, str] = {}
    for form in protocol.forms:
        also = other.get(form.id, form)
        own = _terms(form, also)
        analytes |= {item.id: item.analyte for item in form.items if isinstance(item, LabItem) and item.analyte}
        if form.use == "log":
            if form.id == LESIONS:
                own |= _computed(protocol)
            collections[form.id] = Register(own, label(form.label, also.label))
        else:
            items |= {name: term for name, term in own.items() if name not in items}
        if form.signed_by:
            says = label(f"signature of “{form.label}”", f"“{also.label}”的签名")
            items[signature(form.id)] = Term(BooleanType(), says, windowed=False)

    functions = standard_functions(creatinine_unit=_creatinine_unit(protocol))
    return Vocabulary(items, collections, functions, analyte_conversion(analytes))


def type_of(item: Any, translated: Any = None) -> Type | None:
    """The type of an item's value in rules; None for what rules cannot read.

    Those are files, several lesions, and items whose unit or coding is not known (a fault of its own). `translated` is
    the same item in Chinese, where there is one.
    """
    match item:
        case NumberItem():
            return NumberType(item.unit, whole=item.decimals == 0) if _is_unit(item.unit) else None
        case LabItem():
            return NumberType(item.units[0]) if item.units and _is_unit(item.units[0]) else None
        case ChoiceItem():
            codes = tuple(option.id for option in item.options)
            if all(code.isdecimal() for code in codes):  # grades and scores are compared as numbers
                return NumberType("1", whole=True)
            return CodeType(codes, _option_labels(item, translated))
        case YesNoItem():
            return BooleanType()
        case DateItem():
            return DateType()
        case ChoicesItem():
            return CodesType(tuple(option.id for option in item.options), _option_labels(item, translated))
        case TermItem():
            known = terms_of(item.coding)
            return CodeType(known) if known is not None else None
        case TextItem():
            return TextType()
        case LesionItem():
            return None if item.many else TextType()
        case FileItem():
            return None
    raise AssertionError(f"Unhandled kind: {type(item).__name__}")


def terms_of(coding: str) -> tuple[str, ...] | None:
    """The terms of a coding; None where there is no such coding."""
    try:
        return tuple(terms(coding))
    except (KeyError, ValueError):
        return None


def _is_unit(code: str) -> bool:
    try:
        unit(code)
    except ValueError:
        return False
    return True


def _option_labels(item: Any, translated: Any) -> dict[str, Message]:
    also = {option.id: option.label for option in getattr(translated, "options", ())}
    return {option.id: label(option.label, also.get(option.id, "")) for option in item.options}


def _terms(form: Form, translated: Form) -> dict[str, Term]:
    also = {item.id: item for item in translated.items}
    found: dict[str, Term] = {}
    for item in form.items:
        other = also.get(item.id, item)
        kind = type_of(item, other)
        if kind is not None:
            found[item.id] = Term(kind, label(item.label, other.label), bool(form.dated_by) and not item.lasting)
    return found


def _computed(protocol: Protocol) -> dict[str, Term]:
    organs = protocol.lesions.organs if protocol.lesions else ()
    counted = tuple(dict.fromkeys(organ.counts_as or organ.id for organ in organs))
    return {
        "residual": Term(BooleanType(), label("residual lesion", "残留病灶"), windowed=False),
        "measurable": Term(BooleanType(), label("measurable lesion", "可测量病灶"), windowed=False),
        "irradiable": Term(BooleanType(), label("irradiable", "可放疗"), windowed=False),
        "counted_organ": Term(CodeType(counted), label("organ counted", "计数器官"), windowed=False),
    }


def _creatinine_unit(protocol: Protocol) -> str:
    """The unit the protocol keeps creatinine in."""
    for form in protocol.forms:
        for item in form.items:
            if isinstance(item, LabItem) and item.analyte == "creatinine" and type_of(item):
                return item.units[0]
    return "umol/L"
