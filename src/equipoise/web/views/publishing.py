"""A new version of the protocol: uploaded, checked, held against the latest, and published with a reason."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from equipoise.conduct.actions.trial import PublishProtocol, PublishTranslation
from equipoise.conduct.documents import latest_protocol
from equipoise.conduct.permissions import Permission
from equipoise.conduct.versions import reused
from equipoise.kernel.errors import EquipoiseError, ProtocolError, Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.protocol import document
from equipoise.protocol.diff import Difference, Weight, diff
from equipoise.protocol.fault_words import told
from equipoise.protocol.load import Loaded, load, load_canonical
from equipoise.protocol.translation import Translation, load_translation
from equipoise.web.access import requires
from equipoise.web.acting import act
from equipoise.web.views.administration import answer

LARGEST = 2_000_000
"""How large a protocol file may be, in bytes. The flagship's has 0.1 million."""


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PUBLISH)
def publish(request: Any) -> HttpResponse:
    """Upload a version: everything wrong with its lines, or what it changes; then publish it with a reason."""
    data = request.POST
    if request.method != "POST":
        return _page(request)
    match data.get("act"):
        case "check":
            return _checked(request)
        case "translation":
            return answer(request, "publish", lambda: _translate(request), _("The translation is published."), _page)
        case _:
            said = _("The version is published; it is in force nowhere before a site activates it.")
            return answer(request, "publish", lambda: _publish(request), said, _page)


def _page(request: Any, *, refusal: Any = None, status: int = 200, **more: Any) -> HttpResponse:
    study = read.study()
    context = {
        "protocols": list(study.protocols.values())[::-1], "refusal": refusal, "largest": LARGEST // 1_000_000,
        "faults": [told(fault, get_language() or "en") for fault in refusal.faults]
        if isinstance(refusal, ProtocolError) else (),
        **more,
    }  # fmt: skip
    return render(request, "publish.html", context, status=status)


def _checked(request: Any) -> HttpResponse:
    try:
        loaded, text = _uploaded(request)
        found = _difference(loaded, text)
    except EquipoiseError as error:
        return _page(request, refusal=error, status=error.http_status)
    weights = [(weight.value, [one for one in found.changes if one.weight is weight]) for weight in reversed(Weight)]
    groups = [group for group in weights if group[1]]
    return _page(request, loaded=loaded, text=text, weights=groups, changes=len(found.changes))


def _uploaded(request: Any) -> tuple[Loaded, str]:
    file = request.FILES.get("file")
    text = _text(file)
    return load(text, file.name), text


def _text(file: Any) -> str:
    if file is None:
        raise Refusal(message("web.no_file"))
    if file.size > LARGEST:
        raise Refusal(message("web.file_too_large", megabytes=LARGEST // 1_000_000))
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refusal(message("web.not_text")) from None


def _difference(loaded: Loaded, text: str) -> Difference:
    """What the version changes. Raises ProtocolError where an id came to mean something else than in any version."""
    study = read.study()
    if loaded.protocol.id != study.trial:
        raise Refusal(message("refuse.other_trial", trial=study.trial, seen=loaded.protocol.id))
    if again := reused(study, loaded.protocol):
        root, _ = document.read(text, loaded.name)
        raise ProtocolError(loaded.name, [one.fault(document.line_of(root, one.path)) for one in again])
    return diff(latest_protocol(study), loaded.protocol)


def _publish(request: Any) -> None:
    text = request.POST.get("text", "").replace("\r\n", "\n")
    loaded = load(text, "protocol")  # what the browser sends back is checked as strictly as the file was
    _difference(loaded, text)
    act(request, PublishProtocol(canonical=loaded.canonical, reason=request.POST.get("reason", "")))


def _translate(request: Any) -> None:
    file, study = request.FILES.get("file"), read.study()
    digest = request.POST.get("digest", "")
    if digest not in study.protocols:
        raise Refusal(message("refuse.protocol_unknown", digest=digest[:12]))
    found: Translation = load_translation(
        _text(file), file.name, load_canonical(study.protocols[digest].document).protocol
    )
    act(request, PublishTranslation(digest, found.language, found.digest, _canonical(found)))


def _canonical(found: Translation) -> str:
    from equipoise.kernel.canonical import canonical_json

    return canonical_json(dict(found.texts))
