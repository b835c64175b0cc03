"""ADTTE: the times to events of the plan, of the first local failure, and of deterioration, one row a participant; and
the duration of response of those who responded (DOR; CDOR where an endpoint asks for confirmation)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets.adqs import adqs
from equipoise.analysis.datasets.deterioration_times import (
    ANY,
    SCALES,
    DeteriorationRow,
    deterioration_or_death,
    deterioration_rows,
)
from equipoise.analysis.datasets.response_times import CODES, duration_rows
from equipoise.analysis.datasets.table import Dataset, not_shown, tells_arm
from equipoise.analysis.interval_times import IntervalRow, interval_rows
from equipoise.analysis.lesion_control import by_participant
from equipoise.analysis.times import time_rows
from equipoise.conduct.casebook import Casebook
from equipoise.methods.endpoints import TimeToEvent
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class TimeToEventRow:
    """A row of ADTTE. AVAL in days, both ends counted. CNSR 0 is the event; where death competes it is coded 2.

    FREEDT is the last day known free of the event, where that is only known to lie between two scans.
    """

    studyid: str
    usubjid: str
    paramcd: str
    param: str
    startdt: date | None
    adt: date
    aval: int | None
    cnsr: int
    evntdesc: str
    cnsdtdsc: str
    srcdom: str
    srcvar: str
    freedt: date | None = None
    arm: str = tells_arm()
    srcseq: tuple[int, ...] = ()
    row_tells_arm: bool = not_shown()


def adtte(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> Dataset:
    """Every endpoint of the plan that is a time."""
    rows: list[TimeToEventRow] = []
    codes: dict[str, str] = {}
    for endpoint in protocol.endpoints:
        code, label, tells = _code(endpoint.id, codes), endpoint.label, endpoint.depends_on_arm
        match endpoint.kind:
            case "time_to_event":
                for one in time_rows(protocol, endpoint, casebooks, cut):
                    found = _row(cut, one.subject, one.arm, code, label, one.time, one.time.censored)
                    rows.append(replace(found, row_tells_arm=tells))
            case "interval_censored":
                rows += [_between(cut, one, code, label) for one in interval_rows(protocol, endpoint, casebooks, cut)]
            case "competing_risks":
                for row in by_participant(protocol, casebooks, cut):
                    rows.append(_row(cut, row.subject, row.arm, code, label, row.time, {0: 1, 1: 0, 2: 2}[row.status]))
            case "scores":
                scores = adqs(protocol, casebooks, cut).rows
                for scale in SCALES:
                    rows += _deteriorations(deterioration_rows(protocol, scores, casebooks, cut, scale), cut, label)
            case "deterioration":
                scores = adqs(protocol, casebooks, cut).rows
                for scale, times in deterioration_or_death(protocol, endpoint, scores, casebooks, cut).items():
                    own = code if scale == ANY else _code(f"{scale}death", codes)
                    named = label if scale == ANY else f"{label}: {scale}"
                    rows += [_row(cut, one.subject, one.arm, own, named, one.time, one.time.censored) for one in times]
    for confirmed, (name, label) in CODES.items():
        responders = duration_rows(protocol, casebooks, cut, confirmed=confirmed)
        code = _code(name, codes) if responders else name
        rows += [
            replace(_row(cut, one.subject, one.arm, code, label, one.time, one.time.censored), srcseq=one.source)
            for one in responders
        ]
    return Dataset("ADTTE", "Time to event", TimeToEventRow, rows)


def _row(
    cut: DataCut, subject: str, arm: str, code: str, label: str, time: TimeToEvent, censored: int
) -> TimeToEventRow:
    return TimeToEventRow(
        cut.trial, f"{cut.trial}-{subject}", code, label, time.start, time.on, time.days, censored, time.description,
        time.censoring_description, time.source.domain, time.source.variable, None, arm,
        (time.source.sequence,) if time.source.sequence else (),
    )  # fmt: skip


def _between(cut: DataCut, one: IntervalRow, code: str, label: str) -> TimeToEventRow:
    """An interval: ADT its right end, else the day censored; FREEDT the last day known free of the event."""
    on = one.until or one.after or one.start
    says = "Progression or death" if one.until else "Last assessment" if one.after else "Randomization"
    return TimeToEventRow(
        cut.trial, f"{cut.trial}-{one.subject}", code, label, one.start, on, (on - one.start).days + 1,
        0 if one.until else 1, says, "" if one.until else says, "ADTTE", "ADT", one.after or one.start, one.arm,
        one.source,
    )  # fmt: skip


def _deteriorations(found: Sequence[DeteriorationRow], cut: DataCut, label: str) -> list[TimeToEventRow]:
    return [
        TimeToEventRow(
            cut.trial,
            row.usubjid,
            f"TTD{row.scale}"[:8],
            f"{label}: {row.scale}",
            row.start,
            row.on,
            (row.on - row.start).days + 1,
            {0: 1, 1: 0, 2: 2}[row.status],
            {0: row.reason or "Last questionnaire", 1: "Deterioration", 2: "Death"}[row.status],
            "Last questionnaire" if row.status == 0 else "",
            "ADQS",
            "ADT",
            None,
            row.arm,
            row.source,
        )
        for row in found
    ]


def _code(endpoint: str, taken: dict[str, str]) -> str:
    """PARAMCD: the endpoint's id without its underscores, at most eight characters, each once."""
    plain = endpoint.replace("_", "").upper()
    code, number = plain[:8], 1
    while code in taken.values():
        number += 1
        code = f"{plain[: 8 - len(str(number))]}{number}"
    taken[endpoint] = code
    return code
