"""Items: the questions of a form, one class a kind, each with how its answer is read.

The web, the command line, imports and rehearsals all read answers here, so that a value means the same wherever it
was typed. A hard fault (cannot be understood, impossible) raises `AnswerError`; what is merely odd becomes a
`Finding` and is saved. Every item accepts *not done* or *unknown* with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field

from equipoise.clinical.labs import exact
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.findings import Finding
from equipoise.kernel.messages import message
from equipoise.kernel.parts import part
from equipoise.kernel.quantities import Quantity
from equipoise.methods import words as _words
from equipoise.methods.typed import AnswerError, is_writable, number_of, option_of, several_of

ABSENT = ("not_done", "unknown")
"""The two ways of having no value: it was not done, or it is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands recorded for an item: a value, or why there is none.

    Numbers and dates are kept as their canonical text. `lower` and `upper` are the laboratory's own limits in `unit`.
    """

    value: Annotated[str | bool | tuple[str, ...] | None, Field(union_mode="left_to_right")] = None
    unit: str = ""
    lower: str = ""
    upper: str = ""
    absent: str = ""
    because: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None and not self.absent

    @property
    def number(self) -> Decimal | None:
        """The value as an exact number, where it is one."""
        return Decimal(self.value) if isinstance(self.value, str) and self.is_known and _is_number(self.value) else None

    @property
    def quantity(self) -> Quantity | None:
        """The value with its unit, where it has one."""
        number = self.number
        return Quantity(number, self.unit) if number is not None and self.unit else None

    @property
    def when(self) -> PartialDate | None:
        """The value as a perhaps partial date, where it is one."""
        try:
            return PartialDate.parse(self.value) if isinstance(self.value, str) and self.is_known else None
        except ValueError:
            return None


@part
class Option:
    """One of the answers to choose from. In a questionnaire the id is the number that is scored."""

    id: str
    label: str
    help: str = ""


@part
class Item:
    """What all items declare. `concept` is what engines read it by; `when` a rule that must hold for it to be asked.

    `lasting` marks what stays true whenever it was recorded (sex, a past illness): no criterion's window bounds it.
    """

    id: str
    label: str
    concept: str = ""
    help: str = ""
    required: bool = True
    when: str = ""
    lasting: bool = False
    source: str | tuple[str, ...] = ()
    assumption: str = ""


@part
class NumberItem(Item):
    """A number with a fixed unit. None passes `least` or `most`; one outside `low` to `high` is odd and asked about."""

    kind: Literal["number"]
    unit: str
    decimals: int = 2
    least: Decimal | None = None
    most: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    def read(self, raw: Mapping[str, Any], *, today: date) -> Answer:
        """Read {'value': text}. A 'unit' given beside it must be the item's own: numbers are never converted unseen."""
        value = number_of(str(raw.get("value", "")), self.decimals, self.least, self.most)
        given = str(raw.get("unit", "")).strip()
        if given and given != self.unit:
            raise AnswerError(message("item.unit_wrong", seen=given[:40], units=self.unit))
        return Answer(value=value, unit=self.unit)

    def findings(self, answer: Answer, where: str) -> list[Finding]:
        """What is odd about the answer."""
        return _range(answer, self.low, self.high, where)


