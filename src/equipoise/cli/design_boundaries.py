"""`equipoise design boundaries` and `interim`: bounds of a group-sequential design, and what is to come at a look."""

from typing import TYPE_CHECKING, Any

import click

from equipoise.cli import design_options as option
from equipoise.cli.files import write_json
from equipoise.kernel.errors import InputError

if TYPE_CHECKING:
    from equipoise.statistics.group_sequential import Boundaries
    from equipoise.statistics.interim_power import DriftPrior

Document = dict[str, Any]

MOST = 40.0
"""Statistics larger than this are mistakes: their tails are below the smallest numbers."""


@click.command()
@option.bounds
@option.as_json
def boundaries(as_json: bool, power: float | None, spending: str | None, family: str | None, **given: Any) -> None:
    """Group-sequential bounds by error spending of Lan and DeMets' type, or of Wang and Tsiatis' family.

    Critical values are positive where the experimental arm does better. Stopping for futility is not binding unless
    --binding says so.
    """
    from equipoise.statistics.group_sequential import drift_for_power, inflation

    found, name = option.read_bounds(power=power, spending=spending, family=family, **given)
    document: Document = {
        "alpha": found.alpha, "sides": found.sides,
        "spending": name if family is None else None, "family": name if family is not None else None,
        "information": list(found.information), "critical_values": [option.finite(bound) for bound in found.upper],
        "futility_values": _futility_values(found), "binding": bool(given["binding"]), "spent": list(found.spent),
        "levels": list(found.levels), "under_no_effect": _stops(found, 0.0),
    }  # fmt: skip
    if power is not None:
        drift = drift_for_power(found, power)
        document |= {"power": power, "drift": drift, "inflation": inflation(found, power)}
        document["under_effect"] = _stops(found, drift)
    if as_json:
        write_json(document)
    else:
        click.echo(_boundaries_text(document))


def _futility_values(found: "Boundaries") -> list[float | None] | None:
    if found.lower is None or found.sides == 2:
        return None
    return [option.finite(bound) for bound in found.lower]


def _stops(found: "Boundaries", drift: float) -> Document:
    from equipoise.statistics.group_sequential import operating_characteristics

    left = operating_characteristics(found, drift)
    return {
        "above": list(left.efficacy), "below": list(left.futility), "expected_information": left.expected_information
    }  # fmt: skip


def _boundaries_text(document: Document) -> str:
    below = document["futility_values"]
    head = f"{'information':>12}{'critical z':>14}{'alpha spent':>16}{'one-sided level':>18}"
    lines = [head + (f"{'futility z':>14}" if below is not None else "")]
    columns = (document[key] for key in ("information", "critical_values", "spent", "levels"))
    for look, (fraction, bound, spent, level) in enumerate(zip(*columns, strict=True)):
        critical = "-" if bound is None else f"{bound:.6f}"
        line = f"{fraction:>12.4g}{critical:>14}{spent:>16.8g}{level:>18.8g}"
        if below is not None:
            line += f"{'-' if below[look] is None else f'{below[look]:.6f}':>14}"
        lines.append(line)
    if "power" in document:
        lines.append(
            f"Power {document['power']:.1%} where z is expected to be {document['drift']:.4f} at full information: "
            f"{document['inflation']:.4f} times the events of a single analysis"
        )
    for key, title in (("under_no_effect", "without effect"), ("under_effect", "under that effect")):
        if key in document:
            one = document[key]
            above, early = sum(one["above"]), one["expected_information"]
            lines.append(f"Crossing above {title}: {above:.2%}; information used on average {early:.1%}")
    return "\n".join(lines)


