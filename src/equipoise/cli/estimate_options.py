"""Options of the estimate commands: several columns after one option, and the checks click does not make."""

from collections.abc import Callable
from typing import Any

import click

from equipoise.kernel.errors import InputError

MANY = ("--strata", "--covariates")
"""Options that take one or more columns: `--strata a b`, or the option repeated."""


class ColumnsCommand(click.Command):
    """A command whose options in MANY take every argument up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        spread: list[str] = []
        taking = ""
        fresh = False
        for argument in args:
            if argument in MANY:
                taking, fresh = argument, True
                continue
            if argument.startswith("-") and argument != "-":
                if taking and fresh:
                    spread.append(taking)
                taking = ""
            if taking:
                spread += [taking, argument]
                fresh = False
            else:
                spread.append(argument)
        if taking and fresh:
            spread.append(taking)
        return super().parse_args(ctx, spread)


def options(*kinds: Callable[..., Any]) -> Callable[..., Any]:
    """Several click decorators as one, in the order written."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for kind in reversed(kinds):
            command = kind(command)
        return command

    return decorate


data = click.argument("data", metavar="DATA")
time = click.option("--time", required=True, metavar="T", help="Column of follow-up times.")
event = click.option("--event", required=True, metavar="E", help="Column: 1 event, 0 censored.")
arm = click.option("--arm", required=True, metavar="A", help="Column of arms.")
control = click.option("--control", metavar="VALUE", help="The control arm; otherwise the first level sorted.")
strata = click.option("--strata", multiple=True, metavar="S ...", help="Columns that make the strata.")
entry = click.option("--entry", metavar="T0", help="Column of delayed entry times.")
ties = click.option(
    "--ties", type=click.Choice(["efron", "breslow", "exact"]), default="efron", help="Treatment of tied events."
)
conf = click.option(
    "--conf",
    type=click.Choice(["log", "log-log", "plain", "logit", "arcsin"]),
    default="log",
    help="Scale of the curves' confidence intervals.",
)
cluster = click.option("--cluster", metavar="C", help="Column of clusters, for a robust variance.")
case_weights = click.option("--case-weights", metavar="W", help="Column of case weights.")
subject = click.option("--id", "subject", metavar="ID", help="Column naming participants: a repeated one is refused.")
level = click.option("--level", type=float, default=0.95, show_default=True, help="Level of the confidence intervals.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")


def weights(text: str | None) -> tuple[float, float]:
    """Parse `rho,gamma`. Raises InputError."""
    if text is None:
        return 0.0, 0.0
    try:
        rho, gamma = (float(part) for part in text.split(","))
    except ValueError:
        rho = gamma = -1.0
    if not (0 <= rho < 100 and 0 <= gamma < 100):
        raise InputError(
            "the weights are not two numbers", column="--weights", seen=text, wanted="rho,gamma such as 0,1"
        )
    return rho, gamma


def confidence(level: float) -> float:
    """Check a confidence level. Raises InputError."""
    if not 0.0 < level < 1.0:
        raise InputError(
            "the confidence level is out of range", column="--level", seen=level,
            wanted="a number between 0 and 1 such as 0.95",
        )  # fmt: skip
    return level


def times(text: str) -> list[float]:
    """Parse times with commas. Raises InputError."""
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = [-1.0]
    if not all(0 <= time < float("inf") for time in found):
        raise InputError("the times are not numbers", column="--at", seen=text, wanted="times with commas: 12,24")
    return found
