"""`equipoise estimate competing`: cumulative incidence with competing events."""

from collections.abc import Callable

import click
import numpy as np

from equipoise.cli import estimate_options as option
from equipoise.cli.estimate_json import Document, counts, emit, hazard_ratio, no_hazard_ratio, numbers, tested
from equipoise.cli.estimate_print import competing_text
from equipoise.cli.estimate_rows import arm_levels, coded, read_rows, refuse_duplicates, sorted_levels, strata_codes
from equipoise.kernel.messages import message
from equipoise.statistics.competing import CumulativeIncidence, cause_specific_hazard, cumulative_incidence
from equipoise.statistics.cox import CoxFit
from equipoise.statistics.errors import NoEstimate, TooFewArms, TooFewEvents
from equipoise.statistics.fine_gray import FineGrayFit, fine_gray, fine_gray_weighted
from equipoise.statistics.gray import gray


@click.command(cls=option.ColumnsCommand)
@option.options(option.data, option.time)
@click.option("--status", required=True, metavar="S", help="Column: 0 censored, 1 event of interest, 2 ... competing.")
@option.options(option.arm, option.control, option.strata, option.entry, option.cluster, option.conf, option.subject)
@option.as_json
def competing(
    data: str, time: str, status: str, arm: str, control: str | None, strata: tuple[str, ...], entry: str | None,
    cluster: str | None, conf: str, subject: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Cumulative incidence with competing events, Gray's test, cause-specific and Fine-Gray hazard ratios.

    With --entry, participants are at risk from then on; one row each. Gray's test and the paper's Fine-Gray estimator
    know no delayed entry: both are null with the reason.
    """
    rows = read_rows(data, time, None, entry=entry)
    if subject is not None:
        refuse_duplicates(rows, subject, entry=None)
    rows.status(status)
    rows.label("arm", arm)
    for column in strata:
        rows.label(f"strata {column}", column)
    if cluster is not None:
        rows.label("cluster", cluster)
    levels = arm_levels(rows.texts("arm"), control, arm, rows.table.file)
    if len(levels) < 2:
        raise TooFewArms("statistics.one_arm", arms=", ".join(levels))
    times, state = rows.array("time"), rows.array("status").astype(np.int64)
    entries = rows.array("entry") if entry is not None else None
    codes = coded(rows.texts("arm"), levels)
    groups = coded(rows.texts("cluster"), sorted_levels(rows.texts("cluster"))) if cluster is not None else None
    stratum, stratum_names = strata_codes(rows, strata)
    if not (state > 0).any():
        raise TooFewEvents("statistics.no_events", n=len(state))
    causes = sorted({1, *(int(cause) for cause in np.unique(state[state > 0]))})
    compared = {cause: _cause(times, state, entries, codes, levels, stratum, groups, cause) for cause in causes}
    document: Document = {
        "n": len(times), "events": {str(cause): int((state == cause).sum()) for cause in causes},
        **rows.left_out(),
        "control": levels[0], "conf": conf, "level": 0.95,
        "strata": {"columns": list(strata), "n": len(stratum_names) or 1},
        "clusters": None if groups is None else len(np.unique(groups)),
        "arms": [
            _incidences(level, times, state, entries, codes == code, groups, causes, conf)
            for code, level in enumerate(levels)
        ],
        **compared[1],
        "competing_causes": [{"cause": cause} | compared[cause] for cause in causes if cause != 1],
    }  # fmt: skip
    emit(document, as_json, competing_text)


def _incidences(
    level: str, times: np.ndarray, state: np.ndarray, entries: np.ndarray | None, rows: np.ndarray,
    groups: np.ndarray | None, causes: list[int], conf: str,
) -> Document:  # fmt: skip
    cluster = None if groups is None else groups[rows]
    entry = None if entries is None else entries[rows]
    found = {
        cause: cumulative_incidence(times[rows], state[rows], cause=cause, entry=entry, cluster=cluster, scale=conf)
        for cause in causes
    }
    return {
        "arm": level, "n": int(rows.sum()), "time": numbers(found[1].time), "n_risk": counts(found[1].n_risk),
        "n_censor": counts(found[1].n_censor),
        "cumulative_incidence": {str(cause): _incidence(each) for cause, each in found.items()},
    }  # fmt: skip


def _incidence(found: CumulativeIncidence) -> Document:
    return {
        "events": found.events, "n_event": counts(found.n_event), "estimate": numbers(found.incidence),
        "std_err": numbers(found.std_err), "lower": numbers(found.lower), "upper": numbers(found.upper),
        "variance_aalen": numbers(found.variance_aalen),
    }  # fmt: skip


def _cause(
    times: np.ndarray, state: np.ndarray, entries: np.ndarray | None, codes: np.ndarray, levels: list[str],
    strata: np.ndarray | None, groups: np.ndarray | None, cause: int,
) -> Document:  # fmt: skip
    """Gray's test and the hazard ratios of one cause; a missing one says why."""
    indicators = np.column_stack([codes == code for code in range(1, len(levels))]).astype(float)
    arms = levels[1:]
    names = [f"arm {level}" for level in arms]

    def ratios(fitted: Callable[[], CoxFit | FineGrayFit]) -> Document | list[Document]:
        try:
            fit = fitted()
            found = [{"arm": arm} | hazard_ratio(fit, index) for index, arm in enumerate(arms)]
        except NoEstimate as because:
            found = [{"arm": arm} | no_hazard_ratio(because) for arm in arms]
        return found[0] if len(names) == 1 else found

    def without(what: str) -> NoEstimate:
        return NoEstimate("statistics.no_delayed_entry", what=message(what))

    try:
        if entries is not None:
            raise without("statistics.grays_test")
        test = tested(gray(times, state, codes, cause=cause, strata=strata, arm_names=levels).test)
    except NoEstimate as because:
        test = {"chisq": None, "df": len(names), "p": None, "reason": str(because)}
    if groups is not None and entries is None:
        test["note"] = "Gray's test takes the rows as independent; within clusters it is too sure of itself."

    def papers() -> FineGrayFit:
        if entries is not None:
            raise without("statistics.papers_fine_gray")
        return fine_gray(times, state, indicators, cause=cause, strata=strata, cluster=groups, names=names)

    return {
        "gray": test,
        "cause_specific": ratios(
            lambda: cause_specific_hazard(
                times, state, indicators, cause=cause, strata=strata, entry=entries, cluster=groups, names=names
            )
        ),
        "fine_gray": {
            "crr": ratios(papers),
            "finegray": ratios(
                lambda: fine_gray_weighted(
                    times, state, indicators, cause=cause, strata=strata, entry=entries, cluster=groups, names=names
                )
            ),
        },
    }
