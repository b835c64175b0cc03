"""`equipoise derive`: the engines of the clinic on tables, each alone.

Every command reads CSV or Parquet, writes whole or not at all, and names file, row and column of what is wrong.
"""

from datetime import datetime

import click


@click.group()
def derive() -> None:
    """Derive from tables: responses, times to events, questionnaire scores, doses."""


@derive.command()
@click.argument("tu", type=click.Path())
@click.argument("tr", type=click.Path())
@click.option(
    "--pr-persists/--no-pr-persists",
    default=True,
    show_default=True,
    help="A partial response stands until progression though the sum rises again (the RECIST working group's answer); "
    "without it, stable disease is called afresh at each visit.",
)
@click.option("--language", type=click.Choice(["en", "zh-hans"]), default="en", show_default=True, help="Of REASON.")
@click.option("-o", "--out", type=click.Path(), help="CSV or Parquet by its ending; without it CSV on standard output.")
def recist(tu: str, tr: str, pr_persists: bool, language: str, out: str | None) -> None:
    """RECIST 1.1 response of every visit after baseline, from SDTM TU and TR, reader by reader.

    Nodes (TULOC naming a LYMPH NODE) count by LPERP, other targets by LDIAM. The baseline is the visit at which TU
    identifies the lesions. SUMDIAM is empty where a target was not assessed; NADIR is the least complete sum before.
    Visits follow their dates (TRDTC), and their numbers where dates cannot tell; where the two disagree, a note says so
    on standard error.
    """
    from equipoise.cli.derive_tumours import visit_responses
    from equipoise.cli.files import open_table, write_table

    found, notes = visit_responses(open_table(tu), open_table(tr), pr_persists=pr_persists, language=language)
    write_table(found, out)
    for note in notes:
        click.echo(note.say(language), err=True)


@derive.command()
@click.argument("rs", type=click.Path())
@click.option("--start", required=True, metavar="COLUMN", help="The column of the reference date of the windows.")
@click.option(
    "--min-sd-days", type=click.IntRange(0), default=42, show_default=True, help="SD counts from this day on."
)
@click.option("--confirmed", is_flag=True, help="CR and PR need confirmation.")
@click.option("--confirm-days", type=click.IntRange(0), default=28, show_default=True, help="Least days to confirm.")
@click.option("--max-ne", type=click.IntRange(0), default=1, show_default=True, help="NE allowed in between.")
@click.option("--accept-sd", is_flag=True, help="One SD may stand between a PR and its confirmation.")
@click.option("--missing-as-ne", is_flag=True, help="A subject without any assessment is NE, not MISSING.")
@click.option("-o", "--out", type=click.Path(), help="CSV or Parquet by its ending; without it CSV on standard output.")
def response(
    rs: str,
    start: str,
    min_sd_days: int,
    confirmed: bool,
    confirm_days: int,
    max_ne: int,
    accept_sd: bool,
    missing_as_ne: bool,
    out: str | None,
) -> None:
    """Best overall response of every subject (and reader) from the overall responses of the visits.

    Assessments after the first progression do not count: that of rows with PARAMCD PD and AVALC Y where the table has
    them, else the first PD. A partial date counts as its last possible day.
    """
    from equipoise.cli.derive_tumours import best_responses
    from equipoise.cli.files import open_table, write_table
    from equipoise.clinical.recist.best_response import Confirmation

    confirmation = Confirmation(confirm_days, max_ne, accept_sd) if confirmed else None
    found, notes = best_responses(
        open_table(rs), start, min_sd_days=min_sd_days, confirmation=confirmation, missing_as_ne=missing_as_ne
    )
    write_table(found, out)
    for note in notes:
        click.echo(str(note), err=True)


@derive.command()
@click.argument("prescriptions", nargs=-1, required=True, metavar="TEXT...")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of CSV.")
def bed(prescriptions: tuple[str, ...], as_json: bool) -> None:
    """Biologically effective dose (alpha/beta 10 and 3) and EQD2, in Gy, of prescriptions such as 54/3.

    The linear-quadratic model is doubtful above about 10 Gy a fraction.
    """
    from equipoise.cli.files import write_json
    from equipoise.clinical.radiotherapy import LATE, TUMOUR, Prescription
    from equipoise.kernel.errors import InputError

    rows = []
    for text in prescriptions:
        try:
            given = Prescription.parse(text)
        except ValueError as error:
            raise InputError(str(error)) from error
        rows.append(
            {
                "total": float(given.total),
                "fractions": given.fractions,
                "per_fraction": float(given.per_fraction),
                "bed10": float(given.bed(TUMOUR)),
                "bed3": float(given.bed(LATE)),
                "eqd2_10": float(given.eqd2(TUMOUR)),
                "eqd2_3": float(given.eqd2(LATE)),
            }
        )
    if as_json:
        write_json(rows)
        return
    click.echo(",".join(rows[0]))
    for row in rows:
        click.echo(",".join(f"{value:.12g}" for value in row.values()))


