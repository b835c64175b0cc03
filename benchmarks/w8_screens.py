"""W8: CPU of the participant page and the list of 25, with 500 and 5,000 participants, and the number of queries.

The record is a rehearsal of 40; the lists' projection is then filled up with copies of its rows under other numbers,
since lists read nothing else. Floor: the same request for a page that renders one line.
"""

import tempfile
import uuid
from pathlib import Path

from benchmarks._served_record import rehearsed, request

GOALS = {"participant page": 10.0, "list of 25": 15.0}


def main() -> None:
    """Rehearse, fill up, measure; print one line a page and size."""
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    rehearsed(folder)
    from django.test import Client

    from equipoise.accounts.models import User
    from equipoise.projections.models import SubjectRow

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username="coordinator-north"))
    own = SubjectRow.objects.filter(site="north", randomized_on__isnull=False).order_by("-version").first()
    assert own is not None
    for size in (500, 5000):
        _fill_up(size)
        for name, url in (
            ("participant page", f"/participants/{own.subject}/"),
            ("list of 25", "/participants/?list=1"),
        ):
            cpu, queries = request(client, url)
            floor, _ = request(client, "/accounts/password/change/")
            print(
                f"W8 {name:<17} {size:>5} participants: {cpu:5.1f} ms CPU (goal {GOALS[name]:.0f}), {queries} queries, "
                f"{cpu / floor:.1f} x a page of one form"
            )


def _fill_up(size: int) -> None:
    from equipoise.projections.models import SubjectRow

    rows = list(SubjectRow.objects.filter(consented_on__isnull=False))
    copies = []
    for index in range(size - SubjectRow.objects.count()):
        row = rows[index % len(rows)]
        values = {field.attname: getattr(row, field.attname) for field in SubjectRow._meta.concrete_fields}
        number = f"X{uuid.uuid5(uuid.NAMESPACE_URL, str(index)).hex[:10]}"
        copies.append(SubjectRow(**{**values, "subject": number, "number": number}))
    SubjectRow.objects.bulk_create(copies, batch_size=500, ignore_conflicts=True)


if __name__ == "__main__":
    main()
