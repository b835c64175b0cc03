"""The wordings of designs that are explored, of forecasts and of recommendations, in English and Chinese."""

from equipoise.kernel.messages import words

EXPLORING = words(
    {
        "design.not_a_number": ("“{seen}” is not a number.", "“{seen}”不是数字。"),
        "design.not_whole": ("{seen} is not a whole number.", "{seen} 不是整数。"),
        "design.not_a_count": (
            "“{seen}” is not a whole number from {low} to {high}.",
            "“{seen}”不是 {low} 至 {high} 之间的整数。",
        ),
        "design.out_of_range": ("{seen} is out of range: {low} to {high}.", "{seen} 超出范围：应为 {low} 至 {high}。"),
        "design.unknown_choice": ("There is no such choice: “{seen}”.", "没有该选项：“{seen}”。"),
        "design.too_many_events": (
            "{events} events cannot come from {subjects} participants, one each. Plan at most {subjects} events.",
            "{subjects} 名受试者每人至多一个事件，不可能产生 {events} 个事件。事件数至多为 {subjects}。",
        ),
        "design.too_long": (
            "At {rate} a month, {subjects} participants take {years} years to accrue; at most {most} are worked out.",
            "每月入组 {rate} 名时，{subjects} 名受试者需要 {years} 年；最多计算 {most} 年。",
        ),
        "design.ratio_is_output": (
            "The hazard ratio moved here is that of progression; that of survival, the primary endpoint, follows from the whole scenario and is {ratio} on average in simulation. The closed form takes the number moved for that of survival.",
            "此处调整的是进展的风险比；主要终点为总生存，其风险比由整个情景得出，模拟平均为 {ratio}。解析结果将所调数值视为总生存的风险比。",
        ),
        "design.effect_replaced": (
            "The scenario's own delayed or lesion-wise effect is replaced by one hazard ratio throughout.",
            "该情景原有的延迟效应或按病灶效应已由单一风险比取代。",
        ),
    }
)

SENTENCES = words(
    {
        "design.power": (
            (
                "With {events} events the trial has {power} power to show a hazard ratio of {hazard_ratio} at a one-sided "
                "alpha of {alpha} ({ratio} randomization, log-rank test, Schoenfeld's formula)."
            ),
            (
                "在 {events} 个事件时，以单侧 α = {alpha}（{ratio} 随机化，log-rank 检验，Schoenfeld 公式）检出风险比 "
                "{hazard_ratio} 的把握度为 {power}。"
            ),
        ),
        "design.power_null": (
            (
                "If the arms do not differ, a trial of {events} events claims a difference with probability {power}, its "
                "alpha ({ratio} randomization, log-rank test)."
            ),
            "若两组无差异，{events} 个事件的试验得出阳性结论的概率为 {power}，即其 α（{ratio} 随机化，log-rank 检验）。",
        ),
        "design.all_arms": (
            "Each experimental arm is compared with control when all arms together have {events} events.",
            "全部各组共达到 {events} 个事件时，各试验组分别与对照组比较。",
        ),
        "design.arm": (
            (
                "{arm}: {events} events expected in the two arms detect a hazard ratio of {ratio} with {power} power at a "
                "one-sided alpha of {alpha} ({simulated} simulated); {asked} power needs {needed}."
            ),
            (
                "{arm}：预计两组共 {events} 个事件，以单侧 α = {alpha} 检出风险比 {ratio} 的把握度为 {power}（模拟 "
                "{simulated}）；{asked} 的把握度需 {needed} 个事件。"
            ),
        ),
        "design.arm_null": (
            "{arm}: without effect, {events} events in the two arms claim a difference with probability {power} ({simulated} simulated).",
            "{arm}：若无效应，两组共 {events} 个事件时得出阳性结论的概率为 {power}（模拟 {simulated}）。",
        ),
        "design.arm_output": (
            "{arm}: {events} events expected in the two arms; the hazard ratio is an output, and {simulated} of simulated trials reject.",
            "{arm}：预计两组共 {events} 个事件；风险比为模型输出，模拟试验中拒绝的占 {simulated}。",
        ),
        "design.together": (
            "Some comparison rejects with probability {any}, all with {all}; without any effect some would with {null}.",
            "至少一个比较拒绝的概率为 {any}，全部拒绝为 {all}；若均无效应，至少一个拒绝的概率为 {null}。",
        ),
        "design.simulated_any": (
            (
                "Of {trials} simulated trials, with the protocol's strata, randomization, scan dates and dropout, {power} "
                "({low} to {high}) claimed efficacy of some arm."
            ),
            "按方案的分层、随机化方法、影像检查时间和失访模拟 {trials} 次试验，其中 {power}（{low} 至 {high}）得出至少一组有效的结论。",
        ),
        "design.hazard_ratio_of": ("Hazard ratio, {arm}", "风险比，{arm}"),
        "design.one_look": ("It is analysed once.", "仅作一次分析。"),
        "design.silent_looks": (
            "It is looked at {looks} times; only the last look may claim efficacy, so no alpha is spent before it.",
            "共进行 {looks} 次分析；仅最后一次可宣称有效，此前不消耗 α。",
        ),
        "design.spending_looks": (
            "It is looked at {looks} times, alpha spent by Lan and DeMets' function of the {spending} type.",
            "共进行 {looks} 次分析，按 {spending} 型 Lan-DeMets 函数消耗 α。",
        ),
        "design.calendar": (
            (
                "{subjects} participants accrued at {rate} a month, {dropout} % of them lost a year, are expected to give "
                "{events} events {month} months after the first participant."
            ),
            (
                "以每月 {rate} 名入组 {subjects} 名受试者、每年失访 {dropout} % 计，预计在首例受试者入组后 {month} 个月达到 "
                "{events} 个事件。"
            ),
        ),
        "design.calendar_never": (
            (
                "{subjects} participants accrued at {rate} a month, {dropout} % of them lost a year, are not expected to "
                "give {events} events: about {most} are expected within {years} years."
            ),
            (
                "以每月 {rate} 名入组 {subjects} 名受试者、每年失访 {dropout} % 计，预计无法达到 {events} 个事件："
                "{years} 年内预计约有 {most} 个。"
            ),
        ),
        "design.by_end": (
            "By the planned end at {month} months, {follow_up} after the last participant, {events} events are expected.",
            "至计划结束时（第 {month} 个月，末例入组后 {follow_up} 个月），预计有 {events} 个事件。",
        ),
        "design.simulated": (
            (
                "Of {trials} simulated trials, with the protocol's strata, randomization, scan dates and dropout, {power} "
                "({low} to {high}) claimed efficacy."
            ),
            "按方案的分层、随机化方法、影像检查时间和失访模拟 {trials} 次试验，其中 {power}（{low} 至 {high}）得出有效结论。",
        ),
        "design.simulated_time": (
            "They ended after {mean} months, nine in ten of them between {low} and {high}.",
            "平均历时 {mean} 个月，其中九成在 {low} 至 {high} 个月之间。",
        ),
        "design.simulated_unreached": (
            "In {share} of them the events had not all come {years} years after accrual.",
            "其中 {share} 在入组结束 {years} 年后仍未达到全部事件数。",
        ),
    }
)

