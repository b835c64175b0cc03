"""Questionnaires by visit: how many were due and returned, and the mean change of a scale from baseline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import stdtrit

from equipoise.analysis import words as _words  # noqa: F401  (declares the wordings)
from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets.adqs import QuestionnaireScore
from equipoise.analysis.datasets.adsl import subject_id
from equipoise.analysis.groups import Grouping
from equipoise.clinical.questionnaires import shipped_instruments
from equipoise.conduct.calendar import planned
from equipoise.conduct.casebook import Casebook
from equipoise.kernel.messages import Message, message
from equipoise.protocol.model import Protocol
from equipoise.statistics.estimate import LEVEL, Estimate


@dataclass(frozen=True, slots=True)
class Compliance:
    """An instrument's visit: due and returned in each group. `number` is 0 at baseline."""

    instrument: str
    visit: str
    number: int
    due: tuple[int, ...]
    returned: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """The mean change of a scale at a visit in each group, and the differences from control."""

    scale: str
    number: int
    n: tuple[int, ...]
    mean: tuple[Estimate, ...]
    difference: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class PlannedQuestionnaire:
    """A questionnaire that was due of a participant, and the entries it was returned with; none where it was not."""

    subject: str
    site: str
    arm: str
    instrument: str
    visit: str
    number: int
    on: date | None
    is_returned: bool
    source: tuple[int, ...]
    tells_arm: bool = False
    """Whether only some arms have this visit."""


def planned_questionnaires(
    protocol: Protocol, casebooks: Sequence[Casebook], scores: Sequence[QuestionnaireScore], cut: DataCut, last: date
) -> list[PlannedQuestionnaire]:
    """Of each instrument that has scales, at each planned visit: due by `last` (its window closed), alive, not stopped.

    0 is baseline.
    """
    returned: dict[tuple[str, str, int], tuple[date | None, set[int]]] = {}
    for row in scores:
        if row.avisitn is not None:
            key = (row.instrument, row.usubjid, row.avisitn)
            returned.setdefault(key, (row.adt, set()))[1].update(row.srcseq)
    shipped = shipped_instruments()
    forms, found = [form for form in protocol.forms if form.instrument in shipped], []
    for book in casebooks:
        if book.randomized_on is None or not cut.holds(book.randomized_on):
            continue
        randomized = book.randomized_header.position if book.randomized_header else 0
        for form in forms:
            visits = [(0, "", False)] + [
                (visit.number, visit.visit.id, bool(visit.visit.only_arms))
                for visit in planned(protocol, book, horizon=last)
                if form.id in visit.visit.forms and visit.visit.anchor == "randomization" and visit.window.last <= last
            ]
            for number, visit, tells in visits:
                held = returned.get((form.instrument, subject_id(cut, book), number))
                on, at = held if held is not None else (None, set())
                found.append(
                    PlannedQuestionnaire(
                        book.subject, book.site, book.arm or "", form.instrument, visit, number, on,
                        held is not None, tuple(sorted({randomized, *at} - {0})), tells,
                    )
                )  # fmt: skip
    return found


def compliance(
    protocol: Protocol, casebooks: Sequence[Casebook], scores: Sequence[QuestionnaireScore], split: Grouping,
    cut: DataCut, last: date,
) -> list[Compliance]:  # fmt: skip
    """Of each instrument and planned visit: how many were due by `last` and returned, in each group."""
    order = [group.id for group in split.groups]
    found: dict[tuple[str, int], tuple[str, list[int], list[int]]] = {}
    for row in planned_questionnaires(protocol, casebooks, scores, cut, last):
        _, due, got = found.setdefault((row.instrument, row.number), (row.visit, [0] * len(order), [0] * len(order)))
        place = order.index(split.of(row.arm))
        due[place] += 1
        got[place] += row.is_returned
    return [
        Compliance(instrument, visit, number, tuple(due), tuple(got))
        for (instrument, number), (visit, due, got) in sorted(found.items())
    ]


def changes(scores: Sequence[QuestionnaireScore], split: Grouping, scale: str, numbers: Sequence[int]) -> list[Change]:
    """Mean changes from baseline at planned visits, with t intervals; differences by Welch's t. Higher is as scored."""
    found = []
    for number in numbers:
        values = [
            np.array(
                [
                    float(row.chg)
                    for row in scores
                    if row.paramcd == scale
                    and row.avisitn == number
                    and row.chg is not None
                    and split.of(row.arm) == group.id
                ]
            )
            for group in split.groups
        ]
        by_group = dict(zip([group.id for group in split.groups], values, strict=True))
        differences = tuple(welch(by_group[arm.id], by_group[split.control]) for arm in split.experimental)
        found.append(
            Change(scale, number, tuple(len(one) for one in values), tuple(mean(one) for one in values), differences)
        )
    return found


def mean(values: "np.ndarray", level: float = LEVEL) -> Estimate:
    """A mean with its t interval; a reason where fewer than two values give none."""
    if len(values) < 2:
        value = float(values[0]) if len(values) else None
        return Estimate(value, level=level, method="mean, t", reason=_too_few(len(values)))
    std_err = float(values.std(ddof=1) / np.sqrt(len(values)))
    half = float(stdtrit(len(values) - 1, 0.5 + level / 2)) * std_err
    value = float(values.mean())
    return Estimate(value, std_err, value - half, value + half, level, "mean, t")


def welch(experimental: "np.ndarray", control: "np.ndarray", level: float = LEVEL) -> Estimate:
    """The difference of means, experimental minus control, with Welch's interval (Biometrika 1947;34:28)."""
    if len(experimental) < 2 or len(control) < 2:
        return Estimate(None, level=level, method="Welch", reason=_too_few(min(len(experimental), len(control))))
    parts = [float(one.var(ddof=1)) / len(one) for one in (experimental, control)]
    value = float(experimental.mean() - control.mean())
    if sum(parts) == 0:
        return Estimate(value, level=level, method="Welch", reason=message("statistics.no_variance"))
    df = sum(parts) ** 2 / sum(
        part**2 / (len(one) - 1) for part, one in zip(parts, (experimental, control), strict=True)
    )
    std_err = float(np.sqrt(sum(parts)))
    half = float(stdtrit(df, 0.5 + level / 2)) * std_err
    return Estimate(value, std_err, value - half, value + half, level, "Welch")


def _too_few(n: int) -> Message:
    return message("analysis.too_few_values", n=n)
