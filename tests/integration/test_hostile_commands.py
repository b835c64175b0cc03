"""Hostile arguments and surroundings of the command line: one sentence, an exit code, never a traceback or a secret."""

import os
import re
import socket
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from equipoise.imports.tables import read_table
from equipoise.kernel.errors import InputError
from equipoise.ledger import address

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-c", "from equipoise.cli.main import run; run()"]


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run([*COMMAND, *arguments], capture_output=True, check=False, timeout=120, env=kept | environment)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of an opened rehearsal."""
    made = f"sqlite:///{tmp_path_factory.mktemp('commands') / 'trial.sqlite3'}"
    assert _run("open", "nct07014202", "--database", made, "--rehearsal", "--seed", "7").returncode == 0
    return made


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["analyse", "nct07014202", "--as-of", "0001-01-01T00:00:00+14:00"], 14, "outside the years 1 to 9999"),
        (["redact", "9" * 24, "--replacement", __file__, "--by", "a", "--witness", "b", "--reason", "c"], 14,
         "there is no such entry"),
        (["serve", "--host", "192.0.2.1"], 14, "without encryption"),
    ],
)  # fmt: skip
def test_wrong_argument_is_one_sentence(url: str, arguments: list[str], code: int, sentence: str) -> None:
    done = _run(*arguments, "--database", url)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (code, b"", 1), done.stderr
    assert sentence in done.stderr.decode()


def test_position_beyond_every_database_is_the_newest(url: str) -> None:
    done = _run("analyse", "nct07014202", "--database", url, "--as-of", "9" * 24)
    assert done.returncode == 0, done.stderr
    assert re.search(rb", as of entry \d+, plan [0-9a-f]{12}\n", done.stdout)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--start", "9999-12-01"], "the day is too far away; seen: '9999-12-01'"),
        (["--start", "0001-01-01"], "the day is too far away; seen: '0001-01-01'"),
        (["--start", "2024-01-02", "--until", "2024-01-01"], "a rehearsal ends after it begins"),
    ],
)
def test_rehearsal_in_no_time_makes_no_file(tmp_path: Path, given: list[str], sentence: str) -> None:
    made = f"sqlite:///{tmp_path}/trial.sqlite3"
    done = _run("rehearse", "nct07014202", "--subjects", "2", "--seed", "1", *given, "--database", made)
    assert (done.returncode, done.stdout) == (14, b"")
    assert sentence in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EQUIPOISE_TIME_ZONE", "Foo/Bar"),
        ("EQUIPOISE_TIME_ZONE", "../../etc/passwd"),
        ("EQUIPOISE_PROXIES", "two"),
        ("EQUIPOISE_PROXIES", "12"),
        ("EQUIPOISE_HTTPS", "true"),
    ],
)
def test_wrong_setting_is_one_sentence(url: str, name: str, value: str) -> None:
    done = _run("verify", "--database", url, **{name: value})
    assert (done.returncode, len(done.stderr.splitlines())) == (14, 1), done.stderr
    assert f"{name} is no " in done.stderr.decode()


def test_port_in_use_is_one_sentence(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = _run("serve", "--database", url, "--port", str(taken.getsockname()[1]))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (14, b"", 1), done.stderr
    assert b"Address already in use" in done.stderr


def test_record_not_opened_is_said_to_be_so(tmp_path: Path) -> None:
    made = f"sqlite:///{tmp_path}/trial.sqlite3"
    assert _run("migrate", "--database", made).returncode == 0
    done = _run("analyse", "nct07014202", "--database", made)
    assert done.returncode == 12
    assert b"not opened yet" in done.stderr


def test_pipe_of_a_narrow_encoding_gets_utf_8() -> None:
    done = _run("describe", "nct07014202", "--language", "zh-hans", PYTHONIOENCODING="latin-1")
    assert done.returncode == 0, done.stderr
    assert "放疗" in done.stdout.decode()


@pytest.mark.parametrize(
    "given",
    [
        "mysql://owner:pass%2Fword@host/name", "postgresql://owner:pass%2Fword@host:port/name",
        "postgresql://owner:pass/word@host/name", "postgresql://owner:pass@word@host", "mysql://h/n?password=password",
        "postgresql://owner:pass:word@[::1/name",
    ],
)  # fmt: skip
def test_no_error_tells_a_password(given: str) -> None:
    with pytest.raises(InputError) as error:
        address.database(given)
    assert "pass" not in str(error.value).replace("user:password@host", "").replace("?password=", "")
    assert "word" not in str(error.value).replace("user:password@host", "").replace("?password=", "")


def test_columns_that_differ_by_case_only_are_refused_in_parquet_too(tmp_path: Path) -> None:
    pl.DataFrame({"Time": [1], "time": [2]}).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match="the header names a column twice"):
        read_table((tmp_path / "t.parquet").read_bytes(), "t.parquet")


@pytest.mark.parametrize(
    "content", [None, "id: 1\n", (files("equipoise") / "protocols" / "sabr-comet.yaml").read_text()]
)
def test_file_whose_name_is_no_text_is_told_of(tmp_path: Path, content: str | None) -> None:
    file = os.fsencode(tmp_path) + b"/\xff.yaml"
    if content is not None:
        Path(os.fsdecode(file)).write_text(content, encoding="utf-8")
    done = subprocess.run([*map(os.fsencode, COMMAND), b"check", file], capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    assert b"\\udcff.yaml: " in done.stdout + done.stderr
    assert done.returncode == {None: 14, "id: 1\n": 10}.get(content, 0)
