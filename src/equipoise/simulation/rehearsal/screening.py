"""The first half of a story: pre-screening, consent, screening forms, statements, signatures, the arm or a failure."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from equipoise.conduct.actions.randomize import Randomize
from equipoise.conduct.actions.records import CompleteLog, Enter
from equipoise.conduct.actions.signatures import SignEligibility, SignForm
from equipoise.conduct.actions.subjects import Consent, Enrol, FailScreening, Prescreen
from equipoise.conduct.completeness import asked
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.eligibility import evaluate_eligibility
from equipoise.conduct.entry import Entry
from equipoise.conduct.lesions import residual_lesions
from equipoise.kernel.truth import Truth
from equipoise.methods.forms import Form
from equipoise.methods.items import DateItem
from equipoise.simulation.rehearsal.answers import Raw, typical
from equipoise.simulation.rehearsal.draft import Draft
from equipoise.simulation.rehearsal.lesions import likely_counts, synthetic_lesions
from equipoise.simulation.rehearsal.steps import Step
from equipoise.simulation.rehearsal.telling import Telling

AFTER_THE_DAY_S_WORK = 630
"""Minutes after eight at which those are randomized whose order of arrival is to be kept."""
ATTEMPTS = 6
"""How often a participant is made up anew until eligibility and strata are as they should be."""

type Screening = Generator[Step, tuple[Entry, ...], bool]
"""A story's first half: it ends with whether the participant was randomized."""


@dataclass
class Habits:
    """What earlier participants taught: the answers by which eligible people differ from a first guess."""

    answers: dict[tuple[str, str], Raw]


def screen(tell: Telling, habits: Habits) -> Screening:
    """From the pre-screening log to the arm, or to a screen failure. Returns whether the participant was randomized."""
    chance = tell.chance("screening")
    to_consent, to_arm = chance.between(0, 6), chance.between(6, 13)
    arrives = tell.arrives
    if tell.randomizes_on is not None:
        arrives = tell.randomizes_on - timedelta(days=to_consent + to_arm)
    version = next(consent.version for consent in tell.protocol.consents if not consent.optional)
    age = min(84, max(36, round(chance.normal(64, 8))))
    yield tell.step(arrives, "coordinator", Prescreen(tell.site, arrives.isoformat(), "approached"))
    consent = arrives + timedelta(days=to_consent)
    birth_year = consent.year - age - (1 if chance.happens(0.5) else 0)
    enrol = Enrol(tell.site, version, consent.isoformat(), age, birth_year, language="zh-hans")
    tell.heard((yield tell.step(consent, "coordinator", enrol)))
    for optional in (one for one in tell.protocol.consents if one.optional):
        given = chance.happens(0.7)
        sample = Consent(tell.book.subject, optional.id, optional.version, consent.isoformat(), given)
        tell.heard((yield tell.step(consent, "coordinator", sample)))
    on = consent + timedelta(days=to_arm)
    draft = compose(tell, habits, consent, on, age)
    if not tell.meant_to_pass:
        _make_fail(tell, draft)
    yield from _enter(tell, draft, consent, on)
    evaluation = evaluate_eligibility(tell.protocol, tell.book, on)
    if evaluation.unmet or not tell.meant_to_pass:
        unmet = tuple(v.criterion.id for v in evaluation.verdicts if v.truth is Truth.FALSE)
        reason = "" if unmet else "Not evaluable in time" if evaluation.unmet else "Withdrew before randomization"
        failed = FailScreening(tell.book.subject, on.isoformat(), unmet, reason)
        tell.heard((yield tell.step(on, "investigator", failed)))
        return False
    signed = SignEligibility(tell.book.subject, evaluation.digest)
    tell.heard((yield tell.step(on, "investigator", signed, signs=True)))
    arm = Randomize(tell.book.subject, evaluation.digest)
    at = AFTER_THE_DAY_S_WORK + tell.rank if tell.randomizes_on is not None else None
    tell.heard((yield tell.step(on, "investigator", arm, signs=True, minutes=at)))
    return True


