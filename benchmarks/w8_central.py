"""The central readers' worklist and the comparison of readings with 500 and 5,000 participants: CPU and queries.

The record is a rehearsal of 40; the rows the pages read are then filled up with copies under other numbers. Floor: the
same pages by folding every casebook, measured on the 40 and counted up. Beside it, a page of one form.
"""

import statistics
import tempfile
import time
import uuid
from pathlib import Path

from benchmarks._served_record import rehearsed, request

PAGES = (("central-reader", "/central/"), ("monitor", "/discordances/"))


def main() -> None:
    """Rehearse, fill up, measure; print one line a page and size."""
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    loaded = rehearsed(folder)
    from django.test import Client

    from equipoise.accounts.models import User
    from equipoise.ledger import read
    from equipoise.projections import reviews

    folding = []
    for _ in range(3):
        begun = time.process_time()
        count = sum(reviews.summary(loaded.protocol, book) is not None for book in read.casebooks().values())
        folding.append((time.process_time() - begun) * 1000 / count)
    each = statistics.median(folding)
    for size in (500, 5000):
        _fill_up(size)
        for user, url in PAGES:
            client = Client(SERVER_NAME="127.0.0.1")
            client.force_login(User.objects.get(username=user))
            cpu, queries = request(client, url, times=9)
            form, _ = request(client, "/accounts/password/change/", times=9)
            print(
                f"{url:<15} {size:>5} participants: {cpu:6.1f} ms CPU, {queries} queries, {cpu / form:.1f} x a page of "
                f"one form; folding every casebook: {each * size / 1000:.1f} s"
            )


def _fill_up(size: int) -> None:
    from equipoise.projections.models import ReviewRow, SubjectRow

    held = list(ReviewRow.objects.exclude(subject__startswith="X"))
    subjects = {row.subject: row for row in SubjectRow.objects.filter(subject__in=[row.subject for row in held])}
    have, copies, people = SubjectRow.objects.filter(randomized_on__isnull=False).count(), [], []
    for index in range(size - have):
        row = held[index % len(held)]
        name = f"X{uuid.uuid5(uuid.NAMESPACE_URL, f'{size}/{index}').hex[:10]}"
        for model, known, into in ((ReviewRow, row, copies), (SubjectRow, subjects[row.subject], people)):
            values = {field.attname: getattr(known, field.attname) for field in model._meta.concrete_fields}
            into.append(model(**{**values, "subject": name}))
    ReviewRow.objects.bulk_create(copies, batch_size=500)
    SubjectRow.objects.bulk_create(people, batch_size=500)


if __name__ == "__main__":
    main()
