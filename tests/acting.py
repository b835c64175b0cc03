"""A trial in memory: actions performed on folded states, without a database."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import pytest

from equipoise.conduct.actions.base import Context
from equipoise.conduct.actions.randomize import CommitRandomization, Randomize, SeasonRandomization
from equipoise.conduct.actions.records import CompleteLog, Enter
from equipoise.conduct.actions.signatures import SignEligibility, SignForm
from equipoise.conduct.actions.subjects import Enrol
from equipoise.conduct.actions.trial import ActivateProtocol, ConfirmExclusions, OpenSite, OpenTrial
from equipoise.conduct.casebook import Casebook, fold_casebook
from equipoise.conduct.eligibility import evaluate_eligibility
from equipoise.conduct.entry import SYSTEM, TRIAL_STREAM, Actor, Authentication, Entry, Header
from equipoise.conduct.permissions import require
from equipoise.conduct.study import Study, fold_study
from equipoise.kernel.errors import Refusal
from equipoise.protocol.load import Loaded, load
from equipoise.protocol.model import Protocol
from equipoise.protocols import shipped
from flagship_participants import ON, participant

KEY = b"k" * 32
"""The allocation key of every epoch here."""

BASELINE = {"qlq_c30": ("c30_date", range(1, 31)), "qlq_lc13": ("lc13_date", range(31, 44))}


def person(role: str, site: str | None = "north", *, user: str = "", signs: bool = False) -> Actor:
    """Somebody in a role; `signs` gives the password again."""
    authentication = Authentication.PASSWORD if signs else Authentication.SESSION
    return Actor(user or role, role, site, f"Dr {user or role}", authentication=authentication)


COORDINATOR = person("coordinator")
INVESTIGATOR = person("investigator", signs=True)
RADIATION_ONCOLOGIST = person("radiation_oncologist", signs=True)


@dataclass
class Trial:
    """The states of a trial. `today` is what the clock says at noon; every act takes a minute."""

    loaded: Loaded
    today: date = ON
    study: Study = field(default_factory=Study)
    books: dict[str, Casebook] = field(default_factory=dict)
    position: int = 0

    def copy(self) -> "Trial":
        """The same trial again, to go on with apart from this one."""
        study, books = deepcopy((self.study, self.books))
        return replace(self, study=study, books=books)

    @property
    def protocol(self) -> Protocol:
        """The protocol in force at every site."""
        return self.loaded.protocol

    def do(self, action: Any, actor: Actor = SYSTEM) -> tuple[Entry, ...]:
        """Perform an action as somebody, or raise what it raises; then nothing has changed."""
        book = self.books.get(action.stream, Casebook(action.stream))
        site = book.site or getattr(action, "site", "") or None
        require(actor, action.permission, site=site)
        now = datetime.combine(self.today, time(12), UTC) + timedelta(minutes=self.position)
        context = Context(now, actor, allocation_key=lambda epoch: KEY, new_id=lambda: "id", casebook_of=self._book)
        decided = action.decide(self.study, book, context)
        entries = []
        for new in decided:
            self.position += 1
            of_trial = new.stream == TRIAL_STREAM
            state = self.study if of_trial else self.books.setdefault(new.stream, Casebook(new.stream))
            judged_by = new.protocol or self.study.digest_in_force(site) or self.study.digest_in_force()
            header = Header(self.position, new.stream, state.version + 1, now, actor, new.origin, new.reason, judged_by)
            entry = Entry(header, new.fact)
            (fold_study if of_trial else fold_casebook)(state, entry)
            entries.append(entry)
        return tuple(entries)

    def _book(self, subject: str) -> Casebook:
        return self.books.get(subject, Casebook(subject))

    def book(self, subject: str) -> Casebook:
        """A subject's casebook as it stands."""
        return self.books[subject]

    def evaluation(self, subject: str) -> str:
        """The digest of the evaluation as it would be shown now."""
        return evaluate_eligibility(self.protocol, self.book(subject), self.today).digest


@cache
def flagship() -> Loaded:
    """The shipped protocol of NCT07014202."""
    return load(shipped("nct07014202"), "nct07014202")


