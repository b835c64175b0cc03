"""Who a participant is: sealed per site, found again by equality only, and erased for good by destroying one key.

Each subject has a random key of its own, kept encrypted under the master key (a file of its own,
EQUIPOISE_IDENTITY_KEY_FILE). Nothing here is shown to a role of the sponsor; opening it is an access that is ledgered.
Sealed content is bound to its subject and site: moved to another row, it does not open.
"""

import hmac
import json
import os
import unicodedata
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from equipoise.accounts.key_files import place, random_key
from equipoise.accounts.models import SubjectIdentity, SubjectKey
from equipoise.kernel.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Identity:
    """What a site knows of who a participant is. `birth_date` is an ISO date."""

    name: str
    birth_date: str
    phone: str = ""
    address: str = ""
    hospital_number: str = ""


def keep(subject: str, site: str, identity: Identity) -> tuple[str, ...]:
    """Seal an identity, or replace it after a correction. Returns the subjects that may be the same person."""
    index = _index(identity)
    with transaction.atomic():
        key = subject_key(subject)
        assert key is not None
        sealed = _seal(key, json.dumps(asdict(identity), ensure_ascii=False).encode(), f"{site}/{subject}")
        SubjectIdentity.objects.update_or_create(
            subject=subject, defaults={"site": site, "sealed": sealed, "index": index}
        )
        same = SubjectIdentity.objects.filter(index=index).exclude(subject=subject).order_by("subject")
        return tuple(same.values_list("subject", flat=True))


def open_identity(subject: str, site: str) -> Identity | None:
    """Who a subject of this site is; None where nothing is kept, or it was erased. The caller ledgers the access."""
    row = SubjectIdentity.objects.filter(subject=subject, site=site).first()
    key = subject_key(subject, make=False) if row is not None else None
    if row is None or key is None:
        return None
    return Identity(**json.loads(_open(key, bytes(row.sealed), f"{site}/{subject}")))


def same_person(identity: Identity) -> tuple[str, ...]:
    """Subjects with this name and birth date, at whatever site: ids, and nothing else of them."""
    same = SubjectIdentity.objects.filter(index=_index(identity)).order_by("subject")
    return tuple(same.values_list("subject", flat=True))


def erase(subject: str) -> bool:
    """Destroy a subject's key and identity: identity and identifying files are gone, the record stays whole."""
    with transaction.atomic():
        gone, _ = SubjectIdentity.objects.filter(subject=subject).delete()
        keys, _ = SubjectKey.objects.filter(subject=subject).delete()
    return bool(gone or keys)


def subject_key(subject: str, *, make: bool = True) -> bytes | None:
    """The key of what identifies a subject; None where there is none and none is to be made."""
    master = _master()
    row = SubjectKey.objects.filter(subject=subject).first()
    if row is None:
        if not make:
            return None
        wrapped = _seal(master, os.urandom(32), f"key/{subject}")
        row, _ = SubjectKey.objects.get_or_create(subject=subject, defaults={"wrapped": wrapped})
    return _open(master, bytes(row.wrapped), f"key/{subject}")


def normalized(name: str) -> str:
    """A name as it is compared: case, accents, spacing, punctuation and the order of its parts put aside."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(sorted(kept.split()))


def _index(identity: Identity) -> str:
    text = f"{normalized(identity.name)}\0{identity.birth_date.strip()}"
    return hmac.digest(hmac.digest(_master(), b"equipoise/identity-index", "sha256"), text.encode(), "sha256").hex()


def _master() -> bytes:
    return random_key(place("identity-key", "EQUIPOISE_IDENTITY_KEY_FILE", settings.DATABASES["default"]))


def _seal(key: bytes, content: bytes, bound_to: str) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, content, bound_to.encode())


def _open(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], bound_to.encode())
    except InvalidTag as error:
        raise LedgerError(
            "An identity does not open: it was changed, or the identity key is not the one it was sealed with."
        ) from error
