"""Datasets and reports of this ledger: reads the cut, asks the firewall, hands casebooks to the pure layers."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets import DATASETS, table
from equipoise.analysis.findings import find
from equipoise.analysis.firewall import Authority
from equipoise.analysis.interim_look import primary_of
from equipoise.analysis.times import time_rows
from equipoise.conduct.actions.people import planned_look
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import in_record
from equipoise.kernel.cells import guarded_row
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.ledger.analysing import cut_of_look, data_cut, leave_by_arm, require_trial
from equipoise.protocol.load import Loaded
from equipoise.protocol.model import Protocol
from equipoise.reports.document import as_json
from equipoise.reports.page import page
from equipoise.reports.pdf import pdf
from equipoise.reports.report import report


@dataclass(frozen=True)
class DatasetFiles:
    """Files by name, rows by dataset, and whether what tells somebody's arm was left out."""

    files: Mapping[str, bytes]
    rows: Mapping[str, int]
    is_blinded: bool


def dataset_files(
    loaded: Loaded, *, cutoff: date | None, as_of: read.AsOf, look: str = "", user: str = "", password: str = ""
) -> DatasetFiles:
    """Every analysis dataset as CSV, and `stamp.json` that says what they were made from. Raises as `read_cut`."""
    cut, books, leave = read_cut(loaded, cutoff=cutoff, as_of=as_of, look=look, user=user, password=password)
    files, rows = {}, {}
    protocol = in_record(read.study(), loaded.protocol, loaded.digest)
    for name, derive in DATASETS.items():
        dataset = derive(protocol, books, cut)
        header, cells = table(dataset, blinded=leave is None)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(map(guarded_row, cells))
        files[f"{name.lower()}.csv"] = text.getvalue().encode()
        rows[name] = len(cells)
    stamp = {**cut.stamp(), "by_arm": leave is not None, "rows": rows}
    files["stamp.json"] = (json.dumps(stamp, indent=2, ensure_ascii=False) + "\n").encode()
    return DatasetFiles(files, rows, leave is None)


def written_report(
    loaded: Loaded, shown: Protocol, *, form: str, language: str, cutoff: date | None, as_of: read.AsOf,
    pooled: bool = False, look: str = "", user: str = "", password: str = "",
) -> bytes:  # fmt: skip
    """The report as `html`, `pdf` or `json`; `shown` is the protocol in the reader's language.

    `pooled` leaves arms out whatever leave there is. Raises as `read_cut`.
    """
    cut, books, leave = read_cut(loaded, cutoff=cutoff, as_of=as_of, look=look, user=user, password=password)
    leave = None if pooled else leave
    everyone = message("report.everyone").say(language)
    study = read.study()
    sites = {site.id: site.name for site in study.sites.values()}
    shown = in_record(study, shown, loaded.digest)
    found = find(
        shown, books, cut, leave, everyone=everyone, sites=sites, look=look, earlier=_earlier_looks(loaded, look)
    )
    made = report(found, language)
    if form == "pdf":
        return pdf(made)
    if form == "html":
        return page(made)
    content = as_json(made, figures=False)
    return (json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2) + "\n").encode()


def read_cut(
    loaded: Loaded, *, cutoff: date | None, as_of: read.AsOf, look: str = "", user: str = "", password: str = ""
) -> tuple[DataCut, list[Casebook], Authority | None]:
    """The cut, every casebook as the ledger knew it, and the leave to show arms.

    Raises InputError for a plan of another trial, NotPermitted for a look that is not this person's to take, Refusal
    for one that the plan does not hold.
    """
    require_trial(loaded)
    if look:
        planned_look(loaded.protocol, look)
    cutoff = cut_of_look(look, cutoff=cutoff, as_of=as_of)
    cut = data_cut(loaded.digest, cutoff=cutoff, as_of=as_of)  # before the look, which is an entry of its own
    leave = leave_by_arm(loaded.digest, look=look, user=user, password=password)
    return cut, list(read.casebooks(as_of=as_of).values()), leave


def _earlier_looks(loaded: Loaded, look: str) -> list[tuple[str, int]]:
    """The looks first taken before this one was, with the events of the primary endpoint that each saw."""
    found: list[tuple[str, int]] = []
    if not look:
        return found
    protocol = in_record(read.study(), loaded.protocol, loaded.digest)
    for taken, _ in read.study().looks_taken:
        if taken.look == look:
            break
        if any(taken.look == name for name, _ in found):
            continue
        cutoff = date.fromisoformat(taken.cutoff) if taken.cutoff else None
        cut = data_cut(loaded.digest, cutoff=cutoff, as_of=taken.as_of)
        rows = time_rows(protocol, primary_of(protocol), read.casebooks(as_of=taken.as_of).values(), cut)
        found.append((taken.look, sum(row.time.is_event for row in rows)))
    return found
