"""Every central review for a list: from its projection, from the casebook only where the projection does not hold."""

from equipoise.ledger import read
from equipoise.projections import reviews
from equipoise.projections.models import ReviewRow, SubjectRow
from equipoise.projections.reviews import ReviewSummary
from equipoise.protocol.model import Protocol


def every_review(protocol: Protocol) -> list[ReviewSummary]:
    """The reviews of everyone randomized who has not withdrawn, in the order of their numbers.

    A row made by other rules than this protocol's, or none at all, is as good as no row: that casebook is folded.
    """
    rules = reviews.basis(protocol)
    kept = {row.subject: row for row in ReviewRow.objects.filter(basis=rules)}
    randomized = SubjectRow.objects.filter(randomized_on__isnull=False).order_by("subject")
    found = []
    for subject in randomized.values_list("subject", flat=True):
        row = kept.get(subject)
        one = reviews.read(row) if row is not None else reviews.summary(protocol, read.casebook(subject))
        if one is not None:
            found.append(one)
    return found
