"""The statistician's workspace: cut, population, endpoint, strata, estimators; the figure, the estimates, both to take.

What may be seen is decided in `choosing.asked`, for the page and for every file.
"""

import csv
import io
import json
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from equipoise.analysis.document import analysed_document
from equipoise.analysis.named_arms import labels_of
from equipoise.analysis.questionnaire_weeks import weeks_of
from equipoise.analysis.workspace import TELLS_ARM, Changes, Responses, measures, populations_of
from equipoise.conduct.actions.people import TakeLook
from equipoise.conduct.permissions import ROLES, Permission, allows
from equipoise.kernel.cells import guarded_row
from equipoise.kernel.errors import EstimationError, Refusal
from equipoise.ledger import read
from equipoise.reports.figure_pdf import figure_pdf
from equipoise.reports.figures import tick_times
from equipoise.web.access import requires
from equipoise.web.acting import act
from equipoise.web.analysis_figures import live, measured, picture, table
from equipoise.web.choosing import LIMITS, TIES, Asked, asked, scale_name, scales_of, stamp_line

RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING")
"""Best overall responses, best first."""
COLUMNS = 9
"""Of times in the table of numbers at risk, as many as stand beside one another."""
LANDMARKS = (6.0, 12.0, 18.0, 24.0)
"""The months at which survival and incidence are given in words."""


@never_cache
@require_safe
@requires(Permission.SEE_POOLED)
def analysis(request: Any) -> HttpResponse:
    """The workspace."""
    refusal = None
    try:
        one = asked(request)
    except Refusal as error:
        if error.code == "refuse.by_arm":
            raise
        refusal, one = error, asked(request, plain=True)
    return _page(request, one, refusal, 409 if refusal else 200)


@never_cache
@require_POST
@requires(Permission.TAKE_LOOK)
def take_look(request: Any) -> HttpResponse:
    """Take an authorised look: written down, with the password, before anything is shown."""
    look = request.POST.get("look", "")
    known = read.study().looks.get(look)
    try:
        action = TakeLook(look=look, plan=known.plan if known else "", as_of=read.head()[0])
        act(request, action, password=request.POST.get("password", ""))
    except Refusal as error:
        return _page(request, asked(request, plain=True), error, error.http_status)
    return redirect(f"{reverse('analysis')}?{urlencode({'look': look})}")


@never_cache
@require_safe
@requires(Permission.SEE_POOLED)
def figure_svg(request: Any) -> HttpResponse:
    """The figure."""
    one = asked(request)
    return _file(request, picture(one), "image/svg+xml", one, "svg")


@never_cache
@require_safe
@requires(Permission.SEE_POOLED)
def figure_as_pdf(request: Any) -> HttpResponse:
    """The figure as a page of PDF."""
    one = asked(request)
    return _file(
        request, figure_pdf(picture(one), measured(one), get_language() or "en"), "application/pdf", one, "pdf"
    )


@never_cache
@require_safe
@requires(Permission.SEE_POOLED)
def figure_csv(request: Any) -> HttpResponse:
    """The figure's data, unrounded, each row with the choice and the stamp of the cut."""
    one = asked(request)
    header, rows = table(one)
    text, stamp = io.StringIO(), one.cut.stamp()
    chosen = {
        "measure": one.choice.measure, "population": one.choice.population, "strata": ";".join(one.choice.strata),
    }  # fmt: skip
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["endpoint", *header, *chosen, *stamp])
    tail = ["" if value is None else value for value in (*chosen.values(), *stamp.values())]
    for row in rows:
        cells = ("" if value is None else value for value in row)
        writer.writerow(guarded_row([one.choice.endpoint.id, *cells, *tail]))
    return _file(request, text.getvalue().encode(), "text/csv; charset=utf-8", one, "csv")


@never_cache
@require_safe
@requires(Permission.SEE_POOLED)
def analysis_json(request: Any) -> HttpResponse:
    """Every number of the page, with the stamp."""
    one = asked(request)
    content = analysed_document(one.protocol, one.analysed) | {"figure": live(one)}
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)
    return _file(request, text.encode(), "application/json", one, "json")


def _page(request: Any, one: Asked, refusal: Refusal | None, status: int) -> HttpResponse:
    found = one.analysed.result
    study, user = read.study(), request.actor.user
    mine = [look for look in study.looks.values() if user in look.for_users]
    drawn, wanted = live(one), request.GET.get("endpoint")
    chosen = next((each.id for each in one.shown.endpoints if refusal and each.id == wanted), one.choice.endpoint.id)
    context = {
        "one": one, "choice": one.choice, "analysed": one.analysed, "kind": type(found).__name__,
        "found": None if isinstance(found, EstimationError) else found,
        "error": found if isinstance(found, EstimationError) else None, "refusal": refusal, "measured": measured(one),
        "endpoints": one.shown.endpoints, "chosen_endpoint": chosen,
        "measures": _measures(one), "populations": _populations(one),
        "ties": TIES, "limits": LIMITS, "typed": request.GET, "stamp_line": stamp_line(one.cut), "figure": drawn,
        "risk": _risk(found), "landmarks": _landmarks(found), "arm_labels": one.arm_labels,
        "weeks": weeks_of(one.protocol) if isinstance(found, Changes) else {}, "kinds": kind_labels(),
        "strata_labels": [factor.label for factor in one.shown.strata if factor.id in one.choice.strata],
        "groups": one.analysed.split.groups, "departures": _departures(one), "codes": _codes(found),
        "first_visits": {each.number for each in found.found[:2]} if isinstance(found, Changes) else set(),
        "taken": {fact.look for fact, header in study.looks_taken if header.actor.user == user},
        "looks": mine if allows(request.actor, Permission.TAKE_LOOK) else None,
        "may_report": not ROLES[request.actor.role].at_site and allows(request.actor, Permission.SEE_SOURCES),
        "lasting": "confirmed_durations" if one.choice.endpoint.confirmed else "durations",
        "lasting_pinned": one.pinned if one.choice.population == "itt" else "",
        "notes": one.analysed.notes, "estimand": one.endpoint,
        "treated": treated_query(one), "labels": labels_of(one.shown, one.protocol, one.choice.strata),
    }  # fmt: skip
    return render(request, "analysis.html", context, status=status)


