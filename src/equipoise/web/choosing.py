"""What somebody asked to see analysed and may have: read from an address, held to the firewall, answered once.

Every address of the analysis goes through `asked`: what is not pooled needs a rehearsal, a release, or a look of this
very person's, and a look fixes cut and plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets.deterioration_times import SCALES
from equipoise.analysis.firewall import Authority, authority
from equipoise.analysis.workspace import Analysed, Choice, analyse, default_population, measures, populations_of
from equipoise.clinical.questionnaires import shipped_instruments
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import protocol_of
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.ledger.analysing import data_cut
from equipoise.protocol.model import Endpoint, Protocol
from equipoise.web.documents import version_in_language

TIES = ("efron", "breslow", "exact")
LIMITS = ("log", "log-log", "plain")
MOST_MONTHS = 600
NAMES = ("endpoint", "measure", "population", "strata", "ties", "limits", "tau", "cutoff", "as_of", "look", "arms")
"""The parts of an address that choose an analysis."""
CUT = ("cutoff", "as_of", "look", "arms")
"""Those that choose the cut, and whether arms are hidden on purpose."""
HIDDEN = "hidden"
"""`arms=hidden` shows everything pooled to somebody who may see arms, as those see it who may not."""


@dataclass(frozen=True)
class Asked:
    """A choice and its answer. `protocol` is the plan's, in English; `shown` is it in the page's language."""

    cut: DataCut
    protocol: Protocol
    shown: Protocol
    leave: Authority | None
    choice: Choice
    query: str
    pinned: str
    """The same query with the cut held where it was: what links to rows carry, so that they show what was counted."""
    cut_query: str
    """The part of it that names the cut, and the look."""
    other_arms: str = ""
    """The query that shows the arms hidden on purpose, or hides them; '' where there is no choice."""

    @property
    def analysed(self) -> Analysed:
        """The answer, made once for the page, its figure, its files and the rows behind it."""
        return _answered(self.cut, self.choice, self.leave)

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint in the page's language."""
        return self.shown.endpoint(self.choice.endpoint.id)

    @property
    def arm_labels(self) -> dict[str, str]:
        """What groups are called on the page."""
        return {arm.id: arm.label for arm in self.shown.arms} | {"all": _("All participants")}


def asked(request: Any, *, plain: bool = False) -> Asked:
    """What the query asks for, as far as this person may have it; `plain` ignores the query.

    Raises NotPermitted for a look this person has not taken, Refusal for a date, position or choice that is none.
    """
    query = {} if plain else request.GET
    study = read.study()
    look = query.get("look", "")
    may_choose = hidden = False
    plan, cutoff, as_of = study.digest_in_force(), day(query.get("cutoff", "")), moment(query.get("as_of", ""))
    if look and not (study.is_rehearsal or study.released):
        taken = [
            fact for fact, header in study.looks_taken if fact.look == look and header.actor.user == request.actor.user
        ]
        plan = taken[-1].plan if taken else plan
        leave: Authority | None = authority(study, request.actor, look=look, plan=plan)
        cutoff, as_of = date.fromisoformat(taken[-1].cutoff), taken[-1].as_of
    else:
        leave = authority(study, request.actor) if study.is_rehearsal or study.released else None
        may_choose, hidden = leave is not None, query.get("arms", "") == HIDDEN
        leave = None if hidden else leave
    protocol = protocol_of(study, plan)
    cut = data_cut(plan, cutoff=cutoff, as_of=as_of)
    choice = choice_of(protocol, query)
    kept = {name: query[name] for name in NAMES if query.get(name)}
    held = kept | {} if leave is not None and leave.ground == "look" else kept | {"as_of": str(cut.position)}
    other = {name: value for name, value in kept.items() if name != "arms"} | ({} if hidden else {"arms": HIDDEN})
    return Asked(
        cut, protocol, version_in_language(study, plan), leave, choice, urlencode(kept), urlencode(held),
        urlencode({name: held[name] for name in CUT if name in held}),
        f"?{urlencode(other)}" if may_choose else "",
    )  # fmt: skip


@lru_cache(maxsize=16)
def _answered(cut: DataCut, choice: Choice, leave: Authority | None) -> Analysed:
    """An analysis on the casebooks of a cut."""
    return analyse(protocol_of(read.study(), cut.plan), choice, books(cut.position, cut.head), cut, leave)


