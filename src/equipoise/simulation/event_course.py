"""The trial so far and its plan, pooled, as a forecast of events takes them. No arm is read here.

course = course_of(protocol, casebooks, cut, begun=first_consent, today=today)
found = forecast(course, expectation_of(protocol), protocol.analysis.target_events, seed=...)
"""

import math
from collections.abc import Iterable
from datetime import date

import numpy as np

from equipoise.analysis.cut import DataCut
from equipoise.analysis.times import time_rows
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.journey import ended
from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import message
from equipoise.protocol.model import Endpoint, Protocol, Scenario
from equipoise.simulation import words as words
from equipoise.simulation.arms_expectation import arm_curves
from equipoise.simulation.arms_plan import AnyDesign, ArmsDesign, any_design, whole
from equipoise.simulation.expectation import curves
from equipoise.simulation.forecast import AT_RISK, EVENT, LEFT, Course, Expectation
from equipoise.simulation.scenarios import scans_of
from equipoise.statistics.expected_events import Pieces

PIECES = (0.0, 180.0, 365.0)
"""The hazard may change at six and twelve months: pooled arms with unlike hazards bend."""
LAST_PIECE_ENDS = 1000.0
"""The plan's hazard of the last piece is its mean until then; a trial follows for ten years after accrual at most."""

LONGEST_FOLLOW_UP = 20 * 365
"""Scans are planned so far ahead, in days."""

_FALLBACK_LEAVING = 1e-9


def course_of(
    protocol: Protocol, casebooks: Iterable[Casebook], cut: DataCut, *, begun: date, today: date
) -> Course:  # fmt: skip
    """Everyone randomized, in days since `begun`: to the event, else to the last day known to be free of it.

    Whoever withdrew or is lost has left; where the endpoint needs scans, so has whoever stopped visits.
    Raises InputError where `today` is not after `begun`.
    """
    books = list(casebooks)
    endpoint = protocol.endpoint(protocol.analysis.primary)
    ends = _ends(endpoint)
    gone = {book.subject for book in books if ends.intersection(ended(protocol, book))}
    arrival, follow_up, state = [], [], []
    length = (today - begun).days
    for row in time_rows(protocol, endpoint, books, cut):
        assert row.time.start is not None
        day = min((row.time.start - begun).days, length)
        arrival.append(float(day))
        follow_up.append(float(min((row.time.on - row.time.start).days, length - day)))
        state.append(EVENT if row.time.is_event else LEFT if row.subject in gone else AT_RISK)
    return Course(
        np.array(arrival), np.array(follow_up), np.array(state, np.int64), float(length), _scan_days(protocol, endpoint)
    )


def expectation_of(protocol: Protocol, scenario: Scenario | None = None) -> Expectation:
    """What the plan expects of all arms together, in the scenario given, else in the one nearest the target.

    Where the simulator does not know the design (several controls), the hazard is that of the control median.
    """
    accrual = protocol.accrual
    per_day = accrual.subjects / (float(accrual.months) * DAYS_PER_MONTH)
    leaving = -math.log1p(-float(accrual.dropout_per_year)) / 365.25
    chosen = scenario or _nearest(protocol)
    try:
        design = any_design(protocol, chosen)
    except EstimationError:
        median = float(chosen.control_pfs_median) * DAYS_PER_MONTH
        hazard = Pieces.constant(math.log(2.0) / median)
    else:
        hazard = pooled_hazard(design)
    return Expectation(accrual.subjects, per_day, hazard, leaving or _FALLBACK_LEAVING)


def pooled_hazard(design: AnyDesign) -> Pieces:
    """The hazard of the primary event in all arms together, whether or not a scan has shown it, in pieces."""
    if isinstance(design, ArmsDesign):
        arms, shares = arm_curves(design), design.ratio
    else:
        arms, shares = curves(design), (design.allocation.control, design.allocation.experimental)
    which = "death" if whole(design).endpoint == "os" else "latent"
    reached = sum(share * getattr(arm, which) for share, arm in zip(shares, arms, strict=True)) / sum(shares)
    ends = (*PIECES[1:], LAST_PIECE_ENDS)
    values = []
    for start, end in zip(PIECES, ends, strict=True):
        left = 1.0 - float(reached[int(start)]), 1.0 - float(reached[int(end)])
        values.append(math.log(left[0] / left[1]) / (end - start))
    return Pieces(PIECES, tuple(values))


def _scan_days(protocol: Protocol, endpoint: Endpoint) -> tuple[float, ...]:
    if endpoint.events == ("death",) or not protocol.scenarios:
        return ()
    scans = scans_of(protocol, protocol.scenarios[0], LONGEST_FOLLOW_UP)
    return tuple(float(day) for day in scans.days) if scans is not None else ()


def _ends(endpoint: Endpoint) -> frozenset[str]:
    always = frozenset({"withdrawal", "lost"})
    return always if endpoint.events == ("death",) else always | {"visits_stopped"}


def _nearest(protocol: Protocol) -> Scenario:
    if not protocol.scenarios:
        raise EstimationError(message("stop.no_scenario"))
    target = protocol.analysis.target_hazard_ratio
    return min(protocol.scenarios, key=lambda one: abs(one.hazard_ratio - target))
