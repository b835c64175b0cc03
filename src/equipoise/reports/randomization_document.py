"""The comparison of ways to randomize as a document: advice, table, figures; as Markdown and CSV too."""

import csv
import io
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from equipoise.kernel.cells import guarded_row
from equipoise.kernel.messages import message
from equipoise.reports import words as _words
from equipoise.reports.document import Figure, Report, Row, Section, Table, Text, Words
from equipoise.reports.dot_figure import Dots, dot_figure
from equipoise.reports.figures import Words as Axes
from equipoise.simulation.randomization_comparison import GUESSES, IMBALANCES, Average, Comparison, Judged
from equipoise.simulation.results import Proportion
from equipoise.simulation.trials import Allocation

FIGURES = ("predictability", "balance", "power")
MEASURES = (*GUESSES, *IMBALANCES, "power", "null_rate")
GAP = " "
"""Between a value and its interval."""


@dataclass(frozen=True)
class Compared:
    """A comparison and what it was made from. `trial`, `scenario` and `factors` are labels in the reader's language.

    `sites` is the number of equal sites, or None where the protocol's own were taken. `arms` are the labels of the
    experimental arms.
    """

    found: Comparison
    trial: str
    version: str
    digest: str
    scenario: str
    factors: dict[str, str]
    subjects: int
    sites: int | None
    trials: int
    seed: str
    limit: float
    rehearsal: bool
    software: str
    arms: dict[str, str] = field(default_factory=dict)

    @property
    def compared(self) -> tuple[str, ...]:
        """The experimental arms whose comparisons have a power each; none where there is one comparison."""
        return tuple(self.found.methods[0].comparisons)

    @property
    def several(self) -> str:
        """What words about several experimental arms end with."""
        return "_arms" if self.compared else ""

    @property
    def stamp(self) -> str:
        """Small, under each figure."""
        return f"{self.trial} {self.version} · {self.digest[:12]} · n = {self.trials} · seed {self.seed}"


def columns(compared: Compared, language: str) -> list[str]:
    """The heads of the table."""
    heads = [message(f"compare.{name}").say(language) for name in ("method", *GUESSES, *IMBALANCES)]
    own = [message("compare.power_of", arm=compared.arms.get(arm, arm)).say(language) for arm in compared.compared]
    last = [message(f"compare.{name}{compared.several}").say(language) for name in ("power", "null_rate")]
    return [*heads, *own, *last]


def rows(compared: Compared, language: str) -> list[tuple[str, ...]]:
    """A row a method: shares in per cent, differences in participants, each with its interval."""
    return [
        (
            one.label.say(language),
            *(_cell(getattr(one, measure), measure) for measure in (*GUESSES, *IMBALANCES)),
            *(_cell(one.comparisons[arm], arm) for arm in compared.compared),
            *(_cell(getattr(one, measure), measure) for measure in ("power", "null_rate")),
        )
        for one in compared.found.methods
    ]


def basis(compared: Compared, language: str) -> list[str]:
    """What was simulated, and what a guesser is."""
    given = {"trials": compared.trials, "subjects": compared.subjects, "seed": compared.seed}
    if compared.sites is None:
        first = message("compare.basis_own_sites", **given)
    else:
        first = message(f"compare.basis{compared.several}", sites=compared.sites, **given)
    return [first.say(language), message(f"compare.guesser{compared.several}").say(language)]


def settings(compared: Compared, language: str) -> list[tuple[str, str]]:
    """How each method was set."""
    return [(one.label.say(language), _setting(one.allocation, compared, language)) for one in compared.found.methods]


def figure(compared: Compared, name: str, language: str, *, narrow: bool = False) -> bytes:
    """One of `FIGURES`; `narrow` for a phone."""
    found, say = compared.found, _sayer(language)
    labels = [one.label.say(language) for one in found.methods]
    chosen = next(place for place, one in enumerate(found.methods) if one.id == found.advice.method)
    guides: list[tuple[float, str]] = []
    start = None
    if name == "predictability":
        shown = [("seen_own", "own_site", 100.0), ("seen_all", "all_sites", 100.0)]
        axis, guides = "guessed_axis", [(100.0 * compared.limit, say("limit"))]
    elif name == "balance":
        shown = [(f"in_{measure}", measure, 1.0) for measure in IMBALANCES]
        axis, start = f"difference_axis{compared.several}", 0.0
    else:
        shown, axis = [("any" if compared.several else "power", "power", 100.0)], "power_axis"
    measures = [Dots(say(label), _scaled(found.methods, measure, by)) for label, measure, by in shown]
    if name == "power":
        for arm in compared.compared:
            own = [one.comparisons[arm] for one in found.methods]
            points = [(100.0 * one.value, 100.0 * one.lower, 100.0 * one.upper) for one in own]
            measures.append(Dots(compared.arms.get(arm, arm), points))
    words = Axes(say(axis), "", stamp=compared.stamp)
    return dot_figure(labels, measures, words, chosen=chosen, guides=guides, start=start, narrow=narrow)


