"""The lesion register as a fold: one row per lesion from the casebook's log, with what is computed from it.

Whether a lesion is residual, whether it is measurable, and which organ it counts for are computed, never typed
(`clinical` says how); counts, strata and criteria come from here.
"""

from dataclasses import dataclass
from decimal import Decimal

from equipoise.conduct.casebook import Casebook, Record
from equipoise.kernel.messages import Message, message
from equipoise.kernel.truth import Truth, known, not_
from equipoise.protocol.model import LesionRules, Protocol

REGISTER = "lesions"
"""The log form that is the register."""


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
    return [_lesion(rules, casebook, record) for record in casebook.rows(REGISTER)]


def is_complete(casebook: Casebook) -> bool:
    """Whether the register was declared complete."""
    return REGISTER in casebook.completed


def residual_lesions(protocol: Protocol, casebook: Casebook) -> list[Lesion]:
    """The lesions that count as residual. One that cannot be shown to be in complete metabolic response counts."""
    return [lesion for lesion in register(protocol, casebook) if lesion.residual is not Truth.FALSE]


def _lesion(rules: LesionRules, casebook: Casebook, record: Record) -> Lesion:
    organ = record.text("lesion_organ")
    known_organ = next((one for one in rules.organs if one.id == organ), None)
    counted = (known_organ.counts_as or known_organ.id) if known_organ else organ
    complete, why = _complete_metabolic_response(rules, record, organ)
    label = " ".join(part for part in (record.text("lesion_site") or organ, record.text("lesion_side")) if part)
    return Lesion(
        id=record.occurrence,
        organ=organ,
        counted_organ=counted,
        label=label,
        residual=not_(complete),
        why_residual=why,
        measurable=_measurable(record, nodal=bool(known_organ and known_organ.nodal)),
        status=record.text("lesion_status") or "baseline",
        irradiable=_irradiable(casebook, record.occurrence),
        record=record,
    )


def _complete_metabolic_response(rules: LesionRules, record: Record, organ: str) -> tuple[Truth, Message | None]:
    """Whether complete metabolic response is shown. Missing PET is not evaluable, never 'not complete'."""
    lesion = record.occurrence
    if organ in rules.judged_on_mri:
        gone = record.answer("lesion_mri_resolved")
        if gone is None or not gone.is_known:
            return Truth.UNKNOWN, message("lesion.no_mri", lesion=lesion)
        return known(gone.value is True), None
    missing = message("lesion.no_pet", lesion=lesion)
    match rules.residual_rule:
        case "five_point":
            score = _number(record, "lesion_five_point")
            return (Truth.UNKNOWN, missing) if score is None else (known(score <= rules.residual_threshold), None)
        case "liver_suvmax":
            uptake, liver = _number(record, "lesion_suvmax"), _number(record, "lesion_liver_suvmean")
        case "percist":
            uptake, liver = _number(record, "lesion_sulpeak"), _number(record, "lesion_liver_sulmean")
        case "reader":
            verdict = record.answer("lesion_reader_cmr")
            if verdict is None or not verdict.is_known:
                return Truth.UNKNOWN, missing
            return known(verdict.value is True), None
    if uptake is None or liver is None:
        return Truth.UNKNOWN, missing
    return known(uptake <= rules.residual_threshold * liver), None


def _measurable(record: Record, *, nodal: bool) -> Truth:
    """RECIST 1.1, section 3.1, on diagnostic CT; an irradiated lesion only if it progressed since."""
    irradiated, progressed = record.answer("lesion_previously_irradiated"), record.answer("lesion_progressed_since")
    if irradiated is not None and irradiated.value is True:
        if progressed is None or not progressed.is_known:
            return Truth.UNKNOWN
        if progressed.value is not True:
            return Truth.FALSE
    bone_only = record.text("lesion_soft_tissue")
    if record.text("lesion_organ") == "bone" and bone_only != "True":
        return Truth.FALSE if bone_only == "False" else Truth.UNKNOWN
    size = _number(record, "lesion_short_axis" if nodal else "lesion_longest_diameter")
    if size is None:
        return Truth.UNKNOWN
    if nodal:
        return known(size >= 15)
    slices = _number(record, "lesion_slice_thickness")
    least = max(Decimal(10), 2 * slices) if slices is not None and slices > 5 else Decimal(10)
    return known(size >= least)


def _irradiable(casebook: Casebook, lesion: str) -> Truth:
    said = [
        answer.value
        for record in casebook.rows("irradiability")
        if (answer := record.answer("irradiable")) is not None
        and answer.is_known
        and (named := record.answer("irradiable_lesion")) is not None
        and lesion in (named.value if isinstance(named.value, tuple) else ())
    ]
    return known(said[-1] is True) if said else Truth.UNKNOWN


def _number(record: Record, item: str) -> Decimal | None:
    answer = record.answer(item)
    return answer.number if answer is not None else None
