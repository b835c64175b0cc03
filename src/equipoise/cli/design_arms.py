"""What `design FILE` and `simulate FILE` print of a protocol with several experimental arms."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from equipoise.protocol.load import Loaded
    from equipoise.simulation.arms import ArmsResult
    from equipoise.simulation.planned_arms import PlannedArms


def show_design(loaded: "Loaded", *, as_json: bool) -> None:
    """The design in closed form: each comparison with control, and all together."""
    from equipoise.cli.files import write_json
    from equipoise.simulation.planned_arms import MULTIPLICITY, planned_arms

    planned = planned_arms(loaded.protocol)
    if not as_json:
        _print_design(planned, {arm.id: arm.label for arm in loaded.protocol.arms}, MULTIPLICITY.say("en"))
        return
    document = asdict(planned)
    for name in ("bounds", "looks", "null", "target"):
        del document[name]
    write_json(
        {
            "protocol": loaded.protocol.id,
            "version": loaded.protocol.version,
            "digest": loaded.digest,
            **document,
            "multiplicity": {
                "assumption": MULTIPLICITY.say("en"),
                "no_effect": asdict(planned.null) if planned.null else None,
                "target": asdict(planned.target) if planned.target else None,
            },
            "boundaries": {
                "information": list(planned.bounds.information),
                "critical_values": list(planned.bounds.upper),
                "spent": list(planned.bounds.spent),
                "levels": list(planned.bounds.levels),
            },
            "looks": [{"events": events} for events in planned.looks],
            "duration": planned.scenarios[0].months[-1] if planned.scenarios else None,
        }
    )


def _print_design(planned: "PlannedArms", labels: dict[str, str], assumption: str) -> None:
    sides = "one-sided" if planned.sides == 1 else "two-sided"
    click.echo(
        f"{planned.events} events in {planned.subjects} participants; each arm against {labels[planned.control]} at "
        f"{sides} alpha {planned.alpha:g}, for a hazard ratio of {planned.hazard_ratio:g}"
    )
    for one in planned.comparisons:
        click.echo(
            f"  {labels[one.arm]}: {one.events:.1f} events in the two arms, power {one.power:.1%}; "
            f"{planned.asked_power:.0%} power would need {one.needed_events:.1f} ({one.needed_in_all:.1f} in all "
            f"arms); rejects below a hazard ratio of {one.hazard_ratio_to_reject:.4f}"
        )
    if planned.null is not None and planned.target is not None:
        click.echo(
            f"  together: any comparison rejects in {planned.target.any:.1%}, all in {planned.target.all:.1%}; "
            f"without any effect any rejects in {planned.null.any:.2%}"
        )
    click.echo(f"  {assumption}")
    for scenario in planned.scenarios:
        last = scenario.months[-1]
        when = f"last look expected at {last:.1f} months" if last is not None else "its events are not expected"
        click.echo(f"  {scenario.label} [{scenario.id}]: {when}")
        for arm, power in scenario.power.items():
            ratio = scenario.hazard_ratios[arm]
            events = f"{scenario.events[arm]:.1f} events in the two arms"
            if power is None or ratio is None:
                click.echo(f"    {labels[arm]}: power: simulate (hazard ratio an output); {events}")
            else:
                click.echo(f"    {labels[arm]}: hazard ratio {ratio:.4g}, power {power:.1%}; {events}")
        if scenario.together is not None:
            click.echo(f"    together: any rejects in {scenario.together.any:.1%}, all in {scenario.together.all:.1%}")


def plain(result: "ArmsResult") -> dict[str, Any]:
    """A result in JSON's own types. `power` is the chance that any comparison rejects; each has its own below."""
    from equipoise.cli.simulate import plain as one
    from equipoise.simulation.planned_arms import MULTIPLICITY

    together, every = result.any_rejected, result.all_rejected
    return {
        "scenario": result.name,
        "trials": result.trials,
        "power": together.value,
        "power_se": together.se,
        "power_interval": [together.lower, together.upper],
        "power_is": "any comparison rejects",
        "all_rejected": every.value,
        "all_rejected_se": every.se,
        "multiplicity": MULTIPLICITY.say("en"),
        "comparisons": {
            arm: {name: value for name, value in one(own).items() if name not in ("scenario", "second_endpoint")}
            for arm, own in result.comparisons.items()
        },
        "duration": result.duration.mean,
        "duration_quantiles": {
            "0.05": result.duration.low,
            "0.5": result.duration.middle,
            "0.95": result.duration.high,
        },
        "events": result.events,
        "enrolled": result.enrolled,
    }


def show(result: "ArmsResult", label: str, arms: dict[str, str]) -> None:
    """Print a result for people."""
    from equipoise.cli.simulate import show as show_one
    from equipoise.simulation.planned_arms import MULTIPLICITY

    together = result.any_rejected
    click.echo(f"{label} [{result.name}], {result.trials} {'trial' if result.trials == 1 else 'trials'}")
    click.echo(
        f"  any comparison rejects {together.value:.4f} (Monte-Carlo 95 % interval {together.lower:.4f} to "
        f"{together.upper:.4f}), all {result.all_rejected.value:.4f}; events of all arms {result.events:.1f}"
    )
    click.echo(f"  {MULTIPLICITY.say('en')}")
    for arm, own in result.comparisons.items():
        show_one(own, arms[arm])
