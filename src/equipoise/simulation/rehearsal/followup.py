"""The second half of a story: treatment, radiotherapy, visits and scans, progression, what comes after, the end."""

import re
from collections.abc import Generator
from datetime import date, timedelta
from typing import Any, Literal

from equipoise.conduct.actions.records import Enter, FormNotDone
from equipoise.conduct.actions.subjects import RecordDeath, Stop
from equipoise.conduct.actions.visits import AddVisit, MissVisit
from equipoise.conduct.calendar import planned
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.entry import Entry
from equipoise.conduct.irradiation import irradiations, is_irradiated
from equipoise.kernel.chance import Stream
from equipoise.methods.forms import Form
from equipoise.methods.schedule import PlannedVisit, days_of
from equipoise.simulation.rehearsal.adverse_events import EVENTS, event, fatal, grade
from equipoise.simulation.rehearsal.answers import Raw, typical
from equipoise.simulation.rehearsal.central_reading import read_centrally
from equipoise.simulation.rehearsal.fate import Fate, fate_of
from equipoise.simulation.rehearsal.lesions import new_lesion
from equipoise.simulation.rehearsal.logs import add_row, complete, next_to_complete, only_asked
from equipoise.simulation.rehearsal.measuring import appears, basis_of, failing_lesions, measure, reading
from equipoise.simulation.rehearsal.radiotherapy import courses, never_begun
from equipoise.simulation.rehearsal.source_verification import verifications
from equipoise.simulation.rehearsal.steps import Step
from equipoise.simulation.rehearsal.telling import Telling

type Cause = Literal["disease", "treatment", "other", "unknown"]
type Acts = Generator[Step, tuple[Entry, ...], None]

AFTER_CONSENT = ("consent",)

CAUSES: tuple[Cause, ...] = ("disease", "treatment", "other", "unknown")
AFTER_PROGRESSION, BEFORE_PROGRESSION = (0.82, 0.02, 0.11, 0.05), (0.66, 0.05, 0.2, 0.09)
"""How often each is the cause of a death, by whether a progression was seen before it."""

REDUCED = 0.8
"""The share of its dose that a reduced cycle gives."""

USUAL_DOSES = {"immunotherapy": "200", "docetaxel": "130"}
"""Doses of a cycle in mg; docetaxel's is 75 mg/m2 at 1.73 m2."""


def follow(tell: Telling) -> Acts:
    """Everything after randomization, in the order of dates, until death, the loss of contact, or the last day."""
    fate = fate_of(tell)
    day = tell.book.randomized_on
    assert day is not None
    handled: set[str] = {visit.key for visit in planned(tell.protocol, tell.book, horizon=day) if visit.due <= day}
    extras = iter(sorted(_extras(tell, fate), key=lambda extra: extra[0]))
    extra = next(extras, None)
    while True:
        visit = _next_visit(tell, handled)
        ahead = min(fate.dies, fate.drops_out, tell.until + timedelta(days=1))
        when = visit.due if visit else date.max
        closing = next_to_complete(tell)
        if closing is not None and closing[0] <= min(when, extra[0] if extra else date.max) and closing[0] < ahead:
            yield from complete(tell, *closing)
            continue
        if extra is not None and extra[0] <= min(when, ahead):
            if not _over(tell, extra[0]):
                yield from extra[1](tell, extra[0])
            extra = next(extras, None)
            continue
        if when > ahead or visit is None:
            break
        handled.add(visit.key)
        yield from read_centrally(tell, visit.due)
        yield from _visit(tell, visit, fate)
    yield from read_centrally(tell, min(ahead, tell.until))
    yield from _end(tell, fate)


def _over(tell: Telling, day: date) -> bool:
    ended = tell.book.stopped()
    stopped = min((ended[what] for what in ("treatment", "withdrawal", "death") if what in ended), default=date.max)
    return day > stopped


def _next_visit(tell: Telling, handled: set[str]) -> PlannedVisit | None:
    visits = planned(tell.protocol, tell.book, horizon=tell.until)
    return next(
        (visit for visit in visits if visit.key not in handled and visit.visit.anchor not in AFTER_CONSENT), None
    )


