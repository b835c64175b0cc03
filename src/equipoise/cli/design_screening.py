"""`equipoise design screening`: a randomized phase II trial whose result is a decision to go on or not."""

from typing import TYPE_CHECKING, Any

import click

from equipoise.cli import design_options as option
from equipoise.cli.files import write_json
from equipoise.kernel.errors import InputError

if TYPE_CHECKING:
    from equipoise.statistics.screening_design import ScreeningDesign

Document = dict[str, Any]

LEVELS = (0.05, 0.10, 0.15, 0.20, 0.25)
"""One-sided levels among which a screening trial is commonly planned; 0.05 for comparison."""


@click.command()
@click.option("--hr", type=float, required=True, help="Hazard ratio worth going on with, experimental over control.")
@click.option("--alpha", type=float, required=True, help="One-sided level, 0.10 to 0.20 as a rule.")
@click.option("--power", type=float, help="Chance of going on at that hazard ratio; or")
@click.option("--events", type=float, help="the events the trial will have.")
@click.option("--stop-above", type=float, help="Stop above this hazard ratio; between is undecided.")
@click.option("--decide", help="Hazard ratios to show the decisions for: 1,0.8,0.6")
@option.ratio
@option.conduct
@option.as_json
def screening(
    hr: float, alpha: float, power: float | None, events: float | None, stop_above: float | None, decide: str | None,
    ratio: float, control_hazard: float | None, dropout: float | None, accrual: float | None, duration: float | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Randomized phase II screening: events, subjects, the rule, its decisions, and the trade of alpha for power.

    Rubinstein and colleagues, J Clin Oncol 2005;23:7199. Such a trial is not confirmatory: going on means a phase III
    trial.
    """
    from equipoise.statistics.sample_size import Comparison, round_up, schoenfeld_events, schoenfeld_power
    from equipoise.statistics.screening_design import screening_design

    if (power is None) == (events is None):
        raise InputError(
            "the size is not said" if power is None else "the size is said twice",
            seen="neither --power nor --events" if power is None else "--power and --events", wanted="one of the two",
        )  # fmt: skip
    if not hr < 1.0:
        raise InputError("this hazard ratio is not worth going on with", seen=hr, wanted="a hazard ratio below 1")
    runs = option.read_conduct(control_hazard, dropout, accrual, duration)
    needed = schoenfeld_events(Comparison(hr, alpha, power, ratio=ratio)) if power is not None else float(events or 0.0)
    chosen = screening_design(needed, alpha, ratio=ratio, stop_above=stop_above)
    subjects = needed / sum(runs.events_per_subject(hr, ratio)) if runs is not None else None
    tried = option.fractions(decide, "hazard ratios", "1,0.8,0.6") if decide else [1.0, (1.0 + hr) / 2, hr]
    reached = schoenfeld_power(needed, hr, alpha, ratio=ratio)
    document: Document = {
        "hazard_ratio": hr, "alpha": alpha, "power": reached, "ratio": ratio,
        "events": needed, "events_ceil": round_up(needed), "subjects": subjects,
        "subjects_ceil": None if subjects is None else round_up(subjects),
        "go_below": chosen.go_below, "stop_above": chosen.stop_above, "decisions": _decisions(chosen, tried),
        "trade": [
            {
                "alpha": level, "power": schoenfeld_power(needed, hr, level, ratio=ratio),
                "go_below": screening_design(needed, level, ratio=ratio).go_below,
                "events": schoenfeld_events(Comparison(hr, level, reached, ratio=ratio))
                if level < reached < 1.0
                else None,
            }
            for level in sorted({*LEVELS, alpha})
        ],
    }  # fmt: skip
    if as_json:
        write_json(document)
    else:
        click.echo(_text(document))


def _decisions(chosen: "ScreeningDesign", hazard_ratios: list[float]) -> list[Document]:
    return [
        {"hazard_ratio": one.hazard_ratio, "go": one.go, "undecided": one.undecided, "stop": one.stop}
        for one in chosen.decisions(hazard_ratios)
    ]


def _text(document: Document) -> str:
    reached = f"power {document['power']:.1%} at hazard ratio {document['hazard_ratio']:g}"
    size = f"events    {document['events']:.4f}, rounded up {document['events_ceil']}"
    lines = [f"{size}: {reached}, one-sided alpha {document['alpha']:g}"]
    if document["subjects"] is not None:
        lines.append(f"subjects  {document['subjects']:.4f}, rounded up {document['subjects_ceil']}")
    go, stop = document["go_below"], document["stop_above"]
    lines.append(f"Go on where the hazard ratio seen is at most {go:.4f}; stop where it is above {stop:.4f}")
    middle = stop > go
    lines.append(f"{'hazard ratio':>14}{'go on':>10}" + (f"{'undecided':>12}" if middle else "") + f"{'stop':>10}")
    for one in document["decisions"]:
        between = f"{one['undecided']:>12.1%}" if middle else ""
        lines.append(f"{one['hazard_ratio']:>14g}{one['go']:>10.1%}{between}{one['stop']:>10.1%}")
    lines.append("What another level would mean, with these events, and the events it needs for this power:")
    lines.append(f"{'alpha':>14}{'power':>10}{'go below':>12}{'events':>10}")
    for one in document["trade"]:
        events = "-" if one["events"] is None else f"{one['events']:.1f}"
        lines.append(f"{one['alpha']:>14g}{one['power']:>10.1%}{one['go_below']:>12.4f}{events:>10}")
    return "\n".join(lines)
