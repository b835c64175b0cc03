"""Makes the ledger that a release leaves behind: `python tests/ledgers/making.py v0.1`, once, when it is released.

A short rehearsal, and then, through the same actions, what a rehearsal never does: an amendment, an allocation by the
contingency procedure, screening again, corrections, a redaction, looks, and the key opened at the end. It writes
`v0.1.jsonl.gz`, one entry a line as the tables hold it, and `v0.1.statuses.json`, what this release folds it to.
Neither file ever changes after the release; `test_released_ledgers.py` holds every later one to them.
"""

import gzip
import json
import os
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))


def story() -> None:
    """Act it out into the connected, empty database."""
    import acting
    from acting import CONSENT, COORDINATOR, INVESTIGATOR, enter, person, screened, signed
    from amended_protocol import amended
    from equipoise.cli.protocols import open_protocol, translations_of
    from equipoise.conduct import facts as f
    from equipoise.conduct.actions import people, records, subjects, trial, visits
    from equipoise.conduct.actions.contingency import RecordContingency
    from equipoise.conduct.actions.randomize import OpenRandomization, Randomize
    from equipoise.conduct.actions.redaction import Redact
    from equipoise.conduct.casebook import Casebook
    from equipoise.conduct.entry import SYSTEM, Actor, Entry
    from equipoise.kernel.canonical import canonical_json
    from equipoise.ledger import perform, read, states
    from equipoise.ledger.rehearsing import act_out
    from flagship_participants import ON

    loaded = open_protocol("nct07014202")
    translations = translations_of("nct07014202", loaded.protocol)
    act_out(
        loaded, translations=translations, subjects=2, seed="released", start=date(2025, 3, 3), until=date(2026, 2, 20),
        sites=2, scenario="",
    )  # fmt: skip

    class Kept(acting.Trial):
        """The trial of the specifications, on the ledger."""

        def do(self, action: Any, actor: Actor = SYSTEM) -> tuple[Entry, ...]:
            self.position += 1
            now = datetime.combine(self.today, time(12), UTC) + timedelta(minutes=self.position)
            return perform(action, actor=actor, key=uuid.uuid5(uuid.NAMESPACE_OID, f"{self.position}"), now=now)

        def book(self, subject: str) -> Casebook:
            return read.casebook(subject)

    kept = Kept(loaded, ON)
    sponsor = person("sponsor_admin", None, signs=True)
    today, before = ON.isoformat(), (ON - timedelta(days=1)).isoformat()
    kept.do(people.ChangeAccount("wu", "made"), sponsor)
    kept.do(people.GrantRole("wu", "independent_statistician"), sponsor)
    kept.do(people.GrantRole("hu", "coordinator", "river", "log 9"), sponsor)
    kept.do(people.RevokeRole("hu", "coordinator", "left the hospital", "river"), sponsor)
    kept.do(people.RecordAccess("wu", "signed_in"))
    kept.do(subjects.Prescreen("north", today, "declined", "travels abroad"), COORDINATOR)

    drawn = signed(kept)
    kept.do(Randomize(drawn, kept.evaluation(drawn)), INVESTIGATOR)
    given = signed(kept)
    kept.do(RecordContingency(given, "rt", f"{today} 10:15", "Dr Wu", "List C, envelope 7", "network outage"), sponsor)
    first = screened(kept, change={"neutrophils": {"value": "1.2", "unit": "10*9/L", "date": "2026-03-02"}})
    kept.do(subjects.FailScreening(first, today, ("I12a",)), COORDINATOR)
    again = kept.do(replace(CONSENT, on=today, previous=first), COORDINATOR)[-1].header.stream
    enter(kept, again, "medical_history", {"gilbert": "no", "thyroid_disease": "yes"})
    kept.do(trial.SuspectDuplicate(again, drawn))
    kept.do(trial.ResolveDuplicate(again, drawn, False, "two people of one name"), person("data_manager", None))

    second = amended()
    kept.do(trial.PublishProtocol(second.canonical, "asked for by the committee"), sponsor)
    confirmed = tuple(one.id for one in second.protocol.eligibility if one.confirm)
    kept.do(trial.ConfirmExclusions(second.digest, confirmed), INVESTIGATOR)
    kept.do(trial.ActivateProtocol("north", second.digest, today, "EC-2"), sponsor)
    history = {"thyroid_disease": {"value": "no"}}
    kept.do(
        records.Enter(again, "medical_history", history, seen=kept.book(again).position, reason="asked again"),
        COORDINATOR,
    )
    moved = {"diabetes": {"absent": "unknown", "because": "not asked"}}
    kept.do(
        records.Enter(again, "medical_history", moved, seen=kept.book(again).position, version=second.digest),
        COORDINATOR,
    )

    kept.do(subjects.Consent(drawn, "samples", second.protocol.consents[-1].version, today), COORDINATOR)
    kept.do(subjects.Consent(given, "samples", second.protocol.consents[-1].version, today, False), COORDINATOR)
    kept.do(visits.AddVisit(drawn, today, "pain in the back", ("vitals",)), COORDINATOR)
    kept.do(records.FormNotDone(drawn, "vitals", "left early", "unscheduled:1"), COORDINATOR)
    subject, missed = next(_unseen_visits(kept, loaded.protocol))
    kept.do(visits.MissVisit(subject, missed, "on holiday"))
    event = {"ae_term": "Fatigue", "ae_grade": "1", "ae_start": "2026-03"}
    enter(kept, drawn, "adverse_events", event, occurrence="new")
    enter(kept, drawn, "adverse_events", {"ae_term": "Nausea", "ae_grade": "2", "ae_start": today}, occurrence="new")
    kept.do(records.RemoveRow(drawn, "adverse_events", "2", "another participant's"), COORDINATOR)
    kept.do(records.CompleteLog(drawn, "adverse_events"), COORDINATOR)
    laboratory = {"haemoglobin": {"value": "84", "unit": "g/L"}}
    seen = kept.book(drawn).position
    kept.do(records.Enter(drawn, "laboratory", laboratory, visit="screening", seen=seen, reason="misread"), COORDINATOR)
    stop = next(one for one in second.protocol.stops if one.needs != "drug")
    kept.do(subjects.Stop(drawn, stop.id, today, "wishes to"), COORDINATOR)
    kept.do(subjects.RecordDeath(given, "2026-03", "unknown"), COORDINATOR)
    kept.do(subjects.CorrectDeath(given, today, "other", "certificate seen"), INVESTIGATOR)
    assert isinstance(kept.book(given).died, f.Died)

    note = enter(kept, again, "medical_history", {"other_history": "saw Dr N. N. of Riverside"})[0].header.position
    text = next(iter(read.entries(after=note - 1))).fact
    redact_as = {"form": text.form, "occurrence": text.occurrence, "items": {"other_history": {"value": "(removed)"}}}
    kept.do(Redact(note, canonical_json(redact_as), "named a person", "Dr Lin"))
    states.forget()
    kept.today = ON + timedelta(days=1)
    look = people.AuthorizeLook("interim", "planned interim analysis", before, second.digest, ("wu",))
    kept.do(look, sponsor)
    taken = people.TakeLook("interim", second.digest, read.head()[0])
    kept.do(taken, person("independent_statistician", None, user="wu"))
    position, head = read.head()
    kept.do(trial.LodgeCheckpoint(position, head, "the sponsor's archive", ""))
    kept.do(people.ReleaseResults("the trial is reported"), sponsor)
    kept.do(OpenRandomization(1, "the trial is over"), sponsor)


