"""A protocol whose forms and items bear other ids is the same trial: the same record, calendar, work and figures.

Every id of a form or an item is put in other words, wherever the document names it; only the register `lesions` and the
numbered items of questionnaires stay, as the protocol's rules ask. Both documents are rehearsed from the same seed.
"""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from equipoise.protocol.load import Loaded, load, load_canonical
from equipoise.protocols import shipped
from ledger_databases import connected

pytestmark = pytest.mark.slow

OTHER = "zq_"
"""Before every renamed id; the order of ids stays, since the order in which forms are entered follows it."""
REGISTER = "lesions"
COMPUTED = {"residual", "measurable", "irradiable", "counted_organ"}
"""Fields computed of the register, which no form asks for. One is also an item's id elsewhere."""
NUMBERED = re.compile(r"q\d+")
KEPT_WHOLE = re.compile(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]')
"""What a rule holds beside names: texts, sets of codes, units."""
UNTIL, START = date(2025, 1, 8), date(2022, 1, 10)


def renamed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with other ids of forms and items."""
    names = {form["id"] for form in document["forms"]} - {REGISTER}
    for form in document["forms"]:
        own = {item["id"] for section in form["sections"] for item in section["items"]}
        names |= {name for name in own if not (form.get("instrument") and NUMBERED.fullmatch(name))}

    def other(name: str) -> str:
        return OTHER + name if name in names else name

    def rule(text: str) -> str:
        kept = COMPUTED if re.search(r"\blesions\b|\bmeasurable\b", text) else set()
        parts, at = [], 0
        for whole in [*KEPT_WHOLE.finditer(text), None]:
            plain = text[at : whole.start() if whole else len(text)]
            words = re.sub(r"[A-Za-z_]\w*", lambda found: found[0] if found[0] in kept else other(found[0]), plain)
            # After a comparison with equality stands a code, whatever else bears its name.
            parts.append(re.sub(rf"([=!]=\s*){OTHER}", r"\1", words))
            if whole:
                parts.append(whole[0])
                at = whole.end()
        return "".join(parts)

    def walked(node: Any) -> Any:
        if isinstance(node, dict):
            return {
                key: rule(value) if key in ("rule", "when") and isinstance(value, str) else walked(value)
                for key, value in node.items()
            }
        return [walked(one) for one in node] if isinstance(node, list) else node

    found: dict[str, Any] = walked(document)
    for form in found["forms"]:
        form["id"] = other(form["id"])
        if form.get("dated_by"):
            form["dated_by"] = other(form["dated_by"])
        for item in (item for section in form["sections"] for item in section["items"]):
            if not (form.get("instrument") and NUMBERED.fullmatch(item["id"])):
                item["id"] = other(item["id"])
            if "register" in item:
                item["register"] = other(item["register"])
    for visit in found["schedule"]:
        visit["forms"] = [other(form) for form in visit["forms"]]
    review = found.get("central_review") or {}
    for form in {"lesions", "measurements", "assessment"} & review.keys():
        review[form] = other(review[form])
    return found


def as_text(loaded: Loaded) -> str:
    """The canonical document as JSON, which is YAML, with other ids."""
    return json.dumps(renamed(json.loads(loaded.canonical)), ensure_ascii=False)


def told(rows: Any) -> str:
    """Rows as text, in the names of the shipped protocol."""
    return repr(rows).replace(OTHER, "").replace(OTHER.upper(), "")


def read_back(loaded: Loaded, subjects: int, folder: Path) -> tuple[dict[str, str], Counter[str]]:
    """Rehearse a protocol into a database of its own. What it comes to, by what is read; how many records, by form."""
    with connected(f"sqlite:///{folder / loaded.digest}.sqlite3", create=True):
        from equipoise.ledger import connecting

        connecting.prepare()
        from equipoise.analysis.assessment_timing import planned_assessments
        from equipoise.analysis.datasets.adae import adae
        from equipoise.analysis.datasets.adex import adex
        from equipoise.analysis.datasets.adlb import adlb
        from equipoise.analysis.datasets.adqs import adqs
        from equipoise.analysis.datasets.adrs import adrs
        from equipoise.analysis.datasets.adsl import adsl
        from equipoise.analysis.datasets.adtte import adtte
        from equipoise.analysis.flow import flow_rows
        from equipoise.analysis.times import time_rows
        from equipoise.analysis.tumour_courses import tumour_courses
        from equipoise.conduct.calendar import appointments
        from equipoise.conduct.journey import stage
        from equipoise.ledger import read
        from equipoise.ledger.analysing import analyse_record, data_cut
        from equipoise.ledger.rehearsing import act_out
        from equipoise.projections.models import DueRow, SubjectRow
        from equipoise.web.timeline import timeline

        act_out(
            loaded, translations=(), subjects=subjects, seed="names", start=START, until=UNTIL, sites=2, scenario=""
        )
        protocol = load_canonical(loaded.canonical).protocol
        books, cut = list(read.casebooks().values()), data_cut(loaded.digest, cutoff=None, as_of=None)
        datasets = [make(protocol, books, cut) for make in (adsl, adtte, adrs, adex, adae, adlb, adqs)]
        calendars = {book.subject: appointments(protocol, book, today=UNTIL) for book in books}
        primary = protocol.endpoint(protocol.analysis.primary)
        found = {one.name: told(one.rows) for one in datasets} | {
            "times": told(time_rows(protocol, primary, books, cut)),
            "flow": told(flow_rows(protocol, books)),
            "scans": told(planned_assessments(protocol, books, cut, UNTIL)),
            "courses": told(tumour_courses(protocol, books, None)),
            "stages": told([(book.subject, stage(protocol, book)) for book in books]),
            "calendar": told([
                [(one.key, one.standing, one.missing, one.planned.window) for one in own] for own in calendars.values()
            ]),
            "timelines": told([
                timeline(protocol, book, calendars[book.subject], today=UNTIL, knows_arm=True) for book in books
            ]),
            "work": told(sorted(DueRow.objects.values_list("subject", "kind", "what", "detail", "roles", "opens",
                                                           "closes"), key=repr)),
            "participants": told(sorted(SubjectRow.objects.values_list("subject", "stage", "deviations"))),
            "figures": told([
                [(one["id"], one["groups"], one["contrasts"])]
                for one in analyse_record(loaded, cutoff=None, as_of=None)["endpoints"]
            ]),
        }  # fmt: skip
        recorded = Counter(record.form.removeprefix(OTHER) for book in books for record in book.records.values())
    return found, recorded


@pytest.mark.parametrize(("name", "subjects"), [("sabr-comet", 12), ("nct07014202", 12)])
def test_other_ids_give_the_same_trial(name: str, subjects: int, tmp_path: Path, django_db_blocker: Any) -> None:
    own = load(shipped(name), name)
    other = load(as_text(own), "renamed.yaml")
    assert {form.id for form in own.protocol.forms} & {form.id for form in other.protocol.forms} == {REGISTER}
    with django_db_blocker.unblock():
        (first, forms), (second, others) = (read_back(one, subjects, tmp_path) for one in (own, other))
    assert forms == others
    asked = {"progression", "survival", "tumour_assessment", "irradiability", "radiotherapy_course", "adverse_events"}
    assert asked <= forms.keys()  # what is read by concept is there to be read
    for what, rows in first.items():
        assert second[what] == rows, what
