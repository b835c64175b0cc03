"""Central reviews as rows: what the readers' worklists and the comparison of readings show, without any casebook.

A row is written after every act that may change a review: randomization, what either reader recorded, a stop, a
decision. It carries the digest of what the protocol says of reviews; a page that is judged by other rules folds the
casebook instead.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from equipoise.conduct.casebook import Casebook
from equipoise.conduct.central import Comparison, baseline_scan_on, central_review
from equipoise.conduct.documents import protocol_at
from equipoise.conduct.entry import Entry
from equipoise.conduct.facts import ProtocolActivated
from equipoise.conduct.study import Study
from equipoise.kernel.canonical import digest
from equipoise.projections.models import ReviewRow
from equipoise.protocol.model import Protocol

READ_IN = ("lesion.", "measurement.", "assessment.", "pet.", "progression.", "central.")
"""How the concepts begin that a form asks for whose answers a review rests on."""


@dataclass(frozen=True, slots=True)
class ReviewedScan:
    """A scan and its two readings as lists show them; `local` and `central` are the responses, '' where there is none.

    `adjudicated` is the response decided for, and `decision` the position of the entry that says so, 0 for none.
    """

    visit: str
    on: date
    local: str
    central: str
    is_read: bool
    asks: bool
    moves_progression: bool
    adjudicated: str
    decision: int

    @property
    def differs(self) -> bool:
        """Whether the scan is read twice and the responses differ."""
        return self.is_read and self.local != self.central

    @property
    def waits(self) -> bool:
        """Whether an adjudicator is asked for and has not decided."""
        return self.asks and not self.decision


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """The central review of a participant as lists show it."""

    subject: str
    site: str
    seen: date | None
    """The day of the baseline scan."""
    baseline_read: bool
    reader: str
    adjudicators: frozenset[str]
    scans: tuple[ReviewedScan, ...]

    @property
    def next_scan(self) -> ReviewedScan | None:
        """The first scan that waits to be read."""
        return next((one for one in self.scans if not one.is_read), None)

    @property
    def waits_for_reader(self) -> bool:
        """Whether the baseline or a scan waits for the central reader."""
        return not self.baseline_read or self.next_scan is not None


def summary(protocol: Protocol, book: Casebook) -> ReviewSummary | None:
    """A review as lists show it; None for one not randomized, or who withdrew."""
    review = central_review(protocol, book)
    if review is None or "withdrawal" in book.stopped():
        return None
    return ReviewSummary(
        book.subject, book.site, baseline_scan_on(protocol, book), review.baseline_read, review.reader,
        review.adjudicators, tuple(_scan(one) for one in review.scans),
    )  # fmt: skip


def _scan(one: Comparison) -> ReviewedScan:
    decided = one.adjudicated
    return ReviewedScan(
        one.visit, one.on, one.local.response if one.local else "", one.central.response if one.central else "",
        one.is_read, one.asks, one.moves_progression, decided[0].response if decided else "",
        decided[1].position if decided else 0,
    )  # fmt: skip


def basis(protocol: Protocol) -> str:
    """The digest of what a review rests on in a protocol: its rules, the rules of lesions, and what forms ask."""
    return _rules(_Same(protocol))[0]


class _Same:
    """A protocol as a key: documents are kept, so that the same one is the same object."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol

    def __hash__(self) -> int:
        return id(self.protocol)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.protocol is self.protocol


@lru_cache(maxsize=8)
def _rules(key: _Same) -> tuple[str, frozenset[str]]:
    """The basis, and the forms whose answers reviews rest on."""
    protocol = key.protocol
    asked = [[form.id, item.id, item.concept] for form in protocol.forms for item in form.items if item.concept]
    forms = frozenset(form for form, _, concept in asked if concept.startswith(READ_IN))
    return digest("review-basis", [repr(protocol.central_review), repr(protocol.lesions), asked]), forms


def touched(entries: Iterable[Entry], study: Study, casebooks: Mapping[str, Casebook]) -> dict[str, Casebook]:
    """The casebooks whose review these entries may have changed: at a site with another version in force, every one."""
    activated = {entry.fact.site for entry in entries if isinstance(entry.fact, ProtocolActivated)}
    found = {name: book for name, book in casebooks.items() if book.site in activated and book.randomized_on}
    for entry in entries:
        book = casebooks.get(entry.header.stream)
        if book is None or book.subject in found or book.randomized_on is None:
            continue
        form = getattr(entry.fact, "form", "")
        if not form or form in _rules(_Same(protocol_at(study, book.site)))[1]:
            found[book.subject] = book
    return found


def row(book: Casebook, study: Study) -> ReviewRow | None:
    """The row of somebody randomized, by the protocol in force at the site; None where it asks for no review."""
    if book.randomized_on is None or not study.digest_in_force(book.site):
        return None
    protocol = protocol_at(study, book.site)
    if protocol.central_review is None:
        return None
    found = summary(protocol, book)
    made = ReviewRow(subject=book.subject, site=book.site, basis=basis(protocol), is_out=found is None)
    if found is not None:
        made.seen, made.baseline_read, made.reader = found.seen, found.baseline_read, found.reader
        made.adjudicators = json.dumps(sorted(found.adjudicators), ensure_ascii=False)
        made.scans = json.dumps([_stored(one) for one in found.scans], ensure_ascii=False)
    return made


def read(made: ReviewRow) -> ReviewSummary | None:
    """What a row says; None for one who withdrew."""
    if made.is_out:
        return None
    scans = tuple(_read(one) for one in json.loads(made.scans))
    return ReviewSummary(
        made.subject, made.site, made.seen, made.baseline_read, made.reader, frozenset(json.loads(made.adjudicators)),
        scans,
    )  # fmt: skip


def _stored(one: ReviewedScan) -> list[Any]:
    return [
        one.visit, one.on.isoformat(), one.local, one.central, one.is_read, one.asks, one.moves_progression,
        one.adjudicated, one.decision,
    ]  # fmt: skip


def _read(stored: list[Any]) -> ReviewedScan:
    visit, on, *rest = stored
    return ReviewedScan(visit, date.fromisoformat(on), *rest)
