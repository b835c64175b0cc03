"""Protocol documents as they stand in the record: read from canonical text, once each."""

from functools import lru_cache

from equipoise.conduct.amended import among
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
    """A published protocol version, by its digest, among the other versions of the record."""
    others = documents_besides(study, digest)
    return (
        _among(study.protocols[digest].document, others)
        if others
        else document(study.protocols[digest].document).protocol
    )


def in_record(study: Study, protocol: Protocol, digest: str) -> Protocol:
    """A version, published or not, translated or not, as it reads what was entered under any version of the record."""
    return among_documents(protocol, documents_besides(study, digest))


def documents_besides(study: Study, digest: str) -> tuple[str, ...]:
    """The documents of every other version published, the latest first."""
    return tuple(one.document for other, one in reversed(study.protocols.items()) if other != digest)


def among_documents(protocol: Protocol, others: tuple[str, ...]) -> Protocol:
    """A version among these others, by their documents."""
    return among(protocol, [document(other).protocol for other in others])


@lru_cache(maxsize=16)
def _among(canonical: str, others: tuple[str, ...]) -> Protocol:
    return among_documents(document(canonical).protocol, others)


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
