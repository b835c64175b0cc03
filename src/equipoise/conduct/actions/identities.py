"""Erasing who a participant is: the record stays whole under its number, and nobody can tell any more whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from equipoise.conduct import facts as f
from equipoise.conduct.actions.base import Context, because, consented, signed_with_password
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import protocol_at
from equipoise.conduct.entry import NewFact
from equipoise.conduct.journey import stage
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Study
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message

OVER = frozenset({"dead", "withdrawn", "screen_failed"})
"""The stages at which nobody will call on the participant again."""


@dataclass(frozen=True, slots=True)
class EraseIdentity:
    """Erase who a participant is, at the participant's request or when the duty to keep it has ended."""

    permission: ClassVar[Permission] = Permission.ERASE_IDENTITY
    stream: str
    reason: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses a second time, and while the participant is followed, before the results are released: a site must
        be able to call. Password given again, and a reason.
        """
        consented(casebook)
        signed_with_password(context)
        if casebook.erased is not None:
            raise Refusal(message("refuse.erased", on=casebook.erased[1].at.date().isoformat()))
        now = stage(protocol_at(study, casebook.site), casebook)
        if now not in OVER and not study.released:
            raise Refusal(
                message("refuse.still_followed", stage=message(f"stage.{now}")), message("refuse.still_followed_remedy")
            )
        return [NewFact(self.stream, f.IdentityErased(because=because(self.reason)), reason=self.reason)]
