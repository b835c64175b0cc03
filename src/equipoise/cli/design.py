"""`equipoise design`: the design a protocol file holds, its forecasts and ways of randomizing; and the closed forms."""

from dataclasses import asdict
from pathlib import Path

import click

from equipoise.cli.design_boundaries import boundaries, interim
from equipoise.cli.design_events import events, power, timing
from equipoise.cli.design_options import finite
from equipoise.cli.design_screening import screening
from equipoise.cli.files import write_json


class DesignGroup(click.Group):
    """`design boundaries`, `design events` and so on are commands; any other first word is a protocol file."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            return "file", self.commands["file"], args
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["FILE", *sorted(name for name in self.commands if name != "file")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, "file" if cmd_name == "FILE" else cmd_name)


@click.group(cls=DesignGroup)
def design() -> None:
    """Design a trial: FILE (a protocol's own design), or events, power, bounds and what else a design is made of."""


for command in (boundaries, events, interim, power, screening, timing):
    design.add_command(command)


@design.command("file", hidden=True)
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def protocol_design(file: str, as_json: bool) -> None:
    """The design a protocol FILE holds: events, subjects, power, boundaries, expected duration."""
    from equipoise.cli.protocols import open_protocol
    from equipoise.simulation.planned_design import planned_design

    loaded = open_protocol(file)
    if sum(arm.role == "experimental" for arm in loaded.protocol.arms) > 1:
        from equipoise.cli.design_arms import show_design

        show_design(loaded, as_json=as_json)
        return
    planned = planned_design(loaded.protocol)
    if as_json:
        write_json(
            {
                "protocol": loaded.protocol.id,
                "version": loaded.protocol.version,
                "digest": loaded.digest,
                "hazard_ratio": planned.hazard_ratio,
                "alpha": planned.alpha,
                "sides": planned.sides,
                "ratio": planned.ratio,
                "events": planned.events,
                "subjects": planned.subjects,
                "power": planned.power,
                "asked_power": planned.asked_power,
                "needed_events": {"schoenfeld": planned.schoenfeld_events, "freedman": planned.freedman_events},
                "inflation": planned.inflation,
                "boundaries": {
                    "information": list(planned.bounds.information),
                    "critical_values": [finite(bound) for bound in planned.bounds.upper],
                    "spent": list(planned.bounds.spent),
                    "levels": list(planned.bounds.levels),
                },
                "looks": [asdict(look) for look in planned.looks],
                "duration": planned.duration,
                "scenarios": [asdict(scenario) for scenario in planned.scenarios],
            }
        )
        return
    sides = "one-sided" if planned.sides == 1 else "two-sided"
    click.echo(
        f"{planned.events} events in {planned.subjects} participants, {planned.ratio:g} experimental to 1 control: "
        f"power {planned.power:.1%} for a hazard ratio of {planned.hazard_ratio:g} at {sides} alpha {planned.alpha:g}"
    )
    click.echo(
        f"{planned.asked_power:.0%} power would need {planned.schoenfeld_events:.1f} events (Schoenfeld), "
        f"{planned.freedman_events:.1f} (Freedman)"
    )
    for look in planned.looks:
        parts = [f"{look.id}: {look.events} events"]
        if look.efficacy is not None:
            parts.append(f"efficacy at z {look.efficacy:.4f}, hazard ratio below {look.hazard_ratio_at_efficacy:.4f}")
        if look.futility is not None:
            parts.append(f"futility advised above hazard ratio {look.hazard_ratio_at_futility:.4f}")
        parts.append(f"alpha spent {look.spent:.4g}")
        click.echo("  " + "; ".join(parts))
    for scenario in planned.scenarios:
        power = (
            f"power {scenario.power:.1%}" if scenario.power is not None else "power: simulate (hazard ratio an output)"
        )
        last = scenario.months[-1]
        when = f"last look expected at {last:.1f} months" if last is not None else "its events are not expected"
        click.echo(f"  {scenario.label} [{scenario.id}]: {power}; {when}")


@design.command()
@click.argument("file")
@click.option("--scenario", "name", help="The scenario in which power is compared; the first without it.")
@click.option("--sites", type=click.IntRange(1, 200), help="Equal sites; as many as the protocol plans without it.")
@click.option("--trials", type=int, default=4_000, show_default=True, help="Trials a method.")
@click.option(
    "--limit",
    type=float,
    default=65,
    show_default=True,
    help="A site may guess so many per cent of its own allocations: 50 to 100.",
)
@click.option("--seed", default="1", show_default=True, help="The same seed gives the same numbers.")
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write the comparison there: text, PDF, figures and table.",
)
@click.option("--language", type=click.Choice(["en", "zh-hans"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def randomization(
    file: str, name: str | None, sites: int | None, trials: int, limit: float, seed: str, folder: Path | None,
    language: str, as_json: bool,
) -> None:  # fmt: skip
    """Compare ways of randomizing a protocol FILE's trial: balance, predictability, power; and recommend one."""
    from equipoise.cli.design_randomization import compared, show, write
    from equipoise.cli.protocols import open_protocol
    from equipoise.cli.simulate import progress
    from equipoise.kernel.errors import InputError
    from equipoise.simulation.arms_plan import any_design, whole
    from equipoise.simulation.randomization_comparison import compare, usual_methods

    loaded = open_protocol(file)
    protocol = loaded.protocol
    known = {scenario.id: scenario for scenario in protocol.scenarios}
    if name is not None and name not in known:
        raise InputError("there is no such scenario", file=file, seen=name, wanted=", ".join(known))
    if not protocol.scenarios:
        raise InputError("the protocol describes no scenario, so there is no trial to simulate", file=file)
    if not 1 <= trials <= 1_000_000:
        raise InputError("the number of trials is out of range", seen=trials, wanted="1 to 1000000")
    if not 50 <= limit <= 100:  # not a number is in no range
        raise InputError("the limit is out of range", column="--limit", seen=limit, wanted="50 to 100 per cent")
    design = any_design(protocol, known[name] if name is not None else protocol.scenarios[0])
    trial = whole(design)
    methods, spread = usual_methods(design), sites or protocol.accrual.sites
    with progress(len(methods)) as advance:
        found = compare(
            design, methods, sites=spread, trials=trials, seed=seed, threads=2, most_predictable=limit / 100,
            progress=advance,
        )  # fmt: skip
    told = compared(
        found, loaded, file, trial, sites=spread, trials=trials, seed=seed, limit=limit / 100, language=language
    )
    if folder is not None:
        write(told, folder, language)
    if as_json:
        write_json(
            {
                "protocol": protocol.id,
                "scenario": trial.name,
                "sites": spread,
                "trials": trials,
                "methods": [asdict(method) for method in found.methods],
                "recommended": found.advice.method,
                "reasons": [one.say(language) for one in found.advice.sentences],
            }
        )
        return
    show(told, language)


@design.command()
@click.argument("file")
@click.option("--scenario", "name", help="Trials of this scenario; without it, of worlds the plan says may be.")
@click.option("--months", default="6,12,18,24", show_default=True, help="Forecast at these, since accrual began.")
@click.option("--trials", type=click.IntRange(1, 100_000), default=200, show_default=True)
@click.option("--seed", default="1", show_default=True, help="The same seed gives the same numbers.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def forecasts(file: str, name: str | None, months: str, trials: int, seed: str, as_json: bool) -> None:
    """How often forecasts of a protocol FILE's last event hold, over many imagined trials, each at a few months."""
    from equipoise.cli.protocols import open_protocol
    from equipoise.cli.simulate import progress
    from equipoise.kernel.errors import InputError
    from equipoise.simulation.arms_plan import any_design, whole
    from equipoise.simulation.event_course import expectation_of
    from equipoise.simulation.forecast_calibration import SHARES, calibrate, from_plan, from_scenario

    protocol = open_protocol(file).protocol
    known = {scenario.id: scenario for scenario in protocol.scenarios}
    if name is not None and name not in known:
        raise InputError("there is no such scenario", file=file, seen=name, wanted=", ".join(known))
    plan, target = expectation_of(protocol), protocol.analysis.target_events
    design = any_design(protocol, known[name] if name is not None else protocol.scenarios[0])
    trial = whole(design)
    scanned = trial.scans if trial.endpoint != "os" else None
    scans = tuple(float(day) for day in scanned.days) if scanned is not None else ()
    if name is None:
        imagined, window = from_plan(plan, scans, trials=trials, seed=seed), 0.0
    else:
        imagined, window = from_scenario(design, trials=trials, seed=seed), float(scanned.window) if scanned else 0.0
    with progress(trials) as advance:
        found = calibrate(
            imagined, plan, target, _months(months), seed=seed, scans=scans, window=window, progress=advance
        )
    if as_json:
        write_json(
            {
                "protocol": protocol.id, "scenario": name, "trials": trials, "target": target, "seed": seed,
                "months": [
                    {
                        "month": one.month, "trials": one.trials,
                        "held": {f"{share:g}": asdict(rate) for share, rate in zip(SHARES, one.held, strict=True)}
                        if one.trials else None,
                        "median_error": one.median_error if one.trials else None,
                    }
                    for one in found
                ],
            }
        )  # fmt: skip
        return
    worlds = f"of scenario {name}" if name is not None else "of worlds drawn from what the plan says may be"
    click.echo(f"Event {target} forecast in {trials} trials {worlds}")
    click.echo(f"{'month':>6}{'trials':>8}   {'80 % interval held':24}{'95 % interval held':24}median error, months")
    for one in found:
        if not one.trials:
            click.echo(f"{one.month:>6g}{0:>8}   nothing to forecast")
            continue
        rates = "".join(f"{f'{100 * rate.value:.0f} % ({100 * rate.lower:.0f} to {100 * rate.upper:.0f})':24}"
                        for rate in one.held)  # fmt: skip
        click.echo(f"{one.month:>6g}{one.trials:>8}   {rates}{one.median_error:+.1f}")


def _months(text: str) -> list[float]:
    from equipoise.kernel.errors import InputError

    try:
        found = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise InputError("the months are not numbers", seen=text, wanted="months with commas: 6,12,18") from error
    if not all(0.0 < month <= 600.0 for month in found):
        raise InputError("a month is out of range", seen=text, wanted="months above 0, at most 600")
    return found