def _unseen_visits(kept: Any, protocol: Any) -> Iterator[tuple[str, str]]:
    """The planned visits of the rehearsed participants of which nothing is recorded yet."""
    from equipoise.conduct.calendar import planned
    from equipoise.ledger import read

    for subject in read.subjects():
        book = kept.book(subject)
        seen = {record.occurrence for record in book.records.values()} | set(book.missed)
        if book.randomized_on is not None and book.died is None:
            yield from (
                (subject, one.key) for one in planned(protocol, book, horizon=kept.today) if one.key not in seen
            )


def lines() -> list[str]:
    """The tables as text: one entry a line, its salt and payload with it."""
    from equipoise.ledger import table

    return [
        json.dumps(row._asdict() | {"salt": salt, "text": text}, ensure_ascii=False, sort_keys=True)
        for row, salt, text in table.entries()
    ]


def main(release: str) -> None:
    """Make the two files of a release; refuses to make them again."""
    record, folded = HERE / f"{release}.jsonl.gz", HERE / f"{release}.statuses.json"
    if record.exists():
        raise SystemExit(f"{record.name} exists and never changes.")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/released.sqlite3"
        from equipoise.ledger import connecting

        connecting.connect(create=True)
        connecting.prepare()
        from equipoise.conduct.facts import kinds
        from equipoise.ledger import verify
        from ledgers.statuses import statuses

        story()
        found = verify(allocation=True)
        text = "".join(f"{line}\n" for line in lines())
        missing = set(kinds()) - {json.loads(line)["kind"] for line in text.splitlines()}
        assert not missing, f"the story tells of no {', '.join(sorted(missing))}"
        record.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        folded.write_text(f"{json.dumps(statuses(), ensure_ascii=False, indent=1, sort_keys=True)}\n", encoding="utf-8")
        print(f"{found.position} entries, {found.allocations} allocations, {record.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
