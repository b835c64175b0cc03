"""Lesions grown together count once, with the diameter of the whole, whoever carries it. RECIST 1.1, section 4.4.3."""

from decimal import Decimal
from typing import Any

import pytest

from equipoise.clinical.recist.codes import Response
from equipoise.conduct.assessment import course
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.local_control import local_control
from equipoise.conduct.scans import Scan
from flagship_participants import flagship
from followed_lesions import lesion, participant, record, scan


def two(role: str = "target") -> Casebook:
    """Two lesions of 20 mm, the second a target or not."""
    book = participant(residual=("L1", "L2"))
    lesion(book, "L1", "20")
    lesion(book, "L2", "20", role=role)
    return book


def merge(book: Casebook, number: int, said: dict[str, tuple[str, str]], sizes: dict[str, str] | None = None) -> None:
    """A scan at which each lesion named is coalesced with another and has the diameter written beside it, or none."""
    on = scan(book, number, sizes or {}, non_target="NON_CR_NON_PD")
    for name, (partner, size) in said.items():
        row = f"{number}-{name}"
        values: dict[str, Any] = {
            "measured_lesion": [name], "measured_on": on.isoformat(), "measured_state": "coalesced",
            "coalesced_with": [partner],
        }  # fmt: skip
        values |= {"diameter": size} if size else {}
        book.records["lesion_assessment", row] = record("lesion_assessment", row, values)


def last(book: Casebook) -> Scan:
    return course(flagship(), book).scans[-1]


def target(book: Casebook) -> tuple[Decimal | None, Response]:
    verdict = last(book).verdict
    assert verdict is not None
    return verdict.sum, verdict.target


@pytest.mark.parametrize(("first", "second"), [("35", "35"), ("35", ""), ("", "35")])
def test_each_said_to_be_coalesced_with_the_other(first: str, second: str) -> None:
    book = two()
    merge(book, 1, {"L1": ("L2", first), "L2": ("L1", second)})
    assert target(book) == (Decimal(35), Response.SD)


def test_a_mass_nobody_measured_is_missing_and_not_zero() -> None:
    book = two()
    merge(book, 1, {"L1": ("L2", ""), "L2": ("L1", "")})
    assert target(book) == (None, Response.NE)


def test_a_target_grown_together_with_a_non_target_stays_in_the_sum() -> None:
    book = two("non_target")
    merge(book, 1, {"L1": ("L2", "")}, {"L2": "23"})
    assert target(book) == (Decimal(23), Response.SD)


def test_three_grown_together_in_a_ring() -> None:
    book = two()
    lesion(book, "L3", "10", organ="liver")
    merge(book, 1, {"L1": ("L2", "45"), "L2": ("L3", "45"), "L3": ("L1", "45")})
    assert target(book) == (Decimal(45), Response.SD)


def test_growing_together_is_neither_growth_nor_disappearance_of_either() -> None:
    """Masses of 20 mm each that make one of 35 mm have not grown by themselves."""
    book = two()
    merge(book, 1, {"L2": ("L1", "")}, {"L1": "35"})
    found = course(flagship(), book)
    assert {name: one.status for name, one in local_control(flagship(), book, found).items()} == {
        "L1": "controlled", "L2": "controlled",
    }  # fmt: skip
    own = local_control(flagship(), book, found)["L2"]
    assert (own.current, own.nadir, own.reason.code) == (Decimal(35), Decimal(35), "lesion.local.controlled")


def test_the_whole_fails_where_it_outgrows_the_smallest_sizes_of_its_parts() -> None:
    book = two()
    merge(book, 1, {"L2": ("L1", "")}, {"L1": "48"})  # 48 over 40: 20 % and 8 mm
    found = course(flagship(), book)
    assert {name: one.status for name, one in local_control(flagship(), book, found).items()} == {
        "L1": "unconfirmed", "L2": "unconfirmed",
    }  # fmt: skip


def test_a_lesion_that_stands_alone_again_has_not_come_back() -> None:
    book = two()
    merge(book, 1, {"L2": ("L1", "")}, {"L1": "35"})
    scan(book, 2, {"L1": "18", "L2": "18"})
    found = course(flagship(), book)
    assert found.nadir("L2", found.scans[1]) == Decimal(20)
    assert local_control(flagship(), book, found)["L2"].status == "controlled"
