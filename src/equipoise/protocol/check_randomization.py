"""Whether the strata and the method of randomization hang together: factors, levels, shares and blocks."""

from collections.abc import Iterator

from equipoise.methods.randomization import Minimization, PermutedBlocks, Simple
from equipoise.protocol.model import Protocol
from equipoise.protocol.problems import Problem, references

MOST_SHARE = 100
"""An arm with a hundred times the participants of another is no comparison."""


def randomization_problems(protocol: Protocol) -> Iterator[Problem]:
    """Everything wrong in strata, ratio and block sizes that one of them alone does not show."""
    factors = [factor.id for factor in protocol.strata]
    match protocol.randomization:
        case Simple(strata=strata) | PermutedBlocks(strata=strata) | Minimization(strata=strata):
            yield from references(("randomization", "strata"), "factor", strata, factors)
    yield from references(("analysis", "strata"), "factor", protocol.analysis.strata, factors)
    for at, factor in enumerate(protocol.strata):
        if len(factor.levels) < 2:
            seen = str(len(factor.levels))
            yield Problem(("strata", at, "levels"), "a factor has two levels or more", seen, "two levels")
        rules: dict[str, str] = {}
        for number, level in enumerate(factor.levels):
            rule = " ".join(level.when.split())
            if rule in rules:
                wanted = f"a rule that holds where that of {rules[rule]} does not"
                where = ("strata", at, "levels", number, "when")
                yield Problem(where, "two levels hold for the same participants", rule, wanted)
            rules.setdefault(rule, level.id)
    for arm, share in protocol.randomization.ratio.items():
        if share > MOST_SHARE:
            yield Problem(
                ("randomization", "ratio", arm), "the number is too high", str(share), f"at most {MOST_SHARE}"
            )
    if isinstance(protocol.randomization, PermutedBlocks):
        subjects = protocol.accrual.subjects
        for number, size in enumerate(protocol.randomization.block_sizes):
            if size > subjects > 0:
                seen = f"{size}, {subjects} in accrual.subjects"
                yield Problem(("randomization", "block_sizes", number), "no block of this size is ever full", seen)
