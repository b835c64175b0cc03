"""A table of text cells from CSV or Parquet bytes, whose every error names file, row and column.

Cells stay text until a command asks for numbers or dates, so that nothing is guessed. Column names are matched
without regard to case. Row 1 is the first row of data.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from equipoise.kernel.cells import unguarded
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.errors import InputError

MISSING = frozenset({"", "NA", "NaN", "nan", ".", "NULL", "null", "None"})
"""Spellings of a missing number or date: empty, R's, SAS's, databases' and Python's."""

MISSING_TEXT = MISSING - {"None"}
"""The same for text, where None is an answer: no earlier radiotherapy, no metastasis. R reads it so."""


class Table:
    """Columns of text, all of one length, and the name of the file they came from.

    Raises InputError for two columns of one name: names are matched without regard to case.
    """

    def __init__(self, frame: pl.DataFrame, file: str) -> None:
        self.frame = frame
        self.file = file
        self._names: dict[str, str] = {}
        for name in frame.columns:
            if self._names.setdefault(name.lower(), name) != name:
                raise InputError("the header names a column twice", file=file, column=name)

    def __len__(self) -> int:
        return self.frame.height

    def has(self, name: str) -> bool:
        """Whether a column exists."""
        return name.lower() in self._names

    def name(self, name: str) -> str:
        """The column's own spelling. Raises InputError naming the columns there are."""
        if name.lower() not in self._names:
            raise InputError(
                "there is no such column", file=self.file, column=name, wanted="one of " + ", ".join(self.frame.columns)
            )
        return self._names[name.lower()]

    def texts(self, name: str) -> list[str]:
        """A column as text; missing cells are ''. None is a text."""
        return self._cells(name, MISSING_TEXT)

    def codes(self, name: str) -> list[str]:
        """A column of codes, such as 1 and 0 or those of a form's choices; missing cells, None among them, are ''."""
        return self._cells(name, MISSING)

    def _cells(self, name: str, missing: frozenset[str]) -> list[str]:
        return [
            "" if cell is None or cell.strip() in missing else cell.strip()
            for cell in self.frame[self.name(name)].to_list()
        ]

    def numbers(self, name: str, *, missing: bool = False) -> np.ndarray:
        """A column as float64. A cell that is no number raises InputError; an empty one too, unless `missing` (NaN)."""
        own = self.name(name)
        column = self.frame[own].str.strip_chars()
        absent = (column.is_null() | column.is_in(list(MISSING))).to_numpy()
        values = column.cast(pl.Float64, strict=False).to_numpy().astype(np.float64, copy=True)
        values[absent] = np.nan
        wrong = ~absent & ~np.isfinite(values)
        if not missing:
            wrong |= absent
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise InputError(
                "the cell is empty" if absent[row] else "the cell is not a number",
                file=self.file, row=row + 1, column=own, seen=self.frame[own][row] or "", wanted="a finite number",
            )  # fmt: skip
        return values

    def dates(self, name: str) -> list[PartialDate | None]:
        """A column as perhaps partial dates, the time of a date-time dropped. Raises InputError for anything else."""
        found: list[PartialDate | None] = []
        for row, cell in enumerate(self._cells(name, MISSING), start=1):
            try:
                found.append(PartialDate.parse(cell.split("T")[0].split(" ")[0]) if cell else None)
            except ValueError as error:
                raise InputError(str(error), file=self.file, row=row, column=self.name(name), seen=cell) from error
        return found

    def days(self, name: str) -> list[date | None]:
        """A column as complete dates. Raises InputError where the day is unknown."""
        days: list[date | None] = []
        for row, partial in enumerate(self.dates(name), start=1):
            if partial is not None and not partial.is_complete:
                raise InputError(
                    "the day is not known", file=self.file, row=row, column=self.name(name), seen=str(partial),
                    wanted="a complete date",
                )  # fmt: skip
            days.append(partial.earliest if partial else None)
        return days

    def with_columns(self, columns: dict[str, Sequence[object]]) -> pl.DataFrame:
        """The table's own columns, carried through, with derived ones after them (a derived name replaces its like)."""
        taken = {name.lower() for name in columns}
        kept = self.frame.select([name for name in self.frame.columns if name.lower() not in taken])
        return kept.with_columns([pl.Series(name, values, strict=False) for name, values in columns.items()])


def read_table(data: bytes, file: str) -> Table:
    """Read CSV (UTF-8, header first) or Parquet, told apart by content. Raises InputError."""
    if data[:4] == b"PAR1":
        try:
            frame = pl.read_parquet(io.BytesIO(data))
        except (pl.exceptions.PolarsError, OSError) as error:
            raise InputError(f"the Parquet file cannot be read: {error}", file=file) from error
        return Table(frame.select(_text(frame[name]) for name in frame.columns), file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n")
        raise InputError(
            "the text is not UTF-8", file=file, row=row, seen=data[error.start : error.start + 8]
        ) from error
    return Table(_csv(text, file), file)


def _text(column: pl.Series) -> pl.Series:
    """A column of Parquet as the text a CSV file would hold: 1 for 1.0, so that codes read alike in both."""
    if column.dtype in (pl.Float64, pl.Float32):
        values = [None if value is None else _float_text(value) for value in column.to_list()]
        return pl.Series(column.name, values, dtype=pl.String)
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object, pl.Duration):
        values = [None if value is None else str(value) for value in column.to_list()]
        return pl.Series(column.name, values, dtype=pl.String)
    return column.cast(pl.String)


def _float_text(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def _csv(text: str, file: str) -> pl.DataFrame:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    cells: list[list[str]] = []
    try:
        header = [name.strip() for name in next(rows, [])]
        if not any(header):
            raise InputError("the file is empty", file=file, wanted="a header line with the names of the columns")
        for row in rows:
            if not row:
                continue
            if len(row) != len(header):
                raise InputError(
                    f"the row has {len(row)} cells, the header {len(header)}", file=file, row=len(cells) + 1,
                    seen=",".join(row)[:80],
                )  # fmt: skip
            cells.append(row)
    except csv.Error as error:
        raise InputError(f"the row is not CSV: {error}", file=file, row=len(cells) + 1) from error
    repeated = {name for name in header if [other.lower() for other in header].count(name.lower()) > 1}
    if repeated:
        first = sorted(repeated)[0]
        problem = "the header names a column twice" if first else "the header leaves two columns without a name"
        raise InputError(problem, file=file, column=first)
    columns = list(zip(*cells, strict=True)) if cells else [()] * len(header)
    return pl.DataFrame(
        [
            pl.Series(name, [unguarded(cell) or None for cell in values], dtype=pl.String)  # an empty cell stays empty
            for name, values in zip(header, columns, strict=True)
        ]
    )
