"""Whether a typed protocol hangs together: every reference, rule, duration and share, all faults at once.

for problem in problems(protocol): problem.fault(root)
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from equipoise.methods.schedule import Visit, days_of
from equipoise.protocol import shape
from equipoise.protocol.check_central import central_problems
from equipoise.protocol.check_concepts import concept_problems
from equipoise.protocol.check_endpoints import endpoint_problems
from equipoise.protocol.check_forms import form_problems
from equipoise.protocol.check_randomization import randomization_problems
from equipoise.protocol.check_rules import rule_problems
from equipoise.protocol.check_texts import text_problems
from equipoise.protocol.decode import Location
from equipoise.protocol.model import ArmEffect, Protocol, Scenario
from equipoise.protocol.problems import Problem, references, repeated, unknown

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_SPENDING = re.compile(r"of|pocock|hsd:-?\d+(\.\d+)?|power:\d+(\.\d+)?")

_SHARES = ("local_share", "death_share", "missed_scans", "controls_irradiated", "experimental_not_irradiated")

_MOST_SUBJECTS, _MOST_MONTHS, _MOST_RATIO = 1_000_000, Decimal(1200), Decimal(100)
"""Beyond these nothing is a trial any more, and nothing that is computed of it a number."""

_MOST = {
    "control_pfs_median": _MOST_MONTHS, "pfs_median": _MOST_MONTHS, "os_median_after": _MOST_MONTHS,
    "hazard_ratio": _MOST_RATIO,
}  # fmt: skip

_NAMESPACES = (
    "arms", "objectives", "statements", "consents", "eligibility", "strata", "drugs", "forms", "schedule", "stops",
    "samples", "endpoints", "monitoring", "scenarios",
)  # fmt: skip
_SOURCED = (
    "objectives", "statements", "arms", "eligibility", "strata", "drugs", "forms", "schedule", "stops", "samples",
    "endpoints", "monitoring", "scenarios",
)  # fmt: skip


def problems(protocol: Protocol) -> Iterator[Problem]:
    """Everything wrong across the protocol's parts."""
    yield from _ids(protocol)
    yield from text_problems(protocol)
    yield from _sources(protocol)
    yield from _arms(protocol)
    yield from randomization_problems(protocol)
    yield from _treatments(protocol)
    yield from form_problems(protocol)
    yield from central_problems(protocol)
    yield from _schedule(protocol)
    yield from _samples(protocol)
    yield from endpoint_problems(protocol)
    yield from concept_problems(protocol)
    yield from _analysis(protocol)
    yield from _monitoring(protocol)
    yield from _accrual(protocol)
    yield from _scenarios(protocol)
    yield from rule_problems(protocol)


def _ids(protocol: Protocol) -> Iterator[Problem]:
    lists: list[tuple[Location, str, Any]] = [((name,), name, getattr(protocol, name)) for name in _NAMESPACES]
    for at, factor in enumerate(protocol.strata):
        lists.append((("strata", at, "levels"), "levels", factor.levels))
    if protocol.radiotherapy:
        where: Location = ("radiotherapy", "prescriptions")
        lists.append((where, "prescriptions", protocol.radiotherapy.prescriptions))
    if protocol.lesions:
        lists.append((("lesions", "organs"), "organs", protocol.lesions.organs))
    for at, endpoint in enumerate(protocol.endpoints):
        if endpoint.estimand:
            lists.append((("endpoints", at, "estimand", "events"), "intercurrent events", endpoint.estimand.events))
    if not _ID.fullmatch(protocol.id):
        yield Problem(("id",), "this cannot be an id", protocol.id, "letters, digits, _ and -, as nct07014202")
    if not protocol.version.strip():
        yield Problem(("version",), "the version is empty", wanted='a version, as "1.0"')
    for location, what, elements in lists:
        yield from repeated(location, what, elements)
        for at, element in enumerate(elements):
            if not _ID.fullmatch(element.id):
                yield Problem((*location, at, "id"), "this cannot be an id", element.id, "letters, digits, _ and -")


