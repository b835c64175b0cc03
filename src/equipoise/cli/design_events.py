"""`equipoise design events`, `power` and `timing`: events a comparison needs, what they show, when they come."""

from typing import Any

import click

from equipoise.cli import design_options as option
from equipoise.cli.files import write_json
from equipoise.kernel.errors import InputError

HAZARD_RATIOS = "hazard ratios with commas: 0.6,0.7"


@click.command()
@click.option("--hr", type=float, required=True, help="Hazard ratio to detect, experimental over control.")
@option.alpha
@option.two_sided
@click.option("--power", type=float, required=True, help="Power to reach.")
@option.ratio
@click.option("--method", default="schoenfeld", show_default=True, help="schoenfeld, freedman or lachin-foulkes.")
@option.conduct
@option.as_json
def events(
    hr: float, alpha: float, two_sided: bool, power: float, ratio: float, method: str,
    control_hazard: float | None, dropout: float | None, accrual: float | None, duration: float | None, as_json: bool,
) -> None:  # fmt: skip
    """Events a comparison needs and, given how the trial runs, subjects. Times and hazards in one unit."""
    from equipoise.statistics.sample_size import METHODS, Comparison, size

    chosen = next((known for known in METHODS if known == method.lower()), None)
    if chosen is None:
        raise InputError("there is no such method", seen=method, wanted=", ".join(METHODS))
    comparison = Comparison(hr, alpha, power, 2 if two_sided else 1, ratio)
    found = size(comparison, chosen, option.read_conduct(control_hazard, dropout, accrual, duration))
    if as_json:
        write_json(
            {
                "method": chosen,
                "events": found.events,
                "events_ceil": found.events_ceil,
                "subjects": found.subjects,
                "subjects_ceil": found.subjects_ceil,
            }
        )
        return
    click.echo(f"events    {found.events:.4f}, rounded up {found.events_ceil}")
    if found.subjects is not None:
        click.echo(f"subjects  {found.subjects:.4f}, rounded up {found.subjects_ceil}")


@click.command()
@click.option("--events", "seen", type=float, required=True, help="Events at the analysis.")
@click.option("--hr", required=True, help="Hazard ratios, experimental over control: 0.6,0.7,0.8")
@option.alpha
@option.two_sided
@option.ratio
@option.as_json
def power(seen: float, hr: str, alpha: float, two_sided: bool, ratio: float, as_json: bool) -> None:
    """Power of a log-rank test with so many events, over hazard ratios, by Schoenfeld's formula."""
    from equipoise.statistics.normal import normal_quantile
    from equipoise.statistics.sample_size import hazard_ratio_at, schoenfeld_power

    sides = 2 if two_sided else 1
    rows = [
        {"hazard_ratio": one, "power": schoenfeld_power(seen, one, alpha, sides=sides, ratio=ratio)}
        for one in option.fractions(hr, "hazard ratios", HAZARD_RATIOS)
    ]
    below = hazard_ratio_at(-normal_quantile(alpha / sides), seen, ratio)
    if as_json:
        write_json(
            {
                "events": seen, "alpha": alpha, "sides": sides, "ratio": ratio, "significant_below": below,
                "power": rows,
            }
        )  # fmt: skip
        return
    click.echo(f"{seen:g} events: significant where the hazard ratio seen is below {below:.4f}")
    for row in rows:
        click.echo(f"  hazard ratio {row['hazard_ratio']:<8g}power {row['power']:.2%}")


@click.command()
@click.option("--subjects", type=float, required=True, help="Participants in all.")
@click.option("--accrual", type=float, required=True, help="Duration of uniform accrual.")
@click.option("--control-hazard", type=float, required=True, help="Events a unit of time in the control arm.")
@click.option("--hr", type=float, required=True, help="Hazard ratio, experimental over control.")
@click.option("--dropout", type=float, default=0.0, show_default=True, help="Dropout hazard in either arm.")
@option.ratio
@click.option("--events", "targets", help="When are these expected? 45,90")
@click.option("--at", "times", help="How many are expected by these times? 12,24,36")
@option.as_json
def timing(
    subjects: float, accrual: float, control_hazard: float, hr: float, dropout: float, ratio: float,
    targets: str | None, times: str | None, as_json: bool,
) -> None:  # fmt: skip
    """When events are expected, and how many by a time since the first participant. Times and hazards in one unit."""
    from equipoise.statistics.expected_events import Accrual, Pieces, time_of_events
    from equipoise.statistics.expected_events import events as expected
    from equipoise.statistics.sample_size import Conduct, check_hazard_ratio, check_ratio

    check_hazard_ratio(hr)
    check_ratio(ratio)
    if not 0.0 < subjects < float("inf"):
        raise InputError("there are no participants", seen=subjects, wanted="a number above 0")
    if targets is None and times is None:
        raise InputError("nothing is asked", seen="neither --events nor --at", wanted="--events 45,90 or --at 12,24")
    Conduct(control_hazard, dropout, accrual, accrual)  # its checks of the rates
    leaving = Pieces.constant(dropout)
    arms = [
        (Accrual.uniform(subjects * share / (1.0 + ratio), accrual), Pieces.constant(hazard), leaving)
        for share, hazard in ((1.0, control_hazard), (ratio, control_hazard * hr))
    ]
    asked = option.fractions(targets, "events", "events with commas: 45,90") if targets else []
    when = option.fractions(times, "times", "times with commas: 12,24,36") if times else []
    if any(not 0.0 < one < float("inf") for one in (*asked, *when)):
        raise InputError(
            "a number asked for is out of range", seen=", ".join(f"{one:g}" for one in (*asked, *when)),
            wanted="events and times above 0",
        )  # fmt: skip
    reached = [{"events": one, "time": time_of_events(one, arms)} for one in asked]
    course: list[dict[str, Any]] = []
    for time in when:
        control, experimental = (expected(time, *arm) for arm in arms)
        accrued = sum(arm[0].subjects(time) for arm in arms)
        course.append({"time": time, "subjects": accrued, "events": control + experimental,
                       "events_control": control, "events_experimental": experimental})  # fmt: skip
    if as_json:
        write_json({"reached": reached, "expected": course})
        return
    for row in reached:
        click.echo(f"{row['events']:g} events are expected by {row['time']:.2f}")
    for row in course:
        click.echo(
            f"by {row['time']:g}: {row['subjects']:.1f} participants, {row['events']:.1f} events "
            f"({row['events_control']:.1f} control, {row['events_experimental']:.1f} experimental)"
        )
