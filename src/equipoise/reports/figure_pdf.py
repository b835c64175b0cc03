"""A figure as a PDF of its own: one page as large as the figure, set by Typst from the SVG."""

PAGE = """#set document(title: sys.inputs.title, date: none)
#set text(font: ("Noto Sans CJK SC", "DejaVu Sans"), lang: sys.inputs.language, fallback: true)
#set page(width: auto, height: auto, margin: 8mm)
#figure(image(bytes(sys.inputs.svg), format: "svg", alt: sys.inputs.title, width: 17cm), numbering: none)
"""


def figure_pdf(svg: bytes, title: str, language: str) -> bytes:
    """The page, tagged; the figure carries its stamp. The same figure gives the same bytes."""
    import typst

    content = {"svg": svg.decode(), "title": title, "language": "zh" if language.startswith("zh") else "en"}
    return typst.compile(PAGE.encode(), format="pdf", sys_inputs=content, pdf_standards=["ua-1"])