def _sources(protocol: Protocol) -> Iterator[Problem]:
    told: list[tuple[Location, Any]] = [
        ((name, at), element) for name in _SOURCED for at, element in enumerate(getattr(protocol, name))
    ]
    told += [(("analysis",), protocol.analysis), (("accrual",), protocol.accrual)]
    if protocol.lesions:
        told.append((("lesions",), protocol.lesions))
    if protocol.central_review:
        told.append((("central_review",), protocol.central_review))
    if protocol.radiotherapy:
        told.append((("radiotherapy",), protocol.radiotherapy))
        told += [
            (("radiotherapy", "prescriptions", at), one) for at, one in enumerate(protocol.radiotherapy.prescriptions)
        ]
    told.append((("randomization",), protocol.randomization_note or protocol.randomization))
    for location, element in told:
        if not (element.source or (element.assumption or "").strip()):
            wanted = "`source:` with the ids of the source's statements, or `assumption:` with its reason"
            yield Problem((*location, "source"), "nothing says where this comes from", wanted=wanted)


def _arms(protocol: Protocol) -> Iterator[Problem]:
    arms = [arm.id for arm in protocol.arms]
    ratio = protocol.randomization.ratio
    if len(arms) < 2:
        yield Problem(("arms",), "a randomized trial has two arms or more", str(len(arms)), "two arms")
    elif all(arm.role != "control" for arm in protocol.arms):
        yield Problem(("arms",), "no arm is the control", wanted="`role: control` on the arm others are compared with")
    for arm in ratio:
        if arm not in arms:
            yield unknown(("randomization", "ratio", arm), "arm", arm, arms)
    for at, arm in enumerate(arms):
        if arm not in ratio:
            yield Problem(
                ("randomization", "ratio"), f"the ratio leaves out an arm, number {at + 1}", arm, f"`{arm}: 1`"
            )
    if not any(consent.id == "main" and not consent.optional for consent in protocol.consents):
        wanted = "a consent with `id: main`, not optional: it opens screening"
        yield Problem(("consents",), "no consent is the main one", wanted=wanted)
    for at, form in enumerate(protocol.forms):
        yield from references(("forms", at, "only_arms"), "arm", form.only_arms, arms)
    for at, visit in enumerate(protocol.schedule):
        yield from references(("schedule", at, "only_arms"), "arm", visit.only_arms, arms)
    for at, drug in enumerate(protocol.drugs):
        yield from references(("drugs", at, "arms"), "arm", drug.arms, arms)
    if protocol.radiotherapy:
        yield from references(("radiotherapy", "arms"), "arm", protocol.radiotherapy.arms, arms)


def _treatments(protocol: Protocol) -> Iterator[Problem]:
    for at, drug in enumerate(protocol.drugs):
        yield from _duration(("drugs", at, "cycle"), drug.cycle, least=1)
    organs = [organ.id for organ in protocol.lesions.organs] if protocol.lesions else []
    if protocol.lesions:
        yield from references(("lesions", "judged_on_mri"), "organ", protocol.lesions.judged_on_mri, organs)
        for name in ("most_lesions", "most_organs"):
            yield from _least(("lesions", name), getattr(protocol.lesions, name), 1)
        counting = {organ.id for organ in protocol.lesions.organs if not organ.counts_as}
        for at, organ in enumerate(protocol.lesions.organs):
            place: Location = ("lesions", "organs", at, "counts_as")
            if organ.counts_as and organ.counts_as not in organs:
                yield unknown(place, "organ in `lesions.organs`", organ.counts_as, organs)
            elif organ.counts_as and organ.counts_as not in counting:
                problem = "an organ counts as one that counts as another itself"
                yield Problem(place, problem, organ.counts_as, "the organ that is counted in the end")
    if protocol.radiotherapy:
        yield from _duration(("radiotherapy", "starts_within"), protocol.radiotherapy.starts_within, least=0)
        for at, one in enumerate(protocol.radiotherapy.prescriptions):
            where: Location = ("radiotherapy", "prescriptions", at)
            if one.organ not in organs:
                yield unknown((*where, "organ"), "organ in `lesions.organs`", one.organ, organs)
            yield from _above((*where, "dose"), one.dose)
            yield from _least((*where, "fractions"), one.fractions, 1)
            yield from _duration((*where, "every"), one.every, least=1)


