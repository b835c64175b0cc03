"""`equipoise open` and `equipoise serve`, as somebody at a shell sees them."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from served_trial import serving

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-c", "from equipoise.cli.main import run; run()"]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of an opened rehearsal."""
    address = f"sqlite:///{tmp_path_factory.mktemp('serving') / 'trial.sqlite3'}"
    done = _run("open", "nct07014202", "--database", address, "--rehearsal", "--seed", "7")
    assert done.returncode == 0, done.stderr
    assert "Rehearsal record of nct07014202" in done.stdout
    return address


def test_opened_database_is_its_owners_alone(url: str) -> None:
    file = Path(url.removeprefix("sqlite:///"))
    for path in (file, *file.parent.glob(f"{file.name}.*key")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_open_trial_is_not_opened_twice(url: str) -> None:
    done = _run("open", "nct07014202", "--database", url)
    assert (done.returncode, done.stdout, done.stderr) == (11, "", "The ledger is already open.\n")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["open", "nct99999999"], 14, "there is no such protocol file"),
        (["open", "nct07014202", "--seed", "7"], 14, "a production record has no seed"),
        (["open", "nct07014202", "--database", "sqlite:////no/such/folder/x.sqlite3"], 14, "there is no such folder"),
        (["serve", "--database", "sqlite:////no/such/file.sqlite3"], 14, "there is no such database"),
        (["verify", "--database", "nonsense"], 14, "the database address cannot be used"),
    ],
)
def test_wrong_arguments_are_one_sentence(arguments: list[str], code: int, sentence: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
    )  # fmt: skip
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (code, "", 1), done.stderr
    assert sentence in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_other_machines_are_not_served_in_the_clear(url: str) -> None:
    done = _run("serve", "--database", url, "--host", "0.0.0.0")
    assert (done.returncode, len(done.stderr.splitlines())) == (14, 1)
    assert "without encryption" in done.stderr


@pytest.fixture(scope="module")
def server(url: str) -> Iterator[str]:
    """A running server's address."""
    with serving(Path(url.removeprefix("sqlite:///"))) as served:
        yield served.url


def test_pages_carry_the_policy(server: str) -> None:
    with urlopen(f"{server}/accounts/login/", timeout=60) as page:
        headers = page.headers
        assert page.status == 200
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "HttpOnly" in headers["Set-Cookie"] or "csrftoken" in headers["Set-Cookie"]


def test_unknown_page_and_unknown_host_say_nothing_of_the_inside(server: str) -> None:
    for request, code in (
        (Request(f"{server}/no/such/page"), 404),
        (Request(f"{server}/accounts/login/", headers={"Host": "evil.example"}), 400),
    ):
        with pytest.raises(HTTPError) as answer:
            urlopen(request, timeout=60)
        text = answer.value.read().decode()
        answer.value.close()
        assert answer.value.code == code
        assert "Traceback" not in text
        assert "django" not in text.lower()


def test_static_files_are_served(server: str) -> None:
    import equipoise.web

    static = Path(equipoise.web.__file__).parent / "static"
    file = next(path for path in sorted(static.rglob("*.css")))
    with urlopen(f"{server}/static/{file.relative_to(static)}", timeout=60) as answer:
        assert answer.read() == file.read_bytes()