SECTION = words(
    {
        "design.section": ("Sample size and operating characteristics", "样本量与运行特征"),
        "design.section_of": (
            "{trial}, protocol version {version}, scenario: {scenario}",
            "{trial}，方案版本 {version}，情景：{scenario}",
        ),
        "design.assumptions": ("Assumptions", "假设"),
        "design.name": ("Name of the design", "设计名称"),
        "design.quantity": ("Quantity", "项目"),
        "design.value": ("Value", "取值"),
        "design.looks_table": ("Looks and boundaries", "分析时点与界值"),
        "design.look": ("Look", "分析"),
        "design.events": ("Events", "事件数"),
        "design.month": ("Expected at, months", "预计时间（月）"),
        "design.z": ("Efficacy at z", "有效界值 z"),
        "design.hr_at": ("Hazard ratio at the bound", "界值处风险比"),
        "design.spent": ("Alpha spent", "累计消耗 α"),
        "design.futility": ("Futility advised above hazard ratio", "建议因无效终止的风险比"),
        "design.power_table": ("Power by hazard ratio", "各风险比下的把握度"),
        "design.hazard_ratio": ("Hazard ratio", "风险比"),
        "design.closed_power": ("Power, closed form", "把握度（解析）"),
        "design.simulated_power": ("Power, simulated (95 % interval)", "把握度（模拟，95 % 区间）"),
        "design.control_median": ("Control median, months", "对照组中位数（月）"),
        "design.accrual_per_month": ("Accrual a month", "每月入组数"),
        "design.subjects": ("Participants", "受试者数"),
        "design.follow_up": ("Follow-up after the last participant, months", "末例入组后随访（月）"),
        "design.dropout": ("Dropout a year, %", "年失访率（%）"),
        "design.alpha": ("One-sided alpha", "单侧 α"),
        "design.looks": ("Looks", "分析次数"),
        "design.spending": ("Efficacy at interim looks", "期中有效性界值"),
        "design.spending_none": ("none", "无"),
        "design.spending_of": ("O'Brien-Fleming type", "O'Brien-Fleming 型"),
        "design.spending_pocock": ("Pocock type", "Pocock 型"),
        "design.seed": (
            "Simulated with seed {seed}; the same seed gives the same numbers. Protocol {digest}.",
            "模拟种子 {seed}，同一种子得到相同结果。方案摘要 {digest}。",
        ),
    }
)

