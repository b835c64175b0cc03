"""Progression dated by the central review: its first PD, as adjudicated; scans it has not read do not count."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import pytest

from equipoise.analysis.central_reading import by_central_review
from equipoise.analysis.cut import DataCut
from equipoise.analysis.sources import followup
from equipoise.conduct import facts as f
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.central import central_review
from equipoise.conduct.entry import Actor, Header
from equipoise.methods.endpoints import Censoring, TimeToEvent, progression_free_survival
from flagship_participants import flagship
from followed_lesions import RANDOMIZED, lesion, participant, progression, record, scan

READER = Header(1, "P1", 1, datetime(2026, 3, 3, tzinfo=UTC), Actor("wu", "central_reader"))


@pytest.fixture
def book() -> Casebook:
    """A target of 40 mm at the site, 38 mm centrally; the investigator calls SD, then PD at the second scan."""
    made = participant(residual=("L1",))
    lesion(made, "L1", "40")
    chosen = {"central_organ": "lung", "central_role": "target", "central_longest_diameter": "38"}
    first = record("central_lesions", "C1", {**chosen, "central_found_on": "2026-02-20"})
    first.first = READER
    made.records["central_lesions", "C1"] = first
    made.completed["central_lesions"] = READER
    scan(made, 1, {"L1": "38"}, non_target="NA", overall="SD")
    scan(made, 2, {"L1": "50"}, non_target="NA", overall="PD")
    scan(made, 3, {"L1": "51"}, non_target="NA", overall="PD")
    progression(made, RANDOMIZED + timedelta(days=112))
    return made


def reads(book: Casebook, number: int, size: str, overall: str) -> None:
    """A scan read centrally."""
    visit, on = f"imaging:{number}", (RANDOMIZED + timedelta(days=56 * number)).isoformat()
    row = {"central_lesion": ["C1"], "central_measured_on": on, "central_state": "measured", "central_diameter": size}
    book.records["central_measurements", str(number)] = record("central_measurements", str(number), row, visit=visit)
    said = {
        "central_read_scan": on,
        "central_non_target": "NA",
        "central_new_lesions": "none",
        "central_response": overall,
    }
    book.records["central_assessment", str(number)] = record("central_assessment", str(number), said, visit=visit)


def adjudicated(book: Casebook, number: int, chosen: Literal["investigator", "central"], *, covers: str = "") -> None:
    review = central_review(flagship(), book)
    assert review is not None
    found = review.scan(f"imaging:{number}")
    assert found is not None
    one = found.local if chosen == "investigator" else found.central
    assert one is not None
    told: dict[str, Any] = {"visit": found.visit, "chosen": chosen, "response": one.response, "because": "Seen"}
    fact = f.ResponseAdjudicated(**told, covers=covers or found.covers, printed_name="A")
    book.adjudications.append((fact, Header(99, "P1", 9, READER.at, Actor("adams", "central_reader"))))


def time(book: Casebook, cutoff: date | None = None) -> TimeToEvent:
    cut = DataCut("t", cutoff, 999, "", "", "", "", "", rehearsal=False)
    known = by_central_review(flagship(), book, cut, followup(flagship(), book, cut))
    return progression_free_survival(known, Censoring.TREATMENT_POLICY)


def test_the_investigators_progression_is_no_event(book: Casebook) -> None:
    reads(book, 1, "38", "SD")
    reads(book, 2, "40", "SD")
    found = time(book)
    assert not found.is_event
    assert found.on == RANDOMIZED + timedelta(days=112)


def test_the_centres_first_progression_is(book: Casebook) -> None:
    reads(book, 1, "46", "PD")
    reads(book, 2, "47", "PD")
    found = time(book)
    assert (found.is_event, found.on) == (True, RANDOMIZED + timedelta(days=56))


def test_an_adjudication_for_the_investigator_makes_one(book: Casebook) -> None:
    reads(book, 1, "38", "SD")
    reads(book, 2, "40", "SD")
    adjudicated(book, 2, "investigator")
    found = time(book)
    assert (found.is_event, found.on, found.source.sequence) == (True, RANDOMIZED + timedelta(days=112), 99)


def test_an_adjudication_against_the_centre_unmakes_one(book: Casebook) -> None:
    reads(book, 1, "46", "PD")
    adjudicated(book, 1, "investigator")
    assert not time(book).is_event


def test_an_adjudication_of_other_readings_counts_for_nothing(book: Casebook) -> None:
    reads(book, 1, "46", "PD")
    adjudicated(book, 1, "investigator", covers="0" * 64)
    assert time(book).is_event


def test_scans_not_read_do_not_count(book: Casebook) -> None:
    assert time(book).on == RANDOMIZED, "censored at randomization"
    reads(book, 1, "38", "SD")
    assert time(book).on == RANDOMIZED + timedelta(days=56)


def test_a_cutoff_holds_for_central_scans_too(book: Casebook) -> None:
    reads(book, 1, "38", "SD")
    reads(book, 2, "50", "PD")
    found = time(book, cutoff=RANDOMIZED + timedelta(days=100))
    assert (found.is_event, found.on) == (False, RANDOMIZED + timedelta(days=56))


def test_what_follows_a_settled_progression_is_not_compared(book: Casebook) -> None:
    """Both call PD at the second scan: a difference at the third asks nobody."""
    reads(book, 1, "38", "SD")
    reads(book, 2, "50", "PD")
    reads(book, 3, "38", "SD")
    review = central_review(flagship(), book)
    assert review is not None
    assert [one.differs for one in review.scans] == [False, False, True]
    assert not any(one.asks for one in review.scans)
