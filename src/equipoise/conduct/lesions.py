"""The lesion register as a fold: one row per lesion from the casebook's log, with what is computed from it.

Whether a lesion is residual, whether it is measurable, and which organ it counts for are computed, never typed
(`clinical` says how); counts, strata and criteria come from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from equipoise.clinical.pet import CompleteResponseRule, LesionFigures, complete_metabolic_response
from equipoise.clinical.recist.measurability import BaselineFinding, Kind, Measurability, Method, measurability
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.concepts import concepts_of
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth, known, not_
from equipoise.protocol.model import LesionRules, Protocol

REGISTER = "lesions"
"""The log form that is the register."""

_EVALUABLE_MM = 10
"""Below this size PET cannot show that a lesion is in complete metabolic response (partial-volume effect)."""


@dataclass(frozen=True, slots=True)
class Lesion:
    """One lesion: its stable id, where it is, and what is computed of it."""

    id: str
    organ: str
    counted_organ: str
    label: str
    residual: Truth
    why_residual: Message | None
    measurable: Truth
    status: str
    irradiable: Truth
    record: Record


def register(protocol: Protocol, casebook: Casebook) -> list[Lesion]:
    """Every lesion of the register, in the order it was entered."""
    rules = protocol.lesions
    if rules is None:
        return []
    names = {item.concept: item.id for form in protocol.forms for item in form.items if item.concept}
    reference = _reference_uptake(protocol, casebook, names)
    said = _irradiable(protocol, casebook)
    return [_lesion(rules, said, _Row(record, names), reference) for record in casebook.rows(REGISTER)]


def central_register(protocol: Protocol, casebook: Casebook) -> list[Lesion]:
    """The lesions a central reader found at baseline, apart from the register; what only that computes is unknown."""
    review = protocol.central_review
    if review is None:
        return []
    names = {item.concept: item.id for item in protocol.form(review.lesions).items if item.concept}
    organs = {organ.id: organ for organ in protocol.lesions.organs} if protocol.lesions else {}
    found = []
    for record in casebook.rows(review.lesions):
        row = _Row(record, names)
        organ = row.text("central.lesion.organ")
        known_organ = organs.get(organ)
        found.append(
            Lesion(
                id=record.occurrence,
                organ=organ,
                counted_organ=(known_organ.counts_as or organ) if known_organ else organ,
                label=row.text("central.lesion.site") or organ,
                residual=Truth.UNKNOWN,
                why_residual=None,
                measurable=Truth.UNKNOWN,
                status="baseline",
                irradiable=Truth.UNKNOWN,
                record=record,
            )
        )
    return found


def is_complete(casebook: Casebook) -> bool:
    """Whether the register was declared complete."""
    return REGISTER in casebook.completed


def residual_lesions(protocol: Protocol, casebook: Casebook, *, as_of: date | None = None) -> list[Lesion]:
    """The lesions that count as residual. One that cannot be shown to be in complete metabolic response counts.

    With `as_of`, those first seen after that day are left out.
    """
    dated_by = protocol.form(REGISTER).dated_by if protocol.lesions is not None and as_of is not None else ""
    return [
        lesion
        for lesion in register(protocol, casebook)
        if lesion.residual is not Truth.FALSE
        and not (as_of and dated_by and (found := lesion.record.day(dated_by)) and found.earliest > as_of)
    ]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the register, read by concept, so that a protocol is free in the ids of its items."""

    record: Record
    names: Mapping[str, str]

    def text(self, concept: str) -> str:
        """The value as text; '' where there is none."""
        return self.record.text(self.names.get(concept, ""))

    def number(self, concept: str) -> Decimal | None:
        """The value as a number, where it is one."""
        answer = self.record.answer(self.names.get(concept, ""))
        return answer.number if answer is not None else None

    def length(self, concept: str) -> Quantity | None:
        """The value as a length, where it is one."""
        answer = self.record.answer(self.names.get(concept, ""))
        return answer.quantity if answer is not None else None

    def truth(self, concept: str) -> Truth:
        """A yes or no; UNKNOWN where it is neither."""
        answer = self.record.answer(self.names.get(concept, ""))
        return known(answer.value is True) if answer is not None and answer.is_known else Truth.UNKNOWN


def _reference_uptake(protocol: Protocol, casebook: Casebook, names: Mapping[str, str]) -> dict[str, Decimal]:
    """Uptake of the liver or blood pool, by concept, from the latest PET that gives it (the later entry of one day)."""
    found: dict[str, Decimal] = {}
    for concept in ("pet.reference_sul_mean", "pet.reference_suv_mean"):
        form = next((form for form in protocol.forms if any(item.concept == concept for item in form.items)), None)
        if form is None:
            continue
        scans = [
            (day.latest if (day := record.day(form.dated_by)) else date.min, record.position_of(names[concept]), number)
            for record in casebook.rows(form.id)
            if (answer := record.answer(names[concept])) is not None and (number := answer.number) is not None
        ]
        if scans:
            found[concept] = max(scans)[2]
    return found


