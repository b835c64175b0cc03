"""Lesions grown together at a scan: which rows are of one mass, which of them carries its diameter.

Lesions no longer separable count once, with the longest diameter of the whole (RECIST 1.1, section 4.4.3). People write
that diameter beside one of them, or beside each; a mass that nobody measured is missing, never zero.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from equipoise.conduct.casebook import Record
from equipoise.conduct.concepts import Concepts

COALESCED = "coalesced"
"""The code of `measurement.state` for a lesion grown together with another."""
_MEASURED = ("measured", "split")


@dataclass(frozen=True, slots=True)
class Mass:
    """Lesions grown together, in the order of the register; the one that stands for all, and their diameter in mm."""

    lesions: tuple[str, ...]
    carrier: str
    size: Decimal | None


def masses(concepts: Concepts, rows: Mapping[str, Record], roles: Mapping[str, str]) -> dict[str, Mass]:
    """The masses of a scan by each of their lesions. `rows` and `roles` are by lesion, roles in the register's order.

    A target carries where there is one, so that the mass stays in the sum: the first with a diameter of its own, else
    the first. A partner that was not read, or not seen, is no part of a mass.
    """
    found: dict[str, Mass] = {}
    for members in _joined(concepts, rows):
        ordered = [name for name in roles if name in members]
        mass = _mass(concepts, rows, roles, ordered)
        found |= dict.fromkeys(ordered, mass)
    return found


def _joined(concepts: Concepts, rows: Mapping[str, Record]) -> Iterator[set[str]]:
    """Sets of lesions grown together: each coalesced lesion with its partner, and whatever those two are joined to."""
    states = {name: concepts.text(row, "measurement.state") for name, row in rows.items()}
    groups: list[set[str]] = []
    for name, row in rows.items():
        if states[name] != COALESCED:
            continue
        partners = concepts.codes(row, "measurement.coalesced_with")
        group = {name, *(one for one in partners if states.get(one) in (COALESCED, *_MEASURED))}
        for other in [one for one in groups if one & group]:
            groups.remove(other)
            group |= other
        groups.append(group)
    yield from groups


def _mass(concepts: Concepts, rows: Mapping[str, Record], roles: Mapping[str, str], members: list[str]) -> Mass:
    sizes = {name: concepts.number(rows[name], "measurement.diameter") for name in members}
    measured = [name for name in members if concepts.text(rows[name], "measurement.state") in _MEASURED]
    targets = [name for name in members if roles[name] == "target"] or members
    sized = [name for name in (*measured, *members) if name in targets and sizes[name] is not None]
    carrier = sized[0] if sized else targets[0]
    known = (sizes[name] for name in (carrier, *measured, *members) if sizes[name] is not None)
    return Mass(tuple(members), carrier, next(known, None))
