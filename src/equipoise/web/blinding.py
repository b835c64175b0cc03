"""The number under which central readers meet a participant: it tells neither the subject's number nor the site.

It follows from the subject's number and the key of this installation, so that it is the same every time and nobody
without the key can compute it. Images are sent to the readers under it.
"""

from base64 import b32encode
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read

_SALT = "equipoise.central-review"


def number_of(subject: str) -> str:
    """The blinded number of a subject: eight letters and digits, as `R-4K7Q-M2XA`."""
    return _number(subject, settings.SECRET_KEY)


@lru_cache(maxsize=20_000)
def _number(subject: str, secret: str) -> str:
    digest = salted_hmac(_SALT, subject, secret, algorithm="sha256").digest()
    text = b32encode(digest).decode()[:8]
    return f"R-{text[:4]}-{text[4:]}"


def subject_of(number: str) -> str:
    """The subject of a blinded number. Refuses one that is nobody's."""
    for subject in read.study().subjects:
        if constant_time_compare(number_of(subject), number):
            return subject
    raise Refusal(message("central.no_number", number=number[:40]))