def _visit(tell: Telling, visit: PlannedVisit, fate: Fate) -> Acts:
    chance, conduct = tell.chance("visit", visit.key), tell.conduct
    subject = tell.book.subject
    scanned = concepts_of(tell.protocol).at_visit(visit.visit, "assessment.overall")
    missed = conduct.missed_visit
    if scanned and missed and tell.scenario.missed_scans:
        missed = float(tell.scenario.missed_scans)
    if chance.happens(missed):
        day = max(visit.window.last + timedelta(days=1), tell.today)
        if day <= min(tell.until, fate.dies):
            reason = chance.choose(["Participant unwell at home", "Travel", "Did not attend"])
            tell.heard((yield tell.step(day, "coordinator", MissVisit(subject, visit.key, reason))))
        return
    late = chance.between(8, 18) if chance.happens(conduct.late_visit) else 0
    drift = round(chance.normal(0, conduct.drift)) + late
    first, last = visit.window.first, max(visit.window.last, visit.due + timedelta(days=late))
    day = min(max(visit.due + timedelta(days=drift), first), last)
    day = max(day, tell.today)
    if day >= fate.dies or day > min(tell.until, fate.drops_out):
        return
    # Lesions are measured before the scan is judged as a whole.
    measured = concepts_of(tell.protocol).form("measurement.lesion")
    forms = sorted(visit.visit.forms, key=lambda form_id: measured is None or form_id != measured.id)
    for form in (tell.protocol.form(form_id) for form_id in forms):
        if form.only_arms and tell.book.arm not in form.only_arms:
            continue
        if form.instrument and chance.happens(conduct.missed_questionnaire):
            not_done = FormNotDone(subject, form.id, "Not returned", visit.key)
            tell.heard((yield tell.step(day, tell.filler(form), not_done)))
        elif form.use == "visit":
            yield from _fill_visit_form(tell, form, visit, day, fate, chance)
        elif form is measured:
            yield from measure(tell, form, visit, day, fate)
    if scanned and day >= fate.progresses and not tell.has_progressed:
        yield from _progress(tell, day, fate)


def _fill_visit_form(tell: Telling, form: Form, visit: PlannedVisit, day: date, fate: Fate, chance: Stream) -> Acts:
    told = _told(tell, form, visit, day, fate)
    answers: dict[str, Raw] = {}
    for item in form.items:
        raw = told.get(item.concept) or typical(item, chance, day)
        if raw is None or not (item.required or chance.happens(0.4)):
            continue
        if item.id != form.dated_by and item.concept not in told and chance.happens(tell.conduct.missing_value):
            raw = {"absent": "unknown", "because": "Not documented"}
        answers[item.id] = raw
    answers = only_asked(tell, form, answers)
    enter = Enter(tell.book.subject, form.id, answers, visit=visit.key)
    tell.heard((yield tell.step(day, tell.filler(form), enter)))
    if chance.happens(tell.conduct.correction):
        yield from _correct(tell, form, visit.key, day, chance)


def _correct(tell: Telling, form: Form, occurrence: str, day: date, chance: Stream) -> Acts:
    """A slip found some days later and corrected with a reason."""
    record = tell.book.record(form.id, occurrence)
    again = day + timedelta(days=chance.between(2, 9))
    numbers = [item for item in form.items if item.kind in ("number", "lab") and record and record.answer(item.id)]
    if record is None or not numbers or again > tell.until or again < tell.today:
        return
    item = chance.choose(numbers)
    raw = typical(item, chance, day)
    if raw is None:
        return
    correct = Enter(
        tell.book.subject, form.id, {item.id: raw}, visit=occurrence, occurrence=occurrence,
        seen=record.seen, reason="Transcription error, corrected from the source",
    )  # fmt: skip
    before = record.answer(item.id)
    if before is not None and before.value != raw["value"]:
        tell.heard((yield tell.step(again, tell.filler(form), correct)))


def _told(tell: Telling, form: Form, visit: PlannedVisit, day: date, fate: Fate) -> dict[str, Raw]:
    """What the story decides, by concept; everything else is typical."""
    told: dict[str, Raw] = {
        "survival.alive": {"value": "yes"},
        "survival.alive_on": {"value": day.isoformat()},
        "performance.ecog": {
            "value": tell.chance("ecog", day.isoformat()).weighted(("0", "1", "2"), (0.3, 0.62, 0.08))
        },
        "late.findings": {"value": ["none"]},
        "late.grade": {"value": "0"},
    }
    if any(item.concept == "assessment.overall" for item in form.items):
        told |= {concept: {"value": value} for concept, value in reading(tell, form, visit, day, fate).items()}
        told |= {
            "assessment.timing": {"value": "scheduled"},
            "assessment.radiation_change": {"value": "no"},
            "assessment.told_after": {"value": "yes"},
        }
    return told


