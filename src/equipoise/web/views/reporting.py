"""The trial's report of a cut: as a page whose numbers lead to their rows, as PDF, and as JSON.

The page holds no script, so that it may bring its own style; what may be seen is decided as for the workspace.
"""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from equipoise.analysis.cut import DataCut
from equipoise.analysis.findings import find
from equipoise.analysis.firewall import Authority
from equipoise.conduct.permissions import ROLES, Permission
from equipoise.kernel.errors import NotPermitted
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.reports.document import Behind, Report, as_json
from equipoise.reports.page import page
from equipoise.reports.pdf import pdf
from equipoise.reports.report import report
from equipoise.web.access import requires
from equipoise.web.choosing import Asked, asked, books
from equipoise.web.documents import version_in_language

ITS_OWN_STYLE = {
    "default-src": [CSP.NONE], "style-src": [CSP.UNSAFE_INLINE], "img-src": ["data:"], "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE], "frame-ancestors": [CSP.NONE],
}  # fmt: skip
"""No script, nothing from elsewhere; pictures made by the server bring style attributes."""
KINDS = {"html": "text/html; charset=utf-8", "pdf": "application/pdf", "json": "application/json"}


@never_cache
@require_safe
@requires(Permission.SEE_SOURCES)
@csp_override(ITS_OWN_STYLE)
def trial_report(request: Any, written: str) -> HttpResponse:
    """The report of the cut asked for; pooled, or by arm where there is leave. Of the whole trial, so not for sites."""
    if ROLES[request.actor.role].at_site:
        raise NotPermitted(message("web.report_of_all"))
    if written not in KINDS:
        raise Http404
    one = asked(request)
    made = _made(one.cut, one.leave, (get_language() or "en").lower())
    if written == "html":
        content = page(made, rows=_rows_address(one))
    elif written == "pdf":
        content = pdf(made)
    else:
        content = json.dumps(as_json(made, figures=False), ensure_ascii=False, allow_nan=False, indent=1).encode()
    response = HttpResponse(content, content_type=KINDS[written])
    if written != "html":
        cutoff = one.cut.cutoff.isoformat() if one.cut.cutoff else "no-cutoff"
        name = f"{one.cut.trial}-report-{cutoff}-entry-{one.cut.position}"
        response["Content-Disposition"] = f'attachment; filename="{name}.{written}"'
    return response


@lru_cache(maxsize=2)
def _made(cut: DataCut, leave: Authority | None, language: str) -> Report:
    """A report, written once for its page, its PDF and its JSON."""
    study = read.study()
    sites = {site.id: site.name for site in study.sites.values()}
    every, shown = books(cut.position, cut.head), version_in_language(study, cut.plan)
    return report(find(shown, every, cut, leave, everyone=_("All participants"), sites=sites), language)


def _rows_address(one: Asked) -> Callable[[Behind], str]:
    """Where rows of the report's own cut are."""
    return lambda behind: f"{reverse('derived-rows')}?{one.cut_query}&{urlencode(behind, doseq=True)}"
