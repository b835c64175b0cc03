"""How rows follow from casebooks: `apply` after every act, `rebuild` from nothing; both give the same rows."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction

from equipoise.conduct import facts as f
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import latest_protocol, protocol_at
from equipoise.conduct.entry import NOT_SUBJECTS, Entry
from equipoise.conduct.journey import stage
from equipoise.conduct.study import Study
from equipoise.conduct.versions import earlier_version, replaced
from equipoise.conduct.worklist import tasks
from equipoise.projections import reviews
from equipoise.projections.models import ArmRow, DueRow, ReviewRow, SubjectRow
from equipoise.protocol.model import Protocol


def apply(entries: Sequence[Entry], study: Study, casebooks: Mapping[str, Casebook]) -> None:
    """Bring the rows up to date after these entries; `casebooks` holds every subject they touch, folded."""
    touched = dict(casebooks)
    duplicated = {
        subject
        for entry in entries
        if isinstance(entry.fact, f.DuplicateSuspected | f.DuplicateResolved)
        for subject in (entry.fact.subject, entry.fact.other)
    }
    _write(touched, study)
    _review(reviews.touched(entries, study, touched), study)
    for subject in duplicated - touched.keys():
        SubjectRow.objects.filter(subject=subject).update(duplicate=_duplicate(subject, study))


def rebuild(study: Study, casebooks: Mapping[str, Casebook]) -> int:
    """Write every row afresh. Returns how many subjects there are."""
    with transaction.atomic():
        SubjectRow.objects.all().delete()
        ArmRow.objects.all().delete()
        DueRow.objects.all().delete()
        ReviewRow.objects.all().delete()
        _write(casebooks, study)
        _review(casebooks, study)
    return len(casebooks)


def _write(casebooks: Mapping[str, Casebook], study: Study) -> None:
    books = [book for subject, book in casebooks.items() if subject not in NOT_SUBJECTS]
    _upsert(SubjectRow, [_subject_row(book, study) for book in books])
    _upsert(ArmRow, [ArmRow(subject=book.subject, arm=book.arm) for book in books if book.arm is not None])
    DueRow.objects.filter(subject__in=[book.subject for book in books]).delete()
    DueRow.objects.bulk_create([row for book in books for row in _due_rows(book, study)], batch_size=500)


def _review(casebooks: Mapping[str, Casebook], study: Study) -> None:
    """Write the central reviews of these subjects; where the version in force asks for none, there is no row."""
    rows = [row for book in casebooks.values() if (row := reviews.row(book, study)) is not None]
    without = {name for name, book in casebooks.items() if book.randomized_on} - {row.subject for row in rows}
    if without:
        ReviewRow.objects.filter(subject__in=without).delete()
    _upsert(ReviewRow, rows)


def _due_rows(book: Casebook, study: Study) -> list[DueRow]:
    if not study.digest_in_force(book.site):
        return []
    version, before = partial(earlier_version, study, book), replaced(study, book.site)
    return [
        DueRow(
            subject=book.subject,
            site=book.site,
            kind=task.kind,
            what=task.what,
            detail=task.detail,
            roles=f" {' '.join(task.roles)} ",
            opens=task.opens,
            closes=task.closes,
        )
        for task in tasks(protocol_at(study, book.site), book, version=version, replaced=before)
    ]


def _upsert(model: type[Any], rows: list[Any]) -> None:
    columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    model.objects.bulk_create(
        rows, batch_size=200, update_conflicts=True, update_fields=columns, unique_fields=["subject"]
    )


def _subject_row(book: Casebook, study: Study) -> SubjectRow:
    enrolment = book.enrolment
    return SubjectRow(
        subject=book.subject,
        site=book.site or study.subjects.get(book.subject, ""),
        number=enrolment.number if enrolment else book.prescreened.number if book.prescreened else "",
        stage=stage(_protocol(book, study), book),
        prescreened_on=date.fromisoformat(book.prescreened.on) if book.prescreened else None,
        consented_on=book.consented_on,
        randomized_on=book.randomized_on,
        deviations=len(book.deviations),
        duplicate=_duplicate(book.subject, study),
        version=book.version,
        last_position=book.position,
        last_at=book.last_at,
    )


def _protocol(book: Casebook, study: Study) -> Protocol:
    """The protocol in force at the subject's site, else the latest."""
    return protocol_at(study, book.site) if study.digest_in_force(book.site) else latest_protocol(study)


def _duplicate(subject: str, study: Study) -> bool:
    return any(subject in pair and resolved is None for pair, resolved in study.duplicates.items())
