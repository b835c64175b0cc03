"""A protocol as people read it: Markdown, in English or Chinese, every assumption with its reason at the end.

describe(protocol, digest=loaded.digest)
describe(translate(protocol, translation), language="zh-hans")
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from equipoise.clinical import radiotherapy
from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.messages import catalogue, message
from equipoise.methods.randomization import Minimization, PermutedBlocks
from equipoise.methods.schedule import Visit
from equipoise.protocol import words as _words
from equipoise.protocol.assumptions import assumptions
from equipoise.protocol.effects import effects
from equipoise.protocol.markdown import cell, code, prose, table
from equipoise.protocol.model import Criterion, Endpoint, Protocol
from equipoise.protocol.times_in_words import duration, window_in_words

MARK = "●"


def describe(protocol: Protocol, *, digest: str = "", language: str = "en") -> str:
    """The description of a protocol; its own texts are in whatever language the protocol is given in."""
    return "\n".join(_Description(protocol, digest, language).lines()).rstrip() + "\n"


class _Description:
    def __init__(self, protocol: Protocol, digest: str, language: str) -> None:
        self.protocol, self.digest, self.language = protocol, digest, language

    # WORDS

    def say(self, name: str, **params: object) -> str:
        return message(f"describe.{name}", **params).say(self.language)

    def value(self, name: str) -> str:
        """A value of the model in words; ids of the protocol stand as they are."""
        known = f"protocol.{name}"
        return message(known).say(self.language) if known in catalogue() else name

    def values(self, names: Iterable[str]) -> str:
        return cell(("、" if self.language.startswith("zh") else ", ").join(self.value(name) for name in names))

    def heading(self, name: str, level: int = 2) -> list[str]:
        return [f"{'#' * level} {self.say(name)}", ""]

    def table(self, header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
        return table([self.say(name) for name in header], rows)

    def duration(self, text: str) -> str:
        """'8 weeks' in the language of the description."""
        return duration(text, self.language)

    def arms(self, ids: Sequence[str]) -> str:
        return self.values(ids) if ids else self.say("every_arm")

    # THE PARTS

    def lines(self) -> Iterator[str]:
        yield from (f"# {prose(self.protocol.title)}", "")
        for part in (
            self._front, self._synopsis, self._arms, self._objectives, self._statements, self._consents,
            self._eligibility, self._randomization, self._lesions, self._treatment, self._schedule, self._forms,
            self._samples, self._stops, self._endpoints, self._analysis, self._monitoring, self._accrual,
            self._scenarios, self._assumptions,
        ):  # fmt: skip
            yield from part()

    def _front(self) -> Iterator[str]:
        it, accrual = self.protocol, self.protocol.accrual
        size = self.say(
            "size_text", subjects=accrual.subjects, sites=accrual.sites, months=decimal_text(accrual.months),
            follow=decimal_text(accrual.follow_up_months),
        )  # fmt: skip
        facts = [
            ("id", f"{code(it.id)} {prose(it.short_title)}"), ("version", it.version), ("registry", it.registry),
            ("digest", code(self.digest) if self.digest else ""), ("phase", it.phase), ("design", it.design),
            ("masking", self.say("open_label" if it.open_label else "masked")), ("condition", it.condition),
            ("size", size),
        ]  # fmt: skip
        for name, text in facts:
            if text:
                yield f"- **{self.say(name)}**: {text if text.startswith('`') else prose(text)}"
        yield ""

    def _synopsis(self) -> Iterator[str]:
        if self.protocol.synopsis:
            yield from (*self.heading("synopsis"), prose(self.protocol.synopsis), "")

    def _arms(self) -> Iterator[str]:
        yield from self.heading("arms")
        rows = [
            (code(arm.id), self.value(arm.role), cell(arm.label + (f": {arm.says}" if arm.says else "")),
             self.protocol.randomization.ratio[arm.id], cell(", ".join(arm.sources)))
            for arm in self.protocol.arms
        ]  # fmt: skip
        yield from self.table(("name", "role", "label", "ratio", "source"), rows)

    def _objectives(self) -> Iterator[str]:
        if self.protocol.objectives:
            yield from self.heading("objectives")
            rows = [
                (self.value(one.rank), cell(one.says), cell(", ".join(one.sources))) for one in self.protocol.objectives
            ]
            yield from self.table(("rank", "objectives", "source"), rows)

    def _statements(self) -> Iterator[str]:
        if self.protocol.statements:
            yield from self.heading("statements")
            rows = [(code(one.id), cell(one.says), cell(", ".join(one.sources))) for one in self.protocol.statements]
            yield from self.table(("name", "says", "source"), rows)

    def _consents(self) -> Iterator[str]:
        yield from self.heading("consents")
        rows = [(code(one.id), cell(one.label), cell(one.version)) for one in self.protocol.consents]
        yield from self.table(("name", "label", "version"), rows)

    def _eligibility(self) -> Iterator[str]:
        yield from self.heading("eligibility")
        for kind in ("inclusion", "exclusion"):
            listed = [one for one in self.protocol.eligibility if one.kind == kind]
            if listed:
                yield from self.heading(kind, 3)
                for criterion in listed:
                    yield from self._criterion(criterion)
                yield ""

    def _criterion(self, criterion: Criterion) -> Iterator[str]:
        sources = f" ({self.say('source')}: {prose(', '.join(criterion.sources))})" if criterion.sources else ""
        yield f"- **{prose(criterion.id)}** {prose(criterion.says)}{sources}"
        yield f"  - {self.say('rule')}: {code(criterion.rule)}"
        if criterion.within:
            yield f"  - {self.say('within')}: {prose(window_in_words(criterion.within, self.language))}"
        if criterion.unless:
            yield f"  - {self.say('unless')}: {prose(criterion.unless.says)} {code(criterion.unless.rule)}"
        if criterion.reading:
            yield f"  - {self.say('reading')}: {prose(criterion.reading)}"
        if criterion.confirm:
            yield f"  - {self.say('confirm')}"

    def _randomization(self) -> Iterator[str]:
        method = self.protocol.randomization
        yield from self.heading("randomization")
        yield f"- **{self.say('method')}**: {self.value(method.method)}"
        ratio = ", ".join(f"{code(arm)} {share}" for arm, share in method.ratio.items())
        yield f"- **{self.say('ratio')}**: {ratio}"
        if isinstance(method, Minimization):
            yield f"- **{self.say('probability')}**: {decimal_text(method.probability)}"
        if isinstance(method, PermutedBlocks):
            yield f"- **{self.say('block_sizes')}**: {', '.join(str(size) for size in method.block_sizes)}"
        yield ""
        if self.protocol.strata:
            yield from self.heading("strata", 3)
            rows = [
                (cell(factor.label), cell(level.label), code(level.when))
                for factor in self.protocol.strata
                for level in factor.levels
            ]
            yield from self.table(("factor", "level", "rule"), rows)

    def _lesions(self) -> Iterator[str]:
        rules = self.protocol.lesions
        if rules:
            says = self.say(
                "lesions_text",
                lesions=rules.most_lesions,
                organs=rules.most_organs,
                rule=self.value(rules.residual_rule),
            )
            yield from (*self.heading("lesions"), says, "")
        review = self.protocol.central_review
        if review:
            labels = ", ".join(prose(self.protocol.form(form).label) for form in review.forms)
            says = self.say(f"central_review_{review.adjudicate}", forms=labels)
            yield from (*self.heading("central_review"), says, "")

    def _treatment(self) -> Iterator[str]:
        if self.protocol.drugs:
            yield from self.heading("treatment")
            rows = [
                (cell(drug.label), self.value(drug.drug_class), self.duration(drug.cycle), self.arms(drug.arms))
                for drug in self.protocol.drugs
            ]
            yield from self.table(("drug", "drug_class", "cycle", "given_in"), rows)
        plan = self.protocol.radiotherapy
        if plan:
            organs = {organ.id: organ.label for organ in self.protocol.lesions.organs} if self.protocol.lesions else {}
            yield from self.heading("radiotherapy")
            yield f"- **{self.say('given_in')}**: {self.arms(plan.arms)}"
            yield f"- **{self.say('starts_within')}**: {self.duration(plan.starts_within)}"
            if plan.holds:
                yield f"- **{self.say('holds')}**: {prose(plan.holds)}"
            yield ""
            doses = [
                (cell(one.label), cell(organs.get(one.organ, one.organ)), cell(one.technique),
                 self.say("dose_text", dose=decimal_text(one.dose), fractions=one.fractions), self.duration(one.every),
                 _bed10(one.dose, one.fractions))
                for one in plan.prescriptions
            ]  # fmt: skip
            header = [self.say(name) for name in ("label", "organ", "technique", "dose", "every")]
            yield from table([*header, "BED10, Gy"], doses)

    # THE SCHEDULE

    def _schedule(self) -> Iterator[str]:
        visits = self.protocol.schedule
        yield from self.heading("schedule")
        rows: list[list[str]] = [
            [f"*{self.say('when')}*", *(cell(self._when(visit)) for visit in visits), ""],
            [f"*{self.say('visit_window')}*", *(self._window(visit) for visit in visits), ""],
            [f"*{self.say('given_in')}*", *(self.arms(visit.only_arms) for visit in visits), ""],
            [f"*{self.say('ends_with')}*", *(self.values(visit.until) for visit in visits), ""],
        ]
        for form in self.protocol.forms:
            marks = [MARK if form.id in visit.forms else "" for visit in visits]
            always = MARK if form.use == "log" or not any(marks) else ""
            rows.append([cell(form.label), *marks, always])
        header = [self.say("form"), *(cell(visit.label) for visit in visits), self.say("as_needed")]
        yield from table(header, rows)

    def _when(self, visit: Visit) -> str:
        anchor = self.value(visit.anchor)
        count, _, step = visit.at.partition(" ")
        if int(count) == 0:
            text = self.say("on_day", anchor=anchor)
        elif int(count) < 0:
            text = self.say("before", at=self.duration(f"{-int(count)} {step}"), anchor=anchor)
        else:
            text = self.say("after", at=self.duration(visit.at), anchor=anchor)
        for again in visit.repeat:
            every = self.duration(again.every)
            ends = self.say("then", every=every, until=self.duration(again.until)) if again.until else ""
            text += ", " + (ends or self.say("then_on", every=every))
        return text

    def _window(self, visit: Visit) -> str:
        return self.say("early_late", early=self.duration(visit.early), late=self.duration(visit.late))

    def _forms(self) -> Iterator[str]:
        yield from self.heading("forms")
        rows = [
            (code(form.id), cell(form.label), self.value(form.use), len(list(form.items)), self.values(form.filled_by),
             self.values([form.signed_by] if form.signed_by else []))
            for form in self.protocol.forms
        ]  # fmt: skip
        yield from self.table(("name", "label", "use", "items", "filled_by", "signed_by"), rows)
        for form in self.protocol.forms:
            if form.collected_for:
                period = self.duration(form.collected_for)
                yield from (self.say("collected_for", form=prose(form.label), period=period), "")

    def _samples(self) -> Iterator[str]:
        if self.protocol.samples:
            labels = {visit.id: visit.label for visit in self.protocol.schedule}
            yield from self.heading("samples")
            rows = [
                (cell(one.label), code(one.consent), cell(", ".join(labels[visit] for visit in one.visits)))
                for one in self.protocol.samples
            ]
            yield from self.table(("label", "consents", "visits"), rows)

    def _stops(self) -> Iterator[str]:
        if self.protocol.stops:
            yield from self.heading("stops")
            rows = [
                (cell(one.label), self.values(one.ends) if one.ends else self.say("nothing"))
                for one in self.protocol.stops
            ]
            yield from self.table(("label", "ends"), rows)

    # ENDPOINTS AND ANALYSIS

    def _endpoints(self) -> Iterator[str]:
        yield from self.heading("endpoints")
        rows = [
            (cell(one.label), self.value(one.rank), self.value(one.kind), self.values(one.events),
             self.values(one.competing), self._rules(one), cell(", ".join(one.sources)))
            for one in self.protocol.endpoints
        ]  # fmt: skip
        yield from self.table(("label", "rank", "kind", "events", "competing", "censoring", "source"), rows)
        for endpoint in self.protocol.endpoints:
            yield from self._estimand(endpoint)

    def _rules(self, endpoint: Endpoint) -> str:
        """How times are censored, and whatever else is asked of the endpoint."""
        said = [self.value(endpoint.censoring)] if endpoint.kind in ("time_to_event", "competing_risks") else []
        if endpoint.dated != "observed":
            said.append(self.value(endpoint.dated))
        if endpoint.analysis_set != "randomized":
            said.append(self.value(endpoint.analysis_set))
        if endpoint.scales:
            points = decimal_text(endpoint.points)
            said.append(
                message("protocol.worse_by", scales=", ".join(endpoint.scales), points=points).say(self.language)
            )
        if endpoint.confirmed:
            said.append(message("protocol.confirmed_after", days=endpoint.confirm_days).say(self.language))
        return "; ".join(said)

    def _estimand(self, endpoint: Endpoint) -> Iterator[str]:
        estimand = endpoint.estimand
        if estimand is None:
            return
        yield from (f"### {prose(endpoint.label)}", "")
        for name in ("population", "variable", "summary"):
            yield f"- **{self.say(name)}**: {prose(getattr(estimand, name))}"
        yield ""
        if estimand.events:
            rows = [(cell(event.says), self.value(event.strategy)) for event in estimand.events]
            yield from self.table(("intercurrent", "strategy"), rows)

    def _analysis(self) -> Iterator[str]:
        plan = self.protocol.analysis
        factors = {factor.id: factor.label for factor in self.protocol.strata}
        target = self.say(
            "target_text", events=plan.target_events, power=decimal_text(plan.power),
            hr=decimal_text(plan.target_hazard_ratio),
        )  # fmt: skip
        yield from self.heading("analysis")
        yield f"- **{self.say('primary')}**: {prose(self.protocol.endpoint(plan.primary).label)}"
        yield f"- **{self.say('alpha')}**: {self.say(f'sided_{plan.sides}', alpha=decimal_text(plan.alpha))}"
        yield f"- **{self.say('intervals')}**: {', '.join(_percent(level) for level in plan.intervals)}"
        yield f"- **{self.say('ties')}**: {plan.ties}"
        if plan.strata:
            yield f"- **{self.say('strata')}**: {prose(', '.join(factors[name] for name in plan.strata))}"
        yield f"- **{self.say('target')}**: {target}"
        if plan.rmst_tau_months is not None:
            yield f"- **{self.say('rmst')}**: {self.say('months', months=decimal_text(plan.rmst_tau_months))}"
        yield ""

    def _monitoring(self) -> Iterator[str]:
        if self.protocol.monitoring:
            yield from self.heading("monitoring")
            rows = [
                (cell(look.label), _percent(look.information), cell(look.spending)) for look in self.protocol.monitoring
            ]
            yield from self.table(("look", "information", "spending"), rows)

    def _accrual(self) -> Iterator[str]:
        accrual = self.protocol.accrual
        yield from self.heading("accrual")
        yield f"- **{self.say('screen_failure')}**: {_percent(accrual.screen_failure)}"
        yield f"- **{self.say('dropout')}**: {_percent(accrual.dropout_per_year)}"
        yield ""

    def _scenarios(self) -> Iterator[str]:
        if self.protocol.scenarios:
            yield from self.heading("scenarios")
            rows = [
                (cell(one.label), decimal_text(one.control_pfs_median),
                 cell(effects(self.protocol, one, self.language)), decimal_text(one.os_median_after),
                 self.value(one.medians))
                for one in self.protocol.scenarios
            ]  # fmt: skip
            yield from self.table(("scenario", "control_median", "effects", "os_after", "medians"), rows)

    def _assumptions(self) -> Iterator[str]:
        found = assumptions(self.protocol)
        yield from self.heading("assumptions")
        yield from (self.say("assumptions_text", count=len(found)), "")
        rows = [(code(one.path), cell(one.element), cell(one.reason)) for one in found]
        yield from self.table(("path", "element", "reason"), rows)


def timing(protocol: Protocol, visit: Visit, language: str) -> tuple[str, str]:
    """When a visit is due and how early or late it may be, in words."""
    description = _Description(protocol, "", language)
    return description._when(visit), description._window(visit)


def _percent(share: Decimal) -> str:
    return f"{decimal_text(share * 100)} %"


def _bed10(dose: Decimal, fractions: int) -> str:
    return radiotherapy.gray(radiotherapy.Prescription(Fraction(dose), fractions).bed())


assert _words  # the wordings above are declared on import
