"""Tables in and out of the endpoints: ADaM ADSL and ADRS to times to events."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import click
import numpy as np
import polars as pl

from equipoise.imports.tables import Table
from equipoise.kernel.errors import InputError
from equipoise.methods.endpoints import (
    DEATH,
    Censoring,
    Followup,
    GapLimit,
    Source,
    TimeToEvent,
    overall_survival,
    progression_free_survival,
)

NOT_ADEQUATE = frozenset({"", "NE", "ND", "MISSING"})
DATED = frozenset({("OVR", "PD"), ("PD", "Y")})
"""Parameter and value of ADRS that are events: without a date they would be lost."""
NEW_THERAPY = "NACTDT"
"""Where ADSL holds the start of new anticancer therapy unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of ADSL hold what the censoring rules ask for; None where the table has no such column."""

    start: str
    new_therapy: str | None
    stop: str | None
    baseline: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of ADRS."""

    on: date | None
    code: str
    sequence: int | None
    place: int
    """Which row it is; 1 is the first."""


def times(
    adsl: Table,
    adrs: Table,
    endpoint: str,
    rule: Censoring,
    columns: Columns,
    *,
    gap: GapLimit | None,
    cutoff: date | None,
) -> pl.DataFrame:
    """One row a subject with a start date. Raises InputError; says on standard error who was left out."""
    results = _rows(adrs, cutoff)
    subjects = adsl.codes("USUBJID")
    starts = adsl.days(columns.start)
    deaths = adsl.days("DTHDT") if adsl.has("DTHDT") else [None] * len(adsl)
    alive = adsl.days("LSTALVDT") if endpoint == "os" or adsl.has("LSTALVDT") else [None] * len(adsl)
    therapies = adsl.days(columns.new_therapy) if columns.new_therapy else [None] * len(adsl)
    stops = adsl.days(columns.stop) if columns.stop else [None] * len(adsl)
    baselines = adsl.codes(columns.baseline) if columns.baseline else ["Y"] * len(adsl)
    has_parameter = {name for own in results.values() for name in own}
    kept: list[int] = []
    found: list[TimeToEvent] = []
    seen: set[str] = set()
    for at, subject in enumerate(subjects):
        if not subject or subject in seen:
            raise InputError(
                "the subject stands twice" if subject else "the row names no subject", file=adsl.file, row=at + 1,
                column=adsl.name("USUBJID"), seen=subject, wanted="one row a subject",
            )  # fmt: skip
        seen.add(subject)
        began = starts[at]
        if began is None or (cutoff is not None and began > cutoff):
            continue
        own = results.get(subject, {})
        start = Source(began, "Randomization", "ADSL", adsl.name(columns.start))
        died = _sources(own, "DEATH", DEATH, lambda row: row.code == "Y") or _single(
            deaths[at], DEATH, "DTHDT", adsl, cutoff
        )
        if not died and deaths[at] is None and any(row.on is None and row.code == "Y" for row in own.get("DEATH", ())):
            raise InputError(
                f"the death of {subject} has no date, neither in {adrs.file} nor here", file=adsl.file, row=at + 1,
                column="DTHDT", wanted="a complete date",
            )  # fmt: skip
        for one in died:
            if one.on < began:
                raise InputError(
                    f"{subject} died before the start", file=adsl.file, row=at + 1, column=adsl.name(columns.start),
                    seen=str(one.on), wanted=f"{began} or later",
                )  # fmt: skip
        if endpoint == "os":
            found.append(overall_survival(start, died, _alive(alive[at], adsl, cutoff)))
        else:
            parameter, told = ("PD", "Y") if "PD" in has_parameter else ("OVR", "PD")
            _none_before(began, own.get(parameter, ()), told, subject, adrs)
            progressions = _sources(own, parameter, "Disease Progression", lambda row, told=told: row.code == told)
            last = "Last Tumor Assessment"
            has_last = "LSTA" in has_parameter and cutoff is None  # the last of all may lie after the cut-off
            assessed = _sources(own, "LSTA" if has_last else "OVR", last, lambda row: bool(row.code))
            adequate = _sources(
                own, "OVR" if "OVR" in has_parameter else "LSTA", last, lambda row: row.code not in NOT_ADEQUATE
            )
            followup = Followup(
                start=start,
                progressions=progressions,
                deaths=died,
                assessments=assessed,
                adequate=adequate,
                other_therapy=_single(therapies[at], "New Anticancer Therapy", columns.new_therapy or "", adsl, cutoff),
                stops=_single(stops[at], "Treatment Stopped", columns.stop or "", adsl, cutoff),
                has_baseline=baselines[at].upper() not in ("N", "NO", "0"),
            )
            found.append(progression_free_survival(followup, rule, gap=gap))
        kept.append(at)
    _report(len(subjects) - len(kept), adsl.name(columns.start), set(results) - seen)
    return _frame(adsl, kept, found, endpoint)


