"""Options and readings that the design commands share: numbers with commas, bounds, how a trial runs."""

from typing import TYPE_CHECKING

import click

from equipoise.cli.estimate_options import options
from equipoise.kernel.errors import InputError

if TYPE_CHECKING:
    from equipoise.statistics.group_sequential import Boundaries, Futility
    from equipoise.statistics.sample_size import Conduct

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
alpha = click.option("--alpha", type=float, required=True, help="Type I error, of both sides together.")
two_sided = click.option("--two-sided", is_flag=True, help="A symmetric two-sided test; one-sided without it.")
ratio = click.option(
    "--ratio", type=float, default=1.0, show_default=True, help="Experimental over control participants."
)

bounds = options(
    alpha,
    two_sided,
    click.option("--information", required=True, help="Information fractions of the looks: 0.5,1"),
    click.option("--spending", help="of, pocock, hsd:GAMMA or power:RHO."),
    click.option("--family", help="wang-tsiatis:DELTA instead of --spending: bounds c t^(DELTA - 1/2)."),
    click.option("--futility", help="Stop for futility by spending beta so; with --power."),
    click.option("--futility-level", type=float, help="Let --futility spend this level under no effect instead."),
    click.option("--futility-bounds", help="Or stop below these z, one for each look but the last: 0,0.5"),
    click.option("--binding", is_flag=True, help="The efficacy bounds rely on stopping for futility."),
    click.option("--power", type=float, help="The power to be had, at the effect it defines."),
)
"""The options that say what the bounds are; `read_bounds` takes them."""

conduct = options(
    click.option("--control-hazard", type=float, help="Events a unit of time in the control arm."),
    click.option("--dropout", type=float, help="Dropout hazard in either arm; 0 if left out."),
    click.option("--accrual", type=float, help="Duration of uniform accrual."),
    click.option("--duration", type=float, help="Total duration, from the first participant to the analysis."),
)
"""The options that say how the trial runs; `read_conduct` takes them."""


def fractions(text: str, what: str = "looks", wanted: str = "information fractions with commas: 0.5,1") -> list[float]:
    """Numbers with commas. Raises InputError."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        raise InputError(f"the {what} are not numbers", seen=text, wanted=wanted) from error


def finite(value: float) -> float | None:
    """A bound, or nothing where a look cannot stop (an infinite bound has no JSON)."""
    return value if abs(value) != float("inf") else None


def read_bounds(
    alpha: float, two_sided: bool, information: str, spending: str | None, family: str | None, futility: str | None,
    futility_level: float | None, futility_bounds: str | None, binding: bool, power: float | None,
) -> "tuple[Boundaries, str]":  # fmt: skip
    """The bounds the options describe, and the name of their rule. Raises InputError and EstimationError."""
    from equipoise.statistics.group_sequential import boundaries, check_errors, wang_tsiatis
    from equipoise.statistics.spending import parse_spending

    looks, sides = fractions(information), 2 if two_sided else 1
    rule = _futility(futility, futility_level, futility_bounds, binding)
    if (spending is None) == (family is None):
        raise InputError(
            "the bounds have no rule" if spending is None else "the bounds have two rules",
            seen="neither --spending nor --family" if spending is None else f"{spending} and {family}",
            wanted="--spending of, pocock, hsd:GAMMA or power:RHO, or --family wang-tsiatis:DELTA",
        )
    check_errors(alpha, power, sides=sides)
    if family is None:
        known = parse_spending(str(spending))
        return boundaries(looks, alpha, known, sides=sides, futility=rule, power=power), known.name
    if rule is not None:
        raise InputError(
            "this family has no rule for futility", seen=family, wanted="--spending where a futility rule is asked for"
        )
    name, _, delta = family.strip().lower().partition(":")
    try:
        value = float(delta)
    except ValueError:
        value = float("nan")
    if name != "wang-tsiatis" or value != value:
        raise InputError(
            "there is no such family of bounds", seen=family,
            wanted="wang-tsiatis:DELTA; DELTA 0 is O'Brien and Fleming's, 0.5 Pocock's",
        )  # fmt: skip
    return wang_tsiatis(looks, alpha, value, sides=sides), f"wang-tsiatis:{value:g}"


def _futility(spending: str | None, level: float | None, bounds: str | None, binding: bool) -> "Futility | None":
    from equipoise.statistics.group_sequential import BetaSpending, FixedFutility, NullSpending
    from equipoise.statistics.spending import parse_spending

    if spending is not None and bounds is not None:
        raise InputError("two futility rules are named", seen="both", wanted="--futility or --futility-bounds")
    if bounds is not None:
        if level is not None:
            raise InputError("given bounds spend no level", seen=level, wanted="--futility with --futility-level")
        return FixedFutility(tuple(fractions(bounds, "futility bounds", "z with commas: 0,0.5")), binding)
    if spending is not None:
        if level is None:
            return BetaSpending(parse_spending(spending), binding)
        if binding:
            raise InputError("a level spent under no effect is never binding", seen="--binding", wanted="no --binding")
        return NullSpending(parse_spending(spending), level)
    if level is not None or binding:
        raise InputError(
            "there is no futility rule to bind or to spend a level",
            seen="--binding" if level is None else "--futility-level",
            wanted="--futility or --futility-bounds beside it",
        )  # fmt: skip
    return None


def read_conduct(
    control_hazard: float | None, dropout: float | None, accrual: float | None, duration: float | None
) -> "Conduct | None":
    """How the trial runs, or None where nothing is said of it. Raises InputError where half is said."""
    from equipoise.statistics.sample_size import Conduct

    if control_hazard is not None and accrual is not None and duration is not None:
        return Conduct(control_hazard, dropout or 0.0, accrual, duration)
    if all(given is None for given in (control_hazard, accrual, duration, dropout)):
        return None
    known = {"--control-hazard": control_hazard, "--accrual": accrual, "--duration": duration}
    missing = [name for name, given in known.items() if given is None]
    raise InputError(
        "subjects need all of the conduct", seen="no " + ", no ".join(missing),
        wanted="--control-hazard, --accrual and --duration together (--dropout may be left out)",
    )  # fmt: skip
