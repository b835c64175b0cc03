"""What the benchmarks of pages share: a rehearsed record of 40 participants, and the cost of a request."""

import statistics
import time
from pathlib import Path
from typing import Any


def rehearsed(folder: Path) -> Any:
    """Rehearse 40 participants of the flagship at four sites into an SQLite file, and give back the loaded protocol."""
    from equipoise.cli.protocols import open_protocol, translations_of
    from equipoise.ledger import connecting

    connecting.connect(f"sqlite:///{folder / 'bench.sqlite3'}", create=True)
    connecting.prepare()
    from equipoise.ledger.rehearsing import act_out, make_accounts  # models, which need the connection above

    loaded = open_protocol("nct07014202")
    act_out(
        loaded, translations=translations_of("nct07014202", loaded.protocol), subjects=40, seed="w8", start=None,
        until=None, sites=4, scenario="",
    )  # fmt: skip
    make_accounts(sites=4)
    return loaded


def request(client: Any, url: str, times: int = 25) -> tuple[float, int]:
    """The median CPU milliseconds of a page, and how many queries it asks."""
    from django.db import connection

    asked = []

    def count(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        asked.append(sql)
        return execute(sql, params, many, context)  # type: ignore[operator]

    client.get(url)
    with connection.execute_wrapper(count):
        assert client.get(url).status_code == 200, url
    spent = []
    for _ in range(times):
        begun = time.process_time()
        client.get(url)
        spent.append((time.process_time() - begun) * 1000)
    return statistics.median(spent), len(asked)
