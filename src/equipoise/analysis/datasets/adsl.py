"""ADSL: one row a consented subject. Treatment planned and received, populations, strata, baseline, end of study."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets.table import TELLS_ARM, Dataset, named, spread, tells_arm
from equipoise.analysis.populations import (
    has_baseline_questionnaire,
    is_per_protocol,
    residual,
    treatment,
)
from equipoise.analysis.sources import alive, deaths
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import Concepts, concepts_of
from equipoise.conduct.journey import ended
from equipoise.protocol.model import Protocol

CHARACTERISTICS = (
    ("SEX", "subject.sex"), ("RACE", "subject.race"), ("SMOKBL", "subject.smoking"), ("HEIGHTBL", "vital.height"),
    ("WEIGHTBL", "vital.weight"), ("ECOGBL", "performance.ecog"), ("SITEBL", "diagnosis.site"),
    ("HISTBL", "diagnosis.histology"), ("STAGEBL", "diagnosis.stage"), ("PDL1BL", "diagnosis.pdl1"),
    ("LIVERBL", "history.liver_metastases"), ("BRAINBL", "mri.brain_metastases"), ("CYCLEBL", "prior.cycles"),
    ("PLANBL", "maintenance.planned"),
)  # fmt: skip
"""Baseline characteristics: the variable, and the concept it is read by. A protocol that does not ask has none."""


@dataclass(frozen=True, slots=True)
class SubjectLevel:
    """A row of ADSL. `baseline` holds (variable, value) of what the protocol asks for."""

    studyid: str
    usubjid: str
    subjid: str
    siteid: str
    age: int
    ageu: str
    rficdt: date
    scrnfl: str
    randfl: str
    ittfl: str
    saffl: str
    qolfl: str
    randdt: date | None
    eosstt: str
    dcsreas: str
    eosdt: date | None
    dthfl: str
    dthdt: date | None
    dthdtf: str
    lstalvdt: date | None
    nresid: int | None
    norgan: int | None
    armcd: str = tells_arm()
    arm: str = tells_arm()
    trt01p: str = tells_arm()
    trt01a: str = tells_arm()
    pprotfl: str = tells_arm()
    trtsdt: date | None = field(default=None, metadata=TELLS_ARM)
    trtedt: date | None = field(default=None, metadata=TELLS_ARM)
    strata: tuple[tuple[str, str], ...] = spread("STRAT#D", "STRAT#R")
    baseline: tuple[tuple[str, str], ...] = named()
    srcseq: tuple[int, ...] = ()

    def characteristic(self, variable: str) -> str:
        """A baseline value by its variable; '' where there is none."""
        return dict(self.baseline).get(variable, "")


def adsl(protocol: Protocol, casebooks: Iterable[Casebook], cut: DataCut) -> Dataset:
    """Everyone whose consent opened screening up to the cut."""
    concepts = concepts_of(protocol)
    rows = [
        _row(protocol, concepts, book, cut)
        for book in casebooks
        if book.consented_on is not None and cut.holds(book.consented_on)
    ]
    return Dataset("ADSL", "Subject level", SubjectLevel, rows)


def subject_id(cut: DataCut, casebook: Casebook) -> str:
    """USUBJID: unique across trials."""
    return f"{cut.trial}-{casebook.subject}"


def _row(protocol: Protocol, concepts: Concepts, book: Casebook, cut: DataCut) -> SubjectLevel:
    assert book.enrolment is not None
    assert book.consented_on is not None
    start = book.randomized_on if book.randomized_on is not None and cut.holds(book.randomized_on) else None
    got = treatment(protocol, concepts, book, cut) if start else None
    values, positions = _baseline(concepts, book, start or book.consented_on)
    died = next(iter(deaths(protocol, book, cut)), None)
    known = [source.on for source in alive(protocol, book, cut)]
    state, reason, ended_on = _ending(protocol, book, cut, died.on if died else None)
    lesions = start is not None and protocol.lesions is not None
    header = book.consent_headers.get("main")
    positions += [header.position] if header else []
    positions += [book.randomized_header.position] if start and book.randomized_header else []
    labels = {arm.id: arm.label for arm in protocol.arms}
    arm = book.arm if start and book.arm else ""
    return SubjectLevel(
        studyid=cut.trial, usubjid=subject_id(cut, book), subjid=book.subject, siteid=book.site,
        age=book.enrolment.age, ageu="YEARS", rficdt=book.consented_on,
        scrnfl=_flag(book.screen_failed is not None and cut.holds(date.fromisoformat(book.screen_failed.on))),
        randfl=_flag(start), ittfl=_flag(start), saffl=_flag(got and got.is_any),
        qolfl=_flag(start and has_baseline_questionnaire(protocol, concepts, book)), randdt=start,
        eosstt=state if start else "", dcsreas=reason if start else "", eosdt=ended_on if start else None,
        dthfl=_flag(died), dthdt=died.on if died else None,
        dthdtf="" if died is None or book.death is None or book.death.is_complete else _imputed(book),
        lstalvdt=max(known, default=None),
        nresid=len(residual(book)) if lesions else None,
        norgan=len(set(book.frozen.organs)) if lesions and book.frozen is not None else None,
        armcd=arm, arm=labels.get(arm, ""), trt01p=labels.get(arm, ""),
        trt01a=labels.get(got.arm, "") if got else "",
        pprotfl=_flag(start and is_per_protocol(protocol, concepts, book, cut)),
        trtsdt=got.first if got else None, trtedt=got.last if got else None,
        strata=tuple(sorted(book.randomized.levels.items())) if start and book.randomized else (),
        baseline=tuple(values), srcseq=tuple(sorted({*positions, *(got.source if got else ())})),
    )  # fmt: skip


def _baseline(concepts: Concepts, book: Casebook, on: date) -> tuple[list[tuple[str, str]], list[int]]:
    values: list[tuple[str, str]] = []
    positions: list[int] = []
    for variable, concept in CHARACTERISTICS:
        if not concepts.asks(concept):
            continue
        view = concepts.at_baseline(book, concept, on)
        text = view.text(concept) if view is not None else ""
        values.append((variable, {"True": "Y", "False": "N"}.get(text, text)))
        positions += view.positions(concept) if view is not None else ()
    return values, positions


def _ending(protocol: Protocol, book: Casebook, cut: DataCut, died: date | None) -> tuple[str, str, date | None]:
    over = {what: day for what, day in ended(protocol, book).items() if cut.holds(day)}
    if died is not None:
        return "DISCONTINUED", "DEATH", died
    for what, reason in (("withdrawal", "WITHDRAWAL BY SUBJECT"), ("lost", "LOST TO FOLLOW-UP")):
        if what in over:
            return "DISCONTINUED", reason, over[what]
    return "ONGOING", "", None


def _imputed(book: Casebook) -> str:
    assert book.death is not None
    return "M" if book.death.month is None else "D"


def _flag(value: object) -> str:
    return "Y" if value else "N"
