"""Whether the forms of a protocol hang together: ids that rules can name, units, options, roles, dates."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from equipoise.clinical import labs
from equipoise.clinical.questionnaires import Instrument, shipped_instruments
from equipoise.clinical.terminology import CODINGS
from equipoise.kernel.quantities import Quantity, unit
from equipoise.methods.criteria.checker import BUILT_IN, CONSTANTS
from equipoise.methods.criteria.formatter import is_plain_word
from equipoise.methods.forms import Form
from equipoise.methods.items import (
    ChoiceItem,
    ChoicesItem,
    DateItem,
    LabItem,
    LesionItem,
    NumberItem,
    TermItem,
    TextItem,
)
from equipoise.methods.schedule import days_of
from equipoise.protocol.concepts import OWN as OWN_CONCEPT
from equipoise.protocol.concepts import misspelt
from equipoise.protocol.decode import Location
from equipoise.protocol.model import Protocol
from equipoise.protocol.problems import Problem, references, repeated, unknown
from equipoise.protocol.vocabulary import COMPUTED, LESIONS, OWN, terms_of

FILLERS = (
    "coordinator", "investigator", "radiation_oncologist", "nuclear_reader", "central_reader", "participant",
)  # fmt: skip
"""The roles that fill in forms; all but the participant may sign them."""

OTHER_INSTRUMENTS = ("eq-5d-5l",)
"""Instruments scored by value sets and not by scales."""

LONGEST_TEXT = 100_000
"""How many characters an answer in words may have."""

_RESERVED = (*OWN, *BUILT_IN, *CONSTANTS, "none", "today", "cockcroft_gault", "signed")


def form_problems(protocol: Protocol) -> Iterator[Problem]:
    """Everything wrong in the forms but their rules."""
    instruments = (*shipped_instruments(), *OTHER_INSTRUMENTS)
    yield from references(("instruments",), "instrument", protocol.instruments, instruments)
    for at, form in enumerate(protocol.forms):
        yield from _form(("forms", at), form, protocol)
    yield from _reuse(protocol)
    if protocol.lesions and not any(form.id == LESIONS and form.use == "log" for form in protocol.forms):
        yield Problem(
            ("lesions",), "no form is the lesion register", f"no log {LESIONS}", f"a form `{LESIONS}` with `use: log`"
        )


def _form(at: Location, form: Form, protocol: Protocol) -> Iterator[Problem]:
    items = {item.id: item for item in form.items}
    if not items:
        yield Problem((*at, "sections"), "the form asks nothing", form.id, "a section with items")
    if form.use == "log":
        yield from _word((*at, "id"), form.id)
    if form.dated_by:
        dated = items.get(form.dated_by)
        dates = [name for name, item in items.items() if isinstance(item, DateItem)]
        if dated is None:
            yield unknown((*at, "dated_by"), "item of this form", form.dated_by, dates or items)
        elif not isinstance(dated, DateItem):
            seen = f"{form.dated_by} is of kind {dated.kind}"
            yield Problem((*at, "dated_by"), "a record is dated by a date", seen, "an item of kind date")
    if form.signed_by and form.signed_by not in FILLERS[:-1]:
        yield unknown((*at, "signed_by"), "role that signs", form.signed_by, FILLERS[:-1])
    yield from references((*at, "filled_by"), "role that fills in forms", form.filled_by, FILLERS)
    if not form.filled_by:
        yield Problem((*at, "filled_by"), "nobody fills in the form", "[]", "`filled_by:`, as [coordinator]")
    if form.collected_for:
        yield from _period((*at, "collected_for"), form.collected_for)
    if form.instrument and form.instrument not in protocol.instruments:
        yield unknown((*at, "instrument"), "instrument in `instruments`", form.instrument, protocol.instruments)
    elif form.instrument in (shipped := shipped_instruments()):
        yield from _questionnaire(at, form, shipped[form.instrument])
    yield from repeated((*at, "edits"), "edit checks", form.edits)
    first: dict[str, int] = {}
    for number, section in enumerate(form.sections):
        for position, item in enumerate(section.items):
            where: Location = (*at, "sections", number, "items", position)
            if item.id in first:
                yield Problem((*where, "id"), "two items of the form have one id", item.id, "an id of its own")
            first.setdefault(item.id, position)
            yield from _item(where, item)
            if isinstance(item, LesionItem) and item.register != LESIONS:
                logs = [one.id for one in protocol.forms if one.use == "log"]
                if item.register not in logs:
                    yield unknown((*where, "register"), "log", item.register, logs)
            if form.use == "log" and form.id == LESIONS and item.id in COMPUTED:
                yield Problem((*where, "id"), "this is computed from the register, never typed", item.id, "no item")


def _questionnaire(at: Location, form: Form, instrument: Instrument) -> Iterator[Problem]:
    """A form that is scored has every item of its questionnaire, answered by the numbers that the scores count."""
    ranges = {f"q{item.number}": (item.lowest, item.highest) for item in instrument.items}
    missing = [name for name in ranges if all(item.id != name for item in form.items)]
    if missing:
        problem = f"the form lacks items of {form.instrument}"
        yield Problem((*at, "instrument"), problem, wanted=", ".join(missing))
    for number, section in enumerate(form.sections):
        for position, item in enumerate(section.items):
            if item.id in ranges:
                least, most = ranges[item.id]
                numbers = {str(value) for value in range(least, most + 1)}
                options = [option.id for option in item.options] if isinstance(item, ChoiceItem) else []
                if set(options) != numbers:
                    seen = ", ".join(options) or f"{item.id} is of kind {item.kind}"
                    where = (*at, "sections", number, "items", position, "options" if options else "kind")
                    problem = f"{form.instrument} scores other answers to this"
                    yield Problem(where, problem, seen, f"a choice with the options {least} to {most}")


def _period(at: Location, text: str) -> Iterator[Problem]:
    try:
        days = days_of(text)
    except ValueError:
        yield Problem(at, "this is no duration", text, "days or weeks, as '8 weeks'")
    else:
        if days < 1:
            yield Problem(at, "the duration is too short", text, "a day or more")


def _word(at: Location, name: str) -> Iterator[Problem]:
    if not is_plain_word(name) or "." in name:
        wanted = "letters, digits and _, beginning with a letter"
        yield Problem(at, "rules could not name this", name, wanted)
    elif name in _RESERVED:
        yield Problem(at, "this word has a meaning of its own in rules", name, "another id")


def _item(at: Location, item: Any) -> Iterator[Problem]:
    yield from _word((*at, "id"), item.id)
    near = misspelt(item.concept)
    if near:
        said = " or ".join(f"`{one}`" for one in near)
        wanted = f"{said}; or `{OWN_CONCEPT}{item.concept}` for a concept of this trial's own"
        yield Problem((*at, "concept"), "the concept is not known, and near to one that is", item.concept, wanted)
    match item:
        case NumberItem():
            yield from _unit((*at, "unit"), item.unit)
            yield from _decimals(at, item.decimals)
            yield from _ordered(at, item, "least", "most")
            yield from _ordered(at, item, "low", "high")
        case LabItem():
            yield from _lab(at, item)
        case ChoiceItem() | ChoicesItem():
            yield from repeated((*at, "options"), "options", item.options)
            if not item.options:
                yield Problem((*at, "options"), "there is nothing to choose from", wanted="options with id and label")
            for position, option in enumerate(item.options):
                if not option.id.strip() or option.id != option.id.strip() or "." in option.id:
                    yield Problem((*at, "options", position, "id"), "this cannot be an id", option.id, "a short word")
        case TermItem():
            if terms_of(item.coding) is None:
                yield unknown((*at, "coding"), "coding", item.coding, CODINGS)
        case TextItem():
            if item.length < 1 or item.lines < 1:
                yield Problem(at, "the text has no room", f"{item.lines} lines, {item.length} characters", "1 or more")
            elif item.length > LONGEST_TEXT:
                problem, wanted = "the number is too high", f"at most {LONGEST_TEXT}"
                yield Problem((*at, "length"), problem, str(item.length), wanted)


def _lab(at: Location, item: LabItem) -> Iterator[Problem]:
    if not item.units:
        yield Problem((*at, "units"), "the result comes in no unit", wanted="the units laboratories report it in")
        return
    faults = [problem for place, code in enumerate(item.units) for problem in _unit((*at, "units", place), code)]
    yield from faults
    if not faults:
        for place, code in enumerate(item.units[1:], start=1):
            try:
                labs.exact(item.analyte, Quantity(Decimal(1), code), item.units[0])
            except ValueError:
                problem = f"{code} does not convert to {item.units[0]}"
                seen = f"analyte {item.analyte}" if item.analyte else "no analyte"
                known = ", ".join(sorted(labs.ANALYTES))
                yield Problem((*at, "units", place), problem, seen, f"units of one kind, or an analyte of {known}")
    yield from _decimals(at, item.decimals)
    yield from _ordered(at, item, "least", "most")


def _unit(at: Location, code: str) -> Iterator[Problem]:
    try:
        unit(code)
    except ValueError as error:
        yield Problem(at, str(error).removesuffix("."), code, "a UCUM unit, as g/L, 10*9/L or 1")


def _decimals(at: Location, decimals: int) -> Iterator[Problem]:
    if not 0 <= decimals <= 12:
        yield Problem((*at, "decimals"), "a number cannot have so many decimals", str(decimals), "0 to 12")


def _ordered(at: Location, item: Any, low: str, high: str) -> Iterator[Problem]:
    least, most = getattr(item, low), getattr(item, high)
    if least is not None and most is not None and least > most:
        yield Problem((*at, high), f"`{high}` lies below `{low}`", f"{low} {least}, {high} {most}", f"{low} <= {high}")


def _reuse(protocol: Protocol) -> Iterator[Problem]:
    """An item of several forms is one item: the same kind, unit and options wherever it is asked."""
    first: dict[str, tuple[Form, Any]] = {}
    logs = {form.id for form in protocol.forms if form.use == "log"}
    for at, form in enumerate(protocol.forms):
        if form.use == "log":
            continue
        for number, section in enumerate(form.sections):
            for position, item in enumerate(section.items):
                where: Location = ("forms", at, "sections", number, "items", position)
                if item.id in logs:
                    yield Problem((*where, "id"), "a log has this id: rules could not tell them apart", item.id)
                form_before, before = first.setdefault(item.id, (form, item))
                if meaning(item) != meaning(before):
                    problem = f"the item means another thing than in form {form_before.id}"
                    seen = f"{_shown(item)}, there {_shown(before)}"
                    yield Problem((*where, "id"), problem, seen, "one kind and unit, or an id of its own")


def meaning(item: Any) -> tuple[Any, ...]:
    """What an item's id stands for: kind, unit, coding. Two items of one id must agree on it, for ever."""
    coding = tuple(sorted(option.id for option in getattr(item, "options", ())))
    units = getattr(item, "units", ())
    analyte = getattr(item, "analyte", "")
    return (item.kind, getattr(item, "unit", units[0] if units else ""), analyte, getattr(item, "coding", ""), coding)


def _shown(item: Any) -> str:
    kind, unit_code, _, coding, options = meaning(item)
    parts = (kind, f"in {unit_code}" if unit_code else "", coding, f"of {', '.join(options)}" if options else "")
    return " ".join(part for part in parts if part)
