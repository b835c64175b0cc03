"""Randomization: committing, seasoning, allocating, and opening the key at the end."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from equipoise.conduct import facts as f
from equipoise.conduct.actions.base import Context, TrialAction, because, opened, signed_with_password
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import protocol_at, protocol_of
from equipoise.conduct.eligibility import derive_strata
from equipoise.conduct.entry import TRIAL_STREAM, NewFact
from equipoise.conduct.gate import gate
from equipoise.conduct.lesions import Lesion, residual_lesions
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Study
from equipoise.kernel.canonical import canonical_json
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.methods.randomization import (
    ALGORITHM_VERSION,
    Allocation,
    Frozen,
    allocate,
    commitment,
    configuration_digest,
)
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class CommitRandomization(TrialAction):
    """Open an epoch: commit to its key and to the method of a protocol version, before anyone is allocated.

    `reason` says why a new epoch begins under the method in force: a key that may have leaked is replaced so.
    """

    permission: ClassVar[Permission] = Permission.COMMIT_RANDOMIZATION
    digest: str
    reason: str = ""

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses an unknown version, and an epoch that would be the same as the one in force."""
        opened(study)
        if self.digest not in study.protocols:
            raise Refusal(message("refuse.protocol_unknown", digest=self.digest[:12]))
        configuration = configuration_digest(protocol_of(study, self.digest).randomization)
        same = study.epoch and study.epochs[study.epoch].committed.configuration == configuration
        if same and not self.reason.strip():
            raise Refusal(message("refuse.committed_already", epoch=study.epoch))
        epoch = study.epoch + 1
        key = context.allocation_key(epoch)
        committed = f.RandomizationCommitted(
            epoch=epoch,
            commitment=commitment(study.trial, epoch, key, configuration, ALGORITHM_VERSION),
            configuration=configuration,
            algorithm=ALGORITHM_VERSION,
            protocol=self.digest,
        )
        return [NewFact(TRIAL_STREAM, committed, reason=self.reason.strip())]


@dataclass(frozen=True, slots=True)
class SeasonRandomization(TrialAction):
    """Mix in a public value that nobody could know when the commitment was published."""

    permission: ClassVar[Permission] = Permission.COMMIT_RANDOMIZATION
    epoch: int
    season: str
    origin: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses an unknown epoch, a second season, and a value without its origin."""
        opened(study)
        if self.epoch not in study.epochs or study.epochs[self.epoch].season:
            raise Refusal(message("refuse.not_committed"))
        seasoned = f.RandomizationSeasoned(epoch=self.epoch, season=because(self.season), origin=because(self.origin))
        return [NewFact(TRIAL_STREAM, seasoned)]


@dataclass(frozen=True, slots=True)
class Randomize:
    """Allocate the subject. `evaluation` is the digest of the evaluation that was signed and is still true."""

    permission: ClassVar[Permission] = Permission.RANDOMIZE
    stream: str
    evaluation: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses unless everything `gate` asks for stands, as of now. A refusal uses up no slot."""
        signed_with_password(context)
        barriers = gate(study, casebook, context.today)
        if barriers:
            raise barriers[0]
        if casebook.eligibility is None or casebook.eligibility.evaluation != self.evaluation:
            raise Refusal(message("refuse.sign_changed"), message("refuse.sign_again"))
        protocol = protocol_at(study, casebook.site)
        levels = {
            factor: level
            for factor, level in derive_strata(protocol, casebook, context.today).items()
            if isinstance(level, str)
        }
        residual = residual_lesions(protocol, casebook)
        epoch = study.epochs[study.epoch]
        allocation = allocate(
            protocol.randomization,
            epoch=study.epoch,
            key=context.allocation_key(study.epoch),
            season=epoch.season,
            levels={**levels, "site": casebook.site},
            history=[frozen(allocated) for allocated in study.allocations],
        )
        sequence = len(study.allocations) + 1
        facts = [
            NewFact(
                TRIAL_STREAM,
                f.SlotAllocated(
                    subject=self.stream,
                    site=casebook.site,
                    sequence=sequence,
                    epoch=study.epoch,
                    levels=levels,
                    arm=allocation.arm,
                    allocation=canonical_json(allocation.record()),
                ),
            ),
            NewFact(
                self.stream,
                f.Randomized(
                    arm=allocation.arm,
                    sequence=sequence,
                    epoch=study.epoch,
                    on=context.today.isoformat(),
                    levels=levels,
                    evaluation=self.evaluation,
                    residual_lesions=tuple(lesion.id for lesion in residual),
                ),
            ),
        ]
        frozen_now = frozen_register(protocol, residual)
        return [*facts, *(NewFact(self.stream, register) for register in frozen_now)]


@dataclass(frozen=True, slots=True)
class OpenRandomization(TrialAction):
    """Open an epoch's key at the end of the trial, so that anyone can replay every allocation."""

    permission: ClassVar[Permission] = Permission.RELEASE
    epoch: int
    reason: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses an unknown epoch."""
        opened(study)
        signed_with_password(context)
        if self.epoch not in study.epochs:
            raise Refusal(message("refuse.not_committed"))
        key = context.allocation_key(self.epoch).hex()
        fact = f.RandomizationOpened(epoch=self.epoch, key=key)
        return [NewFact(TRIAL_STREAM, fact, reason=because(self.reason))]


def frozen(allocated: f.SlotAllocated | f.ContingencyAllocated) -> Frozen:
    """An allocation as replay and later allocations read it: by its frozen levels."""
    record = json.loads(allocated.allocation)
    return Frozen(**record) if isinstance(allocated, f.ContingencyAllocated) else Allocation.of_record(record)


def frozen_register(protocol: Protocol, residual: Sequence[Lesion]) -> list[f.RegisterFrozen]:
    """The residual lesions, to be frozen; none where the protocol keeps no register."""
    if protocol.lesions is None:
        return []
    organs = tuple(sorted({lesion.counted_organ for lesion in residual}))
    return [f.RegisterFrozen(residual=tuple(lesion.id for lesion in residual), organs=organs)]