def _rows(adrs: Table, cutoff: date | None) -> dict[str, dict[str, list[Row]]]:
    """ADRS by subject and parameter, without what lies after the cut-off."""
    days = adrs.days("ADT")
    name = next((name for name in ("ASEQ", "RSSEQ") if adrs.has(name)), None)
    sequences = adrs.numbers(name, missing=True) if name else np.full(len(adrs), np.nan)
    found: dict[str, dict[str, list[Row]]] = {}
    columns = zip(
        adrs.codes("USUBJID"), adrs.codes("PARAMCD"), adrs.codes("AVALC"), days, sequences, strict=True
    )  # fmt: skip
    for row, (subject, parameter, code, on, sequence) in enumerate(columns, start=1):
        if on is None and (parameter.upper(), code.upper()) in DATED:
            raise InputError(
                f"the progression of {subject} has no date", file=adrs.file, row=row, column=adrs.name("ADT"),
                wanted="a complete date",
            )  # fmt: skip
        if on is not None and cutoff is not None and on > cutoff:
            continue
        number = None if np.isnan(sequence) else int(sequence)
        found.setdefault(subject, {}).setdefault(parameter.upper(), []).append(Row(on, code.upper(), number, row))
    return found


def _sources(
    own: dict[str, list[Row]], parameter: str, description: str, counts: Callable[[Row], bool]
) -> tuple[Source, ...]:
    return tuple(
        Source(row.on, description, "ADRS", "ADT", row.sequence)
        for row in own.get(parameter, ())
        if row.on is not None and counts(row)
    )


def _single(day: date | None, description: str, column: str, adsl: Table, cutoff: date | None) -> tuple[Source, ...]:
    if day is None or (cutoff is not None and day > cutoff):
        return ()
    return (Source(day, description, "ADSL", adsl.name(column)),)


def _alive(day: date | None, adsl: Table, cutoff: date | None) -> tuple[Source, ...]:
    """The last date known alive, at most the cut-off."""
    if day is None:
        return ()
    return (Source(min(day, cutoff) if cutoff else day, "Alive", "ADSL", adsl.name("LSTALVDT")),)


def _none_before(start: date, rows: Iterable[Row], progression: str, subject: str, adrs: Table) -> None:
    """Raise InputError for a progression before the start."""
    for row in rows:
        if row.code == progression and row.on is not None and row.on < start:
            raise InputError(
                f"{subject} has a progression before the start", file=adrs.file, row=row.place,
                column=adrs.name("ADT"), seen=str(row.on), wanted=f"{start} or later",
            )  # fmt: skip


def _report(without_start: int, column: str, strangers: set[str]) -> None:
    if without_start:
        click.echo(f"Left out: {_subjects(without_start)} without {column}, or with it after the cut-off.", err=True)
    if strangers:
        click.echo(f"Left out: {_subjects(len(strangers))} of ADRS not in ADSL.", err=True)


def _subjects(count: int) -> str:
    return f"{count} subject" if count == 1 else f"{count} subjects"


PARAMETERS = {"os": ("OS", "Overall Survival"), "pfs": ("PFS", "Progression Free Survival")}
CENSORED_ALIVE = "Alive During Study"


def _frame(adsl: Table, kept: list[int], found: list[TimeToEvent], endpoint: str) -> pl.DataFrame:
    code, name = PARAMETERS[endpoint]
    columns: dict[str, pl.Series] = {
        "USUBJID": pl.Series("USUBJID", [adsl.codes("USUBJID")[at] for at in kept], dtype=pl.String),
        "PARAMCD": pl.Series("PARAMCD", [code] * len(kept), dtype=pl.String),
        "PARAM": pl.Series("PARAM", [name] * len(kept), dtype=pl.String),
        "STARTDT": pl.Series("STARTDT", [one.start for one in found], dtype=pl.Date),
        "ADT": pl.Series("ADT", [one.on for one in found], dtype=pl.Date),
        "AVAL": pl.Series("AVAL", [one.days for one in found], dtype=pl.Int64),
        "CNSR": pl.Series("CNSR", [one.censored for one in found], dtype=pl.Int64),
        "EVNTDESC": pl.Series("EVNTDESC", [one.description for one in found], dtype=pl.String),
        "CNSDTDSC": pl.Series("CNSDTDSC", [_censoring(one) for one in found], dtype=pl.String),
        "SRCDOM": pl.Series("SRCDOM", [one.source.domain for one in found], dtype=pl.String),
        "SRCVAR": pl.Series("SRCVAR", [one.source.variable for one in found], dtype=pl.String),
        "SRCSEQ": pl.Series("SRCSEQ", [one.source.sequence for one in found], dtype=pl.Int64),
    }
    carried = [name for name in adsl.frame.columns if name.upper() not in columns]
    return pl.DataFrame([*columns.values(), *(adsl.frame[name].gather(kept) for name in carried)])


def _censoring(one: TimeToEvent) -> str | None:
    if one.is_event:
        return None
    return CENSORED_ALIVE if one.censoring_description == "Alive" else one.censoring_description
