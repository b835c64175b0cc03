"""Non-target and new lesions, and the overall response of a visit. RECIST 1.1, sections 4.3.2-4.3.5, tables 1, 2."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from equipoise.clinical.recist.codes import NewLesionState, NonTargetState, Response
from equipoise.kernel.messages import Message, message

CR, PR, SD, NON, PD, NE, NA = (
    Response.CR, Response.PR, Response.SD, Response.NON_CR_NON_PD, Response.PD, Response.NE, Response.NA,
)  # fmt: skip

TABLE_1 = {
    (CR, CR): CR, (CR, NON): PR, (CR, NE): PR,
    (PR, CR): PR, (PR, NON): PR, (PR, NE): PR,
    (SD, CR): SD, (SD, NON): SD, (SD, NE): SD,
    (NE, CR): NE, (NE, NON): NE, (NE, NE): NE,
}  # fmt: skip
"""(target, non-target) -> overall, without progression of either and without a new lesion. Patients with targets."""

TABLE_2 = {CR: CR, NON: NON, NE: NE}
"""non-target -> overall, without progression and without a new lesion. Patients with non-target disease only."""


@dataclass(frozen=True, slots=True)
class NonTargetVerdict:
    """The non-target response of a visit, and why."""

    response: Response
    reason: Message


def non_target_response(
    lesions: Sequence[str], states: Mapping[str, NonTargetState], *, markers_normal: bool | None = None
) -> NonTargetVerdict:
    """The non-target response: PD before NE before NON-CR/NON-PD before CR. RECIST 1.1, section 4.3.3.

    A lesion without a state was not evaluated. `markers_normal` is None where tumour markers are not followed; a
    complete response needs them normal. "Unequivocal progression" is the reader's judgement of the whole burden.
    Raises ValueError for the state of a lesion that is no non-target.
    """
    for name in states:
        if name not in lesions:
            raise ValueError(f"Lesion {name} is no non-target lesion of the baseline.")
    if not lesions:
        return NonTargetVerdict(NA, message("recist.non_target.none"))
    found = {name: states.get(name, NonTargetState.NOT_EVALUABLE) for name in lesions}
    worse = [name for name, state in found.items() if state is NonTargetState.UNEQUIVOCAL_PROGRESSION]
    if worse:
        return NonTargetVerdict(PD, message("recist.non_target.pd", lesions=", ".join(worse)))
    unseen = [name for name, state in found.items() if state is NonTargetState.NOT_EVALUABLE]
    if unseen:
        return NonTargetVerdict(NE, message("recist.non_target.ne", lesions=", ".join(unseen)))
    left = [name for name, state in found.items() if state is NonTargetState.PRESENT]
    if left:
        return NonTargetVerdict(NON, message("recist.non_target.persists", lesions=", ".join(left)))
    if markers_normal is False:
        return NonTargetVerdict(NON, message("recist.non_target.markers"))
    return NonTargetVerdict(CR, message("recist.non_target.cr"))


@dataclass(frozen=True, slots=True)
class OverallVerdict:
    """The overall response of a visit, whether a new lesion is unequivocal, and why."""

    response: Response
    is_new: bool
    reason: Message


def overall_response(target: Response, non_target: Response, *, is_new: bool) -> Response:
    """The overall response of a visit by tables 1 and 2. `NA` where there was no such lesion at baseline."""
    if is_new or PD in (target, non_target):
        return PD
    if target is NA:
        return NE if non_target is NA else TABLE_2[non_target]
    return TABLE_1[target, CR if non_target is NA else non_target]


def overall(
    target: tuple[Response, Message],
    non_target: NonTargetVerdict,
    new_lesions: Mapping[str, NewLesionState],
    seen: Mapping[str, Message] | None = None,
) -> OverallVerdict:
    """The overall response with the sentence that explains it. `seen`: where new lesions were seen before this visit.

    One that was equivocal then and is a lesion now dates progression back (section 4.3.5).
    """
    response, why = target
    new = [name for name, state in new_lesions.items() if state is NewLesionState.UNEQUIVOCAL]
    doubtful = [name for name, state in new_lesions.items() if state is NewLesionState.EQUIVOCAL]
    result = overall_response(response, non_target.response, is_new=bool(new))
    parts: list[Message] = []
    if new:
        parts.append(message("recist.new.unequivocal", lesions=", ".join(new)))
        parts += [
            message("recist.new.seen_before", lesion=name, at=at) for name in new if (at := (seen or {}).get(name))
        ]
    if response is not NA:
        parts.append(why)
    if non_target.response is not NA:
        parts.append(non_target.reason)
    if response is NA and non_target.response is NA:
        parts.append(message("recist.no_disease"))
    if doubtful:
        parts.append(message("recist.new.equivocal", lesions=", ".join(doubtful)))
    if len(parts) == 1 and result is response:
        return OverallVerdict(result, bool(new), parts[0])
    return OverallVerdict(result, bool(new), message("recist.overall", parts=tuple(parts), response=str(result)))


def pet_new_lesion(
    baseline_pet: Literal["negative", "none"],
    *,
    ct: Literal["new", "not_confirmed", "confirmed_later", "known_stable"],
) -> tuple[NewLesionState, Message]:
    """What a positive FDG-PET finding at follow-up means. RECIST 1.1, section 4.3.5.

    Positive is FDG-avid at more than twice the surrounding tissue on the attenuation-corrected image. With a baseline
    PET negative at the site it is a new lesion. Without a baseline PET it is new when CT confirms it; when later CT
    does (`confirmed_later`), progression is dated to the first abnormal PET; a site that is a known lesion not
    progressing on CT is not progression.
    """
    if baseline_pet == "negative":
        return NewLesionState.UNEQUIVOCAL, message("recist.pet.negative_before")
    if ct == "new":
        return NewLesionState.UNEQUIVOCAL, message("recist.pet.ct_confirms")
    if ct == "confirmed_later":
        return NewLesionState.UNEQUIVOCAL, message("recist.pet.ct_confirms_later")
    if ct == "known_stable":
        return NewLesionState.NOT_NEW, message("recist.pet.known_stable")
    return NewLesionState.EQUIVOCAL, message("recist.pet.await_ct")