@lru_cache(maxsize=4)
def books(position: int, head: str) -> tuple[Casebook, ...]:
    """Every casebook as the ledger knew it up to an entry; `head` makes sure it is that ledger."""
    return tuple(read.casebooks(as_of=position).values())


def choice_of(protocol: Protocol, query: Mapping[str, str]) -> Choice:
    """The choice a query makes; what it does not name is as planned. Raises Refusal."""
    known = {one.id: one for one in protocol.endpoints}
    wanted = query.get("endpoint", "")
    if wanted and wanted not in known:
        raise Refusal(message("web.endpoint_unknown", seen=wanted[:40]))
    endpoint = known[wanted or protocol.analysis.primary]
    plan = protocol.analysis
    return Choice(
        endpoint,
        _one_of(query, "measure", measures(endpoint, scales_of(protocol))),
        _one_of(query, "population", (default_population(endpoint), *populations_of(endpoint))),
        () if query.get("strata") == "none" else plan.strata,
        _one_of(query, "ties", (plan.ties, *TIES)),
        _one_of(query, "limits", LIMITS),
        _months(query.get("tau", ""), plan.rmst_tau_months),
    )


def scales_of(protocol: Protocol) -> tuple[str, ...]:
    """The codes of the scales of the protocol's questionnaires: those the plan names first."""
    known = [
        scale.code
        for form in protocol.forms
        if (instrument := shipped_instruments().get(form.instrument)) is not None
        for scale in instrument.scales
    ]
    first = [scale for scale in SCALES if scale in known]
    return tuple(dict.fromkeys([*first, *known]))


def scale_name(code: str) -> str:
    """A scale in the page's language."""
    language = (get_language() or "en").lower()
    for instrument in shipped_instruments().values():
        for scale in instrument.scales:
            if scale.code == code:
                return scale.name.get(language) or scale.name.get("en") or code
    return code


def _one_of(query: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    """A choice among known ones; the first where none is made. What belongs to another endpoint's kind is none."""
    wanted = query.get(name, "")
    if not wanted or (name in ("measure", "population") and wanted not in known):
        return known[0]
    if wanted not in known:
        raise Refusal(
            message("web.choice_unknown", name=name, seen=wanted[:40], wanted=", ".join(dict.fromkeys(known)))
        )
    return wanted


def _months(text: str, planned: Decimal | None) -> float | None:
    """A horizon in months; the plan's where none is typed."""
    if not text.strip():
        return None if planned is None else float(planned)
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        raise Refusal(message("web.horizon", seen=text[:40])) from None
    if not found.is_finite() or not 0 < found <= MOST_MONTHS:
        raise Refusal(message("web.horizon", seen=text[:40]))
    return float(found)


def moment(text: str) -> read.AsOf:
    """An as-of as typed: an entry's position, a day (to its end, UTC), a moment with its zone; '' is now."""
    text = text.strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 16:
        return int(text)
    try:
        found = datetime.fromisoformat(text)
        if "T" not in text and " " not in text:
            found = datetime.combine(found.date(), time.max)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refusal(message("web.as_of", seen=text[:40])) from None


def day(text: str) -> date | None:
    """A whole day as typed; '' is none. Raises Refusal."""
    if not text.strip():
        return None
    try:
        found = PartialDate.parse(text.strip())
    except ValueError:
        raise Refusal(message("refuse.date", seen=text[:40])) from None
    if not found.is_complete:
        raise Refusal(message("refuse.date", seen=text[:40]))
    return found.earliest


def stamp_line(cut: DataCut) -> str:
    """The stamp in one line, as it stands under every figure and on top of every file."""
    moment_asked = "" if cut.as_of == f"entry {cut.position}" else f"{cut.as_of}, "
    parts = [
        cut.trial,
        f"{_('cutoff')} {cut.cutoff.isoformat() if cut.cutoff else '–'}",
        f"{_('as of')} {moment_asked}{_('entry')} {cut.position} ({cut.head[:12]})",
        f"{_('protocol')} {cut.protocol[:12]}",
        f"{_('plan')} {cut.plan[:12]}",
        cut.software,
    ]
    return " · ".join([*parts, _("REHEARSAL")] if cut.rehearsal else parts)
