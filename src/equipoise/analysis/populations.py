"""Analysis populations: who was treated with what, and who belongs to which set.

Intention to treat: everyone randomized, by the arm allocated. Safety: everyone who received any study treatment, by
the treatment received; any fraction to a residual lesion before progression counts as radiotherapy. Per protocol:
treated, without a major deviation, and irradiated as the arm asks. Questionnaire-evaluable: a scored questionnaire
up to randomization; nothing after it is asked for, since what comes later depends on the arm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from equipoise.analysis.cut import DataCut
from equipoise.analysis.sources import followup
from equipoise.clinical.questionnaires import Item, score, shipped_instruments
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import Concepts, View
from equipoise.methods.items import Answer
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class Treatment:
    """What a participant received up to the cut: the arm it amounts to ('' for nothing), from when to when, and what
    it rests on."""

    arm: str
    first: date | None
    last: date | None
    source: tuple[int, ...]

    @property
    def is_any(self) -> bool:
        """Whether any study treatment was received."""
        return self.first is not None


def residual(casebook: Casebook) -> tuple[str, ...]:
    """The residual lesions frozen at randomization."""
    if casebook.frozen is not None:
        return casebook.frozen.residual
    return casebook.randomized.residual_lesions if casebook.randomized is not None else ()


def first_progression(protocol: Protocol, casebook: Casebook, cut: DataCut) -> date | None:
    """The first progression within the cut that is not clinical alone."""
    found = followup(protocol, casebook, cut).progressions
    return min((source.on for source in found), default=None)


def irradiations(concepts: Concepts, casebook: Casebook, cut: DataCut, before: date | None) -> list[View]:
    """Courses of at least one fraction to a residual lesion, begun within the cut and before a day (progression)."""
    lesions = set(residual(casebook))
    found = []
    for view in concepts.views(casebook, "rt.lesions"):
        began, fractions = view.day("rt.start"), view.number("rt.fractions")
        given = fractions > 0 if fractions is not None else view.text("rt.status") in ("delivered", "partial")
        if (
            given
            and began is not None
            and cut.holds(began.earliest)
            and (before is None or began.earliest < before)
            and lesions & set(view.codes("rt.lesions"))
        ):
            found.append(view)
    return found


def cycles(concepts: Concepts, casebook: Casebook, cut: DataCut) -> list[View]:
    """Cycles of drugs given up to the cut, omitted ones left out, after randomization."""
    start = casebook.randomized_on
    return [
        view
        for view in concepts.views(casebook, "drug.id")
        if (given := view.day("drug.date")) is not None
        and cut.holds(given.earliest)
        and (start is None or given.latest >= start)
        and view.text("drug.status") != "omitted"
    ]


def treatment(protocol: Protocol, concepts: Concepts, casebook: Casebook, cut: DataCut) -> Treatment:
    """What a randomized participant received, and the arm that amounts to."""
    assert casebook.arm is not None
    courses = irradiations(concepts, casebook, cut, first_progression(protocol, casebook, cut))
    given = cycles(concepts, casebook, cut)
    days = [day.earliest for view in given if (day := view.day("drug.date")) is not None]
    days += [day.earliest for view in courses if (day := view.day("rt.start")) is not None]
    ends = [day.earliest for view in courses if (day := view.day("rt.end")) is not None and cut.holds(day.earliest)]
    source = tuple(sorted({view.record.seen for view in (*courses, *given[:1])}))
    if not days:
        return Treatment("", None, None, source)
    return Treatment(
        _as_treated(protocol, casebook.arm, irradiated=bool(courses), drugs=[view.text("drug.id") for view in given]),
        min(days),
        max([*days, *ends]),
        source,
    )


def _as_treated(protocol: Protocol, arm: str, *, irradiated: bool, drugs: list[str]) -> str:
    """Irradiated participants belong to an arm with radiotherapy, others to one without; drugs decide where theirs is
    the drug of one other arm alone. Else the arm allocated."""
    if protocol.radiotherapy is not None:
        asks = protocol.radiotherapy.arms
        if irradiated == (arm in asks):
            return arm
        others = [one.id for one in protocol.arms if (one.id in asks) == irradiated]
        return others[0] if others else arm
    for drug in protocol.drugs:
        if drug.id in drugs[:1] and drug.arms and arm not in drug.arms and len(drug.arms) == 1:
            return drug.arms[0]
    return arm


def is_per_protocol(protocol: Protocol, concepts: Concepts, casebook: Casebook, cut: DataCut) -> bool:
    """Treated as the arm asks, and no major deviation: in an arm with radiotherapy every residual lesion was delivered
    its dose, in another none was irradiated before progression."""
    if any(deviation.grade == "major" for deviation, _ in casebook.deviations):
        return False
    if not treatment(protocol, concepts, casebook, cut).is_any:
        return False
    if protocol.radiotherapy is None:
        return True
    if casebook.arm not in protocol.radiotherapy.arms:
        return not irradiations(concepts, casebook, cut, first_progression(protocol, casebook, cut))
    delivered = {
        lesion
        for view in irradiations(concepts, casebook, cut, None)
        if view.text("rt.status") == "delivered"
        for lesion in view.codes("rt.lesions")
    }
    return set(residual(casebook)) <= delivered


def has_baseline_questionnaire(protocol: Protocol, concepts: Concepts, casebook: Casebook) -> bool:
    """Whether a questionnaire answered up to randomization gives at least one scale."""
    start = casebook.randomized_on
    for form in protocol.forms:
        instrument = shipped_instruments().get(form.instrument)
        if instrument is None or start is None:
            continue
        for record in casebook.rows(form.id):
            day = record.day(form.dated_by)
            if day is None or day.earliest > start:
                continue
            answers = answers_of(record.items, instrument.items)
            if any(value is not None for value in score(instrument, answers).values()):
                return True
    return False


def answers_of(items: Mapping[str, Answer], asked: Sequence[Item]) -> dict[int, int | None]:
    """Answers of a questionnaire's form by item number. Items are named q1, q2, ... after their numbers."""
    found: dict[int, int | None] = {}
    for item in asked:
        answer = items.get(f"q{item.number}")
        found[item.number] = int(str(answer.value)) if answer is not None and answer.is_known else None
    return found
