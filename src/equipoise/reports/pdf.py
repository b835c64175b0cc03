"""A report as PDF, set by Typst from a template shipped with the program. Texts reach it as data, never as markup."""

import json
from importlib.resources import files

from equipoise.reports.document import Report, as_json


def pdf(report: Report) -> bytes:
    """The document, tagged for screen readers. The same report gives the same bytes: it bears no time of making."""
    import typst

    template = (files("equipoise.reports") / "templates" / "report.typ").read_text(encoding="utf-8")
    content = json.dumps(as_json(report, figures=True), ensure_ascii=False)
    return typst.compile(template.encode(), format="pdf", sys_inputs={"report": content}, pdf_standards=["ua-1"])
