"""`equipoise account`: make and close accounts, grant roles, from the server's own console."""

import click

from equipoise.cli import database


@click.group()
def account() -> None:
    """Accounts and roles. Whoever can run this on the server acts as the system, and the record says so."""


@account.command()
@click.argument("username")
@click.option("--name", required=True, help="The name printed with signatures.")
@click.option("--language", type=click.Choice(["en", "zh-hans"]), default="en", show_default=True)
@database.option
def add(username: str, name: str, language: str, database_url: str | None) -> None:
    """Make an account and print its first password, which must be changed."""
    with database.ledger(database_url):
        from equipoise.conduct.entry import SYSTEM
        from equipoise.ledger import people

        password = people.add_account(username, name, actor=SYSTEM, language=language)
    click.echo(password)


@account.command()
@click.argument("username")
@database.option
def password(username: str, database_url: str | None) -> None:
    """Give an account a new first password and print it; it must be changed."""
    with database.ledger(database_url):
        from equipoise.conduct.entry import SYSTEM
        from equipoise.ledger import people

        new = people.renew_password(username, actor=SYSTEM)
    click.echo(new)


@account.command()
@click.argument("username")
@click.option("--reason", required=True)
@database.option
def close(username: str, reason: str, database_url: str | None) -> None:
    """Close an account for good and end its roles."""
    with database.ledger(database_url):
        from equipoise.conduct.entry import SYSTEM
        from equipoise.ledger import people

        people.close_account(username, actor=SYSTEM, reason=reason)


@account.command()
@click.argument("username")
@click.argument("role")
@click.option("--site", default="", help="The site, for roles that act at one.")
@click.option("--delegation", default="", help="The entry of the delegation log.")
@database.option
def grant(username: str, role: str, site: str, delegation: str, database_url: str | None) -> None:
    """Give an account a role."""
    with database.ledger(database_url):
        from equipoise.conduct.entry import SYSTEM
        from equipoise.ledger import people

        people.grant(username, role, actor=SYSTEM, site=site, delegation=delegation)
