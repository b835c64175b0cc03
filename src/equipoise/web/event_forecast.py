"""The forecast of events as the trial's page shows it: pooled, worked out once for each head of the record and day."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from django.utils.translation import gettext as _

from equipoise.conduct.documents import protocol_of
from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import Message
from equipoise.ledger import read
from equipoise.ledger.analysing import data_cut
from equipoise.protocol.model import Protocol
from equipoise.reports.design_figures import Fan, fan_figure
from equipoise.reports.figures import Words
from equipoise.simulation.event_course import course_of, expectation_of
from equipoise.simulation.forecast import EVENT, FAN, Forecast, forecast

FUTURES = 2000
INTERVALS = ((80, 0.10, 0.90), (95, 0.025, 0.975))
HORIZON = 10 * 365.25


@dataclass(frozen=True)
class ShownForecast:
    """A forecast in dates, or the reason why there is none."""

    target: int
    events: int
    middle: str
    intervals: tuple[tuple[int, str, str], ...]
    reached: str
    futures: int
    reason: Message | str = ""
    found: Forecast | None = None
    seen: tuple[tuple[float, int], ...] = ()
    stamp: str = ""


def event_forecast(protocol: Protocol, digest: str, today: date) -> ShownForecast:
    """The forecast as of the newest entry, for the protocol in force."""
    return _worked_out(read.head()[1], protocol.analysis.target_events, digest, today)


@lru_cache(maxsize=4)
def _worked_out(head: str, target: int, digest: str, today: date) -> ShownForecast:
    study = read.study()
    assert study.opened_at is not None
    protocol = protocol_of(study, digest)
    books = list(read.casebooks().values())
    begun = min((book.consented_on for book in books if book.consented_on), default=study.opened_at.date())
    cut = data_cut(digest, cutoff=None, as_of=None)
    try:
        course = course_of(protocol, books, cut, begun=begun, today=max(today, begun + timedelta(days=1)))
        found = forecast(course, expectation_of(protocol), target, seed=study.trial, futures=FUTURES, horizon=HORIZON)
    except EstimationError as error:
        return ShownForecast(target, 0, "", (), "", FUTURES, reason=error.because)

    def day(share: float) -> str:
        value = found.quantiles[FAN.index(share)]
        return (begun + timedelta(days=round(value))).isoformat() if value is not None else ""

    known = np.sort((course.arrival + course.follow_up)[course.state == EVENT]) / DAYS_PER_MONTH
    seen = [(0.0, 0), *((float(month), count) for count, month in enumerate(known, start=1))]
    return ShownForecast(
        target=target,
        events=course.events,
        middle=day(0.50),
        intervals=tuple((share, day(low), day(high)) for share, low, high in INTERVALS),
        reached=f"{100 * found.reached:.0f}",
        futures=FUTURES,
        found=found,
        seen=(*seen, (found.today / DAYS_PER_MONTH, course.events)),
        stamp=f"{cut.trial} · {cut.as_of} · {cut.head[:12]}" + (f" · {_('REHEARSAL')}" if cut.rehearsal else ""),
    )


def forecast_picture(shown: ShownForecast) -> bytes:
    """The fan chart as SVG. Raises EstimationError where there is no forecast."""
    found = shown.found
    if found is None:
        raise EstimationError(shown.reason)
    from_today = [place for place, one in enumerate(found.days) if one >= found.today]
    begin = max(from_today[0] - 1, 0) if from_today else len(found.days) - 1

    def row(share: float) -> list[float]:
        return [float(shown.events), *found.events[FAN.index(share)][begin + 1 :]]

    months = [found.today / DAYS_PER_MONTH, *(one / DAYS_PER_MONTH for one in found.days[begin + 1 :])]
    middle = next((place for place, count in enumerate(row(0.025)) if count >= shown.target), len(months) - 1)
    end = min(len(months), middle + 2)
    fan = Fan(
        months[:end],
        row(0.50)[:end],
        [(row(low)[:end], row(high)[:end]) for _share, low, high in reversed(INTERVALS)],
    )
    words = Words(_("Months since the first consent"), _("Events of the primary endpoint"), stamp=shown.stamp)
    labels = (_("events needed"), _("today"))
    return fan_figure(shown.seen, fan, float(shown.target), found.today / DAYS_PER_MONTH, words, labels)
