"""Drives a rehearsal: performs each step on this ledger, in batches, and hands the entries back to the story."""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from equipoise.accounts.models import Membership, User
from equipoise.conduct import facts as f
from equipoise.kernel.errors import LedgerError
from equipoise.ledger import batch, perform, read
from equipoise.projections.models import DueRow
from equipoise.protocol.load import Loaded
from equipoise.simulation.rehearsal import Step, opening, rehearse
from equipoise.simulation.rehearsal.cast import cast
from equipoise.simulation.rehearsal.conduct import CONDUCTS
from equipoise.simulation.rehearsal.director import DAYS_PER_MONTH, scenario_of

BATCH = 400
"""How many acts a transaction holds."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a rehearsal left: how many were randomized, how many entries, the last day, the head's digest."""

    randomized: int
    entries: int
    last: date
    head: str


def act_out(
    loaded: Loaded,
    *,
    translations: tuple[tuple[str, str, str], ...],
    subjects: int,
    seed: str,
    start: date | None,
    until: date | None,
    sites: int,
    scenario: str,
    conduct: str = "usual",
    progress: Callable[..., None] | None = None,
) -> Told:
    """Rehearse a protocol into an empty ledger. Raises LedgerError where a trial is already open in it."""
    if read.mode() is not None:
        raise LedgerError("This record is already open; a rehearsal begins a record of its own. Name another database.")
    protocol = loaded.protocol
    months = subjects * protocol.accrual.months / protocol.accrual.subjects + protocol.accrual.follow_up_months
    length = timedelta(days=round(float(months) * DAYS_PER_MONTH))
    first = start or (until or timezone.localdate()) - length
    last = until or first + length
    length = last - first
    world = scenario_of(protocol, scenario).id
    began = opening(
        loaded, seed=seed, start=first, sites=sites, translations=translations, subjects=subjects, scenario=world,
        conduct=conduct,
    )  # fmt: skip
    story = rehearse(
        protocol, began.people, subjects=subjects, seed=seed, start=first, until=last, scenario=world,
        conduct=CONDUCTS[conduct],
    )  # fmt: skip
    namespace = uuid.uuid5(uuid.NAMESPACE_URL, f"equipoise:rehearsal:{seed}")
    count = entries = randomized = 0

    def do(step: Step) -> tuple[Any, ...]:
        nonlocal count, entries, randomized
        count += 1
        left = perform(step.action, actor=step.actor, key=uuid.uuid5(namespace, str(count)), now=step.at)
        entries += len(left)
        randomized += sum(isinstance(entry.fact, f.Randomized) for entry in left)
        return left

    with batch():
        for step in began.steps:
            do(step)
    step: Step | None = next(story, None)
    while step is not None:
        with batch():
            for _ in range(BATCH):
                left = do(step)
                if progress is not None and count % 50 == 0:
                    progress(min(1.0, (step.at.date() - first).days / max(1, length.days)), step.at.date())
                try:
                    step = story.send(left)
                except StopIteration:
                    step = None
                    break
    if progress is not None:
        progress(1.0, last, over=True)
    return Told(randomized, entries, last, read.head()[1])


def make_accounts(*, sites: int) -> str:
    """Make an account with its role for everyone of the cast. Returns their one password.

    Raises LedgerError on a production record: a shared password is for synthetic participants only.
    """
    if not read.study().is_rehearsal:
        raise LedgerError("Accounts with a shared password are made for rehearsals only; this is a production record.")
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    with transaction.atomic():
        for person in cast(sites):
            user = User.objects.create_user(person.user, password, name=person.name)
            Membership.objects.create(
                user=user, site=person.site or "", role=person.role, delegation="rehearsal", since=date(2020, 1, 1)
            )
    return password


def busiest_site() -> str:
    """The site where most kinds of work before and after randomization wait to be done; "" where there is no site."""
    waiting = DueRow.objects.values("site").annotate(kinds=Count("kind", distinct=True), tasks=Count("pk"))
    first = waiting.order_by("-kinds", "-tasks", "site").first()
    return first["site"] if first else next(iter(read.study().sites), "")
