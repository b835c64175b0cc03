"""What the estimate commands show a person: the same numbers as their JSON, rounded."""

from collections.abc import Sequence
from typing import Any

import polars as pl

Document = dict[str, Any]


def figure(value: Any, digits: int = 4) -> str:
    """A number to so many significant digits; a dash where there is none."""
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:.{digits}g}"


def p_value(value: float | None) -> str:
    """A p-value as journals print it."""
    if value is None:
        return "p -"
    return "p < 0.0001" if value < 0.0001 else f"p = {value:.4f}"


def span(row: Document) -> str:
    """Confidence limits."""
    return f"({figure(row['lower'])} to {figure(row['upper'])})"


def grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A plain table: the first column left, the others right."""
    widths = [max(len(line[column]) for line in (header, *rows)) for column in range(len(header))]
    lines = []
    for line in (header, *rows):
        cells = [
            line[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def heading(document: Document) -> str:
    """How many participants and events, and what was left out."""
    events = document["events"]
    shown = ", ".join(f"{n} of type {cause}" for cause, n in events.items()) if isinstance(events, dict) else events
    return f"Participants {document['n']}, events {shown}. {left_out(document)}"


def left_out(document: Document) -> str:
    """The rows left out, by column."""
    if not document["left_out"]:
        return "No row left out."
    where = ", ".join(f"{column} {count}" for column, count in document["left_out_by_column"].items())
    return f"Rows left out for a missing value: {document['left_out']} ({where})."


def reasons(*documents: Document) -> list[str]:
    """Why a number is absent."""
    return [f"  {document['reason']}" for document in documents if document.get("reason")]


def listed(found: Document | list[Document]) -> list[Document]:
    """One document, or several, as a list."""
    return found if isinstance(found, list) else [found]


def ratio_line(name: str, found: Document) -> list[str]:
    """A hazard ratio in a sentence."""
    return [f"{name}: {figure(found['hr'])} {span(found)}, {p_value(found['p'])}", *reasons(found)]


def survival_text(document: Document) -> str:
    """The comparison of arms."""
    rows = [
        [
            arm["arm"],
            str(arm["n"]),
            str(arm["events"]),
            figure(arm["median"]),
            figure(arm["lower"]),
            figure(arm["upper"]),
        ]
        for arm in document["arms"]
    ]
    test = document["logrank"]
    strata = document["strata"]
    stratified = f", stratified by {', '.join(strata['columns'])} ({strata['n']} strata)" if strata["columns"] else ""
    lines = [heading(document), "", grid(["arm", "n", "events", "median", "lower", "upper"], rows)]
    lines += [line for arm in document["arms"] for line in reasons(arm)]
    z = f"z = {figure(test['z'])}, " if "z" in test else ""
    one_sided = f" (one-sided {p_value(test['p_one_sided'])})" if "z" in test else ""
    test_line = f"Log-rank{stratified}: {z}chi-square {figure(test['chisq'])} on {test['df']} df, {p_value(test['p'])}"
    lines += ["", test_line + one_sided, *reasons(test)]
    for found in listed(document["cox"]):
        lines += ratio_line(f"Hazard ratio {found['arm']} over {found['control']} ({document['ties']} ties)", found)
        if "proportional_hazards" in found:
            lines.append(f"  Proportional hazards: {p_value(found['proportional_hazards']['p'])}")
    lines += [f"  {reason}" for reason in strata["silent"]]
    return "\n".join(lines)


def interval_text(document: Document) -> str:
    """Arms whose times are known to intervals, and their comparison."""
    rows = [
        [arm["arm"], str(arm["n"]), str(arm["events"]), str(arm["exact"]), between(arm["median"])]
        for arm in document["arms"]
    ]
    lines = [heading(document), "", grid(["arm", "n", "events", "exact", "median"], rows), ""]
    adjusted = f", adjusted for {', '.join(document['covariates'])}" if document["covariates"] else ""
    strata = document["strata"]
    stratified = f", stratified by {', '.join(strata['columns'])}" if strata["columns"] else ""
    for found in listed(document["cox"]):
        name = f"Hazard ratio {found['arm']} over {found['control']}, profile likelihood{stratified}{adjusted}"
        lines += ratio_line(name, found)
        if "lr" in found:
            lines.append(
                f"  Likelihood ratio: chi-square {figure(found['lr']['chisq'])} on 1 df, {p_value(found['p'])}"
            )
    return "\n".join(lines)


def between(ends: list[float | None] | None) -> str:
    """Between which times something lies; a dash where that is not known."""
    if ends is None:
        return "-"
    low, high = ends
    return figure(low) if low == high else f"{figure(low)} to {figure(high)}"


def cox_text(document: Document) -> str:
    """The coefficients of a Cox model and its tests."""
    names = ("coef", "hr", "lower", "upper", "se", "robust_se", "p")
    rows = [
        [name, *(figure(document[column][index]) for column in names)]
        for index, name in enumerate(document["covariates"])
    ]
    df = document["df"]
    tests = "; ".join(
        f"{label} {figure(document[key])}, {p_value(document['p_' + key])}"
        for label, key in (("likelihood ratio", "lr"), ("Wald", "wald"), ("score", "score"))
    )
    lines = [
        heading(document), "", grid(["covariate", *names], rows), "",
        f"Tests on {df} df: {tests}.",
        f"Concordance {figure(document['concordance'])} (se {figure(document['concordance_se'])}).",
        *reasons(document), *(f"  {reason}" for reason in document["silent_strata"]),
    ]  # fmt: skip
    for one in document.get("predicted", []):
        place = "" if one["stratum"] is None else f", stratum {one['stratum']}"
        columns = ("time", "surv", "lower", "upper")
        curve = [[figure(one[column][row], 6) for column in columns] for row in range(len(one["time"]))]
        values = ", ".join(
            f"{name} {value:g}" for name, value in zip(document["covariates"], one["covariates"], strict=True)
        )
        lines += ["", f"Predicted survival at {values}{place}", grid(columns, curve)]
    if "proportional_hazards" in document:
        lines.append(
            f"Proportional hazards, all covariates: {p_value(document['proportional_hazards']['overall']['p'])}"
        )
    return "\n".join(lines)


def parametric_text(document: Document) -> str:
    """The coefficients of an accelerated failure time model."""
    names = ("coef", "se", "time_ratio", "lower", "upper")
    rows = [
        [term, *(figure(document[column][index]) for column in names), p_value(document["p"][index])]
        for index, term in enumerate(document["terms"])
    ]
    fixed = ", fixed" if document["se_log_scale"] is None else ""
    null, fitted = document["loglik"]
    fit = f"{document['distribution']}, scale {figure(document['scale'])}{fixed}"
    likelihood = f"log-likelihood {fitted:.4f}, without covariates {null:.4f}; AIC {document['aic']:.2f}"
    return "\n".join([heading(document), "", grid(["term", *names, ""], rows), "", f"{fit}; {likelihood}"])


CURVE = ("time", "n_risk", "n_event", "n_censor", "surv", "std_err", "lower", "upper")


def curve_text(document: list[Document]) -> str:
    """The curves, a line a time."""
    parts = [left_out(document[0])]
    for one in document:
        rows = [[figure(one[column][index], 6) for column in CURVE] for index in range(len(one["time"]))]
        title = "All participants" if one["arm"] is None else f"Arm {one['arm']}"
        parts.append(f"{title}: {one['n']} participants, {one['events']} events\n{grid(CURVE, rows)}")
        if "landmarks" in one:
            header = ("time", "n_risk", "events", "surv", "se", "lower", "upper")
            named = [[figure(mark[column], 6) for column in header] for mark in one["landmarks"]]
            parts.append("\n".join([grid(header, named), *reasons(*one["landmarks"])]))
    return "\n\n".join(parts)


def curve_frame(document: list[Document]) -> pl.DataFrame:
    """The curves as one table, an arm after another."""
    return pl.concat(
        pl.DataFrame(
            {"arm": [one["arm"]] * len(one["time"])}
            | {column: pl.Series(one[column], dtype=pl.Float64) for column in CURVE},
            schema_overrides={"arm": pl.String},
        )
        for one in document
    )


def proportion_text(document: Document) -> str:
    """Proportions by arm and their comparison."""
    rows = [
        [arm["arm"], str(arm["n"]), str(arm["events"]), figure(arm["proportion"]), span(arm["exact"]),
         span(arm["wilson"])]
        for arm in document["arms"]
    ]  # fmt: skip
    title = f"Intervals at level {document['level']:g}."
    lines = [heading(document), title, "", grid(["arm", "n", "events", "proportion", "exact", "Wilson"], rows)]
    lines += reasons(document)
    for found in listed(document["comparison"] or []):
        gap, test, exact = found["difference"], found["chi_square"], found["fisher"]
        lines += [
            "", f"{found['arm']} against {found['control']}",
            f"  Difference: {figure(gap['estimate'])} {span(gap)} (Miettinen-Nurminen); Wald {span(gap['wald'])}",
            *reasons(gap["wald"]),
            f"  Chi-square: {figure(test['chisq'])} on 1 df, {corrected_p(test, test['corrected'])}", *reasons(test),
            f"  Fisher's exact test: {p_value(exact['p'])}, odds ratio {figure(exact['odds_ratio'])} {span(exact)}",
            *reasons(exact),
        ]  # fmt: skip
        if "stratified" in found:
            lines += stratified_lines(found["stratified"], document["strata"]["columns"])
    return "\n".join(lines)


def stratified_lines(found: Document, columns: Sequence[str]) -> list[str]:
    """What the strata have in common, in sentences."""
    silent = [f"  {reason}" for reason in found["silent"]]
    gap, common = found["difference"], found["mantel_haenszel"]
    if gap is None or common is None:
        return [*silent, *reasons(found)]
    title = f"Stratified by {', '.join(columns)}, {found['strata']} strata"
    p = corrected_p(common["test"], common["corrected"])
    return [
        f"  {title}: difference {figure(gap['estimate'])} {span(gap)}",
        f"  Mantel-Haenszel: odds ratio {figure(common['odds_ratio'])} {span(common)}, {p}",
        *reasons(common),
        *silent,
    ]


def corrected_p(plain: Document, corrected: Document) -> str:
    """A p-value and the continuity-corrected one."""
    return f"{p_value(plain['p'])}; continuity-corrected {p_value(corrected['p'])}"


def rmst_text(document: Document) -> str:
    """Restricted means and their comparison."""
    rows = [
        [
            arm["arm"] or "all",
            str(arm["n"]),
            str(arm["events"]),
            *(figure(arm[key]) for key in ("rmst", "lower", "upper", "rmtl")),
        ]
        for arm in document["arms"]
    ]
    lines = [
        heading(document), f"Restricted mean survival to {figure(document['tau'])}:", "",
        grid(["arm", "n", "events", "rmst", "lower", "upper", "time lost"], rows), "",
    ]  # fmt: skip
    for found in listed(document.get("difference", [])):
        against = f" {found['arm']} - {document['control']}" if "arm" in found else ""
        lines += [
            f"Difference{against}: {figure(found['estimate'])} {span(found)}, {p_value(found['p'])}",
            *reasons(found),
        ]
    return "\n".join(lines)


def competing_text(document: Document) -> str:
    """Cumulative incidences at the end of follow-up, the tests and the ratios."""
    rows = []
    for arm in document["arms"]:
        for cause, found in arm["cumulative_incidence"].items():
            last = {key: found[key][-1] for key in ("estimate", "lower", "upper")}
            rows.append([arm["arm"], cause, str(arm["n"]), str(found["events"]), figure(arm["time"][-1]),
                         *(figure(last[key]) for key in ("estimate", "lower", "upper"))])  # fmt: skip
    lines = [
        heading(document), "",
        grid(["arm", "cause", "n", "events", "at time", "incidence", "lower", "upper"], rows),
    ]  # fmt: skip
    for cause, found in [(1, document), *((each["cause"], each) for each in document["competing_causes"])]:
        test = found["gray"]
        gray = f"Gray's test: chi-square {figure(test['chisq'])} on {test['df']} df, {p_value(test['p'])}"
        lines += ["", f"Cause {cause}. {gray}", *reasons(test)]
        lines += [f"  {test['note']}"] if "note" in test else []
        named = (("Cause-specific hazard ratio", found["cause_specific"]),
                 ("Subdistribution hazard ratio, Fine-Gray (crr)", found["fine_gray"]["crr"]),
                 ("Subdistribution hazard ratio, weighted Cox (finegray)", found["fine_gray"]["finegray"]))  # fmt: skip
        for name, ratios in named:
            for ratio in listed(ratios):
                lines += ratio_line(f"{name}, {ratio['arm']} over {document['control']}", ratio)
    return "\n".join(lines)
