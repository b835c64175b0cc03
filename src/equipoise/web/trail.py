"""Facts in a few words, as the trail shows them."""

from typing import Any

from django.utils.translation import gettext as _

from equipoise.conduct import facts as f
from equipoise.protocol.model import Protocol
from equipoise.web.views.forms import shown_answer


def words_of(fact: Any, protocol: Protocol | None) -> str:
    """What a fact says. Values are shown with their labels and units in the page's language."""
    match fact:
        case f.Recorded():
            where = _occurrence(fact.occurrence, protocol)
            return f"{_form(fact.form, protocol)}{where}: {_items(fact, protocol)}"
        case f.Consented():
            said = {**_values(fact), "consent": _consent(fact.consent, protocol)}
            return _("Consent “%(consent)s”, version %(version)s, on %(on)s") % said
        case f.ConsentDeclined():
            return _("Consent “%(consent)s” declined on %(on)s") % {
                **_values(fact), "consent": _consent(fact.consent, protocol),
            }  # fmt: skip
        case f.RowRemoved():
            return _("Row %(occurrence)s struck: %(form)s") % {**_values(fact), "form": _form(fact.form, protocol)}
        case f.LogCompleted():
            return _("Declared complete: %(form)s") % {"form": _form(fact.form, protocol)}
        case f.FormStatus():
            return _("Not done: %(form)s") % {"form": _form(fact.form, protocol)}
        case f.Signed():
            return _("Signed: %(form)s") % {"form": _form(fact.form, protocol)}
        case f.EligibilitySigned():
            return _("Eligibility signed")
        case f.ScreenFailed():
            return _("Screen failure: %(why)s") % {"why": ", ".join(fact.criteria) or fact.because}
        case f.Randomized():
            arm = next((arm.label for arm in protocol.arms if arm.id == fact.arm), fact.arm) if protocol else fact.arm
            return _("Randomized: %(arm)s") % {"arm": arm}
        case f.RegisterFrozen():
            return _("Lesion register frozen: %(lesions)s") % {"lesions": ", ".join(fact.residual)}
        case f.Stopped():
            label = (
                next((one.label for one in protocol.stops if one.id == fact.stop), fact.stop) if protocol else fact.stop
            )
            return f"{label}: {fact.on}, {fact.because}"
        case f.Died():
            return _("Died on %(on)s") % _values(fact)
        case f.DeathCorrected():
            return _("Death corrected")
        case f.VisitMissed():
            return _("Visit missed: %(visit)s") % {"visit": visit_in_words(fact.visit, protocol)}
        case f.VisitAdded():
            return _("Unscheduled visit on %(on)s") % _values(fact)
        case f.ResponseAdjudicated():
            return _("Two readings of a scan adjudicated: %(response)s, %(because)s") % _values(fact)
        case f.DeviationOpened():
            return _("Major deviation: %(says)s") % _values(fact)
        case f.IdentityErased():
            return _("Who this participant is erased: %(because)s") % _values(fact)
        case f.Prescreened():
            return _("Pre-screened")
    return f.kind_of(fact).replace("_", " ")


def _values(fact: Any) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in fact.__slots__}


def _consent(consent: str, protocol: Protocol | None) -> str:
    return next((one.label for one in protocol.consents if one.id == consent), consent) if protocol else consent


def _form(form: str, protocol: Protocol | None) -> str:
    return next((one.label for one in protocol.forms if one.id == form), form) if protocol else form


def _occurrence(occurrence: str, protocol: Protocol | None) -> str:
    """Which row of a log (its number), or at which visit; '' where the form has but one."""
    if not occurrence or occurrence.isdecimal():
        return f" {occurrence}".rstrip()
    return f", {visit_in_words(occurrence, protocol)}"


def visit_in_words(key: str, protocol: Protocol | None) -> str:
    """A visit by its label and number."""
    visit, _colon, number = key.partition(":")
    known = next((one.label for one in protocol.schedule if one.id == visit), visit) if protocol else visit
    label = _("Unscheduled visit") if visit == "unscheduled" else known
    return f"{label} {number}".strip()


def _items(fact: f.Recorded, protocol: Protocol | None) -> str:
    form = next((one for one in protocol.forms if one.id == fact.form), None) if protocol else None
    items = {item.id: item for item in form.items} if form else {}
    ordered = [name for name in items if name in fact.items] + [name for name in fact.items if name not in items]
    parts = [
        f"{items[name].label if name in items else name} {shown_answer(items.get(name), fact.items[name])}"
        for name in ordered
    ]
    text = _("; ").join(parts)
    return text if len(text) <= 240 else text[:239] + "…"