def opened(*, committed: bool = True) -> Trial:
    """The flagship, with the sites `north` (NU) and `river` (RC) active."""
    trial = Trial(flagship())
    trial.do(OpenTrial(trial.loaded.canonical, rehearsal=True, seed="spec"))
    assumed = tuple(criterion.id for criterion in trial.protocol.eligibility if criterion.confirm)
    trial.do(ConfirmExclusions(trial.loaded.digest, assumed))
    for site, code in (("north", "NU"), ("river", "RC")):
        trial.do(OpenSite(site, site.title(), code))
        trial.do(ActivateProtocol(site, trial.loaded.digest, "2026-01-05", "EC-1"))
    if committed:
        trial.do(CommitRandomization(trial.loaded.digest))
        trial.do(SeasonRandomization(1, "a lottery's numbers", "a public lottery"))
    return trial


CONSENT = Enrol("north", "1.0", "2026-02-25", 61, 1964)


def consented(trial: Trial, action: Enrol = CONSENT) -> str:
    """Somebody consents; the screening number."""
    return trial.do(action, COORDINATOR)[-1].header.stream


def enter(trial: Trial, subject: str, form: str, answers: Mapping[str, Any], actor: Actor = COORDINATOR, **more: Any):
    """Enter answers given as values; visit forms go to the visit of screening unless `visit` says another."""
    use = trial.protocol.form(form).use
    if use == "visit":
        more.setdefault("visit", "baseline" if form in BASELINE else "screening")
    raw = {item: value if isinstance(value, dict) else {"value": value} for item, value in answers.items()}
    return trial.do(Enter(subject, form, raw, **more), actor)


def screened(
    trial: Trial, *, leave_out: tuple[str, ...] = (), change: Mapping[str, Any] | None = None, consent: Enrol = CONSENT
) -> str:
    """Somebody brought to the moment before the investigator signs eligibility, but for the forms left out."""
    given = participant()
    items = given["items"] | (change or {})
    subject = consented(trial, consent)
    for form in trial.protocol.forms:
        answers = {item.id: items[item.id] for item in form.items if item.id in items}
        if form.use == "log" or not answers or form.id in leave_out:
            continue
        days = [value["date"] for value in answers.values() if isinstance(value, dict) and "date" in value]
        answers = {
            item: {part: one for part, one in value.items() if part != "date"} if isinstance(value, dict) else value
            for item, value in answers.items()
        }
        if form.dated_by and form.dated_by not in answers:
            answers[form.dated_by] = days[0]
        enter(trial, subject, form.id, answers, RADIATION_ONCOLOGIST if form.id == "ro_statement" else INVESTIGATOR)
    for log in ("lesions", "prior_toxicities", "irradiability"):
        actor = RADIATION_ONCOLOGIST if log == "irradiability" else INVESTIGATOR
        if log in leave_out:
            continue
        for row in given["logs"][log]["rows"]:
            enter(trial, subject, log, row, actor, occurrence="new")
        if log != "irradiability":
            trial.do(CompleteLog(subject, log), INVESTIGATOR)
    for form, (dated_by, numbers) in BASELINE.items():
        if form not in leave_out:
            enter(trial, subject, form, {dated_by: "2026-03-02", **{f"q{number}": "2" for number in numbers}})
    for form, actor in (("ro_statement", RADIATION_ONCOLOGIST), ("investigator_statement", INVESTIGATOR)):
        if form not in leave_out and f"signed({form})" not in leave_out:
            sign(trial, subject, form, actor)
    return subject


def sign(trial: Trial, subject: str, form: str, actor: Actor, occurrence: str = "") -> tuple[Entry, ...]:
    """Sign a form exactly as it stands."""
    record = trial.book(subject).record(form, occurrence)
    return trial.do(SignForm(subject, form, record.covers() if record else "", "I judged this", occurrence), actor)


def signed(trial: Trial, **how: Any) -> str:
    """Somebody whose eligibility the investigator signed."""
    subject = screened(trial, **how)
    trial.do(SignEligibility(subject, trial.evaluation(subject)), INVESTIGATOR)
    return subject


def randomized(trial: Trial, **how: Any) -> str:
    """Somebody randomized."""
    subject = signed(trial, **how)
    trial.do(Randomize(subject, trial.evaluation(subject)), INVESTIGATOR)
    return subject


def without_password(actor: Actor) -> Actor:
    """The same person, merely signed in."""
    return replace(actor, authentication=Authentication.SESSION)


def refusal(trial: Trial, action: Any, actor: Actor) -> Refusal:
    """The refusal of an act; nothing is written."""
    before = trial.position
    with pytest.raises(Refusal) as caught:
        trial.do(action, actor)
    assert trial.position == before
    return caught.value
