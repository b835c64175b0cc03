"""What rehearsals look like to a clinician: lesions, organs, responses, local failure, and where disease comes back.

    equipoise rehearse nct07014202 --subjects 150 --seed 1 --start 2022-01-10 --database sqlite:///FILE
    python -m benchmarks.rehearsal_patterns nct07014202 sqlite:///FILE

Reads a rehearsed record and prints shares; nothing is timed. `docs/rehearsals.md` says what they are compared with.
"""

import sys
from collections import Counter
from typing import Any

import numpy as np

from equipoise.analysis.datasets.adrs import adrs
from equipoise.analysis.failure_patterns import failure_patterns
from equipoise.analysis.groups import grouping
from equipoise.analysis.lesion_control import by_lesion
from equipoise.analysis.response_rates import response_rates
from equipoise.cli import database
from equipoise.cli.protocols import open_protocol
from equipoise.conduct.lesions import register
from equipoise.statistics.competing import cumulative_incidence


def patterns(protocol_name: str, address: str) -> None:
    """Print the patterns of one rehearsed record."""
    loaded = open_protocol(protocol_name)
    protocol = loaded.protocol
    with database.ledger(address):
        from equipoise.ledger import read
        from equipoise.ledger.analysing import data_cut, leave_by_arm

        cut = data_cut(loaded.digest, cutoff=None, as_of=None)
        split = grouping(protocol, leave_by_arm(loaded.digest))
        books = [book for book in read.casebooks().values() if book.randomized is not None]
    residual = [book.frozen.residual if book.frozen else () for book in books]
    print(f"{protocol.id}: {len(books)} randomized")
    print("residual lesions", _shares(Counter(map(len, residual))))
    organs, new, sizes = Counter[str](), Counter[str](), []
    for book, lesions in zip(books, residual, strict=True):
        for lesion in register(protocol, book):
            if lesion.id in lesions:
                organs[lesion.counted_organ] += 1
                size = lesion.record.answer("longest_diameter")
                sizes += [float(size.value)] if size is not None and size.value is not None else []
            elif lesion.status == "new":
                new[lesion.organ] += 1
    print("organs of residual lesions", _shares(organs))
    print("organs of new lesions", _shares(new))
    if sizes:
        print("longest diameter, mm: quartiles", np.percentile(sizes, [25, 50, 75]).round(1).tolist())
    for rate in response_rates(adrs(protocol, books, cut).rows, split)[0]:
        print(f"best response, {rate.group}", dict(rate.counts), f"rate {rate.response.value:.2f}")
    for arm, counts in failure_patterns(protocol, books, split, cut).items():
        print(f"first progression, {arm}", counts)
    rows = by_lesion(protocol, books, cut)
    for arm in sorted({row.arm for row in rows}):
        own: list[Any] = [row for row in rows if row.arm == arm]
        curve = cumulative_incidence([row.months for row in own], [row.status for row in own])
        for months in (12.0, 24.0):
            reached = np.searchsorted(curve.time, months, side="right") - 1
            print(f"failure of a residual lesion by {months:g} months, {arm}: {float(curve.incidence[reached]):.3f}")


def _shares(counts: Counter[Any]) -> dict[Any, float]:
    whole = sum(counts.values()) or 1
    return {name: round(count / whole, 2) for name, count in sorted(counts.items(), key=lambda one: str(one[0]))}


if __name__ == "__main__":
    patterns(*sys.argv[1:3])
