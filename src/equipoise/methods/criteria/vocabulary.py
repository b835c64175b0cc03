"""The words a rule may use: what each names, its type and unit, and the functions it may call.

The protocol builds one `Vocabulary` from its forms and registers:

    Vocabulary(
        items={
            "neutrophils": Term(NumberType("10*9/L"), label("neutrophils", "中性粒细胞")),
            "ecog": Term(NumberType("1", whole=True), label("ECOG", "ECOG 评分")),
            "gilbert": Term(BooleanType(), label("Gilbert's syndrome", "Gilbert 综合征"), windowed=False),
            "last_transfusion": Term(DateType(), label("last transfusion", "末次输血"), may_be_none=True),
        },
        collections={
            "lesions": Register({"organ": Term(CodeType(("lung", "liver")), label("organ", "器官"))},
                                label("lesions", "病灶")),
        },
        functions={"cockcroft_gault": Function(...)},
        convert=lambda name, quantity, unit: labs.convert(quantity, unit, analyte=concepts[name]),
    )

`windowed=False` marks what a criterion's `within:` does not bound (history, sex, consent); every other item is looked
for in the window. `convert` brings a recorded quantity to the item's unit; it is where an analyte's molar mass enters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.messages import Message
from equipoise.kernel.quantities import Quantity
from equipoise.methods.criteria.words import WORDS  # noqa: F401 - declares the wordings used below

type Argument = Quantity | str | bool | PartialDate
"""What a function of the vocabulary is given: known values only, numbers already in the declared unit."""


def label(english: str, chinese: str = "") -> Message:
    """Build a name for people, in both languages; the English stands in where there is no Chinese."""
    return Message("criteria.label", {"en": english, "zh": chinese or english})


@dataclass(frozen=True, slots=True)
class NumberType:
    """A number in a UCUM unit ("1" where it has none); `whole` for counts and scores."""

    unit: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class BooleanType:
    """Yes or no."""


@dataclass(frozen=True, slots=True)
class CodeType:
    """One of a list of codes; `labels` names them for people."""

    codes: tuple[str, ...]
    labels: Mapping[str, Message] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class CodesType:
    """Any number of a list of codes (tick boxes); a rule asks `includes(item, code)`."""

    codes: tuple[str, ...]
    labels: Mapping[str, Message] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class DateType:
    """A calendar date, perhaps partial."""


@dataclass(frozen=True, slots=True)
class TextType:
    """Free text; it can be compared for equality only."""


type Type = NumberType | BooleanType | CodeType | CodesType | DateType | TextType


@dataclass(frozen=True, slots=True)
class Term:
    """A name of the vocabulary, or a field of a register's rows.

    `may_be_none`: "none" is an answer of its own (no transfusion ever). `windowed`: a criterion's window bounds it.
    """

    type: Type
    label: Message
    windowed: bool = True
    may_be_none: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    """Repeated things (lesions, toxicities): their fields, and whether someone must declare the list complete.

    Until a register that needs it is declared complete, every quantifier and count over it is unknown.
    """

    fields: Mapping[str, Term]
    label: Message
    needs_declaration: bool = True


@dataclass(frozen=True, slots=True)
class Function:
    """A function a rule may call. `compute` is given known arguments only, numbers in the declared units.

    `compute` returns a quantity of the result's dimensions, a code, a date or a bool, and raises ValueError with a
    sentence where the function is not defined; the rule is then unknown for that reason.
    """

    parameters: tuple[Type, ...]
    result: Type
    compute: Callable[..., Argument]
    label: Message


def convert_by_dimension(name: str, quantity: Quantity, unit: str) -> Quantity:
    """Convert without knowing the analyte. Raises ValueError when the dimensions differ."""
    return quantity.to(unit)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything a rule may name. `convert(name, quantity, unit)` raises ValueError where it cannot."""

    items: Mapping[str, Term] = field(default_factory=dict)
    collections: Mapping[str, Register] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    convert: Callable[[str, Quantity, str], Quantity] = convert_by_dimension


def number(value: Decimal | int | str, unit: str = "1") -> Quantity:
    """Shorten the writing of a quantity."""
    return Quantity(Decimal(value), unit)
