"""The forecast of events on the trial's page: for those who may see pooled outcomes, and blind to arms."""

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from django.test import Client

from equipoise.accounts.models import User
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.journey import progressed_on
from equipoise.conduct.permissions import ROLES, Permission
from equipoise.ledger import batch, people, perform, read
from equipoise.ledger.analysing import data_cut
from equipoise.simulation.event_course import course_of
from equipoise.simulation.forecast import EVENT
from equipoise.simulation.rehearsal.cast import cast
from equipoise.simulation.rehearsal.director import opening, rehearse
from ledger_world import flagship

pytestmark = pytest.mark.db

START, UNTIL = date(2024, 1, 8), date(2025, 6, 30)


@pytest.fixture(scope="module")
def world(module_ledger: Any) -> None:
    """A rehearsal of eight participants."""
    loaded = flagship()
    began = opening(loaded, seed="forecast", start=START, sites=2)
    story = rehearse(loaded.protocol, began.people, subjects=8, seed="forecast", start=START, until=UNTIL)
    with batch():
        for step in began.steps:
            perform(step.action, actor=step.actor, key=uuid.uuid4(), now=step.at)
        step = next(story, None)
        while step is not None:
            entries = perform(step.action, actor=step.actor, key=uuid.uuid4(), now=step.at)
            try:
                step = story.send(entries)
            except StopIteration:
                step = None
    for person in cast(2):
        people.make_account(person.user, person.name, "seven grey herons")


def client(role: str) -> Client:
    """Somebody in a role, signed in."""
    found = Client(raise_request_exception=False)
    user = next(person.user for person in cast(2) if person.role == role)
    found.force_login(User.objects.get(username=user))
    return found


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"system"}))
def test_it_is_shown_to_those_who_may_see_pooled_outcomes(world: None, role: str) -> None:
    may = Permission.SEE_POOLED in ROLES[role].permissions
    picture = client(role).get("/trial/forecast.svg")
    assert picture.status_code == (200 if may else 403)
    assert (b"/trial/forecast.svg" in client(role).get("/trial/").content) == may
    if may:
        assert picture["Content-Type"] == "image/svg+xml"
        assert not [arm.label for arm in flagship().protocol.arms if arm.label.encode() in picture.content]


def test_the_course_is_the_same_whatever_the_arms(world: None) -> None:
    """Arms swapped, the pooled course does not move: nothing of it is by arm."""
    protocol, books = flagship().protocol, list(read.casebooks().values())
    arms = [arm.id for arm in protocol.arms]
    other = dict(zip(arms, reversed(arms), strict=True))

    def swapped(book: Casebook) -> Casebook:
        return replace(book, randomized=replace(book.randomized, arm=other[book.arm])) if book.randomized else book

    cut = data_cut(read.study().digest_in_force(), cutoff=None, as_of=None)
    one, two = (
        course_of(protocol, some, cut, begun=START, today=UNTIL) for some in (books, [swapped(book) for book in books])
    )
    assert one.events > 0
    assert len(one.arrival) == 8
    for name in ("arrival", "follow_up", "state"):
        assert np.array_equal(getattr(one, name), getattr(two, name))


def test_events_of_the_course_are_those_of_the_casebooks(world: None) -> None:
    protocol, books = flagship().protocol, list(read.casebooks().values())
    cut = data_cut(read.study().digest_in_force(), cutoff=None, as_of=None)
    course = course_of(protocol, books, cut, begun=START, today=UNTIL)
    dated = sorted(
        min(day.earliest for day in (progressed_on(protocol, book), book.death) if day is not None)
        for book in books
        if book.randomized and (progressed_on(protocol, book) or book.died)
    )
    days = sorted(START.toordinal() + (course.arrival + course.follow_up)[course.state == EVENT])
    assert [date.fromordinal(int(day)) for day in days] == dated
