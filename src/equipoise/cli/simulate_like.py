"""`equipoise simulate FILE --like DATABASE`: a rehearsal beside the simulator's own participants."""

from collections import Counter
from datetime import date
from statistics import mean
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli import database

if TYPE_CHECKING:
    from equipoise.ledger.comparing import Comparison
    from equipoise.protocol.load import Loaded
    from equipoise.simulation.agreement import Observed, Pair

MEANINGS = {"levels": "strata", "arm": "arm", "day": "day of randomization", "pfs": "observed PFS", "os": "observed OS"}
"""What two participants may differ in."""


def compare(file: str, address: str, cutoff: date | None, out: str | None, *, as_json: bool) -> None:
    """Compare, and print what agrees, what does not and by how much; one row a participant into `out`."""
    from equipoise.cli.protocols import open_protocol

    loaded = open_protocol(file)
    with database.ledger(address):
        from equipoise.ledger.comparing import compare_record

        found = compare_record(loaded, cutoff=cutoff)
    if out is not None:
        import polars as pl

        from equipoise.cli.files import write_table

        write_table(pl.DataFrame(_rows(found), infer_schema_length=None), out)
    document = _document(loaded, found)
    if as_json:
        from equipoise.cli.files import write_json

        write_json(document)
    else:
        _show(document)


def _document(loaded: "Loaded", found: "Comparison") -> dict[str, Any]:
    pairs = found.pairs
    differing = Counter(name for pair in pairs for name in pair.differs)
    return {
        "protocol": loaded.protocol.id,
        "digest": loaded.digest,
        "scenario": found.scenario,
        "seed": found.seed,
        "conduct": found.conduct,
        "cutoff": found.cut.cutoff.isoformat() if found.cut.cutoff else None,
        "ledger_position": found.cut.position,
        "participants": len(pairs),
        "of": found.subjects,
        "same": {name: len(pairs) - differing[name] for name in MEANINGS},
        "pfs": _endpoint([(pair.rehearsed.pfs, pair.pfs) for pair in pairs]),
        "os": _endpoint([(pair.rehearsed.os, pair.os) for pair in pairs]),
        "differing": [
            {
                "subject": pair.rehearsed.subject,
                "in": list(pair.differs),
                "rehearsed": _shown(pair.rehearsed.arm, pair.rehearsed.pfs, pair.rehearsed.os),
                "simulated": _shown(pair.arm, pair.pfs, pair.os),
                "latent_progression": pair.latent_progression,
                "latent_death": pair.latent_death,
            }
            for pair in pairs
            if pair.differs
        ],
    }


def _endpoint(pairs: "list[tuple[Observed, Observed]]") -> dict[str, Any]:
    """Events on either side, and how many days later, on average, the rehearsal saw those that both saw."""
    both = [(ours, theirs) for ours, theirs in pairs if ours.event and theirs.event]
    return {
        "events_rehearsed": sum(ours.event for ours, _ in pairs),
        "events_simulated": sum(theirs.event for _, theirs in pairs),
        "days_rehearsed": sum(ours.days for ours, _ in pairs),
        "days_simulated": sum(theirs.days for _, theirs in pairs),
        "mean_delay": mean(ours.days - theirs.days for ours, theirs in both) if both else None,
    }


def _shown(arm: str, pfs: "Observed", os: "Observed") -> dict[str, Any]:
    return {"arm": arm, "pfs": [pfs.days, int(pfs.event)], "os": [os.days, int(os.event)]}


def _rows(found: "Comparison") -> list[dict[str, Any]]:
    def row(pair: "Pair") -> dict[str, Any]:
        ours = pair.rehearsed
        return {
            "subject": ours.subject, "site": ours.site, "randomized_on": ours.randomized_on.isoformat(),
            "arm": ours.arm, "simulated_arm": pair.arm, **pair.levels,
            "latent_progression": pair.latent_progression, "latent_death": pair.latent_death,
            "pfs_days": ours.pfs.days, "pfs_event": int(ours.pfs.event),
            "simulated_pfs_days": pair.pfs.days, "simulated_pfs_event": int(pair.pfs.event),
            "os_days": ours.os.days, "os_event": int(ours.os.event),
            "simulated_os_days": pair.os.days, "simulated_os_event": int(pair.os.event),
        }  # fmt: skip

    return [row(pair) for pair in found.pairs]


def _show(document: dict[str, Any]) -> None:
    count = document["participants"]
    click.echo(
        f"{document['protocol']}, scenario {document['scenario']}, seed {document['seed']}, "
        f"{document['conduct']} conduct: {count} of {document['of']} participants randomized, "
        f"cutoff {document['cutoff']}"
    )
    for name, meaning in MEANINGS.items():
        click.echo(f"  {meaning}: the same in {document['same'][name]} of {count}")
    for name in ("pfs", "os"):
        one = document[name]
        delay = f", on average {one['mean_delay']:+.1f} days later" if one["mean_delay"] is not None else ""
        click.echo(
            f"  {name.upper()}: {one['events_rehearsed']} events rehearsed, {one['events_simulated']} simulated{delay}"
            f"; {one['days_rehearsed']} and {one['days_simulated']} days observed"
        )
    for row in document["differing"][:20]:
        ours, theirs = row["rehearsed"], row["simulated"]
        click.echo(
            f"  {row['subject']} ({', '.join(MEANINGS[name] for name in row['in'])}): rehearsed {_line(ours)}; "
            f"simulated {_line(theirs)}"
        )
    if len(document["differing"]) > 20:
        click.echo(f"  and {len(document['differing']) - 20} more; --json or -o lists all")


def _line(one: dict[str, Any]) -> str:
    parts = [f"{name.upper()} {days} {'event' if event else 'censored'}" for name in ("pfs", "os")
             for days, event in [one[name]]]  # fmt: skip
    return f"{one['arm']}, {', '.join(parts)}"
