"""The list of participants: readable at 500 rows, filtered as one types; and the choice of role and language."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Min, OuterRef, Q, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from equipoise.conduct.permissions import ROLES, Permission
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.projections.models import DueRow, SubjectRow
from equipoise.web.access import MEMBERSHIP, public, requires

PAGE = 25
STAGES = (
    "screening",
    "eligible",
    "randomized",
    "progressed",
    "off_visits",
    "lost",
    "withdrawn",
    "dead",
    "screen_failed",
)


@require_safe
@requires(Permission.SEE_SUBJECTS)
def participants(request: Any) -> HttpResponse:
    """The participants this role may see, with their stage and what is due next."""
    rows, sites = SubjectRow.objects.filter(consented_on__isnull=False), read.study().sites
    is_at_site = ROLES[request.actor.role].at_site
    if is_at_site:
        rows = rows.filter(site=request.actor.site)
    query, stage = request.GET.get("q", "").strip()[:64], request.GET.get("stage", "")
    site, due_by = request.GET.get("site", ""), request.GET.get("due", "")
    day = timezone.localdate()
    if query:
        rows = rows.filter(Q(number__icontains=query))
        exact = rows.filter(number__iexact=query)[:2]
        if len(exact) == 1 and "list" not in request.GET:
            return redirect("participant", subject=exact[0].subject)
    if stage in STAGES:
        rows = rows.filter(stage=stage)
    if site in sites and not is_at_site:
        rows = rows.filter(site=site)
    if due_by == "overdue":
        rows = rows.filter(subject__in=DueRow.objects.filter(closes__lt=day).values("subject"))
    due = DueRow.objects.filter(subject=OuterRef("subject"))
    rows = rows.annotate(
        due_on=Subquery(due.values("subject").annotate(first=Min("closes")).values("first")[:1]),
    ).order_by("-last_position")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    kept = {"q": query, "stage": stage, "site": site, "due": due_by}
    context = {
        "page": page, "query": query, "stage": stage, "stages": STAGES, "day": day, "sites": sites, "site_chosen": site,
        "due_by": due_by, "is_at_site": is_at_site, "filtered": any(kept.values()),
        "kept": urlencode({name: value for name, value in kept.items() if value} | {"list": "1"}),
    }  # fmt: skip
    template = "participants.html#table" if request.headers.get("HX-Request") else "participants.html"
    return render(request, template, context)


@require_POST
@public
def switch_role(request: Any) -> HttpResponse:
    """Act in another of one's own roles."""
    chosen = request.POST.get("membership", "")
    if chosen not in {str(one.pk) for one in request.memberships}:
        raise Refusal(message("web.no_role"))
    request.session[MEMBERSHIP] = int(chosen)
    return redirect("today")
