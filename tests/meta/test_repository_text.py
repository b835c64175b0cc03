"""The repository speaks of itself only: no machine's paths, no package index, no address in a lock."""

import re
import subprocess
from pathlib import Path

import pytest

from meta.source_tree import ROOT

MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home|Users|mnt|private)/[\w.]|[A-Z]:\\Users\\")
INDEX = re.compile(r"--(?:extra-)?index-url[ =]\S|^\s*(?:extra-)?index-url\s*=|\[\[tool\.uv\.index\]\]", re.MULTILINE)
BINARY = {".png", ".jpg", ".ico", ".woff2", ".parquet", ".sqlite3", ".dcm", ".pdf", ".mo", ".gz"}


def tracked() -> list[Path]:
    """The text files under version control; skips where this is no checkout."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a checkout under version control")
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix not in BINARY]


def lines_with(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """Where a pattern occurs, as path:line: text."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_locks_name_no_address() -> None:
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    assert locks
    assert not lines_with(re.compile(r"https?://|index-url|@ git|file:"), locks)


def test_every_locked_requirement_is_pinned_and_hashed() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        entries = re.split(r"\n(?=\S)", lock.read_text().strip())
        assert entries
        assert not [entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]


def test_no_absolute_machine_path() -> None:
    assert not lines_with(MACHINE_PATH, [path for path in tracked() if path.name != Path(__file__).name])


def test_no_package_index_is_named() -> None:
    assert not lines_with(INDEX, [path for path in tracked() if path.name != Path(__file__).name])


@pytest.mark.parametrize("script", [".ci/run", ".ci/test", ".ci/python.sh"])
def test_scripts_can_be_run_and_read(script: str) -> None:
    path = ROOT / script
    assert path.stat().st_mode & 0o111, "not executable"
    done = subprocess.run(["bash", "-n", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
