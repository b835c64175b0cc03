"""A visit is judged by the version it took place under: an amendment makes nobody's past visits late or incomplete."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from equipoise.conduct import facts as f
from equipoise.conduct.calendar import Appointment, Standing, Version, appointments
from equipoise.conduct.casebook import Casebook, fold_casebook
from equipoise.conduct.entry import SYSTEM, Entry, Header
from equipoise.conduct.worklist import tasks
from equipoise.methods.items import Answer
from equipoise.methods.schedule import Visit
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


TODAY = FIRST_DUE + timedelta(days=60)
"""The second imaging visit, due 56 days after the first, is open by now."""


def keys(found: list[Appointment]) -> list[str]:
    return [one.key for one in found if one.planned.due <= TODAY]


def test_a_visit_whose_window_had_closed_before_it_was_planned_was_never_due() -> None:
    old = flagship()
    early = Visit(id="week_4", label="Week 4", anchor="randomization", at="4 weeks", late="3 days", forms=("pet_ct",))
    new = replace(old, schedule=(*old.schedule, early))
    closed = RANDOMIZED + timedelta(days=31)
    known = {"today": TODAY, "version": under(old)}
    for end, expected in ((closed, True), (closed + timedelta(days=1), False)):
        found = appointments(new, seen(old), replaced=[(OLD, end)], **known)
        assert ("week_4" in keys(found)) is expected
    wanted = tasks(new, seen(old), version=under(old), replaced=[(OLD, closed + timedelta(days=1))])
    assert "week_4" not in [task.what for task in wanted]


def test_a_visit_overdue_when_the_amendment_came_lacks_what_both_ask_for() -> None:
    old = flagship()
    forms = next(one for one in old.schedule if one.id == VISIT).forms
    new = imaging(old, forms=(*forms[1:], "pet_ct"))
    book = seen(old)
    book.records.clear()  # nobody entered anything
    found = appointments(new, book, today=TODAY, version=under(old), replaced=[(OLD, TODAY)])
    late = next(one for one in found if one.key == f"{VISIT}:1")
    assert (late.standing, late.missing) == (Standing.OVERDUE, forms[1:])


def test_a_visit_moved_to_a_day_already_past_stays_where_it_was_planned() -> None:
    old = flagship()
    new = imaging(old, at="5 weeks")
    book = seen(old)
    book.records.clear()
    came = FIRST_DUE - timedelta(days=7)
    found = appointments(new, book, today=TODAY, version=under(old), replaced=[(OLD, came)])
    assert next(one for one in found if one.key == f"{VISIT}:1").planned.due == FIRST_DUE


def test_visits_to_come_are_planned_by_the_version_in_force_alone() -> None:
    old = flagship()
    new = imaging(old, forms=("pet_ct",))
    found = appointments(new, seen(old), today=TODAY, version=under(old), replaced=[(OLD, RANDOMIZED)])
    assert next(one for one in found if one.key == f"{VISIT}:2").missing == ("pet_ct",)
