"""`equipoise datasets`: the analysis datasets of a record as CSV files, under ADaM's variable names."""

from datetime import datetime

import click

from equipoise.cli import database


@click.command()
@click.argument("file")
@database.option
@click.option("--out", required=True, metavar="DIR", help="The folder to write to; made where there is none.")
@click.option("--cutoff", type=click.DateTime(["%Y-%m-%d"]), help="Events after this day do not count.")
@database.as_of_option
@click.option("--look", default="", help="An authorised look, to see who is in which arm.")
@click.option("--user", default="", help="Whose look it is; the password is asked for.")
def datasets(
    file: str, database_url: str | None, out: str, cutoff: datetime | None, as_of: str | None, look: str, user: str
) -> None:
    """Write ADSL, ADEX, ADTTE, ADRS, ADAE, ADLB and ADQS of a record. What tells an arm is left out without leave."""
    from equipoise.cli.analyse import ask_password
    from equipoise.cli.files import write_files
    from equipoise.cli.protocols import open_protocol

    loaded = open_protocol(file)
    with database.ledger(database_url):
        from equipoise.ledger.reporting import dataset_files

        found = dataset_files(
            loaded, cutoff=cutoff.date() if cutoff else None, as_of=database.moment_of(as_of), look=look, user=user,
            password=ask_password(look, user),
        )  # fmt: skip
    write_files(found.files, out)
    for name, rows in found.rows.items():
        click.echo(f"{name}: {rows} rows")
    if found.is_blinded:
        click.echo("Without arms: what tells somebody's arm needs a recorded look, or the release of results.")
