"""Reading a page as a browser does: its forms, with the fields each would send."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote_from_bytes


@dataclass
class Form:
    """A form: where it goes, and (name, value, type) of each field."""

    action: str
    method: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)

    def sent(self, given: dict[str, str]) -> list[tuple[str, str]]:
        """What is sent where a person fills in these fields."""
        own = [(name, value) for name, value, kind in self.fields if kind == "hidden" and name not in given]
        return [*own, *given.items()]

    def filled(self, text: str) -> list[tuple[str, str]]:
        """What is sent where every field holds this text, but for those without which the form is not read at all."""
        fixed = ("csrfmiddlewaretoken", "key", "act")
        return list(dict.fromkeys((name, value if name in fixed else text) for name, value, _ in self.fields))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None and given.get("name") and tag in ("input", "select", "textarea", "button"):
            kind = "submit" if tag == "button" else given.get("type", tag)
            self._open.fields.append((given["name"], given.get("value", ""), kind))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def posted_forms(html: str, method: str = "post") -> Iterator[Form]:
    """The forms of a page's main part that send something to be written; with "get", those that only ask."""
    reader = _Reader()
    reader.feed(html[html.index("<main") : html.index("</main>")])
    return (form for form in reader.forms if form.method == method)


def page_as_typed(client: Any, url: str) -> dict[str, str]:
    """Every value that a case report form's page holds, as a browser would send it."""
    html = client.get(url).content.decode()
    form = html[html.index('<form method="post" class="crf') :]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        checked = re.search(r'type="(radio|checkbox)"', tag) is None or " checked" in tag
        if name and checked:
            found[name[1]] = value[1] if value else ""
    for name, inside in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        found[name] = chosen[1] if chosen else ""
    return found


def body(pairs: list[tuple[str, str]]) -> bytes:
    """The pairs as a browser, or something nastier, sends them: half a character too goes over the wire as bytes."""
    sent = (quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="") for pair in pairs for text in pair)
    flat = list(sent)
    return "&".join(f"{name}={value}" for name, value in zip(flat[::2], flat[1::2], strict=True)).encode()