def treated_query(one: Asked) -> str:
    """The address of everyone treated: rows of the primary endpoint in the safety population, on the same cut."""
    held = QueryDict(one.pinned, mutable=True)
    held["endpoint"], held["population"] = one.protocol.analysis.primary, "safety"
    return str(held.urlencode())


def kind_labels() -> dict[str, str]:
    """What the kinds of adverse events are called."""
    return {
        "any": _("Any adverse event"), "related_drug": _("Related to the study drug"),
        "related_radiotherapy": _("Related to radiotherapy"), "serious": _("Serious"), "immune": _("Immune-related"),
        "pneumonitis_2": _("Pneumonitis, grade 2 or more"), "fatal": _("Grade 5"),
    }  # fmt: skip


def population_labels() -> dict[str, str]:
    """What the populations are called."""
    return {
        "itt": _("Intention to treat"), "safety": _("Safety, as treated"), "per_protocol": _("Per protocol"),
        "questionnaire": _("Questionnaire-evaluable"),
    }  # fmt: skip


def _populations(one: Asked) -> list[tuple[str, str, bool]]:
    """Populations to choose from: id, label, and whether it is closed without leave to see arms."""
    labels = population_labels()
    return [
        (each, labels[each], each in TELLS_ARM and one.leave is None) for each in populations_of(one.choice.endpoint)
    ]


def _measures(one: Asked) -> list[tuple[str, str]]:
    known = measures(one.choice.endpoint, scales_of(one.protocol))
    labels = {
        "participant": _("per participant"), "lesion": _("per lesion"), "worse:": _("any of the scales, or death"),
    }  # fmt: skip
    named = {
        "worse": _("deterioration or death: %(scale)s"), "change": _("mean change: %(scale)s"),
        "deterioration": _("lasting deterioration: %(scale)s"),
    }  # fmt: skip
    found = []
    for each in known:
        what, _colon, scale = each.partition(":")
        if each:
            found.append((each, named[what] % {"scale": scale_name(scale)} if scale else labels[each]))
    return found


def _departures(one: Asked) -> list[str]:
    """In what the choice departs from the plan, in words."""
    plan, choice, labels = one.protocol.analysis, one.choice, population_labels()
    found = []
    if choice.population != populations_of(choice.endpoint)[0] and choice.endpoint.kind != "scores":
        found.append(labels[choice.population])
    if choice.strata != plan.strata:
        found.append(_("not stratified"))
    if choice.ties != plan.ties:
        found.append(_("ties by %(ties)s") % {"ties": choice.ties.capitalize()})
    planned = float(plan.rmst_tau_months) if plan.rmst_tau_months is not None else None
    if choice.tau != planned and choice.tau is not None:
        found.append(_("restricted mean to %(tau)s months") % {"tau": f"{choice.tau:g}"})
    return found


def _codes(found: Any) -> list[str]:
    """The best responses there are, in RECIST's order."""
    if not isinstance(found, Responses):
        return []
    seen = {code for rate in found.rates for code in rate.counts}
    return [code for code in RESPONSES if code in seen] + sorted(seen.difference(RESPONSES))


def _curves(found: Any) -> list[tuple[str, Any]]:
    """(group, curve) of what is drawn against time; nothing for other kinds."""
    groups = getattr(getattr(found, "estimate", None), "groups", ())
    return [(getattr(group, "id", "") or group.group, group.curve) for group in groups]


def _risk(found: Any) -> tuple[list[float], list[tuple[str, list[tuple[float, int, int]]]]] | None:
    """Months, and for each group the month, the number at risk and the events so far."""
    held = _curves(found)
    if not held:
        return None
    months = tick_times(max((float(curve.time[-1]) for _group, curve in held if len(curve.time)), default=1.0))
    months = months[:: 1 + len(months) // COLUMNS]
    rows = []
    for group, curve in held:
        cells = []
        for month in months:
            at_risk = int(sum(curve.n_event[curve.time >= month]) + sum(curve.n_censor[curve.time >= month]))
            if hasattr(curve, "n_competing"):
                at_risk += int(sum(curve.n_competing[curve.time >= month]))
            cells.append((month, at_risk, int(sum(curve.n_event[curve.time <= month]))))
        rows.append((group, cells))
    return months, rows


def _landmarks(found: Any) -> list[tuple[float, list[Any]]]:
    held = _curves(found)
    every = [(month, [curve.at([month])[0] for _group, curve in held]) for month in LANDMARKS] if held else []
    return [(month, values) for month, values in every if any(value.value is not None for value in values)]


def _file(request: Any, content: bytes, kind: str, one: Asked, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    if ending != "svg" or "download" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="{file_name(one)}.{ending}"'
    return response


def file_name(one: Asked) -> str:
    """A name for a file of an analysis: what was asked, on which cut."""
    cutoff = one.cut.cutoff.isoformat() if one.cut.cutoff else "no-cutoff"
    rehearsal = "-rehearsal" if one.cut.rehearsal else ""
    measure = f"-{one.choice.measure.replace(':', '-')}" if one.choice.measure else ""
    endpoint = f"{one.choice.endpoint.id}{measure}-{one.choice.population}"
    return slugify(f"{one.cut.trial}-{endpoint}-{cutoff}-entry-{one.cut.position}{rehearsal}")
