"""Protocol documents as they stand in the record: read from canonical text, once each."""

from functools import lru_cache

from equipoise.conduct.study import Study
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.protocol.load import Loaded, load_canonical
from equipoise.protocol.model import Protocol


@lru_cache(maxsize=16)
def document(canonical: str) -> Loaded:
    """The document of a canonical text. Raises ProtocolError."""
    return load_canonical(canonical)


def protocol_of(study: Study, digest: str) -> Protocol:
    """A published protocol version, by its digest."""
    return document(study.protocols[digest].document).protocol


def protocol_at(study: Study, site: str) -> Protocol:
    """The protocol in force at a site. Refuses where none is."""
    digest = study.digest_in_force(site)
    if not digest:
        raise Refusal(message("refuse.site_not_active"))
    return protocol_of(study, digest)


def latest_protocol(study: Study) -> Protocol:
    """The latest published protocol, whether or not a site has activated it. Refuses an unopened ledger."""
    digest = study.digest_in_force()
    if not digest:
        raise Refusal(message("refuse.not_open"))
    return protocol_of(study, digest)
