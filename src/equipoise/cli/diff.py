"""`equipoise diff`: what an amendment changes, classed, whom it concerns, and what it does to power and duration."""

import os
from collections.abc import Mapping
from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli import database
from equipoise.cli.files import write_json
from equipoise.cli.protocols import open_protocol, protocol_text

if TYPE_CHECKING:
    from equipoise.analysis.amendment import Concerned
    from equipoise.protocol.load import Loaded
    from equipoise.simulation.amendment import AmendmentForecast, Difference


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--simulate", "simulated", is_flag=True, help="Also what changes in power and duration.")
@click.option("--trials", type=int, default=4000, show_default=True, help="Trials a scenario and version.")
@click.option("--seed", default="1", show_default=True, help="The same seed gives the same numbers.")
@click.option("--threads", type=int, help="Threads; all processors without it. They move no number.")
@database.option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def diff(
    old: str, new: str, simulated: bool, trials: int, seed: str, threads: int | None, database_url: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Compare two versions of a protocol, OLD and NEW (paths, or names of shipped protocols).

    Each change is cosmetic, additive, an assumption of the design, or consequential. With --database, says whom it
    concerns there: how many by site, and the numbers of those each consequential change finds.
    Exits 10 where an id of OLD means something else in NEW.
    """
    from equipoise.kernel.errors import ProtocolError
    from equipoise.protocol.diff import Weight
    from equipoise.protocol.diff import diff as compared
    from equipoise.protocol.document import line_of, read

    before, after = open_protocol(old), open_protocol(new)
    found = compared(before.protocol, after.protocol)
    fits = not found.reused
    people = _concerned(after, database_url) if database_url is not None and fits else None
    forecast = _simulated(before, after, trials, seed, threads) if simulated and fits else None
    if as_json:
        document: dict[str, Any] = {
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
        }  # fmt: skip
        if forecast is not None:
            document["simulation"] = {"seed": seed} | _plain(forecast)
        if people is not None:
            document["participants"] = {
                "sites": [
                    {
                        "site": one.site, "not_yet_randomized": one.not_randomized, "randomized_followed": one.followed,
                        "randomized_ended": one.ended,
                    }
                    for one in people[0].sites
                ],
                "groups": {group: len(subjects) for group, subjects in people[0].groups.items()},
                "concerned": {
                    change.path: list(people[0].groups[change.concerns])
                    for change in found.consequential if change.concerns in people[0].groups
                },
                "ledger_position": people[1],
            }  # fmt: skip
        write_json(document)
    else:
        versions = f"{before.protocol.version} -> {after.protocol.version}"
        click.echo(f"{after.protocol.id}, {versions}: {_counted(len(found.changes))}")
        for weight in reversed(Weight):
            for change in found.changes:
                if change.weight is weight:
                    click.echo(f"  {weight.value:<13} {change}{_now(change.concerns, people and people[0].groups)}")
        if before.digest != after.digest and before.protocol.version == after.protocol.version:
            click.echo("  The content differs under one version: give the new one a version of its own.")
        if people is not None:
            _show_people(*people, [change.concerns for change in found.consequential])
        if forecast is not None:
            _show_forecast(forecast)
            if any(change.path.startswith("eligibility") for change in found.changes):
                click.echo(
                    "  What changed criteria do to accrual is not in the simulation: it takes the protocol's accrual "
                    "as it stands, so change that too where more or fewer will be eligible."
                )
    if found.reused:
        root, _ = read(protocol_text(new)[0], new)
        raise ProtocolError(new, [one.fault(line_of(root, one.path)) for one in found.reused])


def _concerned(after: "Loaded", database_url: str) -> "tuple[Concerned, int]":
    """Participants of a record by site, and the ledger position they were counted at."""
    from equipoise.kernel.errors import InputError

    with database.ledger(database_url):
        from equipoise.analysis.amendment import concerned
        from equipoise.conduct.documents import latest_protocol
        from equipoise.ledger import read

        study = read.study()
        if study.trial != after.protocol.id:
            raise InputError(
                "the record is of another trial", file=after.name, seen=after.protocol.id, wanted=study.trial
            )
        return concerned(latest_protocol(study), read.casebooks().values(), study.sites), read.head()[0]


def _simulated(before: "Loaded", after: "Loaded", trials: int, seed: str, threads: int | None) -> "AmendmentForecast":
    from equipoise.cli.simulate import progress
    from equipoise.simulation.amendment import amendment_forecast

    shared = {one.id for one in before.protocol.scenarios} & {one.id for one in after.protocol.scenarios}
    with progress(2 * trials * len(shared)) as advance:
        return amendment_forecast(
            before.protocol, after.protocol, trials=trials, seed=seed, threads=threads or os.cpu_count() or 1,
            progress=advance,
        )  # fmt: skip


def _plain(forecast: "AmendmentForecast") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "scenarios": [
            {
                "scenario": one.scenario, "trials": one.trials, "interrupted": one.interrupted, "same": one.same,
                "growth_kept": one.growth_kept,
                "power": asdict(one.power), "duration": asdict(one.duration), "events": asdict(one.events),
                "comparisons": {arm: asdict(own) for arm, own in one.comparisons.items()},
            }
            for one in forecast.changes
        ],
        "only_old": list(forecast.only_old),
        "only_new": list(forecast.only_new),
    }  # fmt: skip


def _now(concerns: str, groups: Mapping[str, tuple[str, ...]] | None) -> str:
    return f" [now {len(groups[concerns])}]" if groups is not None and concerns in groups else ""


def _show_people(people: "Concerned", position: int, concerns: list[str]) -> None:
    click.echo(f"\nParticipants, by site (ledger entry {position}):")
    click.echo(f"  {'site':<16}{'not yet randomized':>20}{'randomized, followed':>22}{'randomized, ended':>20}")
    for one in people.sites:
        click.echo(f"  {one.site:<16}{one.not_randomized:>20}{one.followed:>22}{one.ended:>20}")
    for group in dict.fromkeys(concerns):
        subjects = people.groups.get(group, ())
        if subjects:
            click.echo(fill(f"{group}: {', '.join(subjects)}", 116, initial_indent="  ", subsequent_indent="    "))


def _show_forecast(forecast: "AmendmentForecast") -> None:
    click.echo("\nSimulated with the same chance in both versions; 95 % Monte-Carlo intervals of the change:")
    for one in forecast.changes:
        if one.same:
            continue
        click.echo(f"  {one.label} [{one.scenario}], {one.trials} trials")
        any_of = " (any comparison)" if one.comparisons else ""
        click.echo(f"    power     {_said(one.power, 100.0, 1, ' %')}{any_of}")
        for arm, own in one.comparisons.items():
            click.echo(f"      {arm}: {_said(own, 100.0, 1, ' %')}")
        click.echo(f"    duration  {_said(one.duration, 1.0, 1, ' months')}")
        click.echo(f"    events    {_said(one.events, 1.0, 1, '')}")
    same = [one.scenario for one in forecast.changes if one.same]
    if same and len(same) == len(forecast.changes):
        click.echo(f"  The design is the same in all {len(same)} scenarios: power, duration and events do not change.")
    elif same:
        click.echo(fill(f"Nothing changes in: {', '.join(same)}", 116, initial_indent="  ", subsequent_indent="    "))
    if any(one.growth_kept for one in forecast.changes):
        click.echo(
            "  Scans move and medians observed at scans stand as they were: tumours grow as under the old dates, and "
            "are seen at the new ones."
        )
    if any(one.interrupted for one in forecast.changes):
        click.echo("  Interrupted: whole batches of trials are kept.")
    for names, which in ((forecast.only_old, "OLD"), (forecast.only_new, "NEW")):
        if names:
            click.echo(f"  Only in {which}, so not compared: {', '.join(names)}")
    if not forecast.changes:
        click.echo("  The versions share no scenario; there is nothing to compare.")


def _said(one: "Difference", scale: float, digits: int, unit: str) -> str:
    def number(value: float | None, sign: str = "") -> str:
        if value is None:
            return "not reached"
        shown = f"{scale * value:{sign}.{digits}f}"
        return shown if float(shown) else f"{0.0:.{digits}f}"

    text = f"{number(one.old)} -> {number(one.new)}{unit}"
    if one.change is not None:
        text += f", change {number(one.change, '+')}"
    if one.lower is not None and one.upper is not None:
        text += f" ({number(one.lower, '+')} to {number(one.upper, '+')})"
    return text


def _counted(changes: int) -> str:
    return {0: "no change", 1: "1 change"}.get(changes, f"{changes} changes")
