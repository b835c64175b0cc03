"""ADQS: one row a scale and questionnaire, scored by the instrument's manual, with baseline and change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets.adsl import subject_id
from equipoise.analysis.datasets.table import Dataset, tells_arm
from equipoise.analysis.populations import answers_of
from equipoise.clinical.questionnaires import Instrument, score, shipped_instruments
from equipoise.conduct.casebook import Casebook
from equipoise.kernel.dates import study_day
from equipoise.methods.forms import Form
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class QuestionnaireScore:
    """A row of ADQS. AVAL is missing where too few items of the scale were answered. AVISITN is 0 at baseline, else the
    visit's number; missing for a questionnaire outside the schedule."""

    studyid: str
    usubjid: str
    instrument: str
    paramcd: str
    kind: str
    avisit: str
    avisitn: int | None
    adt: date | None
    ady: int | None
    aval: Fraction | None
    ablfl: str
    base: Fraction | None
    chg: Fraction | None
    arm: str = tells_arm()
    srcseq: tuple[int, ...] = ()


def adqs(protocol: Protocol, casebooks: Iterable[Casebook], cut: DataCut) -> Dataset:
    """Every scale of every questionnaire up to the cut, of those randomized. EQ-5D-5L has no scales, hence no rows."""
    rows: list[QuestionnaireScore] = []
    shipped = shipped_instruments()
    forms = [(form, shipped[form.instrument]) for form in protocol.forms if form.instrument in shipped]
    for book in casebooks:
        start = book.randomized_on
        if start is not None and cut.holds(start):
            for form, instrument in forms:
                rows += _scores(book, form, instrument, cut, start)
    return Dataset("ADQS", "Questionnaires", QuestionnaireScore, rows)


def _scores(book: Casebook, form: Form, instrument: Instrument, cut: DataCut, start: date) -> list[QuestionnaireScore]:
    kinds = {scale.code: scale.kind for scale in instrument.scales}
    answered = []
    for record in book.rows(form.id):
        day = record.day(form.dated_by)
        if (day is not None and not cut.holds(day.earliest)) or not record.items:
            continue
        answered.append((record, day, score(instrument, answers_of(record.items, instrument.items))))
    rows = []
    for code in (*kinds, *((instrument.summary.code,) if instrument.summary else ())):
        before = [
            (day.earliest, record.seen, scores[code], record)
            for record, day, scores in answered
            if day is not None and day.earliest <= start and scores[code] is not None
        ]
        base = max(before, key=lambda one: one[:2], default=None)
        for record, day, scores in answered:
            value, is_later = scores[code], day is None or day.earliest > start
            rows.append(
                QuestionnaireScore(
                    cut.trial,
                    subject_id(cut, book),
                    instrument.id,
                    code,
                    kinds.get(code, "function"),
                    record.visit,
                    _visit_number(record.visit, is_later=is_later),
                    day.earliest if day else None,
                    study_day(day.earliest, start) if day else None,
                    value,
                    "Y" if base is not None and base[3] is record else "",
                    base[2] if base else None,
                    value - base[2] if is_later and base and value is not None and base[2] is not None else None,
                    book.arm or "",
                    (record.seen,),
                )
            )
    return rows


def _visit_number(visit: str, *, is_later: bool) -> int | None:
    if not is_later:
        return 0
    _, _, number = visit.partition(":")
    return int(number) if number.isdecimal() else None
