"""Facts about people's rights: roles given and taken, accounts, access, looks at outcomes by arm."""

from typing import Literal

from equipoise.conduct.facts.base import Audience, fact


@fact("role_granted", audience=Audience.OVERSIGHT)
class RoleGranted:
    """A person received a role, at a site or in the whole trial, under a delegation."""

    user: str
    role: str
    site: str = ""
    delegation: str = ""


@fact("role_revoked", audience=Audience.OVERSIGHT)
class RoleRevoked:
    """A person lost a role."""

    user: str
    role: str
    site: str = ""
    because: str = ""


@fact("account_changed", audience=Audience.OVERSIGHT)
class AccountChanged:
    """An account was made, locked, unlocked or closed."""

    user: str
    change: Literal["made", "locked", "unlocked", "closed", "password_set"]


@fact("access_recorded", audience=Audience.OVERSIGHT)
class AccessRecorded:
    """Somebody signed in, failed to, signed out, or opened what identifies a participant."""

    user: str
    event: Literal["signed_in", "sign_in_failed", "signed_out", "identity_opened", "signature_failed"]
    subject: str = ""


@fact("look_authorized", audience=Audience.TRIAL)
class LookAuthorized:
    """A look at outcomes by arm was authorised: for whom, at which data cut, under which plan."""

    look: str
    purpose: str
    cutoff: str
    plan: str
    for_users: tuple[str, ...]


@fact("look_taken", audience=Audience.TRIAL)
class LookTaken:
    """Somebody looked at outcomes by arm under an authorised look."""

    look: str
    cutoff: str
    as_of: int
    plan: str


@fact("results_released", audience=Audience.TRIAL)
class ResultsReleased:
    """The results by arm were released; the firewall is open from here."""

    because: str