def _progress(tell: Telling, day: date, fate: Fate) -> Acts:
    """Progression seen on a scan; then treatment stops and most go on to a next therapy."""
    chance = tell.chance("after-progression")
    failing = failing_lesions(tell, fate)
    given = irradiations(tell.protocol, tell.book)
    inside = [is_irradiated(given, lesion) for lesion in failing]
    new = appears(tell, fate)
    inside += [False] * new
    field = "in_and_out" if any(inside) and not all(inside) else "in_field" if any(inside) else "out_of_field"
    pattern = ["residual_site"] * bool(failing) + ["new_lesion"] * new
    basis = [*dict.fromkeys(basis_of(tell, lesion) for lesion in failing), *["new"] * new]
    found = (yield from _new_lesion(tell, day)) if new else ""
    told: dict[str, Any] = {
        "progression.date": day.isoformat(),
        "progression.basis": basis,
        "progression.pattern": pattern,
        "progression.field": field if any(one.was_given for one in given) else "no_radiotherapy",
        "progression.confirmation": "confirmed",
        "progression.confirmation_date": day.isoformat(),
    }
    if failing or found:
        told["progression.lesions"] = [lesion for lesion in (*failing, found) if lesion]
    yield from add_row(tell, "progression", "progression.date", day, told)
    stopped = day + timedelta(days=chance.between(0, 7))
    stop = next((one for one in tell.protocol.stops if "treatment" in one.ends and len(one.ends) == 1), None)
    if (
        stop is not None
        and stopped <= min(tell.until, fate.dies, fate.drops_out)
        and "treatment" not in tell.book.stopped()
    ):
        action = Stop(tell.book.subject, stop.id, stopped.isoformat(), "Progression")
        tell.heard((yield tell.step(stopped, "investigator", action)))
        yield from never_begun(tell, tell.today)
    begins = stopped + timedelta(days=chance.between(7, 35))
    if chance.happens(0.72) and begins < min(fate.dies, fate.drops_out, tell.until):
        told = {
            "subsequent.start": begins.isoformat(),
            "subsequent.agent": "Docetaxel",
            "subsequent.reason": "progression",
        }
        yield from add_row(tell, "subsequent_therapy", "subsequent.start", begins, told)


def _new_lesion(tell: Telling, day: date) -> Generator[Step, tuple[Entry, ...], str]:
    """Enter a new lesion into the register, as it is described on the scan that shows it. Returns its id."""
    form = next((form for form in tell.protocol.forms if form.id == "lesions"), None)
    if form is None:
        return ""
    chance = tell.chance("new-lesion")
    concepts = concepts_of(tell.protocol)
    views = [concepts.view(form, record) for record in tell.book.rows(form.id)]
    known = {(view.text("lesion.organ"), view.text("lesion.side"), view.text("lesion.site")) for view in views}
    row = new_lesion(form, chance, day.isoformat(), known)
    enter = Enter(tell.book.subject, form.id, only_asked(tell, form, row), occurrence="new")
    tell.heard((yield tell.step(max(day, tell.today), tell.filler(form), enter)))
    return tell.book.rows(form.id)[-1].occurrence


def _extras(tell: Telling, fate: Fate) -> list[tuple[date, Any]]:
    """Acts between visits: cycles of the drugs, radiotherapy, adverse events."""
    origin = tell.book.randomized_on
    assert origin is not None
    found: list[tuple[date, Any]] = []
    last = min(fate.progresses, fate.dies, fate.drops_out, tell.until)
    concepts = concepts_of(tell.protocol)
    if concepts.asks("drug.date"):
        for drug in tell.protocol.drugs:
            if drug.arms and tell.book.arm not in drug.arms:
                continue
            if drug.drug_class == "chemotherapy" and tell.book.randomized and not _with_chemotherapy(tell):
                continue
            step, number = days_of(drug.cycle), 1
            day = origin + timedelta(days=tell.chance("first-cycle", drug.id).between(1, 5))
            stops = origin + timedelta(days=730 if drug.drug_class != "chemotherapy" else 200)
            while day < min(last, stops):
                found.append((day, _cycle(drug.id, drug.drug_class, number)))
                day += timedelta(days=step + tell.chance("cycle", drug.id, number).between(-1, 3))
                number += 1
    if concepts.asks("rt.lesions"):
        found += courses(tell, last, crosses=fate.crosses)
    if concepts.asks("ae.term"):
        chance = tell.chance("adverse-events")
        day = origin + timedelta(days=round(chance.exponential(70)))
        while day < last:
            term = chance.weighted([e for e, _ in EVENTS], [w for _, w in EVENTS])
            ended = day + timedelta(days=max(1, round(chance.exponential(21))))
            over = ended < last
            act = event(
                term, grade(chance, tell.conduct), day, ended if over else None,
                with_chemotherapy=any(drug.drug_class == "chemotherapy" for drug in tell.protocol.drugs)
                and _with_chemotherapy(tell),
            )  # fmt: skip
            found.append((ended if over else last, act))
            day += timedelta(days=max(3, round(chance.exponential(75))))
    return found + verifications(tell)


