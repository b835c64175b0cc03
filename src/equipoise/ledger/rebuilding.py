"""Projections from nothing: the same rows that acts left behind, one pass over the ledger."""

from equipoise.accounts import memberships
from equipoise.ledger import read
from equipoise.ledger.lock import writing
from equipoise.projections import rows


def rebuild() -> int:
    """Write every projection afresh, while nobody else writes. Returns how many subjects there are."""
    with writing():
        memberships.rebuild(read.entries(kinds=("role_granted", "role_revoked")))
        return rows.rebuild(read.study(), read.casebooks())
