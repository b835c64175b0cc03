"""Design: move a number and see power, calendar and boundaries, in closed form and from the simulator.

Everything is a question in the address: the page, its figures, the answer a script asks for and the text to take away
read the same words of it. Nothing is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from equipoise.conduct.documents import protocol_of
from equipoise.conduct.permissions import Permission
from equipoise.kernel.errors import EstimationError, InputError, Refusal
from equipoise.kernel.messages import Message, message
from equipoise.ledger import read
from equipoise.protocol.model import Protocol, Scenario
from equipoise.reports.design_figures import PowerPoint, boundaries_figure, calendar_figure, power_figure
from equipoise.reports.design_section import design_section, knob_label, looks, powers
from equipoise.reports.figures import Words
from equipoise.simulation.exploration import SEED, ArmPower, Exploration, explore
from equipoise.simulation.exploration_inputs import SPENDINGS, Inputs, Knob, read_inputs, starting_inputs
from equipoise.simulation.exploration_sentences import sentences
from equipoise.web.access import requires
from equipoise.web.documents import version_in_language


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the numbers, what is wrong with them, and what they lead to, or why to nothing."""

    digest: str
    protocol: Protocol
    shown: Protocol
    scenario: Scenario
    start: Inputs
    inputs: Inputs
    faults: dict[str, Message]
    typed: dict[str, str]
    found: Exploration | None
    problem: str

    @property
    def scenario_label(self) -> str:
        """The scenario in the page's language."""
        return next(one.label for one in self.shown.scenarios if one.id == self.scenario.id)

    @property
    def arms(self) -> dict[str, str]:
        """The labels of the arms in the page's language."""
        return {arm.id: arm.label for arm in self.shown.arms}

    @property
    def query(self) -> str:
        """The same question as an address."""
        return urlencode([("scenario", self.scenario.id), *self.inputs.items()])


@dataclass(frozen=True)
class Row:
    """One number that can be moved, as the form shows it."""

    knob: Knob
    label: str
    low: str
    high: str
    value: str
    own: str
    typed: str
    fault: str


@require_safe
@requires(Permission.DESIGN)
def design(request: Any) -> HttpResponse:
    """The page."""
    asked = _asked(request)
    found = asked.found
    context = {
        "asked": asked, "found": found, "rows": _rows(asked), "scenarios": asked.shown.scenarios,
        "spendings": [(one, message(f"design.spending_{one}").say(_language())) for one in SPENDINGS],
        "spending_fault": asked.faults["spending"].say(_language()) if "spending" in asked.faults else "",
        "printed": _printed(found, asked.arms) if found else "",
        "notes": [one.say(_language()) for one in found.notes] if found else [],
        "looks": looks(found) if found else [], "powers": powers(found) if found else [],
        "heads": {
            name: message(f"design.{name}").say(_language())
            for name in ("look", "events", "month", "z", "hr_at", "spent", "futility", "hazard_ratio", "closed_power",
                         "simulated_power", "spending", "name")
        },
        "answer": _document(found, asked.arms) if found else None, "digest": asked.digest,
    }  # fmt: skip
    return render(request, "design.html", context, status=422 if asked.faults or asked.problem else 200)


@require_safe
@requires(Permission.DESIGN)
def answer(request: Any) -> HttpResponse:
    """The same as data, for the script that redraws while somebody drags."""
    asked = _asked(request)
    if asked.found is None:
        faults = {name: fault.say(_language()) for name, fault in asked.faults.items()}
        return JsonResponse({"faults": faults, "problem": asked.problem}, status=422)
    return JsonResponse(_document(asked.found, asked.arms) | {"query": asked.query})


@require_safe
@requires(Permission.DESIGN)
def section(request: Any) -> HttpResponse:
    """The design section as Markdown, to take away."""
    asked, found = _found(request)
    text = design_section(
        found, trial=asked.shown.short_title, version=asked.protocol.version, scenario=asked.scenario_label,
        digest=asked.digest, seed=SEED, language=_language(), arms=asked.arms,
    )  # fmt: skip
    return _attachment(text.encode(), "text/markdown; charset=utf-8", f"{asked.protocol.id}-design.md")


@require_safe
@requires(Permission.DESIGN)
def power_svg(request: Any) -> HttpResponse:
    """Power by hazard ratio, as a picture; with `download`, a file."""
    return _picture(request, "power", _power)


@require_safe
@requires(Permission.DESIGN)
def calendar_svg(request: Any) -> HttpResponse:
    """Participants and events expected by month, as a picture; with `download`, a file."""
    return _picture(request, "calendar", _calendar)


@require_safe
@requires(Permission.DESIGN)
def boundaries_svg(request: Any) -> HttpResponse:
    """The boundaries, as a picture; with `download`, a file."""
    return _picture(request, "boundaries", _boundaries)


def _picture(request: Any, name: str, draw: Callable[[Asked, Exploration], bytes]) -> HttpResponse:
    asked, found = _found(request)
    picture = draw(asked, found)
    if "download" in request.GET:
        return _attachment(picture, "image/svg+xml", f"{asked.protocol.id}-{name}.svg")
    return HttpResponse(picture, content_type="image/svg+xml")


def scenario_asked(request: Any, protocol: Protocol) -> Scenario:
    """The scenario an address names; without a name, the protocol's first. Refuses one that it does not have."""
    named = request.GET.get("scenario", "")
    known = {scenario.id: scenario for scenario in protocol.scenarios}
    if not known:
        raise Refusal(message("web.no_scenarios"))
    if named and named not in known:
        raise Refusal(message("web.scenario_unknown", seen=named[:40]))
    return known[named] if named else protocol.scenarios[0]


