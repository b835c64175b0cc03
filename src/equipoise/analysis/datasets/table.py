"""A dataset as a table: ADaM variable names, dates as text, nothing that tells the arm unless leave is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

Cell = str | int | float | None


@dataclass(frozen=True)
class Dataset:
    """A dataset: its ADaM name, what it holds, and its rows, all of `row` type."""

    name: str
    label: str
    row: type
    rows: Sequence[Any]


TELLS_ARM = {"tells_arm": True}
"""Metadata of a field whose value tells which arm somebody is in."""


def tells_arm() -> Any:
    """A text field whose value tells which arm somebody is in."""
    return field(default="", metadata=TELLS_ARM)


def not_shown() -> Any:
    """A yes or no about the row that is no variable of the dataset."""
    return field(default=False, metadata={"not_shown": True})


def spread(*prefixes: str) -> Any:
    """A field of tuples, spread over numbered variables: a prefix with `#` for the number, one for each part."""
    return field(default=(), metadata={"spread": prefixes})


def named() -> Any:
    """A field of (variable, value) pairs, each a variable of its own."""
    return field(default=(), metadata={"named": True})


def table(dataset: Dataset, *, blinded: bool) -> tuple[list[str], list[list[Cell]]]:
    """The header and the rows. Blinded: without the variables, and the rows, that tell an arm."""
    variables = [each for each in fields(dataset.row) if not each.metadata.get("not_shown")]
    shown = [each for each in variables if not (blinded and each.metadata.get("tells_arm"))]
    rows = [row for row in dataset.rows if not (blinded and getattr(row, "row_tells_arm", False))]
    header: list[str] = []
    parts: list[Callable[[Any], list[Cell]]] = []
    for each in shown:
        names, read = _columns(each, rows)
        header += names
        parts.append(read)
    return header, [[cell for read in parts for cell in read(row)] for row in rows]


def _columns(each: Any, rows: Sequence[Any]) -> tuple[list[str], Callable[[Any], list[Cell]]]:
    """The variables a field becomes, and how their cells are read from a row."""
    if each.metadata.get("named"):
        names = list(dict.fromkeys(name for row in rows for name, _ in getattr(row, each.name)))
        return names, lambda row: [_cell(dict(getattr(row, each.name)).get(name)) for name in names]
    prefixes = each.metadata.get("spread")
    if prefixes is None:
        return [each.name.upper()], lambda row: [_cell(getattr(row, each.name))]
    width = max((len(getattr(row, each.name)) for row in rows), default=0)

    def spread_out(row: Any) -> list[Cell]:
        cells = [_cell(part) for group in getattr(row, each.name) for part in group]
        return cells + [None] * (width * len(prefixes) - len(cells))

    return [prefix.replace("#", str(number + 1)) for number in range(width) for prefix in prefixes], spread_out


def _cell(value: Any) -> Cell:
    match value:
        case None | "":
            return None
        case bool():
            return "Y" if value else "N"
        case int() | float() | str():
            return value
        case date():
            return value.isoformat()
        case Fraction() | Decimal():
            return float(value)
        case tuple():
            return ";".join(str(part) for part in value)
    raise AssertionError(f"Unhandled cell: {type(value).__name__}")
