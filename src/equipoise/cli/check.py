"""`equipoise check`: whether a protocol file is right; if not, every error at once, each with its line."""

import click

from equipoise.cli.protocols import open_protocol


@click.command()
@click.argument("file")
def check(file: str) -> None:
    """Check a protocol FILE (a path, or the name of a shipped protocol).

    Prints one line and exits 0 where it is right; otherwise prints every error with its line and exits 10.
    """
    loaded = open_protocol(file)
    protocol = loaded.protocol
    click.echo(
        f"{loaded.name}: right. {protocol.id} version {protocol.version}: {len(protocol.arms)} arms, "
        f"{len(protocol.eligibility)} criteria, {len(protocol.forms)} forms, {len(protocol.schedule)} visits, "
        f"{len(protocol.endpoints)} endpoints; SHA-256 {loaded.digest}"
    )
