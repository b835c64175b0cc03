"""Whether the record can be trusted: the chain, its versions, payloads, attachments, checkpoints and allocations.

`verify` reads the whole ledger once and raises LedgerError for the first bad entry it meets. It cannot show what was
never written down, nor a tail removed after the last checkpoint that somebody else holds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import DatabaseError

from equipoise.conduct import codec
from equipoise.conduct import facts as f
from equipoise.conduct.entry import TRIAL_STREAM, Entry
from equipoise.conduct.study import Study, fold_study
from equipoise.kernel.errors import LedgerError
from equipoise.ledger import attachments, decoding, replaying, table
from equipoise.ledger.checkpoints import Checkpoint
from equipoise.ledger.mode import mode_of
from equipoise.ledger.row import GENESIS, Row, digest_of, payload_digest


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked: the head reached, and how many of each. `allocations` is None where no replay was asked for.

    `contingency`: how many allocations were made outside the system; a replay takes them as given.
    """

    trial: str
    rehearsal: bool
    position: int
    digest: str
    streams: int
    redacted: int
    attachments: int
    checkpoints: int
    allocations: int | None
    contingency: int = 0


def verify(*, checkpoints: Iterable[Checkpoint] = (), allocation: bool = False) -> Verified:
    """Check everything; see the module. Raises LedgerError naming the first bad entry."""
    chain, redacted = _Chain(), 0
    study, files, arms = Study(), attachments.References(), replaying.Arms()
    replaced = decoding.replacements()
    for row, salt, text in _readable(chain):
        chain.follow(row)
        redacted += _check_payload(row, salt, text, replaced)
        try:
            entry = Entry(
                decoding.header(row), codec.decode(row.kind, replaced[row.position] if text is None else text)
            )
        except (LedgerError, ValueError, KeyError) as error:
            raise LedgerError(f"Entry {row.position} cannot be read: {error}", row.position) from error
        _check_meaning(entry, row, chain)
        if row.stream == TRIAL_STREAM:
            study = fold_study(study, entry)
        files.note(entry)
        arms.note(entry)
    if chain.last is None:
        raise LedgerError("The ledger is empty: not even the trial is opened.", 0)
    if orphan := table.orphan():
        raise LedgerError(f"Entry {orphan} is missing, though its payload is there.", orphan)
    return Verified(
        trial=chain.last.trial,
        rehearsal=study.is_rehearsal,
        position=chain.last.position,
        digest=chain.last.digest,
        streams=len(chain.versions),
        redacted=redacted,
        checkpoints=_check_lodged(checkpoints, chain),
        attachments=files.check(study),
        allocations=replaying.replay_allocations(study, arms) if allocation else None,
        contingency=sum(isinstance(one, f.ContingencyAllocated) for one in study.allocations),
    )


@dataclass(slots=True)
class _Chain:
    """Follows the entries and knows every digest passed."""

    last: Row | None = None
    versions: dict[str, int] = field(default_factory=dict)
    digests: list[str] = field(default_factory=lambda: [GENESIS])

    def follow(self, row: Row) -> None:
        """The next entry must be the next one."""
        position, expected = row.position, len(self.digests)
        if position != expected:
            raise LedgerError(f"Entry {expected} is missing; the next one found is entry {position}.", expected)
        if row.digest != _digest(row):
            raise LedgerError(f"Entry {position} was changed: its digest is not that of its content.", position)
        if row.previous != self.digests[-1]:
            raise LedgerError(f"Entry {position} does not follow entry {position - 1}: the chain is cut.", position)
        version = self.versions.get(row.stream, 0) + 1
        if row.version != version:
            raise LedgerError(
                f"Entry {position} is version {row.version} of stream {row.stream!r}; version {version} is missing.",
                position,
            )
        if self.last is not None and row.trial != self.last.trial:
            raise LedgerError(f"Entry {position} belongs to another trial: {row.trial!r}.", position)
        if self.last is not None and row.at < self.last.at:
            raise LedgerError(f"Entry {position} is dated before entry {position - 1}.", position)
        self.last = row
        self.versions[row.stream] = version
        self.digests.append(row.digest)


def _readable(chain: "_Chain") -> Iterator[table.Stored]:
    """Every entry; where the database cannot read one, say which."""
    try:
        yield from table.entries()
    except (DatabaseError, UnicodeDecodeError) as error:
        bad = table.first_unreadable(len(chain.digests))
        if bad is None:
            raise
        raise LedgerError(f"Entry {bad} cannot be read: {str(error).splitlines()[0]}.", bad) from error


def _digest(row: Row) -> str:
    """The digest of a row; '' for one that holds what no entry ever held, such as bytes for text."""
    try:
        return digest_of(row)
    except (TypeError, ValueError):
        return ""


def _check_payload(row: Row, salt: str | None, text: str | None, replaced: Mapping[int, str]) -> int:
    """Check a payload against its salted digest; 1 where it was redacted."""
    if text is None or salt is None:
        if text is not None or salt is not None or row.position not in replaced:
            raise LedgerError(f"Entry {row.position} has lost its payload, and no redaction says why.", row.position)
        return 1
    if row.position in replaced:
        raise LedgerError(f"Entry {row.position} is said to be redacted, but its payload is still there.", row.position)
    try:
        right = payload_digest(salt, text) == row.payload_digest
    except (ValueError, TypeError, AttributeError):
        right = False
    if not right:
        raise LedgerError(
            f"Entry {row.position} was changed: its payload is not the one that was chained.", row.position
        )
    return 0


def _check_meaning(entry: Entry, row: Row, chain: _Chain) -> None:
    match entry.fact:
        case f.CheckpointLodged() as lodged:
            if lodged.position >= len(chain.digests) or chain.digests[lodged.position] != lodged.head:
                raise LedgerError(f"Entry {lodged.position} is not the one whose head was signed.", lodged.position)
        case f.Redacted() as redacted if redacted.position != row.redacts:
            raise LedgerError(f"Entry {row.position} redacts another entry than it says.", row.position)
        case f.TrialOpened() if row.position == 1:
            return
        case _ if row.position == 1:
            mode_of(entry.fact)


def _check_lodged(checkpoints: Iterable[Checkpoint], chain: _Chain) -> int:
    count, end = 0, len(chain.digests) - 1
    trial = chain.last.trial if chain.last else ""
    for lodged in sorted(checkpoints, key=lambda checkpoint: checkpoint.position):
        if lodged.trial != trial:
            raise LedgerError(f"A lodged checkpoint is of trial {lodged.trial!r}; this ledger is of {trial!r}.")
        if lodged.position > end:
            raise LedgerError(
                f"Entry {end + 1} is missing: a checkpoint was lodged at entry {lodged.position} on {lodged.at}, "
                f"but the record ends at entry {end}.",
                end + 1,
            )
        if chain.digests[lodged.position] != lodged.digest:
            raise LedgerError(
                f"Entry {lodged.position} is not the one whose head was lodged on {lodged.at}: the record up to there "
                "was written anew.",
                lodged.position,
            )
        count += 1
    return count
