"""Which way of randomizing to take: the usual ways judged on this trial by simulation, and a recommendation.

The question stands in the address. A method judged once is kept for everyone who asks the same, so that the page, its
figures and its files are of one piece; with script the page asks for one method at a time and shows how far it is.
"""

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from django.core.cache import cache
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from equipoise.conduct.documents import protocol_of
from equipoise.conduct.permissions import Permission
from equipoise.kernel.errors import EstimationError, InputError, Refusal
from equipoise.kernel.messages import Message, message
from equipoise.ledger import read
from equipoise.protocol.model import Protocol, Scenario
from equipoise.reports.pdf import pdf
from equipoise.reports.randomization_document import (
    FIGURES,
    Compared,
    as_report,
    basis,
    columns,
    figure,
    markdown,
    rows,
    settings,
    table_csv,
    title,
)
from equipoise.simulation.arms_plan import AnyDesign, any_design, whole
from equipoise.simulation.randomization_comparison import Comparison, Judged, judge_method, recommend, usual_methods
from equipoise.simulation.trials import Allocation, SiteAccrual
from equipoise.web.access import requires
from equipoise.web.documents import version_in_language
from equipoise.web.views.design import scenario_asked

SEED = "compare"
FIRST_TRIALS, TRIALS = 2_000, (2_000, 10_000, 50_000)
MOST_SIMULATED = 6_000_000
"""Participants simulated for one method at most, so that an answer takes seconds."""
KEPT = 24 * 60 * 60
"""Seconds a method once judged is kept."""

LIMITS = {"sites": (1, 200), "limit": (50, 100), "trials": (100, 50_000)}


@dataclass(frozen=True)
class Asked:
    """What the address asks for, and what is wrong with it."""

    digest: str
    protocol: Protocol
    shown: Protocol
    scenario: Scenario
    sites: int
    trials: int
    limit: int
    faults: dict[str, Message]

    @property
    def scenario_label(self) -> str:
        """The scenario in the page's language."""
        return next(one.label for one in self.shown.scenarios if one.id == self.scenario.id)

    @property
    def query(self) -> str:
        """The same question as an address."""
        return urlencode(
            {"scenario": self.scenario.id, "sites": self.sites, "trials": self.trials, "limit": self.limit}
        )

    def trial(self) -> AnyDesign:
        """The trial to be simulated. Raises EstimationError where the scenario makes none."""
        return any_design(self.protocol, self.scenario)


@require_safe
@requires(Permission.DESIGN)
def design_randomization(request: Any) -> HttpResponse:
    """The page. A first visit is worked out at once with few trials; more are asked for."""
    asked = _asked(request)
    compared, problem = None, ""
    if not asked.faults:
        try:
            compared = _compared(asked)
        except (EstimationError, InputError) as error:
            problem = error.say(_language())
    context: dict[str, Any] = {
        "asked": asked, "scenarios": asked.shown.scenarios, "choices": TRIALS, "problem": problem, "compared": compared,
        "faults": {name: fault.say(_language()) for name, fault in asked.faults.items()},
        "typed": {name: request.GET.get(name, str(getattr(asked, name)))[:20] for name in LIMITS}, "limits": LIMITS,
    }  # fmt: skip
    if compared is not None:
        advice, language = compared.found.advice, _language()
        context |= {
            "why": advice.why.say(language), "cost": message("compare.cost").say(language),
            "gives_up": [one.say(language) for one in advice.gives_up.params.get("items", ())],
            "nothing": advice.gives_up.say(language), "others": [one.say(language) for one in advice.others],
            "columns": columns(compared, language), "basis": basis(compared, language),
            "rows": [
                (one.id == advice.method, cells[0], [cell.split(" ", 1) for cell in cells[1:]])
                for one, cells in zip(compared.found.methods, rows(compared, language), strict=True)
            ],
            "settings": settings(compared, language),
            "figures": [
                (name, message(f"compare.{title(compared, name)}").say(language))
                for name in FIGURES
            ],
        }  # fmt: skip
    return render(request, "design_randomization.html", context, status=422 if asked.faults or problem else 200)


