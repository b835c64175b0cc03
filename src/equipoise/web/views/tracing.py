"""From a number to its entries: the derived rows a number counts, and the ledger entries behind each row.

A site sees rows of its own participants only. Without leave to see arms no row tells one; entries that may tell the
arm show neither values nor people to those who may not know it.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from equipoise.analysis.datasets import adsl
from equipoise.analysis.sources import BLINDED_CONCEPTS
from equipoise.analysis.traced import EVERYONE, Selection, Traced, may_tell_arm, select, without_arm
from equipoise.analysis.traced_lists import LISTS, SUBGROUP, in_subgroups
from equipoise.analysis.traced_participant import participant_rows
from equipoise.conduct import facts as f
from equipoise.conduct.entry import Actor, Entry, Header
from equipoise.conduct.permissions import ROLES, Permission, allows
from equipoise.kernel.cells import guarded_row
from equipoise.kernel.errors import NotPermitted, Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.protocol.model import Protocol
from equipoise.web.access import requires, tells_arm
from equipoise.web.choosing import Asked, asked, books, stamp_line
from equipoise.web.traced_words import counted
from equipoise.web.trail import words_of
from equipoise.web.views.analysis import file_name
from equipoise.web.views.forms import shown_answer

PARTICIPANT = "participant"
"""`of` names one of the lists of `analysis.traced_lists`, or everything derived of the participant that `participant`
names; without it the rows are of the endpoint chosen."""
MOST_SHOWN = 2000


@dataclass(frozen=True)
class Listed:
    """The rows behind a number that this person may see, and how many are kept back and why."""

    one: Asked
    wanted: Selection
    of: str
    participant: str
    """Whose page this list belongs to; '' for a list of everyone's rows."""
    rows: Sequence[Traced]
    elsewhere: int
    tell_arm: int
    central: int

    @property
    def subjects(self) -> int:
        """How many participants the rows shown are of."""
        return len({row.subject for row in self.rows})


@never_cache
@require_safe
@requires(Permission.SEE_SOURCES)
def rows(request: Any) -> HttpResponse:
    """The derived rows a number counts."""
    found = listed(request)
    context = {
        "found": found, "one": found.one, "rows": found.rows[:MOST_SHOWN],
        "says": counted(found.one, found.wanted, found.of, found.participant),
        "by_arm": found.one.leave, "stamp_line": stamp_line(found.one.cut), "query": request.GET.urlencode(),
        "arm_labels": found.one.arm_labels, "sites": {one.id: one.name for one in read.study().sites.values()},
        "reachable": _reachable(request.actor, found.rows),
    }  # fmt: skip
    return render(request, "rows.html", context)


