"""The appendix: estimands, every assumption of the protocol with its reason, and what the report was made from."""

from itertools import groupby

from equipoise.protocol.assumptions import Assumption, assumptions
from equipoise.reports.document import Block, Section, Table
from equipoise.reports.writing import Writer, heading, plain


def appendix(w: Writer) -> list[Section]:
    """Estimands, assumptions and the stamp."""
    return [_estimands(w), _assumptions(w), _stamp(w)]


def _estimands(w: Writer) -> Section:
    blocks: list[Block] = []
    for endpoint in w.findings.protocol.endpoints:
        if endpoint.estimand is None:
            continue
        one = endpoint.estimand
        rows = [
            plain(w.say("population"), one.population), plain(w.say("variable"), one.variable),
            plain(w.say("summary_measure"), one.summary), heading(w.say("intercurrent_events"), 2),
            *(plain(event.says, w.say(f"strategy_{event.strategy}")) for event in one.events),
        ]  # fmt: skip
        blocks.append(Table(f"estimand-{endpoint.id}", endpoint.label, [w.say("attribute"), w.say("value")], rows))
    return Section("estimands", w.say("estimands"), blocks)


def _assumptions(w: Writer) -> Section:
    protocol = w.findings.protocol
    rows = []
    for _, group in groupby(assumptions(protocol), lambda one: (_parent(one), one.reason)):
        alike = list(group)
        # The trial's own title says nothing about a part without a label of its own.
        says = [one.element for one in alike if one.element != protocol.short_title or one.path == "protocol"]
        paths = [alike[0].path, *(one.path.removeprefix(_parent(one)) for one in alike[1:])]
        rows.append(plain(", ".join(paths), w.say("semicolon").join(dict.fromkeys(says)), alike[0].reason))
    columns = [w.say("where"), w.say("what"), w.say("why")]
    table = Table("assumptions", w.say("assumptions_title"), columns, rows, wide=True)
    return Section("assumptions", w.say("assumptions"), [table])


def _parent(one: Assumption) -> str:
    """The path of what an assumption stands in, with its last dot; '' at the top."""
    return one.path[: one.path.rfind(".") + 1]


def _stamp(w: Writer) -> Section:
    stamp = w.findings.cut.stamp()
    rows = [plain(w.say(f"stamp_{name}"), _value(w, value)) for name, value in stamp.items()]
    table = Table("stamp", w.say("stamp_title"), [w.say("attribute"), w.say("value")], rows, [w.say("stamp_note")])
    return Section("stamp", w.say("stamp"), [table])


def _value(w: Writer, value: object) -> str:
    if value is None:
        return w.say("none")
    if isinstance(value, bool):
        return w.say("yes") if value else w.say("no")
    return str(value)
