"""The trial: accrual against plan, the flow of participants, the pooled primary endpoint, sites, what is open."""

from collections import Counter
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from equipoise.analysis.firewall import Authority
from equipoise.analysis.flow import accrual, flow
from equipoise.analysis.survival import EndpointEstimate
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.permissions import ROLES, Permission, allows
from equipoise.kernel.errors import EstimationError
from equipoise.ledger import read
from equipoise.ledger.analysing import data_cut, estimate
from equipoise.projections.models import DueRow
from equipoise.protocol.model import Protocol
from equipoise.reports.figures import NamedCurve, Words, accrual_figure, kaplan_meier_figure
from equipoise.web.access import requires
from equipoise.web.documents import protocol_for, shown_protocol
from equipoise.web.event_forecast import event_forecast, forecast_picture


@require_safe
@requires(Permission.SEE_TRIAL)
def trial(request: Any) -> HttpResponse:
    """The trial's dashboard. Pooled; a rehearsal also shows the arms, and says so."""
    study, protocol, shown = read.study(), protocol_for(request), shown_protocol(request)
    today = timezone.localdate()
    books = casebooks()
    leave = Authority("rehearsal") if study.is_rehearsal else Authority("released") if study.released else None
    sees_outcomes = allows(request.actor, Permission.SEE_POOLED)
    pfs = primary(protocol, books, leave) if sees_outcomes else None
    sites = Counter(book.site for book in books if book.randomized)
    screened = Counter(book.site for book in books if book.enrolment)
    context = {
        "flow": flow(shown, books, leave if sees_outcomes else None), **_rows_behind(request, protocol),
        "randomized": sum(sites.values()),
        "planned": protocol.accrual.subjects,
        "sites": [(site, sites[site.id], screened.get(site.id, 0)) for site in study.sites.values()],
        "estimate": pfs if isinstance(pfs, EndpointEstimate) else None,
        "estimate_error": pfs.say(get_language() or "en") if isinstance(pfs, EstimationError) else "",
        "endpoint": shown.endpoint(protocol.analysis.primary),
        "arms": {arm.id: arm.label for arm in shown.arms},
        "overdue": DueRow.objects.filter(closes__lt=today, **_site(request)).count(),
        "criteria": {criterion.id: criterion.says for criterion in shown.eligibility},
        "target": protocol.analysis.target_events,
        "forecast": event_forecast(protocol, study.digest_in_force(), today) if sees_outcomes else None,
    }  # fmt: skip
    return render(request, "trial.html", context)


@require_safe
@requires(Permission.SEE_TRIAL)
def accrual_svg(request: Any) -> HttpResponse:
    """Accrual against plan, as a picture."""
    study, protocol = read.study(), protocol_for(request)
    assert study.opened_at is not None
    first = min((book.consented_on for book in casebooks() if book.consented_on), default=study.opened_at.date())
    points = accrual(protocol, casebooks(), start=first, today=timezone.localdate())
    words = Words(_("Months since the first consent"), _("Participants randomized"))
    picture = accrual_figure(
        [point.month for point in points], [point.planned for point in points], [point.actual for point in points],
        words, (_("as planned"), _("randomized")),
    )  # fmt: skip
    return HttpResponse(picture, content_type="image/svg+xml")


@require_safe
@requires(Permission.SEE_POOLED)
def primary_svg(request: Any) -> HttpResponse:
    """The primary endpoint's curve with numbers at risk, pooled; by arm in a rehearsal, which its page says."""
    study, protocol, shown = read.study(), protocol_for(request), shown_protocol(request)
    leave = Authority("rehearsal") if study.is_rehearsal else Authority("released") if study.released else None
    found = primary(protocol, casebooks(), leave)
    if isinstance(found, EstimationError):
        raise found
    return HttpResponse(curve_picture(found, shown), content_type="image/svg+xml")


@require_safe
@requires(Permission.SEE_POOLED)
def forecast_svg(request: Any) -> HttpResponse:
    """When the events of the primary endpoint are to be expected: the events so far and the fan of those to come."""
    found = event_forecast(protocol_for(request), read.study().digest_in_force(), timezone.localdate())
    return HttpResponse(forecast_picture(found), content_type="image/svg+xml")


def curve_picture(found: EndpointEstimate, shown: Protocol) -> bytes:
    """An estimate's curves as SVG, labelled in the page's language."""
    labels = {arm.id: arm.label for arm in shown.arms} | {"all": _("All participants")}
    curves = [
        NamedCurve(f"{labels[group.id]} ({group.events}/{group.n})", group.curve, index)
        for index, group in enumerate(found.groups)
    ]
    stamp = f"{found.cut.trial} · {found.cut.as_of} · {found.cut.head[:12]}" + (
        f" · {_('REHEARSAL')}" if found.cut.rehearsal else ""
    )
    endpoint = next(one for one in shown.endpoints if one.id == found.endpoint.id)
    words = Words(_("Months since randomization"), endpoint.label, _("At risk"), stamp)
    return kaplan_meier_figure(curves, words)


def casebooks() -> list[Casebook]:
    """Every casebook as of the newest entry; folded once for each head."""
    return _folded(read.head()[1])


@lru_cache(maxsize=2)
def _folded(head: str) -> list[Casebook]:
    return list(read.casebooks().values())


def primary(protocol: Protocol, books: list[Casebook], leave: Authority | None) -> EndpointEstimate | EstimationError:
    """The primary endpoint on everything known now."""
    study = read.study()
    cut = data_cut(study.digest_in_force(), cutoff=None, as_of=None)
    return estimate(protocol, protocol.endpoint(protocol.analysis.primary), books, cut, leave)


def _rows_behind(request: Any, protocol: Protocol) -> dict[str, str]:
    """How addresses of rows begin on this cut: of the flow, of the primary endpoint; '' for who may not see rows."""
    if not allows(request.actor, Permission.SEE_SOURCES):
        return {"trace_flow": "", "trace_primary": ""}
    cut = f"as_of={read.head()[0]}"
    return {"trace_flow": f"of=flow&{cut}", "trace_primary": f"endpoint={protocol.analysis.primary}&{cut}"}


def _site(request: Any) -> dict[str, str]:
    return {"site": request.actor.site} if ROLES[request.actor.role].at_site else {}
