"""What the lesions did in everyone randomized: waterfall, spider and swimmer plots, local control. Pooled.

A rehearsal colours the arms and says so; in production no arm is told apart before results are released.
"""

from collections import Counter
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from equipoise.analysis.firewall import Authority
from equipoise.analysis.tumour_courses import LocalControl, TumourCourse, residual_control, tumour_courses
from equipoise.conduct.documents import latest_protocol
from equipoise.conduct.permissions import Permission, allows
from equipoise.ledger import read
from equipoise.protocol.model import Protocol
from equipoise.reports.figures import Words
from equipoise.reports.lesion_figures import Participant, Point, spider_figure, swimmer_figure, waterfall_figure
from equipoise.web.access import requires
from equipoise.web.documents import protocol_for, shown_protocol
from equipoise.web.views.trial import casebooks

RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING")


@require_safe
@requires(Permission.SEE_POOLED)
def lesion_plots(request: Any) -> HttpResponse:
    """The page: counts of best response, the three plots each with its table, the fate of the residual lesions."""
    protocol, leave = protocol_for(request), _leave()
    found, control = _computed(protocol, leave)
    counts = Counter(str(one.best.response) for one in found)
    shown = shown_protocol(request)
    context = {
        "courses": [(_label(request, one, index), one) for index, one in enumerate(found, 1)],
        "counts": [(response, counts[response]) for response in RESPONSES if counts[response]],
        "measurable": sum(1 for one in found if one.baseline_sum),
        "changed": sum(1 for one in found if one.best_change is not None),
        "randomized": len(found),
        "control": control,
        "by_arm": leave,
        "follows": protocol.lesions is not None,
        "arms": {arm.id: arm.label for arm in shown.arms},
    }
    return render(request, "lesion_plots.html", context)


@require_safe
@requires(Permission.SEE_POOLED)
def lesion_plot_svg(request: Any, plot: str) -> HttpResponse:
    """One of the plots as a picture."""
    protocol, shown, leave = protocol_for(request), shown_protocol(request), _leave()
    found, _control = _computed(protocol, leave)
    arms = [arm.id for arm in protocol.arms]
    groups = [arm.label for arm in shown.arms] if leave else []
    people = [_drawn(request, one, index, arms) for index, one in enumerate(found, 1)]
    stamp = _stamp(protocol)
    change = _("Change of the sum of targets from baseline, %")
    match plot:
        case "waterfall":
            words = Words(_("Participants with a target and a scan since baseline"), change, stamp=stamp)
            picture = waterfall_figure(people, words, groups)
        case "spider":
            words = Words(_("Months since randomization"), change, stamp=stamp)
            picture = spider_figure(people, words, groups)
        case "swimmer":
            words = Words(_("Months since randomization"), "", stamp=stamp)
            labels = [("PR", "PR"), ("CR", "CR"), ("PD", _("progression")), ("death", _("death"))]
            picture = swimmer_figure(people, words, labels, groups)
        case _:
            raise Http404
    return HttpResponse(picture, content_type="image/svg+xml")


def _computed(protocol: Protocol, leave: Authority | None) -> tuple[list[TumourCourse], LocalControl | None]:
    """Every course, and the control of the residual lesions; none where the protocol has no lesions."""
    return _of_head(read.head()[1], leave) if protocol.lesions else ([], None)


@lru_cache(maxsize=2)
def _of_head(head: str, leave: Authority | None) -> tuple[list[TumourCourse], LocalControl]:
    """Computed once for each head of the ledger, for the page and its three pictures, by the latest protocol."""
    protocol, books = latest_protocol(read.study()), casebooks()
    return tumour_courses(protocol, books, leave), residual_control(protocol, books)


def _leave() -> Authority | None:
    study = read.study()
    return Authority("rehearsal") if study.is_rehearsal else Authority("released") if study.released else None


def _label(request: Any, one: TumourCourse, index: int) -> str:
    """The participant's number for those who may open the participant, else a place in the list."""
    return one.subject if allows(request.actor, Permission.SEE_SUBJECTS, site=one.site) else f"#{index}"


def _drawn(request: Any, one: TumourCourse, index: int, arms: list[str]) -> Participant:
    events = [
        *([one.first_response] if one.first_response else []),
        *([("PD", one.progressed)] if one.progressed is not None else []),
        *([("death", one.died)] if one.died is not None else []),
        *([("ongoing", one.followed)] if one.is_ongoing else []),
    ]
    return Participant(
        subject=_label(request, one, index),
        changes=tuple(Point(month, change) for month, change in one.changes),
        best=one.best_change,
        response=str(one.best.response),
        group=arms.index(one.arm) if one.arm in arms else 0,
        until=max(one.followed, one.progressed or 0.0),
        events=tuple(events),
    )


def _stamp(protocol: Protocol) -> str:
    study, (_position, head) = read.study(), read.head()
    return f"{protocol.id} · {timezone.localdate()} · {head[:12]}" + (
        f" · {_('REHEARSAL')}" if study.is_rehearsal else ""
    )