def _schedule(protocol: Protocol) -> Iterator[Problem]:
    forms = [form.id for form in protocol.forms]
    for at, visit in enumerate(protocol.schedule):
        where: Location = ("schedule", at)
        yield from references((*where, "forms"), "form", visit.forms, forms)
        yield from _duration((*where, "at"), visit.at)
        yield from _duration((*where, "early"), visit.early, least=0)
        yield from _duration((*where, "late"), visit.late, least=0)
        for number, again in enumerate(visit.repeat):
            yield from _duration((*where, "repeat", number, "every"), again.every, least=1)
            if again.until:
                yield from _duration((*where, "repeat", number, "until"), again.until, least=1)
            elif number < len(visit.repeat) - 1:
                problem = "nothing after this repeat is ever reached: it has no end"
                yield Problem((*where, "repeat", number, "until"), problem, wanted="`until:`, as '52 weeks'")
            yield from _windows_apart((*where, "repeat", number, "every"), visit, again.every)


def _windows_apart(at: Location, visit: Visit, every: str) -> Iterator[Problem]:
    """A visit on a day must belong to one planned visit: the windows of a repeated one may not run into each other."""
    try:
        early, late, apart = days_of(visit.early), days_of(visit.late), days_of(every)
    except ValueError:
        return  # told where it stands
    if min(early, late) >= 0 and apart > 0 and early + late >= apart:
        seen = f"every {every}, {visit.early} early to {visit.late} late"
        yield Problem(at, "the windows of this visit overlap when it is repeated", seen, "windows shorter than the gap")


def _samples(protocol: Protocol) -> Iterator[Problem]:
    consents = [consent.id for consent in protocol.consents]
    visits = [visit.id for visit in protocol.schedule]
    for at, sample in enumerate(protocol.samples):
        if sample.consent not in consents:
            yield unknown(("samples", at, "consent"), "consent", sample.consent, consents)
        yield from references(("samples", at, "visits"), "visit", sample.visits, visits)


def _analysis(protocol: Protocol) -> Iterator[Problem]:
    plan = protocol.analysis
    endpoints = {endpoint.id: endpoint for endpoint in protocol.endpoints}
    if plan.primary not in endpoints:
        yield unknown(("analysis", "primary"), "endpoint", plan.primary, endpoints)
    elif endpoints[plan.primary].rank != "primary":
        seen = f"{plan.primary} is {endpoints[plan.primary].rank}"
        yield Problem(
            ("analysis", "primary"), "the endpoint analysed first is not ranked primary", seen, "rank: primary"
        )
    else:
        for at, endpoint in enumerate(protocol.endpoints):
            if endpoint.rank == "primary" and endpoint.id != plan.primary:
                problem = "a second endpoint is ranked primary, and alpha is spent on one"
                wanted = f"secondary; `analysis.primary` is {plan.primary}"
                yield Problem(("endpoints", at, "rank"), problem, endpoint.id, wanted)
    yield from _within(("analysis", "alpha"), plan.alpha, Decimal(0), Decimal("0.5"))
    yield from _within(("analysis", "power"), plan.power, Decimal(0), Decimal(1))
    if 0 < plan.power <= plan.alpha:
        seen = f"power {plan.power}, alpha {plan.alpha}"
        yield Problem(("analysis", "power"), "the power is no more than chance gives", seen, "a power above alpha")
    for at, level in enumerate(plan.intervals):
        yield from _within(("analysis", "intervals", at), level, Decimal(0), Decimal(1))
    yield from _least(("analysis", "target_events"), plan.target_events, 1)
    yield from _above(("analysis", "target_hazard_ratio"), plan.target_hazard_ratio, _MOST_RATIO)
    if plan.target_hazard_ratio == 1:
        problem = "a hazard ratio of 1 is no effect to look for"
        yield Problem(("analysis", "target_hazard_ratio"), problem, "1", "another than 1")
    if plan.rmst_tau_months is not None:
        yield from _above(("analysis", "rmst_tau_months"), plan.rmst_tau_months)
        longest = protocol.accrual.months + protocol.accrual.follow_up_months
        if plan.rmst_tau_months > longest > 0:
            problem = "nobody is followed as long as the restricted mean asks"
            seen = f"{plan.rmst_tau_months} months, the trial ends {longest} months after its first participant"
            yield Problem(("analysis", "rmst_tau_months"), problem, seen, "a time within accrual and follow-up")
    if plan.target_events > protocol.accrual.subjects > 0:
        seen = f"{plan.target_events} events, {protocol.accrual.subjects} in accrual.subjects"
        yield Problem(("analysis", "target_events"), "more events are awaited than there are subjects", seen, "fewer")


