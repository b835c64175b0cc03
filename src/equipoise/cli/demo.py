"""`equipoise demo`: rehearse the flagship trial and serve it, with a sign-in for each role."""

from pathlib import Path

import click

from equipoise.cli import database
from equipoise.cli.rehearse import progress_bar
from equipoise.cli.serve import serve

FOLDER = "demo"


@click.command()
@click.argument("file", default="nct07014202")
@click.option("--folder", default=FOLDER, show_default=True, help="Where the rehearsal's record is kept.")
@click.option("--subjects", default=40, show_default=True, type=click.IntRange(1, 1000))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-serve", is_flag=True, help="Rehearse and print the sign-ins, then stop.")
@click.pass_context
def demo(context: click.Context, file: str, folder: str, subjects: int, port: int, no_serve: bool) -> None:
    """Rehearse FILE into a folder (once) and serve it on this machine."""
    from equipoise.cli.protocols import open_protocol, translations_of

    home = Path(folder)
    home.mkdir(parents=True, exist_ok=True)
    record = home / f"{Path(file).stem}.sqlite3"
    url = f"sqlite:///{record.resolve()}"
    if not (home / "ready").exists():
        for left in home.glob(f"{record.name}*"):
            left.unlink()  # a rehearsal that was interrupted; begun again from nothing
        loaded = open_protocol(file)
        click.echo(f"Rehearsing {loaded.protocol.short_title} with {subjects} synthetic participants ...")
        with database.new_ledger(url):
            from equipoise.ledger.rehearsing import act_out, make_accounts

            told = act_out(
                loaded, translations=translations_of(file, loaded.protocol), subjects=subjects, seed="demo", start=None,
                until=None, sites=4, scenario="", progress=progress_bar(subjects),
            )  # fmt: skip
            password = make_accounts(sites=4)
        (home / "ready").write_text(f"{password}\n", encoding="utf-8")
        (home / "ready").chmod(0o600)
        click.echo(f"{told.randomized} randomized, {told.entries} entries in the record, up to {told.last}.")
    password = (home / "ready").read_text(encoding="utf-8").strip()
    _sign_ins(password, port)
    if no_serve:
        return
    context.invoke(serve, database_url=url, host="127.0.0.1", port=port, workers=2, threads=4)


def _sign_ins(password: str, port: int) -> None:
    from equipoise.conduct.permissions import ROLES
    from equipoise.simulation.rehearsal.cast import cast

    click.echo(f"\nOpen http://127.0.0.1:{port}/ and sign in, each with the password  {password}\n")
    for person in cast(1):
        click.echo(f"  {person.user:<28} {ROLES[person.role].label}{f' at {person.site}' if person.site else ''}")
    click.echo("\nThe other sites have the same roles: -river, -lake, -hill. Stop with Ctrl-C.\n")
