"""What `design randomization FILE` prints and writes, in the reader's language."""

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import click

if TYPE_CHECKING:
    from equipoise.protocol.load import Loaded
    from equipoise.reports.randomization_document import Compared
    from equipoise.simulation.randomization_comparison import Comparison
    from equipoise.simulation.trials import TrialDesign

_NAMES, _NUMBERS = 42, 8


def compared(
    found: "Comparison", loaded: "Loaded", file: str, trial: "TrialDesign", *, sites: int, trials: int, seed: str,
    limit: float, language: str,
) -> "Compared":  # fmt: skip
    """The comparison with its labels in a language: those of the translation beside the file, where there is one."""
    from equipoise.cli.protocols import open_translated
    from equipoise.reports.randomization_document import Compared
    from equipoise.simulation.trials import SiteAccrual

    shown = open_translated(file, loaded.protocol, language) or loaded.protocol
    return Compared(
        found=found,
        trial=shown.short_title,
        version=shown.version,
        digest=loaded.digest,
        scenario=next(one.label for one in shown.scenarios if one.id == trial.name),
        factors={one.id: one.label for one in shown.strata},
        subjects=trial.subjects,
        sites=None if isinstance(trial.accrual, SiteAccrual) else sites,
        trials=trials,
        seed=seed,
        limit=limit,
        rehearsal=False,
        software=f"equipoise {version('equipoise')}",
        arms={arm.id: arm.label for arm in shown.arms},
    )


def show(compared: "Compared", language: str) -> None:
    """Print it: the numbers, what each column is, what was simulated, and the advice."""
    from equipoise.kernel.messages import message
    from equipoise.reports.randomization_document import basis, columns, rows

    heading = message(
        "compare.heading", trial=compared.trial, version=compared.version, scenario=compared.scenario
    ).say(language)  # fmt: skip
    heads = columns(compared, language)
    click.echo(heading)
    click.echo(_padded(heads[0], _NAMES) + "".join(f"({place})".rjust(_NUMBERS) for place in range(1, len(heads))))
    for name, *cells in rows(compared, language):
        values = "".join(cell.split(" ")[0].rjust(_NUMBERS) for cell in cells)
        click.echo(_padded(name, _NAMES) + values)
    for place, head in enumerate(heads[1:], start=1):
        click.echo(f"({place}) {head}")
    for said in (*basis(compared, language), *(one.say(language) for one in compared.found.advice.sentences)):
        click.echo(said)


def write(compared: "Compared", folder: Path, language: str) -> None:
    """Write the comparison into a folder: text, table, PDF and figures."""
    from equipoise.reports.pdf import pdf
    from equipoise.reports.randomization_document import FIGURES, as_report, figure, markdown, table_csv

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "randomization.md").write_text(markdown(compared, language), encoding="utf-8")
    (folder / "randomization.csv").write_bytes(table_csv(compared))
    (folder / "randomization.pdf").write_bytes(pdf(as_report(compared, language)))
    for name in FIGURES:
        (folder / f"randomization-{name}.svg").write_bytes(figure(compared, name, language))
    click.echo(f"Written to {folder}", err=True)


def _padded(text: str, width: int) -> str:
    """Text filled up to a width in a terminal, where a Chinese character takes two places."""
    taken = sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
    return text + " " * max(width - taken, 1)
