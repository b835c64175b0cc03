"""`equipoise simulate`: what a protocol's scenarios lead to, over many imagined trials."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from equipoise.protocol.model import Protocol, Scenario
    from equipoise.simulation.arms import ArmsResult
    from equipoise.simulation.results import Result


@click.command()
@click.argument("file")
@click.option("--scenario", "names", multiple=True, help="A scenario's id; all of them without it.")
@click.option("--trials", type=int, default=10_000, show_default=True, help="Trials a scenario.")
@click.option("--seed", default="1", show_default=True, help="The same seed gives the same numbers.")
@click.option("--threads", type=int, help="Threads; all processors without it. They move no number.")
@click.option(
    "--like", metavar="DATABASE", help="Simulate the very participants of a rehearsal, and compare one by one."
)
@click.option("--cutoff", type=click.DateTime(["%Y-%m-%d"]), help="With --like: compare as of this day.")
@click.option("-o", "out", metavar="OUT", help="With --like: one row a participant, CSV or Parquet.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def simulate(
    context: click.Context, file: str, names: tuple[str, ...], trials: int, seed: str, threads: int | None,
    like: str | None, cutoff: datetime | None, out: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Simulate whole trials from a protocol FILE (a path, or the name of a shipped one), scenario by scenario.

    Interrupted with Ctrl-C, it keeps the trials already done and says how many.

    With --like it makes one trial: that of the rehearsal in DATABASE, from its seed and scenario. Arms and latent times
    are the same; under clean conduct so is all that is observed, and otherwise the difference is what conduct did.
    """
    if like is not None:
        from equipoise.cli.simulate_like import compare

        given = [
            name
            for name in ("names", "trials", "seed")
            if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        ]
        if given:
            raise click.UsageError("--like takes scenario, seed and number of participants from the rehearsal.")
        compare(file, like, cutoff.date() if cutoff else None, out, as_json=as_json)
        return
    if cutoff is not None or out is not None:
        raise click.UsageError("--cutoff and -o belong to --like DATABASE.")
    from equipoise.cli import design_arms
    from equipoise.cli.protocols import open_protocol
    from equipoise.kernel.errors import InputError

    loaded = open_protocol(file)
    known = {scenario.id: scenario for scenario in loaded.protocol.scenarios}
    for name in names:
        if name not in known:
            raise InputError("there is no such scenario", file=loaded.name, seen=name, wanted=", ".join(known))
    several = sum(arm.role == "experimental" for arm in loaded.protocol.arms) > 1
    imagine: Callable[..., Any] = partial(_run_arms, loaded.protocol) if several else partial(_run, loaded.protocol)
    wanted = [known[name] for name in dict.fromkeys(names) or known]
    found: list[Any] = []
    with progress(len(wanted) * trials) as advance:
        for place, scenario in enumerate(wanted):
            done = place * trials
            found.append(
                imagine(
                    scenario,
                    trials=trials,
                    seed=seed,
                    threads=threads or os.cpu_count() or 1,
                    progress=lambda count, done=done: advance(done + count),
                )
            )
            if found[-1].interrupted:
                break
    interrupted = found[-1].interrupted
    kept = [result for result in found if result.trials]
    if interrupted:
        click.echo(
            f"Interrupted: {sum(result.trials for result in kept)} trials are kept; "
            f"{len(found) - 1} of {len(wanted)} scenarios are whole, "
            f"{found[-1].name} has {found[-1].trials} of {trials}.",
            err=True,
        )
    if as_json:
        document = {
            "protocol": loaded.protocol.id,
            "version": loaded.protocol.version,
            "digest": loaded.digest,
            "seed": seed,
            "interrupted": interrupted,
            "scenarios": [(design_arms.plain if several else plain)(result) for result in kept],
        }
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2))
    else:
        for result in kept:
            if several:
                design_arms.show(result, known[result.name].label, {arm.id: arm.label for arm in loaded.protocol.arms})
            else:
                show(result, known[result.name].label)
    if interrupted:
        sys.exit(130)


def _run(protocol: "Protocol", scenario: "Scenario", **how: Any) -> "Result":
    from equipoise.simulation.run import run
    from equipoise.simulation.scenarios import trial_of

    return run(trial_of(protocol, scenario), **how)


def _run_arms(protocol: "Protocol", scenario: "Scenario", **how: Any) -> "ArmsResult":
    from equipoise.simulation.arms import run_arms
    from equipoise.simulation.arms_plan import arms_design

    return run_arms(arms_design(protocol, scenario), **how)


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error where that is a terminal; nothing otherwise."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("trials"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("trials", total=total)
        yield lambda done: bar.update(task, completed=done)


