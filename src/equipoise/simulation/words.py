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
                "one-sided alpha ({ratio} randomization, log-rank test)."
            ),
            "若两组无差异，{events} 个事件的试验得出阳性结论的概率为 {power}，即其单侧 α（{ratio} 随机化，log-rank 检验）。",
        ),
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

COMPARING = words(
    {
        "compare.own": ("the protocol's own method", "方案本身的方法"),
        "compare.minimization": ("minimization", "最小化法"),
        "compare.minimization_site": ("minimization with site", "最小化法（含中心）"),
        "compare.blocks": ("stratified permuted blocks", "分层区组随机"),
        "compare.blocks_site": ("stratified permuted blocks within sites", "按中心的分层区组随机"),
        "compare.simple": ("simple randomization", "简单随机"),
        "compare.why": (
            (
                "Take {method}: between the arms each level of the randomization factors differs by {margins} "
                "participants on average, somebody who sees the own site's allocations guesses {own_site} of them "
                "right (at most {limit} is asked), and the planned test has {power} power."
            ),
            (
                "建议采用{method}：各随机化因素水平的两组人数平均相差 {margins} 名；只看到本中心分配结果者可猜中 {own_site}"
                "（要求不超过 {limit}）；计划检验的把握度为 {power}。"
            ),
        ),
        "compare.why_least": (
            (
                "Every method lets a site guess more than {limit} of its own allocations. Take {method}, which is guessed "
                "least ({own_site}): each level of the factors differs by {margins} participants on average, and the "
                "planned test has {power} power."
            ),
            (
                "所有方法下，中心猜中本中心分配的比例均超过 {limit}。建议采用最难猜的{method}（{own_site}）：各因素水平的两组"
                "人数平均相差 {margins} 名，计划检验的把握度为 {power}。"
            ),
        ),
        "compare.gives_up": ("What it gives up: {items}.", "代价：{items}。"),
        "compare.cost": ("What it gives up", "代价"),
        "compare.nothing": (
            "It gives up nothing that this comparison can see.",
            "在本比较所能看到的范围内没有代价。",
        ),
        "compare.better_own_site": (
            "with {method} a site guesses {theirs} of its own allocations, not {ours}",
            "采用{method}时中心猜中本中心分配的比例为 {theirs}，而非 {ours}",
        ),
        "compare.better_all_sites": (
            "with {method} somebody who sees every site's allocations guesses {theirs}, not {ours}",
            "采用{method}时能看到全部中心分配者猜中 {theirs}，而非 {ours}",
        ),
        "compare.better_overall": (
            "with {method} the arms differ by {theirs} participants over all, not {ours}",
            "采用{method}时两组总人数相差 {theirs} 名，而非 {ours} 名",
        ),
        "compare.better_margins": (
            "with {method} the levels of the factors differ by {theirs} participants, not {ours}",
            "采用{method}时各因素水平相差 {theirs} 名，而非 {ours} 名",
        ),
        "compare.better_strata": (
            "with {method} the arms within a stratum, all factors crossed, differ by {theirs} participants, not {ours}",
            "采用{method}时各交叉层内两组相差 {theirs} 名，而非 {ours} 名",
        ),
        "compare.better_sites": (
            "with {method} the arms within a site differ by {theirs} participants, not {ours}",
            "采用{method}时各中心内两组相差 {theirs} 名，而非 {ours} 名",
        ),
        "compare.better_power": (
            "with {method} the planned test has {theirs} power, not {ours}",
            "采用{method}时计划检验的把握度为 {theirs}，而非 {ours}",
        ),
        "compare.left_out": (
            "Left out, since a site guesses more than {limit} of its own allocations: {methods}.",
            "因中心猜中本中心分配的比例超过 {limit} 而未予考虑：{methods}。",
        ),
        "compare.is_own": ("It is the protocol's own method.", "这正是方案本身的方法。"),
        "compare.own_is": (
            (
                "The protocol's own method is {method}: factors differ by {margins}, a site guesses {own_site}, power is "
                "{power}."
            ),
            "方案本身采用{method}：因素相差 {margins} 名，中心猜中 {own_site}，把握度 {power}。",
        ),
        "compare.title": ("Ways of randomizing compared", "随机化方法比较"),
        "compare.heading": (
            "{trial}, protocol version {version}, scenario: {scenario}",
            "{trial}，方案版本 {version}，情景：{scenario}",
        ),
        "compare.recommended": ("Recommended", "建议"),
        "compare.method": ("Method", "方法"),
        "compare.own_site": ("Guessed right, own site seen, %", "猜中率（可见本中心，%）"),
        "compare.all_sites": ("Guessed right, all sites seen, %", "猜中率（可见全部中心，%）"),
        "compare.overall": ("Difference over all", "总人数之差"),
        "compare.margins": ("Difference within factor levels", "因素水平内之差"),
        "compare.strata": ("Difference within strata", "各层内之差"),
        "compare.sites": ("Difference within sites", "各中心内之差"),
        "compare.power": ("Power, %", "把握度（%）"),
        "compare.null_rate": ("Type I error, %", "I 类错误率（%）"),
        "compare.table": (
            "Balance, predictability and power, with 95 % Monte-Carlo intervals",
            "均衡性、可预测性与把握度（95 % 蒙特卡罗区间）",
        ),
        "compare.basis": (
            (
                "{trials} simulated trials of {subjects} participants at {sites} equal sites, seed {seed}. Differences are "
                "in participants between the arms, by the ratio, on average over trials."
            ),
            "模拟 {trials} 次试验，每次 {subjects} 名受试者、{sites} 个相同规模的中心，种子 {seed}。差值为两组人数之差（按比例折算），为各次试验的平均值。",
        ),
        "compare.basis_own_sites": (
            (
                "{trials} simulated trials of {subjects} participants at the protocol's own sites, seed {seed}. Differences "
                "are in participants between the arms, by the ratio, on average over trials."
            ),
            "模拟 {trials} 次试验，每次 {subjects} 名受试者、采用方案自身的中心设置，种子 {seed}。差值为两组人数之差（按比例折算），为各次试验的平均值。",
        ),
        "compare.guesser": (
            (
                "A guesser knows the method and every participant's factors, sees the arms of the own site or of all, and "
                "names the arm the method must lean to; with nothing to lean on, an arm by the ratio, right half of the time "
                "at 1:1 (Blackwell and Hodges 1957)."
            ),
            "猜测者知道方法和每名受试者的分层因素，能看到本中心或全部中心的分配，并猜测方法必然倾向的组；无从判断时按比例猜测，1:1 下猜中一半（Blackwell 与 Hodges 1957）。",
        ),
        "compare.predictability": ("How often the next allocation is guessed", "下一次分配被猜中的比例"),
        "compare.balance": ("How far the arms differ", "两组相差多少"),
        "compare.power_figure": ("Power of the planned test", "计划检验的把握度"),
        "compare.guessed_axis": ("Guessed right, %", "猜中率（%）"),
        "compare.difference_axis": ("Participants between the arms, mean", "两组人数之差（平均）"),
        "compare.power_axis": ("Power, %", "把握度（%）"),
        "compare.seen_own": ("own site seen", "可见本中心"),
        "compare.seen_all": ("all sites seen", "可见全部中心"),
        "compare.limit": ("limit for the own site", "可见本中心的上限"),
        "compare.in_overall": ("over all", "总体"),
        "compare.in_margins": ("factor levels", "因素水平"),
        "compare.in_strata": ("strata", "层"),
        "compare.in_sites": ("sites", "中心"),
        "compare.settings": ("Settings", "设置"),
        "compare.setting": ("Way", "方式"),
        "compare.setting_simple": ("each allocation by the ratio alone", "每次仅按比例分配"),
        "compare.setting_blocks": ("blocks of {sizes} in lists by {factors}", "按{factors}列表，区组长度 {sizes}"),
        "compare.setting_minimization": (
            "over {factors}; the arm that balances is taken with probability {preferred}",
            "依据{factors}；以 {preferred} 的概率分配到使组间均衡的组",
        ),
        "compare.site": ("site", "中心"),
        "compare.nothing_stratified": ("nothing", "无"),
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
