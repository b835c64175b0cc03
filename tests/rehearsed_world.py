"""Participants brought as far as the moment before randomization, through a rehearsal's own steps."""

import heapq
import uuid
from datetime import UTC, date, datetime, time, timedelta

from equipoise.conduct.actions.randomize import Randomize
from equipoise.conduct.entry import Actor
from equipoise.conduct.gate import gate
from equipoise.ledger import batch, perform, read
from equipoise.simulation.rehearsal.director import opening
from equipoise.simulation.rehearsal.screening import Habits, screen
from equipoise.simulation.rehearsal.telling import Telling
from ledger_world import flagship

ARRIVAL = date(2026, 1, 5)
MOMENT = datetime.combine(ARRIVAL + timedelta(days=20), time(18), UTC)
"""When everybody is to be randomized: at one and the same moment."""


def ready_to_randomize(count: int) -> list[tuple[Randomize, Actor]]:
    """Open a rehearsal and screen half as many again; the acts that randomize `count` of them, and who may do them."""
    loaded = flagship()
    began = opening(loaded, seed="concurrent", start=ARRIVAL, sites=3)
    sites = sorted({person.site for person in began.people if person.site})
    number, pending, waiting = 0, [], []

    def key() -> uuid.UUID:
        nonlocal number
        number += 1
        return uuid.uuid5(uuid.NAMESPACE_OID, f"ready {number}")

    with batch():
        for step in began.steps:
            perform(step.action, actor=step.actor, key=key(), now=step.at)
        habits = Habits({})
        for index in range(count * 3 // 2):
            site = sites[index % len(sites)]
            team = {person.role: person for person in began.people if person.site == site}
            tell = Telling(
                loaded.protocol, loaded.protocol.scenarios[0], site, team, "concurrent", index, ARRIVAL, ARRIVAL
            )
            story = screen(tell, habits)
            first = next(story)
            heapq.heappush(waiting, (first.at, index, first, story))
        while waiting:
            _, index, step, story = heapq.heappop(waiting)
            if isinstance(step.action, Randomize):
                pending.append((step.action, step.actor))
                continue
            entries = perform(step.action, actor=step.actor, key=key(), now=step.at)
            try:
                following = story.send(entries)
            except StopIteration:  # failed screening after all
                continue
            heapq.heappush(waiting, (following.at, index, following, story))
    study = read.study()
    ready = [act for act in pending if not gate(study, read.casebook(act[0].stream), MOMENT.date())]
    assert len(ready) >= count, f"only {len(ready)} of {len(pending)} are ready"
    return ready[:count]
