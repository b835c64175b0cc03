"""`equipoise describe`: a protocol as people read it."""

import click

from equipoise.cli.protocols import open_protocol, open_translated


@click.command()
@click.argument("file")
@click.option(
    "--language", type=click.Choice(["en", "zh-hans"]), default="en", help="From the translation beside FILE."
)
def describe(file: str, language: str) -> None:
    """Describe a protocol FILE in Markdown: synopsis, schedule of activities, every assumption with its reason."""
    from equipoise.kernel.errors import InputError
    from equipoise.protocol.describe import describe as described

    loaded = open_protocol(file)
    protocol = loaded.protocol
    if language != "en":
        translated = open_translated(file, protocol, language)
        if translated is None:
            raise InputError(
                "there is no translation beside the protocol", file=file, wanted=f"a .{language}.yaml file"
            )
        protocol = translated
    click.echo(described(protocol, digest=loaded.digest, language=language), nl=False)
