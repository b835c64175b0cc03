"""What is wrong in a rule, and the one error the language raises."""

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.kernel.errors import Fault, ProtocolError
from equipoise.methods.criteria.nodes import Position


@dataclass(frozen=True, slots=True)
class RuleFault:
    """One thing wrong in a rule: where it stands in the rule's own text, what was seen, what would be right."""

    at: Position
    problem: str
    seen: str = ""
    wanted: str = ""

    def within(self, line: int, path: str) -> Fault:
        """The same fault in a document whose rule begins on `line` (the line of the rule's first character)."""
        where = f"{path} (column {self.at.column} of the rule)"
        return Fault(line + self.at.line - 1, where, self.problem, self.seen, self.wanted)

    def __str__(self) -> str:
        parts = [f"line {self.at.line}, column {self.at.column}: {self.problem}"]
        if self.seen:
            parts.append(f"seen: {self.seen}")
        if self.wanted:
            parts.append(f"wanted: {self.wanted}")
        return "; ".join(parts)


class RuleError(ProtocolError):
    """A rule is wrong. Carries every fault found, each with its place in the rule (`problems`)."""

    def __init__(self, problems: Sequence[RuleFault]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.at.line, problem.at.column)))
        super().__init__("rule", [problem.within(1, "rule") for problem in self.problems])

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