@part
class LabItem(Item):
    """A laboratory result: number, unit as the laboratory reports it, and the laboratory's own limits of normal."""

    kind: Literal["lab"]
    units: tuple[str, ...]
    analyte: str = ""
    decimals: int = 3
    least: Decimal | None = Decimal(0)
    most: Decimal | None = None

    def read(self, raw: Mapping[str, Any], *, today: date) -> Answer:
        """Read {'value', 'unit', 'lower', 'upper'}. The unit must be one of the item's; limits may be absent."""
        value = number_of(str(raw.get("value", "")), self.decimals, self.least, None)
        given = str(raw.get("unit", "")).strip()
        if not given:
            raise AnswerError(message("item.unit_missing", units=", ".join(self.units)))
        if given not in self.units:
            raise AnswerError(message("item.unit_wrong", seen=given, units=", ".join(self.units)))
        most = Fraction(self.most) if self.most is not None else None
        if most is not None and exact(self.analyte, Quantity(Decimal(value), given), self.units[0]) > most:
            raise AnswerError(message("item.too_high", seen=f"{value} {given}", most=f"{self.most} {self.units[0]}"))
        limits = [str(raw.get(name, "")).strip() for name in ("lower", "upper")]
        lower, upper = (number_of(limit, self.decimals, Decimal(0), None) if limit else "" for limit in limits)
        if lower and upper and Decimal(lower) >= Decimal(upper):
            raise AnswerError(message("item.limits_crossed", lower=lower, upper=upper))
        return Answer(value=value, unit=given, lower=lower, upper=upper)

    def findings(self, answer: Answer, where: str) -> list[Finding]:
        """A result without limits is odd: nothing can be judged against the upper limit of normal."""
        if answer.is_known and not (answer.lower or answer.upper):
            return [Finding(message("item.no_limits"), where)]
        return []


@part
class ChoiceItem(Item):
    """One answer of several."""

    kind: Literal["choice"]
    options: tuple[Option, ...]

    def read(self, raw: Mapping[str, Any], *, today: date) -> Answer:
        """Read {'value': option id}."""
        return Answer(value=option_of(str(raw.get("value", "")), [option.id for option in self.options]))

    def findings(self, answer: Answer, where: str) -> list[Finding]:
        """Nothing can be odd about a choice alone."""
        return []


@part
class ChoicesItem(Item):
    """Any number of several answers."""

    kind: Literal["choices"]
    options: tuple[Option, ...]

    def read(self, raw: Mapping[str, Any], *, today: date) -> Answer:
        """Read {'value': [option ids]}."""
        return Answer(value=tuple(option_of(one, [option.id for option in self.options]) for one in several_of(raw)))

    def findings(self, answer: Answer, where: str) -> list[Finding]:
        """Nothing can be odd about choices alone."""
        return []


@part
class YesNoItem(Item):
    """Yes or no."""

    kind: Literal["yes_no"]

    def read(self, raw: Mapping[str, Any], *, today: date) -> Answer:
        """Read {'value': 'yes' | 'no' | true | false}."""
        given = raw.get("value", "")
        if given in (True, "yes", "true", "True"):
            return Answer(value=True)
        if given in (False, "no", "false", "False"):
            return Answer(value=False)
        raise AnswerError(message("item.yes_no", seen=str(given)))

    def findings(self, answer: Answer, where: str) -> list[Finding]:
        """Nothing can be odd about yes or no alone."""
        return []


@part
class DateItem(Item):
    """A day; `partial` lets the day or month be unknown; `future` lets it lie ahead."""

    kind: Literal["date"]
    partial: bool = False
    future: bool = False

    def read(self, raw: Mapping[str, Any], *, today: date) -> Answer:
        """Read {'value': '2026-03-05'}; partial dates where the item takes them."""
        text = str(raw.get("value", "")).strip()
        try:
            day = PartialDate.parse(text)
        except ValueError:
            raise AnswerError(message("item.date", seen=text)) from None
        if not day.is_complete and not self.partial:
            raise AnswerError(message("item.date_partial", seen=text))
        if day.earliest > today and not self.future:
            raise AnswerError(message("item.date_future", seen=text, today=today.isoformat()))
        if day.latest.year < 1900:
            raise AnswerError(message("item.date_old", seen=text))
        return Answer(value=str(day))

    def findings(self, answer: Answer, where: str) -> list[Finding]:
        """A partial date is asked about, once."""
        when = answer.when
        return (
            [Finding(message("item.date_incomplete", seen=str(when)), where)] if when and not when.is_complete else []
        )


