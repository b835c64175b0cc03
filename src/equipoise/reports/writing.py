"""How numbers are written in a report, in the reader's language; what is not there says why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from equipoise.analysis.baseline_table import NumberSummary
from equipoise.analysis.findings import Findings
from equipoise.analysis.named_arms import labels_of
from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import Message, message
from equipoise.reports import words as _words  # noqa: F401  (declares the wordings)
from equipoise.reports.document import Counted, Pieced, Row
from equipoise.statistics.estimate import Estimate

MISSING = "\u2013"


@dataclass(frozen=True)
class Writer:
    """Writes findings in a language."""

    findings: Findings
    language: str
    stamp_line: str = ""
    reasons: list[str] = field(default_factory=list)

    def say(self, code: str, /, **params: Any) -> str:
        """A wording of the report; a p-value below a limit is written p < 0.001."""
        return message(f"report.{code}", **params).say(self.language).replace("p = <", "p < ")

    def message(self, one: Message | None) -> str:
        """A message of a lower layer, arms and strata by their labels; '' for none."""
        return labels_of(self.findings.protocol).named(one).say(self.language) if one is not None else ""

    def error(self, error: EstimationError) -> str:
        """Why there is no estimate."""
        return self.message(error.because)

    def number(self, value: float | None, decimals: int = 1) -> str:
        """A number with fixed decimals (halves away from zero), a true minus sign, no minus zero; a dash for none."""
        if value is None:
            return MISSING
        rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        text = f"{abs(rounded)}"
        return f"\u2212{text}" if rounded < 0 else text

    def share(self, count: int, of: int, /, **behind: str | tuple[str, ...]) -> str:
        """A count with its percentage, halves rounded up; `behind` names the rows it counts (see `counted`)."""
        text = f"{count} ({(200 * count + of) // (2 * of)}%)" if of else f"{count}"
        named = behind.get("of") or behind.get("endpoint")
        return self.counted(text, **behind) if count and named else text

    def number_of(self, count: int, /, **behind: str | tuple[str, ...]) -> str:
        """A count that leads to the rows it counts; 0 leads nowhere."""
        return self.counted(str(count), **behind) if count else "0"

    def counted(self, text: str, **behind: str | tuple[str, ...]) -> Counted:
        """A text whose number counts rows, named by `of`, `endpoint`, `tag`, `group`. '' is left out."""
        return Counted(text, {name: value for name, value in behind.items() if value})

    def events(self, events: int, n: int, *tags: str, **behind: str) -> Pieced:
        """Events of how many, `12/40`, each leading to the rows it counts: those with `tags`, and named by `behind`."""
        return Pieced(
            self.number_of(events, **behind, tag=(*tags, "event")), "/", self.number_of(n, **behind, tag=tags)
        )

    def endpoint_of(self, kind: str) -> str:
        """The id of the first endpoint of a kind; '' where the plan has none."""
        return next((one.id for one in self.findings.protocol.endpoints if one.kind == kind), "")

    def p(self, value: float | None) -> str:
        """A p-value: three decimals, two from 0.1 on, never 0."""
        if value is None:
            return MISSING
        return "<0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"

    def limits(self, one: Estimate, decimals: int = 1, scale: float = 1.0) -> str:
        """Confidence limits; an open one is written as not reached."""
        if one.lower is None and one.upper is None:
            return MISSING
        low, high = (
            self.say("not_reached_short") if side is None else self.number(side * scale, decimals)
            for side in (one.lower, one.upper)
        )
        return self.say("limits", low=low, high=high)

    def estimate(self, one: Estimate, decimals: int = 1, scale: float = 1.0) -> str:
        """An estimate with its limits: `9.2 (7.3 to 13.9)`; not reached, or a dash, where there is none."""
        if one.value is None:
            if one.reason is not None and one.reason.code == "statistics.quantile_not_reached":
                lower = f" ({self.limits(one, decimals, scale)})" if one.lower is not None else ""
                return self.say("not_reached") + lower
            return MISSING
        value = self.number(one.value * scale, decimals)
        return value if one.lower is None and one.upper is None else f"{value} ({self.limits(one, decimals, scale)})"

    def spread(self, one: NumberSummary, decimals: int = 1) -> str:
        """A median with quartiles."""
        if not one.n:
            return MISSING
        low, high = self.number(one.lower, decimals), self.number(one.upper, decimals)
        return f"{self.number(one.median, decimals)} ({self.say('limits', low=low, high=high)})"

    @property
    def group_columns(self) -> tuple[str, ...]:
        """A column a group, with how many were randomized to it."""
        return tuple(
            sized(group.label, size) for group, size in zip(self.findings.split.groups, self.sizes, strict=True)
        )

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many were randomized to each group."""
        split = self.findings.split
        arms = [split.of(row.armcd) for row in self.findings.randomized]
        return tuple(arms.count(group.id) for group in split.groups)

    def label(self, group: str) -> str:
        """The label of a group or arm."""
        return next((one.label for one in self.findings.split.groups if one.id == group), group)


def sized(label: str, n: int) -> str:
    """A column's heading: a group and how many are in it, the number kept on one line."""
    return f"{label} (n\u00a0=\u00a0{n})"


def heading(text: str, columns: int) -> Row:
    """A row that heads those below."""
    return Row((text, *("" for _ in range(columns - 1))), is_heading=True)


def indented(*cells: str) -> Row:
    """A row under a heading."""
    return Row(cells, is_indented=True)


def plain(*cells: str) -> Row:
    """A row."""
    return Row(cells)


def rows_of(cells: Sequence[Sequence[str]]) -> list[Row]:
    """Rows of plain cells."""
    return [Row(tuple(one)) for one in cells]
