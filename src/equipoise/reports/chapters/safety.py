"""Safety: kinds of adverse events, and terms by worst grade, by treatment received."""

from equipoise.analysis.adverse_events import GRADES, TermCounts
from equipoise.reports.document import Block, Section, Table, Text
from equipoise.reports.writing import Writer, heading, indented, plain, sized

TERMS_SHOWN = 60


def safety(w: Writer) -> Section:
    """Adverse events of the safety population."""
    found, groups = w.findings.safety, w.findings.split.groups
    if not sum(found.n):
        return Section("safety", w.say("safety"), [Text(w.say("nobody_treated"))])
    kinds = [
        plain(
            w.say(f"kind_{kind}"), *_shares(w, one.any_grade, f"kind:{kind}"),
            *_shares(w, one.severe, f"kind:{kind}:severe"),
        )
        for kind, one in found.kinds.items()
    ]  # fmt: skip
    spans = [("", 1), (w.say("any_grade"), len(groups)), (w.say("severe"), len(groups))]
    names = [sized(group.label, size) for group, size in zip(groups, found.n, strict=True)]
    columns = [w.say("kind"), *names, *names]
    note = w.say("safety_note")
    blocks: list[Block] = [
        Table("ae-kinds", w.say("kinds_title"), columns, kinds, [note], spans=spans, wide=len(groups) > 1)
    ]
    systems: dict[str, list[TermCounts]] = {}
    for one in found.terms[:TERMS_SHOWN]:
        systems.setdefault(one.system or w.say("other"), []).append(one)
    grades = [w.say("any"), "1", "2", "3", "4", "5"]
    width = 1 + len(grades) * len(groups)
    rows, endpoint = [], w.endpoint_of("adverse_events")
    for system, terms in sorted(systems.items()):
        rows.append(heading(system, width))
        for one in terms:
            cells: list[str] = []
            for group, any_grade, by_grade, size in zip(groups, one.any_grade, one.by_grade, found.n, strict=True):
                behind = {"endpoint": endpoint, "group": group.id}
                cells.append(w.share(any_grade, size, tag=f"term:{one.term}", **behind))
                cells += [
                    w.counted(str(n), tag=f"term:{one.term}:worst:{grade}", **behind) if n else ""
                    for grade, n in zip(GRADES, by_grade, strict=True)
                ]
            rows.append(indented(one.term, *cells))
    notes = [note, w.say("worst_note")]
    if len(found.terms) > TERMS_SHOWN:
        notes.append(w.say("terms_left_out", shown=TERMS_SHOWN, n=len(found.terms) - TERMS_SHOWN))
    if rows:
        term_spans = [("", 1), *((name, len(grades)) for name in names)]
        blocks.append(
            Table("ae-terms", w.say("terms_title"), [w.say("term"), *(grades * len(groups))], rows, notes,
                  spans=term_spans, wide=True)
        )  # fmt: skip
    return Section("safety", w.say("safety"), blocks)


def _shares(w: Writer, counts: tuple[int, ...], tag: str) -> list[str]:
    endpoint, groups = w.endpoint_of("adverse_events"), w.findings.split.groups
    return [
        w.share(count, size, endpoint=endpoint, tag=tag, group=group.id)
        for count, size, group in zip(counts, w.findings.safety.n, groups, strict=True)
    ]
