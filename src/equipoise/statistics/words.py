"""Why a number is absent, in English and Chinese."""

from equipoise.kernel.messages import words

WORDS = words(
    {
        "statistics.power_below_level": (
            "The power {power} does not exceed the one-sided level {level}: a test that ignores the data does as well. Ask for a power above the level.",
            "把握度 {power} 未超过单侧显著性水平 {level}：不看数据的检验也能做到。请给出高于该水平的把握度。",
        ),
        "statistics.no_drift": (
            "No drift meets this power with these bounds: the futility rule stops too many trials. Spend less of beta early, ask for less power, or drop the futility rule.",
            "在这些界值下没有任何漂移能达到该把握度：无效性规则终止了过多的试验。请减少早期的 β 消耗、降低把握度，或去掉无效性规则。",
        ),
        "statistics.nobody_accrued": (
            "Nobody is accrued: the accrual rate is 0 throughout, so no number of events can be reached. Give a rate above 0.",
            "无人入组：入组速率始终为 0，任何事件数都无法达到。请给出大于 0 的速率。",
        ),
        "statistics.events_never_reached": (
            "{target} events are never reached: {subjects} participants are expected to give fewer than {most}, dropout included. Plan more participants, less dropout or fewer events.",
            "永远达不到 {target} 个事件：计入脱落后，{subjects} 名受试者预期产生不足 {most} 个事件。请增加受试者、减少脱落或减少事件数。",
        ),
        "statistics.no_difference_to_detect": (
            "No number of events gives {power} power at a hazard ratio of 1, where the arms do not differ: the chance of a positive trial is alpha however many are seen. Give the hazard ratio to be detected.",
            "风险比为 1 时两组没有差别，任何事件数都不能给出 {power} 的把握度：无论观察多少事件，阳性的概率都等于 α。请给出要检出的风险比。",
        ),
        "statistics.no_events": (
            "There are no events among the {n} participants: nothing can be compared or estimated.",
            "{n} 名受试者中没有任何事件：无从比较或估计。",
        ),
        "statistics.one_arm": (
            "Only one arm has participants ({arms}): a comparison needs two.",
            "只有一个组有受试者（{arms}）：比较需要两个组。",
        ),
        "statistics.no_events_in_arm": (
            "No event in arm {arm}: the hazard ratio has no finite estimate.",
            "{arm} 组没有事件：风险比没有有限的估计值。",
        ),
        "statistics.infinite_coefficient": (
            "The coefficient of {covariate} runs to infinity: the likelihood keeps rising (perfect separation).",
            "{covariate} 的系数趋于无穷：似然持续上升（完全分离）。",
        ),
        "statistics.no_events_in_arm_time_ratio": (
            "No event in arm {arm}: its time ratio has no finite estimate. Leave the arm out, or compare the arms without a distribution.",
            "{arm} 组没有事件：其时间比没有有限的估计值。请剔除该组，或用不设分布的方法比较各组。",
        ),
        "statistics.scale_vanishes": (
            "The scale of the distribution runs to 0: the model puts every event exactly where it fell, and the likelihood keeps rising.",
            "分布的尺度参数趋于 0：模型将每个事件恰好置于其发生的时间，似然持续上升。",
        ),
        "statistics.not_converged": (
            "The fit did not converge in {iterations} iterations.",
            "拟合在 {iterations} 次迭代内未收敛。",
        ),
        "statistics.not_identified": (
            "The covariate {covariate} is constant where events occur, or a combination of the others: no estimate.",
            "协变量 {covariate} 在有事件处为常数或为其他协变量的组合：无法单独估计。",
        ),
        "statistics.no_delayed_entry": (
            "{what} knows no delayed entry: everyone would count as at risk from the start. Curves, the cause-specific hazard ratio and the weighted Fine-Gray model take the entry times into account.",
            "{what}不支持延迟进入：所有人会被视为从起点即处于风险中。累积发生曲线、病因别风险比和加权 Fine-Gray 模型已计入进入时间。",
        ),
        "statistics.unobserved": (
            "The weights of this model do not exist: later on everybody under observation had just entered, so that the chance of having been observed by {time}, when a competing event happened, is estimated as 0.",
            "该模型的权重不存在：此后某一时点上所有处于观察中的人都是刚刚进入，因此在竞争事件发生的时间 {time} 处于观察中的概率估计为 0。",
        ),
        "statistics.grays_test": ("Gray's test", "Gray 检验"),
        "statistics.papers_fine_gray": (
            "The estimator of Fine and Gray's paper (crr)",
            "Fine 与 Gray 原文的估计方法（crr）",
        ),
        "statistics.no_comparison": (
            "At no event time was more than one arm at risk: there is nothing to compare.",
            "没有任何事件时点上有一个以上的组处于风险中：无从比较。",
        ),
        "statistics.stratum_one_arm": (
            "Stratum {stratum} has participants of one arm only: it contributes nothing.",
            "分层 {stratum} 只有一个组的受试者：不提供信息。",
        ),
        "statistics.stratum_no_events": (
            "Stratum {stratum} has no event: it contributes nothing.",
            "分层 {stratum} 没有事件：不提供信息。",
        ),
        "statistics.stratum_no_overlap": (
            "Stratum {stratum} has no event while two arms were at risk: it contributes nothing.",
            "分层 {stratum} 在两个组同时处于风险期间没有事件：不提供信息。",
        ),
        "statistics.quantile_not_reached": (
            "The curve does not fall to {level}.",
            "曲线未降至 {level}。",
        ),
        "statistics.upper_not_reached": (
            "The upper confidence limit of the curve does not fall to {level}.",
            "曲线的置信上限未降至 {level}。",
        ),
        "statistics.limits_not_reached": (
            "The confidence limits of the curve do not fall to {level}.",
            "曲线的置信限未降至 {level}。",
        ),
        "statistics.beyond_follow_up": (
            "Nobody was followed to {time}: the last follow-up is {last}.",
            "没有受试者随访至 {time}：最后一次随访为 {last}。",
        ),
        "statistics.tau_unsupported": (
            "The data do not support a restricted mean to {tau}: follow-up of {arm} ends at {last}, short of an event.",
            "数据不支持截至 {tau} 的限制性平均生存时间：{arm} 的随访止于 {last}，仍有受试者未发生事件。",
        ),
        "statistics.tau_beyond_all": (
            "The data do not support a restricted mean to {tau}: nobody was followed beyond {last}.",
            "数据不支持截至 {tau} 的限制性平均生存时间：没有受试者随访超过 {last}。",
        ),
        "statistics.no_variance": (
            "The variance is zero: no test can be given.",
            "方差为零：无法进行检验。",
        ),
        "statistics.no_interval": (
            "The variance is zero: an interval made of it would have no width.",
            "方差为零：由此得到的区间没有宽度。",
        ),
        "statistics.no_stratum_compares": (
            "No stratum has participants of both arms: nothing can be compared within strata.",
            "没有任何分层同时包含两个组的受试者：无法在分层内比较。",
        ),
        "statistics.robust_exact": (
            "A robust variance is not defined for the exact treatment of ties.",
            "精确处理结时未定义稳健方差。",
        ),
        "statistics.no_limit": (
            "The profile likelihood does not fall far enough on the {side} side: no finite limit there.",
            "剖面似然在{side}侧下降不足：该侧没有有限的置信限。",
        ),
        "statistics.below": ("lower", "下"),
        "statistics.above": ("upper", "上"),
        "statistics.no_pairs": (
            "There is no pair of participants whose order is known.",
            "没有可判断先后次序的受试者对。",
        ),
        "statistics.no_events_of_type": (
            "There is no event of type {cause}.",
            "没有类型为 {cause} 的事件。",
        ),
        "statistics.infinite_odds": (
            "A cell of the table is 0: the odds ratio is 0 or infinite.",
            "表中有一个格子为 0：比值比为 0 或无穷大。",
        ),
        "statistics.ratio_of_nothing": (
            "One of the two is 0: the ratio has no estimate.",
            "其中一个为 0：比值无法估计。",
        ),
    }
)
