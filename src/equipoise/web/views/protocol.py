"""The protocol as the trial follows it: every part, every assumption, every version and where it is in force."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from equipoise.clinical import radiotherapy
from equipoise.conduct import facts as f
from equipoise.conduct.documents import protocol_of
from equipoise.conduct.entry import Header
from equipoise.conduct.permissions import ROLES, Permission
from equipoise.conduct.study import Study
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.protocol.assumptions import Assumption, assumptions
from equipoise.protocol.describe import timing
from equipoise.protocol.diff import Change, diff
from equipoise.protocol.model import Criterion, Protocol
from equipoise.web.access import requires
from equipoise.web.documents import version_in_language

KINDS = ("protocol_published", "protocol_activated", "translation_published", "exclusions_confirmed")


@dataclass(frozen=True, slots=True)
class Version:
    """A published version: who published it and when, its translations, where it is in force, what it changed."""

    published: f.ProtocolPublished
    header: Header
    translations: tuple[f.TranslationPublished, ...]
    activations: tuple[tuple[f.ProtocolActivated, Header], ...]
    confirmations: tuple[tuple[f.ExclusionsConfirmed, Header], ...]
    changes: tuple[Change, ...]


@require_safe
@requires(Permission.SEE_PROTOCOL)
def protocol(request: Any) -> HttpResponse:
    """The protocol: the version in force for this person, or the published version asked for."""
    study = read.study()
    digest = _chosen(request, study)
    original = protocol_of(study, digest)
    shown = version_in_language(study, digest)
    query = request.GET.get("assumption", "").strip()[:80]
    context = {
        "shown": shown, "digest": digest, "eligibility": _eligibility(original, shown), "visits": _visits(shown),
        "schedule": _schedule(shown), "doses": _doses(shown), "ratio": _ratio(shown), "query": query,
        "found": matching(assumptions(shown), query), "all": len(assumptions(shown)), "study": study,
        "versions": versions(study), "site_names": {site.id: site.name for site in study.sites.values()},
        "knows_blocks": not ROLES[request.actor.role].at_site, "latest": digest == study.digest_in_force(),
        "strata_labels": {factor.id: factor.label for factor in shown.strata},
        "organs": {organ.id: organ.label for organ in shown.lesions.organs} if shown.lesions else {},
        "arms": {arm.id: arm.label for arm in shown.arms}, "primary": shown.endpoint(shown.analysis.primary),
    }  # fmt: skip
    return render(
        request, "protocol.html#assumptions" if request.headers.get("HX-Request") else "protocol.html", context
    )


def matching(found: tuple[Assumption, ...], query: str) -> list[Assumption]:
    """The assumptions whose place, element, reason or source holds every word asked for."""
    words = query.casefold().split()
    return [
        one
        for one in found
        if all(word in " ".join((one.path, one.element, one.reason, *one.sources)).casefold() for word in words)
    ]


def versions(study: Study) -> list[Version]:
    """Every published version, the newest first."""
    entries = [(entry.fact, entry.header) for entry in read.entries(kinds=KINDS)]
    published = [(fact, header) for fact, header in entries if isinstance(fact, f.ProtocolPublished)]
    found, before = [], None
    for fact, header in published:
        now, digest = protocol_of(study, fact.digest), fact.digest
        version = Version(
            fact,
            header,
            tuple(one for one, _ in entries if isinstance(one, f.TranslationPublished) and one.protocol == digest),
            tuple((one, at) for one, at in entries if isinstance(one, f.ProtocolActivated) and one.digest == digest),
            tuple(
                (one, at) for one, at in entries if isinstance(one, f.ExclusionsConfirmed) and one.protocol == digest
            ),
            diff(before, now).changes if before is not None else (),
        )
        found.append(version)
        before = now
    return found[::-1]


def _chosen(request: Any, study: Study) -> str:
    asked = request.GET.get("version", "")
    if asked and asked not in study.protocols:
        raise Refusal(message("refuse.protocol_unknown", digest=asked[:12]))
    site = request.actor.site
    return asked or (study.digest_in_force(site) if site else "") or study.digest_in_force()


def _eligibility(original: Protocol, shown: Protocol) -> list[tuple[str, list[tuple[Criterion, Criterion]]]]:
    pairs = list(zip(original.eligibility, shown.eligibility, strict=True))
    kinds = ("inclusion", "exclusion")
    return [(kind, [(rule, text) for rule, text in pairs if rule.kind == kind]) for kind in kinds]


def _visits(shown: Protocol) -> list[tuple[Any, str, str]]:
    language = get_language() or "en"
    return [(visit, *timing(shown, visit, language)) for visit in shown.schedule]


def _schedule(shown: Protocol) -> list[tuple[Any, list[bool], bool]]:
    """Forms by visits; the last mark says the form is filled in whenever it happens."""
    rows = []
    for form in shown.forms:
        marks = [form.id in visit.forms for visit in shown.schedule]
        rows.append((form, marks, form.use == "log" or not any(marks)))
    return rows


def _doses(shown: Protocol) -> list[tuple[Any, str]]:
    """Each prescription with its biologically effective dose (alpha/beta 10 Gy)."""
    from fractions import Fraction

    plan = shown.radiotherapy
    return [
        (one, radiotherapy.gray(radiotherapy.Prescription(Fraction(one.dose), one.fractions).bed()))
        for one in (plan.prescriptions if plan else ())
    ]


def _ratio(shown: Protocol) -> list[tuple[str, int]]:
    return [(arm.label, shown.randomization.ratio[arm.id]) for arm in shown.arms]
