"""What a protocol would print of an explored design, a sentence a fact."""

from collections.abc import Mapping

from equipoise.kernel.messages import Message, message
from equipoise.simulation import words as _words
from equipoise.simulation.exploration import Exploration
from equipoise.simulation.scenarios import YEARS_AFTER_ACCRUAL


def sentences(found: Exploration, labels: Mapping[str, str] | None = None) -> tuple[Message, ...]:
    """What a protocol would print of the design. `labels` are those of the arms, for several experimental ones."""
    inputs, simulated = found.inputs, found.simulated
    common = {"events": inputs.events, "power": _percent(found.power or 0.0), "ratio": f"{found.ratio:g}:1"}
    if found.arms:
        said = _sentences_of_arms(found, labels or {})
    elif inputs.hazard_ratio == 1:
        said = [message("design.power_null", **common)]
    else:
        said = [
            message("design.power", **common, hazard_ratio=inputs.hazard_ratio, alpha=f"{inputs.alpha.normalize():f}")
        ]
    if inputs.looks == 1:
        said.append(message("design.one_look"))
    elif inputs.spending == "none":
        said.append(message("design.silent_looks", looks=inputs.looks))
    else:
        name = "Pocock" if inputs.spending == "pocock" else "O'Brien-Fleming"
        said.append(message("design.spending_looks", looks=inputs.looks, spending=name))
    accrued = {
        "subjects": inputs.subjects, "rate": inputs.accrual_per_month, "dropout": inputs.dropout,
        "events": inputs.events,
    }  # fmt: skip
    if found.month is not None:
        said.append(message("design.calendar", **accrued, month=f"{found.month:.1f}"))
    else:
        years = f"{(found.planned_end - float(inputs.follow_up)) / 12 + YEARS_AFTER_ACCRUAL:.0f}"
        said.append(message("design.calendar_never", **accrued, most=f"{found.events_at_most:.0f}", years=years))
    said.append(
        message(
            "design.by_end", month=f"{found.planned_end:.1f}", follow_up=inputs.follow_up,
            events=f"{found.events_by_planned_end:.0f}",
        )
    )  # fmt: skip
    power, time = simulated.power, simulated.duration
    said.append(
        message(
            "design.simulated_any" if found.arms else "design.simulated",
            trials=simulated.trials, power=_percent(power.value), low=_percent(power.lower),
            high=_percent(power.upper),
        )
    )  # fmt: skip
    if time.mean is not None and time.low is not None and time.high is not None:
        said.append(
            message("design.simulated_time", mean=f"{time.mean:.1f}", low=f"{time.low:.1f}", high=f"{time.high:.1f}")
        )
    if simulated.unreached.value > 0.0:
        share = _percent(simulated.unreached.value)
        said.append(message("design.simulated_unreached", share=share, years=YEARS_AFTER_ACCRUAL))
    return tuple(said)


def _sentences_of_arms(found: Exploration, labels: Mapping[str, str]) -> list[Message]:
    """What is said of each comparison, and of all together."""
    said = [message("design.all_arms", events=found.inputs.events)]
    for one in found.arms:
        given = {
            "arm": labels.get(one.arm, one.arm), "events": f"{one.events:.0f}",
            "simulated": _percent(one.simulated.value),
        }  # fmt: skip
        if one.power is None:
            said.append(message("design.arm_output", **given))
        elif one.hazard_ratio == 1.0:
            said.append(message("design.arm_null", power=_percent(one.power), **given))
        else:
            said.append(
                message(
                    "design.arm", ratio=f"{one.hazard_ratio:.2f}", power=_percent(one.power),
                    alpha=f"{found.inputs.alpha.normalize():f}", needed=f"{one.needed_events:.0f}",
                    asked=_percent(found.asked_power), **given,
                )
            )  # fmt: skip
    if found.together is not None and found.without_effect is not None:
        said.append(
            message(
                "design.together", any=_percent(found.together.any), all=_percent(found.together.all),
                null=_percent(found.without_effect.any),
            )
        )  # fmt: skip
    return said


def _percent(share: float) -> str:
    if share > 0.995:
        return "> 99 %" if share < 1.0 else "100 %"
    return f"{100 * share:.0f} %" if share >= 0.01 or share == 0.0 else "< 1 %"


assert _words