def as_report(compared: Compared, language: str) -> Report:
    """The whole of it, to be printed."""
    say, advice = _sayer(language), compared.found.advice
    gap = "" if language.lower().startswith("zh") else " "
    heading = message(
        "compare.heading", trial=compared.trial, version=compared.version, scenario=compared.scenario
    ).say(language)  # fmt: skip
    figures = [
        Figure(name, say(title(compared, name)), say(title(compared, name)), figure(compared, name, language).decode())
        for name in FIGURES
    ]
    cells = [Row(one) for one in rows(compared, language)]
    table = Table("comparison", say("table"), columns(compared, language), cells, wide=True)
    made_with = Table("settings", say("settings"), [say("method"), say("setting")],
                      [Row(cells) for cells in settings(compared, language)])  # fmt: skip
    frame = {name: message(f"report.{name}").say(language) for name in ("table", "figure", "contents", "page")}
    return Report(
        language=language, title=heading, subtitle=say("title"),
        banner=message("report.banner").say(language) if compared.rehearsal else "",
        access=gap.join(one.say(language) for one in advice.sentences), stamp={}, stamp_line=compared.stamp, facts=[],
        sections=[
            Section("advice", say("recommended"), [*(Text(one.say(language)) for one in advice.sentences)]),
            Section("comparison", say("title"), [table, *(Text(one) for one in basis(compared, language))]),
            Section("figures", say("predictability") + " · " + say(f"balance{compared.several}"), figures),
            Section("settings", say("settings"), [made_with]),
        ],
        words=Words(**frame), estimates={},
    )  # fmt: skip


def markdown(compared: Compared, language: str) -> str:
    """The advice and the tables as Markdown."""
    say, report = _sayer(language), as_report(compared, language)
    gap = "" if language.lower().startswith("zh") else " "
    lines = [
        f"# {report.subtitle}", "", _line(report.title), "",
        gap.join(one.say(language) for one in compared.found.advice.sentences), "",
        f"## {say('table')}", "", *_table(columns(compared, language), rows(compared, language)), "",
        *(line for one in basis(compared, language) for line in (one, "")),
        f"## {say('settings')}", "", *_table([say("method"), say("setting")], settings(compared, language)), "",
        f"{compared.digest[:16]} · {compared.software}", "",
    ]  # fmt: skip
    return "\n".join(lines)


def table_csv(compared: Compared) -> bytes:
    """The numbers unrounded, one row a method; English heads, for programs."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    parts = ("value", "lower", "upper")
    measured = [*MEASURES, *(f"power_{arm}" for arm in compared.compared)]
    writer.writerow(
        ["method", "recommended", "own", *(f"{name}_{part}" for name in measured for part in parts), "trials", "seed"]
    )
    for one in compared.found.methods:
        numbers = [asdict(getattr(one, name))[part] for name in MEASURES for part in parts]
        numbers += [asdict(one.comparisons[arm])[part] for arm in compared.compared for part in parts]
        cells = [one.id, one.id == compared.found.advice.method, one.is_own, *numbers, compared.trials, compared.seed]
        writer.writerow(guarded_row(cells))
    return text.getvalue().encode()


def title(compared: Compared, name: str) -> str:
    """The name of a figure's title among the words of the comparison."""
    own = "power_figure" if name == "power" else name
    return own + compared.several if name in ("power", "balance") else own


def _sayer(language: str) -> Callable[[str], str]:
    return lambda name: message(f"compare.{name}").say(language)


def _setting(allocation: Allocation, compared: Compared, language: str) -> str:
    site = [message("compare.site").say(language)] if allocation.by_site else []
    comma = "、" if language.lower().startswith("zh") else ", "
    names = comma.join([*(compared.factors.get(factor, factor) for factor in allocation.factors), *site])
    factors = names or message("compare.nothing_stratified").say(language)
    sizes = comma.join(str(size) for size in allocation.block_sizes)
    code = {"simple": "simple", "permuted_blocks": "blocks", "minimization": "minimization"}[allocation.method]
    return message(
        f"compare.setting_{code}", factors=factors, sizes=sizes, preferred=f"{allocation.preferred:g}"
    ).say(language)  # fmt: skip


def _scaled(judged: tuple[Judged, ...], measure: str, by: float) -> list[tuple[float, float, float]]:
    found = [getattr(one, measure) for one in judged]
    return [(by * one.value, by * one.lower, by * one.upper) for one in found]


def _cell(one: Average | Proportion, measure: str) -> str:
    by, digits = (1.0, 2) if measure in IMBALANCES else (100.0, 1)
    low, high = max(one.lower, 0.0), one.upper
    return f"{by * one.value:.{digits}f}{GAP}({by * low:.{digits}f}–{by * high:.{digits}f})"


def _table(heads: list[str], cells: "list[tuple[str, ...]] | list[tuple[str, str]]") -> list[str]:
    lines = [f"| {' | '.join(_line(cell) for cell in row)} |" for row in (heads, *cells)]
    return [lines[0], f"|{'---|' * len(heads)}", *lines[1:]]


def _line(text: str) -> str:
    """Text that cannot break a table or begin a heading."""
    return " ".join(text.split()).replace("|", "\\|").lstrip("#>")


assert _words
