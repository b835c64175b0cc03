"""Several forms saved as one act: the rows of a scan and its assessment stand together in the record, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from equipoise.conduct.actions.base import Context
from equipoise.conduct.actions.records import Enter
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.drafting import with_decided
from equipoise.conduct.entry import NewFact
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Study
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message


@dataclass(frozen=True, slots=True)
class EnterTogether:
    """Enter several records of one subject, each decided in the light of those before it."""

    permission: ClassVar[Permission] = Permission.ENTER
    stream: str
    entries: tuple[Enter, ...]

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses whatever one of them refuses, and records of another subject; then nothing is written."""
        if not self.entries or any(entry.stream != self.stream for entry in self.entries):
            raise Refusal(message("assessment.nothing"))
        book = casebook
        decided: list[NewFact] = []
        for entry in self.entries:
            facts = entry.decide(study, book, context)
            book = with_decided(book, facts)
            decided += facts
        return decided
