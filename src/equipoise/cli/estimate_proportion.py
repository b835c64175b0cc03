"""`equipoise estimate proportion`: how many had the event, by arm and compared."""

from collections.abc import Sequence

import click
import numpy as np

from equipoise.cli import estimate_options as option
from equipoise.cli.estimate_json import Document, emit, interval, number, tested
from equipoise.cli.estimate_print import proportion_text
from equipoise.cli.estimate_rows import Rows, arm_levels, coded, refuse_duplicates, strata_codes
from equipoise.cli.files import open_table
from equipoise.kernel.messages import message
from equipoise.statistics.errors import TooFewArms
from equipoise.statistics.proportions import (
    Counts,
    chi_square,
    clopper_pearson,
    difference_wald,
    fisher_exact,
    mantel_haenszel,
    miettinen_nurminen,
    stratified_miettinen_nurminen,
    wilson,
)  # fmt: skip

Pair = tuple[Counts, Counts]
"""Counts of the experimental arm and of control."""


@click.command(cls=option.ColumnsCommand)
@option.options(option.data)
@click.option("--event", required=True, metavar="E", help="Column: 1 where it happened (a response, say), 0 if not.")
@option.options(option.arm, option.control, option.strata, option.level, option.subject, option.as_json)
def proportion(
    data: str, event: str, arm: str, control: str | None, strata: tuple[str, ...], level: float, subject: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Proportions by arm with exact and Wilson intervals; their difference, chi-square, Fisher's test.

    Differences are experimental minus control; z > 0 and a small one-sided p say that the event is more frequent in the
    experimental arm.
    """
    confidence = option.confidence(level)
    rows = Rows(open_table(data))
    rows.event(event, "1 where it happened, 0 where it did not")
    rows.label("arm", arm)
    for column in strata:
        rows.label(f"strata {column}", column)
    if subject is not None:
        refuse_duplicates(rows, subject, entry=None)
    levels = arm_levels(rows.texts("arm"), control, arm, rows.table.file)
    codes, (stratum, names) = coded(rows.texts("arm"), levels), strata_codes(rows, strata)
    happened = rows.array("event").astype(bool)
    by_stratum = _counted(happened, codes, stratum, len(levels), max(1, len(names)))
    total = by_stratum.sum(axis=0)
    counts = [Counts(int(n), int(of)) for n, of in total]
    compared = [
        {"arm": other, "control": levels[0]}
        | _comparison((counts[code], counts[0]), confidence)
        | ({"stratified": _stratified(by_stratum[:, [code, 0]], names, confidence)} if strata else {})
        for code, other in enumerate(levels)
        if code
    ]
    alone = {"reason": str(TooFewArms("statistics.one_arm", arms=", ".join(levels)))}
    document: Document = {
        "n": len(happened), "events": int(happened.sum()), **rows.left_out(),
        "control": levels[0], "level": confidence,
        "arms": [_arm(each, own, confidence) for each, own in zip(levels, counts, strict=True)],
        "comparison": compared[0] if len(compared) == 1 else compared or None,
        **({} if compared else alone), "strata": {"columns": list(strata), "n": len(names) or 1},
    }  # fmt: skip
    emit(document, as_json, proportion_text)


def _counted(happened: np.ndarray, codes: np.ndarray, stratum: np.ndarray | None, arms: int, strata: int) -> np.ndarray:
    """Events and participants, (stratum, arm, 2)."""
    cell = codes if stratum is None else stratum * arms + codes
    size = arms * strata
    found = np.column_stack([np.bincount(cell, happened, size), np.bincount(cell, minlength=size)])
    return found.astype(np.int64).reshape(strata, arms, 2)


def _arm(level: str, counts: Counts, confidence: float) -> Document:
    exact, score = clopper_pearson(counts, confidence), wilson(counts, confidence)
    return {
        "arm": level, "n": counts.of, "events": counts.n, "proportion": number(exact.value),
        "exact": {"lower": number(exact.lower), "upper": number(exact.upper)},
        "wilson": {"lower": number(score.lower), "upper": number(score.upper)},
    }  # fmt: skip


def _comparison(pair: Pair, confidence: float) -> Document:
    difference, wald = miettinen_nurminen(*pair, confidence), difference_wald(*pair, confidence)
    exact = fisher_exact(*pair, confidence)
    odds = interval(exact.odds_ratio, "odds_ratio")
    del odds["se"]
    return {
        "difference": {
            "estimate": number(difference.value), "lower": number(difference.lower),
            "upper": number(difference.upper), "method": difference.method, "wald": interval(wald, "estimate"),
        },
        "chi_square": tested(chi_square(*pair)) | {"corrected": tested(chi_square(*pair, continuity=True))},
        "fisher": {"p": number(exact.p), "p_one_sided": number(exact.p_one_sided)} | odds,
    }  # fmt: skip


def _stratified(by_stratum: np.ndarray, names: Sequence[str], confidence: float) -> Document:
    """The difference and the odds ratio common to the strata; a stratum with one arm has no say in either."""
    both = (by_stratum[:, :, 1] > 0).all(axis=1)
    silent = [
        str(message("statistics.stratum_one_arm", stratum=name))
        for name, whole, cells in zip(names, both, by_stratum, strict=True)
        if not whole and cells[:, 1].any()
    ]
    pairs = [(Counts(int(one[0]), int(one[1])), Counts(int(zero[0]), int(zero[1]))) for one, zero in by_stratum[both]]
    if not pairs:
        reason = str(message("statistics.no_stratum_compares"))
        return {"difference": None, "mantel_haenszel": None, "silent": silent, "reason": reason}
    difference, common = stratified_miettinen_nurminen(pairs, confidence), mantel_haenszel(pairs, confidence)
    return {
        "strata": len(pairs),
        "difference": {
            "estimate": number(difference.value), "lower": number(difference.lower),
            "upper": number(difference.upper), "method": f"{difference.method}, strata weighted n1 n0 / (n1 + n0)",
        },
        "mantel_haenszel": interval(common.odds_ratio, "odds_ratio")
        | {"test": tested(common.test), "corrected": tested(common.corrected)},
        "silent": silent,
    }  # fmt: skip
