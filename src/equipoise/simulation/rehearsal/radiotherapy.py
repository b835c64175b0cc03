"""Radiotherapy in a rehearsal: courses by the protocol's prescriptions, most but not all of them delivered."""

from collections.abc import Generator
from datetime import date, timedelta
from typing import Any

from equipoise.conduct.entry import Entry
from equipoise.conduct.irradiation import fates
from equipoise.conduct.lesions import register
from equipoise.methods.schedule import days_of
from equipoise.simulation.rehearsal.logs import add_row
from equipoise.simulation.rehearsal.steps import Step
from equipoise.simulation.rehearsal.telling import Telling

type Acts = Generator[Step, tuple[Entry, ...], None]

TECHNIQUES = {"SABR": "sabr", "SRS": "srs", "IMRT": "imrt"}


def courses(tell: Telling, last: date, *, crosses: bool) -> list[tuple[date, Any]]:
    """The courses of a participant, each with the day on which it is entered: every residual lesion ends delivered,
    partial or not irradiated with a reason. Who crosses is treated as the other arm is.
    """
    plan = tell.protocol.radiotherapy
    origin = tell.book.randomized_on
    if plan is None or origin is None or tell.book.frozen is None:
        return []
    lesions = {lesion.id: lesion for lesion in register(tell.protocol, tell.book)}
    found: list[tuple[date, Any]] = []
    irradiated = tell.book.arm in plan.arms
    if not irradiated and not crosses:
        chance = tell.chance("contamination")
        day = origin + timedelta(days=chance.between(40, 200))
        if tell.book.frozen.residual and chance.happens(tell.conduct.palliative_radiotherapy) and day < last:
            lesion = tell.book.frozen.residual[0]
            found.append(_course(tell, day, [lesion], lesions[lesion].organ, "palliative", "delivered"))
        return found
    volumes: dict[str, list[str]] = {}
    for name in tell.book.frozen.residual:
        organ = lesions[name].organ
        volumes.setdefault(organ if organ == "lymph_node" else f"{organ}:{name}", []).append(name)
    for volume, names in volumes.items():
        chance = tell.chance("radiotherapy", volume)
        day = origin + timedelta(days=chance.between(9, days_of(plan.starts_within)))
        status = chance.weighted(("delivered", "partial", "not_irradiated"), (0.92, 0.03, 0.05))
        if crosses and irradiated:
            status = "not_irradiated"
        if day < last:
            found.append(_course(tell, day, names, volume.split(":")[0], "consolidation", status))
    return found


def never_begun(tell: Telling, day: date) -> Acts:
    """Say of each residual lesion whose radiotherapy is still open that progression came first."""
    open_still = [fate.lesion for fate in fates(tell.protocol, tell.book, today=day) if not fate.status]
    lesions = {lesion.id: lesion for lesion in register(tell.protocol, tell.book)}
    for name in open_still:
        organ = lesions[name].organ
        _, act = _course(tell, day, [name], organ, "consolidation", "not_irradiated", "progression")
        yield from act(tell, day)


def _course(
    tell: Telling, day: date, lesions: list[str], organ: str, intent: str, status: str, reason: str = "organ_at_risk"
) -> tuple[date, Any]:
    """A course from a day on, and the day it is entered: when it has ended, or was decided against."""
    plan = tell.protocol.radiotherapy
    assert plan is not None
    fitting = [one for one in plan.prescriptions if one.organ == organ] or list(plan.prescriptions[-1:])
    chosen = tell.chance("prescription", *lesions).choose(fitting)
    every = days_of(chosen.every)
    given = chosen.fractions if status == "delivered" else max(1, chosen.fractions // 2)
    ends = day + timedelta(days=(given - 1) * every + 2 * ((given - 1) * every // 5))
    entered = day if status == "not_irradiated" else ends

    def act(tell: Telling, when: date) -> Any:
        if when > tell.until:
            return
        told: dict[str, Any] = {
            "rt.lesions": lesions,
            "rt.volume": f"PTV {organ.replace('_', ' ')} {'+'.join(lesions)}",
            "rt.intent": intent,
            "rt.status": status,
            "rt.reason": reason,
            "rt.prescription": chosen.id,
            "rt.technique": TECHNIQUES.get(chosen.technique, "imrt"),
            "rt.dose_planned": f"{chosen.dose:f}",
            "rt.fractions_planned": str(chosen.fractions),
            "rt.start": day.isoformat(),
            "rt.end": ends.isoformat(),
            "rt.fractions": str(given),
            "rt.dose": f"{float(chosen.dose) * given / chosen.fractions:.2f}",
            "rt.underdosed": "no",
        }
        yield from add_row(tell, "radiotherapy_course", "rt.lesions", when, told)

    return entered, act
