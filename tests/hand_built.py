"""Casebooks built by hand: a subject's facts in order, folded as the ledger would fold them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from equipoise.analysis.cut import DataCut
from equipoise.conduct import facts as f
from equipoise.conduct.casebook import Casebook, fold_casebook
from equipoise.conduct.entry import SYSTEM, Entry, Header
from equipoise.methods.items import Answer
from equipoise.protocol.model import Protocol
from ledger_world import flagship

DAY_0 = date(2026, 3, 2)
"""The day of randomization of every hand-built casebook."""


def day(after: int) -> str:
    """A date so many days after randomization."""
    return (DAY_0 + timedelta(days=after)).isoformat()


def trial() -> Protocol:
    """The flagship protocol."""
    return flagship().protocol


def cut(cutoff: date | None = None) -> DataCut:
    """A data cut of a rehearsal."""
    return DataCut("t1", cutoff, 999, "0" * 64, "entry 999", "p", "p", "0", rehearsal=True)


def form(name: str, occurrence: str = "", visit: str = "", /, **values: Any) -> f.Recorded:
    """A filled form: strings, booleans and tuples as they are, (text, unit) pairs as quantities, Answers as such."""
    return f.Recorded(form=name, occurrence=occurrence, visit=visit, items={n: _answer(v) for n, v in values.items()})


def _answer(value: Any) -> Answer:
    match value:
        case Answer():
            return value
        case bool() | str():
            return Answer(value)
        case (str() as number, str() as unit) if unit in ("mm", "Gy", "mg", "1", "cm", "kg"):
            return Answer(number, unit)
        case tuple():
            return Answer(value)
    return Answer(str(value))


def casebook(
    subject: str, arm: str, *facts: Any, residual: tuple[str, ...] = ("L1",), levels: dict[str, str] | None = None,
    age: int = 60,
) -> Casebook:  # fmt: skip
    """Consented a week before, randomized on day 0, then the facts given. Entry 1 is the consent, 2 and 3 the
    randomization and the frozen register, and each fact has the next position."""
    strata = levels or {"ecog": "0", "residual_burden": "low", "maintenance": "io_alone"}
    all_facts = (
        f.Consented(consent="main", version="1.0", on=day(-7), number=subject, site="s1", age=age),
        f.Randomized(arm=arm, sequence=1, epoch=1, on=day(0), levels=strata, evaluation="e", residual_lesions=residual),
        f.RegisterFrozen(residual=residual, organs=("lung",)),
        *facts,
    )
    book = Casebook(subject)
    for number, fact in enumerate(all_facts, start=1):
        at = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=number)
        book = fold_casebook(book, Entry(Header(number, subject, number, at, SYSTEM), fact))
    return book


def lesion(id_: str, diameter: str | None, **more: Any) -> f.Recorded:
    """A target lesion of the lung in the register, with its baseline diameter in mm."""
    size = {"longest_diameter": (diameter, "mm")} if diameter is not None else {}
    return form("lesions", id_, "", organ="lung", role="target", status="baseline", **size, **more)


def measured(row: str, id_: str, after: int, size: str | None, state: str = "measured", **more: Any) -> f.Recorded:
    """A lesion's assessment so many days after randomization."""
    found = {"diameter": (size, "mm")} if size is not None else {}
    return form(
        "lesion_assessment", row, "", measured_lesion=(id_,), measured_on=day(after), measured_state=state, **found,
        **more,
    )  # fmt: skip


def assessed(number: int, after: int, response: str) -> f.Recorded:
    """A tumour assessment at a planned visit."""
    key = f"imaging:{number}"
    return form("tumour_assessment", key, key, assessment_date=day(after), overall_response=response)


def irradiated(row: str, lesions: tuple[str, ...], after: int, fractions: str = "3", status: str = "delivered",
               dose: str = "54") -> f.Recorded:  # fmt: skip
    """A course of radiotherapy begun so many days after randomization."""
    return form(
        "radiotherapy_course", row, "", rt_lesions=lesions, rt_status=status, rt_start=day(after),
        rt_end=day(after + 7), rt_fractions=(fractions, "1"), rt_dose=(dose, "Gy"), rt_intent="consolidation",
    )  # fmt: skip


def cycle(row: str, after: int, status: str = "full", drug: str = "immunotherapy") -> f.Recorded:
    """A cycle of a drug."""
    return form(
        "treatment_cycles", row, "", drug=drug, cycle=("1", "1"), cycle_date=day(after), cycle_status=status,
        drug_dose=("200", "mg"),
    )  # fmt: skip


def progressed(row: str, after: int, *, basis: tuple[str, ...] = ("target",), pattern: str = "new_lesion",
               lesions: tuple[str, ...] = ()) -> f.Recorded:  # fmt: skip
    """A recorded progression."""
    return form(
        "progression", row, "", progression_date=day(after), progression_basis=basis, progression_pattern=(pattern,),
        progression_lesions=lesions,
    )  # fmt: skip


def event(row: str, term: str, grade: str, after: int, **more: Any) -> f.Recorded:
    """An adverse event."""
    return form("adverse_events", row, "", ae_term=term, ae_grade=grade, ae_start=day(after), ae_serious=False, **more)


def c30(visit: str, after: int, answers: dict[int, int]) -> f.Recorded:
    """A QLQ-C30 with the answers given; the rest is not answered."""
    items = {f"q{number}": str(value) for number, value in answers.items()}
    return form("qlq_c30", visit, visit, c30_date=day(after), **items)
