"""Where the disease progressed first: residual sites, elsewhere, or both."""

from collections.abc import Sequence
from datetime import date

from equipoise.analysis.cut import DataCut
from equipoise.analysis.groups import Grouping
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import Concepts, View
from equipoise.protocol.model import Protocol

PATTERNS = ("residual", "elsewhere", "both", "unknown", "death", "none")
"""First progression at residual sites only, elsewhere only, both, not said; death without one; neither."""


def failure_patterns(
    protocol: Protocol, casebooks: Sequence[Casebook], split: Grouping, cut: DataCut
) -> dict[str, dict[str, int]]:
    """By group: everyone randomized, each once. Progressions recorded on the first day stand together."""
    concepts = Concepts(protocol)
    if not concepts.asks("progression.pattern"):
        return {}
    found = {group.id: dict.fromkeys(PATTERNS, 0) for group in split.groups}
    for book in casebooks:
        if book.randomized_on is not None and cut.holds(book.randomized_on):
            found[split.of(book.arm or "")][_pattern(concepts, book, cut)] += 1
    return found


def _pattern(concepts: Concepts, book: Casebook, cut: DataCut) -> str:
    dated: list[tuple[date, View]] = [
        (day.earliest, view)
        for view in concepts.views(book, "progression.date")
        if (day := view.day("progression.date")) is not None
        and cut.holds(day.earliest)
        and view.codes("progression.basis") != ("clinical",)
    ]
    if not dated:
        return "death" if book.death is not None and cut.holds(book.death.earliest) else "none"
    first = min(day for day, _ in dated)
    codes = {code for day, view in dated if day == first for code in view.codes("progression.pattern")}
    if not codes:
        return "unknown"
    if "residual_site" not in codes:
        return "elsewhere"
    return "residual" if codes == {"residual_site"} else "both"
