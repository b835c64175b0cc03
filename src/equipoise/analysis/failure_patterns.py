"""Where the disease progressed first: residual sites, elsewhere, or both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from equipoise.analysis.cut import DataCut
from equipoise.analysis.groups import Grouping
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import Concepts, View, concepts_of
from equipoise.protocol.model import Protocol

PATTERNS = ("residual", "elsewhere", "both", "unknown", "death", "none")
"""First progression at residual sites only, elsewhere only, both, not said; death without one; neither."""


@dataclass(frozen=True, slots=True)
class FirstFailure:
    """Where a participant's disease progressed first, when, and the entries that say so."""

    subject: str
    site: str
    arm: str
    pattern: str
    on: date | None
    source: tuple[int, ...]


def first_failures(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[FirstFailure]:
    """Everyone randomized up to the cut, each once; none where the protocol does not ask where disease progressed."""
    concepts = concepts_of(protocol)
    if not concepts.asks("progression.pattern"):
        return []
    found = []
    for book in casebooks:
        if book.randomized_on is not None and cut.holds(book.randomized_on):
            pattern, on, at = _pattern(concepts, book, cut)
            randomized = book.randomized_header.position if book.randomized_header else 0
            source = tuple(sorted({randomized, *at} - {0}))
            found.append(FirstFailure(book.subject, book.site, book.arm or "", pattern, on, source))
    return found


def failure_patterns(
    protocol: Protocol, casebooks: Sequence[Casebook], split: Grouping, cut: DataCut
) -> dict[str, dict[str, int]]:
    """By group: everyone randomized, each once. Progressions recorded on the first day stand together."""
    if not concepts_of(protocol).asks("progression.pattern"):
        return {}
    found = {group.id: dict.fromkeys(PATTERNS, 0) for group in split.groups}
    for row in first_failures(protocol, casebooks, cut):
        found[split.of(row.arm)][row.pattern] += 1
    return found


def _pattern(concepts: Concepts, book: Casebook, cut: DataCut) -> tuple[str, date | None, set[int]]:
    dated: list[tuple[date, View]] = [
        (day.earliest, view)
        for view in concepts.views(book, "progression.date")
        if (day := view.day("progression.date")) is not None
        and cut.holds(day.earliest)
        and view.codes("progression.basis") != ("clinical",)
    ]
    if not dated:
        if book.death is None or not cut.holds(book.death.earliest):
            return "none", None, set()
        return "death", book.death.earliest, {book.died_header.position} if book.died_header else set()
    first = min(day for day, _ in dated)
    views = [view for day, view in dated if day == first]
    codes = {code for view in views for code in view.codes("progression.pattern")}
    at = {position for view in views for position in view.positions("progression.date", "progression.pattern")}
    if not codes:
        return "unknown", first, at
    if "residual_site" not in codes:
        return "elsewhere", first, at
    return ("residual" if codes == {"residual_site"} else "both"), first, at
