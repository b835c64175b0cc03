"""`equipoise demo`: rehearse the flagship trial and serve it, with a sign-in for each role."""

from datetime import date, timedelta
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import click

from equipoise.cli import database
from equipoise.cli.rehearse import progress_bar
from equipoise.cli.serve import serve
from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import InputError

if TYPE_CHECKING:
    from equipoise.protocol.model import Accrual

FOLDER = "demo"
SITES = 4


@click.command()
@click.argument("file", default="nct07014202")
@click.option("--folder", default=FOLDER, show_default=True, help="Where the rehearsal's record is kept.")
@click.option(
    "--subjects",
    default=60,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="About how many are randomized by today; while fewer than planned, recruitment goes on.",
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-serve", is_flag=True, help="Rehearse and print the sign-ins, then stop.")
@click.pass_context
def demo(context: click.Context, file: str, folder: str, subjects: int, port: int, no_serve: bool) -> None:
    """Rehearse FILE into a folder (once) and serve it on this machine."""
    from equipoise.cli.protocols import open_protocol, translations_of

    record = Path(folder) / f"{Path(file).stem}.sqlite3"
    url = f"sqlite:///{record.resolve()}"
    ready = record.with_suffix(".ready")
    if not ready.exists():
        loaded = open_protocol(file)
        _begin(record)
        with database.new_ledger(url):
            from equipoise.ledger.rehearsing import act_out, busiest_site, make_accounts

            # Until yesterday: entries of today's working hours would lie ahead of the clock.
            yesterday = date.today() - timedelta(days=1)
            begun = yesterday - recruiting(loaded.protocol.accrual, subjects)
            click.echo(f"Rehearsing {loaded.protocol.short_title} with synthetic participants since {begun} ...")
            planned = max(subjects, loaded.protocol.accrual.subjects)
            told = act_out(
                loaded, translations=translations_of(file, loaded.protocol), subjects=planned, seed="demo",
                start=begun, until=yesterday, sites=SITES, scenario="", progress=progress_bar(),
            )  # fmt: skip
            password, site = make_accounts(sites=SITES), busiest_site()
        ready.touch(mode=0o600)
        ready.write_text(f"{password}\n{site}\n", encoding="utf-8")
        _begun(record).unlink()
        click.echo(f"{told.randomized} randomized, {told.entries} entries in the record, up to {told.last}.")
    password, site = ready.read_text(encoding="utf-8").splitlines()
    _sign_ins(password, site, port)
    if no_serve:
        return
    context.invoke(serve, database_url=url, host="127.0.0.1", port=port, workers=2, threads=4)


def _begun(record: Path) -> Path:
    """The mark of a rehearsal that is not finished: only what bears it is ever removed."""
    return record.with_suffix(".begun")


def _begin(record: Path) -> None:
    """Make room for a new rehearsal, and mark it as begun. Raises InputError where another record lies there."""
    record.parent.mkdir(parents=True, exist_ok=True)
    if _begun(record).exists():  # one that was interrupted; begun again from nothing
        for left in record.parent.iterdir():
            if left.name.startswith(record.name):
                rmtree(left) if left.is_dir() else left.unlink()
    elif record.exists():
        raise InputError(
            "a record that is no demonstration lies here", file=str(record), wanted="another --folder, or a new one"
        )
    _begun(record).touch()


def recruiting(accrual: "Accrual", subjects: int) -> timedelta:
    """How long the trial recruits, at its planned pace, until so many are randomized."""
    return timedelta(days=round(float(subjects * accrual.months / accrual.subjects) * DAYS_PER_MONTH))


def _sign_ins(password: str, busiest: str, port: int) -> None:
    """Each role once: at the site where most is to be done, and in the trial as a whole."""
    from equipoise.conduct.permissions import ROLES
    from equipoise.simulation.rehearsal.cast import cast

    people = cast(SITES)
    click.echo(f"\nOpen http://127.0.0.1:{port}/ and sign in, each with the password  {password}\n")
    for person in people:
        if person.site in (None, busiest):
            click.echo(f"  {person.user:<28} {ROLES[person.role].label}{f' at {person.site}' if person.site else ''}")
    others = ", ".join(f"-{site}" for site in dict.fromkeys(one.site for one in people) if site not in (None, busiest))
    click.echo(f"\nThe other sites have the same roles: {others}. Stop with Ctrl-C.\n")