def _lesion(rules: LesionRules, irradiable: Mapping[str, Truth], row: _Row, reference: Mapping[str, Decimal]) -> Lesion:
    organ = row.text("lesion.organ")
    known_organ = next((one for one in rules.organs if one.id == organ), None)
    counted = (known_organ.counts_as or known_organ.id) if known_organ else organ
    nodal = bool(known_organ and known_organ.nodal)
    complete, why = _complete_metabolic_response(rules, row, organ, nodal, reference)
    label, side = row.text("lesion.site") or organ, row.text("lesion.side")
    if side in ("left", "right") and side not in label.lower():
        label = f"{label} {side}"
    return Lesion(
        id=row.record.occurrence,
        organ=organ,
        counted_organ=counted,
        label=label,
        residual=not_(complete),
        why_residual=why,
        measurable=_measurable(row, counted, nodal=nodal),
        status=row.text("lesion.status") or "baseline",
        irradiable=irradiable.get(row.record.occurrence, Truth.UNKNOWN),
        record=row.record,
    )


def _complete_metabolic_response(
    rules: LesionRules, row: _Row, organ: str, nodal: bool, reference: Mapping[str, Decimal]
) -> tuple[Truth, Message]:
    """Whether complete metabolic response is shown, and why. Missing PET is not evaluable, never 'not complete'."""
    if organ in rules.judged_on_mri:
        return row.truth("lesion.mri_resolved"), message("lesion.no_mri", lesion=row.record.occurrence)
    size = row.number("lesion.short_axis" if nodal else "lesion.longest_diameter")
    too_small = size is not None and size < _EVALUABLE_MM
    detectable = False if too_small else _YES_NO[row.truth("lesion.pet_detectable")]
    score = row.number("lesion.five_point")
    return complete_metabolic_response(
        CompleteResponseRule(rules.residual_rule, rules.residual_threshold),
        LesionFigures(
            suv_max=row.number("lesion.suvmax"),
            sul_peak=row.number("lesion.sulpeak"),
            liver_suv_mean=reference.get("pet.reference_suv_mean"),
            liver_sul_mean=reference.get("pet.reference_sul_mean"),
            is_at_background=_YES_NO[row.truth("lesion.reader_cmr")],
            five_point=int(score) if score is not None else None,
            reader_complete=_YES_NO[row.truth("lesion.reader_cmr")],
            was_detectable=None if rules.residual_rule == "reader" else detectable,
        ),
    )


_YES_NO: Mapping[Truth, bool | None] = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}


def _measurable(row: _Row, counted_organ: str, *, nodal: bool) -> Truth:
    """RECIST 1.1, section 3.1, on diagnostic CT or MRI; an irradiated lesion only if it progressed since."""
    irradiated, progressed = row.truth("lesion.previously_irradiated"), row.truth("lesion.progressed_since")
    component = row.truth("lesion.soft_tissue_component") if counted_organ == "bone" else Truth.TRUE
    modality = row.text("lesion.modality")
    if modality == "not_measured" or component is Truth.FALSE:
        return Truth.FALSE
    if modality not in _METHODS or component is Truth.UNKNOWN:
        return Truth.UNKNOWN
    if irradiated is Truth.TRUE and progressed is Truth.UNKNOWN:
        return Truth.UNKNOWN
    solid = Kind.LYTIC_BONE_SOFT_TISSUE if counted_organ == "bone" else Kind.SOLID
    verdict, _ = measurability(
        BaselineFinding(
            kind=Kind.NODE if nodal else solid,
            method=_METHODS[modality],
            diameter=row.length("lesion.short_axis" if nodal else "lesion.longest_diameter"),
            slice_thickness=row.length("lesion.slice_thickness"),
            is_irradiated=irradiated is Truth.TRUE,
            has_progressed_since=progressed is Truth.TRUE,
        )
    )
    return Truth.UNKNOWN if verdict is Measurability.UNKNOWN else known(verdict is Measurability.MEASURABLE)


_METHODS: Mapping[str, Method] = {
    "ct": Method.CT,
    "mri": Method.MRI,
    "pet_ct": Method.PET,  # the low-dose CT of a PET measures nothing
    "clinical": Method.CALIPER,
}
"""The codes of `lesion.modality`."""


def _irradiable(protocol: Protocol, casebook: Casebook) -> dict[str, Truth]:
    """By lesion, the last statement about it; a lesion nothing was stated about is left out."""
    said: dict[str, Truth] = {}
    for view in concepts_of(protocol).views(casebook, "irradiability.irradiable"):
        stated = view.is_yes("irradiability.irradiable")
        if stated is not None:
            said |= dict.fromkeys(view.codes("irradiability.lesion"), known(stated))
    return said