@part
class TextItem(Item):
    """Free text. It may hold a name by mistake, so the form says not to write one."""

    kind: Literal["text"]
    lines: int = 1
    length: int = 500

    def read(self, raw: Mapping[str, Any], *, today: date) -> Answer:
        """Read {'value': text}: any characters but control characters, to `length`."""
        text = str(raw.get("value", "")).replace("\r\n", "\n").strip()
        if not is_writable(text):
            raise AnswerError(message("item.control_characters"))
        if len(text) > self.length:
            raise AnswerError(message("item.too_long", seen=len(text), most=self.length))
        return Answer(value=text)

    def findings(self, answer: Answer, where: str) -> list[Finding]:
        """Nothing is checked in prose."""
        return []


@part
class TermItem(Item):
    """A term of a coding: 'ctcae-v5' offers its terms and refuses others."""

    kind: Literal["term"]
    coding: str

    def read(self, raw: Mapping[str, Any], *, today: date) -> Answer:
        """Read {'value': term}, matched without regard to case."""
        from equipoise.clinical.terminology import terms

        text = str(raw.get("value", "")).strip()
        known = {term.lower(): term for term in terms(self.coding)}
        if text.lower() not in known:
            raise AnswerError(message("item.term", seen=text[:80], coding=self.coding))
        return Answer(value=known[text.lower()])

    def findings(self, answer: Answer, where: str) -> list[Finding]:
        """Nothing can be odd about a term alone."""
        return []


@part
class LesionItem(Item):
    """Points at lesions of the subject's register: one, or `many`. `register` is the log whose rows they are."""

    kind: Literal["lesion"]
    many: bool = False
    register: str = "lesions"

    def read(self, raw: Mapping[str, Any], *, today: date) -> Answer:
        """Read {'value': lesion id or ids}; whether the lesion exists is checked where the register is at hand."""
        chosen = tuple(one for one in several_of(raw) if one)
        if not chosen or (len(chosen) > 1 and not self.many):
            raise AnswerError(message("item.lesion", seen=len(chosen)))
        return Answer(value=chosen)

    def findings(self, answer: Answer, where: str) -> list[Finding]:
        """Nothing can be odd about a reference alone."""
        return []


@part
class FileItem(Item):
    """An attachment, named by its SHA-256; `identifying` ones are encrypted for the participant."""

    kind: Literal["file"]
    identifying: bool = False

    def read(self, raw: Mapping[str, Any], *, today: date) -> Answer:
        """Read {'value': sha-256 hex}."""
        text = str(raw.get("value", "")).strip().lower()
        if len(text) != 64 or set(text) - set("0123456789abcdef"):
            raise AnswerError(message("item.file", seen=text[:80]))
        return Answer(value=text)

    def findings(self, answer: Answer, where: str) -> list[Finding]:
        """Nothing can be odd about a file alone."""
        return []


AnyItem = Annotated[
    NumberItem
    | LabItem
    | ChoiceItem
    | ChoicesItem
    | YesNoItem
    | DateItem
    | TextItem
    | TermItem
    | LesionItem
    | FileItem,
    Discriminator("kind"),
]
"""The union of kinds: a new kind is one class here, one field and one template in the web, one spec."""


def read(item: Any, raw: Mapping[str, Any], *, today: date) -> Answer | None:
    """Read an answer as typed. None where nothing was typed. Raises AnswerError with what would be right."""
    absent = str(raw.get("absent", "")).strip()
    if absent:
        if absent not in ABSENT:
            raise AnswerError(message("item.absent", seen=absent))
        because = str(raw.get("because", "")).strip()
        if not is_writable(because):
            raise AnswerError(message("item.control_characters"))
        return Answer(absent=absent, because=because[:500])
    given = raw.get("value")
    if given is None or given == "" or given == [] or given == () or (isinstance(given, str) and not given.strip()):
        return None
    answer: Answer = item.read(raw, today=today)
    return answer


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _range(answer: Answer, low: Decimal | None, high: Decimal | None, where: str) -> list[Finding]:
    number = answer.number
    if number is None or ((low is None or number >= low) and (high is None or number <= high)):
        return []
    span = f"{'' if low is None else low}–{'' if high is None else high}"
    return [Finding(message("item.unusual", seen=f"{number} {answer.unit}", range=f"{span} {answer.unit}"), where)]


assert _words  # the wordings above are declared on import
