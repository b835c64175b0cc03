"""What a rule is judged on: a participant's results, each with its unit, date, source and reference limits.

`Record` is all the interpreter asks for. `conduct` need not write one: gather every recorded value of a name as a
`Result`, in ledger order, every register as `Rows`, and hand them to `Results`, which applies the rules of selection:

    Results(
        items={"neutrophils": [Result(Quantity.of("1.6", "10*9/L"), PartialDate(2026, 3, 1), position=41,
                                      source=("labs", 2, "neutrophils"))],
               "weight": [Result(absent=not_done("scale broken"), date=PartialDate(2026, 3, 1))]},
        registers={"lesions": Rows((Row("L1", {"organ": Known("liver")}),), complete=True)},
    )

A correction replaces what it corrects before it comes here. *Not done* leaves an earlier result in force; *unknown* is
an answer, and governs when it is the latest.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from equipoise.kernel.dates import PartialDate, Window
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth
from equipoise.methods.criteria.nodes import NoneAnswer

type RecordedValue = Quantity | Decimal | int | str | tuple[str, ...] | bool | Truth | PartialDate | date | NoneAnswer
"""A recorded value. A bare Decimal or int is a number without a unit (a score, a count); a tuple holds ticked codes."""


class Known(NamedTuple):
    """A value that is known, with where it comes from and the laboratory's own limits."""

    value: RecordedValue
    date: PartialDate | None = None
    source: Hashable = ()
    lower_limit: Quantity | None = None
    upper_limit: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """No value, and why: not done, not yet entered, out of the window, in doubt."""

    reason: Message
    source: Hashable = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """A recorded absence: *not done*, or *unknown*, with the reason given."""

    reason: Message
    governs: bool


def not_done(reason: str = "") -> Absent:
    """Record that something was not done; an earlier result stays in force."""
    return Absent(message("criteria.not_done_because", why=reason) if reason else message("criteria.not_done"), False)


def answered_unknown(reason: str = "") -> Absent:
    """Record the answer "unknown"; it governs over earlier answers."""
    because = message("criteria.unknown_because", why=reason) if reason else message("criteria.unknown_answer")
    return Absent(because, True)


@dataclass(frozen=True, slots=True)
class Result:
    """One recorded value of a name, or its recorded absence. `position` orders results of the same day."""

    value: RecordedValue | None = None
    date: PartialDate | None = None
    position: int = 0
    source: Hashable = ()
    lower_limit: Quantity | None = None
    upper_limit: Quantity | None = None
    absent: Absent | None = None

    @property
    def is_valid(self) -> bool:
        """Whether it can govern: a value, or the answer "unknown"."""
        return self.value is not None or (self.absent is not None and self.absent.governs)


@dataclass(frozen=True, slots=True)
class Row:
    """One of a register's things: its name for people, its fields; a field left out is not yet entered."""

    name: str
    fields: Mapping[str, Known | Unknown]
    source: Hashable = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """A register: its rows, and whether someone declared the list complete."""

    rows: tuple[Row, ...] = ()
    complete: bool = False
    source: Hashable = ()


class Record(Protocol):
    """What the interpreter asks of a participant's record."""

    def latest(self, name: str, window: Window | None, on: date) -> Known | Unknown:
        """The result that governs on a day, looked for in the window where one is given."""
        ...

    def rows(self, collection: str) -> Rows:
        """The rows of a register; one nobody has touched is empty and not complete."""
        ...


@dataclass(frozen=True, slots=True)
class Results:
    """A record held in memory."""

    items: Mapping[str, Sequence[Result]] = field(default_factory=dict)
    registers: Mapping[str, Rows] = field(default_factory=dict)

    def latest(self, name: str, window: Window | None, on: date) -> Known | Unknown:
        """The result that governs on a day, by `governing`."""
        return governing(self.items.get(name, ()), window, on)

    def rows(self, collection: str) -> Rows:
        """The rows of a register."""
        return self.registers.get(collection, _NO_ROWS)


_NO_ROWS = Rows()
_NOT_ENTERED = Unknown(message("criteria.not_entered"))


def governing(results: Sequence[Result], window: Window | None, on: date) -> Known | Unknown:
    """The latest valid result in the window; of the same day, the one later in the ledger.

    Without a window, results dated after `on` are left out. A partial date that may or may not lie in the window, or
    may or may not be the latest, leaves the value unknown. A result without a date lies in no window for certain;
    without a window, undated results are ordered by the ledger alone.
    """
    if not results:
        return _NOT_ENTERED
    if len(results) == 1 and results[0].value is not None and _holds(results[0], window, on) is Truth.TRUE:
        return _known(results[0])
    valid = [result for result in results if result.is_valid]
    inside = [(result, _holds(result, window, on)) for result in valid]
    possible = [result for result, holds in inside if holds is not Truth.FALSE]
    if not possible:
        return _why_none(results, valid, window, on)
    chosen = max(possible, key=_order)
    certain = {id(result) for result, holds in inside if holds is Truth.TRUE}
    if id(chosen) not in certain:
        return Unknown(_doubt(chosen, window), chosen.source)
    for other in possible:
        if other is not chosen and not _surely_before(other, chosen):
            return Unknown(message("criteria.order_in_doubt", first=str(other.date), second=str(chosen.date)))
    if chosen.value is None:
        assert chosen.absent is not None
        return Unknown(chosen.absent.reason, chosen.source)
    return _known(chosen)


def _known(result: Result) -> Known:
    assert result.value is not None
    return Known(result.value, result.date, result.source, result.lower_limit, result.upper_limit)


def _holds(result: Result, window: Window | None, on: date) -> Truth:
    if window is None:
        return Truth.FALSE if result.date is not None and result.date.earliest > on else Truth.TRUE
    return Truth.UNKNOWN if result.date is None else window.holds(result.date)


def _order(result: Result) -> tuple[date, int]:
    return (result.date.latest if result.date is not None else date.min, result.position)


def _surely_before(other: Result, chosen: Result) -> bool:
    if other.date is None or chosen.date is None:
        return True
    if other.date == chosen.date and other.date.is_complete:
        return True
    return other.date.latest < chosen.date.earliest


def _doubt(result: Result, window: Window | None) -> Message:
    if result.date is None or window is None:
        return message("criteria.undated")
    return message("criteria.window_in_doubt", date=str(result.date), first=str(window.first), last=str(window.last))


def _why_none(results: Sequence[Result], valid: Sequence[Result], window: Window | None, on: date) -> Unknown:
    gone = [r for r in results if r.absent is not None and _holds(r, window, on) is not Truth.FALSE]
    if gone:
        last = max(gone, key=_order)
        assert last.absent is not None
        return Unknown(last.absent.reason, last.source)
    if not valid:
        return _NOT_ENTERED
    last = max(valid, key=_order)
    if window is None:
        return Unknown(message("criteria.after_today", date=str(last.date), on=str(on)), last.source)
    return Unknown(
        message("criteria.out_of_window", date=str(last.date), first=str(window.first), last=str(window.last)),
        last.source,
    )
