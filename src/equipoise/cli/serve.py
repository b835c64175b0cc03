"""`equipoise serve`: the web application under gunicorn, static files included."""

import click

from equipoise.cli import database


@click.command()
@database.option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
def serve(database_url: str | None, host: str, port: int, workers: int, threads: int) -> None:
    """Serve a trial. Put a proxy that ends TLS in front and set EQUIPOISE_HTTPS=1 before others can reach it."""
    with database.ledger(database_url):
        from equipoise.web.server import run

        run(host=host, port=port, workers=workers, threads=threads)
