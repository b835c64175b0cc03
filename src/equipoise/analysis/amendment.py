"""Whom an amendment concerns, by site and by number: those not yet randomized, and those randomized already.

No outcome and no arm is counted here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from equipoise.conduct.casebook import Casebook
from equipoise.conduct.journey import stage
from equipoise.protocol.model import Protocol

NOT_YET = frozenset({"screening", "eligible"})
FOLLOWED = frozenset({"randomized", "progressed"})
"""The stages of the journey, as an amendment sees them. Pre-screened and failed participants are not concerned."""


@dataclass(frozen=True, slots=True)
class SiteCount:
    """Participants of one site: consented and not yet randomized, randomized and followed, and no longer followed."""

    site: str
    not_randomized: int
    followed: int
    ended: int


@dataclass(frozen=True, slots=True)
class Concerned:
    """Counts by site, and who is now in each group that a change can concern (by the words of `protocol.diff`).

    Groups that the stages of the journey do not tell, such as those whose radiotherapy goes on, are not told here.
    """

    sites: tuple[SiteCount, ...]
    groups: Mapping[str, tuple[str, ...]]


def concerned(protocol: Protocol, casebooks: Iterable[Casebook], sites: Iterable[str]) -> Concerned:
    """Count them as the protocol in force reads them, every site of the trial named, also one without participants."""
    books = [book for book in casebooks if book.enrolment]
    stages = {book.subject: stage(protocol, book) for book in books}
    waiting = [book for book in books if stages[book.subject] in NOT_YET]
    followed = [book for book in books if book.randomized is not None and stages[book.subject] in FOLLOWED]
    is_waiting, is_followed = {book.subject for book in waiting}, {book.subject for book in followed}
    by_site = []
    for site in sites:
        own = [book for book in books if book.site == site]
        by_site.append(
            SiteCount(
                site,
                sum(book.subject in is_waiting for book in own),
                sum(book.subject in is_followed for book in own),
                sum(book.randomized is not None and book.subject not in is_followed for book in own),
            )
        )
    groups = {
        "those not yet randomized": waiting,
        "everyone who consented and everyone who will": books,
        "everyone in the trial": [*waiting, *followed],
        "everyone under treatment": [book for book in followed if "treatment" not in book.stopped()],
        "everyone still followed": [*waiting, *followed],
    }
    numbers = {group: tuple(sorted(book.subject for book in found)) for group, found in groups.items()}
    return Concerned(tuple(by_site), numbers)
