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
        "analysis.no_responder": ("Nobody responded.", "无人缓解。"),
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
        "analysis.rerandomize.arms": (
            "The re-randomization test compares one experimental arm with control; the protocol has {n}.",
            "再随机化检验比较一个试验组与对照组；本方案有 {n} 个试验组。",
        ),
        "analysis.rerandomize.depends_on_arm": (
            "What counts here, or who, depends on the arm: it would not stay as it is under arms drawn again.",
            "此分析的事件或人群取决于组别：重新抽取组别后不会保持不变。",
        ),
        "analysis.rerandomize.population": (
            "The re-randomization test is of everyone randomized, as randomized; another population is chosen here.",
            "再随机化检验针对全部随机受试者（按随机分组）；此处选择了其他人群。",
        ),
        "analysis.rerandomize.too_few": (
            "The re-randomization test needs {least} participants in each arm; {arm} has {n}.",
            "再随机化检验要求每组至少 {least} 名受试者；{arm} 有 {n} 名。",
        ),
        "analysis.rerandomize.no_event": (
            "No event by this data cut: whatever the arms, there is nothing to compare.",
            "本数据截点内尚无事件：无论组别如何均无可比较。",
        ),
        "analysis.rerandomize.none_drawn": (
            "Every arm was allocated by a contingency procedure: no arm can be drawn again.",
            "所有组别均由应急程序分配：无法重新抽取。",
        ),
        "analysis.rerandomize.ratio": (
            "The record names an arm, or the protocol a ratio, that does not belong to the arms compared: the allocation cannot be replayed.",
            "记录中的组别或方案中的比例与所比较的组别不符：无法重演分配。",
        ),
        "analysis.rerandomize.other_method": (
            "Epoch {epoch} of randomization allocated by another method than this plan's: it cannot be replayed from it.",
            "随机化第 {epoch} 期采用了与本计划不同的方法：无法据此重演。",
        ),
        "analysis.rerandomize.level": (
            "A participant was randomized without a level of the factor {factor}: the allocation cannot be replayed.",
            "有受试者在随机化时缺少因素 {factor} 的水平：无法重演分配。",
        ),
    }
)