@click.command()
@option.bounds
@click.option("--z", "statistic", type=float, help="The log-rank z seen; below 0 the experimental arm does better.")
@click.option("--observed-hr", type=float, help="Or the hazard ratio seen, with --events.")
@click.option("--at", "fraction", type=float, help="The information fraction seen.")
@click.option("--events", type=float, help="Or the events seen, with --planned-events.")
@click.option("--planned-events", type=float, help="The events of the last look.")
@click.option("--hr", "hazard_ratios", help="Conditional power under these hazard ratios: 0.6,0.7")
@click.option("--prior-hr", type=float, help="A prior for predictive power: the hazard ratio it is centred on,")
@click.option("--prior-events", type=float, help="and the events it is worth.")
@option.ratio
@option.as_json
def interim(
    statistic: float | None, observed_hr: float | None, fraction: float | None, events: float | None,
    planned_events: float | None, hazard_ratios: str | None, prior_hr: float | None, prior_events: float | None,
    ratio: float, as_json: bool, power: float | None, **given: Any,
) -> None:  # fmt: skip
    """Conditional and predictive power at a look: the chance of crossing a later bound for efficacy.

    Conditional power under the trend seen, under no effect, under the effect that --power plans for, and under each
    --hr (these need --planned-events). Predictive power averages it over what the data, and a prior if one is given,
    leave open.
    """
    from equipoise.statistics.group_sequential import drift_for_power
    from equipoise.statistics.interim_power import conditional_power, predictive_power, trend
    from equipoise.statistics.sample_size import check_ratio, drift, hazard_ratio_at

    found, _ = option.read_bounds(power=power, **given)
    check_ratio(ratio)
    seen, planned = _information(fraction, events, planned_events)
    counted = seen * planned if planned is not None else None
    z = _statistic(statistic, observed_hr, counted, ratio)
    tried = option.fractions(hazard_ratios, "hazard ratios", "0.6,0.7") if hazard_ratios else []
    prior = _prior(prior_hr, prior_events, planned, ratio)
    document: Document = {
        "information": seen, "events": counted, "planned_events": planned, "z": 0.0 - z,
        "hazard_ratio": option.finite(hazard_ratio_at(z, counted, ratio)) if counted is not None else None,
        "looks_ahead": [look for look in found.information if look > seen + 1e-9],
        **_at_a_look(found, seen, z),
        "conditional_power": {
            "trend": conditional_power(found, z, seen, trend(z, seen)),
            "no_effect": conditional_power(found, z, seen, 0.0),
            "planned": conditional_power(found, z, seen, drift_for_power(found, power)) if power is not None else None,
            "hazard_ratios": [
                {"hazard_ratio": hr, "power": conditional_power(found, z, seen, _drift(drift, hr, planned, ratio))}
                for hr in tried
            ],
        },
        "predictive_power": predictive_power(found, z, seen, prior),
        "prior": None if prior is None else {"hazard_ratio": prior_hr, "events": prior_events},
    }  # fmt: skip
    if as_json:
        write_json(document)
    else:
        click.echo(_interim_text(document))


def _information(fraction: float | None, events: float | None, planned: float | None) -> tuple[float, float | None]:
    """The information fraction seen, and the events planned where they are known. Raises InputError."""
    if planned is not None and not 0.0 < planned < float("inf"):
        raise InputError("the events planned are no number of events", seen=planned, wanted="a number above 0")
    if fraction is not None and events is not None:
        raise InputError("the information seen is said twice", seen="--at and --events", wanted="one of the two")
    if events is not None:
        if planned is None:
            raise InputError(
                "the events seen are no fraction without those planned", seen=f"--events {events:g}",
                wanted="--planned-events beside it, or --at FRACTION",
            )  # fmt: skip
        if not 0.0 < events < planned:
            raise InputError(
                "no look lies ahead of these events", seen=f"{events:g} of {planned:g}",
                wanted="events above 0 and fewer than planned",
            )  # fmt: skip
        return events / planned, planned
    if fraction is None:
        raise InputError(
            "how much has been seen is not said", seen="neither --at nor --events",
            wanted="--at FRACTION, or --events with --planned-events",
        )  # fmt: skip
    if not 0.0 < fraction < 1.0:
        raise InputError(
            "no look lies ahead of this information", seen=fraction, wanted="a fraction between 0 and 1 such as 0.5"
        )
    return fraction, planned


