"""W8: CPU of the participant page and the list of 25, with 500 and 5,000 participants, and the number of queries.

The record is a rehearsal of 40; the lists' projection is then filled up with copies of its rows under other numbers,
since lists read nothing else. Floor: the same request for a page that renders one line.
"""

import statistics
import tempfile
import time
import uuid
from pathlib import Path

GOALS = {"participant page": 10.0, "list of 25": 15.0}


def main() -> None:
    """Rehearse, fill up, measure; print one line a page and size."""
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    from equipoise.cli.protocols import open_protocol, translations_of
    from equipoise.ledger import connecting

    connecting.connect(f"sqlite:///{folder / 'bench.sqlite3'}", create=True)
    connecting.prepare()
    from django.test import Client

    from equipoise.accounts.models import User
    from equipoise.ledger.rehearsing import act_out, make_accounts
    from equipoise.projections.models import SubjectRow

    loaded = open_protocol("nct07014202")
    act_out(
        loaded, translations=translations_of("nct07014202", loaded.protocol), subjects=40, seed="w8", start=None,
        until=None, sites=4, scenario="",
    )  # fmt: skip
    make_accounts(sites=4)
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
            cpu, queries = _request(client, url)
            floor, _ = _request(client, "/accounts/password/change/")
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


def _request(client: object, url: str, times: int = 25) -> tuple[float, int]:
    from django.db import connection

    asked = []

    def count(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        asked.append(sql)
        return execute(sql, params, many, context)  # type: ignore[operator]

    get = client.get  # type: ignore[attr-defined]
    get(url)
    with connection.execute_wrapper(count):
        assert get(url).status_code == 200, url
    spent = []
    for _ in range(times):
        begun = time.process_time()
        get(url)
        spent.append((time.process_time() - begun) * 1000)
    return statistics.median(spent), len(asked)


if __name__ == "__main__":
    main()
