"""The reference interpreter: judge every criterion of the flagship for one subject. Goal: under 1 ms of CPU for 21.

The floor beside it, in the same rounds, is plain Python that finds the latest result in the window for every item the
criteria read and compares it with a threshold: no units, no third value, nothing explained.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

from equipoise.conduct.rules import rules_of
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.quantities import Quantity
from equipoise.methods.criteria import Known, Result, Results, Row, Rows, assess
from equipoise.methods.criteria.vocabulary import BooleanType, CodeType, DateType, NumberType, Term
from equipoise.protocol.load import load

ROUNDS = 9
REPEATS = 200
ON = date(2026, 3, 10)
TAKEN = PartialDate(2026, 3, 1)


def _value(term: Term) -> Any:
    match term.type:
        case NumberType(code):
            return Quantity.of("1.25", code)
        case BooleanType():
            return True
        case CodeType(codes):
            return codes[0]
        case DateType():
            return PartialDate(2026, 2, 20)
    return "text"


def _result(term: Term, position: int) -> Result:
    low, high = (
        (Quantity.of("0.5", term.type.unit), Quantity.of("1.2", term.type.unit))
        if isinstance(term.type, NumberType)
        else (None, None)
    )
    return Result(_value(term), TAKEN, position, ("form", position), low, high)


def main() -> None:
    """Judge and compare in interleaved rounds."""
    name = "nct07014202.yaml"
    rules = rules_of(load(files("equipoise.protocols").joinpath(name).read_text("utf-8"), name).protocol)
    words = rules.vocabulary
    record = Results(
        {item: [_result(term, at) for at in range(3)] for item, term in words.items.items()},
        {
            register: Rows(
                tuple(
                    Row(f"{register}{at}", {field: Known(_value(term)) for field, term in terms.fields.items()})
                    for at in range(3)
                ),
                complete=True,
            )
            for register, terms in words.collections.items()
        },
    )
    criteria = list(rules.criteria.values())
    read = [item for criterion in criteria for item in criterion.reads.items]
    plain = {item: [(TAKEN.earliest, at, Decimal("1.25")) for at in range(3)] for item in set(read)}
    first, threshold = date(2026, 2, 24), Decimal("1.5")

    def judged() -> None:
        assess(criteria, record, ON)

    def explained() -> None:
        for judgement in assess(criteria, record, ON)[1]:
            judgement.explanation.say()

    def floor() -> None:
        for item in read:
            inside = [result for result in plain[item] if first <= result[0] <= ON]
            assert max(inside)[2] <= threshold

    works: tuple[tuple[str, Callable[[], None]], ...] = (("judged", judged), ("explained", explained), ("floor", floor))
    spent: dict[str, list[float]] = {name: [] for name, _ in works}
    for _ in range(ROUNDS):
        for name, work in works:
            spent[name].append(_cpu(work) / REPEATS)
    print(f"{len(criteria)} criteria reading {len(read)} items, 3 results each, registers of 3 rows, {ROUNDS} rounds")
    for name, found in spent.items():
        middle = statistics.median(found)
        print(
            f"{name:10} {middle * 1e3:7.3f} ms a subject, {middle / len(criteria) * 21 * 1e3:7.3f} ms for 21 criteria"
        )
    ratio = statistics.median(a / b for a, b in zip(spent["judged"], spent["floor"], strict=True))
    print(f"judged / floor: {ratio:.1f}; goal: 21 criteria judged in under 1 ms of CPU")


def _cpu(work: Callable[[], None]) -> float:
    start = time.process_time()
    for _ in range(REPEATS):
        work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