def compose(tell: Telling, habits: Habits, consent: date, on: date, age: int) -> Draft:
    """Everything the screening forms will hold, eligible by the protocol's own rules."""
    draft = Draft(tell.protocol, on, age, consent)
    chance = tell.chance("forms")
    visits = [visit for visit in tell.protocol.schedule if visit.anchor == "consent"]
    logs = [form for form in tell.protocol.forms if form.use == "log" and form.from_stage == "screening"]
    for visit in visits:
        for form in (tell.protocol.form(form_id) for form_id in visit.forms):
            if form.use == "log":
                continue
            day = _day(form, chance, consent, on)
            draft.answers[form.id, visit.id if form.use == "visit" else ""] = fill(tell, form, chance, day, habits)
            if form.signed_by and form.use == "subject":
                draft.signed.add(form.id)
    rules = {name for criterion in _criteria(tell) for name in criterion.reads.registers}
    draft.complete |= {form.id for form in logs if form.id in rules}
    found = on - timedelta(days=chance.between(7, 20))
    wanted = _levels(tell)
    answers = {place: dict(row) for place, row in draft.answers.items()}
    before: dict[tuple[str, str], Raw] = {}
    for attempt in range(ATTEMPTS):
        draft.answers = {place: dict(row) for place, row in answers.items()}
        for form in logs:
            if form.id == "lesions":
                _register(tell, draft, form, found, wanted, attempt)
        _statements_on_lesions(tell, draft, on)
        for factor, level in wanted.items():
            draft.to_level(factor, level)
        before = {(form, name): raw for (form, _), row in draft.answers.items() for name, raw in row.items()}
        if not draft.satisfy() and draft.levels(wanted) == wanted:
            break
    for (form_id, _), row in draft.answers.items():
        for name, raw in row.items():
            if form_id != "lesions" and before.get((form_id, name)) != raw and "unit" not in raw:
                habits.answers[form_id, name] = raw
    return draft


def _levels(tell: Telling) -> dict[str, str]:
    """The level each factor is to have: the imagined participant's, else by the scenario's shares."""
    found = {}
    for factor in tell.protocol.strata:
        if tell.participant is not None:
            found[factor.id] = tell.participant.levels[factor.id]
            continue
        levels = [level for level in tell.scenario.levels if level.factor == factor.id]
        if levels:
            shares = [float(level.share) for level in levels]
            found[factor.id] = tell.chance("level", factor.id).weighted([one.level for one in levels], shares)
    return found


def _register(
    tell: Telling, draft: Draft, form: Form, found: date, wanted: dict[str, str], attempt: int
) -> None:  # fmt: skip
    """Fill the register with as many residual lesions as the story knows of, or as its levels ask for."""
    known = tell.participant.lesions if tell.participant is not None else None
    chance = tell.chance("lesions", attempt)
    counts = [known] if known is not None else likely_counts(chance)
    for count in counts:
        for place in [place for place in draft.answers if place[0] == form.id]:
            del draft.answers[place]
        for number, row in enumerate(synthetic_lesions(form, chance, found.isoformat(), residual=count), start=1):
            draft.answers[form.id, f"L{number}"] = row
        draft.complete.add(form.id)
        reading = {factor: level for factor, level in wanted.items() if draft.reads_register(factor, form.id)}
        if draft.levels(reading) == reading:
            return


def fill(tell: Telling, form: Form, chance: Any, day: date, habits: Habits | None = None) -> dict[str, Raw]:
    """Believable answers to every item of a form, dated by a day."""
    row: dict[str, Raw] = {}
    judged = {name.split(".")[0] for criterion in _criteria(tell) for name in criterion.reads.items}
    for item in form.items:
        known = habits.answers.get((form.id, item.id)) if habits else None
        raw = known or typical(item, chance, day)
        if raw is not None and (item.required or item.id in judged or chance.happens(0.6)):
            row[item.id] = raw
    return row