def _statistic(z: float | None, observed: float | None, events: float | None, ratio: float) -> float:
    """The statistic, positive where the experimental arm does better. Raises InputError."""
    from equipoise.statistics.sample_size import check_hazard_ratio, drift

    if (z is None) == (observed is None):
        raise InputError(
            "what was seen is not said" if z is None else "what was seen is said twice",
            seen="neither --z nor --observed-hr" if z is None else "--z and --observed-hr", wanted="one of the two",
        )  # fmt: skip
    if z is not None:
        if not abs(z) < MOST:
            raise InputError("the statistic is out of range", column="--z", seen=z, wanted="a z such as -1.8")
        return 0.0 - z
    check_hazard_ratio(float(observed or 0.0))
    if events is None:
        raise InputError(
            "a hazard ratio says nothing without the events behind it", seen=f"--observed-hr {observed:g}",
            wanted="--planned-events beside it (and --events or --at), or --z",
        )  # fmt: skip
    found = drift(events, float(observed or 0.0), ratio)
    if not abs(found) < MOST:
        raise InputError(
            "the hazard ratio is out of range for its events", column="--observed-hr", seen=f"{observed:g}",
            wanted=f"one whose z is below {MOST:g} in size",
        )  # fmt: skip
    return found


def _drift(drift: Any, hazard_ratio: float, planned: float | None, ratio: float) -> float:
    from equipoise.statistics.sample_size import check_hazard_ratio

    check_hazard_ratio(hazard_ratio)
    if planned is None:
        raise InputError(
            "a hazard ratio has no drift without the events planned", seen=f"--hr {hazard_ratio:g}",
            wanted="--planned-events beside it",
        )  # fmt: skip
    return float(drift(planned, hazard_ratio, ratio))


def _prior(
    hazard_ratio: float | None, events: float | None, planned: float | None, ratio: float
) -> "DriftPrior | None":
    from equipoise.statistics.interim_power import DriftPrior
    from equipoise.statistics.sample_size import drift

    if hazard_ratio is None and events is None:
        return None
    if hazard_ratio is None or events is None or planned is None:
        raise InputError(
            "the prior is half said", seen="--prior-hr without the rest" if events is None else "--prior-events",
            wanted="--prior-hr, --prior-events and --planned-events together",
        )  # fmt: skip
    if not 0.0 < events < float("inf"):
        raise InputError("the prior is worth no events", seen=events, wanted="a number of events above 0")
    return DriftPrior(_drift(drift, hazard_ratio, planned, ratio), events / planned)


def _at_a_look(found: "Boundaries", seen: float, z: float) -> Document:
    """The bounds of this look where it is a planned one, and whether they are crossed."""
    here = next((look for look, planned in enumerate(found.information) if abs(planned - seen) <= 1e-9), None)
    if here is None:
        return {"critical_value": None, "crossed": None}
    return {"critical_value": option.finite(found.upper[here]), "crossed": z >= found.upper[here]}


def _interim_text(document: Document) -> str:
    shown = f"z {document['z']:.4f}"
    if document["hazard_ratio"] is not None:
        shown += f", hazard ratio {document['hazard_ratio']:.4f}"
    better = "the experimental arm does better" if document["z"] < 0 else "the control arm does not do worse"
    lines = [f"At {document['information']:.1%} of the information: {shown} ({better})"]
    if document["crossed"] is not None:
        crossed = "is crossed" if document["crossed"] else "is not crossed"
        bound = document["critical_value"]
        lines.append(f"The bound of this look, z {'-' if bound is None else f'{-bound:.4f}'}, {crossed}")
    power = document["conditional_power"]
    lines.append("Conditional power")
    named = [("under the trend seen", power["trend"]), ("without effect", power["no_effect"])]
    if power["planned"] is not None:
        named.append(("under the planned effect", power["planned"]))
    named += [(f"at hazard ratio {one['hazard_ratio']:g}", one["power"]) for one in power["hazard_ratios"]]
    lines += [f"  {name:<26}{value:>8.2%}" for name, value in named]
    prior = document["prior"]
    told = "flat prior" if prior is None else f"prior of {prior['events']:g} events at {prior['hazard_ratio']:g}"
    lines.append(f"Predictive power ({told}): {document['predictive_power']:.2%}")
    return "\n".join(lines)
