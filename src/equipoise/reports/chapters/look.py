"""A look of the data monitoring committee: what it spends of alpha, its boundary, and how the result stands."""

from equipoise.analysis.interim_look import LookTaken, Standing
from equipoise.reports.document import Block, Row, Section, Table, Text
from equipoise.reports.writing import MISSING, Writer, plain

FUNCTIONS = {"of": "spending_of", "pocock": "spending_pocock", "hsd": "spending_hsd", "power": "spending_power"}


def look(w: Writer) -> Section | None:
    """The look this report was made under; None where it was made under none."""
    one = w.findings.look
    if one is None:
        return None
    said = [
        w.say(
            "look_information", look=one.label, planned=f"{one.planned:.0%}", target=one.target, events=one.events,
            fraction=w.number(one.fraction, 2),
        ),
        _spent(w, one),
    ]  # fmt: skip
    if one.reason is not None:
        said.append(w.say("look_no_bound", reason=w.message(one.reason)))
    elif one.spends and one.bound is None:
        said.append(w.say("look_cannot_stop"))
    said += [_stands(w, one, each) for each in one.standings]
    if one.futility_hazard_ratio is not None:
        code = "look_futility_binding" if one.binding else "look_futility"
        said.append(w.say(code, threshold=w.number(one.futility_hazard_ratio, 2)))
        said += [_futile(w, each) for each in one.standings]
    blocks: list[Block] = [*(Text(each) for each in said), _table(w, one)]
    return Section("look", w.say("look_title"), blocks)


def _alpha(w: Writer, value: float) -> str:
    """An error rate, to four decimals at most."""
    text = w.number(value, 4)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _spent(w: Writer, one: LookTaken) -> str:
    sides = w.say("one_sided" if one.sides == 1 else "two_sided")
    alpha, before, left = _alpha(w, one.alpha), _alpha(w, one.spent_before), _alpha(w, one.alpha - one.spent)
    if not one.spends:
        return w.say("look_spends_nothing", sides=sides, alpha=alpha, before=before, left=left)
    now, spent = _alpha(w, one.spent - one.spent_before), _alpha(w, one.spent)
    if one.is_last:
        return w.say("look_last", sides=sides, alpha=alpha, before=before, now=now)
    name, _, parameter = one.spending.partition(":")
    function = w.say(FUNCTIONS[name], parameter=parameter) if name in FUNCTIONS else one.spending
    return w.say(
        "look_spends", function=function, sides=sides, alpha=alpha, before=before, now=now, spent=spent, left=left
    )


def _stands(w: Writer, one: LookTaken, each: Standing) -> str:
    arms = {"arm": w.label(each.arm), "control": w.label(each.control)}
    if each.z is None:
        return w.say("look_no_statistic", **arms)
    numbers = {"z": w.number(each.z, 2), "ratio": w.number(each.ratio, 2)}
    if one.bound is None or each.crossed is None:
        return w.say("look_result", **arms, **numbers)
    bound = {"bound": w.number(one.bound, 3), "level": _alpha(w, one.level or 0.0)}
    code = (
        "look_not_crossed" if not each.crossed else "look_crossed_against" if each.favours_control else "look_crossed"
    )
    return w.say(code, **arms, **numbers, **bound)


def _futile(w: Writer, each: Standing) -> str:
    arms = {"arm": w.label(each.arm), "control": w.label(each.control), "ratio": w.number(each.ratio, 2)}
    if each.futile is None:
        return w.say("look_futility_unknown", **arms)
    return w.say("look_futile" if each.futile else "look_not_futile", **arms)


def _table(w: Writer, one: LookTaken) -> Table:
    rows: list[Row] = [
        plain(w.say("look_row_information"), f"{one.events}/{one.target} ({w.number(one.fraction, 3)})"),
        plain(w.say("look_row_before"), _alpha(w, one.spent_before)),
        plain(w.say("look_row_now"), _alpha(w, one.spent - one.spent_before)),
        plain(w.say("look_row_spent"), _alpha(w, one.spent)),
        plain(w.say("look_row_bound"), MISSING if one.bound is None else w.number(one.bound, 4)),
        plain(w.say("look_row_level"), MISSING if one.level is None else w.number(one.level, 5)),
    ]
    rows += [
        plain(w.say("look_row_z", arm=w.label(each.arm)), w.number(each.z, 3) if each.z is not None else MISSING)
        for each in one.standings
    ]
    rows += [plain(w.say("look_row_earlier", look=name), str(events)) for name, events in one.earlier]
    return Table("look-spending", w.say("look_table"), ["", w.say("value")], rows, [w.say("look_note")])
