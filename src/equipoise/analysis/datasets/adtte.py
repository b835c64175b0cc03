"""ADTTE: the times to events of the plan, of the first local failure, and of deterioration, one row a participant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets.adqs import adqs
from equipoise.analysis.datasets.table import Dataset, tells_arm
from equipoise.analysis.deterioration_times import SCALES, DeteriorationRow, deterioration_rows
from equipoise.analysis.lesion_control import by_participant
from equipoise.analysis.times import time_rows
from equipoise.conduct.casebook import Casebook
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class TimeToEventRow:
    """A row of ADTTE. AVAL in days, both ends counted. CNSR 0 is the event; where death competes it is coded 2."""

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
    arm: str = tells_arm()
    srcseq: tuple[int, ...] = ()


def adtte(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> Dataset:
    """Every endpoint of the plan that is a time."""
    rows: list[TimeToEventRow] = []
    codes: dict[str, str] = {}
    for endpoint in protocol.endpoints:
        code = _code(endpoint.id, codes)
        if endpoint.kind == "time_to_event":
            for one in time_rows(protocol, endpoint, casebooks, cut):
                time = one.time
                rows.append(
                    TimeToEventRow(
                        cut.trial,
                        f"{cut.trial}-{one.subject}",
                        code,
                        endpoint.label,
                        time.start,
                        time.on,
                        time.days,
                        time.censored,
                        time.description,
                        time.censoring_description,
                        time.source.domain,
                        time.source.variable,
                        one.arm,
                        (time.source.sequence,) if time.source.sequence else (),
                    )
                )
        elif endpoint.kind == "competing_risks":
            for row in by_participant(protocol, casebooks, cut):
                time = row.time
                rows.append(
                    TimeToEventRow(
                        cut.trial,
                        f"{cut.trial}-{row.subject}",
                        code,
                        endpoint.label,
                        time.start,
                        time.on,
                        time.days,
                        {0: 1, 1: 0, 2: 2}[row.status],
                        time.description,
                        time.censoring_description,
                        time.source.domain,
                        time.source.variable,
                        row.arm,
                        (time.source.sequence,) if time.source.sequence else (),
                    )
                )
        elif endpoint.kind == "scores":
            scores = adqs(protocol, casebooks, cut).rows
            for scale in SCALES:
                rows += _deteriorations(deterioration_rows(scores, casebooks, cut, scale), cut, endpoint.label)
    return Dataset("ADTTE", "Time to event", TimeToEventRow, rows)


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
