"""The statistician's workspace: a cut, an endpoint, strata; the figure, the estimates in words, and both to take away.

Every address here asks the firewall first, in `asked`: what is not pooled needs a rehearsal, a release, or a look of
this very person's, and a look fixes cut and plan.
"""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from equipoise.analysis.cut import DataCut
from equipoise.analysis.document import document
from equipoise.analysis.firewall import Authority, authority
from equipoise.analysis.survival import EndpointEstimate
from equipoise.conduct.actions.people import TakeLook
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import protocol_of
from equipoise.conduct.permissions import Permission, allows
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.errors import EstimationError, Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.ledger.analysing import data_cut, estimate
from equipoise.protocol.model import Endpoint, Protocol
from equipoise.reports.figures import tick_times
from equipoise.statistics.estimate import present
from equipoise.web.access import requires
from equipoise.web.acting import act
from equipoise.web.documents import version_in_language
from equipoise.web.views.trial import curve_picture

LANDMARKS = (6.0, 12.0, 24.0)
"""The months at which survival is given in words."""


@dataclass(frozen=True)
class Asked:
    """What somebody asked for and may have: the cut, the plan's protocol, the endpoint, the leave by arm, if any."""

    cut: DataCut
    protocol: Protocol
    shown: Protocol
    endpoint: Endpoint
    strata: tuple[str, ...]
    leave: Authority | None
    found: EndpointEstimate | EstimationError
    query: str

    @property
    def label(self) -> str:
        """The endpoint in the page's language."""
        return self.shown.endpoint(self.endpoint.id).label


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
def curve_svg(request: Any) -> HttpResponse:
    """The figure."""
    one = asked(request)
    return _file(request, curve_picture(_estimated(one), one.shown), "image/svg+xml", one, "svg")


@never_cache
@require_safe
@requires(Permission.SEE_POOLED)
def curve_csv(request: Any) -> HttpResponse:
    """The curve's data, a row a time, each row with the stamp of the cut."""
    one = asked(request)
    stamp = one.cut.stamp()
    text = io.StringIO()
    names = ("group", "time_months", "at_risk", "events", "censored", "survival", "std_err", "lower", "upper")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["endpoint", *names, *stamp])
    for group in _estimated(one).groups:
        for row in _rows(group):
            values = ["" if value is None else value for value in row]
            stamped = ["" if value is None else value for value in stamp.values()]
            writer.writerow([one.endpoint.id, group.id, *values, *stamped])
    return _file(request, text.getvalue().encode(), "text/csv; charset=utf-8", one, "csv")


@never_cache
@require_safe
@requires(Permission.SEE_POOLED)
def analysis_json(request: Any) -> HttpResponse:
    """Every number of the page, with the stamp."""
    one = asked(request)
    content = document(one.protocol, one.cut, [(one.endpoint, one.found)], one.leave) | {"curves": curves(one)}
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{_name(one)}.json"'
    return response


def asked(request: Any, *, plain: bool = False) -> Asked:
    """What the query asks for, as far as this person may have it; `plain` ignores the query.

    Raises NotPermitted for a look this person has not taken, Refusal for a date or position that is none.
    """
    query = {} if plain else request.GET
    study = read.study()
    look = query.get("look", "")
    plan, cutoff, as_of = study.digest_in_force(), _day(query.get("cutoff", "")), moment(query.get("as_of", ""))
    if look and not (study.is_rehearsal or study.released):
        taken = [
            fact for fact, header in study.looks_taken if fact.look == look and header.actor.user == request.actor.user
        ]
        plan = taken[-1].plan if taken else plan
        leave: Authority | None = authority(study, request.actor, look=look, plan=plan)
        cutoff, as_of = date.fromisoformat(taken[-1].cutoff), taken[-1].as_of
    else:
        leave = authority(study, request.actor) if study.is_rehearsal or study.released else None
    protocol = protocol_of(study, plan)
    cut = data_cut(plan, cutoff=cutoff, as_of=as_of)
    endpoint = _endpoint(protocol, query.get("endpoint", ""))
    strata = () if query.get("strata") == "none" else protocol.analysis.strata
    known = list(books(cut.position, cut.head))
    found = estimate(protocol, endpoint, known, cut, leave, strata)
    if not any(book.randomized_on and cut.holds(book.randomized_on) for book in known):
        found = EstimationError(message("web.nobody_randomized").say(get_language() or "en"))
    return Asked(cut, protocol, version_in_language(study, plan), endpoint, strata, leave, found, _query(query))


@lru_cache(maxsize=4)
def books(position: int, head: str) -> tuple[Casebook, ...]:
    """Every casebook as the ledger knew it up to an entry; `head` makes sure it is that ledger."""
    return tuple(read.casebooks(as_of=position).values())


