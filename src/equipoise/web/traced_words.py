"""What a list of derived rows is of, in words: the endpoint or the list, its tags, the group and the window."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from equipoise.analysis.datasets.adsl import CHARACTERISTICS
from equipoise.analysis.traced import EVERYONE, Selection
from equipoise.kernel.messages import Message, catalogue, message
from equipoise.ledger import read
from equipoise.protocol.model import Protocol
from equipoise.reports.factor_words import factor_words
from equipoise.web.analysis_figures import measured
from equipoise.web.choosing import Asked
from equipoise.web.views.analysis import kind_labels, population_labels

TITLES = {
    "exposure": "report.exposure_title", "radiotherapy": "report.radiotherapy_title", "timing": "report.timing_title",
    "lesions": "report.lesions_randomized", "compliance": "report.compliance_title",
    "patterns": "report.patterns_title", "deviations": "report.deviations_title",
    "durations": "report.durations_title", "confirmed_durations": "report.confirmed_durations_title",
}  # fmt: skip
"""What lists are called: as the report's tables are that they stand behind."""


def counted(one: Asked, wanted: Selection, of: str, participant: str = "") -> list[str]:
    """What rows are of, part by part."""
    title = f"{_('Everything derived of')} {participant}" if participant else list_title(of)
    says = [title] if title else [measured(one), population_labels()[one.choice.population]]
    says += [_tag(tag, one.shown) for tag in wanted.tags]
    if wanted.group != EVERYONE:
        says.append(one.arm_labels.get(wanted.group, wanted.group))
    if wanted.site:
        says.append(next((site.name for site in read.study().sites.values() if site.id == wanted.site), wanted.site))
    if wanted.since is not None:
        says.append(_("at risk at %(months)s months") % {"months": f"{wanted.since:.4g}"})
    if wanted.after is not None:
        says.append(_("after %(months)s months") % {"months": f"{wanted.after:.4g}"})
    if wanted.until is not None:
        says.append(_("up to %(months)s months") % {"months": f"{wanted.until:.4g}"})
    return says


def list_title(of: str) -> str:
    """What a list is called; '' for rows of an endpoint."""
    if of in TITLES:
        return _say(message(TITLES[of]))
    return {"flow": _("Flow of participants"), "subjects": _("Participants randomized")}.get(of, "")


def state_label(state: str) -> str:
    """How a cycle was given, or the radiotherapy of a lesion ended, in words; another value as it is."""
    codes = (f"report.lesion_{state}", f"report.cycle_{state}")
    known = next((code for code in codes if code in catalogue()), "")
    return _say(message(known)) if known else state


def _say(one: Message) -> str:
    return one.say((get_language() or "en").lower())


def _tag(tag: str, shown: Protocol) -> str:
    """A tag in words."""
    name, _colon, rest = tag.partition(":")
    value, _colon, more = rest.partition(":")
    plain = {
        "event": _("with the event"), "censored": _("censored"), "competing": _("competing event first"),
        "response": _("Response (CR or PR)"), "control": _("Disease control"), "prescreened": _("considered"),
        "screened": _("consented and screened"), "in_screening": _("still in screening"),
        "randomized": _("randomized"), "started": _("started treatment"), "progressed": _("progressed"),
        "done": _say(message("report.done")), "in_window": _say(message("report.in_window")),
        "returned": _say(message("report.returned")), "died": _("died"),
        "lost": _("lost to follow-up"), "analysed": _("in the primary analysis"),
    }  # fmt: skip
    match name:
        case "drug":
            label = next((drug.label for drug in shown.drugs if drug.id == value), value)
            if more == "had":
                return f"{label}: {_say(message('report.had_drug'))}"
            return f"{label}: {state_label(more)}" if more else label
        case "rt":
            codes = {"irradiated": "report.irradiated", "complete": "report.all_delivered"}
            return _say(message(codes[value])) if value in codes else state_label(more)
        case "pattern" if f"report.pattern_{value}" in catalogue():
            return _say(message(f"report.pattern_{value}"))
        case "instrument":
            return value.upper()
        case "deviation":
            grade = _("Major deviation") if value == "major" else _("Minor deviation")
            return f"{grade}: {more}" if more else grade
        case "subgroup":
            label, levels = factor_words(shown, value, (get_language() or "en").lower())
            return f"{label}: {levels.get(more, more)}"
        case "visit":
            return _("visit %(number)s") % {"number": value}
        case "stopped":
            return next((stop.label for stop in shown.stops if stop.id == value), value)
        case "failed":
            return _("screen failures") + (f": {value}" if value else "")
        case "not_approached":
            return f"{_('not approached')}: {value}"
        case "term" | "kind":
            label = kind_labels().get(value, value) if name == "kind" else value
            if more == "severe":
                return f"{label}, {_('worst grade 3 or more')}"
            grade = more.removeprefix("worst:")
            return f"{label}, {_('worst grade %(grade)s') % {'grade': grade}}" if grade else label
    return plain.get(tag) or _characteristic(name, value, shown) or tag


def _characteristic(name: str, value: str, shown: Protocol) -> str:
    """A characteristic at baseline, or a stratum, in words, as the baseline table has it; '' for another tag."""
    factor = name.removeprefix("STRAT.")
    if factor == name and factor not in dict(CHARACTERISTICS):
        return ""
    label, levels = factor_words(shown, factor, (get_language() or "en").lower())
    levels = levels or {"Y": _say(message("report.yes")), "N": _say(message("report.no"))}
    return f"{label}: {levels.get(value, value) or _say(message('report.missing'))}"
