"""Rows for the estimate commands: complete ones as arrays, the others counted, every bad cell named.

A row with a missing value in a column that is used is left out and counted; a wrong value stops the command.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from equipoise.cli.files import open_table
from equipoise.imports.tables import Table
from equipoise.kernel.errors import InputError

TRUTHS = {"true": "1", "false": "0"}
MOST_ARMS = 200
"""Beyond this a column of arms is one of names, and comparing each with each would fill the memory."""


@dataclass
class Rows:
    """Columns as they are asked for; `arrays` then gives each without the rows that miss any."""

    table: Table
    numeric: dict[str, np.ndarray] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    """The column of each role, as the person named it."""

    def number(self, role: str, column: str) -> None:
        """Read a numeric column."""
        self.numeric[role] = self.table.numbers(column, missing=True)
        self.columns[role] = column

    def time(self, role: str, column: str) -> None:
        """Read a column of times, at or after 0."""
        self.number(role, column)
        self.refuse(self.numeric[role] < 0, column, "the time is negative", "a time at or after 0")

    def event(self, column: str, wanted: str = "1 for an event, 0 for a censored time") -> None:
        """Read a column of events, 1 or 0 (true or false in Parquet)."""
        texts = self.table.codes(column)
        if {text.lower() for text in texts} <= {*TRUTHS, ""}:
            values = [float(TRUTHS[text.lower()]) if text else np.nan for text in texts]
            self.numeric["event"], self.columns["event"] = np.array(values), column
            return
        self.number("event", column)
        values = self.numeric["event"]
        wrong = ~np.isnan(values) & (values != 0) & (values != 1)
        self.refuse(wrong, column, "the event is neither 1 nor 0", wanted)

    def status(self, column: str) -> None:
        """Read a column of statuses: 0 censored, 1 the event of interest, 2, 3 ... competing events."""
        self.number("status", column)
        values = self.numeric["status"]
        wrong = (values < 0) | (values != np.floor(values)) & ~np.isnan(values)
        self.refuse(wrong, column, "the status is no code", "0 censored, 1 the event of interest, 2 and up competing")

    def label(self, role: str, column: str) -> None:
        """Read a column of labels."""
        self.labels[role] = self.table.texts(column)
        self.columns[role] = column

    def refuse(self, wrong: np.ndarray, column: str, problem: str, wanted: str) -> None:
        """Raise InputError for the first wrong row."""
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            own = self.table.name(column)
            raise InputError(
                problem, file=self.table.file, row=row + 1, column=own, seen=self.table.frame[own][row], wanted=wanted
            )

    @property
    def missing(self) -> dict[str, np.ndarray]:
        """Which rows miss each role."""
        absent = {role: np.isnan(values) for role, values in self.numeric.items()}
        return absent | {role: np.array([not text for text in texts], bool) for role, texts in self.labels.items()}

    @property
    def complete(self) -> np.ndarray:
        """Which rows miss nothing. Raises InputError where there is none."""
        if not len(self.table):
            raise InputError("the file has no rows", file=self.table.file, wanted="at least one row of data")
        whole = ~np.any(list(self.missing.values()), axis=0)
        if not whole.any():
            raise InputError(
                "every row misses a value", file=self.table.file, seen=", ".join(dict.fromkeys(self.columns.values())),
                wanted="at least one row with all of them",
            )  # fmt: skip
        return np.asarray(whole)

    def left_out(self) -> dict[str, object]:
        """The count of rows left out, and how many for each column (a row may miss several)."""
        missing = {self.columns[role]: int(absent.sum()) for role, absent in self.missing.items()}
        by_column = {column: count for column, count in missing.items() if count}
        return {"left_out": int((~self.complete).sum()), "left_out_by_column": by_column}

    def array(self, role: str) -> np.ndarray:
        """A numeric column, complete rows."""
        return self.numeric[role][self.complete]

    def texts(self, role: str) -> list[str]:
        """A column of labels, complete rows."""
        return [text for text, keep in zip(self.labels[role], self.complete, strict=True) if keep]


def sorted_levels(texts: Sequence[str]) -> list[str]:
    """Distinct labels: in numeric order where all are numbers, else alphabetical."""
    levels = sorted(set(texts))
    try:
        return sorted(levels, key=float)
    except ValueError:
        return levels


def arm_levels(texts: Sequence[str], control: str | None, column: str, file: str) -> list[str]:
    """The arms, control first. Raises InputError where the control is none of them, or they are no arms."""
    levels = sorted_levels(texts)
    if len(levels) > MOST_ARMS:
        raise InputError(
            "the column holds more different values than a comparison has arms", file=file, column=column,
            seen=f"{len(levels)} of them, {', '.join(levels[:3])} ...",
            wanted=f"at most {MOST_ARMS}; perhaps another column holds the arm",
        )  # fmt: skip
    if control is None:
        return levels
    matching = [level for level in levels if level == control] or [
        level for level in levels if _same_number(level, control)
    ]
    if not matching:
        raise InputError(
            "no row has the control arm", file=file, column=column, seen=control, wanted="one of " + ", ".join(levels)
        )
    return [matching[0], *(level for level in levels if level != matching[0])]


def _same_number(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def coded[Label: (str, tuple[str, ...])](labels: Sequence[Label], levels: Sequence[Label]) -> np.ndarray:
    """Labels as codes into the levels."""
    place = {level: code for code, level in enumerate(levels)}
    return np.array([place[label] for label in labels], dtype=np.int64)


def strata_codes(rows: Rows, columns: Sequence[str]) -> tuple[np.ndarray | None, list[str]]:
    """Codes and names of the strata that several columns make together; None without columns."""
    if not columns:
        return None, []
    parts = [rows.texts(f"strata {column}") for column in columns]
    tuples = list(zip(*parts, strict=True))
    levels = sorted(set(tuples))
    names = [", ".join(f"{column}={part}" for column, part in zip(columns, level, strict=True)) for level in levels]
    return coded(tuples, levels), names


def refuse_duplicates(rows: Rows, column: str, entry: bool | None) -> None:
    """Where participants are named: one row each, or with delayed entry intervals that do not overlap.

    `entry` is None where intervals cannot be, with delayed entry or without.
    """
    texts = rows.table.texts(column)
    seen: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        if text:
            seen.setdefault(text, []).append(row)
    for text, found in seen.items():
        if len(found) == 1:
            continue
        if not entry:
            raise InputError(
                "the participant has more than one row", file=rows.table.file, row=found[1] + 1,
                column=rows.table.name(column), seen=text,
                wanted="one row a participant" if entry is None else "one row a participant, or --entry for intervals",
            )  # fmt: skip
        spans = sorted((rows.numeric["entry"][row], rows.numeric["time"][row], row) for row in found)
        for (_, stop, _), (start, _, row) in pairwise(spans):
            if start < stop:
                raise InputError(
                    "the participant's intervals overlap", file=rows.table.file, row=row + 1,
                    column=rows.table.name(column), seen=text, wanted="an entry at or after the time before",
                )  # fmt: skip


def read_rows(data: str, time: str, event: str | None, *, entry: str | None = None, subject: str | None = None) -> Rows:
    """Open a table and read its times, events and entries; participants named must not be repeated."""
    rows = Rows(open_table(data))
    rows.time("time", time)
    if event is not None:
        rows.event(event)
    if entry is not None:
        rows.number("entry", entry)
        late = rows.numeric["entry"] >= rows.numeric["time"]
        rows.refuse(late, entry, "the entry is not before the time", "an entry before the time of event or censoring")
    if subject is not None:
        refuse_duplicates(rows, subject, entry is not None)
    return rows


def read_weights(rows: Rows, column: str | None) -> np.ndarray | None:
    """The case weights of complete rows, None without a column. Raises InputError for one not above 0."""
    if column is None:
        return None
    rows.refuse(rows.numeric["case weights"] <= 0, column, "the weight is not above 0", "a weight above 0")
    return rows.array("case weights")
