"""Casebooks built by hand under the shipped flagship protocol: lesions of the register, scans, radiotherapy."""

from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from equipoise.conduct import facts as f
from equipoise.conduct.casebook import Casebook, Record
from equipoise.methods.items import Answer, read
from flagship_participants import flagship

RANDOMIZED = date(2026, 3, 2)
TODAY = date(2027, 6, 1)


def record(form: str, occurrence: str, values: dict[str, Any], *, visit: str = "") -> Record:
    """A filled form, each value read as the form's own item reads it."""
    found = Record(form, occurrence, visit)
    items = {item.id: item for item in flagship().form(form).items}
    for name, value in values.items():
        answer = read(items[name], {"value": value}, today=TODAY)
        assert isinstance(answer, Answer)
        found.items[name] = answer
    return found


def participant(arm: str = "control", residual: tuple[str, ...] = ()) -> Casebook:
    """Someone randomized on 2 March 2026, with nothing in the register yet."""
    book = Casebook("P1", site="north")
    given = {"on": RANDOMIZED.isoformat(), "arm": arm}
    names = {field.name for field in fields(f.Randomized)}
    blank = {name: {} if name == "levels" else "" for name in names}
    book.randomized = f.Randomized(**(blank | given))
    book.frozen = f.RegisterFrozen(**({field.name: () for field in fields(f.RegisterFrozen)} | {"residual": residual}))
    return book


def lesion(book: Casebook, name: str, size: str, *, organ: str = "lung", role: str = "target", **more: Any) -> None:
    """A lesion of the register; `size` is the longest diameter, of a node the short axis."""
    axis = "short_axis" if organ == "lymph_node" else "longest_diameter"
    values = {"organ": organ, "found_on": "2026-02-20", "status": "baseline", "role": role, axis: size} | more
    book.records["lesions", name] = record("lesions", name, values)


def scan(
    book: Casebook,
    number: int,
    sizes: dict[str, str],
    *,
    days: int | None = None,
    non_target: str = "",
    new: str = "none",
    overall: str = "",
) -> date:
    """A scan eight weeks after the last: sizes in mm, or a state (absent, too_small, not_evaluated)."""
    on = RANDOMIZED + timedelta(days=56 * number if days is None else days)
    values = {"assessment_date": on.isoformat(), "new_lesions": new}
    values |= {"non_target": non_target} if non_target else {}
    values |= {"overall_response": overall} if overall else {}
    key = f"imaging:{number}"
    book.records["tumour_assessment", key] = record("tumour_assessment", key, values, visit=key)
    for name, size in sizes.items():
        measured = {"measured_lesion": [name], "measured_on": on.isoformat()}
        if size.replace(".", "").isdigit():
            measured |= {"measured_state": "measured", "diameter": size}
        else:
            measured |= {"measured_state": size}
        row = f"{1 + sum(form == 'lesion_assessment' for form, _ in book.records)}"
        book.records["lesion_assessment", row] = record("lesion_assessment", row, measured)
    return on


def irradiate(book: Casebook, row: str, lesions: list[str], start: date, **more: Any) -> None:
    """A course of 54 Gy in 3 fractions, delivered unless said otherwise."""
    values: dict[str, Any] = {
        "rt_lesions": lesions, "rt_volume": "PTV", "rt_intent": "consolidation", "rt_status": "delivered",
        "rt_dose_planned": "54", "rt_fractions_planned": "3", "rt_start": start.isoformat(),
        "rt_end": (start + timedelta(days=4)).isoformat(), "rt_fractions": "3", "rt_dose": "54",
    }  # fmt: skip
    book.records["radiotherapy_course", row] = record("radiotherapy_course", row, values | more)


def progression(book: Casebook, on: date, **more: Any) -> None:
    """A recorded progression."""
    values = {"progression_date": on.isoformat(), "progression_basis": ["target"]} | more
    book.records["progression", "1"] = record("progression", "1", values)
