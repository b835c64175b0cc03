"""The rows behind the report's tables of treatment and observation, a list each; and the levels of subgroups as tags.

The lists are made by the functions that count: `LISTS` names them as addresses do.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from equipoise.analysis.assessment_timing import planned_assessments
from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets import adex, adqs, adsl
from equipoise.analysis.datasets.adsl import SubjectLevel, subject_id
from equipoise.analysis.datasets.response_times import duration_rows
from equipoise.analysis.delivery import lesion_ends, state_of
from equipoise.analysis.failure_patterns import first_failures
from equipoise.analysis.flow import flow_rows
from equipoise.analysis.populations import residual
from equipoise.analysis.questionnaire_change import planned_questionnaires
from equipoise.analysis.subgroups import factors_of
from equipoise.analysis.times import last_day, randomized_by
from equipoise.analysis.traced import Traced, positions
from equipoise.analysis.traced_rows import lasted, subject_level
from equipoise.conduct.casebook import Casebook
from equipoise.protocol.model import Protocol

Listing = Callable[[Protocol, Sequence[Casebook], DataCut], list[Traced]]

SUBGROUP = "subgroup:"
"""A tag that begins so names a factor and its level."""


def _flow(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[Traced]:
    return flow_rows(protocol, casebooks, cut.cutoff)


def _subjects(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[Traced]:
    factors = [factor.id for factor in protocol.strata]
    return subject_level(adsl(protocol, casebooks, cut).rows, {book.subject: book for book in casebooks}, factors)


def _exposure(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[Traced]:
    """A row a cycle of a drug, tagged by the drug, how the cycle was given, and whether it was."""
    books, found = _by_usubjid(casebooks, cut), []
    for row in adex(protocol, casebooks, cut).rows:
        if row.excat != "DRUG":
            continue
        book, name, state = books[row.usubjid], f"drug:{row.drug}", state_of(row)
        tags = {name, f"{name}:{state}", *([f"{name}:had"] if row.exstat != "omitted" else [])}
        found.append(
            Traced("ADEX", row.drug, book.subject, book.site, row.arm, row.astdt, state, tags=frozenset(tags),
                   source=positions(*row.srcseq), detail=f"{row.cycle or row.exspid}", tells_arm=row.row_tells_arm)
        )  # fmt: skip
    return found


def _lesions(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[Traced]:
    """A row a residual lesion as frozen at randomization, which tells nothing of how it was treated."""
    return [
        Traced("ADSL", "RESIDUAL", book.subject, book.site, book.arm or "", book.randomized_on, "",
               source=positions(book.randomized_header.position if book.randomized_header else None), detail=lesion)
        for book in randomized_by(casebooks, cut)
        for lesion in residual(book)
    ]  # fmt: skip


def _radiotherapy(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[Traced]:
    """A row a residual lesion and how its radiotherapy ended, tagged by that, and by what became of the participant."""
    if protocol.radiotherapy is None:
        return []
    books = _by_usubjid(casebooks, cut)
    lesions = {name: residual(book) for name, book in books.items()}
    ends = lesion_ends(adsl(protocol, casebooks, cut).rows, lesions, adex(protocol, casebooks, cut).rows)
    found = []
    for one in ends:
        book, tags = books[one.usubjid], {f"rt:lesion:{one.state}"}
        tags |= {"rt:irradiated"} if one.irradiated else set()
        tags |= {"rt:complete"} if one.complete else set()
        randomized = book.randomized_header.position if book.randomized_header else None
        found.append(
            Traced("ADEX", "RADIOTHERAPY", book.subject, book.site, one.arm, one.on, one.state, tags=frozenset(tags),
                   source=positions(randomized, *one.source), detail=one.lesion, tells_arm=True)
        )  # fmt: skip
    return found


def _timing(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[Traced]:
    """A row a planned assessment: days early or late, tagged by its visit, and by whether it was done and in time."""
    found = []
    for row in planned_assessments(protocol, casebooks, cut, last_day(casebooks, cut)):
        tags = {f"visit:{row.number}"} | ({"done"} if row.seen else set()) | ({"in_window"} if row.in_window else set())
        value, unit = ("", "") if row.off is None else (f"{row.off:+d}", "d")
        found.append(
            Traced("SV", "IMAGING", row.subject, row.site, row.arm, row.seen, value, unit,
                   description=row.due.isoformat(), tags=frozenset(tags),
                   source=positions(*row.source), detail=str(row.number), tells_arm=row.tells_arm)
        )  # fmt: skip
    return found


def _compliance(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[Traced]:
    """A row a questionnaire that was due, tagged by instrument and visit, and by whether it was returned."""
    scores = adqs(protocol, casebooks, cut).rows
    found = []
    for row in planned_questionnaires(protocol, casebooks, scores, cut, last_day(casebooks, cut)):
        tags = {f"instrument:{row.instrument}", f"visit:{row.number}", *(["returned"] if row.is_returned else [])}
        found.append(
            Traced("ADQS", row.instrument.upper(), row.subject, row.site, row.arm, row.on, "", tags=frozenset(tags),
                   source=positions(*row.source), detail=str(row.number), tells_arm=row.tells_arm)
        )  # fmt: skip
    return found


def _patterns(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[Traced]:
    """A row a randomized participant, tagged by where the disease progressed first."""
    return [
        Traced("ADRS", "PATTERN", row.subject, row.site, row.arm, row.on, "",
               tags=frozenset({f"pattern:{row.pattern}"}), source=positions(*row.source))
        for row in first_failures(protocol, casebooks, cut)
    ]  # fmt: skip


def _deviations(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[Traced]:
    """A row a deviation of somebody randomized, tagged by its grade and criterion."""
    return [
        Traced("DV", deviation.criterion, book.subject, book.site, book.arm or "", header.at.date(), "",
               description=deviation.says, tags=frozenset({f"deviation:{deviation.grade}:{deviation.criterion}"}),
               source=positions(header.position))
        for book in randomized_by(casebooks, cut)
        for deviation, header in book.deviations
        if cut.holds(header.at.date())
    ]  # fmt: skip


def _durations(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[Traced]:
    """A row a responder: how long the response lasted."""
    rows = duration_rows(protocol, casebooks, cut, confirmed=False)
    return lasted(rows, {book.subject: book for book in casebooks}, confirmed=False)


def _confirmed_durations(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[Traced]:
    """The same of confirmed responses."""
    rows = duration_rows(protocol, casebooks, cut, confirmed=True)
    return lasted(rows, {book.subject: book for book in casebooks}, confirmed=True)


LISTS: Mapping[str, Listing] = {
    "flow": _flow, "subjects": _subjects, "exposure": _exposure, "lesions": _lesions, "radiotherapy": _radiotherapy,
    "timing": _timing, "compliance": _compliance, "patterns": _patterns, "deviations": _deviations,
    "durations": _durations, "confirmed_durations": _confirmed_durations,
}  # fmt: skip
"""Every list by the name addresses give it."""


def in_subgroups(rows: Iterable[Traced], subjects: Sequence[SubjectLevel]) -> list[Traced]:
    """The same rows, tagged by the level of each of the report's factors that the participant has."""
    tags: dict[str, set[str]] = {}
    for factor, levels in factors_of(subjects).items():
        for subject, level in levels.items():
            tags.setdefault(subject, set()).add(f"{SUBGROUP}{factor}:{level}")
    return [replace(row, tags=row.tags | tags.get(row.subject, set())) for row in rows]


def _by_usubjid(casebooks: Sequence[Casebook], cut: DataCut) -> dict[str, Casebook]:
    return {subject_id(cut, book): book for book in casebooks}
