"""Treatment and observation: exposure to drugs, delivery of radiotherapy, and when tumours were assessed."""

from collections.abc import Sequence

from equipoise.reports.document import Block, Row, Section, Table
from equipoise.reports.writing import MISSING, Writer, heading, indented, plain

STATES = ("delivered", "partial", "not_irradiated", "no_course")


def exposure(w: Writer) -> Section:
    """Drugs and radiotherapy."""
    blocks: list[Block] = []
    split, drugs = w.findings.split, w.findings.drugs
    names = [(one.id, one.drug) for one in next(iter(drugs.values()), [])]
    width = len(split.groups) + 1
    rows: list[Row] = []
    for place, (drug, name) in enumerate(names):
        own = [drugs[group.id][place] for group in split.groups]
        rows.append(heading(name, width))
        rows.append(
            indented(
                w.say("had_drug"),
                *(
                    w.share(one.participants, size, of="exposure", tag=f"drug:{drug}:had", group=group.id)
                    for one, size, group in zip(own, w.sizes, split.groups, strict=True)
                ),
            )
        )
        rows.append(indented(w.say("cycles"), *(w.spread(one.cycles, 0) for one in own)))
        for state in dict.fromkeys(state for one in own for state in one.given):
            totals = [sum(one.given.values()) for one in own]
            rows.append(
                indented(
                    w.say("cycles_state", state=w.say(f"cycle_{state}")),
                    *(
                        w.share(
                            one.given.get(state, 0), total, of="exposure", tag=f"drug:{drug}:{state}", group=each.id
                        )
                        for one, total, each in zip(own, totals, split.groups, strict=True)
                    ),
                )
            )
    if rows:
        columns = [w.say("drug"), *w.group_columns]
        blocks.append(Table("exposure", w.say("exposure_title"), columns, rows, [w.say("median_note")]))
    if w.findings.radiotherapy is not None:
        blocks.append(_radiotherapy(w))
    title = w.say("exposure") if w.findings.radiotherapy is not None else w.say("exposure_drugs")
    return Section("exposure", title, blocks)


def _radiotherapy(w: Writer) -> Table:
    assert w.findings.radiotherapy is not None
    groups = w.findings.split.groups
    own = [w.findings.radiotherapy[group.id] for group in groups]
    width = len(own) + 1

    def shares(counts: Sequence[int], sizes: Sequence[int], tag: str) -> list[str]:
        return [
            w.share(count, size, of="radiotherapy", tag=tag, group=group.id)
            for count, size, group in zip(counts, sizes, groups, strict=True)
        ]

    people, lesions = [one.participants for one in own], [one.lesions for one in own]
    rows = [
        plain(w.say("irradiated"), *shares([one.irradiated for one in own], people, "rt:irradiated")),
        plain(w.say("all_delivered"), *shares([one.complete for one in own], people, "rt:complete")),
        plain(w.say("days_to_start"), *(w.spread(one.days_to_start, 0) for one in own)),
        heading(w.say("lesion_outcome"), width),
        indented(
            w.say("lesions_randomized"),
            *(w.number_of(one.lesions, of="lesions", group=group.id) for one, group in zip(own, groups, strict=True)),
        ),
        *(
            indented(
                w.say(f"lesion_{state}"),
                *shares([one.ended.get(state, 0) for one in own], lesions, f"rt:lesion:{state}"),
            )
            for state in STATES
            if any(state in one.ended for one in own)
        ),
        heading(w.say("courses"), width),
        indented(w.say("dose"), *(w.spread(one.dose) for one in own)),
        indented(w.say("fractions"), *(w.spread(one.fractions, 0) for one in own)),
        indented(w.say("bed10"), *(w.spread(one.bed10) for one in own)),
    ]
    return Table(
        "radiotherapy", w.say("radiotherapy_title"), [w.say("radiotherapy"), *w.group_columns], rows,
        [w.say("radiotherapy_note"), w.say("median_note")],
    )  # fmt: skip


def timing(w: Writer) -> Section:
    """Scans against their planned dates."""
    split, found = w.findings.split, w.findings.timing
    numbers = sorted({one.number for rows in found.values() for one in rows})
    by_key = {(group, one.number): one for group, rows in found.items() for one in rows}
    rows = []
    for number in numbers:
        cells: list[str] = []
        weeks = next(one.weeks for (_, key), one in by_key.items() if key == number)
        for group in split.groups:
            one = by_key.get((group.id, number))
            if one is None:
                cells += [MISSING] * 4
            else:
                behind, visit = {"of": "timing", "group": group.id}, f"visit:{number}"
                cells += [
                    w.number_of(one.due, **behind, tag=visit),
                    w.share(one.done, one.due, **behind, tag=(visit, "done")),
                    w.share(one.in_window, one.due, **behind, tag=(visit, "in_window")), w.spread(one.off, 0),
                ]  # fmt: skip
        rows.append(plain(f"{weeks:g}", *cells))
    columns = [
        w.say("week"),
        *([w.say("due"), w.say("done"), w.say("in_window"), w.say("days_off")] * len(split.groups)),
    ]
    table = Table(
        "timing", w.say("timing_title"), columns, rows, [w.say("timing_note", last=w.findings.last.isoformat())],
        spans=[("", 1), *((group.label, 4) for group in split.groups)], wide=len(split.groups) > 1,
    )  # fmt: skip
    return Section("timing", w.say("timing"), [table])