@never_cache
@require_safe
@requires(Permission.SEE_SOURCES)
def rows_csv(request: Any) -> HttpResponse:
    """The same rows as a file, under ADaM's names, each with the ledger positions it came from and the stamp."""
    found = listed(request)
    text, stamp = io.StringIO(), found.one.cut.stamp()
    writer = csv.writer(text, lineterminator="\r\n")
    arm = ["ARMCD"] if found.one.leave is not None else []
    writer.writerow(["DATASET", "PARAMCD", "SUBJID", "SITEID", *arm, "ADT", "AVAL", "AVALU", "CNSR", "EVNTDESC",
                     "CNSDTDSC", "DETAIL", "SRCSEQ", *stamp])  # fmt: skip
    tail = ["" if value is None else value for value in stamp.values()]
    for row in found.rows:
        cells = [
            row.dataset, row.parameter, row.subject, row.site, *([row.arm] if arm else []), row.on or "", row.value,
            row.unit, "" if row.censored is None else row.censored, row.description, row.censoring, row.detail,
            ";".join(map(str, row.source)), *tail,
        ]  # fmt: skip
        writer.writerow(guarded_row(cells))
    response = HttpResponse(text.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rows-{found.of or file_name(found.one)}.csv"'
    return response


@never_cache
@require_safe
@requires(Permission.SEE_SOURCES)
def entries(request: Any) -> HttpResponse:
    """The ledger entries one derived row came from. `subject` and `row` (its place in the list) name the row."""
    found = listed(request)
    subject, place = request.GET.get("subject", ""), request.GET.get("row", "")
    own = [(str(number), row) for number, row in enumerate(found.rows) if row.subject == subject]
    row = next((row for number, row in own if number == place), None)
    if row is None:
        raise Refusal(message("web.row_unknown"))
    knows = _knows_arm(request.actor, found.one, row.site)
    held = [
        entry
        for entry in read.entries(stream=row.subject, as_of=found.one.cut.position)
        if entry.header.position in row.source
    ]
    central = _sees_central(request.actor, row.site)
    shown = [each for entry in held if (each := shown_entry(entry, found.one.shown, knows, central)) is not None]
    context = {
        "one": found.one, "row": row, "entries": shown, "withheld": len(held) - len(shown), "knows": knows,
        "by_arm": found.one.leave, "arm_labels": found.one.arm_labels, "stamp_line": stamp_line(found.one.cut),
        "query": _list_query(request), "sites": {one.id: one.name for one in read.study().sites.values()},
        "is_reachable": allows(request.actor, Permission.SEE_SUBJECTS, site=row.site),
    }  # fmt: skip
    return render(request, "entries.html", context)


def listed(request: Any) -> Listed:
    """The rows behind the number an address names, as far as this person may see them.

    Raises NotPermitted for rows by arm without leave, Refusal for a window that is none.
    """
    one = asked(request)
    wanted, actor = selection(request.GET), request.actor
    if one.leave is None and wanted.group != EVERYONE:
        raise NotPermitted(message("refuse.by_arm"), message("refuse.by_arm_remedy"))
    of = request.GET.get("of", "")
    participant = _participant(request) if of == PARTICIPANT else ""
    every = _of_participant(one, participant) if participant else _every(one, of, wanted)
    chosen = select(every, wanted)
    mine = [row for row in chosen if allows(actor, Permission.SEE_SOURCES, site=row.site)]
    tells = may_tell_arm(wanted)
    known = [row for row in mine if not (tells or row.tells_arm) or _knows_arm(actor, one, row.site)]
    is_central = one.choice.endpoint.reader == "central" and not of
    seen = [row for row in known if not (is_central or row.is_central) or _sees_central(actor, row.site)]
    return Listed(
        one, wanted, of, participant, seen, len(chosen) - len(mine), len(mine) - len(known), len(known) - len(seen)
    )


def _every(one: Asked, of: str, wanted: Selection) -> Sequence[Traced]:
    """Every row of a kind on a cut, telling no arm without leave: of a list that `of` names, else of the endpoint.

    Raises Refusal for a list that is none.
    """
    if of and of not in LISTS:
        raise Refusal(message("web.rows_of", seen=of[:40]))
    known = books(one.cut.position, one.cut.head)
    if not of:
        if any(tag.startswith(SUBGROUP) for tag in wanted.tags):
            return in_subgroups(one.analysed.rows, adsl(one.protocol, known, one.cut).rows)
        return one.analysed.rows
    found = LISTS[of](one.protocol, known, one.cut)
    return found if one.leave is not None else without_arm(found)


def _participant(request: Any) -> str:
    """The participant an address names. Raises Refusal for one out of reach, as for one that does not exist."""
    subject = request.GET.get("participant", "")
    site = read.study().subjects.get(subject)
    if site is None or not allows(request.actor, Permission.SEE_SOURCES, site=site):
        raise Refusal(message("refuse.no_subject", subject=subject[:40]))
    return str(subject)


def _of_participant(one: Asked, subject: str) -> Sequence[Traced]:
    """One participant's rows of every dataset, telling no arm without leave."""
    found = participant_rows(one.protocol, read.casebook(subject, as_of=one.cut.position), one.cut)
    return found if one.leave is not None else without_arm(found)


def selection(query: Any) -> Selection:
    """Which rows an address names. Raises Refusal for a month that is no number."""
    return Selection(
        query.get("group", "") or EVERYONE,
        tuple(tag[:120] for tag in query.getlist("tag")),
        query.get("site", ""),
        *(_month(query.get(name, "")) for name in ("since", "after", "until")),
    )


@dataclass(frozen=True)
class ShownEntry:
    """An entry as this person may see it: `who` is None where whoever recorded it may tell the arm."""

    header: Header
    form: str
    items: Sequence[tuple[str, str]]
    says: str
    who: str | None
    reason: str


def shown_entry(entry: Entry, shown: Protocol, knows: bool, central: bool) -> ShownEntry | None:
    """An entry; None where even that it is there may tell the arm, or a central reading, to one who may not know."""
    fact, header = entry.fact, entry.header
    who = header.actor.name or header.actor.user
    if not central and (isinstance(fact, f.ResponseAdjudicated) or getattr(fact, "form", "") in shown.central_forms):
        return None
    if not isinstance(fact, f.Recorded):
        if knows or not (f.audience_of(type(fact)) is f.Audience.ARM or isinstance(fact, f.Stopped)):
            return ShownEntry(header, "", (), words_of(fact, shown), who, header.reason)
        says = _("Randomized") if isinstance(fact, f.Randomized) else ""
        return ShownEntry(header, "", (), says, who, "") if says else None
    form = next((one for one in shown.forms if one.id == fact.form), None)
    label = form.label if form is not None else fact.form
    known = {item.id: item for item in form.items} if form is not None else {}
    names = list(fact.items)
    if not knows and form is not None and tells_arm(form):
        if form.only_arms:
            return None
        names = [name for name in names if _is_blinded(form, known.get(name))]
        who, header = None, replace(header, reason="")
    items = [(known[name].label if name in known else name, shown_answer(known.get(name), fact.items[name]))
             for name in names]  # fmt: skip
    return ShownEntry(header, f"{label} {fact.occurrence}".strip(), items, "", who, header.reason)


def _is_blinded(form: Any, item: Any) -> bool:
    """Whether an item's value stands in the blinded datasets too, so that it tells nothing more."""
    return bool(form.instrument) or (item is not None and item.concept.startswith(BLINDED_CONCEPTS))


def _sees_central(actor: Actor, site: str) -> bool:
    """Whether somebody may see what rests on central readings: they are kept from those who read first, the sites."""
    return allows(actor, Permission.SEE_CENTRAL, site=site) or not ROLES[actor.role].at_site


def _knows_arm(actor: Actor, one: Asked, site: str) -> bool:
    return one.leave is not None or allows(actor, Permission.SEE_ARM, site=site)


def _reachable(actor: Actor, rows: Sequence[Traced]) -> set[str]:
    """The participants whose pages this person may open."""
    return {row.subject for row in rows if allows(actor, Permission.SEE_SUBJECTS, site=row.site)}


def _month(text: str) -> float | None:
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        raise Refusal(message("web.horizon", seen=text[:40])) from None
    if not -1 <= found <= 10_000:  # also what is not a number
        raise Refusal(message("web.horizon", seen=text[:40]))
    return found


def _list_query(request: Any) -> str:
    query = request.GET.copy()
    for name in ("subject", "row"):
        query.pop(name, None)
    return str(query.urlencode())
