"""What a ledger folds to, in words and counts no release may change: who stands where, and what stands recorded."""

from typing import Any

from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import protocol_at
from equipoise.conduct.journey import progressed_on, stage
from equipoise.conduct.study import Study
from equipoise.ledger import read


def statuses() -> dict[str, Any]:
    """The trial and every subject of the connected ledger."""
    study, (position, head) = read.study(), read.head()
    return {
        "head": head,
        "position": position,
        "trial": study.trial,
        "rehearsal": study.is_rehearsal,
        "versions": [[published.version, digest] for digest, published in study.protocols.items()],
        "sites": {
            site.id: {
                "subjects": site.subjects,
                "prescreened": site.prescreened,
                "activated": [digest for digest, _, _ in site.activated],
            }
            for site in study.sites.values()
        },
        "roles": sorted([granted.user, granted.role, granted.site] for granted, _ in study.roles),
        "allocations": [[one.subject, one.arm, one.sequence, one.epoch, dict(one.levels)] for one in study.allocations],
        "epochs": {str(number): [epoch.committed.commitment, epoch.season] for number, epoch in study.epochs.items()},
        "looks": [[taken.look, header.actor.user] for taken, header in study.looks_taken],
        "released": study.released,
        "screened_again": dict(study.screened_again),
        "duplicates": [[*pair, found.same_person if found else None] for pair, found in study.duplicates.items()],
        "subjects": {subject: _subject(study, read.casebook(subject)) for subject in read.subjects()},
    }


def _subject(study: Study, book: Casebook) -> dict[str, Any]:
    protocol = protocol_at(study, book.site)
    randomized, died = book.randomized, book.died
    return {
        "version": book.version,
        "site": book.site,
        "stage": stage(protocol, book),
        "age": book.enrolment.age if book.enrolment else None,
        "attempt": book.enrolment.attempt if book.enrolment else None,
        "consents": {name: [given.version, given.on] for name, given in book.consents.items()},
        "declined": sorted(book.declined),
        "prescreened": book.prescreened.outcome if book.prescreened else None,
        "failed": [book.screen_failed.on, list(book.screen_failed.criteria)] if book.screen_failed else None,
        "randomized": [randomized.arm, randomized.on, randomized.contingency] if randomized else None,
        "residual": list(book.frozen.residual) if book.frozen else None,
        "died": [died.on, died.cause] if died else None,
        "stops": [[stop.stop, stop.on, list(stop.ends)] for stop, _ in book.stops],
        "progressed": str(progressed_on(protocol, book) or ""),
        "missed": sorted(book.missed),
        "added": sorted(book.added),
        "deviations": [[one.grade, one.criterion] for one, _ in book.deviations],
        "completed": sorted(book.completed),
        "signatures": [[one.fact.meaning, one.fact.form, one.header.actor.role] for one in book.signatures],
        "records": {
            f"{record.form}/{record.occurrence}": ["removed" if record.removed else record.covers(), len(record.trail)]
            for record in book.records.values()
        },
    }
