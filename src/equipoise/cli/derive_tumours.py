"""Tables in and out of the RECIST engine: visit responses and best responses."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import polars as pl

from equipoise.clinical.recist.best_response import (
    Assessment,
    Confirmation,
    best_response,
    confirmed_best_response,
)
from equipoise.clinical.recist.codes import BestResponse
from equipoise.clinical.recist.course import VisitVerdict, assess_course
from equipoise.imports.tables import Table
from equipoise.imports.tumours import Series, read_series
from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.errors import InputError
from equipoise.kernel.messages import Message, message

DERIVED = (
    "USUBJID", "TREVAL", "TREVALID", "VISITNUM", "SUMDIAM", "BASE", "NADIR", "TRGRESP", "NTRGRESP", "NEWLIND",
    "OVRLRESP", "REASON",
)  # fmt: skip
OF_ONE_RESULT = frozenset({
    "DOMAIN", "TRSEQ", "TRGRPID", "TRLNKID", "TRLNKGRP", "TRREFID", "TRSPID", "TRTESTCD", "TRTEST", "TRORRES",
    "TRORRESU", "TRSTRESC", "TRSTRESN", "TRSTRESU", "TRSTAT", "TRREASND", "TRMETHOD", "TRLOC", "TRLAT", "TRDTC",
})  # fmt: skip
"""Columns of TR that describe one result and not the visit; they have no place in a row about the visit."""


MOST_NOTES = 10
"""Of a table with more, the rest are counted."""


def visit_responses(
    tu: Table, tr: Table, *, pr_persists: bool, language: str
) -> tuple[pl.DataFrame, tuple[Message, ...]]:
    """One row a reader and visit after baseline, in order of time; and where dates and numbers of visits disagree.

    Raises InputError.
    """
    notes: dict[str, Message] = {}
    columns: dict[str, list[object]] = {name: [] for name in DERIVED}
    rows: list[tuple[int, ...]] = []
    dates: list[str] = []
    for series in read_series(tu, tr):
        verdicts = assess_course(series.baseline, series.visits, pr_persists=pr_persists)
        for index, verdict in enumerate(verdicts):
            for name, value in zip(DERIVED, _row(series, index, verdict, language), strict=True):
                columns[name].append(value)
        rows.extend(series.rows)
        dates.extend(series.dates)
        notes |= {note.say(language): note for note in series.notes}  # readers of one image say the same
    frame = pl.DataFrame({name: pl.Series(name, values, dtype=pl.String) for name, values in columns.items()})
    extra = [
        pl.Series(name, _of_visit(tr.frame[name].to_list(), rows), dtype=pl.String)
        for name in tr.frame.columns
        if name.upper() not in OF_ONE_RESULT and name.upper() not in DERIVED
    ]
    if tr.has("TRDTC"):
        extra.append(pl.Series("TRDTC", [day or None for day in dates], dtype=pl.String))
    return frame.with_columns(extra), _told(list(notes.values()), tr.file)


def _told(notes: Sequence[Message], file: str) -> tuple[Message, ...]:
    shown = list(notes[:MOST_NOTES])
    if len(notes) > MOST_NOTES:
        shown.append(message("tumours.more", count=len(notes) - MOST_NOTES))
    return tuple(message("tumours.noted", file=file, note=note) for note in shown)


def _row(series: Series, index: int, verdict: VisitVerdict, language: str) -> tuple[str | None, ...]:
    has_targets = bool(series.baseline.targets)
    return (
        series.reader.subject,
        series.reader.evaluator or None,
        series.reader.evaluator_id or None,
        series.numbers[index],
        _millimetres(verdict.sum),
        _millimetres(verdict.history.baseline) if has_targets else None,
        _millimetres(verdict.history.nadir) if has_targets else None,
        str(verdict.target),
        str(verdict.non_target),
        "Y" if verdict.is_new else "N",
        str(verdict.overall),
        verdict.reason.say(language),
    )


def _millimetres(number: Decimal | None) -> str | None:
    return None if number is None else decimal_text(number)


def _of_visit(cells: Sequence[str | None], rows: Sequence[tuple[int, ...]]) -> list[str | None]:
    """A carried column: the cell all rows of a visit share; empty where they differ."""
    shared: list[str | None] = []
    for own in rows:
        found = {cells[row] for row in own if cells[row]}
        shared.append(found.pop() if len(found) == 1 else None)
    return shared


type Key = tuple[str, ...]
"""A subject, and the reader where the table names one."""


@dataclass(slots=True)
class Assessed:
    """What a table of responses holds, by subject and reader; `progressed` where progression was determined apart."""

    assessments: dict[Key, list[Assessment]] = field(default_factory=dict)
    origins: dict[Key, date] = field(default_factory=dict)
    progressed: dict[Key, date] = field(default_factory=dict)
    early: int = 0
    """How many assessments are dated before their reference date."""


def best_responses(
    rs: Table, start: str, *, min_sd_days: int, confirmation: Confirmation | None, missing_as_ne: bool
) -> tuple[pl.DataFrame, tuple[Message, ...]]:
    """One row a subject (and reader), BOR, or CBOR where confirmation is asked for; and what to tell of the table.

    Two rows of one day and response are one assessment. A subject with a reference date and without any overall
    response is there as one who was never assessed. Raises InputError.
    """
    readers = [name for name in ("RSEVAL", "RSEVALID") if rs.has(name)]
    found = _assessed(rs, start, readers)
    results = []
    for key, own in found.assessments.items():
        if confirmation is None:
            best = best_response(
                own, found.origins[key], min_sd_days=min_sd_days, missing_as_ne=missing_as_ne,
                progressed_on=found.progressed.get(key),
            )  # fmt: skip
        else:
            best = confirmed_best_response(
                own, found.origins[key], min_sd_days=min_sd_days, confirmation=confirmation,
                missing_as_ne=missing_as_ne, progressed_on=found.progressed.get(key),
            )  # fmt: skip
        reader = (part or None for part in key[1:])
        results.append((key[0], *reader, "BOR" if confirmation is None else "CBOR", str(best.response), best.on))
    names = ["USUBJID", *(rs.name(name) for name in readers), "PARAMCD", "AVALC", "ADT"]
    schema = dict.fromkeys(names[:-1], pl.String) | {"ADT": pl.Date}
    told = message("responses.early", count=found.early, column=rs.name(start))
    notes = (message("tumours.noted", file=rs.file, note=told),) if found.early else ()
    return pl.DataFrame(results, schema=schema, orient="row"), notes


def _assessed(rs: Table, start: str, readers: Sequence[str]) -> Assessed:
    keys = list(zip(rs.codes("USUBJID"), *(rs.codes(name) for name in readers), strict=True))
    date_column = "ADT" if rs.has("ADT") else "RSDTC"
    code_column = "AVALC" if rs.has("AVALC") else "RSSTRESC"
    dates, codes, starts = rs.dates(date_column), rs.codes(code_column), rs.days(start)
    tests = _column(rs, "RSTESTCD")
    parameters = _column(rs, "PARAMCD")
    by_parameter = "OVR" in parameters
    found = Assessed()
    others: dict[str, date] = {}
    for row, (key, when, code, origin) in enumerate(zip(keys, dates, codes, starts, strict=True), start=1):
        if not key[0]:
            raise InputError("the row names no subject", file=rs.file, row=row, column=rs.name("USUBJID"))
        if by_parameter and parameters[row - 1] == "PD" and code == "Y" and when is not None:
            found.progressed[key] = min(when.latest, found.progressed.get(key, when.latest))
        if (by_parameter and parameters[row - 1] not in ("", "OVR")) or (
            not by_parameter and tests[row - 1] not in ("", "OVRLRESP")
        ):
            if origin is not None:
                others.setdefault(key[0], origin)
            continue
        if origin is None:
            raise InputError("the reference date is missing", file=rs.file, row=row, column=rs.name(start))
        if found.origins.setdefault(key, origin) != origin:
            raise InputError(
                f"{key[0]} has two reference dates", file=rs.file, row=row, column=rs.name(start), seen=str(origin),
                wanted=str(found.origins[key]),
            )  # fmt: skip
        own = found.assessments.setdefault(key, [])
        response = _response(rs, code_column, code, row)
        if when is None:
            if response is not BestResponse.MISSING:
                raise InputError("the assessment has no date", file=rs.file, row=row, column=rs.name(date_column))
            continue
        one = Assessment(when.latest, response)
        if one not in own:
            own.append(one)
            found.early += when.latest < origin
    assessed = {key[0] for key in found.assessments}
    for subject, origin in others.items():
        if subject not in assessed:
            key = (subject, *("" for _ in readers))
            found.assessments[key], found.origins[key] = [], origin
    return found


def _column(table: Table, name: str) -> list[str]:
    return [text.upper() for text in table.codes(name)] if table.has(name) else [""] * len(table)


def _response(rs: Table, column: str, code: str, row: int) -> BestResponse:
    try:
        return BestResponse(code.upper()) if code else BestResponse.MISSING
    except ValueError as error:
        raise InputError(
            "the response is not known", file=rs.file, row=row, column=rs.name(column), seen=code,
            wanted=", ".join(BestResponse),
        ) from error  # fmt: skip