def _with_chemotherapy(tell: Telling) -> bool:
    """Whether chemotherapy is given: by plan, where the protocol plans maintenance for each; else by the arm alone."""
    concepts = concepts_of(tell.protocol)
    if not concepts.asks("maintenance.planned"):
        return True
    planned_now = concepts.views(tell.book, "maintenance.planned")
    return any(view.text("maintenance.planned") == "io_chemo" for view in planned_now)


def _dose(tell: Telling, drug: str, drug_class: str) -> str:
    """A dose in mg: as the arm's label says, or one usual for the drug."""
    arm = tell.protocol.arm(tell.book.arm) if tell.book.arm else None
    said = re.search(r"(\d+) mg\b", arm.label) if arm is not None and drug_class == "targeted" else None
    return said.group(1) if said else USUAL_DOSES.get(drug, "200" if drug_class == "immunotherapy" else "800")


def _cycle(drug: str, drug_class: str, number: int) -> Any:
    def act(tell: Telling, day: date) -> Acts:
        told = {
            "drug.id": drug,
            "drug.cycle": str(number),
            "drug.date": day.isoformat(),
            "drug.agent": drug.capitalize(),
        }
        status = tell.chance("cycle-status", drug, number).weighted(
            ("full", "delayed", "reduced", "omitted"), (0.9, 0.05, 0.03, 0.02)
        )
        dose = _dose(tell, drug, drug_class)
        if status == "reduced":
            dose = f"{float(dose) * REDUCED:.1f}"
        yield from add_row(
            tell, "treatment_cycles", "drug.date", day, {**told, "drug.status": status, "drug.dose": dose}
        )

    return act


def _end(tell: Telling, fate: Fate) -> Acts:
    chance = tell.chance("end")
    subject = tell.book.subject
    if fate.drops_out < min(fate.dies, tell.until):
        day = max(fate.drops_out, tell.today)
        stop = next((one for one in tell.protocol.stops if fate.how in one.ends), None)
        if stop is None or day > tell.until:
            return
        if fate.how == "withdrawal":
            yield from _seen_alive(tell, day, "Consent withdrawn in person")
        reason = {"lost": "No contact after three attempts", "withdrawal": "Withdrew consent"}.get(fate.how, "Wish")
        tell.heard((yield tell.step(day, "coordinator", Stop(subject, stop.id, day.isoformat(), reason))))
        if fate.how == "withdrawal":
            return
        # Contact is lost, not the record: what of it is over is still closed.
        while (closing := next_to_complete(tell)) is not None and closing[0] <= min(fate.dies, tell.until):
            yield from complete(tell, *closing)
        if fate.how != "visits_stopped":
            return
    if fate.dies <= tell.until:
        yield from _die(tell, fate, chance)
    elif not chance.happens(tell.conduct.status_unknown):
        yield from _seen_alive(tell, tell.until, "Survival status of everyone, asked for before the data cut")


def _seen_alive(tell: Telling, day: date, reason: str) -> Acts:
    """An unscheduled contact that says nothing but that the participant lives."""
    form = concepts_of(tell.protocol).form("survival.alive_on")
    if form is None or form.use != "visit" or day < tell.today:
        return
    told = {"survival.alive": "yes", "survival.alive_on": day.isoformat()}
    add = AddVisit(tell.book.subject, day.isoformat(), reason, (form.id,))
    tell.heard((yield tell.step(day, "coordinator", add)))
    visit = f"unscheduled:{len(tell.book.added)}"
    chance = tell.chance("seen-alive", day.isoformat())
    answers: dict[str, Raw] = {}
    for item in form.items:
        raw = {"value": told[item.concept]} if item.concept in told else typical(item, chance, day)
        if raw is not None and (item.required or item.concept in told):
            answers[item.id] = raw
    enter = Enter(tell.book.subject, form.id, only_asked(tell, form, answers), visit=visit)
    tell.heard((yield tell.step(day, tell.filler(form), enter)))


def _die(tell: Telling, fate: Fate, chance: Stream) -> Acts:
    day = max(fate.dies, tell.today)
    reported = day + timedelta(days=chance.between(0, tell.conduct.days_to_report_death))
    if reported > tell.until:
        return
    partial = day.isoformat()[:7] if chance.happens(tell.conduct.partial_death) else day.isoformat()
    cause = chance.weighted(CAUSES, AFTER_PROGRESSION if tell.has_progressed else BEFORE_PROGRESSION)
    if cause in ("treatment", "other") and chance.happens(tell.conduct.fatal_event):
        yield from fatal(tell, cause, day, partial, reported)
    tell.heard((yield tell.step(reported, "coordinator", RecordDeath(tell.book.subject, partial, cause))))
