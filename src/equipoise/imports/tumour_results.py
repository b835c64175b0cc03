"""The cells of SDTM TR: the codes a reader may write, and one row's result.

Source: CDISC SDTMIG 3.4 and the CDISC RECIST 1.1 supplement ("TOO SMALL TO MEASURE" counts as 5 mm).
"""

from decimal import Decimal, InvalidOperation

from equipoise.clinical.recist.codes import NewLesionState, NonTargetState
from equipoise.clinical.recist.target import Reading
from equipoise.imports.tables import Table
from equipoise.kernel.errors import InputError
from equipoise.kernel.quantities import Quantity

TESTS = ("LDIAM", "LPERP", "DIAMETER", "TUMSTATE")
"""The tests read. DIAMETER is whichever axis counts, where the table does not say LDIAM or LPERP."""
NOT_READ = frozenset({
    "NE", "NOT EVALUABLE", "NOT EVALUATED", "NON-EVALUABLE", "INEVALUABLE", "UNEVALUABLE", "NOT ASSESSABLE",
    "NOT ASSESSED", "NOT DONE", "ND", "UNKNOWN", "MISSING",
})  # fmt: skip
GONE = frozenset({"ABSENT", "DISAPPEARED", "RESOLVED", "NON-PATHOLOGICAL LYMPH NODE"})
SMALL = frozenset({"TOO SMALL TO MEASURE", "TOO SMALL", "TSTM"})
MERGED = frozenset({"COALESCED", "MERGED"})
THERE = frozenset({"PRESENT", "STABLE", "DECREASED", "INCREASED", "IMPROVED"})
WORSE = frozenset({"UNEQUIVOCAL PROGRESSION", "PROGRESSION", "UNEQUIVOCAL", "WORSENED", "PD"})
NON_TARGET_STATES = (
    dict.fromkeys(NOT_READ, NonTargetState.NOT_EVALUABLE)
    | dict.fromkeys(GONE, NonTargetState.ABSENT)
    | dict.fromkeys(THERE | SMALL | MERGED, NonTargetState.PRESENT)
    | dict.fromkeys(WORSE, NonTargetState.UNEQUIVOCAL_PROGRESSION)
)
NEW_LESION_STATES = (
    dict.fromkeys(THERE | WORSE | {"NEW", "Y"}, NewLesionState.UNEQUIVOCAL)
    | dict.fromkeys(GONE | {"NOT NEW", "N"}, NewLesionState.NOT_NEW)
    | {"EQUIVOCAL": NewLesionState.EQUIVOCAL}
)


def texts(table: Table, name: str) -> list[str]:
    """A column as text; blank where the table has no such column."""
    return table.codes(name) if table.has(name) else [""] * len(table)


def wrong(table: Table, problem: str, row: int, column: str, seen: object = "", wanted: str = "") -> InputError:
    """An error that names the table's file, the row (1 is the first) and the column in the table's own spelling."""
    name = table.name(column) if table.has(column) else column
    return InputError(problem, file=table.file, row=row, column=name, seen=seen, wanted=wanted)


def visit_number(table: Table, column: str, text: str, row: int) -> Decimal | None:
    """The number of a visit; None for an empty cell. Raises InputError for what is no number."""
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise wrong(table, "the cell is not a number", row, column, text, "a number")
    return number


def _is_value(text: str) -> bool:
    """Whether a cell says something of the lesion, and not that nothing was read."""
    return bool(text) and text.upper() not in NOT_READ


class Results:
    """Reads the result in a row: a Reading, a code, or None where nothing was read."""

    def __init__(self, tr: Table) -> None:
        self.tr = tr
        self.tests = tr.codes("TRTESTCD")
        self.original, self.original_unit = texts(tr, "TRORRES"), texts(tr, "TRORRESU")
        self.standard, self.standard_unit = texts(tr, "TRSTRESC"), texts(tr, "TRSTRESU")
        self.numeric = texts(tr, "TRSTRESN")
        self.status = texts(tr, "TRSTAT")
        if not (tr.has("TRORRES") or tr.has("TRSTRESC") or tr.has("TRSTRESN")):
            tr.name("TRSTRESN")  # raises, naming the columns there are

    def __call__(self, row: int) -> Reading | str | None:
        at = row - 1
        if self.status[at].upper() == "NOT DONE":
            value = next(
                (text for text in (self.numeric[at], self.standard[at], self.original[at]) if _is_value(text)), ""
            )
            if value:
                raise wrong(
                    self.tr, "the result has a value and was not done", row, "TRSTAT", value, "no value, or no NOT DONE"
                )
            return Reading.not_evaluable() if self.tests[at].upper() != "TUMSTATE" else "NOT DONE"
        if self.tests[at].upper() == "TUMSTATE":
            return (self.standard[at] or self.original[at] or "NOT DONE").upper()
        code = self.original[at].upper()
        if code in SMALL or self.standard[at].upper() in SMALL:
            return Reading.too_small()
        for column, text, unit_column, unit in (
            ("TRSTRESN", self.numeric[at], "TRSTRESU", self.standard_unit[at]),
            ("TRSTRESC", self.standard[at], "TRSTRESU", self.standard_unit[at]),
            ("TRORRES", self.original[at], "TRORRESU", self.original_unit[at]),
        ):
            if text:
                return self._diameter(row, column, text, unit_column, unit)
        return Reading.not_evaluable()

    def _diameter(self, row: int, column: str, text: str, unit_column: str, unit: str) -> Reading:
        code = text.upper()
        if code in GONE:
            return Reading.absent()
        if code in NOT_READ:
            return Reading.not_evaluable()
        if code in MERGED:
            return Reading.coalesced()
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise wrong(
                self.tr, "the diameter is not understood", row, column, text,
                "a number, TOO SMALL TO MEASURE, ABSENT, COALESCED or NOT EVALUABLE",
            )  # fmt: skip
        if not unit:
            raise wrong(self.tr, "the diameter has no unit", row, unit_column, wanted="mm or cm")
        written = unit.lower() if unit.lower() in ("mm", "cm") else unit  # MM is no megametre in a table of tumours
        try:
            return Reading.measured(Quantity(number, written))
        except ValueError as error:
            is_length = written in ("mm", "cm")  # then the number is wrong, else the unit
            where, seen = (column, text) if is_length else (unit_column, unit)
            raise wrong(self.tr, str(error), row, where, seen, "a length in mm or cm") from error
