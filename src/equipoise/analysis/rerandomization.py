"""The re-randomization test of a time to event: the log-rank score beside those under arms drawn again as the trial
draws them.

Times, events, strata, sites and the order of randomization stay as they are; only the arms are drawn again, so the test
rests on nothing but the randomization. Under minimization it is the test that respects the allocation. Rosenberger and
Lachin, Randomization in Clinical Trials (2016), chapter 6; p = (1 + as extreme) / (1 + replicates): Phipson and Smyth,
Stat Appl Genet Mol Biol 2010;9:39.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from equipoise.analysis import words as _words  # noqa: F401  (declares the wordings)
from equipoise.analysis.cut import DataCut
from equipoise.analysis.firewall import Authority
from equipoise.analysis.redrawn_arms import Allocated, redrawn
from equipoise.analysis.times import TimeRow
from equipoise.analysis.two_arms import because, two_arms
from equipoise.conduct.casebook import Casebook
from equipoise.kernel.chance import stream
from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import Message, message
from equipoise.methods.randomization import configuration_digest
from equipoise.protocol.model import Endpoint, Protocol
from equipoise.statistics.errors import NoEstimate
from equipoise.statistics.logrank import Rerandomization, rerandomization_test

REPLICATES = 10_000
"""How often the arms are drawn again: a p-value of 0.10 is then known to within 0.003 (its standard error)."""
LEAST = 2
"""The fewest participants of an arm that are compared."""


@dataclass(frozen=True, slots=True)
class Rerandomized:
    """The test of an experimental arm against control, or why there is none."""

    arm: str
    control: str
    method: str
    """How the trial allocates: 'simple', 'permuted_blocks' or 'minimization'."""
    test: Rerandomization | None
    by_arm: Authority
    reason: Message | None = None

    @property
    def error(self) -> float | None:
        """The Monte-Carlo standard error of the two-sided p-value."""
        return None if self.test is None else monte_carlo_error(self.test.p, self.test.replicates)

    @property
    def error_one_sided(self) -> float | None:
        """The Monte-Carlo standard error of the one-sided p-value."""
        return None if self.test is None else monte_carlo_error(self.test.p_one_sided, self.test.replicates)


def monte_carlo_error(p: float, replicates: int) -> float:
    """The standard error of a p-value estimated by so many replicates."""
    return math.sqrt(p * (1.0 - p) / replicates)


def rerandomized(
    protocol: Protocol, endpoint: Endpoint, rows: Sequence[TimeRow], casebooks: Sequence[Casebook], cut: DataCut,
    leave: Authority, strata: tuple[str, ...] | None = None, *, replicates: int = REPLICATES,
) -> Rerandomized:  # fmt: skip
    """Test `rows` of everyone randomized, stratified as the plan says unless other `strata` are given.

    `casebooks` are those of the whole record: who came before decides what minimization prefers. Only with an
    authority: the result is an outcome by arm. The same trial, cutoff and plan draw with the same key.
    """
    none = _none(protocol, leave)
    arm, others = none.arm, len(protocol.arms) - 1
    try:
        if others != 1:
            raise NoEstimate("analysis.rerandomize.arms", n=others)
        if endpoint.depends_on_arm:
            raise NoEstimate("analysis.rerandomize.depends_on_arm")
        test = _test(protocol, arm, rows, casebooks, cut, strata, replicates)
    except EstimationError as error:
        return replace(none, reason=because(error))
    return replace(none, test=test)


def untested(protocol: Protocol, leave: Authority) -> Rerandomized:
    """That there is no test, another population than everyone randomized being chosen."""
    return replace(_none(protocol, leave), reason=message("analysis.rerandomize.population"))


def _none(protocol: Protocol, leave: Authority) -> Rerandomized:
    control = next(arm.id for arm in protocol.arms if arm.role == "control")
    arm = next((arm.id for arm in protocol.arms if arm.id != control), "")
    return Rerandomized(arm, control, protocol.randomization.method, None, leave)


def rerandomization_json(one: Rerandomized) -> dict[str, Any]:
    """The test as JSON: numbers, how many replicates, the Monte-Carlo errors; or the reason why there is none."""
    test = one.test
    return {
        "arm": one.arm,
        "control": one.control,
        "allocation": one.method,
        "observed_minus_expected": test.score if test else None,
        "replicates": test.replicates if test else None,
        "as_extreme": test.as_extreme if test else None,
        "as_low": test.as_low if test else None,
        "p": test.p if test else None,
        "p_monte_carlo_error": one.error,
        "p_one_sided": test.p_one_sided if test else None,
        "p_one_sided_monte_carlo_error": one.error_one_sided,
        "reason": str(one.reason) if one.reason else None,
    }


def _test(
    protocol: Protocol, arm: str, rows: Sequence[TimeRow], casebooks: Sequence[Casebook], cut: DataCut,
    strata: tuple[str, ...] | None, replicates: int,
) -> Rerandomization:  # fmt: skip
    for each in protocol.arms:
        held = sum(row.arm == each.id for row in rows)
        if held < LEAST:
            raise NoEstimate("analysis.rerandomize.too_few", arm=each.id, n=held, least=LEAST)
    if not any(row.time.is_event for row in rows):
        raise NoEstimate("analysis.rerandomize.no_event")
    allocations = _allocations(protocol, arm, casebooks, cut)
    place = {one.subject: number for number, one in enumerate(allocations)}
    if not any(allocations[place[row.subject]].is_drawn for row in rows):
        raise NoEstimate("analysis.rerandomize.none_drawn")
    # Not the head: an entry about something else must not throw the dice again.
    key = f"{cut.trial}/{cut.cutoff or ''}/{cut.plan}"
    drawn = redrawn(protocol.randomization, arm, allocations, replicates, stream(key, "rerandomization"))
    both = two_arms(rows, arm, protocol.analysis.strata if strata is None else strata)
    events = [float(row.time.is_event) for row in rows]
    columns = [place[row.subject] for row in rows]
    return rerandomization_test(both.time, events, both.treated, drawn[:, columns], strata=both.strata)


def _allocations(protocol: Protocol, arm: str, casebooks: Sequence[Casebook], cut: DataCut) -> list[Allocated]:
    """Everyone randomized, in the order of the record. Raises NoEstimate for what the plan's method cannot replay."""
    method = protocol.randomization
    if set(method.ratio) != {each.id for each in protocol.arms}:
        raise NoEstimate("analysis.rerandomize.ratio")
    in_force, committed = configuration_digest(method), dict(cut.methods)
    found = []
    known = [(book, book.randomized) for book in casebooks if book.randomized is not None]
    for book, made in sorted(known, key=lambda one: one[1].sequence):
        if committed.get(made.epoch, in_force) != in_force:
            raise NoEstimate("analysis.rerandomize.other_method", epoch=made.epoch)
        levels = {**made.levels, "site": book.site}
        missing = [factor for factor in method.strata if not levels.get(factor, "").strip()]
        if missing:
            raise NoEstimate("analysis.rerandomize.level", factor=missing[0])
        if made.arm not in method.ratio:
            raise NoEstimate("analysis.rerandomize.ratio")
        found.append(Allocated(book.subject, made.epoch, levels, made.arm == arm, not made.contingency))
    return found