@require_safe
@requires(Permission.DESIGN)
def step(request: Any) -> HttpResponse:
    """Judge the next method not yet judged, and say how far it is: for the script that shows progress."""
    asked = _asked(request)
    if asked.faults:
        return JsonResponse({"faults": {name: one.say(_language()) for name, one in asked.faults.items()}}, status=422)
    try:
        trial = asked.trial()
        methods = usual_methods(trial)
        known = cache.get_many([_key(asked, name) for name in methods])
        missing = [name for name in methods if _key(asked, name) not in known]
        if missing:
            _judged(asked, trial, missing[0], methods[missing[0]])
    except (EstimationError, InputError) as error:
        return JsonResponse({"problem": error.say(_language())}, status=422)
    done = len(methods) - max(len(missing) - 1, 0)
    return JsonResponse({"done": done, "methods": len(methods), "query": asked.query})


@require_safe
@requires(Permission.DESIGN)
def picture(request: Any, name: str) -> HttpResponse:
    """One of the figures; with `download`, a file."""
    compared = _found(request)
    drawn = figure(compared, name, _language(), narrow="narrow" in request.GET)
    headers = {}
    if "download" in request.GET:
        headers["Content-Disposition"] = f'attachment; filename="{_file(request, name, "svg")}"'
    return HttpResponse(drawn, content_type="image/svg+xml", headers=headers)


@require_safe
@requires(Permission.DESIGN)
def document(request: Any, form: str) -> HttpResponse:
    """The comparison to take away: `md`, `pdf` or `csv`."""
    compared = _found(request)
    if form == "pdf":
        content, kind = pdf(as_report(compared, _language())), "application/pdf"
    elif form == "csv":
        content, kind = table_csv(compared), "text/csv; charset=utf-8"
    else:
        content, kind = markdown(compared, _language()).encode(), "text/markdown; charset=utf-8"
    name = _file(request, "randomization", form)
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _asked(request: Any) -> Asked:
    study = read.study()
    digest = study.digest_in_force()
    protocol, shown = protocol_of(study, digest), version_in_language(study, digest)
    scenario = scenario_asked(request, protocol)
    start = {"sites": protocol.accrual.sites, "limit": 65, "trials": FIRST_TRIALS}
    numbers, faults = {}, {}
    most = max(LIMITS["trials"][0], MOST_SIMULATED // protocol.accrual.subjects)
    for name, own in start.items():
        low, high = LIMITS[name]
        high = min(high, most) if name == "trials" else high
        numbers[name], fault = _number(request.GET.get(name, "").strip(), own, low, high)
        if fault is not None:
            faults[name] = fault
    return Asked(digest, protocol, shown, scenario, faults=faults, **numbers)


def _number(text: str, own: int, low: int, high: int) -> tuple[int, Message | None]:
    if not text:
        return min(own, high), None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        return own, message("design.not_a_count", seen=text[:20], low=low, high=high)
    if not low <= int(text) <= high:
        return own, message("design.out_of_range", seen=text, low=low, high=high)
    return int(text), None


def _compared(asked: Asked) -> Compared:
    design = asked.trial()
    judged = [_judged(asked, design, name, allocation) for name, allocation in usual_methods(design).items()]
    trial = whole(design)
    return Compared(
        found=Comparison(tuple(judged), recommend(judged, asked.limit / 100)), trial=asked.shown.short_title,
        version=asked.protocol.version, digest=asked.digest, scenario=asked.scenario_label,
        factors={one.id: one.label for one in asked.shown.strata}, subjects=trial.subjects,
        sites=None if isinstance(trial.accrual, SiteAccrual) else asked.sites, trials=asked.trials, seed=SEED,
        limit=asked.limit / 100, rehearsal=read.study().is_rehearsal, software=f"equipoise {version('equipoise')}",
        arms={arm.id: arm.label for arm in asked.shown.arms},
    )  # fmt: skip


def _judged(asked: Asked, trial: AnyDesign, name: str, allocation: Allocation) -> Judged:
    """One method, from what is kept or worked out now."""
    key = _key(asked, name)
    found: Judged | None = cache.get(key)
    if found is None:
        found = judge_method(trial, name, allocation, sites=asked.sites, trials=asked.trials, seed=SEED)
        cache.set(key, found, KEPT)
    return found


def _key(asked: Asked, name: str) -> str:
    parts = (version("equipoise"), asked.digest, asked.scenario.id, asked.sites, asked.trials, name)
    return ":".join(("randomization", *map(str, parts)))


def _found(request: Any) -> Compared:
    asked = _asked(request)
    if asked.faults:
        raise Refusal(next(iter(asked.faults.values())))
    return _compared(asked)


def _file(request: Any, name: str, ending: str) -> str:
    return f"{_asked(request).protocol.id}-{name}.{ending}"


def _language() -> str:
    return get_language() or "en"