def _monitoring(protocol: Protocol) -> Iterator[Problem]:
    before = Decimal(0)
    for at, look in enumerate(protocol.monitoring):
        where: Location = ("monitoring", at, "information")
        if not before < look.information <= 1:
            wanted = f"above {before}, at most 1" if before < 1 else "nothing after the look at 1"
            yield Problem(where, "looks come at growing shares of the information", str(look.information), wanted)
        before = max(before, look.information)
        if look.futility_hazard_ratio is not None:
            yield from _above(("monitoring", at, "futility_hazard_ratio"), look.futility_hazard_ratio)
        if look.spending and not _SPENDING.fullmatch(look.spending):
            wanted = "of, pocock, hsd:G or power:R, as hsd:-4"
            yield Problem(("monitoring", at, "spending"), "there is no such spending function", look.spending, wanted)
    if protocol.monitoring and protocol.monitoring[-1].information < 1:
        last = len(protocol.monitoring) - 1
        seen = str(protocol.monitoring[-1].information)
        yield Problem(("monitoring", last, "information"), "the last look is not the final one", seen, "1")


def _accrual(protocol: Protocol) -> Iterator[Problem]:
    accrual = protocol.accrual
    yield from _least(("accrual", "subjects"), accrual.subjects, 1, _MOST_SUBJECTS)
    yield from _least(("accrual", "sites"), accrual.sites, 1, _MOST_SUBJECTS)
    yield from _above(("accrual", "months"), accrual.months, _MOST_MONTHS)
    if accrual.follow_up_months < 0:
        seen = str(accrual.follow_up_months)
        yield Problem(("accrual", "follow_up_months"), "a duration is not negative", seen, "0 or more")
    elif accrual.follow_up_months:
        yield from _above(("accrual", "follow_up_months"), accrual.follow_up_months, _MOST_MONTHS)
    for name in ("screen_failure", "dropout_per_year"):
        share = getattr(accrual, name)
        if not 0 <= share < 1:
            yield Problem(("accrual", name), "a share lies from 0 to below 1", str(share), "as 0.05 for 5 %")


def _scenarios(protocol: Protocol) -> Iterator[Problem]:
    factors = {factor.id: [level.id for level in factor.levels] for factor in protocol.strata}
    for at, scenario in enumerate(protocol.scenarios):
        where: Location = ("scenarios", at)
        for name, most in _MOST.items():
            if hasattr(scenario, name):
                yield from _above((*where, name), getattr(scenario, name), most)
        yield from _effects(where, scenario)
        yield from _by_arm(where, scenario, protocol)
        for name in _SHARES:
            yield from _share((*where, name), getattr(scenario, name))
        sums: dict[str, Decimal] = {}
        for number, share in enumerate(scenario.levels):
            place: Location = (*where, "levels", number)
            if share.factor not in factors:
                yield unknown((*place, "factor"), "factor", share.factor, factors)
            elif share.level not in factors[share.factor]:
                yield unknown((*place, "level"), f"level of {share.factor}", share.level, factors[share.factor])
            yield from _share((*place, "share"), share.share)
            if share.lesions and sum(share.lesions) != 1:
                seen = str(sum(share.lesions))
                yield Problem((*place, "lesions"), "the shares by number of lesions do not add up to 1", seen, "1")
            yield from _above((*place, "hazard_ratio"), share.hazard_ratio, _MOST_RATIO)
            sums[share.factor] = sums.get(share.factor, Decimal(0)) + share.share
        for factor, total in sums.items():
            if total != 1 and factor in factors:
                yield Problem((*where, "levels"), f"the shares of {factor} do not add up to 1", str(total), "1")


