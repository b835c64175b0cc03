"""What a check says of a central review whose parts do not go together, in the flagship with one thing changed."""

import pytest

from equipoise.kernel.errors import ProtocolError
from equipoise.protocol.describe import describe
from equipoise.protocol.load import load
from equipoise.protocols import shipped

TEXT = shipped("nct07014202")


def faults(before: str, after: str) -> list[tuple[str, str]]:
    """The path and problem of each fault once a text is replaced."""
    assert TEXT.count(before) >= 1, before
    with pytest.raises(ProtocolError) as caught:
        load(TEXT.replace(before, after, 1), "changed.yaml")
    return [(fault.path, fault.problem) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("before", "after", "path", "problem"),
    [
        (
            "  lesions: central_lesions\n", "  lesions: central_lesion\n",
            "central_review.lesions", "there is no such form",
        ),
        (
            "  measurements: central_measurements\n", "  measurements: lesion_assessment\n",
            "central_review.measurements", "a form of central readers is filled in by them alone",
        ),
        (
            "concept: central.measurement.diameter", "concept: central.measurement.size",
            "central_review.measurements", "form central_measurements does not ask for what a central reading needs",
        ),
        (
            "concept: central.measurement.lesion, register: central_lesions", "concept: central.measurement.lesion",
            "central_review.measurements", "central_measurements.central_lesion points at lesions of another register",
        ),
        (
            "register: central_lesions}", "register: central_tumours}",
            "forms.central_measurements.sections.1.items.central_lesion.register", "there is no such log",
        ),
        (
            "  adjudicate: response\n", "  adjudicate: always\n",
            "central_review.adjudicate", "",
        ),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_said(before: str, after: str, path: str, problem: str) -> None:
    found = faults(before, after)
    assert [one for one in found if one[0] == path and problem in one[1]], found


def test_an_endpoint_by_central_review_needs_one() -> None:
    start = TEXT.index("central_review:\n")
    without = TEXT[start : TEXT.index("drugs:\n", start)]
    found = faults(without, "")
    assert [one for one in found if one == ("endpoints.pfs_central.reader", "nobody reads the scans centrally")], found


def test_a_review_needs_to_say_where_it_comes_from() -> None:
    start = TEXT.index("  assumption", TEXT.index("central_review:\n"))
    reason = TEXT[start : TEXT.index("\ndrugs:\n", start)]
    assert ("central_review.source", "nothing says where this comes from") in faults(reason, "")


def test_a_description_names_the_review() -> None:
    said = describe(load(TEXT, "nct07014202").protocol)
    assert "Blinded independent central review" in said
    assert "Central review, lesion measurements" in said
