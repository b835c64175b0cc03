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
    }
)
