"""The rows behind each kind of endpoint, tagged by what its tables and figures count."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from equipoise.analysis.adverse_events import KINDS
from equipoise.analysis.datasets.adae import AdverseEvent
from equipoise.analysis.datasets.adqs import QuestionnaireScore
from equipoise.analysis.datasets.adrs import Response
from equipoise.analysis.datasets.adsl import SubjectLevel
from equipoise.analysis.datasets.deterioration_times import DeteriorationRow
from equipoise.analysis.datasets.response_times import CODES, DurationRow
from equipoise.analysis.interval_times import IntervalRow
from equipoise.analysis.lesion_control import ControlRow
from equipoise.analysis.response_rates import CONTROLLED, RESPONSES
from equipoise.analysis.times import TimeRow
from equipoise.analysis.traced import Traced, positions
from equipoise.conduct.casebook import Casebook

SEVERE = 3
"""The grade from which an adverse event is severe."""
_STATUS = {0: ("censored", 1), 1: ("event", 0), 2: ("competing", 2)}


def subject_level(rows: Iterable[SubjectLevel], books: Mapping[str, Casebook], factors: Sequence[str]) -> list[Traced]:
    """A row a randomized participant, tagged by VARIABLE:value: flags, end of study, baseline and strata.

    Where there is no value the tag is VARIABLE and a colon: who is missing is counted too.
    """
    found = []
    for row in rows:
        if row.randfl != "Y":
            continue
        held = [
            ("SAFFL", row.saffl), ("QOLFL", row.qolfl), ("EOSSTT", row.eosstt), ("DCSREAS", row.dcsreas),
            ("SITEID", row.siteid), ("NRESID", row.nresid), ("NORGAN", row.norgan), *row.baseline,
            *((f"STRAT.{factor}", dict(row.strata).get(factor)) for factor in factors),
        ]  # fmt: skip
        tags = frozenset(f"{variable}:{'' if value is None else value}" for variable, value in held)
        found.append(
            Traced("ADSL", "", row.subjid, books[row.subjid].site, row.armcd, row.randdt, "", tags=tags,
                   source=positions(*row.srcseq))
        )  # fmt: skip
    return found


def timed(rows: Iterable[TimeRow], books: Mapping[str, Casebook], parameter: str) -> list[Traced]:
    """A row a participant and time to event."""
    return [
        Traced(
            "ADTTE", parameter, row.subject, row.site, row.arm, row.time.on, str(row.time.days), "d", row.time.censored,
            row.time.description, row.time.censoring_description, row.months,
            frozenset({"event" if row.time.is_event else "censored"}),
            positions(_randomized_at(books[row.subject]), row.time.source.sequence),
        )
        for row in rows
    ]  # fmt: skip


def controlled(rows: Iterable[ControlRow], books: Mapping[str, Casebook], parameter: str) -> list[Traced]:
    """A row a participant, or a lesion, and time to failure of control."""
    return [
        Traced(
            "ADTTE", parameter, row.subject, books[row.subject].site, row.arm, row.time.on, str(row.time.days), "d",
            _STATUS[row.status][1], row.time.description, row.time.censoring_description, row.months,
            frozenset({_STATUS[row.status][0]}),
            positions(_randomized_at(books[row.subject]), row.time.source.sequence), row.lesion,
        )
        for row in rows
    ]  # fmt: skip


def between(rows: Iterable[IntervalRow], books: Mapping[str, Casebook], parameter: str) -> list[Traced]:
    """A row a participant: the day up to which the event had not happened, and the day by which it had."""
    found = []
    for row in rows:
        left, right = row.months
        book, is_event = books[row.subject], row.until is not None
        last = row.until or row.after or row.start
        shown = f"({row.after or row.start}, {row.until or '∞'}]" if row.after != row.until else str(row.until)
        found.append(
            Traced(
                "ADTTE", parameter, row.subject, book.site, row.arm, last, shown, "", 0 if is_event else 1, "", "",
                right if is_event else left, frozenset({"event" if is_event else "censored"}),
                positions(_randomized_at(book), *row.source),
            )
        )  # fmt: skip
    return found


def deteriorated(rows: Iterable[DeteriorationRow], books: Mapping[str, Casebook]) -> list[Traced]:
    """A row a participant and time to lasting deterioration of a scale."""
    says = {0: "Last questionnaire", 1: "Deterioration", 2: "Death"}
    found = []
    for row in rows:
        book = books[row.subject]
        died = book.died_header.position if row.status == 2 and book.died_header else None
        found.append(
            Traced(
                "ADTTE", f"TTD{row.scale}"[:8], row.subject, book.site, row.arm, row.on,
                str((row.on - row.start).days + 1), "d", _STATUS[row.status][1], says[row.status],
                says[0] if row.status == 0 else "", row.months, frozenset({_STATUS[row.status][0]}),
                positions(_randomized_at(book), *row.source, died),
            )
        )  # fmt: skip
    return found


def responded(rows: Iterable[Response], books: Mapping[str, Casebook]) -> list[Traced]:
    """A row a participant: the best overall response."""
    found = []
    for row in rows:
        book = _book(books, row.usubjid)
        tags = {row.avalc}
        tags |= {"response"} if row.avalc in RESPONSES else set()
        tags |= {"control"} if row.avalc in CONTROLLED else set()
        found.append(
            Traced("ADRS", row.paramcd, book.subject, book.site, row.arm, row.adt, row.avalc, tags=frozenset(tags),
                   source=positions(_randomized_at(book), *row.srcseq))
        )  # fmt: skip
    return found


def lasted(rows: Iterable[DurationRow], books: Mapping[str, Casebook], *, confirmed: bool) -> list[Traced]:
    """A row a responder: the duration of response."""
    return [
        Traced(
            "ADTTE", CODES[confirmed][0], row.subject, row.site, row.arm, row.time.on, str(row.time.days), "d",
            row.time.censored, row.time.description, row.time.censoring_description, row.months,
            frozenset({"event" if row.time.is_event else "censored"}),
            positions(_randomized_at(books[row.subject]), *row.source),
        )
        for row in rows
    ]  # fmt: skip


def changed(rows: Sequence[QuestionnaireScore], books: Mapping[str, Casebook], scale: str) -> list[Traced]:
    """A row a participant and visit: the change of a scale from baseline, with the questionnaires of both."""
    own = [row for row in rows if row.paramcd == scale]
    base = {row.usubjid: row.srcseq for row in own if row.ablfl == "Y"}
    found = []
    for row in own:
        if row.chg is None or row.avisitn is None:
            continue
        book = _book(books, row.usubjid)
        found.append(
            Traced("ADQS", scale, book.subject, book.site, row.arm, row.adt, _number(row.chg),
                   description=f"{_number(row.base)} → {_number(row.aval)}", tags=frozenset({f"visit:{row.avisitn}"}),
                   source=positions(*base.get(row.usubjid, ()), *row.srcseq), detail=row.avisit)
        )  # fmt: skip
    return found


def adverse(rows: Sequence[AdverseEvent], books: Mapping[str, Casebook], received: Mapping[str, str]) -> list[Traced]:
    """A row an adverse event, tagged by term and kinds, and by the participant's worst grade within each.

    `rows` are what is counted (treatment-emergent, in the safety population), `received` maps USUBJID to the arm.
    """
    worst: dict[tuple[str, str], int] = {}
    held = [
        (row, [f"term:{row.aedecod}", *(f"kind:{kind}" for kind, rule in KINDS.items() if rule(row))]) for row in rows
    ]
    for row, names in held:
        for name in names:
            worst[row.usubjid, name] = max(worst.get((row.usubjid, name), 0), row.atoxgr or 0)
    found = []
    for row, names in held:
        book, tags = _book(books, row.usubjid), set(names)
        for name in names:
            grade = worst[row.usubjid, name]
            tags.add(f"{name}:worst:{grade}")
            if grade >= SEVERE:
                tags.add(f"{name}:severe")
        found.append(
            Traced("ADAE", row.aedecod, book.subject, book.site, received.get(row.usubjid, ""), row.astdt,
                   str(row.atoxgr or ""), tags=frozenset(tags), source=positions(*row.srcseq), detail=row.aespid)
        )  # fmt: skip
    return found


def _book(books: Mapping[str, Casebook], usubjid: str) -> Casebook:
    """The casebook of a USUBJID, which ends in the participant's number."""
    return next(books[part] for part in _endings(usubjid) if part in books)


def _endings(usubjid: str) -> Iterable[str]:
    pieces = usubjid.split("-")
    return ("-".join(pieces[place:]) for place in range(len(pieces)))


def _randomized_at(book: Casebook) -> int | None:
    return book.randomized_header.position if book.randomized_header else None


def _number(value: Fraction | Decimal | None) -> str:
    return "" if value is None else f"{float(value):.1f}".removesuffix(".0")
