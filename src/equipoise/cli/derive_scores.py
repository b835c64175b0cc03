"""Tables in and out of the questionnaires: EORTC scores and the EQ-5D-5L index."""

import csv
import io
import os
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
import polars as pl

from equipoise.clinical.eq5d import DIMENSIONS, VALUE_SETS, ValueSet, index
from equipoise.clinical.questionnaires import Instrument, score
from equipoise.imports.tables import Table
from equipoise.kernel.errors import InputError


def scores(answers: Table, instrument: Instrument) -> pl.DataFrame:
    """The scores of every row after its own columns other than answers. Raises InputError."""
    given = {item.number: _levels(answers, f"q{item.number}", item.lowest, item.highest) for item in instrument.items}
    codes = [scale.code for scale in instrument.scales]
    if instrument.summary is not None:
        codes.append(instrument.summary.code)
    columns: dict[str, list[float | None]] = {code: [] for code in codes}
    for row in range(len(answers)):
        for code, value in score(instrument, {number: cells[row] for number, cells in given.items()}).items():
            columns[code].append(None if value is None else float(value))
    return _with(answers, {f"q{item.number}" for item in instrument.items}, columns)


def indices(answers: Table, value_set: ValueSet) -> pl.DataFrame:
    """The EQ-5D-5L index of every row after its own columns. Raises InputError."""
    given = {dimension: _levels(answers, dimension, 1, 5) for dimension in DIMENSIONS}
    found = [
        index(value_set, {dimension: cells[row] for dimension, cells in given.items()}) for row in range(len(answers))
    ]
    return _with(answers, set(), {"INDEX": [None if value is None else float(value) for value in found]})


def _with(answers: Table, answered: set[str], columns: dict[str, list[float | None]]) -> pl.DataFrame:
    answers.name("id")  # raises where there is none
    gone = {name.lower() for name in answered} | {name.lower() for name in columns}
    kept = answers.frame.select([name for name in answers.frame.columns if name.lower() not in gone])
    return kept.with_columns([pl.Series(name, values, dtype=pl.Float64) for name, values in columns.items()])


def _levels(answers: Table, column: str, lowest: int, highest: int) -> list[int | None]:
    numbers = answers.numbers(column, missing=True)
    wrong = ~np.isnan(numbers) & ((numbers < lowest) | (numbers > highest) | (numbers != np.round(numbers)))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            "the answer is not one of the choices", file=answers.file, row=row + 1, column=answers.name(column),
            seen=answers.texts(column)[row], wanted=f"a whole number from {lowest} to {highest}, or empty",
        )  # fmt: skip
    return [None if np.isnan(number) else int(number) for number in numbers]


def value_set(name: str, file: str | None) -> ValueSet:
    """A value set by name, in any case: from the file given, else shipped, else from the table beside the program.

    That is the file EQUIPOISE_EQ5D_VALUE_SETS names, or qol/eq5d5l_value_sets.csv in the folder of reference data:
    EQUIPOISE_REFERENCE, by default shared/reference beside the checkout. Raises InputError naming the sets there are.
    """
    shipped = _named(name, VALUE_SETS) if file is None else None
    if shipped is not None:
        return VALUE_SETS[shipped]
    known = set(VALUE_SETS) if file is None else set()
    for path in [file] if file is not None else _found_tables():
        sets = read_value_sets(path)
        own = _named(name, sets)
        if own is not None:
            return sets[own]
        known |= set(sets)
    raise InputError(
        "there is no such EQ-5D-5L value set", file=file or "", seen=name,
        wanted="one of " + ", ".join(sorted(known))
        + ("" if file else "; others from a table given by --value-sets or EQUIPOISE_EQ5D_VALUE_SETS"),
    )  # fmt: skip


def _named(name: str, sets: Iterable[str]) -> str | None:
    """The one of the sets so named, without regard to case; None where there is none or the name fits several."""
    found = [own for own in sets if own == name] or [own for own in sets if own.casefold() == name.casefold()]
    return found[0] if len(found) == 1 else None


def _found_tables() -> list[str]:
    """The table of value sets that came with neither the command nor the program, if there is one."""
    named = os.environ.get("EQUIPOISE_EQ5D_VALUE_SETS")
    if named:
        return [named]
    checkout = Path(__file__).resolve().parents[3]
    folder = os.environ.get("EQUIPOISE_REFERENCE") or str(checkout.parent / "shared" / "reference")
    table = Path(folder, "qol", "eq5d5l_value_sets.csv")
    return [str(table)] if table.is_file() else []


def read_value_sets(path: str) -> dict[str, ValueSet]:
    """Value sets from CSV: a row a term, a column a set, the terms in the first column. Raises InputError."""
    from equipoise.cli.files import read_bytes

    try:
        rows = list(csv.reader(io.StringIO(read_bytes(path).decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"the table of value sets cannot be read: {error}", file=path) from error
    if not rows or len(rows[0]) < 2:
        raise InputError("the table of value sets is empty", file=path, wanted="a column a set, a row a term")
    found: dict[str, ValueSet] = {}
    for place, name in enumerate(rows[0][1:], start=1):
        terms: dict[str, Decimal] = {}
        for row, cells in enumerate(rows[1:], start=1):
            text = cells[place].strip() if place < len(cells) else ""
            if text in ("", "NA"):
                continue
            try:
                terms[cells[0].strip()] = Decimal(text)
            except InvalidOperation as error:
                raise InputError(
                    "the coefficient is not a number", file=path, row=row, column=name, seen=text
                ) from error
        try:
            found[name] = ValueSet(name, terms, path)
        except ValueError as error:
            raise InputError(str(error), file=path, column=name) from error
    return found
