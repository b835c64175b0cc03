"""The tests' own PostgreSQL answers, from the distribution or from the wheel."""

import psycopg
import pytest

from postgres import PostgresMissing, cluster
from programs import cannot_run


@pytest.mark.db
def test_session_cluster_accepts_a_superuser(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SELECT usesuper FROM pg_user WHERE usename = current_user").fetchone()
    assert row == (True,)


@pytest.mark.db
@pytest.mark.slow
def test_durable_cluster_from_the_wheel_keeps_fsync_on() -> None:
    try:
        with cluster(durable=True, wheel=True) as url, psycopg.connect(url) as connection:
            row = connection.execute("SHOW fsync").fetchone()
    except PostgresMissing as missing:
        cannot_run(f"no PostgreSQL from the wheel: {missing}")
    assert row == ("on",)