def _criteria(tell: Telling) -> list[Any]:
    from equipoise.conduct.rules import rules_of

    return list(rules_of(tell.protocol).criteria.values())


def _day(form: Form, chance: Any, consent: date, on: date) -> date:
    """Results come close to the decision; readings of routine scans may come before consent."""
    if any(item.concept.startswith(("pet.", "mri.")) for item in form.items):
        return on - timedelta(days=chance.between(7, 20))
    return max(consent, on - timedelta(days=chance.between(1, 5)))


def _statements_on_lesions(tell: Telling, draft: Draft, on: date) -> None:
    form = concepts_of(tell.protocol).form("irradiability.irradiable")
    if form is None:
        return
    by_concept = {item.concept: item.id for item in form.items if item.concept}
    residual = residual_lesions(tell.protocol, draft.casebook())
    for number, lesion in enumerate(residual, start=1):
        draft.answers[form.id, str(number)] = {
            by_concept["irradiability.lesion"]: {"value": [lesion.id]},
            by_concept["irradiability.irradiable"]: {"value": "yes"},
            by_concept["irradiability.date"]: {"value": (on - timedelta(days=1)).isoformat()},
        }


def _make_fail(tell: Telling, draft: Draft) -> None:
    """Spoil one criterion, of those that one answer can spoil; failing that, a sixth lesion turns up."""
    chance = tell.chance("failure")
    criteria = [criterion.id for criterion in tell.protocol.eligibility]
    chance.shuffle(criteria)
    for criterion in criteria[:6]:
        reads = next(c for c in tell.protocol.eligibility if c.id == criterion)
        if "signed(" not in reads.rule and draft.violate(criterion):
            return


def _enter(tell: Telling, draft: Draft, consent: date, on: date) -> Generator[Step, tuple[Entry, ...], None]:
    """Type everything in, in the order of its dates; conditional items only where they are asked."""
    whole = draft.casebook()
    order = sorted(draft.answers, key=lambda place: (_rank(tell, place[0]), place[0], place[1]))
    for form_id, occurrence in order:
        form = tell.protocol.form(form_id)
        wanted = asked(tell.protocol, whole, form, whole.record(form_id, occurrence))
        answers = {n: raw for n, raw in draft.answers[form_id, occurrence].items() if wanted[n] is not Truth.FALSE}
        day = min(on, max(consent, _dated(form, answers) or consent))
        enter = Enter(
            tell.book.subject,
            form_id,
            answers,
            occurrence="new" if form.use == "log" else "",
            visit=occurrence if form.use == "visit" else "",
        )
        tell.heard((yield tell.step(day, tell.filler(form), enter)))
    for form_id in sorted(draft.complete):
        filler = tell.filler(tell.protocol.form(form_id))
        tell.heard((yield tell.step(tell.today, filler, CompleteLog(tell.book.subject, form_id))))
    for form_id in sorted(draft.signed):
        form = tell.protocol.form(form_id)
        record = tell.book.record(form_id)
        if record is None:
            continue
        sign = SignForm(tell.book.subject, form_id, record.covers(), f"I have judged this: {form.label}")
        tell.heard((yield tell.step(tell.today, form.signed_by, sign, signs=True)))


def _rank(tell: Telling, form_id: str) -> int:
    """Lesions before the statements about them; statements last."""
    form = tell.protocol.form(form_id)
    return 2 if form.signed_by else 1 if form_id == "lesions" else 0


def _dated(form: Form, answers: dict[str, Raw]) -> date | None:
    """The latest day a form speaks of: nobody can type it in before."""
    days = [
        date.fromisoformat(answers[item.id]["value"])
        for item in form.items
        if isinstance(item, DateItem) and item.id in answers and not item.future
    ]
    return max(days, default=None)