def plain(result: "Result") -> dict[str, Any]:
    """A result in JSON's own types."""
    second = result.second
    return {
        "scenario": result.name,
        "endpoint": result.endpoint,
        "trials": result.trials,
        "power": result.power.value,
        "power_se": result.power.se,
        "power_interval": [result.power.lower, result.power.upper],
        "power_if_advice_followed": result.power_if_advised.value,
        "type_one_error": result.power.value if result.is_null else None,
        "mean_log_hr": result.mean_log_hr,
        "mean_log_hr_se": result.log_hr_se,
        "sd_log_hr": result.log_hr_sd,
        "mean_se": result.mean_se,
        "hazard_ratio": result.hazard_ratio,
        "hazard_ratio_is": "output" if result.hazard_ratio_is_output else "input",
        "true_hazard_ratio": result.true_hazard_ratio,
        "bias": result.bias,
        "coverage": result.coverage.value if result.coverage else None,
        "coverage_se": result.coverage.se if result.coverage else None,
        "confidence": result.confidence,
        "undefined_hazard_ratios": result.undefined,
        "medians": {"control": result.medians[0], "experimental": result.medians[1]},
        "medians_are": result.medians_kind,
        "second_endpoint": {
            "endpoint": second.endpoint,
            "hazard_ratio": second.hazard_ratio,
            "medians": {"control": second.medians[0], "experimental": second.medians[1]},
            "medians_are": second.medians_kind,
            "events": second.events,
        }
        if second is not None
        else None,
        "duration": result.duration.mean,
        "duration_quantiles": {
            "0.05": result.duration.low,
            "0.5": result.duration.middle,
            "0.95": result.duration.high,
        },
        "events": result.events,
        "enrolled": result.enrolled,
        "events_never_reached": result.unreached.value,
        "looks": [
            {
                "events": look.events,
                "reached": look.reached,
                "stopped_for_efficacy": look.efficacy,
                "advised_to_stop": look.futility,
            }
            for look in result.looks
        ],
        "first_failures": {
            arm: {"local": counts.local, "distant": counts.distant, "death": counts.death}
            for arm, counts in zip(("control", "experimental"), result.failures, strict=True)
        }
        if result.failures
        else None,
    }


def show(result: "Result", label: str) -> None:
    """Print a result for people."""
    rate = "type I error" if result.is_null else "power"
    click.echo(f"{label} [{result.name}], {result.trials} {'trial' if result.trials == 1 else 'trials'}")
    click.echo(
        f"  {rate} {result.power.value:.4f} "
        f"(Monte-Carlo 95 % interval {result.power.lower:.4f} to {result.power.upper:.4f})"
    )
    if any(look.futility for look in result.looks):
        click.echo(f"  {rate} if futility advice is followed {result.power_if_advised.value:.4f}")
    if result.hazard_ratio is not None:
        source = "an output of the model" if result.hazard_ratio_is_output else f"put in: {result.true_hazard_ratio:g}"
        click.echo(f"  hazard ratio {result.hazard_ratio:.4f} on average ({source})")
    if result.bias is not None and result.coverage is not None:
        click.echo(
            f"  bias of the log hazard ratio {result.bias:+.4f}; coverage of the {result.confidence:.0%} interval "
            f"{result.coverage.value:.4f}"
        )
    click.echo(f"  {_medians(result.endpoint, result.medians, result.medians_kind)}")
    if result.second is not None:
        second = result.second
        ratio = f"; hazard ratio {second.hazard_ratio:.4f}" if second.hazard_ratio is not None else ""
        click.echo(f"  {_medians(second.endpoint, second.medians, second.medians_kind)}{ratio}")
    duration = result.duration
    click.echo(
        f"  duration {_months(duration.mean)} (5 % {_months(duration.low)}, 95 % {_months(duration.high)}), "
        f"events {result.events:.1f}, enrolled {result.enrolled:.1f}"
    )
    if result.unreached.value > 0.0:
        click.echo(f"  the events were never reached in {result.unreached.value:.2%} of trials")
    for look in result.looks[:-1]:
        click.echo(
            f"  look at {look.events} events: stopped for efficacy {look.efficacy:.4f}, "
            f"advised to stop for futility {look.futility:.4f}"
        )


def _medians(endpoint: str, medians: tuple[float | None, float | None], kind: str) -> str:
    name = "survival" if endpoint == "os" else "progression-free survival"
    how = " (seen at scans)" if kind == "scan_observed" else " (latent)" if endpoint == "pfs" else ""
    return f"{name}, median: control {_months(medians[0])}, experimental {_months(medians[1])}{how}"


def _months(value: float | None) -> str:
    return "not reached" if value is None else f"{value:.1f} months"
