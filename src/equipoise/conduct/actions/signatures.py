"""Signatures: on forms, and on exactly one eligibility evaluation. Each names what it covers; the password again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from equipoise.conduct import facts as f
from equipoise.conduct.actions.base import Context, following, screening, signed_with_password
from equipoise.conduct.actions.records import form_of
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.completeness import unanswered
from equipoise.conduct.documents import protocol_at
from equipoise.conduct.eligibility import evaluate_eligibility
from equipoise.conduct.entry import NewFact
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Study
from equipoise.conduct.versions import standing
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message


@dataclass(frozen=True, slots=True)
class SignForm:
    """Sign a form as it stands. `covers` is the digest of what the signer saw."""

    permission: ClassVar[Permission] = Permission.SIGN
    stream: str
    form: str
    covers: str
    says: str
    occurrence: str = ""

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses the wrong role, an empty or incomplete form, and a form changed since it was seen."""
        following(casebook)
        signed_with_password(context)
        record = casebook.record(self.form, self.occurrence)
        stands = standing(study, casebook, record)
        form = form_of(stands.protocol, self.form)
        if form.signed_by and context.actor.role not in (form.signed_by, "system"):
            raise Refusal(message("refuse.sign_role", form=form.label, role=form.signed_by))
        if record is None:
            raise Refusal(message("refuse.sign_nothing", form=form.label))
        if record.covers() != self.covers:
            raise Refusal(message("refuse.sign_changed"))
        missing = unanswered(stands.protocol, casebook, form, record)
        if missing:
            labels = ", ".join(item.label for item in missing)
            raise Refusal(message("refuse.sign_incomplete", form=form.label, items=labels))
        signed = f.Signed(
            meaning="form",
            covers=self.covers,
            says=self.says,
            printed_name=context.actor.name or context.actor.user,
            form=self.form,
            occurrence=self.occurrence,
        )
        return [NewFact(self.stream, signed, protocol=stands.judged_by)]


@dataclass(frozen=True, slots=True)
class SignEligibility:
    """An investigator signs exactly the evaluation that was shown, by its digest."""

    permission: ClassVar[Permission] = Permission.SIGN_ELIGIBILITY
    stream: str
    evaluation: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses an evaluation that is not eligible, or is no longer the one that was shown."""
        screening(casebook)
        signed_with_password(context)
        evaluation = evaluate_eligibility(protocol_at(study, casebook.site), casebook, context.today)
        if evaluation.digest != self.evaluation:
            raise Refusal(message("refuse.sign_changed"))
        if evaluation.unmet:
            criteria = ", ".join(verdict.criterion.id for verdict in evaluation.unmet)
            raise Refusal(message("refuse.not_evaluated", criteria=criteria))
        by_exception = [v.criterion.id for v in evaluation.verdicts if v.judgement.by_exception]
        signed = f.EligibilitySigned(
            evaluation=evaluation.digest,
            on=context.today.isoformat(),
            verdicts={verdict.criterion.id: verdict.standing for verdict in evaluation.verdicts},
            exceptions=tuple(by_exception),
            printed_name=context.actor.name or context.actor.user,
        )
        return [NewFact(self.stream, signed)]
