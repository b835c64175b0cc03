"""An analysis of this ledger: reads the cut, asks the firewall, hands casebooks to the pure analysis."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from equipoise.analysis.cut import DataCut
from equipoise.analysis.document import document
from equipoise.analysis.firewall import Authority, authority
from equipoise.analysis.rerandomization import Rerandomized, rerandomized
from equipoise.analysis.survival import EndpointEstimate, estimate_by_arm, estimate_pooled
from equipoise.analysis.times import time_rows
from equipoise.conduct.actions.people import TakeLook, planned_look
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import in_record
from equipoise.conduct.entry import Actor
from equipoise.kernel.errors import EstimationError, InputError, LedgerError, NotPermitted
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.ledger.performing import perform
from equipoise.ledger.program import program
from equipoise.protocol.load import Loaded
from equipoise.protocol.model import Endpoint, Protocol


def require_trial(loaded: Loaded) -> None:
    """Raise InputError for a plan of another trial than the record's, LedgerError for a record not opened yet."""
    study = read.study()
    if study.opened is None:
        raise LedgerError("The record is not opened yet: `equipoise open FILE --database URL` enters its protocol.")
    if loaded.protocol.id != study.trial:
        raise InputError(
            "the record is of another trial", file=loaded.name, seen=loaded.protocol.id, wanted=study.trial
        )


def data_cut(plan: str, *, cutoff: date | None, as_of: read.AsOf) -> DataCut:
    """The data cut of this ledger at a moment or position, under a plan."""
    study = read.study()
    position, head = read.head_at(as_of)
    said = as_of.isoformat() if isinstance(as_of, datetime) else f"entry {position}"
    return DataCut(
        trial=study.trial,
        cutoff=cutoff,
        position=position,
        head=head,
        as_of=said,
        protocol=study.digest_in_force(),
        plan=plan,
        software=program(),
        rehearsal=study.is_rehearsal,
        methods=tuple((number, epoch.committed.configuration) for number, epoch in sorted(study.epochs.items())),
    )


def analyse_record(
    loaded: Loaded, *, cutoff: date | None, as_of: read.AsOf, look: str = "", user: str = "", password: str = ""
) -> dict[str, Any]:
    """Every time-to-event endpoint of the plan, as one JSON-ready document; by arm where the firewall allows it.

    Raises InputError for a plan of another trial or a cut that is not the look's, NotPermitted for a look that is not
    this person's to take.
    """
    require_trial(loaded)
    if look:
        planned_look(loaded.protocol, look)
    cutoff = cut_of_look(look, cutoff=cutoff, as_of=as_of)
    cut = data_cut(loaded.digest, cutoff=cutoff, as_of=as_of)
    leave = leave_by_arm(loaded.digest, look=look, user=user, password=password)
    books = list(read.casebooks(as_of=as_of).values())
    protocol = in_record(read.study(), loaded.protocol, loaded.digest)
    found = [
        (endpoint, estimate(protocol, endpoint, books, cut, leave))
        for endpoint in protocol.endpoints
        if endpoint.kind == "time_to_event"
    ]
    return document(protocol, cut, found, leave, _drawn_again(protocol, found, books, cut, leave))


def _drawn_again(
    protocol: Protocol, found: Sequence[tuple[Endpoint, EndpointEstimate | EstimationError]], books: list[Casebook],
    cut: DataCut, leave: Authority | None,
) -> dict[str, Rerandomized]:  # fmt: skip
    """By arm, the re-randomization test of the primary endpoint."""
    return {
        endpoint.id: rerandomized(protocol, endpoint, time_rows(protocol, endpoint, books, cut), books, cut, leave)
        for endpoint, one in found
        if leave is not None and endpoint.id == protocol.analysis.primary and isinstance(one, EndpointEstimate)
    }


def estimate(
    protocol: Protocol, endpoint: Endpoint, books: list[Casebook], cut: DataCut, leave: Authority | None,
    strata: tuple[str, ...] | None = None,
) -> EndpointEstimate | EstimationError:  # fmt: skip
    """One endpoint on a cut: the estimate, or the error that says why there is none."""
    rows = time_rows(protocol, endpoint, books, cut)
    try:
        if leave is None:
            return estimate_pooled(endpoint, rows, cut)
        return estimate_by_arm(protocol, endpoint, rows, cut, leave, strata)
    except EstimationError as error:
        return error


def cut_of_look(look: str, *, cutoff: date | None, as_of: read.AsOf) -> date | None:
    """The cutoff to use: under a look its own, whatever was asked for; without one, the one asked for.

    Raises InputError where another cut was asked for than the look was authorised for: nothing is taken then.
    """
    authorized = read.study().looks.get(look)
    if authorized is None or not authorized.cutoff:
        return cutoff
    own = date.fromisoformat(authorized.cutoff)
    if cutoff not in (None, own):
        raise InputError(f"look {look!r} was authorised for another cutoff", seen=cutoff, wanted=own.isoformat())
    if as_of is not None:
        raise InputError(f"look {look!r} shows what the record knows when it is taken", seen=as_of, wanted="no as-of")
    return own


def leave_by_arm(plan: str, *, look: str = "", user: str = "", password: str = "") -> Authority | None:
    """The authority to see outcomes by arm; None for pooled. A look named is taken, and so recorded, first.

    A rehearsal is open to all, so that nobody need be authorised to see what a look would say there.
    """
    if look and not read.study().is_rehearsal:
        actor = _person(user, password)
        action = TakeLook(look=look, plan=plan, as_of=read.head()[0])
        perform(action, actor=actor, key=uuid.uuid4())
        return authority(read.study(), actor, look=look, plan=plan)
    study = read.study()
    return authority(study, None) if study.is_rehearsal or study.released else None


def _person(user: str, password: str) -> Actor:
    """The independent statistician behind a command, by password. Raises NotPermitted."""
    from equipoise.accounts.models import Membership, User
    from equipoise.conduct.entry import Authentication

    account = User.objects.filter(username__iexact=user, is_active=True).first()
    if account is None or not account.check_password(password):
        raise NotPermitted(message("refuse.by_arm"), message("refuse.by_arm_remedy"))
    today = timezone.localdate()
    member = Membership.objects.filter(user=account, role="independent_statistician").on(today).first()
    role = member.role if member is not None else "none"
    return Actor(account.username, role, None, account.name, authentication=Authentication.PASSWORD)
