"""A casebook in the making: answers tried out in memory and judged by the protocol's rules before anyone types."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from equipoise.conduct import facts as f
from equipoise.conduct.casebook import Casebook, fold_casebook
from equipoise.conduct.eligibility import Evaluation, derive_strata, evaluate_eligibility
from equipoise.conduct.entry import SYSTEM, Entry, Header
from equipoise.kernel.truth import Truth
from equipoise.methods.criteria import Judgement
from equipoise.methods.items import read
from equipoise.methods.typed import AnswerError
from equipoise.protocol.model import Protocol
from equipoise.simulation.rehearsal.answers import Raw, candidates

type Place = tuple[str, str]
"""A form and an occurrence."""


@dataclass
class Draft:
    """What one participant's screening forms will hold, by form and occurrence."""

    protocol: Protocol
    on: date
    age: int
    consented_on: date
    answers: dict[Place, dict[str, Raw]] = field(default_factory=dict)
    complete: set[str] = field(default_factory=set)
    signed: set[str] = field(default_factory=set)

    def casebook(self) -> Casebook:
        """The casebook as it would be with everything entered, declared complete and signed."""
        book = Casebook("draft")
        position = 0

        def add(fact: Any) -> None:
            nonlocal position
            position += 1
            at = datetime.combine(self.on, time(9), UTC)
            fold_casebook(book, Entry(Header(position, "draft", position, at, SYSTEM), fact))

        add(
            f.Consented(
                consent="main", version="draft", on=self.consented_on.isoformat(), number="draft", site="draft",
                age=self.age, birth_year=self.consented_on.year - self.age,
            )
        )  # fmt: skip
        for (form_id, occurrence), raw in self.answers.items():
            items = {item.id: item for item in self.protocol.form(form_id).items}
            values = {}
            for name, given in raw.items():
                try:
                    answer = read(items[name], given, today=self.on)
                except AnswerError:
                    continue
                if answer is not None:
                    values[name] = answer
            add(f.Recorded(form=form_id, occurrence=occurrence, items=values, visit=occurrence))
        for form_id in self.complete:
            add(f.LogCompleted(form=form_id, rows=len(book.rows(form_id))))
        for form_id in self.signed:
            record = book.record(form_id)
            if record is not None:
                add(f.Signed(meaning="form", covers=record.covers(), says="", printed_name="draft", form=form_id))
        return book

    def evaluate(self) -> Evaluation:
        """Eligibility as it would be judged."""
        return evaluate_eligibility(self.protocol, self.casebook(), self.on)

    def places_of(self, item: str) -> list[Place]:
        """Where an item is answered."""
        return [place for place, raw in self.answers.items() if item in raw]

    def satisfy(self) -> list[str]:
        """Change answers, one at a time, until every criterion is met. Returns the criteria that could not be."""
        for _ in range(4):
            unmet = self.evaluate().unmet
            if not unmet:
                return []
            for verdict in unmet:
                self._towards(verdict.criterion.id, Truth.TRUE)
        return [verdict.criterion.id for verdict in self.evaluate().unmet]

    def violate(self, criterion: str) -> bool:
        """Change one answer so that a criterion is not met. Returns whether that was possible."""
        return self._towards(criterion, Truth.FALSE)

    def to_level(self, factor: str, level: str) -> bool:
        """Change one answer so that a stratification factor takes a level, if one answer decides it."""
        from equipoise.conduct.rules import rules_of

        if self.levels([factor]) == {factor: level}:
            return True
        rule = dict(rules_of(self.protocol).levels[factor])[level]
        for name in sorted(rule.reads.items):
            for place in self.places_of(name):
                before = self.answers[place][name]
                for option in candidates(self._item(place[0], name), before):
                    self.answers[place][name] = option
                    if derive_strata(self.protocol, self.casebook(), self.on).get(factor) == level:
                        return True
                self.answers[place][name] = before
        return False

    def levels(self, factors: Iterable[str]) -> dict[str, str]:
        """The levels these factors now have, as text; a factor without one is left out."""
        names = list(factors)
        if not names:
            return {}
        found = derive_strata(self.protocol, self.casebook(), self.on)
        return {name: level for name in names if isinstance(level := found.get(name), str)}

    def reads_register(self, factor: str, register: str) -> bool:
        """Whether a factor's levels depend on a register of lesions."""
        from equipoise.conduct.rules import rules_of

        rules = dict(rules_of(self.protocol).levels[factor]).values()
        return any(register in rule.reads.registers for rule in rules)

    def _towards(self, criterion: str, wanted: Truth) -> bool:
        verdict = self.evaluate()[criterion]
        best = _distance(verdict.judgement, wanted)
        reads = verdict.judgement.criterion.reads
        names = [(name, place) for name in sorted(reads.items) for place in self.places_of(name.split(".")[0])]
        names += [
            (name, place)
            for collection, name in sorted(reads.fields)
            for place, raw in self.answers.items()
            if place[0] == collection and name in raw
        ]
        for name, place in names:
            name = name.split(".")[0]
            before = kept = self.answers[place][name]
            for option in candidates(self._item(place[0], name), before):
                self.answers[place][name] = option
                found = _distance(self.evaluate()[criterion].judgement, wanted)
                if found < best:
                    best, kept = found, option
                if best == 0:
                    return True
            self.answers[place][name] = kept
        return best == 0

    def _item(self, form: str, name: str) -> Any:
        return self.protocol.form(form).item(name)


def _distance(judgement: Judgement, wanted: Truth) -> int:
    """0 where the judgement is as wanted; else how many of its conditions are not as they should be."""
    if judgement.truth is wanted:
        return 0
    conditions = [step for step in judgement.step.walk() if isinstance(step.value, Truth) and not step.children]
    leaves = conditions or [judgement.step]
    off = sum(1 for step in judgement.step.walk() if isinstance(step.value, Truth) and step.value is not Truth.TRUE)
    return 1 + (off if wanted is Truth.TRUE and not judgement.criterion.excludes else len(leaves) - off if off else 1)
