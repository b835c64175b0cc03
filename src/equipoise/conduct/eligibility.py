"""Eligibility: every criterion judged on the casebook, explained, and made signable by a digest of what was judged."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from equipoise.conduct.casebook import Casebook
from equipoise.conduct.reading import record_of
from equipoise.conduct.rules import rules_of
from equipoise.kernel.canonical import digest
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import Message, message
from equipoise.kernel.truth import Truth, all_of
from equipoise.methods.criteria import Judgement, Unknown, evaluate, judge
from equipoise.protocol.model import Criterion, Protocol

VERDICTS = {Truth.TRUE: "eligible", Truth.FALSE: "ineligible", Truth.UNKNOWN: "undecided"}
STANDINGS = {Truth.TRUE: "met", Truth.FALSE: "not met", Truth.UNKNOWN: "unknown"}


@dataclass(frozen=True)
class Verdict:
    """One criterion and how it was judged."""

    criterion: Criterion
    judgement: Judgement

    @property
    def truth(self) -> Truth:
        """TRUE is met."""
        return self.judgement.truth

    @property
    def standing(self) -> str:
        """met, not met or unknown."""
        return STANDINGS[self.truth]

    @property
    def explanation(self) -> Message:
        """One sentence why."""
        return self.judgement.explanation


@dataclass(frozen=True)
class Evaluation:
    """Every criterion judged, as of a day."""

    on: date
    verdicts: tuple[Verdict, ...]

    @property
    def truth(self) -> Truth:
        """Whether all are met."""
        return all_of(verdict.truth for verdict in self.verdicts)

    @property
    def verdict(self) -> str:
        """eligible, ineligible or undecided."""
        return VERDICTS[self.truth]

    @property
    def unmet(self) -> tuple[Verdict, ...]:
        """Those not met or unknown, in the protocol's order."""
        return tuple(verdict for verdict in self.verdicts if verdict.truth is not Truth.TRUE)

    @cached_property
    def digest(self) -> str:
        """What a signature covers: each verdict and every value it was judged on, wherever it stands in the record.

        The day is left out: a signature stays valid while the same values give the same verdicts.
        """
        return digest(
            "eligibility",
            [
                {
                    "criterion": verdict.criterion.id,
                    "standing": verdict.standing,
                    "by": verdict.judgement.by_exception.id if verdict.judgement.by_exception else "",
                    "evidence": [
                        [
                            *(leaf.collection, leaf.row, leaf.name, leaf.attribute, str(leaf.recorded)),
                            *(str(leaf.date), str(leaf.lower_limit), str(leaf.upper_limit), repr(leaf.source)),
                        ]
                        for leaf in verdict.judgement.evidence
                    ],
                }
                for verdict in self.verdicts
            ],
        )

    def __getitem__(self, criterion: str) -> Verdict:
        for verdict in self.verdicts:
            if verdict.criterion.id == criterion:
                return verdict
        raise KeyError(criterion)


def evaluate_eligibility(
    protocol: Protocol, casebook: Casebook, on: date, *, translated: Protocol | None = None
) -> Evaluation:
    """Judge every criterion of the protocol on a casebook, as of a day (its windows end there before randomization).

    With the protocol's translation, what explanations name is worded in Chinese too.
    """
    rules = rules_of(protocol, translated)
    record = record_of(protocol, casebook, as_of=on)
    anchors = {"consent": casebook.consented_on} if casebook.consented_on else {}
    if casebook.randomized_on:
        anchors["randomization"] = casebook.randomized_on
    return Evaluation(
        on,
        tuple(
            Verdict(stated, judge(rules.criteria[stated.id], record, on, anchors=anchors))
            for stated in protocol.eligibility
        ),
    )


def derive_strata(protocol: Protocol, casebook: Casebook, on: date) -> dict[str, str | Refusal]:
    """The level of each stratification factor, or the refusal that says why there is none. Never typed."""
    rules = rules_of(protocol)
    record = record_of(protocol, casebook, as_of=on)
    derived: dict[str, str | Refusal] = {}
    for factor in protocol.strata:
        holding: list[str] = []
        unknown: list[Message] = []
        for level, rule in rules.levels[factor.id]:
            value = evaluate(rule, record, on)
            if value is Truth.TRUE:
                holding.append(level)
            elif value is Truth.UNKNOWN or isinstance(value, Unknown):
                missing = judge_missing(rule, record, on)
                unknown.extend(one for one in missing if one not in unknown)
        if len(holding) == 1:
            derived[factor.id] = holding[0]
        elif holding:
            derived[factor.id] = Refusal(message("refuse.stratum_two", factor=factor.label, levels=", ".join(holding)))
        elif unknown:
            derived[factor.id] = Refusal(message("refuse.stratum_unknown", factor=factor.label, why=tuple(unknown)))
        else:
            derived[factor.id] = Refusal(message("refuse.stratum_none", factor=factor.label))
    return derived


def judge_missing(rule: object, record: object, on: date) -> tuple[Message, ...]:
    """Why a rule is unknown, name by name."""
    from equipoise.methods.criteria import Criterion as Judged

    judgement = judge(Judged(rule), record, on)  # type: ignore[arg-type]
    return tuple(message("refuse.missing", name=missing.label, why=missing.reason) for missing in judgement.missing)
