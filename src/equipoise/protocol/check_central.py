"""Whether a central review hangs together: its forms are logs of central readers that ask for what a reading needs."""

from collections.abc import Iterator

from equipoise.methods.items import LesionItem
from equipoise.protocol.concepts import CENTRAL
from equipoise.protocol.model import Protocol
from equipoise.protocol.problems import Problem, unknown

NEEDED = {
    "lesions": ("lesion.organ", "lesion.role", "lesion.longest_diameter", "lesion.short_axis", "lesion.found_on"),
    "measurements": ("measurement.lesion", "measurement.date", "measurement.state", "measurement.diameter"),
    "assessment": ("assessment.date", "assessment.non_target", "assessment.new_lesions", "assessment.overall"),
}
"""The concepts each of the three forms must ask for, without their prefix."""


def central_problems(protocol: Protocol) -> Iterator[Problem]:
    """Everything wrong in the central review."""
    review = protocol.central_review
    if review is None:
        for at, endpoint in enumerate(protocol.endpoints):
            if endpoint.reader == "central":
                wanted = "`reader: investigator`, or a `central_review:`"
                yield Problem(("endpoints", at, "reader"), "nobody reads the scans centrally", endpoint.reader, wanted)
        return
    if protocol.lesions is None:
        wanted = "`lesions:`, or no `central_review:`"
        yield Problem(("central_review",), "there is no lesion register to review", wanted=wanted)
    forms = {form.id: form for form in protocol.forms}
    for name, concepts in NEEDED.items():
        wanted_form = getattr(review, name)
        form = forms.get(wanted_form)
        if form is None:
            yield unknown(("central_review", name), "form", wanted_form, forms)
            continue
        if form.use != "log":
            yield Problem(("central_review", name), "a form of central readers is a log", form.use, "`use: log`")
        if form.filled_by != ("central_reader",):
            seen = ", ".join(form.filled_by)
            problem = "a form of central readers is filled in by them alone"
            yield Problem(("central_review", name), problem, seen, "`filled_by: [central_reader]`")
        asked = {item.concept for item in form.items}
        missing = [CENTRAL + concept for concept in concepts if CENTRAL + concept not in asked]
        if missing:
            problem = f"form {form.id} does not ask for what a central reading needs"
            yield Problem(("central_review", name), problem, wanted=f"items with the concepts {', '.join(missing)}")
        for item in form.items:
            if isinstance(item, LesionItem) and item.register != review.lesions:
                problem = f"{form.id}.{item.id} points at lesions of another register"
                yield Problem(("central_review", name), problem, item.register, f"`register: {review.lesions}`")
