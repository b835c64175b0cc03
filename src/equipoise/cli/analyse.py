"""`equipoise analyse`: estimate the endpoints of a protocol's plan on a data cut of a record."""

from datetime import date, datetime
from typing import Any

import click

from equipoise.cli import database


@click.command()
@click.argument("file")
@database.option
@click.option("--cutoff", type=click.DateTime(["%Y-%m-%d"]), help="Events after this day do not count.")
@database.as_of_option
@click.option("--look", default="", help="An authorised look, to see outcomes by arm.")
@click.option("--user", default="", help="Whose look it is; the password is asked for.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document and nothing else.")
def analyse(
    file: str, database_url: str | None, cutoff: datetime | None, as_of: str | None, look: str, user: str, as_json: bool
) -> None:
    """Analyse a record by the plan in FILE. By arm only for a rehearsal, a recorded look, or released results."""
    from equipoise.cli.files import write_json
    from equipoise.cli.protocols import open_protocol

    loaded = open_protocol(file)
    with database.ledger(database_url):
        from equipoise.ledger.analysing import analyse_record

        day: date | None = cutoff.date() if cutoff else None
        found = analyse_record(
            loaded, cutoff=day, as_of=database.moment_of(as_of), look=look, user=user, password=ask_password(look, user)
        )
    if as_json:
        write_json(found)
    else:
        _show(found)


def ask_password(look: str, user: str) -> str:
    """The password of whoever takes a look, asked for on the terminal; '' where nobody does."""
    return str(click.prompt(f"Password of {user}", hide_input=True, err=True)) if look and user else ""


def _show(found: dict[str, Any]) -> None:
    from equipoise.cli.estimate_print import p_value

    stamp = found["stamp"]
    entry = f"entry {stamp['ledger_position']}"
    as_of = entry if stamp["as_of"] == entry else f"{stamp['as_of']} ({entry})"
    if stamp["rehearsal"]:
        click.echo("REHEARSAL: synthetic participants")
    cutoff, plan = stamp["cutoff"] or "none", stamp["plan_digest"][:12]
    click.echo(f"{stamp['trial']}, cutoff {cutoff}, as of {as_of}, plan {plan}")
    for endpoint in found["endpoints"]:
        click.echo(f"\n{endpoint['label']}")
        if endpoint.get("reason"):
            click.echo(f"  {endpoint['reason']}")
            continue
        for group in endpoint["groups"]:
            median = group["median"]
            shown = f"{median['value']:.1f} months" if median["value"] is not None else "not reached"
            click.echo(f"  {group['label']}: {group['events']} events of {group['n']}, median {shown}{_limits(median)}")
        for contrast in endpoint["contrasts"]:
            for ratio in contrast["hazard_ratios"]:
                click.echo(
                    f"  hazard ratio {contrast['arm']} / {contrast['control']} {ratio['value']:.2f}, "
                    f"{ratio['level']:.0%} {ratio['lower']:.2f} to {ratio['upper']:.2f}"
                )
            test = contrast["logrank"]
            if test["p_one_sided"] is not None:
                click.echo(f"  stratified log-rank z {test['z']:.2f}, one-sided {p_value(test['p_one_sided'])}")
            if contrast["reason"]:
                click.echo(f"  {contrast['reason']}")
        _show_rerandomization(endpoint.get("rerandomization"))
    if not found["by_arm"]:
        click.echo("\nPooled: outcomes by arm need a recorded look, or the release of results.")


def _show_rerandomization(test: dict[str, Any] | None) -> None:
    """The arms drawn again as the trial draws them, and how well the p-value is known."""
    if test is None:
        return
    if test["reason"]:
        click.echo(f"  re-randomization test: {test['reason']}")
        return
    allocation = test["allocation"].replace("_", " ")
    click.echo(
        f"  re-randomization test ({allocation}, {test['replicates']} replicates): one-sided p "
        f"{test['p_one_sided']:.4f} (Monte-Carlo error {test['p_one_sided_monte_carlo_error']:.4f}), two-sided p "
        f"{test['p']:.4f} ({test['p_monte_carlo_error']:.4f})"
    )


def _limits(estimate: dict[str, Any]) -> str:
    if estimate["lower"] is None:
        return ""
    upper = f"{estimate['upper']:.1f}" if estimate["upper"] is not None else "not reached"
    return f" ({estimate['lower']:.1f} to {upper})"
