"""`equipoise estimate`: survival, cox, curve, rmst, competing, interval, parametric and
proportion, from any CSV or Parquet file.

Hazard ratios are experimental over control; z < 0 favours the experimental arm. A number that does not exist is null
with a `reason`, and rows left out for a missing value are counted.
"""

import click

from equipoise.cli.estimate_competing import competing
from equipoise.cli.estimate_cox import cox_command
from equipoise.cli.estimate_curve import curve, rmst
from equipoise.cli.estimate_interval import interval
from equipoise.cli.estimate_parametric import parametric
from equipoise.cli.estimate_proportion import proportion
from equipoise.cli.estimate_survival import survival


@click.group()
def estimate() -> None:
    """Estimate from a table: survival, cox, curve, rmst, competing, interval, parametric, proportion."""


for command in (survival, cox_command, curve, rmst, competing, interval, parametric, proportion):
    estimate.add_command(command)
