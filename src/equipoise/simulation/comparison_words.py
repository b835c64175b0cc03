"""The wordings of the comparison of ways to randomize, in English and Simplified Chinese."""

from equipoise.kernel.messages import words

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
        "compare.why_arms": (
            (
                "Take {method}: within each level of the randomization factors the arms furthest apart differ by "
                "{margins} participants on average, somebody who sees the own site's allocations guesses {own_site} of "
                "them right (at most {limit} is asked), and some comparison with control succeeds in {power} of trials."
            ),
            (
                "建议采用{method}：各随机化因素水平内相差最大的两组平均相差 {margins} 名；只看到本中心分配结果者可猜中 "
                "{own_site}（要求不超过 {limit}）；至少一个与对照的比较成功的试验占 {power}。"
            ),
        ),
        "compare.why_least_arms": (
            (
                "Every method lets a site guess more than {limit} of its own allocations. Take {method}, which is guessed "
                "least ({own_site}): within each level of the factors the arms furthest apart differ by {margins} "
                "participants on average, and some comparison with control succeeds in {power} of trials."
            ),
            (
                "所有方法下，中心猜中本中心分配的比例均超过 {limit}。建议采用最难猜的{method}（{own_site}）：各因素水平内相差"
                "最大的两组平均相差 {margins} 名，至少一个与对照的比较成功的试验占 {power}。"
            ),
        ),
        "compare.better_overall_arms": (
            "with {method} the arms furthest apart differ by {theirs} participants over all, not {ours}",
            "采用{method}时相差最大的两组总人数相差 {theirs} 名，而非 {ours} 名",
        ),
        "compare.better_margins_arms": (
            "with {method} the arms furthest apart differ by {theirs} participants within the levels of the factors, not {ours}",
            "采用{method}时各因素水平内相差最大的两组相差 {theirs} 名，而非 {ours} 名",
        ),
        "compare.better_strata_arms": (
            "with {method} the arms furthest apart within a stratum, all factors crossed, differ by {theirs} participants, not {ours}",
            "采用{method}时各交叉层内相差最大的两组相差 {theirs} 名，而非 {ours} 名",
        ),
        "compare.better_sites_arms": (
            "with {method} the arms furthest apart within a site differ by {theirs} participants, not {ours}",
            "采用{method}时各中心内相差最大的两组相差 {theirs} 名，而非 {ours} 名",
        ),
        "compare.better_power_arms": (
            "with {method} some comparison succeeds in {theirs} of trials, not {ours}",
            "采用{method}时至少一个比较成功的试验占 {theirs}，而非 {ours}",
        ),
        "compare.own_is_arms": (
            (
                "The protocol's own method is {method}: factors differ by {margins}, a site guesses {own_site}, some "
                "comparison succeeds in {power} of trials."
            ),
            "方案本身采用{method}：因素相差 {margins} 名，中心猜中 {own_site}，至少一个比较成功的试验占 {power}。",
        ),
        "compare.power_arms": ("Any comparison succeeds, %", "至少一个比较成功（%）"),
        "compare.power_of": ("Power, {arm}, %", "把握度，{arm}（%）"),
        "compare.null_rate_arms": ("Any rejects without effect, %", "无效应时至少一个拒绝（%）"),
        "compare.power_figure_arms": ("Power of each comparison, and of any", "各比较及至少一个比较的把握度"),
        "compare.any": ("any comparison", "至少一个比较"),
        "compare.balance_arms": ("How far the arms furthest apart differ", "相差最大的两组相差多少"),
        "compare.difference_axis_arms": (
            "Participants between the arms furthest apart, mean",
            "相差最大的两组人数之差（平均）",
        ),
        "compare.basis_arms": (
            (
                "{trials} simulated trials of {subjects} participants at {sites} equal sites, seed {seed}. Differences are "
                "in participants between the arms furthest apart, by the ratio, on average over trials."
            ),
            (
                "模拟 {trials} 次试验，每次 {subjects} 名受试者、{sites} 个相同规模的中心，种子 {seed}。差值为相差最大的两组"
                "人数之差（按比例折算），为各次试验的平均值。"
            ),
        ),
        "compare.guesser_arms": (
            (
                "A guesser knows the method and every participant's factors, sees the arms of the own site or of all, and "
                "names the arm the method must lean to; among several as likely, one by the ratio, right a third of the "
                "time among three alike (after Blackwell and Hodges 1957)."
            ),
            (
                "猜测者知道方法和每名受试者的分层因素，能看到本中心或全部中心的分配，并猜测方法必然倾向的组；若有几个组同样可能，"
                "则按比例猜其一，三组相同时猜中三分之一（参照 Blackwell 与 Hodges 1957）。"
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
