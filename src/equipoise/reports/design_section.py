"""The design section of a protocol as Markdown: the sentences, the assumptions, the looks and the power."""

from collections.abc import Mapping

from equipoise.kernel.messages import message
from equipoise.simulation.exploration import Exploration
from equipoise.simulation.exploration_inputs import OF_ARM
from equipoise.simulation.exploration_sentences import sentences


def design_section(
    found: Exploration, *, trial: str, version: str, scenario: str, digest: str, seed: str, language: str,
    arms: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """The section, in a language. `trial`, `scenario` and `arms` are their labels."""

    def say(code: str) -> str:
        return message(code).say(language)

    heading = message("design.section_of", trial=trial, version=version, scenario=scenario).say(language)
    gap = "" if language.lower().startswith("zh") else " "
    lines = [
        f"# {say('design.section')}", "", _line(heading), "",
        gap.join(one.say(language) for one in sentences(found, arms)), "",
        *(line for note in found.notes for line in (f"> {note.say(language)}", "")),
        f"## {say('design.assumptions')}", "",
        *_table([say("design.quantity"), say("design.value")], assumptions(found, language, arms)), "",
        f"## {say('design.looks_table')}", "",
        *_table(
            [say(f"design.{name}") for name in ("look", "events", "month", "z", "hr_at", "spent", "futility")],
            looks(found),
        ), "",
        f"## {say('design.power_table')}", "",
        *_table([say(f"design.{name}") for name in ("hazard_ratio", "closed_power", "simulated_power")], powers(found)),
        "", message("design.seed", seed=seed, digest=digest[:16]).say(language), "",
    ]  # fmt: skip
    return "\n".join(lines)


def knob_label(knob: str, language: str, arms: Mapping[str, str] | None = None) -> str:
    """The name of a number that can be moved."""
    if knob.startswith(OF_ARM):
        arm = knob.removeprefix(OF_ARM)
        return message("design.hazard_ratio_of", arm=(arms or {}).get(arm, arm)).say(language)
    return message(f"design.{knob}").say(language)


def assumptions(
    found: Exploration, language: str, arms: Mapping[str, str] | None = None
) -> list[tuple[str, str]]:  # fmt: skip
    """Each number that can be moved: its name and its value."""
    inputs = found.inputs
    rows = [(knob_label(knob.id, language, arms), f"{inputs.value(knob.id):f}") for knob in inputs.knobs]
    spending = message(f"design.spending_{found.inputs.spending}").say(language)
    return [*rows, (message("design.spending").say(language), spending)]


def looks(found: Exploration) -> list[tuple[str, ...]]:
    """A row a look; a dash where it cannot decide so, or its events are not expected."""
    return [
        (
            str(number), str(look.events), _number(month, 1), _number(look.efficacy, 3),
            _number(look.hazard_ratio_at_efficacy, 3), _number(look.spent, 4),
            _number(look.hazard_ratio_at_futility, 2),
        )
        for number, (look, month) in enumerate(zip(found.looks, found.look_months, strict=True), start=1)
    ]  # fmt: skip


def powers(found: Exploration) -> list[tuple[str, ...]]:
    """Power by hazard ratio: the tenths, and every simulated one."""
    rows: list[tuple[str, ...]] = []
    for point in found.curve:
        if point.simulated is None and round(100 * point.hazard_ratio) % 10:
            continue
        one = point.simulated
        shown = f"{one.value:.3f} ({one.lower:.3f}–{one.upper:.3f})" if one is not None else "–"
        rows.append((f"{point.hazard_ratio:.2f}", f"{point.closed:.3f}", shown))
    return rows


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value + 0.0:.{digits}f}"


def _table(heads: list[str], rows: "list[tuple[str, ...]] | list[tuple[str, str]]") -> list[str]:
    cells = [[_line(cell) for cell in row] for row in (heads, *rows)]
    return [f"| {' | '.join(cells[0])} |", f"|{'---|' * len(heads)}", *(f"| {' | '.join(row)} |" for row in cells[1:])]


def _line(text: str) -> str:
    """Text that cannot break a table or begin a heading."""
    return " ".join(text.split()).replace("|", "\\|").lstrip("#>")
