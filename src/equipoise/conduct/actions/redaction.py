"""Redaction: the one documented way in which what was written leaves the record, witnessed and never silently."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from equipoise.conduct import facts as f
from equipoise.conduct.actions.base import Context, TrialAction, because, opened
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.entry import TRIAL_STREAM, NewFact
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Study
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message


@dataclass(frozen=True, slots=True)
class Redact(TrialAction):
    """Take text that identifies a person out of an entry; `replacement` is what is read in its place."""

    permission: ClassVar[Permission] = Permission.REDACT
    position: int
    replacement: str
    reason: str
    witness: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Needs a reason, and a witness who is somebody else."""
        opened(study)
        if not self.witness.strip() or self.witness.strip() in (context.actor.user, context.actor.name):
            raise Refusal(message("refuse.witness"))
        redacted = f.Redacted(
            position=self.position,
            because=because(self.reason),
            witness=self.witness.strip(),
            replacement=self.replacement,
        )
        return [NewFact(TRIAL_STREAM, redacted, reason=self.reason)]
