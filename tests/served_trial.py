"""A trial opened for conduct and served by a real process: its people, its sites, its address."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import uuid4

from equipoise.conduct.actions.randomize import CommitRandomization, SeasonRandomization
from equipoise.conduct.actions.trial import ActivateProtocol, ConfirmExclusions, OpenSite, OpenTrial, PublishTranslation
from equipoise.conduct.entry import SYSTEM

RUN = "from equipoise.cli.main import run; run()"
COMMAND = [sys.executable, "-c", RUN]
PASSWORD = "swan lake at seven"

PEOPLE = (
    ("lin", "Lin Yue", "coordinator", "north"),
    ("xu", "Xu Fang", "radiation_oncologist", "north"),
    ("chen", "Chen Hao", "investigator", "north"),
    ("gao", "Gao Ling", "nuclear_reader", "north"),
    ("torres", "Ana Torres", "coordinator", "river"),
    ("novak", "Eva Novak", "central_reader", ""),
)
"""Sign-in name, printed name, role, site."""


@dataclass(frozen=True)
class Served:
    """A served trial: where it listens and the file its record is in."""

    url: str
    file: Path


def open_for_conduct(*, rehearsal: bool, seed: str = "journey") -> None:
    """Open the flagship in the connected, empty database: two sites active, randomization committed, people let in."""
    from equipoise.cli.protocols import open_protocol, translations_of
    from equipoise.ledger import people, perform

    loaded = open_protocol("nct07014202")
    assumed = tuple(criterion.id for criterion in loaded.protocol.eligibility if criterion.confirm)
    approved = (datetime.now(UTC).date() - timedelta(days=60)).isoformat()
    actions: list[Any] = [OpenTrial(loaded.canonical, rehearsal=rehearsal, seed=seed if rehearsal else "")]
    actions += [PublishTranslation(loaded.digest, *one) for one in translations_of("nct07014202", loaded.protocol)]
    actions += [OpenSite("north", "North University Hospital", "NU"), OpenSite("river", "River Cancer Centre", "RC")]
    actions += [ConfirmExclusions(loaded.digest, assumed)]
    actions += [ActivateProtocol(site, loaded.digest, approved, f"EC-{site}") for site in ("north", "river")]
    actions += [CommitRandomization(loaded.digest)]
    actions += [SeasonRandomization(1, sha256(b"the lottery of 5 March").hexdigest(), "a public lottery")]
    for action in actions:
        perform(action, actor=SYSTEM, key=uuid4())
    for user, name, role, site in PEOPLE:
        people.make_account(user, name, PASSWORD)
        people.grant(user, role, actor=SYSTEM, site=site, delegation="log 1")


@contextmanager
def serving(file: Path, *, first: str = "") -> Iterator[Served]:
    """`equipoise serve` on a free port of this machine, until the end of the block. Fails where it says a traceback.

    `first` is Python that the server's process runs before anything else.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["serve", "--database", f"sqlite:///{file}", "--port", str(port), "--workers", "1", "--threads", "4"]
    command = [*COMMAND[:-1], f"{first}\n{RUN}"]
    process = subprocess.Popen([*command, *arguments], stderr=subprocess.PIPE, text=True, env={**os.environ})
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.1)
        with urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=60):  # the first page loads the application
            pass
        yield Served(f"http://127.0.0.1:{port}", file)
    finally:
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=30)
    assert "Traceback" not in complaints, complaints


def shifted(value: Any, by: timedelta) -> Any:
    """The same answers, with every date moved."""
    if isinstance(value, dict):
        return {name: shifted(one, by) for name, one in value.items()}
    if isinstance(value, list):
        return [shifted(one, by) for one in value]
    if isinstance(value, str):
        try:
            return (date.fromisoformat(value) + by).isoformat() if len(value) == 10 else value
        except ValueError:
            return value
    return value