def moment(text: str) -> read.AsOf:
    """An as-of as typed: an entry's position, a day (to its end, UTC), a moment with its zone; '' is now."""
    text = text.strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 16:
        return int(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(message("web.as_of", seen=text[:40])) from None
    if "T" not in text and " " not in text:
        found = datetime.combine(found.date(), time.max)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def curves(one: Asked) -> list[dict[str, Any]]:
    """The curves for the page's script and for people: every time with survival, its limits and who is at risk."""
    if isinstance(one.found, EstimationError):
        return []
    labels = {arm.id: arm.label for arm in one.shown.arms}
    names = ("time", "at_risk", "events", "censored", "survival", "std_err", "lower", "upper")
    return [
        {"id": group.id, "label": labels.get(group.id, ""), "n": group.n, "events_in_all": group.events}
        | {name: list(column) for name, column in zip(names, zip(*_rows(group), strict=True), strict=True)}
        for group in one.found.groups
    ]


def _page(request: Any, one: Asked, refusal: Refusal | None, status: int) -> HttpResponse:
    found = one.found if isinstance(one.found, EndpointEstimate) else None
    study, user = read.study(), request.actor.user
    endpoints = [shown for shown in one.shown.endpoints if shown.kind == "time_to_event"]
    mine = [look for look in study.looks.values() if user in look.for_users]
    context = {
        "one": one, "estimate": found, "error": one.found if found is None else None, "refusal": refusal,
        "endpoints": endpoints, "stamp": one.cut.stamp(),
        "typed": request.GET, "curves": curves(one), "risk": _risk(found) if found else None,
        "landmarks": _landmarks(found) if found else [], "arm_labels": {arm.id: arm.label for arm in one.shown.arms},
        "strata_labels": [factor.label for factor in one.shown.strata if factor.id in one.strata],
        "taken": {fact.look for fact, header in study.looks_taken if header.actor.user == user},
        "looks": mine if allows(request.actor, Permission.TAKE_LOOK) else None,
        "estimand": one.shown.endpoint(one.endpoint.id),
    }  # fmt: skip
    return render(request, "analysis.html", context, status=status)


def _estimated(one: Asked) -> EndpointEstimate:
    if isinstance(one.found, EstimationError):
        raise one.found
    return one.found


def _rows(group: Any) -> list[tuple[float | None, ...]]:
    curve = group.curve
    columns = (
        curve.time, curve.n_risk, curve.n_event, curve.n_censor, curve.surv, curve.std_err, curve.lower, curve.upper
    )  # fmt: skip
    return [tuple(present(value) for value in row) for row in zip(*columns, strict=True)]


def _risk(found: EndpointEstimate) -> tuple[list[float], list[tuple[str, list[int], list[int]]]]:
    """Months, and for each group the numbers at risk and the events so far."""
    last = max((float(group.curve.time[-1]) for group in found.groups if len(group.curve.time)), default=1.0)
    months = tick_times(last)
    return months, [
        (
            group.id,
            [int(count) for count in group.curve.at_risk(months)],
            [int(count) for count in group.curve.events_by(months)],
        )
        for group in found.groups
    ]


def _landmarks(found: EndpointEstimate) -> list[tuple[float, list[Any]]]:
    return [(month, [group.curve.at([month])[0] for group in found.groups]) for month in LANDMARKS]


def _endpoint(protocol: Protocol, wanted: str) -> Endpoint:
    known = {one.id: one for one in protocol.endpoints if one.kind == "time_to_event"}
    if wanted and wanted not in known:
        raise Refusal(message("web.endpoint_unknown", seen=wanted[:40]))
    return known[wanted or protocol.analysis.primary]


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        day = PartialDate.parse(text.strip())
    except ValueError:
        raise Refusal(message("refuse.date", seen=text[:40])) from None
    if not day.is_complete:
        raise Refusal(message("refuse.date", seen=text[:40]))
    return day.earliest


def _query(query: Any) -> str:
    names = ("cutoff", "as_of", "endpoint", "strata", "look")
    return urlencode({name: query[name] for name in names if query.get(name)})


def _file(request: Any, content: bytes, kind: str, one: Asked, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    if ending != "svg" or "download" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="{_name(one)}.{ending}"'
    return response


def _name(one: Asked) -> str:
    cutoff = one.cut.cutoff.isoformat() if one.cut.cutoff else "no-cutoff"
    rehearsal = "-rehearsal" if one.cut.rehearsal else ""
    return slugify(f"{one.cut.trial}-{one.endpoint.id}-{cutoff}-entry-{one.cut.position}{rehearsal}")