STOPS = words(
    {
        "stop.too_many_events": (
            "{events} events cannot come from {subjects} participants, one event each. Plan more participants, or at most {subjects} events.",
            "{subjects} 名受试者每人至多一个事件，不可能产生 {events} 个事件。请增加受试者，或计划至多 {subjects} 个事件。",
        ),
        "stop.median": (
            "Scenario {scenario}: a median of {days} days gives no hazard. Give one above 0.",
            "情景 {scenario}：{days} 天的中位数得不出风险率。请给出大于 0 的值。",
        ),
        "stop.scan_observed_median": (
            "Scenario {scenario}: a scan-observed median of {days} days lies within half an imaging interval ({interval} days) of randomization, so no latent median gives it. Say `medians: latent`, or scan earlier.",
            "情景 {scenario}：由影像观察的中位数 {days} 天落在随机化后半个影像间隔（{interval} 天）之内，没有潜在中位数与之对应。请写 `medians: latent`，或提前影像检查。",
        ),
        "arms.multiplicity": (
            "Assumption: the plan's alpha is the level of one comparison, whatever rule set it; nothing is adjusted on top.",
            "假设：方案中的 α 为单个比较的水平（无论由何种规则确定），未再作调整。",
        ),
        "stop.median_of_arm": (
            "Scenario {scenario}: arm {arm} cannot have a latent median of {days} days, since deaths before progression alone bring an earlier one. Give a shorter median, or fewer such deaths.",
            "情景 {scenario}：{arm} 组的潜在中位数不可能为 {days} 天，仅进展前死亡即已使其更早。请给出更短的中位数，或减少此类死亡。",
        ),
        "stop.two_arms": (
            "The simulator compares one experimental arm with one control; the protocol has {experimental} experimental and {control} control arms.",
            "模拟器比较一个试验组与一个对照组；该方案有 {experimental} 个试验组和 {control} 个对照组。",
        ),
        "stop.one_control": (
            "The simulator compares with one control arm; the protocol has {control}.",
            "模拟器与一个对照组比较；该方案有 {control} 个对照组。",
        ),
        "stop.participants_out_of_range": ("the number of participants is out of range", "受试者人数超出范围"),
        "stop.from_to": ("{low} to {high}", "{low} 至 {high}"),
        "stop.too_long": (
            "the trial may last too long to be simulated, or not at all; in days",
            "试验可能过长而无法模拟，或没有时长；以天计",
        ),
        "stop.days_in_all": (
            "1 to {longest}, accrual and ten years of follow-up included",
            "1 至 {longest}，含入组期与十年随访",
        ),
        "stop.accrual_too_long": ("accrual takes too long to be simulated", "入组期过长，无法模拟"),
        "stop.months_at_most": ("at most {months} months", "至多 {months} 个月"),
        "stop.no_deaths": (
            "Survival cannot be analysed where no deaths are simulated. Give hazards of death.",
            "未模拟死亡时无法分析生存。请给出死亡风险率。",
        ),
        "stop.no_scenario": (
            "The protocol describes no scenario, so nothing says what to expect before data come.",
            "方案未描述任何情景，在有数据之前无从预期。",
        ),
        "stop.events_not_expected": (
            "{events} events are not expected within {years} years: {subjects} participants give {expected}. Plan more participants, fewer events, or longer follow-up.",
            "{years} 年内预期达不到 {events} 个事件：{subjects} 名受试者预期产生 {expected} 个。请增加受试者、减少事件数或延长随访。",
        ),
        "stop.rate_of_none": (
            "Nobody is expected to be accrued: the planned rate is 0. Give a rate above 0.",
            "预期无人入组：计划速率为 0。请给出大于 0 的速率。",
        ),
        "stop.event_cannot_come": (
            "Event {event} cannot come: of {planned} participants planned, {left} have left without one, so at most {most} are possible.",
            "第 {event} 个事件不可能发生：计划的 {planned} 名受试者中有 {left} 名未发生事件即离开，至多还可有 {most} 个事件。",
        ),
        "stop.no_time": (
            "Nobody can be accrued in no time: the accrual period is {days} days. Give a duration above 0.",
            "没有时间便无法入组：入组期为 {days} 天。请给出大于 0 的时长。",
        ),
        "stop.no_site_accrues": (
            "Nobody is accrued: every site's rate is 0, so the trial would never end. Give a site a rate above 0.",
            "无人入组：每个中心的速率均为 0，试验将永不结束。请至少给一个中心大于 0 的速率。",
        ),
    }
)
