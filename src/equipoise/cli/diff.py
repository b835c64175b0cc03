"""`equipoise diff`: what an amendment changes, classed, and whom it concerns."""

import click

from equipoise.cli.files import write_json
from equipoise.cli.protocols import open_protocol, protocol_text


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def diff(old: str, new: str, as_json: bool) -> None:
    """Compare two versions of a protocol, OLD and NEW (paths, or names of shipped protocols).

    Each change is cosmetic, additive or consequential. Exits 10 where an id of OLD means something else in NEW.
    """
    from equipoise.kernel.errors import ProtocolError
    from equipoise.protocol.diff import Weight
    from equipoise.protocol.diff import diff as compared
    from equipoise.protocol.document import line_of, read

    before, after = open_protocol(old), open_protocol(new)
    found = compared(before.protocol, after.protocol)
    if as_json:
        write_json(
            {
                "old": {"version": before.protocol.version, "digest": before.digest},
                "new": {"version": after.protocol.version, "digest": after.digest},
                "changes": [
                    {
                        "path": change.path, "before": change.before, "after": change.after,
                        "weight": change.weight.value, "concerns": change.concerns,
                    }
                    for change in found.changes
                ],
                "reused": [{"path": one.path, "before": one.before, "after": one.after} for one in found.reused],
            }
        )  # fmt: skip
    else:
        versions = f"{before.protocol.version} -> {after.protocol.version}"
        click.echo(f"{after.protocol.id}, {versions}: {_counted(len(found.changes))}")
        for weight in reversed(Weight):
            for change in found.changes:
                if change.weight is weight:
                    click.echo(f"  {weight.value:<13} {change}")
        if before.digest != after.digest and before.protocol.version == after.protocol.version:
            click.echo("  The content differs under one version: give the new one a version of its own.")
    if found.reused:
        root, _ = read(protocol_text(new)[0], new)
        raise ProtocolError(new, [one.fault(line_of(root, one.path)) for one in found.reused])


def _counted(changes: int) -> str:
    return {0: "no change", 1: "1 change"}.get(changes, f"{changes} changes")
