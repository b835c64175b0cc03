"""The protocol as a page shows it: the version in force for this person, in the page's language."""

import json
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from equipoise.conduct.documents import (
    among_documents,
    document,
    documents_besides,
    latest_protocol,
    protocol_of,
)
from equipoise.conduct.study import Study
from equipoise.ledger import read
from equipoise.protocol.model import Protocol
from equipoise.protocol.translation import Translation, translate


def protocol_for(request: Any) -> Protocol:
    """The protocol in force at the actor's site (else the latest), in English: rules and ids."""
    study = read.study()
    digest = _digest(study, request)
    return protocol_of(study, digest) if digest else latest_protocol(study)


def shown_protocol(request: Any) -> Protocol:
    """The same protocol with its labels in the page's language, where a translation is in the record."""
    study = read.study()
    return version_in_language(study, _digest(study, request) or study.digest_in_force())


def version_in_language(study: Study, digest: str) -> Protocol:
    """A published version with its labels in the page's language, where a translation is in the record."""
    translation = study.translations.get((digest, (get_language() or "en").lower()))
    if translation is None:
        return protocol_of(study, digest) if digest else latest_protocol(study)
    others = documents_besides(study, digest)
    return _translated(study.protocols[digest].document, translation.language, translation.document, others)


def _digest(study: Study, request: Any) -> str:
    site = request.actor.site if request.actor else None
    casebook = getattr(request, "casebook", None)
    if casebook is not None and casebook.site:
        site = casebook.site
    return study.digest_in_force(site) if site else study.digest_in_force()


@lru_cache(maxsize=8)
def _translated(canonical: str, language: str, texts: str, others: tuple[str, ...]) -> Protocol:
    protocol = document(canonical).protocol
    known = Translation(language, protocol.id, protocol.version, json.loads(texts), "", ())
    return among_documents(translate(protocol, known), others)


def translated_or_none(request: Any) -> Protocol | None:
    """The translated protocol where the page is in a language the record has a translation for."""
    shown = shown_protocol(request)
    return shown if shown is not protocol_for(request) else None