def _asked(request: Any) -> Asked:
    study = read.study()
    digest = study.digest_in_force()
    protocol, shown = protocol_of(study, digest), version_in_language(study, digest)
    scenario = scenario_asked(request, protocol)
    start = starting_inputs(protocol, scenario)
    typed = {name: request.GET[name][:80] for name, _ in start.items() if name in request.GET}
    inputs, faults = read_inputs(typed, start)
    found, problem = None, ""
    if not faults:
        try:
            found = _explored(digest, scenario.id, inputs)
        except (EstimationError, InputError) as error:
            problem = error.say(_language())
    return Asked(digest, protocol, shown, scenario, start, inputs, faults, typed, found, problem)


@lru_cache(maxsize=128)
def _explored(digest: str, scenario: str, inputs: Inputs) -> Exploration:
    """One answer serves the page, its figures and its text."""
    protocol = protocol_of(read.study(), digest)
    return explore(protocol, next(one for one in protocol.scenarios if one.id == scenario), inputs)


def _found(request: Any) -> tuple[Asked, Exploration]:
    asked = _asked(request)
    if asked.found is None:
        fault = next(iter(asked.faults.values()), None)
        raise Refusal(fault if fault is not None else asked.problem)
    return asked, asked.found


def _rows(asked: Asked) -> list[Row]:
    rows = []
    for knob in asked.start.knobs:
        own, value = asked.start.value(knob.id), asked.inputs.value(knob.id)
        rows.append(
            Row(
                knob=knob,
                label=knob_label(knob.id, _language(), asked.arms),
                low=f"{min(knob.low, own):f}",
                high=f"{max(knob.high, own):f}",
                value=f"{value:f}",
                own=f"{own:f}",
                typed=asked.typed.get(knob.id, "") or f"{value:f}",
                fault=asked.faults[knob.id].say(_language()) if knob.id in asked.faults else "",
            )
        )
    return rows


def _document(found: Exploration, arms: dict[str, str]) -> dict[str, Any]:
    """What the script draws."""
    simulated, power = found.simulated, found.simulated.power
    return {
        "said": _printed(found, arms),
        "notes": [one.say(_language()) for one in found.notes],
        "curve": [[one.hazard_ratio, one.closed] for one in found.curve],
        "points": [
            [one.hazard_ratio, one.simulated.value, one.simulated.lower, one.simulated.upper]
            for one in found.curve
            if one.simulated is not None
        ]
        + [_point(one) for one in found.arms[1:] if one.hazard_ratio is not None],
        "chosen": _chosen(found),
        "calendar": [list(column) for column in zip(*found.calendar, strict=True)],
        "target": float(found.inputs.events),
        "month": found.month,
        "planned_end": found.planned_end,
        "bounds": [[look.events, look.efficacy, look.futility] for look in found.looks],
        "looks": looks(found),
        "powers": powers(found),
        "summary": {
            "power": found.power, "simulated": power.value, "month": found.month,
            "duration": simulated.duration.mean, "needed": found.needed_events,
        },
    }  # fmt: skip


def _chosen(found: Exploration) -> list[float]:
    """The chosen design among the simulated points; of several experimental arms, the first."""
    if found.arms and found.arms[0].hazard_ratio is not None:
        return _point(found.arms[0])
    power = found.arms[0].simulated if found.arms else found.simulated.power
    return [float(found.inputs.hazard_ratio), power.value, power.lower, power.upper]


def _point(one: ArmPower) -> list[float]:
    return [one.hazard_ratio or 1.0, one.simulated.value, one.simulated.lower, one.simulated.upper]


def _printed(found: Exploration, arms: dict[str, str]) -> str:
    """The sentences a protocol would print; Chinese ones follow each other without a blank."""
    gap = "" if _language().startswith("zh") else " "
    return gap.join(one.say(_language()) for one in sentences(found, arms))


def _power(asked: Asked, found: Exploration) -> bytes:
    simulated = [
        PowerPoint(one.hazard_ratio, one.simulated.value, one.simulated.lower, one.simulated.upper)
        for one in found.curve
        if one.simulated is not None
    ]
    simulated += [PowerPoint(*_point(one)) for one in found.arms[1:] if one.hazard_ratio is not None]
    return power_figure(
        [PowerPoint(one.hazard_ratio, one.closed) for one in found.curve], simulated,
        PowerPoint(*_chosen(found)),
        Words(_("Hazard ratio"), _("Power"), stamp=_stamp(asked)), (_("closed form"), _("simulated, 95 % interval")),
    )  # fmt: skip


def _calendar(asked: Asked, found: Exploration) -> bytes:
    return calendar_figure(
        found.calendar, float(found.inputs.events), found.month, found.planned_end,
        Words(_("Months since the first participant"), _("Expected number"), stamp=_stamp(asked)),
        (_("participants"), _("events"), _("planned end")),
    )  # fmt: skip


def _boundaries(asked: Asked, found: Exploration) -> bytes:
    return boundaries_figure(
        [look.events for look in found.looks], [look.efficacy for look in found.looks],
        [look.futility for look in found.looks],
        Words(_("Events"), _("Log-rank statistic z"), stamp=_stamp(asked)),
        (_("efficacy"), _("futility, advice")),
    )  # fmt: skip


def _stamp(asked: Asked) -> str:
    return f"{asked.protocol.id} {asked.protocol.version} · {asked.digest[:12]} · {asked.scenario.id}"


def _attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _language() -> str:
    return get_language() or "en"
