"""`equipoise rehearse`: act out a trial with synthetic participants, through the same actions the screens use."""

from datetime import date, datetime
from typing import Any

import click

from equipoise.cli import database

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""The years a rehearsal may lie in: people are born before it and followed after it."""


@click.command()
@click.argument("file")
@click.option("--subjects", type=click.IntRange(1, 10000), required=True, help="How many are to be randomized.")
@click.option("--seed", required=True, help="What chance starts from; the same seed and start give the same chain.")
@click.option(
    "--start", type=click.DateTime(["%Y-%m-%d"]), help="The first day; default: so long ago that it ends today."
)
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day; default: planned accrual and follow-up."
)
@click.option("--sites", type=click.IntRange(1, 6), default=4, show_default=True)
@click.option("--scenario", default="", help="A scenario of the protocol; default: the first.")
@click.option(
    "--conduct",
    type=click.Choice(["usual", "clean"]),
    default="usual",
    show_default=True,
    help="clean: nothing late, missed or missing, so that what is observed is what the simulator observes.",
)
@database.option
def rehearse(
    file: str, subjects: int, seed: str, start: datetime | None, until: datetime | None, sites: int, scenario: str,
    conduct: str, database_url: str | None,
) -> None:  # fmt: skip
    """Rehearse FILE (a path, or the name of a shipped protocol) into a new record."""
    from equipoise.cli.protocols import open_protocol, translations_of
    from equipoise.kernel.errors import InputError

    loaded = open_protocol(file)
    known = [one.id for one in loaded.protocol.scenarios]
    if scenario and scenario not in known:
        raise InputError("there is no such scenario", file=loaded.name, seen=scenario, wanted=", ".join(known))
    first = start.date() if start else None
    if first is not None and until is not None and until.date() < first:
        raise InputError("a rehearsal ends after it begins", seen=f"--until {until.date()}", wanted=f"after {first}")
    for day in (start, until):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise InputError(
                "the day is too far away", seen=str(day.date()), wanted=f"one from {FIRST_YEAR} to {LAST_YEAR}"
            )
    with database.new_ledger(database_url):
        from equipoise.ledger.rehearsing import act_out

        told = act_out(
            loaded,
            translations=translations_of(file, loaded.protocol),
            subjects=subjects,
            seed=seed,
            start=first,
            until=until.date() if until else None,
            sites=sites,
            scenario=scenario,
            conduct=conduct,
            progress=progress_bar(),
        )
    click.echo(f"Rehearsed {loaded.protocol.id}: {told.randomized} randomized, {told.entries} entries, to {told.last}.")
    click.echo(f"Head {told.head}")


def progress_bar() -> Any:
    """A progress bar by days passed; nothing where nobody watches."""
    import sys

    if not sys.stderr.isatty():
        return None
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    progress = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[day]}"), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    task = progress.add_task("Rehearsing", total=1000, day="")
    progress.start()

    def show(share: float, day: date, *, over: bool = False) -> None:
        progress.update(task, completed=int(share * 1000), day=day.isoformat())
        if over:
            progress.stop()

    return show