def _effects(where: Location, scenario: Scenario) -> Iterator[Problem]:
    if scenario.lesion_hazard_ratio is not None:
        yield from _above((*where, "lesion_hazard_ratio"), scenario.lesion_hazard_ratio, _MOST_RATIO)
    yield from _later(where, scenario)


def _by_arm(where: Location, scenario: Scenario, protocol: Protocol) -> Iterator[Problem]:
    """Effects by arm: each of an experimental arm, once, and either a hazard ratio or a median."""
    experimental = [arm.id for arm in protocol.arms if arm.role == "experimental"]
    control = [arm.id for arm in protocol.arms if arm.role == "control"]
    for number, effect in enumerate(scenario.by_arm):
        place: Location = (*where, "by_arm", number)
        if effect.arm in control:
            problem = "the control arm has no effect: the others are compared with it"
            yield Problem((*place, "arm"), problem, effect.arm, shape.choices(experimental))
        elif effect.arm not in experimental:
            yield unknown((*place, "arm"), "experimental arm", effect.arm, experimental)
        elif effect.arm in [other.arm for other in scenario.by_arm[:number]]:
            yield Problem((*place, "arm"), "this arm is named twice", effect.arm, "each once")
        for name, most in _MOST.items():
            if getattr(effect, name, None) is not None:
                yield from _above((*place, name), getattr(effect, name), most)
        given = [name for name in ("hazard_ratio", "pfs_median") if getattr(effect, name) is not None]
        if len(given) != 1:
            problem = "an arm's effect is a hazard ratio or a median, one of them"
            yield Problem(place, problem, " and ".join(given) or "neither", "`hazard_ratio:` or `pfs_median:`")
        elif effect.later and effect.pfs_median is not None:
            problem = "a median says nothing of an effect that changes later"
            yield Problem((*place, "later"), problem, "pfs_median and later", "`hazard_ratio:` with `later:`")
        yield from _later(place, effect)


def _later(where: Location, effect: Scenario | ArmEffect) -> Iterator[Problem]:
    before = Decimal(0)
    for number, later in enumerate(effect.later):
        place: Location = (*where, "later", number)
        if later.from_months <= before:
            seen = str(later.from_months)
            yield Problem((*place, "from_months"), "effects follow one another in time", seen, f"more than {before}")
        before = max(before, later.from_months)
        yield from _above((*place, "hazard_ratio"), later.hazard_ratio, _MOST_RATIO)


# NUMBERS AND DURATIONS


def _duration(at: Location, text: str, *, least: int | None = None) -> Iterator[Problem]:
    try:
        days = days_of(text)
    except ValueError:
        yield Problem(at, "this is no duration", text, "days or weeks, as '8 weeks'")
        return
    if least is not None and days < least:
        yield Problem(at, "the duration is too short", text, "a day or more" if least else "0 days or more")
    elif abs(days) > 36500:
        yield Problem(at, "the duration is longer than a life", text, "days or weeks, as '8 weeks'")


def _above(at: Location, number: Decimal, most: Decimal | None = None) -> Iterator[Problem]:
    if number <= 0:
        yield Problem(at, "the number is not above 0", str(number), "more than 0")
    elif most is not None and number > most:
        yield Problem(at, "the number is too high", str(number), f"at most {most}")


def _share(at: Location, share: Decimal) -> Iterator[Problem]:
    if not 0 <= share <= 1:
        yield Problem(at, "a share lies from 0 to 1", str(share), "as 0.5 for 50 %")


def _least(at: Location, number: int, least: int, most: int | None = None) -> Iterator[Problem]:
    if number < least:
        yield Problem(at, "the number is too low", str(number), f"at least {least}")
    elif most is not None and number > most:
        yield Problem(at, "the number is too high", str(number), f"at most {most}")


def _within(at: Location, number: Decimal, low: Decimal, high: Decimal) -> Iterator[Problem]:
    if not low < number < high:
        yield Problem(at, f"the number does not lie between {low} and {high}", str(number), f"as {(low + high) / 2}")
