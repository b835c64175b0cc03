"""What `compose.yaml` and its scripts say is what the software does."""

import os
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import DatabaseError, connection
from ruamel.yaml import YAML

from equipoise.ledger import connecting, read
from ledger_databases import connected, named
from ledger_world import open_trial
from programs import cannot_run

ROOT = Path(__file__).resolve().parents[2]


def test_compose_file_names_what_exists() -> None:
    compose: Any = YAML(typ="safe").load((ROOT / "compose.yaml").read_text())
    services = compose["services"]
    assert {"database", "migration", "application", "proxy"} == set(services)
    knows_owner = [name for name, service in services.items() if "equipoise_owner" in str(service)]
    assert knows_owner == ["migration"]
    for service in services.values():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in compose["volumes"]
    from equipoise.cli.main import COMMANDS

    assert services["migration"]["command"] == ["migrate"]
    assert {"migrate", "serve", "open", "account"} <= set(COMMANDS)
    settings = (ROOT / "src/equipoise/web/settings.py").read_text()
    documented = (ROOT / "docs/deployment.md").read_text()
    for variable in services["application"]["environment"]:
        assert variable in settings or variable == "DATABASE_URL"
        assert variable in documented


@pytest.mark.db
def test_roles_script_makes_an_application_that_owns_nothing(
    postgres_url: str, django_db_blocker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    psql = shutil.which("psql") or next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"))), None)
    if psql is None:
        cannot_run("no psql: install the package postgresql-client")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    server = urlsplit(postgres_url)
    mark = uuid.uuid4().hex[:8]
    script = tmp_path / "roles.sh"
    text = (ROOT / "deploy" / "roles.sh").read_text()
    for name in ("equipoise_owner", "equipoise_app"):  # the server is shared with other tests
        text = text.replace(name, f"{name}_{mark}")
    text = text.replace("DATABASE equipoise ", f"DATABASE equipoise_{mark} ")
    script.write_text(text.replace("\\connect equipoise", f"\\connect equipoise_{mark}"))
    environment = {
        **os.environ,
        "PATH": f"{Path(psql).parent}:{os.environ['PATH']}",
        "PGHOST": str(server.hostname),
        "PGPORT": str(server.port),
        "POSTGRES_USER": str(server.username),
        "OWNER_PASSWORD": "o'wner",
        "APP_PASSWORD": 'a"pp',
    }
    done = subprocess.run(["sh", str(script)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    application = named(postgres_url, f"equipoise_{mark}", f"equipoise_app_{mark}")
    owner = named(postgres_url, f"equipoise_{mark}", f"equipoise_owner_{mark}")
    try:
        with django_db_blocker.unblock(), connected(application, owner):
            connecting.prepare()
            open_trial()
            assert read.head()[0] > 2
            with connection.cursor() as cursor, pytest.raises(DatabaseError, match="permission denied"):
                cursor.execute("CREATE TABLE other (x int)")
            with connection.cursor() as cursor, pytest.raises(DatabaseError, match="permission denied"):
                cursor.execute("DELETE FROM ledger_entry")
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE equipoise_{mark} WITH (FORCE)")
            admin.execute(f"DROP ROLE equipoise_app_{mark}")
            admin.execute(f"DROP ROLE equipoise_owner_{mark}")
