"""A visit is judged by the version it took place under: an amendment makes nobody's past visits late or incomplete."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from equipoise.conduct import facts as f
from equipoise.conduct.calendar import Appointment, Standing, Version, appointments
from equipoise.conduct.casebook import Casebook, fold_casebook
from equipoise.conduct.entry import SYSTEM, Entry, Header
from equipoise.conduct.worklist import tasks
from equipoise.methods.items import Answer
from equipoise.protocol.model import Protocol
from flagship_participants import flagship
from followed_lesions import RANDOMIZED

OLD, NEW = "0" * 64, "1" * 64
VISIT = "imaging"
FIRST_DUE = RANDOMIZED + timedelta(days=56)


def imaging(protocol: Protocol, **changed: object) -> Protocol:
    """The protocol with its imaging visit changed."""
    schedule = tuple(replace(one, **changed) if one.id == VISIT else one for one in protocol.schedule)
    return replace(protocol, schedule=schedule)


def seen(protocol: Protocol) -> Casebook:
    """Somebody of whom every form of the first imaging visit was filled in under the old version."""
    book = Casebook("P1", site="north")
    at = datetime(2026, 4, 27, 9, tzinfo=UTC)
    visit = next(one for one in protocol.schedule if one.id == VISIT)
    facts: list[object] = [
        f.Consented(consent="main", version="1.0", on="2026-02-20", number="P1", site="north", age=60),
        f.Randomized(arm="control", sequence=1, epoch=1, on=RANDOMIZED.isoformat(), levels={}, evaluation="e"),
    ]
    for form in (protocol.form(one) for one in visit.forms):
        row = "1" if form.use == "log" else f"{VISIT}:1"
        items = {form.dated_by: Answer(FIRST_DUE.isoformat())}
        facts.append(f.Recorded(form=form.id, occurrence=row, items=items, visit=f"{VISIT}:1"))
    for number, fact in enumerate(facts, start=1):
        fold_casebook(book, Entry(Header(number, "P1", number, at, SYSTEM, protocol=OLD), fact))
    return book


def first(protocol: Protocol, book: Casebook, version: Version) -> Appointment:
    found = appointments(protocol, book, today=FIRST_DUE + timedelta(days=40), version=version)
    return next(one for one in found if one.key == f"{VISIT}:1")


def under(old: Protocol) -> Version:
    return lambda digest: old if digest == OLD else None


def test_a_form_added_later_was_not_missing() -> None:
    old = flagship()
    visit = next(one for one in old.schedule if one.id == VISIT)
    new = imaging(old, forms=(*visit.forms, "pet_ct"))
    book = seen(old)
    assert first(new, book, lambda digest: None).missing == ("pet_ct",)
    assert first(new, book, under(old)).standing is Standing.DONE
    assert f"{VISIT}:1" not in [one.what for one in tasks(new, book, version=under(old))]


def test_a_form_dropped_is_no_longer_asked_for() -> None:
    new = flagship()
    visit = next(one for one in new.schedule if one.id == VISIT)
    old = imaging(new, forms=(*visit.forms, "pet_ct"))
    found = first(new, seen(new), under(old))
    assert (found.standing, found.missing) == (Standing.DONE, ())


def test_it_keeps_the_window_it_had() -> None:
    old = flagship()
    found = first(imaging(old, at="12 weeks"), seen(old), under(old))
    assert found.planned.due == FIRST_DUE


def test_visits_to_come_follow_the_version_in_force() -> None:
    old = flagship()
    new = imaging(old, at="12 weeks")
    found = appointments(new, seen(old), today=FIRST_DUE, version=under(old))
    second = next(one for one in found if one.key == f"{VISIT}:2")
    assert second.planned.due > RANDOMIZED + timedelta(weeks=12)


def test_a_visit_the_schedule_no_longer_has_stays_where_it_took_place() -> None:
    old = flagship()
    new = replace(old, schedule=tuple(one for one in old.schedule if one.id != VISIT))
    assert first(new, seen(old), under(old)).standing is Standing.DONE
