"""Clinical data have one shape: `Recorded(form, occurrence, items)`."""

from typing import Literal

from equipoise.conduct.facts.base import Audience, fact
from equipoise.methods.items import Answer


@fact("recorded", audience=Audience.STAFF)
class Recorded:
    """Answers were entered, or corrected with a reason. Only the items that changed are here.

    `occurrence` is '' for a form filled once, the visit's key for a visit form, the row's id for a log.
    """

    form: str
    occurrence: str
    items: dict[str, Answer]
    visit: str = ""


@fact("row_removed", audience=Audience.STAFF)
class RowRemoved:
    """A row of a log was entered in error. It stays in the record, struck through."""

    form: str
    occurrence: str


@fact("log_completed", audience=Audience.STAFF)
class LogCompleted:
    """A log was declared complete: what is not in it does not exist, as of this entry. A later row reopens it."""

    form: str
    rows: int


@fact("register_frozen", audience=Audience.STAFF)
class RegisterFrozen:
    """The residual lesions at randomization, for ever the denominator of 'all'."""

    residual: tuple[str, ...]
    organs: tuple[str, ...]


@fact("form_status", audience=Audience.STAFF)
class FormStatus:
    """A whole form was not done, with the reason."""

    form: str
    occurrence: str
    status: Literal["not_done"]
    because: str
