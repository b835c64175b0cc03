"""`equipoise prepare`: compile the numerical kernels once, rather than each when it is first called."""

import importlib

import click

KERNELS = (
    "equipoise.clinical.recist.kernels",
    "equipoise.simulation.allocation_sequences",
    "equipoise.simulation.arms_kernel",
    "equipoise.simulation.arms_sequences",
    "equipoise.simulation.kernels",
    "equipoise.statistics.concordance_kernel",
    "equipoise.statistics.kernels",
)
"""Every module that declares kernels."""


@click.command()
def prepare() -> None:
    """Compile the numerical kernels and keep them, so that no page and no command waits for it later."""
    from equipoise.kernel.compiled import compile_declared

    for module in KERNELS:
        importlib.import_module(module)
    click.echo(f"{compile_declared()} numerical kernels are ready.")
