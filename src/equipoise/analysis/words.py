"""Wordings of the analysis: why a number is not there."""

from equipoise.kernel.messages import words

words(
    {
        "analysis.too_few_values": (
            "An interval needs two values or more; there are {n}.",
            "区间至少需要两个数值；现有 {n} 个。",
        ),
        "analysis.one_level": ("The factor has one level only.", "该因素仅有一个水平。"),
        "analysis.nobody": (
            "Nobody is randomized in this data cut; there is nothing to estimate.",
            "本数据截点内无人入组随机，无可估计。",
        ),
        "analysis.before_first": (
            "Nobody was randomized by {cutoff}; the first participant was on {first}. Choose a later cutoff.",
            "截至 {cutoff} 尚无受试者随机化；首例随机化于 {first}。请选择更晚的截止日期。",
        ),
        "analysis.nobody_in_population": (
            "Nobody belongs to this population by this data cut; there is nothing to estimate.",
            "本数据截点内该人群无受试者，无可估计。",
        ),
        "analysis.population_tells_arm": (
            "Who belongs to the per-protocol population depends on the arm; it opens with a look or with the release.",
            "是否属于符合方案集取决于组别；须凭授权揭盲查看或在结果公布后方可使用。",
        ),
        "analysis.depends_on_arm": (
            "What counts here, or who, depends on the arm; it opens with a look or with the release.",
            "此分析的事件或人群取决于组别；须凭授权揭盲查看或在结果公布后方可使用。",
        ),
        "analysis.in_the_report": (
            "Intervals are estimated in the report, which holds their curves and hazard ratio.",
            "区间删失估计见报告，其中有曲线与风险比。",
        ),
        "analysis.look_unplanned": (
            "The protocol plans no look “{look}”; it plans: {planned}.",
            "方案未计划名为“{look}”的揭盲查看；已计划：{planned}。",
        ),
        "analysis.no_look": ("none", "无"),
        "analysis.no_lesions": (
            "No participant of this population has a residual lesion frozen at randomization.",
            "该人群中无受试者在随机化时有已冻结的残留病灶。",
        ),
        "analysis.no_scores": (
            "No questionnaire of this population gives this scale both at baseline and later.",
            "该人群中没有问卷在基线和之后均给出此量表得分。",
        ),
        "analysis.arm_empty": (
            "Nobody of this population is in: {arms}. Nothing is compared with it.",
            "该人群中以下组别无受试者：{arms}。无法与其比较。",
        ),
        "analysis.no_event_yet": (
            "No event by this data cut: the curve stays where it began, and there is no ratio and no median.",
            "本数据截点内尚无事件：曲线保持起始值，无风险比与中位数。",
        ),
    }
)
