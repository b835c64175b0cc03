"""What every test may lean on: where the reference data lie, how Hypothesis runs, a PostgreSQL, a browser.

Tests run one after another, or module by module on several workers (`-n 2 --dist loadscope`). Each worker is a process
with databases, servers and a browser of its own; workers share only what is made once and read.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, settings

from postgres import PostgresMissing, cluster
from programs import cannot_run

# Every process of tests keeps its own database and its keys, away from those of whoever runs them.
_SCRATCH = tempfile.TemporaryDirectory(prefix="equipoise-tests-", ignore_cleanup_errors=True)
os.environ["DATABASE_URL"] = f"sqlite:///{_SCRATCH.name}/tests.sqlite3"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equipoise.web.settings")

# Playwright's driver keeps an event loop in the thread, beside which Django's synchronous ORM would refuse to run.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ROOT = Path(__file__).resolve().parent.parent
_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ

# Small and the same every time by default; `HYPOTHESIS_PROFILE=nightly` looks further.
settings.register_profile(
    "ci", max_examples=50, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("nightly", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference data that is not part of the repository; skips where it is absent."""
    folder = Path(os.environ.get("EQUIPOISE_REFERENCE", ROOT.parent / "shared" / "reference"))
    if not folder.is_dir():
        pytest.skip("the reference data are absent: set EQUIPOISE_REFERENCE to their folder")
    return folder


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a superuser of a throw-away PostgreSQL, or of `EQUIPOISE_TEST_POSTGRES` where that is set."""
    given = os.environ.get("EQUIPOISE_TEST_POSTGRES")
    if given:
        yield given
        return
    server = cluster()
    try:
        url = server.__enter__()
    except PostgresMissing as missing:
        cannot_run(f"no PostgreSQL: {missing}")
    try:
        yield url
    finally:
        server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Any:
    """A small rehearsed trial on SQLite, to be read; whoever changes it takes a copy.

    The first worker to ask makes it, and each has a copy: a request that only reads still writes its session.
    """
    from rehearsed_trial import Rehearsed, rehearsed_by_one  # needs Django's apps, not there when this file is read

    base = tmp_path_factory.getbasetemp()
    with django_db_blocker.unblock():
        made = rehearsed_by_one(base.parent if _IS_WORKER else base)
    own = tmp_path_factory.mktemp("rehearsed") / "trial"
    shutil.copytree(made.folder, own)
    return Rehearsed(own, made.password)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return found or cannot_run("no Chromium: install the package chromium")


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, Any]:
    """Playwright's browser is the system's; under root Chromium starts only without its sandbox."""
    quiet = ("--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update")
    calm = ("--disable-sync", "--no-first-run", "--disable-dev-shm-usage")
    rootless = ("--no-sandbox",) if os.geteuid() == 0 else ()
    return {"executable_path": chromium, "args": [*quiet, *calm, *rootless]}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Have each worker read Django's settings after its own environment above.

    With the module's name inherited it would read them before this file, and share cache and keys with the others.
    """
    del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_configure() -> None:
    """Load Django's settings here, after the environment above; pytest-django sets Django up where they are loaded."""
    assert django_settings.DATABASES


_LONG_FIRST = ("journeys", "integration")
"""Folders whose modules take longest: begun last, one of them would keep a single worker busy at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long modules where several workers share them out."""
    if _IS_WORKER:
        items.sort(key=lambda item: not set(_LONG_FIRST) & set(item.path.relative_to(ROOT).parts))


def pytest_unconfigure() -> None:
    """Remove what the tests kept."""
    _SCRATCH.cleanup()
