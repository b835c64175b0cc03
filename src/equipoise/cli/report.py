"""`equipoise report`: the report of a record on a data cut, as page, PDF or JSON."""

from datetime import datetime

import click

from equipoise.cli import database


@click.command()
@click.argument("file")
@database.option
@click.option("--cutoff", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Events after this day do not count.")
@database.as_of_option
@click.option("--format", "form", type=click.Choice(["html", "pdf", "json"]), help="Default: by the ending of OUT.")
@click.option("-o", "--out", help="Where to write it; without it the page or JSON goes to standard output.")
@click.option("--language", type=click.Choice(["en", "zh-hans"]), default="en", show_default=True)
@click.option("--pooled", is_flag=True, help="Nothing by arm, whatever leave there is: the open report of a committee.")
@click.option("--look", default="", help="An authorised look, to see outcomes by arm: its closed report.")
@click.option("--user", default="", help="Whose look it is; the password is asked for.")
def report(
    file: str, database_url: str | None, cutoff: datetime, as_of: str | None, form: str | None, out: str | None,
    language: str, pooled: bool, look: str, user: str,
) -> None:  # fmt: skip
    """Report a record by the plan in FILE: the same words and numbers as page, PDF or JSON.

    By arm only for a rehearsal, a recorded look, or released results; pooled otherwise, and it says so. A report bears
    no time of its making: the same record, cut and plan give the same bytes.
    """
    from equipoise.cli.analyse import ask_password
    from equipoise.cli.files import write_file
    from equipoise.cli.protocols import open_protocol, open_translated

    form = form or (out.rpartition(".")[2].lower() if out and "." in out else "html")
    if form not in ("html", "pdf", "json"):
        raise click.UsageError(f"The ending of {out} names no format; give --format html, pdf or json.")
    if form == "pdf" and out is None:
        raise click.UsageError("A PDF needs a file to be written to: -o OUT.")
    if pooled and look:
        raise click.UsageError("--pooled shows nothing by arm, so that no look is taken for it; give one of the two.")
    loaded = open_protocol(file)
    translated = open_translated(file, loaded.protocol, language)
    with database.ledger(database_url):
        from equipoise.ledger.reporting import written_report

        made = written_report(
            loaded, translated or loaded.protocol, form=form, language=language, cutoff=cutoff.date(),
            as_of=database.moment_of(as_of), pooled=pooled, look=look, user=user,
            password=ask_password(look, user),
        )  # fmt: skip
    if out is None:
        click.echo(made.decode(), nl=False)
    else:
        write_file(made, out)
        click.echo(f"Wrote {out}", err=True)
