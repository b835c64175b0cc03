"""`equipoise verify | rebuild | checkpoint | migrate`: keeping the record."""

from pathlib import Path

import click

from equipoise.cli import database
from equipoise.cli.files import write_json


@click.command()
@database.option
@click.option("--allocation", is_flag=True, help="Recompute every allocation as well.")
@click.option(
    "--checkpoint", "checkpoints", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="A checkpoint lodged elsewhere, or a folder of them.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(database_url: str | None, allocation: bool, checkpoints: tuple[Path, ...], as_json: bool) -> None:
    """Check the whole record: chain, payloads, attachments, checkpoints. Exit 12 names the first bad entry."""
    from dataclasses import asdict

    with database.ledger(database_url):
        from equipoise.ledger.checkpoints import found_in, home
        from equipoise.ledger.verification import verify as check

        own = home()
        lodged = found_in([*checkpoints, *([own] if own.is_dir() else [])])
        found = check(checkpoints=lodged, allocation=allocation)
    if as_json:
        write_json(asdict(found))
        return
    mode = "rehearsal" if found.rehearsal else "production"
    click.echo(
        f"The record of trial {found.trial} ({mode}) is whole: {found.position} entries in {found.streams} streams."
    )
    click.echo(f"Head {found.digest}")
    click.echo(f"Checkpoints held against it: {found.checkpoints}. Attachments: {found.attachments}.")
    if found.redacted:
        click.echo(f"Redacted, each with its reason and witness in the record: {found.redacted}.")
    if found.allocations is not None:
        click.echo(f"Allocations recomputed: {found.allocations}, all as recorded.")
        if found.contingency:
            click.echo(f"Taken as given, made by the contingency procedure: {found.contingency}.")


@click.command()
@database.option
def rebuild(database_url: str | None) -> None:
    """Write the tables behind the lists afresh from the record."""
    with database.ledger(database_url):
        from equipoise.ledger.rebuilding import rebuild as write

        click.echo(f"{write()} subjects.")


@click.command()
@database.option
def migrate(database_url: str | None) -> None:
    """Bring a database's tables up to date with this version of the software. Entries are never changed."""
    with database.new_ledger(database_url):
        click.echo("The tables are up to date.")


@click.command()
@database.option
@click.option("-o", "out", type=click.Path(path_type=Path), metavar="FOLDER", help="Where to lodge it.")
def checkpoint(database_url: str | None, out: Path | None) -> None:
    """Sign the head of the chain and write it to a file, to be kept by somebody else."""
    with database.ledger(database_url):
        from equipoise.ledger.checkpoints import home, lodge

        click.echo(str(lodge(out or home())))


@click.command()
@click.argument("position", type=click.IntRange(2))
@click.option(
    "--replacement", required=True, type=click.Path(path_type=Path), metavar="FILE", help="What is read instead."
)
@click.option("--by", required=True, help="Who does this.")
@click.option("--witness", required=True, help="Who else is there.")
@click.option("--reason", required=True)
@database.option
def redact(position: int, replacement: Path, by: str, witness: str, reason: str, database_url: str | None) -> None:
    """Take what identifies a person out of entry POSITION, for good. See docs/adr/0004-ledger.md."""
    import uuid

    from equipoise.cli.files import read_bytes
    from equipoise.kernel.errors import InputError

    try:
        text = read_bytes(str(replacement)).decode().strip()
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8 text", file=str(replacement)) from error
    with database.ledger(database_url):
        from equipoise.conduct.entry import Actor, Authentication
        from equipoise.ledger.redaction import redact as strike

        actor = Actor(user=by, role="system", name=by, authentication=Authentication.SYSTEM)
        left = strike(position, text, actor=actor, witness=witness, reason=reason, key=uuid.uuid4())
    click.echo(f"Entry {position} is redacted; entry {left[-1].header.position} says so. Restart the servers.")
