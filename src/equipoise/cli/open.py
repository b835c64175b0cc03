"""`equipoise open`: begin a trial's record from its protocol file."""

import click

from equipoise.cli import database


@click.command("open")
@click.argument("file")
@database.option
@click.option("--rehearsal", is_flag=True, help="A record of synthetic participants. It can never become a real one.")
@click.option("--seed", default="", help="What a rehearsal's chance starts from.")
def open_trial(file: str, database_url: str | None, rehearsal: bool, seed: str) -> None:
    """Make the database and enter the protocol FILE (a path, or the name of a shipped one) as its first version."""
    import uuid

    from equipoise.cli.protocols import open_protocol
    from equipoise.kernel.errors import InputError

    if seed and not rehearsal:
        raise InputError(
            "a production record has no seed", seen=f"--seed {seed}", wanted="--rehearsal with it, or none"
        )
    loaded = open_protocol(file)
    with database.new_ledger(database_url):
        from equipoise.conduct.actions.trial import OpenTrial
        from equipoise.conduct.entry import SYSTEM
        from equipoise.ledger import perform

        action = OpenTrial(canonical=loaded.canonical, rehearsal=rehearsal, seed=seed)
        entries = perform(action, actor=SYSTEM, key=uuid.uuid4())
    kind = "Rehearsal" if rehearsal else "Production"
    click.echo(f"{kind} record of {loaded.protocol.id}, protocol version {loaded.protocol.version}, opened.")
    click.echo(f"Protocol {loaded.digest}")
    click.echo(f"Head {entries[-1].header.position}")