@derive.command()
@click.argument("instrument", metavar="INSTRUMENT")
@click.argument("answers", type=click.Path())
@click.option("--value-set", "name", metavar="NAME", help="EQ-5D-5L: the country's value set, such as China.")
@click.option("--value-sets", type=click.Path(), help="EQ-5D-5L: a CSV of value sets, a column a set, a row a term.")
@click.option("-o", "--out", type=click.Path(), help="CSV or Parquet by its ending; without it CSV on standard output.")
def scores(instrument: str, answers: str, name: str | None, value_sets: str | None, out: str | None) -> None:
    """Scores of a questionnaire: INSTRUMENT is qlq-c30, qlq-lc13 or another shipped one, or eq5d-5l.

    ANSWERS has a column id and one column an item: q1, q2 ... by the instrument's numbers; MO, SC, UA, PD, AD for
    EQ-5D-5L. An empty cell is not answered. Scores are empty where too few items are answered. A few published value
    sets are shipped; others are read from --value-sets, from the file EQUIPOISE_EQ5D_VALUE_SETS names, or from
    qol/eq5d5l_value_sets.csv in the folder of reference data (EQUIPOISE_REFERENCE).
    """
    from equipoise.cli.derive_scores import indices, value_set
    from equipoise.cli.derive_scores import scores as scored
    from equipoise.cli.files import open_table, write_table
    from equipoise.clinical.eq5d import VALUE_SETS
    from equipoise.clinical.questionnaires import shipped_instruments
    from equipoise.kernel.errors import InputError

    if instrument == "eq5d-5l":
        if name is None:
            raise InputError("EQ-5D-5L needs --value-set", wanted="one of " + ", ".join(VALUE_SETS))
        chosen = value_set(name, value_sets)
        write_table(indices(open_table(answers), chosen), out)
        return
    instruments = shipped_instruments()
    if instrument not in instruments:
        raise InputError(
            "there is no such instrument", seen=instrument, wanted="one of " + ", ".join([*instruments, "eq5d-5l"])
        )
    write_table(scored(open_table(answers), instruments[instrument]), out)


@derive.command("time-to-event")
@click.argument("adsl", type=click.Path())
@click.argument("adrs", type=click.Path())
@click.option("--endpoint", type=click.Choice(["os", "pfs"]), required=True)
@click.option("--censoring", type=click.Choice(["simple", "treatment_policy", "fda"]), required=True)
@click.option("--start", default="RANDDT", show_default=True, metavar="COLUMN", help="ADSL: where time begins.")
@click.option("--new-therapy", metavar="COLUMN", help="ADSL: start of new anticancer therapy (NACTDT if it is there).")
@click.option("--stop", metavar="COLUMN", help="ADSL: treatment stopped without progression; censors under fda.")
@click.option("--baseline", metavar="COLUMN", help="ADSL: Y or N, disease assessed at baseline; N censors under fda.")
@click.option("--interval-days", type=click.IntRange(1), help="Days between scheduled assessments (missed ones: fda).")
@click.option("--first-interval-days", type=click.IntRange(1), help="The same before the first on-study assessment.")
@click.option(
    "--window-days", type=click.IntRange(0), default=0, show_default=True, help="Days an assessment may slip."
)
@click.option("--cutoff", type=click.DateTime(["%Y-%m-%d"]), help="Nothing after this day counts.")
@click.option("-o", "--out", type=click.Path(), help="CSV or Parquet by its ending; without it CSV on standard output.")
def time_to_event(
    adsl: str,
    adrs: str,
    endpoint: str,
    censoring: str,
    start: str,
    new_therapy: str | None,
    stop: str | None,
    baseline: str | None,
    interval_days: int | None,
    first_interval_days: int | None,
    window_days: int,
    cutoff: datetime | None,
    out: str | None,
) -> None:
    """Overall or progression-free survival of every subject with a start date, from ADaM ADSL and ADRS.

    ADRS parameters read: PD, DEATH and LSTA where they are there, else OVR for progression and assessments and
    ADSL.DTHDT for death. Under fda, an event after two missed assessments is censored only where --interval-days says
    how often they were due.
    """
    from equipoise.cli.derive_endpoints import NEW_THERAPY, Columns, times
    from equipoise.cli.files import open_table, write_table
    from equipoise.methods.endpoints import Censoring, GapLimit

    subjects = open_table(adsl)
    rule = Censoring(censoring)
    if rule is Censoring.FDA and endpoint == "pfs" and interval_days is None:
        click.echo("Missed assessments are not looked for: --interval-days does not say when they were due.", err=True)
    columns = Columns(start, new_therapy or (NEW_THERAPY if subjects.has(NEW_THERAPY) else None), stop, baseline)
    gap = GapLimit(interval_days, window_days, first_interval_days) if interval_days else None
    cut = cutoff.date() if cutoff else None
    write_table(times(subjects, open_table(adrs), endpoint, rule, columns, gap=gap, cutoff=cut), out)
